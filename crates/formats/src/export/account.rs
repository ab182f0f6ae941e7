//! What could not be said in another tool's format, of which object, and why?

use std::collections::BTreeMap;

/// So many are told one by one; all are counted.
pub const TOLD_MAX: usize = 1000;

/// Why an object, or a part of what it says, is not in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// It cannot be read.
    Unreadable,
    /// It is of a type that has no place in the format.
    ObjectType,
    /// Its time has not begun.
    NotYetValid,
    /// Its time is over.
    Expired,
    /// It is revoked.
    Revoked,
    /// The node's organisation disagrees with it.
    Suppressed,
    /// The filter leaves out its confidence or kind.
    Filtered,
    /// Its pattern is in a language that has no place in the format.
    PatternType,
    /// Its pattern cannot be read, or not safely be passed through.
    Pattern,
    /// Its pattern, or a part of it, asks for more than single values.
    Combination,
    /// The tool has no way to look for such values.
    Kind,
    /// The value is not of the form that the tool takes, or would be read as something else.
    Value,
    /// All numbers for rules are given away.
    Numbers,
    /// A property has no place in the format.
    Property,
}

impl Why {
    /// The word by which it is told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::ObjectType => "object-type",
            Self::NotYetValid => "not-yet-valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Suppressed => "suppressed",
            Self::Filtered => "filtered",
            Self::PatternType => "pattern-type",
            Self::Pattern => "pattern",
            Self::Combination => "combination",
            Self::Kind => "kind",
            Self::Value => "value",
            Self::Numbers => "numbers",
            Self::Property => "property",
        }
    }
}

/// What became of the objects that were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// How many objects were given.
    pub given: u64,
    /// How many of them are said, in whole or in part.
    pub said: u64,
    /// How often something was left out, by why.
    pub left_out: BTreeMap<Why, u64>,
    /// Which object, why and what of it; the first [`TOLD_MAX`].
    pub told: Vec<(String, Why, String)>,
}

impl Account {
    /// Notes that something of an object is left out.
    pub fn leave_out(&mut self, id: &str, why: Why, what: &str) {
        *self.left_out.entry(why).or_default() += 1;
        if self.told.len() < TOLD_MAX {
            self.told.push((id.to_owned(), why, super::plain::one_line(what)));
        }
    }
}
