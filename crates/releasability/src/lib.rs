//! Who may have what. The rule is `docs/release-rule.md`; this crate is its engine.
//!
//! **Is**: labels, audiences, agreements, policy, decisions, redaction, reasons in words.
//!
//! **Is not**: I/O, clocks, storage. The time is an argument, and so is what is withheld among an object's references.
//!
//! **Promises**
//! 1. [`Releasable`] is made in one place only: [`Passage::release`].
//! 2. Default deny: a marking, level or code that is not understood withholds.
//! 3. [`Label::join`] is commutative, associative, idempotent, and never looser than either side.
//! 4. What a redaction leaves keeps its bytes, and is an object of the standard, or nothing is left.
//!
//! **Start reading** at [`Policy::decide`], then [`Policy::release`].

mod audience;
mod code;
mod label;
pub mod marking;
mod policy;
mod redact;
mod sealed;
pub mod stanag;

pub use audience::{Audience, Capacity, Reader, Terms};
pub use code::{Code, CodeError, Community, Nation, Organisation};
pub use label::{
    ClassificationPolicy, Granularity, Label, Level, OriginatorControl, Pap, PapError, Stamp, Tlp, TlpError,
    Validity,
};
pub use policy::{Decision, Passage, Policy, Reason};
pub use sealed::{Releasable, Unreleased};
