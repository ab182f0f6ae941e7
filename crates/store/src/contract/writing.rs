//! Promises about what a batch does (1, 3, 6, 8, 9, 10, 11, 13, 14, 15).

use std::num::NonZeroU32;

use bytes::Bytes;

use super::{Backend, empty, fixtures::*};
use crate::{
    Batch, ConsumerName, Document, DocumentName, LabelId, Multiplicity, Outcome, Precondition, ReceiptId,
    Sequence, StoreError, StoreLimits,
};

/// Promise 1.
pub async fn a_failed_batch_leaves_nothing<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label, other] = labels(&*store, ["a", "b"]).await;
    let [kept] = commit_added(&*store, 1, vec![add(label, 1)]).await[..] else { panic!("one outcome") };
    let last = store.last();
    let operations = vec![
        add(label, 2),
        add_version(label, 1, 5),
        remove(1, kept),
        relabel(1, kept, other),
        document("d", "x"),
        cursor("c", 9),
    ];
    let preconditions =
        vec![Precondition::CursorAt { consumer: ConsumerName("c".to_owned()), sequence: Sequence::new(1) }];
    let failing = Batch { preconditions, ..with_receipt(batch(2, operations), 5, 100) };
    assert!(matches!(store.commit(failing).await, Err(StoreError::Conflict(0))));
    assert_eq!(store.last(), last);
    assert_eq!(places(&*store, &[label, other]).await, [kept]);
    assert_eq!(held(&*store, label, kept).await.unwrap().multiplicity, Multiplicity::Single);
    assert_eq!(claims(&*store, 1).await.len(), 1);
    assert_eq!(claims(&*store, 2).await, []);
    assert_eq!(log(&*store).await.len(), 1);
    assert_eq!(store.document(&DocumentName("d".to_owned())).await.unwrap().version, 0);
    assert_eq!(store.cursor(&ConsumerName("c".to_owned())).await.unwrap(), Sequence::ZERO);
    assert_eq!(store.receipt(ReceiptId(5), at(0)).await.unwrap(), None);
    assert_eq!(store.counts().await.unwrap().len(), 1);
}

/// Promise 3.
pub async fn sequences_grow_whatever_the_clock_says<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let mut before = Sequence::ZERO;
    for (number, now) in (0..).zip([10, 20, 20, 5, 6, 30]) {
        let operations = vec![add(label, number * 2), add(label, number * 2 + 1), document("d", "x")];
        let done = store.commit(batch(now, operations)).await.unwrap();
        for sequence in [added(done.outcomes[0]), added(done.outcomes[1])] {
            assert!(sequence > before && sequence >= Sequence::at(at(now)));
            before = sequence;
        }
        assert!(done.sequence > before, "a document has a place of its own");
        assert_eq!(done.sequence, store.last());
        before = done.sequence;
    }
    let first_of_a_later_batch = commit_added(&*store, 40, vec![add(label, 99)]).await[0];
    assert_eq!(first_of_a_later_batch, Sequence::at(at(40)), "the date added is the time of the batch");
}

/// Promise 6.
pub async fn a_claim_is_kept_once<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label, other] = labels(&*store, ["a", "b"]).await;
    let first = commit_added(&*store, 1, vec![add(label, 1)]).await[0];
    let last = store.last();
    // The label is no part of a claim: who says the same again does not get to loosen it.
    let again = vec![add(label, 1), add(other, 1), varied(add(label, 1), ROOM, US, 9)];
    let outcomes = commit(&*store, 2, again).await;
    assert_eq!(outcomes, [Outcome::Unchanged(first), Outcome::Unchanged(first), Outcome::Differs(first)]);
    assert_eq!(store.last(), last);
    assert_eq!(claims(&*store, 1).await.len(), 1);
    assert_eq!(places(&*store, &[label, other]).await, [first]);
    assert_eq!(held(&*store, label, first).await.unwrap().multiplicity, Multiplicity::Single);
    let distinct = vec![
        add_version(label, 1, 7),
        varied(add(label, 1), ROOM, THEM, 0),
        varied(add(label, 1), OTHER_ROOM, US, 0),
    ];
    assert_eq!(commit_added(&*store, 3, distinct).await.len(), 3);
    assert_eq!(claims(&*store, 1).await.len(), 4);
}

/// Promise 6.
pub async fn a_claim_is_kept_once_within_a_batch<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let operations = vec![add(label, 1), add(label, 1), varied(add(label, 1), ROOM, US, 3), add(label, 2)];
    let outcomes = commit(&*store, 1, operations).await;
    let first = added(outcomes[0]);
    assert_eq!(outcomes[1..3], [Outcome::Unchanged(first), Outcome::Differs(first)]);
    assert_eq!(places(&*store, &[label]).await, [first, added(outcomes[3])]);
    let last = Sequence::new(first.get() + 1);
    let mixed = vec![remove(1, first), add(label, 1), remove(2, last), remove(2, last)];
    let outcomes = commit(&*store, 1, mixed).await;
    assert!(matches!(
        outcomes[..],
        [Outcome::Removed(_), Outcome::Added(_), Outcome::Removed(_), Outcome::Absent]
    ));
    assert_eq!(places(&*store, &[label]).await, [added(outcomes[1])]);
}

/// Promise 6, where the limit ends it.
pub async fn an_id_is_full_at_its_limit<B: Backend>() {
    let place = B::new().await;
    let limits = StoreLimits { claims_per_id_max: 2, ..StoreLimits::default() };
    let store = place.open(limits).await.unwrap();
    let [label] = labels(&*store, ["a"]).await;
    let third = add_version(label, 1, 2);
    let operations = vec![
        add(label, 1),
        varied(add(label, 1), OTHER_ROOM, US, 0),
        third.clone(),
        add(label, 1),
        add(label, 2),
    ];
    let outcomes = commit(&*store, 1, operations).await;
    let first = added(outcomes[0]);
    assert_eq!(outcomes[2..4], [Outcome::Full, Outcome::Unchanged(first)]);
    // What others hold under an id takes no room from anybody.
    let theirs = varied(add(label, 1), ROOM, THEM, 0);
    assert!(matches!(commit(&*store, 1, vec![theirs]).await[..], [Outcome::Added(_)]));
    assert_eq!(claims(&*store, 1).await.len(), 3);
    let outcomes = commit(&*store, 2, vec![remove(1, first), third]).await;
    assert!(matches!(outcomes[..], [Outcome::Removed(_), Outcome::Added(_)]));
}

/// Promise 8.
pub async fn a_second_claim_makes_both_plural<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label, other] = labels(&*store, ["a", "b"]).await;
    let operations = vec![add(label, 1), add(label, 2), varied(add(label, 1), OTHER_ROOM, US, 0)];
    let places_before = commit_added(&*store, 1, operations).await;
    assert_eq!(held(&*store, label, places_before[0]).await.unwrap().multiplicity, Multiplicity::Single);
    let second = commit_added(&*store, 2, vec![add_version(other, 1, 9)]).await[0];
    let third = commit_added(&*store, 3, vec![varied(add(other, 1), ROOM, THEM, 0)]).await[0];
    // Both of one batch.
    let both = commit_added(&*store, 4, vec![add(label, 3), add_version(label, 3, 1)]).await;
    let multiplicities: Vec<_> = page(&*store, &all_of(ROOM), &[label, other])
        .await
        .objects
        .iter()
        .map(|held| (held.sequence, held.multiplicity))
        .collect();
    let expected = [
        (places_before[0], Multiplicity::Plural),
        (places_before[1], Multiplicity::Single),
        (second, Multiplicity::Plural),
        (third, Multiplicity::Plural),
        (both[0], Multiplicity::Plural),
        (both[1], Multiplicity::Plural),
    ];
    assert_eq!(multiplicities, expected);
    let elsewhere = page(&*store, &all_of(OTHER_ROOM), &[label]).await;
    assert_eq!(elsewhere.objects[0].multiplicity, Multiplicity::Single, "each collection for itself");
    assert_eq!(held(&*store, label, both[0]).await.unwrap().object.inspect().version(), Some(at(0)));
}

/// Promise 8.
pub async fn plural_lasts_until_no_claim_is_left<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label, other] = labels(&*store, ["a", "b"]).await;
    let both = commit_added(&*store, 1, vec![add(label, 1), add_version(label, 1, 1)]).await;
    commit(&*store, 2, vec![remove(1, both[0])]).await;
    assert_eq!(held(&*store, label, both[1]).await.unwrap().multiplicity, Multiplicity::Plural);
    let moved = commit_added(&*store, 3, vec![relabel(1, both[1], other)]).await[0];
    assert_eq!(held(&*store, other, moved).await.unwrap().multiplicity, Multiplicity::Plural);
    let third = commit_added(&*store, 4, vec![add_version(label, 1, 2)]).await[0];
    commit(&*store, 5, vec![remove(1, moved), remove(1, third)]).await;
    let anew = commit_added(&*store, 6, vec![add(label, 1)]).await[0];
    assert_eq!(held(&*store, label, anew).await.unwrap().multiplicity, Multiplicity::Single);
}

/// Promise 9.
pub async fn what_is_removed_is_nowhere<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let operations = vec![add(label, 1), add_version(label, 1, 1), add(label, 2)];
    let added = commit_added(&*store, 1, operations).await;
    let outcomes = commit(&*store, 2, vec![remove(1, added[0])]).await;
    assert_eq!(outcomes, [Outcome::Removed(store.last())]);
    assert!(store.last() > added[2], "a removal has a place of its own");
    assert_eq!(places(&*store, &[label]).await, added[1..]);
    assert_eq!(held(&*store, label, added[0]).await, None);
    let left: Vec<_> = claims(&*store, 1).await.iter().map(|claim| claim.sequence).collect();
    assert_eq!(left, [added[1]]);
    commit(&*store, 3, vec![remove(1, added[1])]).await;
    assert_eq!(claims(&*store, 1).await, []);
    assert_eq!(places(&*store, &[label]).await, [added[2]]);
    let again = commit_added(&*store, 4, vec![add(label, 1)]).await;
    assert_eq!(places(&*store, &[label]).await, [added[2], again[0]], "the same claim may come back");
}

/// Promise 9.
pub async fn removing_what_is_not_there_does_nothing<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let place = commit_added(&*store, 1, vec![add(label, 1)]).await[0];
    let last = store.last();
    let next = Sequence::new(place.get() + 1);
    let stray = vec![remove(2, place), remove(1, next), relabel(2, place, label), relabel(1, next, label)];
    assert_eq!(commit(&*store, 2, stray).await, [Outcome::Absent; 4]);
    let elsewhere = crate::Operation::Remove {
        collection: OTHER_ROOM,
        id: stix::Id::new(&id("indicator", 1)).unwrap(),
        sequence: place,
    };
    assert_eq!(commit(&*store, 2, vec![elsewhere]).await, [Outcome::Absent]);
    assert_eq!(store.last(), last);
    assert_eq!(places(&*store, &[label]).await, [place]);
}

/// Promises 5, 7, 12 for an object that gets another label.
pub async fn what_is_relabelled_stands_at_the_end<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [open, closed] = labels(&*store, ["open", "closed"]).await;
    let before = commit_added(&*store, 1, vec![add(open, 1), add(open, 2)]).await;
    let moved = commit_added(&*store, 2, vec![relabel(1, before[0], closed)]).await[0];
    assert!(moved > before[1] && moved == store.last());
    assert_eq!(places(&*store, &[open]).await, [before[1]]);
    assert_eq!(places(&*store, &[open, closed]).await, [before[1], moved]);
    assert_eq!(held(&*store, open, before[0]).await, None);
    assert_eq!(held(&*store, closed, before[0]).await, None);
    let object = held(&*store, closed, moved).await.unwrap().object;
    assert_eq!(object.inspect().id(), id("indicator", 1));
    let claim = claims(&*store, 1).await;
    assert_eq!((claim.len(), claim[0].label, claim[0].sequence), (1, closed, moved));
    assert_eq!((claim[0].origin, claim[0].version), (US, Some(at(0))));
    // Twice in one batch, the second time from where the first put it: only its own outcome tells, so it is not there.
    let outcomes = commit(&*store, 3, vec![relabel(1, moved, open), relabel(1, moved, open)]).await;
    assert!(matches!(outcomes[..], [Outcome::Added(_), Outcome::Absent]));
}

/// Promise 10.
pub async fn a_failed_precondition_is_named<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let name = DocumentName("d".to_owned());
    let consumer = ConsumerName("c".to_owned());
    commit(&*store, 1, vec![document("d", "1"), cursor("c", 4)]).await;
    let version = |version| Precondition::DocumentVersion { name: name.clone(), version };
    let stands = |at| Precondition::CursorAt { consumer: consumer.clone(), sequence: Sequence::new(at) };
    let with = |preconditions| Batch { preconditions, ..batch(2, vec![document("d", "2")]) };
    assert!(matches!(store.commit(with(vec![version(1), stands(3)])).await, Err(StoreError::Conflict(1))));
    assert!(matches!(store.commit(with(vec![version(0), stands(3)])).await, Err(StoreError::Conflict(0))));
    assert!(store.commit(with(vec![version(1), stands(4)])).await.is_ok());
    let never = Precondition::DocumentVersion { name: DocumentName("never".to_owned()), version: 0 };
    assert!(store.commit(with(vec![never, version(2)])).await.is_ok());
}

/// Promise 10.
pub async fn preconditions_are_about_the_state_before_the_batch<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let precondition = Precondition::DocumentVersion { name: DocumentName("d".to_owned()), version: 1 };
    let own = Batch { preconditions: vec![precondition], ..batch(1, vec![document("d", "1")]) };
    assert!(matches!(store.commit(own).await, Err(StoreError::Conflict(0))));
}

/// Promise 11.
pub async fn a_label_has_one_number<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [one, two, again] = labels(&*store, ["one", "two", "one"]).await;
    assert!(one == again && one != two);
    let mut expected = vec![(one, Bytes::from_static(b"one")), (two, Bytes::from_static(b"two"))];
    expected.sort_by_key(|(number, _)| *number);
    assert_eq!(store.labels().await.unwrap(), expected);
    let content = || Bytes::from_static(b"three");
    let (left, right) = tokio::join!(store.intern(content()), store.intern(content()));
    assert_eq!(left.unwrap(), right.unwrap());
    assert_eq!(store.labels().await.unwrap().len(), 3);
}

/// Promise 11.
pub async fn labels_have_a_limit<B: Backend>() {
    let place = B::new().await;
    let store = place.open(StoreLimits { labels_max: 2, ..StoreLimits::default() }).await.unwrap();
    let [one, _] = labels(&*store, ["one", "two"]).await;
    let third = store.intern(Bytes::from_static(b"three")).await;
    assert!(matches!(third, Err(StoreError::Limit("labels_max"))));
    assert_eq!(labels(&*store, ["one"]).await, [one]);
}

/// Promise 11.
pub async fn an_unknown_label_is_refused<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let unknown = LabelId(label.0 + 1000);
    let refused = store.commit(batch(1, vec![add(label, 1), add(unknown, 2)])).await;
    assert!(matches!(refused, Err(StoreError::Backend(_))));
    assert_eq!(places(&*store, &[label, unknown]).await, []);
}

/// Promise 13.
pub async fn a_cursor_moves_with_its_batch<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let consumer = ConsumerName("peer/us".to_owned());
    assert_eq!(store.cursor(&consumer).await.unwrap(), Sequence::ZERO);
    let last = store.last();
    assert_eq!(commit(&*store, 1, vec![cursor("peer/us", 5)]).await, [Outcome::Written]);
    assert_eq!(store.last(), last, "who reads the log is not in the log");
    let stale = Precondition::CursorAt { consumer: consumer.clone(), sequence: Sequence::new(4) };
    let failing = Batch { preconditions: vec![stale], ..batch(2, vec![cursor("peer/us", 6)]) };
    assert!(store.commit(failing).await.is_err());
    assert_eq!(store.cursor(&consumer).await.unwrap(), Sequence::new(5));
    assert_eq!(store.cursor(&ConsumerName("peer".to_owned())).await.unwrap(), Sequence::ZERO);
}

/// Promise 14.
pub async fn a_receipt_is_kept_until_it_expires<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let [label] = labels(&*store, ["a"]).await;
    let first = commit_added(&*store, 1, vec![add(label, 1)]).await[0];
    let operations = vec![add(label, 1), add(label, 2), remove(1, first), document("d", "x")];
    let done = store.commit(with_receipt(batch(2, operations), 77, 10)).await.unwrap();
    let receipt = store.receipt(ReceiptId(77), at(9)).await.unwrap().unwrap();
    assert_eq!((receipt.content, receipt.committed), (Bytes::from_static(b"from us"), at(2)));
    let named = |number| (id("indicator", number), Some(at(0)));
    let expected = [named(1), named(2), (String::new(), None), (String::new(), None)];
    let expected: Vec<_> = expected
        .into_iter()
        .zip(done.outcomes)
        .map(|((id, version), outcome)| (id, version, outcome))
        .collect();
    assert_eq!(receipt.outcomes, expected);
    assert_eq!(store.receipt(ReceiptId(78), at(9)).await.unwrap(), None);
    assert_eq!(store.receipt(ReceiptId(77), at(10)).await.unwrap(), None, "it expires at that moment");
    // A receipt may say that nothing happened; others expire around it.
    store.commit(with_receipt(batch(20, vec![]), 79, 40)).await.unwrap();
    assert!(store.receipt(ReceiptId(79), at(39)).await.unwrap().unwrap().outcomes.is_empty());
    store.commit(with_receipt(batch(21, vec![]), 79, 60)).await.unwrap();
    commit(&*store, 50, vec![document("d", "y")]).await;
    assert!(store.receipt(ReceiptId(79), at(50)).await.unwrap().is_some(), "the later one counts");
}

/// Promise 15.
pub async fn a_document_has_a_version_that_grows<B: Backend>() {
    let (_place, store) = empty::<B>().await;
    let name = DocumentName("registry".to_owned());
    let read = async || store.document(&name).await.unwrap();
    assert_eq!(read().await, Document { version: 0, content: Bytes::new() });
    assert_eq!(commit(&*store, 1, vec![document("registry", "one")]).await, [Outcome::Written]);
    assert_eq!(read().await, Document { version: 1, content: Bytes::from_static(b"one") });
    commit(&*store, 2, vec![document("registry", "two"), document("registry", "")]).await;
    assert_eq!(read().await, Document { version: 3, content: Bytes::new() }, "removing is writing");
    assert_eq!(store.document(&DocumentName("reg".to_owned())).await.unwrap().version, 0);
    let write = |content| {
        let precondition = Precondition::DocumentVersion { name: name.clone(), version: 3 };
        store.commit(Batch {
            preconditions: vec![precondition],
            ..batch(3, vec![document("registry", content)])
        })
    };
    let (left, right) = tokio::join!(write("left"), write("right"));
    assert_ne!(left.is_ok(), right.is_ok(), "of two who change the same version, one may");
    assert_eq!(read().await.version, 4);
    assert_eq!(store.changes(Sequence::ZERO, NonZeroU32::MAX).await.unwrap().len(), 4);
}
