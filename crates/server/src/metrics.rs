//! What does an operator watch? Counts and times, never who or what.

use std::{fmt::Write, sync::Arc, sync::atomic::AtomicI64, sync::atomic::AtomicU64};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

/// Labels of a request: the route's pattern, never its values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    pub(crate) method: &'static str,
    pub(crate) route: &'static str,
    pub(crate) status: u16,
}

#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) requests: Family<RequestLabels, Counter>,
    pub(crate) seconds: Histogram,
    pub(crate) objects_accepted: Counter,
    pub(crate) objects_refused: Counter,
    pub(crate) objects_released: Counter,
    pub(crate) bytes_released: Counter,
    pub(crate) refused_credentials: Counter,
    pub(crate) connections: Gauge<i64, AtomicI64>,
    alarms: Gauge<u64, AtomicU64>,
}

/// Every metric: name and meaning. The manual lists them.
pub(crate) const NAMES: [(&str, &str); 9] = [
    ("cresset_requests", "Requests answered, by method, route and status"),
    ("cresset_request_seconds", "Time from the head of a request to the head of its answer"),
    ("cresset_objects_accepted", "Objects taken from partners, those held before included"),
    ("cresset_objects_refused", "Objects of partners refused for what is wrong with them"),
    ("cresset_objects_released", "Objects given to partners"),
    ("cresset_bytes_released", "Bytes of objects given to partners"),
    ("cresset_credentials_refused", "Requests without valid credentials"),
    ("cresset_connections", "Connections open"),
    (
        "cresset_release_alarms",
        "Objects that the store gave and the policy withheld by their label; anything but 0 is a fault",
    ),
];

impl Metrics {
    pub(crate) fn new() -> Arc<Self> {
        let mut registry = Registry::default();
        let help = |name: &str| NAMES.iter().find(|(own, _)| *own == name).map_or("", |(_, help)| *help);
        let requests = Family::default();
        let seconds = Histogram::new(exponential_buckets(0.000_1, 4.0, 10));
        let counters: [Counter; 5] = Default::default();
        let [objects_accepted, objects_refused, objects_released, bytes_released, refused_credentials] =
            counters;
        let (connections, alarms) = (Gauge::default(), Gauge::default());
        registry.register("cresset_requests", help("cresset_requests"), Family::clone(&requests));
        registry.register("cresset_request_seconds", help("cresset_request_seconds"), seconds.clone());
        for (name, counter) in [
            ("cresset_objects_accepted", &objects_accepted),
            ("cresset_objects_refused", &objects_refused),
            ("cresset_objects_released", &objects_released),
            ("cresset_bytes_released", &bytes_released),
            ("cresset_credentials_refused", &refused_credentials),
        ] {
            registry.register(name, help(name), counter.clone());
        }
        registry.register("cresset_connections", help("cresset_connections"), connections.clone());
        registry.register("cresset_release_alarms", help("cresset_release_alarms"), alarms.clone());
        Arc::new(Self {
            registry,
            requests,
            seconds,
            objects_accepted,
            objects_refused,
            objects_released,
            bytes_released,
            refused_credentials,
            connections,
            alarms,
        })
    }

    /// In the text format of OpenMetrics.
    pub(crate) fn text(&self, alarms: u64) -> String {
        self.alarms.set(alarms);
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            let _ = write!(text, "# the metrics could not be written");
        }
        text
    }
}
