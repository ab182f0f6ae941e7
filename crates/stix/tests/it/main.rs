//! Tests of the crate from outside, in one binary.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "clippy takes helpers beside the test functions for production code"
)]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks at a few shapes of many")]

mod attack;
mod deterministic;
mod findings;
mod fixtures;
mod good;
mod markings;
mod pattern_properties;
mod patterns;
mod rows;
mod rules;
mod standard;
mod unknown;
mod vocabularies;
