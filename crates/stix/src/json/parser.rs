//! Is this text one JSON value, and where does each part of it start and end?

use super::{Escaped, Kind, Node, Problem, SyntaxError, unescape};
use crate::Limits;

pub(super) struct Parser<'t, 'l> {
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

impl<'t, 'l> Parser<'t, 'l> {
    pub(super) fn new(text: &'t [u8], limits: &'l Limits) -> Self {
        Self {
            text,
            at: 0,
            nodes: Vec::with_capacity(text.len() / 12 + 8),
            duplicates: Vec::new(),
            keys: Vec::new(),
            depth: 0,
            limits,
        }
    }

    /// One value with nothing but white space around it: its nodes, and those of the keys that stand twice.
    pub(super) fn read(mut self) -> Result<(Vec<Node>, Vec<u32>), SyntaxError> {
        self.white();
        self.value()?;
        self.white();
        if self.at < self.text.len() {
            return Err(self.problem(Problem::Trailing));
        }
        Ok((self.nodes, self.duplicates))
    }

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
