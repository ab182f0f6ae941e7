//! How fast can one read the whole collection, page after page?
//!
//! Pages are read one after the other, because each says where the next begins. The timed walk looks at nothing but
//! `more` and `next`; a second walk parses every page and counts, so that the objects per second are true.

use std::{
    collections::HashSet,
    fmt::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Deserialize;

use crate::{
    Plan,
    client::{Answer, Connection, LoadError, until},
    edges::Turn,
    report::Report,
};

/// What is walked over: the objects or the manifest, with how many in a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    what: What,
    limit: u32,
    /// How often it is walked.
    times: u32,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Objects,
    Manifest,
}

/// The timed walk, done.
#[derive(Debug)]
pub(crate) struct Walked {
    pub(crate) report: Report,
    time: Duration,
    walks: u64,
    complete: bool,
}

#[derive(Debug, Default)]
struct Tally {
    walks: u64,
    bytes: u64,
    opened: u64,
    latencies: Vec<Duration>,
}

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    objects: Vec<Head>,
    #[serde(flatten)]
    turn: Turn,
}

#[derive(Debug, Deserialize)]
struct Head {
    id: String,
}

impl Walk {
    pub(crate) fn objects(limit: u32, times: u32) -> Self {
        Self { what: What::Objects, limit, times }
    }

    pub(crate) fn manifest(limit: u32) -> Self {
        Self { what: What::Manifest, limit, times: 1 }
    }

    fn first(self, plan: &Plan) -> String {
        let path = match self.what {
            What::Objects => plan.target.objects().to_owned(),
            What::Manifest => plan.target.manifest(),
        };
        format!("{path}?limit={}", self.limit)
    }

    /// Where the walk goes on. Some servers give no `next` in a manifest; then the date of the last object leads on, as
    /// the standard allows.
    fn following(self, plan: &Plan, turn: Turn, last: Option<String>) -> Result<Option<String>, LoadError> {
        if !turn.more {
            return Ok(None);
        }
        let first = self.first(plan);
        match (turn.next, last) {
            (Some(next), _) => Ok(Some(format!("{first}&next={}", escaped(&next)))),
            (None, Some(date)) => Ok(Some(format!("{first}&added_after={}", escaped(&date)))),
            (None, None) => Err(LoadError::Astray { path: first }),
        }
    }
}

fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            // Writing to a string does not fail.
            other => drop(write!(text, "%{other:02X}")),
        }
    }
    text
}

/// The timed walk, by every connection at the same time.
pub(crate) async fn run(plan: Plan, walk: &Walk) -> Result<Walked, LoadError> {
    let begun = Instant::now();
    let workers: Vec<_> = (0..plan.connections).map(|_| tokio::spawn(work(plan.clone(), *walk))).collect();
    let mut sum = Tally::default();
    for worker in workers {
        let tally = worker.await??;
        sum.walks += tally.walks;
        sum.bytes += tally.bytes;
        sum.opened += tally.opened;
        sum.latencies.extend(tally.latencies);
    }
    let time = begun.elapsed();
    let mut report = Report::new("page");
    let pages = sum.latencies.len() as u64;
    let complete = sum.walks == u64::from(plan.connections) * u64::from(walk.times);
    report.say("pages", pages);
    report.say("walks", sum.walks);
    report.say("bytes", sum.bytes);
    report.say("limit", walk.limit);
    report.say("connections", plan.connections);
    report.say("opened", sum.opened);
    report.say("complete", complete);
    report.seconds(time);
    report.rate("pages_per_second", pages, time);
    report.rate_megabytes(sum.bytes, time);
    report.latencies(sum.latencies);
    Ok(Walked { report, time, walks: sum.walks, complete })
}

async fn work(plan: Plan, walk: Walk) -> Result<Tally, LoadError> {
    let mut connection = Connection::new(Arc::clone(&plan.target));
    let mut tally = Tally::default();
    'walks: for _ in 0..walk.times {
        let mut path = Some(walk.first(&plan));
        while let Some(here) = path {
            let begun = Instant::now();
            let Some((edges, last)) = until(plan.deadline, connection.ask_edges(&here)).await? else {
                break 'walks;
            };
            tally.latencies.push(begun.elapsed());
            tally.bytes += edges.bytes();
            let turn = edges.turn().map_err(|source| LoadError::Answer { path: here, source })?;
            path = walk.following(&plan, turn, last)?;
        }
        tally.walks += 1;
    }
    tally.opened = connection.opened();
    Ok(tally)
}

/// The second walk: counts the objects and the different ids, and adds objects per second to the report. What the time
/// did not suffice for is left out.
pub(crate) async fn verify(plan: Plan, walk: &Walk, walked: Walked) -> Result<Report, LoadError> {
    let Walked { mut report, time, walks, complete } = walked;
    if !complete {
        return Ok(report);
    }
    let mut ids = HashSet::new();
    let objects = ids_of(&plan, walk, usize::MAX, |id| {
        ids.insert(id);
    })
    .await?;
    let Some(objects) = objects else {
        return Ok(report);
    };
    report.say("objects", objects);
    report.rate("objects_per_second", objects * walks, time);
    report.say("ids", ids.len());
    if objects != ids.len() as u64 {
        report.fail("an object was given more than once".to_owned());
    }
    Ok(report)
}

/// The first `count` ids of the collection, from its manifest.
pub(crate) async fn collect(plan: &Plan, count: usize) -> Result<Vec<String>, LoadError> {
    let mut ids = Vec::new();
    let limit = u32::try_from(count).unwrap_or(u32::MAX).clamp(1, 1000);
    ids_of(plan, &Walk::manifest(limit), count, |id| ids.push(id)).await?.ok_or(LoadError::Time)?;
    ids.truncate(count);
    Ok(ids)
}

/// Walks until so many objects were seen; how many there were, or `None` when the time was up.
async fn ids_of(
    plan: &Plan,
    walk: &Walk,
    count: usize,
    mut found: impl FnMut(String),
) -> Result<Option<u64>, LoadError> {
    let mut connection = Connection::new(Arc::clone(&plan.target));
    let mut objects = 0;
    let mut path = Some(walk.first(plan));
    while let Some(here) = path {
        let Some(answer) = until(plan.deadline, connection.get(&here)).await? else {
            return Ok(None);
        };
        let Answer { body, date_added_last } = answer;
        let page: Page =
            serde_json::from_slice(&body).map_err(|source| LoadError::Answer { path: here, source })?;
        objects += page.objects.len() as u64;
        page.objects.into_iter().for_each(|head| found(head.id));
        if objects >= count as u64 {
            break;
        }
        path = walk.following(plan, page.turn, date_added_last)?;
    }
    Ok(Some(objects))
}
