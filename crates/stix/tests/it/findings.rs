//! Are all findings told, once each, within bounds, whatever comes?

use cresset_stix::{Code, Limits, Severity, Timestamp, object, validate};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixtures::{MINIMAL, NOW, check_text, minimal, with};

#[test]
fn everything_wrong_is_told_at_once_and_only_once() {
    let text = r#"{"type":"indicator","spec_version":"2.1","id":"indicator--1","created":"yesterday","modified":5,
        "object_marking_refs":[1],"name":7,"pattern":"","pattern_type":"own","valid_until":"never","confidence":101,
        "rank":null,"labels":[],"external_references":[{"url":"a"}]}"#;
    let (object, findings) = check_text(text);
    assert!(object.is_none());
    let told: Vec<_> = findings.iter().map(|finding| (finding.code, finding.pointer.as_str())).collect();
    assert_eq!(
        told,
        [
            (Code::IdForm, "/id"),
            (Code::TimestampForm, "/created"),
            (Code::PropertyType, "/modified"),
            (Code::PropertyType, "/object_marking_refs/0"),
            (Code::PropertyType, "/name"),
            (Code::PropertyValue, "/pattern"),
            (Code::VocabularyOpen, "/pattern_type"),
            (Code::TimestampForm, "/valid_until"),
            (Code::PropertyValue, "/confidence"),
            (Code::PropertyUnknown, "/rank"),
            (Code::PropertyType, "/rank"),
            (Code::PropertyEmpty, "/labels"),
            (Code::PropertyMissing, "/external_references/0/source_name"),
            (Code::PropertyMissing, "/valid_from"),
        ]
    );
    assert!(findings.iter().all(|finding| finding.message.is_ascii() && !finding.section.is_empty()));
}

#[test]
fn what_the_head_reports_is_not_reported_again() {
    let bad = json!({"type": "tool", "id": 1, "spec_version": 3, "created": null, "modified": "x", "name": "a",
        "object_marking_refs": ["tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"]});
    let text = bad.to_string();
    let tree = object::tree(text.as_bytes(), &Limits::DEFAULT).unwrap();
    assert_eq!(validate::object(&tree, &Limits::DEFAULT, Timestamp::parse(NOW).unwrap()), []);
    assert_eq!(check_text(&text).1.len(), 5);
    for text in ["[]", "7", "{", "{}", r#"{"type":7}"#] {
        let (object, findings) = check_text(text);
        assert!(object.is_none() && !findings.is_empty(), "{text}");
    }
}

#[test]
fn findings_are_bounded_and_the_last_one_weighs_as_much_as_what_it_counts() {
    let limits = Limits { findings_max: 3, ..Limits::DEFAULT };
    let now = Timestamp::parse(NOW).unwrap();
    let told = |object: &Value| validate::check(object.to_string().as_bytes(), &limits, now);
    let many = with("tool", json!({"aa1": 1, "aa2": 1, "aa3": 1, "aa4": 1, "zz_null": [null, null]}));
    let (object, findings) = told(&many);
    assert!(object.is_none());
    assert_eq!(findings.len(), 4);
    let last = findings.last().unwrap();
    assert_eq!((last.code, last.severity), (Code::LimitExceeded, Severity::Error));
    assert_eq!(last.message, "4 more findings are not listed");
    assert!(findings.iter().take(3).all(|finding| finding.severity == Severity::Warning));
    let (object, findings) = told(&with("tool", json!({"aa1": 1, "aa2": 1, "aa3": 1, "aa4": 1})));
    assert!(object.is_some());
    assert_eq!(findings.last().unwrap().severity, Severity::Warning);
}

#[test]
fn a_finding_never_quotes_content() {
    let secret = "s3cret-Value";
    for (name, _) in MINIMAL {
        let mut object = minimal(name);
        for (key, value) in object.as_object_mut().unwrap() {
            if !matches!(key.as_str(), "type" | "spec_version" | "id" | "created" | "modified") {
                *value = json!([{ "a": secret }, secret]);
            }
        }
        let (_, findings) = check_text(&object.to_string());
        assert!(!findings.is_empty() && findings.iter().all(|finding| !finding.to_string().contains(secret)));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-zA-Z0-9_.:/-]{0,12}".prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(json!("2016-04-06T20:03:48.000Z")),
        Just(json!("malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b")),
        Just(json!("external_references.[0].x")),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any_key(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Names of every table, and others.
fn any_key() -> impl Strategy<Value = String> {
    let mut names: Vec<String> = validate::COMMON.iter().map(|line| line.name.to_owned()).collect();
    for kind in validate::TYPES {
        names.extend(kind.table.rows.iter().map(|row| row.name.to_owned()));
        for (key, table) in kind.extensions {
            names.push((*key).to_owned());
            names.extend(table.rows.iter().map(|row| row.name.to_owned()));
        }
    }
    names.push("extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e".to_owned());
    names.push("extension_type".to_owned());
    prop_oneof![4 => prop::sample::select(names), 1 => ".{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_nothing_panics(
        name in prop::sample::select(MINIMAL.map(|(name, _)| name).to_vec()),
        changes in prop::collection::btree_map(any_key(), any_json(), 0..8),
    ) {
        let mut object = minimal(name);
        for (key, value) in changes {
            object[key] = value;
        }
        let (kept, findings) = check_text(&object.to_string());
        let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
        prop_assert_eq!(kept.is_none(), refused);
        prop_assert!(findings.len() <= Limits::DEFAULT.findings_max + 1);
        prop_assert!(findings.iter().all(|finding| finding.pointer.is_empty() || finding.pointer.starts_with('/')));
    }

    #[test]
    fn any_text_is_judged(text in any_json()) {
        let _ = check_text(&text.to_string());
    }
}
