//! Promises that matter while many write and read at once (1, 4).

use std::{num::NonZeroU32, sync::Arc};

use tokio::task::JoinSet;

use super::{Backend, empty, fixtures::*};
use crate::{ChangeKind, LabelId, ObjectQuery, Sequence, Store};

const WRITERS: u32 = 8;
const BATCHES: u32 = 25;
const BATCH: u32 = 10;

fn write(store: &Arc<dyn Store>, labels: &[LabelId]) -> JoinSet<Vec<Sequence>> {
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, labels) = (Arc::clone(store), labels.to_vec());
        writers.spawn(async move {
            let mut written = Vec::new();
            for number in 0..BATCHES {
                let first = (writer * BATCHES + number) * BATCH;
                let label = |offset: u32| labels[offset as usize % labels.len()];
                let operations = (0..BATCH).map(|offset| add(label(offset), first + offset)).collect();
                written.extend(commit_added(&*store, 1, operations).await);
            }
            written
        });
    }
    writers
}

async fn finish(mut writers: JoinSet<Vec<Sequence>>) -> Vec<Sequence> {
    let mut written = Vec::new();
    while let Some(part) = writers.join_next().await {
        written.extend(part.expect("the writer ends"));
    }
    written.sort_unstable();
    written
}

/// Promise 4: who goes from place to place, in pages or in the log, misses nothing and meets nothing twice.
pub async fn who_walks_by_place_sees_everything_once<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let labels = labels(&*store, ["a", "b", "c", "d", "e"]).await;
    let mut readers = JoinSet::new();
    for limit in [1, 7, 100] {
        let (store, labels) = (Arc::clone(&store), labels.to_vec());
        let limit = NonZeroU32::new(limit).expect("not zero");
        readers.spawn(async move {
            let mut seen = Vec::<Sequence>::new();
            while seen.len() < (WRITERS * BATCHES * BATCH) as usize {
                let after = seen.last().copied().unwrap_or_default();
                store.wait(after).await;
                let page = page(&*store, &ObjectQuery { after, limit, ..all_of(ROOM) }, &labels).await;
                seen.extend(page.objects.iter().map(|held| held.sequence));
            }
            seen
        });
    }
    let log = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let mut seen = Vec::<Sequence>::new();
            while seen.len() < (WRITERS * BATCHES * BATCH) as usize {
                let after = seen.last().copied().unwrap_or_default();
                store.wait(after).await;
                for change in store
                    .changes(after, NonZeroU32::new(64).expect("not zero"))
                    .await
                    .expect("the log is read")
                {
                    let ChangeKind::Added { collection, label } = change.kind else { panic!("only objects") };
                    let object = store.object(collection, label, change.sequence).await;
                    assert!(object.expect("the object is read").is_some(), "what the log tells is there");
                    seen.push(change.sequence);
                }
            }
            seen
        }
    });
    let written = finish(write(&store, &labels)).await;
    assert_eq!(written.len(), (WRITERS * BATCHES * BATCH) as usize);
    while let Some(seen) = readers.join_next().await {
        assert_eq!(seen.expect("the reader ends"), written);
    }
    assert_eq!(log.await.expect("the reader ends"), written);
}

/// Promise 1: what is read holds each batch whole or not at all.
pub async fn a_reader_never_sees_half_a_batch<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let labels = labels(&*store, ["a", "b", "c"]).await;
    let writers = write(&store, &labels);
    let reader = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let mut found = 0;
            while found < (WRITERS * BATCHES * BATCH) as usize {
                found = places(&*store, &labels).await.len();
                assert_eq!(found % BATCH as usize, 0);
                let last = store.last();
                assert!(places(&*store, &labels).await.last().copied().unwrap_or_default() >= last);
            }
        }
    });
    finish(writers).await;
    reader.await.expect("the reader ends");
}
