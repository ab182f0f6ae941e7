//! The rule, its table, and what redaction leaves.
#![expect(clippy::unwrap_used, reason = "tests")]

extern crate cresset_releasability as releasability;

mod matrix;
mod policy;
mod properties;
mod redaction;
mod world;
