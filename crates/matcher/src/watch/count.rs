//! How often was each indicator seen, between when and when?

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stix::Timestamp;

use super::VALUE_TOLD_BYTES_MAX;
use crate::IndicatorId;

/// So many values are told of one indicator in one window.
pub(super) const VALUES_TOLD_MAX: usize = 10;
/// The largest count that a sighting can have (STIX 2.1 section 5.2.1).
const COUNT_MAX: u64 = 999_999_999;

/// What was counted of one indicator in one window of time. Times are in microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Count {
    /// When the window began, by the clock.
    pub(super) began: i64,
    pub(super) times: u64,
    pub(super) first: i64,
    pub(super) last: i64,
    /// What matched, where the sensor may tell it: object path and value.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) values: BTreeSet<(String, String)>,
}

/// What was counted and not told yet; to be kept where the sensor stops.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted(BTreeMap<String, Count>);

impl Counted {
    /// How many indicators were seen.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none was seen.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often all of them were seen.
    pub fn total(&self) -> u64 {
        self.0.values().map(|count| count.times).sum()
    }

    /// Counts one more, and says how many there are in the window.
    pub(super) fn count(&mut self, id: &IndicatorId, at: Timestamp, now: Timestamp) -> u64 {
        let at = at.micros();
        let new = Count { began: now.micros(), times: 0, first: at, last: at, values: BTreeSet::new() };
        let count = self.0.entry(id.as_str().to_owned()).or_insert(new);
        count.times = count.times.saturating_add(1).min(COUNT_MAX);
        count.first = count.first.min(at);
        count.last = count.last.max(at);
        count.times
    }

    /// Counts what was seen before, from first to last.
    pub(super) fn count_many(
        &mut self,
        id: &IndicatorId,
        (first, last, times): (Timestamp, Timestamp, u64),
        now: Timestamp,
    ) {
        self.count(id, first, now);
        if let Some(count) = self.0.get_mut(id.as_str()) {
            count.last = count.last.max(last.micros());
            count.times = count.times.saturating_add(times.saturating_sub(1)).min(COUNT_MAX);
        }
    }

    /// Keeps what matched, to be told.
    pub(super) fn show(&mut self, id: &IndicatorId, values: &[(String, String)]) {
        let Some(count) = self.0.get_mut(id.as_str()) else { return };
        let room = VALUES_TOLD_MAX.saturating_sub(count.values.len());
        let short = values.iter().filter(|(_, value)| value.len() <= VALUE_TOLD_BYTES_MAX);
        count.values.extend(short.take(room).cloned());
    }

    /// Takes out those whose window began by a moment.
    pub(super) fn take(&mut self, began_by: Timestamp) -> Vec<(IndicatorId, Count)> {
        let until = began_by.micros();
        let over: Vec<String> =
            self.0.iter().filter(|(_, count)| count.began <= until).map(|(id, _)| id.clone()).collect();
        over.into_iter().filter_map(|id| Some((IndicatorId::new(&id), self.0.remove(&id)?))).collect()
    }
}
