//! How fast are a million indicators written in each format, and in how much memory? `export_bench [COUNT [FORMAT]]`
//!
//! Indicators are made, read as objects (both not counted) and written one after the other, as an export does; one process for each format tells
//! its own peak.
#![expect(clippy::disallowed_methods, clippy::cast_precision_loss, reason = "a program that measures")]

extern crate cresset_formats as formats;

use std::time::{Duration, Instant};

use formats::export::{Closing, Export, Format, Subject};
use stix::{Limits, Object, Timestamp};

/// Half hashes, a quarter names, the rest addresses, networks and URLs.
fn pattern(number: u32) -> String {
    match number % 8 {
        0..4 => format!("[file:hashes.'SHA-256' = '{number:064x}']"),
        4 | 5 => format!("[domain-name:value = 'host-{number}.example']"),
        6 if number.is_multiple_of(16) => {
            format!("[ipv4-addr:value = '{}']", std::net::Ipv4Addr::from_bits(0x0a00_0000 | number))
        }
        6 => format!("[ipv4-addr:value = '{}/28']", std::net::Ipv4Addr::from_bits(0x0a00_0000 | number << 4)),
        _ => format!("[url:value = 'http://host-{number}.example/path?q={number}']"),
    }
}

fn indicator(number: u32) -> Option<Object> {
    let text = format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{number:08x}-0000-4000-8000-000000000000","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Indicator {number}","indicator_types":["malicious-activity"],"pattern":"{}","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z","confidence":80,"labels":["bench"],"object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"]}}"#,
        pattern(number)
    );
    Object::parse(text.as_bytes(), &Limits::DEFAULT).ok()
}

/// Seconds for writing alone, and bytes written.
fn write(format: Format, count: u32) -> (Duration, u64) {
    let now = Timestamp::from_parts(1_772_000_000, 0);
    let subject = Subject {
        title: "Bench".to_owned(),
        organisation: ("identity--a0000001-0000-4000-8000-000000000001".to_owned(), "Bench".to_owned()),
        id: formats::stable_id(&["bench"]),
    };
    let mut export = Export::new(format, subject, now);
    let (mut spent, mut bytes) = (Duration::ZERO, 0);
    let mut batch = Vec::new();
    for number in 0..count {
        batch.extend(indicator(number));
        if batch.len() == 2000 || number + 1 == count {
            let begun = Instant::now();
            for object in batch.drain(..) {
                export.write(&object);
            }
            let _ = export.parts().drain(|_, piece| -> Result<(), ()> {
                bytes += piece.len() as u64;
                Ok(())
            });
            spent += begun.elapsed();
        }
    }
    let closing = Closing { marking: "TLP:AMBER".to_owned(), tlp: "AMBER".to_owned(), made: now };
    let begun = Instant::now();
    let (ends, _) = export.finish(&closing);
    bytes += ends.values().map(|end| (end.head.len() + end.tail.len()) as u64).sum::<u64>();
    (spent + begun.elapsed(), bytes)
}

fn peak_kib() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or(" unknown").trim().to_owned()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    if let Some(format) = arguments.next().and_then(|format| format.parse::<Format>().ok()) {
        let (spent, bytes) = write(format, count);
        let (seconds, rate) = (spent.as_secs_f64(), f64::from(count) / spent.as_secs_f64());
        let megabytes = bytes as f64 / 1e6;
        println!(
            "{format:<18} {seconds:>6.2} s {rate:>10.0} objects/s {megabytes:>7.1} MB, peak {}",
            peak_kib()
        );
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    for format in Format::ALL {
        let done = std::process::Command::new(&program).args([&count.to_string(), format.as_str()]).status();
        assert!(done.is_ok_and(|status| status.success()), "{format}");
    }
}
