//! What changes, live? One stream a browser: counters only, after policy, each with the place in the log up to which it counts.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body_util::channel::{Channel, Sender};
use stix::Timestamp;
use tokio::sync::Notify;

use crate::{
    App,
    config::ConsoleLimits,
    contract::home::Changed,
    gate::{self, Caller},
    problem::{Problem, ProblemBody},
    routes::{desk, home},
};

/// How long it is waited at least between two messages.
const PAUSE: Duration = Duration::from_secs(1);
/// How long it is silent at most, so that nobody on the way takes the stream for dead; whether the session is in force is looked
/// at as often.
const SILENCE: Duration = Duration::from_secs(15);

/// The streams of each session, the oldest first.
type Open = HashMap<String, VecDeque<Arc<Notify>>>;

/// How many streams there are.
#[derive(Debug)]
pub(crate) struct Streams {
    open: Arc<Mutex<Open>>,
    max: usize,
    per_session_max: usize,
}

/// One of them, counted until it is dropped.
#[derive(Debug)]
struct Place {
    open: Arc<Mutex<Open>>,
    session: String,
    /// Says when a newer one takes its place.
    gone: Arc<Notify>,
}

impl Streams {
    pub(crate) fn new(limits: &ConsoleLimits) -> Self {
        let (max, per_session_max) = (limits.streams_max, limits.streams_per_session_max);
        Self { open: Arc::default(), max, per_session_max }
    }

    pub(crate) fn count(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().map(VecDeque::len).sum()
    }

    /// A page that was left is noticed only when something is said to it: of one session, the oldest stream gives way.
    fn enter(&self, session: &str) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = open.values().map(VecDeque::len).sum();
        let own = open.entry(session.to_owned()).or_default();
        if own.len() >= self.per_session_max {
            if let Some(oldest) = own.pop_front() {
                oldest.notify_one();
            }
        } else if all >= self.max {
            if own.is_empty() {
                open.remove(session);
            }
            return None;
        }
        let gone = Arc::new(Notify::new());
        own.push_back(Arc::clone(&gone));
        Some(Place { open: Arc::clone(&self.open), session: session.to_owned(), gone })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.session) {
            own.retain(|one| !Arc::ptr_eq(one, &self.gone));
            if own.is_empty() {
                open.remove(&self.session);
            }
        }
    }
}

/// What changes, as server-sent events: `id` is the place in the log, to be given back as `Last-Event-ID`; the data is a `Changed`.
#[utoipa::path(
    get,
    path = "/changes",
    tag = "changes",
    responses(
        (status = 200, body = Changed, content_type = "text/event-stream"),
        (status = "default", body = ProblemBody)
    )
)]
pub(crate) async fn changes(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id").map(|value| value.to_str().ok()?.parse::<u64>().ok());
    let since = match last {
        Some(Some(seen)) => seen,
        Some(None) => return Err(Problem::Malformed("`Last-Event-ID` is none of ours".to_owned())),
        None => app.exchange.last_place(),
    };
    let place = app.streams.enter(&caller.session().key).ok_or(Problem::Busy)?;
    let (sender, body) = Channel::new(4);
    tokio::spawn(async move {
        // Whoever reads no more ends it.
        tokio::select! {
            _ = follow(&app, &headers, sender, since) => {}
            () = place.gone.notified() => {}
        }
        drop(place);
    });
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((head, Body::new(body)).into_response())
}

/// The stream is over.
struct Over;

async fn say(sender: &mut Sender<Bytes>, text: String) -> Result<(), Over> {
    sender.send_data(Bytes::from(text)).await.map_err(|_| Over)
}

async fn follow(
    app: &App,
    headers: &HeaderMap,
    mut sender: Sender<Bytes>,
    mut since: u64,
) -> Result<(), Over> {
    say(&mut sender, "retry: 3000\n\n".to_owned()).await?;
    let mut told: Option<Changed> = None;
    loop {
        // Whoever was signed out, or may see less now, is told nothing more.
        let caller = gate::caller(app, headers).await.map_err(|_| Over)?.ok_or(Over)?;
        let place = app.exchange.last_place();
        let changed = counted(app, &caller, since, place).await.map_err(|_| Over)?;
        let is_news = !changed.added.is_empty()
            || told
                .as_ref()
                .is_none_or(|told| (told.hits, told.releases) != (changed.hits, changed.releases));
        if is_news {
            let data = serde_json::to_string(&changed).map_err(|_| Over)?;
            say(&mut sender, format!("id: {place}\nevent: changed\ndata: {data}\n\n")).await?;
            told = Some(changed);
        }
        since = place;
        let mut stopped = app.config.stopped.clone();
        let stop = async move {
            match &mut stopped {
                Some(stopped) => drop(stopped.changed().await),
                None => std::future::pending().await,
            }
        };
        tokio::pin!(stop);
        tokio::select! {
            () = &mut stop => return Err(Over),
            () = tokio::time::sleep(PAUSE) => {}
        }
        tokio::select! {
            () = &mut stop => return Err(Over),
            () = app.exchange.await_change(place) => {}
            () = tokio::time::sleep(SILENCE) => say(&mut sender, ": still here\n\n".to_owned()).await?,
        }
    }
}

async fn counted(app: &App, caller: &Caller, since: u64, place: u64) -> Result<Changed, Problem> {
    let account = caller.account();
    let viewpoint = app.exchange.viewpoint(&account.person(), None, app.now()).ok_or(Problem::NoWorld)?;
    let added = if place > since {
        // The log counts in microseconds since 1970.
        let since = Timestamp::from_micros(i64::try_from(since).unwrap_or(i64::MAX));
        home::added(app, &viewpoint, since).await?
    } else {
        BTreeMap::new()
    };
    let (hits, releases) = (home::hits_open(app, &viewpoint).await?, desk::pending(app, account).await?);
    Ok(Changed { sequence: place, added, hits, releases })
}
