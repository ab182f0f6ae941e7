//! What is known of partners?

use crate::{
    contract::partner::{Partner, Partners},
    problem::{Problem, ProblemBody},
};

/// All partners.
#[utoipa::path(
    get,
    path = "/partners",
    tag = "partners",
    responses((status = 200, body = Partners), (status = "default", body = ProblemBody))
)]
pub(crate) async fn partners() -> Problem {
    Problem::Absent
}

/// One partner.
#[utoipa::path(
    get,
    path = "/partners/{name}",
    tag = "partners",
    params(("name" = String, Path)),
    responses((status = 200, body = Partner), (status = "default", body = ProblemBody))
)]
pub(crate) async fn partner() -> Problem {
    Problem::Absent
}
