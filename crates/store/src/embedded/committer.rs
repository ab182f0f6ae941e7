//! Who writes? One thread, which commits whatever waits as one group.
//!
//! While a group is being synced, the next one gathers; so the more write at once, the more share one sync.

use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::{
    Options,
    group::{Failure, Group},
    keys,
    reading::Reading,
    shared::Shared,
    tables::Tables,
};
use crate::{Batch, Commit, LabelId, Operation, StoreError, Timestamp};

/// How many requests one group takes.
const GROUP_REQUESTS_MAX: usize = 256;
/// How many expired receipts one group forgets.
const SWEPT_PER_GROUP_MAX: usize = 64;

/// How large objects are taken to be that were written before the store was opened.
const OBJECT_BYTES_ASSUMED: usize = 1400;

/// What the thread is asked for, and where the answer goes.
pub(super) struct Request {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Result<Done, StoreError>>,
}

pub(super) enum Work {
    Commit(Batch),
    Intern(Bytes),
}

pub(super) enum Done {
    Committed(Commit),
    Interned(LabelId),
}

/// One answer for each request of a group; none is given before it is true.
type Answers = Vec<Result<Done, StoreError>>;

/// Why a group was not written.
enum Trouble {
    /// It could not be applied. Nothing happened.
    Spoilt(StoreError),
    /// It could not be made durable. Nobody knows what is on disk.
    Unwritten(StoreError),
}

/// Says that the thread must not write any more.
struct Stopped;

/// The state of the thread.
pub(super) struct Committer {
    shared: Arc<Shared>,
    tables: Tables,
    group_bytes_max: usize,
    /// See [`Options::volume_bytes`].
    volume_bytes_max: usize,
    /// How much the current volume holds, about.
    volume_bytes: usize,
    /// Every receipt that expires before this key was swept.
    swept: Vec<u8>,
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, tables: Tables, options: &Options) -> Self {
        let volume = shared.view().volumes.current();
        let objects = usize::try_from(shared.counters().in_volume(volume)).unwrap_or(usize::MAX);
        let volume_bytes = objects.saturating_mul(OBJECT_BYTES_ASSUMED);
        Self {
            shared,
            tables,
            group_bytes_max: options.group_bytes_max,
            volume_bytes_max: options.volume_bytes,
            volume_bytes,
            swept: keys::EXPIRIES.to_vec(),
        }
    }

    /// Works until there is nobody left to ask.
    pub(super) fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        while let Some(first) = requests.blocking_recv() {
            let group = self.gather(first, &mut requests);
            if let Some(Stopped) = self.commit(group) {
                break;
            }
        }
        while let Some(request) = requests.blocking_recv() {
            request.refuse(StoreError::Closed);
        }
    }

    fn gather(&self, first: Request, requests: &mut mpsc::Receiver<Request>) -> Vec<Request> {
        let mut bytes = first.work.bytes();
        let mut group = vec![first];
        while group.len() < GROUP_REQUESTS_MAX
            && bytes < self.group_bytes_max
            && let Ok(request) = requests.try_recv()
        {
            bytes = bytes.saturating_add(request.work.bytes());
            group.push(request);
        }
        group
    }

    fn commit(&mut self, group: Vec<Request>) -> Option<Stopped> {
        match self.try_commit(&group) {
            Ok(answers) => {
                for (request, answer) in group.into_iter().zip(answers) {
                    // Who asked may have gone; the commit stands.
                    let _ = request.answer.send(answer);
                }
                None
            }
            // One of them cannot be applied; each goes alone, so that only that one fails.
            Err(Trouble::Spoilt(_)) if group.len() > 1 => {
                group.into_iter().find_map(|request| self.commit(vec![request]))
            }
            Err(Trouble::Spoilt(error)) => {
                refuse(group, error);
                None
            }
            Err(Trouble::Unwritten(error)) => {
                refuse(group, error);
                Some(Stopped)
            }
        }
    }

    fn try_commit(&mut self, requests: &[Request]) -> Result<Answers, Trouble> {
        // Held until the new view is shown: nobody takes a snapshot of half a group.
        let _writing = self.shared.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let view = self.shared.view();
        let reading = Reading { tables: &self.tables, view: &view };
        let labels = self.shared.labels().len();
        let counters = self.shared.counters();
        let mut group = Group::new(reading, &counters, &self.shared.limits, labels);
        let begins = self.volume_bytes >= self.volume_bytes_max;
        if begins {
            group.begin_volume();
        }
        let mut answers = Answers::with_capacity(requests.len());
        let mut now = None;
        for request in requests {
            answers.push(match &request.work {
                Work::Commit(batch) => {
                    now = now.max(Some(batch.now));
                    match group.apply(batch) {
                        Ok(commit) => Ok(Done::Committed(commit)),
                        Err(Failure::Refused(error)) => Err(error),
                        Err(Failure::Spoilt(error)) => return Err(Trouble::Spoilt(error)),
                    }
                }
                // Who asked did not find it, but another group may have brought it since.
                Work::Intern(content) => match self.shared.labels().number(content) {
                    Some(number) => Ok(Done::Interned(number)),
                    None => group.intern(content).map(Done::Interned),
                },
            });
        }
        let swept = sweep(&mut group, reading, &self.swept, now).map_err(Trouble::Spoilt)?;
        let bytes = group.object_bytes();
        let shown = group.outcome();
        group.write(&shown.counters).map_err(Trouble::Unwritten)?;
        drop(counters);
        self.swept = swept;
        self.volume_bytes = if begins { bytes } else { self.volume_bytes.saturating_add(bytes) };
        self.shared.show(&self.tables, shown);
        Ok(answers)
    }
}

/// Forgets a few of the receipts that expired, and says how far it came.
fn sweep(
    group: &mut Group<'_>,
    reading: Reading<'_>,
    from: &[u8],
    now: Option<Timestamp>,
) -> Result<Vec<u8>, StoreError> {
    let mut swept = from.to_vec();
    let Some(now) = now else { return Ok(swept) };
    let end = keys::expiries_until(now);
    for key in reading.meta_range(&swept.clone(), &end).take(SWEPT_PER_GROUP_MAX) {
        let key = key?.0;
        swept = key.to_vec();
        group.sweep(key, now)?;
    }
    Ok(group.earliest_expiry().map_or(swept.clone(), |earliest| swept.min(earliest)))
}

impl Request {
    fn refuse(self, error: StoreError) {
        let _ = self.answer.send(Err(error));
    }
}

/// Tells the first why, and the others that nothing is written any more.
fn refuse(group: Vec<Request>, error: StoreError) {
    let mut error = Some(error);
    for request in group {
        request.refuse(error.take().unwrap_or(StoreError::Closed));
    }
}

impl Work {
    /// About how much there is to write.
    fn bytes(&self) -> usize {
        match self {
            Self::Intern(content) => content.len(),
            Self::Commit(batch) => batch
                .operations
                .iter()
                .map(|operation| match operation {
                    Operation::Add { object, .. } => object.record().len(),
                    Operation::Document { content, .. } => content.len(),
                    Operation::Remove { .. } | Operation::Relabel { .. } | Operation::Cursor { .. } => 64,
                })
                .sum::<usize>()
                .saturating_add(batch.entry.as_ref().map_or(0, |entry| entry.content.len())),
        }
    }
}
