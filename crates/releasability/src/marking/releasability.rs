//! What does our own extension say?

use std::collections::BTreeSet;

use stix::json::{Kind, Value};

use super::{
    Classifications,
    property::{codes, levels, moment, texts},
};
use crate::{
    label::{Label, OriginatorControl, Validity},
    stanag,
};

/// The label of our extension; nothing where any of it is not understood.
pub(super) fn label(content: Value<'_>, classifications: &Classifications) -> Option<Label> {
    let mut label = Label::clear();
    for (key, value) in content.members() {
        let part = match key.as_str().as_deref()? {
            "extension_type" => continue,
            "tlp" => Label::of(value.as_str()?.parse().ok()?),
            "pap" => Label { pap: value.as_str()?.parse().ok()?, ..Label::clear() },
            "classification" => Label { levels: levels(value, classifications)?, ..Label::clear() },
            "releasable_to" => Label { rel: BTreeSet::from([codes(value)?]), ..Label::clear() },
            "not_releasable_to" => Label { not: codes(value)?, ..Label::clear() },
            "originator_control" => Label { orcon: control(value)?, ..Label::clear() },
            "valid_from" => valid(Validity { from: Some(moment(value)?), until: None }),
            "valid_until" => valid(Validity { from: None, until: Some(moment(value)?) }),
            "stanag_4774" => stanag(value, classifications)?,
            _ => return None,
        };
        label = label.join(&part);
    }
    Some(label)
}

fn control(value: Value<'_>) -> Option<OriginatorControl> {
    Some(if value.as_bool()? { OriginatorControl::Yes } else { OriginatorControl::No })
}

fn valid(valid: Validity) -> Label {
    Label { valid, ..Label::clear() }
}

/// One XML document, or a list: the originator's label and the same in other policies.
fn stanag(value: Value<'_>, classifications: &Classifications) -> Option<Label> {
    let documents = match value.kind() {
        Kind::String => vec![value.as_str()?.into_owned()],
        Kind::List => texts(value)?,
        Kind::Null | Kind::Boolean | Kind::Number | Kind::Dictionary => return None,
    };
    stanag::label(&documents, classifications)
}
