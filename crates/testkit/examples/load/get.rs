//! How many single objects a second does the server find, and how long does one wait for an object?

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    Plan,
    client::{Connection, LoadError, until},
    page,
    report::Report,
};

#[derive(Debug, Default)]
struct Tally {
    bytes: u64,
    opened: u64,
    latencies: Vec<Duration>,
}

pub(crate) async fn run(plan: Plan, count: usize, time_max: Duration) -> Result<Report, LoadError> {
    let ids = page::collect(&plan, count).await?;
    if ids.is_empty() {
        return Err(LoadError::Usage("the collection is empty".to_owned()));
    }
    let paths: Arc<Vec<String>> =
        Arc::new(ids.iter().map(|id| format!("{}{id}/", plan.target.objects())).collect());
    let begun = Instant::now();
    let deadline = begun + time_max;
    let workers: Vec<_> = (0..plan.connections)
        .map(|number| tokio::spawn(work(plan.clone(), Arc::clone(&paths), number, deadline)))
        .collect();
    let mut sum = Tally::default();
    for worker in workers {
        let tally = worker.await??;
        sum.bytes += tally.bytes;
        sum.opened += tally.opened;
        sum.latencies.extend(tally.latencies);
    }
    let time = begun.elapsed();
    let mut report = Report::new("get");
    report.say("requests", sum.latencies.len());
    report.say("ids", paths.len());
    report.say("bytes", sum.bytes);
    report.say("connections", plan.connections);
    report.say("opened", sum.opened);
    report.seconds(time);
    report.rate("requests_per_second", sum.latencies.len() as u64, time);
    report.latencies(sum.latencies);
    Ok(report)
}

async fn work(
    plan: Plan,
    paths: Arc<Vec<String>>,
    number: u16,
    deadline: Instant,
) -> Result<Tally, LoadError> {
    let mut connection = Connection::new(Arc::clone(&plan.target));
    let mut tally = Tally::default();
    let mut random = Random(u64::from(number) + 1);
    while let Some(path) = paths.get(random.below(paths.len())) {
        let begun = Instant::now();
        let Some(answer) = until(deadline, connection.get(path)).await? else {
            break;
        };
        tally.latencies.push(begun.elapsed());
        tally.bytes += answer.body.len() as u64;
    }
    tally.opened = connection.opened();
    Ok(tally)
}

/// Splitmix64: the same choices in every run.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^= word >> 31;
        usize::try_from(word % bound.max(1) as u64).unwrap_or_default()
    }
}
