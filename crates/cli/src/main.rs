//! The binary `cresset`: commands, output, exit codes.
//!
//! **Start reading** at [`args`], which says what there is, then `commands`.

mod args;
mod commands;
mod demo;
mod node;
mod output;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(args)),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            eprintln!("cresset: {error:#}");
            output::Outcome::Failed.into()
        }
    }
}
