//! Audience × label → decision, as a table that a policy officer can read.

use releasability::{Decision, Label, Organisation};

use crate::world::{Who, audiences, label, organisation, own, policy};

const GOLDEN: &str = include_str!("../golden/matrix.txt");

/// Label in words, its content in our extension, who brought it.
fn labels() -> Vec<(&'static str, Label, Organisation)> {
    let third = || organisation(9);
    let mine = |name, content: &str| (name, label(content), own());
    let theirs = |name, content: &str| (name, label(content), third());
    let jpn = organisation(5);
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
