//! Does what is good pass without a finding?

use cresset_stix::{Severity, validate};
use serde_json::json;

use crate::fixtures::{MINIMAL, assert_good, check_text, minimal, with};

#[test]
fn a_minimal_object_of_every_type_gives_no_finding() {
    let mut names = validate::TYPES.map(|kind| kind.name);
    names.sort_unstable();
    assert_eq!(MINIMAL.map(|(name, _)| name), names);
    for (name, _) in MINIMAL {
        assert_good(&minimal(name));
    }
}

#[test]
fn objects_of_the_standards_own_examples_pass() {
    assert_good(&with(
        "location",
        json!({"latitude": 48.8566, "longitude": 2.3522, "precision": 100, "region": null}),
    ));
    assert_good(&with(
        "malware",
        json!({
            "name": "Cryptolocker", "description": "A variant", "malware_types": ["ransomware"], "is_family": true,
        }),
    ));
    assert_good(&with(
        "email-message",
        json!({
            "is_multipart": true,
            "additional_header_fields": {"Reply-To": ["steve@example.com", "jane@example.com"]},
            "body_multipart": [
                {"content_type": "text/plain; charset=utf-8", "content_disposition": "inline", "body": "Cats are funny!"},
                {"content_type": "image/png", "body_raw_ref": "artifact--0682152c-646a-513b-bc07-e516494ed178"},
            ],
        }),
    ));
    assert_good(&with(
        "network-traffic",
        json!({
            "protocols": ["tcp", "http"],
            "start": "2016-01-20T14:11:25.55Z", "end": "2016-01-20T14:11:25.55Z", "is_active": false,
            "extensions": {"http-request-ext": {
                "request_method": "get", "request_value": "/download.html",
                "request_header": {"Accept-Encoding": ["gzip,deflate"], "Host": ["www.example.com"]},
            }},
        }),
    ));
    assert_good(&with(
        "process",
        json!({"pid": null, "extensions": {"windows-process-ext": {"aslr_enabled": true}}}),
    ));
    assert_good(&with(
        "marking-definition",
        json!({
            "definition": null, "definition_type": null, "name": "TLP:AMBER+STRICT",
            "extensions": {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
                "extension_type": "property-extension", "tlp_2_0": "amber+strict",
            }},
        }),
    ));
    assert_good(&with(
        "campaign",
        json!({
            "lang": "en", "description": "Weitere",
            "granular_markings": [
                {"selectors": ["description"], "lang": "de"},
                {"selectors": ["name", "id"], "marking_ref": "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"},
            ],
        }),
    ));
}

#[test]
fn stix_20_is_looked_at_lightly() {
    let good = r#"{"type":"indicator","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2016-04-06T20:03:48Z",
        "modified":"2016-04-06T20:03:48Z","labels":["malicious-activity"],"pattern":"[a:b = 1]","valid_from":"2016-01-01T00:00:00Z","k":[]}"#;
    let (object, findings) = check_text(good);
    assert!(object.is_some());
    assert_eq!(findings, []);
    let (object, findings) = check_text(&good.replace("2016-01-01T00:00:00Z", "2016-01-01"));
    assert!(object.is_none());
    assert!(findings.iter().any(|finding| finding.pointer == "/valid_from"), "{findings:?}");
    let (_, findings) = check_text(&good.replace("\"modified\":", "\"x_modified\":"));
    assert!(findings.iter().any(|finding| finding.pointer == "/modified"), "{findings:?}");
    let (_, findings) = check_text(&good.replace("\"modified\":\"2016", "\"modified\":\"2015"));
    assert_eq!(findings.first().unwrap().severity, Severity::Error);
}
