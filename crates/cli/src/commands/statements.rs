//! `cresset statements`: who said what, and what was promised; what is new, kept and dropped between two of them.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueHint};
use formats::{
    names::Names,
    statement::{self, Difference, Statement},
};

use super::{known::Gathered, read};
use crate::output::{Format, Outcome, json};

/// What is asked of statements.
#[derive(Debug, Subcommand)]
pub(crate) enum StatementsCommand {
    /// Print speaker, date, positions and commitments of statements
    Show {
        /// Statements: text, HTML or PDF
        #[arg(required = true, value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
    /// Say which positions and commitments are new, kept, or dropped
    Diff {
        /// The earlier statement
        #[arg(value_hint = ValueHint::FilePath)]
        earlier: PathBuf,
        /// The later one
        #[arg(value_hint = ValueHint::FilePath)]
        later: PathBuf,
    },
}

pub(crate) fn run(command: &StatementsCommand, format: Format) -> anyhow::Result<Outcome> {
    let Gathered { names, .. } = Gathered::of(&[], Vec::new())?;
    match command {
        StatementsCommand::Show { files } => {
            for file in files {
                show(file, &of(file, &names)?, format)?;
            }
        }
        StatementsCommand::Diff { earlier, later } => {
            for difference in statement::compare(&of(earlier, &names)?, &of(later, &names)?) {
                tell(&difference, format)?;
            }
        }
    }
    Ok(Outcome::Done)
}

fn of(file: &Path, names: &Names) -> anyhow::Result<Statement> {
    Ok(statement::read(&read::document(file)?.text, names)?)
}

fn show(file: &Path, statement: &Statement, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        return json(&serde_json::json!({ "file": file, "statement": statement }));
    }
    println!("{}: {}", file.display(), statement.occasion.as_deref().unwrap_or("occasion not said"));
    println!("  speaker: {}", statement.speaker.as_deref().unwrap_or("not said"));
    println!("  date: {}", statement.date.as_deref().unwrap_or("not said"));
    println!("  of {}", statement.mentioned.join(", "));
    if !statement.programmes.is_empty() {
        println!("  programmes: {}", statement.programmes.join("; "));
    }
    if statement.left_out > 0 {
        println!("  {} more sentences are not looked at", statement.left_out);
    }
    for said in &statement.commitments {
        println!("  {}:{}: {}", file.display(), said.line, said.told());
        println!("    “{}”", said.quote);
    }
    for said in &statement.positions {
        println!("  {}:{}: {} {}", file.display(), said.line, said.stance, said.about.join(", "));
        println!("    “{}”", said.quote);
    }
    Ok(())
}

fn tell(difference: &Difference, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        return json(difference);
    }
    println!("{}: {}", difference.change, difference.what);
    for quote in difference.earlier.iter().chain(&difference.later) {
        println!("    “{quote}”");
    }
    Ok(())
}
