//! Which leaves may an observation satisfy, out of very many?
//!
//! For each path that any leaf asks for there are tables by kind of witness. Everything is a hash table or a sorted map, so
//! that one leaf more or less costs no rebuilding: literals are found by one trigram each, the one that fewest others use,
//! rather than by an automaton over all.

use std::{collections::BTreeMap, hash::BuildHasher as _};

use hashbrown::HashMap;

use crate::{
    compare::{composed, near},
    network::{Family, Network},
    observation::{Observation, Value},
    plan::LeafNumber,
    witness::{Witness, append_key, number_key, text_key},
};

/// A leaf of an indicator, by the place of the indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Posting {
    pub(crate) slot: u32,
    pub(crate) leaf: LeafNumber,
}

#[derive(Debug, Default)]
pub(crate) struct Index {
    paths: HashMap<String, PathIndex>,
    types: HashMap<String, Vec<Posting>>,
}

#[derive(Debug, Default)]
struct PathIndex {
    /// By the hash of the key: what is found is evaluated exactly, and keys are long.
    exact: HashMap<u64, Postings>,
    suffixes: HashMap<Box<str>, Vec<Posting>>,
    subsets: HashMap<Network, Vec<Posting>>,
    /// How many entries of `subsets` have each prefix length, of each family.
    lengths: BTreeMap<(Family, u8), u32>,
    supersets: BTreeMap<Network, Vec<Posting>>,
    trigrams: HashMap<[u8; 3], Vec<(Box<str>, Posting)>>,
    any: Vec<Posting>,
}

/// Those found by one key: nearly always one.
#[derive(Debug)]
enum Postings {
    One(Posting),
    #[expect(clippy::box_collection, reason = "rare, and the others are small because of it")]
    Many(Box<Vec<Posting>>),
}

impl Postings {
    fn as_slice(&self) -> &[Posting] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Whether a posting comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Add,
    Remove,
}

impl Index {
    pub(crate) fn add(&mut self, witness: &Witness, posting: Posting) {
        self.change(witness, posting, Change::Add);
    }

    /// [`Index::add`] of a [`Witness::Exact`].
    pub(crate) fn add_exact(&mut self, tail: &str, key: &str, posting: Posting) {
        self.paths.entry_ref(tail).or_default().change_exact(key, posting, Change::Add);
    }

    pub(crate) fn remove(&mut self, witness: &Witness, posting: Posting) {
        self.change(witness, posting, Change::Remove);
    }

    fn change(&mut self, witness: &Witness, posting: Posting, change: Change) {
        match witness {
            Witness::Type { object_type } => {
                let postings = self.types.entry_ref(object_type.as_str()).or_default();
                put(postings, posting, change);
                if postings.is_empty() {
                    self.types.remove(object_type);
                }
            }
            Witness::Exact { tail, .. }
            | Witness::Suffix { tail, .. }
            | Witness::Subset { tail, .. }
            | Witness::Superset { tail, .. }
            | Witness::Literal { tail, .. }
            | Witness::Any { tail } => {
                let path = self.paths.entry_ref(tail.as_str()).or_default();
                path.change(witness, posting, change);
                if change == Change::Remove && path.is_empty() {
                    self.paths.remove(tail);
                }
            }
        }
    }

    /// Adds the leaves that the observation may satisfy to `found`, some of them several times.
    pub(crate) fn candidates(&self, observation: &Observation, found: &mut Vec<Posting>) {
        let mut path = String::new();
        for object in observation.objects() {
            if let Some(postings) = self.types.get(&object.object_type) {
                found.extend_from_slice(postings);
            }
            for (key, value) in &object.properties {
                path.clear();
                path.push_str(key);
                self.walk(&mut path, value, found);
            }
        }
    }

    fn walk(&self, path: &mut String, value: &Value, found: &mut Vec<Posting>) {
        if let Some(own) = self.paths.get(path.as_str()) {
            own.candidates(value, found);
        }
        let length = path.len();
        match value {
            Value::List(list) => {
                path.push_str("[*]");
                for member in list {
                    self.walk(path, member, found);
                }
            }
            Value::Dictionary(members) => {
                for (key, member) in members {
                    append_key(path, key);
                    self.walk(path, member, found);
                    path.truncate(length);
                }
            }
            Value::Boolean(_) | Value::Integer(_) | Value::Float(_) | Value::Text(_) => {}
        }
        path.truncate(length);
    }
}

fn put(postings: &mut Vec<Posting>, posting: Posting, change: Change) {
    match change {
        Change::Add => postings.push(posting),
        Change::Remove => {
            if let Some(at) = postings.iter().position(|own| *own == posting) {
                postings.swap_remove(at);
            }
        }
    }
}

impl PathIndex {
    fn is_empty(&self) -> bool {
        self.exact.is_empty()
            && self.suffixes.is_empty()
            && self.subsets.is_empty()
            && self.supersets.is_empty()
            && self.trigrams.is_empty()
            && self.any.is_empty()
    }

    fn candidates(&self, value: &Value, found: &mut Vec<Posting>) {
        found.extend_from_slice(&self.any);
        match value {
            Value::Text(text) => self.of_text(text, found),
            Value::Integer(number) => self.of_number(near(*number), found),
            Value::Float(number) => self.of_number(*number, found),
            Value::Boolean(_) | Value::List(_) | Value::Dictionary(_) => {}
        }
    }

    fn of_number(&self, number: f64, found: &mut Vec<Posting>) {
        if !self.exact.is_empty()
            && let Some(postings) = self.exact.get(&self.hash(&number_key(number)))
        {
            found.extend_from_slice(postings.as_slice());
        }
    }

    fn of_text(&self, text: &str, found: &mut Vec<Posting>) {
        if !self.exact.is_empty()
            && let Some(postings) = self.exact.get(&self.hash(&text_key(text)))
        {
            found.extend_from_slice(postings.as_slice());
        }
        if !(self.suffixes.is_empty() && self.trigrams.is_empty()) {
            let text = composed(text).to_ascii_lowercase();
            for (at, _) in text.match_indices('.') {
                if let Some(postings) = text.get(at..).and_then(|suffix| self.suffixes.get(suffix)) {
                    found.extend_from_slice(postings);
                }
            }
            self.of_literals(&text, found);
        }
        if !(self.subsets.is_empty() && self.supersets.is_empty())
            && let Some(network) = Network::parse(text)
        {
            self.of_network(network, found);
        }
    }

    fn of_literals(&self, text: &str, found: &mut Vec<Posting>) {
        if self.trigrams.is_empty() {
            return;
        }
        for trigram in text.as_bytes().array_windows::<3>() {
            for (literal, posting) in self.trigrams.get(trigram).into_iter().flatten() {
                if text.contains(&**literal) {
                    found.push(*posting);
                }
            }
        }
    }

    fn of_network(&self, network: Network, found: &mut Vec<Posting>) {
        let lengths = self.lengths.range((network.family, 0)..=(network.family, network.length));
        for ((_, length), _) in lengths {
            if let Some(postings) = self.subsets.get(&network.shortened(*length)) {
                found.extend_from_slice(postings);
            }
        }
        let last = Network { address: network.last(), length: u8::MAX, ..network };
        for (inner, postings) in self.supersets.range(network..=last) {
            if network.contains(*inner) {
                found.extend_from_slice(postings);
            }
        }
    }

    fn change(&mut self, witness: &Witness, posting: Posting, change: Change) {
        match witness {
            Witness::Exact { key, .. } => self.change_exact(key, posting, change),
            Witness::Suffix { suffix, .. } => change_in(&mut self.suffixes, suffix, posting, change),
            Witness::Subset { network, .. } => self.change_subset(*network, posting, change),
            Witness::Superset { network, .. } => {
                let postings = self.supersets.entry(*network).or_default();
                put(postings, posting, change);
                if postings.is_empty() {
                    self.supersets.remove(network);
                }
            }
            Witness::Literal { literal, .. } => match change {
                Change::Add => self.add_literal(literal, posting),
                Change::Remove => self.remove_literal(literal, posting),
            },
            Witness::Any { .. } => put(&mut self.any, posting, change),
            Witness::Type { .. } => {}
        }
    }

    fn hash(&self, key: &str) -> u64 {
        self.exact.hasher().hash_one(key)
    }

    fn change_exact(&mut self, key: &str, posting: Posting, change: Change) {
        let hash = self.hash(key);
        match change {
            Change::Add => {
                let own = |before: Option<&mut Postings>| match before {
                    Some(Postings::Many(many)) => {
                        many.push(posting);
                        None
                    }
                    Some(Postings::One(one)) => Some(Postings::Many(Box::new(vec![*one, posting]))),
                    None => Some(Postings::One(posting)),
                };
                if let Some(changed) = own(self.exact.get_mut(&hash)) {
                    self.exact.insert(hash, changed);
                }
            }
            Change::Remove => {
                let is_last = match self.exact.get_mut(&hash) {
                    Some(Postings::One(one)) => *one == posting,
                    Some(Postings::Many(many)) => {
                        put(many, posting, Change::Remove);
                        many.is_empty()
                    }
                    None => false,
                };
                if is_last {
                    self.exact.remove(&hash);
                }
            }
        }
    }

    fn change_subset(&mut self, network: Network, posting: Posting, change: Change) {
        let count = self.lengths.entry((network.family, network.length)).or_default();
        let postings = self.subsets.entry(network).or_default();
        let before = postings.len();
        put(postings, posting, change);
        match (change, postings.len() == before) {
            (Change::Add, _) => *count += 1,
            (Change::Remove, false) => *count -= 1,
            (Change::Remove, true) => {}
        }
        if *count == 0 {
            self.lengths.remove(&(network.family, network.length));
        }
        if postings.is_empty() {
            self.subsets.remove(&network);
        }
    }

    /// By the trigram that fewest others are found by.
    fn add_literal(&mut self, literal: &str, posting: Posting) {
        let users = |trigram: &&[u8; 3]| self.trigrams.get(*trigram).map_or(0, Vec::len);
        let Some(rarest) = literal.as_bytes().array_windows::<3>().min_by_key(users).copied() else { return };
        self.trigrams.entry(rarest).or_default().push((Box::from(literal), posting));
    }

    fn remove_literal(&mut self, literal: &str, posting: Posting) {
        for trigram in literal.as_bytes().array_windows::<3>() {
            let Some(entries) = self.trigrams.get_mut(trigram) else { continue };
            let own = |(text, own): &(Box<str>, Posting)| &**text == literal && *own == posting;
            if let Some(at) = entries.iter().position(own) {
                entries.swap_remove(at);
                if entries.is_empty() {
                    self.trigrams.remove(trigram);
                }
                return;
            }
        }
    }
}

fn change_in(map: &mut HashMap<Box<str>, Vec<Posting>>, key: &str, posting: Posting, change: Change) {
    let postings = map.entry_ref(key).or_default();
    put(postings, posting, change);
    if postings.is_empty() {
        map.remove(key);
    }
}
