//! Audience × label → decision, as a table that a policy officer can read.

use releasability::{
    Decision, Label, Organisation,
    marking::{ACS_EXTENSION, IEP_EXTENSION, PAP_EXTENSION},
    stanag::NAMESPACE,
};

use crate::world::{Who, audiences, label, marked, organisation, own, policy};

const GOLDEN: &str = include_str!("../golden/matrix.txt");

fn iep(from: &str, attribution: &str) -> String {
    format!(
        r#""tlp":"amber","permitted_actions":"none","start_date":"{from}T00:00:00Z","provider_attribution":"{attribution}""#
    )
}

fn acs(classification: &str, more: &str) -> String {
    format!(
        r#""policy_reference":"urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit","control_set":{{"classification":"{classification}"{more}}}"#
    )
}

fn category(kind: &str, tag: &str, value: &str) -> String {
    format!("<Category Type='{kind}' TagName='{tag}'><GenericValue>{value}</GenericValue></Category>")
}

fn stanag(classification: &str, categories: &str) -> Label {
    stanag_of("NATO", classification, categories)
}

fn stanag_of(policy: &str, classification: &str, categories: &str) -> Label {
    label(&format!(
        r#""stanag_4774":"<originatorConfidentialityLabel xmlns='{NAMESPACE}'><ConfidentialityInformation><PolicyIdentifier>{policy}</PolicyIdentifier><Classification>{classification}</Classification>{categories}</ConfidentialityInformation></originatorConfidentialityLabel>""#
    ))
}

/// Label in words, its content in our extension, who brought it.
fn labels() -> Vec<(&'static str, Label, Organisation)> {
    let third = || organisation(9);
    let mine = |name, content: &str| (name, label(content), own());
    let theirs = |name, content: &str| (name, label(content), third());
    let jpn = organisation(5);
    let anonymous = marked(IEP_EXTENSION, &iep("2026-01-01", "must-not").replace("amber", "green"));
    let nationalities = r#","permitted_nationalities":["NOR","USA"]"#;
    let organizations = r#","permitted_organizations":["USA.USG"]"#;
    let rel = |code: &str| category("PERMISSIVE", "Releasable To", code);
    let not = |code: &str| category("RESTRICTIVE", "Not Releasable To", code);
    let special = &category("RESTRICTIVE", "Additional Sensitivity", "CRYPTO");
    let red_named = format!(r#""tlp":"RED","releasable_to":["{jpn}"]"#);
    vec![
        mine("CLEAR", r#""tlp":"CLEAR""#),
        mine("GREEN", r#""tlp":"GREEN""#),
        mine("AMBER", r#""tlp":"AMBER""#),
        mine("AMBER+STRICT", r#""tlp":"AMBER+STRICT""#),
        mine("RED", r#""tlp":"RED""#),
        mine("AMBER, REL NATO", r#""tlp":"AMBER","releasable_to":["NATO"]"#),
        mine("AMBER, REL NATO + JPN", r#""tlp":"AMBER","releasable_to":["NATO","JPN"]"#),
        mine(
            "AMBER, REL NATO + JPN, NOT NOR",
            r#""tlp":"AMBER","releasable_to":["NATO","JPN"],"not_releasable_to":["NOR"]"#,
        ),
        mine("CLEAR, NOT a community nobody declared", r#""not_releasable_to":["NOBODY"]"#),
        mine("CLEAR, REL a community nobody declared", r#""releasable_to":["NOBODY"]"#),
        mine("NATO RESTRICTED", r#""classification":[{"policy":"NATO","level":"RESTRICTED"}]"#),
        mine("NATO SECRET", r#""classification":[{"policy":"NATO","level":"SECRET"}]"#),
        mine("RED, REL org JPN-RED", &red_named),
        mine("RED, REL JPN", r#""tlp":"RED","releasable_to":["JPN"]"#),
        mine("CLEAR, until 2025", r#""valid_until":"2025-01-01T00:00:00Z""#),
        mine("CLEAR, from 2027", r#""valid_from":"2027-01-01T00:00:00Z""#),
        mine("CLEAR, until 2027", r#""valid_until":"2027-01-01T00:00:00Z""#),
        mine("CLEAR, REL MISSION (JPN until July 2026)", r#""releasable_to":["MISSION"]"#),
        mine("not understood", r#""embargo":true"#),
        theirs("GREEN from a third partner", r#""tlp":"GREEN""#),
        theirs("GREEN, ORCON, from a third partner", r#""tlp":"GREEN","originator_control":true"#),
        theirs(
            "GREEN, ORCON, REL NATO, from a third partner",
            r#""tlp":"GREEN","originator_control":true,"releasable_to":["NATO"]"#,
        ),
        theirs("AMBER from a third partner", r#""tlp":"AMBER""#),
        theirs(
            "AMBER, REL NATO + JPN, from a third partner",
            r#""tlp":"AMBER","releasable_to":["NATO","JPN"]"#,
        ),
        ("PAP RED", marked(PAP_EXTENSION, r#""pap":"red""#), own()),
        ("IEP amber, in force", marked(IEP_EXTENSION, &iep("2026-01-01", "may")), own()),
        ("IEP amber, from 2027", marked(IEP_EXTENSION, &iep("2027-01-01", "may")), own()),
        ("IEP green, not to be attributed, third partner", anonymous, third()),
        ("ACS U, US declared, nobody cleared but NOR", marked(ACS_EXTENSION, &acs("U", "")), own()),
        ("ACS U, NOFORN", marked(ACS_EXTENSION, &acs("U", r#","formal_determination":["NF"]"#)), own()),
        ("ACS U, nationalities NOR USA", marked(ACS_EXTENSION, &acs("U", nationalities)), own()),
        ("ACS U, organisation USA.USG not declared", marked(ACS_EXTENSION, &acs("U", organizations)), own()),
        ("ACS S", marked(ACS_EXTENSION, &acs("S", "")), own()),
        ("ACS U, compartment", marked(ACS_EXTENSION, &acs("U", r#","sci_controls":["SI"]"#)), own()),
        ("STANAG NATO RESTRICTED", stanag("RESTRICTED", ""), own()),
        ("STANAG NATO UNCLASSIFIED, REL JPN", stanag("UNCLASSIFIED", &rel("JPN")), own()),
        ("STANAG NATO UNCLASSIFIED, REL NATO", stanag("UNCLASSIFIED", &rel("NATO")), own()),
        ("STANAG NATO UNCLASSIFIED, NOT NOR", stanag("UNCLASSIFIED", &not("NOR")), own()),
        ("STANAG, restricted to a tag not understood", stanag("UNCLASSIFIED", special), own()),
        ("STANAG, policy not declared", stanag_of("EU", "UNCLASSIFIED", ""), own()),
        (
            "RED, not understood, from NOR itself",
            label(r#""tlp":"RED""#).join(&Label::unknown("x")),
            organisation(2),
        ),
    ]
}

fn cell(who: &Who, label: &Label, origin: &Organisation) -> String {
    match policy().decide(label, origin, &who.reader()) {
        Decision::Release => "release".to_owned(),
        Decision::Withhold(reason) => format!("withhold ({})", reason.rule()),
    }
}

#[test]
fn the_table_says_what_the_engine_decides() {
    let audiences = audiences();
    let names: Vec<_> = audiences.iter().map(|who| who.name.to_owned()).collect();
    let width = labels().iter().map(|(name, ..)| name.len()).max().unwrap();
    let row = |name: &str, cells: &[String]| {
        let cells = cells.iter().fold(String::new(), |row, cell| format!("{row} | {cell:<13}"));
        format!("{name:<width$}{}\n", cells.trim_end())
    };
    let mut table = row("label", &names);
    for (name, label, origin) in labels() {
        let cells: Vec<_> = audiences.iter().map(|who| cell(who, &label, &origin)).collect();
        table += &row(name, &cells);
    }
    if std::env::var_os("CRESSET_BLESS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/matrix.txt"), &table).unwrap();
        return;
    }
    assert_eq!(table, GOLDEN, "set CRESSET_BLESS=1 to write the table anew, then review it");
}
