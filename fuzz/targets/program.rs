//! Does the fast program find what the slow evaluator finds? The first line is a pattern, the others are observed-data.
#![no_main]

use libfuzzer_sys::fuzz_target;
use matcher::{
    Equality, IndicatorId, MatcherLimits, Observation, ObservationId, Program, Standing, Validity, observed_data,
    reference,
};
use stix::{Limits, Timestamp, json::Tree, pattern::Pattern};

/// More than these the slow evaluator tries for too long.
const OBSERVATIONS_MAX: usize = 6;

fn observations(lines: &str) -> Vec<Observation> {
    let mut all = Vec::new();
    for line in lines.lines() {
        let Ok(tree) = Tree::parse(line.as_bytes(), &Limits::DEFAULT) else { continue };
        for (_, mut observation) in observed_data::read(tree.root(), &MatcherLimits::DEFAULT).observations {
            observation.id = ObservationId(all.len() as u64);
            all.push(observation);
        }
    }
    all.truncate(OBSERVATIONS_MAX);
    all.sort_by_key(|observation| observation.last);
    all
}

fuzz_target!(|text: &str| {
    let Some((first, rest)) = text.split_once('\n') else { return };
    let Ok(pattern) = first.parse::<Pattern>() else { return };
    let observations = observations(rest);
    if observations.iter().any(|own| own.count.get() > 20) {
        return;
    }
    let limits = MatcherLimits { lateness_seconds: 0, ..MatcherLimits::DEFAULT };
    for equality in [Equality::Exact, Equality::Normalised] {
        let mut program = Program::new(equality, limits);
        let validity = Validity { from: Timestamp::EPOCH, until: None, standing: Standing::Active };
        if program.insert(IndicatorId::new("indicator--one"), &pattern, validity).is_err() {
            return;
        }
        let Ok(slow) = reference::evaluate(&pattern, &observations, equality, &limits) else { return };
        let now = Timestamp::MAX;
        let mut fast: usize = observations.iter().map(|own| program.observe(own, now).len()).sum();
        fast += program.finish().len();
        if program.dropped() == matcher::Dropped::default() {
            assert_eq!(slow.is_some(), fast > 0, "{first}");
        }
    }
});
