//! What do deciding and accounting add to reading a page?
//!
//! `store` reads a page of 1000 objects as they lie there; `decided` goes through the one door out and counts what it finds;
//! `accounted` is what a partner gets, with its entry in the ledger on the disk; `redacted` takes a property out of each object.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::{num::NonZeroU32, sync::Arc};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use exchange::{Access, ApplyMode, Channel, Exchange, ExchangeLimits, Query, SpecVersions, Versions};
use serde_json::{Value, json};
use stix::Timestamp;
use store::{
    CollectionNumber, ObjectQuery, Sequence, Store,
    embedded::{Embedded, Options},
};
use testkit::objects::{granular, id, indicator, restriction, with};
use tokio::runtime::Runtime;

extern crate cresset_exchange as exchange;

const OBJECTS: u32 = 1000;

const WORLD: &str = r#"
[organisation]
id = "identity--a0000001-0000-4000-8000-00000000000a"
name = "Lantern Coast Watch"

[[collection]]
id = "c0000001-0000-4000-8000-000000000001"
alias = "plain"
title = "Nothing to take out"
default_marking = ["TLP:GREEN"]

[[collection]]
id = "c0000001-0000-4000-8000-000000000002"
alias = "parts"
title = "Something to take out of each"
default_marking = ["TLP:GREEN"]

[[partner]]
name = "jpn"
organisation = "identity--a0000001-0000-4000-8000-00000000000c"
nation = "JPN"

[[agreement]]
partner = "jpn"
collection = "plain"
may = ["read"]
ceiling = "GREEN"

[[agreement]]
partner = "jpn"
collection = "parts"
may = ["read"]
ceiling = "GREEN"
"#;

fn now() -> Timestamp {
    Timestamp::from_parts(1_767_225_600, 0)
}

async fn publish(exchange: &Exchange, collection: &str, objects: Vec<Value>) {
    let submission = exchange.own_submission(collection).unwrap();
    let envelope = json!({ "objects": objects }).to_string();
    let prepared = exchange.prepare(envelope.as_bytes(), now()).unwrap();
    let accepted = exchange.accept(&submission, prepared, now()).await.unwrap();
    assert!(accepted.failures.is_empty());
}

/// About as long as the objects that partners exchange.
fn object(number: u32) -> Value {
    let description =
        "Seen in mail to harbour offices, with a loader that waits for the second day. ".repeat(12);
    with(indicator(number), "description", json!(description))
}

async fn world(store: Arc<dyn Store>) -> Exchange {
    let exchange = Exchange::open(store, ExchangeLimits::default(), now()).await.unwrap();
    exchange.apply(toml::from_str(WORLD).unwrap(), ApplyMode::Change, now()).await.unwrap();
    publish(&exchange, "plain", (0..OBJECTS).map(object).collect()).await;
    exchange
}

async fn parts(store: Arc<dyn Store>) -> Exchange {
    let exchange = Exchange::open(store, ExchangeLimits::default(), now()).await.unwrap();
    exchange.apply(toml::from_str(WORLD).unwrap(), ApplyMode::Change, now()).await.unwrap();
    let marking = id("marking-definition", 1);
    let mark = |number| granular(with(object(number), "name", json!("for NATO")), &marking, &["name"]);
    publish(&exchange, "parts", vec![restriction(1, json!({ "releasable_to": ["NATO"] }))]).await;
    publish(&exchange, "parts", (0..OBJECTS).map(mark).collect()).await;
    exchange
}

fn query() -> Query {
    Query {
        after: Sequence::ZERO,
        limit: NonZeroU32::new(OBJECTS).unwrap(),
        bytes_max: usize::MAX,
        ids: None,
        types: None,
        versions: Versions::last(),
        spec_versions: SpecVersions::Latest,
    }
}

fn embedded() -> (tempfile::TempDir, Arc<dyn Store>) {
    let place = tempfile::tempdir().unwrap();
    let store = Arc::new(Embedded::open(place.path(), &Options::default()).unwrap());
    (place, store)
}

fn pages(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let (_place, store) = embedded();
    let exchange = runtime.block_on(world(Arc::clone(&store)));
    let access = |exchange: &Exchange, name| -> Access { exchange.access("jpn", name, now()).unwrap() };
    let plain = access(&exchange, "plain");
    let labels = runtime.block_on(store.labels()).unwrap().into_iter().map(|(label, _)| label).collect();
    let raw = ObjectQuery {
        collection: CollectionNumber(1),
        after: Sequence::ZERO,
        types: Vec::new(),
        limit: NonZeroU32::new(OBJECTS).unwrap(),
        bytes_max: usize::MAX,
    };
    let mut group = criterion.benchmark_group("page of 1000");
    group.throughput(Throughput::Elements(OBJECTS.into()));
    group.bench_function("store", |bench| {
        bench.iter(|| {
            let page = runtime.block_on(store.objects(&raw, &labels)).unwrap();
            assert_eq!(page.objects.len(), OBJECTS as usize);
            page
        });
    });
    group.bench_function("decided", |bench| {
        bench.iter(|| runtime.block_on(exchange.finds(&plain, &query())).unwrap());
    });
    group.bench_function("accounted", |bench| {
        bench.iter(|| runtime.block_on(exchange.objects(&plain, &query(), Channel::Objects)).unwrap());
    });
    let (_other, store) = embedded();
    let exchange = runtime.block_on(parts(store));
    let access = access(&exchange, "parts");
    group.bench_function("redacted", |bench| {
        bench.iter(|| runtime.block_on(exchange.finds(&access, &query())).unwrap());
    });
    group.bench_function("redacted and accounted", |bench| {
        bench.iter(|| runtime.block_on(exchange.objects(&access, &query(), Channel::Objects)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, pages);
criterion_main!(benches);
