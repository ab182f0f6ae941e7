//! Does the program find what the reference evaluator finds, over time?

use cresset_matcher::{Equality, IndicatorId, MatcherLimits, Observation, Program, reference};
use proptest::{collection::vec, prelude::*, sample::select};
use stix::pattern::{Observations, Pattern, Qualifier};

use crate::fixtures::{always, at, in_order, observed, pattern, program, seen};

/// Some overlap, some are negated, one is never there.
fn leaf() -> impl Strategy<Value = Observations> {
    let texts = [
        "[x-a:v = 1]",
        "[x-a:v = 2]",
        "[x-a:v = 3]",
        "[x-a:v < 3]",
        "[x-a:v NOT = 1]",
        "[x-a:v IN (2, 3)]",
        "[NOT EXISTS x-a:w]",
        "[x-a:v = 1 OR x-a:w = 1]",
        "[x-a:v = 9]",
    ];
    select(texts.map(|text| pattern(text).root).to_vec())
}

fn qualifier() -> impl Strategy<Value = Qualifier> {
    prop_oneof![
        3 => (1_u32..8).prop_map(|half| Qualifier::Within(f64::from(half) / 2.0)),
        2 => (1_u32..4).prop_map(Qualifier::Repeats),
        1 => (0_i64..4, 1_i64..5).prop_map(|(from, length)| Qualifier::StartStop(at(from), at(from + length))),
    ]
}

fn any_pattern() -> impl Strategy<Value = Pattern> {
    let tree = leaf().prop_recursive(3, 5, 2, |inner| {
        prop_oneof![
            2 => vec(inner.clone(), 2..3).prop_map(Observations::And),
            1 => vec(inner.clone(), 2..3).prop_map(Observations::Or),
            3 => vec(inner.clone(), 2..4).prop_map(Observations::FollowedBy),
            3 => (inner, qualifier())
                .prop_map(|(inner, qualifier)| Observations::Qualified(Box::new(inner), vec![qualifier])),
        ]
    });
    tree.prop_map(|root| Pattern { root })
}

/// Patterns that come true often but not soon: few leaves, most of them in windows, some of those in other windows.
fn timely_pattern() -> impl Strategy<Value = Pattern> {
    let leaf = select(
        ["[x-a:v = 1]", "[x-a:v = 2]", "[x-a:v = 3]", "[x-a:v < 3]"].map(|text| pattern(text).root).to_vec(),
    );
    let several = (leaf, 1_u32..4).prop_map(|(leaf, times)| match times {
        1 | 2 => leaf,
        _ => Observations::Qualified(Box::new(leaf), vec![Qualifier::Repeats(2)]),
    });
    let within = |inner: Observations, seconds: Option<u32>| match seconds {
        Some(seconds) => {
            Observations::Qualified(Box::new(inner), vec![Qualifier::Within(f64::from(seconds))])
        }
        None => inner,
    };
    let joined = (vec(several, 1..3), any::<bool>(), prop::option::weighted(0.6, 1_u32..4)).prop_map(
        move |(mut all, ordered, seconds)| {
            let inner = match (all.len(), ordered) {
                (1, _) => all.remove(0),
                (_, true) => Observations::FollowedBy(all),
                (_, false) => Observations::And(all),
            };
            within(inner, seconds)
        },
    );
    (vec(joined, 1..3), any::<bool>(), prop::option::weighted(0.7, 2_u32..7)).prop_map(
        move |(mut all, ordered, seconds)| {
            let inner = match (all.len(), ordered) {
                (1, _) => all.remove(0),
                (_, true) => Observations::FollowedBy(all),
                (_, false) => Observations::And(all),
            };
            Pattern { root: within(inner, seconds) }
        },
    )
}

/// Few kinds of observation, spread over some time.
fn busy_stream() -> impl Strategy<Value = Vec<Observation>> {
    vec((0_i64..14, 1_i64..4), 3..8).prop_map(|mut all| {
        all.sort_unstable();
        (0..).zip(all).map(|(id, (second, value))| seen(id, second, value)).collect()
    })
}

fn assert_same(pattern: &Pattern, stream: &[Observation], order: &[usize]) -> Result<(), TestCaseError> {
    let Ok(expected) = reference::evaluate(pattern, stream, Equality::Exact, &late()) else { return Ok(()) };
    let mut program = Program::new(Equality::Exact, late());
    if program.insert(IndicatorId::new("one"), pattern, always()).is_err() {
        return Ok(());
    }
    let mut found = Vec::new();
    for index in order {
        found.append(&mut program.observe(&stream[*index], at(100)));
    }
    found.append(&mut program.finish());
    prop_assert_eq!(program.dropped().partials, 0);
    prop_assert_eq!(expected.is_some(), !found.is_empty(), "{} over {:?}: {:?}", pattern, stream, found);
    for found in found {
        let part: Vec<_> =
            stream.iter().filter(|one| found.observations.contains(&one.id)).cloned().collect();
        let again = reference::evaluate(pattern, &part, Equality::Exact, &late());
        prop_assert!(!matches!(again, Ok(None)), "{} is not matched by {:?}", pattern, found);
        prop_assert!(
            part.iter().all(|one| one.last <= found.at) && part.iter().any(|one| one.last == found.at)
        );
    }
    Ok(())
}

/// Few moments, so that there are ties; a few spans and counts above one.
fn stream() -> impl Strategy<Value = Vec<Observation>> {
    let one = (
        0_i64..6,
        prop_oneof![4 => Just(0_i64), 1 => 1_i64..3],
        prop_oneof![5 => Just(1_u32), 1 => 2_u32..4],
    );
    let objects = select(vec![
        r#"{"0":{"type":"x-a","v":1}}"#,
        r#"{"0":{"type":"x-a","v":2}}"#,
        r#"{"0":{"type":"x-a","v":3}}"#,
        r#"{"0":{"type":"x-a","v":4,"w":1}}"#,
        r#"{"0":{"type":"x-a","v":1},"1":{"type":"x-a","v":3,"w":2}}"#,
        r#"{"0":{"type":"x-b","v":1}}"#,
    ]);
    vec((one, objects), 0..6).prop_map(|all| {
        let made = |(id, ((last, span, count), objects)): (u64, _)| {
            observed(id, (last - span, last), count, objects)
        };
        (0..).zip(all).map(made).collect()
    })
}

/// The order of arrival.
fn shuffled() -> impl Strategy<Value = (Vec<Observation>, Vec<usize>)> {
    stream().prop_flat_map(|stream| {
        let order: Vec<usize> = (0..stream.len()).collect();
        (Just(stream), Just(order).prop_shuffle())
    })
}

fn late() -> MatcherLimits {
    MatcherLimits { lateness_seconds: 3600, bindings_max: 5000, ..MatcherLimits::DEFAULT }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 7000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_program_matches_what_the_reference_matches_in_whatever_order_it_comes(
        pattern in any_pattern(), (stream, order) in shuffled()
    ) {
        assert_same(&pattern, &stream, &order)?;
    }

    #[test]
    fn windows_in_busy_streams_are_those_of_the_reference(pattern in timely_pattern(), stream in busy_stream()) {
        let order: Vec<usize> = (0..stream.len()).collect();
        assert_same(&pattern, &stream, &order)?;
    }

    #[test]
    fn a_match_is_found_as_soon_as_there_is_one(pattern in any_pattern(), stream in stream()) {
        let mut stream = stream;
        stream.sort_by_key(|one| one.last);
        let mut program = Program::new(Equality::Exact, in_order());
        if program.insert(IndicatorId::new("one"), &pattern, always()).is_err() {
            return Ok(());
        }
        let mut first = program.advance(at(-100)).first().map(|found| found.at);
        for one in &stream {
            let found = program.observe(one, at(100));
            first = first.or(found.iter().map(|found| found.at).min());
        }
        first = first.or(program.finish().first().map(|found| found.at));
        let ends: Vec<_> = stream.iter().map(|one| one.last).collect();
        for end in ends {
            let begun: Vec<_> = stream.iter().filter(|one| one.last <= end).cloned().collect();
            let Ok(expected) = reference::evaluate(&pattern, &begun, Equality::Exact, &late()) else { return Ok(()) };
            prop_assert_eq!(expected.is_some(), first.is_some_and(|first| first <= end), "{} until {:?}", pattern, end);
        }
    }
}

#[test]
fn windows_within_windows_keep_rivals() {
    let text = "(([x-a:v = 1] AND [x-a:v = 2]) WITHIN 3 SECONDS FOLLOWEDBY [x-a:v = 3]) WITHIN 9 SECONDS";
    let pattern = pattern(text);
    let mut program = program(&pattern, Equality::Exact, late());
    for (id, (second, value)) in (0..).zip([(0, 1), (1, 2), (4, 1), (9, 3), (10, 2)]) {
        program.observe(&seen(id, second, value), at(100));
    }
    // 1 and 2 at the seconds 0 and 1, then 3 at 9: exactly 9 seconds, which is too long.
    assert_eq!(program.finish(), []);
}
