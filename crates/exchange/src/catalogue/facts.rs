//! By which facts is an object sorted, filtered and counted, and which of its texts can be searched?

use stix::{
    Timestamp,
    json::{Kind, Value},
};

use super::{IdNumber, WordNumber};

/// Microseconds since 1970; [`Moment::NONE`] for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) const NONE: Self = Self(i64::MIN);

    pub(crate) fn of(moment: Timestamp) -> Self {
        Self(moment.micros())
    }

    pub(crate) fn known(self) -> Option<Timestamp> {
        (self != Self::NONE).then(|| Timestamp::from_micros(self.0))
    }
}

/// The name of the property that refers, as a word of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Role(pub(crate) WordNumber);

/// What is known of an object, or of what a reader gets of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) created: Moment,
    pub(crate) modified: Moment,
    /// `first_seen`, `first_observed`, `valid_from` or `start_time`.
    pub(crate) first: Moment,
    /// `last_seen`, `last_observed`, `valid_until` or `stop_time`.
    pub(crate) last: Moment,
    /// -1 where nothing is said.
    pub(crate) confidence: i16,
    /// What a sighting counts: how often; 1 where nothing is said.
    pub(crate) count: u32,
    /// The verb of a relationship; of others nothing.
    pub(crate) verb: Option<WordNumber>,
    /// The country of a location.
    pub(crate) country: Option<WordNumber>,
    pub(crate) labels: Box<[WordNumber]>,
    /// Everything it refers to, markings left out.
    pub(crate) references: Box<[(Role, IdNumber)]>,
    /// Kill chain and phase.
    pub(crate) phases: Box<[(WordNumber, WordNumber)]>,
}

/// Gives numbers to words and ids.
pub(crate) trait Numbers {
    fn word(&mut self, text: &str) -> WordNumber;
    fn id(&mut self, text: &str) -> IdNumber;
}

impl Facts {
    /// Reads the facts of an object.
    pub(crate) fn of(root: Value<'_>, numbers: &mut impl Numbers) -> Self {
        let moment = |names: [&str; 4]| {
            let found = names.iter().find_map(|name| Timestamp::parse(&root.get(name)?.as_str()?).ok());
            found.map_or(Moment::NONE, Moment::of)
        };
        let mut references = Vec::new();
        collect(root, Depth::Top, "", &mut |role, id| {
            let role = Role(numbers.word(role));
            references.push((role, numbers.id(id)));
        });
        references.sort_unstable();
        references.dedup();
        let mut word = |name: &str| root.get(name)?.as_str().map(|text| numbers.word(&text));
        let (verb, country) = (word("relationship_type"), word("country"));
        let texts = |name: &str| root.get(name).map(Value::elements).into_iter().flatten();
        let labels = texts("labels").filter_map(Value::as_str).map(|text| numbers.word(&text)).collect();
        let mut phase = |entry: Value<'_>| {
            let (chain, phase) =
                (entry.get("kill_chain_name")?.as_str()?, entry.get("phase_name")?.as_str()?);
            Some((numbers.word(&chain), numbers.word(&phase)))
        };
        let phases = texts("kill_chain_phases").filter_map(&mut phase).collect();
        let number = |name: &str| root.get(name).and_then(Value::as_i64);
        Self {
            created: moment(["created"; 4]),
            modified: moment(["modified"; 4]),
            first: moment(["first_seen", "first_observed", "valid_from", "start_time"]),
            last: moment(["last_seen", "last_observed", "valid_until", "stop_time"]),
            confidence: number("confidence").and_then(|sure| i16::try_from(sure).ok()).unwrap_or(-1),
            count: number("count").map_or(1, |count| u32::try_from(count).unwrap_or(0)),
            verb,
            country,
            labels,
            references: references.into(),
            phases,
        }
    }
}

/// Properties that mark, and are no reference among objects.
fn is_marking(name: &str) -> bool {
    matches!(name, "object_marking_refs" | "granular_markings")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Top,
    Below,
}

/// Finds every reference: `source_ref` where the property is the object's own, `.source_ref` where it stands deeper.
fn collect(value: Value<'_>, depth: Depth, role: &str, found: &mut impl FnMut(&str, &str)) {
    match value.kind() {
        Kind::Dictionary => {
            for (key, member) in value.members() {
                let name = key.as_str().unwrap_or_default();
                match depth {
                    _ if is_marking(&name) => {}
                    Depth::Top => collect(member, Depth::Below, &name, found),
                    Depth::Below => collect(member, Depth::Below, &format!(".{name}"), found),
                }
            }
        }
        Kind::List => value.elements().for_each(|element| collect(element, depth, role, found)),
        Kind::String if role.ends_with("_ref") || role.ends_with("_refs") => {
            if let Some(id) = value.as_str() {
                found(role, &id);
            }
        }
        Kind::String | Kind::Null | Kind::Boolean | Kind::Number => {}
    }
}

/// The texts of an object that can be searched, each by itself: all but ids, references, markings and times.
pub(crate) fn texts(root: Value<'_>, each: &mut impl FnMut(&str)) {
    for (key, member) in root.members() {
        let name = key.as_str().unwrap_or_default();
        if !matches!(name.as_ref(), "id" | "type" | "spec_version" | "pattern_version") {
            texts_below(member, &name, each);
        }
    }
}

fn texts_below(value: Value<'_>, name: &str, each: &mut impl FnMut(&str)) {
    if is_marking(name) || name.ends_with("_ref") || name.ends_with("_refs") {
        return;
    }
    match value.kind() {
        Kind::Dictionary => {
            for (key, member) in value.members() {
                texts_below(member, &key.as_str().unwrap_or_default(), each);
            }
        }
        Kind::List => value.elements().for_each(|element| texts_below(element, name, each)),
        Kind::String => {
            let text = value.as_str().unwrap_or_default();
            if Timestamp::parse(&text).is_err() {
                each(&text);
            }
        }
        Kind::Null | Kind::Boolean | Kind::Number => {}
    }
}
