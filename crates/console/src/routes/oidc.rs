//! How does somebody go to the identity provider and come back?

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    App, account,
    config::Transport,
    contract::session::{Method, OidcReturn},
    gate::{Asked, Visitor, cookie, set_cookie},
    oidc::JOURNEY_SECONDS,
    problem::{Problem, ProblemBody},
};

const fn journey_cookie(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-oidc",
        Transport::Loopback => "oidc",
    }
}

/// Where a browser goes on whose sign-in did not succeed; which reason it had is in the log only.
const FAILED: &str = "/?signin=failed";
/// Where it goes on when the identity provider said who it is, and nobody here is that: they are told, because they proved it.
const UNKNOWN: &str = "/?signin=unknown";

fn redirect(to: &str, cookies: &[String]) -> Result<Response, Problem> {
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_str(to).map_err(Problem::internal)?);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, HeaderValue::from_str(cookie).map_err(Problem::internal)?);
    }
    Ok(response)
}

/// Leads to the identity provider.
#[utoipa::path(
    get,
    path = "/session/oidc",
    tag = "oidc",
    responses((status = 302), (status = "default", body = ProblemBody))
)]
pub(crate) async fn oidc_begin(State(app): State<App>) -> Result<Response, Problem> {
    let provider = app.oidc.as_ref().ok_or(Problem::Absent)?;
    match provider.begin(&app.sealer, app.now()).await {
        Ok((url, sealed)) => {
            let transport = app.config.transport;
            redirect(&url, &[set_cookie(transport, journey_cookie(transport), &sealed, JOURNEY_SECONDS)])
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the identity provider cannot be used");
            redirect(FAILED, &[])
        }
    }
}

/// Comes back from the identity provider.
#[utoipa::path(
    get,
    path = "/session/oidc/return",
    tag = "oidc",
    params(OidcReturn),
    responses((status = 302), (status = "default", body = ProblemBody))
)]
pub(crate) async fn oidc_return(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Asked(given): Asked<OidcReturn>,
) -> Result<Response, Problem> {
    let provider = app.oidc.as_ref().ok_or(Problem::Absent)?;
    let transport = app.config.transport;
    let over = set_cookie(transport, journey_cookie(transport), "", 0);
    let sealed = cookie(&headers, journey_cookie(transport));
    let (Some(sealed), Some(state), Some(code), None) = (sealed, given.state, given.code, given.error) else {
        return redirect(FAILED, &[over]);
    };
    let subject = match provider.finish(&app.sealer, (sealed, &state, &code), app.now()).await {
        Ok(subject) => subject,
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "nobody signed in by the identity provider"
            );
            return redirect(FAILED, &[over]);
        }
    };
    let accounts = account::all(&app.exchange).await?;
    let is_meant = |account: &account::Account| account.enabled && account.oidc.as_deref() == Some(&subject);
    let Some(account) = accounts.into_iter().find(is_meant) else {
        tracing::warn!("the identity provider's subject has no account here");
        return redirect(UNKNOWN, &[over]);
    };
    let entered =
        super::session::enter(&app, (&account.user, Method::Oidc), (&visitor, &headers), None).await?;
    let mut response = redirect("/", &[over])?;
    for value in entered.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, value.clone());
    }
    Ok(response)
}
