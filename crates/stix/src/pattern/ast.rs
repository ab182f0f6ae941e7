//! What are the parts of a pattern?

use crate::Timestamp;

/// An observation expression (STIX 2.1 section 9.5). Lists have at least two members.
#[derive(Debug, Clone, PartialEq)]
pub enum Observations {
    /// `[…]`: one observation that satisfies a comparison expression.
    Simple(Comparisons),
    /// AND: all, on different observations.
    And(Vec<Self>),
    /// OR: at least one.
    Or(Vec<Self>),
    /// FOLLOWEDBY: all, on different observations, each not before the one in front of it.
    FollowedBy(Vec<Self>),
    /// With qualifiers, the first of them applied first.
    Qualified(Box<Self>, Vec<Qualifier>),
}

/// What qualifies an observation expression (section 9.5.2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Qualifier {
    /// WITHIN so many seconds; finite and above zero.
    Within(f64),
    /// REPEATS so many times; at least once.
    Repeats(u32),
    /// START to STOP, the end not included.
    StartStop(Timestamp, Timestamp),
}

/// A comparison expression (section 9.6). Lists have at least two members.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparisons {
    /// One comparison.
    One(Comparison),
    /// AND: all, on the same object.
    And(Vec<Self>),
    /// OR: at least one.
    Or(Vec<Self>),
}

/// What is asked of the values at one object path.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Where the values are.
    pub path: ObjectPath,
    /// Whether NOT stands before the operator: the comparison as a whole is negated.
    pub negated: bool,
    /// What is asked.
    pub test: Test,
}

/// A comparison operator with its constants (section 9.6.1).
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`.
    Compare(Comparator, Constant),
    /// IN a set.
    In(Vec<Constant>),
    /// LIKE a text with `%` and `_`.
    Like(String),
    /// MATCHES a regular expression.
    Matches(String),
    /// ISSUBSET of a network.
    IsSubset(String),
    /// ISSUPERSET of an address or network.
    IsSuperset(String),
    /// EXISTS.
    Exists,
}

/// An operator between a value and one constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparator {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// A constant (section 9.2).
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// A number without fraction.
    Integer(i64),
    /// A number with a fraction; finite.
    Float(f64),
    /// `'…'`
    Text(String),
    /// `true` or `false`
    Boolean(bool),
    /// `h'…'`
    Hex(Vec<u8>),
    /// `b'…'`
    Binary(Vec<u8>),
    /// `t'…'`
    Timestamp(Timestamp),
}

/// Which values of which objects (section 9.7).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectPath {
    /// Type of the object that the path starts from.
    pub object_type: String,
    /// At least one step, the first a key.
    pub steps: Vec<Step>,
}

/// One step of an object path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into a property or a key of a dictionary; into the object that a reference names, where the last key was one.
    Key(String),
    /// `[3]`: the member of a list at a place, from 0.
    Index(u32),
    /// `[*]`: every member of a list.
    Any,
}

/// Whether a property of this name is a reference or a list of references (section 3.1: `_ref`, `_refs`).
pub fn is_reference(name: &str) -> bool {
    name.ends_with("_ref") || name.ends_with("_refs")
}
