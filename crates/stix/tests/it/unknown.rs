//! What becomes of what the standard does not define?

use cresset_stix::Code;
use serde_json::{Value, json};

use crate::fixtures::{assert_error, assert_good, assert_warning, told, with};

const DEFINITION: &str = "extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e";

fn custom(kind: &str, changes: &Value) -> Value {
    let mut object = json!({
        "type": kind, "spec_version": "2.1", "id": format!("{kind}--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"),
        "created": "2016-04-06T20:03:48.000Z", "modified": "2016-04-06T20:03:48.000Z", "own_property": 14,
    });
    for (key, value) in changes.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

fn extended(kind: &str) -> Value {
    json!({"extensions": {DEFINITION: {"extension_type": kind}}})
}

#[test]
fn an_unknown_property_is_a_warning_unless_it_is_custom_by_name_or_extension() {
    assert_warning(&with("tool", json!({"rank": 1})), Code::PropertyUnknown, "/rank");
    assert_good(&with("tool", json!({"x_rank": {"a": [1, {"b": ""}]}})));
    let mut top_level = extended("toplevel-property-extension");
    top_level["rank"] = json!(1);
    assert_good(&with("tool", top_level));
    let mut nested = extended("property-extension");
    nested["rank"] = json!(1);
    assert_warning(&with("tool", nested), Code::PropertyUnknown, "/rank");
    let reference = json!({"external_references": [{"source_name": "a", "url": "b", "rank": 1}]});
    assert_warning(&with("tool", reference), Code::PropertyUnknown, "/external_references/0/rank");
}

#[test]
fn names_of_properties_have_a_form() {
    for name in ["X_rank", "x-rank", "x_ränk", "ab", "1abc", "x_rank "] {
        assert_error(&with("tool", json!({name: 1})), Code::NameForm, &format!("/{name}"));
    }
    let long = format!("x_{}", "a".repeat(249));
    assert_error(&with("tool", json!({long.as_str(): 1})), Code::NameForm, &format!("/{}", &long[..250]));
    for name in ["severity", "username", "phone_number", "action"] {
        assert_error(&with("course-of-action", json!({name: "a"})), Code::NameForm, &format!("/{name}"));
    }
}

#[test]
fn null_is_an_error_and_emptiness_a_warning_in_custom_properties() {
    assert_error(
        &with("tool", json!({"x_own": [{"deep": Value::Null}]})),
        Code::PropertyType,
        "/x_own/0/deep",
    );
    assert_warning(&with("tool", json!({"x_own": {"list": []}})), Code::PropertyEmpty, "/x_own/list");
    assert_warning(&with("tool", json!({"x_own": {}})), Code::PropertyEmpty, "/x_own");
}

#[test]
fn common_properties_that_do_not_apply_are_told() {
    assert_warning(&with("url", json!({"labels": ["a"]})), Code::PropertyUnknown, "/labels");
    assert_warning(&with("marking-definition", json!({"revoked": false})), Code::PropertyUnknown, "/revoked");
    assert_warning(&with("language-content", json!({"lang": "de"})), Code::PropertyUnknown, "/lang");
    assert_error(&with("tool", json!({"defanged": true})), Code::PropertyUnknown, "/defanged");
    assert_good(&with("url", json!({"defanged": true})));
}

#[test]
fn an_unknown_type_is_a_warning_unless_it_is_custom_by_name_or_extension() {
    assert_warning(&custom("own-type", &json!({})), Code::TypeUnknown, "/type");
    assert_good(&custom("x-own-type", &json!({})));
    for kind in ["new-sdo", "new-sco", "new-sro"] {
        assert_good(&custom("own-type", &extended(kind)));
    }
    assert_warning(&custom("own-type", &extended("property-extension")), Code::TypeUnknown, "/type");
    assert_error(&custom("bundle", &json!({})), Code::TypeUnknown, "/type");
    assert_error(&custom("ab", &json!({})), Code::NameForm, "/type");
    assert_error(&custom("1abc", &json!({})), Code::NameForm, "/type");
}

#[test]
fn common_properties_of_an_unknown_type_are_checked() {
    assert_error(&custom("x-own", &json!({"confidence": 101})), Code::PropertyValue, "/confidence");
    assert_error(&custom("x-own", &json!({"labels": "a"})), Code::PropertyType, "/labels");
    let mut half = custom("x-own", &json!({}));
    half.as_object_mut().unwrap().remove("modified");
    assert_error(&half, Code::PropertyMissing, "/modified");
    half.as_object_mut().unwrap().remove("created");
    assert_good(&half);
}

#[test]
fn extensions_say_what_they_are() {
    let tool = |extensions: Value| with("tool", json!({"extensions": extensions}));
    let at = |rest: &str| format!("/extensions/{DEFINITION}{rest}");
    assert_error(&tool(json!({DEFINITION: {"rank": 1}})), Code::PropertyMissing, &at("/extension_type"));
    assert_error(
        &tool(json!({DEFINITION: {"extension_type": "other"}})),
        Code::VocabularyClosed,
        &at("/extension_type"),
    );
    assert_error(&tool(json!({DEFINITION: {}})), Code::PropertyEmpty, &at(""));
    assert_error(&tool(json!({DEFINITION: "a"})), Code::PropertyType, &at(""));
    assert_error(
        &tool(json!({DEFINITION: {"extension_type": "property-extension", "Rank": 1}})),
        Code::NameForm,
        &at("/Rank"),
    );
    assert_warning(
        &tool(json!({DEFINITION: {"extension_type": "new-sdo"}})),
        Code::PropertyCombination,
        &at("/extension_type"),
    );
    let malformed = json!({"extension-definition--1": {"extension_type": "property-extension"}});
    assert_error(&tool(malformed), Code::IdForm, "/extensions/extension-definition--1");
    assert_warning(&tool(json!({"ntfs-ext": {"sid": "1"}})), Code::PropertyUnknown, "/extensions/ntfs-ext");
    let url = |extensions: Value| with("url", json!({"extensions": extensions}));
    assert_good(&url(json!({"x-acme-ext": {"own_value": 1}})));
    assert_warning(
        &url(json!({"x-example-com-foo": {"foo_val": "a"}})),
        Code::PropertyUnknown,
        "/extensions/x-example-com-foo",
    );
    assert_error(&url(json!({"X-acme-ext": {"own_value": 1}})), Code::NameForm, "/extensions/X-acme-ext");
}

#[test]
fn keys_of_dictionaries_have_a_form() {
    let process = |name: &str| with("process", json!({"environment_variables": {name: "a"}}));
    assert_good(&process("PATH"));
    assert_good(&process("a"));
    assert_error(&process("a b"), Code::NameForm, "/environment_variables/a b");
    let header = json!({"additional_header_fields": {"Reply-To": "a"}});
    assert_warning(&with("email-message", header), Code::PropertyType, "/additional_header_fields/Reply-To");
    assert_eq!(told(&with("email-message", json!({"additional_header_fields": {"Reply-To": [1]}}))).len(), 1);
    assert_error(
        &with("language-content", json!({"contents": {"not a language": {"a": "b"}}})),
        Code::PropertyValue,
        "/contents/not a language",
    );
}
