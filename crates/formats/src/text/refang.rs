//! What did the author mean who wrote `hxxp://a[.]example`, and where does each letter of it stand?
//!
//! Every way of defanging ends in a character at which the end of what is written so far can be looked at. So the text is
//! written once, and wherever its end has become a defanged form, that end is replaced; what comes out has none left, however
//! they were nested, and reading it again changes nothing.

use std::ops::Range;

/// A text as its author meant it, with the place of each byte in the text as it was written.
#[derive(Debug, Default)]
pub(crate) struct View {
    text: String,
    /// Where the byte comes from; one more than there are bytes.
    starts: Vec<u32>,
}

/// Whether `=2E` means a full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// As it stands.
    Plain,
    /// RFC 2045 section 6.7.
    QuotedPrintable,
}

/// The longest thing between brackets that is looked at, in bytes.
const BRACKETED_BYTES_MAX: usize = 14;
/// So far a word is followed back.
const WORD_BYTES_MAX: usize = 256;

/// Ends of names behind a spelt ` dot `. A sentence has dots as well, so not every end will do.
const SPELT_ENDS: [&str; 22] = [
    "com", "net", "org", "info", "biz", "ru", "cn", "de", "uk", "eu", "io", "co", "fr", "jp", "kr", "ir",
    "ua", "onion", "xyz", "top", "site", "online",
];

/// What somebody writes for `http` and `https`.
const SCHEMES: [(&str, &str); 16] = [
    ("hxxp", "http"),
    ("hxxps", "https"),
    ("h**p", "http"),
    ("h**ps", "https"),
    ("htxp", "http"),
    ("htxps", "https"),
    ("hxtp", "http"),
    ("hxtps", "https"),
    ("ht*p", "http"),
    ("ht*ps", "https"),
    ("hxxxp", "http"),
    ("hxxxps", "https"),
    ("hpppx", "http"),
    ("meow", "http"),
    ("fxp", "ftp"),
    ("fxps", "ftps"),
];

/// A value as its author meant it: `evil[.]example` is `evil.example`.
pub fn refang(text: &str) -> String {
    View::of(text, Transport::Plain).text
}

impl View {
    pub(crate) fn of(text: &str, transport: Transport) -> Self {
        let mut writer = Writer {
            view: Self {
                text: String::with_capacity(text.len()),
                starts: Vec::with_capacity(text.len() + 1),
            },
            input: text,
            transport,
            spelt: has_spelt_dot(text),
            escaped: memchr::memchr(b'\\', text.as_bytes()).is_some(),
        };
        writer.write();
        writer.view
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where a piece of the view stands in the text.
    pub(crate) fn source(&self, range: Range<usize>) -> Range<usize> {
        let start = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        start(range.start)..start(range.end)
    }
}

fn has_spelt_dot(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b" dot ").is_some()
        || memchr::memmem::find(text.as_bytes(), b" DOT ").is_some()
        || memchr::memmem::find(text.as_bytes(), b" Dot ").is_some()
}

struct Writer<'t> {
    view: View,
    input: &'t str,
    transport: Transport,
    spelt: bool,
    escaped: bool,
}

impl Writer<'_> {
    fn write(&mut self) {
        let bytes = self.input.as_bytes();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let plain = rest.iter().take_while(|byte| !self.stops(**byte)).count();
            if plain > 0 {
                self.copy(at..at + plain);
                at += plain;
                continue;
            }
            at = self.stop(at);
        }
        let end = position(bytes.len());
        self.view.starts.push(end);
    }

    fn stops(&self, byte: u8) -> bool {
        match byte {
            b']' | b')' | b'}' | b'>' | b'/' | 0x80.. => true,
            b'.' => self.escaped,
            b' ' => self.spelt,
            b'\n' | b'0'..=b'9' | b'A'..=b'F' | b'a'..=b'f' => self.transport == Transport::QuotedPrintable,
            _ => false,
        }
    }

    fn copy(&mut self, range: Range<usize>) {
        self.view.text.push_str(self.input.get(range.clone()).unwrap_or(""));
        self.view.starts.extend(position(range.start)..position(range.end));
    }

    fn push(&mut self, character: char, from: usize) {
        let before = self.view.text.len();
        self.view.text.push(character);
        self.view.starts.resize(self.view.starts.len() + self.view.text.len() - before, position(from));
    }

    /// Takes the end of what is written back, as far as `keep` bytes; gives where it came from.
    fn take_back(&mut self, keep: usize) -> usize {
        let from = self.view.starts.get(keep).map_or(0, |start| *start as usize);
        self.view.text.truncate(keep);
        self.view.starts.truncate(keep);
        from
    }

    fn replace(&mut self, keep: usize, meant: &str) {
        let from = self.take_back(keep);
        meant.chars().for_each(|character| self.push(character, from));
    }

    /// One character at which something may end; gives where to go on.
    fn stop(&mut self, at: usize) -> usize {
        let Some(character) = self.input.get(at..).and_then(|rest| rest.chars().next()) else {
            return self.input.len();
        };
        let next = at + character.len_utf8();
        let Some(character) = meant(character) else { return next };
        if character == ' '
            && self.spelt
            && let Some(behind) = self.spelt_dot(at)
        {
            self.push('.', at);
            return behind;
        }
        self.push(character, at);
        let next = self.ends(next, character);
        if self.transport == Transport::QuotedPrintable {
            // What comes of one may end another.
            while let Some(made) = self.quoted_printable() {
                self.ends(next, made);
            }
        }
        next
    }

    /// Looks at what ends in the character written last; gives where to go on.
    fn ends(&mut self, next: usize, last: char) -> usize {
        match last {
            ']' | ')' | '}' | '>' => return self.bracket(next),
            '.' => self.escaped_stop(),
            '/' => {
                self.escaped_slash();
                self.scheme();
            }
            _ => {}
        }
        next
    }

    /// `[.]`, `(dot)`, `{at}`, `[://]`, `[.com]`; blanks around it go with it where it stands between two words.
    fn bracket(&mut self, next: usize) -> usize {
        let text = self.view.text.as_str();
        let close = text.len() - 1;
        let window = text.get(..close).map_or("", |before| tail(before, BRACKETED_BYTES_MAX));
        let Some(open) = window.rfind(['[', '(', '{', '<']) else { return next };
        let keep = close - window.len() + open;
        let content = window.get(open + 1..).unwrap_or("").trim().to_ascii_lowercase();
        let before = text.get(..keep).unwrap_or("");
        let joins = before.ends_with(|c: char| c.is_alphanumeric());
        let meant = match content.as_str() {
            "." | "dot" | "d0t" | "punkt" | "point" | "," => ".",
            "@" | "at" | "_at_" => "@",
            ":" => ":",
            "://" | ":/" => "://",
            "/" => "/",
            "//" => "//",
            "s" if ends_in_scheme(before) => "s",
            end if joins
                && end.len() > 2
                && end.strip_prefix('.').is_some_and(|end| end.bytes().all(|b| b.is_ascii_lowercase())) =>
            {
                end
            }
            _ => return next,
        };
        let word = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric());
        let after = self.input.get(next..).unwrap_or("");
        let spaced = matches!(meant, "." | "@")
            && before.strip_suffix(' ').is_some_and(|left| left.ends_with(|c: char| c.is_alphanumeric()))
            && after.strip_prefix(' ').is_some_and(word);
        self.replace(if spaced { keep - 1 } else { keep }, meant);
        match meant {
            "." => self.escaped_stop(),
            "/" => {
                self.escaped_slash();
                self.scheme();
            }
            "//" | "://" => self.scheme(),
            _ => {}
        }
        if spaced { next + 1 } else { next }
    }

    /// `\.` in a name; in a path it is a hidden file.
    fn escaped_stop(&mut self) {
        let Some(before) = self.view.text.strip_suffix("\\.") else { return };
        let word = last_word(before);
        if word.ends_with(|c: char| c.is_alphanumeric()) && !word.contains(['\\', '%']) && !is_drive(word) {
            let keep = before.len();
            self.replace(keep, ".");
        }
    }

    /// `https:\/\/`, as JSON may write it.
    fn escaped_slash(&mut self) {
        let Some(before) = self.view.text.strip_suffix("\\/") else { return };
        let word = last_word(before);
        if word.contains(':') && word.starts_with(['h', 'H', '"']) && !word.contains('\\') {
            let keep = before.len();
            self.replace(keep, "/");
        }
    }

    fn scheme(&mut self) {
        let Some(before) = self.view.text.strip_suffix("://") else { return };
        let length =
            before.bytes().rev().take(9).take_while(|b| b.is_ascii_alphanumeric() || *b == b'*').count();
        let keep = before.len() - length;
        let written = before.get(keep..).unwrap_or("").to_ascii_lowercase();
        if let Some((_, meant)) = SCHEMES.iter().find(|(form, _)| *form == written) {
            // The scheme is replaced where it stands; what follows it keeps its places.
            let places: Vec<u32> = self.view.starts.iter().skip(before.len()).copied().collect();
            self.replace(keep, meant);
            self.view.text.push_str("://");
            self.view.starts.extend(places);
        }
    }

    /// ` dot ` between two words, the last of them the end of a name.
    fn spelt_dot(&self, at: usize) -> Option<usize> {
        if !self.view.text.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        let rest = self.input.get(at..)?;
        let behind = strip_spelt(rest)?;
        let mut name = behind;
        for _ in 0..8 {
            let length = name
                .bytes()
                .take(WORD_BYTES_MAX)
                .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
                .count();
            let (word, after) = name.split_at_checked(length)?;
            if let Some(further) = strip_spelt(after) {
                name = further;
            } else {
                let end = word.to_ascii_lowercase();
                return SPELT_ENDS.contains(&end.as_str()).then_some(at + (rest.len() - behind.len()));
            }
        }
        None
    }

    /// `=2E`, and `=` at the end of a line; gives the character that was made.
    fn quoted_printable(&mut self) -> Option<char> {
        let text = self.view.text.as_bytes();
        if text.ends_with(b"=\n") || text.ends_with(b"=\r\n") {
            let keep = text.iter().rposition(|byte| *byte == b'=').unwrap_or(0);
            self.take_back(keep);
            return None;
        }
        let [.., b'=', high, low] = text else { return None };
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let byte = digit(high).zip(digit(low)).map(|(high, low)| high * 16 + low);
        let made = char::from(byte.filter(|byte| byte.is_ascii_graphic() || *byte == b' ')?);
        let keep = text.len() - 3;
        self.replace(keep, made.encode_utf8(&mut [0; 4]));
        Some(made)
    }
}

/// The character that is meant: nothing for one that is not seen, the plain one for one of full width.
fn meant(character: char) -> Option<char> {
    match character {
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => None,
        // Hyphens of word processors, at which no line ends.
        '\u{2010}' | '\u{2011}' => Some('-'),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0),
        '\u{3002}' | '\u{ff61}' | '\u{2024}' => Some('.'),
        '\u{a0}' | '\u{3000}' => Some(' '),
        other => Some(other),
    }
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn strip_spelt(text: &str) -> Option<&str> {
    let (dot, rest) = text.split_at_checked(5)?;
    let is_word = rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    (dot.eq_ignore_ascii_case(" dot ") && is_word).then_some(rest)
}

fn ends_in_scheme(text: &str) -> bool {
    let end = tail(text, 4).to_ascii_lowercase();
    end == "http" || end == "hxxp"
}

fn is_drive(word: &str) -> bool {
    matches!(word.as_bytes(), [_, b':', ..])
}

/// The last bytes of a text, at a character's border.
fn tail(text: &str, bytes_max: usize) -> &str {
    let mut from = text.len().saturating_sub(bytes_max);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or("")
}

fn last_word(text: &str) -> &str {
    let near = tail(text, WORD_BYTES_MAX);
    near.rsplit(|c: char| c.is_whitespace() || c == '(' || c == '"').next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_defanged_is_read_as_it_was_meant() {
        for (written, meant) in [
            ("hxxp://a[.]example", "http://a.example"),
            ("hXXps[://]a(dot)example", "https://a.example"),
            ("h**p://a.example", "http://a.example"),
            ("hxxp[:]//a[.]example", "http://a.example"),
            ("http[s]://a.example", "https://a.example"),
            ("a[[.]]example", "a.example"),
            ("a [.] example", "a.example"),
            ("a dot b dot com", "a.b.com"),
            ("connect the dot to it", "connect the dot to it"),
            ("x[at]a[.]example", "x@a.example"),
            ("a[.com]", "a.com"),
            ("see [.NET]", "see [.NET]"),
            ("a\\.example", "a.example"),
            ("C:\\dir\\.hidden", "C:\\dir\\.hidden"),
            ("https:\\/\\/a.example\\/v1", "https://a.example/v1"),
            ("ａ．ｅｘａｍｐｌｅ", "a.example"),
            ("a\u{200b}b\u{ad}c", "abc"),
        ] {
            assert_eq!(refang(written), meant, "{written}");
        }
        assert_eq!(View::of("a=2Eb=\nc =3D2E", Transport::QuotedPrintable).text(), "a.bc .");
    }

    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "[", "]", "(", ")", "{", "}", "<", ">", ".", "dot", " dot ", "at", "@", ":", "/", "//", "://",
            "\\", "hxxp", "http", "h**p", "s", "=", "=3D", "=2E", "=2F", "\n", "\r", " ", "com", "a", "b-c",
            "\u{200b}", "．", "é", "C:", "\\.", "x",
        ]);
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn reading_twice_changes_nothing(text in pieces()) {
            for transport in [Transport::Plain, Transport::QuotedPrintable] {
                let once = View::of(&text, transport).text;
                let twice = View::of(&once, transport).text;
                prop_assert_eq!(&twice, &once, "of {:?}", text);
            }
        }

        #[test]
        fn every_byte_has_its_place(text in "\\PC*") {
            let view = View::of(&text, Transport::Plain);
            prop_assert_eq!(view.starts.len(), view.text.len() + 1);
            prop_assert!(view.starts.is_sorted());
            for start in &view.starts {
                prop_assert!(text.is_char_boundary(*start as usize));
            }
        }
    }
}
