//! What is shown of the graph: nodes, edges, and what is folded.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::object::Marking;

/// What is asked of the graph.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GraphQuery {
    /// Ids around which.
    pub(crate) around: Vec<String>,
    /// Types that are not wanted.
    #[serde(default)]
    pub(crate) hide_types: Vec<String>,
    /// Verbs that are not wanted.
    #[serde(default)]
    pub(crate) hide_verbs: Vec<String>,
    /// Only what was first or last seen from then on.
    #[serde(default)]
    pub(crate) from: Option<String>,
    #[serde(default)]
    pub(crate) until: Option<String>,
    /// At most so many nodes, up to 500.
    #[serde(default)]
    pub(crate) limit: Option<u32>,
    /// Whether reports, containers and who made what are joined as well.
    #[serde(default)]
    pub(crate) meta: bool,
}

/// Between which.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PathQuery {
    pub(crate) from: String,
    pub(crate) to: String,
    /// See as this partner.
    #[serde(rename = "as")]
    #[expect(dead_code, reason = "the gate reads it; here it is described")]
    pub(crate) partner: Option<String>,
}

/// A part of the graph.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    /// What there is besides, counted.
    pub(crate) folded: Vec<Folded>,
}

/// An object in the graph.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Node {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) object_type: String,
    pub(crate) name: String,
    pub(crate) marking: Marking,
    /// How many neighbours this reader may see, in the whole graph.
    pub(crate) degree: u64,
    /// How far in front it stands: 0 for those asked for, then in order.
    pub(crate) rank: u64,
    pub(crate) first: Option<String>,
    pub(crate) last: Option<String>,
}

/// A relationship, or a reference of one object to another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Edge {
    /// The relationship's id; for a reference, one made of both ends.
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) verb: String,
}

/// Neighbours that are not shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Folded {
    pub(crate) around: String,
    #[serde(rename = "type")]
    pub(crate) object_type: String,
    pub(crate) verb: String,
    pub(crate) count: u64,
}

/// A graph that a user keeps.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedGraph {
    pub(crate) name: String,
    pub(crate) nodes: Vec<SavedNode>,
    /// What the web app wants to keep with it.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) filters: serde_json::Value,
}

/// Where a node stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedNode {
    pub(crate) id: String,
    pub(crate) x: f64,
    pub(crate) y: f64,
    #[serde(default)]
    pub(crate) pinned: bool,
}

/// The graphs that a user keeps.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedGraphs {
    pub(crate) graphs: Vec<SavedGraphSummary>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedGraphSummary {
    pub(crate) name: String,
    pub(crate) nodes: usize,
    pub(crate) saved: String,
}
