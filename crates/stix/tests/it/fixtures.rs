//! Good objects, and short ways to ask what is wrong with others.

use cresset_stix::{
    Code, Finding, Limits, Object, Severity, Timestamp,
    object::tree,
    validate::{
        self,
        table::{Category, Entries, Form, Shape, Table, Targets},
    },
};
use serde_json::{Map, Value, json};

pub(crate) const NOW: &str = "2025-06-01T00:00:00Z";

/// The least that every type needs, by hand from the standard, without what is common.
pub(crate) const MINIMAL: [(&str, &str); 42] = [
    ("artifact", r#"{"payload_bin":"AQIDBA=="}"#),
    ("attack-pattern", r#"{"name":"Spear phishing"}"#),
    ("autonomous-system", r#"{"number":15139}"#),
    ("campaign", r#"{"name":"Green Group attacks"}"#),
    ("course-of-action", r#"{"name":"Add a rule"}"#),
    ("directory", r#"{"path":"C:\\Windows\\System32"}"#),
    ("domain-name", r#"{"value":"example.com"}"#),
    ("email-addr", r#"{"value":"john@example.com"}"#),
    ("email-message", r#"{"is_multipart":false,"subject":"Saying Hello"}"#),
    (
        "extension-definition",
        r#"{"name":"Foo","schema":"https://example.com/foo","version":"1.2.1","extension_types":["property-extension"]}"#,
    ),
    ("file", r#"{"name":"foo.exe"}"#),
    (
        "grouping",
        r#"{"context":"suspicious-activity","object_refs":["indicator--26ffb872-1dd9-446e-b6f5-d58527e5b5d2"]}"#,
    ),
    ("identity", r#"{"name":"ACME"}"#),
    ("incident", r#"{"name":"Incident 43"}"#),
    (
        "indicator",
        r#"{"pattern":"[file:size = 1]","pattern_type":"stix","valid_from":"2016-01-01T00:00:00Z"}"#,
    ),
    ("infrastructure", r#"{"name":"Poison Ivy C2"}"#),
    ("intrusion-set", r#"{"name":"Bobcat Breakin"}"#),
    ("ipv4-addr", r#"{"value":"198.51.100.3"}"#),
    ("ipv6-addr", r#"{"value":"2001:db8::/96"}"#),
    (
        "language-content",
        r#"{"object_ref":"campaign--12a111f0-b824-4baf-a224-83b80237a094","contents":{"de":{"name":"Bank Angriff"}}}"#,
    ),
    ("location", r#"{"region":"northern-america"}"#),
    ("mac-addr", r#"{"value":"d2:fb:49:24:37:18"}"#),
    ("malware", r#"{"is_family":false}"#),
    ("malware-analysis", r#"{"product":"microsoft","result":"malicious"}"#),
    (
        "marking-definition",
        r#"{"definition_type":"statement","definition":{"statement":"Copyright 2019, Example Corp"}}"#,
    ),
    ("mutex", r#"{"name":"__CLEANSWEEP__"}"#),
    (
        "network-traffic",
        r#"{"protocols":["tcp"],"src_ref":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"}"#,
    ),
    ("note", r#"{"content":"steps taken","object_refs":["campaign--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"]}"#),
    (
        "observed-data",
        r#"{"first_observed":"2015-12-21T19:00:00Z","last_observed":"2015-12-21T19:00:00Z","number_observed":50,"object_refs":["ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"]}"#,
    ),
    (
        "opinion",
        r#"{"opinion":"agree","object_refs":["relationship--16d2358f-3b0d-4c88-b047-0da2f7ed4471"]}"#,
    ),
    ("process", r#"{"pid":1221}"#),
    (
        "relationship",
        r#"{"relationship_type":"indicates","source_ref":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","target_ref":"malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b"}"#,
    ),
    (
        "report",
        r#"{"name":"The Black Vine","published":"2016-01-20T17:00:00Z","object_refs":["indicator--26ffb872-1dd9-446e-b6f5-d58527e5b5d2"]}"#,
    ),
    ("sighting", r#"{"sighting_of_ref":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"}"#),
    ("software", r#"{"name":"Word"}"#),
    ("threat-actor", r#"{"name":"Evil Org"}"#),
    ("tool", r#"{"name":"VNC"}"#),
    ("url", r#"{"value":"https://example.com/research/index.html"}"#),
    ("user-account", r#"{"user_id":"1001"}"#),
    ("vulnerability", r#"{"name":"CVE-2016-1234"}"#),
    ("windows-registry-key", r#"{"key":"HKEY_LOCAL_MACHINE\\System"}"#),
    ("x509-certificate", r#"{"serial_number":"36:f7:d4"}"#),
];

/// A minimal good object.
pub(crate) fn minimal(name: &str) -> Value {
    let (_, own) = MINIMAL.iter().find(|(kind, _)| *kind == name).unwrap();
    let mut object: Map<String, Value> = serde_json::from_str(own).unwrap();
    let kind = validate::find_type(name).unwrap();
    object.insert("type".to_owned(), json!(name));
    object.insert("spec_version".to_owned(), json!("2.1"));
    if kind.category != Category::Observable {
        object.insert("created".to_owned(), json!("2016-04-06T20:03:48.000Z"));
    }
    if !matches!(kind.category, Category::Observable | Category::Marking) {
        object.insert("modified".to_owned(), json!("2016-04-06T20:03:48.000Z"));
    }
    if kind.category == Category::Extension {
        object.insert("created_by_ref".to_owned(), json!("identity--f431f809-377b-45e0-aa1c-6a4751cae5ff"));
    }
    with_id(Value::Object(object))
}

/// A minimal good object with some properties set, or removed where they are null.
pub(crate) fn with(name: &str, changes: Value) -> Value {
    let mut object = minimal(name);
    let Value::Object(changes) = changes else { panic!("changes are a dictionary") };
    for (key, value) in changes {
        if value.is_null() {
            object.as_object_mut().unwrap().remove(&key);
        } else {
            object[key] = value;
        }
    }
    with_id(object)
}

/// Gives the object the identifier that it should have, if it has none of its own.
pub(crate) fn with_id(mut object: Value) -> Value {
    let name = object["type"].as_str().unwrap_or("x-other").to_owned();
    let text = object.to_string();
    let tree = tree(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let id = validate::deterministic::id(tree.root())
        .map_or_else(|| format!("{name}--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"), |id| id.as_str().to_owned());
    object["id"] = json!(id);
    object
}

pub(crate) fn check_text(text: &str) -> (Option<Object>, Vec<Finding>) {
    validate::check(text.as_bytes(), &Limits::DEFAULT, Timestamp::parse(NOW).unwrap())
}

pub(crate) fn findings(object: &Value) -> Vec<Finding> {
    let (kept, findings) = check_text(&object.to_string());
    assert_eq!(kept.is_some(), findings.iter().all(|finding| finding.severity == Severity::Warning));
    findings
}

/// Code and pointer of each finding.
pub(crate) fn told(object: &Value) -> Vec<(Severity, Code, String)> {
    findings(object).into_iter().map(|finding| (finding.severity, finding.code, finding.pointer)).collect()
}

#[track_caller]
pub(crate) fn assert_good(object: &Value) {
    assert_eq!(findings(object), [], "{object}");
}

#[track_caller]
pub(crate) fn assert_error(object: &Value, code: Code, pointer: &str) {
    let told = told(object);
    assert!(
        told.contains(&(Severity::Error, code, pointer.to_owned())),
        "{code} {pointer}: {told:?} in {object}"
    );
}

#[track_caller]
pub(crate) fn assert_warning(object: &Value, code: Code, pointer: &str) {
    assert_eq!(told(object), [(Severity::Warning, code, pointer.to_owned())], "{object}");
}

/// A good value of a shape.
pub(crate) fn sample(shape: &Shape) -> Value {
    match shape {
        Shape::Text | Shape::Head => json!("text"),
        // The pattern of an indicator.
        Shape::FilledText => json!("[file:size = 1]"),
        Shape::Form(form) => json!(match form {
            Form::Language => "de-AT",
            Form::RelationshipType => "related-to",
            Form::LowerHyphenated => "kill-chain",
            Form::Country => "us",
            Form::Mac => "00:00:ab:cd:ef:01",
            Form::Ipv4 => "10.2.4.5/24",
            Form::Ipv6 => "2001:db8::1",
            Form::Domain => "xn--bcher-kva.example",
            Form::Url => "https://example.com/?a=b",
            Form::Email => "jane.smith@example.com",
        }),
        Shape::Boolean => json!(true),
        Shape::Integer(least, most) => json!((*least).max(1).min(*most)),
        Shape::Float(least, most) => json!(least.midpoint(*most).min(7.5)),
        Shape::Timestamp | Shape::HeadTimestamp => json!("2016-04-06T20:03:48.123Z"),
        Shape::Hex => json!("00ff"),
        Shape::Binary => json!("AQIDBA=="),
        Shape::Id(targets) => json!(sample_id(*targets)),
        Shape::Ids(targets) => json!([sample_id(*targets)]),
        Shape::HeadMarkings => json!(["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]),
        Shape::Vocabulary(words) => json!(words.words.first().unwrap()),
        Shape::List(inner) => json!([sample(inner)]),
        Shape::Dictionary(entries) => match entries {
            Entries::Any => json!({"any-key": {"deep": [1, true]}}),
            Entries::Text => json!({"any_key": "text"}),
            Entries::Integer => json!({"SO_KEY": 1}),
            Entries::IntegerOrText => json!({"a": 1, "b": "text"}),
            Entries::Texts => json!({"User-Agent": ["text"]}),
        },
        Shape::Hashes => json!({"MD5": "3773a88f65a5e780c8dff9cdc3a056f3"}),
        Shape::Struct(table) => sample_struct(table),
        Shape::Selectors => json!(["type", "id"]),
        Shape::Extensions => {
            json!({"extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e": {"extension_type": "property-extension", "rank": 5}})
        }
        Shape::Translations => json!({"de": {"goals": ["", "Bankgeld"]}, "fr": {"name": "Attaque"}}),
        Shape::Container => json!({"0": {"type": "ipv4-addr", "value": "1.2.3.4"}}),
        Shape::Definition => json!({"statement": "text"}),
    }
}

fn sample_id(targets: Targets) -> String {
    let name = match targets {
        Targets::Any | Targets::Domain | Targets::DomainOrObservable => "malware",
        Targets::Only(names) => names.first().unwrap(),
        Targets::Observable | Targets::ObservableOrRelationship => "file",
    };
    format!("{name}--31b940d4-6f7f-459a-80ea-9c1f17b5891b")
}

/// A good value of a type inside an object: all its properties, but not two that exclude each other.
pub(crate) fn sample_struct(table: &Table) -> Value {
    let rows = table.rows.iter().filter(|row| table.section != "7.2.3" || row.name != "lang");
    Value::Object(rows.map(|row| (row.name.to_owned(), sample(&row.shape))).collect())
}

/// A value that no shape of this kind takes.
pub(crate) fn wrong(shape: &Shape) -> Value {
    match shape {
        Shape::Boolean => json!("true"),
        Shape::Integer(..) => json!("1"),
        Shape::Float(..) => json!("48.8566"),
        Shape::Dictionary(_)
        | Shape::Hashes
        | Shape::Struct(_)
        | Shape::Extensions
        | Shape::Translations
        | Shape::Container
        | Shape::Definition => json!(["text"]),
        _ => json!(7),
    }
}
