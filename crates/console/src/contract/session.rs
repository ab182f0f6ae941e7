//! Who is signed in, and how do they sign in?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use crate::account::Role;

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    pub(crate) user: String,
    pub(crate) password: String,
    /// Six digits, where the account has a second factor.
    #[serde(default)]
    pub(crate) code: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    pub(crate) user: String,
    pub(crate) name: String,
    /// Every role that the user has: each has those before it.
    pub(crate) roles: Vec<Role>,
    /// Classification policy and level up to which the user is cleared.
    pub(crate) clearances: BTreeMap<String, String>,
    pub(crate) organisation: OwnOrganisation,
    /// In which languages there are words, the user's own first.
    pub(crate) languages: Vec<String>,
    pub(crate) method: Method,
    /// Whether there is a second factor.
    pub(crate) totp: bool,
    /// When the session ends, whatever happens.
    pub(crate) until: String,
}

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Method {
    Password,
    Oidc,
    Certificate,
}

/// Whose node this is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnOrganisation {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) nation: Option<String>,
}

/// In which ways one may sign in here; told to everybody.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Doors {
    /// The name of the node's organisation.
    pub(crate) organisation: String,
    pub(crate) password: bool,
    /// The name of the identity provider, where there is one: `GET /api/v1/session/oidc` leads there.
    pub(crate) oidc: Option<String>,
    /// Whether the client certificate that was shown belongs to a user: `POST /api/v1/session/certificate` signs in.
    pub(crate) certificate: bool,
}

/// A new password, by its owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    pub(crate) old: String,
    pub(crate) new: String,
}

/// A second factor to be set up: shown this once, and in force once a code proves that it is known.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpOffer {
    /// The secret in base 32.
    pub(crate) secret: String,
    /// The same as `otpauth://…` for a picture that an app reads.
    pub(crate) uri: String,
}

/// A code of the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotpCode {
    pub(crate) code: String,
}

/// What the identity provider says.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OidcReturn {
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) error: Option<String>,
}
