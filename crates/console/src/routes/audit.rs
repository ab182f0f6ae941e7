//! What does the ledger say?

use crate::{
    contract::audit::{AuditQuery, Entries, Receipts, Verification},
    problem::{Problem, ProblemBody},
};

/// The ledger, the latest entry first.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "audit",
    params(AuditQuery),
    responses((status = 200, body = Entries), (status = "default", body = ProblemBody))
)]
pub(crate) async fn entries() -> Problem {
    Problem::Absent
}

/// Who got an object.
#[utoipa::path(
    get,
    path = "/audit/who/{id}",
    tag = "audit",
    params(("id" = String, Path)),
    responses((status = 200, body = Receipts), (status = "default", body = ProblemBody))
)]
pub(crate) async fn who() -> Problem {
    Problem::Absent
}

/// Follows the chain of the ledger.
#[utoipa::path(
    post,
    path = "/audit/verification",
    tag = "audit",
    responses((status = 200, body = Verification), (status = "default", body = ProblemBody))
)]
pub(crate) async fn verify() -> Problem {
    Problem::Absent
}
