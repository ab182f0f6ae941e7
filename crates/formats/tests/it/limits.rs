//! What is too much, is it told, and is all below it done?

use std::fmt::Write as _;

use formats::{
    document::{self, DocumentError},
    export::{Format, Why},
    names::{Known, NAME_BYTES_MAX, NAMES_MAX, Names},
    report::{self, MENTIONS_MAX, OBJECTS_MAX, Source},
    statement::{self, SENTENCES_MAX},
    text::{self, PROPOSALS_MAX, TEXT_BYTES_MAX, TOKEN_BYTES_MAX, TextError},
};
use serde_json::{Value, json};
use stix::Timestamp;

use crate::written::{export, indicator};

fn nobody() -> Names {
    Names::new([]).unwrap()
}

fn called(name: &str) -> Known {
    Known { object_type: "malware".to_owned(), name: name.to_owned(), ..Known::default() }
}

fn technique(number: usize) -> Value {
    json!({
        "type": "attack-pattern", "spec_version": "2.1", "id": format!("attack-pattern--{number:08x}-0000-4000-8000-000000000000"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "name": format!("P{number}"),
        "external_references": [{"source_name": "mitre-attack", "external_id": format!("T{:04}", number % 10_000)}]
    })
}

#[test]
fn a_layer_holds_so_many_techniques_and_tells_of_the_rest() {
    let most = formats::navigator::TECHNIQUES_MAX;
    let told = |objects: Vec<Value>| {
        let (_, account) = export(Format::Navigator, &objects);
        (account.said, account.left_out.get(&Why::Numbers).copied())
    };
    assert_eq!(told((0..most).map(technique).collect()), (most as u64, None));
    assert_eq!(told((0..=most).map(technique).collect()), (most as u64, Some(1)));
    let spoken = |count: usize| {
        let relationship = |number: usize| {
            let mut object = technique(number);
            object["type"] = json!("relationship");
            object["id"] = json!(format!("relationship--{number:08x}-0000-4000-8000-000000000000"));
            object["target_ref"] = json!(format!("attack-pattern--{number:08x}-0000-4000-8000-000000000000"));
            object["source_ref"] = json!("malware--00000001-0000-4000-8000-000000000000");
            object["relationship_type"] = json!("uses");
            object
        };
        (0..count).map(relationship).collect()
    };
    assert_eq!(told(spoken(most)), (most as u64, None));
    assert_eq!(told(spoken(most + 1)), (most as u64, Some(1)));
}

#[test]
fn an_event_of_misp_has_so_many_clusters_and_tells_of_the_rest() {
    let most = formats::misp::GALAXIES_MAX;
    let told = |count: usize| {
        let (_, account) = export(Format::Misp, &(0..count).map(technique).collect::<Vec<_>>());
        (account.said, account.left_out.get(&Why::Numbers).copied())
    };
    assert_eq!((told(most), told(most + 1)), ((most as u64, None), (most as u64, Some(1))));
}

#[test]
fn a_report_for_people_counts_so_many_types_each_by_itself() {
    let most = formats::markdown::TYPES_MAX;
    let others = |count: usize| {
        let of_type = |number: usize| {
            let mut object = indicator(1, "");
            object["type"] = json!(format!("x-t{number}"));
            object["id"] = json!(format!("x-t{number}--00000001-0000-4000-8000-000000000000"));
            object
        };
        let (parts, _) = export(Format::Markdown, &(0..count).map(of_type).collect::<Vec<_>>());
        parts["report.md"].lines().find(|line| line.starts_with("| other |")).map(str::to_owned)
    };
    assert_eq!((others(most), others(most + 2)), (None, Some("| other | 2 |".to_owned())));
}

#[test]
fn a_line_for_people_is_cut() {
    let most = formats::export::plain::LINE_CHARS_MAX;
    let shown = |characters: usize| {
        let mut object = indicator(1, "[mutex:name = 'm']");
        object["name"] = json!("é".repeat(characters));
        let (parts, _) = export(Format::Markdown, &[object]);
        let kept = parts["report.md"].matches('é').count();
        (kept, parts["report.md"].contains("é…"))
    };
    assert_eq!((shown(most), shown(most + 1)), ((most, false), (most, true)));
}

#[test]
fn so_many_names_are_looked_for_and_the_rest_is_counted() {
    let spare = NAMES_MAX - nobody().len();
    let of = |count: usize| Names::new((0..count).map(|number| called(&format!("Zq{number:x}q")))).unwrap();
    let left_out = |names: &Names| (names.len(), names.left_out());
    assert_eq!(left_out(&of(spare)), (NAMES_MAX, 0));
    // The gazetteer comes behind what is given, so that it pushes out nothing of what a node knows.
    let full = of(spare + 1);
    assert_eq!(left_out(&full), (NAMES_MAX, 1));
    assert_eq!(text::read(&format!("Zq{spare:x}q was seen."), &full).unwrap().proposals.len(), 1);
    let one = |bytes: usize| nobody().len() + 1 == Names::new([called(&"Q".repeat(bytes))]).unwrap().len();
    assert!(one(NAME_BYTES_MAX) && !one(NAME_BYTES_MAX + 1));
}

#[test]
fn a_text_has_so_many_finds_and_the_rest_is_counted() {
    let read = |count: usize| {
        let mut text = String::new();
        for number in 0..count {
            writeln!(text, "hxxp://h{number}[.]example/").unwrap();
        }
        let reading = text::read(&text, &nobody()).unwrap();
        (reading.proposals.len(), reading.left_out)
    };
    assert_eq!(read(PROPOSALS_MAX), (PROPOSALS_MAX, 0));
    assert_eq!(read(PROPOSALS_MAX + 1), (PROPOSALS_MAX, 1));
}

#[test]
fn a_text_a_file_and_a_word_are_so_long_and_no_longer() {
    let long = " ".repeat(TEXT_BYTES_MAX + 1);
    assert_eq!(text::read(&long, &nobody()), Err(TextError::TooLong(TEXT_BYTES_MAX + 1)));
    let refused = document::read(long.as_bytes()).unwrap_err();
    assert_eq!(refused, DocumentError::TooLong { bytes: TEXT_BYTES_MAX + 1, most: TEXT_BYTES_MAX });
    assert_eq!(document::read(&long.as_bytes()[1..]).unwrap().text.len(), TEXT_BYTES_MAX);
    let found = |bytes: usize| {
        let head = "http://a.example/";
        let word = format!("{head}{}", "a".repeat(bytes - head.len()));
        text::read(&word, &nobody()).unwrap().proposals.len()
    };
    assert_eq!((found(TOKEN_BYTES_MAX), found(TOKEN_BYTES_MAX + 1)), (1, 0));
}

fn objects(text: &str) -> Vec<Value> {
    let names = nobody();
    let source = Source {
        name: "report",
        text,
        published: Timestamp::EPOCH,
        created_by: None,
        markings: &[],
        indicators_from: None,
    };
    report::objects(&source, &text::read(text, &names).unwrap(), &names, Timestamp::EPOCH)
}

#[test]
fn a_report_keeps_so_many_mentions_of_one_thing_and_refers_to_so_many_objects() {
    let mentions = |count: usize| {
        let all = objects(&"hxxp://a[.]example/\n\n".repeat(count));
        let note = all.iter().find(|object| object["type"] == "note").unwrap();
        let extension = &note["extensions"][report::MENTIONS];
        (extension["mentions"].as_array().unwrap().len(), extension["left_out"].as_u64().unwrap())
    };
    assert_eq!((mentions(MENTIONS_MAX), mentions(MENTIONS_MAX + 1)), ((MENTIONS_MAX, 0), (MENTIONS_MAX, 1)));
    let links = |count: usize| {
        let mut text = String::new();
        for number in 0..count {
            writeln!(text, "hxxp://h{number}[.]example/\n").unwrap();
        }
        let all = objects(&text);
        let told = all.last().unwrap()["extensions"][report::MENTIONS]["left_out"].as_u64().unwrap();
        (all.iter().filter(|object| object["type"] == "url").count(), told)
    };
    assert_eq!((links(OBJECTS_MAX), links(OBJECTS_MAX + 1)), ((OBJECTS_MAX, 0), (OBJECTS_MAX, 1)));
}

#[test]
fn so_many_sentences_of_a_statement_are_looked_at_and_the_rest_is_counted() {
    let read = |before: usize| {
        let text = format!("{}Japan plans to build a school.\n", "It is so.\n\n".repeat(before));
        let statement = statement::read(&text, &nobody()).unwrap();
        (statement.commitments.len(), statement.left_out)
    };
    assert_eq!((read(SENTENCES_MAX - 1), read(SENTENCES_MAX)), ((1, 0), (0, 1)));
}
