//! The endpoints of TAXII 2.1 (section 3.1), each as one straight line: who asks, does it exist for them, may they, what is
//! asked, the journey, the answer.

use std::{collections::HashSet, num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::Body,
    extract::{FromRequestParts, Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use exchange::{
    Accepted, Access, Channel, CollectionInfo, Existence, Failure, Query, Released, SpecVersions,
    VersionFilter, Versions, world::Right,
};
use stix::{SpecVersion, Timestamp};
use store::Sequence;
use taxii::{
    filter::{Fields, Filter, Version},
    media, resource,
};
use tokio::time::Sleep;

use crate::{
    problem::{Problem, json},
    serve::App,
};

/// The partner that a request was authenticated as.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Arc<str>);

/// What the path of a URL names. What cannot be read as text names nothing that is here.
struct Named<T>(T);

impl<T: serde::de::DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(names) = Path::from_request_parts(parts, state).await.map_err(|_| Problem::Absent)?;
        Ok(Self(names))
    }
}

/// Where discovery is (section 4.1), and the one API root.
pub(crate) const DISCOVERY: &str = "/taxii2/";
pub(crate) const API_ROOT: &str = "/api/";

const FIRST: HeaderName = HeaderName::from_static("x-taxii-date-added-first");
const LAST: HeaderName = HeaderName::from_static("x-taxii-date-added-last");

/// All routes, with and without the slash that the standard ends them with.
pub(crate) fn routes() -> Router<Arc<App>> {
    let table = [
        (DISCOVERY, get(discovery)),
        (API_ROOT, get(api_root)),
        ("/api/status/{status}/", get(status)),
        ("/api/collections/", get(collections)),
        ("/api/collections/{collection}/", get(collection)),
        ("/api/collections/{collection}/manifest/", get(manifest)),
        ("/api/collections/{collection}/objects/", get(objects).post(add)),
        ("/api/collections/{collection}/objects/{object}/", get(object).delete(remove)),
        ("/api/collections/{collection}/objects/{object}/versions/", get(versions)),
    ];
    let mut router = Router::new();
    for (path, methods) in table {
        router = router.route(path, methods.clone()).route(path.trim_end_matches('/'), methods);
    }
    router
}

async fn discovery(State(app): State<Arc<App>>) -> Response {
    let own = app.exchange.world().map(|world| world.organisation);
    let body = resource::Discovery {
        title: own.as_ref().map_or_else(|| "Cresset".to_owned(), |own| own.name.clone()),
        description: Some(
            "Share, watch, sight: each partner gets what its label and agreement allow".to_owned(),
        ),
        contact: own.and_then(|own| own.contact),
        default: Some(API_ROOT.to_owned()),
        api_roots: vec![API_ROOT.to_owned()],
    };
    json(StatusCode::OK, &body)
}

async fn api_root(State(app): State<Arc<App>>) -> Response {
    let body = resource::ApiRoot {
        title: "Cresset".to_owned(),
        description: None,
        versions: vec![media::TAXII.to_owned()],
        max_content_length: app.limits.body_bytes_max as u64,
    };
    json(StatusCode::OK, &body)
}

async fn status(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    Named(id): Named<String>,
) -> Result<Response, Problem> {
    let id = uuid::Uuid::parse_str(&id).map_err(|_| Problem::Absent)?;
    let accepted = app.exchange.receipt(id, &caller, app.clock.now()).await?.ok_or(Problem::Absent)?;
    Ok(json(StatusCode::OK, &status_resource(accepted)))
}

async fn collections(State(app): State<Arc<App>>, Extension(Caller(caller)): Extension<Caller>) -> Response {
    let collections = app.exchange.collections_of(&caller, app.clock.now());
    let body =
        resource::Collections { collections: collections.into_iter().map(collection_resource).collect() };
    json(StatusCode::OK, &body)
}

async fn collection(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    Named(name): Named<String>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let id = app.exchange.access(&caller, &name, now).ok_or(Problem::Absent)?.collection();
    let mut all = app.exchange.collections_of(&caller, now).into_iter();
    let found = all.find(|collection| collection.id == id).ok_or(Problem::Absent)?;
    Ok(json(StatusCode::OK, &collection_resource(found)))
}

fn collection_resource(collection: CollectionInfo) -> resource::Collection {
    resource::Collection {
        id: collection.id.to_string(),
        can_read: collection.may.contains(&Right::Read),
        can_write: collection.may.contains(&Right::Submit),
        title: collection.title,
        description: collection.description,
        alias: Some(collection.alias),
        media_types: vec![media::STIX_21.to_owned(), media::STIX_20.to_owned()],
    }
}

/// A partner's way to read a collection.
fn reading(app: &App, caller: &str, collection: &str) -> Result<Access, Problem> {
    let access = app.exchange.access(caller, collection, app.clock.now()).ok_or(Problem::Absent)?;
    if access.may(Right::Read) {
        Ok(access)
    } else {
        Err(Problem::Forbidden("the collection may not be read"))
    }
}

/// So long it takes at least to say that something is not there. Whether it is withheld or unknown, the claims on it are
/// looked at or there are none: a difference of microseconds, which the next tick of the timer takes away.
struct Absence(Option<Sleep>);

impl Absence {
    fn begin(app: &App) -> Self {
        let least = app.limits.absent_millis_min;
        Self((least > 0).then(|| tokio::time::sleep(Duration::from_millis(least))))
    }

    async fn over(self) {
        if let Some(sleep) = self.0 {
            sleep.await;
        }
    }

    /// Waits where something was asked for by its id and is not in the answer.
    async fn over_unless_all(self, page: &Page, released: &Released) {
        let Some(ids) = &page.query.ids else { return };
        let given: HashSet<&str> = released.objects.iter().map(|(_, object)| object.content().id()).collect();
        if !ids.iter().all(|id| given.contains(id.as_str())) {
            self.over().await;
        }
    }
}

async fn objects(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    Named(name): Named<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let access = reading(&app, &caller, &name)?;
    let page = Page::read(&app, query.as_deref().unwrap_or(""), Fields::All)?;
    let absence = Absence::begin(&app);
    let released = app.exchange.objects(&access, &page.query, Channel::Objects).await?;
    absence.over_unless_all(&page, &released).await;
    Ok(envelope(&app, &page, &released))
}

async fn manifest(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    Named(name): Named<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let access = reading(&app, &caller, &name)?;
    let page = Page::read(&app, query.as_deref().unwrap_or(""), Fields::All)?;
    let absence = Absence::begin(&app);
    let released = app.exchange.objects(&access, &page.query, Channel::Manifest).await?;
    absence.over_unless_all(&page, &released).await;
    let records = released.objects.iter().map(|(sequence, object)| {
        let object = object.content();
        resource::ManifestRecord {
            id: object.id().to_owned(),
            date_added: sequence.date_added().to_micros_text(),
            version: Released::version(*sequence, object).to_string(),
            media_type: Some(
                match object.spec_version() {
                    SpecVersion::V20 => media::STIX_20,
                    SpecVersion::V21 => media::STIX_21,
                }
                .to_owned(),
            ),
        }
    });
    let body =
        resource::Manifest { more: released.more, next: page.next(&released), objects: records.collect() };
    Ok(page.dated(json(StatusCode::OK, &body), &released))
}

async fn object(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    Named((name, id)): Named<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let access = reading(&app, &caller, &name)?;
    let mut page = Page::read(&app, query.as_deref().unwrap_or(""), Fields::Object)?;
    page.query.ids = Some(vec![id]);
    let absence = Absence::begin(&app);
    let released = app.exchange.objects(&access, &page.query, Channel::Object).await?;
    if released.objects.is_empty() {
        // The id, or the version named, is not there: that is 404. Another filter left nothing: that is an empty envelope.
        let whole = Query {
            after: Sequence::ZERO,
            limit: NonZeroU32::MIN,
            spec_versions: SpecVersions::Only(vec![SpecVersion::V20, SpecVersion::V21]),
            ..page.query.clone()
        };
        let found = app.exchange.finds(&access, &whole).await?;
        absence.over().await;
        if found == Existence::Absent {
            return Err(Problem::Absent);
        }
    }
    Ok(envelope(&app, &page, &released))
}

async fn versions(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    Named((name, id)): Named<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let access = reading(&app, &caller, &name)?;
    let mut page = Page::read(&app, query.as_deref().unwrap_or(""), Fields::Versions)?;
    let absence = Absence::begin(&app);
    if app.exchange.exists(&access, &id).await? == Existence::Absent {
        absence.over().await;
        return Err(Problem::Absent);
    }
    page.query.ids = Some(vec![id]);
    page.query.versions = Versions::All;
    let released = app.exchange.objects(&access, &page.query, Channel::Versions).await?;
    let text = |(sequence, object): &(Sequence, releasability::Releasable<stix::Object>)| {
        Released::version(*sequence, object.content()).to_string()
    };
    let versions = released.objects.iter().map(text).collect();
    let body = resource::Versions { more: released.more, next: page.next(&released), versions };
    Ok(page.dated(json(StatusCode::OK, &body), &released))
}

async fn add(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    Named(name): Named<String>,
    request: Request,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let access = app.exchange.access(&caller, &name, now).ok_or(Problem::Absent)?;
    let submission = access.submission().filter(|_| access.may(Right::Submit));
    let submission = submission.ok_or(Problem::Forbidden("nothing may be added to the collection"))?;
    let (head, body) = request.into_parts();
    check_content_type(&head.headers)?;
    let received = app.room.receive(&head.headers, body).await?;
    let exchange = Arc::clone(&app.exchange);
    let prepared = tokio::task::spawn_blocking(move || {
        let prepared = exchange.prepare(&received.bytes, now);
        drop(received);
        prepared
    });
    let prepared = prepared.await.map_err(|_| Problem::Busy)??;
    let accepted = app.exchange.accept(&submission, prepared, now).await?;
    app.metrics.objects_accepted.inc_by(accepted.successes.len() as u64);
    app.metrics.objects_refused.inc_by(accepted.failures.len() as u64);
    tracing::info!(
        partner = &*caller,
        collection = %access.collection(),
        successes = accepted.successes.len(),
        failures = accepted.failures.len(),
        "objects submitted"
    );
    Ok(json(StatusCode::ACCEPTED, &status_resource(accepted)))
}

async fn remove(
    State(app): State<Arc<App>>,
    Extension(Caller(caller)): Extension<Caller>,
    Named((name, id)): Named<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let access = app.exchange.access(&caller, &name, app.clock.now()).ok_or(Problem::Absent)?;
    if !access.may(Right::Read) || !access.may(Right::Delete) {
        return Err(Problem::Forbidden("nothing may be removed from the collection"));
    }
    let filter = Filter::parse(query.as_deref().unwrap_or(""), Fields::Object)?;
    let versions = filter.versions.as_deref().map_or(Versions::All, version_filter);
    let every = SpecVersions::Only(vec![SpecVersion::V20, SpecVersion::V21]);
    let spec_versions = filter.spec_versions.as_deref().map_or(every, spec_version_filter);
    let absence = Absence::begin(&app);
    if let Err(problem) = app.exchange.remove(&access, &id, versions, spec_versions).await {
        absence.over().await;
        return Err(problem.into());
    }
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, HeaderValue::from_static(media::TAXII))]).into_response())
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if value.is_some_and(media::is_envelope) {
        Ok(())
    } else {
        Err(Problem::MediaType("an envelope is `application/taxii+json;version=2.1`"))
    }
}

/// One page asked for.
struct Page {
    text: String,
    fields: Fields,
    query: Query,
}

impl Page {
    fn read(app: &App, text: &str, fields: Fields) -> Result<Self, Problem> {
        let filter = Filter::parse(text, fields)?;
        let default = NonZeroU32::new(app.limits.page_objects_default).unwrap_or(NonZeroU32::MIN);
        let max = NonZeroU32::new(app.limits.page_objects_max).unwrap_or(NonZeroU32::MIN);
        let query = Query {
            after: Sequence::new(filter.after()),
            limit: filter.limit.unwrap_or(default).min(max),
            bytes_max: app.limits.page_bytes_max,
            versions: filter.versions.as_deref().map_or_else(Versions::last, version_filter),
            spec_versions: filter.spec_versions.as_deref().map_or(SpecVersions::Latest, spec_version_filter),
            ids: filter.ids,
            types: filter.types,
        };
        Ok(Self { text: text.to_owned(), fields, query })
    }

    /// The `next` behind a page that has more.
    fn next(&self, released: &Released) -> Option<String> {
        let (last, _) = released.objects.last().filter(|_| released.more)?;
        Some(Filter::next_text(&self.text, self.fields, last.get()))
    }

    /// Adds the dates of the first and last object; an empty page repeats the position that was asked for, so that a client
    /// that goes on from it loses nothing.
    fn dated(&self, mut response: Response, released: &Released) -> Response {
        let date = |one: Option<&(Sequence, _)>| {
            let sequence = one.map_or(self.query.after, |(sequence, _)| *sequence);
            HeaderValue::from_str(&sequence.date_added().to_micros_text()).ok()
        };
        if let (Some(first), Some(last)) = (date(released.objects.first()), date(released.objects.last())) {
            response.headers_mut().insert(FIRST, first);
            response.headers_mut().insert(LAST, last);
        }
        response
    }
}

fn version_filter(versions: &[Version]) -> Versions {
    if versions.contains(&Version::All) {
        return Versions::All;
    }
    let filters = versions.iter().filter_map(|version| match version {
        Version::First => Some(VersionFilter::First),
        Version::Last => Some(VersionFilter::Last),
        Version::At(moment) => Some(VersionFilter::At(*moment)),
        Version::All => None,
    });
    Versions::Any(filters.collect())
}

fn spec_version_filter(versions: &[String]) -> SpecVersions {
    let known = versions.iter().filter_map(|version| match version.as_str() {
        "2.0" => Some(SpecVersion::V20),
        "2.1" => Some(SpecVersion::V21),
        _ => None,
    });
    SpecVersions::Only(known.collect())
}

fn envelope(app: &App, page: &Page, released: &Released) -> Response {
    let texts = released.objects.iter().map(|(_, object)| object.content().text_bytes());
    let body = resource::envelope(texts, page.next(released).as_deref());
    app.metrics.objects_released.inc_by(released.objects.len() as u64);
    app.metrics.bytes_released.inc_by(body.len() as u64);
    let response =
        ([(header::CONTENT_TYPE, HeaderValue::from_static(media::TAXII))], Body::from(body)).into_response();
    page.dated(response, released)
}

/// What became of an envelope, as TAXII says it. Always complete: the answer comes after the commit.
fn status_resource(accepted: Accepted) -> resource::Status {
    let successes: Vec<_> = accepted
        .successes
        .into_iter()
        .map(|(id, version)| resource::StatusDetail { id, version: version.to_string(), message: None })
        .collect();
    let failures: Vec<_> = accepted.failures.into_iter().map(failure_detail).collect();
    resource::Status {
        id: accepted.id.to_string(),
        status: "complete".to_owned(),
        request_timestamp: Some(accepted.requested.to_micros_text()),
        total_count: (successes.len() + failures.len()) as u64,
        success_count: successes.len() as u64,
        successes,
        failure_count: failures.len() as u64,
        failures,
        pending_count: 0,
        pendings: Vec::new(),
    }
}

/// A detail names id and version even of an object that has none to read: then stand-ins that say where it stood.
fn failure_detail(failure: Failure) -> resource::StatusDetail {
    let stand_in =
        || format!("x-cresset-unreadable--00000000-0000-4000-8000-{:012}", failure.index.unwrap_or(0));
    resource::StatusDetail {
        id: failure.id.clone().unwrap_or_else(stand_in),
        version: failure.version.unwrap_or_else(|| Timestamp::EPOCH.to_string()),
        message: Some(failure.message),
    }
}
