//! What did a moment of the store look like?

use std::sync::Arc;

use bytes::Bytes;
use fjall::{Readable, Snapshot};
use releasability::Unreleased;
use stix::Object;

use super::{
    encoding::{self, KeptClaim, ObjectKey, corrupt},
    keys,
    tables::{Tables, failure},
    volumes::Volumes,
};
use crate::{
    Change, Claim, CollectionNumber, ConsumerName, Document, DocumentName, Held, LabelId, Receipt, ReceiptId,
    Sequence, StoreError, Timestamp,
    ledger::{Entry, EntryNumber, Head, LedgerQuery, Span},
};

/// A moment between two groups of commits.
///
/// Snapshots are only taken while nothing is being written. The database moves its own mark of what is visible whenever it
/// flushes or compacts, also in the middle of writing a batch; a snapshot taken then would show half of the batch.
pub(super) struct View {
    pub(super) snapshot: Snapshot,
    pub(super) last: Sequence,
    pub(super) volumes: Arc<Volumes>,
    pub(super) head: Head,
}

/// The tables as they were in a view.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) tables: &'a Tables,
    pub(super) view: &'a View,
}

impl Reading<'_> {
    pub(super) fn claims(&self, id: &str) -> Result<Vec<KeptClaim>, StoreError> {
        // An empty id names nothing.
        let found = self.view.snapshot.get(&self.tables.claims, id.as_bytes()).map_err(failure)?;
        found.map_or(Ok(Vec::new()), |value| encoding::read_claims(&value))
    }

    pub(super) fn public_claims(&self, id: &str) -> Result<Vec<Claim>, StoreError> {
        Ok(self.claims(id)?.into_iter().map(|kept| kept.claim).collect())
    }

    pub(super) fn former(&self, id: &str) -> Result<Vec<Claim>, StoreError> {
        let prefix = keys::former_of(id);
        let kept = self.meta_prefix(&prefix).map(|entry| encoding::read_claims(&entry?.1));
        let kept: Result<Vec<_>, _> = kept.collect();
        Ok(kept?.into_iter().flatten().map(|kept| kept.claim).collect())
    }

    /// The places that the entries of a block of the ledger speak of.
    pub(super) fn block(&self, number: u64) -> Result<Option<Span>, StoreError> {
        self.meta(&keys::block(number))?.map_or(Ok(None), |value| encoding::read_span(&value))
    }

    pub(super) fn entries(&self, query: &LedgerQuery) -> Result<Vec<Entry>, StoreError> {
        let Some(mut next) = query.after.0.checked_add(1) else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        let mut bytes = 0;
        let end = self.view.head.number.0;
        while next <= end {
            let block = next / encoding::BLOCK_ENTRIES;
            let block_end = block.saturating_add(1).saturating_mul(encoding::BLOCK_ENTRIES).saturating_sub(1);
            let looked_for = match query.about {
                Some(place) => self.block(block)?.is_some_and(|span| span.holds(place)),
                None => true,
            };
            if looked_for {
                let keys =
                    encoding::entry_key(EntryNumber(next))..=encoding::entry_key(EntryNumber(block_end));
                for guard in self.view.snapshot.range(&self.tables.ledger, keys) {
                    let (key, value) = pair(guard)?;
                    let entry = encoding::read_entry(&key, &value)?;
                    if query.about.is_some_and(|place| !entry.about.is_some_and(|span| span.holds(place))) {
                        continue;
                    }
                    bytes += entry.content.len();
                    entries.push(entry);
                    if entries.len() >= query.limit.get() as usize || bytes >= query.bytes_max {
                        return Ok(entries);
                    }
                }
            }
            next = block_end.saturating_add(1);
        }
        Ok(entries)
    }

    pub(super) fn object_value(&self, key: ObjectKey) -> Result<Option<Bytes>, StoreError> {
        Ok(self.view.snapshot.get(&self.tables.objects, key).map_err(failure)?.map(Bytes::from))
    }

    pub(super) fn object(
        &self,
        collection: CollectionNumber,
        label: LabelId,
        sequence: Sequence,
    ) -> Result<Option<Held>, StoreError> {
        let key = encoding::object_key(self.view.volumes.of(sequence), collection, label, sequence);
        self.object_value(key)?.map(|value| held(label, sequence, &value)).transpose()
    }

    pub(super) fn meta(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        Ok(self.view.snapshot.get(&self.tables.meta, key).map_err(failure)?.map(Bytes::from))
    }

    /// Everything in `meta` whose key starts so.
    pub(super) fn meta_prefix(
        &self,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<(Bytes, Bytes), StoreError>> {
        self.view.snapshot.prefix(&self.tables.meta, prefix).map(pair)
    }

    /// Everything in `meta` from one key up to and with another.
    pub(super) fn meta_range(
        &self,
        from: &[u8],
        to: &[u8],
    ) -> impl Iterator<Item = Result<(Bytes, Bytes), StoreError>> {
        self.view.snapshot.range(&self.tables.meta, from..=to).map(pair)
    }

    pub(super) fn document(&self, name: &DocumentName) -> Result<Document, StoreError> {
        read_document(self.meta(&keys::document(name))?)
    }

    pub(super) fn cursor(&self, consumer: &ConsumerName) -> Result<Sequence, StoreError> {
        read_cursor(self.meta(&keys::cursor(consumer))?)
    }

    pub(super) fn receipt(&self, id: ReceiptId, now: Timestamp) -> Result<Option<Receipt>, StoreError> {
        let Some(value) = self.meta(&keys::receipt(id))? else { return Ok(None) };
        let (expires, receipt) = encoding::read_receipt(&value)?;
        Ok((expires > now).then_some(receipt))
    }

    pub(super) fn changes(&self, after: Sequence, limit: u32) -> Result<Vec<Change>, StoreError> {
        let Some(first) = after.get().checked_add(1) else { return Ok(Vec::new()) };
        let range = self.view.snapshot.range(&self.tables.log, encoding::log_key(Sequence::new(first))..);
        range
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|guard| pair(guard).and_then(|(key, value)| encoding::read_change(&key, &value)))
            .collect()
    }
}

pub(super) fn read_document(value: Option<Bytes>) -> Result<Document, StoreError> {
    value.map_or(Ok(Document { version: 0, content: Bytes::new() }), |value| encoding::read_document(&value))
}

pub(super) fn read_cursor(value: Option<Bytes>) -> Result<Sequence, StoreError> {
    value.map_or(Ok(Sequence::ZERO), |value| encoding::read_sequence(&value))
}

pub(super) fn pair(guard: fjall::Guard) -> Result<(Bytes, Bytes), StoreError> {
    let (key, value) = guard.into_inner().map_err(failure)?;
    Ok((key.into(), value.into()))
}

pub(super) fn held(label: LabelId, sequence: Sequence, value: &Bytes) -> Result<Held, StoreError> {
    let (multiplicity, record) = encoding::read_object_value(value)?;
    let object = Object::from_record(record).map_err(|_| corrupt("an object"))?;
    Ok(Held { sequence, label, multiplicity, object: Unreleased::new(object) })
}
