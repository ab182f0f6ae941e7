//! How does the web app get to the browser? From the binary, packed beforehand; the page itself with the theme that a cookie names.

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::{Next, from_fn},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use memory_serve::CacheControl;

use crate::{config::Transport, gate::cookie, headers::dress};

const INDEX: &str = include_str!(concat!(env!("OUT_DIR"), "/index.html"));

/// The page and everything that it loads.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    memory_serve::load!()
        .index_file(None)
        .cache_control(CacheControl::Long)
        .html_cache_control(CacheControl::NoCache)
        .enable_brotli(true)
        .enable_gzip(true)
        .into_router()
        .layer(from_fn(keep_short))
        .route("/", get(|headers: HeaderMap| async move { index(&headers) }))
        .route("/index.html", get(|headers: HeaderMap| async move { index(&headers) }))
}

/// Only what has a hash in its name may be kept for ever.
async fn keep_short(request: Request, next: Next) -> Response {
    let is_hashed = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    if !is_hashed {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}

fn index(headers: &HeaderMap) -> Response {
    let theme = cookie(headers, "theme").filter(|theme| matches!(*theme, "dark" | "light"));
    let page = match theme {
        Some(theme) => INDEX.replacen("<html", &format!("<html data-theme=\"{theme}\""), 1),
        None => INDEX.to_owned(),
    };
    let head = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("cookie")),
    ];
    (head, Html(page)).into_response()
}

/// Paths that are not the web app's, whatever the browser asks for.
const OTHERS: [&str; 5] = ["/api", "/taxii2", "/healthz", "/readyz", "/metrics"];

/// The page, where a browser navigates to one of the web app's own addresses, which are all that one page.
pub fn page(request: &Request, transport: Transport) -> Option<Response> {
    let path = request.uri().path();
    let is_other = OTHERS
        .iter()
        .any(|other| path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let navigates = matches!(*request.method(), Method::GET | Method::HEAD)
        && accept.is_some_and(|accept| accept.contains("text/html"));
    if is_other || !navigates {
        return None;
    }
    let mut response = index(request.headers());
    dress(&mut response, transport);
    Some(response)
}
