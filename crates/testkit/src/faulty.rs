//! What if the store fails just now? A store that fails at the operation that a test chooses.

use std::{
    fmt,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use stix::Timestamp;
use store::{
    Batch, Change, Claim, CollectionNumber, Commit, ConsumerName, Document, DocumentName, Held, LabelCount,
    LabelId, LabelSet, ObjectQuery, Page, Receipt, ReceiptId, Sequence, Store, StoreError,
    ledger::{Entry, Head, LedgerQuery},
};

/// Passes everything on to another store, but fails once at the operation that was chosen.
pub struct Faulty {
    store: Arc<dyn Store>,
    left: AtomicI64,
    /// Whether the commit that fails happens all the same.
    late: AtomicBool,
    stale: Mutex<Option<(Sequence, Vec<LabelCount>)>>,
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty").field("left", &self.left).finish_non_exhaustive()
    }
}

impl Faulty {
    /// A store that does not fail yet.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, left: AtomicI64::new(-1), late: AtomicBool::new(false), stale: Mutex::default() }
    }

    /// Fails at the operation after `after` more.
    pub fn fail(&self, after: i64) {
        self.late.store(false, Ordering::SeqCst);
        self.left.store(after, Ordering::SeqCst);
    }

    /// The same, but a commit that fails then happens, and only its answer is lost.
    pub fn lose_answer(&self, after: i64) {
        self.late.store(true, Ordering::SeqCst);
        self.left.store(after, Ordering::SeqCst);
    }

    /// Whether it has failed, or was not told to.
    pub fn is_spent(&self) -> bool {
        self.left.load(Ordering::SeqCst) < 0
    }

    /// Fails no more.
    pub fn mend(&self) {
        self.left.store(-1, Ordering::SeqCst);
    }

    /// Answers the next questions for the last sequence and for counts with these: as if they had been asked before what was
    /// committed since.
    pub fn answer_late(&self, last: Sequence, counts: Vec<LabelCount>) {
        *self.stale.lock().unwrap_or_else(PoisonError::into_inner) = Some((last, counts));
    }

    fn step(&self) -> Result<(), StoreError> {
        let before =
            self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| (left >= 0).then(|| left - 1));
        if before == Ok(0) {
            return Err(StoreError::Backend("a fault that a test chose".into()));
        }
        Ok(())
    }
}

#[async_trait]
impl Store for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    async fn commit(&self, batch: Batch) -> Result<Commit, StoreError> {
        if let Err(fault) = self.step() {
            if self.late.load(Ordering::SeqCst) {
                self.store.commit(batch).await?;
            }
            return Err(fault);
        }
        self.store.commit(batch).await
    }

    async fn objects(&self, query: &ObjectQuery, visible: &LabelSet) -> Result<Page, StoreError> {
        self.step()?;
        self.store.objects(query, visible).await
    }

    async fn claims(&self, ids: &[&str]) -> Result<Vec<Vec<Claim>>, StoreError> {
        self.step()?;
        self.store.claims(ids).await
    }

    async fn former(&self, id: &str) -> Result<Vec<Claim>, StoreError> {
        self.step()?;
        self.store.former(id).await
    }

    async fn object(
        &self,
        collection: CollectionNumber,
        label: LabelId,
        sequence: Sequence,
    ) -> Result<Option<Held>, StoreError> {
        self.step()?;
        self.store.object(collection, label, sequence).await
    }

    async fn intern(&self, content: Bytes) -> Result<LabelId, StoreError> {
        self.step()?;
        self.store.intern(content).await
    }

    async fn labels(&self) -> Result<Vec<(LabelId, Bytes)>, StoreError> {
        self.step()?;
        self.store.labels().await
    }

    async fn counts(&self) -> Result<Vec<LabelCount>, StoreError> {
        self.step()?;
        let stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner).take();
        match stale {
            Some((_, counts)) => Ok(counts),
            None => self.store.counts().await,
        }
    }

    async fn document(&self, name: &DocumentName) -> Result<Document, StoreError> {
        self.step()?;
        self.store.document(name).await
    }

    async fn receipt(&self, id: ReceiptId, now: Timestamp) -> Result<Option<Receipt>, StoreError> {
        self.step()?;
        self.store.receipt(id, now).await
    }

    async fn changes(&self, after: Sequence, limit: NonZeroU32) -> Result<Vec<Change>, StoreError> {
        self.step()?;
        self.store.changes(after, limit).await
    }

    async fn entries(&self, query: &LedgerQuery) -> Result<Vec<Entry>, StoreError> {
        self.step()?;
        self.store.entries(query).await
    }

    async fn head(&self) -> Result<Head, StoreError> {
        self.step()?;
        self.store.head().await
    }

    async fn cursor(&self, consumer: &ConsumerName) -> Result<Sequence, StoreError> {
        self.step()?;
        self.store.cursor(consumer).await
    }

    fn last(&self) -> Sequence {
        let stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        stale.as_ref().map_or_else(|| self.store.last(), |(last, _)| *last)
    }

    async fn wait(&self, seen: Sequence) {
        self.store.wait(seen).await;
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }
}
