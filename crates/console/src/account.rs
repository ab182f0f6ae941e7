//! Who are the node's own people, and what may each do?

use std::collections::{BTreeMap, BTreeSet};

use exchange::{Act, Deed, Drawer, Exchange, ExchangeError, KeepError, Person, Sheet};
use releasability::{ClassificationPolicy, Tlp};
use serde::{Deserialize, Serialize};
use stix::Timestamp;

use crate::config::ConsoleLimits;

/// What somebody may do; each role may what those before it may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks.
    Reader,
    /// Drafts, answers hits, sees as partners see.
    Analyst,
    /// Releases and recalls.
    Releaser,
    /// Sees to people and the node.
    Administrator,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 4] = [Self::Reader, Self::Analyst, Self::Releaser, Self::Administrator];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Analyst => "analyst",
            Self::Releaser => "releaser",
            Self::Administrator => "administrator",
        }
    }
}

/// One of the node's own people. Secrets are kept as hashes, or sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    /// The user name.
    pub user: String,
    /// What others call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Up to which level they are cleared, per classification policy.
    #[serde(default)]
    pub clearances: BTreeMap<ClassificationPolicy, String>,
    /// Nothing above this traffic light is shown, where there is one.
    #[serde(default)]
    pub ceiling: Option<Tlp>,
    /// Argon2id in PHC form; without one, nobody signs in by password.
    #[serde(default)]
    pub password: Option<String>,
    /// The sealed secret of the second factor.
    #[serde(default)]
    pub totp: Option<String>,
    /// One that was offered and not confirmed yet.
    #[serde(default)]
    pub totp_offered: Option<String>,
    /// The last step of time whose code was used.
    #[serde(default)]
    pub totp_used: Option<u64>,
    /// SHA-256 fingerprints of client certificates.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// The subject at the identity provider.
    #[serde(default)]
    pub oidc: Option<String>,
    /// Whether they may sign in at all.
    pub enabled: bool,
    /// When the account was made.
    pub created: String,
    /// When they last signed in.
    #[serde(default)]
    pub signed_in: Option<String>,
    /// When they signed in before that.
    #[serde(default)]
    pub signed_in_before: Option<String>,
}

/// Says whose account it is, never a secret.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("user", &self.user).field("role", &self.role).finish_non_exhaustive()
    }
}

impl Account {
    /// A new account, with which nobody can sign in yet.
    pub fn new(user: &str, role: Role, now: Timestamp) -> Self {
        Self {
            user: user.to_owned(),
            name: user.to_owned(),
            role,
            clearances: BTreeMap::new(),
            ceiling: None,
            password: None,
            totp: None,
            totp_offered: None,
            totp_used: None,
            certificates: Vec::new(),
            oidc: None,
            enabled: true,
            created: now.to_string(),
            signed_in: None,
            signed_in_before: None,
        }
    }

    /// As far as it decides what is shown.
    pub(crate) fn person(&self) -> Person {
        Person { name: self.user.clone(), clearances: self.clearances.clone(), ceiling: self.ceiling }
    }
}

/// Why an account is not as it was to be.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name is not of the form.
    #[error("a user name is 1 to 64 letters, digits, `-`, `_`, `.`, `@`")]
    Name,
    /// The name that is shown is too long.
    #[error("a name has at most 200 characters")]
    ShownName,
    /// There is one already.
    #[error("there is a user of this name already")]
    Exists,
    /// There is none.
    #[error("there is no user of this name")]
    Absent,
    /// There are as many as there may be.
    #[error("there are as many users as there may be")]
    TooMany,
    /// A clearance is not declared.
    #[error("clearance `{1}` in policy `{0}` is not declared")]
    Clearance(String, String),
    /// A fingerprint is not of the form.
    #[error("a certificate is named by the 64 hexadecimal digits of its SHA-256")]
    Certificate,
    /// A certificate or subject is somebody else's.
    #[error("the certificate or subject is another user's")]
    Taken,
    /// Nobody would be left to see to people.
    #[error("the last administrator who can sign in stays one")]
    LastAdministrator,
    /// Somebody else changed it meanwhile.
    #[error("somebody else changed it meanwhile")]
    Conflict,
    /// The rest.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

impl From<KeepError> for AccountError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Conflict => Self::Conflict,
            KeepError::TooLong => Self::TooMany,
            KeepError::Exchange(error) => Self::Exchange(error),
        }
    }
}

const KIND: &str = "account";

fn index() -> Drawer {
    Drawer::new("accounts", "")
}

fn drawer(user: &str) -> Drawer {
    Drawer::new(KIND, user)
}

fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, ExchangeError> {
    serde_json::to_vec(value).map_err(|error| ExchangeError::Document(KIND, error))
}

fn read<T: for<'a> Deserialize<'a>>(content: &[u8]) -> Result<T, ExchangeError> {
    serde_json::from_slice(content).map_err(|error| ExchangeError::Document(KIND, error))
}

/// An account and how often it was written.
pub(crate) async fn find(exchange: &Exchange, user: &str) -> Result<Option<(Account, u64)>, ExchangeError> {
    if !is_name(user) {
        return Ok(None);
    }
    let kept = exchange.opened(&drawer(user)).await?;
    if kept.content.is_empty() {
        return Ok(None);
    }
    Ok(Some((read(&kept.content)?, kept.version)))
}

async fn names(exchange: &Exchange) -> Result<(BTreeSet<String>, u64), ExchangeError> {
    let kept = exchange.opened(&index()).await?;
    let names = if kept.content.is_empty() { BTreeSet::new() } else { read(&kept.content)? };
    Ok((names, kept.version))
}

/// Every account, by name.
///
/// # Errors
/// Where the store fails.
pub async fn all(exchange: &Exchange) -> Result<Vec<Account>, ExchangeError> {
    let mut accounts = Vec::new();
    for name in names(exchange).await?.0 {
        accounts.extend(find(exchange, &name).await?.map(|(account, _)| account));
    }
    Ok(accounts)
}

fn is_name(user: &str) -> bool {
    let form = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'@');
    !user.is_empty() && user.len() <= 64 && user.bytes().all(form)
}

fn check(exchange: &Exchange, account: &Account, others: &[Account]) -> Result<(), AccountError> {
    if !is_name(&account.user) {
        return Err(AccountError::Name);
    }
    if account.name.chars().count() > 200 {
        return Err(AccountError::ShownName);
    }
    let world = exchange.world();
    let declared = world.iter().flat_map(|world| &world.classifications);
    for (policy, level) in &account.clearances {
        let known = declared.clone().any(|own| {
            own.policy == *policy && own.levels.iter().any(|name| name.eq_ignore_ascii_case(level))
        });
        if !known {
            return Err(AccountError::Clearance(policy.0.clone(), level.clone()));
        }
    }
    let form = |digits: &String| digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if !account.certificates.iter().all(form) {
        return Err(AccountError::Certificate);
    }
    let others = || others.iter().filter(|other| other.user != account.user);
    let has = |own: &Account, digits: &String| {
        own.certificates.iter().any(|other| other.eq_ignore_ascii_case(digits))
    };
    let taken = others().any(|other| {
        account.certificates.iter().any(|digits| has(other, digits))
            || (account.oidc.is_some() && other.oidc == account.oidc)
    });
    if taken { Err(AccountError::Taken) } else { Ok(()) }
}

/// Makes an account.
///
/// # Errors
/// [`AccountError`]; then there is none.
pub async fn add(
    exchange: &Exchange,
    account: &Account,
    by: &str,
    limits: &ConsoleLimits,
    now: Timestamp,
) -> Result<(), AccountError> {
    let (mut names, version) = names(exchange).await?;
    if names.len() >= limits.accounts_max {
        return Err(AccountError::TooMany);
    }
    check(exchange, account, &all(exchange).await?)?;
    if !names.insert(account.user.clone()) {
        return Err(AccountError::Exists);
    }
    let own = exchange.opened(&drawer(&account.user)).await?;
    let sheets = vec![
        Sheet { drawer: index(), version: Some(version), content: written(&names)? },
        Sheet { drawer: drawer(&account.user), version: Some(own.version), content: written(account)? },
    ];
    let detail = account.role.as_str().to_owned();
    let deed = deed(by, Act::AccountAdded, &account.user, detail);
    Ok(exchange.keep(sheets, Some(deed), now).await?)
}

fn deed(by: &str, act: Act, about: &str, detail: String) -> Deed {
    Deed { by: by.to_owned(), act, about: about.to_owned(), detail }
}

/// Changes an account. Only what the owner does to the own account, or who sees to people, is in the ledger.
///
/// # Errors
/// [`AccountError`]; then nothing changed.
pub async fn change(
    exchange: &Exchange,
    user: &str,
    by: Option<(&str, &str)>,
    now: Timestamp,
    change: impl FnOnce(&mut Account) + Send,
) -> Result<Account, AccountError> {
    let (before, version) = find(exchange, user).await?.ok_or(AccountError::Absent)?;
    let mut account = before.clone();
    change(&mut account);
    account.user.clone_from(&before.user);
    let others = all(exchange).await?;
    if by.is_some() {
        check(exchange, &account, &others)?;
    }
    let may = |one: &Account| one.enabled && one.role == Role::Administrator;
    if may(&before) && !may(&account) && !others.iter().any(|other| other.user != user && may(other)) {
        return Err(AccountError::LastAdministrator);
    }
    let content = written(&account)?;
    let sheets = vec![Sheet { drawer: drawer(user), version: Some(version), content }];
    let deed = by.map(|(by, what)| deed(by, Act::AccountChanged, user, what.to_owned()));
    exchange.keep(sheets, deed, now).await?;
    Ok(account)
}

/// Removes an account.
///
/// # Errors
/// [`AccountError`]; then it is still there.
pub async fn remove(exchange: &Exchange, user: &str, by: &str, now: Timestamp) -> Result<(), AccountError> {
    let (mut names, version) = names(exchange).await?;
    if !names.remove(user) {
        return Err(AccountError::Absent);
    }
    let accounts = all(exchange).await?;
    let is_administrator = |one: &&Account| one.enabled && one.role == Role::Administrator;
    let administrators: Vec<_> = accounts.iter().filter(is_administrator).collect();
    if accounts.len() > 1 && administrators.len() == 1 && administrators.iter().any(|one| one.user == user) {
        return Err(AccountError::LastAdministrator);
    }
    let sheets = vec![
        Sheet { drawer: index(), version: Some(version), content: written(&names)? },
        Sheet { drawer: drawer(user), version: None, content: Vec::new() },
    ];
    let deed = deed(by, Act::AccountRemoved, user, String::new());
    Ok(exchange.keep(sheets, Some(deed), now).await?)
}
