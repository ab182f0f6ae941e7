//! What lies in the table `meta`, and under which keys? The first byte says what it is.

use crate::{
    CollectionNumber, ConsumerName, DocumentName, LabelId, ReceiptId, StoreError, Timestamp,
    embedded::encoding::{corrupt, expiry},
};

/// → the number of the format.
pub(super) const FORMAT: &[u8] = b"f";
/// label → content.
pub(super) const LABELS: &[u8] = b"l";
/// collection, label → counter.
pub(super) const COUNTERS: &[u8] = b"n";
/// name → document.
const DOCUMENTS: &[u8] = b"d";
/// consumer → sequence.
const CURSORS: &[u8] = b"c";
/// id → receipt.
const RECEIPTS: &[u8] = b"r";
/// expiry, id of a receipt → nothing.
pub(super) const EXPIRIES: &[u8] = b"x";

pub(super) fn label(label: LabelId) -> Vec<u8> {
    [LABELS, &label.0.to_be_bytes()].concat()
}

pub(super) fn counter(collection: CollectionNumber, label: LabelId) -> Vec<u8> {
    [COUNTERS, &collection.0.to_be_bytes(), &label.0.to_be_bytes()].concat()
}

pub(super) fn read_counter(key: &[u8]) -> Result<(CollectionNumber, LabelId), StoreError> {
    let (collection, label) = body(key).split_first_chunk().ok_or_else(|| corrupt("the key of a counter"))?;
    let label = label.try_into().map_err(|_| corrupt("the key of a counter"))?;
    Ok((CollectionNumber(u32::from_be_bytes(*collection)), LabelId(u32::from_be_bytes(label))))
}

pub(super) fn document(name: &DocumentName) -> Vec<u8> {
    [DOCUMENTS, name.0.as_bytes()].concat()
}

pub(super) fn cursor(consumer: &ConsumerName) -> Vec<u8> {
    [CURSORS, consumer.0.as_bytes()].concat()
}

pub(super) fn receipt(id: ReceiptId) -> Vec<u8> {
    [RECEIPTS, &id.0.to_be_bytes()].concat()
}

pub(super) fn receipt_expiry(expires: Timestamp, id: ReceiptId) -> Vec<u8> {
    [EXPIRIES, &expiry(expires, id)].concat()
}

/// A key without its first byte.
fn body(key: &[u8]) -> &[u8] {
    key.split_first().map_or(&[], |(_, body)| body)
}

/// Behind every receipt that expired by `now`.
pub(super) fn expiries_until(now: Timestamp) -> Vec<u8> {
    receipt_expiry(now, ReceiptId(u128::MAX))
}
