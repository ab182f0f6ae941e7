//! Who may have what. The rule is `docs/release-rule.md`; this crate is its engine.
//!
//! **Is**: labels, audiences, agreements, policy, decisions, redaction, explanations in words.
//!
//! **Is not**: I/O, clocks, storage. The time is an argument; what is held is asked through a trait.
//!
//! **Promises**
//! 1. [`Releasable`] is made in one place only: [`Policy::release`].
//! 2. Default deny: a marking, level or code that is not understood withholds.
//! 3. [`Label::join`] is never looser than either side.

mod sealed;

pub use sealed::Unreleased;
