//! What do the batches of one group come to, before any of it is written?
//!
//! Batches are applied one after the other on top of a view; each sees what those before it did. Nothing here writes, so a
//! group that cannot be applied is simply dropped.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use fjall::PersistMode;

use super::{
    arena::Arena,
    counters::{CounterKey, Counters},
    encoding::{self, Counter, KeptClaim, corrupt},
    keys,
    reading::{Reading, read_cursor, read_document},
    tables::{Tables, failure},
    volumes::Volumes,
    writes::{StoredObject, Writes},
};
use crate::{
    Batch, ChangeKind, Claim, CollectionNumber, Commit, Document, LabelId, Multiplicity, Operation, Outcome,
    Precondition, Sequence, StoreError, StoreLimits, Timestamp,
    ledger::{EntryDraft, Head, Span},
    shape,
};

/// Why a batch was not applied.
pub(super) enum Failure {
    /// It was refused before anything was done; the group goes on without it.
    Refused(StoreError),
    /// It failed halfway; the group must not be written.
    Spoilt(StoreError),
}

/// What a group does, so far.
pub(super) struct Group<'a> {
    reading: Reading<'a>,
    counters: &'a Counters,
    limits: &'a StoreLimits,
    /// How many labels there were before the group: only those can stand on objects.
    labels: u32,
    claims: HashMap<String, Claims>,
    writes: Writes,
    new_labels: Vec<Bytes>,
}

/// What readers get to see of a group besides its tables.
pub(super) struct Shown {
    pub(super) last: Sequence,
    pub(super) labels: Vec<Bytes>,
    pub(super) counters: HashMap<CounterKey, Counter>,
    pub(super) volumes: Arc<Volumes>,
    pub(super) head: Head,
}

/// The claims of an id.
struct Claims {
    kept: Vec<KeptClaim>,
    change: Option<Changed>,
}

/// Marks what has to be written.
struct Changed;

impl<'a> Group<'a> {
    pub(super) fn new(
        reading: Reading<'a>,
        counters: &'a Counters,
        limits: &'a StoreLimits,
        labels: u32,
    ) -> Self {
        let writes = Writes::new(reading.view);
        let (claims, new_labels) = (HashMap::new(), Vec::new());
        Self { reading, counters, limits, labels, claims, writes, new_labels }
    }

    /// Lets what the group adds stand in another volume than what was added before.
    pub(super) fn begin_volume(&mut self) {
        self.writes.begin_volume();
    }

    /// Adds a batch to the group.
    pub(super) fn apply(&mut self, batch: &Batch) -> Result<Commit, Failure> {
        shape::check(batch, self.labels).map_err(Failure::Refused)?;
        for (index, precondition) in batch.preconditions.iter().enumerate() {
            if !self.holds(precondition).map_err(Failure::Refused)? {
                return Err(Failure::Refused(StoreError::Conflict(index)));
            }
        }
        let outcomes: Result<Vec<_>, _> =
            batch.operations.iter().map(|operation| self.operate(operation, batch.now)).collect();
        let outcomes = outcomes.map_err(Failure::Spoilt)?;
        if let Some(draft) = &batch.receipt {
            self.writes.keep_receipt(draft, batch, &outcomes);
        }
        if let Some(draft) = &batch.entry {
            self.record(draft, &outcomes, batch.now).map_err(Failure::Spoilt)?;
        }
        Ok(Commit { sequence: self.writes.last, outcomes })
    }

    /// Adds an entry to the ledger, and what it speaks of to the summary of its block.
    fn record(&mut self, draft: &EntryDraft, outcomes: &[Outcome], now: Timestamp) -> Result<(), StoreError> {
        let entry = self.writes.head.next(draft, outcomes, now);
        let key = keys::block(entry.number.0 / encoding::BLOCK_ENTRIES);
        let before = self.meta(&key)?.map_or(Ok(None), |value| encoding::read_span(&value))?;
        let span = Span::of_either(before, entry.about);
        if span != before {
            self.writes.meta.insert(key, Some(Bytes::copy_from_slice(&encoding::span_value(span))));
        }
        self.writes.keep_entry(&entry);
        Ok(())
    }

    /// Gives a new label its number.
    pub(super) fn intern(&mut self, content: &Bytes) -> Result<LabelId, StoreError> {
        let position = self.new_labels.iter().position(|label| label == content);
        let offset = u32::try_from(position.unwrap_or(self.new_labels.len())).unwrap_or(u32::MAX);
        let number = self.labels.saturating_add(offset);
        if position.is_none() {
            if number >= self.limits.labels_max {
                return Err(StoreError::Limit("labels_max"));
            }
            self.new_labels.push(content.clone());
            self.writes.meta.insert(keys::label(LabelId(number)), Some(content.clone()));
        }
        Ok(LabelId(number))
    }

    /// Forgets a receipt that expired.
    pub(super) fn sweep(&mut self, expiry_key: Bytes, now: Timestamp) -> Result<(), StoreError> {
        let key = keys::receipt(encoding::id_of_expiry(&expiry_key)?);
        if let Some(value) = self.meta(&key)?
            // One that cannot be read is of no use to anybody, and must not keep others from committing.
            && encoding::read_receipt(&value).map_or(true, |(expires, _)| expires <= now)
        {
            self.writes.meta.insert(key, None);
        }
        self.writes.meta.insert(expiry_key.into(), None);
        Ok(())
    }

    /// The key of the earliest expiry that the group adds.
    pub(super) fn earliest_expiry(&self) -> Option<Vec<u8>> {
        let added = self.writes.meta.range(keys::EXPIRIES.to_vec()..).filter(|(_, value)| value.is_some());
        added.map(|(key, _)| key.clone()).next()
    }

    /// How much the group adds to the current volume.
    pub(super) fn object_bytes(&self) -> usize {
        self.writes.objects.values().flatten().map(|object| object.record.len()).sum()
    }

    /// What is to be shown once the group is written.
    pub(super) fn outcome(&mut self) -> Shown {
        Shown {
            last: self.writes.last,
            labels: std::mem::take(&mut self.new_labels),
            counters: std::mem::take(&mut self.writes.counters),
            volumes: Arc::clone(&self.writes.volumes),
            head: self.writes.head,
        }
    }

    fn meta(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.writes.meta.get(key).map_or_else(|| self.reading.meta(key), |value| Ok(value.clone()))
    }

    fn holds(&self, precondition: &Precondition) -> Result<bool, StoreError> {
        Ok(match precondition {
            Precondition::DocumentVersion { name, version } => {
                read_document(self.meta(&keys::document(name))?)?.version == *version
            }
            Precondition::CursorAt { consumer, sequence } => {
                read_cursor(self.meta(&keys::cursor(consumer))?)? == *sequence
            }
        })
    }

    fn operate(&mut self, operation: &Operation, now: Timestamp) -> Result<Outcome, StoreError> {
        match operation {
            Operation::Add { collection, label, origin, meaning, object } => {
                let claim = Claim {
                    collection: *collection,
                    sequence: Sequence::ZERO,
                    label: *label,
                    origin: *origin,
                    version: object.version(),
                    spec_version: object.spec_version(),
                    meaning: *meaning,
                };
                self.add(claim, object, now)
            }
            Operation::Remove { collection, id, sequence } => {
                self.remove(*collection, id.as_str(), *sequence, now)
            }
            Operation::Relabel { collection, id, sequence, label } => {
                let target = (*collection, id.as_str(), *sequence);
                self.relabel(target, *label, now)
            }
            Operation::Document { name, content } => {
                let key = keys::document(name);
                let version = read_document(self.meta(&key)?)?.version.saturating_add(1);
                let value = encoding::document_value(&Document { version, content: content.clone() });
                self.writes.meta.insert(key, Some(value.into()));
                self.writes.append(now, &ChangeKind::Document(name.clone()));
                Ok(Outcome::Written)
            }
            Operation::Cursor { consumer, sequence } => {
                let value = encoding::sequence_value(*sequence);
                self.writes.meta.insert(keys::cursor(consumer), Some(value.into()));
                Ok(Outcome::Written)
            }
        }
    }

    fn add(
        &mut self,
        mut claim: Claim,
        object: &stix::Object,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let claims = load(&mut self.claims, self.reading, object.id())?;
        let place = |claim: &Claim| (claim.collection, claim.origin, claim.version);
        if let Some(there) =
            claims.kept.iter().map(|kept| &kept.claim).find(|there| place(there) == place(&claim))
        {
            let same = there.meaning == claim.meaning;
            let sequence = there.sequence;
            return Ok(if same { Outcome::Unchanged(sequence) } else { Outcome::Differs(sequence) });
        }
        let own = claims.kept.iter().filter(|kept| kept.claim.origin == claim.origin);
        if own.count() >= self.limits.claims_per_id_max {
            return Ok(Outcome::Full);
        }
        let mut multiplicity = Multiplicity::Single;
        for sibling in claims.kept.iter_mut().filter(|kept| kept.claim.collection == claim.collection) {
            multiplicity = Multiplicity::Plural;
            if sibling.multiplicity == Multiplicity::Single {
                sibling.multiplicity = Multiplicity::Plural;
                self.writes.make_plural(self.reading, &sibling.claim)?;
            }
        }
        let stored = StoredObject { multiplicity, record: object.record().clone() };
        claim.sequence = self.writes.place(self.counters, (claim.collection, claim.label), stored, now);
        claims.kept.push(KeptClaim { claim, multiplicity });
        claims.change = Some(Changed);
        Ok(Outcome::Added(claim.sequence))
    }

    fn remove(
        &mut self,
        collection: CollectionNumber,
        id: &str,
        was: Sequence,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let claims = load(&mut self.claims, self.reading, id)?;
        let Some(kept) = claims.take(collection, was) else { return Ok(Outcome::Absent) };
        Ok(Outcome::Removed(self.writes.displace(self.counters, &kept.claim, id, now)))
    }

    fn relabel(
        &mut self,
        (collection, id, was): (CollectionNumber, &str, Sequence),
        label: LabelId,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let claims = load(&mut self.claims, self.reading, id)?;
        let Some(mut kept) = claims.take(collection, was) else { return Ok(Outcome::Absent) };
        let stored = self.writes.object(self.reading, &kept.claim)?;
        self.writes.displace(self.counters, &kept.claim, id, now);
        kept.claim.label = label;
        kept.claim.sequence = self.writes.place(self.counters, (collection, label), stored, now);
        claims.kept.push(kept);
        Ok(Outcome::Added(kept.claim.sequence))
    }

    /// Writes everything, or nothing, and returns when it is durable.
    pub(super) fn write(self, counters: &HashMap<CounterKey, Counter>) -> Result<(), StoreError> {
        let tables = self.reading.tables;
        let capacity = 2 * self.claims.len() + self.writes.len() + counters.len();
        let mut batch = fjall::OwnedWriteBatch::with_capacity(tables.database.clone(), capacity)
            .durability(Some(PersistMode::SyncAll));
        write_claims(&mut batch, tables, &self.claims);
        self.writes.write(&mut batch, tables);
        for (key, counter) in counters {
            batch.insert(&tables.meta, keys::counter(*key), encoding::counter_value(counter));
        }
        batch.commit().map_err(failure)
    }
}

fn write_claims(batch: &mut fjall::OwnedWriteBatch, tables: &Tables, claims: &HashMap<String, Claims>) {
    let changed = || claims.iter().filter(|(_, claims)| claims.change.is_some());
    let bytes = changed().map(|(id, claims)| id.len() + claims.kept.len() * encoding::CLAIM_BYTES).sum();
    let mut arena = Arena::with_capacity(bytes, 2 * claims.len());
    for (id, claims) in changed() {
        arena.put(|buffer| buffer.extend_from_slice(id.as_bytes()));
        arena.put(|buffer| encoding::put_claims(buffer, &claims.kept));
    }
    let mut pieces = arena.into_pieces();
    while let (Some(id), Some(value)) = (pieces.next(), pieces.next()) {
        if value.is_empty() {
            batch.remove(&tables.claims, id);
        } else {
            batch.insert(&tables.claims, id, value);
        }
    }
}

/// The claims of an id as the group left them.
fn load<'m>(
    loaded: &'m mut HashMap<String, Claims>,
    reading: Reading<'_>,
    id: &str,
) -> Result<&'m mut Claims, StoreError> {
    // Asked twice, because an entry would need an owned id for those that are there as well.
    if !loaded.contains_key(id) {
        let kept = reading.claims(id)?;
        loaded.insert(id.to_owned(), Claims { kept, change: None });
    }
    loaded.get_mut(id).ok_or_else(|| corrupt("a list of claims"))
}

impl Claims {
    fn take(&mut self, collection: CollectionNumber, sequence: Sequence) -> Option<KeptClaim> {
        let wanted =
            |kept: &KeptClaim| (kept.claim.collection, kept.claim.sequence) == (collection, sequence);
        let position = self.kept.iter().position(wanted)?;
        self.change = Some(Changed);
        Some(self.kept.remove(position))
    }
}
