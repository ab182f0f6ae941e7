//! Does the store keep what it acknowledged when its process is killed at any moment?
//!
//! The test runs itself once more as a writer, kills that, opens what it left, and counts. It runs `CRESSET_KILL_ROUNDS`
//! rounds, 10 where nothing is said.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use super::{Embedded, small};
use crate::{ConsumerName, LabelId, Sequence, Store, contract::fixtures::*};

const WRITERS: u32 = 3;
const BATCHES_MAX: u32 = 10_000;
const BATCH_MAX: u32 = 20;
const DIRECTORY: &str = "CRESSET_KILL_DIRECTORY";

/// How many objects a batch has, from its number.
fn size(batch: u32) -> u32 {
    batch % BATCH_MAX + 1
}

/// The number of an object, from which its writer and batch can be told.
fn object_number(writer: u32, batch: u32, offset: u32) -> u32 {
    (writer * BATCHES_MAX + batch) * BATCH_MAX + offset
}

fn consumer(writer: u32) -> ConsumerName {
    ConsumerName(format!("writer/{writer}"))
}

/// Not a test: what is killed. Does nothing unless [`DIRECTORY`] says where.
#[test]
fn a_writer_to_be_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(write(Path::new(&directory)));
}

async fn write(directory: &Path) {
    let store = Arc::new(Embedded::open(directory, &small()).unwrap());
    let labels = labels(&*store, ["a", "b"]).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            let done = store.cursor(&consumer(writer)).await.unwrap().get();
            for number in u32::try_from(done).unwrap() + 1..BATCHES_MAX {
                let add = |offset| add(labels[offset as usize % 2], object_number(writer, number, offset));
                let mut operations: Vec<_> = (0..size(number)).map(add).collect();
                operations.push(cursor(&consumer(writer).0, number.into()));
                let done = store.commit(batch(0, operations)).await.unwrap();
                // In one piece, so that the end of the line says that all of it is there.
                let line = format!("\nacknowledged {writer} {number} {}\n", done.sequence.get());
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
        });
    }
    writers.join_all().await;
}

fn spawn(directory: &Path) -> Child {
    let name = concat!(module_path!(), "::a_writer_to_be_killed");
    let (_, name) = name.split_once("::").unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a writer write for a while; says which batch of each writer was the last acknowledged, and where.
fn write_and_kill(directory: &Path, patience: Duration) -> BTreeMap<u32, (u32, u64)> {
    let mut child = spawn(directory);
    let mut output = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).unwrap();
        text
    });
    std::thread::sleep(patience);
    child.kill().unwrap();
    child.wait().unwrap();
    let text = reader.join().unwrap();
    let whole_lines = text.rsplit_once('\n').map_or("", |(whole, _)| whole).lines();
    let mut acknowledged = BTreeMap::new();
    for line in whole_lines.filter_map(|line| line.strip_prefix("acknowledged ")) {
        let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
        acknowledged
            .insert(u32::try_from(numbers[0]).unwrap(), (u32::try_from(numbers[1]).unwrap(), numbers[2]));
    }
    acknowledged
}

/// Checks that the store holds whole batches, all up to each writer's cursor, and gives the cursors.
async fn check(store: &Embedded) -> BTreeMap<u32, u32> {
    let labels: Vec<LabelId> = store.labels().await.unwrap().into_iter().map(|(label, _)| label).collect();
    let page = page(store, &all_of(ROOM), &labels).await;
    assert!(page.objects.is_sorted_by(|left, right| left.sequence < right.sequence));
    let mut found = BTreeMap::<(u32, u32), u32>::new();
    for held in &page.objects {
        let (_, number) = held.object.inspect().id().rsplit_once('-').unwrap();
        let number = u32::from_str_radix(number, 16).unwrap();
        let batch = number / BATCH_MAX;
        *found.entry((batch / BATCHES_MAX, batch % BATCHES_MAX)).or_default() += 1;
    }
    assert!(found.iter().all(|((_, batch), count)| *count == size(*batch)), "a batch is half there");
    let log = log(store).await;
    assert_eq!(log.len(), page.objects.len());
    assert_eq!(log.last().map_or(Sequence::ZERO, |change| change.sequence), store.last());
    let counted: u64 = store.counts().await.unwrap().iter().map(|count| count.count).sum();
    assert_eq!(counted, page.objects.len() as u64);
    let mut cursors = BTreeMap::new();
    for writer in 0..WRITERS {
        let cursor = u32::try_from(store.cursor(&consumer(writer)).await.unwrap().get()).unwrap();
        let batches: Vec<_> = found.keys().filter(|(of, _)| *of == writer).map(|(_, batch)| *batch).collect();
        assert_eq!(
            batches,
            (1..=cursor).collect::<Vec<_>>(),
            "the cursor and the objects of a batch come together"
        );
        cursors.insert(writer, cursor);
    }
    cursors
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_kill() {
    let rounds = std::env::var("CRESSET_KILL_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap());
    let mut place = tempfile::tempdir().unwrap();
    let (mut before, mut last) = (BTreeMap::new(), Sequence::ZERO);
    let mut acknowledged_ever = 0;
    for round in 0..rounds {
        // Now and then a new store, killed early: while it is being made.
        if round % 5 == 0 {
            place = tempfile::tempdir().unwrap();
            (before, last) = (BTreeMap::new(), Sequence::ZERO);
        }
        let patience = if round % 5 == 0 { 3 + round % 40 } else { 40 + round * 37 % 160 };
        let acknowledged = write_and_kill(place.path(), Duration::from_millis(patience));
        let store = Embedded::open(place.path(), &small()).unwrap();
        let cursors = check(&store).await;
        for (writer, (batch, sequence)) in &acknowledged {
            assert!(cursors[writer] >= *batch, "an acknowledged batch is gone");
            assert!(store.last().get() >= *sequence && *sequence > last.get());
        }
        assert!(before.iter().all(|(writer, cursor)| cursors[writer] >= *cursor));
        acknowledged_ever += acknowledged.len();
        (before, last) = (cursors, store.last());
    }
    assert!(acknowledged_ever > 0, "no writer came to write anything");
}
