//! How do administrators see to users, sessions and tokens?

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use exchange::{Act, Credential, Deed, Holder, Secret};
use releasability::ClassificationPolicy;
use stix::Timestamp;
use uuid::Uuid;

use crate::{
    App,
    account::{self, Account, Role},
    contract::{
        account::{
            NewToken, NewUser, PasswordReset, Session, Sessions, Token, TokenMade, Tokens, TotpReset, User,
            UserChange, UserMade, Users,
        },
        object::TlpLevel,
        session::Method,
    },
    gate::{Body, Caller, Named},
    password::{hash_password, random_password},
    problem::{Problem, ProblemBody},
    session::{self, Ends},
};

fn shown(account: &Account) -> User {
    let mut methods = Vec::new();
    let ways = [
        (Method::Password, account.password.is_some()),
        (Method::Oidc, account.oidc.is_some()),
        (Method::Certificate, !account.certificates.is_empty()),
    ];
    methods.extend(ways.into_iter().filter(|(_, has)| *has).map(|(method, _)| method));
    let clearances = account.clearances.iter().map(|(policy, level)| (policy.0.clone(), level.clone()));
    User {
        user: account.user.clone(),
        name: account.name.clone(),
        role: account.role,
        clearances: clearances.collect(),
        ceiling: account.ceiling.map(TlpLevel::from),
        created: account.created.clone(),
        last_seen: account.signed_in.clone(),
        methods,
        totp: account.totp.is_some(),
        enabled: account.enabled,
        certificates: account.certificates.clone(),
        oidc: account.oidc.clone(),
    }
}

fn clearances(given: BTreeMap<String, String>) -> BTreeMap<ClassificationPolicy, String> {
    given.into_iter().map(|(policy, level)| (ClassificationPolicy(policy), level)).collect()
}

/// All users.
#[utoipa::path(
    get,
    path = "/users",
    tag = "accounts",
    responses((status = 200, body = Users), (status = "default", body = ProblemBody))
)]
pub(crate) async fn users(State(app): State<App>) -> Result<Json<Users>, Problem> {
    let accounts = account::all(&app.exchange).await?;
    Ok(Json(Users { users: accounts.iter().map(shown).collect() }))
}

async fn new_password() -> Result<(String, String), Problem> {
    let password = random_password()?;
    let plain = password.clone();
    let hash = tokio::task::spawn_blocking(move || hash_password(&plain)).await.map_err(Problem::internal)?;
    Ok((password, hash.map_err(|_| crate::NoRandomness)?))
}

/// Makes a user. Without certificate and subject, a password is made and shown this once.
#[utoipa::path(
    post,
    path = "/users",
    tag = "accounts",
    request_body = NewUser,
    responses((status = 201, body = UserMade), (status = "default", body = ProblemBody))
)]
pub(crate) async fn add_user(
    State(app): State<App>,
    caller: Caller,
    Body(given): Body<NewUser>,
) -> Result<(StatusCode, Json<UserMade>), Problem> {
    let now = app.now();
    let mut account = Account::new(&given.user, given.role, now);
    if let Some(name) = given.name {
        account.name = name;
    }
    account.clearances = clearances(given.clearances);
    account.ceiling = given.ceiling.map(Into::into);
    account.certificates = given.certificates;
    account.oidc = given.oidc.filter(|subject| !subject.is_empty());
    let mut password = None;
    if account.certificates.is_empty() && account.oidc.is_none() {
        let (plain, hash) = new_password().await?;
        (password, account.password) = (Some(plain), Some(hash));
    }
    account::add(&app.exchange, &account, caller.user(), &app.config.limits, now).await?;
    Ok((StatusCode::CREATED, Json(UserMade { user: shown(&account), password })))
}

/// Changes a user. Who is disabled, or gets another password, is signed out.
#[utoipa::path(
    patch,
    path = "/users/{user}",
    tag = "accounts",
    params(("user" = String, Path)),
    request_body = UserChange,
    responses((status = 200, body = UserMade), (status = "default", body = ProblemBody))
)]
pub(crate) async fn change_user(
    State(app): State<App>,
    caller: Caller,
    Named(user): Named<String>,
    Body(given): Body<UserChange>,
) -> Result<Json<UserMade>, Problem> {
    let now = app.now();
    let made = match given.password {
        Some(PasswordReset::New) => Some(new_password().await?),
        Some(PasswordReset::None) | None => None,
    };
    let ends = given.enabled == Some(false) || given.password.is_some() || given.totp.is_some();
    let what = told(&given);
    let hash = made.as_ref().map(|(_, hash)| hash.clone());
    let by = Some((caller.user(), what.as_str()));
    let account =
        account::change(&app.exchange, &user, by, now, |account| apply(account, given, hash)).await?;
    if ends {
        let but = (user == caller.user()).then_some(caller.session().key.as_str());
        session::end(&app.exchange, Ends::Of(&user, but), caller.user(), now).await?;
    }
    Ok(Json(UserMade { user: shown(&account), password: made.map(|(password, _)| password) }))
}

/// Which parts of an account change, for the ledger.
fn told(given: &UserChange) -> String {
    let parts = [
        ("name", given.name.is_some()),
        ("role", given.role.is_some()),
        ("clearances", given.clearances.is_some()),
        ("ceiling", given.ceiling.is_some()),
        ("certificates", given.certificates.is_some()),
        ("oidc", given.oidc.is_some()),
        ("enabled", given.enabled.is_some()),
        ("password", given.password.is_some()),
        ("second factor", given.totp.is_some()),
    ];
    let named: Vec<_> = parts.into_iter().filter(|(_, is)| *is).map(|(part, _)| part).collect();
    named.join(", ")
}

fn apply(account: &mut Account, given: UserChange, hash: Option<String>) {
    if let Some(name) = given.name {
        account.name = name;
    }
    if let Some(role) = given.role {
        account.role = role;
    }
    if let Some(given) = given.clearances {
        account.clearances = clearances(given);
    }
    if let Some(ceiling) = given.ceiling {
        account.ceiling = ceiling.0.map(Into::into);
    }
    if let Some(certificates) = given.certificates {
        account.certificates = certificates;
    }
    if let Some(subject) = given.oidc {
        account.oidc = Some(subject).filter(|subject| !subject.is_empty());
    }
    if let Some(enabled) = given.enabled {
        account.enabled = enabled;
    }
    if given.password.is_some() {
        account.password = hash;
    }
    if let Some(TotpReset::None) = given.totp {
        account.totp = None;
        account.totp_offered = None;
    }
}

/// Removes a user.
#[utoipa::path(
    delete,
    path = "/users/{user}",
    tag = "accounts",
    params(("user" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn remove_user(
    State(app): State<App>,
    caller: Caller,
    Named(user): Named<String>,
) -> Result<StatusCode, Problem> {
    let now = app.now();
    account::remove(&app.exchange, &user, caller.user(), now).await?;
    session::end(&app.exchange, Ends::Of(&user, None), caller.user(), now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in: administrators see all, others their own.
#[utoipa::path(
    get,
    path = "/sessions",
    tag = "accounts",
    responses((status = 200, body = Sessions), (status = "default", body = ProblemBody))
)]
pub(crate) async fn sessions(State(app): State<App>, caller: Caller) -> Result<Json<Sessions>, Problem> {
    let limits = &app.config.limits;
    let mut sessions = session::all(&app.exchange, limits, app.now()).await?;
    sessions.retain(|session| may_see(&caller, &session.user));
    let shown = sessions.iter().map(|session| Session {
        id: session.id().to_owned(),
        user: session.user.clone(),
        method: session.method,
        created: session.created.clone(),
        last_seen: session.seen.clone(),
        until: session.until(limits).to_string(),
        address: session.address.clone(),
        agent: session.agent.clone(),
        own: session.key == caller.session().key,
    });
    Ok(Json(Sessions { sessions: shown.collect() }))
}

fn may_see(caller: &Caller, user: &str) -> bool {
    caller.account().role == Role::Administrator || caller.user() == user
}

/// Ends a session: administrators any, others their own.
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    tag = "accounts",
    params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn end_session(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<StatusCode, Problem> {
    let now = app.now();
    let sessions = session::all(&app.exchange, &app.config.limits, now).await?;
    let is_meant = |session: &&session::Session| session.id() == id && may_see(&caller, &session.user);
    let session = sessions.iter().find(is_meant).ok_or(Problem::Absent)?;
    session::end(&app.exchange, Ends::One(session.id()), caller.user(), now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Credentials of partners.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "accounts",
    responses((status = 200, body = Tokens), (status = "default", body = ProblemBody))
)]
pub(crate) async fn tokens(State(app): State<App>) -> Json<Tokens> {
    let shown = |credential: Credential| Token {
        id: credential.id.to_string(),
        partner: credential.partner,
        kind: match credential.secret {
            Secret::Token(_) if credential.holder == Holder::Sensor => "sensor".to_owned(),
            Secret::Token(_) => "token".to_owned(),
            Secret::Password(_) => "password".to_owned(),
        },
        note: credential.note,
        created: credential.created,
        expires: credential.expires,
    };
    Json(Tokens { tokens: app.exchange.credentials().into_iter().map(shown).collect() })
}

/// The longest note on a token, in characters.
const NOTE_CHARS_MAX: usize = 200;

/// Makes a token for a partner.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "accounts",
    request_body = NewToken,
    responses((status = 201, body = TokenMade), (status = "default", body = ProblemBody))
)]
pub(crate) async fn add_token(
    State(app): State<App>,
    caller: Caller,
    Body(given): Body<NewToken>,
) -> Result<(StatusCode, Json<TokenMade>), Problem> {
    let refused = |why: &str| Problem::Refused(why.to_owned(), Vec::new());
    if !app.exchange.has_partner(&given.partner) {
        return Err(refused("there is no partner of this name"));
    }
    if given.expires.as_ref().is_some_and(|text| Timestamp::parse(text).is_err()) {
        return Err(refused("`expires` is no timestamp"));
    }
    if given.note.chars().count() > NOTE_CHARS_MAX {
        return Err(refused("the note is too long"));
    }
    let (secret, now) = (new_token(), app.now());
    let credential = Credential {
        id: Uuid::new_v4(),
        partner: given.partner,
        holder: Holder::Partner,
        secret: Secret::Token(hash_token(&secret)),
        note: given.note,
        created: now.to_string(),
        expires: given.expires,
    };
    let (id, about) = (credential.id, credential.partner.clone());
    app.exchange.change_credentials(|all| all.push(credential), now).await?;
    note(&app, &caller, &about, format!("token {id} made")).await?;
    Ok((StatusCode::CREATED, Json(TokenMade { id: id.to_string(), secret })))
}

async fn note(app: &App, caller: &Caller, about: &str, detail: String) -> Result<(), Problem> {
    let deed = Deed { by: caller.user().to_owned(), act: Act::Credentials, about: about.to_owned(), detail };
    Ok(app.exchange.keep(Vec::new(), Some(deed), app.now()).await?)
}

/// A random token for a partner: 244 random bits as 64 hexadecimal digits, for clients that split at other characters.
pub fn new_token() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// What is kept of a token.
pub fn hash_token(token: &str) -> String {
    blake3::hash(token.as_bytes()).to_hex().to_string()
}

/// Withdraws a credential.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    tag = "accounts",
    params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn remove_token(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<StatusCode, Problem> {
    let id = Uuid::parse_str(&id).map_err(|_| Problem::Absent)?;
    let found = app.exchange.credentials().into_iter().find(|credential| credential.id == id);
    let partner = found.ok_or(Problem::Absent)?.partner;
    app.exchange.change_credentials(|all| all.retain(|one| one.id != id), app.now()).await?;
    note(&app, &caller, &partner, format!("credential {id} withdrawn")).await?;
    Ok(StatusCode::NO_CONTENT)
}
