//! How fast is the embedded store on this machine? `cargo run --release -p cresset-store --example rates -- <objects> <labels> <writers>`

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a tool that measures"
)]

use std::{num::NonZeroU32, sync::Arc, time::Instant};

use bytes::Bytes;
use cresset_store::{
    Batch, CollectionNumber, LabelId, LabelSet, ObjectQuery, Operation, OriginNumber, Outcome, Sequence,
    Store,
    embedded::{Embedded, Options},
};
use stix::{Limits, Object, Timestamp};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn object(random: &mut Random) -> Object {
    let mut hex = |n: usize| (0..n).map(|_| format!("{:016x}", random.next())).collect::<String>();
    let (a, b) = (hex(2), hex(30));
    let uuid = format!("{}-{}-4{}-8{}-{}", &a[..8], &a[8..12], &a[13..16], &a[17..20], &a[20..32]);
    let description =
        "Beacon of the intrusion set seen at partners, reported with context for hunting teams. ".repeat(4);
    let text = format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{uuid}","created_by_ref":"identity--f431f809-377b-45e0-aa1c-6a4751cae5ff","created":"2024-04-06T20:03:48.000Z","modified":"2024-04-06T20:03:48.000Z","name":"Hash {a}","description":"{description}","indicator_types":["malicious-activity"],"pattern":"[file:hashes.'SHA-256' = '{b}']","pattern_type":"stix","valid_from":"2024-04-06T20:03:48Z","object_marking_refs":["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]}}"#
    );
    Object::parse(text.as_bytes(), &Limits::DEFAULT).unwrap()
}

fn rss() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status
        .lines()
        .filter(|l| l.starts_with("VmRSS") || l.starts_with("VmHWM"))
        .collect::<Vec<_>>()
        .join(" ")
        .replace('\t', " ")
}

/// Processor time of threads by name, in milliseconds: tells more than the clock where others use the machine too.
fn processor() -> std::collections::BTreeMap<String, u64> {
    let mut times = std::collections::BTreeMap::new();
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let Ok(stat) = std::fs::read_to_string(task.unwrap().path().join("stat")) else { continue };
        let (name, rest) = stat.split_once('(').unwrap().1.rsplit_once(')').unwrap();
        let fields: Vec<_> = rest.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        *times.entry(name.to_owned()).or_default() += ticks * 10;
    }
    times
}

const ROOM: CollectionNumber = CollectionNumber(1);

async fn fill(
    store: &Arc<Embedded>,
    labels: &[LabelId],
    range: std::ops::Range<u64>,
    writers: u64,
) -> Vec<(Sequence, String, LabelId)> {
    let mut tasks = Vec::new();
    for writer in 0..writers {
        let (store, labels) = (store.clone(), labels.to_vec());
        let per = (range.end - range.start) / writers;
        let start = range.start + writer * per;
        tasks.push(tokio::spawn(async move {
            let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (start + 1).wrapping_mul(0xD134_2543_DE82_EF95));
            let mut found = Vec::new();
            let mut waited = 0.0;
            for _ in 0..per / 1000 {
                let operations: Vec<_> = (0..1000)
                    .map(|_| {
                        let label = labels[random.next() as usize % labels.len()];
                        Operation::Add {
                            collection: ROOM,
                            label,
                            origin: OriginNumber(1),
                            meaning: [1; 16],
                            object: object(&mut random),
                        }
                    })
                    .collect();
                let names: Vec<_> = operations
                    .iter()
                    .step_by(100)
                    .map(|o| match o {
                        Operation::Add { object, label, .. } => (object.id().to_owned(), *label),
                        _ => unreachable!(),
                    })
                    .collect();
                let started = Instant::now();
                let done = store
                    .commit(Batch { now: Timestamp::EPOCH, preconditions: vec![], operations, receipt: None })
                    .await
                    .unwrap();
                waited += started.elapsed().as_secs_f64();
                for (outcome, (id, label)) in done.outcomes.iter().step_by(100).zip(names) {
                    let Outcome::Added(sequence) = outcome else { panic!() };
                    found.push((*sequence, id, label));
                }
            }
            (found, waited)
        }));
    }
    let mut all = Vec::new();
    let mut waited = 0.0;
    for task in tasks {
        let (found, w) = task.await.unwrap();
        all.extend(found);
        waited += w;
    }
    println!(
        "   time in commit, mean over writers: {:.2} s -> {:.0} objects/s",
        waited / writers as f64,
        (range.end - range.start) as f64 / (waited / writers as f64)
    );
    all
}

async fn scan(store: &Embedded, visible: &LabelSet, name: &str) {
    for round in 0..2 {
        let before: u64 = processor().values().sum();
        let started = Instant::now();
        let (mut after, mut count, mut pages) = (Sequence::ZERO, 0, 0);
        loop {
            let query = ObjectQuery {
                collection: ROOM,
                after,
                types: vec![],
                limit: NonZeroU32::new(1000).unwrap(),
                bytes_max: usize::MAX,
            };
            let page = store.objects(&query, visible).await.unwrap();
            count += page.objects.len();
            pages += 1;
            after = page.objects.last().map_or(after, |h| h.sequence);
            if !page.more || count >= 100_000 {
                break;
            }
        }
        let s = started.elapsed().as_secs_f64();
        println!(
            "scan {name} round {round}: {count} objects, {pages} pages, {:.0} objects/s",
            f64::from(u32::try_from(count).unwrap()) / s
        );
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<u64>().unwrap());
    let (objects, labels, writers) =
        (arguments.next().unwrap_or(250_000), arguments.next().unwrap_or(16), arguments.next().unwrap_or(1));
    if let Ok(path) = std::env::var("RATES_OPEN") {
        let started = Instant::now();
        let store = Embedded::open(path.as_ref(), &Options::default()).unwrap();
        println!("opened in {:.3} s, {}", started.elapsed().as_secs_f64(), rss());
        tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
        println!("idle {}", rss());
        let labels: LabelSet = store.labels().await.unwrap().into_iter().map(|(l, _)| l).collect();
        scan(&store, &labels, "all labels").await;
        scan(&store, &labels.iter().take(1).collect(), "one label").await;
        println!("after reads {}", rss());
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Embedded::open(directory.path(), &Options::default()).unwrap());
    let mut numbers = Vec::new();
    for n in 0..labels {
        numbers.push(store.intern(Bytes::from(format!("label {n}"))).await.unwrap());
    }
    println!("{}", rss());
    let mut found = Vec::new();
    for part in 0..5 {
        found.extend(fill(&store, &numbers, objects / 5 * part..objects / 5 * (part + 1), writers).await);
    }
    println!("after fill {} {:?}", rss(), processor());
    let started = Instant::now();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    scan(&store, &numbers.iter().copied().collect(), "all labels").await;
    scan(&store, &numbers.iter().copied().take(1).collect(), "one label").await;
    scan(&store, &numbers.iter().copied().take(16).collect(), "16 labels").await;
    let _ = started;
    for round in 0..3 {
        let subset: Vec<_> = if round == 0 {
            found.iter().collect()
        } else {
            found.iter().step_by(found.len() / 200 + 1).collect()
        };
        let started = Instant::now();
        for (sequence, id, label) in &subset {
            let claims = store.claims(&[id]).await.unwrap();
            assert_eq!(claims[0][0].sequence, *sequence);
            assert!(store.object(ROOM, *label, *sequence).await.unwrap().is_some());
        }
        println!(
            "claim + object by id, {} ids: {:.2} us",
            subset.len(),
            started.elapsed().as_secs_f64() * 1e6 / subset.len() as f64
        );
    }
    println!("after reads {}", rss());
    drop(found);
    store.close().await.unwrap();
    let mut size = 0;
    let mut stack = vec![directory.path().to_owned()];
    while let Some(path) = stack.pop() {
        for e in std::fs::read_dir(path).unwrap() {
            let e = e.unwrap();
            if e.file_type().unwrap().is_dir() {
                stack.push(e.path())
            } else {
                size += e.metadata().unwrap().len()
            }
        }
    }
    println!("closed {}; {} MB on disk", rss(), size / 1_000_000);
    let started = Instant::now();
    let store = Embedded::open(directory.path(), &Options::default()).unwrap();
    println!("reopened in {:.3} s, {}", started.elapsed().as_secs_f64(), rss());
    drop(store);
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .env("RATES_OPEN", directory.path())
        .status();
    assert!(status.unwrap().success());
}
