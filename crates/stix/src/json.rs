//! Where in the text does each JSON value stand? (RFC 8259)
//!
//! A flat tree of spans over the text: nothing is copied, numbers and escapes keep their spelling, so that
//! whatever is left of an object after redaction is the bytes that came in.

mod parser;

use std::{borrow::Cow, fmt, ops::Range};

use self::parser::Parser;
use crate::Limits;

/// What kind of JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number, in whatever spelling.
    Number,
    /// A string.
    String,
    /// A list (JSON array).
    List,
    /// A dictionary (JSON object).
    Dictionary,
}

impl Kind {
    /// The STIX word for the kind (section 2).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::List => "list",
            Self::Dictionary => "dictionary",
        }
    }
}

/// Why a text is not JSON that we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {offset}")]
pub struct SyntaxError {
    /// Position in the text, in bytes.
    pub offset: usize,
    /// What was met there.
    pub problem: Problem,
}

/// What was met at the position of a [`SyntaxError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages are the documentation")]
pub enum Problem {
    #[error("the text is not UTF-8")]
    Utf8,
    #[error("the text ends in the middle of a value")]
    End,
    #[error("a value was expected")]
    Value,
    #[error("a key in quotes was expected")]
    Key,
    #[error("a colon was expected")]
    Colon,
    #[error("a comma or the end of the list or dictionary was expected")]
    Comma,
    #[error("the number is malformed")]
    Number,
    #[error("a control character stands unescaped in a string")]
    Control,
    #[error("the escape in the string is malformed")]
    Escape,
    #[error("text follows the value")]
    Trailing,
    #[error("values nest deeper than allowed")]
    Depth,
    #[error("there are more values than allowed")]
    Count,
    #[error("a string is longer than allowed")]
    Length,
    #[error("the text is longer than allowed")]
    Size,
}

impl Problem {
    /// Whether a limit was met, rather than malformed text.
    pub const fn is_limit(self) -> bool {
        matches!(self, Self::Depth | Self::Count | Self::Length | Self::Size)
    }
}

#[derive(Debug, Clone, Copy)]
struct Node {
    start: u32,
    end: u32,
    /// The node after this one's subtree.
    next: u32,
    kind: Kind,
    escaped: Escaped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escaped {
    No,
    Yes,
}

/// A parsed text. See [`Tree::parse`].
pub struct Tree<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    duplicates: Vec<u32>,
}

/// A value in a [`Tree`].
#[derive(Clone, Copy)]
pub struct Value<'a> {
    text: &'a str,
    nodes: &'a [Node],
    at: u32,
}

/// Says how much there is, never what.
impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// Says where it stands, never what it is.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value").field("span", &self.span()).finish_non_exhaustive()
    }
}

impl<'t> Tree<'t> {
    /// Reads one JSON value with nothing but white space around it.
    ///
    /// Duplicate keys are not an error here: [`Tree::duplicates`] lists them.
    ///
    /// # Errors
    /// [`SyntaxError`] with the position, for malformed JSON, text that is not UTF-8, and for every limit met.
    pub fn parse(bytes: &'t [u8], limits: &Limits) -> Result<Self, SyntaxError> {
        if bytes.len() > limits.object_bytes_max || u32::try_from(bytes.len()).is_err() {
            return Err(SyntaxError { offset: limits.object_bytes_max, problem: Problem::Size });
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| SyntaxError { offset: error.valid_up_to(), problem: Problem::Utf8 })?;
        let (nodes, duplicates) = Parser::new(bytes, limits).read()?;
        Ok(Self { text, nodes, duplicates })
    }

    /// The outermost value.
    pub fn root(&self) -> Value<'_> {
        Value { text: self.text, nodes: &self.nodes, at: 0 }
    }

    /// The text that was read.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The values whose key stood in the same dictionary before.
    pub fn duplicates(&self) -> impl Iterator<Item = Value<'_>> {
        self.duplicates.iter().map(|&at| Value { text: self.text, nodes: &self.nodes, at: at + 1 })
    }
}

impl<'a> Value<'a> {
    fn node(self) -> Node {
        // Nodes are only made by the parser, whose indices are always inside.
        self.nodes.get(self.at as usize).copied().unwrap_or(Node {
            start: 0,
            end: 0,
            next: u32::MAX,
            kind: Kind::Null,
            escaped: Escaped::No,
        })
    }

    fn sibling(self, at: u32) -> Self {
        Self { at, ..self }
    }

    /// What kind of value.
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// Where it stands in the text, in bytes, quotes and brackets included.
    pub fn span(self) -> Range<usize> {
        let node = self.node();
        node.start as usize..node.end as usize
    }

    /// Its text as it stands.
    pub fn raw(self) -> &'a str {
        self.text.get(self.span()).unwrap_or("")
    }

    /// The contents of a string, escapes resolved.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        let node = self.node();
        if node.kind != Kind::String {
            return None;
        }
        let inner = self.text.get(node.start as usize + 1..(node.end as usize).saturating_sub(1))?;
        Some(match node.escaped {
            Escaped::No => Cow::Borrowed(inner),
            Escaped::Yes => Cow::Owned(unescape(inner)),
        })
    }

    /// Whether this is a string with exactly these contents.
    pub fn is_str(self, text: &str) -> bool {
        let node = self.node();
        if node.kind != Kind::String {
            return false;
        }
        match node.escaped {
            // By length first: most strings that are asked for are not this one.
            Escaped::No => {
                (node.end - node.start) as usize == text.len() + 2
                    && self.text.as_bytes().get(node.start as usize + 1..node.end as usize - 1)
                        == Some(text.as_bytes())
            }
            Escaped::Yes => self.as_str().is_some_and(|own| own == text),
        }
    }

    /// `true` or `false`.
    pub fn as_bool(self) -> Option<bool> {
        (self.kind() == Kind::Boolean).then(|| self.raw() == "true")
    }

    /// A number without fraction and exponent that fits 64 bits.
    pub fn as_i64(self) -> Option<i64> {
        if self.kind() == Kind::Number { self.raw().parse().ok() } else { None }
    }

    /// Any number, as near as 64 bits hold it.
    pub fn as_f64(self) -> Option<f64> {
        if self.kind() == Kind::Number { self.raw().parse().ok() } else { None }
    }

    /// The value of a key of a dictionary; the first where it stands twice.
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        self.members().find(|(name, _)| name.is_str(key)).map(|(_, value)| value)
    }

    /// The value that a JSON pointer (RFC 6901) leads to from here.
    pub fn pointer(self, pointer: &str) -> Option<Value<'a>> {
        pointer.split('/').skip(1).try_fold(self, |value, step| match value.kind() {
            Kind::List => value.elements().nth(step.parse().ok()?),
            Kind::Dictionary => value.get(&step.replace("~1", "/").replace("~0", "~")),
            Kind::Null | Kind::Boolean | Kind::Number | Kind::String => None,
        })
    }

    /// Key and value of each member of a dictionary, in the order of the text; nothing for other kinds.
    pub fn members(self) -> Members<'a> {
        let node = self.node();
        let at = if node.kind == Kind::Dictionary { self.at + 1 } else { node.next };
        Members { value: self.sibling(at), end: node.next }
    }

    /// Each element of a list, in order; nothing for other kinds.
    pub fn elements(self) -> Elements<'a> {
        let node = self.node();
        let at = if node.kind == Kind::List { self.at + 1 } else { node.next };
        Elements { value: self.sibling(at), end: node.next }
    }

    /// Whether a list or dictionary has no member.
    pub fn is_empty(self) -> bool {
        self.node().next == self.at + 1
    }

    /// What the value means, whatever its white space, key order and escapes: equal for texts that say the same.
    /// Numbers count by their spelling.
    pub fn meaning(self) -> [u8; 16] {
        let mut canonical = Vec::with_capacity(self.raw().len());
        canonicalise(self, &mut Vec::with_capacity(32), &mut canonical);
        let mut short = [0; 16];
        let hash = blake3::hash(&canonical);
        short.copy_from_slice(hash.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]));
        short
    }
}

/// Length, then contents: so that no two values share a canonical form.
fn canonicalise_text(text: &str, out: &mut Vec<u8>) {
    let mut length = text.len();
    while length >= 0x80 {
        out.push(u8::try_from(length & 0x7f).unwrap_or(0) | 0x80);
        length >>= 7;
    }
    out.push(u8::try_from(length).unwrap_or(0));
    out.extend_from_slice(text.as_bytes());
}

/// `keys` holds the members of the dictionaries that are open.
fn canonicalise<'a>(value: Value<'a>, keys: &mut Vec<(Cow<'a, str>, u32)>, out: &mut Vec<u8>) {
    match value.kind() {
        Kind::Null | Kind::Boolean | Kind::Number => {
            out.extend_from_slice(value.raw().as_bytes());
            out.push(b',');
        }
        Kind::String => {
            out.push(b'"');
            canonicalise_text(&value.as_str().unwrap_or_default(), out);
        }
        Kind::List => {
            out.push(b'[');
            value.elements().for_each(|element| canonicalise(element, keys, out));
            out.push(b']');
        }
        Kind::Dictionary => {
            let open = keys.len();
            keys.extend(value.members().map(|(key, member)| (key.as_str().unwrap_or_default(), member.at)));
            // Stable, so that of two members with one key the first comes first whatever stands around them.
            keys.get_mut(open..).unwrap_or_default().sort_by(|left, right| left.0.cmp(&right.0));
            out.push(b'{');
            for index in open..keys.len() {
                let Some((key, at)) = keys.get(index) else { break };
                canonicalise_text(key, out);
                canonicalise(value.sibling(*at), keys, out);
            }
            keys.truncate(open);
            out.push(b'}');
        }
    }
}

/// See [`Value::members`].
#[derive(Debug, Clone)]
pub struct Members<'a> {
    value: Value<'a>,
    end: u32,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Value<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.value.at >= self.end {
            return None;
        }
        let key = self.value;
        let value = key.sibling(key.at + 1);
        self.value = key.sibling(value.node().next);
        Some((key, value))
    }
}

/// See [`Value::elements`].
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    value: Value<'a>,
    end: u32,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.value.at >= self.end {
            return None;
        }
        let value = self.value;
        self.value = value.sibling(value.node().next);
        Some(value)
    }
}

fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('u') => {
                let (decoded, tail) = unescape_unicode(after);
                out.push(decoded);
                rest = tail;
                continue;
            }
            Some(other) => out.push(other),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// `after` starts at the `u` of a checked escape; gives the character and the text behind the escape.
fn unescape_unicode(after: &str) -> (char, &str) {
    let unit = |from: usize| after.get(from..from + 4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let high = unit(1).unwrap_or(0xFFFD);
    if (0xD800..0xDC00).contains(&high) {
        let low = unit(7).unwrap_or(0xDC00);
        let code = 0x1_0000 + ((high - 0xD800) << 10) + low.wrapping_sub(0xDC00);
        return (char::from_u32(code).unwrap_or('\u{FFFD}'), after.get(11..).unwrap_or(""));
    }
    (char::from_u32(high).unwrap_or('\u{FFFD}'), after.get(5..).unwrap_or(""))
}

#[cfg(test)]
mod tests;
