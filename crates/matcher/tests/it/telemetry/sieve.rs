//! Is every line read that an indicator matches?

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write as _,
    sync::{LazyLock, Mutex},
};

use cresset_matcher::{
    MatcherLimits, Observation, Program,
    scan::{self, IndicatorSlot},
    sieve::{Sieve, Sifted},
    telemetry::{Reader, TelemetryLimits, Wanted},
};
use proptest::prelude::*;
use stix::pattern::Pattern;

use super::{
    SAMPLES, now,
    properties::{patterns, program},
    sources,
};

/// What nobody looks for, at both ends: the first and the last line are always read.
const FILLER: &str = r#"{"ts":1,"_path":"weird","uid":"C1","name":"nothing"}"#;

fn sieve(patterns: &[String]) -> Sieve {
    let mut sieve = Sieve::new(3);
    let borrowed: Vec<_> = patterns.iter().collect();
    let paths = program(&borrowed).paths();
    for (text, number) in patterns.iter().zip(0..) {
        insert(&mut sieve, text, number);
    }
    sieve.want(&wanted(paths), None);
    sieve
}

/// What paths need; working that out is most of the work of these tests, and the same paths come again and again.
fn wanted(paths: BTreeSet<String>) -> Wanted {
    static KNOWN: LazyLock<Mutex<HashMap<BTreeSet<String>, Wanted>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap();
    let make = |paths: &BTreeSet<String>| Wanted::new(&sources(), paths.iter().map(String::as_str));
    known.entry(paths).or_insert_with_key(make).clone()
}

fn slot(number: u32) -> IndicatorSlot {
    IndicatorSlot::new(number).unwrap()
}

fn insert(sieve: &mut Sieve, text: &str, number: u32) {
    sieve.insert(text, slot(number), &MatcherLimits::DEFAULT).unwrap();
}

/// The numbers of the lines that are read.
fn read(sieve: &Sieve, piece: &str) -> Vec<u64> {
    let sifted = sieve.sift(piece.as_bytes());
    let lines: Vec<&str> = piece.split('\n').collect();
    for line in &sifted.read {
        let number = usize::try_from(line.number).unwrap();
        assert_eq!(&piece[line.bytes.clone()], lines[number].trim_end_matches('\r'));
    }
    sifted.read.into_iter().map(|line| line.number).collect()
}

/// What lines say when everything is read, in their order; the first of them may be a header.
fn whole(lines: &str) -> Vec<(&str, Vec<Observation>)> {
    let everything = Wanted::everything(&sources());
    let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
    lines
        .lines()
        .map(|line| (line, reader.read(line.as_bytes(), &everything, now()).unwrap_or_default()))
        .collect()
}

fn is_found(pattern: &str, observations: &[Observation]) -> bool {
    let text = pattern.to_owned();
    let mut program: Program = program(&[&text]);
    observations.iter().any(|own| !program.observe(own, now()).is_empty())
}

#[test]
fn every_value_of_every_source_is_found_in_its_line() {
    let mut compared = 0;
    for (_, lines, _) in SAMPLES {
        for (line, observations) in whole(lines) {
            let piece = format!("{FILLER}\n{line}\n{FILLER}\n");
            for part in observations.iter().flat_map(patterns) {
                let pattern = format!("[{part}]");
                if is_found(&pattern, &observations) {
                    assert!(
                        read(&sieve(std::slice::from_ref(&pattern)), &piece).contains(&1),
                        "{pattern} in {line}"
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 400, "{compared}");
}

#[test]
fn what_stands_behind_a_host_makes_no_other_host_of_it() {
    for (host, uri, url) in [
        ("bad.example", "/a@b", Some("http://bad.example/a@b")),
        ("bad.example", ":8080/a", Some("http://bad.example:8080/a")),
        ("bad.example:8080", "/a", Some("http://bad.example:8080/a")),
        ("bad.example", "?a", Some("http://bad.example?a")),
        ("user", ":80@bad.example/a", None),
        ("bad.example", ":80:90/a", None),
        ("bad.example", ":x/a", None),
    ] {
        let line = format!(r#"{{"ts":1,"uid":"C1","id.orig_h":"192.0.2.1","host":"{host}","uri":"{uri}"}}"#);
        let (_, observations) = whole(&line).remove(0);
        let pattern = format!("[url:value = '{}']", url.map_or(format!("http://{host}{uri}"), str::to_owned));
        assert_eq!(is_found(&pattern, &observations), url.is_some(), "{line}");
        let piece = format!("{FILLER}\n{line}\n{FILLER}\n");
        assert!(url.is_none() || read(&sieve(&[pattern]), &piece).contains(&1), "{line}");
    }
}

#[test]
fn what_nobody_looks_for_is_left_out() {
    let sieve = sieve(&["[domain-name:value = 'nowhere.example']".to_owned()]);
    for (name, lines, _) in
        SAMPLES.iter().filter(|(name, ..)| ["zeek-json", "suricata", "ecs"].contains(name))
    {
        let piece = format!("{FILLER}\n{lines}{FILLER}");
        let last = u64::try_from(lines.lines().count() + 1).unwrap();
        assert_eq!(read(&sieve, &piece), [0, last], "{name}");
    }
}

#[test]
fn lines_that_are_no_objects_are_read_whatever_is_looked_for() {
    let sieve = sieve(&["[domain-name:value = 'nowhere.example']".to_owned()]);
    let piece = "{}\r\n{}\n#fields\ta\n\n<34>1 x\n{\"a\":1\n {}\n\u{feff}{}\n{}\r\n{}\n{}\n";
    assert_eq!(read(&sieve, piece), [0, 2, 4, 5, 6, 7, 10]);
    assert_eq!(sieve.sift(piece.as_bytes()).lines, 11);
    assert_eq!(sieve.sift(b""), Sifted::default());
    assert_eq!(sieve.sift(b"\n\n"), Sifted { lines: 2, read: Vec::new() });
    assert_eq!(read(&sieve, "{}"), [0]);
}

#[test]
fn where_something_must_not_be_there_every_line_is_read() {
    let mut sieve = sieve(&["[file:size > 3]".to_owned()]);
    let piece = "{}\n{\"total_bytes\":7}\n{}\n{}";
    assert_eq!(read(&sieve, piece), [0, 1, 3]);
    let absent = "[NOT EXISTS file:size]";
    insert(&mut sieve, absent, 9);
    let wanted = Wanted::new(&sources(), ["file:size"]);
    sieve.want(&wanted, None);
    assert_eq!(read(&sieve, piece), [0, 1, 2, 3]);
    sieve.remove(absent, slot(9), &MatcherLimits::DEFAULT).unwrap();
    sieve.want(&wanted, None);
    assert_eq!(read(&sieve, piece), [0, 1, 3]);
}

#[test]
fn a_pattern_in_the_grammar_of_stix_2_0_is_looked_for_too() {
    let text = "[domain-name:value = 'old.example'] START '2016-01-01T00:00:00Z' STOP '2036-01-01T00:00:00Z'";
    let mut sieve = Sieve::new(3);
    insert(&mut sieve, text, 0);
    sieve.want(&Wanted::new(&sources(), ["domain-name:value"]), None);
    let piece = "{}\n{\"query\":\"old.example\"}\n{\"query\":\"x\"}\n{}";
    assert_eq!(read(&sieve, piece), [0, 1, 3]);
}

#[test]
fn only_the_keys_of_the_source_that_is_named_are_looked_at() {
    let text = "[ipv4-addr:value = '203.0.113.9']";
    let mut sieve = sieve(&[text.to_owned()]);
    let piece = "{}\n{\"src_ip\":\"203.0.113.9\"}\n{\"id.orig_h\":\"203.0.113.9\"}\n{}";
    assert_eq!(read(&sieve, piece), [0, 1, 2, 3]);
    let (sources, path) = (sources(), ["ipv4-addr:value", "network-traffic:src_ref.value"]);
    sieve.want(&Wanted::new(&sources, path), sources.find("zeek"));
    assert_eq!(read(&sieve, piece), [0, 2, 3]);
}

#[test]
fn the_parts_of_a_piece_are_numbered_on() {
    let sieve = sieve(&["[domain-name:value = 'bad.example']".to_owned()]);
    let line =
        |number| if number % 17 == 3 { "{\"query\":\"bad.example\"}\n" } else { "{\"query\":\"x\"}\n" };
    let piece: String = (0..100).map(line).collect();
    let whole = sieve.sift(piece.as_bytes());
    for parts in 1..6 {
        let mut offset = 0;
        let sifted = scan::split(piece.as_bytes(), parts).into_iter().map(|part| {
            let own = (offset, sieve.sift(part));
            offset += part.len();
            own
        });
        let joined = Sifted::join(sifted.collect::<Vec<_>>());
        assert_eq!(joined.lines, whole.lines);
        assert!(whole.read.iter().all(|line| joined.read.contains(line)), "{parts}");
    }
}

/// How a value may be written that means the same, or something else.
fn respelled(text: &str, how: u8) -> String {
    match how {
        0 => format!(" {text}\t"),
        1 => text.to_uppercase(),
        2 => text.to_lowercase(),
        3 => format!("[{text}]:443"),
        4 => format!("{text}:8080"),
        5 => format!("{text}."),
        6 => format!("A Person <{text}>"),
        7 => text.replace(':', "-"),
        8 => text.as_bytes().chunks(2).map(|two| String::from_utf8_lossy(two)).collect::<Vec<_>>().join(":"),
        9 => format!("::ffff:{text}"),
        10 => format!("{text}%eth0"),
        11 => format!("X\\{text}"),
        12 => format!("C:\\Dir\\{text}"),
        13 => format!("MD5={text},SHA256={text}"),
        14 => format!("one; {text}, two"),
        15 => format!("http://user@{text}/"),
        16 => format!("\u{2003}É{text}é\u{2003}"),
        17 => format!("{text}/{text}\\{text}"),
        _ => text.to_owned(),
    }
}

/// The value with some of its strings written otherwise, as JSON with some escapes.
fn written(value: &serde_json::Value, hows: &mut impl Iterator<Item = (u8, u8)>, out: &mut String) {
    match value {
        serde_json::Value::String(text) => {
            let (how, escape) = hows.next().unwrap_or((255, 255));
            quoted(&respelled(text, how), escape, out);
        }
        serde_json::Value::Array(list) => {
            out.push('[');
            for (at, element) in list.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                written(element, hows, out);
            }
            out.push(']');
        }
        serde_json::Value::Object(members) => {
            out.push('{');
            for (at, (key, member)) in members.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                let (_, escape) = hows.next().unwrap_or((255, 255));
                quoted(key, escape, out);
                out.push_str(if escape == 7 { " : " } else { ":" });
                written(member, hows, out);
            }
            out.push('}');
        }
        other @ (serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_)) => {
            out.push_str(&other.to_string());
        }
    }
}

fn quoted(text: &str, escape: u8, out: &mut String) {
    let plain = serde_json::Value::String(text.to_owned()).to_string();
    match (escape, text.chars().next()) {
        (0, Some(first)) if (first as u32) < 0x1_0000 => {
            write!(out, "\"\\u{:04x}", first as u32).unwrap();
            let rest = serde_json::Value::String(text[first.len_utf8()..].to_owned()).to_string();
            out.push_str(&rest[1..]);
        }
        (1, _) => out.push_str(&plain.replace('/', "\\/")),
        _ => out.push_str(&plain),
    }
}

static OBJECTS: LazyLock<Vec<serde_json::Value>> = LazyLock::new(|| {
    let lines = SAMPLES.iter().flat_map(|(_, lines, _)| lines.lines());
    lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn however_a_value_is_written_its_line_is_read(
        at in any::<prop::sample::Index>(),
        hows in prop::collection::vec((0..40_u8, 0..12_u8), 1..60),
    ) {
        let mut line = String::new();
        written(&OBJECTS[at.index(OBJECTS.len())], &mut hows.into_iter(), &mut line);
        let (_, observations) = whole(&line).pop().unwrap();
        let piece = format!("{FILLER}\n{line}\n{FILLER}\n");
        let parts = observations.iter().flat_map(patterns).map(|part| format!("[{part}]"));
        // A type of object may have been respelled to none.
        let parts = parts.filter(|pattern| pattern.parse::<Pattern>().is_ok());
        for pattern in parts.filter(|pattern| is_found(pattern, &observations)) {
            prop_assert!(read(&sieve(std::slice::from_ref(&pattern)), &piece).contains(&1), "{} in {}", pattern, line);
        }
    }

    #[test]
    fn coming_and_going_indicators_leave_what_is_there(
        steps in prop::collection::vec((0..12_u32, any::<bool>()), 1..12),
    ) {
        let text = |number: u32| match number % 4 {
            0 => format!("[domain-name:value = 'n{number}.example']"),
            1 => format!("[ipv4-addr:value ISSUBSET '198.51.{number}.0/24']"),
            2 => format!("[domain-name:value LIKE '%.n{number}.example']"),
            _ => format!("[domain-name:value MATCHES '^n{number}x']"),
        };
        let line = |number: u32| match number % 4 {
            0 => format!("{{\"query\":\"n{number}.example\"}}\n"),
            1 => format!("{{\"query\":\"a\",\"id.orig_h\":\"198.51.{number}.7\"}}\n"),
            2 => format!("{{\"query\":\"w.n{number}.example\"}}\n"),
            _ => format!("{{\"query\":\"n{number}x.example\"}}\n"),
        };
        let piece: String = (0..12).map(line).collect();
        let piece = format!("{FILLER}\n{piece}{FILLER}\n");
        let mut there = BTreeSet::new();
        let mut sieve = Sieve::new(1);
        let wanted = Wanted::new(&sources(), ["domain-name:value", "ipv4-addr:value", "network-traffic:src_ref.value"]);
        for (number, comes) in steps {
            let own = text(number);
            if comes && there.insert(number) {
                insert(&mut sieve, &own, number);
            } else if !comes && there.remove(&number) {
                sieve.remove(&own, slot(number), &MatcherLimits::DEFAULT).unwrap();
            }
            sieve.want(&wanted, None);
            let lines = read(&sieve, &piece);
            for number in &there {
                prop_assert!(lines.contains(&(u64::from(*number) + 1)), "{}", text(*number));
            }
        }
    }
}
