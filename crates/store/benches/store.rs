//! How fast is the embedded store? `cargo bench -p cresset-store`
//!
//! Each figure is taken at 25,000 and at 250,000 objects: a store must not get slower as it fills.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "benchmarks are tests of speed")]

use std::{fmt::Write as _, num::NonZeroU32, sync::Arc, time::Duration};

use bytes::Bytes;
use cresset_store::{
    Batch, Claim, CollectionNumber, LabelId, LabelSet, ObjectQuery, Operation, OriginNumber, Sequence, Store,
    embedded::{Embedded, Options},
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use stix::{Limits, Object, Timestamp};
use tokio::{runtime::Runtime, task::JoinSet};

const ROOM: CollectionNumber = CollectionNumber(1);
const BATCH: u32 = 1000;
const LABELS: u32 = 300;

/// Numbers that look random and are the same each time.
#[derive(Clone)]
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn hex(&mut self, length: usize) -> String {
        let mut text = String::new();
        while text.len() < length {
            write!(text, "{:016x}", self.next()).unwrap();
        }
        text.truncate(length);
        text
    }
}

/// An indicator of 1.4 kB; about as compressible as real ones.
fn object(numbers: &mut Numbers) -> Object {
    let uuid = format!(
        "{}-{}-4{}-8{}-{}",
        numbers.hex(8),
        numbers.hex(4),
        numbers.hex(3),
        numbers.hex(3),
        numbers.hex(12)
    );
    let (name, hash) = (numbers.hex(32), numbers.hex(480));
    let description =
        "Beacon of the intrusion set seen at partners, with context for hunting teams. ".repeat(4);
    let text = format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{uuid}","created_by_ref":"identity--f431f809-377b-45e0-aa1c-6a4751cae5ff","created":"2024-04-06T20:03:48.000Z","modified":"2024-04-06T20:03:48.000Z","name":"Hash {name}","description":"{description}","indicator_types":["malicious-activity"],"pattern":"[file:hashes.'SHA-256' = '{hash}']","pattern_type":"stix","valid_from":"2024-04-06T20:03:48Z","object_marking_refs":["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]}}"#
    );
    Object::parse(text.as_bytes(), &Limits::DEFAULT).unwrap()
}

fn batch(numbers: &mut Numbers, labels: &[LabelId]) -> Batch {
    let mut add = || {
        let label = labels[usize::try_from(numbers.next() % labels.len() as u64).unwrap()];
        Operation::Add {
            collection: ROOM,
            label,
            origin: OriginNumber(1),
            meaning: [1; 16],
            object: object(numbers),
        }
    };
    let operations = (0..BATCH).map(|_| add()).collect();
    Batch { now: Timestamp::EPOCH, preconditions: Vec::new(), operations, receipt: None, entry: None }
}

/// A store with so many objects under 300 labels, and the directory it lies in.
struct Filled {
    _directory: tempfile::TempDir,
    store: Arc<Embedded>,
    labels: Vec<LabelId>,
    numbers: Numbers,
    ids: Vec<String>,
}

fn fill(runtime: &Runtime, objects: u32) -> Filled {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(Embedded::open(directory.path(), &Options::default()).unwrap());
    let mut numbers = Numbers(u64::from(objects));
    let (labels, ids) = runtime.block_on(async {
        let mut labels = Vec::new();
        for number in 0..LABELS {
            labels.push(store.intern(Bytes::from(format!("label {number}"))).await.unwrap());
        }
        let mut ids = Vec::new();
        for _ in 0..objects / BATCH {
            let batch = batch(&mut numbers, &labels);
            ids.extend(batch.operations.iter().take(1).filter_map(|operation| match operation {
                Operation::Add { object, .. } => Some(object.id().to_owned()),
                Operation::Remove { .. }
                | Operation::Relabel { .. }
                | Operation::Document { .. }
                | Operation::Cursor { .. } => None,
            }));
            store.commit(batch).await.unwrap();
        }
        (labels, ids)
    });
    Filled { _directory: directory, store, labels, numbers, ids }
}

/// Everybody commits one batch of 1000 objects at once; all are durable at the end.
fn commits(criterion: &mut Criterion, runtime: &Runtime, filled: &mut Filled, objects: u32) {
    let mut group = criterion.benchmark_group("commit");
    group.sample_size(20).measurement_time(Duration::from_secs(5));
    for writers in [1_u32, 8] {
        group.throughput(Throughput::Elements(u64::from(writers * BATCH)));
        let id = BenchmarkId::new(format!("{writers} writers"), objects);
        let Filled { store, labels, numbers, .. } = filled;
        group.bench_function(id, |bencher| {
            bencher.iter_batched(
                || (0..writers).map(|_| batch(numbers, labels)).collect::<Vec<_>>(),
                |batches| {
                    runtime.block_on(async {
                        let mut writers = JoinSet::new();
                        for batch in batches {
                            let store = Arc::clone(store);
                            writers.spawn(async move { store.commit(batch).await.unwrap() });
                        }
                        writers.join_all().await
                    })
                },
                criterion::BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// A reader goes from page to page of 1000.
fn pages(criterion: &mut Criterion, runtime: &Runtime, filled: &Filled, objects: u32) {
    let mut group = criterion.benchmark_group("page of 1000");
    group.sample_size(30).measurement_time(Duration::from_secs(3));
    for visible in [1_usize, 16, 300] {
        let labels: LabelSet = filled.labels.iter().copied().take(visible).collect();
        let limit = NonZeroU32::new(BATCH).unwrap();
        let mut query = ObjectQuery {
            collection: ROOM,
            after: Sequence::ZERO,
            types: Vec::new(),
            limit,
            bytes_max: usize::MAX,
        };
        let mut next = || {
            let page = runtime.block_on(filled.store.objects(&query, &labels)).unwrap();
            query.after = if page.more { page.objects.last().unwrap().sequence } else { Sequence::ZERO };
            page.objects.len()
        };
        // One label of few objects does not fill a page.
        let objects_a_page = next();
        group.throughput(Throughput::Elements(objects_a_page as u64));
        group.bench_function(BenchmarkId::new(format!("{visible} labels visible"), objects), |bencher| {
            bencher.iter(|| {
                // The last page of a walk is shorter; it does not count.
                while next() < objects_a_page {}
            });
        });
    }
    group.finish();
}

/// All claims on an id, then the object of the first.
fn by_id(criterion: &mut Criterion, runtime: &Runtime, filled: &Filled, objects: u32) {
    let mut group = criterion.benchmark_group("claim and object by id");
    let read = async |id: &String| {
        let lists: Vec<Vec<Claim>> = filled.store.claims(&[id]).await.unwrap();
        let claim = lists[0][0];
        filled.store.object(claim.collection, claim.label, claim.sequence).await.unwrap().unwrap()
    };
    let mut ids = filled.ids.iter().take(25).cycle();
    group.bench_function(BenchmarkId::new("warm", objects), |bencher| {
        bencher.iter(|| runtime.block_on(read(ids.next().unwrap())));
    });
    group.finish();
}

fn all(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    for objects in [25_000, 250_000] {
        let mut filled = fill(&runtime, objects);
        // What was written last is put in order first, as it is where a store is read most of the time.
        std::thread::sleep(Duration::from_secs(2));
        pages(criterion, &runtime, &filled, objects);
        by_id(criterion, &runtime, &filled, objects);
        commits(criterion, &runtime, &mut filled, objects);
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
