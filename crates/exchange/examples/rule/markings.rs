//! Which marking-definitions are there? Of every kind in `docs/markings.md`, by several origins, and some by nobody.

mod acs;
mod plain;
mod stanag;
mod xml;

use serde_json::{Value, json};
use stix::Timestamp;

use crate::{
    declared::{CODES, TLP, dates},
    random::Random,
};

const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
const PAP_EXTENSION: &str = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b";
const IEP_EXTENSION: &str = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a";
const ACS_EXTENSION: &str = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce";
const OUR_EXTENSION: &str = "extension-definition--77c40c04-49a6-4691-ad6b-5f6962767509";
const OTHER_EXTENSION: &str = "extension-definition--00000000-0000-4000-8000-0000000000ee";

/// The ids that the standards fix: TLP 1, then TLP 2.0, then PAP.
pub(crate) const STANDARD: [&str; 14] = [
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    "marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92",
    "marking-definition--a3bea94c-b469-41dc-9cfe-d6e7daba7730",
    "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9",
    "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab",
    "marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e",
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
        let standard = random.pick(&[0, 4, 4, 4, 1, 5, 5, 2, 6, 7, 3, 8, 9, 10, 11, 12, 13]);
        let id = if random.chance(45) { STANDARD[*standard].to_owned() } else { id(random.below(custom)) };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// What marking-definitions of one world may speak of: organisations, and moments at which something begins or ends.
pub(crate) struct Around<'a> {
    pub(crate) organisations: &'a [String],
    pub(crate) moments: &'a mut Vec<Timestamp>,
}

/// What one origin says that a marking means: mostly in one language.
pub(crate) fn definition(number: usize, random: &mut Random, around: &mut Around<'_>) -> Value {
    let mut marking = json!({ "type": "marking-definition", "spec_version": "2.1", "id": id(number),
        "created": "2024-01-01T00:00:00.000Z" });
    for _ in 0..*random.pick(&[1, 1, 1, 1, 1, 1, 1, 1, 2]) {
        say(&mut marking, random, around);
    }
    if random.chance(50) {
        marking["name"] = json!(format!("marking {number}"));
    }
    marking
}

fn say(marking: &mut Value, random: &mut Random, around: &mut Around<'_>) {
    let (key, value) = match random.below(100) {
        0..5 => return define(marking, "statement", json!({ "statement": "terms" })),
        5..6 => return define(marking, "iep", json!({ "iep": "1" })),
        6..8 => return define(marking, "x", json!({ "statement": "terms" })),
        8..18 => (TLP_EXTENSION, plain::tlp_2(random)),
        18..25 => (PAP_EXTENSION, plain::pap(random)),
        25..37 => (IEP_EXTENSION, plain::iep(random, around)),
        37..53 => (ACS_EXTENSION, acs::acs(random, around)),
        53..55 => (OTHER_EXTENSION, json!({ "extension_type": "property-extension", "x_rule": 1 })),
        55..77 => (OUR_EXTENSION, stanag::ours(random, around)),
        _ => (OUR_EXTENSION, ours(random, around)),
    };
    marking["extensions"][key] = value;
}

fn define(marking: &mut Value, kind: &str, definition: Value) {
    marking["definition_type"] = json!(kind);
    marking["definition"] = definition;
}

pub(crate) fn codes(random: &mut Random, organisations: &[String]) -> Vec<String> {
    let words: Vec<String> =
        CODES.iter().map(|code| (*code).to_owned()).chain(organisations.iter().cloned()).collect();
    let mut codes = random.some(&words, 30);
    if codes.is_empty() {
        codes.push(random.pick(&words).clone());
    }
    codes
}

/// One of the words, as it is or otherwise in case.
pub(crate) fn cased(random: &mut Random, words: &[&str]) -> String {
    let word = *random.pick(words);
    match random.below(6) {
        0 => word.to_lowercase(),
        1 => word.to_uppercase(),
        2 => word
            .chars()
            .enumerate()
            .map(
                |(place, letter)| {
                    if place % 2 == 0 { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
                },
            )
            .collect(),
        _ => word.to_owned(),
    }
}

/// A word of TLP, seldom one that is none.
fn tlp(random: &mut Random) -> Value {
    let odd = [
        json!("purple"),
        json!("TLP:TLP:RED"),
        json!("TLP: RED"),
        json!("PAP:RED"),
        json!(""),
        json!("TLP:"),
        json!("\u{ff32}ED"),
        json!("AMBER STRICT"),
        json!("GREEN "),
        json!(["RED"]),
        json!(1),
    ];
    if random.chance(12) {
        return random.pick(&odd).clone();
    }
    let prefix = *random.pick(&["", "", "TLP:", "tlp:"]);
    json!(format!("{prefix}{}", cased(random, &["CLEAR", "WHITE", "GREEN", "AMBER", "AMBER+STRICT", "RED"])))
}

/// A word of PAP, seldom one that is none.
fn pap(random: &mut Random) -> Value {
    let odd = [
        json!("purple"),
        json!("PAP:PAP:RED"),
        json!("AMBER+STRICT"),
        json!("TLP:RED"),
        json!(""),
        json!("pap"),
        json!(" RED"),
        json!("\u{ff32}ED"),
        json!({}),
        json!(true),
    ];
    if random.chance(15) {
        return random.pick(&odd).clone();
    }
    let prefix = *random.pick(&["", "", "PAP:", "pap:"]);
    json!(format!("{prefix}{}", cased(random, &["CLEAR", "WHITE", "GREEN", "AMBER", "RED"])))
}

/// Our releasability extension, whole or spoilt.
fn ours(random: &mut Random, around: &mut Around<'_>) -> Value {
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
    if random.chance(10) {
        ours["pap"] = pap(random);
    }
    if random.chance(60) {
        ours["releasable_to"] = json!(codes(random, around.organisations));
    }
    if random.chance(18) {
        let codes = codes(random, around.organisations);
        ours["not_releasable_to"] = json!(codes.get(..2).unwrap_or(&codes));
    }
    if random.chance(25) {
        ours["originator_control"] = json!(random.chance(75));
    }
    let valid = dates(random, 15, around.moments);
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
        ("classification", json!([{ "policy": "NATO", "level": "SECRET", "x_y": 1 }])),
        ("classification", json!([{ "policy": "NATO", "level": "\u{17f}ecret" }])),
        ("classification", json!([{ "policy": "nato", "level": "RESTRICTED" }])),
        ("classification", json!([{ "policy": "NATO" }])),
        ("classification", json!([])),
        ("classification", json!(["NATO"])),
        ("releasable_to", json!(["A", "NATO"])),
        ("releasable_to", json!(["AB", "NATO"])),
        ("releasable_to", json!(["NATO", "X--Y"])),
        ("releasable_to", json!(["NATO", "N".repeat(64)])),
        ("releasable_to", json!(["NATO", "N".repeat(65)])),
        ("releasable_to", json!(["NATO", "1st"])),
        ("releasable_to", json!(["NATO", "N_A.T-O/1"])),
        ("releasable_to", json!(["NATO", "\u{c5}LAND"])),
        ("releasable_to", json!(["NATO\n"])),
        ("releasable_to", json!(["identity--00000001-0000-4000-8000-00000000000g", "NATO"])),
        ("valid_from", json!("0001-01-01T00:00:00+14:00")),
        ("valid_until", json!("9999-12-31T23:59:59Z")),
        ("valid_from", json!("2026-02-29T00:00:00Z")),
        ("valid_from", json!("2026-01-31T00:00:00+24:00")),
        ("valid_from", json!("2026-01-31T00:00:00")),
        ("valid_from", json!("2026-01-31")),
        ("valid_from", json!("2016-12-31T23:59:60Z")),
        ("stanag_4774", json!("")),
        ("stanag_4774", json!(true)),
    ];
    let (name, value) = random.pick(&spoilt);
    ours[*name] = value.clone();
}
