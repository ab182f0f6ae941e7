//! Which label does a marking-definition stand for? (The table in the manual, `docs/markings.md`.)

use std::collections::{BTreeMap, BTreeSet, HashMap};

use stix::{
    Timestamp,
    json::{Kind, Value},
};

use crate::{
    code::{Code, Organisation},
    label::{ClassificationPolicy, Label, Level, OriginatorControl, Tlp},
};

/// Our extension of marking-definition; its JSON schema is `docs/schemas/releasability-extension.json`.
pub const RELEASABILITY_EXTENSION: &str = "extension-definition--77c40c04-49a6-4691-ad6b-5f6962767509";

/// The TLP 2.0 extension of OASIS.
pub const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// The marking-definitions whose content the standards fix, so that nobody can define them otherwise: STIX 2.1 section
/// 7.2.1.4 (TLP 1) and the OASIS common objects (TLP 2.0).
pub const STANDARD_MARKINGS: [(&str, Tlp); 9] = [
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

/// The traffic light of a standard marking-definition.
pub fn standard(marking: &str) -> Option<Tlp> {
    STANDARD_MARKINGS.iter().find(|(id, _)| *id == marking).map(|(_, tlp)| *tlp)
}

/// The TLP 2.0 marking-definition of a traffic light.
pub fn standard_id(tlp: Tlp) -> &'static str {
    STANDARD_MARKINGS.iter().rev().find(|(_, own)| *own == tlp).map_or("", |(id, _)| id)
}

/// The names of the levels of each classification policy known here, lowest first.
pub type Classifications = BTreeMap<ClassificationPolicy, Vec<String>>;

/// The label of a marking-definition, read from its parsed text.
///
/// Default deny: whatever part of it is not understood makes the label [`Label::unknown`] as well.
pub fn label(marking: Value<'_>, classifications: &Classifications) -> Label {
    let id = marking.get("id").and_then(Value::as_str).unwrap_or_default();
    if let Some(tlp) = standard(&id) {
        return Label::of(tlp);
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
        let part = match name.as_str().as_deref() {
            Some(TLP_EXTENSION) => tlp_extension(content),
            Some(RELEASABILITY_EXTENSION) => releasability_extension(content, classifications),
            _ => None,
        };
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

fn tlp_extension(content: Value<'_>) -> Option<Label> {
    content.get("tlp_2_0")?.as_str()?.parse().ok().map(Label::of)
}

fn releasability_extension(content: Value<'_>, classifications: &Classifications) -> Option<Label> {
    let mut label = Label::clear();
    for (key, value) in content.members() {
        match key.as_str().as_deref()? {
            "extension_type" => {}
            "tlp" => label.tlp = value.as_str()?.parse().ok()?,
            "classification" => label.levels = levels(value, classifications)?,
            "releasable_to" => label.rel = BTreeSet::from([codes(value)?]),
            "not_releasable_to" => label.not = codes(value)?,
            "originator_control" => {
                label.orcon = if value.as_bool()? { OriginatorControl::Yes } else { OriginatorControl::No };
            }
            "valid_from" => label.valid.from = Some(Timestamp::parse(&value.as_str()?).ok()?),
            "valid_until" => label.valid.until = Some(Timestamp::parse(&value.as_str()?).ok()?),
            _ => return None,
        }
    }
    Some(label)
}

fn levels(list: Value<'_>, known: &Classifications) -> Option<BTreeMap<ClassificationPolicy, Level>> {
    let mut levels = BTreeMap::new();
    for entry in non_empty(list)?.elements() {
        let policy = ClassificationPolicy(entry.get("policy")?.as_str()?.into_owned());
        let word = entry.get("level")?.as_str()?;
        let rank = known.get(&policy)?.iter().position(|name| name.eq_ignore_ascii_case(&word))?;
        let level = Level(u16::try_from(rank).ok()?);
        let joined = levels.get(&policy).copied().map_or(level, |before: Level| before.max(level));
        levels.insert(policy, joined);
    }
    Some(levels)
}

/// An empty list of codes would mean "to nobody" or "from nobody" by accident; it is not understood.
fn codes(list: Value<'_>) -> Option<BTreeSet<Code>> {
    non_empty(list)?.elements().map(|element| element.as_str()?.parse().ok()).collect()
}

fn non_empty(list: Value<'_>) -> Option<Value<'_>> {
    (list.kind() == Kind::List && !list.is_empty()).then_some(list)
}

/// The marking-definitions held here, by id and by who brought them.
///
/// A marking means what its object's own origin, or this node's organisation, says it means: otherwise a third party that
/// knows the id could define it loosely and so open what another marked. Where both say something, the label is the join.
#[derive(Debug, Clone, Default)]
pub struct Markings {
    by_id: HashMap<String, BTreeMap<Organisation, Label>>,
    count: BTreeMap<Organisation, usize>,
}

/// There are more marking-definitions from one origin than are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "there are more marking-definitions from this origin than the limit `markings_per_origin_max` allows"
)]
pub struct TooManyMarkings;

/// How many marking-definitions of one origin are kept.
pub const MARKINGS_PER_ORIGIN_MAX: usize = 20_000;

impl Markings {
    /// Adds what an origin says a marking means. Several versions by one origin are joined: the stricter stays.
    ///
    /// # Errors
    /// [`TooManyMarkings`] past [`MARKINGS_PER_ORIGIN_MAX`].
    pub fn define(
        &mut self,
        marking: &str,
        origin: &Organisation,
        label: &Label,
    ) -> Result<(), TooManyMarkings> {
        let known = self.by_id.get(marking).is_some_and(|origins| origins.contains_key(origin));
        let count = self.count.entry(origin.clone()).or_default();
        if !known {
            if *count >= MARKINGS_PER_ORIGIN_MAX {
                return Err(TooManyMarkings);
            }
            *count += 1;
        }
        let origins = self.by_id.entry(marking.to_owned()).or_default();
        let label = origins.get(origin).map_or_else(|| label.clone(), |before| before.join(label));
        origins.insert(origin.clone(), label);
        Ok(())
    }

    /// What a marking on an object of `origin` means here; `own` is this node's organisation.
    pub fn resolve(&self, marking: &str, origin: &Organisation, own: &Organisation) -> Label {
        if let Some(tlp) = standard(marking) {
            return Label::of(tlp);
        }
        let origins = self.by_id.get(marking);
        let said = |by: &Organisation| origins.and_then(|origins| origins.get(by));
        match (said(origin), said(own)) {
            (Some(one), Some(other)) => one.join(other),
            (Some(label), None) | (None, Some(label)) => label.clone(),
            (None, None) => Label::unknown(marking),
        }
    }

    /// The markings about which an organisation and another both say something.
    pub fn said_twice<'a>(&'a self, one: &'a Organisation) -> impl Iterator<Item = &'a str> {
        let twice = |said: &BTreeMap<Organisation, Label>| said.len() > 1 && said.contains_key(one);
        self.by_id.iter().filter(move |(_, said)| twice(said)).map(|(id, _)| id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use stix::{Limits, json::Tree};

    use super::*;

    const ID: &str = "marking-definition--11111111-1111-4111-8111-111111111111";

    fn read(rest: &str) -> Label {
        let text = format!(r#"{{"type":"marking-definition","id":"{ID}",{rest}}}"#);
        let known = BTreeMap::from([(
            ClassificationPolicy("NATO".into()),
            vec!["UNCLASSIFIED".into(), "SECRET".into()],
        )]);
        label(Tree::parse(text.as_bytes(), &Limits::DEFAULT).unwrap().root(), &known)
    }

    fn ours(rest: &str) -> Label {
        read(&format!(
            r#""extensions":{{"{RELEASABILITY_EXTENSION}":{{"extension_type":"property-extension",{rest}}}}}"#
        ))
    }

    #[test]
    fn traffic_lights_of_every_form_are_read() {
        assert_eq!(read(r#""definition_type":"tlp","definition":{"tlp":"white"}"#), Label::of(Tlp::Clear));
        assert_eq!(
            read(&format!(
                r#""extensions":{{"{TLP_EXTENSION}":{{"extension_type":"property-extension","tlp_2_0":"amber+strict"}}}}"#
            )),
            Label::of(Tlp::AmberStrict)
        );
        assert_eq!(
            read(r#""definition_type":"statement","definition":{"statement":"© us"}"#),
            Label::clear()
        );
        assert_eq!(standard_id(Tlp::AmberStrict), "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003");
    }

    #[test]
    fn our_extension_is_read_whole() {
        let label = ours(
            r#""tlp":"AMBER","classification":[{"policy":"NATO","level":"secret"}],"releasable_to":["NATO","JPN"],
               "not_releasable_to":["NOR"],"originator_control":true,"valid_until":"2027-01-01T00:00:00Z""#,
        );
        assert_eq!(
            label.to_string(),
            "TLP:AMBER, NATO level 1, REL JPN NATO, NOT NOR, ORCON, until 2027-01-01T00:00:00.000Z"
        );
    }

    #[test]
    fn what_is_not_understood_is_unknown() {
        let unknown = Label::unknown(ID);
        for part in [
            r#""releasable_to":[]"#,
            r#""releasable_to":["J P N"]"#,
            r#""releasable_to":"JPN""#,
            r#""classification":[{"policy":"NATO","level":"COSMIC"}]"#,
            r#""classification":[{"policy":"EU","level":"SECRET"}]"#,
            r#""valid_until":"tomorrow""#,
            r#""originator_control":"yes""#,
            r#""embargo":1"#,
        ] {
            assert_eq!(ours(part), unknown, "{part}");
        }
        assert_eq!(read(r#""definition_type":"iep","definition":{}"#), unknown);
        assert_eq!(read(r#""definition_type":"tlp","definition":{"tlp":"blue"}"#), unknown);
        assert_eq!(read(r#""name":"nothing""#), unknown);
        assert_eq!(
            read(r#""definition_type":"tlp","definition":{"tlp":"green"},"extensions":{"x":{}}"#)
                .unknown
                .len(),
            1
        );
    }

    #[test]
    fn a_third_party_cannot_define_anothers_marking() {
        let [own, origin, third] = ["1", "2", "3"].map(|n| {
            Organisation::new(&format!("identity--{n}1111111-1111-4111-8111-111111111111")).unwrap()
        });
        let mut markings = Markings::default();
        markings.define(ID, &third, &Label::clear()).unwrap();
        assert_eq!(markings.resolve(ID, &origin, &own), Label::unknown(ID));
        markings.define(ID, &origin, &Label::of(Tlp::Green)).unwrap();
        assert_eq!(markings.resolve(ID, &origin, &own), Label::of(Tlp::Green));
        markings.define(ID, &own, &Label::of(Tlp::Red)).unwrap();
        assert_eq!(markings.resolve(ID, &origin, &own), Label::of(Tlp::Red));
        assert_eq!(markings.resolve(STANDARD_MARKINGS[0].0, &origin, &own), Label::clear());
    }

    #[test]
    fn an_origin_can_define_so_many_markings_and_no_more() {
        let origin = Organisation::new("identity--11111111-1111-4111-8111-111111111111").unwrap();
        let mut markings = Markings::default();
        for n in 0..MARKINGS_PER_ORIGIN_MAX {
            markings.define(&n.to_string(), &origin, &Label::clear()).unwrap();
        }
        assert_eq!(markings.define("one more", &origin, &Label::clear()), Err(TooManyMarkings));
        assert_eq!(markings.define("7", &origin, &Label::clear()), Ok(()));
    }
}
