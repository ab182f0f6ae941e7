//! What changes, live: one stream a browser, counters only, after policy.

use crate::{
    contract::home::Changed,
    problem::{Problem, ProblemBody},
};

/// What changes, as server-sent events: `id` is the sequence, to be given back as `Last-Event-ID`; the data is a `Changed`.
#[utoipa::path(
    get,
    path = "/changes",
    tag = "changes",
    responses((status = 200, body = Changed, content_type = "text/event-stream"), (status = "default", body = ProblemBody))
)]
pub(crate) async fn changes() -> Problem {
    Problem::Absent
}
