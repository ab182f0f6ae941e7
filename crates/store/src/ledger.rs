//! How does the store account for what happened? Entries numbered without gaps, each sealed with the hash of the one before.
//!
//! What an entry says is kept uninterpreted. Changing, dropping or swapping an entry changes every hash behind it; the last
//! hash, kept elsewhere, vouches for all before it.

use std::num::NonZeroU32;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use stix::Timestamp;

use crate::{Outcome, Sequence};

/// The number of an entry; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EntryNumber(pub u64);

/// The hash (SHA-256) of an entry and, through it, of all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct EntryHash(pub [u8; 32]);

/// The places that an entry speaks of, from the first to the last: what it says of others it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first place.
    pub first: Sequence,
    /// The last place.
    pub last: Sequence,
}

/// An entry before it has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDraft {
    /// What it says.
    pub content: Bytes,
    /// The places that it speaks of, besides those that its batch makes.
    pub about: Option<Span>,
}

/// An entry as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub number: EntryNumber,
    /// The time of its batch.
    pub committed: Timestamp,
    /// The places that it speaks of.
    pub about: Option<Span>,
    /// What it says.
    pub content: Bytes,
    /// See [`seal`].
    pub hash: EntryHash,
}

/// Where the ledger ends: number and hash of the last entry; zeros where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of the last entry.
    pub number: EntryNumber,
    /// Its hash.
    pub hash: EntryHash,
}

/// Which entries to read.
#[derive(Debug, Clone, Copy)]
pub struct LedgerQuery {
    /// After which number.
    pub after: EntryNumber,
    /// At most so many.
    pub limit: NonZeroU32,
    /// Stop once the contents come to so many bytes; the entry that crosses it is still given.
    pub bytes_max: usize,
    /// Only those whose span holds this place.
    pub about: Option<Sequence>,
}

impl Span {
    /// Whether a place lies in it.
    pub fn holds(&self, place: Sequence) -> bool {
        self.first <= place && place <= self.last
    }

    /// The span from the first place of either to the last of either.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// Both, where there are both.
    pub(crate) fn of_either(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.with(other)),
            (one, other) => one.or(other),
        }
    }

    /// The places that outcomes made.
    fn of_outcomes(outcomes: &[Outcome]) -> Option<Self> {
        let places = outcomes.iter().filter_map(|outcome| match *outcome {
            Outcome::Added(place) | Outcome::Removed(place) => Some(Self { first: place, last: place }),
            Outcome::Unchanged(_)
            | Outcome::Differs(_)
            | Outcome::Full
            | Outcome::Absent
            | Outcome::Written => None,
        });
        places.reduce(Self::with)
    }
}

impl Head {
    /// The entry that comes next.
    pub(crate) fn next(&self, draft: &EntryDraft, outcomes: &[Outcome], committed: Timestamp) -> Entry {
        let mut entry = Entry {
            number: EntryNumber(self.number.0.saturating_add(1)),
            committed,
            about: Span::of_either(draft.about, Span::of_outcomes(outcomes)),
            content: draft.content.clone(),
            hash: EntryHash::default(),
        };
        entry.hash = seal(self.hash, &entry);
        entry
    }
}

impl Entry {
    /// Where the ledger ends with this entry.
    pub fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash }
    }
}

/// The hash of an entry: SHA-256 over the hash of the one before, number, seconds and nanoseconds of the time, first and last
/// place of the span (zeros for none), all in little-endian order, and the content.
pub fn seal(before: EntryHash, entry: &Entry) -> EntryHash {
    let mut hash = Sha256::new();
    hash.update(before.0);
    hash.update(entry.number.0.to_le_bytes());
    hash.update(entry.committed.seconds().to_le_bytes());
    hash.update(entry.committed.nanos().to_le_bytes());
    let (first, last) = entry.about.map_or((0, 0), |span| (span.first.get(), span.last.get()));
    hash.update(first.to_le_bytes());
    hash.update(last.to_le_bytes());
    hash.update(&entry.content);
    EntryHash(hash.finalize().into())
}
