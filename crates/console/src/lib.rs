//! The people's API under `/api/v1`, and the web app at `/`.
//!
//! **Is**: sessions, accounts, roles, the release desk, intake, and every view of the console, as JSON.
//!
//! **Is not**: policy (it asks [`exchange`]), storage (it does not know `store`), TAXII.
//!
//! **Promises**
//! 1. It takes from `exchange` only what was made `Releasable` for the person who asks.
//! 2. Hidden is absent: what somebody may not see is answered like what does not exist.
//! 3. What is not in the table of rights is forbidden to everybody.
//!
//! **Start reading** at `routes`.

mod contract;
mod problem;
mod routes;

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(title = "Cresset", description = "The people's API of a Cresset node.", version = "1", license(name = "Apache-2.0")),
    servers((url = "/api/v1"))
)]
struct Description;

/// What the API is, as `console/openapi.json` has it.
pub fn openapi() -> String {
    let (_, api) = utoipa_axum::router::OpenApiRouter::with_openapi(Description::openapi())
        .merge(routes::all())
        .split_for_parts();
    api.to_pretty_json().unwrap_or_default() + "\n"
}
