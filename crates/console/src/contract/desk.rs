//! What is shown at the release desk: the queue, who sees what by which line of the rule, recall.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::object::{Row, WithheldProperty};

/// Which releases.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReleasesQuery {
    pub(crate) state: Option<ReleaseState>,
    pub(crate) after: Option<String>,
    pub(crate) limit: Option<u32>,
}

/// Where a release stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReleaseState {
    /// It waits for a second person.
    Pending,
    /// It is served.
    Released,
    /// The second person said no.
    Rejected,
    /// It is served no more.
    Recalled,
}

/// What a release does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReleaseKind {
    /// Objects are published.
    Publish,
    /// An object of ours is revoked or withdrawn.
    Recall,
    /// An object of ours is marked otherwise.
    Marking,
}

/// The queue.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Releases {
    pub(crate) releases: Vec<ReleaseSummary>,
    pub(crate) next: Option<String>,
}

/// One release in the queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReleaseSummary {
    pub(crate) id: String,
    pub(crate) kind: ReleaseKind,
    pub(crate) state: ReleaseState,
    pub(crate) collection: String,
    /// How many objects.
    pub(crate) objects: usize,
    /// What the first of them is called.
    pub(crate) title: String,
    /// Who proposed it, and when.
    pub(crate) by: String,
    pub(crate) proposed: String,
    pub(crate) reason: Option<String>,
    /// Who decided, when, and why.
    pub(crate) decided: Option<Decided>,
    /// Whether this user may decide about it: nobody approves what they proposed.
    pub(crate) may_decide: bool,
}

/// The second person's decision.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct Decided {
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) decision: Approval,
    pub(crate) reason: Option<String>,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Approval {
    Approve,
    Reject,
}

/// One release.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Release {
    pub(crate) summary: ReleaseSummary,
    pub(crate) matrix: ReleaseMatrix,
}

/// Who sees what, and by which line of the rule not.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct ReleaseMatrix {
    /// Names of partners, the columns.
    pub(crate) partners: Vec<String>,
    pub(crate) rows: Vec<ReleaseRow>,
}

/// One object.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReleaseRow {
    pub(crate) object: Row,
    pub(crate) cells: Vec<ReleaseCell>,
}

/// What one partner gets of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReleaseCell {
    pub(crate) partner: String,
    pub(crate) decision: ReleaseDecision,
    /// The line of the rule that decides, where it withholds.
    pub(crate) line: Option<u8>,
    pub(crate) reason: Option<String>,
    pub(crate) withheld_properties: Vec<WithheldProperty>,
}

/// What the rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReleaseDecision {
    Sees,
    Redacted,
    Withheld,
}

/// The second person's word.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApprovalRequest {
    pub(crate) decision: Approval,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// To whom.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OutgoingQuery {
    pub(crate) partner: String,
}

/// Why it is recalled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecallRequest {
    pub(crate) reason: String,
    /// Revoked where it is not said.
    #[serde(default)]
    pub(crate) how: RecallKind,
}

/// How it is recalled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RecallKind {
    /// A new version says that it is revoked: everybody who has it learns so.
    #[default]
    Revoke,
    /// Our versions are served no more: who has it is not told.
    Withdraw,
}

/// Other markings for an object of ours.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkingRequest {
    /// Ids of marking-definitions, or `TLP:GREEN` and the like. Never empty.
    pub(crate) marking: Vec<String>,
    pub(crate) reason: String,
}

/// What became of a recall or a marking.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recalled {
    /// The release that it is in the queue.
    pub(crate) release: String,
    pub(crate) state: ReleaseState,
    /// Who got the object before, as the ledger knows.
    pub(crate) holders: Vec<String>,
}
