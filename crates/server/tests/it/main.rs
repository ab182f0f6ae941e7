//! The server through its sockets: what TAXII 2.1 asks (`conformance/requirements.toml`), what bad input does, and that
//! nothing withheld shows.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails there"
)]

extern crate cresset_server as server;

mod bad_input;
mod collections;
mod concurrent;
mod conformance;
mod console;
mod deleting;
mod errors;
mod faults;
mod feeds;
mod filters;
mod ground;
mod headers;
mod information;
mod labels;
mod limits;
mod objects;
mod ownership;
mod pages;
mod references;
mod resources;
mod rights;
mod sensors;
mod slow;
mod status;
mod tls;
mod versions;
mod worlds;
