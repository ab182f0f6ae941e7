//! Are the rules between properties kept?

use cresset_stix::Code;
use serde_json::{Value, json};

use crate::fixtures::{assert_error, assert_good, assert_warning, with};

#[test]
fn one_of_several_properties_is_needed() {
    for (kind, changes) in [
        ("location", json!({"region": null, "city": "Vienna"})),
        ("malware-analysis", json!({"result": null})),
        ("observed-data", json!({"object_refs": null})),
        ("artifact", json!({"payload_bin": null})),
        ("file", json!({"name": null, "size": 1})),
        ("network-traffic", json!({"src_ref": null})),
        ("process", json!({"pid": null})),
        ("user-account", json!({"user_id": null})),
        ("windows-registry-key", json!({"key": null})),
        ("x509-certificate", json!({"serial_number": null})),
        ("marking-definition", json!({"definition": null, "definition_type": null})),
    ] {
        assert_error(&with(kind, changes), Code::PropertyCombination, "");
    }
    let nested = |kind: &str, changes: Value, pointer: &str| {
        assert_error(&with(kind, changes), Code::PropertyCombination, pointer);
    };
    nested("tool", json!({"external_references": [{"source_name": "a"}]}), "/external_references/0");
    nested("tool", json!({"granular_markings": [{"selectors": ["name"]}]}), "/granular_markings/0");
    nested(
        "tool",
        json!({"granular_markings": [{"selectors": ["name"], "lang": "de",
            "marking_ref": "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"}]}),
        "/granular_markings/0",
    );
    nested(
        "email-message",
        json!({"is_multipart": true, "body_multipart": [{"content_type": "a"}]}),
        "/body_multipart/0",
    );
    let pe = json!({"extensions": {"windows-pebinary-ext": {"pe_type": "exe"}}});
    nested("file", pe, "/extensions/windows-pebinary-ext");
}

#[test]
fn properties_that_need_or_exclude_others_are_found() {
    for (kind, changes, pointer) in [
        ("location", json!({"latitude": 1.0}), "/latitude"),
        ("location", json!({"longitude": 1.0}), "/longitude"),
        ("location", json!({"precision": 1.0}), "/precision"),
        ("artifact", json!({"payload_bin": null, "url": "https://a.example/"}), "/url"),
        (
            "artifact",
            json!({"url": "https://a.example/", "hashes": {"MD5": "3773a88f65a5e780c8dff9cdc3a056f3"}}),
            "",
        ),
        ("artifact", json!({"decryption_key": "a"}), "/decryption_key"),
        (
            "file",
            json!({"name": null, "name_enc": "a", "hashes": {"MD5": "3773a88f65a5e780c8dff9cdc3a056f3"}}),
            "/name_enc",
        ),
        ("malware", json!({"is_family": true}), ""),
        ("observed-data", json!({"objects": {"0": {"type": "url"}}}), ""),
        ("email-message", json!({"is_multipart": true, "body": "a"}), "/body"),
        ("email-message", json!({"body_multipart": [{"body": "a"}]}), "/body_multipart"),
        ("network-traffic", json!({"is_active": true, "end": "2016-01-01T00:00:00Z"}), "/is_active"),
        ("marking-definition", json!({"definition": null}), "/definition_type"),
        ("marking-definition", json!({"definition_type": null}), "/definition"),
        ("extension-definition", json!({"extension_properties": ["rank"]}), "/extension_properties"),
    ] {
        assert_error(&with(kind, changes), Code::PropertyCombination, pointer);
    }
    let objects =
        json!({"object_refs": null, "objects": {"0": {"type": "url", "value": "https://a.example"}}});
    assert_warning(&with("observed-data", objects), Code::RuleBroken, "/objects");
    let only_relationships = json!({"object_refs": ["relationship--31b940d4-6f7f-459a-80ea-9c1f17b5891b"]});
    assert_error(&with("observed-data", only_relationships), Code::ReferenceType, "/object_refs");
    assert_good(&with(
        "observed-data",
        json!({"object_refs": ["x-own--31b940d4-6f7f-459a-80ea-9c1f17b5891b"]}),
    ));
    assert_good(&with("malware", json!({"is_family": true, "name": "Zeus"})));
}

#[test]
fn timestamps_in_the_wrong_order_are_found() {
    let (early, late) = ("2016-04-06T20:03:48.000Z", "2016-04-06T20:03:48.001Z");
    for (kind, first, second) in [
        ("campaign", "first_seen", "last_seen"),
        ("infrastructure", "first_seen", "last_seen"),
        ("intrusion-set", "first_seen", "last_seen"),
        ("malware", "first_seen", "last_seen"),
        ("threat-actor", "first_seen", "last_seen"),
        ("sighting", "first_seen", "last_seen"),
        ("observed-data", "first_observed", "last_observed"),
        ("network-traffic", "start", "end"),
        ("tool", "created", "modified"),
    ] {
        let pointer = format!("/{second}");
        assert_error(&with(kind, json!({first: late, second: early})), Code::TimestampOrder, &pointer);
        assert_good(&with(kind, json!({first: early, second: early})));
    }
    for (kind, first, second) in
        [("indicator", "valid_from", "valid_until"), ("relationship", "start_time", "stop_time")]
    {
        let pointer = format!("/{second}");
        assert_error(&with(kind, json!({first: early, second: early})), Code::TimestampOrder, &pointer);
        assert_good(&with(kind, json!({first: early, second: late})));
    }
}

#[test]
fn the_future_is_a_warning_and_a_day_of_it_is_not() {
    let made = |when: &str| with("tool", json!({"created": when, "modified": when}));
    assert_good(&made("2025-06-01T23:59:59.000Z"));
    let told = crate::fixtures::told(&made("2025-06-02T00:00:00.001Z"));
    assert_eq!(
        told.iter().map(|(_, code, at)| (*code, at.as_str())).collect::<Vec<_>>(),
        [(Code::TimestampOrder, "/created"), (Code::TimestampOrder, "/modified"),]
    );
}

#[test]
fn a_date_without_milliseconds_is_a_warning() {
    crate::fixtures::assert_warning(
        &with("tool", json!({"created": "2016-04-06T20:03:48Z"})),
        Code::TimestampForm,
        "/created",
    );
}

#[test]
fn relationships_point_where_they_may() {
    let end = |target: &str| {
        with("relationship", json!({"target_ref": format!("{target}--31b940d4-6f7f-459a-80ea-9c1f17b5891b")}))
    };
    for target in ["malware", "file", "x-mitre-asset", "my-own-type"] {
        assert_good(&end(target));
    }
    for target in [
        "relationship",
        "sighting",
        "bundle",
        "marking-definition",
        "language-content",
        "extension-definition",
    ] {
        assert_error(&end(target), Code::ReferenceType, "/target_ref");
    }
    assert_error(
        &with("relationship", json!({"relationship_type": "Uses it"})),
        Code::PropertyValue,
        "/relationship_type",
    );
    let sighted = |of: &str| {
        with("sighting", json!({"sighting_of_ref": format!("{of}--31b940d4-6f7f-459a-80ea-9c1f17b5891b")}))
    };
    assert_good(&sighted("indicator"));
    assert_error(&sighted("file"), Code::ReferenceType, "/sighting_of_ref");
    assert_error(&sighted("relationship"), Code::ReferenceType, "/sighting_of_ref");
}

#[test]
fn forms_of_values_are_told() {
    for (kind, value) in [
        ("ipv4-addr", "300.1.1.1"),
        ("ipv4-addr", "10.0.0.0/33"),
        ("ipv6-addr", "10.0.0.1"),
        ("domain-name", "https://example.com"),
        ("email-addr", "John <john@example.com>"),
        ("url", "example.com"),
    ] {
        assert_warning(&with(kind, json!({"value": value})), Code::PropertyValue, "/value");
        assert_good(&with(kind, json!({"value": value, "defanged": true})));
    }
    assert_error(&with("mac-addr", json!({"value": "D2:fb:49:24:37:18"})), Code::PropertyValue, "/value");
    assert_error(&with("tool", json!({"lang": "not a language"})), Code::PropertyValue, "/lang");
    assert_error(&with("indicator", json!({"pattern": ""})), Code::PropertyValue, "/pattern");
    assert_warning(&with("location", json!({"country": "Austria"})), Code::PropertyValue, "/country");
    assert_warning(
        &with("file", json!({"magic_number_hex": "504B"})),
        Code::PropertyValue,
        "/magic_number_hex",
    );
    let phase = json!({"kill_chain_phases": [{"kill_chain_name": "Own Chain", "phase_name": "a"}]});
    assert_warning(&with("tool", phase), Code::PropertyValue, "/kill_chain_phases/0/kill_chain_name");
    let capec = |id: &str| {
        with("attack-pattern", json!({"external_references": [{"source_name": "capec", "external_id": id}]}))
    };
    assert_good(&capec("CAPEC-550"));
    assert_error(&capec("550"), Code::PropertyValue, "/external_references/0/external_id");
    let cve = |id: &str| {
        with("vulnerability", json!({"external_references": [{"source_name": "cve", "external_id": id}]}))
    };
    assert_good(&cve("CVE-2016-1234"));
    assert_error(&cve("2016-1234"), Code::PropertyValue, "/external_references/0/external_id");
}
