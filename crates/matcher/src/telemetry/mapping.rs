//! What does a mapping file say?

mod field;
mod read;
mod target;

use std::fmt;

pub(super) use field::{At, Condition, Field, Origin, Part, Test};
pub(super) use read::read;
pub(super) use target::Target;

use super::{normalise::Normaliser, time::TimeForm};
use crate::scan;

/// How the lines of a source are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One JSON value a line; Zeek's tables too, whose columns are its keys.
    Json,
    /// The Common Event Format.
    Cef,
    /// Text, of which only what is unmistakable is taken.
    Text,
    /// STIX objects; they need no rules.
    Stix,
}

impl Form {
    pub(super) const NAMES: [(&str, Self); 4] =
        [("json", Self::Json), ("cef", Self::Cef), ("text", Self::Text), ("stix", Self::Stix)];
}

/// One source, as its file says.
#[derive(Debug, Clone)]
pub(super) struct Mapping {
    pub(super) name: String,
    pub(super) form: Form,
    /// A line is of this source if all conditions of one of these hold.
    pub(super) recognise: Vec<Vec<Condition>>,
    /// The first that is there is the time.
    pub(super) times: Vec<(Field, TimeForm)>,
    pub(super) groups: Vec<Group>,
}

/// Rules about the same dictionaries of a line.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) at: Vec<At>,
    pub(super) rules: Vec<Rule>,
}

/// One field of a log and where its value belongs.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) origin: Origin,
    pub(super) split: Option<String>,
    pub(super) chain: Vec<Normaliser>,
    pub(super) conditions: Vec<Condition>,
    pub(super) target: Target,
    /// What the object is called, so that several rules fill one; its type if nothing is said.
    pub(super) object: Option<String>,
    /// How a scanner of raw telemetry finds it.
    pub(super) kind: scan::Kind,
}

impl Rule {
    /// The normaliser that makes the value.
    pub(super) fn last(&self) -> Normaliser {
        self.chain.last().copied().unwrap_or(Normaliser::Text)
    }
}

/// One rule as people read it: for `docs/telemetry.md` and for `--explain` of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleLine {
    /// The field or template, with the place it is looked for.
    pub field: String,
    /// The object path it leads to, as patterns write it.
    pub path: String,
}

/// What is wrong with a mapping file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MappingError {
    /// Line, from 1.
    pub line: usize,
    /// Column, in characters from 1.
    pub column: usize,
    /// Which rule, counted from 1 through the file; nothing outside rules.
    pub rule: Option<usize>,
    /// What is wrong.
    pub problem: MappingProblem,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)?;
        if let Some(rule) = self.rule {
            write!(f, " (rule {rule})")?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// What is wrong with a mapping file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages are the documentation")]
pub enum MappingProblem {
    #[error("not TOML: {0}")]
    Toml(String),
    #[error("the key `{0}` is unknown here")]
    KeyUnknown(String),
    #[error("`{0}` is missing")]
    KeyMissing(&'static str),
    #[error("`{0}` is of the wrong type; {1} is expected")]
    Type(String, &'static str),
    #[error("`{0}` is unknown; there are {1}")]
    NameUnknown(String, String),
    #[error("there is no source `{0}` to extend")]
    SourceUnknown(String),
    #[error("`{0}` is no object path")]
    Path(String),
    #[error("`{0}` is no field of a log")]
    Field(String),
    #[error(
        "what `{0}` refers to is told by the value: use `ip`, `host` or `mac`, and nothing but `value` behind it"
    )]
    ByValue(String),
    #[error("`{0}` is a list of hashes: the path has to end in `hashes`")]
    Hashes(String),
    #[error("either `field` or `template`")]
    Origin,
    #[error("more than the {0} that are allowed")]
    Limit(usize),
}
