//! Which marking-definitions are there? Of every kind in `docs/markings.md`, by several origins, and some by nobody.

use serde_json::{Value, json};
use stix::Timestamp;

use crate::{
    declared::{CODES, TLP, dates},
    random::Random,
};

const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
const OUR_EXTENSION: &str = "extension-definition--77c40c04-49a6-4691-ad6b-5f6962767509";
const OTHER_EXTENSION: &str = "extension-definition--00000000-0000-4000-8000-0000000000ee";

/// The ids that the standards fix: TLP 1, then TLP 2.0.
pub(crate) const STANDARD: [&str; 9] = [
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
];

/// TLP:GREEN of STIX 2.1 section 7.2.1.4, which somebody may bring as anything else.
pub(crate) fn standard_green() -> Value {
    json!({ "type": "marking-definition", "spec_version": "2.1", "id": STANDARD[1], "created": "2017-01-20T00:00:00.000Z",
        "definition_type": "tlp", "name": "TLP:GREEN", "definition": { "tlp": "green" } })
}

pub(crate) fn id(number: usize) -> String {
    format!("marking-definition--{number:08x}-0000-4000-8000-0000000000aa")
}

/// Markings for one object: mostly few, mostly loose, so that much is released.
pub(crate) fn some(random: &mut Random, custom: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..*random.pick(&[0, 1, 1, 1, 2, 3]) {
        let standard = random.pick(&[0, 4, 4, 4, 1, 5, 5, 2, 6, 7, 3, 8]);
        let id = if random.chance(45) { STANDARD[*standard].to_owned() } else { id(random.below(custom)) };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// What one origin says that a marking means.
pub(crate) fn definition(
    number: usize,
    random: &mut Random,
    world: (&[String], &mut Vec<Timestamp>),
) -> Value {
    let (organisations, moments) = world;
    let mut marking = json!({ "type": "marking-definition", "spec_version": "2.1", "id": id(number),
        "created": "2024-01-01T00:00:00.000Z" });
    let mut extensions = json!({});
    let kind = random.below(100);
    if !(8..92).contains(&kind) {
        marking["definition_type"] = json!("statement");
        marking["definition"] = json!({ "statement": format!("terms {number}") });
    }
    if (8..24).contains(&kind) {
        let level = random.pick(&TLP).to_lowercase();
        let odd = random.pick(&["purple", "White", "TLP:AMBER+Strict", "GREEN"]);
        let level = if random.chance(20) { (*odd).to_owned() } else { level };
        extensions[TLP_EXTENSION] = json!({ "extension_type": "property-extension", "tlp_2_0": level });
    }
    if (20..92).contains(&kind) || kind >= 96 {
        extensions[OUR_EXTENSION] = ours(random, organisations, moments);
    }
    if (85..89).contains(&kind) {
        extensions[OTHER_EXTENSION] = json!({ "extension_type": "property-extension", "x_rule": 1 });
    }
    if (89..91).contains(&kind) {
        marking["definition_type"] = json!("iep");
        marking["definition"] = json!({ "iep": "1" });
    }
    if extensions.as_object().is_some_and(|extensions| !extensions.is_empty()) {
        marking["extensions"] = extensions;
    }
    if random.chance(50) {
        marking["name"] = json!(format!("marking {number}"));
    }
    marking
}

fn codes(random: &mut Random, organisations: &[String]) -> Vec<String> {
    let words: Vec<String> =
        CODES.iter().map(|code| (*code).to_owned()).chain(organisations.iter().cloned()).collect();
    let mut codes = random.some(&words, 30);
    if codes.is_empty() {
        codes.push(random.pick(&words).clone());
    }
    codes
}

/// Our releasability extension, whole or spoilt.
fn ours(random: &mut Random, organisations: &[String], moments: &mut Vec<Timestamp>) -> Value {
    let mut ours = json!({ "extension_type": "property-extension" });
    if random.chance(45) {
        ours["tlp"] = json!(random.pick(&TLP));
    }
    if random.chance(18) {
        let one = random.pick(&[
            ("NATO", "UNCLASSIFIED"),
            ("NATO", "RESTRICTED"),
            ("NATO", "CONFIDENTIAL"),
            ("EU", "LOW"),
        ]);
        let mut levels = vec![json!({ "policy": one.0, "level": one.1 })];
        if random.chance(25) {
            levels.push(json!({ "policy": "NATO", "level": random.pick(&["RESTRICTED", "SECRET"]) }));
        }
        ours["classification"] = json!(levels);
    }
    if random.chance(60) {
        ours["releasable_to"] = json!(codes(random, organisations));
    }
    if random.chance(18) {
        let codes = codes(random, organisations);
        ours["not_releasable_to"] = json!(codes.get(..2).unwrap_or(&codes));
    }
    if random.chance(25) {
        ours["originator_control"] = json!(random.chance(75));
    }
    let valid = dates(random, 15, moments);
    for (name, long) in [("from", "valid_from"), ("until", "valid_until")] {
        if let Some(moment) = valid.get(name) {
            ours[long] = moment.clone();
        }
    }
    if random.chance(10) {
        spoil(random, &mut ours);
    }
    ours
}

fn spoil(random: &mut Random, ours: &mut Value) {
    let spoilt = [
        ("embargo", json!(1)),
        ("releasable_to", json!([])),
        ("releasable_to", json!(["J P N"])),
        ("releasable_to", json!(["identity--x", "NATO"])),
        ("not_releasable_to", json!(["tool--f431f809-377b-45e0-aa1c-6a4751cae5ff"])),
        ("valid_from", json!("2026-01-31t01:00:00.5000000001Z")),
        ("valid_from", json!("2026-01-31t01:00:00.500+01:00")),
        ("valid_until", json!("2026-03-01T23:59:00-00:01")),
        ("classification", json!([{ "policy": "NATO", "level": "restricted" }])),
        ("releasable_to", json!("JPN")),
        ("not_releasable_to", json!([1])),
        ("classification", json!([{ "policy": "NATO", "level": "COSMIC" }])),
        ("classification", json!([{ "policy": "XX", "level": "SECRET" }])),
        ("classification", json!({ "policy": "NATO", "level": "SECRET" })),
        ("valid_until", json!("tomorrow")),
        ("originator_control", json!("yes")),
        ("tlp", json!("PURPLE")),
        ("tlp", json!(2)),
        ("tlp", json!("amber")),
        ("tlp", json!("TLP:AMBER")),
    ];
    let (name, value) = random.pick(&spoilt);
    ours[*name] = value.clone();
}
