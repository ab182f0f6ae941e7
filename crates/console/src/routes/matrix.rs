//! How are techniques counted?

use axum::{Json, extract::State};
use serde_json::json;

use crate::{
    App,
    contract::matrix::{Framework, Matrix, MatrixQuery, Subject, Tactic, Technique},
    gate::{Asked, Eyes},
    problem::{Problem, ProblemBody},
};

async fn found(
    app: &App,
    viewpoint: &exchange::Viewpoint,
    asked: MatrixQuery,
) -> Result<exchange::Matrix, Problem> {
    let query = exchange::MatrixQuery {
        framework: asked.framework,
        of: asked.of,
        against: asked.against,
        partner: asked.partner,
        from: asked.from,
        until: asked.until,
    };
    Ok(app.exchange.matrix(viewpoint, &query).await?)
}

fn technique(technique: exchange::Technique) -> Technique {
    Technique {
        id: technique.id,
        external_id: technique.external_id,
        name: technique.name,
        count: technique.count,
        against: technique.against,
        own: technique.own,
        children: technique.children.into_iter().map(self::technique).collect(),
    }
}

/// Techniques and how often they are used.
#[utoipa::path(
    get,
    path = "/matrix",
    tag = "matrix",
    params(MatrixQuery),
    responses((status = 200, body = Matrix), (status = "default", body = ProblemBody))
)]
pub(crate) async fn matrix(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Asked(asked): Asked<MatrixQuery>,
) -> Result<Json<Matrix>, Problem> {
    let found = found(&app, &viewpoint, asked).await?;
    let tactic = |tactic: exchange::Tactic| Tactic {
        id: tactic.id,
        name: tactic.name,
        techniques: tactic.techniques.into_iter().map(technique).collect(),
    };
    let subject = |subject: exchange::Subject| Subject {
        id: subject.id,
        name: subject.name,
        object_type: subject.r#type,
        count: subject.count,
    };
    Ok(Json(Matrix {
        frameworks: found
            .frameworks
            .into_iter()
            .map(|id| Framework { name: framework_name(&id), id })
            .collect(),
        framework: found.framework,
        tactics: found.tactics.into_iter().map(tactic).collect(),
        subjects: found.subjects.into_iter().map(subject).collect(),
    }))
}

/// What people call a kill chain.
fn framework_name(id: &str) -> String {
    match id {
        "mitre-attack" => "ATT&CK Enterprise",
        "mitre-mobile-attack" => "ATT&CK Mobile",
        "mitre-ics-attack" => "ATT&CK ICS",
        "disarm" => "DISARM",
        other => other,
    }
    .to_owned()
}

/// The domain by which ATT&CK Navigator knows a kill chain.
fn domain(framework: &str) -> &'static str {
    match framework {
        "mitre-mobile-attack" => "mobile-attack",
        "mitre-ics-attack" => "ics-attack",
        _ => "enterprise-attack",
    }
}

/// The same as a layer for ATT&CK Navigator.
#[utoipa::path(
    get,
    path = "/matrix/layer",
    tag = "matrix",
    params(MatrixQuery),
    responses(
        (status = 200, body = Object, description = "A layer of ATT&CK Navigator, version 4.5"),
        (status = "default", body = ProblemBody)
    )
)]
pub(crate) async fn layer(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Asked(asked): Asked<MatrixQuery>,
) -> Result<Json<serde_json::Value>, Problem> {
    let found = found(&app, &viewpoint, asked).await?;
    let mut techniques = Vec::new();
    for tactic in &found.tactics {
        let all = tactic.techniques.iter().flat_map(|one| std::iter::once(one).chain(&one.children));
        techniques.extend(all.filter(|one| one.count > 0).map(|one| {
            json!({
                "techniqueID": one.external_id,
                "tactic": tactic.id,
                "score": one.count,
                "comment": format!("{} of {} said by this organisation", one.own, one.count),
            })
        }));
    }
    let most =
        found.tactics.iter().flat_map(|tactic| &tactic.techniques).map(|one| one.count).max().unwrap_or(1);
    Ok(Json(json!({
        "name": "Cresset",
        "versions": { "layer": "4.5", "navigator": "4.9.0" },
        "domain": domain(&found.framework),
        "description": "",
        "techniques": techniques,
        "gradient": { "colors": ["#d3e5f6", "#0d4a85"], "minValue": 0, "maxValue": most },
    })))
}
