//! The journeys without HTTP: what is accounted for, what is dated anew, what a draft would become.
#![expect(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "tests")]

extern crate cresset_exchange as exchange;

mod accounting;
mod anew;
mod coverage;
mod detect;
mod drafts;
mod exports;
mod ground;
mod holdings;
mod knowledge;
mod screens;
mod search;
mod silence;
mod two_worlds;
mod unmoved;
