//! How does somebody sign in through an identity provider? OpenID Connect's code flow with PKCE, state and nonce; what the browser
//! has to bring back is sealed in a cookie, so that nothing waits here.

mod token;

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use tokio::sync::Mutex;
use ureq::{
    Agent,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

use crate::{
    API, ConsoleError,
    config::OidcConfig,
    password::{NoRandomness, random},
    totp::Sealer,
};
pub(crate) use token::TokenError;
use token::{Expected, Keys};

/// How long the way to the identity provider and back may take.
pub(crate) const JOURNEY_SECONDS: i64 = 600;
/// How long what the identity provider says of itself is believed.
const METADATA_SECONDS: i64 = 3600;
/// How often keys are asked for anew at most, because a token names one that is not known.
const KEYS_SECONDS: i64 = 60;
/// The longest answer of an identity provider that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
const TIMEOUT: Duration = Duration::from_secs(10);
/// Where systems keep the certificates of authorities.
const AUTHORITIES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// An identity provider.
pub(crate) struct Provider {
    config: OidcConfig,
    return_url: String,
    agent: Agent,
    known: Mutex<Option<Known>>,
}

/// What it says of itself.
#[derive(Clone)]
struct Known {
    metadata: Arc<Metadata>,
    keys: Arc<Keys>,
    since: Timestamp,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

/// What the browser has to bring back.
#[derive(Serialize, Deserialize)]
struct Journey {
    state: String,
    nonce: String,
    verifier: String,
    until: i64,
}

/// Why nobody signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    #[error("the identity provider cannot be asked")]
    Unreachable(#[source] Box<ureq::Error>),
    #[error("the identity provider's answer is not understood")]
    Answer,
    #[error("the identity provider names another issuer than is configured")]
    Issuer,
    #[error("the way back does not fit the way there, or took too long")]
    Journey,
    #[error("the identity provider said no")]
    Refused,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl From<ureq::Error> for OidcError {
    fn from(error: ureq::Error) -> Self {
        Self::Unreachable(Box::new(error))
    }
}

/// Letters, digits and four signs stay, all else is escaped (RFC 3986).
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = std::fmt::Write::write_fmt(&mut out, format_args!("%{byte:02X}"));
        }
        out
    })
}

impl Provider {
    pub(crate) fn new(config: &OidcConfig, public_url: Option<&str>) -> Result<Self, ConsoleError> {
        let public_url = public_url.ok_or(ConsoleError::NoPublicUrl)?;
        let pem =
            if config.authorities.is_empty() { system_authorities() } else { config.authorities.clone() };
        let mut roots: Vec<Certificate<'static>> = Vec::new();
        for item in parse_pem(&pem) {
            if let PemItem::Certificate(certificate) = item.map_err(|_| ConsoleError::Authorities)? {
                roots.push(certificate);
            }
        }
        let crypto = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(crypto)
            .build();
        let agent = Agent::config_builder().timeout_global(Some(TIMEOUT)).max_redirects(0).tls_config(tls);
        Ok(Self {
            config: config.clone(),
            return_url: format!("{}{API}/session/oidc/return", public_url.trim_end_matches('/')),
            agent: agent.build().into(),
            known: Mutex::new(None),
        })
    }

    /// What the sign-in page calls it.
    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }

    /// Where the browser is to go, and what it is to bring back.
    pub(crate) async fn begin(
        self: &Arc<Self>,
        sealer: &Sealer,
        now: Timestamp,
    ) -> Result<(String, String), OidcError> {
        let known = self.known(now, Freshness::Remembered).await?;
        let text = || random::<32>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let journey = Journey {
            state: text()?,
            nonce: text()?,
            verifier: text()?,
            until: now.plus_seconds(JOURNEY_SECONDS).seconds(),
        };
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, journey.verifier.as_bytes()));
        let endpoint = &known.metadata.authorization_endpoint;
        let url = format!(
            "{endpoint}{}response_type=code&scope=openid&client_id={}&redirect_uri={}&state={}&nonce={}\
             &code_challenge={challenge}&code_challenge_method=S256",
            if endpoint.contains('?') { '&' } else { '?' },
            escaped(&self.config.client),
            escaped(&self.return_url),
            journey.state,
            journey.nonce,
        );
        let sealed = sealer.seal(COOKIE, &serde_json::to_vec(&journey).map_err(|_| OidcError::Answer)?)?;
        Ok((url, sealed))
    }

    /// The subject who comes back.
    pub(crate) async fn finish(
        self: &Arc<Self>,
        sealer: &Sealer,
        (sealed, state, code): (&str, &str, &str),
        now: Timestamp,
    ) -> Result<String, OidcError> {
        let journey = sealer.open(COOKIE, sealed).and_then(|plain| serde_json::from_slice(&plain).ok());
        let journey: Journey = journey.ok_or(OidcError::Journey)?;
        if journey.state != state || now.seconds() >= journey.until {
            return Err(OidcError::Journey);
        }
        let known = self.known(now, Freshness::Remembered).await?;
        let token = self.exchange(&known, code, &journey.verifier).await?;
        let expected =
            Expected { issuer: &self.config.issuer, client: &self.config.client, nonce: &journey.nonce, now };
        match token::subject(&token, &known.keys, &expected) {
            Err(TokenError::Key) if known.since.plus_seconds(KEYS_SECONDS) <= now => {
                // Keys change: they are asked for once more.
                let known = self.known(now, Freshness::New).await?;
                Ok(token::subject(&token, &known.keys, &expected)?)
            }
            other => Ok(other?),
        }
    }

    async fn exchange(
        self: &Arc<Self>,
        known: &Known,
        code: &str,
        verifier: &str,
    ) -> Result<String, OidcError> {
        #[derive(Deserialize)]
        struct Answer {
            id_token: String,
        }
        let form = format!(
            "grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
            escaped(code),
            escaped(&self.return_url),
            escaped(verifier),
        );
        let pair = format!("{}:{}", escaped(&self.config.client), escaped(&self.config.secret));
        let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
        let (provider, metadata) = (Arc::clone(self), Arc::clone(&known.metadata));
        let answer = blocking(move || {
            let request = provider.agent.post(&metadata.token_endpoint).header("authorization", basic);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            match request.header("accept", "application/json").send(form) {
                Ok(mut response) => read::<Answer>(&mut response),
                Err(ureq::Error::StatusCode(400 | 401 | 403)) => Err(OidcError::Refused),
                Err(error) => Err(error.into()),
            }
        });
        Ok(answer.await?.id_token)
    }

    async fn known(self: &Arc<Self>, now: Timestamp, freshness: Freshness) -> Result<Known, OidcError> {
        let mut remembered = self.known.lock().await;
        let is_fresh = |known: &&Known| {
            freshness == Freshness::Remembered && now < known.since.plus_seconds(METADATA_SECONDS)
        };
        if let Some(known) = remembered.as_ref().filter(is_fresh) {
            return Ok(known.clone());
        }
        let provider = Arc::clone(self);
        let (metadata, keys) = blocking(move || {
            let issuer = provider.config.issuer.trim_end_matches('/');
            let url = format!("{issuer}/.well-known/openid-configuration");
            let metadata: Metadata = read(&mut provider.agent.get(&url).call()?)?;
            if metadata.issuer != provider.config.issuer {
                return Err(OidcError::Issuer);
            }
            let keys: Keys = read(&mut provider.agent.get(&metadata.jwks_uri).call()?)?;
            Ok((metadata, keys))
        })
        .await?;
        let known = Known { metadata: Arc::new(metadata), keys: Arc::new(keys), since: now };
        *remembered = Some(known.clone());
        Ok(known)
    }
}

/// Which cookie has the journey; what is sealed for it opens for nothing else.
pub(crate) const COOKIE: &str = "oidc";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Freshness {
    Remembered,
    New,
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OidcError> + Send + 'static,
) -> Result<T, OidcError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| OidcError::Answer)?
}

fn read<T: for<'a> Deserialize<'a>>(response: &mut ureq::http::Response<ureq::Body>) -> Result<T, OidcError> {
    let bytes = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
    serde_json::from_slice(&bytes).map_err(|_| OidcError::Answer)
}

fn system_authorities() -> Vec<u8> {
    AUTHORITIES.iter().find_map(|path| std::fs::read(path).ok()).unwrap_or_default()
}
