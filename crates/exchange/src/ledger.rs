//! What is accounted for, and in which words? The entries of the ledger: what was released to whom, what was brought and
//! removed, which policy was in force.
//!
//! A write is accounted for in the commit that makes it. What is read is accounted for, durably, before the answer goes out;
//! the store makes many such entries durable at once.

use std::collections::BTreeMap;

use bytes::Bytes;
use releasability::Releasable;
use serde::{Deserialize, Serialize};
use stix::{Object, Timestamp};
use store::{
    Batch, LabelId, Operation, Sequence,
    ledger::{EntryDraft, Span},
};

use crate::{
    Access, Deed, Exchange, ExchangeError, Released, checkpoint::Checkpoint, state::State, viewpoint::Viewer,
    world::Difference,
};

/// On which way something left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A page of objects (TAXII 2.1 section 5.4).
    Objects,
    /// One object by its id (section 5.6).
    Object,
    /// A manifest (section 5.3): ids, versions and dates, no content.
    Manifest,
    /// The versions of an object (section 5.8): dates, no content.
    Versions,
    /// What is known of a value.
    Knowledge,
    /// Another tool's file, made by a command.
    Export,
    /// Another tool's file, fetched by that tool.
    Feed,
    /// On the screens of this node's own people.
    Console,
}

/// Which policy was in force: the declaration by its version, and how many marking-definitions were held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Standing {
    /// The version of the declaration.
    pub world: u64,
    /// So many marking-definitions were held, in the order in which they came.
    pub markings: u32,
}

/// Objects of one label that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The number of their label.
    pub label: u32,
    /// The place of the first, then the step to each that follows.
    pub places: Vec<u64>,
}

/// What was taken out of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// Its place.
    pub place: u64,
    /// JSON pointers into the object, each with the number of the line of the rule.
    pub fields: Vec<(String, u8)>,
}

/// What one partner got at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The partner's name; empty for one of this node's own people.
    pub partner: String,
    /// Which of this node's own people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer: Option<Viewer>,
    /// The number of the collection.
    pub collection: u32,
    /// On which way.
    pub channel: Channel,
    /// The moment for which it was decided, in microseconds since 1970.
    pub time: i64,
    /// Under which policy.
    pub policy: Standing,
    /// What was released.
    pub objects: Vec<Run>,
    /// What was taken out of some of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<Redacted>,
}

/// What was brought through the one door in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The partner's name; empty for this node itself.
    pub partner: String,
    /// The organisation that is its origin.
    pub origin: String,
    /// The number of the collection.
    pub collection: u32,
    /// The receipt (TAXII status).
    pub receipt: uuid::Uuid,
    /// How many objects were good.
    pub objects: usize,
    /// How many were refused.
    pub failures: usize,
    /// SHA-256 over what the good objects mean, in hexadecimal digits.
    pub digest: String,
}

/// One entry of the ledger, as read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Record {
    /// Something was released.
    Release(Release),
    /// Something was brought.
    Submission(Submission),
    /// A partner's own objects were removed.
    Removal {
        /// The partner's name.
        partner: String,
        /// The number of the collection.
        collection: u32,
        /// Id and place of each.
        objects: Vec<(String, u64)>,
    },
    /// Objects were labelled or dated anew.
    Relabelling {
        /// The number of the collection.
        collection: u32,
        /// Why.
        why: Relabelled,
        /// Id and former place of each.
        objects: Vec<(String, u64)>,
    },
    /// A declaration came into force.
    Policy {
        /// Its version.
        version: u64,
        /// The declaration with the numbers given to what is in it.
        registry: Box<serde_json::Value>,
        /// What changed.
        differences: Vec<Difference>,
    },
    /// Credentials were issued or withdrawn.
    Credentials {
        /// Whose, which (the secret is in no ledger), and what happened to it.
        changes: Vec<(String, uuid::Uuid, CredentialChange)>,
    },
    /// One of the node's own people did something.
    Deed(Deed),
    /// All entries before this one are vouched for.
    Checkpoint(Checkpoint),
}

/// Why objects were labelled or dated anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relabelled {
    /// A marking arrived, or markings or the declaration mean something else now.
    Meaning,
    /// Somebody may have them now who might not before.
    Gained,
    /// They refer to something that somebody may have now who might not before.
    Referring,
}

/// What happened to a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialChange {
    /// It was made.
    Issued,
    /// It was withdrawn.
    Withdrawn,
}

impl Record {
    /// The record as the ledger keeps it.
    pub(crate) fn draft(&self, about: Option<Span>) -> Result<EntryDraft, ExchangeError> {
        let content = serde_json::to_vec(self).map_err(|error| ExchangeError::Document("entry", error))?;
        Ok(EntryDraft { content: Bytes::from(content), about })
    }
}

impl Run {
    /// The places of the objects, in order.
    pub fn places(&self) -> impl Iterator<Item = Sequence> + '_ {
        let step = |place: &mut u64, step: &u64| {
            *place = place.wrapping_add(*step);
            Some(Sequence::new(*place))
        };
        self.places.iter().scan(0, step)
    }
}

impl Release {
    /// Every object released: its label and place.
    pub fn claims(&self) -> impl Iterator<Item = (LabelId, Sequence)> + '_ {
        self.objects.iter().flat_map(|run| run.places().map(|place| (LabelId(run.label), place)))
    }

    /// What was taken out of the object at a place.
    pub fn fields(&self, place: Sequence) -> &[(String, u8)] {
        let found = self.redacted.iter().find(|redacted| redacted.place == place.get());
        found.map_or(&[], |redacted| &redacted.fields)
    }
}

/// Objects in the order they are released, as runs. A step may be negative where objects were asked for by id: it wraps.
fn runs(objects: &[(Sequence, Releasable<Object>)], labels: &[LabelId]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut before = 0;
    for ((place, _), label) in objects.iter().zip(labels) {
        match runs.last_mut().filter(|run| run.label == label.0) {
            Some(run) => run.places.push(place.get().wrapping_sub(before)),
            None => runs.push(Run { label: label.0, places: vec![place.get()] }),
        }
        before = place.get();
    }
    runs
}

fn redacted(objects: &[(Sequence, Releasable<Object>)]) -> Vec<Redacted> {
    let parts = |(place, object): &(Sequence, Releasable<Object>)| {
        let fields: Vec<_> =
            object.removed().iter().map(|(pointer, reason)| (pointer.clone(), reason.rule())).collect();
        (!fields.is_empty()).then_some(Redacted { place: place.get(), fields })
    };
    objects.iter().filter_map(parts).collect()
}

impl State {
    /// Which policy is in force.
    pub(crate) fn standing(&self) -> Standing {
        Standing {
            world: self.world.as_ref().map_or(0, |known| known.version),
            markings: u32::try_from(self.policy.markings_defined()).unwrap_or(u32::MAX),
        }
    }
}

impl Access {
    /// What the ledger is to say of what is about to be released; nothing where nothing is.
    pub(crate) fn account_of(&self, channel: Channel, released: &Released) -> Option<(Release, Span)> {
        let places = released.objects.iter().map(|(place, _)| Span { first: *place, last: *place });
        let about = places.reduce(Span::with)?;
        let release = Release {
            // Who sees as a partner sees: it is not the partner that gets it.
            partner: if self.viewer.is_some() { String::new() } else { self.partner().to_owned() },
            viewer: self.viewer.as_deref().cloned(),
            collection: self.number().0,
            channel,
            time: self.now.micros(),
            policy: self.state.standing(),
            objects: runs(&released.objects, &released.labels),
            redacted: redacted(&released.objects),
        };
        Some((release, about))
    }
}

impl Exchange {
    /// Accounts for what is about to be released; it is not, if this fails.
    pub(crate) async fn account(
        &self,
        access: &Access,
        channel: Channel,
        released: &Released,
    ) -> Result<(), ExchangeError> {
        let Some((release, about)) = access.account_of(channel, released) else { return Ok(()) };
        self.note(&Record::Release(release), Some(about), access.now).await
    }

    /// Adds an entry that goes with no other change.
    pub(crate) async fn note(
        &self,
        record: &Record,
        about: Option<Span>,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let entry = Some(record.draft(about)?);
        let batch = Batch { now, preconditions: Vec::new(), operations: Vec::new(), receipt: None, entry };
        self.store.commit(batch).await?;
        Ok(())
    }
}

/// Id and place of the claims that operations take from where they stand.
pub(crate) fn places(operations: &[Operation]) -> Vec<(String, u64)> {
    let place = |operation: &Operation| match operation {
        Operation::Remove { id, sequence, .. } | Operation::Relabel { id, sequence, .. } => {
            Some((id.as_str().to_owned(), sequence.get()))
        }
        Operation::Add { .. } | Operation::Document { .. } | Operation::Cursor { .. } => None,
    };
    operations.iter().filter_map(place).collect()
}

/// The names that numbers of collections had, by the declarations seen so far.
pub(crate) type CollectionNames = BTreeMap<u32, String>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_as_steps_even_backwards() {
        let run = Run { label: 1, places: vec![100, 1, 2, 5_u64.wrapping_neg(), 1] };
        assert_eq!(run.places().map(Sequence::get).collect::<Vec<_>>(), [100, 101, 103, 98, 99]);
    }
}
