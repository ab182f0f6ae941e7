//! What is left of an object, byte for byte.

use std::collections::HashSet;

use releasability::{Label, Policy, Reason, Releasable, Unreleased};
use stix::{Limits, Object};

use crate::world::{Who, audiences, own, policy, teach};

const NATO: &str = "marking-definition--11111111-0000-4000-8000-000000000000";
const JPN: &str = "marking-definition--22222222-0000-4000-8000-000000000000";

fn taught() -> Policy {
    let mut policy = policy();
    teach(&mut policy, NATO, r#""releasable_to":["NATO"]"#, &own());
    teach(&mut policy, JPN, r#""releasable_to":["JPN"]"#, &own());
    policy
}

fn release(text: &str, who: &Who, withheld: &[&str]) -> Result<Releasable<Object>, Reason> {
    let policy = taught();
    let object = Object::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let stamp = policy.stamp(&object, &own(), &Label::clear());
    let withheld: HashSet<String> = withheld.iter().map(|id| (*id).to_owned()).collect();
    policy.release(Unreleased::new(object), &stamp, &who.reader(), &withheld)
}

fn left(text: &str, who: &Who, withheld: &[&str]) -> String {
    String::from_utf8(release(text, who, withheld).unwrap().content().text_bytes().to_vec()).unwrap()
}

fn nor() -> Who {
    audiences().remove(0)
}

fn jpn() -> Who {
    audiences().remove(1)
}

fn tool(rest: &str) -> String {
    format!(
        r#"{{"type": "tool", "spec_version":"2.1", "id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2026-01-01T00:00:00.000Z",
  "modified":"2026-01-01T00:00:00.000Z", "name":"T",{rest}}}"#
    )
}

fn granular(marking: &str, selectors: &str) -> String {
    format!(r#"{{"marking_ref":"{marking}","selectors":[{selectors}]}}"#)
}

#[test]
fn what_has_nothing_to_remove_is_copied() {
    let text = tool(r#" "x_number" : 1.50 , "description":"caf\u00e9" "#);
    assert_eq!(left(&text, &jpn(), &[]), text);
    let marked =
        tool(&format!(r#""description":"d","granular_markings":[{}]"#, granular(NATO, r#""description""#)));
    assert_eq!(left(&marked, &nor(), &[]), marked);
}

#[test]
fn a_withheld_property_goes_with_the_marking_that_speaks_of_it() {
    let text = tool(&format!(
        r#" "description" : "d", "x_kept":  1.50,"granular_markings":[{}, {}]"#,
        granular(NATO, r#""description""#),
        granular(JPN, r#""x_kept""#)
    ));
    let expected =
        tool(&format!(r#" "x_kept":  1.50,"granular_markings":[{}]"#, granular(JPN, r#""x_kept""#)));
    assert_eq!(left(&text, &jpn(), &[]), expected);
    let expected = tool(&format!(
        r#" "description" : "d","granular_markings":[{}]"#,
        granular(NATO, r#""description""#)
    ));
    assert_eq!(left(&text, &nor(), &[]), expected);
    let removed = release(&text, &jpn(), &[]).unwrap().removed().to_vec();
    assert_eq!(removed.len(), 1);
    assert_eq!((removed[0].0.as_str(), removed[0].1.rule()), ("/description", 6));
}

#[test]
fn list_selectors_are_renumbered_and_empty_lists_go() {
    let text = tool(&format!(
        r#""labels":["a","b","c"],"aliases":["only"],"granular_markings":[{},{}]"#,
        granular(NATO, r#""labels.[0]","aliases.[0]""#),
        granular(JPN, r#""labels.[2]","labels.[1]""#)
    ));
    let expected = tool(&format!(
        r#""labels":["b","c"],"granular_markings":[{}]"#,
        granular(JPN, r#""labels.[1]","labels.[0]""#)
    ));
    assert_eq!(left(&text, &jpn(), &[]), expected);
}

#[test]
fn granular_markings_that_stay_keep_their_bytes() {
    let kept = format!("{{ \"selectors\" : [ \"x_kept\" ],\n\"marking_ref\": \"{JPN}\" }}");
    let renumbered =
        |place: u8| format!(r#"{{"selectors": [ "labels.[{place}]" , "name"], "marking_ref":"{JPN}"}}"#);
    let whole = tool(&format!(
        r#""x_kept":1,"labels":["a", "b"],"granular_markings": [ {kept} , {},	{} ] "#,
        granular(NATO, r#""labels.[0]""#),
        renumbered(1)
    ));
    let expected =
        tool(&format!(r#""x_kept":1,"labels":["b"],"granular_markings": [ {kept},	{} ] "#, renumbered(0)));
    assert_eq!(left(&whole, &jpn(), &[]), expected);
}

#[test]
fn a_selector_that_speaks_of_the_same_place_as_before_keeps_its_bytes() {
    let kept = granular(JPN, r#""\u006eame""#);
    let text = tool(&format!(
        r#""description":"d","granular_markings":[{kept},{}]"#,
        granular(NATO, r#""description""#)
    ));
    assert_eq!(left(&text, &jpn(), &[]), tool(&format!(r#""granular_markings":[{kept}]"#)));
}

#[test]
fn what_nobody_decided_about_does_not_show_itself() {
    assert_eq!(format!("{:?}", Unreleased::new("secret")), "Unreleased(…)");
}

#[test]
fn markings_of_an_object_stay_even_where_a_granular_marking_speaks_of_them() {
    let text = tool(&format!(
        r#""object_marking_refs":["{JPN}"],"granular_markings":[{}]"#,
        granular(NATO, r#""object_marking_refs","object_marking_refs.[0]""#)
    ));
    assert_eq!(left(&text, &jpn(), &[]), text);
}

#[test]
fn an_entry_without_selectors_left_goes_and_so_do_the_last_markings() {
    let text =
        tool(&format!(r#""description":"d","granular_markings":[{}]"#, granular(NATO, r#""description""#)));
    let expected = tool("");
    assert_eq!(left(&text, &jpn(), &[]), expected.replacen(r#""T",}"#, r#""T"}"#, 1));
}

#[test]
fn a_withheld_required_property_withholds_the_object() {
    let text = tool(&format!(r#""granular_markings":[{}]"#, granular(NATO, r#""name""#)));
    assert_eq!(release(&text, &jpn(), &[]), Err(Reason::RequiredProperty("/name".into())));
    assert!(release(&text, &nor(), &[]).is_ok());
}

#[test]
fn nothing_becomes_an_object_of_an_older_standard_by_redaction() {
    let text = tool(&format!(r#""granular_markings":[{}]"#, granular(NATO, r#""spec_version""#)));
    assert_eq!(release(&text, &jpn(), &[]), Err(Reason::RequiredProperty("/spec_version".into())));
}

#[test]
fn a_selector_that_leads_nowhere_withholds() {
    let text = tool(&format!(r#""granular_markings":[{}]"#, granular(NATO, r#""descriptoin""#)));
    assert_eq!(release(&text, &jpn(), &[]), Err(Reason::Unknown));
}

#[test]
fn a_marking_on_a_list_covers_its_members_and_markings_above_count_below() {
    let text = tool(&format!(
        r#""external_references":[{{"source_name":"s","description":"x"}},{{"source_name":"t","description":"y"}}],"granular_markings":[{}]"#,
        granular(NATO, r#""external_references.[1]""#)
    ));
    let expected = tool(r#""external_references":[{"source_name":"s","description":"x"}]"#);
    assert_eq!(left(&text, &jpn(), &[]), expected);
}

#[test]
fn references_to_withheld_objects_go_and_a_required_one_takes_the_object_along() {
    let [a, b] =
        ["identity--aaaaaaaa-0000-4000-8000-000000000000", "malware--bbbbbbbb-0000-4000-8000-000000000000"];
    let with_creator = tool(&format!(r#""created_by_ref":"{a}","x_refs":["{a}","{b}"]"#));
    assert_eq!(left(&with_creator, &jpn(), &[a]), tool(&format!(r#""x_refs":["{b}"]"#)));
    assert_eq!(left(&with_creator, &jpn(), &["tool--cccccccc-0000-4000-8000-000000000000"]), with_creator);
    let relationship = format!(
        r#"{{"type":"relationship","spec_version":"2.1","id":"relationship--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"{b}","target_ref":"{a}"}}"#
    );
    assert_eq!(release(&relationship, &jpn(), &[a]), Err(Reason::RequiredProperty("/target_ref".into())));
    assert!(release(&relationship, &jpn(), &[]).is_ok());
}

#[test]
fn what_is_missing_by_label_withholds_even_where_references_took_the_gap_along() {
    let extension = "extension-definition--dddddddd-0000-4000-8000-000000000000";
    let hidden = "identity--aaaaaaaa-0000-4000-8000-000000000000";
    let text = tool(&format!(
        r#""extensions":{{"{extension}":{{"extension_type":"property-extension","x_refs":["{hidden}"]}}}},"granular_markings":[{}]"#,
        granular(NATO, &format!(r#""extensions.{extension}.extension_type""#))
    ));
    for withheld in [&[][..], &[hidden]] {
        let missing = Reason::RequiredProperty(format!("/extensions/{extension}/extension_type"));
        assert_eq!(release(&text, &jpn(), withheld), Err(missing));
    }
}

#[test]
fn markings_of_what_is_released_stay() {
    let text = tool(&format!(r#""object_marking_refs":["{JPN}"],"description":"d""#));
    assert_eq!(left(&text, &jpn(), &[JPN]), text);
}

#[test]
fn the_origin_gets_its_own_object_whole() {
    let policy = taught();
    let text = tool(&format!(
        r#""created_by_ref":"identity--aaaaaaaa-0000-4000-8000-000000000000","description":"d","granular_markings":[{}]"#,
        granular(NATO, r#""description""#)
    ));
    let object = Object::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let who = jpn();
    let stamp = policy.stamp(&object, &who.audience.organisation, &Label::clear());
    let withheld = HashSet::from(["identity--aaaaaaaa-0000-4000-8000-000000000000".to_owned()]);
    let released = policy.release(Unreleased::new(object), &stamp, &who.reader(), &withheld).unwrap();
    assert_eq!(released.content().text_bytes(), text.as_bytes());
}

#[test]
fn two_markings_on_one_property_both_count() {
    let text = tool(&format!(
        r#""description":"d","granular_markings":[{},{}]"#,
        granular(NATO, r#""description""#),
        granular(JPN, r#""description""#)
    ));
    for who in [nor(), jpn()] {
        assert_eq!(release(&text, &who, &[]).unwrap().removed().len(), 1, "{}", who.name);
    }
}

#[test]
fn a_marking_definition_of_pap_is_released_by_its_own_markings() {
    let pap = |rest: &str| {
        format!(
            r#"{{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e","created":"2022-10-06T00:00:00.000Z","name":"PAP:RED"{rest},"extensions":{{"extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b":{{"extension_type":"property-extension","pap":"red"}}}}}}"#
        )
    };
    assert!(release(&pap(""), &jpn(), &[]).is_ok());
    let red = r#","object_marking_refs":["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]"#;
    assert_eq!(release(&pap(red), &jpn(), &[]), Err(Reason::Ceiling(releasability::Tlp::Red)));
}

#[test]
fn markings_stay_wherever_they_stand_even_if_they_are_withheld_elsewhere() {
    let text = tool(&format!(
        r#""object_marking_refs":["{JPN}"],"x_part":{{"object_marking_refs":["{NATO}"],"marking_ref":"{NATO}"}},"x_ref":"{NATO}""#
    ));
    let left = left(&text, &jpn(), &[NATO, JPN]);
    assert!(
        left.contains(&format!(r#""x_part":{{"object_marking_refs":["{NATO}"],"marking_ref":"{NATO}"}}"#)),
        "{left}"
    );
    assert!(
        left.contains(&format!(r#""object_marking_refs":["{JPN}"]"#)) && !left.contains("x_ref"),
        "{left}"
    );
}

#[test]
fn a_renumbered_selector_is_written_as_json_writes_it() {
    let whole = |list: &str, of_nato: &str, place: u8| {
        tool(&format!(
            r#""x_part":{{"a\"b":[{list}]}},"granular_markings":[{of_nato}{}]"#,
            granular(JPN, &format!(r#""x_part.a\"b.[{place}]""#))
        ))
    };
    let of_nato = format!("{},", granular(NATO, r#""x_part.a\"b.[0]""#));
    match release(&whole("1,2", &of_nato, 1), &jpn(), &[]) {
        Ok(released) => assert_eq!(released.content().text_bytes(), whole("2", "", 0).as_bytes()),
        Err(reason) => panic!("{reason}"),
    }
}
