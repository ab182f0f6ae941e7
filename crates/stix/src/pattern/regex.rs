//! Can a regular expression of MATCHES be run here? (STIX 2.1 section 9.6.1)
//!
//! The standard says PCRE, searched for anywhere, with `.` matching newlines too. We run what can be run in linear time: no
//! look-around and no references back.

use regex::{Regex, RegexBuilder, bytes};

use super::PatternLimits;

/// Why a regular expression cannot be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unrunnable {
    /// Malformed, or syntax that only a backtracking engine has.
    #[error("the regular expression uses what cannot be run in linear time, or is malformed")]
    Syntax,
    /// Compiled, it would be larger than allowed.
    #[error("the regular expression is larger than allowed when it is compiled")]
    Size,
}

impl From<regex::Error> for Unrunnable {
    fn from(error: regex::Error) -> Self {
        if matches!(error, regex::Error::CompiledTooBig(_)) { Self::Size } else { Self::Syntax }
    }
}

/// Compiles a regular expression for text.
///
/// # Errors
/// [`Unrunnable`] says which kind of thing stands in the way.
pub fn compile(expression: &str, limits: &PatternLimits) -> Result<Regex, Unrunnable> {
    if expression.len() > limits.regex_bytes_max {
        return Err(Unrunnable::Size);
    }
    let mut builder = RegexBuilder::new(expression);
    builder.dot_matches_new_line(true).size_limit(limits.regex_compiled_bytes_max).nest_limit(64);
    Ok(builder.build()?)
}

/// Compiles a regular expression for the octets of binary and hex properties, where a character is an octet.
///
/// # Errors
/// As [`compile`].
pub fn compile_octets(expression: &str, limits: &PatternLimits) -> Result<bytes::Regex, Unrunnable> {
    if expression.len() > limits.regex_bytes_max {
        return Err(Unrunnable::Size);
    }
    let mut builder = bytes::RegexBuilder::new(expression);
    builder
        .unicode(false)
        .dot_matches_new_line(true)
        .size_limit(limits.regex_compiled_bytes_max)
        .nest_limit(64);
    Ok(builder.build()?)
}
