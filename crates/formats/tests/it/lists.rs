//! Do lists become the indicators that their columns say?

use formats::{
    export::Format,
    list::{List, Role, Row},
    report::Source,
};
use serde_json::json;
use stix::Timestamp;

use crate::written::{export, indicator};

fn read(text: &str) -> Option<(Vec<Role>, Vec<Row>)> {
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let markings = ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb".to_owned()];
    let source = Source {
        name: "list",
        text,
        published: now,
        created_by: None,
        markings: &markings,
        indicators_from: None,
    };
    let list = List::new(&source, now)?;
    Some((list.columns().iter().map(|column| column.role).collect(), list.collect()))
}

#[test]
fn columns_are_found_by_their_header_and_by_what_they_hold() {
    let (roles, rows) = read(
        "sha256,md5,first_seen,valid_until,confidence,tlp,description\n\
         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855,d41d8cd98f00b204e9800998ecf8427e,2024-05-06,2024-06-06,80,TLP:RED,\"one, two\"\n\
         ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad,,2024-05-07,2024-05-01,high,AMBER,\n",
    )
    .unwrap();
    assert_eq!(
        roles,
        [
            Role::Value,
            Role::Value,
            Role::ValidFrom,
            Role::ValidUntil,
            Role::Confidence,
            Role::Marking,
            Role::Description
        ]
    );
    let first = &rows[0].objects[0];
    assert!(first["pattern"].as_str().unwrap().contains(" OR "), "{first}");
    assert_eq!(first["valid_until"], "2024-06-06T00:00:00.000Z");
    assert_eq!((first["confidence"].as_u64(), &first["description"]), (Some(80), &"one, two".into()));
    assert_eq!(first["object_marking_refs"].as_array().unwrap().len(), 2);
    let codes: Vec<_> = rows[1].findings.iter().map(|one| (one.line, one.cell, one.code)).collect();
    assert_eq!(codes, [(3, 5, "list-number"), (3, 0, "list-date")]);
    assert_eq!(rows[1].objects.len(), 1, "the rest of the row is kept");
}

#[test]
fn plain_lists_and_hosts_files_are_read() {
    let (_, rows) = read("# a list\nevil[.]example # loader\nhxxp://b[.]example/x\n203.0.113.0/24\n0.0.0.0 c.example\nnonsense here\n").unwrap();
    let patterns: Vec<_> =
        rows.iter().flat_map(|row| &row.objects).map(|one| one["pattern"].as_str().unwrap()).collect();
    assert_eq!(
        patterns,
        [
            "[domain-name:value = 'evil.example']",
            "[url:value = 'http://b.example/x']",
            "[ipv4-addr:value ISSUBSET '203.0.113.0/24']",
            "[domain-name:value = 'c.example']"
        ]
    );
    assert_eq!(rows[0].objects[0]["description"], "loader");
    assert_eq!((rows[4].line, rows[4].findings[0].code), (6, "list-value"));
}

#[test]
fn delimiters_are_found_out() {
    for mark in ["\t", ";", "|", ","] {
        let text = format!("a.example{mark}2024-01-02\nb.example{mark}2024-01-03\n");
        let (roles, rows) = read(&text).unwrap();
        assert_eq!(roles, [Role::Value, Role::ValidFrom], "{mark:?}");
        assert_eq!(rows.len(), 2);
    }
    assert!(read("This is prose, and it goes on.\nIt has no value, none at all.\n").is_none());
}

#[test]
fn what_was_exported_as_a_table_comes_in_as_the_same_indicators() {
    let values = [
        ("domain-name:value", "one.evil-host.net"),
        ("ipv4-addr:value", "203.0.113.7"),
        ("url:value", "http://one.evil-host.net/a?b=c"),
        ("email-addr:value", "a@evil-host.net"),
        ("file:hashes.'SHA-256'", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("file:hashes.MD5", "d41d8cd98f00b204e9800998ecf8427e"),
    ];
    let sent: Vec<_> = (1..)
        .zip(values)
        .map(|(number, (path, value))| {
            let mut one = indicator(number, &format!("[{path} = '{value}']"));
            one["confidence"] = json!(50 + number);
            one["description"] = json!("=not a formula, one sentence");
            one["valid_until"] = json!("2027-01-01T00:00:00.000Z");
            one
        })
        .collect();
    let (parts, _) = export(Format::Csv, &sent);
    let (_, rows) = read(&parts["indicators.csv"]).unwrap();
    let came: Vec<_> = rows.iter().flat_map(|row| &row.objects).collect();
    assert_eq!(came.len(), sent.len(), "{rows:?}");
    for (came, sent) in came.iter().zip(&sent) {
        for key in ["pattern", "confidence", "name", "valid_until"] {
            assert_eq!(came[key], sent[key], "{key} of {came}");
        }
        let moment = |one: &serde_json::Value| Timestamp::parse(one["valid_from"].as_str().unwrap()).unwrap();
        assert_eq!(moment(came), moment(sent));
        // A spreadsheet sees no formula; neither does who reads the list take the sign away.
        assert_eq!(came["description"], "'=not a formula, one sentence");
        assert_ne!(came["id"], sent["id"], "a list makes indicators of its own");
    }
}
