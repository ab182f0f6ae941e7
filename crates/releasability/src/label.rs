//! What do the markings of one object add up to?

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use stix::Timestamp;

use crate::code::{Code, Organisation};

/// Traffic Light Protocol 2.0 (FIRST, August 2022), loosest first. TLP 1's WHITE is CLEAR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum Tlp {
    /// No limit on disclosure.
    #[default]
    #[serde(rename = "CLEAR")]
    Clear,
    /// Within the community.
    #[serde(rename = "GREEN")]
    Green,
    /// The organisation and its clients, on a need-to-know basis.
    #[serde(rename = "AMBER")]
    Amber,
    /// The organisation only.
    #[serde(rename = "AMBER+STRICT")]
    AmberStrict,
    /// Named recipients only.
    #[serde(rename = "RED")]
    Red,
}

impl Tlp {
    /// Every level, loosest first.
    pub const ALL: [Self; 5] = [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// As TLP 2.0 writes it, without `TLP:`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::AmberStrict => "AMBER+STRICT",
            Self::Red => "RED",
        }
    }
}

impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no TLP level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a TLP level is `CLEAR`, `GREEN`, `AMBER`, `AMBER+STRICT` or `RED`")]
pub struct TlpError;

impl FromStr for Tlp {
    type Err = TlpError;

    fn from_str(word: &str) -> Result<Self, TlpError> {
        match word.to_ascii_uppercase().trim_start_matches("TLP:") {
            "CLEAR" | "WHITE" => Ok(Self::Clear),
            "GREEN" => Ok(Self::Green),
            "AMBER" => Ok(Self::Amber),
            "AMBER+STRICT" => Ok(Self::AmberStrict),
            "RED" => Ok(Self::Red),
            _ => Err(TlpError),
        }
    }
}

/// A time from (included) until (excluded); open where absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Validity {
    /// The first moment.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "moment")]
    pub from: Option<Timestamp>,
    /// The first moment after.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "moment")]
    pub until: Option<Timestamp>,
}

impl Validity {
    /// At all times.
    pub const ALWAYS: Self = Self { from: None, until: None };

    /// Whether a moment lies in it.
    pub fn contains(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// The time in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        };
        Self { from: self.from.max(other.from), until }
    }
}

mod moment {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use stix::Timestamp;

    #[expect(clippy::ref_option, reason = "the signature is serde's")]
    pub(super) fn serialize<S: Serializer>(moment: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => to.collect_str(moment),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| Timestamp::parse(&text).map_err(D::Error::custom)).transpose()
    }
}

/// The name of a classification policy, such as `NATO`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClassificationPolicy(pub String);

/// How high in its classification policy; 0 is the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Level(pub u16);

/// Whether the originator keeps control over onward release (ORCON).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum OriginatorControl {
    /// It does not.
    #[default]
    No,
    /// It does.
    Yes,
}

/// What the markings of one object add up to. See the rule, *Terms*.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    /// Traffic light.
    pub tlp: Tlp,
    /// Classification per policy.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<ClassificationPolicy, Level>,
    /// Sets of codes, each of which must cover the recipient.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub rel: BTreeSet<BTreeSet<Code>>,
    /// Codes none of which may cover the recipient.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub not: BTreeSet<Code>,
    /// When it may be had.
    pub valid: Validity,
    /// Originator control.
    pub orcon: OriginatorControl,
    /// Markings that are absent here or not understood; while there is one, nobody but the origin may have it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unknown: BTreeSet<String>,
}

impl Label {
    /// The label that restricts nothing, the neutral element of [`Label::join`].
    pub fn clear() -> Self {
        Self::default()
    }

    /// Only a traffic light.
    pub fn of(tlp: Tlp) -> Self {
        Self { tlp, ..Self::default() }
    }

    /// The label of a marking that is absent or not understood.
    pub fn unknown(marking: &str) -> Self {
        Self { unknown: BTreeSet::from([marking.to_owned()]), ..Self::default() }
    }

    /// Both at once: commutative, associative, idempotent, and never looser than either side.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let mut levels = self.levels.clone();
        for (policy, level) in &other.levels {
            let joined = levels.get(policy).map_or(*level, |own| *own.max(level));
            levels.insert(policy.clone(), joined);
        }
        Self {
            tlp: self.tlp.max(other.tlp),
            levels,
            rel: self.rel.union(&other.rel).cloned().collect(),
            not: self.not.union(&other.not).cloned().collect(),
            valid: self.valid.intersect(&other.valid),
            orcon: self.orcon.max(other.orcon),
            unknown: self.unknown.union(&other.unknown).cloned().collect(),
        }
    }
}

/// For people: `AMBER, NATO level 3, REL JPN NATO, NOT NOR, ORCON, until …`.
impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLP:{}", self.tlp)?;
        for (policy, level) in &self.levels {
            write!(f, ", {} level {}", policy.0, level.0)?;
        }
        for set in &self.rel {
            write!(f, ", REL")?;
            set.iter().try_for_each(|code| write!(f, " {code}"))?;
        }
        if !self.not.is_empty() {
            write!(f, ", NOT")?;
            self.not.iter().try_for_each(|code| write!(f, " {code}"))?;
        }
        if self.orcon == OriginatorControl::Yes {
            write!(f, ", ORCON")?;
        }
        if let Some(from) = self.valid.from {
            write!(f, ", from {from}")?;
        }
        if let Some(until) = self.valid.until {
            write!(f, ", until {until}")?;
        }
        if !self.unknown.is_empty() {
            write!(f, ", with {} marking(s) not understood", self.unknown.len())?;
        }
        Ok(())
    }
}

/// Whether an object has granular markings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum Granularity {
    /// Its label is the label of all its properties.
    #[default]
    Whole,
    /// Some properties have stricter labels.
    Granular,
}

/// What decides about an object before it is read: the label, who brought it, whether parts differ. Stores intern it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// The organisation that brought it through an authenticated door.
    pub origin: Organisation,
    /// Its label.
    pub label: Label,
    /// Whether parts have stricter labels.
    #[serde(default)]
    pub granularity: Granularity,
}
