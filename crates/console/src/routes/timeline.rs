//! How is it shown over time and over the map?

use axum::{Json, extract::State};

use crate::{
    App,
    contract::timeline::{Campaign, Country, Point, Series, Timeline, TimelineQuery},
    gate::{Asked, Eyes},
    problem::{Problem, ProblemBody},
};

fn points(points: Vec<exchange::Point>) -> Vec<Point> {
    points.into_iter().map(|point| Point { from: point.from, count: point.count }).collect()
}

/// Counts over time, campaigns, countries.
#[utoipa::path(
    get,
    path = "/timeline",
    tag = "timeline",
    params(TimelineQuery),
    responses((status = 200, body = Timeline), (status = "default", body = ProblemBody))
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Asked(asked): Asked<TimelineQuery>,
) -> Result<Json<Timeline>, Problem> {
    let (query, by) = (asked.q.unwrap_or_default(), asked.by.unwrap_or_default().into());
    let found = app.exchange.timeline(&viewpoint, &query, by).await?;
    let series = |one: exchange::Series| Series {
        source: one.source,
        points: points(one.points),
        sightings: points(one.sightings),
    };
    let campaign =
        |one: exchange::Campaign| Campaign { id: one.id, name: one.name, first: one.first, last: one.last };
    let country = |one: exchange::Country| Country { code: one.code, count: one.count };
    Ok(Json(Timeline {
        series: found.series.into_iter().map(series).collect(),
        campaigns: found.campaigns.into_iter().map(campaign).collect(),
        countries: found.countries.into_iter().map(country).collect(),
    }))
}
