//! What does a sensor say of itself? A line on a terminal, and metrics.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

/// The longest head of a request for metrics, in bytes.
const HEAD_BYTES_MAX: u64 = 8192;
const PATIENCE: Duration = Duration::from_secs(5);

/// Every metric: name, kind and meaning. The manual lists them.
pub(crate) const NAMES: [(&str, &str, &str); 9] = [
    ("cresset_watch_lines", "counter", "Lines of telemetry looked at"),
    ("cresset_watch_broken_lines", "counter", "Lines that could not be read"),
    ("cresset_watch_alerts", "counter", "Alerts told"),
    ("cresset_watch_sightings", "counter", "Sightings made"),
    ("cresset_watch_sightings_waiting", "gauge", "Sightings that have not come home yet"),
    ("cresset_watch_indicators", "gauge", "Indicators watched for"),
    ("cresset_watch_indicators_refused", "counter", "Indicators that cannot be watched for"),
    ("cresset_watch_indicators_above_pap", "gauge", "Indicators left out because their PAP is above `--pap`"),
    (
        "cresset_watch_sightings_refused",
        "counter",
        "Sightings that the node refused; anything but 0 is a fault",
    ),
];

type Numbers = Arc<[AtomicU64; NAMES.len()]>;

/// Counts of one sensor.
pub(super) struct Gauges {
    numbers: Numbers,
    bar: ProgressBar,
    /// How many broken lines were told one by one.
    told: u64,
}

/// So many broken lines are told one by one; the rest is counted.
const BROKEN_TOLD_MAX: u64 = 20;

impl Gauges {
    pub(super) fn start(metrics: Option<SocketAddr>) -> anyhow::Result<Self> {
        let numbers = Numbers::default();
        if let Some(address) = metrics {
            let listener =
                TcpListener::bind(address).with_context(|| format!("cannot listen on `{address}`"))?;
            let numbers = Arc::clone(&numbers);
            thread::Builder::new().name("cresset-metrics".to_owned()).spawn(move || {
                for stream in listener.incoming().flatten() {
                    let _ = answer(stream, &numbers);
                }
            })?;
        }
        let bar = ProgressBar::new_spinner();
        bar.set_style(ProgressStyle::default_spinner());
        Ok(Self { numbers, bar, told: 0 })
    }

    fn number(&self, which: usize) -> Option<&AtomicU64> {
        self.numbers.get(which)
    }

    fn add(&self, which: usize) {
        self.number(which).map(|number| number.fetch_add(1, Ordering::Relaxed));
    }

    fn set(&self, which: usize, value: usize) {
        let value = u64::try_from(value).unwrap_or(u64::MAX);
        self.number(which).map(|number| number.swap(value, Ordering::Relaxed));
    }

    fn value(&self, which: usize) -> u64 {
        self.number(which).map_or(0, |number| number.load(Ordering::Relaxed))
    }

    pub(super) fn lines_seen(&self, lines: u64) {
        self.number(0).map(|number| number.fetch_add(lines, Ordering::Relaxed));
    }

    pub(super) fn lines(&self) -> u64 {
        self.value(0)
    }

    pub(super) fn broken(&mut self, input: &str, what: &str) {
        self.add(1);
        self.told += 1;
        match self.told.cmp(&BROKEN_TOLD_MAX) {
            std::cmp::Ordering::Less => tracing::warn!("{input}: {what}"),
            std::cmp::Ordering::Equal => tracing::warn!("{input}: {what}; further ones are only counted"),
            std::cmp::Ordering::Greater => {}
        }
    }

    pub(super) fn alert(&self) {
        self.add(2);
    }

    pub(super) fn sighting(&self) {
        self.add(3);
    }

    pub(super) fn waiting(&self, sightings: usize) {
        self.set(4, sightings);
    }

    pub(super) fn indicators(&self, count: usize) {
        self.set(5, count);
    }

    pub(super) fn refused(&self) {
        self.add(6);
    }

    pub(super) fn above_ceiling(&self, count: usize) {
        self.set(7, count);
    }

    pub(super) fn sighting_refused(&self) {
        self.add(8);
    }

    /// One line, on a terminal.
    pub(super) fn show(&self) {
        self.bar.set_message(format!(
            "{} indicators, {} lines, {} alerts, {} sightings ({} waiting)",
            self.value(5),
            self.value(0),
            self.value(2),
            self.value(3),
            self.value(4)
        ));
        self.bar.tick();
    }
}

/// Whatever is asked for, the metrics are the answer.
fn answer(mut stream: TcpStream, numbers: &Numbers) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = BufReader::new(stream.try_clone()?.take(HEAD_BYTES_MAX));
    for line in head.lines() {
        if line?.is_empty() {
            break;
        }
    }
    let mut body = String::new();
    for ((name, kind, meaning), number) in NAMES.iter().zip(numbers.iter()) {
        let total = if *kind == "counter" { "_total" } else { "" };
        let number = number.load(Ordering::Relaxed);
        let _ = write!(body, "# HELP {name} {meaning}\n# TYPE {name} {kind}\n{name}{total} {number}\n");
    }
    body.push_str("# EOF\n");
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
