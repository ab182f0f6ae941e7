//! What does scanning a line of raw telemetry cost, and what does one indicator more?
//!
//! These are wall-clock times of a small sample; `examples/scan_bench` measures a million lines and checks what is found.

#![expect(clippy::unwrap_used, reason = "a measurement, not a part of the product")]

#[expect(unreachable_pub, clippy::indexing_slicing, reason = "shared with an example")]
#[path = "../examples/scan_bench/generate.rs"]
mod generate;

use std::hint::black_box;

use cresset_matcher::{
    MatcherLimits,
    scan::{IndicatorSlot, NameReach, Scanner, Settings, Wanted},
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use generate::{KEYS, Numbers, Plant};

const LINES: u64 = 10_000;

fn scanner(count: u32) -> Scanner {
    let mut scanner = Scanner::new(&KEYS, Settings { seed: 1, names: NameReach::Below });
    for number in 0..count {
        let pattern = generate::sought(u64::from(number)).pattern();
        let slot = IndicatorSlot::new(number).unwrap();
        scanner.insert_pattern(&pattern, slot, &MatcherLimits::DEFAULT).unwrap();
    }
    scanner.merge();
    scanner
}

fn telemetry() -> Vec<u8> {
    let mut numbers = Numbers(1);
    let mut text = Vec::new();
    for _ in 0..LINES {
        let sort = generate::sort(&mut numbers);
        text.extend_from_slice(generate::line(sort, &Plant::default(), &mut numbers).as_bytes());
        text.push(b'\n');
    }
    text
}

fn scan(criterion: &mut Criterion) {
    let text = telemetry();
    let mut group = criterion.benchmark_group("scan 10k lines");
    group.throughput(Throughput::Elements(LINES));
    for count in [1_000, 100_000] {
        let scanner = scanner(count);
        group.bench_function(format!("among {count}"), |bencher| {
            bencher.iter(|| {
                scanner.scan(black_box(&text), |own| {
                    black_box(own);
                })
            });
        });
    }
    group.finish();
}

fn change(criterion: &mut Criterion) {
    let mut scanner = scanner(100_000);
    let slot = IndicatorSlot::new(200_000).unwrap();
    for (name, wanted) in
        [("a name", Wanted::Name("new.example")), ("a network", Wanted::Inside("192.0.2.0/24"))]
    {
        criterion.bench_function(&format!("insert and remove {name} beside 100k"), |bencher| {
            bencher.iter(|| {
                scanner.insert(wanted, slot);
                scanner.remove(wanted, slot);
            });
        });
    }
    let mut group = criterion.benchmark_group("read 1000 patterns into tables");
    let patterns: Vec<String> = (0..1000).map(|number| generate::sought(number).pattern()).collect();
    group.throughput(Throughput::Elements(1000));
    group.bench_function("all", |bencher| {
        bencher.iter(|| {
            let mut scanner = Scanner::new(&KEYS, Settings::default());
            for pattern in &patterns {
                scanner.insert_pattern(pattern, slot, &MatcherLimits::DEFAULT).unwrap();
            }
            scanner.len()
        });
    });
    group.finish();
}

criterion_group!(benches, scan, change);
criterion_main!(benches);
