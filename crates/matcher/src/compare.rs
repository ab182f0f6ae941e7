//! How does a value compare to a constant? (STIX 2.1 sections 9.2 and 9.6)

use std::{borrow::Cow, cmp::Ordering};

use stix::{
    Timestamp,
    pattern::{Comparator, Constant, octets},
};
use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

use crate::{network::Network, observation::Value};

/// When two strings are equal to `=`, `!=` and IN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Equality {
    /// As the standard has it (section 9.6.2): code point by code point.
    #[default]
    Exact,
    /// Hashes and domain names whatever their case, addresses and networks whatever their spelling, `/32` like the host.
    Normalised,
}

/// A value that a path led to, and what is known of the place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) value: &'a Value,
    /// Type of the object that the value stands in.
    pub(crate) owner: &'a str,
    /// The last key on the way.
    pub(crate) key: &'a str,
    /// The key before that.
    pub(crate) parent: &'a str,
}

/// A value as far as it is compared: hex and binary decoded (section 9.2).
pub(crate) enum Scalar<'a> {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(&'a str),
    Octets(Vec<u8>),
    /// A list or dictionary.
    Neither,
}

impl<'a> Place<'a> {
    pub(crate) fn scalar(self) -> Scalar<'a> {
        match self.value {
            Value::Boolean(value) => Scalar::Boolean(*value),
            Value::Integer(number) => Scalar::Integer(*number),
            Value::Float(number) => Scalar::Float(*number),
            Value::Text(text) => decoded(self.key, text).map_or(Scalar::Text(text), Scalar::Octets),
            Value::List(_) | Value::Dictionary(_) => Scalar::Neither,
        }
    }
}

/// Whether the name of a property says that its values are hex or binary (section 3.1).
pub(crate) fn holds_octets(key: &str) -> bool {
    key.ends_with("_hex") || key.ends_with("_bin")
}

/// What the text of a hex or binary property stands for; nothing for other properties and for text that is neither.
fn decoded(key: &str, text: &str) -> Option<Vec<u8>> {
    if key.ends_with("_hex") {
        octets::from_hex(text)
    } else if key.ends_with("_bin") {
        octets::from_base64(text)
    } else {
        None
    }
}

/// Text compares to octets if every code point is below 256 (section 9.2).
fn narrow(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

/// The order of a value and a constant; nothing where the two are not comparable.
pub(crate) fn order(place: Place<'_>, constant: &Constant) -> Option<Ordering> {
    match (place.scalar(), constant) {
        (Scalar::Integer(own), Constant::Integer(other)) => Some(own.cmp(other)),
        (Scalar::Integer(own), Constant::Float(other)) => near(own).partial_cmp(other),
        (Scalar::Float(own), Constant::Integer(other)) => own.partial_cmp(&near(*other)),
        (Scalar::Float(own), Constant::Float(other)) => own.partial_cmp(other),
        (Scalar::Boolean(own), Constant::Boolean(other)) => Some(own.cmp(other)),
        (Scalar::Text(own), Constant::Text(other)) => Some(own.cmp(other.as_str())),
        (Scalar::Text(own), Constant::Hex(other) | Constant::Binary(other)) => Some(narrow(own)?.cmp(other)),
        (Scalar::Octets(own), Constant::Hex(other) | Constant::Binary(other)) => Some(own.cmp(other)),
        (Scalar::Octets(own), Constant::Text(other)) => Some(own.cmp(&narrow(other)?)),
        (Scalar::Text(own), Constant::Timestamp(other)) => Some(Timestamp::parse_stix(own).ok()?.cmp(other)),
        _ => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the nearest float, as the standard compares numbers of both types"
)]
pub(crate) fn near(number: i64) -> f64 {
    number as f64
}

/// Whether a value and a constant are equal.
pub(crate) fn equal(place: Place<'_>, constant: &Constant, equality: Equality) -> bool {
    if order(place, constant) == Some(Ordering::Equal) {
        return true;
    }
    if equality == Equality::Exact {
        return false;
    }
    match (place.scalar(), constant) {
        (Scalar::Text(own), Constant::Text(other)) => {
            let any_case = place.parent == "hashes" || place.owner == "domain-name" && place.key == "value";
            any_case && own.eq_ignore_ascii_case(other)
                || Network::parse(own).is_some_and(|own| Network::parse(other) == Some(own))
        }
        _ => false,
    }
}

/// Whether a value satisfies an operator: where the two are not comparable, only `!=` is true (section 9.6.1).
pub(crate) fn satisfies(
    place: Place<'_>,
    comparator: Comparator,
    constant: &Constant,
    equality: Equality,
) -> bool {
    match comparator {
        Comparator::Equal => equal(place, constant, equality),
        Comparator::NotEqual => !equal(place, constant, equality),
        Comparator::Less => order(place, constant) == Some(Ordering::Less),
        Comparator::LessOrEqual => order(place, constant).is_some_and(Ordering::is_le),
        Comparator::Greater => order(place, constant) == Some(Ordering::Greater),
        Comparator::GreaterOrEqual => order(place, constant).is_some_and(Ordering::is_ge),
    }
}

/// Normalisation form C, which LIKE and MATCHES work on (section 9.6.1).
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}
