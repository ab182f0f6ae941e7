//! Under which markings do generated worlds lie? Every language of `docs/markings.md`, those that P may be cleared for and
//! those that it never is.

use std::fmt::Write;

use serde_json::{Value, json};
use testkit::objects::{id, moment, restriction, statement, with};

use super::CANARY;
use crate::ground::{ORGANISATION_P, ORGANISATION_Q};

const TLP2: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
const PAP: &str = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b";
const IEP: &str = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a";
const ACS: &str = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce";

/// The moments at which something begins or ends in generated worlds.
pub(super) const BOUNDARIES: [&str; 4] =
    ["2026-01-05T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-10T12:00:00Z"];

/// Markings that some may see; numbered from here.
pub(super) const OPEN: u32 = 10;
/// Markings that are used before anybody says what they mean.
pub(super) const LATE: std::ops::Range<u32> = 40..46;
/// Markings that P is never cleared for.
pub(super) const CLOSED: u32 = 1000;
/// Nobody ever says what this one means.
pub(super) const NEVER: u32 = 1990;

pub(super) fn mark(number: u32) -> String {
    id("marking-definition", number)
}

fn language(number: u32, extension: &str, content: Value) -> Value {
    json!({
        "type": "marking-definition", "spec_version": "2.1", "id": mark(number), "created": moment(0),
        "name": format!("restriction {number}"), "extensions": { extension: with(content, "extension_type", json!("property-extension")) }
    })
}

fn acs(number: u32, control: &Value) -> Value {
    let reference = "urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit";
    language(number, ACS, json!({ "policy_reference": reference, "control_set": control }))
}

fn iep(number: u32, more: (&str, &str)) -> Value {
    let content = json!({
        "tlp": "green", "permitted_actions": "externally-visible-direct-actions", "start_date": "2025-01-01T00:00:00Z"
    });
    language(number, IEP, with(content, more.0, json!(more.1)))
}

fn stanag(number: u32, kind: (&str, &str), value: &str) -> Value {
    let text = format!(
        "<originatorConfidentialityLabel xmlns=\"urn:nato:stanag:4774:confidentialitymetadatalabel:1:0\">\
         <ConfidentialityInformation><PolicyIdentifier>NATO</PolicyIdentifier>\
         <Classification>RESTRICTED</Classification><Category Type=\"{}\" TagName=\"{}\">\
         <GenericValue>{value}</GenericValue></Category></ConfidentialityInformation>\
         </originatorConfidentialityLabel>",
        kind.0, kind.1
    );
    restriction(number, json!({ "stanag_4774": text }))
}

/// Markings that P may be cleared for, now or later, or not: both worlds say the same of them.
pub(super) fn open() -> Vec<Value> {
    let level = |level: &str| json!({ "classification": [{ "policy": "NATO", "level": level }] });
    let number = |at: u32| OPEN + at;
    vec![
        statement(number(0)),
        restriction(number(1), json!({ "releasable_to": ["NATO"] })),
        restriction(number(2), json!({ "releasable_to": ["NOR", "JPN"] })),
        restriction(number(3), json!({ "releasable_to": [ORGANISATION_P], "tlp": "RED" })),
        restriction(number(4), json!({ "not_releasable_to": ["IP4"] })),
        restriction(number(5), level("RESTRICTED")),
        restriction(number(6), level("CONFIDENTIAL")),
        restriction(number(7), json!({ "valid_from": BOUNDARIES[0] })),
        restriction(number(8), json!({ "valid_until": BOUNDARIES[1], "releasable_to": ["NATO", "IP4"] })),
        restriction(number(9), json!({ "tlp": "AMBER", "originator_control": true })),
        language(number(10), TLP2, json!({ "tlp_2_0": "GREEN" })),
        language(number(11), PAP, json!({ "pap": "AMBER" })),
        iep(number(12), ("end_date", BOUNDARIES[2])),
        iep(number(13), ("provider_attribution", "must-not")),
        acs(number(14), &json!({ "classification": "U", "permitted_nationalities": ["NOR"] })),
        stanag(number(15), ("PERMISSIVE", "Releasable To"), "NATO"),
        stanag(number(16), ("INFORMATIVE", "Administrative"), "LOGISTICS"),
    ]
}

/// Markings that keep from P whatever bears them, at all times and under every declaration that a world may have; with a
/// canary in each. Which of them are under which number is not the same for every `turn`.
pub(super) fn closed(first: u32, turn: usize) -> Vec<Value> {
    let level = json!({ "classification": [{ "policy": "NATO", "level": "SECRET" }] });
    let number = |at: usize| first + u32::try_from((at + turn) % CLOSED_COUNT).unwrap();
    let marks = vec![
        restriction(number(0), json!({ "releasable_to": [ORGANISATION_Q] })),
        restriction(number(1), json!({ "not_releasable_to": [ORGANISATION_P] })),
        restriction(number(2), json!({ "not_releasable_to": ["NOWHERE"] })),
        restriction(number(3), level),
        restriction(number(4), json!({ "valid_until": "2025-12-31T00:00:00Z" })),
        restriction(number(5), json!({ "valid_from": "2099-01-01T00:00:00Z" })),
        restriction(number(6), json!({ "surprise": CANARY })),
        iep(number(7), ("tlp", "amber+strict")),
        acs(number(8), &json!({ "classification": "TS" })),
        acs(number(9), &json!({ "classification": "U", "permitted_nationalities": ["USA"] })),
        stanag(number(10), ("PERMISSIVE", "Releasable To"), "JPN"),
        stanag(number(11), ("RESTRICTIVE", "Not Releasable To"), "NOR"),
    ];
    assert_eq!(marks.len(), CLOSED_COUNT);
    marks.into_iter().map(|mark| with(mark, "name", json!(format!("{CANARY} of {turn}")))).collect()
}

pub(super) const CLOSED_COUNT: usize = 12;

/// Closed to P, and open to others from a boundary on.
pub(super) fn closed_until(number: u32, boundary: usize) -> Value {
    let content = json!({
        "releasable_to": [ORGANISATION_Q, "SWE"], "not_releasable_to": [ORGANISATION_P], "valid_from": BOUNDARIES[boundary]
    });
    with(restriction(number, content), "name", json!(CANARY))
}

/// The declaration; what `turn` changes never lets P see what is closed to it.
pub(super) fn declaration(turn: usize) -> String {
    let clearance = ["RESTRICTED", "CONFIDENTIAL", "UNCLASSIFIED"][turn % 3];
    let ceiling = ["RED", "AMBER+STRICT", "GREEN"][turn / 2 % 3];
    let (members, default) = (["\"NOR\"", "\"NOR\", \"SWE\""][turn % 2], ["CLEAR", "GREEN"][turn / 3 % 2]);
    let of_others = ["SECRET", "CONFIDENTIAL"][turn / 2 % 2];
    let mut text = format!(
        r#"
[organisation]
id = "identity--a0000001-0000-4000-8000-00000000000a"
name = "Lantern Coast Watch"
[[community]]
name = "NATO"
members = [{members}]
[[community]]
name = "IP4"
members = ["JPN", {{ code = "NOR", from = "{}", until = "{}" }}, {{ code = "SWE", from = "{}" }}]
[[classification]]
policy = "NATO"
levels = ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"]
[[classification]]
policy = "US"
levels = ["U", "C", "S", "TS"]
[[partner]]
name = "p"
organisation = "{ORGANISATION_P}"
nation = "NOR"
clearances = {{ NATO = "{clearance}", US = "C" }}
[[partner]]
name = "q"
organisation = "{ORGANISATION_Q}"
nation = "JPN"
clearances = {{ NATO = "{of_others}" }}
[[partner]]
name = "n"
organisation = "identity--a0000001-0000-4000-8000-00000000000d"
nation = "SWE"
clearances = {{ NATO = "{of_others}", US = "TS" }}
"#,
        BOUNDARIES[1], BOUNDARIES[2], BOUNDARIES[2],
    );
    for (number, alias, more) in
        [(1, "rw", ""), (2, "rs", "community = \"NATO\""), (3, "ro", ""), (5, "hid", "")]
    {
        let id = format!("c0000001-0000-4000-8000-{number:012}");
        let _ = write!(
            text,
            "[[collection]]\nid = \"{id}\"\nalias = \"{alias}\"\ntitle = \"{alias}\"\n\
             default_marking = [\"TLP:{default}\"]\n{more}\n"
        );
    }
    let dated = format!("until = \"{}\"", BOUNDARIES[3]);
    for (partner, alias, may, ceiling, dates) in [
        ("p", "rw", "\"read\", \"submit\", \"delete\"", ceiling, ""),
        ("p", "rs", "\"read\", \"submit\"", "AMBER", dated.as_str()),
        ("p", "ro", "\"read\"", "AMBER", ""),
        ("q", "rw", "\"read\", \"submit\", \"delete\"", "RED", ""),
        ("q", "ro", "\"read\", \"submit\", \"delete\"", "RED", ""),
        ("q", "hid", "\"read\", \"submit\", \"delete\"", "AMBER", ""),
        ("n", "rw", "\"read\", \"submit\", \"delete\"", "AMBER", ""),
        ("n", "rs", "\"read\", \"submit\", \"delete\"", "AMBER", ""),
        ("n", "hid", "\"read\", \"submit\", \"delete\"", "AMBER", ""),
    ] {
        let _ = write!(
            text,
            "[[agreement]]\npartner = \"{partner}\"\ncollection = \"{alias}\"\nmay = [{may}]\n\
             ceiling = \"{ceiling}\"\n{dates}\n"
        );
    }
    text
}
