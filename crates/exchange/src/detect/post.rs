//! What does the node hold of one sensor, in memory and in the store?

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use matcher::{
    telemetry::{Sources, Wanted},
    warninglist::Warninglist,
    watch::{Counted, Recent, RecentLimits, Sighting, Watch, WatchLimits, kept_paths},
};
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use store::{Batch, ConsumerName, Document, DocumentName, Operation, Precondition, Sequence};

use super::Detection;
use crate::{Exchange, ExchangeError, world::SensorDeclared};

/// So many bodies of each sensor are remembered, so that one that is sent again is not counted again.
pub const BODIES_REMEMBERED_MAX: usize = 256;
/// So many values are remembered for each sensor, all days together.
const VALUES_REMEMBERED_MAX: usize = 200_000;

/// A sensor at its post.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) declared: SensorDeclared,
    /// Bodies are matched one after the other.
    pub(super) work: Arc<tokio::sync::Mutex<Work>>,
    figures: Mutex<Detection>,
}

/// What one body after the other, and the clock, work on.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) watch: Watch,
    wanted: Wanted,
    /// Whether what indicators ask for may have changed since `wanted` was made.
    pub(super) asks: Asks,
    /// The number of the next observation.
    pub(super) next: u64,
    pub(super) kept: Kept,
    version: u64,
    standing: Standing,
    /// Indicators that cannot be watched for.
    pub(super) refused: BTreeSet<String>,
    pub(super) recent: Option<Recent>,
    /// When the values of the last days were written down.
    pub(super) saved: Option<Timestamp>,
    /// Indicators to look for in the last days.
    pub(super) new: Vec<String>,
    /// Up to where `new` is whole.
    pub(super) followed: Sequence,
    /// Up to where new ones were looked for.
    pub(super) looked: Sequence,
}

/// Whether what is read of telemetry has to be found out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Known,
    Changed,
}

/// How the document stands to what is in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// They say the same.
    Same,
    /// It may not have been written: what holds is what the store has.
    Doubtful,
    /// Another has taken over.
    Over,
}

/// What the store keeps of a sensor: one document, written whole.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    pub(super) counted: Counted,
    /// Sightings that have not come home yet, by id.
    #[serde(default)]
    pub(super) outbox: BTreeMap<String, Sighting>,
    /// The last bodies, the oldest first: key, lines, hits.
    #[serde(default)]
    pub(super) bodies: VecDeque<(String, u64, u64)>,
    /// The days of which values are kept.
    #[serde(default)]
    pub(super) days: BTreeSet<i64>,
}

impl Kept {
    /// Remembers a body.
    pub(super) fn remember(&mut self, key: String, lines: u64, hits: u64) {
        self.bodies.push_back((key, lines, hits));
        while self.bodies.len() > BODIES_REMEMBERED_MAX {
            self.bodies.pop_front();
        }
    }
}

pub(super) fn document(sensor: &str) -> DocumentName {
    DocumentName(format!("sensor/{sensor}"))
}

pub(super) fn day_document(sensor: &str, day: i64) -> DocumentName {
    DocumentName(format!("recent/{sensor}/{day}"))
}

/// Who looks for new indicators in what a sensor remembers.
pub(super) fn consumer(sensor: &str) -> ConsumerName {
    ConsumerName(format!("sensor/{sensor}"))
}

impl Post {
    pub(super) fn new(declared: SensorDeclared, work: Work) -> Self {
        Self { declared, work: Arc::new(tokio::sync::Mutex::new(work)), figures: Mutex::default() }
    }

    pub(super) fn figures(&self) -> Detection {
        *self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how many there are now.
    pub(super) fn count(&self, work: &Work) {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        *self.figures.lock().unwrap_or_else(PoisonError::into_inner) = Detection {
            indicators: number(work.watch.indicators()),
            above_pap: number(work.watch.above_ceiling()),
            refused: number(work.refused.len()),
            waiting: number(work.kept.outbox.len()),
        };
    }
}

impl Work {
    /// What is read of telemetry: what indicators ask for, and what is remembered.
    pub(super) fn wanted(&mut self, sources: &Sources) -> Wanted {
        if self.asks == Asks::Changed {
            let mut paths = self.watch.program().paths();
            if self.recent.is_some() {
                paths.extend(kept_paths());
            }
            self.wanted = Wanted::new(sources, paths.iter().map(String::as_str));
            self.asks = Asks::Known;
        }
        self.wanted.clone()
    }

    /// Whether another has taken over.
    pub(super) fn is_over(&self) -> bool {
        self.standing == Standing::Over
    }

    pub(super) fn end(&mut self) {
        self.standing = Standing::Over;
    }
}

impl Exchange {
    /// A sensor as it was left, without indicators yet.
    pub(super) async fn work_of(
        &self,
        declared: &SensorDeclared,
        organisation: &str,
        unmarked: Vec<String>,
    ) -> Result<Work, ExchangeError> {
        let (kept, version) = self.kept_of(&declared.name).await?;
        let limits =
            WatchLimits { window_seconds: i64::from(declared.window_seconds), ..WatchLimits::default() };
        let list = if declared.warninglists { Warninglist::builtin() } else { Warninglist::default() };
        let sensor = declared.sensor(organisation, unmarked);
        let mut recent = None;
        if declared.remember_days > 0 {
            let limits = RecentLimits {
                days_max: declared.remember_days,
                values_max: VALUES_REMEMBERED_MAX,
                ..RecentLimits::default()
            };
            let mut values = Recent::new(limits);
            for day in &kept.days {
                let text = self.store.document(&day_document(&declared.name, *day)).await?;
                values.read(*day, &text.content);
            }
            recent = Some(values);
        }
        Ok(Work {
            watch: Watch::new(sensor, limits, kept.counted.clone(), list.into_common()),
            wanted: Wanted::nothing(self.detecting.sources()),
            asks: Asks::Changed,
            next: 0,
            kept,
            version,
            standing: Standing::Same,
            refused: BTreeSet::new(),
            recent,
            saved: None,
            new: Vec::new(),
            followed: Sequence::ZERO,
            looked: self.store.cursor(&consumer(&declared.name)).await?,
        })
    }

    async fn kept_of(&self, sensor: &str) -> Result<(Kept, u64), ExchangeError> {
        let Document { version, content } = self.store.document(&document(sensor)).await?;
        if content.is_empty() {
            return Ok((Kept::default(), version));
        }
        let kept =
            serde_json::from_slice(&content).map_err(|error| ExchangeError::Document("sensor", error))?;
        Ok((kept, version))
    }

    /// Goes on from what the store has, where it is in doubt what was written.
    pub(super) async fn renew(&self, sensor: &str, work: &mut Work) -> Result<(), ExchangeError> {
        if work.standing == Standing::Doubtful {
            (work.kept, work.version) = self.kept_of(sensor).await?;
            work.watch.recount(work.kept.counted.clone());
            work.standing = Standing::Same;
        }
        Ok(())
    }

    /// Writes down what was counted and what has not come home, together with further operations.
    pub(super) async fn write_down(
        &self,
        sensor: &str,
        work: &mut Work,
        mut operations: Vec<Operation>,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        // In doubt until it is known; also where whoever asked waits no longer.
        work.standing = Standing::Doubtful;
        work.kept.counted = work.watch.counted().clone();
        let content =
            serde_json::to_vec(&work.kept).map_err(|error| ExchangeError::Document("sensor", error))?;
        operations.push(Operation::Document { name: document(sensor), content: content.into() });
        let precondition = Precondition::DocumentVersion { name: document(sensor), version: work.version };
        let batch = Batch { now, preconditions: vec![precondition], operations, receipt: None, entry: None };
        self.store.commit(batch).await?;
        work.version += 1;
        work.standing = Standing::Same;
        Ok(())
    }
}
