//! What do other tools fetch? Feeds as they are declared.

use std::collections::BTreeSet;

use formats::export::{Filter, Format, kind_named};
use serde::{Deserialize, Serialize};

use crate::world::{World, WorldProblem};

/// A file that another tool fetches over HTTP with a token of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedDeclared {
    /// Its name in the URL.
    pub name: String,
    /// The collection's alias.
    pub collection: String,
    /// The partner as whom it is read; this node's own organisation where absent.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// The name of the format.
    pub format: String,
    /// Only indicators that are at least so sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence_min: Option<u8>,
    /// Only values of these kinds; of all kinds where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
}

impl FeedDeclared {
    /// The format, and what is chosen; nothing where a word of it is not known.
    pub fn order(&self) -> Option<(Format, Filter)> {
        let kinds: Option<_> = self.kinds.iter().map(|kind| kind_named(kind)).collect();
        let confidence_min = self.confidence_min.map(i64::from);
        Some((self.format.parse().ok()?, Filter { confidence_min, kinds: kinds? }))
    }

    /// The name under which its credentials are kept. No partner has such a name, so they open nothing else.
    pub fn credential_name(name: &str) -> String {
        format!("feed/{name}")
    }
}

impl World {
    /// The feed of this name.
    pub fn feed(&self, name: &str) -> Option<&FeedDeclared> {
        self.feeds.iter().find(|feed| feed.name == name)
    }

    pub(crate) fn feed_problems(&self) -> Vec<WorldProblem> {
        let mut problems = Vec::new();
        let mut names = BTreeSet::new();
        for feed in &self.feeds {
            let mut add = |problem: String| {
                problems.push(WorldProblem { place: format!("feed `{}`", feed.name), problem });
            };
            let form = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
            if feed.name.is_empty() || feed.name.len() > 64 || !feed.name.bytes().all(form) {
                add("the name is 1 to 64 of a-z, 0-9, `-`, `_`".to_owned());
            }
            if !names.insert(feed.name.as_str()) {
                add("is declared twice".to_owned());
            }
            if !self.collections.iter().any(|collection| collection.alias == feed.collection) {
                add("the collection is not declared".to_owned());
            }
            let declared = |name: &String| self.partners.iter().any(|partner| partner.name == *name);
            if feed.reader.as_ref().is_some_and(|name| !declared(name)) {
                add("the partner is not declared".to_owned());
            }
            if let Err(error) = feed.format.parse::<Format>() {
                add(error.to_string());
            }
            if feed.confidence_min.is_some_and(|least| least > 100) {
                add("`confidence_min` is 0 to 100".to_owned());
            }
            for kind in feed.kinds.iter().filter(|kind| kind_named(kind).is_none()) {
                add(format!("`{kind}` is no kind of value"));
            }
        }
        problems
    }
}
