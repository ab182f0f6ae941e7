//! What is shown of ATT&CK and its kin: tactics, techniques, counts.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is counted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MatrixQuery {
    /// Which framework; the first there is where none is named.
    pub(crate) framework: Option<String>,
    /// The subject whose techniques are counted, such as an intrusion set.
    pub(crate) of: Option<String>,
    /// Another to compare with.
    pub(crate) against: Option<String>,
    /// Only what this partner brought.
    pub(crate) partner: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
    /// See as this partner.
    #[serde(rename = "as")]
    #[expect(dead_code, reason = "the gate reads it; here it is described")]
    pub(crate) seen_as: Option<String>,
}

/// Tactics and techniques.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Matrix {
    pub(crate) frameworks: Vec<Framework>,
    /// Which of them this is; empty where there is none.
    pub(crate) framework: String,
    pub(crate) tactics: Vec<Tactic>,
    /// What may be counted or compared.
    pub(crate) subjects: Vec<Subject>,
}

/// A framework, such as ATT&CK Enterprise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Framework {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tactic {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) techniques: Vec<Technique>,
}

/// A cell.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Technique {
    pub(crate) id: String,
    pub(crate) external_id: String,
    pub(crate) name: String,
    pub(crate) count: u64,
    /// The count of what is compared with.
    pub(crate) against: u64,
    /// How many of the uses our own organisation says.
    pub(crate) own: u64,
    /// Sub-techniques.
    #[schema(no_recursion)]
    pub(crate) children: Vec<Technique>,
}

/// Something whose techniques may be counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subject {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) object_type: String,
    /// How many techniques it uses.
    pub(crate) count: u64,
}
