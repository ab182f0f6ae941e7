//! Does the embedded store do what the reference does, whatever it is told?

use std::num::NonZeroU32;

use proptest::prelude::*;

use super::{Embedded, small};
use crate::{
    Batch, Claim, CollectionNumber, ConsumerName, DocumentName, LabelId, LabelSet, ObjectQuery, Operation,
    OriginNumber, Precondition, ReceiptDraft, ReceiptId, Sequence, Store, StoreLimits, contract::fixtures::*,
    memory::Memory,
};

const LABELS: u32 = 4;
const IDS: u32 = 5;

#[derive(Debug, Clone)]
enum Step {
    Commit {
        now: i64,
        operations: Vec<Draft>,
        preconditions: Vec<(u8, u64)>,
        receipt: Option<(u8, i64)>,
    },
    Page {
        collection: u32,
        labels: Vec<u32>,
        after: prop::sample::Index,
        limit: u32,
        bytes_max: usize,
        tool: Option<()>,
    },
    Changes {
        after: prop::sample::Index,
        limit: u32,
    },
    Reopen,
}

#[derive(Debug, Clone)]
enum Draft {
    Add { collection: u32, label: u32, id: u32, version: i64, origin: u32, meaning: u8 },
    Remove { collection: u32, id: u32, which: prop::sample::Index },
    Relabel { collection: u32, id: u32, which: prop::sample::Index, label: u32 },
    Document { name: u8, content: Vec<u8> },
    Cursor { consumer: u8, sequence: u64 },
}

fn draft() -> impl Strategy<Value = Draft> {
    let collection = 0..2_u32;
    let index = any::<prop::sample::Index>;
    prop_oneof![
        6 => (collection.clone(), 0..LABELS, 0..IDS, 0..3_i64, 0..2_u32, 0..2_u8).prop_map(
            |(collection, label, id, version, origin, meaning)| Draft::Add { collection, label, id, version, origin, meaning }
        ),
        2 => (collection.clone(), 0..IDS, index()).prop_map(|(collection, id, which)| Draft::Remove { collection, id, which }),
        2 => (collection, 0..IDS, index(), 0..LABELS)
            .prop_map(|(collection, id, which, label)| Draft::Relabel { collection, id, which, label }),
        1 => (0..2_u8, prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(name, content)| Draft::Document { name, content }),
        1 => (0..2_u8, 0..3_u64).prop_map(|(consumer, sequence)| Draft::Cursor { consumer, sequence }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let preconditions = prop::collection::vec((0..4_u8, 0..3_u64), 0..2);
    let receipt = prop::option::weighted(0.3, (0..3_u8, 0..40_i64));
    let index = any::<prop::sample::Index>;
    prop_oneof![
        8 => (0..20_i64, prop::collection::vec(draft(), 0..12), preconditions, receipt).prop_map(
            |(now, operations, preconditions, receipt)| Step::Commit { now, operations, preconditions, receipt }
        ),
        4 => (0..2_u32, prop::collection::vec(0..LABELS + 1, 0..5), index(), 1..6_u32, 0..900_usize, prop::option::of(Just(())))
            .prop_map(|(collection, labels, after, limit, bytes_max, tool)| Step::Page {
                collection, labels, after, limit, bytes_max, tool
            }),
        1 => (index(), 1..6_u32).prop_map(|(after, limit)| Step::Changes { after, limit }),
        1 => Just(Step::Reopen),
    ]
}

fn kind(id: u32) -> &'static str {
    if id.is_multiple_of(2) { "indicator" } else { "tool" }
}

async fn claims_on(store: &dyn Store, number: u32) -> Vec<Claim> {
    store.claims(&[&id(kind(number), number)]).await.unwrap().remove(0)
}

/// A place to point at: that of a claim, or one where nothing is.
async fn target(store: &dyn Store, number: u32, which: prop::sample::Index) -> (stix::Id, Sequence) {
    let claims = claims_on(store, number).await;
    let sequence =
        claims.get(which.index(claims.len() + 1)).map_or(Sequence::new(77), |claim| claim.sequence);
    (stix::Id::new(&id(kind(number), number)).unwrap(), sequence)
}

async fn operation(store: &dyn Store, draft: Draft) -> Operation {
    match draft {
        Draft::Add { collection, label, id, version, origin, meaning } => Operation::Add {
            collection: CollectionNumber(collection),
            label: LabelId(label),
            origin: OriginNumber(origin),
            meaning: [meaning; 16],
            object: object(kind(id), id, version, 40),
        },
        Draft::Remove { collection, id, which } => {
            let (id, sequence) = target(store, id, which).await;
            Operation::Remove { collection: CollectionNumber(collection), id, sequence }
        }
        Draft::Relabel { collection, id, which, label } => {
            let (id, sequence) = target(store, id, which).await;
            Operation::Relabel {
                collection: CollectionNumber(collection),
                id,
                sequence,
                label: LabelId(label),
            }
        }
        Draft::Document { name, content } => {
            Operation::Document { name: DocumentName(name.to_string()), content: content.into() }
        }
        Draft::Cursor { consumer, sequence } => Operation::Cursor {
            consumer: ConsumerName(consumer.to_string()),
            sequence: Sequence::new(sequence),
        },
    }
}

fn precondition((what, number): (u8, u64)) -> Precondition {
    let name = (what / 2).to_string();
    if what % 2 == 0 {
        Precondition::DocumentVersion { name: DocumentName(name), version: number }
    } else {
        Precondition::CursorAt { consumer: ConsumerName(name), sequence: Sequence::new(number) }
    }
}

async fn place_in_log(store: &dyn Store, which: prop::sample::Index) -> Sequence {
    let log = log(store).await;
    log.get(which.index(log.len() + 1)).map_or(Sequence::ZERO, |change| change.sequence)
}

/// Says in one text what a store answers, so that two can be compared.
async fn answer(store: &dyn Store, query: &ObjectQuery, visible: &LabelSet) -> String {
    let page = store.objects(query, visible).await.unwrap();
    let objects: Vec<_> = page
        .objects
        .iter()
        .map(|held| (held.sequence, held.label, held.multiplicity, held.object.inspect().clone()))
        .collect();
    format!("{objects:?} {}", page.more)
}

/// Everything that can be asked, but pages.
async fn everything(store: &dyn Store) -> String {
    let mut claims = Vec::new();
    let mut objects = Vec::new();
    let mut former = Vec::new();
    for number in 0..IDS {
        former.push(store.former(&id("tool", number)).await.unwrap());
        former.push(store.former(&id("indicator", number)).await.unwrap());
        for claim in claims_on(store, number).await {
            let held = store.object(claim.collection, claim.label, claim.sequence).await.unwrap();
            objects.push(held.map(|held| (held.multiplicity, held.object.inspect().clone())));
            claims.push(claim);
        }
    }
    let mut named = Vec::new();
    for name in ["0", "1"] {
        named.push((
            store.document(&DocumentName(name.to_owned())).await.unwrap(),
            store.cursor(&ConsumerName(name.to_owned())).await.unwrap(),
        ));
    }
    let mut receipts = Vec::new();
    for id in 0..3 {
        receipts.push(store.receipt(ReceiptId(id), at(100)).await.unwrap());
        // Not before the time of the last batch: what expired by then may have been swept.
        receipts.push(store.receipt(ReceiptId(id), at(20)).await.unwrap());
    }
    let counts = store.counts().await.unwrap();
    let labels = store.labels().await.unwrap();
    format!(
        "{claims:?} {objects:?} {named:?} {receipts:?} {counts:?} {labels:?} {former:?} {:?} {:?} {:?}",
        entries(store, None).await,
        log(store).await,
        store.last()
    )
}

async fn agree(steps: Vec<Step>) {
    let place = tempfile::tempdir().unwrap();
    let limits = StoreLimits { claims_per_id_max: 6, ..StoreLimits::default() };
    let options = super::Options { limits, volume_bytes: 1500, ..small() };
    let mut store = Embedded::open(place.path(), &options).unwrap();
    let oracle = Memory::new(limits);
    for number in 0..LABELS {
        let content = || bytes::Bytes::from(number.to_string());
        assert_eq!(store.intern(content()).await.unwrap(), oracle.intern(content()).await.unwrap());
    }
    for step in steps {
        match step {
            Step::Commit { now, operations, preconditions, receipt } => {
                let mut done = Vec::new();
                for draft in operations {
                    done.push(operation(&oracle, draft).await);
                }
                let receipt = receipt.map(|(id, expires)| ReceiptDraft {
                    id: ReceiptId(id.into()),
                    expires: at(expires),
                    content: bytes::Bytes::from(vec![id; 3]),
                });
                let preconditions = preconditions.into_iter().map(precondition).collect();
                let batch = Batch { now: at(now), preconditions, operations: done, receipt, entry: None };
                let batch = match now % 3 {
                    0 => batch,
                    _ => with_entry(batch, &now.to_string(), (now % 2 == 0).then_some((1, 9))),
                };
                let expected = oracle.commit(batch.clone()).await;
                assert_eq!(format!("{:?}", store.commit(batch).await), format!("{expected:?}"));
            }
            Step::Page { collection, labels, after, limit, bytes_max, tool } => {
                let after = place_in_log(&oracle, after).await;
                let limit = NonZeroU32::new(limit).unwrap();
                let types = tool.map(|()| "tool".to_owned()).into_iter().collect();
                let query =
                    ObjectQuery { collection: CollectionNumber(collection), after, types, limit, bytes_max };
                let visible = labels.into_iter().map(LabelId).collect();
                assert_eq!(answer(&store, &query, &visible).await, answer(&oracle, &query, &visible).await);
            }
            Step::Changes { after, limit } => {
                let (after, limit) = (place_in_log(&oracle, after).await, NonZeroU32::new(limit).unwrap());
                assert_eq!(
                    store.changes(after, limit).await.unwrap(),
                    oracle.changes(after, limit).await.unwrap()
                );
            }
            Step::Reopen => {
                drop(store);
                store = Embedded::open(place.path(), &options).unwrap();
            }
        }
    }
    assert_eq!(everything(&store).await, everything(&oracle).await);
    let visible: LabelSet = (0..LABELS).map(LabelId).collect();
    for collection in [0, 1] {
        let query = all_of(CollectionNumber(collection));
        assert_eq!(answer(&store, &query, &visible).await, answer(&oracle, &query, &visible).await);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_embedded_store_does_what_the_reference_does(steps in prop::collection::vec(step(), 1..120)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(agree(steps));
    }
}
