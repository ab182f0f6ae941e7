//! How is it shown over time?

use crate::{
    contract::timeline::{Timeline, TimelineQuery},
    problem::{Problem, ProblemBody},
};

/// Counts over time, campaigns, countries.
#[utoipa::path(
    get,
    path = "/timeline",
    tag = "timeline",
    params(TimelineQuery),
    responses((status = 200, body = Timeline), (status = "default", body = ProblemBody))
)]
pub(crate) async fn timeline() -> Problem {
    Problem::Absent
}
