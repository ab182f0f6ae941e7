//! Tests of the crate from outside, in one binary.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "clippy takes helpers beside the test functions for production code"
)]

mod comparisons;
mod fixtures;
mod observations;
mod program;
mod scan;
mod standard;
mod telemetry;
mod temporal;
