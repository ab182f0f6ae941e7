//! How is the standard written down here? One row per property, as in its own tables.

use std::cmp::Ordering;

use super::{rules::Rule, vocabulary::Vocabulary};

/// Which kind of STIX object a type is (section 3.2 has one column for each).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// STIX Domain Object (section 4).
    Domain,
    /// STIX Relationship Object (section 5).
    Relationship,
    /// STIX Cyber-observable Object (section 6).
    Observable,
    /// Extension Definition (section 7.3).
    Extension,
    /// Language Content (section 7.1).
    Language,
    /// Marking Definition (section 7.2).
    Marking,
}

/// Whether a property has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It has to.
    Required,
    /// It may.
    Optional,
    /// The standard calls it not applicable to this category.
    NotApplicable,
}

/// What a property holds (section 2).
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Reported by the head of the object, not here: `type`, `id`, `spec_version`.
    Head,
    /// `created` and `modified`: the head reports their form; here only their precision (section 3.2).
    HeadTimestamp,
    /// `object_marking_refs`: the head reports its elements; here only whether it is empty (section 7.2.2).
    HeadMarkings,
    /// string (section 2.15).
    Text,
    /// string that says something.
    FilledText,
    /// string of a form of its own.
    Form(Form),
    /// boolean (section 2.2).
    Boolean,
    /// integer (section 2.10) between two numbers, both included.
    Integer(i64, i64),
    /// float (section 2.6) between two numbers, both included.
    Float(f64, f64),
    /// timestamp (section 2.16).
    Timestamp,
    /// hex (section 2.8).
    Hex,
    /// binary (section 2.1).
    Binary,
    /// identifier (section 2.9) of an object of certain types.
    Id(Targets),
    /// list of identifiers.
    Ids(Targets),
    /// open-vocab or enum (sections 2.14, 2.4).
    Vocabulary(&'static Vocabulary),
    /// list (section 2.12).
    List(&'static Shape),
    /// dictionary (section 2.3).
    Dictionary(Entries),
    /// hashes (section 2.7).
    Hashes,
    /// A type with a table of its own.
    Struct(&'static Table),
    /// `selectors` of a granular marking (section 7.2.3).
    Selectors,
    /// `extensions` (section 3.2, 7.3).
    Extensions,
    /// `contents` of a language-content (section 7.1).
    Translations,
    /// `objects` of an observed-data: the deprecated container (section 2.13).
    Container,
    /// `definition` of a marking-definition (section 7.2.1), whose shape follows from another property.
    Definition,
}

/// Forms of strings that the standard asks for beyond "a string".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// RFC 5646 language code.
    Language,
    /// a–z, 0–9 and hyphen (section 5.1.2).
    RelationshipType,
    /// Lower case with hyphens, as is recommended (section 2.11).
    LowerHyphenated,
    /// ISO 3166-1 alpha-2, as is recommended (section 4.10).
    Country,
    /// Colon-delimited lower-case MAC-48 (section 6.10).
    Mac,
    /// IPv4 address or CIDR block (section 6.8).
    Ipv4,
    /// IPv6 address or CIDR block (section 6.9).
    Ipv6,
    /// Domain name (section 6.4).
    Domain,
    /// URL (section 6.15).
    Url,
    /// addr-spec of an e-mail address (section 6.5).
    Email,
}

impl Form {
    /// Whether this is the form of an observable's value, which may be defanged.
    pub(super) fn is_defangable(self) -> bool {
        matches!(self, Self::Ipv4 | Self::Ipv6 | Self::Domain | Self::Url | Self::Email)
    }
}

/// What the values of a dictionary have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entries {
    /// Anything.
    Any,
    /// Strings.
    Text,
    /// Integers.
    Integer,
    /// Integers or strings.
    IntegerOrText,
    /// Lists of strings.
    Texts,
}

/// Which types a reference may point at. A type that the standard does not define may be any kind of object, so only
/// [`Targets::Only`] refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    /// Every STIX object; a bundle is none.
    Any,
    /// These types alone.
    Only(&'static [&'static str]),
    /// Domain objects.
    Domain,
    /// Cyber-observable objects.
    Observable,
    /// Domain and cyber-observable objects: the ends of a relationship.
    DomainOrObservable,
    /// Cyber-observable and relationship objects: the contents of an observed-data.
    ObservableOrRelationship,
}

/// One property.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// Whether it has to be there.
    pub need: Need,
    /// What it holds.
    pub shape: Shape,
}

/// A required property.
pub(super) const fn required(name: &'static str, shape: Shape) -> Row {
    Row { name, need: Need::Required, shape }
}

/// An optional property.
pub(super) const fn optional(name: &'static str, shape: Shape) -> Row {
    Row { name, need: Need::Optional, shape }
}

/// The properties of one type.
#[derive(Debug)]
pub struct Table {
    /// The section of the standard.
    pub section: &'static str,
    /// Its properties, in the order of [`by_length`]; 64 at most, since which ones were seen is kept in as many bits.
    pub rows: &'static [Row],
    pub(super) rules: &'static [Rule],
}

impl Table {
    /// The place and the row of a property.
    pub fn find(&self, name: &str) -> Option<(usize, &'static Row)> {
        let at = self.rows.binary_search_by(|row| by_length(row.name, name)).ok()?;
        self.rows.get(at).map(|row| (at, row))
    }
}

/// The order of everything that is looked up by name here: by length first, since comparing lengths is cheaper than
/// comparing text, and mostly enough.
pub fn by_length(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// An extension that the standard itself defines (section 3.10): its key and its properties.
pub type Predefined = (&'static str, &'static Table);

/// One type of STIX object.
#[derive(Debug)]
pub struct Type {
    /// Its name.
    pub name: &'static str,
    /// Which kind of object.
    pub category: Category,
    /// Its own properties; the common ones are in [`super::COMMON`].
    pub table: &'static Table,
    /// The extensions that the standard defines for it.
    pub extensions: &'static [Predefined],
    /// Its ID contributing properties, sorted (section 3.4).
    pub contributing: &'static [&'static str],
}

impl Type {
    /// A type without predefined extensions or contributing properties.
    pub(super) const fn plain(name: &'static str, category: Category, table: &'static Table) -> Self {
        Self { name, category, table, extensions: &[], contributing: &[] }
    }
}

/// Sorts rows in the order of [`by_length`] while compiling, so that tables can be written in the order of the standard.
#[expect(clippy::indexing_slicing, reason = "runs while compiling, where `get` is not to be had")]
pub(super) const fn sorted<const N: usize>(mut rows: [Row; N]) -> [Row; N] {
    let mut done = 1;
    while done < N {
        let mut at = done;
        while at > 0 && comes_before(rows[at].name.as_bytes(), rows[at - 1].name.as_bytes()) {
            let row = rows[at];
            rows[at] = rows[at - 1];
            rows[at - 1] = row;
            at -= 1;
        }
        done += 1;
    }
    rows
}

#[expect(clippy::indexing_slicing, reason = "runs while compiling, where `get` is not to be had")]
const fn comes_before(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return left.len() < right.len();
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return left[at] < right[at];
        }
        at += 1;
    }
    false
}
