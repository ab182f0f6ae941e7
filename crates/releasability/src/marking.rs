//! Which label does a marking-definition stand for? (The tables in the manual, `docs/markings.md`.)

mod acs;
mod held;
mod iep;
mod property;
mod releasability;

use std::collections::BTreeMap;

use stix::json::{Kind, Value};

pub use self::held::{MARKINGS_PER_ORIGIN_MAX, Markings, TooManyMarkings};
pub(crate) use self::property::level;
use crate::label::{ClassificationPolicy, Label, Pap, Tlp};

/// Our extension of marking-definition; its JSON schema is `docs/schemas/releasability-extension.json`.
pub const RELEASABILITY_EXTENSION: &str = "extension-definition--77c40c04-49a6-4691-ad6b-5f6962767509";

/// The TLP 2.0 extension of OASIS.
pub const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// The PAP extension of the OASIS common objects.
pub const PAP_EXTENSION: &str = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b";

/// The extension of the OASIS common objects for FIRST's Information Exchange Policy 2.0.
pub const IEP_EXTENSION: &str = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a";

/// The extension of the OASIS common objects for the Access Control Specification 3.0a.
pub const ACS_EXTENSION: &str = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce";

/// The traffic lights whose content the standards fix, so that nobody can define them otherwise: STIX 2.1 section
/// 7.2.1.4 (TLP 1) and the OASIS common objects (TLP 2.0).
pub const STANDARD_TLP: [(&str, Tlp); 9] = [
    ("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", Tlp::Clear),
    ("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", Tlp::Green),
    ("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", Tlp::Amber),
    ("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Tlp::Red),
    ("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", Tlp::Clear),
    ("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", Tlp::Green),
    ("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", Tlp::Amber),
    ("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", Tlp::AmberStrict),
    ("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", Tlp::Red),
];

/// The PAP marking-definitions whose content the OASIS common objects fix; WHITE is the older word for CLEAR.
pub const STANDARD_PAP: [(&str, Pap); 5] = [
    ("marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92", Pap::Clear),
    ("marking-definition--a3bea94c-b469-41dc-9cfe-d6e7daba7730", Pap::Clear),
    ("marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9", Pap::Green),
    ("marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab", Pap::Amber),
    ("marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e", Pap::Red),
];

/// The label of a standard marking-definition.
pub fn standard(marking: &str) -> Option<Label> {
    let pap = || STANDARD_PAP.iter().find(|(id, _)| *id == marking).map(|(_, pap)| *pap);
    let label_of = |pap| Label { pap, ..Label::clear() };
    standard_tlp(marking).map(Label::of).or_else(|| pap().map(label_of))
}

/// The traffic light of a standard marking-definition, whose whole content validation checks at the door.
pub(crate) fn standard_tlp(marking: &str) -> Option<Tlp> {
    STANDARD_TLP.iter().find(|(id, _)| *id == marking).map(|(_, tlp)| *tlp)
}

/// The TLP 2.0 marking-definition of a traffic light.
pub fn standard_id(tlp: Tlp) -> &'static str {
    STANDARD_TLP.iter().rev().find(|(_, own)| *own == tlp).map_or("", |(id, _)| id)
}

/// The names of the levels of each classification policy known here, lowest first.
pub type Classifications = BTreeMap<ClassificationPolicy, Vec<String>>;

/// The label of a marking-definition, read from its parsed text.
///
/// Default deny: whatever part of it is not understood makes the label [`Label::unknown`] as well.
pub fn label(marking: Value<'_>, classifications: &Classifications) -> Label {
    let id = marking.get("id").and_then(Value::as_str).unwrap_or_default();
    if let Some(label) = standard(&id) {
        return label;
    }
    let mut label = Label::clear();
    let mut understood = false;
    if let Some(kind) = marking.get("definition_type").and_then(Value::as_str) {
        match definition(&kind, marking) {
            Some(part) => {
                label = label.join(&part);
                understood = true;
            }
            // STIX 2.1 deprecates `definition_type` for extended markings, which still carry it as a name.
            None if marking.get("extensions").is_some() && marking.get("definition").is_none() => {}
            None => label = label.join(&Label::unknown(&id)),
        }
    }
    let extensions = marking.get("extensions").map(Value::members).into_iter().flatten();
    for (name, content) in extensions {
        let part = extension(&name.as_str().unwrap_or_default(), content, classifications);
        label = label.join(&part.unwrap_or_else(|| Label::unknown(&id)));
        understood = true;
    }
    if understood { label } else { label.join(&Label::unknown(&id)) }
}

fn definition(kind: &str, marking: Value<'_>) -> Option<Label> {
    match kind {
        // A statement (copyright, terms of use) is for people; it restricts no recipient by itself.
        "statement" => marking.get("definition")?.get("statement").map(|_| Label::clear()),
        "tlp" => {
            let word = marking.get("definition")?.get("tlp")?.as_str()?;
            word.parse().ok().map(Label::of)
        }
        _ => None,
    }
}

fn extension(name: &str, content: Value<'_>, classifications: &Classifications) -> Option<Label> {
    if content.kind() != Kind::Dictionary {
        return None;
    }
    match name {
        TLP_EXTENSION => only(content, "tlp_2_0")?.parse().ok().map(Label::of),
        PAP_EXTENSION => Some(Label { pap: only(content, "pap")?.parse().ok()?, ..Label::clear() }),
        RELEASABILITY_EXTENSION => releasability::label(content, classifications),
        IEP_EXTENSION => iep::label(content),
        ACS_EXTENSION => acs::label(content, classifications),
        _ => None,
    }
}

/// The text of an extension's only property; none where it has another besides.
fn only(content: Value<'_>, name: &str) -> Option<String> {
    let mut found = None;
    for (key, value) in content.members() {
        match key.as_str().as_deref()? {
            "extension_type" => {}
            key if key == name => found = Some(value.as_str()?.into_owned()),
            _ => return None,
        }
    }
    found
}

#[cfg(test)]
mod tests;
