//! How does something come in by hand?

use crate::{
    contract::intake::{Draft, DraftPreview, IntakeResult, ReadRequest, Reading},
    problem::{Problem, ProblemBody},
};

/// Reads a text or file; keeps nothing.
#[utoipa::path(
    post,
    path = "/intake/read",
    tag = "intake",
    request_body = ReadRequest,
    responses((status = 200, body = Reading), (status = "default", body = ProblemBody))
)]
pub(crate) async fn read() -> Problem {
    Problem::Absent
}

/// Who would see what of a draft.
#[utoipa::path(
    post,
    path = "/intake/preview",
    tag = "intake",
    request_body = Draft,
    responses((status = 200, body = DraftPreview), (status = "default", body = ProblemBody))
)]
pub(crate) async fn preview() -> Problem {
    Problem::Absent
}

/// Publishes a draft, or proposes it where a second person is asked for.
#[utoipa::path(
    post,
    path = "/intake",
    tag = "intake",
    request_body = Draft,
    responses((status = 200, body = IntakeResult), (status = "default", body = ProblemBody))
)]
pub(crate) async fn publish() -> Problem {
    Problem::Absent
}
