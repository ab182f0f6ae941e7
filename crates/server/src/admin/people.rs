//! How does an administrator at the machine see to the node's own people?

use std::collections::BTreeMap;

use console::account::{self, Account, AccountError, Role};
use exchange::Exchange;
use releasability::{ClassificationPolicy, Tlp};
use serde::{Deserialize, Serialize};
use stix::Timestamp;

use super::{AdminError, Reply};

/// What is done about people.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeopleCommand {
    /// Makes an account.
    Add(NewUser),
    /// Makes a new password.
    Password {
        /// Whose.
        user: String,
    },
    /// Takes the second factor away, for who lost it.
    Totp {
        /// Whose.
        user: String,
    },
    /// Removes an account.
    Remove {
        /// Whose.
        user: String,
    },
    /// Lists accounts.
    List,
}

/// An account to be made.
#[derive(Debug, Serialize, Deserialize)]
pub struct NewUser {
    /// The user name.
    pub user: String,
    /// What others call them; the user name where it is not said.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Classification policy and level.
    pub clearances: Vec<(String, String)>,
    /// Nothing above this traffic light is shown.
    pub ceiling: Option<Tlp>,
    /// SHA-256 fingerprints of client certificates.
    pub certificates: Vec<String>,
    /// The subject at the identity provider.
    pub oidc: Option<String>,
}

/// An account without secrets.
#[derive(Debug, Serialize, Deserialize)]
pub struct UserSummary {
    /// The user name.
    pub user: String,
    /// What others call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Up to which level they are cleared.
    pub clearances: BTreeMap<ClassificationPolicy, String>,
    /// Nothing above this traffic light is shown.
    pub ceiling: Option<Tlp>,
    /// Whether there is a password.
    pub password: bool,
    /// Whether there is a second factor.
    pub totp: bool,
    /// Whether they may sign in.
    pub enabled: bool,
    /// When they last did.
    pub signed_in: Option<String>,
}

impl From<AccountError> for AdminError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Exchange(error) => Self::Exchange(error),
            other @ (AccountError::Name
            | AccountError::ShownName
            | AccountError::Exists
            | AccountError::Absent
            | AccountError::TooMany
            | AccountError::Clearance(..)
            | AccountError::Certificate
            | AccountError::Taken
            | AccountError::LastAdministrator
            | AccountError::Conflict) => Self::Account(other),
        }
    }
}

/// Carries out a command about people. What the administrator can mend is a [`Reply::Refused`].
pub(super) async fn execute(
    exchange: &Exchange,
    command: PeopleCommand,
    now: Timestamp,
) -> Result<Reply, AdminError> {
    match carry_out(exchange, command, now).await {
        Err(AdminError::Account(error)) => Ok(Reply::Refused { reasons: vec![error.to_string()] }),
        other => other,
    }
}

async fn carry_out(exchange: &Exchange, command: PeopleCommand, now: Timestamp) -> Result<Reply, AdminError> {
    Ok(match command {
        PeopleCommand::Add(new) => add(exchange, new, now).await?,
        PeopleCommand::Password { user } => {
            let (password, hash) = new_password()?;
            let by = Some(("", "password"));
            account::change(exchange, &user, by, now, |account| account.password = Some(hash)).await?;
            console::sign_out(exchange, &user, now).await?;
            Reply::Password { user, password: Some(password) }
        }
        PeopleCommand::Totp { user } => {
            let change = |account: &mut Account| {
                account.totp = None;
                account.totp_offered = None;
            };
            account::change(exchange, &user, Some(("", "second factor")), now, change).await?;
            Reply::Done
        }
        PeopleCommand::Remove { user } => {
            account::remove(exchange, &user, "", now).await?;
            console::sign_out(exchange, &user, now).await?;
            Reply::Done
        }
        PeopleCommand::List => Reply::Users(account::all(exchange).await?.into_iter().map(summary).collect()),
    })
}

async fn add(exchange: &Exchange, new: NewUser, now: Timestamp) -> Result<Reply, AdminError> {
    let mut account = Account::new(&new.user, new.role, now);
    if let Some(name) = new.name {
        account.name = name;
    }
    let clearances = new.clearances.into_iter();
    account.clearances = clearances.map(|(policy, level)| (ClassificationPolicy(policy), level)).collect();
    account.ceiling = new.ceiling;
    account.certificates = new.certificates;
    account.oidc = new.oidc;
    let mut password = None;
    if account.certificates.is_empty() && account.oidc.is_none() {
        let (plain, hash) = new_password()?;
        (password, account.password) = (Some(plain), Some(hash));
    }
    account::add(exchange, &account, "", &console::ConsoleLimits::default(), now).await?;
    Ok(Reply::Password { user: account.user, password })
}

fn new_password() -> Result<(String, String), AdminError> {
    let password = console::random_password().map_err(|_| AdminError::Randomness)?;
    let hash = console::hash_password(&password).map_err(AdminError::Hash)?;
    Ok((password, hash))
}

fn summary(account: Account) -> UserSummary {
    UserSummary {
        password: account.password.is_some(),
        totp: account.totp.is_some(),
        user: account.user,
        name: account.name,
        role: account.role,
        clearances: account.clearances,
        ceiling: account.ceiling,
        enabled: account.enabled,
        signed_in: account.signed_in,
    }
}
