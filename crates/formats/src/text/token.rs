//! Which pieces of a text are worth a look? What is letters only is not, and most of a text is.

use std::ops::Range;

/// What stands in a token, added up.
pub(crate) type Class = u16;

pub(crate) const DIGIT: Class = 1;
pub(crate) const LETTER: Class = 4;
pub(crate) const DOT: Class = 8;
pub(crate) const COLON: Class = 16;
pub(crate) const SLASH: Class = 32;
pub(crate) const BACKSLASH: Class = 64;
pub(crate) const AT: Class = 128;
pub(crate) const OTHER: Class = 256;
const BREAK: Class = 512;

/// What one of must be in a token that is looked at.
pub(crate) const WORTHWHILE: Class = DIGIT | DOT | COLON | SLASH | BACKSLASH | AT;

static CLASSES: [Class; 256] = classes();

const fn class(byte: u8) -> Class {
    match byte {
        b'0'..=b'9' => DIGIT,
        b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => LETTER,
        b'.' => DOT,
        b':' => COLON,
        b'/' => SLASH,
        b'\\' => BACKSLASH,
        b'@' => AT,
        b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c | 0 | b'<' | b'>' | b'"' | b'`' | b'|' => BREAK,
        _ => OTHER,
    }
}

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "counted to 256, when it is compiled"
)]
const fn classes() -> [Class; 256] {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 256 {
        classes[at] = class(at as u8);
        at += 1;
    }
    classes
}

fn look_up(byte: u8) -> Class {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(BREAK)
}

/// A piece of a text between blanks or quotation marks.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) range: Range<usize>,
    pub(crate) class: Class,
}

/// The tokens of a text that are worth a look.
pub(crate) struct Tokens<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self { bytes: text.as_bytes(), at: 0 }
    }

    /// Goes on no earlier than here.
    pub(crate) fn skip_to(&mut self, at: usize) {
        self.at = self.at.max(at);
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let start = self.at + rest.iter().position(|byte| look_up(*byte) != BREAK)?;
            let mut class = 0;
            let mut length = 0;
            for byte in self.bytes.get(start..)? {
                let own = look_up(*byte);
                if own == BREAK {
                    break;
                }
                class |= own;
                length += 1;
            }
            self.at = start + length;
            if class & WORTHWHILE != 0 {
                return Some(Token { range: start..self.at, class });
            }
        }
    }
}

/// Words in a piece of a text: letters, digits, and full stops, hyphens and underscores between them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let start = at + rest.find(is_word)?;
            let tail = text.get(start..)?;
            let end = tail.find(|c: char| !is_word(c)).unwrap_or(tail.len());
            at = start + end;
            let word = tail.get(..end)?;
            let left = word.trim_start_matches(['.', '-', '_']);
            let trimmed = left.trim_end_matches(['.', '-', '_']);
            if !trimmed.is_empty() {
                return Some((start + word.len() - left.len(), trimmed));
            }
        }
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// How many bytes of a token are marks before a value.
pub(crate) fn opening(text: &str) -> usize {
    let marks = ['(', '[', '{', '\'', '*', '_', ',', ';', '“', '‘', '«', '='];
    text.len() - text.trim_start_matches(marks).len()
}

/// A token without what is around a value but not of it.
pub(crate) fn trim(text: &str) -> &str {
    let mut text = text.get(opening(text)..).unwrap_or("");
    loop {
        let Some(last) = text.chars().next_back() else { return text };
        let unmatched = |open: char| text.matches(open).count() < text.matches(last).count();
        let ends = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '”' | '’' | '»' | '…' => true,
            ')' => unmatched('('),
            ']' => unmatched('['),
            '}' => unmatched('{'),
            _ => false,
        };
        if !ends {
            return text;
        }
        text = text.strip_suffix(last).unwrap_or("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_are_passed_over() {
        let text = "see the (https://a.example/x_(y)), and \"b.example\" or v1";
        let found: Vec<_> = Tokens::of(text).map(|token| trim(&text[token.range])).collect();
        assert_eq!(found, ["https://a.example/x_(y)", "b.example", "v1"]);
        let all: Vec<_> = words("MD5:ab-c. (x.y)").collect();
        assert_eq!(all, [(0, "MD5"), (4, "ab-c"), (11, "x.y")]);
    }
}
