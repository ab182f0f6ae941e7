//! Is every word of every vocabulary known, and others weighed rightly?

use cresset_stix::{
    Code,
    validate::vocabulary::{ALL, Openness},
};
use serde_json::{Value, json};

use crate::fixtures::{assert_error, assert_good, assert_warning, with};

/// Where a vocabulary is used: a type, a JSON pointer, and the properties with `$` for the word.
fn place(name: &str) -> (&'static str, &'static str, Value) {
    let list = |kind, pointer, property: &str| (kind, pointer, json!({property: ["$"]}));
    let one = |kind, pointer, property: &str| (kind, pointer, json!({property: "$"}));
    let pe =
        |property: &str| json!({"extensions": {"windows-pebinary-ext": {property: "$", "imphash": "a"}}});
    let socket = |property: &str| {
        let mut socket = json!({"address_family": "AF_INET"});
        socket[property] = json!("$");
        json!({"extensions": {"socket-ext": socket}})
    };
    let process = |extension: &str, property: &str| json!({"extensions": {extension: {property: "$"}}});
    match name {
        "account-type-ov" => one("user-account", "/account_type", "account_type"),
        "attack-motivation-ov" => list("threat-actor", "/personal_motivations/0", "personal_motivations"),
        "attack-resource-level-ov" => one("intrusion-set", "/resource_level", "resource_level"),
        "encryption-algorithm-enum" => one("artifact", "/encryption_algorithm", "encryption_algorithm"),
        "extension-type-enum" => list("extension-definition", "/extension_types/0", "extension_types"),
        "grouping-context-ov" => one("grouping", "/context", "context"),
        "identity-class-ov" => one("identity", "/identity_class", "identity_class"),
        "implementation-language-ov" => {
            list("malware", "/implementation_languages/0", "implementation_languages")
        }
        "indicator-type-ov" => list("indicator", "/indicator_types/0", "indicator_types"),
        "industry-sector-ov" => list("identity", "/sectors/0", "sectors"),
        "infrastructure-type-ov" => list("infrastructure", "/infrastructure_types/0", "infrastructure_types"),
        "malware-capabilities-ov" => list("malware", "/capabilities/0", "capabilities"),
        "malware-result-ov" => one("malware-analysis", "/result", "result"),
        "malware-type-ov" => list("malware", "/malware_types/0", "malware_types"),
        "network-socket-address-family-enum" => {
            ("network-traffic", "/extensions/socket-ext/address_family", socket("address_family"))
        }
        "network-socket-type-enum" => {
            ("network-traffic", "/extensions/socket-ext/socket_type", socket("socket_type"))
        }
        "opinion-enum" => one("opinion", "/opinion", "opinion"),
        "pattern-type-ov" => one("indicator", "/pattern_type", "pattern_type"),
        "processor-architecture-ov" => {
            list("malware", "/architecture_execution_envs/0", "architecture_execution_envs")
        }
        "region-ov" => one("location", "/region", "region"),
        "report-type-ov" => list("report", "/report_types/0", "report_types"),
        "threat-actor-type-ov" => list("threat-actor", "/threat_actor_types/0", "threat_actor_types"),
        "threat-actor-role-ov" => list("threat-actor", "/roles/0", "roles"),
        "threat-actor-sophistication-ov" => one("threat-actor", "/sophistication", "sophistication"),
        "tool-type-ov" => list("tool", "/tool_types/0", "tool_types"),
        "windows-integrity-level-enum" => (
            "process",
            "/extensions/windows-process-ext/integrity_level",
            process("windows-process-ext", "integrity_level"),
        ),
        "windows-pebinary-type-ov" => ("file", "/extensions/windows-pebinary-ext/pe_type", pe("pe_type")),
        "windows-registry-datatype-enum" => {
            ("windows-registry-key", "/values/0/data_type", json!({"values": [{"data_type": "$"}]}))
        }
        "windows-service-start-type-enum" => (
            "process",
            "/extensions/windows-service-ext/start_type",
            process("windows-service-ext", "start_type"),
        ),
        "windows-service-type-enum" => (
            "process",
            "/extensions/windows-service-ext/service_type",
            process("windows-service-ext", "service_type"),
        ),
        "windows-service-status-enum" => (
            "process",
            "/extensions/windows-service-ext/service_status",
            process("windows-service-ext", "service_status"),
        ),
        other => panic!("no place for {other}"),
    }
}

fn with_word(name: &str, word: &str) -> (Value, &'static str) {
    let (kind, pointer, changes) = place(name);
    let changes: Value =
        serde_json::from_str(&changes.to_string().replace("\"$\"", &json!(word).to_string())).unwrap();
    (with(kind, changes), pointer)
}

#[test]
fn every_word_is_known_and_every_other_is_told() {
    for vocabulary in ALL {
        assert!(vocabulary.words.is_sorted_by(|left, right| left < right), "{}", vocabulary.name);
        if vocabulary.name == "hash-algorithm-ov" {
            continue;
        }
        for word in vocabulary.words {
            assert_good(&with_word(vocabulary.name, word).0);
        }
        let (object, pointer) = with_word(vocabulary.name, "no-such-word");
        match vocabulary.openness {
            Openness::Open => assert_warning(&object, Code::VocabularyOpen, pointer),
            Openness::Closed => assert_error(&object, Code::VocabularyClosed, pointer),
        }
    }
    assert_eq!(ALL.iter().filter(|words| words.openness == Openness::Closed).count(), 10);
}

#[test]
fn every_algorithm_has_its_form() {
    let hex = |length: usize| "aB".repeat(length / 2);
    let hashes = [
        ("MD5", hex(32)),
        ("SHA-1", hex(40)),
        ("SHA-256", hex(64)),
        ("SHA-512", hex(128)),
        ("SHA3-256", hex(64)),
        ("SHA3-512", hex(128)),
        ("SSDEEP", "96:l/kZ+/abc:xyz0".to_owned()),
        ("TLSH", format!("T1{}", hex(70))),
    ];
    for (algorithm, hash) in hashes {
        assert_good(&with("file", json!({"hashes": {algorithm: hash}})));
        let pointer = format!("/hashes/{algorithm}");
        assert_error(
            &with("file", json!({"hashes": {algorithm: format!("x{hash}")}})),
            Code::HashForm,
            &pointer,
        );
        assert_error(&with("file", json!({"hashes": {algorithm: ""}})), Code::HashForm, &pointer);
    }
    assert_warning(
        &with("file", json!({"hashes": {"x_foo_hash": "aa"}})),
        Code::VocabularyOpen,
        "/hashes/x_foo_hash",
    );
    assert_error(&with("file", json!({"hashes": {"a b": "aa"}})), Code::NameForm, "/hashes/a b");
    assert_error(&with("file", json!({"hashes": {"ab": "aa"}})), Code::NameForm, "/hashes/ab");
}
