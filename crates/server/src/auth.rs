//! Who asks?

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use console::{hash_password, hash_token, is_password};
use exchange::{Credential, Exchange, Holder, Secret};
use stix::Timestamp;
use tokio::sync::Semaphore;

use crate::config::ServerLimits;

/// The SHA-256 of the certificate that a client proved to have.
#[derive(Debug, Clone)]
pub(crate) struct Fingerprint(pub(crate) Option<Arc<str>>);

/// Verifies credentials, and remembers for a short time those that it verified: password hashes are slow on purpose, and
/// clients send the password with each request.
#[derive(Debug)]
pub(crate) struct Authenticator {
    /// Random for each start, so that what is remembered is of no use elsewhere.
    key: [u8; 32],
    remembered: Mutex<HashMap<[u8; 32], Remembered>>,
    checks: Arc<Semaphore>,
    seconds: i64,
    entries_max: usize,
    /// Verified where there is no password, so that unknown users take as long as known ones.
    decoy: String,
}

#[derive(Debug, Clone)]
struct Remembered {
    partner: Arc<str>,
    until: Timestamp,
    version: (u64, u64),
}

/// What became of a look at credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// A partner.
    Partner(Arc<str>),
    /// Nobody we know.
    Nobody,
    /// Too many passwords are being verified; ask again.
    Busy,
}

/// How long a password waits to be verified before its client is told to ask again.
const CHECK_PATIENCE: Duration = Duration::from_secs(5);

enum Presented {
    Token(String),
    Password { user: String, password: String },
}

impl Authenticator {
    pub(crate) fn new(limits: &ServerLimits) -> Self {
        let mut key = [0; 32];
        key[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        key[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        Self {
            key,
            remembered: Mutex::default(),
            checks: Arc::new(Semaphore::new(limits.password_checks_max)),
            seconds: limits.credential_seconds,
            entries_max: limits.credentials_max,
            decoy: hash_password("nobody has this password").unwrap_or_default(),
        }
    }

    /// The partner that a client certificate or an `Authorization` header stands for.
    pub(crate) async fn identify(
        &self,
        exchange: &Exchange,
        headers: &HeaderMap,
        fingerprint: &Fingerprint,
        now: Timestamp,
    ) -> Identity {
        if let Some(partner) = by_certificate(exchange, fingerprint) {
            return Identity::Partner(partner);
        }
        let mut all = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(header), None) = (all.next(), all.next()) else { return Identity::Nobody };
        let key = *blake3::keyed_hash(&self.key, header.as_bytes()).as_bytes();
        let version = exchange.world_version();
        if let Some(partner) = self.recall(&key, version, now) {
            return Identity::Partner(partner);
        }
        let Some(presented) = header.to_str().ok().and_then(present) else { return Identity::Nobody };
        let credentials = exchange.credentials();
        let credential = match self.verify(&credentials, presented, now).await {
            Ok(Some(credential)) if exchange.has_partner(&credential.partner) => credential,
            Ok(_) => return Identity::Nobody,
            Err(()) => return Identity::Busy,
        };
        let partner: Arc<str> = Arc::from(credential.partner.as_str());
        let until = now.plus_seconds(self.seconds);
        let until = expiry(credential).map_or(until, |expires| expires.min(until));
        // Only what was right is remembered, so that guesses crowd nobody out.
        self.remember(key, Remembered { partner: Arc::clone(&partner), until, version }, now);
        Identity::Partner(partner)
    }

    fn recall(&self, key: &[u8; 32], version: (u64, u64), now: Timestamp) -> Option<Arc<str>> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = remembered.get(key).filter(|entry| entry.version == version && now < entry.until)?;
        Some(Arc::clone(&entry.partner))
    }

    fn remember(&self, key: [u8; 32], entry: Remembered, now: Timestamp) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= self.entries_max {
            remembered.retain(|_, entry| now < entry.until);
        }
        if remembered.len() < self.entries_max {
            remembered.insert(key, entry);
        }
    }

    async fn verify<'a>(
        &self,
        credentials: &'a [Credential],
        presented: Presented,
        now: Timestamp,
    ) -> Result<Option<&'a Credential>, ()> {
        let in_force =
            |credential: &&Credential| credential.holder == Holder::Partner && is_in_force(credential, now);
        let by_token = |token: &str, user: Option<&str>| {
            let hash = hash_token(token);
            credentials.iter().filter(in_force).find(|credential| {
                user.is_none_or(|user| user == credential.partner)
                    && matches!(&credential.secret, Secret::Token(own) if *own == hash)
            })
        };
        let (user, password) = match presented {
            Presented::Token(token) => return Ok(by_token(&token, None)),
            Presented::Password { user, password } => (user, password),
        };
        if let Some(credential) = by_token(&password, Some(&user)) {
            return Ok(Some(credential));
        }
        let candidates: Vec<(&Credential, String)> = credentials
            .iter()
            .filter(in_force)
            .filter(|credential| credential.partner == user)
            .filter_map(|credential| match &credential.secret {
                Secret::Password(hash) => Some((credential, hash.clone())),
                Secret::Token(_) => None,
            })
            .collect();
        let hashes: Vec<String> = if candidates.is_empty() {
            vec![self.decoy.clone()]
        } else {
            candidates.iter().map(|(_, hash)| hash.clone()).collect()
        };
        let permit = tokio::time::timeout(CHECK_PATIENCE, Arc::clone(&self.checks).acquire_owned());
        let permit = permit.await.map_err(|_| ())?.map_err(|_| ())?;
        let matching = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            hashes.iter().position(|hash| is_password(&password, hash))
        });
        let matching = matching.await.map_err(|_| ())?;
        Ok(matching.and_then(|index| candidates.get(index)).map(|(credential, _)| *credential))
    }
}

/// The sensor that an `Authorization` header stands for: its token as `Bearer`, or as the password of `Basic` with its name.
pub(crate) fn sensor(exchange: &Exchange, headers: &HeaderMap, now: Timestamp) -> Option<String> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(header), None) = (all.next(), all.next()) else { return None };
    let (user, token) = match present(header.to_str().ok()?)? {
        Presented::Token(token) => (None, token),
        Presented::Password { user, password } => (Some(user), password),
    };
    let hash = hash_token(&token);
    let credential = exchange.credentials().into_iter().find(|credential| {
        credential.holder == Holder::Sensor
            && is_in_force(credential, now)
            && user.as_ref().is_none_or(|user| *user == credential.partner)
            && matches!(&credential.secret, Secret::Token(own) if *own == hash)
    })?;
    exchange.has_sensor(&credential.partner).then_some(credential.partner)
}

fn is_in_force(credential: &Credential, now: Timestamp) -> bool {
    match &credential.expires {
        None => true,
        Some(text) => Timestamp::parse(text).is_ok_and(|expires| now < expires),
    }
}

fn by_certificate(exchange: &Exchange, fingerprint: &Fingerprint) -> Option<Arc<str>> {
    let own = fingerprint.0.as_ref()?;
    exchange.partner_of_certificate(own).map(Arc::from)
}

fn expiry(credential: &Credential) -> Option<Timestamp> {
    credential.expires.as_ref().and_then(|text| Timestamp::parse(text).ok())
}

/// Reads `Bearer`, `Token` (which some clients say) and `Basic`; the scheme's case does not matter.
fn present(header: &str) -> Option<Presented> {
    let (scheme, rest) = header.trim().split_once(' ')?;
    let rest = rest.trim();
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(Presented::Token(rest.to_owned())),
        "basic" => {
            let text = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
            let (user, password) = text.split_once(':')?;
            Some(Presented::Password { user: user.to_owned(), password: password.to_owned() })
        }
        _ => None,
    }
}

/// The token in the headers, however it is sent.
pub(crate) fn presented_token(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(header), None) = (all.next(), all.next()) else { return None };
    match present(header.to_str().ok()?)? {
        Presented::Token(token) => Some(token),
        Presented::Password { password, .. } => Some(password),
    }
}

/// Whether a token is one of those that are kept under a name, and in force.
pub(crate) fn is_token_of(exchange: &Exchange, token: &str, name: &str, now: Timestamp) -> bool {
    let hash = hash_token(token);
    exchange.credentials().iter().any(|credential| {
        is_in_force(credential, now)
            && credential.partner == name
            && matches!(&credential.secret, Secret::Token(own) if *own == hash)
    })
}
