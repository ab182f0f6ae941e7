//! Does the TAXII client of the Rust crate `rstix` get along with a running node?
//!
//! ```text
//! cresset-conformance-rstix LINE_FILE [BUNDLE...]
//! ```
//!
//! `LINE_FILE` holds the line that `cresset demo --json` prints. Of its partners the first that may read, submit
//! and delete on the collection `scratch` discovers, publishes the objects of the bundles (without a bundle: objects
//! made here), pages everything back, compares, deletes. The collection may hold other objects; they are paged too.
//!
//! Every check prints `ok NAME` or `FAIL NAME why`; the last line is `N passed, M failed`; the exit code is 1 if
//! one failed, 2 if there was nothing to check with. Lines with `#` are figures.
#![expect(clippy::disallowed_methods, reason = "a program at the rim: it reads the clock")]

mod checks;
mod discover;
mod line;
mod objects;
mod plain;
mod publish;
mod read;
mod remove;
mod session;

use std::process::ExitCode;

use anyhow::{Context, Result};
use checks::Checks;
use session::Session;

const USAGE: &str = "usage: cresset-conformance-rstix LINE_FILE [BUNDLE...]";

#[tokio::main]
async fn main() -> ExitCode {
    match journey().await {
        Ok(checks) => checks.end(),
        Err(error) => {
            eprintln!("cresset-conformance-rstix: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn journey() -> Result<Checks> {
    let mut arguments = std::env::args().skip(1);
    let line = line::read(&arguments.next().context(USAGE)?)?;
    let bundles: Vec<String> = arguments.collect();
    let (partner, scratch) = line.place()?;
    let mut checks = Checks::default();
    let published = if bundles.is_empty() { objects::made()? } else { objects::of_bundles(&bundles)? };

    let Some(root) =
        checks.run("discovery leads to the API root", discover::root(&line, partner, scratch)).await
    else {
        return Ok(checks);
    };
    let session = Session::new(&line, partner, scratch, root)?;
    discover::all(&mut checks, &line, partner, &session).await;
    publish::all(&mut checks, &session, &published).await;
    read::all(&mut checks, &session, &published).await;
    remove::all(&mut checks, &session).await;
    Ok(checks)
}
