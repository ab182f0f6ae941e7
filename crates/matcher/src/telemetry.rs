//! Which observation does a line of a log hold?
//!
//! What a field of a log means is data: mapping files (`mappings/*.toml`, and the user's own in the same format) say how a
//! source is recognised, where its time is, and which field is which property of which cyber-observable object. A
//! [`Reader`] takes the lines of one stream and gives observations with only those properties that somebody asks for
//! ([`Wanted`]). It is the exact path: what a scanner of raw bytes thinks worth a look, and what no scanner covers.
//!
//! `docs/telemetry.md` is the user's page of this.

mod cef;
mod finding;
mod gather;
mod limits;
mod mapping;
mod node;
mod normalise;
mod reader;
mod sources;
mod syslog;
mod time;
mod token;
mod wanted;
mod zeek;

pub use finding::{Counts, Finding, FindingCode};
pub use limits::{MappingLimits, TelemetryLimits};
pub use mapping::{MappingError, MappingProblem, RuleLine};
pub use reader::Reader;
pub use sources::{SourceId, Sources};
pub use wanted::Wanted;
