//! How fast does a TAXII 2.1 server take, give and find objects, seen from outside its process?
//!
//! A load generator that knows TAXII 2.1 and nothing of Cresset, so that the same requests can be sent to any server.
//! It is not a conformance test: it checks just enough to know that the work it timed was really done.
//! Everything it sends is prepared before the clock starts; of a page it keeps the two ends and counts the rest.
//! One run prints one line. Start reading at `post`, `page` and `get`.
//!
//! ```text
//! load --url http://127.0.0.1:1234/root/collections/ID/objects/ --auth "Bearer …" post bundle.json --envelope 1000
//! ```
#![expect(clippy::disallowed_methods, reason = "a load generator measures wall time")]

mod bundle;
mod client;
mod edges;
mod get;
mod multiply;
mod page;
mod post;
mod report;
mod selftest;

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::{Parser, Subcommand};

use crate::{
    client::{LoadError, Target},
    report::Report,
};

#[derive(Debug, Parser)]
#[command(about = "Load a TAXII 2.1 server and measure it from outside")]
struct Arguments {
    /// The objects URL of one collection, http only: …/collections/ID/objects/
    #[arg(long)]
    url: Option<String>,
    /// The whole value of the Authorization header
    #[arg(long)]
    auth: Option<String>,
    /// Connections at the same time
    #[arg(long, default_value_t = 1)]
    connections: u16,
    /// Stop after so many seconds, and report what was done until then
    #[arg(long, default_value_t = 120)]
    seconds_max: u64,
    /// Print the result as one line of JSON
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    mode: Mode,
}

#[derive(Debug, Subcommand)]
enum Mode {
    /// Add the objects of STIX bundles, envelope after envelope
    Post {
        /// STIX bundle files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Objects in one envelope, at most
        #[arg(long, default_value_t = 1000)]
        envelope: usize,
        /// Bytes in one envelope, at most (a single larger object still goes alone)
        #[arg(long, default_value_t = 8_000_000)]
        envelope_bytes: usize,
    },
    /// Read the whole collection, page after page, on each connection
    Page {
        /// Objects asked for in one page
        #[arg(long, default_value_t = 1000)]
        limit: u32,
        /// How often each connection walks
        #[arg(long, default_value_t = 1)]
        times: u32,
        /// Leave out the second, untimed walk that counts objects
        #[arg(long)]
        unverified: bool,
    },
    /// Read single objects at random
    Get {
        /// How many ids to collect from the manifest before
        #[arg(long, default_value_t = 1000)]
        ids: usize,
        /// How long to ask
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Write a bundle with copies of every object, each copy with ids of its own
    Multiply {
        /// STIX bundle files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// How many copies
        #[arg(long, default_value_t = 10)]
        times: u32,
        /// The bundle to write
        #[arg(long)]
        out: PathBuf,
    },
    /// Page against a canned answer in this process: how fast is the generator itself?
    Selftest {
        /// Pages to read, of ten megabytes each
        #[arg(long, default_value_t = 300)]
        pages: u32,
    },
}

/// Who is asked, by how many at once, until when.
#[derive(Debug, Clone)]
struct Plan {
    target: Arc<Target>,
    connections: u16,
    deadline: Instant,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let line = if arguments.json { Report::json } else { Report::human };
    match run(arguments).await {
        Ok(report) => {
            println!("{}", line(&report));
            if report.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(error) => {
            eprintln!("error: {}", client::chain(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<Report, LoadError> {
    let time_max = Duration::from_secs(arguments.seconds_max);
    let plan = |url: Option<String>| -> Result<Plan, LoadError> {
        let url = url.ok_or_else(|| LoadError::Usage("--url is needed".to_owned()))?;
        let target = Arc::new(Target::new(&url, arguments.auth.as_deref())?);
        Ok(Plan { target, connections: arguments.connections.max(1), deadline: Instant::now() + time_max })
    };
    match arguments.mode {
        Mode::Post { files, envelope, envelope_bytes } => {
            let envelopes = bundle::envelopes(&files, envelope, envelope_bytes).await?;
            post::run(plan(arguments.url)?, envelopes).await
        }
        Mode::Page { limit, times, unverified } => {
            let walk = page::Walk::objects(limit, times);
            let walked = page::run(plan(arguments.url.clone())?, &walk).await?;
            if unverified {
                return Ok(walked.report);
            }
            page::verify(plan(arguments.url)?, &walk, walked).await
        }
        Mode::Get { ids, seconds } => {
            get::run(plan(arguments.url)?, ids, Duration::from_secs(seconds).min(time_max)).await
        }
        Mode::Multiply { files, times, out } => multiply::run(&files, times, &out).await,
        Mode::Selftest { pages } => {
            let url = selftest::serve(pages)?;
            Ok(page::run(plan(Some(url))?, &page::Walk::objects(1000, 1)).await?.report)
        }
    }
}
