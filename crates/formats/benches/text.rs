//! How fast are texts read with 25,000 names to look for?
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark")]

extern crate cresset_formats as formats;

use std::{fmt::Write as _, hint::black_box};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use formats::{
    names::{Known, Names},
    text,
};

const SYLLABLES: [&str; 16] = [
    "ka", "lo", "mir", "ten", "vas", "qui", "dor", "zen", "phal", "gru", "ost", "bel", "nix", "tar", "wen",
    "ulf",
];

fn names() -> Names {
    let known = (0..25_000_usize).map(|at| {
        let word = |from: usize| -> String {
            (0..3).map(|step| SYLLABLES[from / 16_usize.pow(step) % 16]).collect()
        };
        let mut name = word(at);
        name[..1].make_ascii_uppercase();
        Known {
            id: None,
            object_type: "malware".to_owned(),
            name: format!("{name} {}", word(at * 7 + 3)),
            ..Known::default()
        }
    });
    Names::new(known).unwrap()
}

/// Ten MB of prose as reports have it, with a find every few hundred bytes.
fn report() -> String {
    let prose = "The operators moved laterally with stolen credentials, staged archives on a file server and left at night. \
                 Analysts in several countries saw the same sequence, and the vendor published an update within a week. ";
    let mut text = String::new();
    for at in 0.. {
        text.push_str(prose);
        writeln!(
            text,
            "One host, cdn{at}[.]northwind-update[.]com, resolved to 203.0.113.{} in Japan.\n",
            at % 256
        )
        .unwrap();
        if text.len() > 10 << 20 {
            return text;
        }
    }
    text
}

fn read(criterion: &mut Criterion) {
    let (names, text) = (names(), report());
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10);
    group.bench_function("report, 25,000 names", |bencher| {
        bencher.iter(|| text::read(black_box(&text), &names).unwrap());
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
