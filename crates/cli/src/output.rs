//! How does a command end, and how does it speak?

use std::process::ExitCode;

use serde::Serialize;

/// How a command ended. The exit codes are in the help and the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done.
    Done,
    /// Done, but something was refused or is not there.
    Refused,
    /// The node or its store failed.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Refused => 1,
            Outcome::Failed => 3,
        })
    }
}

/// For people, or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Text.
    Text,
    /// JSON, one value a line.
    Json,
}

/// Prints a value as one line of JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// Prints reasons why something was not done.
pub(crate) fn refused(format: Format, reasons: &[String]) -> anyhow::Result<Outcome> {
    match format {
        Format::Json => json(&serde_json::json!({ "refused": reasons }))?,
        Format::Text => reasons.iter().for_each(|reason| eprintln!("refused: {reason}")),
    }
    Ok(Outcome::Refused)
}
