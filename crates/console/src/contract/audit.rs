//! What is shown of the ledger?

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which entries.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Only those about this object.
    pub(crate) object: Option<String>,
    /// Only those about this partner.
    pub(crate) partner: Option<String>,
    /// The `next` of the page before; the latest come first.
    pub(crate) after: Option<String>,
    pub(crate) limit: Option<u32>,
}

/// Entries of the ledger, the latest first.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Entries {
    pub(crate) entries: Vec<LedgerEntry>,
    pub(crate) next: Option<String>,
    /// How many entries the ledger has.
    pub(crate) total: u64,
}

/// One entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerEntry {
    pub(crate) number: u64,
    pub(crate) time: String,
    /// `release`, `submission`, `removal`, `relabelling`, `policy`, `credentials`, `person`, `checkpoint`, `unreadable`.
    pub(crate) kind: String,
    pub(crate) partner: Option<String>,
    pub(crate) collection: Option<String>,
    /// On which way it left.
    pub(crate) channel: Option<String>,
    /// How many objects it speaks of.
    pub(crate) objects: u64,
    /// How many of them were redacted.
    pub(crate) redacted: u64,
    /// In words.
    pub(crate) text: String,
    pub(crate) hash: String,
}

/// Who got an object.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Receipts {
    pub(crate) receipts: Vec<Receipt>,
}

/// Somebody got a version of an object.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// Empty where it was shown to one of our own people.
    pub(crate) partner: String,
    /// Which of our own people.
    pub(crate) viewer: Option<String>,
    pub(crate) version: String,
    pub(crate) time: String,
    pub(crate) channel: String,
    pub(crate) collection: String,
    pub(crate) added: String,
    /// What was taken out of it, each with the line of the rule.
    pub(crate) without: Vec<Without>,
    pub(crate) entry: u64,
}

/// A property that was taken out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Without {
    pub(crate) property: String,
    pub(crate) line: u8,
}

/// Whether the ledger is whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verification {
    pub(crate) entries: u64,
    pub(crate) hash: String,
    pub(crate) checkpoints: u64,
    pub(crate) keys: Vec<String>,
    /// Empty where nothing is wrong.
    pub(crate) problems: Vec<String>,
}
