//! Do other formats come in and go out as they should? What is written is read back with small grammars of our own. One binary
//! for all tests of the crate.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests"
)]

extern crate cresset_formats as formats;

mod examples;
mod grammar;
mod hostile;
mod labelled;
mod limits;
mod lists;
mod misp;
mod places;
mod real;
mod written;
