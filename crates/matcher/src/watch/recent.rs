//! Was it seen before anybody knew of it? Values of the last days, each once a day, and patterns run over them.
//!
//! Kept are values that say something by themselves: names, addresses, URLs, hashes and the like; not which of them stood together.
//! So a pattern that asks for several properties at once cannot be answered from here, and that is said.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
};

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use stix::{
    Timestamp,
    pattern::{
        Pattern, Step,
        ast::{Comparisons, Observations, Test},
    },
};

use crate::{
    CompileError, Equality, IndicatorId, MatcherLimits, Observation, ObservationId, Program, Standing,
    Validity, Value, observation::ObservedObject,
};

const DAY_SECONDS: i64 = 86_400;

/// Object types and properties whose values are kept; of `hashes`, each by its algorithm.
pub const KEPT: [(&str, &str); 14] = [
    ("domain-name", "value"),
    ("email-addr", "value"),
    ("email-message", "subject"),
    ("file", "hashes"),
    ("file", "name"),
    ("ipv4-addr", "value"),
    ("ipv6-addr", "value"),
    ("mac-addr", "value"),
    ("process", "command_line"),
    ("url", "value"),
    ("user-account", "account_login"),
    ("windows-registry-key", "key"),
    ("x509-certificate", "hashes"),
    ("x509-certificate", "serial_number"),
];

/// The object paths at which the values stand that are kept.
pub fn kept_paths() -> impl Iterator<Item = String> {
    let algorithms = ["MD5", "'SHA-1'", "'SHA-256'", "'SHA-512'"];
    KEPT.into_iter().flat_map(move |(object_type, property)| {
        let ends: Vec<String> = if property == "hashes" {
            algorithms.iter().map(|algorithm| format!(".{algorithm}")).collect()
        } else {
            vec![String::new()]
        };
        ends.into_iter().map(move |end| format!("{object_type}:{property}{end}"))
    })
}

/// Which value: object type, property, algorithm of a hash (or nothing), and the value itself.
type Key = (u8, Box<str>, Box<str>);

/// When a value was seen on a day, in microseconds since 1970, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Times {
    first: i64,
    last: i64,
    count: u64,
}

/// Bounds of what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentLimits {
    /// How many days.
    pub days_max: u16,
    /// How many values, all days together; the oldest days go first.
    pub values_max: usize,
    /// Longer values are not kept, in bytes.
    pub value_bytes_max: usize,
}

impl Default for RecentLimits {
    fn default() -> Self {
        Self { days_max: 90, values_max: 2_000_000, value_bytes_max: 512 }
    }
}

/// The values of the last days.
#[derive(Debug, Default)]
pub struct Recent {
    limits: RecentLimits,
    days: BTreeMap<i64, HashMap<Key, Times>>,
    values: usize,
    /// Days that changed since they were written down.
    changed: BTreeSet<i64>,
    passed_over: u64,
}

/// A value that a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundValue {
    /// Its object path.
    pub path: String,
    /// The value.
    pub value: String,
    /// When it was seen first.
    pub first: Timestamp,
    /// When it was seen last.
    pub last: Timestamp,
    /// How often.
    pub count: u64,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// The values, by path.
    pub found: Vec<FoundValue>,
    /// How many days were searched.
    pub days: usize,
    /// From when the values are; nothing where there is none.
    pub since: Option<Timestamp>,
}

/// Why a pattern cannot be looked for in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsearchable {
    /// It asks for several properties, observations or times together, and only single values are kept.
    #[error("the pattern asks for more than one value at a time")]
    Compound,
    /// It asks for a property that is not kept, or for absence.
    #[error("the pattern asks for a property that is not kept")]
    NotKept,
    /// It cannot be run.
    #[error(transparent)]
    Compile(#[from] CompileError),
}

/// A line of what is written down: place among [`KEPT`], algorithm, value, times.
type Written = (u8, String, String, i64, i64, u64);

impl Recent {
    /// Nothing yet.
    pub fn new(limits: RecentLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values == 0
    }

    /// How many values were too long, or came when there was no room.
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }

    /// Keeps what an observation shows.
    pub fn note(&mut self, observation: &Observation) {
        for object in observation.objects() {
            for (place, (object_type, property)) in (0_u8..).zip(KEPT) {
                if object.object_type != object_type {
                    continue;
                }
                let value =
                    object.properties.iter().find(|(name, _)| name == property).map(|(_, value)| value);
                match value {
                    Some(Value::Text(text)) => {
                        self.keep((place, "".into(), text.as_str().into()), observation);
                    }
                    Some(Value::Dictionary(members)) => {
                        for (algorithm, value) in members {
                            if let Value::Text(text) = value {
                                let key = (place, algorithm.as_str().into(), text.as_str().into());
                                self.keep(key, observation);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn keep(&mut self, key: Key, observation: &Observation) {
        if key.2.len() > self.limits.value_bytes_max {
            self.passed_over += 1;
            return;
        }
        let (first, last) = (observation.first.micros(), observation.last.micros());
        let times = Times { first, last, count: u64::from(observation.count.get()) };
        self.add(observation.last.seconds().div_euclid(DAY_SECONDS), key, times);
    }

    fn add(&mut self, day: i64, key: Key, times: Times) {
        self.changed.insert(day);
        let values = self.days.entry(day).or_default();
        if let Some(known) = values.get_mut(&key) {
            known.first = known.first.min(times.first);
            known.last = known.last.max(times.last);
            known.count = known.count.saturating_add(times.count);
            return;
        }
        values.insert(key, times);
        self.values += 1;
        self.forget();
    }

    /// Lets go of the oldest days until the rest is within the bounds; the last day loses what comes past them.
    fn forget(&mut self) {
        let newest = self.days.keys().next_back().copied().unwrap_or_default();
        while self.days.len() > 1
            && let Some((&oldest, _)) = self.days.first_key_value()
            && (newest - oldest >= i64::from(self.limits.days_max) || self.values > self.limits.values_max)
        {
            let gone = self.days.remove(&oldest).map_or(0, |values| values.len());
            self.values -= gone;
            self.changed.insert(oldest);
        }
        if self.values > self.limits.values_max
            && let Some(values) = self.days.get_mut(&newest)
            && let Some(one) = values.keys().next().cloned()
        {
            values.remove(&one);
            self.values -= 1;
            self.passed_over += 1;
        }
    }

    /// Looks for what a pattern asks for among the values that are kept.
    ///
    /// # Errors
    /// [`Unsearchable`]; to say that nothing was found would be wrong.
    pub fn search(&self, pattern: &Pattern, limits: &MatcherLimits) -> Result<Searched, Unsearchable> {
        let one = (IndicatorId::new("recent"), pattern.clone());
        let found = self.search_for(&[one], limits).pop();
        found.unwrap_or_else(|| Ok(self.nothing()))
    }

    /// [`Recent::search`] for many patterns: one answer for each, and the values are gone through once.
    pub fn search_for(
        &self,
        patterns: &[(IndicatorId, Pattern)],
        limits: &MatcherLimits,
    ) -> Vec<Result<Searched, Unsearchable>> {
        let mut program = Program::new(Equality::Normalised, *limits);
        let always = Validity { from: Timestamp::EPOCH, until: None, standing: Standing::Active };
        let mut insert = |(id, pattern): &(IndicatorId, Pattern)| {
            check_observations(&pattern.root)?;
            program.insert(id.clone(), pattern, always).map_err(Unsearchable::from)
        };
        let compiled: Vec<Result<(), Unsearchable>> = patterns.iter().map(&mut insert).collect();
        let mut found: HashMap<IndicatorId, BTreeMap<(String, String), FoundValue>> = HashMap::new();
        let asked = !program.is_empty();
        for (key, times) in self.days.values().flatten().filter(|_| asked) {
            let Some((object, path)) = shown(key) else { continue };
            let moment = Timestamp::from_micros(times.last);
            let observation =
                Observation::new(ObservationId(0), (moment, moment), NonZeroU32::MIN, vec![object]);
            let first = Timestamp::from_micros(times.first);
            for matched in program.observe(&observation, Timestamp::MAX) {
                let value = key.2.to_string();
                let new =
                    FoundValue { path: path.clone(), value: value.clone(), first, last: moment, count: 0 };
                let of_indicator = found.entry(matched.indicator).or_default();
                let known = of_indicator.entry((path.clone(), value)).or_insert(new);
                known.first = known.first.min(first);
                known.last = known.last.max(moment);
                known.count = known.count.saturating_add(times.count);
            }
        }
        let answers = patterns.iter().zip(compiled).map(|((id, _), compiled)| {
            let found = found.remove(id).unwrap_or_default();
            compiled.map(|()| Searched { found: found.into_values().collect(), ..self.nothing() })
        });
        answers.collect()
    }

    fn nothing(&self) -> Searched {
        let since = self.days.keys().next().map(|day| Timestamp::from_parts(day * DAY_SECONDS, 0));
        Searched { found: Vec::new(), days: self.days.len(), since }
    }

    /// The days that changed since the last time, each as it is to be written down; empty where the day is forgotten.
    pub fn written(&mut self) -> Vec<(i64, Vec<u8>)> {
        let changed = std::mem::take(&mut self.changed);
        let write = |day: i64| {
            let values = self.days.get(&day).into_iter().flatten();
            let mut text = Vec::new();
            for ((place, algorithm, value), times) in values {
                let line: Written =
                    (*place, algorithm.to_string(), value.to_string(), times.first, times.last, times.count);
                if let Ok(line) = serde_json::to_vec(&line) {
                    text.extend_from_slice(&line);
                    text.push(b'\n');
                }
            }
            (day, text)
        };
        changed.into_iter().map(write).collect()
    }

    /// Takes up a day that was written down; how many lines of it could not be read.
    pub fn read(&mut self, day: i64, text: &[u8]) -> usize {
        let mut broken = 0;
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice::<Written>(line) {
                Ok((place, algorithm, value, first, last, count)) if usize::from(place) < KEPT.len() => {
                    self.add(day, (place, algorithm.into(), value.into()), Times { first, last, count });
                }
                _ => broken += 1,
            }
        }
        self.changed.remove(&day);
        broken
    }
}

/// A value as the object that it was in, and its path.
fn shown((place, algorithm, value): &Key) -> Option<(ObservedObject, String)> {
    let (object_type, property) = KEPT.get(usize::from(*place))?;
    let text = Value::Text(value.to_string());
    let (value, path) = if algorithm.is_empty() {
        (text, format!("{object_type}:{property}"))
    } else {
        (
            Value::Dictionary(vec![(algorithm.to_string(), text)]),
            format!("{object_type}:{property}.'{algorithm}'"),
        )
    };
    let properties = vec![((*property).to_owned(), value)];
    Some((
        ObservedObject { key: "value".to_owned(), object_type: (*object_type).to_owned(), properties },
        path,
    ))
}

fn check_observations(root: &Observations) -> Result<(), Unsearchable> {
    match root {
        Observations::Simple(comparisons) => check_comparisons(comparisons),
        Observations::Or(all) => all.iter().try_for_each(check_observations),
        Observations::And(_) | Observations::FollowedBy(_) | Observations::Qualified(..) => {
            Err(Unsearchable::Compound)
        }
    }
}

fn check_comparisons(comparisons: &Comparisons) -> Result<(), Unsearchable> {
    match comparisons {
        Comparisons::Or(all) => all.iter().try_for_each(check_comparisons),
        Comparisons::And(_) => Err(Unsearchable::Compound),
        Comparisons::One(comparison) => {
            let path = &comparison.path;
            let kept = KEPT.iter().any(|(object_type, property)| {
                let asks = matches!(path.steps.first(), Some(Step::Key(name)) if name == property);
                *object_type == path.object_type && asks
            });
            if kept && !comparison.negated && comparison.test != Test::Exists {
                Ok(())
            } else {
                Err(Unsearchable::NotKept)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use stix::pattern::{Grammar, ObjectPath};

    use super::*;
    use crate::Field;

    fn at(day: i64, second: i64) -> Timestamp {
        Timestamp::from_parts((20_000 + day) * DAY_SECONDS + second, 0)
    }

    fn seen(path: &str, value: &str, moment: Timestamp) -> Observation {
        let path: ObjectPath = path.parse().unwrap();
        let field = Field { object: "o", path: &path, value: Value::Text(value.to_owned()) };
        Observation::from_fields(ObservationId(1), moment, [field])
    }

    fn search(recent: &Recent, pattern: &str) -> Result<Searched, Unsearchable> {
        let limits = MatcherLimits::DEFAULT;
        recent.search(&Pattern::parse(pattern, Grammar::V21, &limits.pattern).unwrap(), &limits)
    }

    fn filled() -> Recent {
        let mut recent = Recent::new(RecentLimits::default());
        recent.note(&seen("domain-name:value", "bad.example.net", at(0, 5)));
        recent.note(&seen("domain-name:value", "bad.example.net", at(0, 9)));
        recent.note(&seen("domain-name:value", "bad.example.net", at(3, 1)));
        recent.note(&seen("file:hashes.'SHA-256'", &"ab".repeat(32), at(1, 0)));
        recent.note(&seen("ipv4-addr:value", "203.0.113.7", at(2, 0)));
        recent
    }

    #[test]
    fn what_was_seen_before_is_found_with_when_and_how_often() {
        let recent = filled();
        let searched = search(&recent, "[domain-name:value = 'BAD.example.net']").unwrap();
        let [found] = &searched.found[..] else { panic!("{searched:?}") };
        assert_eq!((found.path.as_str(), found.count), ("domain-name:value", 3));
        assert_eq!((found.first, found.last), (at(0, 5), at(3, 1)));
        assert_eq!((searched.days, searched.since), (4, Some(at(0, 0))));
        let hash = search(&recent, &format!("[file:hashes.'SHA-256' = '{}']", "AB".repeat(32))).unwrap();
        assert_eq!(hash.found[0].path, "file:hashes.'SHA-256'");
        assert_eq!(search(&recent, "[ipv4-addr:value ISSUBSET '203.0.113.0/24']").unwrap().found.len(), 1);
        assert!(search(&recent, "[url:value = 'http://none.example/']").unwrap().found.is_empty());
        let either = "[domain-name:value = 'bad.example.net' OR ipv4-addr:value = '203.0.113.7']";
        assert_eq!(search(&recent, either).unwrap().found.len(), 2);
    }

    #[test]
    fn what_cannot_be_answered_is_not_answered_with_none() {
        let recent = filled();
        for (pattern, why) in [
            (
                "[domain-name:value = 'a' AND domain-name:resolves_to_refs[*].value = 'b']",
                Unsearchable::Compound,
            ),
            ("[domain-name:value = 'a'] FOLLOWEDBY [domain-name:value = 'b']", Unsearchable::Compound),
            ("[domain-name:value = 'a'] REPEATS 3 TIMES", Unsearchable::Compound),
            ("[network-traffic:dst_port = 22]", Unsearchable::NotKept),
            ("[domain-name:value != 'a' OR file:size > 3]", Unsearchable::NotKept),
            ("[NOT domain-name:value = 'a']", Unsearchable::NotKept),
            ("[EXISTS domain-name:value]", Unsearchable::NotKept),
        ] {
            let parsed = Pattern::parse(pattern, Grammar::V21, &MatcherLimits::DEFAULT.pattern);
            let Ok(parsed) = parsed else { continue };
            assert_eq!(recent.search(&parsed, &MatcherLimits::DEFAULT), Err(why), "{pattern}");
        }
    }

    #[test]
    fn what_is_written_down_is_read_again_and_only_what_changed_is_written() {
        let mut recent = filled();
        let written = recent.written();
        assert_eq!(written.len(), 4);
        assert!(recent.written().is_empty());
        let mut again = Recent::new(RecentLimits::default());
        for (day, text) in &written {
            assert_eq!(again.read(*day, text), 0);
        }
        assert_eq!(again.read(7, b"{broken\n[99,\"\",\"x\",1,1,1]\n"), 2);
        let pattern = "[domain-name:value = 'bad.example.net']";
        assert_eq!(search(&again, pattern).unwrap().found, search(&recent, pattern).unwrap().found);
        recent.note(&seen("domain-name:value", "new.example.net", at(2, 7)));
        assert_eq!(recent.written().iter().map(|(day, _)| *day).collect::<Vec<_>>(), [20_002]);
    }

    #[test]
    fn old_days_go_and_so_does_what_comes_past_the_bound() {
        let limits = RecentLimits { days_max: 3, values_max: 4, value_bytes_max: 20 };
        let mut recent = Recent::new(limits);
        for day in 0..5 {
            recent.note(&seen("domain-name:value", &format!("d{day}.example"), at(day, 0)));
        }
        assert_eq!(recent.len(), 3);
        let written: Vec<_> = recent.written();
        assert_eq!(
            written.iter().filter(|(_, text)| text.is_empty()).count(),
            2,
            "forgotten days are emptied"
        );
        recent.note(&seen("domain-name:value", &"x".repeat(21), at(4, 0)));
        assert_eq!((recent.len(), recent.passed_over()), (3, 1));
        for number in 0..10 {
            recent.note(&seen("ipv4-addr:value", &format!("192.0.2.{number}"), at(4, 1)));
        }
        assert_eq!(recent.len(), 4);
    }
}
