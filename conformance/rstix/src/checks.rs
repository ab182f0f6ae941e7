//! What was checked, what failed, and what is the exit code?

use std::fmt::Display;
use std::process::ExitCode;

use anyhow::Result;

const WHY_MAX: usize = 400;

/// Counts checks; every check is printed when it is done.
#[derive(Default)]
pub struct Checks {
    passed: usize,
    failed: usize,
}

impl Checks {
    /// Awaits a check; gives what it found, or nothing if it failed.
    pub async fn run<T>(&mut self, name: &str, check: impl Future<Output = Result<T>>) -> Option<T> {
        match check.await {
            Ok(found) => {
                self.passed += 1;
                println!("ok {name}");
                Some(found)
            }
            Err(error) => {
                self.failed += 1;
                let why = format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ");
                println!("FAIL {name} {}", why.chars().take(WHY_MAX).collect::<String>());
                None
            }
        }
    }

    /// Prints the last line and gives the exit code.
    pub fn end(&self) -> ExitCode {
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Prints a line that is no check.
pub fn figure(text: impl Display) {
    println!("# {text}");
}
