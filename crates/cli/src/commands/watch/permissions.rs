//! What may be done with an indicator of a feed? What its markings say, as far as they came with the feed.

use std::sync::Arc;

use matcher::watch::{Markings, Pap};
use releasability::{Label, Organisation, Policy};
use stix::{Limits, Object, json::Tree};

/// What markings were met, by whomever.
pub(super) struct Permissions {
    policy: Policy,
    feed: Organisation,
    /// What was asked last: indicators of one feed are marked alike.
    last: Option<(Markings, Permission)>,
}

/// What is known of markings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// All of them are understood.
    Known(Pap),
    /// One of them never came so far.
    Unknown,
}

impl Permission {
    /// The strictest where a marking never came.
    pub(super) fn pap(self) -> Pap {
        match self {
            Self::Known(pap) => pap,
            Self::Unknown => Pap::Red,
        }
    }
}

impl Default for Permissions {
    fn default() -> Self {
        let nobody = "identity--00000000-0000-0000-0000-000000000000";
        let feed =
            Organisation::new(nobody).unwrap_or_else(|_| unreachable!("the nil identity is well-formed"));
        Self { policy: Policy::new(feed.clone()), feed, last: None }
    }
}

impl Permissions {
    /// Takes in what a marking-definition says.
    pub(super) fn learn(&mut self, object: &Object) {
        if object.object_type() != "marking-definition" {
            return;
        }
        self.last = None;
        if let Ok(tree) = Tree::parse(object.text_bytes(), &Limits::DEFAULT)
            && self.policy.define_marking(tree.root(), &self.feed).is_err()
        {
            tracing::warn!("there are too many marking-definitions; the rest is not understood");
        }
    }

    /// What may be done with an indicator that has these, itself or in parts.
    pub(super) fn of(&mut self, markings: &Markings) -> Permission {
        if let Some((last, permission)) = &self.last
            && (Arc::ptr_eq(last, markings) || last == markings)
        {
            return *permission;
        }
        let meant = markings.iter().map(|marking| self.policy.resolve(marking, &self.feed));
        let label = meant.reduce(|one, other| one.join(&other)).unwrap_or_else(Label::clear);
        let permission = if label.unknown.is_empty() {
            Permission::Known(exchange::world::permitted(label.pap))
        } else {
            Permission::Unknown
        };
        self.last = Some((Arc::clone(markings), permission));
        permission
    }
}
