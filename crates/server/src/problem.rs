//! Which status code does an error have? One exhaustive match; hidden is absent.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use exchange::{ExchangeError, IngestError, RemovalError, TelemetryError};
use taxii::{filter::FilterError, media, resource};

/// Everything that can go wrong with a request.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The query string is not understood.
    Filter(FilterError),
    /// The request is malformed otherwise.
    Malformed(&'static str),
    /// No or wrong credentials.
    Unauthenticated,
    /// It exists for the caller, who may not do this with it.
    Forbidden(&'static str),
    /// It does not exist, or not for the caller.
    Absent,
    /// The method is not there.
    Method,
    /// No acceptable representation.
    NotAcceptable,
    /// The body is too long.
    TooLarge,
    /// The content type or encoding is not understood.
    MediaType(&'static str),
    /// The body is no envelope.
    Unprocessable(String),
    /// The client was too slow.
    Timeout,
    /// Too much at one time.
    Busy,
    /// So much waits already that nothing more is taken; none of this was.
    Full,
    /// Our fault.
    Internal(ExchangeError),
}

impl Problem {
    fn parts(&self) -> (StatusCode, &'static str, Option<String>) {
        match self {
            Self::Filter(error) => {
                (StatusCode::BAD_REQUEST, "The filter is not understood", Some(error.to_string()))
            }
            Self::Malformed(why) => {
                (StatusCode::BAD_REQUEST, "The request is malformed", Some((*why).to_owned()))
            }
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "Credentials are needed", None),
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, "This is not permitted", Some((*why).to_owned())),
            Self::Absent => (StatusCode::NOT_FOUND, "There is no such thing", None),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "The method is not there", None),
            Self::NotAcceptable => {
                let why = format!("answers are in `{}`", media::TAXII);
                (StatusCode::NOT_ACCEPTABLE, "The representation is not there", Some(why))
            }
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "The body is longer than max_content_length", None)
            }
            Self::MediaType(why) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body's type is not understood",
                Some((*why).to_owned()),
            ),
            Self::Unprocessable(why) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "The body is no envelope", Some(why.clone()))
            }
            Self::Timeout => (StatusCode::REQUEST_TIMEOUT, "The request took too long to arrive", None),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "The server is busy", None),
            Self::Full => {
                let why = "the queue is full: nothing of the body was taken, send it again";
                (StatusCode::TOO_MANY_REQUESTS, "Too much waits already", Some(why.to_owned()))
            }
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "The server failed", None),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, title, description) = self.parts();
        if let Self::Internal(error) = &self {
            tracing::error!(error = error as &dyn std::error::Error, "request failed");
        }
        let body = resource::Error {
            title: title.to_owned(),
            description,
            http_status: Some(status.as_u16().to_string()),
        };
        let mut response = json(status, &body);
        let headers = response.headers_mut();
        match self {
            Self::Unauthenticated => {
                let basic = HeaderValue::from_static("Basic realm=\"cresset\", charset=\"UTF-8\"");
                headers.append(header::WWW_AUTHENTICATE, basic);
                headers
                    .append(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"cresset\""));
            }
            Self::Busy | Self::Full => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Filter(_)
            | Self::Malformed(_)
            | Self::Forbidden(_)
            | Self::Absent
            | Self::Method
            | Self::NotAcceptable
            | Self::TooLarge
            | Self::Timeout
            | Self::MediaType(_)
            | Self::Unprocessable(_)
            | Self::Internal(_) => {}
        }
        response
    }
}

impl Problem {
    /// The answer, for doors that do not speak TAXII.
    pub(crate) fn plain(self) -> Response {
        let mut response = self.into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// An answer in TAXII's media type.
pub(crate) fn json<T: serde::Serialize>(status: StatusCode, body: &T) -> Response {
    let text = serde_json::to_vec(body).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(media::TAXII))], text).into_response()
}

impl From<FilterError> for Problem {
    fn from(error: FilterError) -> Self {
        Self::Filter(error)
    }
}

impl From<ExchangeError> for Problem {
    fn from(error: ExchangeError) -> Self {
        Self::Internal(error)
    }
}

impl From<IngestError> for Problem {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::NotAnEnvelope(_) | IngestError::Empty | IngestError::TooMany(_) => {
                Self::Unprocessable(error.to_string())
            }
            IngestError::NoCollection => Self::Absent,
            IngestError::Exchange(error) => Self::Internal(error),
        }
    }
}

impl From<TelemetryError> for Problem {
    fn from(error: TelemetryError) -> Self {
        match error {
            TelemetryError::NoSensor => Self::Absent,
            TelemetryError::NoFormat => Self::Malformed("there is no `format` of this name"),
            TelemetryError::NotReady => Self::Busy,
            TelemetryError::Exchange(error) => Self::Internal(error),
        }
    }
}

impl From<RemovalError> for Problem {
    fn from(error: RemovalError) -> Self {
        match error {
            RemovalError::Absent => Self::Absent,
            RemovalError::NotOwn => Self::Forbidden("the object came from another organisation"),
            RemovalError::Exchange(error) => Self::Internal(error),
        }
    }
}
