//! Does every source give the observations that its mapping promises?

mod bad;
mod mappings;
mod properties;
mod sieve;

use std::{fmt::Write as _, sync::LazyLock};

use cresset_matcher::{
    Observation, Value,
    telemetry::{MappingLimits, Reader, Sources, TelemetryLimits, Wanted},
};
use stix::Timestamp;

macro_rules! sample {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../telemetry/", $name, ".lines")),
            include_str!(concat!("../golden/telemetry/", $name, ".txt")),
        )
    };
}

pub(crate) const OWN: &str = include_str!("../telemetry/own.toml");

/// Name, lines, what was read of them.
pub(crate) const SAMPLES: [(&str, &str, &str); 11] = [
    sample!("zeek-json"),
    sample!("zeek-table"),
    sample!("suricata"),
    sample!("sysmon"),
    sample!("ecs"),
    sample!("ocsf"),
    sample!("cloudtrail"),
    sample!("cef"),
    sample!("syslog"),
    sample!("stix"),
    sample!("own"),
];

pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2026-01-05T12:00:00Z").unwrap()
}

/// All that are built in, and one of a user.
pub(crate) fn sources() -> Sources {
    static READ: LazyLock<Sources> =
        LazyLock::new(|| Sources::builtin().with(OWN, &MappingLimits::DEFAULT).unwrap());
    READ.clone()
}

fn flattened(path: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Boolean(value) => found.push(format!("{path} = {value}")),
        Value::Integer(number) => found.push(format!("{path} = {number}")),
        Value::Float(number) => found.push(format!("{path} = {number}")),
        Value::Text(text) => found.push(format!("{path} = '{text}'")),
        Value::List(list) => {
            list.iter().enumerate().for_each(|(at, value)| flattened(&format!("{path}[{at}]"), value, found));
        }
        Value::Dictionary(members) => {
            for (key, value) in members {
                flattened(&format!("{path}.{key}"), value, found);
            }
        }
    }
}

fn printed(observation: &Observation) -> String {
    let mut text = format!("  {}", observation.last);
    if observation.first != observation.last || observation.count.get() > 1 {
        write!(text, ", {} since {}", observation.count, observation.first).unwrap();
    }
    text.push('\n');
    for object in observation.objects() {
        let mut lines = Vec::new();
        for (key, value) in &object.properties {
            flattened(&format!("{}:{key}", object.object_type), value, &mut lines);
        }
        for line in lines {
            writeln!(text, "    {:<28} {line}", object.key).unwrap();
        }
    }
    text
}

#[test]
fn every_source_is_recognised_and_read_as_its_golden_file_says() {
    let wanted = Wanted::everything(&sources());
    for (name, lines, golden) in SAMPLES {
        let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
        let mut text = String::new();
        for line in lines.lines() {
            let read = reader
                .read(line.as_bytes(), &wanted, now())
                .unwrap_or_else(|finding| panic!("{finding}: {line}"));
            writeln!(text, "{line}").unwrap();
            if line.starts_with('#') {
                continue;
            }
            let source = reader.source().map(|source| wanted.sources().name(source).to_owned());
            writeln!(text, "  {}", source.unwrap()).unwrap();
            for observation in &read {
                text += &printed(observation);
            }
            text.push('\n');
        }
        for (code, count) in reader.counts().iter() {
            writeln!(text, "{code}: {count}").unwrap();
        }
        if std::env::var_os("CRESSET_BLESS").is_some() {
            let path = format!("{}/tests/golden/telemetry/{name}.txt", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(path, &text).unwrap();
        } else {
            assert_eq!(text, golden, "{name}: set CRESSET_BLESS=1 to write it anew, then review it");
        }
    }
}
