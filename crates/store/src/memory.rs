//! The reference backend: what should a store do, said as plainly as possible?
//!
//! Everything lies in maps behind one lock. Nothing survives the process. The other backends are compared with it.

use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use releasability::Unreleased;
use stix::{Object, Timestamp};

use crate::{
    Batch, Change, ChangeKind, Claim, CollectionNumber, Commit, ConsumerName, Document, DocumentName, Held,
    LabelCount, LabelId, LabelSet, Multiplicity, ObjectQuery, Operation, Outcome, Page, Precondition,
    Receipt, ReceiptId, Sequence, Store, StoreError, StoreLimits,
    ledger::{Entry as LedgerEntry, Head, LedgerQuery},
    shape,
    tail::Tail,
};

/// A store in memory.
#[derive(Debug)]
pub struct Memory {
    limits: StoreLimits,
    state: Mutex<State>,
    tail: Tail,
}

#[derive(Debug, Default)]
struct State {
    closed: Option<()>,
    /// The order of everything; the key tells the place, so it also tells the claim.
    held: BTreeMap<Sequence, Entry>,
    of_id: BTreeMap<String, Vec<Sequence>>,
    former: BTreeMap<String, Vec<Claim>>,
    ledger: Vec<LedgerEntry>,
    labels: Vec<Bytes>,
    log: BTreeMap<Sequence, ChangeKind>,
    documents: BTreeMap<DocumentName, Document>,
    cursors: BTreeMap<ConsumerName, Sequence>,
    receipts: BTreeMap<ReceiptId, (Timestamp, Receipt)>,
    last: Sequence,
}

#[derive(Debug, Clone)]
struct Entry {
    claim: Claim,
    multiplicity: Multiplicity,
    object: Object,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(StoreLimits::default())
    }
}

impl Memory {
    /// An empty store.
    pub fn new(limits: StoreLimits) -> Self {
        Self { limits, state: Mutex::default(), tail: Tail::new(Sequence::ZERO) }
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed.is_some() { Err(StoreError::Closed) } else { Ok(state) }
    }
}

impl State {
    fn document(&self, name: &DocumentName) -> Document {
        self.documents.get(name).cloned().unwrap_or(Document { version: 0, content: Bytes::new() })
    }

    fn cursor(&self, consumer: &ConsumerName) -> Sequence {
        self.cursors.get(consumer).copied().unwrap_or_default()
    }

    fn holds(&self, precondition: &Precondition) -> bool {
        match precondition {
            Precondition::DocumentVersion { name, version } => self.document(name).version == *version,
            Precondition::CursorAt { consumer, sequence } => self.cursor(consumer) == *sequence,
        }
    }

    fn append(&mut self, now: Timestamp, kind: ChangeKind) -> Sequence {
        self.last = Sequence::at(now).max(Sequence::new(self.last.get().saturating_add(1)));
        self.log.insert(self.last, kind);
        self.last
    }

    fn head(&self) -> Head {
        self.ledger.last().map(LedgerEntry::head).unwrap_or_default()
    }

    fn claims(&self, id: &str) -> impl Iterator<Item = &Entry> {
        self.of_id.get(id).into_iter().flatten().filter_map(|sequence| self.held.get(sequence))
    }

    fn find(&self, collection: CollectionNumber, id: &str, sequence: Sequence) -> Option<&Entry> {
        let entry = self.held.get(&sequence)?;
        (entry.claim.collection == collection && entry.object.id() == id).then_some(entry)
    }

    fn apply(&mut self, operation: Operation, now: Timestamp, limits: &StoreLimits) -> Outcome {
        match operation {
            Operation::Add { collection, label, origin, meaning, object } => {
                let (version, spec_version) = (object.version(), object.spec_version());
                let sequence = Sequence::ZERO;
                let claim = Claim { collection, sequence, label, origin, version, spec_version, meaning };
                self.add(claim, object, now, limits)
            }
            Operation::Remove { collection, id, sequence } => {
                self.remove(collection, id.as_str(), sequence, now)
            }
            Operation::Relabel { collection, id, sequence, label } => {
                let Some(entry) = self.find(collection, id.as_str(), sequence).cloned() else {
                    return Outcome::Absent;
                };
                self.remove(collection, id.as_str(), sequence, now);
                Outcome::Added(self.place(Entry { claim: Claim { label, ..entry.claim }, ..entry }, now))
            }
            Operation::Document { name, content } => {
                let version = self.document(&name).version.saturating_add(1);
                self.append(now, ChangeKind::Document(name.clone()));
                self.documents.insert(name, Document { version, content });
                Outcome::Written
            }
            Operation::Cursor { consumer, sequence } => {
                self.cursors.insert(consumer, sequence);
                Outcome::Written
            }
        }
    }

    fn add(&mut self, claim: Claim, object: Object, now: Timestamp, limits: &StoreLimits) -> Outcome {
        let same = |there: &&Entry| {
            let there = &there.claim;
            (there.collection, there.origin, there.version) == (claim.collection, claim.origin, claim.version)
        };
        if let Some(there) = self.claims(object.id()).find(same) {
            let sequence = there.claim.sequence;
            let unchanged = there.claim.meaning == claim.meaning;
            return if unchanged { Outcome::Unchanged(sequence) } else { Outcome::Differs(sequence) };
        }
        let own = |there: &&Entry| there.claim.origin == claim.origin;
        if self.claims(object.id()).filter(own).count() >= limits.claims_per_id_max {
            return Outcome::Full;
        }
        let mut multiplicity = Multiplicity::Single;
        for sequence in self.of_id.get(object.id()).into_iter().flatten() {
            if let Some(sibling) = self.held.get_mut(sequence)
                && sibling.claim.collection == claim.collection
            {
                sibling.multiplicity = Multiplicity::Plural;
                multiplicity = Multiplicity::Plural;
            }
        }
        Outcome::Added(self.place(Entry { claim, multiplicity, object }, now))
    }

    /// Puts an entry at the end of the order.
    fn place(&mut self, mut entry: Entry, now: Timestamp) -> Sequence {
        let Claim { collection, label, .. } = entry.claim;
        let sequence = self.append(now, ChangeKind::Added { collection, label });
        entry.claim.sequence = sequence;
        self.of_id.entry(entry.object.id().to_owned()).or_default().push(sequence);
        self.held.insert(sequence, entry);
        sequence
    }

    fn remove(&mut self, collection: CollectionNumber, id: &str, was: Sequence, now: Timestamp) -> Outcome {
        let Some(claim) = self.find(collection, id, was).map(|entry| entry.claim) else {
            return Outcome::Absent;
        };
        self.held.remove(&was);
        let former = self.former.entry(id.to_owned()).or_default();
        former.push(claim);
        former.sort_unstable_by_key(|claim| claim.sequence);
        if let Some(claims) = self.of_id.get_mut(id) {
            claims.retain(|sequence| *sequence != was);
        }
        Outcome::Removed(self.append(now, ChangeKind::Removed { collection, id: id.to_owned(), was }))
    }
}

impl Entry {
    fn held(&self) -> Held {
        Held {
            sequence: self.claim.sequence,
            label: self.claim.label,
            multiplicity: self.multiplicity,
            object: Unreleased::new(self.object.clone()),
        }
    }

    fn matches(&self, query: &ObjectQuery, visible: &LabelSet) -> bool {
        self.claim.collection == query.collection
            && visible.contains(self.claim.label)
            && (query.types.is_empty() || query.types.iter().any(|kind| kind == self.object.object_type()))
    }
}

/// What a receipt says of an operation, before its outcome is known.
fn named(operation: &Operation) -> (String, Option<Timestamp>) {
    match operation {
        Operation::Add { object, .. } => (object.id().to_owned(), object.version()),
        Operation::Remove { .. }
        | Operation::Relabel { .. }
        | Operation::Document { .. }
        | Operation::Cursor { .. } => (String::new(), None),
    }
}

#[async_trait]
impl Store for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn commit(&self, batch: Batch) -> Result<Commit, StoreError> {
        let mut state = self.state()?;
        shape::check(&batch, u32::try_from(state.labels.len()).unwrap_or(u32::MAX))?;
        if let Some(failed) = batch.preconditions.iter().position(|condition| !state.holds(condition)) {
            return Err(StoreError::Conflict(failed));
        }
        let named: Vec<_> = batch.operations.iter().map(named).collect();
        let outcomes: Vec<_> = batch
            .operations
            .into_iter()
            .map(|operation| state.apply(operation, batch.now, &self.limits))
            .collect();
        if let Some(draft) = &batch.entry {
            let entry = state.head().next(draft, &outcomes, batch.now);
            state.ledger.push(entry);
        }
        if let Some(draft) = batch.receipt {
            let outcomes = named
                .into_iter()
                .zip(&outcomes)
                .map(|((id, version), outcome)| (id, version, *outcome))
                .collect();
            let receipt = Receipt { content: draft.content, committed: batch.now, outcomes };
            state.receipts.insert(draft.id, (draft.expires, receipt));
        }
        self.tail.advance(state.last);
        Ok(Commit { sequence: state.last, outcomes })
    }

    async fn objects(&self, query: &ObjectQuery, visible: &LabelSet) -> Result<Page, StoreError> {
        let state = self.state()?;
        let mut matching =
            state.held.values().filter(|e| e.claim.sequence > query.after && e.matches(query, visible));
        let mut page = Page::default();
        let mut bytes = 0;
        while page.objects.len() < query.limit.get() as usize
            && (page.objects.is_empty() || bytes < query.bytes_max)
            && let Some(entry) = matching.next()
        {
            bytes += entry.object.text_bytes().len();
            page.objects.push(entry.held());
        }
        page.more = matching.next().is_some();
        Ok(page)
    }

    async fn claims(&self, ids: &[&str]) -> Result<Vec<Vec<Claim>>, StoreError> {
        let state = self.state()?;
        Ok(ids.iter().map(|id| state.claims(id).map(|entry| entry.claim).collect()).collect())
    }

    async fn former(&self, id: &str) -> Result<Vec<Claim>, StoreError> {
        Ok(self.state()?.former.get(id).cloned().unwrap_or_default())
    }

    async fn object(
        &self,
        collection: CollectionNumber,
        label: LabelId,
        sequence: Sequence,
    ) -> Result<Option<Held>, StoreError> {
        let state = self.state()?;
        let entry = state.held.get(&sequence);
        Ok(entry.filter(|e| e.claim.collection == collection && e.claim.label == label).map(Entry::held))
    }

    async fn intern(&self, content: Bytes) -> Result<LabelId, StoreError> {
        let mut state = self.state()?;
        let known = state.labels.iter().position(|label| *label == content);
        let number = u32::try_from(known.unwrap_or(state.labels.len())).unwrap_or(u32::MAX);
        if known.is_none() {
            if number >= self.limits.labels_max {
                return Err(StoreError::Limit("labels_max"));
            }
            state.labels.push(content);
        }
        Ok(LabelId(number))
    }

    async fn labels(&self) -> Result<Vec<(LabelId, Bytes)>, StoreError> {
        let state = self.state()?;
        Ok((0..).map(LabelId).zip(state.labels.iter().cloned()).collect())
    }

    async fn counts(&self) -> Result<Vec<LabelCount>, StoreError> {
        let mut counts = BTreeMap::<_, u64>::new();
        for entry in self.state()?.held.values() {
            *counts.entry((entry.claim.collection, entry.claim.label)).or_default() += 1;
        }
        Ok(counts
            .into_iter()
            .map(|((collection, label), count)| LabelCount { collection, label, count })
            .collect())
    }

    async fn document(&self, name: &DocumentName) -> Result<Document, StoreError> {
        Ok(self.state()?.document(name))
    }

    async fn receipt(&self, id: ReceiptId, now: Timestamp) -> Result<Option<Receipt>, StoreError> {
        let state = self.state()?;
        Ok(state.receipts.get(&id).filter(|(expires, _)| *expires > now).map(|(_, receipt)| receipt.clone()))
    }

    async fn changes(&self, after: Sequence, limit: NonZeroU32) -> Result<Vec<Change>, StoreError> {
        let state = self.state()?;
        let behind = state.log.range(Sequence::new(after.get().saturating_add(1))..);
        let change =
            |(sequence, kind): (&Sequence, &ChangeKind)| Change { sequence: *sequence, kind: kind.clone() };
        Ok(behind.take(limit.get() as usize).map(change).collect())
    }

    async fn entries(&self, query: &LedgerQuery) -> Result<Vec<LedgerEntry>, StoreError> {
        let state = self.state()?;
        let about = |entry: &&LedgerEntry| {
            query.about.is_none_or(|place| entry.about.is_some_and(|span| span.holds(place)))
        };
        let behind = state.ledger.iter().filter(|entry| entry.number > query.after).filter(about);
        let mut bytes = 0;
        let fits = |entry: &&LedgerEntry| {
            let fits = bytes < query.bytes_max.max(1);
            bytes += entry.content.len();
            fits
        };
        Ok(behind.take(query.limit.get() as usize).take_while(fits).cloned().collect())
    }

    async fn head(&self) -> Result<Head, StoreError> {
        Ok(self.state()?.head())
    }

    async fn cursor(&self, consumer: &ConsumerName) -> Result<Sequence, StoreError> {
        Ok(self.state()?.cursor(consumer))
    }

    fn last(&self) -> Sequence {
        self.tail.last()
    }

    async fn wait(&self, seen: Sequence) {
        self.tail.wait(seen).await;
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.state()?.closed = Some(());
        self.tail.end();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::contract::Backend;

    struct Nowhere;

    #[async_trait]
    impl Backend for Nowhere {
        async fn new() -> Self {
            Self
        }

        async fn open(&self, limits: StoreLimits) -> Result<Arc<dyn Store>, StoreError> {
            Ok(Arc::new(Memory::new(limits)))
        }
    }

    crate::contract!(Nowhere);
}
