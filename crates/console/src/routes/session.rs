//! How does somebody sign in and out, and look after the own account?

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    App,
    account::{self, Account, Role},
    contract::session::{Doors, Me, Method, OwnOrganisation, PasswordChange, SignIn, TotpCode, TotpOffer},
    gate::{Body, Caller, Visitor, session_cookie, set_cookie},
    password::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN, hash_password, is_password},
    problem::{Problem, ProblemBody},
    session::{self, Arrival, Ends, Session},
    totp,
};

/// Languages of which the web app has words.
const LANGUAGES: [&str; 3] = ["en", "ja", "fr"];
/// So much of what a browser calls itself is kept.
const AGENT_CHARS_MAX: usize = 200;

/// In which ways one may sign in here; for everybody.
#[utoipa::path(
    get,
    path = "/session/doors",
    tag = "session",
    responses((status = 200, body = Doors), (status = "default", body = ProblemBody))
)]
pub(crate) async fn doors(State(app): State<App>, visitor: Visitor) -> Result<Json<Doors>, Problem> {
    let organisation = app.exchange.world().map(|world| world.organisation.name);
    Ok(Json(Doors {
        organisation: organisation.unwrap_or_else(|| "Cresset".to_owned()),
        password: true,
        oidc: app.oidc.as_ref().map(|oidc| oidc.name().to_owned()),
        certificate: by_certificate(&app, &visitor).await?.is_some(),
    }))
}

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/session",
    tag = "session",
    responses((status = 200, body = Me), (status = "default", body = ProblemBody))
)]
pub(crate) async fn me(State(app): State<App>, caller: Caller) -> Json<Me> {
    Json(told(&app, caller.account(), caller.session()))
}

fn told(app: &App, account: &Account, session: &Session) -> Me {
    let own = app.exchange.world().map(|world| world.organisation);
    let organisation = own.map_or_else(
        || OwnOrganisation { id: String::new(), name: "Cresset".to_owned(), nation: None },
        |own| OwnOrganisation {
            id: own.id.to_string(),
            name: own.name,
            nation: own.nation.map(|nation| nation.to_string()),
        },
    );
    let clearances = account.clearances.iter().map(|(policy, level)| (policy.0.clone(), level.clone()));
    Me {
        user: account.user.clone(),
        name: account.name.clone(),
        roles: Role::ALL.into_iter().filter(|role| *role <= account.role).collect(),
        clearances: clearances.collect(),
        organisation,
        languages: LANGUAGES.map(str::to_owned).to_vec(),
        method: session.method,
        totp: account.totp.is_some(),
        until: session.until(&app.config.limits).to_string(),
    }
}

/// Signs in with a password.
#[utoipa::path(
    post,
    path = "/session",
    tag = "session",
    request_body = SignIn,
    responses((status = 200, body = Me), (status = "default", body = ProblemBody))
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(given): Body<SignIn>,
) -> Result<Response, Problem> {
    // What is no name of a user is counted as one.
    let counted: String = given.user.chars().take(64).collect();
    app.throttle.admit(&counted, visitor.address, app.now()).map_err(|wait| Problem::Wait(wait.0))?;
    let found = account::find(&app.exchange, &given.user).await?.map(|(account, _)| account);
    let account = found.filter(|account| account.enabled);
    let hash = account.as_ref().and_then(|account| account.password.clone());
    let is_known = hash.is_some();
    let is_right = verify(&app, given.password, hash.unwrap_or_else(|| app.decoy.clone())).await?;
    let account = account.filter(|_| is_known && is_right).ok_or(Problem::Credentials)?;
    let step = match (&account.totp, given.code.filter(|code| !code.trim().is_empty())) {
        (None, _) => None,
        (Some(_), None) => {
            // The password was right: that is no failure.
            app.throttle.succeeded(&counted, visitor.address);
            return Err(Problem::CodeNeeded);
        }
        (Some(sealed), Some(code)) => {
            let secret = app.sealer.open(&account.user, sealed).ok_or(Problem::Credentials)?;
            let step = totp::step(&secret, &code, account.totp_used, app.now());
            Some(step.ok_or(Problem::Credentials)?)
        }
    };
    let response = enter(&app, (&account.user, Method::Password), (&visitor, &headers), step).await?;
    app.throttle.succeeded(&counted, visitor.address);
    Ok(response)
}

async fn verify(app: &App, password: String, hash: String) -> Result<bool, Problem> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Ok(false);
    }
    let permit = Arc::clone(&app.checks).acquire_owned().await.map_err(Problem::internal)?;
    let verified = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        is_password(&password, &hash)
    });
    verified.await.map_err(Problem::internal)
}

/// Begins a session of somebody who is who they say.
pub(crate) async fn enter(
    app: &App,
    (user, method): (&str, Method),
    (visitor, headers): (&Visitor, &HeaderMap),
    step: Option<u64>,
) -> Result<Response, Problem> {
    let now = app.now();
    let moment = now.to_string();
    // A code is good once: whoever writes first that it was used, signs in.
    let mut is_used = false;
    let account = account::change(&app.exchange, user, None, now, |account| {
        is_used = step.is_some() && account.totp_used >= step;
        account.totp_used = step.max(account.totp_used);
        account.signed_in_before = account.signed_in.replace(moment);
    })
    .await?;
    if is_used {
        return Err(Problem::Credentials);
    }
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let arrival = Arrival {
        user,
        method,
        address: visitor.address.to_canonical().to_string(),
        agent: agent.chars().take(AGENT_CHARS_MAX).collect(),
    };
    let (session, secret) = session::begin(&app.exchange, arrival, &app.config.limits, now).await?;
    tracing::info!(user, method = ?method, "signed in");
    let mut response = Json(told(app, &account, &session)).into_response();
    dress(app, &mut response, &secret, app.config.limits.session_seconds)?;
    Ok(response)
}

fn dress(app: &App, response: &mut Response, secret: &str, seconds: i64) -> Result<(), Problem> {
    let transport = app.config.transport;
    let cookie = set_cookie(transport, session_cookie(transport), secret, seconds);
    let cookie = HeaderValue::from_str(&cookie).map_err(Problem::internal)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(())
}

/// Signs out.
#[utoipa::path(
    delete,
    path = "/session",
    tag = "session",
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let ends = Ends::One(caller.session().id());
    session::end(&app.exchange, ends, caller.user(), app.now()).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    dress(&app, &mut response, "", 0)?;
    Ok(response)
}

async fn by_certificate(app: &App, visitor: &Visitor) -> Result<Option<Account>, Problem> {
    let Some(own) = &visitor.certificate else { return Ok(None) };
    let has = |account: &Account| account.certificates.iter().any(|one| one.eq_ignore_ascii_case(own));
    let accounts = account::all(&app.exchange).await?;
    Ok(accounts.into_iter().find(|account| account.enabled && has(account)))
}

/// Signs in with the client certificate that was shown.
#[utoipa::path(
    post,
    path = "/session/certificate",
    tag = "session",
    responses((status = 200, body = Me), (status = "default", body = ProblemBody))
)]
pub(crate) async fn by_shown_certificate(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let account = by_certificate(&app, &visitor).await?.ok_or(Problem::Credentials)?;
    enter(&app, (&account.user, Method::Certificate), (&visitor, &headers), None).await
}

/// Changes the own password; other sessions of the user end.
#[utoipa::path(
    put,
    path = "/session/password",
    tag = "session",
    request_body = PasswordChange,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    visitor: Visitor,
    Body(given): Body<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let (chars, bytes) = (given.new.chars().count(), given.new.len());
    if chars < PASSWORD_CHARS_MIN || bytes > PASSWORD_BYTES_MAX {
        let why = format!(
            "a password has {PASSWORD_CHARS_MIN} characters at least and {PASSWORD_BYTES_MAX} bytes at most"
        );
        return Err(Problem::Refused(why, Vec::new()));
    }
    let user = caller.user().to_owned();
    app.throttle.admit(&user, visitor.address, app.now()).map_err(|wait| Problem::Wait(wait.0))?;
    let hash = caller.account().password.clone().ok_or(Problem::Forbidden("the account has no password"))?;
    if !verify(&app, given.old, hash).await? {
        return Err(Problem::Credentials);
    }
    app.throttle.succeeded(&user, visitor.address);
    let new = tokio::task::spawn_blocking(move || hash_password(&given.new)).await;
    let new = new.map_err(Problem::internal)?.map_err(|_| crate::NoRandomness)?;
    let by = Some((user.as_str(), "own password"));
    account::change(&app.exchange, &user, by, app.now(), |account| account.password = Some(new)).await?;
    let ends = Ends::Of(&user, Some(&caller.session().key));
    session::end(&app.exchange, ends, &user, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Offers a second factor; it is in force once a code of it was shown.
#[utoipa::path(
    post,
    path = "/session/totp",
    tag = "session",
    responses((status = 200, body = TotpOffer), (status = "default", body = ProblemBody))
)]
pub(crate) async fn offer_totp(State(app): State<App>, caller: Caller) -> Result<Json<TotpOffer>, Problem> {
    if caller.account().totp.is_some() {
        return Err(Problem::Conflict("there is a second factor already: take it away first".to_owned()));
    }
    let secret = totp::new_secret()?;
    let user = caller.user();
    let sealed = app.sealer.seal(user, &secret)?;
    let change = |account: &mut Account| account.totp_offered = Some(sealed);
    account::change(&app.exchange, user, None, app.now(), change).await?;
    let organisation = app.exchange.world().map_or_else(String::new, |world| world.organisation.name);
    let issuer = format!("Cresset {organisation}");
    Ok(Json(TotpOffer { secret: totp::base32(&secret), uri: totp::uri(issuer.trim(), user, &secret) }))
}

/// Puts the offered second factor in force.
#[utoipa::path(
    put,
    path = "/session/totp",
    tag = "session",
    request_body = TotpCode,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn confirm_totp(
    State(app): State<App>,
    caller: Caller,
    visitor: Visitor,
    Body(given): Body<TotpCode>,
) -> Result<StatusCode, Problem> {
    let offered = caller.account().totp_offered.clone();
    let offered = offered.ok_or_else(|| Problem::Conflict("no second factor was offered".to_owned()))?;
    let step = check_code(&app, &caller, &visitor, (&offered, &given.code))?;
    let by = Some((caller.user(), "second factor set"));
    let change = |account: &mut Account| {
        account.totp = account.totp_offered.take();
        account.totp_used = Some(step);
    };
    account::change(&app.exchange, caller.user(), by, app.now(), change).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_code(
    app: &App,
    caller: &Caller,
    visitor: &Visitor,
    (sealed, code): (&str, &str),
) -> Result<u64, Problem> {
    let (user, now) = (caller.user(), app.now());
    app.throttle.admit(user, visitor.address, now).map_err(|wait| Problem::Wait(wait.0))?;
    let secret = app.sealer.open(user, sealed).ok_or(Problem::Credentials)?;
    let step = totp::step(&secret, code, caller.account().totp_used, now).ok_or(Problem::Credentials)?;
    app.throttle.succeeded(user, visitor.address);
    Ok(step)
}

/// Takes the own second factor away.
#[utoipa::path(
    delete,
    path = "/session/totp",
    tag = "session",
    request_body = TotpCode,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn remove_totp(
    State(app): State<App>,
    caller: Caller,
    visitor: Visitor,
    Body(given): Body<TotpCode>,
) -> Result<StatusCode, Problem> {
    let sealed = caller.account().totp.clone().ok_or(Problem::Absent)?;
    let step = check_code(&app, &caller, &visitor, (&sealed, &given.code))?;
    let by = Some((caller.user(), "second factor taken away"));
    let change = |account: &mut Account| {
        account.totp = None;
        account.totp_used = Some(step);
    };
    account::change(&app.exchange, caller.user(), by, app.now(), change).await?;
    Ok(StatusCode::NO_CONTENT)
}
