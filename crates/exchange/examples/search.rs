//! How fast is search over many objects? Builds a node with so many (`-- 200000`), asks questions of several kinds as a person and as
//! a partner, and prints medians and 95th percentiles.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "an example that measures")]

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use cresset_exchange::{
    ApplyMode, Exchange, ExchangeLimits, GraphQuery, Interval, Meta, Person, Search, world::World,
};
use serde_json::{Value, json};
use stix::Timestamp;
use store::embedded::{Embedded, Options};
use testkit::objects::{AMBER, GREEN, RED, id, indicator, malware, marked, relationship, with};

const WORLD: &str = r#"
[organisation]
id = "identity--a0000001-0000-4000-8000-00000000000a"
name = "Lantern Coast Watch"
[[collection]]
id = "c0000001-0000-4000-8000-000000000001"
alias = "room"
title = "Room"
default_marking = ["TLP:GREEN"]
[[partner]]
name = "jpn"
organisation = "identity--a0000001-0000-4000-8000-00000000000c"
nation = "JPN"
[[agreement]]
partner = "jpn"
collection = "room"
may = ["read"]
ceiling = "GREEN"
"#;

const WORDS: [&str; 16] = [
    "silent", "mantis", "harbour", "buoy", "beacon", "lantern", "tide", "keel", "mast", "anchor", "reef",
    "gull", "storm", "cable", "signal", "fathom",
];

fn word(number: u32) -> &'static str {
    WORDS.get(number as usize % WORDS.len()).unwrap()
}

/// Two thirds indicators, one in eight malware, the rest relationships; one in ten AMBER, one in fifty RED.
fn object(number: u32) -> Value {
    let object = match number % 24 {
        0..3 => malware(number),
        3..8 => relationship(
            number,
            &id("indicator", number - number % 24 + 9),
            &id("malware", number - number % 24),
        ),
        _ => indicator(number),
    };
    let text = format!(
        "{} {} seen near {} by station {}",
        word(number),
        word(number / 16),
        word(number / 256),
        number % 5000
    );
    let object = with(object, "description", json!(text));
    let object = with(object, "labels", json!([word(number / 7)]));
    match number % 50 {
        0 => marked(object, &[RED]),
        10 | 20 | 30 | 40 => marked(object, &[AMBER]),
        _ => marked(object, &[GREEN]),
    }
}

#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn clock() -> Instant {
    Instant::now()
}

#[tokio::main]
async fn main() {
    let objects: u32 = std::env::args().nth(1).map_or(200_000, |text| text.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let store = Arc::new(Embedded::open(&dir.path().join("store"), &Options::default()).unwrap());
    let exchange = Exchange::open(store, ExchangeLimits::default(), now).await.unwrap();
    let exchange = exchange.indexing_in(dir.path().join("search"));
    let world: World = toml::from_str(WORLD).unwrap();
    exchange.apply(world, ApplyMode::Change, now).await.unwrap();
    let submission = exchange.own_submission("room").unwrap();
    let started = clock();
    for first in (0..objects).step_by(10_000) {
        let some: Vec<_> = (first..objects.min(first + 10_000)).map(object).collect();
        let envelope = json!({ "objects": some }).to_string();
        let prepared = exchange.prepare(envelope.as_bytes(), now).unwrap();
        let accepted = exchange.accept(&submission, prepared, now).await.unwrap();
        assert!(accepted.failures.is_empty(), "{:?}", accepted.failures.first());
    }
    println!("{objects} objects accepted in {:.1?}", started.elapsed());
    let started = clock();
    let indexed = exchange.reindex().await.unwrap();
    println!("{} objects in catalogue and index in {:.1?}", indexed.objects, started.elapsed());
    let person = Person { name: "ada".to_owned(), clearances: BTreeMap::new(), ceiling: None };
    for seen_as in [None, Some("jpn")] {
        let viewpoint = exchange.viewpoint(&person, seen_as, now).unwrap();
        let started = clock();
        let found = exchange.search(&viewpoint, &search("")).await.unwrap();
        println!(
            "as {}: {} objects, first answer {:.1?}",
            seen_as.unwrap_or("oneself"),
            found.total,
            started.elapsed()
        );
        for (kind, queries) in questions() {
            let mut times = Vec::new();
            for query in queries {
                let started = clock();
                exchange.search(&viewpoint, &search(&query)).await.unwrap();
                times.push(started.elapsed());
            }
            times.sort_unstable();
            let at =
                |share: usize| times.get((times.len() * share / 100).min(times.len() - 1)).copied().unwrap();
            println!("  {kind:<28} p50 {:>8.2?}  p95 {:>8.2?}", at(50), at(95));
        }
        let started = clock();
        let completions = exchange.complete(&viewpoint, "la", 2).await.unwrap();
        println!("  completion of `la`: {} in {:.1?}", completions.len(), started.elapsed());
        let started = clock();
        let around = vec![id("malware", 24)];
        let query = GraphQuery {
            around,
            hide_types: Vec::new(),
            hide_verbs: Vec::new(),
            meta: Meta::Hidden,
            from: None,
            until: None,
            limit: 500,
        };
        let graph = exchange.graph(&viewpoint, &query).await.unwrap();
        println!("  neighbours: {} nodes in {:.1?}", graph.nodes.len(), started.elapsed());
    }
}

fn search(query: &str) -> Search {
    Search { query: query.to_owned(), after: None, limit: 50, histogram: Interval::Month }
}

fn questions() -> Vec<(&'static str, Vec<String>)> {
    let each = |make: &dyn Fn(u32) -> String| (0..40).map(make).collect::<Vec<_>>();
    vec![
        ("one word, in 1 of 5 objects", each(&|n| word(n).to_owned())),
        ("two words", each(&|n| format!("{} {}", word(n), word(n / 3 + 1)))),
        ("a phrase", each(&|n| format!("\"{} {}\"", word(n), word(n + 1)))),
        ("a rare word", each(&|n| format!("station {}", n * 37))),
        ("a value", each(&|n| format!("host-{}.example", n * 24 + 9))),
        ("a beginning", each(&|n| format!("host-{}*", 1000 + n))),
        (
            "type, tlp, time",
            each(&|n| format!("type:malware tlp:green modified>{}d label:{}", 900 + n, word(n))),
        ),
        ("everything", each(&|_| String::new())),
    ]
}
