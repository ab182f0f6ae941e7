//! What changed, what may be chosen, and how is the node?

use std::collections::{BTreeMap, HashMap};

use axum::{Json, extract::State};
use exchange::{Holder, Interval, Search, Viewpoint};
use releasability::Tlp;
use stix::Timestamp;

use crate::{
    App,
    account::Role,
    contract::{
        hit::HitState,
        home::{
            Collection, Collections, DayCount, Feed, FeedState, Health, Home, HomeQuery, MarkingChoice,
            Markings, PartnerCount, TypeCount,
        },
        object::SeenAs,
    },
    gate::{Asked, Caller, Eyes},
    problem::{Problem, ProblemBody},
    routes::{desk, hits},
};

/// Since when it is told where nobody was here before, and how long a partner may be silent before it is quiet.
const WEEK_SECONDS: i64 = 7 * 86_400;
/// Sightings are counted by day over so long.
const SIGHTINGS_SECONDS: i64 = 14 * 86_400;

/// How many objects that exist for a view were added since a moment, by type. Nothing is given, so nothing is accounted for.
pub(crate) async fn added(
    app: &App,
    viewpoint: &Viewpoint,
    since: Timestamp,
) -> Result<BTreeMap<String, u64>, Problem> {
    let digest = app.exchange.digest(viewpoint, since).await?;
    Ok(digest.added.into_iter().map(|facet| (facet.value, facet.count)).collect())
}

/// How many hits nobody has looked at.
pub(crate) async fn hits_open(app: &App, viewpoint: &Viewpoint) -> Result<u64, Problem> {
    let hits = hits::in_state(app, viewpoint, HitState::Open).await?;
    Ok(hits.len() as u64)
}

/// What changed since the last visit.
#[utoipa::path(
    get,
    path = "/home",
    tag = "home",
    params(HomeQuery),
    responses((status = 200, body = Home), (status = "default", body = ProblemBody))
)]
pub(crate) async fn home(
    State(app): State<App>,
    caller: Caller,
    Eyes(viewpoint): Eyes,
    Asked(asked): Asked<HomeQuery>,
) -> Result<Json<Home>, Problem> {
    let now = app.now();
    let since = match asked.since {
        Some(text) => {
            Timestamp::parse(&text).map_err(|_| Problem::Malformed("`since` is no moment".into()))?
        }
        None => {
            let before = caller.account().signed_in_before.as_deref();
            let before = before.and_then(|text| Timestamp::parse(text).ok());
            before.unwrap_or_else(|| now.plus_seconds(-WEEK_SECONDS))
        }
    };
    let digest = app.exchange.digest(&viewpoint, since).await?;
    let fortnight = app.exchange.digest(&viewpoint, now.plus_seconds(-SIGHTINGS_SECONDS)).await?;
    let partner =
        |one: exchange::Newcomer| PartnerCount { name: one.name, count: one.count, latest: Some(one.latest) };
    let all = app.exchange.digest(&viewpoint, Timestamp::EPOCH).await?;
    let own = viewpoint.viewer().seen_as.is_none();
    Ok(Json(Home {
        since: since.to_string(),
        added: digest
            .added
            .into_iter()
            .map(|facet| TypeCount { object_type: facet.value, count: facet.count })
            .collect(),
        partners: digest.partners.into_iter().map(partner).collect(),
        hits_open: if own { hits_open(&app, &viewpoint).await? } else { 0 },
        sightings: fortnight
            .sightings
            .into_iter()
            .map(|point| DayCount { day: point.from, count: point.count })
            .collect(),
        releases_pending: if own { desk::pending(&app, caller.account()).await? } else { 0 },
        feeds: feeds(&app, &caller, &all, now).await?,
        total: all.added.iter().map(|facet| facet.count).sum(),
    }))
}

/// Partners that may bring something, by what of theirs this reader may see. What of theirs was refused, administrators see.
async fn feeds(
    app: &App,
    caller: &Caller,
    all: &exchange::Digest,
    now: Timestamp,
) -> Result<Vec<Feed>, Problem> {
    let Some(world) = app.exchange.world() else { return Ok(Vec::new()) };
    let flows = if caller.account().role == Role::Administrator {
        app.traffic.all(&app.exchange).await?
    } else {
        HashMap::new()
    };
    let may_bring = |name: &str| {
        let mut agreements = world.agreements.iter().filter(|agreement| agreement.partner == name);
        agreements.any(|agreement| {
            agreement.valid.contains(now) && agreement.may.contains(&exchange::world::Right::Submit)
        })
    };
    let is_lately = |moment: Timestamp| now < moment.plus_seconds(WEEK_SECONDS);
    let feed = |partner: &exchange::world::PartnerDeclared| {
        let latest = all.partners.iter().find(|one| one.name == partner.name).map(|one| one.latest.clone());
        let moment = latest.as_deref().and_then(|text| Timestamp::parse(text).ok());
        let refused = flows.get(&partner.name).and_then(|flow| flow.refused);
        let refused = refused.filter(|(moment, _)| is_lately(*moment));
        let state = match (refused, moment) {
            (Some(_), _) => FeedState::Failing,
            (None, Some(moment)) if is_lately(moment) => FeedState::Live,
            (None, _) => FeedState::Quiet,
        };
        let error = refused.map(|(moment, count)| format!("{count} object(s) were refused at {moment}"));
        Feed { name: partner.name.clone(), state, latest, error }
    };
    Ok(world.partners.iter().filter(|partner| may_bring(&partner.name)).map(feed).collect())
}

/// Markings that may be chosen: TLP 2.0, and what is held and may be seen.
#[utoipa::path(
    get,
    path = "/markings",
    tag = "home",
    responses((status = 200, body = Markings), (status = "default", body = ProblemBody))
)]
pub(crate) async fn markings(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
) -> Result<Json<Markings>, Problem> {
    let tlp = |tlp: Tlp| MarkingChoice {
        id: releasability::marking::standard_id(tlp).to_owned(),
        name: format!("TLP:{tlp}"),
        kind: "tlp".to_owned(),
        tlp: Some(tlp.into()),
    };
    let mut markings: Vec<MarkingChoice> = Tlp::ALL.into_iter().map(tlp).collect();
    let query = "type:marking-definition".to_owned();
    let search = Search { query, after: None, limit: exchange::ROWS_MAX, histogram: Interval::Month };
    let found = app.exchange.search(&viewpoint, &search).await?;
    let held = found.objects.into_iter().filter(|row| !markings.iter().any(|own| own.id == row.id));
    let held: Vec<_> = held
        .map(|row| MarkingChoice { id: row.id, name: row.name, kind: "held".to_owned(), tlp: None })
        .collect();
    markings.extend(held);
    Ok(Json(Markings { markings }))
}

/// Collections that there are for this reader.
#[utoipa::path(
    get,
    path = "/collections",
    tag = "home",
    params(SeenAs),
    responses((status = 200, body = Collections), (status = "default", body = ProblemBody))
)]
pub(crate) async fn collections(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
) -> Result<Json<Collections>, Problem> {
    let world = app.exchange.world().ok_or(Problem::NoWorld)?;
    let own = viewpoint.viewer().seen_as.is_none();
    let shown = viewpoint.collections().into_iter().map(|info| {
        let declared = world.collections.iter().find(|one| one.id == info.id);
        Collection {
            id: info.id.to_string(),
            title: info.title,
            description: info.description,
            default_marking: declared.map(|one| one.default_marking.clone()).unwrap_or_default(),
            // Who else reads it is no business of the partner as whom it is seen.
            readers: if own { app.exchange.readers(&info.alias, app.now()) } else { Vec::new() },
            second_person: world.asks_second_person(&info.alias),
            alias: info.alias,
        }
    });
    Ok(Json(Collections { collections: shown.collect() }))
}

/// How the node is.
#[utoipa::path(
    get,
    path = "/health",
    tag = "home",
    responses((status = 200, body = Health), (status = "default", body = ProblemBody))
)]
pub(crate) async fn health(State(app): State<App>) -> Result<Json<Health>, Problem> {
    let collections = app.exchange.collections().await?;
    let sessions = crate::session::all(&app.exchange, &app.config.limits, app.now()).await?;
    Ok(Json(Health {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        backend: app.exchange.backend().to_owned(),
        last_change: app.exchange.last_change().to_micros_text(),
        objects: collections.iter().map(|collection| collection.objects).sum(),
        alarms: app.exchange.alarms(),
        remarks: remarks(&app.exchange, app.now()),
        sessions: sessions.len() as u64,
        streams: app.streams.count() as u64,
    }))
}

/// What an administrator should look at.
pub fn remarks(exchange: &exchange::Exchange, now: Timestamp) -> Vec<String> {
    let mut remarks = Vec::new();
    match exchange.world() {
        None => remarks.push("nothing is declared yet: run `cresset apply world.toml`".to_owned()),
        Some(world) => {
            for agreement in &world.agreements {
                if agreement.valid.until.is_some_and(|until| until <= now) {
                    let (partner, collection) = (&agreement.partner, &agreement.collection);
                    remarks.push(format!("the agreement of `{partner}` on `{collection}` is over"));
                }
            }
            let credentials = exchange.credentials();
            let has = |holder: Holder, name: &str| {
                credentials.iter().any(|one| one.holder == holder && one.partner == name)
            };
            for sensor in world.sensors.iter().filter(|sensor| !has(Holder::Sensor, &sensor.name)) {
                remarks.push(format!("sensor `{}` has no token", sensor.name));
            }
            for partner in &world.partners {
                let has = has(Holder::Partner, &partner.name);
                if !has && partner.certificates.is_empty() {
                    remarks.push(format!("partner `{}` has no token, password or certificate", partner.name));
                }
            }
        }
    }
    if exchange.alarms() > 0 {
        remarks.push("the store and the policy disagreed about a label: report this".to_owned());
    }
    remarks
}
