//! Tests of the crate from outside, in one binary.

mod attack;
mod deterministic;
mod findings;
mod fixtures;
mod good;
mod markings;
mod rows;
mod rules;
mod unknown;
mod vocabularies;
