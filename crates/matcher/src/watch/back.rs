//! Was it here before anybody knew? A new indicator is looked for among the values of the last days (W6).

use stix::Timestamp;

use super::{Alert, ObservedData, Recent, Searched, Sighting, Unsearchable, Watch};
use crate::IndicatorId;

/// What looking back found.
#[derive(Debug, Default)]
pub struct LookedBack {
    /// What was seen before anybody knew.
    pub alerts: Vec<Alert>,
    /// That nothing was seen, to be sent home.
    pub none: Option<Sighting>,
    /// How many days were searched.
    pub days: usize,
}

impl Watch {
    /// Looks for what new indicators ask for among the values of the last days, which are gone through once (W6). What is found is
    /// told and counted; that nothing was found is a sighting of none. [`Unsearchable`] where the past cannot be asked for this, which
    /// is never taken for nothing. Indicators that are not watched for are not in the answer.
    pub fn look_back_for(
        &mut self,
        ids: &[String],
        recent: &Recent,
        now: Timestamp,
    ) -> Vec<(String, Result<LookedBack, Unsearchable>)> {
        let mut patterns = Vec::new();
        // Nothing is remembered, so that nothing was seen says nothing.
        let ids = if recent.is_empty() { &[] } else { ids };
        for id in ids.iter().map(|id| IndicatorId::new(id)) {
            let watched = !self.is_silent(&id);
            let known = self.known.watched(&self.program, &id).filter(|_| watched);
            if let Some(parsed) = known.and_then(|known| known.parsed(&self.limits.matcher)) {
                patterns.push((id, parsed));
            }
        }
        let searched = recent.search_for(&patterns, &self.limits.matcher);
        let mut answers = Vec::with_capacity(patterns.len());
        for ((id, _), searched) in patterns.into_iter().zip(searched) {
            let looked = searched.map(|searched| self.found_back(&id, searched, now));
            answers.push((id.as_str().to_owned(), looked));
        }
        answers
    }

    fn found_back(&mut self, id: &IndicatorId, searched: Searched, now: Timestamp) -> LookedBack {
        let mut looked = LookedBack { days: searched.days, ..LookedBack::default() };
        let Some(known) = self.known.of(&self.program, id) else { return looked };
        for found in searched.found {
            if (self.common)(&found.path, &found.value).is_some() {
                self.common_matches += 1;
                continue;
            }
            let times = (found.first, found.last, found.count);
            self.counted.count_many(id, times, now);
            let values = vec![(found.path, found.value)];
            if self.sensor.observed_data == ObservedData::Release {
                self.counted.show(id, &values);
            }
            looked.alerts.push(Alert {
                time: found.last.to_micros_text(),
                indicator: id.as_str().to_owned(),
                name: known.name.as_deref().map(str::to_owned),
                pattern: known.pattern.to_string(),
                pap: known.pap,
                values,
                seen: None,
                observations: usize::try_from(found.count).unwrap_or(usize::MAX),
                last_told: false,
            });
        }
        if looked.alerts.is_empty()
            && let Some(since) = searched.since
        {
            looked.none = Some(Sighting::of_none(&self.sensor, id, known.marking_texts(), (since, now)));
        }
        looked
    }
}
