//! How many lines of telemetry a second, among how many indicators, and is what is found true?
//!
//! `cargo run --release -p cresset-matcher --example scan_bench [-- LINES [ROUNDS [INDICATORS…]]]`. Times of one thread are time on the
//! processor, so that other work on the machine counts less: the median of the rounds,
//! and the best, in which least else was going on. That clock ticks every few milliseconds: fewer than a million lines are
//! only good for trying things out.
//!
//! `-- --write DIR LINES INDICATORS` writes the same telemetry (`lines.json`), the indicators as a STIX bundle (`indicators.json`), and
//! the numbers of the lines that are to be found, from 1 (`planted`): for `bench/watch.py`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    unreachable_pub,
    reason = "a measurement, not a part of the product"
)]

mod generate;
mod naive;
mod plants;

use std::{collections::BTreeSet, hint::black_box, io::Write as _, time::Instant};

use cresset_matcher::{
    MatcherLimits,
    scan::{self, IndicatorSlot, NameReach, Scanner, Settings},
    sieve::Sieve,
    telemetry::{Sources, Wanted},
};
use generate::{KEYS, Sought};
use naive::Naive;

/// Seconds that this thread was on a processor.
fn on_processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|own| own.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// The median and the least of some seconds.
#[derive(Clone, Copy)]
struct Seconds {
    median: f64,
    best: f64,
}

impl Seconds {
    fn of(rounds: usize, one: impl FnMut(usize) -> f64) -> Self {
        let mut all: Vec<f64> = (0..rounds).map(one).collect();
        all.sort_by(f64::total_cmp);
        Self { median: all[all.len() / 2], best: all[0] }
    }
}

fn timed(rounds: usize, mut work: impl FnMut()) -> Seconds {
    Seconds::of(rounds, |_| {
        let before = on_processor();
        work();
        on_processor() - before
    })
}

fn loaded(patterns: &[String]) -> Scanner {
    let settings = Settings { seed: 0x0D15_EA5E, names: NameReach::Below };
    let mut scanner = Scanner::new(&KEYS, settings);
    scanner.reserve(patterns.len() * 11 / 10, patterns.len() / 5);
    for (pattern, number) in patterns.iter().zip(0..) {
        let slot = IndicatorSlot::new(number).unwrap();
        scanner.insert_pattern(pattern, slot, &MatcherLimits::DEFAULT).unwrap();
    }
    scanner.merge();
    scanner
}

/// What `cresset watch` looks with: for every key of every source from which these values may come.
fn sieve(patterns: &[String]) -> Sieve {
    let sources = Sources::builtin();
    let mut sieve = Sieve::new(0x0D15_EA5E);
    let mut paths = BTreeSet::new();
    for (pattern, number) in patterns.iter().zip(0..) {
        sieve.insert(pattern, IndicatorSlot::new(number).unwrap(), &MatcherLimits::DEFAULT).unwrap();
        paths.extend(pattern.trim_start_matches('[').split(' ').next());
    }
    sieve.want(&Wanted::new(&sources, paths), None);
    sieve.settle();
    sieve
}

fn candidate_lines(scanner: &Scanner, text: &[u8]) -> BTreeSet<(usize, usize)> {
    let mut lines = BTreeSet::new();
    scanner.scan(text, |candidate| {
        lines.insert((candidate.line.start, candidate.line.end));
    });
    lines
}

fn report(name: &str, lines: u64, bytes: usize, seconds: Seconds) {
    let rate = |seconds: f64| (lines as f64 / seconds / 1e6, bytes as f64 / seconds / 1e9);
    let ((median, gigabytes), (best, most)) = (rate(seconds.median), rate(seconds.best));
    let each = 1e3 / median;
    println!(
        "{name:34} {median:7.2} M lines/s {gigabytes:6.2} GB/s {each:7.1} ns/line; best {best:6.2}, {most:6.2} GB/s"
    );
}

fn run(count: u64, text: &[u8], planted: &[u64], rounds: usize) {
    let lines = text.split(|byte| *byte == b'\n').count() as u64 - 1;
    let all: Vec<Sought> = (0..count).map(generate::sought).collect();
    let patterns: Vec<String> = all.iter().map(Sought::pattern).collect();
    let mut scanner = None;
    let load = timed(3, || scanner = Some(loaded(&patterns))).median;
    let scanner = scanner.unwrap();
    let per = scanner.table_bytes() as f64 / count as f64;
    println!("\n{count} indicators: loaded in {load:.3} s, {per:.1} bytes each in tables");
    let one = timed(rounds, || {
        black_box(scanner.scan(text, |own| {
            black_box(own);
        }));
    });
    report("scan, one thread", lines, text.len(), one);
    let two = |_| {
        let before = Instant::now();
        std::thread::scope(|scope| {
            for part in scan::split(text, 2) {
                scope.spawn(|| {
                    black_box(scanner.scan(part, |own| {
                        black_box(own);
                    }))
                });
            }
        });
        before.elapsed().as_secs_f64()
    };
    report("scan, two threads (by the clock)", lines, text.len(), Seconds::of(rounds, two));
    let sieve = sieve(&patterns);
    let sifting = timed(rounds, || {
        black_box(sieve.sift(text));
    });
    report("sieve, keys of every source", lines, text.len(), sifting);

    let naive = Naive::new(&all);
    let mut truth = BTreeSet::new();
    let mut starts = Vec::new();
    let mut start = 0;
    let seconds = timed(1, || {
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            starts.push(start);
            if naive.matches(line) {
                truth.insert(start);
            }
            start += line.len() + 1;
        }
    });
    report("serde_json::Value and HashSet", lines, text.len(), seconds);
    let candidates = candidate_lines(&scanner, text);
    let verified: BTreeSet<usize> = candidates
        .iter()
        .filter(|(from, to)| naive.matches(&text[*from..*to]))
        .map(|(from, _)| *from)
        .collect();
    let missing = planted.iter().filter(|number| !verified.contains(&starts[**number as usize])).count();
    println!(
        "{} planted, {missing} of them missed; {} true lines, found {}, the same: {}; {} candidate lines",
        planted.len(),
        truth.len(),
        verified.len(),
        truth == verified,
        candidates.len()
    );
    assert!(missing == 0 && truth == verified);
}

/// Everything as files.
fn write(dir: &str, lines: u64, count: u64) {
    let file = |name: &str| std::io::BufWriter::new(std::fs::File::create(format!("{dir}/{name}")).unwrap());
    let plants::Telemetry { text, planted } = plants::telemetry(lines);
    file("lines.json").write_all(&text).unwrap();
    let mut out = file("planted");
    // What is below a name is found by scanners that are told so; patterns mean the name itself.
    for (_, number) in planted.iter().enumerate().filter(|(way, _)| ![6, 9, 13].contains(&(way % 20))) {
        writeln!(out, "{}", number + 1).unwrap();
    }
    let mut out = file("indicators.json");
    write!(
        out,
        "{{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000000\",\"objects\":["
    )
    .unwrap();
    for number in 0..count {
        let pattern = generate::sought(number).pattern();
        let comma = if number > 0 { "," } else { "" };
        write!(
            out,
            "{comma}\n{{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--00000000-0000-4000-8000-{number:012x}\",\
             \"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\",\
             \"indicator_types\":[\"malicious-activity\"],\"pattern\":\"{pattern}\",\"pattern_type\":\"stix\",\
             \"valid_from\":\"2020-01-01T00:00:00Z\"}}"
        )
        .unwrap();
    }
    writeln!(out, "]}}").unwrap();
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, dir, lines, count] = words.as_slice()
        && flag == "--write"
    {
        return write(dir, lines.parse().unwrap(), count.parse().unwrap());
    }
    let mut arguments = std::env::args().skip(1).map(|own| own.parse::<u64>().unwrap());
    let (lines, rounds) = (arguments.next().unwrap_or(1_000_000), arguments.next().unwrap_or(5) as usize);
    let plants::Telemetry { text, planted } = plants::telemetry(lines);
    println!(
        "{lines} lines, {:.1} MB, load {}",
        text.len() as f64 / 1e6,
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim()
    );
    let (words, _) = text.as_chunks::<8>();
    let sum = || words.iter().fold(0_u64, |sum, word| sum.wrapping_add(u64::from_le_bytes(*word)));
    report(
        "reading memory",
        lines,
        text.len(),
        timed(rounds, || {
            black_box(sum());
        }),
    );
    let newlines = timed(rounds, || {
        black_box(memchr::memchr_iter(b'\n', &text).count());
    });
    report("counting newlines", lines, text.len(), newlines);
    let parsed = timed(rounds.min(5), || {
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            black_box(serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok());
        }
    });
    report("serde_json, only parsing", lines, text.len(), parsed);
    let counts: Vec<u64> = arguments.collect();
    for count in if counts.is_empty() { vec![1_000, 100_000, 1_000_000] } else { counts } {
        run(count, &text, &planted, rounds);
    }
}
