//! What can be set, and how much is allowed?

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use console::{Clock, ConsoleLimits, OidcConfig, Transport};
use stix::Timestamp;

/// The clock of the machine.
pub fn system_clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the rim, where the time comes in")]
    let now = || {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_parts(i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos())
    };
    Clock(Arc::new(now))
}

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Certificate and key; plain HTTP where absent.
    pub tls: Option<TlsFiles>,
    /// The local socket for commands.
    pub socket: Option<PathBuf>,
    /// Its bounds.
    pub limits: ServerLimits,
    /// Its clock.
    pub clock: Clock,
    /// The console for people at `/`, where there is one.
    pub console: Option<ConsoleSetup>,
}

/// How the console is set up.
#[derive(Clone)]
pub struct ConsoleSetup {
    /// With which secrets that must be read again are sealed.
    pub key: [u8; 32],
    /// How browsers reach it.
    pub transport: Transport,
    /// The origin under which browsers know it.
    pub public_url: Option<String>,
    /// An identity provider.
    pub oidc: Option<OidcConfig>,
    /// Its bounds.
    pub limits: ConsoleLimits,
}

/// Never says the key.
impl std::fmt::Debug for ConsoleSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsoleSetup").field("transport", &self.transport).finish_non_exhaustive()
    }
}

/// PEM files.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificate chain, the server's own first.
    pub certificates: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Bounds of what clients control.
#[derive(Debug, Clone, Copy)]
pub struct ServerLimits {
    /// The longest body, after decompression, in bytes: TAXII's `max_content_length`.
    pub body_bytes_max: usize,
    /// All bodies being received at one time, in bytes.
    pub bodies_bytes_max: usize,
    /// Telemetry of one sensor that is received or waits to be matched, in bytes.
    pub sensor_queue_bytes_max: usize,
    /// The same of all sensors together.
    pub sensors_queue_bytes_max: usize,
    /// Connections at one time; more wait to be accepted.
    pub connections_max: usize,
    /// How long a client may take for the head of a request, in seconds.
    pub head_seconds_max: u64,
    /// How long a client may take for a body, in seconds.
    pub body_seconds_max: u64,
    /// How long a connection may be silent, or a client not read, in seconds.
    pub idle_seconds_max: u64,
    /// Objects in one page, whatever is asked for.
    pub page_objects_max: u32,
    /// Objects in one page where nothing is asked for.
    pub page_objects_default: u32,
    /// Length of one page, in bytes; the object that crosses it is still given.
    pub page_bytes_max: usize,
    /// How long a verified credential is remembered, in seconds.
    pub credential_seconds: i64,
    /// How many verified credentials are remembered.
    pub credentials_max: usize,
    /// How many passwords are verified at one time.
    pub password_checks_max: usize,
    /// How long it takes at least to say that something asked for by its id is not there, in milliseconds.
    pub absent_millis_min: u64,
    /// How long requests may take to end when the server stops, in seconds.
    pub stop_seconds_max: u64,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            body_bytes_max: 32 << 20,
            bodies_bytes_max: 256 << 20,
            sensor_queue_bytes_max: 64 << 20,
            sensors_queue_bytes_max: 256 << 20,
            connections_max: 1024,
            head_seconds_max: 15,
            body_seconds_max: 120,
            idle_seconds_max: 90,
            page_objects_max: 5000,
            page_objects_default: 1000,
            page_bytes_max: 16 << 20,
            credential_seconds: 60,
            credentials_max: 10_000,
            password_checks_max: 2,
            absent_millis_min: 2,
            stop_seconds_max: 10,
        }
    }
}
