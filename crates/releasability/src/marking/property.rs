//! How is the value of one property of a marking read? Nothing where it is not of the form expected.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use stix::{
    Timestamp,
    json::{Kind, Value},
};

use super::Classifications;
use crate::{
    code::Code,
    label::{ClassificationPolicy, Level},
};

/// A list that is not empty.
pub(super) fn list(value: Value<'_>) -> Option<Value<'_>> {
    (value.kind() == Kind::List && !value.is_empty()).then_some(value)
}

/// A list of texts that is not empty.
pub(super) fn texts(value: Value<'_>) -> Option<Vec<String>> {
    list(value)?.elements().map(|element| element.as_str().map(Cow::into_owned)).collect()
}

/// A list of codes. An empty one would mean "to nobody" or "from nobody" by accident; it is not understood.
pub(super) fn codes(value: Value<'_>) -> Option<BTreeSet<Code>> {
    list(value)?.elements().map(|element| element.as_str()?.parse().ok()).collect()
}

/// An RFC 3339 timestamp.
pub(super) fn moment(value: Value<'_>) -> Option<Timestamp> {
    Timestamp::parse(&value.as_str()?).ok()
}

/// A text that is one of the words, in either case of ASCII letters; gives the word as listed.
pub(super) fn word(value: Value<'_>, words: &[&'static str]) -> Option<&'static str> {
    let text = value.as_str()?;
    words.iter().find(|word| word.eq_ignore_ascii_case(&text)).copied()
}

/// A list of `{policy, level}`, both declared here; the highest level where a policy stands twice.
pub(super) fn levels(
    value: Value<'_>,
    known: &Classifications,
) -> Option<BTreeMap<ClassificationPolicy, Level>> {
    let mut levels = BTreeMap::new();
    for entry in list(value)?.elements() {
        let policy = ClassificationPolicy(entry.get("policy")?.as_str()?.into_owned());
        let level = level(known.get(&policy)?, &entry.get("level")?.as_str()?)?;
        let joined = levels.get(&policy).copied().map_or(level, |before: Level| before.max(level));
        levels.insert(policy, joined);
    }
    Some(levels)
}

/// The level of a name, in either case of ASCII letters.
pub(crate) fn level(names: &[String], word: &str) -> Option<Level> {
    let rank = names.iter().position(|name| name.eq_ignore_ascii_case(word))?;
    u16::try_from(rank).ok().map(Level)
}
