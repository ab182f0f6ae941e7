//! What does the matcher know of an indicator, and what does it tell about one?

use std::{fmt, sync::Arc};

use stix::Timestamp;

use crate::ObservationId;

/// Which indicator; its STIX identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorId(Arc<str>);

impl IndicatorId {
    /// An identifier as it is written.
    pub fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IndicatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an indicator is to match at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// While it is valid.
    Active,
    /// No longer: its author took it back (STIX 2.1 section 3.6).
    Revoked,
    /// Not here: somebody decided so.
    Suppressed,
}

/// When an indicator matches (STIX 2.1 section 4.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// `valid_from`
    pub from: Timestamp,
    /// `valid_until`; from this moment on it is not valid.
    pub until: Option<Timestamp>,
    /// Whether it is to match at all.
    pub standing: Standing,
}

impl Validity {
    /// Whether it matches what is observed at a moment.
    pub fn includes(&self, moment: Timestamp) -> bool {
        self.standing == Standing::Active
            && moment >= self.from
            && self.until.is_none_or(|until| moment < until)
    }
}

/// An indicator matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// Observations that satisfy it, as far as they came; each once.
    pub observations: Vec<ObservationId>,
    /// The time of the observation that completes it.
    pub at: Timestamp,
}

/// What was forgotten because of a limit, since the program began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dropped {
    /// Observations that came too late for patterns over several.
    pub late: u64,
    /// Observations for which there was no place to wait.
    pub waiting: u64,
    /// Partial matches.
    pub partials: u64,
}
