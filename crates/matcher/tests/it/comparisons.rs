//! Does the program look for the right signs? Every comparison that the reference evaluator finds satisfied has to be found.

use cresset_matcher::{Equality, IndicatorId, MatcherLimits, Program, reference};
use proptest::{collection::vec, prelude::*, sample::select};
use stix::pattern::{Comparison, Comparisons, Constant, Observations, Pattern, Test};

use crate::fixtures::{always, at, observed, pattern};

const PATHS: [&str; 12] = [
    "x-a:t",
    "x-a:l[*]",
    "x-a:l[1]",
    "x-a:d.k",
    "x-a:d",
    "x-a:hashes.MD5",
    "x-a:o_ref.t",
    "x-a:o_ref",
    "x-a:many_refs[*].l[*]",
    "x-a:m_hex",
    "x-b:t",
    "x-a:o_ref.o_ref.o_ref.t",
];

/// What values and constants are made of, so that they often meet.
const TEXTS: [&str; 16] = [
    "",
    "a",
    "abc",
    "ABC",
    "xabcx",
    "10.1.2.3",
    "10.1.2.3/32",
    "10.1.0.0/16",
    "::1",
    "www.Host.example",
    "host.example",
    "4d5a",
    "4D5A",
    "MZ",
    "e\u{301}abc",
    "\u{e9}abc",
];

fn text() -> impl Strategy<Value = String> {
    select(TEXTS.to_vec()).prop_map(str::to_owned)
}

fn constant() -> impl Strategy<Value = Constant> {
    prop_oneof![
        4 => text().prop_map(Constant::Text),
        1 => (0_i64..3).prop_map(Constant::Integer),
        1 => (0_i32..4).prop_map(|half| Constant::Float(f64::from(half) / 2.0)),
        1 => any::<bool>().prop_map(Constant::Boolean),
        1 => Just(Constant::Hex(vec![0x4d, 0x5a])),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    use stix::pattern::Comparator::{Equal, Greater, LessOrEqual, NotEqual};
    let like = ["%", "abc", "%abc%", "a_c", "%.host.example", "_abc", "%C", "", "10.%"];
    let matches =
        ["abc", "(?i)abc", "^a", r"\.host\.example$", "(abc|host)", "^MZ$", ".", r"\d+\.\d+", "\u{e9}"];
    prop_oneof![
        4 => (select(vec![Equal, Equal, NotEqual, Greater, LessOrEqual]), constant())
            .prop_map(|(comparator, constant)| Test::Compare(comparator, constant)),
        2 => vec(constant(), 0..3).prop_map(Test::In),
        2 => select(like.to_vec()).prop_map(|text| Test::Like(text.to_owned())),
        2 => select(matches.to_vec()).prop_map(|text| Test::Matches(text.to_owned())),
        1 => text().prop_map(Test::IsSubset),
        1 => text().prop_map(Test::IsSuperset),
        1 => Just(Test::Exists),
    ]
}

fn comparisons() -> impl Strategy<Value = Comparisons> {
    let one =
        (select(PATHS.to_vec()), prop::bool::weighted(0.25), test()).prop_map(|(path, negated, test)| {
            Comparisons::One(Comparison { path: path.parse().unwrap(), negated, test })
        });
    one.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..3).prop_map(Comparisons::And),
            vec(inner, 2..3).prop_map(Comparisons::Or)
        ]
    })
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => text().prop_map(|text| format!("\"{text}\"")),
        1 => select(vec!["0", "1", "1.0", "0.5", "-0.0", "true", "[]", "{}"]).prop_map(str::to_owned),
    ]
}

fn object() -> impl Strategy<Value = String> {
    (select(vec!["x-a", "x-a", "x-b"]), vec(value(), 7), 0_u8..3, 0_usize..3).prop_map(
        |(kind, values, other, length)| {
            let [t, l0, l1, k, md5, hex, list] = &values[..] else { panic!("seven") };
            let many = &["[]", "[\"0\",\"1\"]", "[\"2\",5]"][length];
            format!(
                r#"{{"type":"{kind}","t":{t},"l":[{l0},{l1},{list}],"d":{{"k":{k}}},"hashes":{{"MD5":{md5}}},
            "o_ref":"{other}","many_refs":{many},"m_hex":{hex}}}"#
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_observation_satisfies_in_the_program_what_it_satisfies_in_the_reference(
        all in vec(comparisons(), 1..4), objects in vec(object(), 1..3), equality in select(vec![Equality::Exact, Equality::Normalised])
    ) {
        let objects: Vec<_> = objects.iter().enumerate().map(|(key, object)| format!("\"{key}\":{object}")).collect();
        let observation = observed(7, (0, 0), 1, &format!("{{{}}}", objects.join(",")));
        let limits = MatcherLimits::DEFAULT;
        let mut program = Program::new(equality, limits);
        let mut expected = Vec::new();
        for (number, comparisons) in all.into_iter().enumerate() {
            let id = IndicatorId::new(&number.to_string());
            let pattern = Pattern { root: Observations::Simple(comparisons) };
            let answer = reference::evaluate(&pattern, std::slice::from_ref(&observation), equality, &limits);
            prop_assert_eq!(answer.is_ok(), program.insert(id.clone(), &pattern, always()).is_ok());
            if matches!(answer, Ok(Some(_))) {
                expected.push(id);
            }
        }
        let ids = |program: &mut Program| -> Vec<IndicatorId> {
            let mut ids: Vec<_> =
                program.observe(&observation, at(0)).into_iter().map(|found| found.indicator).collect();
            ids.sort();
            ids
        };
        prop_assert_eq!(ids(&mut program), expected.clone());
        // What is removed leaves nothing behind and takes nothing else with it.
        if let Some(gone) = expected.pop() {
            program.remove(&gone);
            prop_assert_eq!(ids(&mut program), expected);
        }
    }
}

#[test]
fn a_web_of_references_is_walked_in_time() {
    let refs = (0..60).map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(",");
    let objects: Vec<_> =
        (0..60).map(|key| format!(r#""{key}":{{"type":"x-a","n_refs":[{refs}]}}"#)).collect();
    let observation = observed(1, (0, 0), 1, &format!("{{{}}}", objects.join(",")));
    let pattern = pattern(&format!("[x-a:{}t = 1]", "n_refs[*].".repeat(6)));
    let answer = reference::evaluate(&pattern, &[observation], Equality::Exact, &MatcherLimits::DEFAULT);
    assert_eq!(answer, Ok(None));
}
