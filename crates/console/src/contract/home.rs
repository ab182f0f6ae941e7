//! What changed, what may be chosen, and how is the node?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::object::TlpLevel;

/// Since when.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HomeQuery {
    /// A moment; where it is not said, since the user's visit before this one, or a week.
    pub(crate) since: Option<String>,
    /// See as this partner.
    #[serde(rename = "as")]
    #[expect(dead_code, reason = "the gate reads it; here it is described")]
    pub(crate) partner: Option<String>,
}

/// What changed.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Home {
    pub(crate) since: String,
    /// What was added, by type.
    pub(crate) added: Vec<TypeCount>,
    /// What partners brought.
    pub(crate) partners: Vec<PartnerCount>,
    pub(crate) hits_open: u64,
    /// Sightings by day, over two weeks.
    pub(crate) sightings: Vec<DayCount>,
    pub(crate) releases_pending: u64,
    pub(crate) feeds: Vec<Feed>,
    /// How many objects this reader may see at all.
    pub(crate) total: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypeCount {
    #[serde(rename = "type")]
    pub(crate) object_type: String,
    pub(crate) count: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartnerCount {
    pub(crate) name: String,
    pub(crate) count: u64,
    pub(crate) latest: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayCount {
    pub(crate) day: String,
    pub(crate) count: u64,
}

/// A source of objects and how it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Feed {
    pub(crate) name: String,
    pub(crate) state: FeedState,
    pub(crate) latest: Option<String>,
    pub(crate) error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FeedState {
    Live,
    /// Nothing came for a week.
    Quiet,
    /// Something of it was refused within a week; told to administrators.
    Failing,
}

/// Markings that may be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Markings {
    pub(crate) markings: Vec<MarkingChoice>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarkingChoice {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `tlp`, `statement`, `releasability`, …
    pub(crate) kind: String,
    pub(crate) tlp: Option<TlpLevel>,
}

/// Collections.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Collections {
    pub(crate) collections: Vec<Collection>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Collection {
    pub(crate) id: String,
    pub(crate) alias: String,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// What stands for the markings of an object that has none.
    pub(crate) default_marking: Vec<String>,
    /// Partners that read it now.
    pub(crate) readers: Vec<String>,
    /// Whether a second person has to approve what is published in it.
    pub(crate) second_person: bool,
}

/// How the node is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    pub(crate) version: String,
    pub(crate) backend: String,
    pub(crate) last_change: String,
    pub(crate) objects: u64,
    /// Anything but 0 is a fault.
    pub(crate) alarms: u64,
    /// What an administrator should look at.
    pub(crate) remarks: Vec<String>,
    pub(crate) sessions: u64,
    pub(crate) streams: u64,
}

/// What changed, without objects: one message of the stream, whose event id is `sequence`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Changed {
    pub(crate) sequence: u64,
    /// How many objects that this reader may see were added, by type.
    pub(crate) added: BTreeMap<String, u64>,
    /// Open hits.
    pub(crate) hits: u64,
    /// Releases that wait.
    pub(crate) releases: u64,
}
