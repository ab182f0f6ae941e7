//! The rule, its table, and what redaction leaves.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

extern crate cresset_releasability as releasability;

mod matrix;
mod properties;
mod redaction;
mod world;
