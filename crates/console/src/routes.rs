//! Which endpoints are there? All of them, under `/api/v1`.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod changes;
pub(crate) mod desk;
pub(crate) mod graph;
pub(crate) mod hits;
pub(crate) mod home;
pub(crate) mod intake;
pub(crate) mod matrix;
pub(crate) mod objects;
pub(crate) mod oidc;
pub(crate) mod partners;
pub(crate) mod session;
pub(crate) mod timeline;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;

/// Every endpoint.
pub(crate) fn all() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::doors))
        .routes(routes!(session::me, session::sign_in, session::sign_out))
        .routes(routes!(session::by_shown_certificate))
        .routes(routes!(session::change_password))
        .routes(routes!(session::offer_totp, session::confirm_totp, session::remove_totp))
        .routes(routes!(oidc::oidc_begin))
        .routes(routes!(oidc::oidc_return))
        .routes(routes!(home::home))
        .routes(routes!(home::markings))
        .routes(routes!(home::collections))
        .routes(routes!(home::health))
        .routes(routes!(changes::changes))
        .routes(routes!(objects::objects))
        .routes(routes!(objects::complete))
        .routes(routes!(objects::object))
        .routes(routes!(objects::version))
        .routes(routes!(graph::graph))
        .routes(routes!(graph::path))
        .routes(routes!(graph::saved_graphs))
        .routes(routes!(graph::saved_graph, graph::save_graph, graph::remove_graph))
        .routes(routes!(matrix::matrix))
        .routes(routes!(matrix::layer))
        .routes(routes!(timeline::timeline))
        .routes(routes!(hits::hits))
        .routes(routes!(hits::change_hit))
        .routes(routes!(hits::sightings, hits::add_sighting))
        .routes(routes!(intake::read))
        .routes(routes!(intake::preview))
        .routes(routes!(intake::publish))
        .routes(routes!(desk::releases))
        .routes(routes!(desk::release))
        .routes(routes!(desk::decide))
        .routes(routes!(desk::outgoing))
        .routes(routes!(desk::audience))
        .routes(routes!(desk::recall))
        .routes(routes!(desk::mark))
        .routes(routes!(partners::partners))
        .routes(routes!(partners::partner))
        .routes(routes!(audit::entries))
        .routes(routes!(audit::who))
        .routes(routes!(audit::verify))
        .routes(routes!(accounts::users, accounts::add_user))
        .routes(routes!(accounts::change_user, accounts::remove_user))
        .routes(routes!(accounts::sessions))
        .routes(routes!(accounts::end_session))
        .routes(routes!(accounts::tokens, accounts::add_token))
        .routes(routes!(accounts::remove_token))
}
