//! Does the embedded store keep the promises, on a real directory, with every small piece in play?

use std::sync::Arc;

use async_trait::async_trait;

use super::{Embedded, Options};
use crate::{Store, StoreError, StoreLimits, contract::Backend};

mod kill;
mod oracle;

/// Small pieces, so that little data goes through everything that happens to much.
fn small() -> Options {
    Options {
        write_buffer_bytes_max: 64 << 10,
        volume_bytes: 20_000,
        cache_bytes_max: 1 << 20,
        ..Options::default()
    }
}

struct Place(tempfile::TempDir);

#[async_trait]
impl Backend for Place {
    async fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self, limits: StoreLimits) -> Result<Arc<dyn Store>, StoreError> {
        let options = Options { limits, ..small() };
        Ok(Arc::new(Embedded::open(self.0.path(), &options)?))
    }
}

crate::contract!(Place);
crate::contract_of_durable!(Place);

#[test]
fn a_store_of_another_format_is_not_opened() {
    let place = tempfile::tempdir().unwrap();
    drop(Embedded::open(place.path(), &small()).unwrap());
    {
        let database = fjall::Database::builder(place.path().join("data")).open().unwrap();
        let meta = database.keyspace("meta", fjall::KeyspaceCreateOptions::default).unwrap();
        meta.insert(super::keys::FORMAT, 9_u32.to_le_bytes()).unwrap();
        database.persist(fjall::PersistMode::SyncAll).unwrap();
    }
    let Err(StoreError::Corrupt(text)) = Embedded::open(place.path(), &small()) else { panic!("it opened") };
    assert_eq!(text, "it is written in format `9`, this version reads `2`");
}

#[test]
fn a_store_whose_making_was_cut_off_is_made_anew() {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("new")).unwrap();
    std::fs::write(place.path().join("new/0.jnl"), b"cut off").unwrap();
    drop(Embedded::open(place.path(), &small()).unwrap());
    drop(Embedded::open(place.path(), &small()).unwrap());
}

#[tokio::test]
async fn a_commit_happens_though_nobody_waits_for_it() {
    use crate::contract::fixtures::*;
    let place = tempfile::tempdir().unwrap();
    let store = Embedded::open(place.path(), &small()).unwrap();
    let [label] = labels(&store, ["a"]).await;
    let commit = store.commit(batch(1, vec![add(label, 1)]));
    // Asked once, so that the request is on its way, and then forgotten.
    let _ = tokio::time::timeout(std::time::Duration::ZERO, commit).await;
    store.close().await.unwrap();
    let store = Embedded::open(place.path(), &small()).unwrap();
    assert_eq!(places(&store, &[label]).await.len(), 1);
}

#[tokio::test]
async fn expired_receipts_are_swept_and_others_are_not() {
    use crate::contract::fixtures::*;
    let place = tempfile::tempdir().unwrap();
    let store = Embedded::open(place.path(), &small()).unwrap();
    for id in 0..100 {
        let expires = if id % 2 == 0 { 10 } else { 1000 };
        store.commit(with_receipt(batch(1, vec![]), id, expires)).await.unwrap();
    }
    // One that expired before it was written is swept as well.
    store.commit(with_receipt(batch(20, vec![]), 200, 5)).await.unwrap();
    for now in 21..25 {
        commit(&store, now, vec![document("d", "x")]).await;
    }
    let left = store
        .shared
        .read(|reading| {
            let count = |prefix: &[u8]| {
                reading.meta_prefix(prefix).map(|entry| entry.map(|_| 1)).sum::<Result<u32, _>>()
            };
            Ok((count(b"r")?, count(super::keys::EXPIRIES)?))
        })
        .unwrap();
    assert_eq!(left, (50, 50));
    assert!(store.receipt(crate::ReceiptId(1), at(25)).await.unwrap().is_some());
}
