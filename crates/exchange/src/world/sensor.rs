//! What did the administrator declare of a sensor? What it watches for, and what its sightings may say.

use std::collections::BTreeSet;

use matcher::watch::{Naming, ObservedData, Sensor};
use releasability::Pap;
use serde::{Deserialize, Serialize};

use super::{Problems, World, default_marking_id};

/// How many sensors may be declared.
pub const SENSORS_MAX: usize = 256;
/// The longest window of a sighting, and the longest memory.
const WINDOW_SECONDS_MAX: u32 = 86_400;
const REMEMBER_DAYS_MAX: u16 = 366;

/// A source of telemetry of this node's own organisation, that posts to the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensorDeclared {
    /// Its name. Sightings do not say it.
    pub name: String,
    /// The aliases of the collections whose indicators it watches for.
    pub collections: Vec<String>,
    /// The alias of the collection to which its sightings go.
    pub home: String,
    /// The nation that its sightings name: an ISO 3166-1 alpha-2 code. They name none where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Whether its sightings name the organisation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub name_organisation: bool,
    /// What its sightings are marked with besides the markings of the indicator.
    #[serde(default = "amber")]
    pub marking: Vec<String>,
    /// Whether sightings tell the values that matched.
    #[serde(default)]
    pub observed_data: ObservedDataPolicy,
    /// Indicators with a stricter PAP are left out.
    #[serde(default = "red")]
    pub pap: Pap,
    /// How many days of values are remembered, to look for new indicators among them; none where 0.
    #[serde(default)]
    pub remember_days: u16,
    /// How long one sighting gathers.
    #[serde(default = "five_minutes")]
    pub window_seconds: u32,
    /// Whether values that are too common to mean anything keep an indicator from firing.
    #[serde(default = "yes")]
    pub warninglists: bool,
}

/// Whether sightings tell the values that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObservedDataPolicy {
    /// They stay on the node.
    #[default]
    Keep,
    /// They go with the sighting, as observed-data.
    Release,
}

fn amber() -> Vec<String> {
    vec!["TLP:AMBER".to_owned()]
}

fn red() -> Pap {
    Pap::Red
}

fn five_minutes() -> u32 {
    300
}

fn yes() -> bool {
    true
}

impl SensorDeclared {
    /// How the matcher knows it. `unmarked` is what stands for an indicator without markings.
    pub(crate) fn sensor(&self, organisation: &str, unmarked: Vec<String>) -> Sensor {
        Sensor {
            name: self.name.clone(),
            organisation: Some(organisation.to_owned()),
            country: self.country.clone(),
            naming: if self.name_organisation { Naming::Organisation } else { Naming::NationOnly },
            markings: self.marking.iter().filter_map(|marking| default_marking_id(marking)).collect(),
            unmarked,
            pap: permitted(self.pap),
            observed_data: match self.observed_data {
                ObservedDataPolicy::Keep => ObservedData::Keep,
                ObservedDataPolicy::Release => ObservedData::Release,
            },
        }
    }
}

/// PAP as the matcher says it.
pub fn permitted(pap: Pap) -> matcher::watch::Pap {
    match pap {
        Pap::Clear => matcher::watch::Pap::Clear,
        Pap::Green => matcher::watch::Pap::Green,
        Pap::Amber => matcher::watch::Pap::Amber,
        Pap::Red => matcher::watch::Pap::Red,
    }
}

impl World {
    pub(super) fn check_sensors(&self, problems: &mut Problems) {
        let mut names = BTreeSet::new();
        if self.sensors.len() > SENSORS_MAX {
            problems.add("sensors", &format!("there are more than {SENSORS_MAX}"));
        }
        for sensor in &self.sensors {
            let place = format!("sensor `{}`", sensor.name);
            let form = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
            if sensor.name.is_empty() || sensor.name.len() > 64 || !sensor.name.bytes().all(form) {
                problems.add(&place, "the name is 1 to 64 letters, digits, `-`, `_`, `.`");
            }
            if !names.insert(sensor.name.as_str()) {
                problems.add(&place, "is declared twice");
            }
            if sensor.collections.is_empty() {
                problems.add(&place, "`collections` names at least one collection");
            }
            let declared = |alias: &&String| self.collections.iter().any(|known| known.alias == **alias);
            for alias in sensor.collections.iter().chain([&sensor.home]).filter(|alias| !declared(alias)) {
                problems.add(&place, &format!("collection `{alias}` is not declared"));
            }
            for marking in sensor.marking.iter().filter(|marking| default_marking_id(marking).is_none()) {
                problems
                    .add(&place, &format!("`{marking}` is no TLP level and no id of a marking-definition"));
            }
            let is_code = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
            if sensor.country.as_ref().is_some_and(|code| !is_code(code)) {
                problems.add(&place, "`country` is an ISO 3166-1 alpha-2 code, such as `NO`");
            }
            if sensor.window_seconds == 0 || sensor.window_seconds > WINDOW_SECONDS_MAX {
                problems.add(&place, &format!("`window_seconds` is 1 to {WINDOW_SECONDS_MAX}"));
            }
            if sensor.remember_days > REMEMBER_DAYS_MAX {
                problems.add(&place, &format!("`remember_days` is at most {REMEMBER_DAYS_MAX}"));
            }
        }
    }
}
