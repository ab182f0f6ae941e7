//! Who may have the object, by the tags of `control_set`?

use std::collections::{BTreeMap, BTreeSet};

use stix::json::Value;

use super::organisations;
use crate::{
    code::{Code, Community, Nation},
    label::{ClassificationPolicy, Label, Level, Tlp},
    marking::{
        Classifications,
        property::{level, list, texts},
    },
};

/// The classification policy that a node declares for the levels of the specification.
const POLICY: &str = "US";

/// Each level by its short and its full name.
const LEVELS: [(&str, &str); 4] =
    [("U", "UNCLASSIFIED"), ("C", "CONFIDENTIAL"), ("S", "SECRET"), ("TS", "TOP SECRET")];

const SHAREABILITY: [&str; 4] = ["NCC", "EM", "LE", "IC"];
const ENTITY: [&str; 7] = ["MIL", "GOV", "CTR", "SVR", "SVC", "DEV", "NET"];

pub(super) fn label(set: Value<'_>, classifications: &Classifications) -> Option<Label> {
    set.get("classification")?;
    let mut label = Label::clear();
    for (key, value) in set.members() {
        let part = match key.as_str().as_deref()? {
            "classification" => Label { levels: classification(value, classifications)?, ..Label::clear() },
            "formal_determination" => each(value, formal_determination)?,
            "caveat" => each(value, caveat)?,
            "permitted_nationalities" => releasable_to(nations(value)?),
            "permitted_organizations" => releasable_to(organisations(value)?),
            "shareability" => releasable_to(groups(value, &SHAREABILITY)?),
            "entity" => releasable_to(groups(value, &ENTITY)?),
            // `sci_controls`, `logical_authority_category` and `sensitivity` among them.
            _ => return None,
        };
        label = label.join(&part);
    }
    Some(label)
}

fn classification(
    value: Value<'_>,
    known: &Classifications,
) -> Option<BTreeMap<ClassificationPolicy, Level>> {
    let word = value.as_str()?;
    let (short, full) = LEVELS.iter().find(|(short, _)| *short == word)?;
    let policy = ClassificationPolicy(POLICY.to_owned());
    let names = known.get(&policy)?;
    // Where a node declares both names, the higher.
    let level = level(names, short).max(level(names, full))?;
    Some(BTreeMap::from([(policy, level)]))
}

fn each(value: Value<'_>, meaning: fn(&str) -> Option<Label>) -> Option<Label> {
    let labels = texts(value)?.into_iter().map(|word| meaning(&word));
    labels
        .collect::<Option<Vec<_>>>()
        .map(|labels| labels.iter().fold(Label::clear(), |joined, label| joined.join(label)))
}

fn formal_determination(word: &str) -> Option<Label> {
    match word {
        "NF" => Some(releasable_to(BTreeSet::from([Code::Nation(Nation::new("USA").ok()?)]))),
        // For official use only: on a need-to-know basis, which is what AMBER asks.
        "FOUO" => Some(Label::of(Tlp::Amber)),
        "PUBREL"
        | "AIS"
        | "PII-NECESSARY-TO-UNDERSTAND-THREAT"
        | "NO-PII-PRESENT"
        | "PII-NOT-PRESENT"
        | "INFORMATION-DIRECTLY-RELATED-TO-CYBERSECURITY-THREAT" => Some(Label::clear()),
        _ => None,
    }
}

/// `FISA` and `CISAPROPRIETARY` refer to restrictions that stand elsewhere.
fn caveat(word: &str) -> Option<Label> {
    (word == "POSSIBLEPII").then(Label::clear)
}

fn releasable_to(codes: BTreeSet<Code>) -> Label {
    Label { rel: BTreeSet::from([codes]), ..Label::clear() }
}

fn nations(value: Value<'_>) -> Option<BTreeSet<Code>> {
    list(value)?.elements().map(|element| Nation::new(&element.as_str()?).ok().map(Code::Nation)).collect()
}

/// Kinds of recipient, as communities: who is of such a kind, a node has to declare.
fn groups(value: Value<'_>, known: &[&str]) -> Option<BTreeSet<Code>> {
    let group = |word: String| known.contains(&word.as_str()).then(|| Community::new(&word).ok())?;
    texts(value)?.into_iter().map(|word| group(word).map(Code::Community)).collect()
}
