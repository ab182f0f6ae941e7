//! Which marking-definitions are there with labels of STANAG 4774, in our extension?

use serde_json::{Value, json};

use super::{Around, cased, codes, ours as plain_ours, xml};
use crate::random::Random;

/// Our extension with labels in XML, seldom with more beside them.
pub(super) fn ours(random: &mut Random, around: &mut Around<'_>) -> Value {
    let mut made = json!({ "extension_type": "property-extension" });
    if random.chance(12) {
        made = plain_ours(random, around);
    }
    made["stanag_4774"] = labels(random, around);
    made
}

/// The originator's label, alone or with the same in other policies.
fn labels(random: &mut Random, around: &Around<'_>) -> Value {
    let originators = *random.pick(&["originatorConfidentialityLabel", "ConfidentialityLabel"]);
    let alternatives = "alternativeConfidentialityLabel";
    let policy = cased(random, &["NATO", "NATO", "NATO", "EU", "US"]);
    let mut documents = Vec::new();
    match random.below(20) {
        0..13 => return json!(document(random, around, (originators, &policy))),
        13..16 => documents.push(document(random, around, (originators, &policy))),
        _ => documents.push(document(random, around, (originators, "MINE"))),
    }
    for _ in 0..=random.below(2) {
        let policy = cased(random, &["NATO", "EU", "YOURS"]);
        documents.push(document(random, around, (alternatives, &policy)));
    }
    if random.chance(10) {
        let small = document(random, around, (alternatives, "YOURS"));
        match random.below(6) {
            0 => documents.push(document(random, around, (originators, &policy))),
            1 => documents = vec![document(random, around, (alternatives, &policy))],
            2 => documents.resize(8, small),
            3 => documents.resize(9, small),
            4 => documents.clear(),
            _ => {
                return random.pick(&[json!(1), json!([1]), json!({}), json!(["<a/>"]), json!([[]])]).clone();
            }
        }
    }
    random.shuffle(&mut documents);
    json!(documents)
}

fn document(random: &mut Random, around: &Around<'_>, (outermost, policy): (&str, &str)) -> String {
    let prefix = *random.pick(&["", "", "", "s:", "_s.1-x:"]);
    let mut content = vec![information(random, around, (prefix, policy))];
    if random.chance(12) {
        content.push(succession(random, around, prefix));
    }
    for name in ["OriginatorID", "CreationDateTime", "CreationDateTime"] {
        if random.chance(20) {
            content.push(xml::element(prefix, name, xml::attribute(random), &xml::anything(random)));
        }
    }
    if random.chance(3) {
        content.push(odd(random, prefix));
    }
    if random.chance(1) {
        content.push(information(random, around, (prefix, policy)));
    }
    if random.chance(1) {
        content.remove(0);
    }
    random.shuffle(&mut content);
    let outermost = if random.chance(1) { "Label" } else { outermost };
    xml::document(random, (prefix, outermost), &content)
}

fn information(random: &mut Random, around: &Around<'_>, (prefix, policy): (&str, &str)) -> String {
    let uri = *random.pick(&["", "", r#" URI="urn:oid:1.3.26.1.3.1""#, " URI='&lt;'"]);
    let token = xml::token(random, policy);
    let mut content = vec![xml::element(prefix, "PolicyIdentifier", uri, &token)];
    let level = level(random, policy);
    let token = xml::token(random, &level);
    content.push(xml::element(prefix, "Classification", uri, &token));
    if random.chance(15) {
        content.push(xml::element(prefix, "PrivacyMark", xml::attribute(random), &xml::anything(random)));
    }
    for _ in 0..*random.pick(&[0, 0, 1, 1, 1, 2, 3]) {
        content.push(category(random, around, prefix));
    }
    match random.below(150) {
        0 => content.push(xml::element(prefix, "Classification", "", "SECRET")),
        1 => content.insert(0, xml::element(prefix, "PolicyIdentifier", "", "NATO")),
        2 => drop(content.remove(0)),
        3 => drop(content.remove(1)),
        4 => content.push(xml::element(prefix, "PolicyIdentifier", "", "NATO")),
        5..8 => content.push(odd(random, prefix)),
        _ => {}
    }
    random.shuffle(&mut content);
    let attributes = if random.chance(1) { " Id='x'" } else { "" };
    xml::element(prefix, "ConfidentialityInformation", attributes, &content.concat())
}

/// The name of a level, as it is, after the policy's name, or of none.
fn level(random: &mut Random, policy: &str) -> String {
    let levels: &[&str] = match policy.to_uppercase().as_str() {
        "EU" => &["LOW", "LOW", "HIGH", "RESTRICTED"],
        "US" => &["U", "UNCLASSIFIED", "SECRET", "S", "C", "TOP SECRET"],
        _ => &["UNCLASSIFIED", "UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"],
    };
    let level = cased(random, levels);
    match random.below(80) {
        0..20 => format!("{policy} {level}"),
        20 => format!("{policy} {policy} {level}"),
        21 => format!("{policy}-{level}"),
        22 => format!("{policy}{level}"),
        23 => (*random.pick(&["", "COSMIC", policy, "UNCLA\u{17f}\u{17f}IFIED", "SECRET\u{a0}"])).to_owned(),
        _ => level,
    }
}

fn succession(random: &mut Random, around: &Around<'_>, prefix: &str) -> String {
    let policy = cased(random, &["NATO", "NATO", "NATO", "NATO", "NATO", "EU", "EU", "MINE"]);
    let mut content = vec![information(random, around, (prefix, &policy))];
    if random.chance(20) {
        content.push(xml::element(prefix, "CreationDateTime", "", &xml::anything(random)));
    }
    if random.chance(4) {
        content.push(odd(random, prefix));
    }
    let attributes = *random.pick(&["", "", " Id='x'", " xml:id='x'"]);
    let attributes = if random.chance(3) { " ReviewDateTime='x'" } else { attributes };
    let mut successors =
        vec![xml::element(prefix, "SuccessorConfidentialityLabel", attributes, &content.concat())];
    if random.chance(70) {
        successors.push(xml::element(prefix, "SuccessionDateTime", "", "2020-01-01T00:00:00Z"));
    }
    match random.below(50) {
        0 => successors.extend_from_within(..1),
        1 => drop(successors.remove(0)),
        2 => successors.push(odd(random, prefix)),
        _ => {}
    }
    let attributes = if random.chance(2) { " Id='x'" } else { "" };
    xml::element(prefix, "SuccessionHandling", attributes, &successors.concat())
}

/// What no table of the page names at the place.
fn odd(random: &mut Random, prefix: &str) -> String {
    let element = |name| xml::element(prefix, name, "", "x");
    match random.below(6) {
        0 => "text".to_owned(),
        1 => "<x xmlns=''/>".to_owned(),
        2 => "<x:PrivacyMark xmlns:x='urn:x'/>".to_owned(),
        3 => element("Category"),
        4 => element("SuccessorConfidentialityLabel"),
        _ => "&amp;".to_owned(),
    }
}

fn category(random: &mut Random, around: &Around<'_>, prefix: &str) -> String {
    let (kind, tag) = match random.below(200) {
        0..110 => ("PERMISSIVE", *random.pick(&["Releasable To", "Releasable To", "Only", "Context"])),
        110..145 => ("RESTRICTIVE", "Not Releasable To"),
        145..190 => ("INFORMATIVE", *random.pick(&["Administrative", "Releasable To", "x"])),
        190..192 => ("PERMISSIVE", *random.pick(&["Eyes Only", "Not Releasable To", "Re leasable To"])),
        192..194 => ("RESTRICTIVE", *random.pick(&["Special Category Designator", "Releasable To"])),
        194..196 => (*random.pick(&["permissive", "", "INFORMATIVE "]), "Releasable To"),
        196 => (*random.pick(&["INFORMATIVE", "PERMISSIVE", "RESTRICTIVE"]), *random.pick(&["", "  "])),
        _ => return odd_category(random, prefix),
    };
    let tag = cased(random, &[tag]).replace(' ', random.pick::<&str>(&[" ", " ", "  ", "&#9;", "\n"]));
    let mut attributes = format!(" Type='{kind}' TagName=\"{tag}\"");
    if random.chance(20) {
        attributes.push_str(" URI=''");
    }
    if random.chance(2) {
        attributes.push_str(random.pick::<&str>(&[" x='x'", " xml:lang='en'", " xmlns:y='y' y:x='x'"]));
    }
    if kind == "INFORMATIVE" && random.chance(60) {
        return xml::element(prefix, "Category", &attributes, &xml::anything(random));
    }
    xml::element(prefix, "Category", &attributes, &values(random, around, (prefix, kind)))
}

fn values(random: &mut Random, around: &Around<'_>, (prefix, kind): (&str, &str)) -> String {
    let mut values = Vec::new();
    let mut held = codes(random, around.organisations);
    if kind == "RESTRICTIVE" {
        held.retain(|code| code != "SEVEN-SEAS" && code != "XYZ" && code != "jpn");
        held.truncate(2);
    }
    for code in &held {
        let token = xml::token(random, code);
        values.push(xml::element(prefix, "GenericValue", "", &token));
    }
    match random.below(200) {
        0 => values.clear(),
        1 => values.push(xml::element(prefix, "GenericValue", " x='x'", "NOR")),
        2 => values.push(xml::element(prefix, "GenericValue", " xml:x='x'", "NOR")),
        3 => values.push(xml::element(prefix, "GenericValue", "", "NOR JPN")),
        4 => values.push(xml::element(prefix, "GenericValue", "", "")),
        5 => values.push(xml::element(prefix, "GenericValue", "", "NOR<x/>")),
        6 => values.push(xml::element(prefix, "IntegerValue", "", "1")),
        7 => values.push(xml::element(prefix, "BitStringValue", "", "01")),
        8 => values.push("NOR".to_owned()),
        9 => values.push("<GenericValue xmlns='urn:x'>NOR</GenericValue>".to_owned()),
        10 => values.push(xml::element(prefix, "GenericValue", "", "N\u{d8}R")),
        _ => {}
    }
    random.shuffle(&mut values);
    values.concat()
}

fn odd_category(random: &mut Random, prefix: &str) -> String {
    let attributes = [
        "",
        " Type='INFORMATIVE'",
        " Type='PERMISSIVE'",
        " TagName='Releasable To'",
        " type='PERMISSIVE' TagName='Releasable To'",
        " Type='INFORMATIVE' Tagname='x'",
        " Type='INFORMATIVE' xmlns:x='x' x:TagName='x'",
    ];
    let value = xml::element(prefix, "GenericValue", "", "NOR");
    xml::element(prefix, "Category", random.pick::<&str>(&attributes), &value)
}
