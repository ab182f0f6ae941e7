//! Promises about what is accounted for (18, 19).

use std::num::NonZeroU32;

use super::{Backend, empty, fixtures::*, open};
use crate::{
    DocumentName, Precondition, StoreError,
    ledger::{Entry, EntryHash, EntryNumber, Head, LedgerQuery, seal},
};

fn assert_chained(entries: &[Entry]) {
    let mut before = EntryHash::default();
    for (number, entry) in (1..).zip(entries) {
        assert_eq!(entry.number, EntryNumber(number));
        assert_eq!(entry.hash, seal(before, entry));
        before = entry.hash;
    }
}

fn contents(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| std::str::from_utf8(&entry.content).unwrap()).collect()
}

/// Promise 18.
pub async fn an_entry_is_there_if_its_batch_is<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [red] = labels(&*store, ["red"]).await;
    assert_eq!(store.head().await.unwrap(), Head::default());
    let commit = store.commit(with_entry(batch(1, vec![add(red, 1)]), "one", None)).await.unwrap();
    let wrong = Precondition::DocumentVersion { name: DocumentName("d".to_owned()), version: 7 };
    let mut refused = with_entry(batch(2, vec![add(red, 2)]), "two", None);
    refused.preconditions.push(wrong);
    assert!(matches!(store.commit(refused).await, Err(StoreError::Conflict(0))));
    store.commit(batch(3, vec![add(red, 3)])).await.unwrap();
    store.commit(with_entry(batch(4, Vec::new()), "four", Some((5, 9)))).await.unwrap();
    let entries = entries(&*store, None).await;
    assert_eq!(contents(&entries), ["one", "four"]);
    assert_chained(&entries);
    assert_eq!(entries[0].about.unwrap().first, commit.sequence);
    assert_eq!((entries[0].committed, entries[1].committed), (at(1), at(4)));
    assert_eq!(store.head().await.unwrap(), entries[1].head());
}

/// Promise 18: many at once.
pub async fn entries_of_many_writers_make_one_chain<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let writers = (0..8).map(|writer| {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move {
            for n in 0..25 {
                let text = format!("{writer}/{n}");
                store.commit(with_entry(batch(1, Vec::new()), &text, None)).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let entries = entries(&*store, None).await;
    assert_eq!(entries.len(), 200);
    assert_chained(&entries);
}

/// Promise 18: found by place, over many blocks, in parts.
pub async fn entries_are_found_by_the_places_they_speak_of<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    for n in 0..2100_u64 {
        let about = (n % 3 != 0).then_some((10 * n, 10 * n + 5));
        store.commit(with_entry(batch(1, Vec::new()), &n.to_string(), about)).await.unwrap();
    }
    let found = |place| {
        let store = &store;
        async move { contents_of(&entries(&**store, Some(crate::Sequence::new(place))).await) }
    };
    assert_eq!(found(10).await, ["1"]);
    assert_eq!(found(15).await, ["1"]);
    assert!(found(16).await.is_empty() && found(30).await.is_empty());
    assert_eq!(found(20_984).await, ["2098"]);
    let mut walked = Vec::new();
    let mut after = EntryNumber(0);
    loop {
        let limit = NonZeroU32::new(700).unwrap();
        let part =
            store.entries(&LedgerQuery { after, limit, bytes_max: usize::MAX, about: None }).await.unwrap();
        let Some(last) = part.last() else { break };
        after = last.number;
        assert!(part.len() <= 700);
        walked.extend(part);
    }
    assert_eq!(walked.len(), 2100);
    assert_chained(&walked);
    let short = LedgerQuery { after: EntryNumber(0), limit: NonZeroU32::MAX, bytes_max: 3, about: None };
    assert_eq!(store.entries(&short).await.unwrap().len(), 3);
}

fn contents_of(entries: &[Entry]) -> Vec<String> {
    contents(entries).into_iter().map(str::to_owned).collect()
}

/// Promise 19.
pub async fn former_claims_are_listed_as_they_stood<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [red, green] = labels(&*store, ["red", "green"]).await;
    let added = commit_added(&*store, 1, vec![add(red, 1), add(red, 2), add_version(red, 1, 9)]).await;
    let before = store.claims(&[&id("indicator", 1)]).await.unwrap().remove(0);
    assert!(store.former(&id("indicator", 1)).await.unwrap().is_empty());
    store.commit(batch(2, vec![relabel(1, added[0], green), remove(2, added[1])])).await.unwrap();
    assert_eq!(store.former(&id("indicator", 1)).await.unwrap(), [before[0]]);
    assert_eq!(store.former(&id("indicator", 2)).await.unwrap().len(), 1);
    let moved = store.claims(&[&id("indicator", 1)]).await.unwrap().remove(0)[1];
    assert_eq!(moved.label, green);
    store.commit(batch(3, vec![remove(1, moved.sequence)])).await.unwrap();
    assert_eq!(store.former(&id("indicator", 1)).await.unwrap(), [before[0], moved]);
    assert!(store.former(&id("indicator", 3)).await.unwrap().is_empty());
}

/// Promises 18 and 19, after a restart.
pub async fn the_ledger_goes_on_after_a_restart<B: Backend>() {
    let (place, store) = empty::<B>().await;
    let [red] = labels(&*store, ["red"]).await;
    let operations = vec![add(red, 1)];
    store.commit(with_entry(batch(1, operations), "one", Some((7, 8)))).await.unwrap();
    let added = store.claims(&[&id("indicator", 1)]).await.unwrap().remove(0)[0];
    store.commit(batch(2, vec![remove(1, added.sequence)])).await.unwrap();
    let head = store.head().await.unwrap();
    drop(store);
    let store = open(&place).await;
    assert_eq!(store.head().await.unwrap(), head);
    assert_eq!(store.former(&id("indicator", 1)).await.unwrap(), [added]);
    store.commit(with_entry(batch(3, Vec::new()), "three", Some((1, 2)))).await.unwrap();
    let all = entries(&*store, None).await;
    assert_chained(&all);
    assert_eq!(contents(&all), ["one", "three"]);
    assert_eq!(contents_of(&entries(&*store, Some(added.sequence)).await), ["one"]);
    assert_eq!(contents_of(&entries(&*store, Some(crate::Sequence::new(1))).await), ["three"]);
}
