//! What is shown of partners: agreements, traffic, what is wrong.

use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// All partners.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Partners {
    pub(crate) partners: Vec<PartnerSummary>,
}

/// One of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PartnerSummary {
    pub(crate) name: String,
    pub(crate) organisation: String,
    pub(crate) nation: Option<String>,
    /// Aliases of the collections that it may use now.
    pub(crate) collections: Vec<String>,
    /// Whether these are this node's own sensors.
    pub(crate) sensors: bool,
    /// When it last got or brought something; for administrators.
    pub(crate) last_seen: Option<String>,
    /// What was refused last; for administrators.
    pub(crate) last_error: Option<String>,
    /// Whether it has any way to sign in; for administrators.
    pub(crate) can_sign_in: Option<bool>,
}

/// One partner.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Partner {
    pub(crate) summary: PartnerSummary,
    pub(crate) clearances: BTreeMap<String, String>,
    pub(crate) communities: Vec<String>,
    pub(crate) agreements: Vec<Agreement>,
    /// For administrators: it counts what others may not know of.
    pub(crate) traffic: Option<Vec<TrafficDay>>,
    /// SHA-256 fingerprints.
    pub(crate) certificates: Vec<String>,
}

/// What was agreed about one collection.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Agreement {
    pub(crate) collection: String,
    pub(crate) title: String,
    /// `read`, `submit`, `delete`.
    pub(crate) may: Vec<String>,
    pub(crate) ceiling: super::object::TlpLevel,
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) in_force: bool,
}

/// What went both ways on one day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrafficDay {
    pub(crate) day: String,
    /// Objects it got.
    pub(crate) out: u64,
    /// Objects it brought.
    #[serde(rename = "in")]
    pub(crate) brought: u64,
    /// Objects of it that were refused.
    pub(crate) refused: u64,
}
