//! The default backend: one directory, one process, an LSM tree (`fjall`).
//!
//! Start reading at `committer` for how a commit becomes durable, at `page` for how objects are read.

mod arena;
mod committer;
mod counters;
mod directory;
mod encoding;
mod group;
mod keys;
mod page;
mod reading;
mod shared;
mod tables;
mod volumes;
mod writes;

use std::{
    fmt,
    num::{NonZeroU32, NonZeroUsize},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use self::{
    committer::{Committer, Done, Request, Work},
    directory::Directory,
    shared::Shared,
    tables::Tables,
};
use crate::{
    Batch, Change, Claim, CollectionNumber, Commit, ConsumerName, Document, DocumentName, Held, LabelCount,
    LabelId, LabelSet, ObjectQuery, Page, Receipt, ReceiptId, Sequence, Store, StoreError, StoreLimits,
    Timestamp,
    ledger::{Entry, Head, LedgerQuery},
};

/// How many requests wait for the committing thread; more wait before they are let in.
const REQUESTS_WAITING_MAX: usize = 256;
/// So many claims are looked up where the caller stands; more are looked up where they hold nobody up.
const CLAIMS_INLINE_MAX: usize = 64;

/// What an embedded store may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Bounds of what is kept.
    pub limits: StoreLimits,
    /// How much of the files is kept in memory.
    pub cache_bytes_max: u64,
    /// How much is gathered in memory before it is written as a file, for the largest table. A store that is there
    /// already keeps what it was made with.
    pub write_buffer_bytes_max: u64,
    /// How much lies together label by label before a new part is begun. More is better for readers of few labels, less
    /// for writers; see `volumes`.
    pub volume_bytes: usize,
    /// How large the journals become before they are cut; opening reads them all.
    pub journal_bytes_max: u64,
    /// How much one group of commits takes together.
    pub group_bytes_max: usize,
    /// How many threads write files and rearrange them. One is best unless there are many cores: with more, `fjall` keeps
    /// one of them turning in circles as long as the others rearrange.
    pub worker_threads: NonZeroUsize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: StoreLimits::default(),
            cache_bytes_max: 32 << 20,
            write_buffer_bytes_max: 8 << 20,
            volume_bytes: 64 << 20,
            journal_bytes_max: 192 << 20,
            group_bytes_max: 8 << 20,
            worker_threads: NonZeroUsize::MIN,
        }
    }
}

/// A store in a directory.
pub struct Embedded {
    shared: Arc<Shared>,
    requests: Mutex<Option<mpsc::Sender<Request>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Says that it is there, and nothing of what it holds.
impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("last", &self.last()).finish_non_exhaustive()
    }
}

impl Embedded {
    /// Opens the store in a directory, or makes one there. Blocks while it reads what was not yet in place.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where it is open already, [`StoreError::Corrupt`] where its files are damaged or of another
    /// version.
    pub fn open(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let directory = Directory::take(path)?;
        let data = directory.data(|new| Tables::create(new, options))?;
        let tables = Tables::open(&data, options)?;
        let shared = Arc::new(Shared::load(tables.clone(), directory, options.limits)?);
        let (sender, requests) = mpsc::channel(REQUESTS_WAITING_MAX);
        let committer = Committer::new(Arc::clone(&shared), tables, options);
        let thread = std::thread::Builder::new()
            .name("cresset-commit".to_owned())
            .spawn(move || committer.run(requests))
            .map_err(|error| StoreError::Backend(Box::new(error)))?;
        Ok(Self { shared, requests: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    async fn ask(&self, work: Work) -> Result<Done, StoreError> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (answer, answered) = oneshot::channel();
        let requests = requests.ok_or(StoreError::Closed)?;
        requests.send(Request { work, answer }).await.map_err(|_| StoreError::Closed)?;
        // Not kept while waiting: the thread ends when the last sender is gone.
        drop(requests);
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Reads what may take long, where it holds nobody up.
    async fn read_aside<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let shared = Arc::clone(&self.shared);
        let task = tokio::task::spawn_blocking(move || read(&shared));
        task.await.map_err(|error| StoreError::Backend(Box::new(error)))?
    }

    /// Takes what lets requests in; the thread ends once it did what was asked before.
    fn take_requests(&self) -> Option<mpsc::Sender<Request>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn take_thread(&self) -> Option<JoinHandle<()>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Waits for the thread and for those who read, then lets go of the directory.
fn finish(shared: &Shared, thread: Option<JoinHandle<()>>) {
    // A thread that panicked has nothing left to wait for.
    let _ = thread.map(JoinHandle::join);
    shared.close();
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.take_requests());
        finish(&self.shared, self.take_thread());
    }
}

fn objects(shared: &Shared, query: &ObjectQuery, visible: &LabelSet) -> Result<Page, StoreError> {
    shared.read(|reading| page::read(reading, query, visible, || shared.counters()))
}

#[async_trait]
impl Store for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }

    /// Happens even if the caller stops waiting for it.
    async fn commit(&self, batch: Batch) -> Result<Commit, StoreError> {
        match self.ask(Work::Commit(batch)).await? {
            Done::Committed(commit) => Ok(commit),
            Done::Interned(_) => Err(StoreError::Closed),
        }
    }

    async fn objects(&self, query: &ObjectQuery, visible: &LabelSet) -> Result<Page, StoreError> {
        let (query, visible) = (query.clone(), visible.clone());
        self.read_aside(move |shared| objects(shared, &query, &visible)).await
    }

    async fn claims(&self, ids: &[&str]) -> Result<Vec<Vec<Claim>>, StoreError> {
        if ids.len() <= CLAIMS_INLINE_MAX {
            return self.shared.read(|reading| ids.iter().map(|id| reading.public_claims(id)).collect());
        }
        let ids: Vec<String> = ids.iter().map(|&id| id.to_owned()).collect();
        let read = move |shared: &Shared| {
            shared.read(|reading| ids.iter().map(|id| reading.public_claims(id)).collect())
        };
        self.read_aside(read).await
    }

    async fn former(&self, id: &str) -> Result<Vec<Claim>, StoreError> {
        self.shared.read(|reading| reading.former(id))
    }

    async fn object(
        &self,
        collection: CollectionNumber,
        label: LabelId,
        sequence: Sequence,
    ) -> Result<Option<Held>, StoreError> {
        self.shared.read(|reading| reading.object(collection, label, sequence))
    }

    async fn intern(&self, content: Bytes) -> Result<LabelId, StoreError> {
        let known = self.shared.read(|_| Ok(self.shared.labels().number(&content)))?;
        if let Some(number) = known {
            return Ok(number);
        }
        match self.ask(Work::Intern(Bytes::copy_from_slice(&content))).await? {
            Done::Interned(number) => Ok(number),
            Done::Committed(_) => Err(StoreError::Closed),
        }
    }

    async fn labels(&self) -> Result<Vec<(LabelId, Bytes)>, StoreError> {
        self.shared.read(|_| Ok(self.shared.labels().all()))
    }

    async fn counts(&self) -> Result<Vec<LabelCount>, StoreError> {
        self.shared.read(|_| Ok(self.shared.counters().counts()))
    }

    async fn document(&self, name: &DocumentName) -> Result<Document, StoreError> {
        self.shared.read(|reading| reading.document(name))
    }

    async fn receipt(&self, id: ReceiptId, now: Timestamp) -> Result<Option<Receipt>, StoreError> {
        self.shared.read(|reading| reading.receipt(id, now))
    }

    async fn changes(&self, after: Sequence, limit: NonZeroU32) -> Result<Vec<Change>, StoreError> {
        if after >= self.last() {
            return self.shared.read(|_| Ok(Vec::new()));
        }
        self.read_aside(move |shared| shared.read(|reading| reading.changes(after, limit.get()))).await
    }

    async fn entries(&self, query: &LedgerQuery) -> Result<Vec<Entry>, StoreError> {
        let query = *query;
        self.read_aside(move |shared| shared.read(|reading| reading.entries(&query))).await
    }

    async fn head(&self) -> Result<Head, StoreError> {
        self.shared.read(|reading| Ok(reading.view.head))
    }

    async fn cursor(&self, consumer: &ConsumerName) -> Result<Sequence, StoreError> {
        self.shared.read(|reading| reading.cursor(consumer))
    }

    fn last(&self) -> Sequence {
        self.shared.tail.last()
    }

    async fn wait(&self, seen: Sequence) {
        self.shared.tail.wait(seen).await;
    }

    async fn close(&self) -> Result<(), StoreError> {
        drop(self.take_requests().ok_or(StoreError::Closed)?);
        let thread = self.take_thread();
        self.read_aside(move |shared| {
            finish(shared, thread);
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests;
