//! Short ways to make observations and to ask both evaluators.

use std::num::NonZeroU32;

use cresset_matcher::{
    Equality, IndicatorId, Match, MatcherLimits, Observation, ObservationId, Program, Standing, Validity,
    observed_data, reference,
};
use stix::{Limits, Timestamp, json::Tree, pattern::Pattern};

pub(crate) const BEGIN: i64 = 1_600_000_000;

/// So many seconds after the beginning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_parts(BEGIN + seconds, 0)
}

pub(crate) fn pattern(text: &str) -> Pattern {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The container of one observation of STIX 2.0, as JSON.
pub(crate) fn observed(id: u64, (first, last): (i64, i64), count: u32, objects: &str) -> Observation {
    let text = format!(
        r#"{{"type":"observed-data","first_observed":"2020-01-01T00:00:00Z","last_observed":"2020-01-01T00:00:00Z",
        "number_observed":1,"objects":{objects}}}"#
    );
    let tree =
        Tree::parse(text.as_bytes(), &Limits::DEFAULT).unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut reading = observed_data::read(tree.root(), &MatcherLimits::DEFAULT);
    assert_eq!((reading.observations.len(), reading.skipped), (1, 0), "{text}");
    let (_, observation) = reading.observations.remove(0);
    let count = NonZeroU32::new(count).unwrap();
    Observation::new(ObservationId(id), (at(first), at(last)), count, observation.objects().to_vec())
}

/// An object of type `x-a` whose property `v` has a value, seen at one moment.
pub(crate) fn seen(id: u64, second: i64, value: i64) -> Observation {
    observed(id, (second, second), 1, &format!(r#"{{"0":{{"type":"x-a","v":{value}}}}}"#))
}

pub(crate) fn always() -> Validity {
    Validity { from: Timestamp::EPOCH, until: None, standing: Standing::Active }
}

/// No observation comes late.
pub(crate) fn in_order() -> MatcherLimits {
    MatcherLimits { lateness_seconds: 0, ..MatcherLimits::DEFAULT }
}

/// A program with one indicator.
pub(crate) fn program(pattern: &Pattern, equality: Equality, limits: MatcherLimits) -> Program {
    let mut program = Program::new(equality, limits);
    program.insert(IndicatorId::new("indicator--one"), pattern, always()).unwrap();
    program
}

/// Everything that one indicator matches in a whole stream.
pub(crate) fn run(pattern: &Pattern, observations: &[Observation], equality: Equality) -> Vec<Match> {
    let mut program = program(pattern, equality, in_order());
    let mut sorted: Vec<_> = observations.iter().collect();
    sorted.sort_by_key(|observation| observation.last);
    let now = at(1_000_000);
    let mut matches: Vec<Match> =
        sorted.into_iter().flat_map(|observation| program.observe(observation, now)).collect();
    matches.append(&mut program.finish());
    assert_eq!(program.dropped(), cresset_matcher::Dropped::default());
    matches
}

/// Whether a pattern matches, as both evaluators say.
#[track_caller]
pub(crate) fn matches(text: &str, observations: &[Observation], equality: Equality) -> bool {
    let pattern = pattern(text);
    let witness = reference::evaluate(&pattern, observations, equality, &MatcherLimits::DEFAULT).unwrap();
    let found = run(&pattern, observations, equality);
    assert_eq!(witness.is_some(), !found.is_empty(), "{text}: {witness:?} {found:?}");
    witness.is_some()
}
