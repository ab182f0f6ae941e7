//! What can be set, and how much is allowed?

use std::{fmt, sync::Arc};

use stix::Timestamp;

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(pub Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Clock {
    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// How the console is set up.
#[derive(Clone)]
pub struct ConsoleConfig {
    /// Its clock.
    pub clock: Clock,
    /// With which secrets that must be read again are sealed.
    pub key: [u8; 32],
    /// How browsers reach it.
    pub transport: Transport,
    /// The origin under which browsers know it, such as `https://cresset.example`; needed for an identity provider.
    pub public_url: Option<String>,
    /// An identity provider.
    pub oidc: Option<OidcConfig>,
    /// Its bounds.
    pub limits: ConsoleLimits,
    /// Says when the server stops, so that live streams end.
    pub stopped: Option<tokio::sync::watch::Receiver<bool>>,
}

/// Never says the key.
impl fmt::Debug for ConsoleConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { transport, public_url, oidc, limits, .. } = self;
        let mut shown = f.debug_struct("ConsoleConfig");
        shown.field("transport", transport).field("public_url", public_url).field("oidc", oidc);
        shown.field("limits", limits).finish_non_exhaustive()
    }
}

/// How browsers reach the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// By TLS, the node's own or that of a proxy in front: cookies are `Secure`.
    Tls,
    /// In plain text on this machine alone.
    Loopback,
}

/// An identity provider (OpenID Connect).
#[derive(Clone)]
pub struct OidcConfig {
    /// Its issuer, from which `/.well-known/openid-configuration` tells the rest.
    pub issuer: String,
    /// What the sign-in page calls it.
    pub name: String,
    /// Under which id it knows this node.
    pub client: String,
    /// With which secret.
    pub secret: String,
    /// Certificates of authorities (PEM), where the system's are not meant.
    pub authorities: Vec<u8>,
}

/// Never says the secret.
impl fmt::Debug for OidcConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issuer, client, .. } = self;
        f.debug_struct("OidcConfig").field("issuer", issuer).field("client", client).finish_non_exhaustive()
    }
}

/// Bounds of what people and their browsers control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleLimits {
    /// A session ends after so many seconds without a request.
    pub session_idle_seconds: i64,
    /// A session ends after so many seconds, whatever happens.
    pub session_seconds: i64,
    /// Sessions at one time; the oldest gives way.
    pub sessions_max: usize,
    /// Sessions of one user at one time; the oldest gives way.
    pub sessions_per_user_max: usize,
    /// Accounts.
    pub accounts_max: usize,
    /// Failed sign-ins to one account within the window.
    pub failures_per_account_max: u32,
    /// Failed sign-ins from one address (of IPv6, one /64) within the window.
    pub failures_per_address_max: u32,
    /// The window in seconds.
    pub failures_seconds: i64,
    /// How many accounts, and how many addresses, with failures are remembered; the oldest is forgotten first.
    pub failures_remembered_max: usize,
    /// Passwords being verified at one time.
    pub password_checks_max: usize,
    /// The longest body, in bytes.
    pub body_bytes_max: usize,
    /// The longest text, file or draft at intake, in bytes.
    pub intake_bytes_max: usize,
    /// All such bodies being received at one time, in bytes.
    pub bodies_bytes_max: usize,
    /// How long a body may take, in seconds.
    pub body_seconds_max: u64,
    /// Live streams at one time.
    pub streams_max: usize,
    /// Live streams of one session at one time.
    pub streams_per_session_max: usize,
    /// Releases in the queue; the oldest that is decided gives way.
    pub releases_max: usize,
    /// Saved graphs of one user.
    pub graphs_max: usize,
    /// Nodes of a saved graph.
    pub graph_nodes_max: usize,
}

impl Default for ConsoleLimits {
    fn default() -> Self {
        Self {
            session_idle_seconds: 3600,
            session_seconds: 12 * 3600,
            sessions_max: 2000,
            sessions_per_user_max: 20,
            accounts_max: 1000,
            failures_per_account_max: 10,
            failures_per_address_max: 50,
            failures_seconds: 900,
            failures_remembered_max: 10_000,
            password_checks_max: 2,
            body_bytes_max: 64 << 10,
            intake_bytes_max: 32 << 20,
            bodies_bytes_max: 128 << 20,
            body_seconds_max: 120,
            streams_max: 200,
            streams_per_session_max: 4,
            releases_max: 500,
            graphs_max: 50,
            graph_nodes_max: 2000,
        }
    }
}
