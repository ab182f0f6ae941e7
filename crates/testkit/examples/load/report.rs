//! How is a run summed up in one line?

use std::time::Duration;

use serde_json::{Map, Value};

/// Names and numbers of one run, in the order in which they were said.
#[derive(Debug)]
pub(crate) struct Report {
    mode: &'static str,
    said: Vec<(&'static str, Value)>,
}

impl Report {
    pub(crate) fn new(mode: &'static str) -> Self {
        Self { mode, said: Vec::new() }
    }

    pub(crate) fn say(&mut self, name: &'static str, value: impl Into<Value>) {
        self.said.push((name, value.into()));
    }

    /// `count` things in that time, per second.
    pub(crate) fn rate(&mut self, name: &'static str, count: u64, time: Duration) {
        self.say(name, rounded(real(count) / time.as_secs_f64().max(1e-9)));
    }

    /// Megabytes (10⁶ bytes) in that time, per second.
    pub(crate) fn rate_megabytes(&mut self, bytes: u64, time: Duration) {
        self.say("megabytes_per_second", rounded(real(bytes) / 1e6 / time.as_secs_f64().max(1e-9)));
    }

    pub(crate) fn seconds(&mut self, time: Duration) {
        self.say("seconds", (time.as_secs_f64() * 1e4).round() / 1e4);
    }

    /// The median and the 99th percentile of these times, in milliseconds.
    pub(crate) fn latencies(&mut self, mut times: Vec<Duration>) {
        times.sort_unstable();
        for (name, hundredth) in [("p50_ms", 50), ("p99_ms", 99)] {
            let rank = (times.len() * hundredth).div_ceil(100).saturating_sub(1);
            if let Some(time) = times.get(rank) {
                self.say(name, (time.as_secs_f64() * 1e6).round() / 1e3);
            }
        }
    }

    /// Something that was timed was not done as asked.
    pub(crate) fn fail(&mut self, why: String) {
        self.say("error", why);
    }

    pub(crate) fn failed(&self) -> bool {
        self.said.iter().any(|(name, _)| *name == "error")
    }

    pub(crate) fn json(&self) -> String {
        let mut members = Map::from_iter([("mode".to_owned(), Value::from(self.mode))]);
        members.extend(self.said.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Value::Object(members).to_string()
    }

    pub(crate) fn human(&self) -> String {
        let said: Vec<_> = self.said.iter().map(|(name, value)| format!("{name} {value}")).collect();
        format!("{}: {}", self.mode, said.join(", "))
    }
}

fn rounded(rate: f64) -> f64 {
    (rate * 10.0).round() / 10.0
}

#[expect(clippy::cast_precision_loss, reason = "rates are rounded far above the 53rd bit")]
fn real(count: u64) -> f64 {
    count as f64
}
