//! Which marking-definitions are there in TLP 2.0, PAP and FIRST IEP 2.0?

use serde_json::{Value, json};

use super::{Around, cased, pap as pap_word, tlp};
use crate::{declared::dates, random::Random};

/// The extension of TLP 2.0.
pub(super) fn tlp_2(random: &mut Random) -> Value {
    let mut made = json!({ "extension_type": "property-extension", "tlp_2_0": tlp(random) });
    more(random, &mut made, "tlp_2_0");
    made
}

/// The extension of PAP.
pub(super) fn pap(random: &mut Random) -> Value {
    let mut made = json!({ "extension_type": "property-extension", "pap": pap_word(random) });
    more(random, &mut made, "pap");
    made
}

/// Seldom another property, or another instead of the one.
fn more(random: &mut Random, made: &mut Value, name: &str) {
    let chance = random.below(100);
    if chance < 4 {
        made["x_y"] = json!("CLEAR");
    }
    if chance == 0 {
        made[name] = json!(["CLEAR"]);
    }
    if chance == 4 {
        *made = json!({ "extension_type": "property-extension", "tlp": "RED" });
    }
}

const ACTIONS: [&str; 5] = [
    "externally-visible-direct-actions",
    "externally-visible-indirect-actions",
    "internally-visible-actions",
    "contact-for-instruction",
    "none",
];

/// A policy of FIRST IEP 2.0, whole or spoilt.
pub(super) fn iep(random: &mut Random, around: &mut Around<'_>) -> Value {
    let tlp = ["white", "white", "green", "green", "amber", "red"];
    let mut made = json!({ "extension_type": "property-extension", "tlp": cased(random, &tlp),
        "permitted_actions": cased(random, &ACTIONS), "start_date": "2025-01-01T00:00:00Z" });
    let valid = dates(random, 30, around.moments);
    for (name, long) in [("from", "start_date"), ("until", "end_date")] {
        if let Some(moment) = valid.get(name) {
            made[long] = moment.clone();
        }
    }
    let optional: [(&str, &[&str]); 5] = [
        ("provider_attribution", &["may", "must", "must-not"]),
        ("attribution", &["may", "must", "must-not"]),
        ("encrypt_in_transit", &["must", "may"]),
        ("affected_party_notifications", &["may", "must-not"]),
        ("unmodified_resale", &["may", "must-not"]),
    ];
    for (name, words) in optional {
        if random.chance(30) {
            made[name] = json!(cased(random, words));
        }
    }
    let free = [
        ("iep_id", json!("7")),
        ("name", json!({ "en": "policy" })),
        ("description", json!(["x"])),
        ("external_reference", json!("https://a.example")),
        ("iep_version", json!(2)),
        ("iep_version", json!(2.0)),
    ];
    for (name, value) in random.some(&free, 20) {
        made[name] = value;
    }
    if random.chance(15) {
        spoil(random, &mut made);
    }
    made
}

fn spoil(random: &mut Random, made: &mut Value) {
    let spoilt = [
        ("tlp", json!("amber+strict")),
        ("tlp", json!("TLP:AMBER")),
        ("tlp", json!("clear")),
        ("tlp", json!(["red"])),
        ("permitted_actions", json!("internally visible actions")),
        ("permitted_actions", json!(["none"])),
        ("start_date", json!("2026-01-31T01:00:00+01:00")),
        ("start_date", json!("2026-01-31t00:00:00.123456789z")),
        ("start_date", json!("2026-01-31 00:00:00Z")),
        ("start_date", json!(1_767_225_600)),
        ("end_date", json!("9999-12-31T23:59:59.999Z")),
        ("end_date", json!("2026-01-31T00:00:00-00:00")),
        ("end_date", json!("")),
        ("provider_attribution", json!("must not")),
        ("attribution", json!("mu\u{17f}t-not")),
        ("attribution", json!(false)),
        ("encrypt_in_transit", json!("must-not")),
        ("affected_party_notifications", json!("must")),
        ("unmodified_resale", json!("must")),
        ("unmodified_resale", json!("")),
        ("iep_version", json!("2.0")),
        ("iep_version", json!(2.5)),
        ("iep_version", json!(1)),
        ("iep_version", json!(-2)),
        ("iep_version", json!(true)),
        ("obfuscate_affected_parties", json!("must")),
    ];
    if random.chance(15) {
        // One of what must be there is not.
        let name = *random.pick(&["tlp", "permitted_actions", "start_date"]);
        made.as_object_mut().map(|made| made.remove(name));
        return;
    }
    let (name, value) = random.pick(&spoilt);
    made[*name] = value.clone();
}
