//! How are objects searched and shown?

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use exchange::{QueryFinding as Finding, Search, SearchError, Towards, Viewpoint};
use serde_json::value::RawValue;
use stix::Timestamp;

use crate::{
    App,
    contract::{
        intake::ObjectFinding,
        object::{
            Bar, CompleteQuery, Completion, Direction, Facet, Facets, Marking, ObjectVersion, ObjectView,
            Objects, ObjectsQuery, Provenance, RelationshipGroup, Remark, Row, SeenAs, SightingRow, Source,
            TlpLevel, Way, WithheldProperty,
        },
    },
    gate::{Asked, Caller, Eyes, Named},
    problem::{Problem, ProblemBody},
};

/// How many rows a page has where it is not said, and at most.
const LIMIT: (usize, usize) = (50, 200);

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Query(findings) => Self::NotUnderstood(findings.iter().map(finding).collect()),
            SearchError::After | SearchError::Time => Self::Malformed(error.to_string()),
            SearchError::Exchange(error) => error.into(),
        }
    }
}

/// A code as JSON has it.
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn finding(finding: &Finding) -> ObjectFinding {
    let message = format!("{} (characters {} to {})", finding.message, finding.from, finding.until);
    ObjectFinding { object: None, code: word(&finding.code), message }
}

pub(crate) fn source(source: exchange::Source) -> Source {
    Source { id: source.id, name: source.name }
}

pub(crate) fn level(word: &str) -> TlpLevel {
    word.parse::<releasability::Tlp>().map(TlpLevel::from).unwrap_or_default()
}

pub(crate) fn marking(marking: exchange::Marking) -> Marking {
    Marking { tlp: level(&marking.tlp), rel: marking.rel, text: marking.text }
}

pub(crate) fn row(row: exchange::Row) -> Row {
    Row {
        id: row.id,
        object_type: row.r#type,
        name: row.name,
        description: row.description,
        marking: marking(row.marking),
        source: Some(source(row.source)),
        confidence: row.confidence.and_then(|confidence| u8::try_from(confidence).ok()),
        created: row.created,
        modified: row.modified,
        first: row.first,
        last: row.last,
        revoked: row.revoked,
        labels: row.labels,
        added: row.added,
        collections: row.collections,
        sightings: row.sightings,
        external_id: row.external_id,
    }
}

/// The row of one object, if it exists for this view.
pub(crate) async fn one(
    app: &App,
    viewpoint: &Viewpoint,
    id: &str,
) -> Result<Option<exchange::Row>, Problem> {
    if stix::Id::new(id).is_err() {
        return Ok(None);
    }
    Ok(app.exchange.objects_by_id(viewpoint, &[id]).await?.pop().map(|(row, _)| row))
}

/// Searches.
#[utoipa::path(
    get,
    path = "/objects",
    tag = "objects",
    params(ObjectsQuery),
    responses((status = 200, body = Objects), (status = "default", body = ProblemBody))
)]
pub(crate) async fn objects(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Asked(asked): Asked<ObjectsQuery>,
) -> Result<Json<Objects>, Problem> {
    let mut query = asked.q.unwrap_or_default();
    if let Some(sort) = asked.sort.filter(|sort| !sort.is_empty()) {
        if !sort.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
            return Err(Problem::Malformed("`sort` is not understood".to_owned()));
        }
        query = format!("{query} sort:{sort}");
    }
    let limit = asked.limit.map_or(LIMIT.0, |limit| limit as usize).clamp(1, LIMIT.1);
    let search = Search { query, after: asked.after, limit, histogram: asked.by.unwrap_or_default().into() };
    let found = app.exchange.search(&viewpoint, &search).await?;
    let facets = |facets: Vec<exchange::Facet>| -> Vec<Facet> {
        let facet = |facet: exchange::Facet| Facet { value: facet.value, name: None, count: facet.count };
        facets.into_iter().map(facet).collect()
    };
    let bar = |bar: exchange::Bar| Bar { from: bar.from, until: bar.until, count: bar.count };
    Ok(Json(Objects {
        objects: found.objects.into_iter().map(row).collect(),
        total: found.total,
        facets: Facets {
            object_type: facets(found.facets.r#type),
            tlp: facets(found.facets.tlp),
            source: facets(found.facets.source),
            label: facets(found.facets.label),
            rel: facets(found.facets.rel),
        },
        histogram: found.histogram.into_iter().map(bar).collect(),
        next: found.next,
    }))
}

/// Completes a query.
#[utoipa::path(
    get,
    path = "/complete",
    tag = "objects",
    params(CompleteQuery),
    responses((status = 200, body = Vec<Completion>), (status = "default", body = ProblemBody))
)]
pub(crate) async fn complete(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Asked(asked): Asked<CompleteQuery>,
) -> Result<Json<Vec<Completion>>, Problem> {
    let bytes = |chars: usize| asked.q.char_indices().nth(chars).map_or(asked.q.len(), |(at, _)| at);
    let chars = |bytes: usize| asked.q.char_indices().take_while(|(at, _)| *at < bytes).count();
    let at = asked.at.map_or(asked.q.len(), bytes);
    let found = app.exchange.complete(&viewpoint, &asked.q, at).await?;
    let told = |one: exchange::Completion| Completion {
        text: one.text,
        kind: match one.kind {
            exchange::CompletionKind::Field => "field",
            exchange::CompletionKind::Value => "value",
            exchange::CompletionKind::Word => "word",
        }
        .to_owned(),
        count: one.count,
        from: chars(one.from),
        until: chars(one.until),
    };
    Ok(Json(found.into_iter().map(told).collect()))
}

/// What of an object that is shown beside it is read out of its own text.
#[derive(Default, serde::Deserialize)]
struct Beside {
    #[serde(default)]
    count: Option<u64>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default, rename = "abstract")]
    summary: Option<String>,
    #[serde(default)]
    explanation: Option<String>,
    #[serde(default)]
    opinion: Option<String>,
}

/// Rows with what their own texts say besides.
async fn beside(
    app: &App,
    viewpoint: &Viewpoint,
    rows: Vec<exchange::Row>,
) -> Result<Vec<(exchange::Row, Beside)>, Problem> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let objects = app.exchange.objects_by_id(viewpoint, &ids).await?;
    let read = |text: &[u8]| serde_json::from_slice(text).unwrap_or_default();
    let mut texts: BTreeMap<String, Beside> =
        objects.iter().map(|(row, object)| (row.id.clone(), read(object.content().text_bytes()))).collect();
    Ok(rows.into_iter().filter_map(|row| Some((texts.remove(&row.id)?, row))).map(|(b, r)| (r, b)).collect())
}

fn remark((row, said): (exchange::Row, Beside)) -> Remark {
    let text = said.content.or(said.explanation).or(said.summary).unwrap_or_default();
    Remark {
        id: row.id,
        source: source(row.source),
        text,
        opinion: said.opinion,
        created: row.created,
        marking: marking(row.marking),
    }
}

fn sighting((row, said): (exchange::Row, Beside)) -> SightingRow {
    SightingRow {
        id: row.id,
        source: source(row.source),
        // A sighting without a count says that it was seen.
        count: said.count.unwrap_or(1),
        first: row.first,
        last: row.last,
        marking: marking(row.marking),
    }
}

/// In which way something came, as far as its source tells.
fn way(app: &App, source: &exchange::Source) -> Way {
    let world = app.exchange.world();
    let is_own = world.as_ref().is_some_and(|world| world.organisation.id.to_string() == source.id);
    let partner =
        world.iter().flat_map(|world| &world.partners).find(|one| one.organisation.to_string() == source.id);
    match partner {
        _ if is_own => Way::Own,
        Some(partner) if partner.sensors => Way::Sensor,
        Some(_) => Way::Partner,
        None => Way::Elsewhere,
    }
}

/// One object and what is around it.
#[utoipa::path(
    get,
    path = "/objects/{id}",
    tag = "objects",
    params(("id" = String, Path), SeenAs),
    responses((status = 200, body = ObjectView), (status = "default", body = ProblemBody))
)]
pub(crate) async fn object(
    State(app): State<App>,
    caller: Caller,
    Eyes(viewpoint): Eyes,
    Named(id): Named<String>,
) -> Result<Json<ObjectView>, Problem> {
    let found = app.exchange.object_view(&viewpoint, &id).await?.ok_or(Problem::Absent)?;
    let mut versions: BTreeMap<String, String> = BTreeMap::new();
    for claim in &found.provenance {
        versions.entry(claim.version.clone()).or_insert_with(|| claim.added.clone());
    }
    let provenance = found.provenance.into_iter().map(|claim| Provenance {
        way: way(&app, &claim.source),
        collection: claim.collection,
        source: source(claim.source),
        added: claim.added,
        version: claim.version,
        marking: marking(claim.marking),
    });
    let related = found.relationships.into_iter().map(|group| RelationshipGroup {
        verb: group.verb,
        direction: match group.direction {
            Towards::Out => Direction::Out,
            Towards::In => Direction::In,
        },
        total: group.total,
        rows: group.rows.into_iter().map(row).collect(),
    });
    let withheld = match viewpoint.viewer().seen_as.as_deref() {
        Some(partner) => withheld(&app, &caller, (&id, partner)).await?,
        None => Vec::new(),
    };
    let sightings = beside(&app, &viewpoint, found.sightings).await?;
    let notes = beside(&app, &viewpoint, found.notes).await?;
    let opinions = beside(&app, &viewpoint, found.opinions).await?;
    Ok(Json(ObjectView {
        row: row(found.row),
        object: RawValue::from_string(found.object).map_err(Problem::internal)?,
        withheld,
        provenance: provenance.collect(),
        versions: versions
            .into_iter()
            .rev()
            .map(|(version, added)| ObjectVersion { version, added })
            .collect(),
        relationships: related.collect(),
        sightings: sightings.into_iter().map(sighting).collect(),
        notes: notes.into_iter().map(remark).collect(),
        opinions: opinions.into_iter().map(remark).collect(),
        markings: found.parts.into_iter().map(|part| (part.selector, marking(part.marking))).collect(),
    }))
}

/// What is withheld from a partner of an object of which the person sees all.
async fn withheld(
    app: &App,
    caller: &Caller,
    (id, partner): (&str, &str),
) -> Result<Vec<WithheldProperty>, Problem> {
    let (person, now) = (caller.account().person(), app.now());
    let own = app.exchange.viewpoint(&person, None, now).ok_or(Problem::NoWorld)?;
    let seen: BTreeSet<String> = app.exchange.seen_whole(&own, &[id.to_owned()]).await?;
    if !seen.contains(id) {
        return Ok(Vec::new());
    }
    let preview = app.exchange.preview(id, partner, now).await?;
    let copies = preview.map(|preview| preview.copies).unwrap_or_default();
    let last = copies.into_iter().filter(|copy| copy.text.is_some()).max_by(|a, b| a.version.cmp(&b.version));
    let removed = last.map(|copy| copy.removed).unwrap_or_default();
    Ok(removed.into_iter().map(|(property, reason)| WithheldProperty { property, reason }).collect())
}

/// One version of an object, as it is released to this reader.
#[utoipa::path(
    get,
    path = "/objects/{id}/versions/{version}",
    tag = "objects",
    params(("id" = String, Path), ("version" = String, Path), SeenAs),
    responses(
        (status = 200, body = Object, description = "STIX, to the byte"),
        (status = "default", body = ProblemBody)
    )
)]
pub(crate) async fn version(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Named((id, version)): Named<(String, String)>,
) -> Result<Response, Problem> {
    let version = Timestamp::parse(&version).map_err(|_| Problem::Absent)?;
    let object = app.exchange.object_version(&viewpoint, &id, version).await?.ok_or(Problem::Absent)?;
    let kind = HeaderValue::from_static("application/stix+json;version=2.1");
    Ok(([(header::CONTENT_TYPE, kind)], object.content().text_bytes().to_vec()).into_response())
}
