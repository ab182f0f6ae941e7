//! How does somebody sign in through an identity provider? Code flow with PKCE, state and nonce.

use crate::{
    contract::session::OidcReturn,
    problem::{Problem, ProblemBody},
};

/// Leads to the identity provider.
#[utoipa::path(
    get,
    path = "/session/oidc",
    tag = "oidc",
    responses((status = 302), (status = "default", body = ProblemBody))
)]
pub(crate) async fn oidc_begin() -> Problem {
    Problem::Absent
}

/// Comes back from the identity provider.
#[utoipa::path(
    get,
    path = "/session/oidc/return",
    tag = "oidc",
    params(OidcReturn),
    responses((status = 302), (status = "default", body = ProblemBody))
)]
pub(crate) async fn oidc_return() -> Problem {
    Problem::Absent
}
