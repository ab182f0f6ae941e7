//! What does an indicator look for? STIX patterning (STIX 2.1 section 9, STIX 2.0 part 5).
//!
//! [`Pattern::parse`] reads a text into [`ast`], `Display` writes the canonical text of it, [`check()`] says what is odd about
//! one that is well written, [`regex`] compiles what MATCHES asks for. Evaluating patterns is the matcher's work.

pub mod ast;
pub mod check;
mod error;
mod lexer;
pub mod limits;
pub mod octets;
mod parser;
mod print;
pub mod regex;

use crate::SpecVersion;

pub use ast::{
    Comparator, Comparison, Comparisons, Constant, ObjectPath, Observations, Qualifier, Step, Test,
};
pub use check::{Advice, AdviceKind, check};
pub use error::{PatternError, Position, Problem};
pub use limits::PatternLimits;

/// Which edition of the grammar a pattern is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// STIX 2.0 part 5: START and STOP also take plain strings; there is no EXISTS.
    V20,
    /// STIX 2.1 section 9.
    V21,
}

impl Grammar {
    /// The one that objects of a version of STIX are written in.
    pub fn of(version: SpecVersion) -> Self {
        match version {
            SpecVersion::V20 => Self::V20,
            SpecVersion::V21 => Self::V21,
        }
    }

    fn other(self) -> Self {
        match self {
            Self::V20 => Self::V21,
            Self::V21 => Self::V20,
        }
    }
}

/// A pattern that was read (section 9.3).
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The outermost observation expression.
    pub root: Observations,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternError`] says where the text stops to be a pattern of this grammar and what was expected there, or which
    /// limit was met.
    pub fn parse(text: &str, grammar: Grammar, limits: &PatternLimits) -> Result<Self, PatternError> {
        parser::parse(text, grammar, limits).map(|root| Self { root })
    }

    /// Reads a pattern in the grammar in which it should be written, else in the other: much that is written in one is marked as
    /// the other. Says in which it is.
    ///
    /// # Errors
    /// What [`Pattern::parse`] says of the first.
    pub fn parse_either(
        text: &str,
        first: Grammar,
        limits: &PatternLimits,
    ) -> Result<(Self, Grammar), PatternError> {
        let read = |grammar| Self::parse(text, grammar, limits).map(|pattern| (pattern, grammar));
        read(first).or_else(|error| read(first.other()).map_err(|_| error))
    }
}

impl std::str::FromStr for ObjectPath {
    type Err = PatternError;

    /// Reads an object path alone, as patterns write it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parser::parse_path(text)
    }
}

impl std::str::FromStr for Pattern {
    type Err = PatternError;

    /// Reads a pattern of STIX 2.1 within the limits used where nothing else is configured.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text, Grammar::V21, &PatternLimits::DEFAULT)
    }
}
