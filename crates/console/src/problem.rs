//! Which status code and which words does an error have? One exhaustive match; hidden is absent.

use std::error::Error;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use exchange::{ExchangeError, IngestError, KeepError, RemovalError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    account::AccountError, contract::intake::ObjectFinding, password::NoRandomness, session::SessionError,
};

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// One word for programs.
    pub(crate) code: String,
    /// What, and what to do.
    pub(crate) message: String,
    /// The same id is in the node's log.
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) findings: Vec<ObjectFinding>,
}

/// Everything that can go wrong with a question.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The question is not understood.
    Malformed(String),
    /// What is asked for cannot be understood, for these reasons.
    NotUnderstood(Vec<ObjectFinding>),
    /// Nobody is signed in.
    SignedOut,
    /// Wrong user, password or code: which, is not said.
    Credentials,
    /// The password was right; a code is needed as well.
    CodeNeeded,
    /// Too many failures: so many seconds to wait.
    Wait(u64),
    /// The user's role does not allow it.
    Role,
    /// The question came from another site.
    CrossSite,
    /// It exists for the user, who may not do this with it.
    Forbidden(&'static str),
    /// It does not exist, or not for the user.
    Absent,
    /// The method is not there.
    Method,
    /// It is not the state that is needed for it.
    Conflict(String),
    /// The body is too long.
    TooLarge,
    /// The body took too long.
    Slow,
    /// The body is not JSON.
    MediaType,
    /// It is understood, and refused.
    Refused(String, Vec<ObjectFinding>),
    /// Too much at one time.
    Busy,
    /// Nothing is declared yet.
    NoWorld,
    /// Our fault.
    Internal(Box<dyn Error + Send + Sync>),
}

impl Problem {
    fn parts(&self) -> (StatusCode, &'static str, String) {
        let words = |text: &str| text.to_owned();
        match self {
            Self::Malformed(why) => (StatusCode::BAD_REQUEST, "malformed", why.clone()),
            Self::NotUnderstood(_) => {
                (StatusCode::BAD_REQUEST, "query", words("the query is not understood"))
            }
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "session", words("sign in first")),
            Self::Credentials => {
                (StatusCode::UNAUTHORIZED, "credentials", words("user, password or code is wrong"))
            }
            Self::CodeNeeded => (StatusCode::UNAUTHORIZED, "code-needed", words("a code is needed as well")),
            Self::Wait(seconds) => (
                StatusCode::TOO_MANY_REQUESTS,
                "wait",
                format!("too many failures: try again in {seconds} seconds"),
            ),
            Self::Role => (StatusCode::FORBIDDEN, "role", words("your role does not allow this")),
            Self::CrossSite => {
                (StatusCode::FORBIDDEN, "cross-site", words("the request came from elsewhere"))
            }
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, "forbidden", words(why)),
            Self::Absent => (StatusCode::NOT_FOUND, "absent", words("there is no such thing")),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method", words("the method is not there")),
            Self::Conflict(why) => (StatusCode::CONFLICT, "conflict", why.clone()),
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too-large", words("it is longer than allowed"))
            }
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "slow", words("the request took too long to arrive")),
            Self::MediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", words("a body is `application/json`"))
            }
            Self::Refused(why, _) => (StatusCode::UNPROCESSABLE_ENTITY, "refused", why.clone()),
            Self::Busy => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy", words("the node is busy: try again in a moment"))
            }
            Self::NoWorld => (
                StatusCode::CONFLICT,
                "no-world",
                words("this node has no declaration yet: run `cresset apply`"),
            ),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", words("the node failed")),
        }
    }

    fn findings(&self) -> Vec<ObjectFinding> {
        match self {
            Self::NotUnderstood(findings) | Self::Refused(_, findings) => findings.clone(),
            Self::Malformed(_)
            | Self::SignedOut
            | Self::Credentials
            | Self::CodeNeeded
            | Self::Wait(_)
            | Self::Role
            | Self::CrossSite
            | Self::Forbidden(_)
            | Self::Absent
            | Self::Method
            | Self::Conflict(_)
            | Self::TooLarge
            | Self::Slow
            | Self::MediaType
            | Self::Busy
            | Self::NoWorld
            | Self::Internal(_) => Vec::new(),
        }
    }

    /// Any error that is our fault.
    pub(crate) fn internal(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, message) = self.parts();
        let id = uuid::Uuid::new_v4().to_string();
        match &self {
            Self::Internal(error) => {
                tracing::error!(id, error = &**error as &dyn Error, "a console request failed");
            }
            _ if status.is_client_error() => tracing::debug!(id, code, "a console request was refused"),
            _ => tracing::warn!(id, code, "a console request was not answered"),
        }
        let body = ProblemBody { code: code.to_owned(), message, id, findings: self.findings() };
        let mut response = (status, Json(body)).into_response();
        if let Self::Wait(seconds) = self
            && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
        {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}

impl From<ExchangeError> for Problem {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::NoWorld => Self::NoWorld,
            error @ (ExchangeError::Store(_) | ExchangeError::Index(_) | ExchangeError::Document(..)) => {
                Self::internal(error)
            }
        }
    }
}

impl From<KeepError> for Problem {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Conflict => Self::Conflict(error.to_string()),
            KeepError::TooLong => Self::TooLarge,
            KeepError::Exchange(error) => error.into(),
        }
    }
}

impl From<NoRandomness> for Problem {
    fn from(error: NoRandomness) -> Self {
        Self::internal(error)
    }
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Random(error) => error.into(),
            SessionError::Keep(error) => error.into(),
            SessionError::Exchange(error) => error.into(),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Absent => Self::Absent,
            AccountError::Conflict | AccountError::Exists => Self::Conflict(error.to_string()),
            AccountError::Exchange(error) => error.into(),
            AccountError::Name
            | AccountError::ShownName
            | AccountError::TooMany
            | AccountError::Clearance(..)
            | AccountError::Certificate
            | AccountError::Taken
            | AccountError::LastAdministrator => Self::Refused(error.to_string(), Vec::new()),
        }
    }
}

impl From<IngestError> for Problem {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::NotAnEnvelope(_) | IngestError::Empty | IngestError::TooMany(_) => {
                Self::Refused(error.to_string(), Vec::new())
            }
            IngestError::NoCollection => Self::Absent,
            IngestError::Exchange(error) => error.into(),
        }
    }
}

impl From<RemovalError> for Problem {
    fn from(error: RemovalError) -> Self {
        match error {
            RemovalError::Absent => Self::Absent,
            RemovalError::NotOwn => Self::Forbidden("the object came from another organisation"),
            RemovalError::Exchange(error) => error.into(),
        }
    }
}
