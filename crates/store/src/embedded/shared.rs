//! What do the committing thread and the readers share?

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, TryLockError},
};

use bytes::Bytes;

use super::{
    counters::Counters,
    directory::Directory,
    encoding::{corrupt, read_counter, read_entry, read_sequence, sequence_of_log_key},
    group::Shown,
    keys,
    reading::{Reading, View, pair},
    tables::Tables,
    volumes::Volumes,
};
use crate::{LabelId, Sequence, StoreError, StoreLimits, ledger::Head, tail::Tail};

/// What both sides see.
pub(super) struct Shared {
    pub(super) limits: StoreLimits,
    pub(super) tail: Tail,
    /// Held while a group is written and until it is shown.
    pub(super) writing: Mutex<()>,
    /// Held by readers as long as they read; emptied when the store closes.
    open: RwLock<Option<Open>>,
    view: RwLock<Arc<View>>,
    labels: RwLock<Labels>,
    counters: RwLock<Counters>,
}

/// What is let go of when the store closes, in this order.
struct Open {
    tables: Tables,
    _directory: Directory,
}

/// Every label, by number and by content.
#[derive(Default)]
pub(super) struct Labels {
    contents: Vec<Bytes>,
    numbers: HashMap<Bytes, LabelId>,
}

impl Shared {
    /// Reads what is kept in memory of a database that was just opened.
    pub(super) fn load(
        tables: Tables,
        directory: Directory,
        limits: StoreLimits,
    ) -> Result<Self, StoreError> {
        let last_change = tables.log.last_key_value().map(pair).transpose()?;
        let last = last_change.map_or(Ok(Sequence::ZERO), |(key, _)| sequence_of_log_key(&key))?;
        let last_entry = tables.ledger.last_key_value().map(pair).transpose()?;
        let head = last_entry
            .map_or(Ok(Head::default()), |(key, value)| read_entry(&key, &value).map(|e| e.head()))?;
        let mut view = View { snapshot: tables.database.snapshot(), last, volumes: Arc::default(), head };
        view.volumes = Arc::new(load_volumes(Reading { tables: &tables, view: &view })?);
        let reading = Reading { tables: &tables, view: &view };
        let labels = load_labels(reading)?;
        let counters = load_counters(reading)?;
        Ok(Self {
            limits,
            tail: Tail::new(last),
            writing: Mutex::default(),
            open: RwLock::new(Some(Open { tables, _directory: directory })),
            view: RwLock::new(Arc::new(view)),
            labels: RwLock::new(labels),
            counters: RwLock::new(counters),
        })
    }

    /// Reads what durable commits left.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let tables = &open.as_ref().ok_or(StoreError::Closed)?.tables;
        let view = self.fresh_view(tables);
        read(Reading { tables, view: &view })
    }

    pub(super) fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The view, taken anew where the database rearranged itself since: an old one keeps what was rearranged alive.
    fn fresh_view(&self, tables: &Tables) -> Arc<View> {
        let view = self.view();
        if view.snapshot.seqno() == tables.database.visible_seqno() {
            return view;
        }
        match self.writing.try_lock() {
            Ok(_writing) => {
                // The committer may have shown another one in between.
                let View { last, volumes, head, .. } = &*self.view();
                let (last, volumes, head) = (*last, Arc::clone(volumes), *head);
                self.replace_view(View { snapshot: tables.database.snapshot(), last, volumes, head })
            }
            Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => view,
        }
    }

    /// Shows what a group did, once it is durable. Must be called with `writing` held.
    ///
    /// The order matters: see [`Counters`].
    pub(super) fn show(&self, tables: &Tables, shown: Shown) {
        let Shown { last, labels, counters, volumes, head } = shown;
        if !labels.is_empty() {
            let mut known = self.labels.write().unwrap_or_else(PoisonError::into_inner);
            for content in labels {
                known.add(content);
            }
        }
        if !counters.is_empty() {
            let mut known = self.counters.write().unwrap_or_else(PoisonError::into_inner);
            for (key, counter) in counters {
                known.set(key, counter);
            }
        }
        self.replace_view(View { snapshot: tables.database.snapshot(), last, volumes, head });
        self.tail.advance(last);
    }

    fn replace_view(&self, view: View) -> Arc<View> {
        let view = Arc::new(view);
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&view);
        view
    }

    pub(super) fn labels(&self) -> RwLockReadGuard<'_, Labels> {
        self.labels.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn counters(&self) -> RwLockReadGuard<'_, Counters> {
        self.counters.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for those who read, and lets go of the directory.
    pub(super) fn close(&self) {
        self.tail.end();
        drop(self.open.write().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Labels {
    fn add(&mut self, content: Bytes) {
        self.numbers.insert(content.clone(), LabelId(self.len()));
        self.contents.push(content);
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.contents.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn number(&self, content: &Bytes) -> Option<LabelId> {
        self.numbers.get(content).copied()
    }

    pub(super) fn all(&self) -> Vec<(LabelId, Bytes)> {
        (0..).map(LabelId).zip(self.contents.iter().cloned()).collect()
    }
}

fn load_labels(reading: Reading<'_>) -> Result<Labels, StoreError> {
    let mut labels = Labels::default();
    for entry in reading.meta_prefix(keys::LABELS) {
        let (key, content) = entry?;
        if *keys::label(LabelId(labels.len())) != *key {
            return Err(corrupt("the numbering of the labels"));
        }
        // A copy, so that no block of the cache is kept alive by a label.
        labels.add(Bytes::copy_from_slice(&content));
    }
    Ok(labels)
}

fn load_volumes(reading: Reading<'_>) -> Result<Volumes, StoreError> {
    let mut volumes = Volumes::default();
    for entry in reading.meta_prefix(keys::VOLUMES) {
        let (key, start) = entry?;
        volumes.begin_again(keys::read_volume(&key)?, read_sequence(&start)?)?;
    }
    Ok(volumes)
}

fn load_counters(reading: Reading<'_>) -> Result<Counters, StoreError> {
    let mut counters = Counters::default();
    for entry in reading.meta_prefix(keys::COUNTERS) {
        let (key, value) = entry?;
        counters.set(keys::read_counter(&key)?, read_counter(&value)?);
    }
    Ok(counters)
}
