//! How many objects a second does the server take, durably, one envelope after the other?
//!
//! Each connection sends its next envelope when the status of the one before says `complete`. Connections take
//! envelopes from one list.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde::Deserialize;

use crate::{
    Plan,
    bundle::Envelope,
    client::{Answer, Connection, LoadError, until},
    report::Report,
};

/// The TAXII status resource, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Status {
    id: String,
    #[serde(rename = "status")]
    state: String,
    #[serde(default)]
    success_count: u64,
    #[serde(default)]
    failure_count: u64,
    #[serde(default)]
    failures: Vec<Failure>,
}

#[derive(Debug, Deserialize)]
struct Failure {
    id: String,
    #[serde(default)]
    message: String,
}

#[derive(Debug, Default)]
struct Tally {
    objects: u64,
    bytes: u64,
    failed: u64,
    first_failure: Option<Failure>,
    latencies: Vec<Duration>,
    last: Option<Instant>,
    opened: u64,
}

pub(crate) async fn run(plan: Plan, envelopes: Vec<Envelope>) -> Result<Report, LoadError> {
    let count = envelopes.len();
    let envelopes = Arc::new(envelopes);
    let taken = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let workers: Vec<_> = (0..plan.connections)
        .map(|_| tokio::spawn(work(plan.clone(), Arc::clone(&envelopes), Arc::clone(&taken))))
        .collect();
    let mut sum = Tally::default();
    for worker in workers {
        sum.add(worker.await??);
    }
    let time = sum.last.ok_or(LoadError::Time)?.duration_since(begun);
    let mut report = Report::new("post");
    report.say("objects", sum.objects);
    report.say("envelopes", sum.latencies.len());
    report.say("bytes", sum.bytes);
    report.say("connections", plan.connections);
    report.say("opened", sum.opened);
    report.say("complete", sum.latencies.len() == count);
    report.seconds(time);
    report.rate("objects_per_second", sum.objects, time);
    report.rate_megabytes(sum.bytes, time);
    report.latencies(sum.latencies);
    if let Some(first) = sum.first_failure {
        report.say("failed", sum.failed);
        report.fail(format!("`{}` was not taken: {}", first.id, first.message));
    }
    Ok(report)
}

async fn work(
    plan: Plan,
    envelopes: Arc<Vec<Envelope>>,
    taken: Arc<AtomicUsize>,
) -> Result<Tally, LoadError> {
    let mut connection = Connection::new(Arc::clone(&plan.target));
    let mut tally = Tally::default();
    while let Some(envelope) = envelopes.get(taken.fetch_add(1, Ordering::Relaxed)) {
        let begun = Instant::now();
        let Some(status) = until(plan.deadline, submit(&plan, &mut connection, envelope)).await? else {
            break;
        };
        tally.bytes += envelope.body.len() as u64;
        tally.count(begun, envelope, status);
    }
    tally.opened = connection.opened();
    Ok(tally)
}

/// Sends one envelope, and waits until the server has finished with it.
async fn submit(plan: &Plan, connection: &mut Connection, envelope: &Envelope) -> Result<Status, LoadError> {
    let path = plan.target.objects();
    let mut status = parsed(path, &connection.post(path, envelope.body.clone()).await?)?;
    while status.state == "pending" {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let path = plan.target.status(&status.id);
        status = parsed(&path, &connection.get(&path).await?)?;
    }
    Ok(status)
}

fn parsed(path: &str, answer: &Answer) -> Result<Status, LoadError> {
    serde_json::from_slice(&answer.body).map_err(|source| LoadError::Answer { path: path.to_owned(), source })
}

impl Tally {
    fn count(&mut self, begun: Instant, envelope: &Envelope, status: Status) {
        let now = Instant::now();
        self.latencies.push(now.duration_since(begun));
        self.last = Some(now);
        self.objects += status.success_count;
        let lost = envelope.objects.saturating_sub(status.success_count).max(status.failure_count);
        if lost > 0 && self.first_failure.is_none() {
            let unnamed = Failure { id: status.id, message: format!("status {}", status.state) };
            self.first_failure = Some(status.failures.into_iter().next().unwrap_or(unnamed));
        }
        self.failed += lost;
    }

    fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
        self.failed += other.failed;
        self.first_failure = self.first_failure.take().or(other.first_failure);
        self.latencies.extend(other.latencies);
        self.last = self.last.max(other.last);
        self.opened += other.opened;
    }
}
