//! What did sensors see, ours and those of partners?

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use exchange::{CellState, Drawer, Sheet, Viewpoint};
use formats::observable::{self, Alternatives, Observable, ObservableKind, Rest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use stix::{
    Timestamp,
    pattern::{Grammar, Pattern, PatternLimits},
};
use uuid::Uuid;

use crate::{
    App,
    contract::hit::{
        Board, BoardCell, BoardRow, Hit, HitChange, HitState, Hits, HitsQuery, Made, NewSighting, SeenState,
        SightingsQuery,
    },
    drafts,
    gate::{Asked, Body, Caller, Eyes, Named},
    problem::{Problem, ProblemBody},
    routes::objects::row,
};

/// How many rows a page has where it is not said, and at most.
const LIMIT: (usize, usize) = (50, 200);
/// So many pages of the board are looked at for hits.
const PAGES_MAX: usize = 25;
/// So many states of hits are kept; the oldest gives way.
const STATES_MAX: usize = 10_000;

/// What somebody said of a hit.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Said {
    state: HitState,
    until: Option<String>,
    /// How often it had been seen when it was said: what is seen more often since is open again.
    count: u64,
    by: String,
    at: String,
}

type States = BTreeMap<String, Said>;

fn drawer() -> Drawer {
    Drawer::new("hits", "")
}

async fn states(app: &App) -> Result<(States, u64), Problem> {
    let kept = app.exchange.opened(&drawer()).await?;
    if kept.content.is_empty() {
        return Ok((States::new(), kept.version));
    }
    Ok((serde_json::from_slice(&kept.content).map_err(Problem::internal)?, kept.version))
}

/// By which names the board knows this node's own sensors: its own organisation, and partners that are declared as sensors.
fn own_sensors(app: &App) -> Vec<String> {
    let Some(world) = app.exchange.world() else { return Vec::new() };
    let sensors = world.partners.iter().filter(|partner| partner.sensors).map(|partner| partner.name.clone());
    sensors.chain([world.organisation.name.clone()]).collect()
}

impl Said {
    /// The state by now: what was put off comes back, and what was seen again since is open again.
    fn now(&self, count: u64, now: Timestamp) -> HitState {
        let is_over = self.until.as_deref().and_then(|text| Timestamp::parse(text).ok());
        match self.state {
            HitState::Snoozed if is_over.is_none_or(|until| until <= now) => HitState::Open,
            HitState::Done if count > self.count => HitState::Open,
            state @ (HitState::Open | HitState::Done | HitState::Snoozed | HitState::FalsePositive) => state,
        }
    }
}

/// Hits in a state, the latest first.
pub(crate) async fn in_state(app: &App, viewpoint: &Viewpoint, state: HitState) -> Result<Vec<Hit>, Problem> {
    let sensors = own_sensors(app);
    let (states, _) = states(app).await?;
    let mut hits = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let board = app.exchange.board(viewpoint, after.as_deref(), LIMIT.1).await?;
        for line in board.rows {
            let seen = line
                .cells
                .iter()
                .filter(|cell| cell.state == CellState::Seen && sensors.contains(&cell.partner));
            for cell in seen {
                let id = format!("{}~{}", line.indicator.id, cell.partner);
                let said = states.get(&id);
                let own = said.map_or(HitState::Open, |said| said.now(cell.count, app.now()));
                if own == state {
                    hits.push(Hit {
                        id,
                        value: line.indicator.name.clone(),
                        indicator: row(line.indicator.clone()),
                        count: cell.count,
                        first: cell.first.clone(),
                        last: cell.last.clone(),
                        sensor: cell.partner.clone(),
                        state: own,
                        until: said.and_then(|said| said.until.clone()),
                        confidence: line.indicator.confidence.and_then(|sure| u8::try_from(sure).ok()),
                        why: String::new(),
                    });
                }
            }
        }
        after = board.next;
        if after.is_none() {
            break;
        }
    }
    Ok(hits)
}

/// Hits of our own sensors.
#[utoipa::path(
    get,
    path = "/hits",
    tag = "hits",
    params(HitsQuery),
    responses((status = 200, body = Hits), (status = "default", body = ProblemBody))
)]
pub(crate) async fn hits(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Asked(asked): Asked<HitsQuery>,
) -> Result<Json<Hits>, Problem> {
    let all = in_state(&app, &viewpoint, asked.state.unwrap_or_default()).await?;
    let limit = asked.limit.map_or(LIMIT.0, |limit| limit as usize).clamp(1, LIMIT.1);
    let skip = asked
        .after
        .map_or(0, |after| all.iter().position(|hit| hit.id == after).map_or(all.len(), |at| at + 1));
    let more = all.len() > skip + limit;
    let mut hits: Vec<Hit> = all.into_iter().skip(skip).take(limit).collect();
    let ids: Vec<&str> = hits.iter().map(|hit| hit.indicator.id.as_str()).collect();
    let objects = app.exchange.objects_by_id(&viewpoint, &ids).await?;
    let patterns: BTreeMap<String, String> = objects
        .iter()
        .filter_map(|(row, object)| Some((row.id.clone(), pattern(object.content().text_bytes())?)))
        .collect();
    for hit in &mut hits {
        hit.why = patterns.get(&hit.indicator.id).cloned().unwrap_or_default();
        if let Some(value) = only_value(&hit.why) {
            hit.value = value;
        }
    }
    let next = hits.last().filter(|_| more).map(|hit| hit.id.clone());
    Ok(Json(Hits { hits, next }))
}

fn pattern(text: &[u8]) -> Option<String> {
    serde_json::from_slice::<serde_json::Value>(text).ok()?.get("pattern")?.as_str().map(str::to_owned)
}

/// The value that was seen, where the pattern leaves no choice.
fn only_value(pattern: &str) -> Option<String> {
    let (pattern, _) = Pattern::parse_either(pattern, Grammar::V21, &PatternLimits::DEFAULT).ok()?;
    let Alternatives { values, rest: Rest::Nothing } = observable::alternatives(&pattern) else {
        return None;
    };
    let [Observable { kind, value }] = values.as_slice() else { return None };
    let is_network = matches!(kind, ObservableKind::Ipv4 | ObservableKind::Ipv6) && value.contains('/');
    (!is_network && *kind != ObservableKind::Subdomains).then(|| value.clone())
}

/// Says what becomes of a hit. A false positive is an opinion of ours, by which sensors fire on it no more.
#[utoipa::path(
    post,
    path = "/hits/{id}",
    tag = "hits",
    params(("id" = String, Path)),
    request_body = HitChange,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn change_hit(
    State(app): State<App>,
    caller: Caller,
    Eyes(viewpoint): Eyes,
    Named(id): Named<String>,
    Body(given): Body<HitChange>,
) -> Result<StatusCode, Problem> {
    let now = app.now();
    let until = given.until.as_deref().map(Timestamp::parse).transpose();
    let until = until.map_err(|_| Problem::Malformed("`until` is no moment".to_owned()))?;
    if given.state == HitState::Snoozed && until.is_none_or(|until| until <= now) {
        return Err(Problem::Refused(
            "what is put off comes back at a moment to come".to_owned(),
            Vec::new(),
        ));
    }
    let mut found = None;
    for state in [HitState::Open, HitState::Done, HitState::Snoozed, HitState::FalsePositive] {
        let hits = in_state(&app, &viewpoint, state).await?;
        found = found.or_else(|| hits.into_iter().find(|hit| hit.id == id));
    }
    let hit = found.ok_or(Problem::Absent)?;
    if given.state == HitState::FalsePositive && hit.state != HitState::FalsePositive {
        let members = json!({
            "type": "opinion",
            "opinion": "strongly-disagree",
            "explanation": "a false positive of our own sensors",
            "object_refs": [hit.indicator.id],
        });
        say_about(&app, &viewpoint, (&hit.indicator.id, None), (members, &[])).await?;
    }
    let (mut all, version) = states(&app).await?;
    let said = Said {
        state: given.state,
        until: until.map(|until| until.to_string()),
        count: hit.count,
        by: caller.user().to_owned(),
        at: now.to_micros_text(),
    };
    all.insert(id, said);
    while all.len() > STATES_MAX {
        let oldest = all.iter().min_by(|one, other| one.1.at.cmp(&other.1.at)).map(|(id, _)| id.clone());
        let Some(oldest) = oldest else { break };
        all.remove(&oldest);
    }
    let content = serde_json::to_vec(&all).map_err(Problem::internal)?;
    app.exchange.keep(vec![Sheet { drawer: drawer(), version: Some(version), content }], None, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who saw what.
#[utoipa::path(
    get,
    path = "/sightings",
    tag = "hits",
    params(SightingsQuery),
    responses((status = 200, body = Board), (status = "default", body = ProblemBody))
)]
pub(crate) async fn sightings(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Asked(asked): Asked<SightingsQuery>,
) -> Result<Json<Board>, Problem> {
    let limit = asked.limit.map_or(LIMIT.0, |limit| limit as usize).clamp(1, LIMIT.1);
    let board = app.exchange.board(&viewpoint, asked.after.as_deref(), limit).await?;
    let cell = |cell: exchange::Cell| BoardCell {
        partner: cell.partner,
        state: match cell.state {
            CellState::Seen => SeenState::Seen,
            CellState::Looked => SeenState::Looked,
            CellState::None => SeenState::None,
        },
        count: cell.count,
        first: cell.first,
        last: cell.last,
    };
    let line = |line: exchange::BoardRow| BoardRow {
        indicator: row(line.indicator),
        cells: line.cells.into_iter().map(cell).collect(),
    };
    Ok(Json(Board {
        partners: board.partners,
        rows: board.rows.into_iter().map(line).collect(),
        next: board.next,
    }))
}

/// We saw it too.
#[utoipa::path(
    post,
    path = "/sightings",
    tag = "hits",
    request_body = NewSighting,
    responses((status = 201, body = Made), (status = "default", body = ProblemBody))
)]
pub(crate) async fn add_sighting(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Body(given): Body<NewSighting>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let marking = drafts::marking_ids(&given.marking)?;
    let mut members = json!({
        "type": "sighting",
        "sighting_of_ref": given.indicator,
        "count": given.count,
    });
    for (name, moment) in [("first_seen", given.first), ("last_seen", given.last)] {
        if let (Some(moment), Some(members)) = (moment, members.as_object_mut()) {
            let parsed = Timestamp::parse(&moment);
            let parsed = parsed.map_err(|_| Problem::Malformed(format!("`{name}` is no moment")))?;
            members.insert(name.to_owned(), json!(parsed.to_string()));
        }
    }
    let about = (given.indicator.as_str(), given.collection.as_deref());
    let id = say_about(&app, &viewpoint, about, (members, &marking)).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}

/// Says something about an object, as this organisation's own: with the object's markings and more, in its collection.
async fn say_about(
    app: &App,
    viewpoint: &Viewpoint,
    (about, collection): (&str, Option<&str>),
    (mut members, markings): (serde_json::Value, &[String]),
) -> Result<String, Problem> {
    let found = app.exchange.objects_by_id(viewpoint, &[about]).await?.pop();
    let (row, object) = found.ok_or(Problem::Absent)?;
    let text: serde_json::Value =
        serde_json::from_slice(object.content().text_bytes()).map_err(Problem::internal)?;
    let own = text.get("object_marking_refs").and_then(serde_json::Value::as_array);
    let mut refs: Vec<String> =
        own.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    refs.extend(markings.iter().filter(|id| !refs.contains(id)).cloned().collect::<Vec<_>>());
    let world = app.exchange.world().ok_or(Problem::NoWorld)?;
    let collection =
        collection.or_else(|| row.collections.first().map(String::as_str)).ok_or(Problem::Absent)?;
    let kind = members.get("type").and_then(serde_json::Value::as_str).unwrap_or_default();
    let (id, now) = (format!("{kind}--{}", Uuid::new_v4()), app.now());
    let moment = Timestamp::from_micros(now.micros() / 1000 * 1000).to_string();
    if let Some(members) = members.as_object_mut() {
        members.insert("spec_version".to_owned(), json!("2.1"));
        members.insert("id".to_owned(), json!(id));
        members.insert("created".to_owned(), json!(moment));
        members.insert("modified".to_owned(), json!(moment));
        members.insert("created_by_ref".to_owned(), json!(world.organisation.id.to_string()));
        if !refs.is_empty() {
            members.insert("object_marking_refs".to_owned(), json!(refs));
        }
    }
    let envelope = json!({ "objects": [members] }).to_string();
    let submission = app.exchange.own_submission(collection)?;
    let prepared = app.exchange.prepare(envelope.as_bytes(), now)?;
    let accepted = app.exchange.accept(&submission, prepared, now).await?;
    if accepted.failures.is_empty() {
        Ok(id)
    } else {
        Err(Problem::Refused("it was refused".to_owned(), drafts::refused(&accepted.failures)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_where_it_can_have_been_no_other() {
        let value = only_value;
        assert_eq!(value("[domain-name:value = 'a.example']").as_deref(), Some("a.example"));
        assert_eq!(value("[ipv4-addr:value = '192.0.2.7']").as_deref(), Some("192.0.2.7"));
        for pattern in [
            "[domain-name:value = 'a.example' OR domain-name:value = 'b.example']",
            "[domain-name:value = 'a.example' AND file:size = 3]",
            "[domain-name:value LIKE '%.example']",
            "[ipv4-addr:value ISSUBSET '192.0.2.0/24']",
            "[domain-name:value = 'a.example'] REPEATS 3 TIMES",
            "",
        ] {
            assert_eq!(value(pattern), None, "{pattern}");
        }
    }
}
