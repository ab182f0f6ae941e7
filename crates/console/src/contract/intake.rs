//! What is read out of a text or file, and what becomes of it?

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::desk::ReleaseMatrix;

/// A text or file to read. Nothing is kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadRequest {
    /// The text, or the content of the file.
    pub(crate) text: String,
    /// The file's name, where it was a file: its ending helps to tell what it is.
    #[serde(default)]
    pub(crate) file: Option<String>,
    /// What it is, where the reader is not to find out.
    #[serde(default)]
    pub(crate) format: Option<IntakeFormat>,
}

/// What can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum IntakeFormat {
    Stix,
    Misp,
    Csv,
    /// One value a line.
    List,
    /// A report in words.
    Text,
}

/// What was read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reading {
    pub(crate) format: IntakeFormat,
    pub(crate) proposals: Vec<Proposal>,
    /// What is wrong with the text or file as a whole.
    pub(crate) findings: Vec<LineFinding>,
    /// Whether there was more than is read at once.
    pub(crate) more: bool,
}

/// An object that may be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proposal {
    #[schema(value_type = Object)]
    pub(crate) object: Box<RawValue>,
    /// Where it says so.
    pub(crate) quotes: Vec<Quote>,
    /// The id of what is held already and says the same, as far as this reader may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) held: Option<String>,
    /// The warninglist that its value is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warninglist: Option<String>,
    pub(crate) findings: Vec<ObjectFinding>,
}

/// A piece of the text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Quote {
    pub(crate) text: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The first character in the line, from 0, and the one behind the last, in units of UTF-16 as browsers count.
    pub(crate) from: usize,
    pub(crate) until: usize,
}

/// What is wrong, by line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineFinding {
    /// From 1; 0 for the whole.
    pub(crate) line: usize,
    pub(crate) code: String,
    pub(crate) message: String,
}

/// What is wrong with an object.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ObjectFinding {
    /// The object's id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) object: Option<String>,
    pub(crate) code: String,
    pub(crate) message: String,
}

/// Objects that are not published yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    #[schema(value_type = Vec<Object>)]
    pub(crate) objects: Vec<Box<RawValue>>,
    /// The collection's alias or id.
    pub(crate) collection: String,
    /// Ids of marking-definitions, or `TLP:GREEN` and the like, put on every object that has none. Never empty.
    pub(crate) marking: Vec<String>,
    /// Why it is released; kept in the queue.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// What would become of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DraftPreview {
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) matrix: ReleaseMatrix,
    /// What would be refused.
    pub(crate) refused: Vec<ObjectFinding>,
    /// Where it says more than its readers may know.
    pub(crate) warnings: Vec<ObjectFinding>,
    /// Whether another releaser has to approve.
    pub(crate) second_person: bool,
}

/// How much a partner would see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Recipient {
    pub(crate) partner: String,
    pub(crate) sees: usize,
    pub(crate) redacted: usize,
    pub(crate) withheld: usize,
}

/// What became of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IntakeResult {
    /// Ids of what is held now; empty where it waits for approval.
    pub(crate) accepted: Vec<String>,
    pub(crate) refused: Vec<ObjectFinding>,
    /// The release that it is in the queue.
    pub(crate) release: Option<String>,
}
