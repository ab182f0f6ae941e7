//! Is every line read in which an indicator matches, whatever the line is? The first line is a pattern.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use matcher::{
    Equality, IndicatorId, MatcherLimits, Program, Standing, Validity,
    scan::IndicatorSlot,
    sieve::Sieve,
    telemetry::{Reader, Sources, TelemetryLimits, Wanted},
};
use stix::{Timestamp, pattern::Pattern};

static SOURCES: LazyLock<Sources> = LazyLock::new(Sources::builtin);
const FILLER: &str = "{\"ts\":1,\"uid\":\"C1\",\"_path\":\"weird\"}";

fuzz_target!(|text: &str| {
    let Some((first, line)) = text.split_once('\n') else { return };
    if line.contains('\n') {
        return;
    }
    let Ok(pattern) = first.parse::<Pattern>() else { return };
    let mut program = Program::new(Equality::Normalised, MatcherLimits::DEFAULT);
    let validity = Validity { from: Timestamp::EPOCH, until: None, standing: Standing::Active };
    if program.insert(IndicatorId::new("indicator--one"), &pattern, validity).is_err() {
        return;
    }
    let paths = program.paths();
    let wanted = Wanted::new(&SOURCES, paths.iter().map(String::as_str));
    let now = Timestamp::from_parts(1_700_000_000, 0);
    let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
    let read = reader.read(line.as_bytes(), &wanted, now).unwrap_or_default();
    let found: usize = read.iter().map(|own| program.observe(own, now).len()).sum();
    if found == 0 {
        return;
    }
    let mut sieve = Sieve::new(7);
    sieve.insert(first, IndicatorSlot::new(0).unwrap(), &MatcherLimits::DEFAULT).unwrap();
    sieve.want(&wanted, None);
    let piece = format!("{FILLER}\n{line}\n{FILLER}\n");
    assert!(sieve.sift(piece.as_bytes()).read.iter().any(|own| own.number == 1), "{first}");
});
