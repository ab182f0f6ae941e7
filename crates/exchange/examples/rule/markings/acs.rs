//! Which marking-definitions are there in ACS 3.0a?

use serde_json::{Value, json};

use super::{Around, codes};
use crate::{declared::dates, random::Random};

const NATIONS: [&str; 5] = ["USA", "NOR", "JPN", "NLD", "FIN"];
const ACTIONS: [&str; 12] = [
    "ALL",
    "TEARLINE",
    "IDSRC",
    "NETDEF",
    "OPACTION",
    "DSPLY",
    "TENOT",
    "LEGAL",
    "INTEL",
    "REQUEST",
    "ANONYMOUSACCESS",
    "CISAUSES",
];

/// A marking of ACS, whole or spoilt.
pub(super) fn acs(random: &mut Random, around: &mut Around<'_>) -> Value {
    let mut made =
        json!({ "extension_type": "property-extension", "control_set": control_set(random, around) });
    let mut urns = vec![urn(random)];
    if random.chance(10) {
        urns.push(urn(random));
    }
    made["policy_reference"] = json!(urns.join(*random.pick(&[" ", "\n", "\t  "])));
    if random.chance(65) {
        let mut rules: Vec<_> = (0..random.below(3)).map(|_| rule(random)).collect();
        if random.chance(70) || rules.is_empty() {
            let everyone = json!({ "privilege_action": "ALL", "rule_effect": "permit",
                "privilege_scope": { "entity": ["ALL"], "permitted_nationalities": ["ALL"] } });
            rules.insert(random.below(rules.len() + 1), everyone);
        }
        made["access_privilege"] = json!(rules);
    }
    if random.chance(30) {
        made["further_sharing"] = (0..=random.below(2)).map(|_| sharing(random, around)).collect();
    }
    let valid = dates(random, 15, around.moments);
    if let Some(moment) = valid.get("until").or(valid.get("from")) {
        made["resource_disposition"] = json!({ "disposition_date": moment, "disposition_process": [1] });
    }
    let free = [
        ("identifier", json!("isa:guide.19001.ACS3-7d")),
        ("name", json!(["x"])),
        ("create_date_time", json!("yesterday")),
        ("responsible_entity_custodian", json!("USA.DHS")),
        ("responsible_entity_originator", json!(1)),
        ("authority_reference", json!(["urn:isa:authority:misc"])),
        ("original_classification", json!({ "classified_by": "x" })),
        ("derivative_classification", json!({})),
        ("declassification", json!({ "declass_date": "2000-01-01T00:00:00Z" })),
        ("public_release", json!({ "released_by": "x" })),
    ];
    for (name, value) in random.some(&free, 15) {
        made[name] = value;
    }
    if random.chance(9) {
        spoil(random, &mut made);
    }
    made
}

fn urn(random: &mut Random) -> String {
    let privilege = *random.pick(&["permit", "permit", "deny"]);
    let sharing = *random.pick(&["permit", "deny"]);
    format!("urn:isa:policy:acs:ns:v3.0?privdefault={privilege}&sharedefault={sharing}")
}

fn control_set(random: &mut Random, around: &Around<'_>) -> Value {
    let mut made = json!({ "classification": random.pick(&["U", "U", "U", "U", "U", "C", "S", "TS"]) });
    if random.chance(25) {
        let mut nations = random.some(&NATIONS, 50);
        nations.push("NOR");
        made["permitted_nationalities"] = json!(nations);
    }
    if random.chance(20) {
        let mut organisations = codes(random, around.organisations);
        organisations.retain(|code| !NATIONS.contains(&code.as_str()));
        organisations.push("USA.DHS".to_owned());
        made["permitted_organizations"] = json!(organisations);
    }
    if random.chance(15) {
        made["shareability"] = json!(["LE", *random.pick(&["NCC", "EM", "IC", "LE"])]);
    }
    if random.chance(15) {
        made["entity"] = json!([*random.pick(&["GOV", "MIL", "CTR", "SVR", "SVC", "DEV", "NET"]), "GOV"]);
    }
    let determinations = [
        "NF",
        "FOUO",
        "PUBREL",
        "AIS",
        "PII-NECESSARY-TO-UNDERSTAND-THREAT",
        "NO-PII-PRESENT",
        "PII-NOT-PRESENT",
        "INFORMATION-DIRECTLY-RELATED-TO-CYBERSECURITY-THREAT",
    ];
    let said = random.some(&determinations, 15);
    if !said.is_empty() {
        made["formal_determination"] = json!(said);
    }
    if random.chance(5) {
        made["caveat"] = json!(["POSSIBLEPII"]);
    }
    if random.chance(6) {
        spoil_controls(random, &mut made);
    }
    made
}

fn spoil_controls(random: &mut Random, made: &mut Value) {
    let spoilt = [
        ("classification", json!("R")),
        ("classification", json!("u")),
        ("classification", json!("SECRET")),
        ("classification", json!(["U"])),
        ("permitted_nationalities", json!(["ALL"])),
        ("permitted_nationalities", json!(["XYZ"])),
        ("permitted_nationalities", json!(["nor"])),
        ("permitted_nationalities", json!(["NATO"])),
        ("permitted_nationalities", json!([])),
        ("permitted_nationalities", json!("USA")),
        ("permitted_organizations", json!(["USA.USG", "FIN"])),
        ("permitted_organizations", json!(["USA.DHS", "ALL"])),
        ("permitted_organizations", json!(["A--B"])),
        ("permitted_organizations", json!([1])),
        ("shareability", json!(["LE", "ALL"])),
        ("shareability", json!(["le"])),
        ("entity", json!(["GOV", "ANY"])),
        ("entity", json!([])),
        ("formal_determination", json!(["OC"])),
        ("formal_determination", json!(["PUBREL", "fouo"])),
        ("formal_determination", json!("NF")),
        ("caveat", json!(["FISA"])),
        ("caveat", json!(["POSSIBLEPII", "CISAPROPRIETARY"])),
        ("caveat", json!([])),
        ("sci_controls", json!(["HCS"])),
        ("logical_authority_category", json!([])),
        ("sensitivity", json!(["NTOC_DHS_ECYBER_SVC_SHARE.NSA.NSA"])),
        ("x_y", json!(1)),
    ];
    if random.chance(4) {
        made.as_object_mut().map(|made| made.remove("classification"));
        return;
    }
    let (name, value) = random.pick(&spoilt);
    made[*name] = value.clone();
}

/// A rule about what may be done, of somebody or of everyone.
fn rule(random: &mut Random) -> Value {
    let action = *random.pick(&ACTIONS);
    let effect = *random.pick(&["permit", "permit", "deny"]);
    let scopes = [
        json!({ "entity": ["ALL"] }),
        json!({ "permitted_nationalities": ["ALL"], "permitted_organizations": ["ALL"], "shareability": ["ALL"],
            "entity": ["ALL"] }),
        json!({ "permitted_organizations": ["ALL"], "entity": ["GOV"] }),
        json!({ "permitted_nationalities": ["ALL", "USA"] }),
        json!({ "shareability": ["all"] }),
        json!({ "permitted_organizations": ["no code at all"] }),
    ];
    let mut rule =
        json!({ "privilege_action": action, "rule_effect": effect, "privilege_scope": random.pick(&scopes) });
    let spoilt = [
        ("privilege_action", json!("SPY")),
        ("privilege_action", json!("all")),
        ("privilege_action", json!(["ALL"])),
        ("rule_effect", json!("Permit")),
        ("rule_effect", json!(false)),
        ("privilege_scope", json!({})),
        ("privilege_scope", json!({ "entity": [] })),
        ("privilege_scope", json!({ "entity": "ALL" })),
        ("privilege_scope", json!({ "entity": ["ALL", 1] })),
        ("privilege_scope", json!({ "entity": ["ALL"], "x_y": ["ALL"] })),
        ("privilege_scope", json!(["ALL"])),
        ("x_y", json!(1)),
    ];
    if random.chance(4) {
        let (name, value) = random.pick(&spoilt);
        rule[*name] = value.clone();
    }
    rule
}

/// A rule about passing on.
fn sharing(random: &mut Random, around: &Around<'_>) -> Value {
    let mut scope = codes(random, around.organisations);
    scope.retain(|code| !NATIONS.contains(&code.as_str()) && code != "SEVEN-SEAS" && code != "XYZ");
    scope.push((*random.pick(&["USA.DHS", "GOV", "IP4", "LE"])).to_owned());
    let odd: [&[&str]; 6] =
        [&["FOREIGNGOV"], &["LE", "SECTOR"], &["JPN", "LE"], &["no code"], &[], &["identity--1"]];
    if random.chance(5) {
        scope = random.pick(&odd).iter().map(|code| (*code).to_owned()).collect();
    }
    let effect = *random.pick(&["permit", "deny", "deny"]);
    let mut rule = json!({ "rule_effect": effect, "sharing_scope": scope });
    let spoilt = [
        ("rule_effect", json!("Deny")),
        ("sharing_scope", json!("LE")),
        ("sharing_scope", json!([1])),
        ("x_y", json!(1)),
    ];
    if random.chance(4) {
        let (name, value) = random.pick(&spoilt);
        rule[*name] = value.clone();
    }
    rule
}

fn spoil(random: &mut Random, made: &mut Value) {
    let good = "urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit";
    let spoilt = [
        ("policy_reference", json!("")),
        ("policy_reference", json!(" ")),
        ("policy_reference", json!([good])),
        ("policy_reference", json!(format!("{good}\u{c}{good}"))),
        ("policy_reference", json!(format!("{good}\u{b}{good}"))),
        ("policy_reference", json!(format!("{good}\u{a0}{good}"))),
        ("policy_reference", json!(format!("{good},{good}"))),
        ("policy_reference", json!(format!(" {good}\n"))),
        ("policy_reference", json!(format!("{good} urn:isa:policy:acs:ns:v2.0"))),
        ("policy_reference", json!(format!("{good}&x=1"))),
        ("policy_reference", json!("urn:isa:policy:acs:ns:v3.0?sharedefault=permit&privdefault=permit")),
        ("policy_reference", json!("urn:isa:policy:acs:ns:v3.0?privdefault=Permit&sharedefault=permit")),
        ("policy_reference", json!("URN:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit")),
        ("policy_reference", json!("urn:isa:policy:acs:ns:v3.0")),
        ("control_set", json!([])),
        ("control_set", json!({})),
        ("access_privilege", json!([])),
        ("access_privilege", json!({})),
        ("access_privilege", json!(["ALL"])),
        ("further_sharing", json!([])),
        ("further_sharing", json!([1])),
        ("resource_disposition", json!({})),
        ("resource_disposition", json!({ "disposition_process": "x" })),
        ("resource_disposition", json!({ "disposition_date": "never" })),
        ("resource_disposition", json!("2026-03-01T00:00:00Z")),
        ("x_y", json!(1)),
    ];
    if random.chance(10) {
        let name = *random.pick(&["policy_reference", "control_set"]);
        made.as_object_mut().map(|made| made.remove(name));
        return;
    }
    let (name, value) = random.pick(&spoilt);
    made[*name] = value.clone();
}
