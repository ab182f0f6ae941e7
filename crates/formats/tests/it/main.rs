//! Other tools' formats, from outside: what is written is read back with small grammars of our own.
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
mod misp;
mod written;
