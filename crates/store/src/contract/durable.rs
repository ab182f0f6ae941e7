//! Promises about what outlives the process (2, 3, 8, 11, 17).

use std::num::NonZeroU32;

use super::{Backend, empty, fixtures::*, open};
use crate::{
    Change, Claim, ConsumerName, Document, DocumentName, Held, LabelCount, LabelId, Multiplicity, Outcome,
    Receipt, ReceiptId, Sequence, Store, StoreError, StoreLimits,
};

/// Everything that a store says about itself.
#[derive(Debug, PartialEq)]
struct Portrait {
    last: Sequence,
    objects: Vec<Held>,
    claims: Vec<Vec<Claim>>,
    labels: Vec<(LabelId, bytes::Bytes)>,
    counts: Vec<LabelCount>,
    document: Document,
    cursor: Sequence,
    receipt: Option<Receipt>,
    log: Vec<Change>,
}

async fn portrait(store: &dyn Store) -> Portrait {
    let labels = store.labels().await.unwrap();
    let visible: Vec<_> = labels.iter().map(|(label, _)| *label).collect();
    let ids: Vec<_> = (0..120).map(|number| id("indicator", number)).collect();
    Portrait {
        last: store.last(),
        objects: page(store, &all_of(ROOM), &visible).await.objects,
        claims: store.claims(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await.unwrap(),
        labels,
        counts: store.counts().await.unwrap(),
        document: store.document(&DocumentName("d".to_owned())).await.unwrap(),
        cursor: store.cursor(&ConsumerName("c".to_owned())).await.unwrap(),
        receipt: store.receipt(ReceiptId(3), at(50)).await.unwrap(),
        log: store.changes(Sequence::ZERO, NonZeroU32::MAX).await.unwrap(),
    }
}

async fn fill(store: &dyn Store) {
    let [red, green] = labels(store, ["red", "green"]).await;
    let operations = (0..100).map(|number| add(if number % 3 == 0 { red } else { green }, number)).collect();
    let added = commit_added(store, 1, operations).await;
    let operations = vec![
        remove(5, added[5]),
        relabel(6, added[6], green),
        add_version(red, 7, 3),
        document("d", "content"),
        cursor("c", 42),
    ];
    store.commit(with_receipt(batch(2, operations), 3, 100)).await.unwrap();
}

/// Promise 2.
pub async fn everything_is_there_again<B: Backend>() {
    let (place, store) = empty::<B>().await;
    fill(&*store).await;
    let before = portrait(&*store).await;
    assert_eq!((before.objects.len(), before.log.len(), before.document.version), (100, 105, 1));
    store.close().await.unwrap();
    drop(store);
    let store = open(&place).await;
    assert_eq!(portrait(&*store).await, before);
}

/// Promise 2.
pub async fn everything_is_there_again_without_a_farewell<B: Backend>() {
    let (place, store) = empty::<B>().await;
    fill(&*store).await;
    let before = portrait(&*store).await;
    drop(store);
    for _ in 0..3 {
        let store = open(&place).await;
        assert_eq!(portrait(&*store).await, before);
    }
}

/// Promise 3.
pub async fn sequences_grow_over_a_restart<B: Backend>() {
    let (place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let added = commit_added(&*store, 100, vec![add(label, 1)]).await;
    let outcomes = commit(&*store, 100, vec![remove(1, added[0])]).await;
    drop(store);
    let store = open(&place).await;
    assert_eq!(outcomes, [Outcome::Removed(store.last())]);
    let next = commit_added(&*store, 0, vec![add(label, 1)]).await[0];
    assert!(Outcome::Removed(next) != outcomes[0] && next > added[0]);
    assert_eq!(next.get(), store.last().get());
}

/// Promise 11.
pub async fn labels_keep_their_numbers_over_a_restart<B: Backend>() {
    let (place, store) = empty::<B>().await;
    let before = labels(&*store, ["a", "", "b"]).await;
    drop(store);
    let store = open(&place).await;
    let [b, new, empty, a] = labels(&*store, ["b", "c", "", "a"]).await;
    assert_eq!([a, empty, b], before);
    assert!(!before.contains(&new));
}

/// Promise 8.
pub async fn plural_lasts_over_a_restart<B: Backend>() {
    let (place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let both = commit_added(&*store, 1, vec![add(label, 1), add_version(label, 1, 1), add(label, 2)]).await;
    commit(&*store, 2, vec![remove(1, both[1])]).await;
    drop(store);
    let store = open(&place).await;
    let before = held(&*store, label, both[0]).await.unwrap();
    assert_eq!(before.multiplicity, Multiplicity::Plural);
    commit_added(&*store, 3, vec![add_version(label, 2, 1), add_version(label, 1, 2)]).await;
    let all = page(&*store, &all_of(ROOM), &[label]).await.objects;
    assert!(all.iter().all(|held| held.multiplicity == Multiplicity::Plural));
    assert_eq!(all[0].object, before.object);
}

/// Promise 17.
pub async fn what_is_open_is_not_opened_again<B: Backend>() {
    let (place, store) = empty::<B>().await;
    let again = place.open(StoreLimits::default()).await;
    assert!(matches!(again, Err(StoreError::InUse)));
    store.close().await.unwrap();
    let store = open(&place).await;
    assert!(place.open(StoreLimits::default()).await.is_err());
    drop(store);
    open(&place).await;
}
