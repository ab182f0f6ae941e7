//! Who gets what, who says so, and how is it taken back?

use crate::{
    contract::desk::{
        ApprovalRequest, MarkingRequest, OutgoingQuery, RecallRequest, Recalled, Release, ReleaseMatrix,
        ReleaseSummary, Releases, ReleasesQuery,
    },
    problem::{Problem, ProblemBody},
};

/// The queue.
#[utoipa::path(
    get,
    path = "/releases",
    tag = "desk",
    params(ReleasesQuery),
    responses((status = 200, body = Releases), (status = "default", body = ProblemBody))
)]
pub(crate) async fn releases() -> Problem {
    Problem::Absent
}

/// One release: who sees what, and by which line of the rule not.
#[utoipa::path(
    get,
    path = "/releases/{id}",
    tag = "desk",
    params(("id" = String, Path)),
    responses((status = 200, body = Release), (status = "default", body = ProblemBody))
)]
pub(crate) async fn release() -> Problem {
    Problem::Absent
}

/// Approves or rejects what somebody else proposed.
#[utoipa::path(
    post,
    path = "/releases/{id}/approval",
    tag = "desk",
    params(("id" = String, Path)),
    request_body = ApprovalRequest,
    responses((status = 200, body = ReleaseSummary), (status = "default", body = ProblemBody))
)]
pub(crate) async fn decide() -> Problem {
    Problem::Absent
}

/// The exact bytes that a partner gets of it.
#[utoipa::path(
    get,
    path = "/releases/{id}/outgoing",
    tag = "desk",
    params(("id" = String, Path), OutgoingQuery),
    responses((status = 200, body = Object, description = "Outgoing"), (status = "default", body = ProblemBody))
)]
pub(crate) async fn outgoing() -> Problem {
    Problem::Absent
}

/// Which partner gets what of an object.
#[utoipa::path(
    get,
    path = "/objects/{id}/audience",
    tag = "desk",
    params(("id" = String, Path)),
    responses((status = 200, body = ReleaseMatrix), (status = "default", body = ProblemBody))
)]
pub(crate) async fn audience() -> Problem {
    Problem::Absent
}

/// Recalls an object of ours.
#[utoipa::path(
    post,
    path = "/objects/{id}/recall",
    tag = "desk",
    params(("id" = String, Path)),
    request_body = RecallRequest,
    responses((status = 200, body = Recalled), (status = "default", body = ProblemBody))
)]
pub(crate) async fn recall() -> Problem {
    Problem::Absent
}

/// Marks an object of ours otherwise.
#[utoipa::path(
    post,
    path = "/objects/{id}/marking",
    tag = "desk",
    params(("id" = String, Path)),
    request_body = MarkingRequest,
    responses((status = 200, body = Recalled), (status = "default", body = ProblemBody))
)]
pub(crate) async fn mark() -> Problem {
    Problem::Absent
}
