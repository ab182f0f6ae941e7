//! How many lines a second does the exact reader take, when five paths are wanted?
//!
//! These are wall-clock times: on a machine with other work they double.

use std::hint::black_box;

use cresset_matcher::telemetry::{Reader, Sources, TelemetryLimits, Wanted};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use stix::Timestamp;

const WANTED: [&str; 5] =
    ["ipv4-addr:value", "domain-name:value", "url:value", "file:hashes.'SHA-256'", "file:hashes.MD5"];

const SAMPLES: [(&str, &str); 10] = [
    ("zeek as JSON", include_str!("../tests/telemetry/zeek-json.lines")),
    ("zeek as a table", include_str!("../tests/telemetry/zeek-table.lines")),
    ("suricata", include_str!("../tests/telemetry/suricata.lines")),
    ("sysmon", include_str!("../tests/telemetry/sysmon.lines")),
    ("ecs", include_str!("../tests/telemetry/ecs.lines")),
    ("ocsf", include_str!("../tests/telemetry/ocsf.lines")),
    ("cloudtrail", include_str!("../tests/telemetry/cloudtrail.lines")),
    ("cef", include_str!("../tests/telemetry/cef.lines")),
    ("syslog", include_str!("../tests/telemetry/syslog.lines")),
    ("stix", include_str!("../tests/telemetry/stix.lines")),
];

fn read(criterion: &mut Criterion) {
    let wanted = Wanted::new(&Sources::builtin(), WANTED);
    let now = Timestamp::from_parts(1_767_614_400, 0);
    let mut group = criterion.benchmark_group("read");
    for (name, lines) in SAMPLES {
        let lines: Vec<&[u8]> = lines.lines().map(str::as_bytes).collect();
        group.throughput(Throughput::Elements(lines.len() as u64));
        let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let read =
                    |line: &&[u8]| reader.read(black_box(line), &wanted, now).map_or(0, |read| read.len());
                lines.iter().map(read).sum::<usize>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
