//! How do keys and values look on disk?
//!
//! Keys are big-endian, so that their order is the order of what they say; values are little-endian. What is read back
//! is checked: damage is an error, never a panic and never something else than was written.

use bytes::Bytes;
use stix::{SpecVersion, Timestamp};

use super::volumes::Volume;
use crate::{
    Change, ChangeKind, Claim, CollectionNumber, Document, DocumentName, LabelId, Multiplicity, OriginNumber,
    Outcome, Receipt, ReceiptId, Sequence, StoreError,
    ledger::{Entry, EntryHash, EntryNumber, Span},
};

/// The key of an object: volume, collection, label, sequence.
pub(super) type ObjectKey = [u8; 20];

const SPEC_20: u8 = 1;
const VERSION: u8 = 2;
const PLURAL: u8 = 4;
/// How much one claim takes.
pub(super) const CLAIM_BYTES: usize = 49;

const SINGLE_OBJECT: u8 = 0;
const PLURAL_OBJECT: u8 = 1;

pub(super) fn object_key(
    volume: Volume,
    collection: CollectionNumber,
    label: LabelId,
    sequence: Sequence,
) -> ObjectKey {
    let mut key = [0; 20];
    let [volume, collection, label] = [volume.0, collection.0, label.0].map(u32::to_be_bytes);
    let parts = volume.into_iter().chain(collection).chain(label).chain(sequence.get().to_be_bytes());
    for (byte, part) in key.iter_mut().zip(parts) {
        *byte = part;
    }
    key
}

/// The part of a key that is the same for all objects of a label in a volume, and the place.
pub(super) fn read_object_key(key: &[u8]) -> Result<(&[u8], Sequence), StoreError> {
    let (label, place) = key.split_last_chunk().ok_or_else(|| corrupt("an object key"))?;
    Ok((label, Sequence::new(u64::from_be_bytes(*place))))
}

/// An object as stored: its multiplicity, then its record.
pub(super) fn put_object(value: &mut Vec<u8>, multiplicity: Multiplicity, record: &[u8]) {
    value.push(match multiplicity {
        Multiplicity::Single => SINGLE_OBJECT,
        Multiplicity::Plural => PLURAL_OBJECT,
    });
    value.extend_from_slice(record);
}

pub(super) fn read_object_value(value: &Bytes) -> Result<(Multiplicity, Bytes), StoreError> {
    let multiplicity = match value.first() {
        Some(&SINGLE_OBJECT) => Multiplicity::Single,
        Some(&PLURAL_OBJECT) => Multiplicity::Plural,
        Some(_) | None => return Err(corrupt("an object")),
    };
    Ok((multiplicity, value.slice(1..)))
}

/// A claim, and whether its object is stored as plural.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeptClaim {
    pub(super) claim: Claim,
    pub(super) multiplicity: Multiplicity,
}

pub(super) fn put_claims(value: &mut Vec<u8>, claims: &[KeptClaim]) {
    for KeptClaim { claim, multiplicity } in claims {
        let mut flags = 0;
        flags |= if claim.spec_version == SpecVersion::V20 { SPEC_20 } else { 0 };
        flags |= if claim.version.is_some() { VERSION } else { 0 };
        flags |= if *multiplicity == Multiplicity::Plural { PLURAL } else { 0 };
        value.extend_from_slice(&claim.sequence.get().to_le_bytes());
        value.extend_from_slice(&claim.collection.0.to_le_bytes());
        value.extend_from_slice(&claim.label.0.to_le_bytes());
        value.extend_from_slice(&claim.origin.0.to_le_bytes());
        value.push(flags);
        put_timestamp(value, claim.version.unwrap_or(Timestamp::EPOCH));
        value.extend_from_slice(&claim.meaning);
    }
}

pub(super) fn read_claims(value: &[u8]) -> Result<Vec<KeptClaim>, StoreError> {
    let mut reader = Reader::new(value, "a list of claims");
    let mut claims = Vec::with_capacity(value.len() / CLAIM_BYTES + 1);
    while !reader.is_at_end() {
        let sequence = Sequence::new(reader.u64()?);
        let collection = CollectionNumber(reader.u32()?);
        let label = LabelId(reader.u32()?);
        let origin = OriginNumber(reader.u32()?);
        let flags = reader.u8()?;
        let version = reader.timestamp()?;
        let meaning = reader.take()?;
        if flags & !(SPEC_20 | VERSION | PLURAL) != 0 {
            return Err(reader.damaged());
        }
        let version = (flags & VERSION != 0).then_some(version);
        let spec_version = if flags & SPEC_20 == 0 { SpecVersion::V21 } else { SpecVersion::V20 };
        let multiplicity = if flags & PLURAL == 0 { Multiplicity::Single } else { Multiplicity::Plural };
        let claim = Claim { collection, sequence, label, origin, version, spec_version, meaning };
        claims.push(KeptClaim { claim, multiplicity });
    }
    Ok(claims)
}

const ADDED: u8 = 0;
const REMOVED: u8 = 1;
const DOCUMENT: u8 = 2;

pub(super) fn put_change(value: &mut Vec<u8>, kind: &ChangeKind) {
    match kind {
        ChangeKind::Added { collection, label } => {
            value.push(ADDED);
            value.extend_from_slice(&collection.0.to_le_bytes());
            value.extend_from_slice(&label.0.to_le_bytes());
        }
        ChangeKind::Removed { collection, id, was } => {
            value.push(REMOVED);
            value.extend_from_slice(&collection.0.to_le_bytes());
            value.extend_from_slice(&was.get().to_le_bytes());
            value.extend_from_slice(id.as_bytes());
        }
        ChangeKind::Document(name) => {
            value.push(DOCUMENT);
            value.extend_from_slice(name.0.as_bytes());
        }
    }
}

pub(super) fn read_change(key: &[u8], value: &[u8]) -> Result<Change, StoreError> {
    let sequence = sequence_of_log_key(key)?;
    let mut reader = Reader::new(value, "a change");
    let kind = match reader.u8()? {
        ADDED => {
            ChangeKind::Added { collection: CollectionNumber(reader.u32()?), label: LabelId(reader.u32()?) }
        }
        REMOVED => {
            let collection = CollectionNumber(reader.u32()?);
            let was = Sequence::new(reader.u64()?);
            ChangeKind::Removed { collection, id: reader.rest_as_text()?, was }
        }
        DOCUMENT => ChangeKind::Document(DocumentName(reader.rest_as_text()?)),
        _ => return Err(reader.damaged()),
    };
    reader.end()?;
    Ok(Change { sequence, kind })
}

pub(super) fn log_key(sequence: Sequence) -> [u8; 8] {
    sequence.get().to_be_bytes()
}

pub(super) fn sequence_of_log_key(key: &[u8]) -> Result<Sequence, StoreError> {
    key.try_into()
        .map(|key| Sequence::new(u64::from_be_bytes(key)))
        .map_err(|_| corrupt("a place in the log"))
}

/// How much lies under one label in one volume of a collection, and between which places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counter {
    pub(super) count: u64,
    /// No object stands before this one.
    pub(super) first: Sequence,
    /// No object stands behind this one. Never gets lower.
    pub(super) last: Sequence,
    /// When the counter was written.
    pub(super) changed: Sequence,
}

pub(super) fn counter_value(counter: &Counter) -> Vec<u8> {
    let Counter { count, first, last, changed } = counter;
    [*count, first.get(), last.get(), changed.get()].iter().flat_map(|number| number.to_le_bytes()).collect()
}

pub(super) fn read_counter(value: &[u8]) -> Result<Counter, StoreError> {
    let mut reader = Reader::new(value, "a counter");
    let mut sequence = || reader.u64().map(Sequence::new);
    let (count, first, last, changed) = (sequence()?.get(), sequence()?, sequence()?, sequence()?);
    reader.end()?;
    Ok(Counter { count, first, last, changed })
}

/// So many entries of the ledger have one summary of the places that they speak of.
pub(super) const BLOCK_ENTRIES: u64 = 1024;

pub(super) fn entry_key(number: EntryNumber) -> [u8; 8] {
    number.0.to_be_bytes()
}

pub(super) fn span_value(span: Option<Span>) -> [u8; 16] {
    let mut value = [0; 16];
    let (first, last) = span.map_or((0, 0), |span| (span.first.get(), span.last.get()));
    for (byte, part) in value.iter_mut().zip(first.to_le_bytes().into_iter().chain(last.to_le_bytes())) {
        *byte = part;
    }
    value
}

fn read_span_parts(reader: &mut Reader<'_>) -> Result<Option<Span>, StoreError> {
    let (first, last) = (Sequence::new(reader.u64()?), Sequence::new(reader.u64()?));
    Ok((last != Sequence::ZERO).then_some(Span { first, last }))
}

pub(super) fn read_span(value: &[u8]) -> Result<Option<Span>, StoreError> {
    let mut reader = Reader::new(value, "a summary of the ledger");
    let span = read_span_parts(&mut reader)?;
    reader.end()?;
    Ok(span)
}

pub(super) fn entry_value(entry: &Entry) -> Vec<u8> {
    let mut value = Vec::with_capacity(64 + entry.content.len());
    value.extend_from_slice(&span_value(entry.about));
    put_timestamp(&mut value, entry.committed);
    value.extend_from_slice(&entry.hash.0);
    value.extend_from_slice(&entry.content);
    value
}

pub(super) fn read_entry(key: &[u8], value: &Bytes) -> Result<Entry, StoreError> {
    let key = key.try_into().map_err(|_| corrupt("the number of an entry"))?;
    let mut reader = Reader::new(value, "an entry of the ledger");
    let about = read_span_parts(&mut reader)?;
    let committed = reader.timestamp()?;
    let hash = EntryHash(reader.take()?);
    let content = value.slice(value.len() - reader.rest.len()..);
    Ok(Entry { number: EntryNumber(u64::from_be_bytes(key)), committed, about, content, hash })
}

pub(super) fn document_value(document: &Document) -> Vec<u8> {
    let mut value = Vec::with_capacity(document.content.len() + 8);
    value.extend_from_slice(&document.version.to_le_bytes());
    value.extend_from_slice(&document.content);
    value
}

pub(super) fn read_document(value: &Bytes) -> Result<Document, StoreError> {
    let mut reader = Reader::new(value, "a document");
    Ok(Document { version: reader.u64()?, content: value.slice(8..) })
}

pub(super) fn sequence_value(sequence: Sequence) -> Vec<u8> {
    sequence.get().to_le_bytes().to_vec()
}

pub(super) fn read_sequence(value: &[u8]) -> Result<Sequence, StoreError> {
    let mut reader = Reader::new(value, "a cursor");
    let sequence = Sequence::new(reader.u64()?);
    reader.end()?;
    Ok(sequence)
}

pub(super) fn receipt_value(expires: Timestamp, receipt: &Receipt) -> Vec<u8> {
    let mut value = Vec::with_capacity(64 + receipt.content.len() + receipt.outcomes.len() * 80);
    put_timestamp(&mut value, expires);
    put_timestamp(&mut value, receipt.committed);
    // Lengths were checked by `shape` before anything was done.
    let content = u32::try_from(receipt.content.len()).unwrap_or(u32::MAX);
    value.extend_from_slice(&content.to_le_bytes());
    value.extend_from_slice(&receipt.content);
    for (id, version, outcome) in &receipt.outcomes {
        let (tag, sequence) = outcome_parts(*outcome);
        value.push(tag | if version.is_some() { VERSIONED } else { 0 });
        value.extend_from_slice(&u16::try_from(id.len()).unwrap_or(u16::MAX).to_le_bytes());
        value.extend_from_slice(id.as_bytes());
        if let Some(version) = version {
            put_timestamp(&mut value, *version);
        }
        if let Some(sequence) = sequence {
            value.extend_from_slice(&sequence.get().to_le_bytes());
        }
    }
    value
}

pub(super) fn read_receipt(value: &Bytes) -> Result<(Timestamp, Receipt), StoreError> {
    let mut reader = Reader::new(value, "a receipt");
    let expires = reader.timestamp()?;
    let committed = reader.timestamp()?;
    let content = usize::try_from(reader.u32()?).map_err(|_| corrupt("a receipt"))?;
    let content = Bytes::copy_from_slice(reader.bytes(content)?);
    let mut outcomes = Vec::new();
    while !reader.is_at_end() {
        let tag = reader.u8()?;
        let length = usize::from(reader.u16()?);
        let id = text(reader.bytes(length)?, "a receipt")?;
        let version = if tag & VERSIONED == 0 { None } else { Some(reader.timestamp()?) };
        outcomes.push((id, version, read_outcome(tag & !VERSIONED, &mut reader)?));
    }
    Ok((expires, Receipt { content, committed, outcomes }))
}

const VERSIONED: u8 = 0x80;

fn outcome_parts(outcome: Outcome) -> (u8, Option<Sequence>) {
    match outcome {
        Outcome::Added(sequence) => (0, Some(sequence)),
        Outcome::Unchanged(sequence) => (1, Some(sequence)),
        Outcome::Differs(sequence) => (2, Some(sequence)),
        Outcome::Removed(sequence) => (3, Some(sequence)),
        Outcome::Full => (4, None),
        Outcome::Absent => (5, None),
        Outcome::Written => (6, None),
    }
}

fn read_outcome(tag: u8, reader: &mut Reader<'_>) -> Result<Outcome, StoreError> {
    let mut sequence = || reader.u64().map(Sequence::new);
    Ok(match tag {
        0 => Outcome::Added(sequence()?),
        1 => Outcome::Unchanged(sequence()?),
        2 => Outcome::Differs(sequence()?),
        3 => Outcome::Removed(sequence()?),
        4 => Outcome::Full,
        5 => Outcome::Absent,
        6 => Outcome::Written,
        _ => return Err(reader.damaged()),
    })
}

/// The key under which a receipt waits to be swept: earliest first.
pub(super) fn expiry(expires: Timestamp, id: ReceiptId) -> [u8; 28] {
    let mut key = [0; 28];
    // With the sign turned, negative numbers stand before positive ones.
    let seconds = (expires.seconds() ^ i64::MIN).to_be_bytes();
    let parts = seconds.into_iter().chain(expires.nanos().to_be_bytes()).chain(id.0.to_be_bytes());
    for (byte, part) in key.iter_mut().zip(parts) {
        *byte = part;
    }
    key
}

pub(super) fn id_of_expiry(key: &[u8]) -> Result<ReceiptId, StoreError> {
    let id = key.last_chunk().ok_or_else(|| corrupt("an expiry"))?;
    Ok(ReceiptId(u128::from_be_bytes(*id)))
}

fn put_timestamp(value: &mut Vec<u8>, timestamp: Timestamp) {
    value.extend_from_slice(&timestamp.seconds().to_le_bytes());
    value.extend_from_slice(&timestamp.nanos().to_le_bytes());
}

pub(super) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is damaged"))
}

fn text(bytes: &[u8], what: &str) -> Result<String, StoreError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| corrupt(what))
}

/// Reads a value from front to back.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { rest: bytes, what }
    }

    fn damaged(&self) -> StoreError {
        corrupt(self.what)
    }

    fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let (head, tail) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.damaged())?;
        self.rest = tail;
        Ok(*head)
    }

    fn u8(&mut self) -> Result<u8, StoreError> {
        self.take().map(u8::from_le_bytes)
    }

    fn u16(&mut self) -> Result<u16, StoreError> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, StoreError> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, StoreError> {
        self.take().map(u64::from_le_bytes)
    }

    fn timestamp(&mut self) -> Result<Timestamp, StoreError> {
        let seconds = i64::from_le_bytes(self.take()?);
        Ok(Timestamp::from_parts(seconds, self.u32()?))
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], StoreError> {
        let (head, tail) = self.rest.split_at_checked(length).ok_or_else(|| self.damaged())?;
        self.rest = tail;
        Ok(head)
    }

    fn rest_as_text(&mut self) -> Result<String, StoreError> {
        text(std::mem::take(&mut self.rest), self.what)
    }

    pub(super) fn end(self) -> Result<(), StoreError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.damaged()) }
    }
}

#[cfg(test)]
mod tests;
