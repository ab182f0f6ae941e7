//! What do other tools fetch? A declared feed, with a token of its own: what its reader may have now, and nothing that is over.

use std::{
    collections::HashMap,
    io::Read,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use exchange::{Channel, ExportOrder, world::FeedDeclared};
use formats::export::Format;
use hyper::body::Frame;
use stix::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    auth,
    export::{self, CHUNK_BYTES, Leaving},
    metrics::RequestLabels,
    problem::Problem,
    serve::App,
};

/// So many feeds are written at one time; more wait.
const FEEDS_AT_ONCE_MAX: usize = 2;

/// So long a feed waits to be written.
const PATIENCE: Duration = Duration::from_secs(30);

/// Of so many feeds it is remembered since when they are what they are.
const REMEMBERED_MAX: usize = 10_000;

/// What feeds share.
#[derive(Debug)]
pub(crate) struct Feeds {
    turns: Semaphore,
    /// What each feed was when it was asked for last, and since when.
    since: Mutex<HashMap<String, (String, Timestamp)>>,
}

impl Default for Feeds {
    fn default() -> Self {
        Self { turns: Semaphore::new(FEEDS_AT_ONCE_MAX), since: Mutex::default() }
    }
}

impl Feeds {
    /// Waits until a feed may be written; not longer than that.
    async fn turn(&self, patience: Duration) -> Result<SemaphorePermit<'_>, Problem> {
        let turn = tokio::time::timeout(patience, self.turns.acquire()).await;
        turn.map_err(|_| Problem::Busy)?.map_err(|_| Problem::Busy)
    }

    /// Since when something is what it is, as far as it is remembered.
    fn since(&self, feed: &str, hash: &str, now: Timestamp) -> Timestamp {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, moment)) = since.get(feed)
            && before == hash
        {
            return *moment;
        }
        if since.len() >= REMEMBERED_MAX {
            since.clear();
        }
        // Whole seconds, as HTTP and zones count them, and later than what it was before.
        let moment = Timestamp::from_parts(now.seconds(), 0);
        let after = since.get(feed).map_or(moment, |(_, before)| before.plus_seconds(1).max(moment));
        since.insert(feed.to_owned(), (hash.to_owned(), after));
        after
    }
}

/// The routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/feeds/{name}", get(main)).route("/feeds/{name}/{part}", get(named))
}

async fn main(State(app): State<Arc<App>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    answered(&app, serve(&app, &name, None, &headers).await)
}

async fn named(
    State(app): State<Arc<App>>,
    Path((name, part)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    answered(&app, serve(&app, &name, Some(part), &headers).await)
}

fn answered(app: &App, result: Result<Response, Problem>) -> Response {
    let mut response = result.unwrap_or_else(IntoResponse::into_response);
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let labels = RequestLabels { method: "GET", route: "feed", status: response.status().as_u16() };
    app.metrics.requests.get_or_create(&labels).inc();
    response
}

async fn serve(
    app: &App,
    name: &str,
    part: Option<String>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    // Whoever has no token for it is not told whether there is such a feed.
    let feed = admitted(app, name, headers, now).ok_or_else(|| {
        app.metrics.refused_credentials.inc();
        Problem::Unauthenticated
    })?;
    let access = export::access(&app.exchange, &feed, now).ok_or(Problem::Absent)?;
    let (format, filter) = feed.order().ok_or(Problem::Absent)?;
    let part = part.or_else(|| main_part(&feed, format)).ok_or(Problem::Absent)?;
    let _turn = app.feeds.turn(PATIENCE).await?;
    let order = ExportOrder { format, filter };
    let mut drawn = export::draw(&app.exchange, &access, &order).await?;
    if !drawn.has(&part) {
        // Nothing leaves, so nothing is accounted for.
        return Err(Problem::Absent);
    }
    let hash = drawn.hash();
    let since = app.feeds.since(name, &hash, now);
    // Weak, for what is sent may be packed.
    let tag = format!("W/\"{hash}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| matches(known, &hash)) {
        return dated((StatusCode::NOT_MODIFIED, ()).into_response(), &tag, since);
    }
    let (parts, summary) = drawn.account(&app.exchange, Channel::Feed, (since, now)).await?;
    let leaving = parts.into_iter().find(|own| own.name == part).ok_or(Problem::Absent)?;
    app.metrics.objects_released.inc_by(summary.said);
    let kind = HeaderValue::from_static(media_type(&part));
    let body = Body::new(FileBody(leaving));
    dated(([(header::CONTENT_TYPE, kind)], body).into_response(), &tag, since)
}

/// The feed, if the token is one of its own.
fn admitted(app: &App, name: &str, headers: &HeaderMap, now: Timestamp) -> Option<FeedDeclared> {
    let token = auth::presented_token(headers)?;
    let is_own = auth::is_token_of(&app.exchange, &token, &FeedDeclared::credential_name(name), now);
    let feed = app.exchange.world()?.feed(name).cloned();
    feed.filter(|_| is_own)
}

/// The part that is meant where none is named: of lists, the one of the only kind.
fn main_part(feed: &FeedDeclared, format: Format) -> Option<String> {
    if let Some(part) = format.main_part() {
        return Some(part.to_owned());
    }
    match feed.kinds.as_slice() {
        [kind] => Some(format!("{kind}.txt")),
        _ => None,
    }
}

/// Whether `If-None-Match` names what it is (RFC 9110 section 13.1.2; weakly).
fn matches(known: &str, hash: &str) -> bool {
    let own = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"') == hash;
    known.trim() == "*" || known.split(',').any(own)
}

fn dated(mut response: Response, tag: &str, since: Timestamp) -> Result<Response, Problem> {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_str(tag).map_err(|_| Problem::Absent)?);
    if let Ok(date) = HeaderValue::from_str(&http_date(since)) {
        headers.insert(header::LAST_MODIFIED, date);
    }
    Ok(response)
}

/// A date as HTTP writes it (RFC 9110 section 5.6.7).
fn http_date(moment: Timestamp) -> String {
    let seconds = u64::try_from(moment.seconds()).unwrap_or(0);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_secs(seconds))
}

fn media_type(part: &str) -> &'static str {
    let extension = part.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "yml" => "application/yaml",
        _ => "text/plain; charset=utf-8",
    }
}

/// A part as a body. It is read from memory or from a file without a name that was just written, so it does not wait.
struct FileBody(Leaving);

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let mut chunk = vec![0; CHUNK_BYTES];
        Poll::Ready(match self.0.read(&mut chunk) {
            Ok(0) => None,
            Ok(length) => {
                chunk.truncate(length);
                Some(Ok(Frame::data(Bytes::from(chunk))))
            }
            Err(error) => Some(Err(error)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_feeds_are_written_at_one_time_and_who_waited_in_vain_is_told() {
        let feeds = Feeds::default();
        let mut turns = Vec::new();
        for _ in 0..FEEDS_AT_ONCE_MAX {
            turns.push(feeds.turn(Duration::ZERO).await.unwrap());
        }
        assert!(matches!(feeds.turn(Duration::ZERO).await, Err(Problem::Busy)));
        turns.pop();
        assert!(feeds.turn(Duration::ZERO).await.is_ok());
    }

    #[test]
    fn of_so_many_feeds_it_is_remembered_since_when_they_are_what_they_are() {
        let (feeds, first) = (Feeds::default(), Timestamp::from_parts(1_000, 0));
        let later = first.plus_seconds(60);
        for number in 0..REMEMBERED_MAX {
            feeds.since(&number.to_string(), "h", first);
        }
        assert_eq!(feeds.since("0", "h", later), first);
        feeds.since("one more", "h", later);
        assert_eq!(feeds.since("0", "h", later), later, "forgotten, it is as of now");
    }
}
