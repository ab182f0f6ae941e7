//! The door for telemetry: who sends it, is there room, what became of it. A sensor's token opens this door and no other.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::post,
};
use exchange::{Repetition, Taken, Telemetry};
use tokio::sync::watch;

use crate::{
    auth, body,
    metrics::RequestLabels,
    problem::Problem,
    serve::{App, has_body},
};

/// By this name a sender may tell a body that it sends again from another with the same lines.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest such key, in bytes.
const KEY_BYTES_MAX: usize = 128;
/// How often the sensors are looked after.
const WATCH: Duration = Duration::from_secs(1);

/// The route.
pub(crate) fn routes() -> Router<Arc<App>> {
    let methods = post(telemetry).fallback(|| async { Problem::Method.plain() });
    Router::new().route("/api/v1/sensors/{sensor}/telemetry", methods)
}

async fn telemetry(
    State(app): State<Arc<App>>,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    #[expect(clippy::disallowed_methods, reason = "how long an answer takes is measured at the rim")]
    let started = std::time::Instant::now();
    let one_at_a_time = request.version() <= axum::http::Version::HTTP_11;
    let sends = one_at_a_time && has_body(request.headers());
    let name = path.map(|Path(name)| name).unwrap_or_default();
    let mut response = match take(&app, &name, query.as_deref().unwrap_or(""), request).await {
        Ok(taken) => {
            let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
            (kind, serde_json::to_vec(&taken).unwrap_or_default()).into_response()
        }
        Err(problem) => problem.plain(),
    };
    if sends && !response.status().is_success() {
        // The body may not have been read: then the connection ends, and the client has to know that it does.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let labels = RequestLabels { method: "POST", route: "telemetry", status: response.status().as_u16() };
    app.metrics.requests.get_or_create(&labels).inc();
    app.metrics.seconds.observe(started.elapsed().as_secs_f64());
    response
}

async fn take(app: &Arc<App>, name: &str, query: &str, request: Request) -> Result<Taken, Problem> {
    let (head, body) = request.into_parts();
    let Some(sensor) = auth::sensor(&app.exchange, &head.headers, app.clock.now()) else {
        app.metrics.refused_credentials.inc();
        return Err(Problem::Unauthenticated);
    };
    // Another's door is as good as none.
    if sensor != name {
        return Err(Problem::Absent);
    }
    let format = format(query)?;
    let key = key(&head.headers)?;
    let max = app.sensor_queue.body_bytes_max();
    let room = body::room(&head.headers, max)?;
    let mut place = app.sensor_queue.place(&sensor, room).inspect_err(|_| {
        app.metrics.sensors.refused.inc();
    })?;
    let patience = Duration::from_secs(app.limits.body_seconds_max);
    let bytes = body::read(&head.headers, body, max, patience).await?;
    place.shrink(bytes.len());
    let telemetry = Telemetry { sensor, format, key, bytes };
    let own = Arc::clone(app);
    // It is done to its end also where the sensor waits no longer: half of it would be in doubt.
    let taking = tokio::spawn(async move {
        let taken = own.exchange.take_telemetry(telemetry, own.clock.now()).await;
        drop(place);
        if let Ok(taken) = &taken {
            note(&own, taken);
        }
        taken
    });
    Ok(taking.await.map_err(|_| Problem::Busy)??)
}

fn note(app: &App, taken: &Taken) {
    let metrics = &app.metrics.sensors;
    match taken.body {
        Repetition::Repeated => {
            metrics.repeated.inc();
        }
        Repetition::New => {
            metrics.bodies.inc();
            metrics.lines.inc_by(taken.lines);
            metrics.broken_lines.inc_by(taken.broken_lines);
            metrics.hits.inc_by(taken.hits);
        }
    }
}

/// `?format=NAME`, and nothing else.
fn format(query: &str) -> Result<Option<String>, Problem> {
    let mut format = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("format", name)) if format.is_none() && !name.is_empty() => format = Some(name.to_owned()),
            Some(_) | None => return Err(Problem::Malformed("the query may say `format`, once")),
        }
    }
    Ok(format)
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| !text.is_empty() && text.len() <= KEY_BYTES_MAX);
    let text = text.ok_or(Problem::Malformed("`Idempotency-Key` is 1 to 128 visible characters"))?;
    Ok(Some(text.to_owned()))
}

/// Sees to what is due, until the server stops.
pub(crate) async fn keep_watch(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        match app.exchange.keep_watch(app.clock.now()).await {
            Ok(watched) => {
                app.metrics.sensors.sightings.inc_by(watched.sightings);
                app.metrics.sensors.sightings_refused.inc_by(watched.refused);
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the sensors were not looked after"
                );
            }
        }
        tokio::select! {
            _ = stopped.changed() => break,
            () = tokio::time::sleep(WATCH) => {}
        }
    }
    if let Err(error) = app.exchange.stop_watching(app.clock.now()).await {
        tracing::error!(error = &error as &dyn std::error::Error, "what sensors remember was not written");
    }
}
