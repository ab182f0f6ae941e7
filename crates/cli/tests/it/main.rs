//! The binary as a stranger uses it: real processes, real files, real sockets.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod audit;
mod commands;
mod demo;
mod export;
mod kill;
mod node;
mod read;
mod sensors;
mod watch;
