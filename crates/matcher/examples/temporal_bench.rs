//! How much memory do patterns over several observations take that all wait for their end?
//!
//! `cargo run --release -p cresset-matcher --example temporal_bench [-- PATTERNS]` puts patterns with FOLLOWEDBY, WITHIN, REPEATS
//! and AND into one program, opens a window of each, measures the process, and then completes each: all have to match.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement, not a part of the product"
)]

use cresset_matcher::{
    Equality, Field, IndicatorId, MatcherLimits, Observation, ObservationId, Program, Standing, Validity,
    Value,
};
use stix::{Timestamp, pattern::ObjectPath};

/// The pattern of a number, the names that open it, and the names that complete it.
fn pattern(number: u64) -> (String, Vec<String>, Vec<String>) {
    let name = |letter: char| format!("{letter}{number:x}.example");
    let asks = |name: &str| format!("[domain-name:value = '{name}']");
    let (a, b, c) = (name('a'), name('b'), name('c'));
    match number % 4 {
        0 => {
            let text = format!("({} FOLLOWEDBY {}) WITHIN 3600 SECONDS", asks(&a), asks(&b));
            (text, vec![a], vec![b])
        }
        1 => {
            let text = format!("{} REPEATS 4 TIMES WITHIN 3600 SECONDS", asks(&a));
            (text, vec![a.clone(), a.clone()], vec![a.clone(), a])
        }
        2 => {
            let text = format!("({} AND {} AND {}) WITHIN 600 SECONDS", asks(&a), asks(&b), asks(&c));
            (text, vec![a, c], vec![b])
        }
        _ => {
            let text = format!(
                "({} FOLLOWEDBY {} REPEATS 2 TIMES FOLLOWEDBY {}) WITHIN 3600 SECONDS",
                asks(&a),
                asks(&b),
                asks(&c)
            );
            (text, vec![a, b.clone(), b], vec![c])
        }
    }
}

/// Megabytes that this process holds.
fn megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// A program, what it is shown, and when.
struct Stream {
    program: Program,
    path: ObjectPath,
    count: u64,
}

impl Stream {
    /// Shows names, ten thousand to the second; how many patterns matched.
    fn show(&mut self, names: impl Iterator<Item = String>) -> usize {
        let mut matches = 0;
        for name in names {
            self.count += 1;
            let moment =
                Timestamp::from_micros(1_790_000_000_000_000 + i64::try_from(self.count).unwrap() * 100);
            let field = Field { object: "d", path: &self.path, value: Value::Text(name) };
            let observation = Observation::from_fields(ObservationId(self.count), moment, [field]);
            matches += self.program.observe(&observation, moment).len();
            matches += self.program.advance(moment).len();
        }
        matches
    }
}

fn main() {
    let patterns = std::env::args().nth(1).map_or(100_000, |own| own.parse().unwrap());
    let program = Program::new(Equality::Normalised, MatcherLimits::DEFAULT);
    let mut stream = Stream { program, path: "domain-name:value".parse().unwrap(), count: 0 };
    let always = Validity { from: Timestamp::EPOCH, until: None, standing: Standing::Active };
    let empty = megabytes();
    let begun = std::time::Instant::now();
    for number in 0..patterns {
        let id = IndicatorId::new(&format!("indicator--00000000-0000-4000-8000-{number:012x}"));
        stream.program.insert(id, &pattern(number).0.parse().unwrap(), always).unwrap();
    }
    let loaded = megabytes() - empty;
    println!("{patterns} patterns in {:.2} s: {loaded:.1} MB", begun.elapsed().as_secs_f64());
    let early = stream.show((0..patterns).flat_map(|number| pattern(number).1));
    let open = megabytes() - empty;
    println!("all of them open: {open:.1} MB, {:.0} bytes each", open * 1_048_576.0 / patterns as f64);
    let late = stream.show((0..patterns).flat_map(|number| pattern(number).2));
    let late = late + stream.program.finish().len();
    println!(
        "matched {early} early and {late} of {patterns} when completed; forgotten: {:?}",
        stream.program.dropped()
    );
    assert!(early == 0 && u64::try_from(late).unwrap() == patterns);
}
