//! What is shown over time and over the map?

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is counted, and in which steps.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TimelineQuery {
    /// As for objects.
    pub(crate) q: Option<String>,
    /// The step; days where it is not said.
    pub(crate) by: Option<Step>,
    /// See as this partner.
    #[serde(rename = "as")]
    #[expect(dead_code, reason = "the gate reads it; here it is described")]
    pub(crate) partner: Option<String>,
}

/// A step of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Step {
    #[default]
    Day,
    Week,
    Month,
}

impl From<Step> for exchange::Interval {
    fn from(step: Step) -> Self {
        match step {
            Step::Day => Self::Day,
            Step::Week => Self::Week,
            Step::Month => Self::Month,
        }
    }
}

/// Counts over time, campaigns, countries.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Timeline {
    pub(crate) series: Vec<Series>,
    pub(crate) campaigns: Vec<Campaign>,
    pub(crate) countries: Vec<Country>,
}

/// What one source brought, step by step.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Series {
    /// A partner's name, or our own organisation's.
    pub(crate) source: String,
    /// Objects by when they were modified, sightings left out.
    pub(crate) points: Vec<Point>,
    /// Sightings by when they were seen last.
    pub(crate) sightings: Vec<Point>,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Point {
    pub(crate) from: String,
    pub(crate) count: u64,
}

/// A campaign and when it was seen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Campaign {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) first: Option<String>,
    pub(crate) last: Option<String>,
}

/// A country, and how much speaks of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Country {
    /// As STIX locations have it: ISO 3166-1 alpha-2, mostly. The web app has the names.
    pub(crate) code: String,
    pub(crate) count: u64,
}
