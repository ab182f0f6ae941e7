//! The binary as a stranger uses it: real processes, real files, real sockets.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod audit;
mod commands;
mod demo;
mod kill;
mod node;
mod sensors;
mod watch;
