//! How does a server start, take connections, and stop?

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use console::{Clock, Visitor};
use exchange::Exchange;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinHandle,
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;
use tower_http::{CompressionLevel, compression::CompressionLayer};

use crate::{
    auth::{Authenticator, Fingerprint, Identity},
    body::Room,
    config::{ConsoleSetup, ServerConfig, ServerLimits},
    feed_routes::{self, Feeds},
    lingering::Lingering,
    metrics::{Metrics, RequestLabels},
    problem::Problem,
    sensor_queue::SensorQueue,
    sensor_routes, socket,
    taxii_routes::{self, Caller},
    tls::{self, TlsSetupError},
};

/// What every request needs.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) auth: Authenticator,
    pub(crate) room: Room,
    pub(crate) sensor_queue: SensorQueue,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limits: ServerLimits,
    pub(crate) clock: Clock,
    pub(crate) feeds: Feeds,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be had.
    #[error("cannot listen on `{0}`")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The local socket cannot be had.
    #[error("cannot listen on the local socket `{0}`")]
    Socket(String, #[source] std::io::Error),
    /// TLS cannot be set up.
    #[error("cannot set up TLS")]
    Tls(#[from] TlsSetupError),
    /// The console cannot be set up.
    #[error("cannot set up the console")]
    Console(#[from] console::ConsoleError),
}

/// A server that runs until it is told to stop.
#[derive(Debug)]
pub struct Running {
    /// Where it listens; the port that was given where 0 was asked for.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Takes no more connections, lets requests end, and returns when all is quiet or the patience is over.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

/// Starts a server. It answers when this returns.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(exchange: Arc<Exchange>, config: ServerConfig) -> Result<Running, ServeError> {
    let tls = config.tls.as_ref().map(tls::setup).transpose()?.map(tokio_rustls::TlsAcceptor::from);
    let listener =
        TcpListener::bind(config.listen).await.map_err(|error| ServeError::Listen(config.listen, error))?;
    let address = listener.local_addr().map_err(|error| ServeError::Listen(config.listen, error))?;
    let (stop, stopped) = watch::channel(false);
    let app = Arc::new(App {
        exchange: Arc::clone(&exchange),
        auth: Authenticator::new(&config.limits),
        room: Room::new(config.limits),
        sensor_queue: SensorQueue::new(&config.limits),
        metrics: Metrics::new(),
        limits: config.limits,
        clock: config.clock.clone(),
        feeds: Feeds::default(),
    });
    let mut tasks = Vec::new();
    if let Some(path) = &config.socket {
        let listener =
            socket::bind(path).map_err(|error| ServeError::Socket(path.display().to_string(), error))?;
        tasks.push(tokio::spawn(socket::answer(listener, Arc::clone(&app), stopped.clone())));
    }
    tasks.push(tokio::spawn(keep_house(Arc::clone(&app), stopped.clone())));
    tasks.push(tokio::spawn(sensor_routes::keep_watch(Arc::clone(&app), stopped.clone())));
    if config.console.is_some() {
        tasks.push(tokio::spawn(follow_views(Arc::clone(&app), stopped.clone())));
    }
    let router = with_console(&app, config.console, stopped.clone())?;
    let door = Door { router, app, tls };
    tasks.push(tokio::spawn(door.open(listener, stopped)));
    Ok(Running { address, stop, tasks })
}

/// How often the house is kept.
const HOUSEKEEPING: Duration = Duration::from_secs(1);

/// Sees to what time brings, and spends at most a tenth of the time on it.
async fn keep_house(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut pause = HOUSEKEEPING;
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            () = tokio::time::sleep(pause) => {}
        }
        #[expect(clippy::disallowed_methods, reason = "how long the house takes is measured at the rim")]
        let started = std::time::Instant::now();
        if let Err(error) = app.exchange.keep_house(app.clock.now()).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the house could not be kept");
        }
        pause = HOUSEKEEPING.max(started.elapsed() * 9);
    }
}

/// Keeps what is searched up with what is held, so that answers find little left to do.
async fn follow_views(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    tokio::select! {
        _ = stopped.changed() => {}
        result = app.exchange.follow_views() => if let Err(error) = result {
            tracing::error!(error = &error as &dyn std::error::Error, "the views are not kept up any more");
        }
    }
}

/// Everything that is served: the console where there is one, and what is not its own.
fn with_console(
    app: &Arc<App>,
    setup: Option<ConsoleSetup>,
    stopped: watch::Receiver<bool>,
) -> Result<Router, console::ConsoleError> {
    let elsewhere = router(Arc::clone(app));
    let Some(setup) = setup else { return Ok(elsewhere) };
    let config = console::ConsoleConfig {
        clock: app.clock.clone(),
        key: setup.key,
        transport: setup.transport,
        public_url: setup.public_url,
        oidc: setup.oidc,
        limits: setup.limits,
        stopped: Some(stopped),
    };
    let measure = from_fn_with_state(Arc::clone(app), measured);
    let console = console::router(Arc::clone(&app.exchange), config)?.layer(measure);
    // The sensors' door stands beside the people's, under the same path.
    let console = console.merge(sensor_routes::routes().with_state(Arc::clone(app)));
    let transport = setup.transport;
    Ok(console.fallback(move |request: Request| async move {
        match console::page(&request, transport) {
            Some(page) => page,
            None => elsewhere.oneshot(request).await.into_response(),
        }
    }))
}

/// Around what the console answers.
async fn measured(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    #[expect(clippy::disallowed_methods, reason = "how long an answer takes is measured at the rim")]
    let started = std::time::Instant::now();
    let method = method_name(request.method());
    let response = next.run(request).await;
    let labels = RequestLabels { method, route: "console", status: response.status().as_u16() };
    app.metrics.requests.get_or_create(&labels).inc();
    app.metrics.seconds.observe(started.elapsed().as_secs_f64());
    response
}

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
struct Peer(IpAddr);

fn router(app: Arc<App>) -> Router {
    let compression = CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest);
    let taxii = taxii_routes::routes()
        .method_not_allowed_fallback(|| async { Problem::Method })
        .fallback(|| async { Problem::Absent })
        .layer(compression.clone())
        .layer(from_fn_with_state(Arc::clone(&app), front));
    let feeds =
        feed_routes::routes().method_not_allowed_fallback(|| async { Problem::Method }).layer(compression);
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .merge(sensor_routes::routes())
        .merge(feeds)
        .merge(taxii)
        .with_state(app)
}

/// Before every endpoint of TAXII: who asks, and in which representation? Nothing is told to who is nobody.
async fn front(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    #[expect(clippy::disallowed_methods, reason = "how long an answer takes is measured at the rim")]
    let started = std::time::Instant::now();
    let method = method_name(request.method());
    let one_at_a_time = request.version() <= Version::HTTP_11;
    let sends = one_at_a_time && has_body(request.headers());
    let route = request.extensions().get::<MatchedPath>().map_or("", |path| route_name(path.as_str()));
    let mut response = match admit(&app, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    if sends && !response.status().is_success() {
        // The body may not have been read: then the connection ends, and the client has to know that it does.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let labels = RequestLabels { method, route, status: response.status().as_u16() };
    app.metrics.requests.get_or_create(&labels).inc();
    app.metrics.seconds.observe(started.elapsed().as_secs_f64());
    tracing::debug!(method, route, status = labels.status, "request answered");
    response
}

pub(crate) fn has_body(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    length || headers.contains_key(header::TRANSFER_ENCODING)
}

async fn admit(app: &App, request: &mut Request) -> Result<(), Problem> {
    let fingerprint = request.extensions().get::<Fingerprint>().cloned().unwrap_or(Fingerprint(None));
    let identity = app.auth.identify(&app.exchange, request.headers(), &fingerprint, app.clock.now()).await;
    let caller = match identity {
        Identity::Partner(partner) => partner,
        Identity::Busy => return Err(Problem::Busy),
        Identity::Nobody => {
            app.metrics.refused_credentials.inc();
            return Err(Problem::Unauthenticated);
        }
    };
    let accept = request.headers().get_all(header::ACCEPT).iter().map(|value| value.to_str().unwrap_or(""));
    if !taxii::media::accepts_taxii(accept) {
        return Err(Problem::NotAcceptable);
    }
    request.extensions_mut().insert(Caller(caller));
    Ok(())
}

/// Labels of metrics are few and fixed, whatever is asked for.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

fn route_name(pattern: &str) -> &'static str {
    match pattern.trim_end_matches('/') {
        "/taxii2" => "discovery",
        "/api" => "api-root",
        "/api/status/{status}" => "status",
        "/api/collections" => "collections",
        "/api/collections/{collection}" => "collection",
        "/api/collections/{collection}/manifest" => "manifest",
        "/api/collections/{collection}/objects" => "objects",
        "/api/collections/{collection}/objects/{object}" => "object",
        "/api/collections/{collection}/objects/{object}/versions" => "versions",
        _ => "",
    }
}

/// Ready is who can read its store.
async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.exchange.collections().await {
        Ok(_) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read\n").into_response(),
    }
}

/// Counts say something about other partners, so they are for who asks from this machine itself, not through a proxy.
async fn metrics(State(app): State<Arc<App>>, request: Request) -> Response {
    let local = request.extensions().get::<Peer>().is_some_and(|Peer(address)| address.is_loopback());
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    if !local || forwarded.iter().any(|name| request.headers().contains_key(*name)) {
        return Problem::Absent.into_response();
    }
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], app.metrics.text(app.exchange.alarms(), app.exchange.detection()))
        .into_response()
}

struct Door {
    router: Router,
    app: Arc<App>,
    tls: Option<tokio_rustls::TlsAcceptor>,
}

impl Door {
    async fn open(self, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        let connections = Arc::new(Semaphore::new(self.app.limits.connections_max));
        let graceful = Arc::new(GracefulShutdown::new());
        let (finished, mut all_finished) = tokio::sync::mpsc::channel::<()>(1);
        loop {
            let accepted = tokio::select! {
                _ = stopped.changed() => break,
                accepted = accept(&listener, &connections) => accepted,
            };
            let Some((stream, peer, permit)) = accepted else { continue };
            let (router, app, tls) = (self.router.clone(), Arc::clone(&self.app), self.tls.clone());
            let guest = Guest { peer: Peer(peer.ip()), router, watcher: graceful.watcher() };
            let finished = finished.clone();
            tokio::spawn(async move {
                app.metrics.connections.inc();
                connection(stream, guest, &app, tls).await;
                app.metrics.connections.dec();
                drop((permit, finished));
            });
        }
        drop((listener, finished));
        let patience = Duration::from_secs(self.app.limits.stop_seconds_max);
        let quiet = async {
            if let Ok(graceful) = Arc::try_unwrap(graceful) {
                graceful.shutdown().await;
            }
            let _ = all_finished.recv().await;
        };
        if tokio::time::timeout(patience, quiet).await.is_err() {
            tracing::warn!("requests were still running when the server stopped");
        }
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(connections).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            // Such as too many open files: waiting a little lets others end.
            tracing::warn!(error = &error as &dyn std::error::Error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

type Watcher = hyper_util::server::graceful::Watcher;

/// Who came through the door.
struct Guest {
    peer: Peer,
    router: Router,
    watcher: Watcher,
}

async fn connection(stream: TcpStream, guest: Guest, app: &App, tls: Option<tokio_rustls::TlsAcceptor>) {
    let _ = stream.set_nodelay(true);
    let idle = Duration::from_secs(app.limits.idle_seconds_max);
    let mut stream = TimeoutStream::new(stream);
    stream.set_read_timeout(Some(idle));
    stream.set_write_timeout(Some(idle));
    let stream = Lingering::new(Box::pin(stream));
    let Some(tls) = tls else {
        return converse(stream, guest, Fingerprint(None), app).await;
    };
    let patience = Duration::from_secs(app.limits.head_seconds_max);
    let Ok(Ok(stream)) = tokio::time::timeout(patience, tls.accept(stream)).await else { return };
    let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first).map(tls::fingerprint);
    converse(stream, guest, Fingerprint(certificate), app).await;
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    guest: Guest,
    fingerprint: Fingerprint,
    app: &App,
) {
    let Guest { peer, router, watcher } = guest;
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(fingerprint.clone());
        let certificate = fingerprint.0.clone();
        request.extensions_mut().insert(Visitor { address: peer.0, certificate });
        let router = router.clone();
        async move {
            Ok::<_, Infallible>(router.oneshot(request.map(axum::body::Body::new)).await.into_response())
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    let head = Duration::from_secs(app.limits.head_seconds_max);
    // Who says that it has said all still gets its answer.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).keep_alive(true).half_close(true);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(100).keep_alive_interval(head);
    let conversation = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(conversation.into_owned()).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
