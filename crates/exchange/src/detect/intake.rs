//! What does a body of telemetry say? Every line is looked at, what matches is counted, and only then is it answered.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use matcher::{
    ObservationId,
    telemetry::{FindingCode, Reader, SourceId, TelemetryLimits, Wanted},
    watch::{Alert, Seen},
};
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use tokio::sync::OwnedMutexGuard;

use super::post::{Post, Work};
use crate::{Exchange, ExchangeError, checkpoint::hex};

/// So many findings are told one by one; all are counted.
pub const FINDINGS_TOLD_MAX: usize = 100;

/// A body of telemetry: lines.
#[derive(Debug, Clone)]
pub struct Telemetry {
    /// The sensor that sends it, authenticated.
    pub sensor: String,
    /// What the lines are, such as `zeek`; found out where it is not said.
    pub format: Option<String>,
    /// Its key: a body with the key of an earlier one is that body, sent again. SHA-256 of its bytes where it is not said.
    pub key: Option<String>,
    /// The lines.
    pub bytes: Bytes,
}

/// What was wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFinding {
    /// Its number, from 1.
    pub line: u64,
    /// The code, as in `docs/telemetry.md`.
    pub code: String,
    /// Where in the line, in bytes, where the line could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
}

/// Whether a body was taken before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Repetition {
    /// It is new.
    New,
    /// It was taken before, and was not counted again.
    Repeated,
}

/// What became of a body. Its hits are on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Whether it was taken before.
    pub body: Repetition,
    /// How many lines it has, empty ones not counted.
    pub lines: u64,
    /// How many of them could not be read.
    pub broken_lines: u64,
    /// How many observations they make, of what indicators ask for.
    pub observations: u64,
    /// How often indicators matched.
    pub hits: u64,
    /// What was wrong, line by line; the first of them.
    pub findings: Vec<LineFinding>,
    /// How often there was each finding.
    pub counts: BTreeMap<String, u64>,
}

/// Why a body was not taken. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// No such sensor is declared.
    #[error("there is no sensor of this name")]
    NoSensor,
    /// No such source is known.
    #[error("there is no format of this name")]
    NoFormat,
    /// The indicators are being read.
    #[error("the indicators are being read")]
    NotReady,
    /// The rest.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

impl Exchange {
    /// Takes a body of telemetry: matched by all that was published before, counted, and the count on the disk when it returns.
    /// Not to be dropped halfway: what was written down by then holds, but nobody learns it.
    ///
    /// # Errors
    /// [`TelemetryError`]; then nothing of it was taken.
    pub async fn take_telemetry(
        &self,
        telemetry: Telemetry,
        now: Timestamp,
    ) -> Result<Taken, TelemetryError> {
        let named = match &telemetry.format {
            Some(name) => Some(self.detecting.sources().find(name).ok_or(TelemetryError::NoFormat)?),
            None => None,
        };
        self.follow(now).await?;
        let (post, mut work) = self.at_work(&telemetry.sensor).await?;
        self.renew(&telemetry.sensor, &mut work).await?;
        let key = telemetry
            .key
            .clone()
            .unwrap_or_else(|| hex(ring::digest::digest(&ring::digest::SHA256, &telemetry.bytes).as_ref()));
        if let Some((_, lines, hits)) = work.kept.bodies.iter().find(|(known, _, _)| *known == key) {
            return Ok(Taken::again(*lines, *hits));
        }
        let wanted = work.wanted(self.detecting.sources());
        let input = format!("{}/{}", telemetry.sensor, key.get(..12).unwrap_or(&key));
        let body = Body { bytes: telemetry.bytes, input, named, wanted };
        let looked = tokio::task::spawn_blocking(move || {
            let looked = body.look_at(&mut work, now);
            (work, looked)
        });
        let Ok((mut work, (taken, alerts))) = looked.await else {
            return Err(TelemetryError::NotReady);
        };
        work.kept.remember(key, taken.lines, taken.hits);
        if taken.hits > 0 {
            self.write_down(&telemetry.sensor, &mut work, Vec::new(), now).await?;
        }
        self.detecting.tell(&telemetry.sensor, alerts);
        post.count(&work);
        Ok(taken)
    }

    /// A sensor's post, for one at a time.
    async fn at_work(&self, sensor: &str) -> Result<(Arc<Post>, OwnedMutexGuard<Work>), TelemetryError> {
        loop {
            let posts = self.detecting.posts.load_full();
            let posts = posts.as_ref().as_ref().ok_or(TelemetryError::NotReady)?;
            let post = posts.get(sensor).ok_or(TelemetryError::NoSensor)?;
            let work = Arc::clone(&post.work).lock_owned().await;
            if !work.is_over() {
                return Ok((Arc::clone(post), work));
            }
        }
    }
}

struct Body {
    bytes: Bytes,
    input: String,
    named: Option<SourceId>,
    wanted: Wanted,
}

impl Body {
    /// Looks at every line. Each body is a stream of its own: a table has its header in it.
    fn look_at(&self, work: &mut Work, now: Timestamp) -> (Taken, Vec<Alert>) {
        let mut reader = Reader::new(self.named, TelemetryLimits::DEFAULT);
        let mut taken = Taken::again(0, 0);
        taken.body = Repetition::New;
        let mut alerts = Vec::new();
        let counted = work.watch.counted().total();
        for (number, line) in (1_u64..).zip(lines(&self.bytes)) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            taken.lines += 1;
            let before = *reader.counts();
            let mut cost = None;
            match reader.read(line, &self.wanted, now) {
                Ok(observations) => {
                    for mut observation in observations {
                        observation.id = ObservationId(work.next);
                        work.next += 1;
                        taken.observations += 1;
                        if let Some(recent) = &mut work.recent {
                            recent.note(&observation);
                        }
                        let seen = Seen { input: self.input.clone(), line: number };
                        alerts.extend(work.watch.observe(&observation, &seen, now));
                    }
                }
                Err(finding) => {
                    taken.broken_lines += 1;
                    cost = Some((finding.code, finding.offset));
                }
            }
            for (code, count) in reader.counts().iter().filter(|(code, count)| *count > before.of(*code)) {
                let offset = cost.filter(|(own, _)| *own == code).map(|(_, offset)| offset);
                taken.note(number, (code, count), offset);
            }
        }
        taken.hits = work.watch.counted().total().saturating_sub(counted);
        (taken, alerts)
    }
}

impl Taken {
    fn again(lines: u64, hits: u64) -> Self {
        Self {
            body: Repetition::Repeated,
            lines,
            broken_lines: 0,
            observations: 0,
            hits,
            findings: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    fn note(&mut self, line: u64, (code, count): (FindingCode, u64), offset: Option<usize>) {
        self.counts.insert(code.to_string(), count);
        if self.findings.len() < FINDINGS_TOLD_MAX {
            self.findings.push(LineFinding { line, code: code.to_string(), offset });
        }
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let left = rest?;
        if let Some(end) = memchr::memchr(b'\n', left) {
            rest = left.get(end + 1..);
            left.get(..end)
        } else {
            rest = None;
            Some(left)
        }
    })
}
