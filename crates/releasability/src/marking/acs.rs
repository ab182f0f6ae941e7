//! What does a marking by the Access Control Specification 3.0a (ISA, United States) say?
//!
//! `control_set` says who may have the object, `policy_reference` and the rules what they may do and whether they may
//! pass it on. Compartments, sensitivities and categories of authority are names that no node can honour without being
//! told how: they are not understood.

mod control_set;
mod rules;

use std::collections::BTreeSet;

use stix::json::Value;

use super::{
    Classifications,
    property::{list, moment},
};
use crate::{
    code::{Code, Community, Organisation},
    label::{Label, Validity},
};

/// The label of an ACS marking; nothing where any of it is not understood.
pub(super) fn label(content: Value<'_>, classifications: &Classifications) -> Option<Label> {
    let defaults = rules::Defaults::read(content.get("policy_reference")?)?;
    let control_set = control_set::label(content.get("control_set")?, classifications)?;
    let privileges = rules::access_privileges(content.get("access_privilege"), defaults.privilege)?;
    let sharing = rules::further_sharing(content.get("further_sharing"), defaults.sharing)?;
    let mut label = control_set.join(&privileges).join(&sharing);
    for (key, value) in content.members() {
        let part = match key.as_str().as_deref()? {
            // At that moment the resource is to be destroyed or the like, so from then on nobody gets it.
            "resource_disposition" => {
                let until = moment(value.get("disposition_date")?)?;
                Label { valid: Validity { from: None, until: Some(until) }, ..Label::clear() }
            }
            // Read above.
            "policy_reference" | "control_set" | "access_privilege" | "further_sharing"
            // For people, auditing and records. A release to the public opens nothing that the rest closes, and a
            // date of declassification lowers no level.
            | "extension_type"
            | "identifier"
            | "name"
            | "create_date_time"
            | "responsible_entity_custodian"
            | "responsible_entity_originator"
            | "authority_reference"
            | "original_classification"
            | "derivative_classification"
            | "declassification"
            | "public_release" => continue,
            _ => return None,
        };
        label = label.join(&part);
    }
    Some(label)
}

/// The organisations of a list. Those of the specification's Appendix A (`USA.DHS`) are communities that a node has to
/// declare. One that looks like a nation is not understood: `FIN` is the financial sector there, and not Finland.
fn organisations(value: Value<'_>) -> Option<BTreeSet<Code>> {
    let read = |name: &str| {
        let organisation = Organisation::new(name).map(Code::Organisation);
        organisation.or_else(|_| Community::new(name).map(Code::Community)).ok()
    };
    list(value)?.elements().map(|element| read(&element.as_str()?)).collect()
}
