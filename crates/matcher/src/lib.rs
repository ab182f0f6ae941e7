//! What do patterns mean, and which of very many match what was just observed?
//!
//! **Is**: observations (from observed-data and from plain fields), a slow and obvious evaluator of one pattern over a list of
//! observations ([`mod@reference`]), a fast one of many patterns over a stream ([`program`]), readers of logs whose fields mapping
//! files name ([`telemetry`]), what tells the few lines of raw telemetry that are worth reading ([`scan`], [`sieve`]), values too common to
//! fire ([`warninglist`]), a sensor as a state machine ([`watch`]).
//!
//! **Is not**: where telemetry comes from, where sightings go. Nothing here does I/O, logs, or reads a clock.
//!
//! **Promises**
//! 1. [`program::Program`] finds what [`reference::evaluate`] finds; property tests hold it to that. Where a limit made it
//!    forget something, it counts that ([`Dropped`]).
//! 2. Nothing is unbounded: every size that patterns or telemetry control has a limit in [`MatcherLimits`],
//!    [`telemetry::TelemetryLimits`], [`telemetry::MappingLimits`] or [`warninglist::WarninglistLimits`].
//! 3. [`scan::Scanner`] has a candidate for every line that a program would match, or says which lines it cannot tell.
//! 4. Adding or removing an indicator rebuilds nothing: it costs microseconds, however many there are.
//!
//! **Start reading** at [`Observation`], then [`mod@reference`], then [`program`], then [`scan`].

mod compare;
mod evaluate;
mod formula;
mod index;
pub mod indicator;
mod like;
mod limits;
mod literal;
mod network;
pub mod observation;
pub mod observed_data;
mod plan;
pub mod program;
pub mod reference;
pub mod scan;
pub mod sieve;
pub mod telemetry;
mod usual;
pub mod warninglist;
pub mod watch;
mod window;
mod witness;

pub use compare::Equality;
pub use formula::CompileError;
pub use indicator::{Dropped, IndicatorId, Match, Standing, Validity};
pub use limits::MatcherLimits;
pub use observation::{Field, Observation, ObservationId, Value};
pub use program::{Program, Usual};
