//! Who is signed in? Sessions lie in the store, each under the hash of what its browser has, so that they survive a restart, can
//! be listed and ended, and a copy of the store signs nobody in.

use exchange::{Act, Deed, Drawer, Exchange, ExchangeError, KeepError, Sheet};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use stix::Timestamp;

use crate::{
    config::ConsoleLimits,
    contract::session::Method,
    password::{NoRandomness, random},
};

/// How often it is written down that a session is in use.
const TOUCH_SECONDS: i64 = 60;

/// Somebody is signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// The hash of what the browser has.
    pub(crate) key: String,
    pub(crate) user: String,
    pub(crate) method: Method,
    pub(crate) created: String,
    pub(crate) seen: String,
    pub(crate) address: String,
    pub(crate) agent: String,
}

/// What is known of a session in the list of all.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Listed {
    key: String,
    user: String,
    until: i64,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error(transparent)]
    Random(#[from] NoRandomness),
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

impl Session {
    /// By which it is listed and ended.
    pub(crate) fn id(&self) -> &str {
        self.key.get(..32).unwrap_or(&self.key)
    }

    /// When it ends, whatever happens.
    pub(crate) fn until(&self, limits: &ConsoleLimits) -> Timestamp {
        let created = Timestamp::parse(&self.created).unwrap_or(Timestamp::EPOCH);
        created.plus_seconds(limits.session_seconds)
    }

    fn is_in_force(&self, limits: &ConsoleLimits, now: Timestamp) -> bool {
        let seen = Timestamp::parse(&self.seen).unwrap_or(Timestamp::EPOCH);
        now < self.until(limits) && now < seen.plus_seconds(limits.session_idle_seconds)
    }
}

const KIND: &str = "session";

fn index() -> Drawer {
    Drawer::new("sessions", "")
}

fn drawer(key: &str) -> Drawer {
    Drawer::new(KIND, key)
}

fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, ExchangeError> {
    serde_json::to_vec(value).map_err(|error| ExchangeError::Document(KIND, error))
}

async fn listed(exchange: &Exchange) -> Result<(Vec<Listed>, u64), ExchangeError> {
    let kept = exchange.opened(&index()).await?;
    if kept.content.is_empty() {
        return Ok((Vec::new(), kept.version));
    }
    let listed = serde_json::from_slice(&kept.content);
    Ok((listed.map_err(|error| ExchangeError::Document(KIND, error))?, kept.version))
}

fn hash(secret: &str) -> String {
    digest(&SHA256, secret.as_bytes()).as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

/// What is known of who signs in.
pub(crate) struct Arrival<'a> {
    pub(crate) user: &'a str,
    pub(crate) method: Method,
    pub(crate) address: String,
    pub(crate) agent: String,
}

/// How often it is tried again where somebody else signs in at the same moment.
const TRIES: usize = 20;

/// Signs somebody in. Gives the session, and what the browser is to have: 256 random bits.
pub(crate) async fn begin(
    exchange: &Exchange,
    arrival: Arrival<'_>,
    limits: &ConsoleLimits,
    now: Timestamp,
) -> Result<(Session, String), SessionError> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let secret = URL_SAFE_NO_PAD.encode(random::<32>()?);
    let moment = now.to_micros_text();
    let session = Session {
        key: hash(&secret),
        user: arrival.user.to_owned(),
        method: arrival.method,
        created: moment.clone(),
        seen: moment,
        address: arrival.address,
        agent: arrival.agent,
    };
    let mut tries = 0;
    loop {
        let (mut all, version) = listed(exchange).await?;
        let before: Vec<_> = all.iter().map(|one| one.key.clone()).collect();
        all.retain(|one| now.seconds() < one.until);
        all.push(Listed {
            key: session.key.clone(),
            user: session.user.clone(),
            until: session.until(limits).seconds(),
        });
        let own = all.iter().filter(|one| one.user == session.user).count();
        give_way(&mut all, own.saturating_sub(limits.sessions_per_user_max), Some(&session.user));
        let more = all.len().saturating_sub(limits.sessions_max);
        give_way(&mut all, more, None);
        let mut sheets = vec![Sheet { drawer: index(), version: Some(version), content: written(&all)? }];
        let gone = before.iter().filter(|key| !all.iter().any(|one| one.key == **key));
        sheets.extend(gone.map(|key| Sheet { drawer: drawer(key), version: None, content: Vec::new() }));
        sheets.push(Sheet { drawer: drawer(&session.key), version: None, content: written(&session)? });
        let deed = Deed {
            by: session.user.clone(),
            act: Act::SignedIn,
            about: session.user.clone(),
            detail: format!("{:?}", session.method).to_lowercase(),
        };
        match exchange.keep(sheets, Some(deed), now).await {
            Ok(()) => return Ok((session, secret)),
            Err(KeepError::Conflict) if tries < TRIES => tries += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The oldest sessions, of one user or of all, give way.
fn give_way(all: &mut Vec<Listed>, mut count: usize, user: Option<&str>) {
    all.retain(|one| {
        let goes = count > 0 && user.is_none_or(|user| user == one.user);
        count -= usize::from(goes);
        !goes
    });
}

/// The session of what a browser has, if it is in force; that it is in use is written down now and then.
pub(crate) async fn find(
    exchange: &Exchange,
    secret: &str,
    limits: &ConsoleLimits,
    now: Timestamp,
) -> Result<Option<Session>, ExchangeError> {
    let key = hash(secret);
    let kept = exchange.opened(&drawer(&key)).await?;
    if kept.content.is_empty() {
        return Ok(None);
    }
    let session: Session =
        serde_json::from_slice(&kept.content).map_err(|error| ExchangeError::Document(KIND, error))?;
    if !session.is_in_force(limits, now) {
        return Ok(None);
    }
    let seen = Timestamp::parse(&session.seen).unwrap_or(Timestamp::EPOCH);
    if now < seen.plus_seconds(TOUCH_SECONDS) {
        return Ok(Some(session));
    }
    let session = Session { seen: now.to_micros_text(), ..session };
    // With the version that was read, so that what was ended meanwhile stays ended.
    let sheet = Sheet { drawer: drawer(&key), version: Some(kept.version), content: written(&session)? };
    match exchange.keep(vec![sheet], None, now).await {
        Ok(()) => Ok(Some(session)),
        Err(KeepError::Conflict | KeepError::TooLong) => {
            let again = exchange.opened(&drawer(&key)).await?;
            Ok((!again.content.is_empty()).then_some(session))
        }
        Err(KeepError::Exchange(error)) => Err(error),
    }
}

/// Every session in force, the newest first.
pub(crate) async fn all(
    exchange: &Exchange,
    limits: &ConsoleLimits,
    now: Timestamp,
) -> Result<Vec<Session>, ExchangeError> {
    let mut sessions = Vec::new();
    for one in listed(exchange).await?.0.iter().rev() {
        let kept = exchange.opened(&drawer(&one.key)).await?;
        if let Ok(session) = serde_json::from_slice::<Session>(&kept.content)
            && session.is_in_force(limits, now)
        {
            sessions.push(session);
        }
    }
    Ok(sessions)
}

/// Which sessions end.
pub(crate) enum Ends<'a> {
    /// The one with this id.
    One(&'a str),
    /// All of a user, but for one key.
    Of(&'a str, Option<&'a str>),
}

/// Ends sessions. Gives how many ended.
pub(crate) async fn end(
    exchange: &Exchange,
    ends: Ends<'_>,
    by: &str,
    now: Timestamp,
) -> Result<usize, SessionError> {
    let mut tries = 0;
    loop {
        let (mut all, version) = listed(exchange).await?;
        let is_meant = |one: &Listed| match &ends {
            Ends::One(id) => id.len() == 32 && one.key.starts_with(id),
            Ends::Of(user, but) => one.user == *user && but.is_none_or(|but| one.key != but),
        };
        let gone: Vec<Listed> = all.iter().filter(|one| is_meant(one)).cloned().collect();
        let Some(first) = gone.first() else { return Ok(0) };
        all.retain(|one| !is_meant(one));
        let mut sheets = vec![Sheet { drawer: index(), version: Some(version), content: written(&all)? }];
        sheets.extend(gone.iter().map(|one| Sheet {
            drawer: drawer(&one.key),
            version: None,
            content: Vec::new(),
        }));
        let act = if first.user == by { Act::SignedOut } else { Act::SessionEnded };
        let deed = Deed { by: by.to_owned(), act, about: first.user.clone(), detail: String::new() };
        match exchange.keep(sheets, Some(deed), now).await {
            Ok(()) => return Ok(gone.len()),
            Err(KeepError::Conflict) if tries < TRIES => tries += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Ends every session of a user, by an administrator at the machine.
///
/// # Errors
/// Where the store fails.
pub async fn sign_out(exchange: &Exchange, user: &str, now: Timestamp) -> Result<(), ExchangeError> {
    match end(exchange, Ends::Of(user, None), "", now).await {
        Ok(_) | Err(SessionError::Random(_)) => Ok(()),
        Err(SessionError::Exchange(error) | SessionError::Keep(KeepError::Exchange(error))) => Err(error),
        // Whoever signs in all the time is tried no more: the account says whether they may.
        Err(SessionError::Keep(KeepError::Conflict | KeepError::TooLong)) => Ok(()),
    }
}
