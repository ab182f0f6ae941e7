//! How are techniques counted?

use crate::{
    contract::matrix::{Matrix, MatrixQuery},
    problem::{Problem, ProblemBody},
};

/// Techniques and how often they are used.
#[utoipa::path(
    get,
    path = "/matrix",
    tag = "matrix",
    params(MatrixQuery),
    responses((status = 200, body = Matrix), (status = "default", body = ProblemBody))
)]
pub(crate) async fn matrix() -> Problem {
    Problem::Absent
}

/// The same as a layer for ATT&CK Navigator.
#[utoipa::path(
    get,
    path = "/matrix/layer",
    tag = "matrix",
    params(MatrixQuery),
    responses((status = 200, body = Object, description = "Layer"), (status = "default", body = ProblemBody))
)]
pub(crate) async fn layer() -> Problem {
    Problem::Absent
}
