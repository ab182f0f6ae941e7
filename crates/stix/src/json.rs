//! Where in the text does each JSON value stand? (RFC 8259)
//!
//! A flat tree of spans over the text: nothing is copied, numbers and escapes keep their spelling, so that
//! whatever is left of an object after redaction is the bytes that came in.

use std::{borrow::Cow, ops::Range};

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
#[derive(Debug)]
pub struct Tree<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    duplicates: Vec<u32>,
}

/// A value in a [`Tree`].
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    text: &'a str,
    nodes: &'a [Node],
    at: u32,
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
        let mut parser = Parser {
            text: bytes,
            at: 0,
            nodes: Vec::with_capacity(bytes.len() / 12 + 8),
            duplicates: Vec::new(),
            keys: Vec::new(),
            depth: 0,
            limits,
        };
        parser.white();
        parser.value()?;
        parser.white();
        if parser.at < bytes.len() {
            return Err(parser.problem(Problem::Trailing));
        }
        Ok(Self { text, nodes: parser.nodes, duplicates: parser.duplicates })
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

struct Parser<'t, 'l> {
    text: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
    duplicates: Vec<u32>,
    /// The keys of one dictionary with their fingerprints, while its duplicates are looked for.
    keys: Vec<(u64, u32)>,
    depth: usize,
    limits: &'l Limits,
}

/// How many bytes stand before the next quote, backslash or control character; eight at a time, since most of an
/// object is text.
fn plain_bytes(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);
    // Sets the high bit of each byte of `word` that is less than `bound`; those of 0x80 and more are left alone.
    let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word & HIGHS;
    let is_special = |b: u8| b == b'"' || b == b'\\' || b < 0x20;
    let (words, rest) = text.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let bits = u64::from_le_bytes(*word);
        let quote = below(bits ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(bits ^ (ONES * u64::from(b'\\')), 1);
        if quote | backslash | below(bits, 0x20) != 0 {
            // A borrow may mark a byte behind the first special one, never one before it.
            return at * 8 + word.iter().position(|&b| is_special(b)).unwrap_or(0);
        }
    }
    words.len() * 8 + rest.iter().position(|&b| is_special(b)).unwrap_or(rest.len())
}

/// Enough of a key to tell most keys apart without looking at their text again.
fn fingerprint(key: &[u8]) -> u64 {
    let length = key.len() as u64;
    match (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29) ^ (length << 56)
        }
        _ => key.iter().fold(length, |sum, &b| (sum << 8) | u64::from(b)),
    }
}

/// Dictionaries up to this size are searched for duplicate keys pair by pair.
const PAIRWISE_KEYS_MAX: usize = 24;

impl Parser<'_, '_> {
    fn problem(&self, problem: Problem) -> SyntaxError {
        let problem = if self.at >= self.text.len() && !problem.is_limit() { Problem::End } else { problem };
        SyntaxError { offset: self.at.min(self.text.len()), problem }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn white(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "`Tree::parse` refuses texts past 32 bits")]
    fn open(&mut self, kind: Kind) -> Result<usize, SyntaxError> {
        if self.nodes.len() >= self.limits.values_max {
            return Err(self.problem(Problem::Count));
        }
        let node = Node { start: self.at as u32, end: 0, next: 0, kind, escaped: Escaped::No };
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }

    #[expect(clippy::cast_possible_truncation, reason = "`Tree::parse` refuses texts past 32 bits")]
    fn close(&mut self, index: usize) {
        let (end, next) = (self.at as u32, self.nodes.len() as u32);
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = end;
            node.next = next;
        }
    }

    fn value(&mut self) -> Result<(), SyntaxError> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.dictionary(),
            Some(b'[') => self.list(),
            Some(b't') => self.word(b"true", Kind::Boolean),
            Some(b'f') => self.word(b"false", Kind::Boolean),
            Some(b'n') => self.word(b"null", Kind::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.problem(Problem::Value)),
        }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<(), SyntaxError> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(self.problem(Problem::Value));
        }
        let index = self.open(kind)?;
        self.at += word.len();
        self.close(index);
        Ok(())
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.problem(Problem::Number)) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<(), SyntaxError> {
        let index = self.open(Kind::Number)?;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if self.peek().is_some_and(|b| b.is_ascii_digit()) {
                return Err(self.problem(Problem::Number));
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.close(index);
        Ok(())
    }

    fn string(&mut self) -> Result<(), SyntaxError> {
        let index = self.open(Kind::String)?;
        let start = self.at + 1;
        self.at = start;
        loop {
            let rest = self.text.get(self.at..).unwrap_or(&[]);
            self.at += plain_bytes(rest);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.escape()?;
                    if let Some(node) = self.nodes.get_mut(index) {
                        node.escaped = Escaped::Yes;
                    }
                }
                _ => return Err(self.problem(Problem::Control)),
            }
        }
        if self.at - start > self.limits.string_bytes_max {
            self.at = start;
            return Err(self.problem(Problem::Length));
        }
        self.at += 1;
        self.close(index);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), SyntaxError> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                let high = self.code_unit()?;
                if (0xDC00..0xE000).contains(&high) {
                    return Err(self.problem(Problem::Escape));
                }
                if (0xD800..0xDC00).contains(&high) {
                    let follows = self.text.get(self.at..self.at + 2) == Some(b"\\u");
                    self.at += 1;
                    if !follows || !(0xDC00..0xE000).contains(&self.code_unit()?) {
                        return Err(self.problem(Problem::Escape));
                    }
                }
                Ok(())
            }
            _ => Err(self.problem(Problem::Escape)),
        }
    }

    /// Stands at the `u`; reads four hexadecimal digits behind it.
    fn code_unit(&mut self) -> Result<u32, SyntaxError> {
        let digits = self.text.get(self.at + 1..self.at + 5).ok_or_else(|| self.problem(Problem::Escape))?;
        let unit =
            digits.iter().try_fold(0, |sum, &b| char::from(b).to_digit(16).map(|digit| sum * 16 + digit));
        let unit = unit.ok_or_else(|| self.problem(Problem::Escape))?;
        self.at += 5;
        Ok(unit)
    }

    fn descend(&mut self) -> Result<(), SyntaxError> {
        if self.depth >= self.limits.depth_max {
            return Err(self.problem(Problem::Depth));
        }
        self.depth += 1;
        Ok(())
    }

    fn list(&mut self) -> Result<(), SyntaxError> {
        self.descend()?;
        let index = self.open(Kind::List)?;
        self.at += 1;
        self.white();
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                self.white();
                self.value()?;
                if self.ends(b']')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        self.close(index);
        Ok(())
    }

    fn dictionary(&mut self) -> Result<(), SyntaxError> {
        self.descend()?;
        let index = self.open(Kind::Dictionary)?;
        self.at += 1;
        self.white();
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                self.white();
                if self.peek() != Some(b'"') {
                    return Err(self.problem(Problem::Key));
                }
                let key = self.nodes.len();
                self.string()?;
                self.white();
                if self.peek() != Some(b':') {
                    return Err(self.problem(Problem::Colon));
                }
                self.at += 1;
                self.white();
                self.value()?;
                // A key's subtree is its value too, so that walking keys is one hop.
                self.close_key(key);
                if self.ends(b'}')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        self.close(index);
        self.find_duplicates(index);
        Ok(())
    }

    fn close_key(&mut self, key: usize) {
        let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        if let Some(node) = self.nodes.get_mut(key) {
            node.next = next;
        }
    }

    /// Whether the list or dictionary ends here; steps over the comma or the end.
    fn ends(&mut self, end: u8) -> Result<bool, SyntaxError> {
        self.white();
        let found = self.peek();
        if found != Some(b',') && found != Some(end) {
            return Err(self.problem(Problem::Comma));
        }
        self.at += 1;
        Ok(found == Some(end))
    }

    fn find_duplicates(&mut self, index: usize) {
        let mut keys = std::mem::take(&mut self.keys);
        keys.clear();
        let mut all_plain = true;
        let mut at = index + 1;
        while let Some(node) = self.nodes.get(at) {
            let key = u32::try_from(at).unwrap_or(u32::MAX);
            all_plain &= node.escaped == Escaped::No;
            keys.push((fingerprint(self.raw(key)), key));
            at = node.next as usize;
        }
        if keys.len() <= PAIRWISE_KEYS_MAX && all_plain {
            for (later, &(print, key)) in keys.iter().enumerate().skip(1) {
                let same =
                    |&(other, earlier): &(u64, u32)| other == print && self.raw(earlier) == self.raw(key);
                if keys.iter().take(later).any(same) {
                    self.duplicates.push(key);
                }
            }
        } else {
            let mut seen = std::collections::HashSet::with_capacity(keys.len());
            for &(_, key) in &keys {
                let name = std::str::from_utf8(self.raw(key)).map(unescape).unwrap_or_default();
                if !seen.insert(name) {
                    self.duplicates.push(key);
                }
            }
        }
        self.keys = keys;
    }

    fn raw(&self, key: u32) -> &[u8] {
        self.nodes
            .get(key as usize)
            .and_then(|node| self.text.get(node.start as usize + 1..node.end as usize - 1))
            .unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests;
