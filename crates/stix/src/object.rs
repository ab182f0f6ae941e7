//! What is an object to a node that copies rather than understands? A small head and the text it came in.
//!
//! Both live in one buffer, the *record*: what the store writes is what it reads back, and what the wire gets is a
//! slice of it.

mod head;

use std::{borrow::Cow, fmt, ops::Range};

use bytes::Bytes;

pub use self::head::Head;
use crate::{
    Code, Finding, Limits, Timestamp,
    json::{Kind, SyntaxError, Tree, Value},
};

/// Which version of STIX an object is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpecVersion {
    /// STIX 2.0: no `spec_version` on the object.
    V20,
    /// STIX 2.1.
    V21,
}

impl SpecVersion {
    /// As `match[spec_version]` and media types write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V20 => "2.0",
            Self::V21 => "2.1",
        }
    }
}

/// One version of one STIX object: parsed head and original text.
#[derive(Clone, PartialEq, Eq)]
pub struct Object {
    record: Bytes,
    id: Range<u32>,
    lists: u32,
    text: u32,
    markings: u16,
    references: u16,
    flags: u8,
    created: Option<Timestamp>,
    modified: Option<Timestamp>,
}

/// Why bytes are not a record of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Written by a version of Cresset that this one does not know.
    #[error("object record of unknown format `{0}`")]
    Format(u8),
    /// The record ends before its text.
    #[error("object record is cut short")]
    Short,
}

const FORMAT: u8 = 1;
const GRANULAR: u8 = 1;
const REVOKED: u8 = 2;
const SPEC_20: u8 = 4;
const CREATED: u8 = 8;
const MODIFIED: u8 = 16;
/// Where the identifier starts, behind what has a fixed size.
const ID_AT: u32 = 36;
const FIXED_BYTES: usize = ID_AT as usize;

impl Object {
    /// Reads the head of an object. Only what a head needs is checked here; [`crate::validate::object`] says the rest.
    ///
    /// # Errors
    /// Findings of severity error where there is no usable head: malformed JSON, a limit met, duplicate keys, no
    /// dictionary, no type and identifier that belong together, malformed `created`, `modified` or references.
    pub fn parse(text: &[u8], limits: &Limits) -> Result<Self, Vec<Finding>> {
        let tree = tree(text, limits)?;
        Self::from_tree(&tree, limits)
    }

    /// [`Object::parse`] for a text that is parsed already.
    ///
    /// # Errors
    /// As [`Object::parse`].
    pub fn from_tree(tree: &Tree<'_>, limits: &Limits) -> Result<Self, Vec<Finding>> {
        let head = Head::read(tree, limits)?;
        write_record(&head, tree.text()).ok_or_else(Vec::new)
    }

    /// Reads back what [`Object::record`] gave.
    ///
    /// # Errors
    /// [`RecordError`] for bytes that are no record.
    pub fn from_record(record: Bytes) -> Result<Self, RecordError> {
        let (fixed, rest) = record.split_first_chunk::<FIXED_BYTES>().ok_or(RecordError::Short)?;
        let mut reader = Fixed(fixed);
        let format = u8::from_le_bytes(reader.take());
        if format != FORMAT {
            return Err(RecordError::Format(format));
        }
        let flags = u8::from_le_bytes(reader.take());
        let id_bytes = u32::from(u16::from_le_bytes(reader.take()));
        let markings = u16::from_le_bytes(reader.take());
        let references = u16::from_le_bytes(reader.take());
        let text = u32::from_le_bytes(reader.take());
        let created =
            Timestamp::from_parts(i64::from_le_bytes(reader.take()), u32::from_le_bytes(reader.take()));
        let modified =
            Timestamp::from_parts(i64::from_le_bytes(reader.take()), u32::from_le_bytes(reader.take()));
        let id = ID_AT..ID_AT + id_bytes;
        let whole = rest.len() + FIXED_BYTES;
        if id.end > text
            || text as usize > whole
            || std::str::from_utf8(record.get(span(&id)).unwrap_or(&[])).is_err()
        {
            return Err(RecordError::Short);
        }
        Ok(Self {
            lists: id.end,
            id,
            text,
            markings,
            references,
            flags,
            created: (flags & CREATED != 0).then_some(created),
            modified: (flags & MODIFIED != 0).then_some(modified),
            record,
        })
    }

    /// The whole record, for a store to keep.
    pub fn record(&self) -> &Bytes {
        &self.record
    }

    /// The identifier.
    pub fn id(&self) -> &str {
        self.record.get(span(&self.id)).and_then(|id| std::str::from_utf8(id).ok()).unwrap_or("")
    }

    /// The object type.
    pub fn object_type(&self) -> &str {
        crate::id::object_type(self.id())
    }

    /// Which STIX it is written in.
    pub fn spec_version(&self) -> SpecVersion {
        if self.flags & SPEC_20 == 0 { SpecVersion::V21 } else { SpecVersion::V20 }
    }

    /// `created`, where the object has it.
    pub fn created(&self) -> Option<Timestamp> {
        self.created
    }

    /// `modified`, where the object has it.
    pub fn modified(&self) -> Option<Timestamp> {
        self.modified
    }

    /// What tells versions of one id apart (TAXII 2.1 section 3.4.1): `modified`, else `created`, else nothing.
    pub fn version(&self) -> Option<Timestamp> {
        self.modified.or(self.created)
    }

    /// Whether it says `revoked: true`.
    pub fn is_revoked(&self) -> bool {
        self.flags & REVOKED != 0
    }

    /// Whether it has granular markings.
    pub fn has_granular_markings(&self) -> bool {
        self.flags & GRANULAR != 0
    }

    /// Its `object_marking_refs`.
    pub fn markings(&self) -> impl Iterator<Item = &str> {
        self.list(0, usize::from(self.markings))
    }

    /// Every identifier in a `*_ref` or `*_refs` property anywhere in the object, markings left out; each once.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.list(usize::from(self.markings), usize::from(self.references))
    }

    fn list(&self, skip: usize, take: usize) -> impl Iterator<Item = &str> {
        let mut rest = self.record.get(self.lists as usize..self.text as usize).unwrap_or(&[]);
        let all = std::iter::from_fn(move || {
            let (length, tail) = rest.split_first_chunk::<2>()?;
            let (text, tail) = tail.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
            rest = tail;
            std::str::from_utf8(text).ok()
        });
        all.skip(skip).take(take)
    }

    /// The text it came in.
    pub fn text(&self) -> Bytes {
        self.record.slice(self.text as usize..)
    }

    /// [`Object::text`] without counting another owner.
    pub fn text_bytes(&self) -> &[u8] {
        self.record.get(self.text as usize..).unwrap_or(&[])
    }
}

/// Says which object, never what is in it.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("id", &self.id())
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

fn span(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

struct Fixed<'a>(&'a [u8]);

impl Fixed<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk::<N>() {
            Some((head, tail)) => {
                self.0 = tail;
                *head
            }
            None => [0; N],
        }
    }
}

/// Parses a text as one JSON value without duplicate keys.
///
/// # Errors
/// One finding for malformed text or a limit met, or one for each duplicate key.
pub fn tree<'t>(text: &'t [u8], limits: &Limits) -> Result<Tree<'t>, Vec<Finding>> {
    let tree = Tree::parse(text, limits).map_err(|error| vec![syntax_finding(text, &error)])?;
    let duplicates: Vec<_> = tree
        .duplicates()
        .take(limits.findings_max)
        .map(|value| {
            let (line, column) = line_and_column(text, value.span().start);
            let message = format!("a key stands twice in one dictionary, at line {line}, column {column}");
            Finding::error(Code::JsonDuplicateKey, pointer_to(&tree, value), "1.2", message)
        })
        .collect();
    if duplicates.is_empty() { Ok(tree) } else { Err(duplicates) }
}

fn syntax_finding(text: &[u8], error: &SyntaxError) -> Finding {
    let code = if error.problem.is_limit() { Code::LimitExceeded } else { Code::JsonSyntax };
    let (line, column) = line_and_column(text, error.offset);
    let section = if error.problem.is_limit() { "-" } else { "1.2" };
    Finding::error(
        code,
        "",
        section,
        format!("{}, at line {line}, column {column} of the object", error.problem),
    )
}

/// Line and column of a byte, both from 1, columns in bytes.
pub fn line_and_column(text: &[u8], offset: usize) -> (usize, usize) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1) + 1;
    (line, column)
}

/// The JSON pointer (RFC 6901) of a value in a tree.
pub fn pointer_to(tree: &Tree<'_>, value: Value<'_>) -> String {
    let target = value.span();
    let mut pointer = String::new();
    let mut here = tree.root();
    while here.span() != target {
        let inside = |child: &Value<'_>| child.span().start <= target.start && target.end <= child.span().end;
        let step = match here.kind() {
            Kind::Dictionary => here
                .members()
                .find(|(_, child)| inside(child))
                .map(|(key, child)| (escape_pointer(&key.as_str().unwrap_or_default()).into_owned(), child)),
            Kind::List => here
                .elements()
                .enumerate()
                .find(|(_, child)| inside(child))
                .map(|(index, child)| (index.to_string(), child)),
            Kind::Null | Kind::Boolean | Kind::Number | Kind::String => None,
        };
        let Some((name, child)) = step else { break };
        pointer.push('/');
        pointer.push_str(&name);
        here = child;
    }
    pointer
}

/// One step of a JSON pointer, with `~` and `/` escaped.
pub fn escape_pointer(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

fn write_record(head: &Head<'_>, text: &str) -> Option<Object> {
    let Head { id, markings, references, .. } = head;
    let mut flags = 0;
    flags |= if head.granular_markings.is_some() { GRANULAR } else { 0 };
    flags |= if head.is_revoked { REVOKED } else { 0 };
    flags |= if head.spec_version == SpecVersion::V20 { SPEC_20 } else { 0 };
    flags |= if head.created.is_some() { CREATED } else { 0 };
    flags |= if head.modified.is_some() { MODIFIED } else { 0 };
    let ids = || markings.iter().chain(references);
    let text_at = FIXED_BYTES + id.len() + ids().map(|id| id.len() + 2).sum::<usize>();
    let mut record = Vec::with_capacity(text_at + text.len());
    record.extend_from_slice(&[FORMAT, flags]);
    record.extend_from_slice(&u16::try_from(id.len()).ok()?.to_le_bytes());
    record.extend_from_slice(&u16::try_from(markings.len()).ok()?.to_le_bytes());
    record.extend_from_slice(&u16::try_from(references.len()).ok()?.to_le_bytes());
    record.extend_from_slice(&u32::try_from(text_at).ok()?.to_le_bytes());
    for date in [head.created, head.modified] {
        let date = date.unwrap_or(Timestamp::EPOCH);
        record.extend_from_slice(&date.seconds().to_le_bytes());
        record.extend_from_slice(&date.nanos().to_le_bytes());
    }
    record.extend_from_slice(id.as_bytes());
    for id in ids() {
        record.extend_from_slice(&u16::try_from(id.len()).ok()?.to_le_bytes());
        record.extend_from_slice(id.as_bytes());
    }
    record.extend_from_slice(text.as_bytes());
    Object::from_record(record.into()).ok()
}

/// Whether a type is one of the 18 cyber-observable objects (STIX 2.1 section 6).
pub fn is_observable(object_type: &str) -> bool {
    OBSERVABLES.binary_search(&object_type).is_ok()
}

/// The cyber-observable objects, sorted.
pub const OBSERVABLES: [&str; 18] = [
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

#[cfg(test)]
mod tests {
    use super::*;

    const INDICATOR: &str = r#"{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
 "created":"2016-04-06T20:03:48.000Z","modified":"2016-04-06T20:03:48.1Z","revoked":true,
 "created_by_ref":"identity--f431f809-377b-45e0-aa1c-6a4751cae5ff",
 "object_marking_refs":["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
 "granular_markings":[{"marking_ref":"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9","selectors":["name"]}],
 "x":{"deep":[{"seen_refs":["identity--f431f809-377b-45e0-aa1c-6a4751cae5ff","tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"]}]},
 "n":1.50}"#;

    fn codes(text: &str) -> Vec<(Code, String)> {
        let findings = Object::parse(text.as_bytes(), &Limits::DEFAULT).unwrap_err();
        findings.into_iter().map(|finding| (finding.code, finding.pointer)).collect()
    }

    #[test]
    fn the_head_is_read_and_the_text_is_kept() {
        let object = Object::parse(INDICATOR.as_bytes(), &Limits::DEFAULT).unwrap();
        assert_eq!(object.id(), "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f");
        assert_eq!(object.object_type(), "indicator");
        assert_eq!(object.spec_version(), SpecVersion::V21);
        assert_eq!(object.version(), Some(Timestamp::parse("2016-04-06T20:03:48.1Z").unwrap()));
        assert!(object.is_revoked() && object.has_granular_markings());
        assert_eq!(
            object.markings().collect::<Vec<_>>(),
            ["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]
        );
        assert_eq!(
            object.references().collect::<Vec<_>>(),
            ["identity--f431f809-377b-45e0-aa1c-6a4751cae5ff", "tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"]
        );
        assert_eq!(object.text_bytes(), INDICATOR.as_bytes());
    }

    #[test]
    fn a_record_reads_back_as_the_same_object() {
        let object = Object::parse(INDICATOR.as_bytes(), &Limits::DEFAULT).unwrap();
        assert_eq!(Object::from_record(object.record().clone()).unwrap(), object);
        assert_eq!(Object::from_record(object.record().slice(..30)), Err(RecordError::Short));
        assert_eq!(Object::from_record(object.record().slice(..50)), Err(RecordError::Short));
        let mut other = object.record().to_vec();
        other[0] = 9;
        assert_eq!(Object::from_record(other.into()), Err(RecordError::Format(9)));
    }

    #[test]
    fn every_fault_of_the_head_is_found_at_once() {
        assert_eq!(
            codes(
                r#"{"id":"tool--1","created":"yesterday","modified":5,"spec_version":"3","x_ref":"a--b","object_marking_refs":[1,"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"]}"#
            ),
            [
                (Code::PropertyMissing, "/type".to_owned()),
                (Code::IdForm, "/id".to_owned()),
                (Code::SpecVersion, "/spec_version".to_owned()),
                (Code::TimestampForm, "/created".to_owned()),
                (Code::PropertyType, "/modified".to_owned()),
                (Code::PropertyType, "/object_marking_refs/0".to_owned()),
                (Code::ReferenceType, "/object_marking_refs/1".to_owned()),
            ]
        );
        assert_eq!(codes("[]"), [(Code::BundleElement, String::new())]);
        assert_eq!(codes("{"), [(Code::JsonSyntax, String::new())]);
        assert_eq!(codes(r#"{"a":{"b/c":1,"b/c":2}}"#), [(Code::JsonDuplicateKey, "/a/b~1c".to_owned())]);
        assert_eq!(
            codes(r#"{"type":"tool","id":"malware--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"}"#),
            [(Code::IdForm, "/id".to_owned())]
        );
    }

    #[test]
    fn an_object_without_spec_version_is_stix_20_unless_observable() {
        let read = |text: &str| Object::parse(text.as_bytes(), &Limits::DEFAULT).unwrap().spec_version();
        let date = r#""created":"2016-04-06T20:03:48.000Z""#;
        assert_eq!(
            read(&format!(r#"{{"type":"tool","id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",{date}}}"#)),
            SpecVersion::V20
        );
        assert_eq!(
            read(r#"{"type":"url","id":"url--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"}"#),
            SpecVersion::V21
        );
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        assert_eq!(line_and_column(b"ab\ncd", 4), (2, 2));
        assert_eq!(line_and_column(b"ab", 99), (1, 3));
    }
}
