//! Does every reader see every object once, whatever is written meanwhile?

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use store::{
    Store,
    embedded::{Embedded, Options},
    memory::Memory,
};
use testkit::objects::{AMBER, id, indicator, marked};

use crate::ground::{Ground, RW, Read, Setup, manifest_of, objects_of};

const WRITERS: u32 = 8;
const ENVELOPES: u32 = 12;
const OBJECTS: u32 = 5;

#[derive(Clone, Copy)]
enum By {
    Next,
    AddedAfter,
    Manifest,
}

/// Walks until all objects are written and nothing is left; gives ids and dates added in the order they came.
async fn walk(ground: Arc<Ground>, by: By, writing: Arc<AtomicUsize>) -> Vec<(String, String)> {
    let (mut seen, mut after, mut next) = (Vec::new(), "1970-01-01T00:00:00Z".to_owned(), None::<String>);
    loop {
        let left = writing.load(Ordering::SeqCst);
        let query = match (&next, by) {
            (Some(next), By::Next | By::Manifest) => format!("limit=7&next={next}"),
            (None, _) | (Some(_), By::AddedAfter) => format!("limit=7&added_after={after}"),
        };
        let objects = ground.get(&format!("{}?{query}", objects_of(RW))).await;
        // The page said again as a manifest tells the date of each; what came meanwhile stands behind.
        let manifest = ground.get(&format!("{}?{query}", manifest_of(RW))).await;
        let page = if matches!(by, By::Manifest) { &manifest } else { &objects };
        let records = manifest.json()["objects"].as_array().cloned().unwrap_or_default();
        let ids = page.ids();
        let date = |id: &String| {
            let record = records.iter().find(|record| record["id"] == id.as_str());
            record.map(|record| record["date_added"].as_str().unwrap().to_owned()).unwrap_or_default()
        };
        seen.extend(ids.iter().map(|id| (id.clone(), date(id))));
        if page.more() {
            next = page.next();
            assert!(next.is_some());
        } else if next.is_some() && ids.is_empty() && left > 0 {
            // The end for now: the same `next` again gives what came since.
            tokio::task::yield_now().await;
        } else if ids.is_empty() && left == 0 {
            return seen;
        } else {
            next = None;
        }
        after = page.dates().1;
    }
}

async fn every_reader_sees_every_object_once(store: Arc<dyn Store>) {
    let ground = Arc::new(Ground::with(Setup { store, ..Setup::default() }).await);
    let writing = Arc::new(AtomicUsize::new(WRITERS as usize));
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let (ground, writing) = (Arc::clone(&ground), Arc::clone(&writing));
        writers.push(tokio::spawn(async move {
            for envelope in 0..ENVELOPES {
                let first = writer * 1000 + envelope * OBJECTS;
                let objects: Vec<_> = (first..first + OBJECTS).map(indicator).collect();
                // Half of the writers are Q; among what Q writes is some that no reader here may see.
                if writer % 2 == 0 {
                    ground.add_as("q", RW, &objects).await;
                    ground.add_as("q", RW, &[marked(indicator(500_000 + first), &[AMBER])]).await;
                } else {
                    ground.add(RW, &objects).await;
                }
            }
            writing.fetch_sub(1, Ordering::SeqCst);
        }));
    }
    let readers: Vec<_> = [By::Next, By::AddedAfter, By::Manifest]
        .into_iter()
        .map(|by| tokio::spawn(walk(Arc::clone(&ground), by, Arc::clone(&writing))))
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let expected: BTreeSet<String> = (0..WRITERS)
        .flat_map(|writer| (0..ENVELOPES * OBJECTS).map(move |n| id("indicator", writer * 1000 + n)))
        .collect();
    for reader in readers {
        let seen = reader.await.unwrap();
        assert_eq!(seen.len(), expected.len(), "lost or repeated");
        assert_eq!(seen.iter().map(|(id, _)| id.clone()).collect::<BTreeSet<_>>(), expected);
        assert!(seen.windows(2).all(|pair| pair[0].1 < pair[1].1), "dates added do not strictly increase");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_walk_is_whole_while_others_write() {
    every_reader_sees_every_object_once(Arc::new(Memory::default())).await;
    let dir = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(dir.path(), &Options::default()).unwrap();
    every_reader_sees_every_object_once(Arc::new(embedded)).await;
}
