//! Which status code and which words does an error have? One exhaustive match; hidden is absent.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::contract::intake::ObjectFinding;

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
    /// It does not exist, or not for the caller.
    Absent,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            code: "absent".to_owned(),
            message: "there is no such thing".to_owned(),
            id: uuid::Uuid::new_v4().to_string(),
            findings: Vec::new(),
        };
        (StatusCode::NOT_FOUND, Json(body)).into_response()
    }
}
