//! How does somebody sign in and out, and look after the own account?

use crate::{
    contract::session::{Doors, Me, PasswordChange, SignIn, TotpCode, TotpOffer},
    problem::{Problem, ProblemBody},
};

/// In which ways one may sign in; for everybody.
#[utoipa::path(
    get,
    path = "/session/doors",
    tag = "session",
    responses((status = 200, body = Doors), (status = "default", body = ProblemBody))
)]
pub(crate) async fn doors() -> Problem {
    Problem::Absent
}

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/session",
    tag = "session",
    responses((status = 200, body = Me), (status = "default", body = ProblemBody))
)]
pub(crate) async fn me() -> Problem {
    Problem::Absent
}

/// Signs in with a password.
#[utoipa::path(
    post,
    path = "/session",
    tag = "session",
    request_body = SignIn,
    responses((status = 200, body = Me), (status = "default", body = ProblemBody))
)]
pub(crate) async fn sign_in() -> Problem {
    Problem::Absent
}

/// Signs out.
#[utoipa::path(
    delete,
    path = "/session",
    tag = "session",
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn sign_out() -> Problem {
    Problem::Absent
}

/// Signs in with the client certificate that was shown.
#[utoipa::path(
    post,
    path = "/session/certificate",
    tag = "session",
    responses((status = 200, body = Me), (status = "default", body = ProblemBody))
)]
pub(crate) async fn by_certificate() -> Problem {
    Problem::Absent
}

/// Changes the own password; other sessions of the user end.
#[utoipa::path(
    put,
    path = "/session/password",
    tag = "session",
    request_body = PasswordChange,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn change_password() -> Problem {
    Problem::Absent
}

/// Offers a second factor; it is in force once a code of it was shown.
#[utoipa::path(
    post,
    path = "/session/totp",
    tag = "session",
    responses((status = 200, body = TotpOffer), (status = "default", body = ProblemBody))
)]
pub(crate) async fn offer_totp() -> Problem {
    Problem::Absent
}

/// Puts the offered second factor in force.
#[utoipa::path(
    put,
    path = "/session/totp",
    tag = "session",
    request_body = TotpCode,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn confirm_totp() -> Problem {
    Problem::Absent
}

/// Takes the own second factor away.
#[utoipa::path(
    delete,
    path = "/session/totp",
    tag = "session",
    request_body = TotpCode,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn remove_totp() -> Problem {
    Problem::Absent
}
