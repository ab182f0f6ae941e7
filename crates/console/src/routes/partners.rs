//! What is known of partners? What was agreed, everybody may see; what went to and fro says something about objects, so
//! administrators alone do.

use axum::{Json, extract::State};
use exchange::world::{AgreementDeclared, PartnerDeclared, World};
use stix::Timestamp;

use crate::{
    App,
    account::Role,
    contract::partner::{Agreement, Partner, PartnerSummary, Partners, TrafficDay},
    gate::{Caller, Named},
    problem::{Problem, ProblemBody},
    traffic::{Flow, beginning},
};

fn summary(
    app: &App,
    world: &World,
    partner: &PartnerDeclared,
    flow: Option<&Flow>,
    now: Timestamp,
) -> PartnerSummary {
    let agreed = world.agreements.iter().filter(|agreement| agreement.partner == partner.name);
    let in_force = agreed.filter(|agreement| agreement.valid.contains(now));
    let has_secret = flow.is_some()
        && app
            .exchange
            .credentials()
            .iter()
            .any(|one| one.holder == exchange::Holder::Partner && one.partner == partner.name);
    PartnerSummary {
        name: partner.name.clone(),
        organisation: partner.organisation.to_string(),
        nation: partner.nation.map(|nation| nation.to_string()),
        sensors: partner.sensors,
        collections: in_force.map(|agreement| agreement.collection.clone()).collect(),
        last_seen: flow.and_then(|flow| flow.seen).map(|moment| moment.to_string()),
        last_error: flow
            .and_then(|flow| flow.refused)
            .map(|(moment, count)| format!("{count} object(s) were refused at {moment}")),
        can_sign_in: flow.map(|_| has_secret || !partner.certificates.is_empty()),
    }
}

fn sees_traffic(caller: &Caller) -> bool {
    caller.account().role == Role::Administrator
}

/// All partners.
#[utoipa::path(
    get,
    path = "/partners",
    tag = "partners",
    responses((status = 200, body = Partners), (status = "default", body = ProblemBody))
)]
pub(crate) async fn partners(State(app): State<App>, caller: Caller) -> Result<Json<Partners>, Problem> {
    let world = app.exchange.world().ok_or(Problem::NoWorld)?;
    let flows = if sees_traffic(&caller) { Some(app.traffic.all(&app.exchange).await?) } else { None };
    let none = Flow::default();
    let now = app.now();
    let shown = world.partners.iter().map(|partner| {
        let flow = flows.as_ref().map(|flows| flows.get(&partner.name).unwrap_or(&none));
        summary(&app, &world, partner, flow, now)
    });
    Ok(Json(Partners { partners: shown.collect() }))
}

fn agreement(world: &World, agreement: &AgreementDeclared, now: Timestamp) -> Agreement {
    let collection = world.collections.iter().find(|one| one.alias == agreement.collection);
    Agreement {
        collection: agreement.collection.clone(),
        title: collection.map(|collection| collection.title.clone()).unwrap_or_default(),
        may: agreement.may.iter().map(|right| format!("{right:?}").to_lowercase()).collect(),
        ceiling: agreement.ceiling.into(),
        from: agreement.valid.from.map(|from| from.to_string()),
        until: agreement.valid.until.map(|until| until.to_string()),
        in_force: agreement.valid.contains(now),
    }
}

/// The communities that a partner is in now.
fn communities(world: &World, partner: &PartnerDeclared, now: Timestamp) -> Vec<String> {
    let is_in = |community: &&exchange::world::CommunityDeclared| {
        community.members.iter().any(|member| {
            let (code, valid) = member.parts();
            let code = code.to_string();
            let nation = partner.nation.map(|nation| nation.to_string());
            valid.contains(now)
                && (Some(&code) == nation.as_ref() || code == partner.organisation.to_string())
        })
    };
    world.communities.iter().filter(is_in).map(|community| community.name.to_string()).collect()
}

/// One partner.
#[utoipa::path(
    get,
    path = "/partners/{name}",
    tag = "partners",
    params(("name" = String, Path)),
    responses((status = 200, body = Partner), (status = "default", body = ProblemBody))
)]
pub(crate) async fn partner(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named<String>,
) -> Result<Json<Partner>, Problem> {
    let (world, now) = (app.exchange.world().ok_or(Problem::NoWorld)?, app.now());
    let partner = world.partners.iter().find(|partner| partner.name == name).ok_or(Problem::Absent)?;
    let flow = if sees_traffic(&caller) { Some(app.traffic.of(&app.exchange, &name).await?) } else { None };
    let agreed = world.agreements.iter().filter(|agreement| agreement.partner == name);
    let day = |(day, counts): (&i64, &crate::traffic::Day)| TrafficDay {
        day: beginning(*day).to_string(),
        out: counts.out,
        brought: counts.brought,
        refused: counts.refused,
    };
    Ok(Json(Partner {
        summary: summary(&app, &world, partner, flow.as_ref(), now),
        clearances: partner
            .clearances
            .iter()
            .map(|(policy, level)| (policy.0.clone(), level.clone()))
            .collect(),
        communities: communities(&world, partner, now),
        agreements: agreed.map(|one| agreement(&world, one, now)).collect(),
        traffic: flow.as_ref().map(|flow| flow.days.iter().map(day).collect()),
        certificates: partner.certificates.clone(),
    }))
}
