//! What holds for all labels.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use releasability::{
    ClassificationPolicy, Code, Decision, Label, Level, OriginatorControl, Pap, Tlp, Validity,
};

use crate::world::{audiences, moment, organisation, own, policy};

fn codes() -> impl Strategy<Value = BTreeSet<Code>> {
    let words =
        ["NATO", "IP4", "MISSION", "NOR", "JPN", "identity--00000005-0000-4000-8000-000000000000", "NOBODY"];
    let code = proptest::sample::select(words.to_vec()).prop_map(|word| word.parse().unwrap());
    proptest::collection::btree_set(code, 1..4)
}

fn labels() -> impl Strategy<Value = Label> {
    let day = |text: &'static str| proptest::option::of(Just(moment(text)));
    let valid = (day("2026-05-01T00:00:00Z"), day("2026-05-31T00:00:00Z"), any::<bool>());
    (
        (proptest::sample::select(Tlp::ALL.to_vec()), proptest::sample::select(Pap::ALL.to_vec())),
        proptest::option::of(0_u16..3),
        proptest::collection::btree_set(codes(), 0..3),
        proptest::option::of(codes()),
        valid,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|((tlp, pap), level, rel, not, (from, until, over), orcon, unknown)| Label {
            tlp,
            pap,
            levels: level
                .map(|level| (ClassificationPolicy("NATO".into()), Level(level)))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
            rel,
            not: not.unwrap_or_default(),
            valid: Validity { from, until: until.filter(|_| over) },
            orcon: if orcon { OriginatorControl::Yes } else { OriginatorControl::No },
            unknown: if unknown { BTreeSet::from(["x".to_owned()]) } else { BTreeSet::new() },
        })
}

proptest! {
    #[test]
    fn join_is_commutative_associative_and_idempotent(a in labels(), b in labels(), c in labels()) {
        prop_assert_eq!(a.join(&b), b.join(&a));
        prop_assert_eq!(a.join(&b).join(&c), a.join(&b.join(&c)));
        prop_assert_eq!(a.join(&a), a.clone());
        prop_assert_eq!(a.join(&Label::clear()), a);
    }

    /// Lines 8 and 9 ask for a name in `rel`, which a further marking can bring; apart from that, more markings open nothing.
    #[test]
    fn a_further_marking_never_widens_the_audience(a in labels(), b in labels()) {
        let policy = policy();
        for who in audiences() {
            for origin in [own(), organisation(9)] {
                let joined = policy.decide(&a.join(&b), &origin, &who.reader());
                if let Decision::Withhold(reason) = policy.decide(&a, &origin, &who.reader())
                    && (!matches!(reason.rule(), 8 | 9) || b.rel.is_empty())
                {
                    prop_assert_ne!(joined, Decision::Release, "{} {}", a, b);
                }
            }
        }
    }

    #[test]
    fn equal_audiences_get_equal_decisions(label in labels()) {
        let policy = policy();
        for who in audiences() {
            let twin = who.clone();
            prop_assert_eq!(
                policy.decide(&label, &own(), &who.reader()),
                policy.decide(&label, &own(), &twin.reader())
            );
        }
    }

    #[test]
    fn what_may_be_done_with_it_does_not_decide_who_may_have_it(label in labels()) {
        let policy = policy();
        for who in audiences() {
            let decide = |pap| policy.decide(&Label { pap, ..label.clone() }, &own(), &who.reader());
            prop_assert!(Pap::ALL.iter().all(|pap| decide(*pap) == decide(Pap::Clear)));
        }
    }

    #[test]
    fn a_stored_label_reads_as_it_was_written(label in labels()) {
        let text = serde_json::to_string(&label).unwrap();
        prop_assert_eq!(serde_json::from_str::<Label>(&text).unwrap(), label);
    }

    #[test]
    fn the_origin_has_what_it_brought(label in labels()) {
        let policy = policy();
        for who in audiences() {
            let origin = who.audience.organisation.clone();
            prop_assert_eq!(policy.decide(&label, &origin, &who.reader()), Decision::Release);
        }
    }
}

#[test]
fn nothing_is_released_without_an_agreement_in_force() {
    let policy = policy();
    for mut who in audiences() {
        who.terms.valid = Validity { from: None, until: Some(moment("2026-06-01T00:00:00Z")) };
        let decision = policy.decide(&Label::clear(), &own(), &who.reader());
        assert!(matches!(decision, Decision::Withhold(reason) if reason.rule() == 0));
    }
}

#[test]
fn memberships_and_dates_count_to_the_second() {
    let policy = policy();
    let who = audiences().remove(1);
    let label = crate::world::label(r#""releasable_to":["MISSION"]"#);
    let at = |text: &str| {
        let reader = releasability::Reader { now: moment(text), ..who.reader() };
        policy.decide(&label, &own(), &reader) == Decision::Release
    };
    assert!(!at("2025-12-31T23:59:59Z"));
    assert!(at("2026-01-01T00:00:00Z"));
    assert!(at("2026-06-30T23:59:59Z"));
    assert!(!at("2026-07-01T00:00:00Z"));
}

#[test]
fn what_is_green_or_above_stays_in_the_collections_community() {
    let policy = policy();
    let mut who = audiences().remove(1);
    who.terms.community = Some(releasability::Community::new("NATO").unwrap());
    let decide = |tlp| policy.decide(&Label::of(tlp), &own(), &who.reader());
    assert_eq!(decide(Tlp::Clear), Decision::Release);
    for tlp in [Tlp::Green, Tlp::Amber] {
        assert!(matches!(decide(tlp), Decision::Withhold(reason) if reason.rule() == 10), "{tlp}");
    }
}
