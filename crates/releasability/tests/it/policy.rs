//! What does the policy say of itself: whom it covers, what it has learnt, what begins when?

use std::collections::{BTreeSet, HashSet};

use releasability::{
    Code, Community, Decision, Granularity, Label, Organisation, Pap, Policy, Reason, Stamp, Tlp, Validity,
};
use stix::{Limits, json::Tree};

use crate::world::{audiences, label, moment, now, organisation, own, policy, teach};

fn mark(number: u32) -> String {
    format!("marking-definition--{number:08}-0000-4000-8000-000000000000")
}

fn stamp(label: Label, origin: Organisation) -> Stamp {
    Stamp { origin, label, granularity: Granularity::Whole }
}

#[test]
fn every_reason_says_what_it_is_about() {
    let code: Code = "NOR".parse().unwrap();
    let reasons = [
        (Reason::NoAgreement, "agreement"),
        (Reason::Unknown, "not understood"),
        (Reason::OutOfTime, "time"),
        (Reason::NotReleasableTo(code.clone()), "NOR"),
        (Reason::Clearance(releasability::ClassificationPolicy("NATO".into())), "NATO"),
        (Reason::NotNamed(BTreeSet::from([code])), "NOR"),
        (Reason::Ceiling(Tlp::Red), "TLP:RED"),
        (Reason::RedUnnamed, "TLP:RED"),
        (Reason::AskOriginator(organisation(7)), "ask identity--00000007"),
        (Reason::Community(Community::new("IP4").unwrap()), "IP4"),
        (Reason::RequiredProperty("/name".into()), "/name"),
        (Reason::Reference, "refers"),
        (Reason::OtherClaim, "another origin"),
    ];
    let mut rules = BTreeSet::new();
    for (reason, word) in reasons {
        assert!(reason.to_string().contains(word), "{reason}");
        assert!(rules.insert(reason.rule()), "{reason}");
    }
}

#[test]
fn an_organisation_is_in_a_community_by_itself_or_by_its_nation() {
    let community = Community::new("CLUB").unwrap();
    let members = vec![(Code::Organisation(organisation(7)), Validity::ALWAYS)];
    let policy = policy().with_community(community.clone(), members);
    let audience = |number| policy.audience(organisation(number), None, std::collections::BTreeMap::new());
    assert!(audience(7).is_in(&community, now()));
    assert!(!audience(8).is_in(&community, now()));
}

#[test]
fn a_declared_community_in_not_denies_its_members_only() {
    let [nor, jpn, ..] = &audiences()[..] else { panic!("no audiences") };
    let not_nato = label(r#""not_releasable_to":["NATO"]"#);
    let decide = |who: &crate::world::Who| policy().decide(&not_nato, &own(), &who.reader());
    assert_eq!(decide(nor), Decision::Withhold(Reason::NotReleasableTo("NATO".parse().unwrap())));
    assert_eq!(decide(jpn), Decision::Release);
}

#[test]
fn the_visible_stamps_are_those_that_release() {
    let stamps = [
        (1, stamp(Label::of(Tlp::Green), own())),
        (2, stamp(label(r#""releasable_to":["NATO"]"#), own())),
        (3, stamp(label(r#""releasable_to":["JPN"]"#), own())),
        (4, stamp(Label::of(Tlp::Red), organisation(2))),
    ];
    let visible = |who: usize| {
        let who = &audiences()[who];
        let stamps = stamps.iter().map(|(number, stamp)| (*number, stamp));
        policy().visible(stamps, &who.reader()).collect::<Vec<_>>()
    };
    assert_eq!(visible(0), [1, 2, 4], "with what it brought itself");
    assert_eq!(visible(1), [1, 3]);
    assert_eq!(visible(2), [1]);
}

#[test]
fn the_declared_levels_are_told() {
    let policy = policy();
    let levels: Vec<_> = policy.classifications().values().map(Vec::len).collect();
    assert_eq!(levels, [3, 4]);
}

#[test]
fn what_was_learnt_is_counted_once_for_each_who_says_it() {
    let mut policy = policy();
    assert_eq!(policy.markings_defined(), 0);
    teach(&mut policy, &mark(1), r#""tlp":"GREEN""#, &own());
    teach(&mut policy, &mark(1), r#""tlp":"GREEN""#, &own());
    teach(&mut policy, &mark(2), r#""tlp":"GREEN""#, &own());
    teach(&mut policy, &mark(2), r#""tlp":"GREEN""#, &organisation(2));
    assert_eq!(policy.markings_defined(), 3);
    let said_twice = |policy: &Policy| policy.said_twice().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(said_twice(&policy), [mark(2)].into());
    teach(&mut policy, &mark(3), r#""tlp":"GREEN""#, &organisation(2));
    teach(&mut policy, &mark(3), r#""tlp":"GREEN""#, &organisation(3));
    assert_eq!(said_twice(&policy), [mark(2)].into(), "only with this node's own word");
    teach(&mut policy, &mark(2), r#""tlp":"GREEN""#, &organisation(3));
    assert_eq!(said_twice(&policy), [mark(2)].into(), "three are twice too");
}

#[test]
fn where_both_say_the_same_it_means_that() {
    let mut policy = policy();
    let content = r#""tlp":"AMBER","releasable_to":["NATO"]"#;
    teach(&mut policy, &mark(1), content, &own());
    teach(&mut policy, &mark(1), content, &organisation(2));
    assert_eq!(policy.resolve(&mark(1), &organisation(2)), label(content));
}

#[test]
fn a_marking_begins_after_one_moment_and_by_another() {
    let mut policy = policy();
    let begins = "2026-06-01T00:00:00Z";
    teach(&mut policy, &mark(1), &format!(r#""valid_from":"{begins}""#), &own());
    teach(&mut policy, &mark(2), r#""tlp":"GREEN""#, &own());
    let begun = |after: &str, until: &str| {
        let begun = policy.markings_beginning(moment(after), moment(until));
        begun.into_iter().collect::<Vec<_>>()
    };
    let it = vec![(own(), HashSet::from([mark(1)]))];
    assert_eq!(begun("2026-05-31T23:59:59Z", begins), it);
    assert_eq!(begun("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"), it);
    assert!(begun(begins, "2027-01-01T00:00:00Z").is_empty());
    assert!(begun("2026-01-01T00:00:00Z", "2026-05-31T23:59:59Z").is_empty());
}

#[test]
fn a_stamp_may_lack_what_the_second_says_where_it_holds_what_the_first_says() {
    let theirs = organisation(2);
    let mut policy = policy();
    teach(&mut policy, &mark(1), r#""tlp":"GREEN""#, &theirs);
    let first = stamp(policy.resolve(&mark(1), &theirs), theirs.clone());
    assert!(!policy.may_lack(&first, &mark(1)), "it holds all that is said");
    teach(&mut policy, &mark(1), r#""releasable_to":["NATO"]"#, &own());
    assert!(policy.may_lack(&first, &mark(1)));
    let second = stamp(policy.resolve(&mark(1), &own()), theirs.clone());
    assert!(policy.may_lack(&second, &mark(1)));
    let both = stamp(policy.resolve(&mark(1), &theirs), theirs.clone());
    assert!(!policy.may_lack(&both, &mark(1)));
    let other = stamp(label(r#""releasable_to":["JPN"]"#), theirs.clone());
    assert!(!policy.may_lack(&other, &mark(1)), "it holds what neither says");
    let waiting = stamp(Label::unknown(&mark(9)), theirs);
    assert!(!policy.may_lack(&waiting, &mark(9)), "nobody said anything of it");
}

#[test]
fn a_named_definition_counts_only_beside_an_extension_and_without_content() {
    let read = |rest: &str| {
        let id = mark(1);
        let text = format!(r#"{{"type":"marking-definition","id":"{id}",{rest}}}"#);
        let tree = Tree::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let mut policy = policy();
        policy.define_marking(tree.root(), &own()).unwrap();
        policy.resolve(&id, &own())
    };
    let extension = r#""extensions":{"extension-definition--77c40c04-49a6-4691-ad6b-5f6962767509":{"extension_type":"property-extension","tlp":"GREEN"}}"#;
    assert_eq!(read(&format!(r#""definition_type":"ours",{extension}"#)), Label::of(Tlp::Green));
    let content = format!(r#""definition_type":"ours","definition":{{"x":1}},{extension}"#);
    assert!(!read(&content).unknown.is_empty());
    assert!(!read(r#""definition_type":"ours""#).unknown.is_empty());
}

#[test]
fn what_was_brought_to_this_node_is_its_own_to_use_and_not_to_pass_on() {
    let amber = Label::of(Tlp::Amber);
    let ask = |number: u32| {
        let audience = policy().audience(organisation(number), None, std::collections::BTreeMap::new());
        let terms = crate::world::terms(Tlp::Red);
        let reader = releasability::Reader { audience: &audience, terms: &terms, now: now() };
        policy().decide(&amber, &organisation(7), &reader)
    };
    assert_eq!(ask(1), Decision::Release, "this node's organisation");
    assert_eq!(ask(4), Decision::Withhold(Reason::AskOriginator(organisation(7))));
}

#[test]
fn what_may_be_done_is_the_strictest_of_an_object_and_its_parts_and_nothing_where_it_is_not_understood() {
    const GREEN: &str = "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9";
    const AMBER: &str = "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab";
    let permitted = |whole: &str, part: &str| {
        let text = format!(
            r#"{{"type":"tool","spec_version":"2.1","id":"tool--00000001-0000-4000-8000-000000000000","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"T"{whole}{part}}}"#
        );
        let object = stix::Object::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let label = policy().label(&object, &own(), &Label::clear());
        policy().permitted(&object, &label, &own())
    };
    let whole = |id: &str| format!(r#","object_marking_refs":["{id}"]"#);
    let part = |id: &str| format!(r#","granular_markings":[{{"marking_ref":"{id}","selectors":["name"]}}]"#);
    assert_eq!(permitted("", ""), Pap::Clear);
    assert_eq!(permitted(&whole(GREEN), ""), Pap::Green);
    assert_eq!(permitted(&whole(GREEN), &part(AMBER)), Pap::Amber);
    assert_eq!(permitted(&whole(AMBER), &part(GREEN)), Pap::Amber);
    assert_eq!(permitted(&whole(&mark(1)), ""), Pap::Red, "it never came");
    assert_eq!(permitted("", &part(&mark(1))), Pap::Red);
}
