//! Where does a text stop to be a pattern, and what was expected there?

use std::fmt;

/// A place in the text of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// From the start, in bytes.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Position {
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { offset, line, column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a text is not a pattern that we read. Never quotes the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {problem}")]
pub struct PatternError {
    /// Where.
    pub at: Position,
    /// What was met there.
    pub problem: Problem,
}

/// What was met at the place of a [`PatternError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages are the documentation")]
pub enum Problem {
    #[error("expected {wanted}, found {found}")]
    Expected { wanted: &'static str, found: &'static str },
    #[error("this character has no place in a pattern outside a string")]
    Character,
    #[error("a comment is not closed by `*/`")]
    Comment,
    #[error("a string is not closed by an apostrophe")]
    Open,
    #[error("a backslash in a string is followed by a backslash or an apostrophe")]
    Escape,
    #[error("a number is written without leading zeros")]
    LeadingZero,
    #[error("the number is out of range")]
    Range,
    #[error("a hex constant holds pairs of hexadecimal digits")]
    Hex,
    #[error("a binary constant holds base64 (RFC 4648 section 4)")]
    Binary,
    #[error("a timestamp constant has the form `t'YYYY-MM-DDTHH:MM:SS.sssZ'`")]
    Timestamp,
    #[error("EXISTS came with STIX 2.1")]
    Exists,
    #[error("a property name with a hyphen is put in apostrophes")]
    Hyphen,
    #[error("one observation expression has one qualifier of a kind; parentheses make it another expression")]
    Qualifier,
    #[error("the pattern is longer than allowed")]
    Size,
    #[error("parentheses nest deeper than allowed")]
    Depth,
    #[error("the pattern has more parts than allowed")]
    Count,
    #[error("the set has more members than allowed")]
    Set,
    #[error("the count of REPEATS is larger than allowed")]
    Repeats,
    #[error("the regular expression is longer than allowed")]
    Regex,
}

impl Problem {
    /// Whether a limit of ours was met, rather than malformed text.
    pub const fn is_limit(self) -> bool {
        matches!(self, Self::Size | Self::Depth | Self::Count | Self::Set | Self::Repeats | Self::Regex)
    }
}
