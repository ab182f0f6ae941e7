//! What does a sensor do with the indicators it has and the observations it makes? Alerts at once, sightings by and by.
//!
//! A state machine without a clock: indicators go in as STIX objects, observations with the line they stand in; alerts come
//! out, and, when a window of time is over, one sighting for each indicator that was seen in it. What it counted so far can be
//! kept and taken up again ([`Counted`]).

mod alert;
mod back;
mod count;
mod known;
mod observed;
mod pap;
mod recent;
mod sighting;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use stix::{Object, Timestamp, pattern::Pattern};

pub use alert::{Alert, Seen, VALUE_TOLD_BYTES_MAX};
pub use back::LookedBack;
pub use count::Counted;
pub use known::{FeedReader, Markings, Prepared, Refused};
pub use pap::Pap;
pub use recent::{FoundValue, KEPT, Recent, RecentLimits, Searched, Unsearchable, kept_paths};
pub use sighting::{Naming, ObservedData, Sensor, Sighting, envelope};

use self::known::{AllKnown, Content, Indicator, Known};
use crate::{
    Equality, IndicatorId, Match, MatcherLimits, Observation, Program, Standing, Validity,
    scan::IndicatorSlot,
    sieve::Sieve,
    telemetry::{SourceId, Wanted},
    usual::{self, Usual},
};

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
    /// It may not be used for what this sensor is for: its PAP is above the sensor's ceiling.
    AboveCeiling,
    /// It is silenced here by an opinion of this organisation.
    Silenced,
    /// It was silenced here, and is no more: the opinion was changed or taken back.
    Lifted,
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
    /// For what the program looks for, where whoever reads lines asks for one.
    sieve: Option<Sieve>,
    slots: u32,
    known: AllKnown,
    reader: FeedReader,
    silenced: BTreeSet<IndicatorId>,
    /// What opinions of this organisation silence, by the opinion's id, with its version.
    disputes: BTreeMap<String, (Timestamp, BTreeSet<IndicatorId>)>,
    /// By how many of them each is.
    disputed: BTreeMap<IndicatorId, usize>,
    /// Indicators left out for their PAP.
    above_ceiling: BTreeSet<IndicatorId>,
    counted: Counted,
    common: Common,
    /// How many matches did not fire because all that matched is common.
    common_matches: u64,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("indicators", &self.indicators()).finish_non_exhaustive()
    }
}

impl Watch {
    /// A sensor without indicators, going on with what was counted before.
    pub fn new(sensor: Sensor, limits: WatchLimits, counted: Counted, common: Common) -> Self {
        Self {
            limits,
            sensor,
            program: Program::new(Equality::Normalised, limits.matcher),
            sieve: None,
            slots: 0,
            known: AllKnown::default(),
            reader: FeedReader::new(limits.matcher),
            silenced: BTreeSet::new(),
            disputes: BTreeMap::new(),
            disputed: BTreeMap::new(),
            above_ceiling: BTreeSet::new(),
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

    /// How many indicators are left out because their PAP is above the sensor's ceiling.
    pub fn above_ceiling(&self) -> usize {
        self.above_ceiling.len()
    }

    /// Goes on from what was counted at another time, such as before something that could not be written down.
    pub fn recount(&mut self, counted: Counted) {
        self.counted = counted;
    }

    /// What was counted and not told yet.
    pub fn counted(&self) -> &Counted {
        &self.counted
    }

    /// What telemetry has to be read for.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The same, which also tells the lines of raw telemetry that have to be read ([`Watch::sieve`]): for whoever does not read
    /// every line. Before the first indicator.
    #[must_use]
    pub fn sifting(mut self) -> Self {
        self.sieve = Some(Sieve::default());
        self
    }

    /// Which lines of raw telemetry have to be read: all where [`Watch::sifting`] was not asked for.
    pub fn sieve(&self) -> Option<&Sieve> {
        self.sieve.as_ref()
    }

    /// From now on telemetry is read for this, of the source that is named or of all. To be said again when indicators have come
    /// or gone.
    pub fn want(&mut self, wanted: &Wanted, named: Option<SourceId>) {
        if let Some(sieve) = &mut self.sieve {
            sieve.want(wanted, named);
            sieve.settle();
        }
    }

    /// Takes in an object from a feed: an indicator, with what may be done with it, or an opinion about one.
    ///
    /// # Errors
    /// [`Refused`] where an indicator cannot be watched for; it is never silently left out.
    pub fn put(&mut self, object: &Object, pap: Pap) -> Result<Put, Refused> {
        let prepared = self.reader.take(object);
        self.put_prepared(prepared, pap)
    }

    /// [`Watch::put`] of what was read before.
    ///
    /// # Errors
    /// As there.
    pub fn put_prepared(&mut self, prepared: Prepared, pap: Pap) -> Result<Put, Refused> {
        match prepared.0 {
            Content::Indicator(mut own) => {
                own.known.pap = pap;
                self.put_indicator(own)
            }
            Content::Refused(refused) => Err(refused),
            Content::Other(object)
                if object.object_type() == "opinion"
                    && known::is_by(&object, self.sensor.organisation.as_deref()) =>
            {
                Ok(self.put_own_opinion(&object))
            }
            Content::Other(_) => Ok(Put::Other),
        }
    }

    /// Makes room for so many indicators to come, so that tables need not grow step by step.
    pub fn reserve(&mut self, indicators: usize) {
        let indicators = indicators.min(self.limits.indicators_max);
        self.known.reserve(indicators);
        self.program.reserve(indicators);
        if let Some(sieve) = &mut self.sieve {
            sieve.reserve(indicators);
        }
    }

    fn put_indicator(&mut self, own: Indicator) -> Result<Put, Refused> {
        let Indicator { id, mut known, validity, pattern } = own;
        let refused = |id: &IndicatorId, why: String| Refused { id: id.as_str().to_owned(), why };
        let before = self.known.of(&self.program, &id).map(|before| before.version);
        if before.is_some_and(|before| before > known.version) {
            return Ok(Put::Older);
        }
        self.above_ceiling.remove(&id);
        if validity.standing == Standing::Revoked {
            self.look_no_more(&id);
            self.known.keep_apart(id, known);
            return Ok(Put::Revoked);
        }
        if before.is_none() && self.known.len(&self.program) >= self.limits.indicators_max {
            return Err(refused(&id, "there are too many indicators".to_owned()));
        }
        if known.pap > self.sensor.pap {
            self.look_no_more(&id);
            self.known.keep_apart(id.clone(), known);
            self.above_ceiling.insert(id);
            return Ok(Put::AboveCeiling);
        }
        let validity = Validity { standing: self.standing(&id), ..validity };
        // What was there before stays where the new one cannot be run.
        let text = Arc::clone(&known.pattern);
        let own = Own {
            text: &text,
            pattern: pattern.as_deref(),
            usual: usual::recognise(&text).filter(|_| pattern.is_none()),
        };
        known.slot = self.look_in_lines(&own).map_err(|why| refused(&id, why))?;
        match self.look_in_observations(&id, &own, validity) {
            Ok(place) => {
                if let Some(before) = self.known.watch(place, &id, known) {
                    self.forget_lines(&before);
                }
                Ok(Put::Watched)
            }
            Err(why) => {
                self.forget_lines(&known);
                Err(refused(&id, why))
            }
        }
    }

    /// Puts a pattern into the program: its place there, or why it cannot be.
    fn look_in_observations(
        &mut self,
        id: &IndicatorId,
        own: &Own<'_>,
        validity: Validity,
    ) -> Result<usize, String> {
        if let Some(usual) = &own.usual {
            return Ok(self.program.put_usual(id.clone(), (own.text, usual), validity));
        }
        let pattern = own.pattern.ok_or("it was taken for a usual one")?;
        self.program.insert(id.clone(), pattern, validity).map_err(|error| error.to_string())?;
        self.program.place(id).ok_or_else(|| "there is no place for it".to_owned())
    }

    /// Puts a pattern into the sieve, if there is one; where it is in it, or why it cannot be.
    fn look_in_lines(&mut self, own: &Own<'_>) -> Result<Option<IndicatorSlot>, String> {
        let Some(sieve) = &mut self.sieve else { return Ok(None) };
        let slot = IndicatorSlot::new(self.slots).ok_or("indicators came and went too often")?;
        match &own.usual {
            Some(usual) => sieve.insert_usual(usual, slot),
            None => sieve.insert(own.text, slot, &self.limits.matcher).map_err(|error| error.to_string())?,
        }
        self.slots += 1;
        Ok(Some(slot))
    }

    fn forget_lines(&mut self, known: &Known) {
        if let (Some(sieve), Some(slot)) = (&mut self.sieve, known.slot) {
            // It was put in by the same text.
            let _ = sieve.remove(&known.pattern, slot, &self.limits.matcher);
        }
    }

    /// Nothing is looked for by this id any more, and nothing is known of it.
    fn look_no_more(&mut self, id: &IndicatorId) -> bool {
        let before = self.known.forget(&self.program, id);
        self.program.remove(id);
        before.inspect(|before| self.forget_lines(before)).is_some()
    }

    /// Takes in an opinion of which it is known that this organisation has it: where it disagrees, what it is about is silent
    /// here, until it is changed or taken back.
    pub fn put_own_opinion(&mut self, object: &Object) -> Put {
        let version = object.version().unwrap_or(Timestamp::EPOCH);
        if self.disputes.get(object.id()).is_some_and(|(before, _)| *before > version) {
            return Put::Older;
        }
        let about: BTreeSet<IndicatorId> =
            known::disputed(object).iter().map(|id| IndicatorId::new(id)).collect();
        let silences = !about.is_empty();
        for id in &about {
            *self.disputed.entry(id.clone()).or_default() += 1;
            self.judge(id);
        }
        let before = self.disputes.insert(object.id().to_owned(), (version, about));
        let before = before.map(|(_, before)| before).unwrap_or_default();
        self.settle(&before);
        match (silences, before.is_empty()) {
            (true, _) => Put::Silenced,
            (false, false) => Put::Lifted,
            (false, true) => Put::Other,
        }
    }

    /// Forgets an indicator or opinion, such as one that a feed no longer gives.
    pub fn withdraw(&mut self, id: &str) -> bool {
        if let Some((_, about)) = self.disputes.remove(id) {
            self.settle(&about);
            return true;
        }
        let id = IndicatorId::new(id);
        self.above_ceiling.remove(&id);
        self.look_no_more(&id)
    }

    /// The indicators known, also those revoked.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.known.ids(&self.program).map(IndicatorId::as_str)
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
        if self.is_silent(id) { Standing::Suppressed } else { Standing::Active }
    }

    fn is_silent(&self, id: &IndicatorId) -> bool {
        self.silenced.contains(id) || self.disputed.contains_key(id)
    }

    /// One opinion less disputes these.
    fn settle(&mut self, about: &BTreeSet<IndicatorId>) {
        for id in about {
            if let Some(count) = self.disputed.get_mut(id) {
                *count -= 1;
                if *count == 0 {
                    self.disputed.remove(id);
                }
            }
            self.judge(id);
        }
    }

    fn judge(&mut self, id: &IndicatorId) {
        let standing = self.standing(id);
        self.program.set_standing(id, standing);
    }

    /// Takes in what a line says: what it matches is counted, and told as far as the bounds allow.
    pub fn observe(&mut self, observation: &Observation, line: &Seen, now: Timestamp) -> Vec<Alert> {
        let matches = self.program.observe(observation, now);
        self.tell(matches, Some((observation, line)), now)
    }

    /// What patterns over several observations have waited for long enough, by the clock. To be asked every second.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Alert> {
        let matches = self.program.advance_by_clock(now);
        self.tell(matches, None, now)
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
            let Some(known) = self.known.watched(&self.program, &found.indicator) else { continue };
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
            if self.sensor.observed_data == ObservedData::Release {
                self.counted.show(&found.indicator, &values);
            }
            if told <= self.limits.alerts_per_window_max {
                alerts.push(Alert {
                    time: found.at.to_micros_text(),
                    indicator: found.indicator.as_str().to_owned(),
                    name: known.name.as_deref().map(str::to_owned),
                    pattern: known.pattern.to_string(),
                    pap: known.pap,
                    values: alert::told(values),
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
            let markings = self.known.of(&self.program, &id).map(Known::marking_texts).unwrap_or_default();
            Sighting::new(&self.sensor, &id, markings, &count)
        };
        taken.into_iter().map(sighting).collect()
    }
}

/// A pattern that is put in: read once for all tables.
struct Own<'p> {
    text: &'p Arc<str>,
    /// Parsed, or of the usual sort.
    pattern: Option<&'p Pattern>,
    usual: Option<Usual<'p>>,
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
