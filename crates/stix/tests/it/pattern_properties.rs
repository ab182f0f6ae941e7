//! Does every tree survive being written and read, and does no text bring the reader down?

use cresset_stix::{
    Timestamp,
    pattern::{
        Comparator, Comparison, Comparisons, Constant, Grammar, ObjectPath, Observations, Pattern,
        PatternLimits, Qualifier, Step, Test, check,
    },
};
use proptest::{collection::vec, prelude::*};

fn moment() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_000_000_000, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| Timestamp::from_parts(seconds, nanos))
}

fn constant() -> impl Strategy<Value = Constant> {
    prop_oneof![
        any::<i64>().prop_map(Constant::Integer),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Constant::Float),
        any::<String>().prop_map(Constant::Text),
        "['\\\\%_a]{0,6}".prop_map(Constant::Text),
        vec(any::<u8>(), 0..9).prop_map(Constant::Hex),
        vec(any::<u8>(), 1..9).prop_map(Constant::Binary),
        moment().prop_map(Constant::Timestamp),
    ]
}

fn any_constant() -> impl Strategy<Value = Constant> {
    prop_oneof![4 => constant(), 1 => any::<bool>().prop_map(Constant::Boolean)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        "[a-z_]{1,8}".prop_map(Step::Key),
        any::<String>().prop_map(Step::Key),
        Just(Step::Key("AND".to_owned())),
        any::<u32>().prop_map(Step::Index),
        Just(Step::Any),
    ]
}

fn path() -> impl Strategy<Value = ObjectPath> {
    let object_type =
        "[a-z][a-z0-9-]{2,10}".prop_filter("no boolean", |name| name != "true" && name != "false");
    (object_type, "[a-z]{3}|SHA-256|true", vec(step(), 0..4)).prop_map(|(object_type, first, mut steps)| {
        steps.insert(0, Step::Key(first));
        ObjectPath { object_type, steps }
    })
}

fn test() -> impl Strategy<Value = Test> {
    let ordered = prop_oneof![
        Just(Comparator::Less),
        Just(Comparator::LessOrEqual),
        Just(Comparator::Greater),
        Just(Comparator::GreaterOrEqual)
    ];
    let equal = prop_oneof![Just(Comparator::Equal), Just(Comparator::NotEqual)];
    prop_oneof![
        (ordered, constant()).prop_map(|(comparator, constant)| Test::Compare(comparator, constant)),
        (equal, any_constant()).prop_map(|(comparator, constant)| Test::Compare(comparator, constant)),
        vec(any_constant(), 0..4).prop_map(Test::In),
        any::<String>().prop_map(Test::Like),
        any::<String>().prop_map(Test::Matches),
        any::<String>().prop_map(Test::IsSubset),
        any::<String>().prop_map(Test::IsSuperset),
        Just(Test::Exists),
    ]
}

fn comparisons() -> impl Strategy<Value = Comparisons> {
    let one = (path(), any::<bool>(), test())
        .prop_map(|(path, negated, test)| Comparisons::One(Comparison { path, negated, test }));
    one.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Comparisons::And),
            vec(inner, 2..4).prop_map(Comparisons::Or)
        ]
    })
}

fn qualifiers() -> impl Strategy<Value = Vec<Qualifier>> {
    let within = prop_oneof![
        (1_u32..5000).prop_map(f64::from),
        any::<f64>().prop_filter("above zero", |seconds| seconds.is_finite() && *seconds > 0.0)
    ];
    let repeats = 1_u32..10_000;
    let interval =
        (moment(), 1_i64..1_000_000).prop_map(|(from, seconds)| (from, from.plus_seconds(seconds)));
    (within, repeats, interval, Just([0, 1, 2]).prop_shuffle(), 1_usize..4).prop_map(
        |(within, repeats, (from, until), order, take)| {
            let all =
                [Qualifier::Within(within), Qualifier::Repeats(repeats), Qualifier::StartStop(from, until)];
            order.iter().take(take).map(|at: &usize| all[*at]).collect()
        },
    )
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let simple = comparisons().prop_map(Observations::Simple);
    let all = simple.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Observations::And),
            vec(inner.clone(), 2..4).prop_map(Observations::Or),
            vec(inner.clone(), 2..4).prop_map(Observations::FollowedBy),
            (inner, qualifiers())
                .prop_map(|(inner, qualifiers)| Observations::Qualified(Box::new(inner), qualifiers)),
        ]
    });
    all.prop_map(|root| Pattern { root })
}

fn read(text: &str) -> Option<Pattern> {
    Pattern::parse(text, Grammar::V21, &PatternLimits::DEFAULT).ok()
}

/// Pieces of patterns, so that what is thrown together gets some way into the parser.
fn scraps() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "[", "]", "(", ")", "a:b", " = ", "'x'", "1", "AND ", " OR ", "FOLLOWEDBY", "NOT ", "EXISTS ", "IN(",
            ",", "t'2020-01-01T00:00:00Z'", "h'0", "b'QQ=='", "WITHIN 5 SECONDS", "START ", "STOP ", "REPEATS 2 TIMES",
            "/*", "*/", "//", "\\", "'", ".", "[*]", "-", "+.5", "LIKE ", "MATCHES '('", ":", "é", "\u{2028}", "\0",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_that_is_written_and_read_is_the_same_tree(pattern in pattern()) {
        let text = pattern.to_string();
        let again = read(&text);
        prop_assert_eq!(again.as_ref(), Some(&pattern), "{}", text);
        prop_assert_eq!(again.unwrap().to_string(), text);
    }

    #[test]
    fn no_text_brings_the_reader_down(text in prop_oneof![any::<String>(), scraps()]) {
        for grammar in [Grammar::V20, Grammar::V21] {
            match Pattern::parse(&text, grammar, &PatternLimits::DEFAULT) {
                Ok(pattern) => {
                    check(&pattern, &PatternLimits::DEFAULT);
                    prop_assert_eq!(read(&pattern.to_string()), Some(pattern));
                }
                Err(error) => prop_assert!(error.at.offset <= text.len() && text.is_char_boundary(error.at.offset)),
            }
        }
    }

    #[test]
    fn no_damage_to_a_pattern_brings_the_reader_down(
        pattern in pattern(), cut in any::<prop::sample::Index>(), length in 0_usize..9, put in scraps()
    ) {
        let text = pattern.to_string();
        let chars: Vec<char> = text.chars().collect();
        let at = cut.index(chars.len());
        let damaged: String = chars[..at].iter().copied().chain(put.chars())
            .chain(chars[(at + length).min(chars.len())..].iter().copied()).collect();
        if let Some(pattern) = read(&damaged) {
            check(&pattern, &PatternLimits::DEFAULT);
        }
    }
}
