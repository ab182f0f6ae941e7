//! What do the tests of stores put into them?

use std::num::NonZeroU32;

use bytes::Bytes;
use stix::{Limits, Object, Timestamp};

use crate::{
    Batch, Claim, CollectionNumber, ConsumerName, DocumentName, Held, LabelId, LabelSet, ObjectQuery,
    Operation, OriginNumber, Outcome, Page, ReceiptDraft, ReceiptId, Sequence, Store,
    ledger::{Entry, EntryDraft, EntryNumber, LedgerQuery, Span},
};

/// A collection.
pub const ROOM: CollectionNumber = CollectionNumber(7);
/// Another collection.
pub const OTHER_ROOM: CollectionNumber = CollectionNumber(8);
/// An organisation.
pub const US: OriginNumber = OriginNumber(1);
/// Another organisation.
pub const THEM: OriginNumber = OriginNumber(2);

/// A moment, so many seconds after the tests begin.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_parts(1_700_000_000 + seconds, 0)
}

/// The identifier of an object of a type.
pub fn id(kind: &str, number: u32) -> String {
    format!("{kind}--00000000-0000-4000-8000-{number:012x}")
}

/// A version of an indicator; about as long as real ones are, when `bytes` says so.
pub fn object(kind: &str, number: u32, version: i64, bytes: usize) -> Object {
    let (id, version) = (id(kind, number), at(version).to_micros_text());
    let filler = "x".repeat(bytes);
    let text = format!(
        r#"{{"type":"{kind}","spec_version":"2.1","id":"{id}","created":"{version}","modified":"{version}","name":"{filler}"}}"#
    );
    Object::parse(text.as_bytes(), &Limits::DEFAULT).expect("the fixture is an object")
}

/// Adds the first version of an indicator to [`ROOM`] for [`US`].
pub fn add(label: LabelId, number: u32) -> Operation {
    let object = object("indicator", number, 0, 0);
    Operation::Add { collection: ROOM, label, origin: US, meaning: [0; 16], object }
}

/// [`add`] of another version.
pub fn add_version(label: LabelId, number: u32, version: i64) -> Operation {
    let object = object("indicator", number, version, 0);
    Operation::Add { collection: ROOM, label, origin: US, meaning: [0; 16], object }
}

/// The same operation for someone else, elsewhere, or with another meaning.
pub fn varied(
    operation: Operation,
    to_collection: CollectionNumber,
    by: OriginNumber,
    means: u8,
) -> Operation {
    match operation {
        Operation::Add { label, object, .. } => {
            Operation::Add { collection: to_collection, label, origin: by, meaning: [means; 16], object }
        }
        other => other,
    }
}

/// Removes a claim on an indicator from [`ROOM`].
pub fn remove(number: u32, sequence: Sequence) -> Operation {
    Operation::Remove { collection: ROOM, id: stix_id(number), sequence }
}

/// Relabels a claim on an indicator in [`ROOM`].
pub fn relabel(number: u32, sequence: Sequence, label: LabelId) -> Operation {
    Operation::Relabel { collection: ROOM, id: stix_id(number), sequence, label }
}

fn stix_id(number: u32) -> stix::Id {
    stix::Id::new(&id("indicator", number)).expect("the fixture is an identifier")
}

/// Writes a document.
pub fn document(name: &str, content: &'static str) -> Operation {
    Operation::Document {
        name: DocumentName(name.to_owned()),
        content: Bytes::from_static(content.as_bytes()),
    }
}

/// Moves a cursor.
pub fn cursor(consumer: &str, to: u64) -> Operation {
    Operation::Cursor { consumer: ConsumerName(consumer.to_owned()), sequence: Sequence::new(to) }
}

/// A batch without conditions.
pub fn batch(now: i64, operations: Vec<Operation>) -> Batch {
    Batch { now: at(now), preconditions: Vec::new(), operations, receipt: None, entry: None }
}

/// A batch with a receipt.
pub fn with_receipt(batch: Batch, id: u128, expires: i64) -> Batch {
    let content = Bytes::from_static(b"from us");
    Batch { receipt: Some(ReceiptDraft { id: ReceiptId(id), expires: at(expires), content }), ..batch }
}

/// Commits and says what became of each operation.
pub async fn commit(store: &dyn Store, now: i64, operations: Vec<Operation>) -> Vec<Outcome> {
    store.commit(batch(now, operations)).await.expect("the batch is committed").outcomes
}

/// Commits objects that are new, and says where they stand.
pub async fn commit_added(store: &dyn Store, now: i64, operations: Vec<Operation>) -> Vec<Sequence> {
    let outcomes = commit(store, now, operations).await;
    outcomes.into_iter().map(added).collect()
}

/// Where an operation put its object.
pub fn added(outcome: Outcome) -> Sequence {
    match outcome {
        Outcome::Added(sequence) => sequence,
        other => panic!("expected an object to be added, found {other:?}"),
    }
}

/// A query for a whole collection.
pub fn all_of(collection: CollectionNumber) -> ObjectQuery {
    ObjectQuery {
        collection,
        after: Sequence::ZERO,
        types: Vec::new(),
        limit: NonZeroU32::MAX,
        bytes_max: usize::MAX,
    }
}

/// A page.
pub async fn page(store: &dyn Store, query: &ObjectQuery, visible: &[LabelId]) -> Page {
    let visible: LabelSet = visible.iter().copied().collect();
    store.objects(query, &visible).await.expect("the page is read")
}

/// The sequences of all objects of [`ROOM`] under some labels.
pub async fn places(store: &dyn Store, visible: &[LabelId]) -> Vec<Sequence> {
    page(store, &all_of(ROOM), visible).await.objects.iter().map(|held| held.sequence).collect()
}

/// The claims on an indicator.
pub async fn claims(store: &dyn Store, number: u32) -> Vec<Claim> {
    let lists = store.claims(&[&id("indicator", number)]).await.expect("the claims are read");
    lists.into_iter().next().expect("there is one list for each id")
}

/// One object.
pub async fn held(store: &dyn Store, label: LabelId, sequence: Sequence) -> Option<Held> {
    store.object(ROOM, label, sequence).await.expect("the object is read")
}

/// New labels with these contents.
pub async fn labels<const N: usize>(store: &dyn Store, contents: [&'static str; N]) -> [LabelId; N] {
    let mut labels = [LabelId(0); N];
    for (label, content) in labels.iter_mut().zip(contents) {
        *label = store.intern(Bytes::from_static(content.as_bytes())).await.expect("the label is interned");
    }
    labels
}

/// The whole log.
pub async fn log(store: &dyn Store) -> Vec<crate::Change> {
    store.changes(Sequence::ZERO, NonZeroU32::MAX).await.expect("the log is read")
}

/// The same batch with an entry for the ledger.
pub fn with_entry(batch: Batch, content: &str, about: Option<(u64, u64)>) -> Batch {
    let place = Sequence::new;
    let about = about.map(|(first, last)| Span { first: place(first), last: place(last) });
    Batch { entry: Some(EntryDraft { content: Bytes::copy_from_slice(content.as_bytes()), about }), ..batch }
}

/// All entries of the ledger, or those about a place.
pub async fn entries(store: &dyn Store, about: Option<Sequence>) -> Vec<Entry> {
    let query = LedgerQuery { after: EntryNumber(0), limit: NonZeroU32::MAX, bytes_max: usize::MAX, about };
    store.entries(&query).await.unwrap()
}
