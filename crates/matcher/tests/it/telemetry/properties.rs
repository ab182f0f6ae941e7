//! Does nothing that a stream may hold break the reader?

use std::collections::BTreeSet;

use cresset_matcher::{
    Equality, IndicatorId, MatcherLimits, Observation, Program, Standing, Usual, Validity, Value,
    telemetry::{MappingLimits, Reader, Sources, TelemetryLimits, Wanted},
    warninglist::{Warninglist, WarninglistLimits},
};
use proptest::prelude::*;
use stix::Timestamp;

use super::{SAMPLES, now, sources};

const LIMITS: TelemetryLimits = TelemetryLimits { fields_max: 50, ..TelemetryLimits::DEFAULT };

fn sample_lines() -> Vec<&'static str> {
    SAMPLES.iter().flat_map(|(_, lines, _)| lines.lines()).collect()
}

/// A line with some bytes changed, cut out or doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0..4_u8, any::<u8>());
    let changes = prop::collection::vec(change, 0..6);
    (prop::sample::select(sample_lines()), changes).prop_map(|(line, changes)| {
        let mut line = line.as_bytes().to_vec();
        for (at, kind, byte) in changes {
            if line.is_empty() {
                continue;
            }
            let at = at.index(line.len());
            match kind {
                0 => line[at] = byte,
                1 => line.truncate(at),
                2 => line.insert(at, byte),
                _ => line.extend_from_within(at..),
            }
        }
        line
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn lines_that_were_tampered_with_never_break_the_reader(lines in prop::collection::vec(mutated(), 1..6)) {
        let wanted = Wanted::everything(&sources());
        let mut reader = Reader::new(None, LIMITS);
        for line in lines {
            if let Ok(read) = reader.read(&line, &wanted, now()) {
                for observation in read.iter().filter(|_| !line.windows(6).any(|part| part == b"object")) {
                    prop_assert!(observation.objects().len() <= LIMITS.fields_max);
                }
            }
        }
    }

    #[test]
    fn random_bytes_never_break_the_reader(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..6),
        begin in prop::sample::select(vec!["", "{", "#", "CEF:0|", "<34>", "<34>1 ", "#fields\t", "Jan  5 10:00:00 "]),
    ) {
        let sources = sources();
        let wanted = Wanted::everything(&sources);
        for named in std::iter::once(None).chain(sources.all().map(Some)) {
            let mut reader = Reader::new(named, LIMITS);
            for line in &lines {
                let _ = reader.read(&[begin.as_bytes(), line].concat(), &wanted, now());
            }
        }
    }

    #[test]
    fn random_mapping_files_and_lists_never_break_their_readers(
        text in "([a-z\\[\\]{}='\"., \n*$/:]|name|field|to|as|group|rules|rule|template|is){0,60}",
    ) {
        let _ = Sources::builtin().with(&text, &MappingLimits::DEFAULT);
        let _ = Warninglist::default().with(&text, &WarninglistLimits::DEFAULT);
    }
}

/// Each text and number in an observation as a pattern, with the path that leads to it.
pub(super) fn patterns(observation: &Observation) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for object in observation.objects() {
        for (key, value) in &object.properties {
            if !key.ends_with("_ref") && !key.ends_with("_refs") {
                constants(&format!("{}:{key}", object.object_type), value, &mut found);
            }
            for target in observation.objects() {
                let target_value = target.properties.iter().find(|(key, _)| key == "value");
                if let (Value::Text(own), Some((_, Value::Text(text)))) = (value, target_value)
                    && own == &target.key
                {
                    found.insert(format!("{}:{key}.value = '{}'", object.object_type, escaped(text)));
                }
            }
        }
    }
    found
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

fn constants(path: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Integer(number) => {
            found.insert(format!("{path} = {number}"));
        }
        Value::Text(text) => {
            found.insert(format!("{path} = '{}'", escaped(text)));
        }
        Value::List(list) => list.iter().for_each(|value| constants(&format!("{path}[*]"), value, found)),
        Value::Dictionary(members) => {
            for (key, value) in members {
                constants(&format!("{path}.'{}'", escaped(key)), value, found);
            }
        }
        Value::Boolean(_) | Value::Float(_) => {}
    }
}

pub(super) fn program(patterns: &[&String]) -> Program {
    let mut program = Program::new(Equality::Normalised, MatcherLimits::DEFAULT);
    let always = Validity { from: Timestamp::EPOCH, until: None, standing: Standing::Active };
    for pattern in patterns {
        program.insert(IndicatorId::new(pattern), &pattern.parse().unwrap(), always).unwrap();
    }
    program
}

#[test]
fn reading_only_what_is_wanted_gives_the_matches_of_reading_all() {
    let sources = sources();
    let everything = Wanted::everything(&sources);
    let (mut compared, mut matched) = (0, 0);
    for (_, lines, _) in SAMPLES {
        let mut headers = Reader::new(None, TelemetryLimits::DEFAULT);
        for line in lines.lines() {
            let mut reader = headers.clone();
            let all = headers.read(line.as_bytes(), &everything, now()).unwrap();
            let Some(whole) = all.first() else { continue };
            let parts: Vec<_> = patterns(whole).into_iter().collect();
            let alone = parts.iter().map(|part| format!("[{part}]"));
            let type_of = |part: &String| part.split(':').next().unwrap().to_owned();
            let pairs = parts.iter().flat_map(|left| {
                let same = parts.iter().filter(move |right| type_of(left) == type_of(right));
                same.map(move |right| format!("[{left} AND {right}]"))
            });
            for pattern in alone.chain(pairs) {
                let mut program = program(&[&pattern]);
                let paths = program.paths();
                let wanted = Wanted::new(&sources, paths.iter().map(String::as_str));
                let read = reader.read(line.as_bytes(), &wanted, now()).unwrap();
                let of_some = read.first().map_or(0, |read| program.observe(read, now()).len());
                let of_all = program.observe(whole, now()).len();
                assert_eq!(of_some, of_all, "{pattern} on {line}");
                compared += 1;
                matched += of_all;
            }
        }
    }
    assert!(compared > 1_000 && matched > compared / 2, "{compared} {matched}");
}

#[test]
fn nothing_is_read_where_nothing_is_wanted() {
    let sources = sources();
    let wanted = Wanted::new(&sources, []);
    assert!(wanted.is_empty());
    assert_eq!(sources.scanner_keys(&wanted, None).count(), 0);
    let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
    for line in sample_lines() {
        assert_eq!(reader.read(line.as_bytes(), &wanted, now()), Ok(Vec::new()), "{line}");
    }
    assert_eq!(reader.counts().iter().count(), 0);
}

#[test]
fn only_the_wanted_paths_are_there() {
    let sources = sources();
    let wanted = Wanted::new(&sources, ["ipv4-addr:value", "file:hashes.MD5"]);
    for (name, lines, _) in SAMPLES {
        let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
        for line in lines.lines().filter(|_| name != "stix") {
            for observation in reader.read(line.as_bytes(), &wanted, now()).unwrap() {
                for object in observation.objects() {
                    let keys: Vec<_> = object.properties.iter().map(|(key, _)| key.as_str()).collect();
                    let expected = if object.object_type == "file" { ["hashes"] } else { ["value"] };
                    assert_eq!(keys, expected, "{line}");
                    assert!(["file", "ipv4-addr"].contains(&object.object_type.as_str()), "{line}");
                }
            }
        }
    }
}

#[test]
fn a_usual_pattern_finds_as_it_is_written_what_it_finds_when_it_was_parsed() {
    let everything = Wanted::everything(&sources());
    let mut compared = 0;
    for (_, lines, _) in SAMPLES {
        let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
        let read: Vec<_> = lines
            .lines()
            .flat_map(|line| reader.read(line.as_bytes(), &everything, now()).unwrap())
            .collect();
        for pattern in read.iter().flat_map(patterns).map(|part| format!("[{part}]")) {
            let id = IndicatorId::new(&pattern);
            let always = Validity { from: Timestamp::EPOCH, until: None, standing: Standing::Active };
            let mut usual = Program::new(Equality::Normalised, MatcherLimits::DEFAULT);
            if usual.insert_usual(id.clone(), &pattern.as_str().into(), always) == Usual::No {
                continue;
            }
            let mut parsed = program(&[&pattern]);
            assert_eq!(usual.paths(), parsed.paths());
            for own in &read {
                assert_eq!(usual.observe(own, now()), parsed.observe(own, now()), "{pattern}");
                assert_eq!(usual.explain(&id, own), parsed.explain(&id, own), "{pattern}");
            }
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared}");
}
