//! What changed, what may be chosen, and how is the node?

use crate::{
    contract::home::{Collections, Health, Home, HomeQuery, Markings},
    contract::object::SeenAs,
    problem::{Problem, ProblemBody},
};

/// What changed since the last visit.
#[utoipa::path(
    get,
    path = "/home",
    tag = "home",
    params(HomeQuery),
    responses((status = 200, body = Home), (status = "default", body = ProblemBody))
)]
pub(crate) async fn home() -> Problem {
    Problem::Absent
}

/// Markings that may be chosen.
#[utoipa::path(
    get,
    path = "/markings",
    tag = "home",
    responses((status = 200, body = Markings), (status = "default", body = ProblemBody))
)]
pub(crate) async fn markings() -> Problem {
    Problem::Absent
}

/// Collections that there are for this reader.
#[utoipa::path(
    get,
    path = "/collections",
    tag = "home",
    params(SeenAs),
    responses((status = 200, body = Collections), (status = "default", body = ProblemBody))
)]
pub(crate) async fn collections() -> Problem {
    Problem::Absent
}

/// How the node is.
#[utoipa::path(
    get,
    path = "/health",
    tag = "home",
    responses((status = 200, body = Health), (status = "default", body = ProblemBody))
)]
pub(crate) async fn health() -> Problem {
    Problem::Absent
}
