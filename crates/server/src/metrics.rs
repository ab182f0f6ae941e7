//! What does an operator watch? Counts and times, never who or what.

use std::{fmt::Write, sync::Arc, sync::atomic::AtomicI64, sync::atomic::AtomicU64};

use exchange::Detection;
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

/// What sensors sent.
#[derive(Debug, Default)]
pub(crate) struct SensorMetrics {
    pub(crate) bodies: Counter,
    pub(crate) repeated: Counter,
    pub(crate) refused: Counter,
    pub(crate) lines: Counter,
    pub(crate) broken_lines: Counter,
    pub(crate) hits: Counter,
    pub(crate) sightings: Counter,
    pub(crate) sightings_refused: Counter,
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
    pub(crate) sensors: SensorMetrics,
    alarms: Gauge<u64, AtomicU64>,
    detection: [Gauge<u64, AtomicU64>; 4],
}

/// Every metric: name and meaning. The manual lists them.
pub(crate) const NAMES: [(&str, &str); 21] = [
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
    ("cresset_sensor_bodies", "Bodies of telemetry matched"),
    ("cresset_sensor_bodies_repeated", "Bodies of telemetry that were taken before"),
    ("cresset_sensor_bodies_refused", "Bodies of telemetry refused because the queue was full"),
    ("cresset_sensor_lines", "Lines of telemetry looked at"),
    ("cresset_sensor_broken_lines", "Lines of telemetry that could not be read"),
    ("cresset_sensor_hits", "Matches of indicators in telemetry"),
    ("cresset_sensor_sightings", "Sightings of sensors that came home"),
    ("cresset_sensor_sightings_refused", "Sightings of sensors that were refused; anything but 0 is a fault"),
    ("cresset_sensor_sightings_waiting", "Sightings of sensors that have not come home yet"),
    ("cresset_sensor_indicators", "Indicators watched for, all sensors together"),
    ("cresset_sensor_indicators_above_pap", "Indicators left out because their PAP is above the sensor's"),
    ("cresset_sensor_indicators_refused", "Indicators that cannot be watched for"),
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
        let sensors = SensorMetrics::default();
        for (name, counter) in [
            ("cresset_sensor_bodies", &sensors.bodies),
            ("cresset_sensor_bodies_repeated", &sensors.repeated),
            ("cresset_sensor_bodies_refused", &sensors.refused),
            ("cresset_sensor_lines", &sensors.lines),
            ("cresset_sensor_broken_lines", &sensors.broken_lines),
            ("cresset_sensor_hits", &sensors.hits),
            ("cresset_sensor_sightings", &sensors.sightings),
            ("cresset_sensor_sightings_refused", &sensors.sightings_refused),
        ] {
            registry.register(name, help(name), counter.clone());
        }
        let detection: [Gauge<u64, AtomicU64>; 4] = Default::default();
        for (name, gauge) in [
            "cresset_sensor_indicators",
            "cresset_sensor_indicators_above_pap",
            "cresset_sensor_indicators_refused",
            "cresset_sensor_sightings_waiting",
        ]
        .into_iter()
        .zip(&detection)
        {
            registry.register(name, help(name), gauge.clone());
        }
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
            sensors,
            alarms,
            detection,
        })
    }

    /// In the text format of OpenMetrics.
    pub(crate) fn text(&self, alarms: u64, detection: Detection) -> String {
        self.alarms.set(alarms);
        let Detection { indicators, above_pap, refused, waiting } = detection;
        for (gauge, value) in self.detection.iter().zip([indicators, above_pap, refused, waiting]) {
            gauge.set(value);
        }
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            let _ = write!(text, "# the metrics could not be written");
        }
        text
    }
}
