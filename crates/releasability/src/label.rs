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
        let word = word.to_ascii_uppercase();
        match word.strip_prefix("TLP:").unwrap_or(&word) {
            "CLEAR" | "WHITE" => Ok(Self::Clear),
            "GREEN" => Ok(Self::Green),
            "AMBER" => Ok(Self::Amber),
            "AMBER+STRICT" => Ok(Self::AmberStrict),
            "RED" => Ok(Self::Red),
            _ => Err(TlpError),
        }
    }
}

/// Permissible Actions Protocol: what a recipient may do with something, loosest first. PAP's older WHITE is CLEAR.
///
/// It says nothing of who may have it, so [`crate::Policy::decide`] does not read it; whoever acts on what it got does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum Pap {
    /// Anything that the law allows.
    #[default]
    #[serde(rename = "CLEAR")]
    Clear,
    /// Active actions too, such as blocking, that do not tell the attacker who acts.
    #[serde(rename = "GREEN")]
    Green,
    /// Passive checks only, at third parties too.
    #[serde(rename = "AMBER")]
    Amber,
    /// Only what nobody outside can notice.
    #[serde(rename = "RED")]
    Red,
}

impl Pap {
    /// Every level, loosest first.
    pub const ALL: [Self; 4] = [Self::Clear, Self::Green, Self::Amber, Self::Red];

    /// The word, without `PAP:`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::Red => "RED",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    fn is_clear(&self) -> bool {
        *self == Self::Clear
    }
}

impl fmt::Display for Pap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no PAP level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PAP level is `CLEAR`, `GREEN`, `AMBER` or `RED`")]
pub struct PapError;

impl FromStr for Pap {
    type Err = PapError;

    fn from_str(word: &str) -> Result<Self, PapError> {
        let word = word.to_ascii_uppercase();
        match word.strip_prefix("PAP:").unwrap_or(&word) {
            "CLEAR" | "WHITE" => Ok(Self::Clear),
            "GREEN" => Ok(Self::Green),
            "AMBER" => Ok(Self::Amber),
            "RED" => Ok(Self::Red),
            _ => Err(PapError),
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
    /// What may be done with it; it decides nothing about who may have it.
    #[serde(skip_serializing_if = "Pap::is_clear")]
    pub pap: Pap,
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
            pap: self.pap.max(other.pap),
            levels,
            rel: self.rel.union(&other.rel).cloned().collect(),
            not: self.not.union(&other.not).cloned().collect(),
            valid: self.valid.intersect(&other.valid),
            orcon: self.orcon.max(other.orcon),
            unknown: self.unknown.union(&other.unknown).cloned().collect(),
        }
    }
}

/// For people: `TLP:AMBER, PAP:RED, NATO level 3, REL JPN NATO, NOT NOR, ORCON, until …`.
impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLP:{}", self.tlp)?;
        if self.pap != Pap::Clear {
            write!(f, ", PAP:{}", self.pap)?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_written_before_there_was_a_pap_still_reads() {
        let old = r#"{"tlp":"AMBER","rel":[["NATO"]],"valid":{},"orcon":"Yes"}"#;
        let label: Label = serde_json::from_str(old).unwrap();
        assert_eq!((label.tlp, label.pap, label.orcon), (Tlp::Amber, Pap::Clear, OriginatorControl::Yes));
        assert_eq!(serde_json::to_string(&label).unwrap(), old);
    }

    #[test]
    fn a_pap_is_written_where_it_restricts_and_shown() {
        let label = Label { pap: Pap::Red, ..Label::of(Tlp::Green) };
        let text = serde_json::to_string(&label).unwrap();
        assert_eq!(text, r#"{"tlp":"GREEN","pap":"RED","valid":{},"orcon":"No"}"#);
        assert_eq!(serde_json::from_str::<Label>(&text).unwrap(), label);
        assert_eq!(label.to_string(), "TLP:GREEN, PAP:RED");
        assert_eq!(Label::clear().to_string(), "TLP:CLEAR");
    }

    #[test]
    fn words_are_read_in_either_case_and_with_one_prefix() {
        assert_eq!("white".parse(), Ok(Pap::Clear));
        assert_eq!("Pap:Amber".parse(), Ok(Pap::Amber));
        assert_eq!("PAP:PAP:RED".parse::<Pap>(), Err(PapError));
        assert_eq!("TLP:TLP:RED".parse::<Tlp>(), Err(TlpError));
        assert!(Pap::ALL.iter().all(|pap| pap.as_str().parse() == Ok(*pap)));
        assert!(Tlp::ALL.iter().all(|tlp| tlp.as_str().parse() == Ok(*tlp)));
    }
}
