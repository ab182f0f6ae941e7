//! STIX 2.1 as values: what an object *is*, before anybody asks who may have it.
//!
//! **Is**: ids, timestamps, bounded JSON with positions, objects (a small parsed head plus the text they came in),
//! bundles and envelopes split as they stream in, findings, validation by property tables, patterns of indicators as trees.
//!
//! **Is not**: storage, policy, I/O. Nothing here is async, logs, reads a clock, or knows another crate of ours.
//!
//! **Promises**
//! 1. Bytes stay bytes: the text of an object is never re-serialised.
//! 2. Nothing is unbounded: every size that input controls has a limit in [`Limits`].
//! 3. All findings, no early stop: [`validate::object`] says everything that is wrong with an object.
//!
//! **Start reading** at [`Object`], then [`json`], then [`validate`].

pub mod finding;
pub mod id;
pub mod json;
pub mod limits;
pub mod object;
pub mod pattern;
pub mod splitter;
pub mod timestamp;
pub mod validate;

pub use finding::{Code, Finding, Severity};
pub use id::{Id, IdError};
pub use limits::Limits;
pub use object::{Object, RecordError, SpecVersion};
pub use timestamp::{Timestamp, TimestampError};
