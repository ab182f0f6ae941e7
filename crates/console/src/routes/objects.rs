//! How are objects searched and shown?

use crate::{
    contract::object::{CompleteQuery, Completion, ObjectView, Objects, ObjectsQuery, SeenAs},
    problem::{Problem, ProblemBody},
};

/// Searches.
#[utoipa::path(
    get,
    path = "/objects",
    tag = "objects",
    params(ObjectsQuery),
    responses((status = 200, body = Objects), (status = "default", body = ProblemBody))
)]
pub(crate) async fn objects() -> Problem {
    Problem::Absent
}

/// Completes a query.
#[utoipa::path(
    get,
    path = "/complete",
    tag = "objects",
    params(CompleteQuery),
    responses((status = 200, body = Vec<Completion>), (status = "default", body = ProblemBody))
)]
pub(crate) async fn complete() -> Problem {
    Problem::Absent
}

/// One object and what is around it.
#[utoipa::path(
    get,
    path = "/objects/{id}",
    tag = "objects",
    params(("id" = String, Path), SeenAs),
    responses((status = 200, body = ObjectView), (status = "default", body = ProblemBody))
)]
pub(crate) async fn object() -> Problem {
    Problem::Absent
}

/// One version of an object, as it is released to this reader.
#[utoipa::path(
    get,
    path = "/objects/{id}/versions/{version}",
    tag = "objects",
    params(("id" = String, Path), ("version" = String, Path), SeenAs),
    responses((status = 200, body = Object, description = "STIX"), (status = "default", body = ProblemBody))
)]
pub(crate) async fn version() -> Problem {
    Problem::Absent
}
