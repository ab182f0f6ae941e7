//! Keeps objects in the order they were added, durably, and finds them again by label number.
//!
//! **Is**: the trait [`Store`], its promises, its backends ([`memory`], [`embedded`]) and the suite that holds every
//! backend to the promises (`contract`, for tests).
//!
//! **Is not**: policy. A store filters by label numbers that it does not understand, and hands out
//! [`releasability::Unreleased`] objects only.
//!
//! # Promises
//! Each is a test in `contract` that every backend passes.
//!
//! 1. **All or nothing.** Of one batch, all operations are there afterwards or none.
//! 2. **Durable when it returns.** What was committed survives the end of the process at any moment.
//! 3. **Numbers in order.** A [`Sequence`] is microseconds since 1970, strictly increasing across the store and across
//!    restarts: greater than every one given before, and not below the batch's own time.
//! 4. **No gap to fall into.** Who has seen `n` (in a page, a change, a claim) never later finds a new one at or below `n`.
//! 5. **Pages are exact.** [`Store::objects`] gives, in order of sequence, exactly the objects of the collection after the
//!    given sequence whose label is in the set; `more` says whether there are others behind the last.
//! 6. **One claim once.** The same id, version, origin and meaning in the same collection again is [`Outcome::Unchanged`]; with
//!    another meaning it is [`Outcome::Differs`]; neither changes anything. Within one batch too.
//! 7. **Claims of an id** are listed whole, in order of sequence, over all collections.
//! 8. **Plural.** An object is [`Multiplicity::Plural`] if its id had more than one claim in its collection at any time.
//! 9. **Deletion** removes exactly the named claims; they are in no page, claim list or object read after.
//! 10. **Preconditions.** If one fails, nothing of the batch happens and the error names it.
//! 11. **Labels are numbered once.** The same label content always has the same number, also after a restart; content is
//!     listed for every number that an object has.
//! 12. **The log is whole.** [`Store::changes`] gives every added object and every removal, in order of sequence, none twice.
//! 13. **Cursors move with the batch** that names them, or not at all.
//! 14. **Receipts** are found by id until they expire, and say the outcome of each operation they cover.
//! 15. **Documents** have a version that grows by one with each change; a stale precondition is a conflict.
//! 16. **Waiting** ends once there is a sequence above the one seen.
//! 17. **One writer.** A directory that is open is not opened again, by this process or another.
//! 18. **The ledger is whole.** An entry is there if and only if its batch is. Entries are numbered from 1 without gaps, and each
//!     carries the hash ([`ledger::seal`]) over itself and the hash of the one before.
//! 19. **Nothing is forgotten.** A claim that was removed or relabelled is listed in [`Store::former`] as it stood.

#[cfg(any(test, feature = "contract"))]
pub mod contract;
pub mod embedded;
pub mod ledger;
pub mod memory;
mod shape;
mod tail;

pub use shape::UnknownLabel;

use std::{fmt, num::NonZeroU32};

use async_trait::async_trait;
use bytes::Bytes;
use ledger::{Entry, EntryDraft, Head, LedgerQuery};
use releasability::Unreleased;
use stix::{Object, SpecVersion, Timestamp};

/// Where something stands in the store's one order; at the same time its TAXII *date added*, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Sequence(u64);

impl Sequence {
    /// Before everything.
    pub const ZERO: Self = Self(0);

    /// From microseconds since 1970.
    pub const fn new(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The last sequence that is not after a moment; zero for moments before 1970.
    pub fn at(moment: Timestamp) -> Self {
        Self(u64::try_from(moment.micros()).unwrap_or(0))
    }

    /// The *date added* it stands for.
    pub fn date_added(self) -> Timestamp {
        Timestamp::from_micros(i64::try_from(self.0).unwrap_or(i64::MAX))
    }
}

/// The number of an interned label. What it means is kept by the store and understood above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelId(pub u32);

/// The number of a collection. Numbers are given by the registry above the store and never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectionNumber(pub u32);

/// The number of the organisation that brought an object. Given by the registry above the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginNumber(pub u32);

/// A set of label numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSet(Vec<LabelId>);

impl LabelSet {
    /// Whether the label is in the set.
    pub fn contains(&self, label: LabelId) -> bool {
        self.0.binary_search(&label).is_ok()
    }

    /// The labels, lowest number first, each once.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = LabelId> {
        self.0.iter().copied()
    }
}

impl FromIterator<LabelId> for LabelSet {
    fn from_iter<I: IntoIterator<Item = LabelId>>(labels: I) -> Self {
        let mut labels: Vec<_> = labels.into_iter().collect();
        labels.sort_unstable();
        labels.dedup();
        Self(labels)
    }
}

/// Who reads the log with a cursor of its own, such as `matcher` or `peer/jpn-cert`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsumerName(pub String);

/// The name of a document, such as `registry`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentName(pub String);

/// The id of a receipt (the TAXII status id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptId(pub u128);

/// Whether an id ever had more than one claim in the object's collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiplicity {
    /// Never: the object stands alone.
    Single,
    /// Its other claims must be asked for before it is served.
    Plural,
}

/// An object as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its place in the order; its date added.
    pub sequence: Sequence,
    /// The number of its label.
    pub label: LabelId,
    /// Whether there were other claims on its id.
    pub multiplicity: Multiplicity,
    /// The object.
    pub object: Unreleased<Object>,
}

/// One version of one id by one origin in one collection, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Where.
    pub collection: CollectionNumber,
    /// Its place in the order; its date added.
    pub sequence: Sequence,
    /// The number of its label.
    pub label: LabelId,
    /// Who brought it.
    pub origin: OriginNumber,
    /// [`Object::version`]; none for objects without dates.
    pub version: Option<Timestamp>,
    /// Which STIX.
    pub spec_version: SpecVersion,
    /// [`stix::json::Value::meaning`] of the object.
    pub meaning: [u8; 16],
}

/// A change that a batch makes.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Adds an object to a collection, unless the same claim is there.
    Add {
        /// Where.
        collection: CollectionNumber,
        /// A number that [`Store::intern`] gave.
        label: LabelId,
        /// Who brought it.
        origin: OriginNumber,
        /// What it means, see [`Claim::meaning`].
        meaning: [u8; 16],
        /// The object.
        object: Object,
    },
    /// Removes one claim, wherever it came from. Removing what is not there is [`Outcome::Absent`].
    Remove {
        /// Where.
        collection: CollectionNumber,
        /// Which id.
        id: stix::Id,
        /// Which claim.
        sequence: Sequence,
    },
    /// Gives an object another label and a new place in the order, so that readers that came past it meet it again.
    Relabel {
        /// Where.
        collection: CollectionNumber,
        /// Which id.
        id: stix::Id,
        /// Which claim.
        sequence: Sequence,
        /// Its new label.
        label: LabelId,
    },
    /// Writes a document whole; empty bytes remove it. Its version grows by one.
    Document {
        /// Which.
        name: DocumentName,
        /// Its new content.
        content: Bytes,
    },
    /// Moves a consumer's cursor.
    Cursor {
        /// Whose.
        consumer: ConsumerName,
        /// To where.
        sequence: Sequence,
    },
}

/// What must hold for a batch to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// The document has this version; 0 for one never written.
    DocumentVersion {
        /// Which.
        name: DocumentName,
        /// The version it must have.
        version: u64,
    },
    /// The consumer's cursor stands here.
    CursorAt {
        /// Whose.
        consumer: ConsumerName,
        /// Where it must stand.
        sequence: Sequence,
    },
}

/// Changes that happen together.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The time of the batch; sequences are not below it.
    pub now: Timestamp,
    /// All must hold.
    pub preconditions: Vec<Precondition>,
    /// Done in order.
    pub operations: Vec<Operation>,
    /// A receipt to keep with the batch.
    pub receipt: Option<ReceiptDraft>,
    /// What the ledger is to say of the batch.
    pub entry: Option<EntryDraft>,
}

/// A receipt before its outcomes are known.
#[derive(Debug, Clone)]
pub struct ReceiptDraft {
    /// Its id.
    pub id: ReceiptId,
    /// When it may be forgotten.
    pub expires: Timestamp,
    /// What the writer wants to keep with it (submitter, collection, refusals), uninterpreted.
    pub content: Bytes,
}

/// What became of one [`Operation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// An object was added or relabelled, at this sequence.
    Added(Sequence),
    /// The same claim was there already, at this sequence.
    Unchanged(Sequence),
    /// The same id and version came from the same origin with another meaning before; nothing was done.
    Differs(Sequence),
    /// The id has as many claims from this origin as are allowed; nothing was done.
    Full,
    /// The claim was removed; the removal stands at this sequence.
    Removed(Sequence),
    /// There was nothing to remove or relabel.
    Absent,
    /// A document or cursor was written.
    Written,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The highest sequence of the store after the batch.
    pub sequence: Sequence,
    /// One for each operation, in order.
    pub outcomes: Vec<Outcome>,
}

/// A receipt as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What its writer gave.
    pub content: Bytes,
    /// When the batch was committed.
    pub committed: Timestamp,
    /// Id (for `Add`; empty for others), version and outcome of each operation of the batch, in order.
    pub outcomes: Vec<(String, Option<Timestamp>, Outcome)>,
}

/// Which objects to read.
#[derive(Debug, Clone)]
pub struct ObjectQuery {
    /// Of which collection.
    pub collection: CollectionNumber,
    /// After which place in the order.
    pub after: Sequence,
    /// Only of these types; all where empty.
    pub types: Vec<String>,
    /// At most so many.
    pub limit: NonZeroU32,
    /// Stop once the texts come to so many bytes; the object that crosses it is still given.
    pub bytes_max: usize,
}

/// Objects in order.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The objects.
    pub objects: Vec<Held>,
    /// Whether others that match stand behind the last.
    pub more: bool,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place.
    pub sequence: Sequence,
    /// What happened.
    pub kind: ChangeKind,
}

/// What a [`Change`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    /// An object was added (or relabelled, which adds it anew). Read it with [`Store::object`].
    Added {
        /// Where.
        collection: CollectionNumber,
        /// Its label.
        label: LabelId,
    },
    /// A claim was removed (or moved by relabelling).
    Removed {
        /// Where.
        collection: CollectionNumber,
        /// Which id.
        id: String,
        /// The sequence it had.
        was: Sequence,
    },
    /// A document was written.
    Document(DocumentName),
}

/// A document as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// How often it was written; 0 and empty content for one never written.
    pub version: u64,
    /// Its content.
    pub content: Bytes,
}

/// How many objects a collection holds under a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelCount {
    /// Where.
    pub collection: CollectionNumber,
    /// Which label.
    pub label: LabelId,
    /// How many claims.
    pub count: u64,
}

/// Bounds of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreLimits {
    /// How many claims one id may have from one origin, over all collections. Not from all origins together: else one could
    /// keep others from an id, and tell from being refused that others hold it.
    pub claims_per_id_max: usize,
    /// How many labels there may be.
    pub labels_max: u32,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self { claims_per_id_max: 4096, labels_max: 100_000 }
    }
}

/// Why a store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A precondition of the batch did not hold.
    #[error("precondition {0} of the batch does not hold")]
    Conflict(usize),
    /// A limit of the store was met.
    #[error("the store's limit `{0}` is reached")]
    Limit(&'static str),
    /// Another process, or this one, has the directory open.
    #[error("the data directory is in use")]
    InUse,
    /// What is on disk was written by another version, or is damaged.
    #[error("the store holds something unreadable: {0}")]
    Corrupt(String),
    /// The store is closed, or was stopped by an earlier error.
    #[error("the store is closed")]
    Closed,
    /// The backend failed.
    #[error("the store's backend failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Keeps everything. See the crate's promises.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// The name of the backend.
    fn name(&self) -> &'static str;

    /// Makes the changes of a batch together. They happen even if the caller stops waiting for the answer.
    async fn commit(&self, batch: Batch) -> Result<Commit, StoreError>;

    /// Objects of a collection in the order they were added, whose label is in `visible`.
    async fn objects(&self, query: &ObjectQuery, visible: &LabelSet) -> Result<Page, StoreError>;

    /// All claims on each id, in order of sequence, over all collections; the answer has one list per id.
    async fn claims(&self, ids: &[&str]) -> Result<Vec<Vec<Claim>>, StoreError>;

    /// Claims on an id that stand no more, as they stood, in order of sequence.
    async fn former(&self, id: &str) -> Result<Vec<Claim>, StoreError>;

    /// One object by its place.
    async fn object(
        &self,
        collection: CollectionNumber,
        label: LabelId,
        sequence: Sequence,
    ) -> Result<Option<Held>, StoreError>;

    /// The number of a label, given anew where its content was never met. Durable when it returns.
    async fn intern(&self, content: Bytes) -> Result<LabelId, StoreError>;

    /// Every label with its content, lowest number first.
    async fn labels(&self) -> Result<Vec<(LabelId, Bytes)>, StoreError>;

    /// How many objects there are, by collection and label.
    async fn counts(&self) -> Result<Vec<LabelCount>, StoreError>;

    /// A document.
    async fn document(&self, name: &DocumentName) -> Result<Document, StoreError>;

    /// A receipt, unless it expired by `now`.
    async fn receipt(&self, id: ReceiptId, now: Timestamp) -> Result<Option<Receipt>, StoreError>;

    /// The log after a place.
    async fn changes(&self, after: Sequence, limit: NonZeroU32) -> Result<Vec<Change>, StoreError>;

    /// Entries of the ledger, in order of number.
    async fn entries(&self, query: &LedgerQuery) -> Result<Vec<Entry>, StoreError>;

    /// Where the ledger ends.
    async fn head(&self) -> Result<Head, StoreError>;

    /// Where a consumer stands; zero for one never seen.
    async fn cursor(&self, consumer: &ConsumerName) -> Result<Sequence, StoreError>;

    /// The highest sequence that can be read.
    fn last(&self) -> Sequence;

    /// Returns once [`Store::last`] is above `seen`, or the store is closed (which the next call then says).
    async fn wait(&self, seen: Sequence);

    /// Does what was asked before, waits for those who read, and lets go of the directory. Afterwards everything but
    /// [`Store::last`] and [`Store::wait`] is [`StoreError::Closed`].
    async fn close(&self) -> Result<(), StoreError>;
}
