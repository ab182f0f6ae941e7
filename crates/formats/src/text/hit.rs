//! What is found before it is quoted?

use std::ops::Range;

use crate::{Observable, ObservableKind, names::Candidate};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A value that can be looked for.
    Observable(Observable),
    /// A vulnerability, by its CVE number.
    Vulnerability(String),
    /// A technique, tactic, group or software of a framework, by its number there.
    Entry {
        /// Which framework.
        framework: Framework,
        /// Its number there, such as `T1059.001`.
        external_id: String,
    },
    /// An account of a currency without a bank: the address's check is right.
    Wallet {
        /// `bitcoin` or `ethereum`.
        currency: &'static str,
        /// The address.
        address: String,
    },
    /// A vessel, by its number of the International Maritime Organization; the check digit is right.
    Imo(String),
    /// A vessel's radio, by its Maritime Mobile Service Identity.
    Mmsi(String),
    /// A name. More than one candidate: it is not known which is meant.
    Named(Vec<Candidate>),
}

/// A framework that numbers what it describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Framework {
    /// MITRE ATT&CK.
    Attack,
    /// DISARM.
    Disarm,
}

impl Framework {
    /// As its `source_name` has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attack => "mitre-attack",
            Self::Disarm => "DISARM",
        }
    }
}

/// Something found, where, how sure, and why.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) found: Found,
    /// In the text as it was written.
    pub(crate) span: Range<usize>,
    pub(crate) confidence: u8,
    pub(crate) why: Vec<&'static str>,
    /// Identifiers beat names.
    pub(crate) rank: Rank,
    /// The pattern of a name.
    pub(crate) pattern: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Name,
    Identifier,
}

/// A judgement in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Judgement {
    pub(crate) confidence: u8,
    pub(crate) why: Vec<&'static str>,
}

impl Judgement {
    pub(crate) fn new(confidence: u8, why: &'static str) -> Self {
        Self { confidence, why: vec![why] }
    }

    /// More sure, for a reason.
    pub(crate) fn more(&mut self, by: u8, why: &'static str) {
        self.confidence = self.confidence.saturating_add(by).min(95);
        self.why.push(why);
    }

    /// Less sure, for a reason.
    pub(crate) fn less(&mut self, by: u8, why: &'static str) {
        self.confidence = self.confidence.saturating_sub(by);
        self.why.push(why);
    }

    pub(crate) fn of(self, found: Found, span: Range<usize>) -> Hit {
        Hit { found, span, confidence: self.confidence, why: self.why, rank: Rank::Identifier, pattern: None }
    }
}

pub(crate) fn observable(kind: ObservableKind, value: impl Into<String>) -> Found {
    Found::Observable(Observable { kind, value: value.into() })
}
