//! Who said what of which marking-definition?

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

use stix::Timestamp;

use super::standard;
use crate::{code::Organisation, label::Label};

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

    /// The markings about which an organisation and another both say something.
    pub fn said_twice<'a>(&'a self, one: &'a Organisation) -> impl Iterator<Item = &'a str> {
        let twice = |said: &BTreeMap<Organisation, Label>| said.len() > 1 && said.contains_key(one);
        self.by_id.iter().filter(move |(_, said)| twice(said)).map(|(id, _)| id.as_str())
    }

    /// How many marking-definitions there are.
    pub fn defined(&self) -> usize {
        self.count.values().sum()
    }

    /// What everybody said.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        self.by_id.values().flat_map(BTreeMap::values)
    }

    /// Those whose time begins after one moment and by another, by who said so.
    pub fn beginning(&self, after: Timestamp, until: Timestamp) -> BTreeMap<Organisation, HashSet<String>> {
        let begins = |label: &Label| label.valid.from.is_some_and(|from| after < from && from <= until);
        let mut begun: BTreeMap<Organisation, HashSet<String>> = BTreeMap::new();
        for (id, origins) in &self.by_id {
            for (origin, _) in origins.iter().filter(|(_, label)| begins(label)) {
                begun.entry(origin.clone()).or_default().insert(id.clone());
            }
        }
        begun
    }

    /// What a marking on an object of `origin` means here; `own` is this node's organisation.
    pub fn resolve(&self, marking: &str, origin: &Organisation, own: &Organisation) -> Cow<'_, Label> {
        if let Some(label) = standard(marking) {
            return Cow::Owned(label);
        }
        let origins = self.by_id.get(marking);
        let said = |by: &Organisation| origins.and_then(|origins| origins.get(by));
        match (said(origin), said(own)) {
            (Some(one), Some(other)) if one != other => Cow::Owned(one.join(other)),
            (Some(label), _) | (None, Some(label)) => Cow::Borrowed(label),
            (None, None) => Cow::Owned(Label::unknown(marking)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Tlp;

    const ID: &str = "marking-definition--11111111-1111-4111-8111-111111111111";

    #[test]
    fn a_third_party_cannot_define_anothers_marking() {
        let [own, origin, third] = ["1", "2", "3"].map(|n| {
            Organisation::new(&format!("identity--{n}1111111-1111-4111-8111-111111111111")).unwrap()
        });
        let mut markings = Markings::default();
        markings.define(ID, &third, &Label::clear()).unwrap();
        assert_eq!(*markings.resolve(ID, &origin, &own), Label::unknown(ID));
        markings.define(ID, &origin, &Label::of(Tlp::Green)).unwrap();
        assert_eq!(*markings.resolve(ID, &origin, &own), Label::of(Tlp::Green));
        markings.define(ID, &own, &Label::of(Tlp::Red)).unwrap();
        assert_eq!(*markings.resolve(ID, &origin, &own), Label::of(Tlp::Red));
        assert_eq!(*markings.resolve(super::super::STANDARD_TLP[0].0, &origin, &own), Label::clear());
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
