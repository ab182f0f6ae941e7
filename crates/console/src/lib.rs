//! The people's API under `/api/v1`, and the web app at `/`.
//!
//! **Is**: sessions, accounts, roles, the release desk, intake, and every view of the console, as JSON; the web app, embedded.
//!
//! **Is not**: policy (it asks [`exchange`]), storage (it does not know `store`), TAXII, TLS.
//!
//! **Promises**
//! 1. It takes from `exchange` only what was made `Releasable` for the person who asks.
//! 2. Hidden is absent: what somebody may not see is answered like what does not exist.
//! 3. What is not in the table of rights is forbidden to everybody.
//! 4. A secret is kept as a hash, or sealed, and is in no log.
//!
//! **Start reading** at [`router`], then `gate`, `rights`, `routes`.

pub mod account;
mod app;
mod config;
mod contract;
mod drafts;
mod gate;
mod headers;
mod oidc;
mod password;
mod problem;
mod queue;
mod readers;
mod rights;
mod routes;
mod session;
mod throttle;
mod totp;
mod traffic;

use std::sync::Arc;

use axum::{Router, middleware::from_fn_with_state, response::IntoResponse, routing::get};
use exchange::Exchange;
use stix::Timestamp;
use tokio::sync::Semaphore;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use utoipa::OpenApi;

pub use app::page;
pub use config::{Clock, ConsoleConfig, ConsoleLimits, OidcConfig, Transport};
pub use gate::Visitor;
pub use password::{HashError, NoRandomness, hash_password, is_password, random_key, random_password};
pub use routes::{
    accounts::{hash_token, new_token},
    home::remarks,
};
pub use session::sign_out;

use problem::Problem;

/// Where the API is.
pub const API: &str = "/api/v1";

/// What every request needs.
pub(crate) struct Console {
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) config: ConsoleConfig,
    pub(crate) sealer: totp::Sealer,
    pub(crate) throttle: throttle::Throttle,
    pub(crate) checks: Arc<Semaphore>,
    /// Room for long bodies, in KiB.
    pub(crate) room: Arc<Semaphore>,
    /// Verified where there is no password, so that unknown users take as long as known ones.
    pub(crate) decoy: String,
    pub(crate) streams: routes::changes::Streams,
    pub(crate) traffic: traffic::Traffic,
    pub(crate) oidc: Option<Arc<oidc::Provider>>,
}

pub(crate) type App = Arc<Console>;

impl Console {
    pub(crate) fn now(&self) -> Timestamp {
        self.config.clock.now()
    }
}

/// Why there is no console.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// The key cannot be used.
    #[error("the key of the console cannot be used")]
    Key,
    /// The machine has no randomness.
    #[error("the machine has no randomness")]
    Randomness,
    /// The public URL is no origin.
    #[error("the public URL is an origin, such as `https://cresset.example`")]
    PublicUrl,
    /// An identity provider needs to know where to come back to.
    #[error("an identity provider needs the public URL of this node")]
    NoPublicUrl,
    /// The certificates of authorities cannot be read.
    #[error("the certificates of authorities for the identity provider cannot be read")]
    Authorities,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cresset",
        description = "The people's API of a Cresset node.",
        version = "1",
        license(name = "Apache-2.0")
    ),
    servers((url = "/api/v1")),
    // What only parameters speak of is not found by itself.
    components(schemas(contract::timeline::Step))
)]
struct Description;

fn described() -> utoipa_axum::router::OpenApiRouter<App> {
    utoipa_axum::router::OpenApiRouter::with_openapi(Description::openapi()).merge(routes::all())
}

/// What the API is, as `console/openapi.json` has it.
pub fn openapi() -> String {
    let (_, api) = described().split_for_parts();
    api.to_pretty_json().unwrap_or_default() + "\n"
}

/// The API under `/api/v1` and the web app at `/`. Whoever mounts it tells with each request where it comes from, as an extension
/// [`Visitor`], and asks [`page`] about what is not found here.
///
/// # Errors
/// [`ConsoleError`].
pub fn router(exchange: Arc<Exchange>, config: ConsoleConfig) -> Result<Router, ConsoleError> {
    let mut csrf = CsrfLayer::new();
    if let Some(url) = &config.public_url {
        csrf = csrf.add_trusted_origin(url).map_err(|_| ConsoleError::PublicUrl)?;
    }
    let oidc = config.oidc.as_ref().map(|oidc| oidc::Provider::new(oidc, config.public_url.as_deref()));
    let state: App = Arc::new(Console {
        sealer: totp::Sealer::new(&config.key).ok_or(ConsoleError::Key)?,
        throttle: throttle::Throttle::new(config.limits),
        checks: Arc::new(Semaphore::new(config.limits.password_checks_max)),
        room: Arc::new(Semaphore::new(
            config.limits.bodies_bytes_max.max(config.limits.intake_bytes_max) / 1024,
        )),
        decoy: hash_password("nobody has this password").map_err(|_| ConsoleError::Randomness)?,
        streams: routes::changes::Streams::new(&config.limits),
        traffic: traffic::Traffic::default(),
        oidc: oidc.transpose()?.map(Arc::new),
        exchange,
        config,
    });
    let (api, _) = described().split_for_parts();
    let rejected = |_: ProtectionError| Problem::CrossSite.into_response();
    let api = api
        .route("/openapi.json", get(|| async { ([("content-type", "application/json")], openapi()) }))
        .method_not_allowed_fallback(|| async { Problem::Method })
        .fallback(|| async { Problem::Absent });
    let api = Router::new()
        .nest(API, api)
        .layer(from_fn_with_state(Arc::clone(&state), gate::front))
        .layer(csrf.with_rejection_response(rejected));
    let around = from_fn_with_state(Arc::clone(&state), headers::around);
    Ok(api.merge(app::router()).layer(around).with_state(state))
}
