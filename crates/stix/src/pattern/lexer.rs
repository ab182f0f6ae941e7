//! Which words does the text of a pattern consist of? (STIX 2.1 section 9.2 and its ANTLR grammar)

use std::borrow::Cow;

use super::{
    ast::Comparator,
    error::{PatternError, Position, Problem},
    octets,
};
use crate::Timestamp;

/// Words that are no names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    And,
    Or,
    Not,
    FollowedBy,
    Like,
    Matches,
    IsSuperset,
    IsSubset,
    Exists,
    /// Reserved by the grammar and used nowhere.
    Last,
    In,
    Start,
    Stop,
    Seconds,
    Within,
    Repeats,
    Times,
}

/// Every keyword; upper case only.
pub(super) const KEYWORDS: [(&str, Keyword); 17] = [
    ("AND", Keyword::And),
    ("OR", Keyword::Or),
    ("NOT", Keyword::Not),
    ("FOLLOWEDBY", Keyword::FollowedBy),
    ("LIKE", Keyword::Like),
    ("MATCHES", Keyword::Matches),
    ("ISSUPERSET", Keyword::IsSuperset),
    ("ISSUBSET", Keyword::IsSubset),
    ("EXISTS", Keyword::Exists),
    ("LAST", Keyword::Last),
    ("IN", Keyword::In),
    ("START", Keyword::Start),
    ("STOP", Keyword::Stop),
    ("SECONDS", Keyword::Seconds),
    ("WITHIN", Keyword::Within),
    ("REPEATS", Keyword::Repeats),
    ("TIMES", Keyword::Times),
];

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word<'t> {
    Name(&'t str),
    Keyword(Keyword),
    Integer(i64),
    Float(f64),
    Text(Cow<'t, str>),
    Boolean(bool),
    Hex(Vec<u8>),
    Binary(Vec<u8>),
    Timestamp(Timestamp),
    Comparator(Comparator),
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Colon,
    Dot,
    Comma,
    Star,
    End,
}

impl Word<'_> {
    /// The kind of word, for messages: never its content.
    pub(super) fn found(&self) -> &'static str {
        match self {
            Self::Name(_) => "a name",
            Self::Keyword(found) => {
                KEYWORDS.iter().find(|(_, keyword)| keyword == found).map_or("a keyword", |(text, _)| text)
            }
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a string",
            Self::Boolean(_) => "a boolean",
            Self::Hex(_) => "a hex constant",
            Self::Binary(_) => "a binary constant",
            Self::Timestamp(_) => "a timestamp constant",
            Self::Comparator(comparator) => comparator.as_str(),
            Self::Open => "`(`",
            Self::Close => "`)`",
            Self::OpenBracket => "`[`",
            Self::CloseBracket => "`]`",
            Self::Colon => "`:`",
            Self::Dot => "`.`",
            Self::Comma => "`,`",
            Self::Star => "`*`",
            Self::End => "the end",
        }
    }
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text }
    }

    fn offset(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    pub(super) fn error(&self, offset: usize, problem: Problem) -> PatternError {
        PatternError { at: Position::of(self.text, offset), problem }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or("");
    }

    /// The next word and where it starts.
    pub(super) fn next(&mut self) -> Result<(usize, Word<'t>), PatternError> {
        self.skip_blank()?;
        let start = self.offset();
        let mut bytes = self.rest.bytes();
        let (Some(first), second) = (bytes.next(), bytes.next()) else { return Ok((start, Word::End)) };
        let (length, word) = match (first, second) {
            (b'=', Some(b'=')) => (2, Word::Comparator(Comparator::Equal)),
            (b'=', _) => (1, Word::Comparator(Comparator::Equal)),
            (b'!', Some(b'=')) | (b'<', Some(b'>')) => (2, Word::Comparator(Comparator::NotEqual)),
            (b'<', Some(b'=')) => (2, Word::Comparator(Comparator::LessOrEqual)),
            (b'<', _) => (1, Word::Comparator(Comparator::Less)),
            (b'>', Some(b'=')) => (2, Word::Comparator(Comparator::GreaterOrEqual)),
            (b'>', _) => (1, Word::Comparator(Comparator::Greater)),
            (b'(', _) => (1, Word::Open),
            (b')', _) => (1, Word::Close),
            (b'[', _) => (1, Word::OpenBracket),
            (b']', _) => (1, Word::CloseBracket),
            (b':', _) => (1, Word::Colon),
            (b',', _) => (1, Word::Comma),
            (b'*', _) => (1, Word::Star),
            (b'\'', _) => return Ok((start, Word::Text(self.string()?))),
            (b'h' | b'b' | b't', Some(b'\'')) => {
                self.skip(1);
                return Ok((start, self.typed(first, start)?));
            }
            (b'0'..=b'9' | b'+' | b'-' | b'.', _) => return Ok((start, self.number(start)?)),
            (b'a'..=b'z' | b'A'..=b'Z' | b'_', _) => return Ok((start, self.name())),
            _ => return Err(self.error(start, Problem::Character)),
        };
        self.skip(length);
        Ok((start, word))
    }

    /// White space as the grammar lists it, and comments.
    fn skip_blank(&mut self) -> Result<(), PatternError> {
        loop {
            self.rest = self.rest.trim_start_matches(is_blank);
            if let Some(comment) = self.rest.strip_prefix("/*") {
                let Some(end) = comment.find("*/") else {
                    return Err(self.error(self.offset(), Problem::Comment));
                };
                self.skip(end + 4);
            } else if self.rest.starts_with("//") {
                self.rest = self.rest.trim_start_matches(|c| c != '\r' && c != '\n');
            } else {
                return Ok(());
            }
        }
    }

    fn name(&mut self) -> Word<'t> {
        let length = self
            .rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            .count();
        let name = self.rest.get(..length).unwrap_or("");
        self.skip(length);
        match name {
            "true" => Word::Boolean(true),
            "false" => Word::Boolean(false),
            _ => KEYWORDS
                .iter()
                .find(|(text, _)| *text == name)
                .map_or(Word::Name(name), |(_, keyword)| Word::Keyword(*keyword)),
        }
    }

    /// A sign, digits, a dot and digits. A dot that no digit follows is a word of its own.
    fn number(&mut self, start: usize) -> Result<Word<'t>, PatternError> {
        let digits = |from: usize| self.rest.bytes().skip(from).take_while(u8::is_ascii_digit).count();
        let sign = usize::from(self.rest.starts_with(['+', '-']));
        let whole = digits(sign);
        let dot = self.rest.as_bytes().get(sign + whole) == Some(&b'.');
        let fraction = if dot { digits(sign + whole + 1) } else { 0 };
        if fraction > 0 {
            let length = sign + whole + 1 + fraction;
            let number = self.rest.get(..length).and_then(|text| text.parse::<f64>().ok());
            self.skip(length);
            let number = number.filter(|number| number.is_finite());
            return number.map(Word::Float).ok_or_else(|| self.error(start, Problem::Range));
        }
        if whole == 0 {
            if dot && sign == 0 {
                self.skip(1);
                return Ok(Word::Dot);
            }
            return Err(self.error(start, Problem::Character));
        }
        if whole > 1 && self.rest.as_bytes().get(sign) == Some(&b'0') {
            return Err(self.error(start, Problem::LeadingZero));
        }
        let number = self.rest.get(..sign + whole).and_then(|text| text.parse().ok());
        self.skip(sign + whole);
        number.map(Word::Integer).ok_or_else(|| self.error(start, Problem::Range))
    }

    /// What stands between apostrophes, escapes resolved.
    fn string(&mut self) -> Result<Cow<'t, str>, PatternError> {
        let start = self.offset();
        self.skip(1);
        let mut out = Cow::Borrowed("");
        loop {
            let Some(at) = memchr::memchr2(b'\'', b'\\', self.rest.as_bytes()) else {
                return Err(self.error(start, Problem::Open));
            };
            let plain = self.rest.get(..at).unwrap_or("");
            if out.is_empty() {
                out = Cow::Borrowed(plain);
            } else {
                out.to_mut().push_str(plain);
            }
            match (self.rest.as_bytes().get(at), self.rest.as_bytes().get(at + 1)) {
                (Some(b'\''), _) => {
                    self.skip(at + 1);
                    return Ok(out);
                }
                (_, Some(b'\'')) => out.to_mut().push('\''),
                (_, Some(b'\\')) => out.to_mut().push('\\'),
                (_, Some(_)) => return Err(self.error(self.offset() + at, Problem::Escape)),
                (_, None) => return Err(self.error(start, Problem::Open)),
            }
            self.skip(at + 2);
        }
    }

    /// A constant whose type the letter in front says.
    fn typed(&mut self, letter: u8, start: usize) -> Result<Word<'t>, PatternError> {
        let inner = self.string()?;
        match letter {
            b'h' => octets::from_hex(&inner).map(Word::Hex).ok_or_else(|| self.error(start, Problem::Hex)),
            b'b' => octets::from_base64(&inner)
                .filter(|octets| !octets.is_empty())
                .map(Word::Binary)
                .ok_or_else(|| self.error(start, Problem::Binary)),
            _ => timestamp(&inner).map(Word::Timestamp).ok_or_else(|| self.error(start, Problem::Timestamp)),
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// In upper case, as everywhere in STIX.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    if text.contains(['t', 'z']) || text.contains(".Z") { None } else { Timestamp::parse_stix(text).ok() }
}
