//! What does a group write, besides the claims?

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use bytes::Bytes;

use super::{
    arena::Arena,
    counters::{CounterKey, Counters},
    encoding::{self, Counter, KeptClaim, ObjectKey},
    keys,
    reading::{Reading, View},
    tables::Tables,
    volumes::{Volume, Volumes},
};
use crate::{
    Batch, ChangeKind, Claim, CollectionNumber, LabelId, Multiplicity, Operation, Outcome, Receipt,
    ReceiptDraft, Sequence, StoreError, Timestamp,
    ledger::{Entry, Head},
};

/// Gathers what is to be written; nothing is, before [`Writes::write`].
pub(super) struct Writes {
    /// Where the log ends.
    pub(super) last: Sequence,
    pub(super) objects: BTreeMap<ObjectKey, Option<StoredObject>>,
    /// Key, value, key, value…
    log: Arena,
    pub(super) meta: BTreeMap<Vec<u8>, Option<Bytes>>,
    pub(super) counters: HashMap<CounterKey, Counter>,
    pub(super) volumes: Arc<Volumes>,
    /// Where the ledger ends.
    pub(super) head: Head,
    /// Key, value, key, value…
    ledger: Arena,
}

/// What lies under an object's key.
#[derive(Debug, Clone)]
pub(super) struct StoredObject {
    pub(super) multiplicity: Multiplicity,
    pub(super) record: Bytes,
}

impl StoredObject {
    fn read(value: &Bytes) -> Result<Self, StoreError> {
        let (multiplicity, record) = encoding::read_object_value(value)?;
        Ok(Self { multiplicity, record })
    }
}

impl Writes {
    pub(super) fn new(view: &View) -> Self {
        Self {
            last: view.last,
            objects: BTreeMap::new(),
            log: Arena::default(),
            meta: BTreeMap::new(),
            counters: HashMap::new(),
            volumes: Arc::clone(&view.volumes),
            head: view.head,
            ledger: Arena::default(),
        }
    }

    /// How many keys there are to write, about.
    pub(super) fn len(&self) -> usize {
        2 * self.objects.len() + self.meta.len()
    }

    pub(super) fn begin_volume(&mut self) {
        let start = Sequence::new(self.last.get().saturating_add(1));
        let volume = Arc::make_mut(&mut self.volumes).begin(start);
        self.meta.insert(keys::volume(volume), Some(encoding::sequence_value(start).into()));
    }

    /// Adds everything but the counters to what is written.
    pub(super) fn write(self, batch: &mut fjall::OwnedWriteBatch, tables: &Tables) {
        let records = || self.objects.values().flatten().map(|object| &object.record);
        let bytes = records().map(|record| record.len() + 1 + size_of::<ObjectKey>()).sum();
        let mut arena = Arena::with_capacity(bytes, 2 * self.objects.len());
        for (key, object) in &self.objects {
            match object {
                Some(StoredObject { multiplicity, record }) => {
                    arena.put(|buffer| buffer.extend_from_slice(key));
                    arena.put(|buffer| encoding::put_object(buffer, *multiplicity, record));
                }
                None => batch.remove(&tables.objects, *key),
            }
        }
        for (table, arena) in
            [(&tables.objects, arena), (&tables.log, self.log), (&tables.ledger, self.ledger)]
        {
            let mut pieces = arena.into_pieces();
            while let (Some(key), Some(value)) = (pieces.next(), pieces.next()) {
                batch.insert(table, key, value);
            }
        }
        for (key, value) in self.meta {
            match value {
                Some(value) => batch.insert(&tables.meta, key, value),
                None => batch.remove(&tables.meta, key),
            }
        }
    }

    /// Takes the next place in the order and says in the log what happened there.
    pub(super) fn append(&mut self, now: Timestamp, kind: &ChangeKind) -> Sequence {
        self.last = Sequence::at(now).max(Sequence::new(self.last.get().saturating_add(1)));
        self.log.put(|buffer| buffer.extend_from_slice(&encoding::log_key(self.last)));
        self.log.put(|buffer| encoding::put_change(buffer, kind));
        self.last
    }

    fn counter(&mut self, counters: &Counters, key: CounterKey) -> &mut Counter {
        self.counters.entry(key).or_insert_with(|| counters.get(key))
    }

    /// Where a claim's object lies.
    fn key(&self, claim: &Claim) -> (Volume, ObjectKey) {
        let volume = self.volumes.of(claim.sequence);
        (volume, encoding::object_key(volume, claim.collection, claim.label, claim.sequence))
    }

    /// Puts an object at the end of the order.
    pub(super) fn place(
        &mut self,
        counters: &Counters,
        (collection, label): (CollectionNumber, LabelId),
        object: StoredObject,
        now: Timestamp,
    ) -> Sequence {
        let sequence = self.append(now, &ChangeKind::Added { collection, label });
        let volume = self.volumes.current();
        self.objects.insert(encoding::object_key(volume, collection, label, sequence), Some(object));
        self.counter(counters, (collection, volume, label)).added(sequence);
        sequence
    }

    /// Takes an object out of the order.
    pub(super) fn displace(
        &mut self,
        counters: &Counters,
        claim: &Claim,
        id: &str,
        now: Timestamp,
    ) -> Sequence {
        let Claim { collection, label, sequence: was, .. } = *claim;
        let at = self.append(now, &ChangeKind::Removed { collection, id: id.to_owned(), was });
        let (volume, key) = self.key(claim);
        self.objects.insert(key, None);
        let mut former = Vec::with_capacity(encoding::CLAIM_BYTES);
        let multiplicity = Multiplicity::Single;
        encoding::put_claims(&mut former, &[KeptClaim { claim: *claim, multiplicity }]);
        self.meta.insert(keys::former(id, was), Some(former.into()));
        self.counter(counters, (collection, volume, label)).removed(was, at);
        at
    }

    /// The object of a claim, as the group left it.
    pub(super) fn object(&self, reading: Reading<'_>, claim: &Claim) -> Result<StoredObject, StoreError> {
        let (_, key) = self.key(claim);
        let object = match self.objects.get(&key) {
            Some(object) => object.clone(),
            None => reading.object_value(key)?.map(|value| StoredObject::read(&value)).transpose()?,
        };
        object.ok_or_else(|| StoreError::Corrupt("a claim has no object".to_owned()))
    }

    /// Marks the object of a claim as one of several.
    pub(super) fn make_plural(&mut self, reading: Reading<'_>, claim: &Claim) -> Result<(), StoreError> {
        let object = self.object(reading, claim)?;
        let plural = StoredObject { multiplicity: Multiplicity::Plural, ..object };
        self.objects.insert(self.key(claim).1, Some(plural));
        Ok(())
    }

    pub(super) fn keep_entry(&mut self, entry: &Entry) {
        self.head = entry.head();
        self.ledger.put(|buffer| buffer.extend_from_slice(&encoding::entry_key(entry.number)));
        self.ledger.put(|buffer| buffer.extend_from_slice(&encoding::entry_value(entry)));
    }

    pub(super) fn keep_receipt(&mut self, draft: &ReceiptDraft, batch: &Batch, outcomes: &[Outcome]) {
        let named = batch.operations.iter().map(|operation| match operation {
            Operation::Add { object, .. } => (object.id().to_owned(), object.version()),
            Operation::Remove { .. }
            | Operation::Relabel { .. }
            | Operation::Document { .. }
            | Operation::Cursor { .. } => (String::new(), None),
        });
        let outcomes = named.zip(outcomes).map(|((id, version), outcome)| (id, version, *outcome)).collect();
        let receipt = Receipt { content: draft.content.clone(), committed: batch.now, outcomes };
        let value = encoding::receipt_value(draft.expires, &receipt);
        self.meta.insert(keys::receipt(draft.id), Some(value.into()));
        self.meta.insert(keys::receipt_expiry(draft.expires, draft.id), Some(Bytes::new()));
    }
}
