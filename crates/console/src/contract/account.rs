//! What do administrators see and change: users, sessions, tokens?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    object::TlpLevel,
    session::{Method, Role},
};

/// All users.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Users {
    pub(crate) users: Vec<User>,
}

/// A user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct User {
    pub(crate) user: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) clearances: BTreeMap<String, String>,
    /// Nothing above this traffic light is shown, where there is one.
    pub(crate) ceiling: Option<TlpLevel>,
    pub(crate) created: String,
    pub(crate) last_seen: Option<String>,
    /// How the user may sign in.
    pub(crate) methods: Vec<Method>,
    pub(crate) totp: bool,
    pub(crate) enabled: bool,
    /// SHA-256 fingerprints of client certificates.
    pub(crate) certificates: Vec<String>,
    /// The subject at the identity provider.
    pub(crate) oidc: Option<String>,
}

/// A user to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// 1 to 64 letters, digits, `-`, `_`, `.`, `@`.
    pub(crate) user: String,
    #[serde(default)]
    pub(crate) name: Option<String>,
    pub(crate) role: Role,
    #[serde(default)]
    pub(crate) clearances: BTreeMap<String, String>,
    /// Nothing above this traffic light is shown, where there is one.
    #[serde(default)]
    pub(crate) ceiling: Option<TlpLevel>,
    #[serde(default)]
    pub(crate) certificates: Vec<String>,
    #[serde(default)]
    pub(crate) oidc: Option<String>,
}

/// A user was made or got a new password.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserMade {
    pub(crate) user: User,
    /// The password, shown this once; none where it did not change.
    pub(crate) password: Option<String>,
}

/// What changes about a user; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserChange {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) role: Option<Role>,
    #[serde(default)]
    pub(crate) clearances: Option<BTreeMap<String, String>>,
    /// `null` takes the ceiling away.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<TlpLevel>)]
    pub(crate) ceiling: Option<Ceiling>,
    #[serde(default)]
    pub(crate) certificates: Option<Vec<String>>,
    /// The subject at the identity provider; empty takes it away.
    #[serde(default)]
    pub(crate) oidc: Option<String>,
    #[serde(default)]
    pub(crate) enabled: Option<bool>,
    /// `new` makes a password, which is shown once; `none` takes it away.
    #[serde(default)]
    pub(crate) password: Option<PasswordReset>,
    /// Takes the second factor away.
    #[serde(default)]
    pub(crate) totp: Option<TotpReset>,
}

/// A traffic light, or none any more.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ceiling(pub(crate) Option<TlpLevel>);

/// What is named is there, also as `null`.
fn named<'a, D: serde::Deserializer<'a>>(deserializer: D) -> Result<Option<Ceiling>, D::Error> {
    Ceiling::deserialize(deserializer).map(Some)
}

/// What becomes of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PasswordReset {
    New,
    None,
}

/// What becomes of a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TotpReset {
    None,
}

/// All sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sessions {
    pub(crate) sessions: Vec<Session>,
}

/// Somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    /// Not what the browser has: of no use to sign in.
    pub(crate) id: String,
    pub(crate) user: String,
    pub(crate) method: Method,
    pub(crate) created: String,
    pub(crate) last_seen: String,
    pub(crate) until: String,
    /// From where, as far as it is known.
    pub(crate) address: String,
    pub(crate) agent: String,
    /// Whether it is the session that asks.
    pub(crate) own: bool,
}

/// Credentials of partners.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tokens {
    pub(crate) tokens: Vec<Token>,
}

/// A credential without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    pub(crate) id: String,
    pub(crate) partner: String,
    /// `token`, `password`, or `sensor` for the token of a sensor of ours, by its name.
    pub(crate) kind: String,
    pub(crate) note: String,
    pub(crate) created: String,
    pub(crate) expires: Option<String>,
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    pub(crate) partner: String,
    #[serde(default)]
    pub(crate) note: String,
    #[serde(default)]
    pub(crate) expires: Option<String>,
}

/// A token, shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenMade {
    pub(crate) id: String,
    pub(crate) secret: String,
}
