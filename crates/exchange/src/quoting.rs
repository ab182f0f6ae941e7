//! Does a text have the name of something?

use std::collections::{BTreeSet, HashSet};

use stix::json::Value;

/// Shorter names, and single words among these lengths, occur by chance.
const NAME_CHARS_MIN: usize = 4;

/// The words of some texts, in lower case.
#[derive(Debug, Default)]
pub(crate) struct Words(HashSet<String>);

/// Names with what they name.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeSet<(String, String)>);

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

impl Words {
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        Self(texts.flat_map(words).collect())
    }

    fn has_all(&self, name: &str) -> bool {
        words(name).all(|word| self.0.contains(&word))
    }
}

impl Names {
    /// Takes the names of an object: its name, its aliases, the value of an observable.
    pub(crate) fn take(&mut self, id: &str, object: Value<'_>, among: &Words) {
        let single = ["name", "value"].into_iter().filter_map(|key| object.get(key)?.as_str());
        let lists = ["aliases", "hashes"].into_iter().filter_map(|key| object.get(key));
        let listed = lists.flat_map(|list| {
            list.elements().chain(list.members().map(|(_, member)| member)).filter_map(Value::as_str)
        });
        for name in single.chain(listed) {
            let name = name.trim();
            if name.chars().count() >= NAME_CHARS_MIN && among.has_all(name) {
                self.0.insert((name.to_owned(), id.to_owned()));
            }
        }
    }

    /// The names that a text has, as whole words in whatever case, each with what it names.
    pub(crate) fn quoted_in<'a>(&'a self, text: &str) -> Vec<(&'a str, &'a str)> {
        let text = text.to_lowercase();
        let is_in = |name: &str| {
            let name = name.to_lowercase();
            text.match_indices(&name).any(|(at, found)| {
                let before = text.get(..at).and_then(|before| before.chars().next_back());
                let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
                let apart = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
                apart(before) && apart(after)
            })
        };
        let pairs = self.0.iter().filter(|(name, _)| is_in(name));
        pairs.map(|(name, of)| (name.as_str(), of.as_str())).collect()
    }
}

#[cfg(test)]
mod tests {
    use stix::{Limits, json::Tree};

    use super::*;

    fn names_in(object: &str, text: &str) -> Vec<String> {
        let words = Words::of([text].into_iter());
        let mut names = Names::default();
        names.take("x--1", Tree::parse(object.as_bytes(), &Limits::DEFAULT).unwrap().root(), &words);
        names.quoted_in(text).into_iter().map(|(name, _)| name.to_owned()).collect()
    }

    #[test]
    fn a_name_is_found_as_whole_words_in_any_case() {
        let object =
            r#"{"name":"Night Heron","aliases":["APT-0042","Reiher"],"hashes":{"MD5":"abcdef012345"}}"#;
        assert_eq!(names_in(object, "the NIGHT heron, again"), ["Night Heron"]);
        assert_eq!(names_in(object, "seen by apt-0042."), ["APT-0042"]);
        assert_eq!(names_in(object, "file abcdef012345 dropped"), ["abcdef012345"]);
        assert!(names_in(object, "a heron at night").is_empty());
        assert!(names_in(object, "Nightly Heron, Reihers").is_empty());
    }

    #[test]
    fn short_names_are_not_looked_for() {
        assert!(names_in(r#"{"name":"one"}"#, "one of them").is_empty());
        assert_eq!(names_in(r#"{"value":"203.0.113.7"}"#, "calls 203.0.113.7 twice"), ["203.0.113.7"]);
    }
}
