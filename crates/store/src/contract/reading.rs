//! Promises about what is read (5, 7, 12, 16).

use std::{num::NonZeroU32, time::Duration};

use super::{Backend, empty, fixtures::*};
use crate::{
    Change, ChangeKind, Claim, DocumentName, LabelCount, LabelId, ObjectQuery, Operation, Sequence,
    StoreError,
};

/// Promise 5.
pub async fn a_page_holds_what_is_visible_and_behind_the_place<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [red, green, blue] = labels(&*store, ["red", "green", "blue"]).await;
    let label_of = |number: u32| [red, green, blue][number as usize % 3];
    let mut everything = Vec::new();
    for number in 0..30 {
        let operations = vec![add(label_of(number), number), varied(add(red, number), OTHER_ROOM, US, 0)];
        let sequence = commit_added(&*store, i64::from(number), operations).await[0];
        everything.push((sequence, label_of(number), number));
    }
    let middle = everything[14].0;
    for visible in [vec![], vec![red], vec![green, blue], vec![red, green, blue, LabelId(9999)]] {
        for after in
            [Sequence::ZERO, middle, Sequence::new(middle.get() + 1), store.last(), Sequence::new(u64::MAX)]
        {
            let page = page(&*store, &ObjectQuery { after, ..all_of(ROOM) }, &visible).await;
            let found: Vec<_> = page.objects.iter().map(|held| (held.sequence, held.label)).collect();
            let expected =
                everything.iter().filter(|(place, label, _)| *place > after && visible.contains(label));
            assert_eq!(found, expected.map(|&(place, label, _)| (place, label)).collect::<Vec<_>>());
            assert!(!page.more);
        }
    }
    let (place, label, _) = everything[0];
    assert!(held(&*store, label, place).await.is_some());
    assert_eq!(held(&*store, green, place).await, None, "an object is found under its own label only");
    assert_eq!(store.object(OTHER_ROOM, label, place).await.unwrap(), None, "and in its own collection only");
    let page = page(&*store, &all_of(ROOM), &[red, green, blue]).await;
    for (held, (_, _, number)) in page.objects.iter().zip(&everything) {
        assert_eq!(
            held.object.inspect(),
            &object("indicator", *number, 0, 0),
            "the text is the one that came in"
        );
    }
}

/// Promise 5.
pub async fn a_page_ends_at_its_limit_and_says_if_there_is_more<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [red, green] = labels(&*store, ["red", "green"]).await;
    let operations = (0..10).map(|number| add(if number < 6 { red } else { green }, number)).collect();
    let all = commit_added(&*store, 1, operations).await;
    for (limit, visible, expected, more) in [
        (5, vec![red], &all[..5], true),
        (6, vec![red], &all[..6], false),
        (6, vec![red, green], &all[..6], true),
        (9, vec![red, green], &all[..9], true),
        (10, vec![red, green], &all[..], false),
        (1, vec![green], &all[6..7], true),
    ] {
        let query = ObjectQuery { limit: NonZeroU32::new(limit).unwrap(), ..all_of(ROOM) };
        let page = page(&*store, &query, &visible).await;
        let found: Vec<_> = page.objects.iter().map(|held| held.sequence).collect();
        assert_eq!((found.as_slice(), page.more), (expected, more));
    }
}

/// Promise 5.
pub async fn a_page_ends_at_its_bytes<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let all = commit_added(&*store, 1, (0..4).map(|number| add(label, number)).collect()).await;
    let bytes = held(&*store, label, all[0]).await.unwrap().object.inspect().text_bytes().len();
    for (bytes_max, count) in [(0, 1), (1, 1), (bytes, 1), (bytes + 1, 2), (2 * bytes, 2), (4 * bytes, 4)] {
        let page = page(&*store, &ObjectQuery { bytes_max, ..all_of(ROOM) }, &[label]).await;
        assert_eq!((page.objects.len(), page.more), (count, count < 4), "at most {bytes_max} bytes");
    }
}

/// Promise 5.
pub async fn a_page_holds_the_types_asked_for<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let kinds = ["indicator", "tool", "malware", "indicator-x", "tool"];
    let operations = kinds.iter().zip(0..).map(|(kind, number)| {
        let object = object(kind, number, 0, 0);
        Operation::Add { collection: ROOM, label, origin: US, meaning: [0; 16], object }
    });
    let all = commit_added(&*store, 1, operations.collect()).await;
    let read = async |types: &[&str], limit| {
        let types = types.iter().map(|&kind| kind.to_owned()).collect();
        let query = ObjectQuery { types, limit: NonZeroU32::new(limit).unwrap(), ..all_of(ROOM) };
        let page = page(&*store, &query, &[label]).await;
        (page.objects.iter().map(|held| held.sequence).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(read(&["indicator"], 9).await, (vec![all[0]], false));
    assert_eq!(read(&["tool", "malware"], 9).await, (vec![all[1], all[2], all[4]], false));
    assert_eq!(read(&["tool"], 1).await, (vec![all[1]], true));
    assert_eq!(read(&["malware"], 1).await, (vec![all[2]], false), "what does not match is not more");
    assert_eq!(read(&["identity"], 1).await, (vec![], false));
}

/// Promise 7.
pub async fn claims_are_listed_over_all_collections<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [red, green] = labels(&*store, ["red", "green"]).await;
    let mut expected = Vec::new();
    for (collection, origin, version, label) in
        [(ROOM, US, 0, red), (OTHER_ROOM, THEM, 0, green), (ROOM, THEM, 3, green), (OTHER_ROOM, US, -3, red)]
    {
        let meaning = u8::try_from(expected.len()).unwrap();
        let operation = varied(add_version(label, 1, version), collection, origin, meaning);
        let outcomes = commit(&*store, 1, vec![operation, add_version(red, 2, version)]).await;
        let sequence = added(outcomes[0]);
        let (version, spec_version) = (Some(at(version)), stix::SpecVersion::V21);
        expected.push(Claim {
            collection,
            sequence,
            label,
            origin,
            version,
            spec_version,
            meaning: [meaning; 16],
        });
        if expected.len() == 1 {
            commit(&*store, 1, vec![document("d", "x")]).await;
        }
    }
    let (one, two, absent) = (id("indicator", 1), id("indicator", 2), id("indicator", 3));
    let lists = store.claims(&[&absent, &one, &two, &one, "", "no id"]).await.unwrap();
    assert_eq!(lists.len(), 6);
    assert_eq!(lists[1], expected);
    assert_eq!(lists[3], expected);
    assert_eq!(lists[2].len(), 3, "the same version again is no claim of its own");
    assert!([0, 4, 5].iter().all(|&index| lists[index].is_empty()));
    let undated = object_without_dates();
    let operation =
        Operation::Add { collection: ROOM, label: red, origin: US, meaning: [0; 16], object: undated };
    commit_added(&*store, 2, vec![operation]).await;
    let many: Vec<_> = (0..100).map(|number| id("url", number)).collect();
    let lists = store.claims(&many.iter().map(String::as_str).collect::<Vec<_>>()).await.unwrap();
    assert_eq!((lists.len(), lists[5].len(), lists[5][0].version), (100, 1, None));
}

fn object_without_dates() -> stix::Object {
    let text = format!(r#"{{"type":"url","spec_version":"2.1","id":"{}","value":"x"}}"#, id("url", 5));
    stix::Object::parse(text.as_bytes(), &stix::Limits::DEFAULT).unwrap()
}

/// What the counts are about: promise 5 says where, these say how many.
pub async fn counts_follow_what_is_kept<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [red, green] = labels(&*store, ["red", "green"]).await;
    assert_eq!(store.counts().await.unwrap(), []);
    let operations = vec![add(red, 1), add(red, 2), varied(add(green, 1), OTHER_ROOM, US, 0), add(red, 1)];
    let outcomes = commit(&*store, 1, operations).await;
    let count = |collection, label, count| LabelCount { collection, label, count };
    assert_eq!(store.counts().await.unwrap(), [count(ROOM, red, 2), count(OTHER_ROOM, green, 1)]);
    let operations = vec![relabel(1, added(outcomes[0]), green), remove(2, added(outcomes[1]))];
    let outcomes = commit(&*store, 2, operations).await;
    assert_eq!(store.counts().await.unwrap(), [count(ROOM, green, 1), count(OTHER_ROOM, green, 1)]);
    assert_eq!(places(&*store, &[red, green]).await, [added(outcomes[0])]);
    let again = commit_added(&*store, 3, vec![add(red, 2)]).await;
    assert_eq!(places(&*store, &[red]).await, again);
}

/// Promise 12.
pub async fn the_log_tells_every_change_once<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [red, green] = labels(&*store, ["red", "green"]).await;
    let operations = vec![add(red, 1), add(red, 1), document("d", "x"), cursor("c", 1), add(green, 2)];
    let first = commit(&*store, 1, operations).await;
    let (one, two) = (added(first[0]), added(first[4]));
    let second = commit(&*store, 2, vec![remove(2, two), remove(2, two), relabel(1, one, green)]).await;
    let removed = |number, was| ChangeKind::Removed { collection: ROOM, id: id("indicator", number), was };
    let in_room = |label| ChangeKind::Added { collection: ROOM, label };
    let log = log(&*store).await;
    let kinds: Vec<_> = log.iter().map(|change| change.kind.clone()).collect();
    let document = ChangeKind::Document(DocumentName("d".to_owned()));
    assert_eq!(
        kinds,
        [in_room(red), document, in_room(green), removed(2, two), removed(1, one), in_room(green)]
    );
    assert!(log.is_sorted_by(|left, right| left.sequence < right.sequence));
    assert_eq!((log[0].sequence, log[2].sequence, log[5].sequence), (one, two, added(second[2])));
    assert_eq!(crate::Outcome::Removed(log[3].sequence), second[0]);
    assert_eq!(log[5].sequence, store.last());
}

/// Promise 12.
pub async fn the_log_is_read_in_parts<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    commit(&*store, 1, (0..10).map(|number| add(label, number)).collect()).await;
    let mut parts = Vec::<Change>::new();
    loop {
        let after = parts.last().map_or(Sequence::ZERO, |change| change.sequence);
        let part = store.changes(after, NonZeroU32::new(3).unwrap()).await.unwrap();
        assert_eq!(part.len(), 3.min(10 - parts.len()));
        if part.is_empty() {
            break;
        }
        parts.extend(part);
    }
    assert_eq!(parts, log(&*store).await);
    assert_eq!(store.changes(Sequence::new(u64::MAX), NonZeroU32::MAX).await.unwrap(), []);
}

/// Promise 16.
pub async fn waiting_ends_with_a_higher_sequence<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let first = commit_added(&*store, 1, vec![add(label, 1)]).await[0];
    let soon = Duration::from_millis(50);
    assert!(tokio::time::timeout(soon, store.wait(Sequence::ZERO)).await.is_ok(), "it is there already");
    commit(&*store, 2, vec![cursor("c", 1)]).await;
    assert!(tokio::time::timeout(soon, store.wait(first)).await.is_err(), "there is nothing above it yet");
    let waiting = tokio::spawn({
        let store = store.clone();
        async move {
            store.wait(first).await;
            store.last()
        }
    });
    let second = commit_added(&*store, 3, vec![add(label, 2)]).await[0];
    let woken = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    assert_eq!(woken.expect("the wait ends").unwrap(), second);
}

/// What a store says once it is closed, and that nobody waits for it for ever.
pub async fn a_closed_store_says_so<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.wait(store.last()).await }
    });
    store.close().await.unwrap();
    let woken = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    woken.expect("the wait ends").unwrap();
    let refused = [
        store.commit(batch(1, vec![add(label, 1)])).await.err(),
        store.objects(&all_of(ROOM), &crate::LabelSet::default()).await.err(),
        store.claims(&["x"]).await.err(),
        store.changes(Sequence::ZERO, NonZeroU32::MIN).await.err(),
        store.labels().await.err(),
        store.counts().await.err(),
        store.close().await.err(),
    ];
    assert!(refused.iter().all(|error| matches!(error, Some(StoreError::Closed))), "{refused:?}");
}
