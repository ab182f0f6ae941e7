//! How do administrators see to users, sessions and tokens?

use crate::{
    contract::account::{NewToken, NewUser, Sessions, TokenMade, Tokens, UserChange, UserMade, Users},
    problem::{Problem, ProblemBody},
};

/// All users.
#[utoipa::path(
    get,
    path = "/users",
    tag = "accounts",
    responses((status = 200, body = Users), (status = "default", body = ProblemBody))
)]
pub(crate) async fn users() -> Problem {
    Problem::Absent
}

/// Makes a user.
#[utoipa::path(
    post,
    path = "/users",
    tag = "accounts",
    request_body = NewUser,
    responses((status = 201, body = UserMade), (status = "default", body = ProblemBody))
)]
pub(crate) async fn add_user() -> Problem {
    Problem::Absent
}

/// Changes a user.
#[utoipa::path(
    patch,
    path = "/users/{user}",
    tag = "accounts",
    params(("user" = String, Path)),
    request_body = UserChange,
    responses((status = 200, body = UserMade), (status = "default", body = ProblemBody))
)]
pub(crate) async fn change_user() -> Problem {
    Problem::Absent
}

/// Removes a user.
#[utoipa::path(
    delete,
    path = "/users/{user}",
    tag = "accounts",
    params(("user" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn remove_user() -> Problem {
    Problem::Absent
}

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/sessions",
    tag = "accounts",
    responses((status = 200, body = Sessions), (status = "default", body = ProblemBody))
)]
pub(crate) async fn sessions() -> Problem {
    Problem::Absent
}

/// Ends a session.
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    tag = "accounts",
    params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn end_session() -> Problem {
    Problem::Absent
}

/// Credentials of partners.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "accounts",
    responses((status = 200, body = Tokens), (status = "default", body = ProblemBody))
)]
pub(crate) async fn tokens() -> Problem {
    Problem::Absent
}

/// Makes a token for a partner.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "accounts",
    request_body = NewToken,
    responses((status = 201, body = TokenMade), (status = "default", body = ProblemBody))
)]
pub(crate) async fn add_token() -> Problem {
    Problem::Absent
}

/// Withdraws a credential.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    tag = "accounts",
    params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn remove_token() -> Problem {
    Problem::Absent
}
