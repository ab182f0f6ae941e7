//! What may be done with an indicator of a feed? What its markings say, as far as they came with the feed.

use matcher::watch::Pap;
use releasability::{Label, Organisation, Policy};
use stix::{Limits, Object, json::Tree};

/// What markings were met, by whomever.
pub(super) struct Permissions {
    policy: Policy,
    feed: Organisation,
}

impl Default for Permissions {
    fn default() -> Self {
        let nobody = "identity--00000000-0000-0000-0000-000000000000";
        let feed =
            Organisation::new(nobody).unwrap_or_else(|_| unreachable!("the nil identity is well-formed"));
        Self { policy: Policy::new(feed.clone()), feed }
    }
}

impl Permissions {
    /// Takes in what a marking-definition says.
    pub(super) fn learn(&mut self, object: &Object) {
        if object.object_type() == "marking-definition"
            && let Ok(tree) = Tree::parse(object.text_bytes(), &Limits::DEFAULT)
            && self.policy.define_marking(tree.root(), &self.feed).is_err()
        {
            tracing::warn!("there are too many marking-definitions; the rest is not understood");
        }
    }

    /// The PAP of an object; the strictest where a marking of it never came.
    pub(super) fn of(&self, object: &Object) -> Pap {
        let label = self.policy.label(object, &self.feed, &Label::clear());
        exchange::world::permitted(self.policy.permitted(object, &label, &self.feed))
    }
}
