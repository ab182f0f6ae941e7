//! What did sensors see, ours and those of partners?

use crate::{
    contract::hit::{Board, HitChange, Hits, HitsQuery, Made, NewSighting, SightingsQuery},
    problem::{Problem, ProblemBody},
};

/// Hits of our own sensors.
#[utoipa::path(
    get,
    path = "/hits",
    tag = "hits",
    params(HitsQuery),
    responses((status = 200, body = Hits), (status = "default", body = ProblemBody))
)]
pub(crate) async fn hits() -> Problem {
    Problem::Absent
}

/// Says what becomes of a hit.
#[utoipa::path(
    post,
    path = "/hits/{id}",
    tag = "hits",
    params(("id" = String, Path)),
    request_body = HitChange,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn change_hit() -> Problem {
    Problem::Absent
}

/// Who saw what.
#[utoipa::path(
    get,
    path = "/sightings",
    tag = "hits",
    params(SightingsQuery),
    responses((status = 200, body = Board), (status = "default", body = ProblemBody))
)]
pub(crate) async fn sightings() -> Problem {
    Problem::Absent
}

/// We saw it too.
#[utoipa::path(
    post,
    path = "/sightings",
    tag = "hits",
    request_body = NewSighting,
    responses((status = 201, body = Made), (status = "default", body = ProblemBody))
)]
pub(crate) async fn add_sighting() -> Problem {
    Problem::Absent
}
