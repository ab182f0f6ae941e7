//! Do other formats come in and go out as they should? One binary for all tests of the crate.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

extern crate cresset_formats as formats;

mod labelled;
mod lists;
mod places;
mod real;
