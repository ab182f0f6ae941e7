//! The rim: HTTP in and out, who asks, how much may come in.
//!
//! **Is**: TAXII 2.1 routes, the intake of telemetry, authentication, TLS, limits of connections and bodies, metrics, the
//! local socket by which commands reach a running node; it mounts the people's console.
//!
//! **Is not**: policy (it asks [`exchange`]), storage (it does not know the backends).
//!
//! **Promises**
//! 1. Hidden is absent: what a caller may not see is answered like what does not exist, byte for byte.
//! 2. Secrets are compared as hashes and never logged.
//! 3. Everything that a client controls is bounded by [`ServerLimits`].
//!
//! **Start reading** at [`serve`], then `taxii_routes`.

pub mod admin;
mod auth;
mod body;
mod config;
mod export;
mod feed_routes;
mod lingering;
mod metrics;
mod problem;
mod sensor_queue;
mod sensor_routes;
mod serve;
mod socket;
mod taxii_routes;
mod tls;

pub use config::{ConsoleSetup, ServerConfig, ServerLimits, TlsFiles, system_clock};
pub use console::{
    Clock, ConsoleLimits, OidcConfig, Transport, account::Role, hash_password, hash_token, openapi,
    random_key,
};
pub use export::{Asked, Leaving, Summary, export};
pub use serve::{Running, ServeError, serve};
pub use socket::{Client, Imported, SocketError};
