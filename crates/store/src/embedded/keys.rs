//! What lies in the table `meta`, and under which keys? The first byte says what it is.

use crate::{
    CollectionNumber, ConsumerName, DocumentName, LabelId, ReceiptId, Sequence, StoreError, Timestamp,
    embedded::{
        counters::CounterKey,
        encoding::{corrupt, expiry},
        volumes::Volume,
    },
};

/// → the number of the format.
pub(super) const FORMAT: &[u8] = b"f";
/// label → content.
pub(super) const LABELS: &[u8] = b"l";
/// volume → where it begins.
pub(super) const VOLUMES: &[u8] = b"v";
/// collection, volume, label → counter.
pub(super) const COUNTERS: &[u8] = b"n";
/// name → document.
const DOCUMENTS: &[u8] = b"d";
/// consumer → sequence.
const CURSORS: &[u8] = b"c";
/// id → receipt.
const RECEIPTS: &[u8] = b"r";
/// expiry, id of a receipt → nothing.
pub(super) const EXPIRIES: &[u8] = b"x";

/// number of a block of the ledger → the places that its entries speak of.
const BLOCKS: &[u8] = b"b";
/// id, zero, sequence → a claim that stands no more.
const FORMER: &[u8] = b"o";

pub(super) fn block(number: u64) -> Vec<u8> {
    [BLOCKS, &number.to_be_bytes()].concat()
}

/// Before the places of all former claims on an id. No id has a zero byte.
pub(super) fn former_of(id: &str) -> Vec<u8> {
    [FORMER, id.as_bytes(), &[0]].concat()
}

pub(super) fn former(id: &str, sequence: Sequence) -> Vec<u8> {
    [&former_of(id)[..], &sequence.get().to_be_bytes()].concat()
}

pub(super) fn label(label: LabelId) -> Vec<u8> {
    [LABELS, &label.0.to_be_bytes()].concat()
}

pub(super) fn volume(volume: Volume) -> Vec<u8> {
    [VOLUMES, &volume.0.to_be_bytes()].concat()
}

pub(super) fn read_volume(key: &[u8]) -> Result<Volume, StoreError> {
    let number = body(key).try_into().map_err(|_| corrupt("the key of a volume"))?;
    Ok(Volume(u32::from_be_bytes(number)))
}

pub(super) fn counter((collection, volume, label): CounterKey) -> Vec<u8> {
    let [collection, volume, label] = [collection.0, volume.0, label.0].map(u32::to_be_bytes);
    [COUNTERS, &collection, &volume, &label].concat()
}

pub(super) fn read_counter(key: &[u8]) -> Result<CounterKey, StoreError> {
    let damaged = || corrupt("the key of a counter");
    let (collection, rest) = body(key).split_first_chunk().ok_or_else(damaged)?;
    let (volume, label) = rest.split_first_chunk().ok_or_else(damaged)?;
    let label = label.try_into().map_err(|_| damaged())?;
    let [collection, volume, label] = [*collection, *volume, label].map(u32::from_be_bytes);
    Ok((CollectionNumber(collection), Volume(volume), LabelId(label)))
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
