//! What is shown of what was seen: hits of our own sensors, and who of the partners saw what.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::object::Row;

/// Which hits.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HitsQuery {
    /// Open ones where it is not said.
    pub(crate) state: Option<HitState>,
    pub(crate) after: Option<String>,
    pub(crate) limit: Option<u32>,
}

/// What became of a hit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HitState {
    /// Nobody looked yet, or the time for which it was put off is over.
    #[default]
    Open,
    Done,
    Snoozed,
    /// The indicator is wrong here: an opinion says so, and our sensors fire on it no more.
    FalsePositive,
}

/// Hits of this organisation's own sensors.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Hits {
    pub(crate) hits: Vec<Hit>,
    pub(crate) next: Option<String>,
}

/// All sightings of one indicator by one sensor.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hit {
    pub(crate) id: String,
    pub(crate) indicator: Row,
    /// What was seen, as far as the pattern says; else what the indicator is called.
    pub(crate) value: String,
    pub(crate) count: u64,
    pub(crate) first: Option<String>,
    pub(crate) last: Option<String>,
    pub(crate) sensor: String,
    pub(crate) state: HitState,
    /// Until when it is snoozed.
    pub(crate) until: Option<String>,
    pub(crate) confidence: Option<u8>,
    /// The pattern that matched.
    pub(crate) why: String,
}

/// What becomes of a hit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HitChange {
    pub(crate) state: HitState,
    /// Until when, for `snoozed`.
    #[serde(default)]
    pub(crate) until: Option<String>,
}

/// Which indicators.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SightingsQuery {
    pub(crate) after: Option<String>,
    pub(crate) limit: Option<u32>,
    /// See as this partner.
    #[serde(rename = "as")]
    #[expect(dead_code, reason = "the gate reads it; here it is described")]
    pub(crate) partner: Option<String>,
}

/// Who saw what.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Board {
    /// Names of partners, and of our own organisation: the columns.
    pub(crate) partners: Vec<String>,
    pub(crate) rows: Vec<BoardRow>,
    pub(crate) next: Option<String>,
}

/// One indicator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardRow {
    pub(crate) indicator: Row,
    pub(crate) cells: Vec<BoardCell>,
}

/// What one partner saw of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardCell {
    pub(crate) partner: String,
    pub(crate) state: SeenState,
    pub(crate) count: u64,
    pub(crate) first: Option<String>,
    pub(crate) last: Option<String>,
}

/// Whether it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SeenState {
    Seen,
    /// It was looked for and not seen.
    Looked,
    None,
}

/// "We saw it too".
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSighting {
    /// The indicator's id.
    pub(crate) indicator: String,
    /// How often; 0 says that it was looked for and not seen.
    #[serde(default = "one")]
    pub(crate) count: u32,
    #[serde(default)]
    pub(crate) first: Option<String>,
    #[serde(default)]
    pub(crate) last: Option<String>,
    /// Ids of marking-definitions, or `TLP:GREEN` and the like; the indicator's own are added. At least one.
    pub(crate) marking: Vec<String>,
    /// Where to; the collection of the indicator where it is not said.
    #[serde(default)]
    pub(crate) collection: Option<String>,
}

fn one() -> u32 {
    1
}

/// Something was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Made {
    pub(crate) id: String,
}
