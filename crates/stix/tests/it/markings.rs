//! Are markings what they say, and do selectors select?

use cresset_stix::Code;
use serde_json::{Value, json};

use crate::fixtures::{assert_error, assert_good, assert_warning, check_text, minimal, with};

const TLP: [(&str, &str); 4] = [
    ("613f2e26-407d-48c7-9eca-b8e91df99dc9", "white"),
    ("34098fce-860f-48ae-8e50-ebd3cc5e41da", "green"),
    ("f88d31f6-486f-44da-b317-01333bde0b82", "amber"),
    ("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "red"),
];

fn tlp(uuid: &str, level: &str) -> Value {
    json!({
        "type": "marking-definition", "spec_version": "2.1", "id": format!("marking-definition--{uuid}"),
        "created": "2017-01-20T00:00:00.000Z", "definition_type": "tlp",
        "name": format!("TLP:{}", level.to_uppercase()), "definition": {"tlp": level},
    })
}

fn changed(uuid: &str, level: &str, name: &str, value: Value) -> Value {
    let mut marking = tlp(uuid, level);
    marking[name] = value;
    marking
}

#[test]
fn the_four_tlp_markings_say_what_the_standard_says() {
    for (uuid, level) in TLP {
        assert_good(&tlp(uuid, level));
        let other = if level == "white" { "red" } else { "white" };
        for changed in [
            changed(uuid, level, "definition", json!({"tlp": other})),
            changed(uuid, level, "definition", json!({"tlp": level, "more": "a"})),
            changed(uuid, level, "created", json!("2018-01-20T00:00:00.000Z")),
            changed(uuid, level, "name", json!(format!("TLP:{}", other.to_uppercase()))),
            changed(uuid, level, "created_by_ref", json!("identity--f431f809-377b-45e0-aa1c-6a4751cae5ff")),
            changed(uuid, level, "definition_type", json!("statement")),
        ] {
            assert_error(&changed, Code::MarkingStandard, "");
        }
        let mut nameless = tlp(uuid, level);
        nameless.as_object_mut().unwrap().remove("name");
        assert_warning(&nameless, Code::MarkingStandard, "");
        nameless.as_object_mut().unwrap().remove("spec_version");
        assert_good(&nameless);
        nameless["definition"] = json!({"tlp": other});
        assert_error(&nameless, Code::MarkingStandard, "");
    }
    assert_error(&tlp("713f2e26-407d-48c7-9eca-b8e91df99dc9", "white"), Code::MarkingStandard, "");
}

#[test]
fn a_marking_of_another_type_is_a_warning() {
    let own = json!({"definition_type": "x-own", "definition": {"own": "a"}});
    assert_warning(&with("marking-definition", own), Code::VocabularyOpen, "/definition_type");
    assert_error(
        &with("marking-definition", json!({"definition": {"statement": 1}})),
        Code::PropertyType,
        "/definition/statement",
    );
}

#[test]
fn a_marking_is_not_marked_with_itself() {
    let own = minimal("marking-definition")["id"].clone();
    assert_error(&with("marking-definition", json!({"object_marking_refs": [own]})), Code::RuleBroken, "");
    let granular = json!({"granular_markings": [{"marking_ref": own, "selectors": ["name"]}], "name": "a"});
    assert_error(&with("marking-definition", granular), Code::RuleBroken, "");
}

fn marked(selector: &str) -> Value {
    with(
        "vulnerability",
        json!({
            "description": "a",
            "labels": ["heartbleed", "has-logo"],
            "external_references": [{"source_name": "cve", "external_id": "CVE-2014-0160"}],
            "granular_markings": [{"lang": "en", "selectors": [selector]}],
        }),
    )
}

#[test]
fn selectors_select_what_is_there() {
    for selector in [
        "description",
        "external_references.[0].source_name",
        "labels.[0]",
        "labels",
        "external_references",
        "id",
        "type",
        "granular_markings.[0].lang",
    ] {
        assert_good(&marked(selector));
    }
    for selector in [
        "pattern",
        "external_references.[3]",
        "description.[0]",
        "labels.name",
        "labels[0]",
        "labels.[-1]",
        "labels.[+1]",
        "labels.[]",
        "labels.[0",
        "",
        ".",
        "labels.",
        "labels..[0]",
        "labels.[99999999999999999999999]",
        "labels.0",
        "description.a",
    ] {
        assert_error(&marked(selector), Code::SelectorUnresolved, "/granular_markings/0/selectors/0");
    }
}

#[test]
fn selectors_do_not_take_forever() {
    let list = vec!["1"; 60_000].join(",");
    let selectors = vec![r#""x_list.[59999]""#; 30_000].join(",");
    let text = format!(
        r#"{{"type":"tool","spec_version":"2.1","id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","name":"a",
        "created":"2016-04-06T20:03:48.000Z","modified":"2016-04-06T20:03:48.000Z","x_list":[{list}],
        "granular_markings":[{{"lang":"en","selectors":[{selectors}]}}]}}"#
    );
    let (object, findings) = check_text(&text);
    assert!(object.is_none());
    assert_eq!(findings.first().unwrap().code, Code::LimitExceeded);
}
