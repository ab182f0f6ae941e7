//! Who asks, may they, and with whose eyes? Before every endpoint of the API.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    extract::{FromRequest, FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use exchange::Viewpoint;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    API, App,
    account::{self, Account},
    config::Transport,
    problem::Problem,
    rights::{self, Right, SEES_AS},
    session::{self, Session},
};

/// Where a request comes from; who mounts the console says it with each.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The address of the other end.
    pub address: IpAddr,
    /// SHA-256 of the client certificate that it proved to have, in hexadecimal digits.
    pub certificate: Option<Arc<str>>,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Caller(Arc<(Account, Session)>);

impl Caller {
    pub(crate) fn account(&self) -> &Account {
        &self.0.0
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0.1
    }

    pub(crate) fn user(&self) -> &str {
        &self.0.0.user
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::SignedOut)
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Ok(visitor(parts))
    }
}

fn visitor(parts: &Parts) -> Visitor {
    let nobody = || Visitor { address: IpAddr::from([0, 0, 0, 0]), certificate: None };
    parts.extensions.get::<Visitor>().cloned().unwrap_or_else(nobody)
}

/// As which partner it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SeesAs(String);

/// With whose eyes it is looked at: the caller's, or those of the partner that `as` names.
#[derive(Debug)]
pub(crate) struct Eyes(pub(crate) Viewpoint);

impl FromRequestParts<App> for Eyes {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let partner = parts.extensions.get::<SeesAs>().map(|SeesAs(partner)| partner.as_str());
        let viewpoint = app.exchange.viewpoint(&caller.account().person(), partner, app.now());
        viewpoint.map(Self).ok_or(Problem::NoWorld)
    }
}

/// A body of JSON, within the limit of the endpoint.
pub(crate) struct Body<T>(pub(crate) T);

/// A longer one: a text, a file or a draft, with the room that it takes.
pub(crate) struct LongBody<T>(pub(crate) T, pub(crate) OwnedSemaphorePermit);

const KIB: usize = 1024;

fn length(request: &Request) -> Option<usize> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read<T: DeserializeOwned>(app: &App, request: Request, max: usize) -> Result<T, Problem> {
    if length(&request).is_some_and(|length| length > max) {
        return Err(Problem::TooLarge);
    }
    let patience = Duration::from_secs(app.config.limits.body_seconds_max);
    let read = tokio::time::timeout(patience, axum::body::to_bytes(request.into_body(), max));
    let bytes = read.await.map_err(|_| Problem::Slow)?.map_err(|_| Problem::TooLarge)?;
    // What is wrong is told by place, never with what stood there.
    serde_json::from_slice(&bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Problem::Malformed(format!("the body is not what is asked for, at line {line}, column {column}"))
    })
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        read(app, request, app.config.limits.body_bytes_max).await.map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for LongBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let max = app.config.limits.intake_bytes_max;
        let room = length(&request).unwrap_or(max).min(max).div_ceil(KIB).max(1);
        let room = Arc::clone(&app.room).acquire_many_owned(u32::try_from(room).unwrap_or(u32::MAX));
        let patience = Duration::from_secs(app.config.limits.body_seconds_max);
        let permit = tokio::time::timeout(patience, room).await.map_err(|_| Problem::Busy)?;
        Ok(Self(read(app, request, max).await?, permit.map_err(|_| Problem::Busy)?))
    }
}

/// What the query of a URL asks.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let query = axum::extract::Query::try_from_uri(&parts.uri);
        query.map(|query| Self(query.0)).map_err(|_| Problem::Malformed("the query is not understood".into()))
    }
}

/// What the path of a URL names. What cannot be read as text names nothing that is here.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = axum::extract::Path::from_request_parts(parts, app).await;
        path.map(|path| Self(path.0)).map_err(|_| Problem::Absent)
    }
}

/// The header that says as which partner it was answered.
const SEEN_AS: HeaderName = HeaderName::from_static("cresset-as");

/// Before every endpoint.
pub(crate) async fn front(State(app): State<App>, request: Request, next: Next) -> Response {
    match admit(&app, request).await {
        Ok(request) => {
            let seen_as = request.extensions().get::<SeesAs>().cloned();
            let mut response = next.run(request).await;
            let value = seen_as.and_then(|SeesAs(partner)| HeaderValue::from_str(&partner).ok());
            if let Some(value) = value {
                response.headers_mut().insert(SEEN_AS, value);
            }
            response
        }
        Err(problem) => problem.into_response(),
    }
}

async fn admit(app: &App, request: Request) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    let route = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.as_deref().and_then(|path| path.strip_prefix(API)).unwrap_or_default();
    let right = rights::right(parts.method.as_str(), route).ok_or(Problem::Absent)?;
    check_content_type(&parts)?;
    if let Right::From(role) = right {
        let caller = caller(app, &parts.headers).await?.ok_or(Problem::SignedOut)?;
        if caller.account().role < role {
            return Err(Problem::Role);
        }
        if let Some(partner) = seen_as(&parts)? {
            if caller.account().role < SEES_AS {
                return Err(Problem::Role);
            }
            if !app.exchange.has_partner(&partner) {
                return Err(Problem::Absent);
            }
            parts.extensions.insert(SeesAs(partner));
        }
        parts.extensions.insert(caller);
    }
    Ok(Request::from_parts(parts, body))
}

/// The second lock against other sites: no form of HTML sends JSON.
fn check_content_type(parts: &Parts) -> Result<(), Problem> {
    if !matches!(parts.method, Method::POST | Method::PUT | Method::PATCH) {
        return Ok(());
    }
    let value = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = value.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(Problem::MediaType) }
}

fn seen_as(parts: &Parts) -> Result<Option<String>, Problem> {
    #[derive(serde::Deserialize)]
    struct Given {
        #[serde(rename = "as")]
        partner: Option<String>,
    }
    let given = axum::extract::Query::<Given>::try_from_uri(&parts.uri);
    let given = given.map_err(|_| Problem::Malformed("the query is not understood".into()))?;
    Ok(given.0.partner.filter(|partner| !partner.is_empty()))
}

/// Who is signed in, as far as the cookie says.
pub(crate) async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    let Some(secret) = cookie(headers, session_cookie(app.config.transport)) else { return Ok(None) };
    let session = session::find(&app.exchange, secret, &app.config.limits, app.now()).await?;
    let Some(session) = session else { return Ok(None) };
    let account = account::find(&app.exchange, &session.user).await?;
    let account = account.map(|(account, _)| account).filter(|account| account.enabled);
    Ok(account.map(|account| Caller(Arc::new((account, session)))))
}

/// The name of the cookie that has the session.
pub(crate) const fn session_cookie(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-sid",
        Transport::Loopback => "sid",
    }
}

/// The value of a cookie. Where it is there twice, somebody meddled: then it is not there.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = all
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(own, _)| *own == name)
        .map(|(_, value)| value);
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

/// How a cookie is set: never to be read by scripts, never sent from other sites but by following a link.
pub(crate) fn set_cookie(transport: Transport, name: &str, value: &str, seconds: i64) -> String {
    let secure = match transport {
        Transport::Tls => "; Secure",
        Transport::Loopback => "",
    };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_is_there_twice_is_not_there() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark; sid=abc"));
        assert_eq!(cookie(&headers, "sid"), Some("abc"));
        assert_eq!(cookie(&headers, "id"), None);
        headers.append(header::COOKIE, HeaderValue::from_static("sid=other"));
        assert_eq!(cookie(&headers, "sid"), None);
    }

    #[test]
    fn cookies_are_secure_where_there_is_tls() {
        let cookie = set_cookie(Transport::Tls, session_cookie(Transport::Tls), "x", 60);
        assert_eq!(cookie, "__Host-sid=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        let cookie = set_cookie(Transport::Loopback, session_cookie(Transport::Loopback), "x", 60);
        assert!(!cookie.contains("Secure"));
    }
}
