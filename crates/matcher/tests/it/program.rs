//! Does the program keep its promises about validity, lateness and limits?

use std::sync::Arc;

use cresset_matcher::{
    CompileError, Dropped, Equality, IndicatorId, MatcherLimits, Observation, ObservationId, Program,
    Standing, Usual, Validity, reference,
};
use stix::Timestamp;

use crate::fixtures::{always, at, in_order, observed, pattern, program, run, seen};

fn indicator(number: u32) -> IndicatorId {
    IndicatorId::new(&format!("indicator--{number}"))
}

fn found(program: &mut Program, observation: &Observation, now: Timestamp) -> usize {
    program.observe(observation, now).len()
}

#[test]
fn an_indicator_is_valid_to_the_microsecond() {
    let (from, until) = (at(10), at(20));
    let mut program = Program::new(Equality::Exact, in_order());
    let validity = Validity { from, until: Some(until), standing: Standing::Active };
    program.insert(indicator(1), &pattern("[x-a:v = 1]"), validity).unwrap();
    let moment = |base: Timestamp, micros: i64| Timestamp::from_micros(base.micros() + micros);
    for (now, expected) in
        [(moment(from, -1), 0), (from, 1), (moment(until, -1), 1), (until, 0), (moment(until, 1), 0)]
    {
        assert_eq!(found(&mut program, &seen(1, 0, 1), now), expected, "{now:?}");
    }
}

#[test]
fn what_is_revoked_suppressed_or_removed_does_not_match() {
    let mut program = program(&pattern("[x-a:v = 1]"), Equality::Exact, in_order());
    let one = IndicatorId::new("indicator--one");
    for (standing, expected) in [(Standing::Revoked, 0), (Standing::Suppressed, 0), (Standing::Active, 1)] {
        assert!(program.set_validity(&one, Validity { standing, ..always() }));
        assert_eq!(found(&mut program, &seen(1, 0, 1), at(0)), expected);
    }
    assert!(program.remove(&one));
    assert!(!program.remove(&one));
    assert!(!program.set_validity(&one, always()));
    assert_eq!(found(&mut program, &seen(1, 0, 1), at(0)), 0);
    assert!(program.is_empty() && program.paths().is_empty());
}

#[test]
fn what_waits_for_an_indicator_dies_with_it() {
    let text = "[x-a:v = 1] FOLLOWEDBY [x-a:v = 2]";
    let one = IndicatorId::new("indicator--one");
    let mut program = program(&pattern(text), Equality::Exact, in_order());
    program.observe(&seen(1, 0, 1), at(0));
    program.observe(&seen(2, 1, 2), at(1));
    // The new version takes the place of the old one and has seen nothing.
    program.insert(one.clone(), &pattern(text), always()).unwrap();
    assert_eq!(program.finish(), []);
    program.observe(&seen(3, 2, 1), at(2));
    program.observe(&seen(4, 3, 2), at(3));
    program.set_validity(&one, Validity { standing: Standing::Revoked, ..always() });
    assert_eq!(program.finish(), []);
}

#[test]
fn a_match_tells_the_observations_and_the_time_that_completed_it() {
    let stream = [seen(5, 0, 1), seen(6, 1, 7), seen(7, 2, 1), seen(8, 3, 2)];
    let matches =
        run(&pattern("[x-a:v = 1] REPEATS 2 TIMES FOLLOWEDBY [x-a:v = 2]"), &stream, Equality::Exact);
    let [only] = &matches[..] else { panic!("{matches:?}") };
    assert_eq!(only.observations, [5, 7, 8].map(ObservationId));
    assert_eq!(only.at, at(3));
}

#[test]
fn observations_may_come_out_of_order_within_the_lateness_and_are_counted_beyond() {
    let limits = MatcherLimits { lateness_seconds: 10, ..MatcherLimits::DEFAULT };
    let mut program = program(&pattern("[x-a:v = 1] FOLLOWEDBY [x-a:v = 2]"), Equality::Exact, limits);
    assert_eq!(found(&mut program, &seen(1, 10, 2), at(10)), 0);
    assert_eq!(found(&mut program, &seen(2, 5, 1), at(10)), 0);
    let matches = program.advance(at(11));
    assert_eq!(matches.len(), 1);
    assert_eq!(matches[0].observations, [2, 1].map(ObservationId));
    program.observe(&seen(3, 30, 1), at(30));
    assert_eq!(program.dropped().late, 0);
    program.observe(&seen(4, 20, 2), at(30));
    assert_eq!(program.dropped().late, 0, "at the edge");
    program.observe(&seen(5, 19, 2), at(30));
    assert_eq!(program.dropped().late, 1);
}

#[test]
fn what_waits_in_a_stream_that_fell_silent_is_matched_when_the_clock_says_so() {
    let limits = MatcherLimits { lateness_seconds: 60, ..MatcherLimits::DEFAULT };
    let mut program = program(&pattern("[x-a:v = 1] FOLLOWEDBY [x-a:v = 2]"), Equality::Exact, limits);
    // Telemetry of yesterday, read at 1000 and 1005.
    assert_eq!(found(&mut program, &seen(1, 10, 1), at(1000)), 0);
    assert_eq!(found(&mut program, &seen(2, 11, 2), at(1005)), 0);
    assert_eq!(program.advance_by_clock(at(1064)), []);
    let matches = program.advance_by_clock(at(1065));
    assert_eq!(
        matches.iter().map(|own| own.observations.clone()).collect::<Vec<_>>(),
        [[1, 2].map(ObservationId)]
    );
    // What is of that time still counts, and what is ahead of the clock waits for it.
    program.observe(&seen(4, 12, 2), at(1066));
    assert_eq!((program.dropped(), program.advance_by_clock(at(1126)).len()), (Dropped::default(), 1));
    program.observe(&seen(5, 1190, 2), at(1130));
    assert_eq!(program.advance_by_clock(at(1249)), []);
    assert_eq!(program.advance_by_clock(at(1250)).len(), 1);
}

#[test]
fn an_observation_from_the_future_does_not_make_the_present_late() {
    let mut program = program(&pattern("[x-a:v = 1] FOLLOWEDBY [x-a:v = 2]"), Equality::Exact, in_order());
    program.observe(&seen(1, 1_000_000, 1), at(0));
    program.observe(&seen(2, 1, 1), at(1));
    program.observe(&seen(3, 2, 2), at(2));
    assert_eq!(program.advance(at(3)).len(), 1);
    assert_eq!(program.dropped(), Dropped::default());
}

#[test]
fn what_does_not_fit_is_dropped_and_counted() {
    let text = "[x-a:v = 1] FOLLOWEDBY [x-a:v = 2]";
    let limits = MatcherLimits { waiting_max: 2, lateness_seconds: 60, ..MatcherLimits::DEFAULT };
    let mut small = program(&pattern(text), Equality::Exact, limits);
    for id in 0..2 {
        small.observe(&seen(id, 0, 1), at(0));
    }
    assert_eq!(small.dropped().waiting, 0);
    small.observe(&seen(2, 0, 1), at(0));
    assert_eq!(small.dropped().waiting, 1);

    // Two observations that fit into two windows, either way round: neither way is better in both.
    let windows =
        "([x-a:v < 5] AND [x-a:v = 8]) WITHIN 50 SECONDS AND ([x-a:v < 6] AND [x-a:v = 9]) WITHIN 50 SECONDS";
    for (rivals_max, dropped) in [(2, 0), (1, 1)] {
        let limits = MatcherLimits { rivals_max, ..in_order() };
        let mut program = program(&pattern(windows), Equality::Exact, limits);
        for (id, first, last) in [(1, 0, 10), (2, 5, 11)] {
            program.observe(&observed(id, (first, last), 1, r#"{"0":{"type":"x-a","v":1}}"#), at(20));
        }
        program.finish();
        assert_eq!(program.dropped().partials, dropped, "{rivals_max}");
    }
}

#[test]
fn patterns_that_are_too_much_are_refused_at_the_edge() {
    let limits = MatcherLimits { alternatives_max: 4, joined_max: 3, ..MatcherLimits::DEFAULT };
    let insert =
        |text: &str| Program::new(Equality::Exact, limits).insert(indicator(1), &pattern(text), always());
    let either = "([x-a:v = 1] WITHIN 1 SECONDS OR [x-a:v = 2] WITHIN 1 SECONDS)";
    assert_eq!(insert(&format!("{either} AND {either}")), Ok(()));
    assert_eq!(insert(&format!("{either} AND {either} AND {either}")), Err(CompileError::Alternatives));
    assert_eq!(insert("[x-a:v = 1] AND [x-a:v = 2] AND [x-a:v = 3]"), Ok(()));
    assert_eq!(
        insert("[x-a:v = 1] AND [x-a:v = 2] AND [x-a:v = 3] AND [x-a:v = 4]"),
        Err(CompileError::Joined)
    );
    assert_eq!(insert("([x-a:v = 1] FOLLOWEDBY [x-a:v = 2]) REPEATS 10000 TIMES"), Err(CompileError::Joined));
    // Stages of an order add up, those of an AND multiply.
    assert_eq!(insert("[x-a:v = 1] REPEATS 1022 TIMES FOLLOWEDBY [x-a:v = 2]"), Ok(()));
    assert_eq!(insert("[x-a:v = 1] REPEATS 1023 TIMES FOLLOWEDBY [x-a:v = 2]"), Err(CompileError::Stages));
    assert_eq!(insert("[x-a:v = 1] REPEATS 511 TIMES AND [x-a:v = 2]"), Ok(()));
    assert_eq!(insert("[x-a:v = 1] REPEATS 512 TIMES AND [x-a:v = 2]"), Err(CompileError::Stages));
    assert_eq!(insert("([x-a:v = 1] REPEATS 100 TIMES) REPEATS 100 TIMES"), Ok(()));
    assert_eq!(insert("([x-a:v = 1] REPEATS 100 TIMES) REPEATS 101 TIMES"), Err(CompileError::Repeats));
    assert_eq!(insert("[file:name = 'a' AND url:value = 'b']"), Err(CompileError::Never));
    assert!(matches!(insert("[file:name MATCHES '(?=a)']"), Err(CompileError::Unrunnable(_))));
}

#[test]
fn the_reference_gives_up_at_its_limit() {
    let stream: Vec<_> = (0..4).map(|id| seen(id, 0, 1)).collect();
    let pattern = pattern("[x-a:v = 1] REPEATS 2 TIMES");
    let answer = |bindings_max| {
        let limits = MatcherLimits { bindings_max, ..MatcherLimits::DEFAULT };
        reference::evaluate(&pattern, &stream, Equality::Exact, &limits)
    };
    assert_eq!(answer(6), Ok(Some(vec![0, 1])));
    assert_eq!(answer(5), Err(reference::ReferenceError::Bindings));
    // Copies of one observation are counted before they are made.
    let many = [observed(1, (0, 0), u32::MAX, r#"{"0":{"type":"x-a","v":1}}"#)];
    let nested =
        "(([x-a:v = 1] REPEATS 10000 TIMES) REPEATS 10000 TIMES) REPEATS 10000 TIMES".parse().unwrap();
    let answer = reference::evaluate(&nested, &many, Equality::Exact, &MatcherLimits::DEFAULT);
    assert_eq!(answer, Err(reference::ReferenceError::Bindings));
}

#[test]
fn ten_thousand_repetitions_are_counted_without_being_copied() {
    let text = "[x-a:v = 1] REPEATS 10000 TIMES WITHIN 10000 SECONDS";
    let mut program = program(&pattern(text), Equality::Exact, in_order());
    let mut first = None;
    for second in 0..10_002 {
        let matches = program.observe(&seen(u64::try_from(second).unwrap(), second, 1), at(second));
        first = first.or(matches.into_iter().next());
    }
    let first = first.unwrap();
    assert_eq!((first.at, first.observations.len()), (at(9_999), 10_000));
}

#[test]
fn the_paths_that_are_asked_for_are_those_of_the_indicators_there_are() {
    let mut program = Program::new(Equality::Exact, in_order());
    let texts = [
        "[domain-name:value = 'a.example' OR url:value LIKE 'http%']",
        "[network-traffic:protocols[1] IN ('tcp', 'udp') AND network-traffic:dst_port NOT = 5]",
    ];
    for (number, text) in (0..).zip(texts) {
        program.insert(indicator(number), &pattern(text), always()).unwrap();
    }
    let protocols = "network-traffic:protocols[*]";
    let paths: Vec<_> = program.paths().into_iter().collect();
    assert_eq!(paths, ["domain-name:value", "network-traffic:dst_port", protocols, "url:value"]);
    let usual = "[domain-name:value = 'b.example']";
    assert_eq!(program.insert_usual(indicator(2), &Arc::from(usual), always()), Usual::Yes);
    program.remove(&indicator(0));
    program.remove(&indicator(1));
    assert_eq!(program.paths().into_iter().collect::<Vec<_>>(), ["domain-name:value"]);
    assert_eq!(program.insert_usual(indicator(2), &Arc::from(texts[0]), always()), Usual::No);
    assert_eq!(program.len(), 1);
    program.remove(&indicator(2));
    assert!(program.paths().is_empty());
}

#[test]
fn one_observation_tells_an_indicator_once() {
    let text = "[x-a:v = 1] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z' OR [x-a:v < 5] OR [x-b:v = 1]";
    let both = observed(1, (0, 0), 1, r#"{"0":{"type":"x-a","v":1},"1":{"type":"x-b","v":1}}"#);
    assert_eq!(run(&pattern(text), &[both], Equality::Exact).len(), 1);
}
