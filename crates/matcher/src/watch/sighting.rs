//! What goes home when an indicator was seen? A sighting (STIX 2.1 section 5.2), and nothing of the telemetry.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stix::Timestamp;
use uuid::Uuid;

use super::{Pap, count::Count, observed};
use crate::IndicatorId;

/// Under which ids sightings and places are made: the same again is the same object, so that sending twice counts once.
pub(super) const NAMESPACE: Uuid = Uuid::from_u128(0x6a0f_5f1e_2c51_5b0f_9a0e_c0de_5ee7_0001);

/// When the objects that say where a sensor stands were created; the same for all, so that they are the same objects.
const PLACE_CREATED: &str = "2026-01-01T00:00:00.000Z";

/// Who watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensor {
    /// Its name; only it keeps sensors of one place apart.
    pub name: String,
    /// The identity of its organisation, where opinions of that are to silence, or sightings to name it.
    pub organisation: Option<String>,
    /// Its nation: an ISO 3166-1 alpha-2 code. What sightings tell of the place.
    pub country: Option<String>,
    /// Whether sightings name the organisation.
    pub naming: Naming,
    /// The markings that its sightings get besides those of the indicator.
    pub markings: Vec<String>,
    /// The markings for sightings of indicators that have none of their own: what their collection says of them is not known here.
    pub unmarked: Vec<String>,
    /// Indicators whose PAP is above this are not watched for.
    pub pap: Pap,
    /// Whether what was seen may be told.
    pub observed_data: ObservedData,
}

/// Whether sightings tell what was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObservedData {
    /// It stays here.
    Keep,
    /// The values that matched go with the sighting, and nothing else of the telemetry.
    Release,
}

/// Whether sightings name the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Only the nation is told.
    NationOnly,
    /// The organisation is told.
    Organisation,
}

/// A sighting to be sent home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Its id.
    #[serde(default)]
    pub id: String,
    /// Its text, a STIX object.
    pub text: String,
    /// The text of the location that it refers to, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The texts of the observed-data that it refers to and of what that is about, where the sensor releases it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<String>,
}

/// An envelope (TAXII 2.1 section 3.7) with sightings, what they refer to in front of them and once.
pub fn envelope<'s>(sightings: impl Iterator<Item = &'s Sighting> + Clone) -> String {
    let places: BTreeSet<&str> = sightings.clone().filter_map(|own| own.place.as_deref()).collect();
    let observed: BTreeSet<&str> =
        sightings.clone().flat_map(|own| &own.observed).map(String::as_str).collect();
    let texts = places.into_iter().chain(observed).chain(sightings.map(|own| own.text.as_str()));
    format!(r#"{{"objects":[{}]}}"#, texts.collect::<Vec<_>>().join(","))
}

impl Sighting {
    pub(super) fn new(sensor: &Sensor, indicator: &IndicatorId, of: Vec<String>, count: &Count) -> Self {
        let key = format!(
            "{}|{}|{indicator}|{}",
            sensor.organisation.as_deref().unwrap_or(""),
            sensor.name,
            count.began
        );
        let id = format!("sighting--{}", Uuid::new_v5(&NAMESPACE, key.as_bytes()));
        let mut markings = if of.is_empty() { sensor.unmarked.clone() } else { of };
        markings.extend(sensor.markings.iter().cloned());
        let mut known = BTreeSet::new();
        markings.retain(|marking| known.insert(marking.clone()));
        let moment = |micros: i64| Timestamp::from_micros(micros).to_string();
        // Written when its window is over, so it is as old as the last of what it counts.
        let created = moment(count.last.max(count.began));
        let mut object = json!({
            "type": "sighting", "spec_version": "2.1", "id": id, "created": created, "modified": created,
            "first_seen": moment(count.first), "last_seen": moment(count.last), "count": count.times,
            "sighting_of_ref": indicator.as_str(),
        });
        let organisation = sensor.organisation.as_deref().filter(|_| sensor.naming == Naming::Organisation);
        let place = sensor.country.as_deref().filter(|_| organisation.is_none()).map(place);
        let mut set = |name: &str, value: Value| {
            if let Some(members) = object.as_object_mut() {
                members.insert(name.to_owned(), value);
            }
        };
        if let Some(organisation) = organisation {
            set("created_by_ref", json!(organisation));
            set("where_sighted_refs", json!([organisation]));
        } else if let Some((place, _)) = &place {
            set("where_sighted_refs", json!([place]));
        }
        let (observed_id, observed) = observed::texts(&id, count, &markings);
        if let Some(observed_id) = observed_id {
            set("observed_data_refs", json!([observed_id]));
        }
        if !markings.is_empty() {
            set("object_marking_refs", json!(markings));
        }
        Self { id, text: object.to_string(), place: place.map(|(_, text)| text), observed }
    }
}

impl Sighting {
    /// That an indicator was looked for in what was kept of a time, and not seen: a sighting with a count of 0.
    pub(super) fn of_none(
        sensor: &Sensor,
        indicator: &IndicatorId,
        of: Vec<String>,
        (since, now): (Timestamp, Timestamp),
    ) -> Self {
        let count = Count {
            began: now.micros(),
            times: 0,
            first: since.micros(),
            last: now.micros(),
            values: BTreeSet::new(),
        };
        Self::new(sensor, indicator, of, &count)
    }
}

/// The location that stands for a nation: id and text.
fn place(country: &str) -> (String, String) {
    let id = format!("location--{}", Uuid::new_v5(&NAMESPACE, country.as_bytes()));
    let object = json!({
        "type": "location", "spec_version": "2.1", "id": id, "created": PLACE_CREATED, "modified": PLACE_CREATED,
        "country": country,
    });
    (id, object.to_string())
}
