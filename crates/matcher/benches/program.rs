//! What does one indicator more, and what does one observation cost, among how many indicators?
//!
//! These are wall-clock times: on a machine with other work they double.

use std::hint::black_box;

use cresset_matcher::{
    Equality, Field, IndicatorId, MatcherLimits, Observation, ObservationId, Program, Standing, Validity,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use stix::{
    Timestamp,
    pattern::{ObjectPath, Pattern},
};

const ALWAYS: Validity = Validity { from: Timestamp::EPOCH, until: None, standing: Standing::Active };

/// Of a hundred: hashes 45, domains 25, addresses 15, networks 5, URLs 4, LIKE and MATCHES 4, over several observations 2.
fn pattern_text(number: u64) -> String {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let (low, high) = (mixed & 0xff, (mixed >> 8) & 0xff);
    match number % 100 {
        0..45 => format!("[file:hashes.'SHA-256' = '{:064x}']", u128::from(mixed) << 64 | u128::from(number)),
        45..70 => format!("[domain-name:value = 'host-{number}.zone-{low}.example']"),
        70..85 => format!("[ipv4-addr:value = '203.{}.{high}.{low}']", (mixed >> 16) & 0xff),
        85..90 => format!("[ipv4-addr:value ISSUBSET '198.{}.{high}.0/24']", (mixed >> 16) & 0xff),
        90..94 => format!("[url:value = 'https://www-{number}.example/{mixed:x}']"),
        94..96 => format!("[domain-name:value LIKE '%.zone-{number}.example']"),
        96 => format!("[url:value MATCHES '/gate-{number}/[0-9]+\\\\.php$']"),
        97 => format!("[process:command_line LIKE '%run-{number:x}%']"),
        _ => format!(
            "([domain-name:value = 'first-{number}.example'] FOLLOWEDBY [url:value LIKE 'https://second-{number}%']) \
             WITHIN 600 SECONDS"
        ),
    }
}

fn id(number: u64) -> IndicatorId {
    IndicatorId::new(&format!("indicator--{number:032x}"))
}

fn held(count: u64) -> Program {
    let mut program = Program::new(Equality::Normalised, MatcherLimits::DEFAULT);
    for number in 0..count {
        if let Ok(pattern) = pattern_text(number).parse()
            && program.insert(id(number), &pattern, ALWAYS).is_err()
        {
            black_box(number);
        }
    }
    program
}

/// As a log of connections, of names and of requests would give them.
fn observations() -> Vec<Observation> {
    let rows: [&[(&str, &str, &str)]; 3] = [
        &[
            ("c", "network-traffic:src_ref", "s"),
            ("c", "network-traffic:dst_ref", "d"),
            ("c", "network-traffic:protocols[*]", "tcp"),
            ("s", "ipv4-addr:value", "10.20.30.40"),
            ("d", "ipv4-addr:value", "192.0.2.77"),
        ],
        &[
            ("n", "domain-name:value", "cdn.assets.benign-site.example"),
            ("n", "domain-name:resolves_to_refs[*]", "a"),
            ("a", "ipv4-addr:value", "192.0.2.78"),
        ],
        &[
            ("u", "url:value", "https://shop.benign-site.example/catalogue/item?id=4711&lang=en"),
            ("h", "domain-name:value", "shop.benign-site.example"),
            ("f", "file:name", "item.html"),
            (
                "f",
                "file:hashes.'SHA-256'",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            ),
        ],
    ];
    let made = |(number, fields): (u64, &&[(&str, &str, &str)])| {
        let paths: Vec<Option<ObjectPath>> = fields.iter().map(|(_, path, _)| path.parse().ok()).collect();
        let fields = fields.iter().zip(&paths).filter_map(|((object, _, value), path)| {
            Some(Field { object, path: path.as_ref()?, value: (*value).into() })
        });
        Observation::from_fields(ObservationId(number), Timestamp::from_parts(1_700_000_000, 0), fields)
    };
    (0..).zip(&rows).map(made).collect()
}

fn parse(criterion: &mut Criterion) {
    let texts: Vec<String> = (0..1300).map(pattern_text).collect();
    let mut group = criterion.benchmark_group("pattern");
    group.throughput(Throughput::Elements(1300));
    group.bench_function("parse 1300", |bencher| {
        bencher.iter(|| texts.iter().filter(|text| text.parse::<Pattern>().is_ok()).count());
    });
    group.finish();
}

fn insert(criterion: &mut Criterion) {
    let mut program = held(100_000);
    for (name, number) in [("an exact value", 1_000_001), ("a suffix", 1_000_094), ("FOLLOWEDBY", 1_000_099)]
    {
        let Ok(pattern) = pattern_text(number).parse::<Pattern>() else { continue };
        let id = id(number);
        criterion.bench_function(&format!("insert and remove {name} beside 100k"), |bencher| {
            bencher.iter(|| (program.insert(id.clone(), &pattern, ALWAYS).is_ok(), program.remove(&id)));
        });
    }
}

fn observe(criterion: &mut Criterion) {
    let observations = observations();
    let now = Timestamp::from_parts(1_700_000_000, 0);
    for count in [1_000, 100_000] {
        let mut program = held(count);
        let mut group = criterion.benchmark_group(format!("observe among {count}"));
        group.throughput(Throughput::Elements(1));
        for (name, observation) in ["connection", "name", "request"].iter().zip(&observations) {
            group.bench_function(*name, |bencher| {
                bencher.iter(|| program.observe(black_box(observation), now).len());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, parse, insert, observe);
criterion_main!(benches);
