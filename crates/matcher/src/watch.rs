//! What does a sensor do with the indicators it has and the observations it makes? Alerts at once, sightings by and by.
//!
//! A state machine without a clock: indicators go in as STIX objects, observations with the line they stand in; alerts come
//! out, and, when a window of time is over, one sighting for each indicator that was seen in it. What it counted so far can be
//! kept and taken up again ([`Counted`]).

mod alert;
mod count;
mod known;
mod recent;
mod sighting;

use std::collections::{BTreeMap, BTreeSet};

use stix::{Object, Timestamp};

pub use alert::{Alert, Seen};
pub use count::Counted;
pub use known::Refused;
pub use recent::{FoundValue, KEPT, Recent, RecentLimits, Searched, Unsearchable};
pub use sighting::{Naming, Sensor, Sighting};

use self::known::Known;
use crate::{Equality, IndicatorId, Match, MatcherLimits, Observation, Program, Standing, Validity};

/// Bounds and times of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchLimits {
    /// Of patterns and windows.
    pub matcher: MatcherLimits,
    /// So many alerts of one indicator are told in one window of time; the rest is counted.
    pub alerts_per_window_max: u64,
    /// How long one sighting gathers, in seconds.
    pub window_seconds: i64,
    /// How many indicators are kept.
    pub indicators_max: usize,
}

impl Default for WatchLimits {
    fn default() -> Self {
        Self {
            matcher: MatcherLimits::DEFAULT,
            alerts_per_window_max: 100,
            window_seconds: 300,
            indicators_max: 5_000_000,
        }
    }
}

/// What became of an object that was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is watched for from now on.
    Watched,
    /// It is not watched for any more: revoked by its author.
    Revoked,
    /// A later version is known.
    Older,
    /// It is silenced here by an opinion of this organisation.
    Silenced,
    /// It is nothing that is watched for.
    Other,
}

/// Which values never fire: gives the reason where one of a path is too common to mean anything.
pub type Common = Box<dyn Fn(&str, &str) -> Option<String> + Send>;

/// A sensor at work.
pub struct Watch {
    limits: WatchLimits,
    sensor: Sensor,
    program: Program,
    known: BTreeMap<IndicatorId, Known>,
    silenced: BTreeSet<IndicatorId>,
    counted: Counted,
    common: Common,
    /// How many matches did not fire because all that matched is common.
    common_matches: u64,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("indicators", &self.known.len()).finish_non_exhaustive()
    }
}

impl Watch {
    /// A sensor without indicators, going on with what was counted before.
    pub fn new(sensor: Sensor, limits: WatchLimits, counted: Counted, common: Common) -> Self {
        Self {
            limits,
            sensor,
            program: Program::new(Equality::Normalised, limits.matcher),
            known: BTreeMap::new(),
            silenced: BTreeSet::new(),
            counted,
            common,
            common_matches: 0,
        }
    }

    /// How many indicators are watched for.
    pub fn indicators(&self) -> usize {
        self.program.len()
    }

    /// How many matches did not fire because everything that matched is too common to mean anything.
    pub fn common_matches(&self) -> u64 {
        self.common_matches
    }

    /// What was counted and not told yet.
    pub fn counted(&self) -> &Counted {
        &self.counted
    }

    /// What telemetry has to be read for.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Takes in an object from a feed: an indicator, or an opinion about one.
    ///
    /// # Errors
    /// [`Refused`] where an indicator cannot be watched for; it is never silently left out.
    pub fn put(&mut self, object: &Object) -> Result<Put, Refused> {
        match object.object_type() {
            "indicator" => self.put_indicator(object),
            "opinion" => Ok(self.put_opinion(object)),
            _ => Ok(Put::Other),
        }
    }

    fn put_indicator(&mut self, object: &Object) -> Result<Put, Refused> {
        let (known, pattern) = known::read(object, &self.limits.matcher)?;
        let id = IndicatorId::new(object.id());
        if self.known.get(&id).is_some_and(|before| before.version > known.version) {
            return Ok(Put::Older);
        }
        if known.validity.standing == Standing::Revoked {
            self.program.remove(&id);
            self.known.insert(id, known);
            return Ok(Put::Revoked);
        }
        if self.known.len() >= self.limits.indicators_max && !self.known.contains_key(&id) {
            return Err(Refused {
                id: object.id().to_owned(),
                why: "there are too many indicators".to_owned(),
            });
        }
        let validity = Validity { standing: self.standing(&id), ..known.validity };
        self.program
            .insert(id.clone(), &pattern, validity)
            .map_err(|error| Refused { id: object.id().to_owned(), why: error.to_string() })?;
        self.known.insert(id, known);
        Ok(Put::Watched)
    }

    /// An opinion of this organisation that disagrees silences what it is about, here.
    fn put_opinion(&mut self, object: &Object) -> Put {
        let Some(about) = known::disputed(object, self.sensor.organisation.as_deref()) else {
            return Put::Other;
        };
        for id in about {
            self.silence(&id);
        }
        Put::Silenced
    }

    /// Forgets an indicator, such as one that a feed no longer gives.
    pub fn withdraw(&mut self, id: &str) -> bool {
        let id = IndicatorId::new(id);
        self.program.remove(&id);
        self.known.remove(&id).is_some()
    }

    /// The indicators known, also those revoked.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(IndicatorId::as_str)
    }

    /// Lets an indicator fire no more, here, without changing it.
    pub fn silence(&mut self, id: &str) {
        let id = IndicatorId::new(id);
        self.silenced.insert(id.clone());
        self.judge(&id);
    }

    /// Takes [`Watch::silence`] back.
    pub fn unsilence(&mut self, id: &str) {
        let id = IndicatorId::new(id);
        self.silenced.remove(&id);
        self.judge(&id);
    }

    fn standing(&self, id: &IndicatorId) -> Standing {
        if self.silenced.contains(id) { Standing::Suppressed } else { Standing::Active }
    }

    fn judge(&mut self, id: &IndicatorId) {
        if let Some(known) = self.known.get(id).filter(|known| known.validity.standing != Standing::Revoked) {
            let validity = Validity { standing: self.standing(id), ..known.validity };
            self.program.set_validity(id, validity);
        }
    }

    /// Takes in what a line says: what it matches is counted, and told as far as the bounds allow.
    pub fn observe(&mut self, observation: &Observation, line: &Seen, now: Timestamp) -> Vec<Alert> {
        let matches = self.program.observe(observation, now);
        self.tell(matches, Some((observation, line)), now)
    }

    /// Nothing will come any more.
    pub fn finish(&mut self, now: Timestamp) -> Vec<Alert> {
        let matches = self.program.finish();
        self.tell(matches, None, now)
    }

    fn tell(
        &mut self,
        matches: Vec<Match>,
        seen: Option<(&Observation, &Seen)>,
        now: Timestamp,
    ) -> Vec<Alert> {
        let mut alerts = Vec::new();
        for found in matches {
            let Some(known) = self.known.get(&found.indicator) else { continue };
            let own = seen.filter(|(observation, _)| found.observations.contains(&observation.id));
            let values = own.map_or_else(Vec::new, |(observation, _)| {
                self.program.explain(&found.indicator, observation)
            });
            let is_common = |(path, value): &(String, String)| (self.common)(path, value).is_some();
            if !values.is_empty() && values.iter().all(is_common) {
                self.common_matches += 1;
                continue;
            }
            let told = self.counted.count(&found.indicator, found.at, now);
            if told <= self.limits.alerts_per_window_max {
                alerts.push(Alert {
                    time: found.at.to_micros_text(),
                    indicator: found.indicator.as_str().to_owned(),
                    name: known.name.clone(),
                    pattern: known.pattern.clone(),
                    values,
                    seen: own.map(|(_, seen)| seen.clone()),
                    observations: found.observations.len(),
                    last_told: told == self.limits.alerts_per_window_max,
                });
            }
        }
        alerts
    }

    /// The sightings whose window is over, or all where the sensor stops. They are counted no more.
    pub fn sightings(&mut self, now: Timestamp, due: Due) -> Vec<Sighting> {
        let over = match due {
            Due::WindowOver => now.plus_seconds(-self.limits.window_seconds),
            Due::Everything => Timestamp::MAX,
        };
        let taken = self.counted.take(over);
        let sighting = |(id, count): (IndicatorId, count::Count)| {
            let markings = self.known.get(&id).map(|known| known.markings.clone()).unwrap_or_default();
            Sighting::new(&self.sensor, &id, markings, &count)
        };
        taken.into_iter().map(sighting).collect()
    }
}

/// Which sightings are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Those whose window is over.
    WindowOver,
    /// All.
    Everything,
}

#[cfg(test)]
mod tests;
