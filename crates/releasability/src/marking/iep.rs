//! What does an Information Exchange Policy 2.0 (FIRST) say?
//!
//! Most of it binds whoever received the object and restricts no recipient; what does is the traffic light, the time,
//! and that the provider may not be named when the object is passed on.

use stix::json::Value;

use super::property::{moment, word};
use crate::label::{Label, OriginatorControl, Pap, Tlp, Validity};

/// The label of an IEP; nothing where any of it is not understood, or a property is missing that bears upon the label.
pub(super) fn label(content: Value<'_>) -> Option<Label> {
    let required = ["tlp", "permitted_actions", "start_date"];
    if required.iter().any(|name| content.get(name).is_none()) {
        return None;
    }
    let mut label = Label::clear();
    for (key, value) in content.members() {
        let part = match key.as_str().as_deref()? {
            "tlp" => Label::of(traffic_light(value)?),
            "permitted_actions" => Label { pap: permitted_actions(value)?, ..Label::clear() },
            "start_date" => {
                Label { valid: Validity { from: Some(moment(value)?), until: None }, ..Label::clear() }
            }
            "end_date" => {
                Label { valid: Validity { from: None, until: Some(moment(value)?) }, ..Label::clear() }
            }
            "attribution" | "provider_attribution" => Label { orcon: attribution(value)?, ..Label::clear() },
            "encrypt_in_transit" => word(value, &["must", "may"]).map(|_| Label::clear())?,
            "affected_party_notifications" | "unmodified_resale" => {
                word(value, &["may", "must-not"]).map(|_| Label::clear())?
            }
            "iep_version" => version(value)?,
            "extension_type" | "iep_id" | "name" | "description" | "external_reference" => continue,
            _ => return None,
        };
        label = label.join(&part);
    }
    Some(label)
}

/// IEP 2.0 knows the four of TLP 1.
fn traffic_light(value: Value<'_>) -> Option<Tlp> {
    word(value, &["white", "green", "amber", "red"])?.parse().ok()
}

fn permitted_actions(value: Value<'_>) -> Option<Pap> {
    let words = [
        "none",
        "contact-for-instruction",
        "internally-visible-actions",
        "externally-visible-indirect-actions",
        "externally-visible-direct-actions",
    ];
    Some(match word(value, &words)? {
        "externally-visible-direct-actions" => Pap::Clear,
        "externally-visible-indirect-actions" => Pap::Amber,
        _ => Pap::Red,
    })
}

/// A provider that must not be named: what it brought, and may have signed, goes on only to whom it names itself.
fn attribution(value: Value<'_>) -> Option<OriginatorControl> {
    Some(match word(value, &["may", "must", "must-not"])? {
        "must-not" => OriginatorControl::Yes,
        _ => OriginatorControl::No,
    })
}

fn version(value: Value<'_>) -> Option<Label> {
    let is_2 = (value.as_f64()? - 2.0).abs() < f64::EPSILON;
    is_2.then(Label::clear)
}
