//! Are identifiers computed as everybody else computes them?

use cresset_stix::{Code, Limits, object, validate::deterministic};
use serde_json::{Value, json};

use crate::fixtures::{assert_good, assert_warning, minimal, with};

/// Each line an object whose identifier an independent implementation computed. The first ones are those of the
/// standard's examples as Errata 01 corrects them.
const KNOWN: &str = include_str!("identifiers.jsonl");

fn computed(object: &Value) -> Option<String> {
    let text = object.to_string();
    let tree = object::tree(text.as_bytes(), &Limits::DEFAULT).unwrap();
    deterministic::id(tree.root()).map(|id| id.as_str().to_owned())
}

#[test]
fn identifiers_are_those_that_others_compute() {
    for line in KNOWN.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        assert_eq!(computed(&object).as_deref(), object["id"].as_str(), "{line}");
        assert_good(&object);
    }
    assert_eq!(KNOWN.lines().count(), 18);
}

#[test]
fn spelling_does_not_change_the_identifier() {
    let id = |text: &str| {
        let tree = object::tree(text.as_bytes(), &Limits::DEFAULT).unwrap();
        deterministic::id(tree.root()).unwrap()
    };
    assert_eq!(
        id(r#"{"type":"autonomous-system","number":1e3}"#),
        id(r#"{"number": 1000.0, "type":"autonomous-system"}"#)
    );
    assert_eq!(id(r#"{"type":"mutex","name":"\u0041\u00e9"}"#), id(r#"{"type":"mutex","name":"Aé"}"#));
    assert_eq!(
        id(r#"{"type":"file","name":"a","extensions":{"x-ext":{"b":1e-7,"a":-0.0,"c":1e21}}}"#),
        id(
            r#"{"type":"file","extensions":{"x-ext":{"a":0,"c":1000000000000000000000,"b":0.0000001}},"name":"a"}"#
        )
    );
}

#[test]
fn another_identifier_is_a_warning() {
    let mut object = minimal("ipv4-addr");
    // The standard's own example had this one until Errata 01.
    object["id"] = json!("ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd");
    assert_warning(&object, Code::IdDeterministic, "/id");
    object["id"] = json!("ipv4-addr--28BB3599-77CD-5A82-A950-B5BC3CAF07C4");
    assert_good(&object);
    object["id"] = json!("ipv4-addr--efcd5e80-570d-4131-b213-62cb18eaa6a8");
    assert_warning(&object, Code::IdDeterministic, "/id");
}

#[test]
fn what_has_nothing_to_contribute_has_a_random_identifier() {
    assert_eq!(computed(&minimal("process")), None);
    let mut process = minimal("process");
    process["id"] = json!("process--99ab297d-4c39-5bc5-b98d-13d6226742dd");
    assert_warning(&process, Code::IdDeterministic, "/id");
    assert_good(&with("user-account", json!({"user_id": null, "display_name": "John"})));
}

#[test]
fn one_hash_contributes() {
    let md5 = json!({"type": "file", "hashes": {"MD5": "a92e5b2bae0b4b3a3d81c85610b95cd4"}});
    let both = json!({"type": "file", "hashes": {"SHA-256": "x", "MD5": "a92e5b2bae0b4b3a3d81c85610b95cd4"}});
    assert_eq!(computed(&md5), computed(&both));
    let tlsh = json!({"type": "file", "hashes": {"TLSH": "b", "SSDEEP": "a"}});
    assert_eq!(computed(&tlsh), computed(&json!({"type": "file", "hashes": {"SSDEEP": "a"}})));
}
