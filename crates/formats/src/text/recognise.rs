//! What stands in one block of a text?

use std::ops::Range;

use super::{
    checked,
    hit::{Found, Hit, Judgement},
    identifier::{self, Frameworks},
    network::{self, Around, Written},
    path::{self, Quoted},
    refang::View,
    scene::{About, Scene},
    token::{self, AT, BACKSLASH, COLON, DIGIT, DOT, SLASH, Token, Tokens},
};

/// A longer token is no value of ours; it is looked at no further.
pub const TOKEN_BYTES_MAX: usize = 4096;
/// So far back a word before a value is looked for.
const BEFORE_BYTES_MAX: usize = 48;

/// One block of a text being read.
pub(crate) struct Block<'b, 't> {
    pub(crate) text: &'t str,
    /// Where the block starts in the text.
    pub(crate) base: usize,
    pub(crate) view: &'b View,
    pub(crate) scene: &'b mut Scene<'t>,
    pub(crate) frameworks: Frameworks,
    pub(crate) hits: &'b mut Vec<Hit>,
}

impl Block<'_, '_> {
    /// Looks at every token.
    pub(crate) fn read(&mut self) {
        let view = self.view.text();
        let mut tokens = Tokens::of(view);
        while let Some(token) = tokens.next() {
            if token.range.len() > TOKEN_BYTES_MAX {
                continue;
            }
            if let Some(end) = self.token(&token) {
                tokens.skip_to(end);
            }
        }
        self.mutexes();
    }

    /// Looks at a token; gives where to go on where that is behind its end.
    fn token(&mut self, token: &Token) -> Option<usize> {
        let view = self.view.text();
        let whole = view.get(token.range.clone())?;
        let trimmed = token::trim(whole);
        let start = token.range.start + token::opening(whole);
        if token.class & BACKSLASH != 0 {
            let end = self.backslashed(start, trimmed);
            if end.is_some() {
                return end;
            }
        }
        if token.class & COLON != 0 && token.class & SLASH != 0 && trimmed.contains("://") {
            self.urls(start, trimmed);
            return None;
        }
        if token.class & AT != 0 {
            if let Some((at, length, found, judgement)) =
                network::email(trimmed, self.written(start..start + trimmed.len()))
            {
                self.add(start + at..start + at + length, found, judgement);
            }
            return None;
        }
        if trimmed.starts_with('/') || trimmed.starts_with("~/") {
            if let Some((length, found, judgement)) = path::unix(trimmed) {
                self.add(start..start + length, found, judgement);
            }
            return None;
        }
        if token.class & COLON != 0 && self.colons(start, trimmed) {
            return None;
        }
        if token.class & (DIGIT | DOT) != 0 {
            self.words(start, trimmed);
        }
        None
    }

    fn add(&mut self, range: Range<usize>, found: Found, judgement: Judgement) {
        let source = self.view.source(range);
        self.hits.push(judgement.of(found, self.base + source.start..self.base + source.end));
    }

    /// Where a piece of the view stands in the whole text.
    fn place(&self, range: Range<usize>) -> Range<usize> {
        let source = self.view.source(range);
        self.base + source.start..self.base + source.end
    }

    fn written(&self, range: Range<usize>) -> Written {
        let meant = self.view.text().get(range.clone());
        let written = self.text.get(self.place(range));
        // A zero-width or full-width character is no more of a habit than brackets are.
        if meant == written { Written::Plain } else { Written::Defanged }
    }

    /// The word before a place, in its line.
    fn before(&self, at: usize) -> &str {
        let view = self.view.text();
        let mut from = at.saturating_sub(BEFORE_BYTES_MAX);
        while !view.is_char_boundary(from) {
            from += 1;
        }
        let line = view.get(from..at).unwrap_or("").rsplit('\n').next().unwrap_or("");
        let line = line.trim_end_matches([' ', '\t', ':', '(', '[', '#', '=', '"', '`']);
        line.rsplit([' ', '\t', '(', '/', '-', ',']).next().unwrap_or("")
    }

    fn backslashed(&mut self, start: usize, trimmed: &str) -> Option<usize> {
        let view = self.view.text();
        // A path may stand behind something in its token: `file:C:\x`, `path=%TEMP%\x`.
        let heads = trimmed.char_indices().filter(|(at, _)| {
            *at == 0
                || trimmed.as_bytes().get(at - 1).is_some_and(|b| !b.is_ascii_alphanumeric() && *b != b'\\')
        });
        for (at, _) in heads.take(16) {
            let from = start + at;
            let quoted = match view.as_bytes().get(from.wrapping_sub(1)) {
                Some(mark @ (b'"' | b'`')) if closes(view.get(from..)?, *mark) => Quoted::Yes,
                _ => Quoted::No,
            };
            if let Some((length, found, judgement)) = path::backslashed(view.get(from..)?, quoted) {
                self.add(from..from + length, found, judgement);
                return Some(from + length);
            }
        }
        None
    }

    fn urls(&mut self, start: usize, token: &str) {
        let mut from = 0;
        while let Some(rest) = token.get(from..) {
            let written = self.written(start + from..start + token.len());
            let Some((at, length, found, judgement)) = network::url(rest, written) else { return };
            let begin = start + from + at;
            self.add(begin..begin + length, found, judgement);
            from += at + length;
        }
    }

    /// What has colons in it; whether the token is dealt with.
    fn colons(&mut self, start: usize, trimmed: &str) -> bool {
        let named = trimmed.get(..7).is_some_and(|head| head.eq_ignore_ascii_case("ssdeep:"));
        let skipped = if named { 7 } else { 0 };
        let bare = trimmed.get(skipped..).unwrap_or("");
        if let Some((found, judgement)) = checked::ssdeep(bare) {
            self.add(start + skipped..start + trimmed.len(), found, judgement);
            return true;
        }
        if let Some((found, judgement)) = network::mac(trimmed) {
            self.add(start..start + trimmed.len(), found, judgement);
            return true;
        }
        let written = self.written(start..start + trimmed.len());
        if let Some((found, judgement, length)) = network::ipv6(trimmed, written) {
            self.add(start..start + length, found, judgement);
            return true;
        }
        false
    }

    fn words(&mut self, start: usize, trimmed: &str) {
        let view = self.view.text();
        for (at, word) in token::words(trimmed) {
            let range = start + at..start + at + word.len();
            let mark = view.as_bytes().get(range.start.wrapping_sub(1)).copied().unwrap_or(b' ');
            let first = at == 0 || !matches!(mark, b'/' | b'\\' | b'%' | b'$' | b'@' | b'#' | b'&' | b'~');
            if let Some((found, judgement)) = self.plain(word, range.clone()) {
                self.add(range, found, judgement);
            } else if first {
                self.dotted(word, range);
            }
        }
    }

    /// What letters and digits alone tell.
    fn plain(&mut self, word: &str, range: Range<usize>) -> Option<(Found, Judgement)> {
        if let Some(found) = checked::wallet(word) {
            return Some(found);
        }
        if let Some(found) = checked::hash(word) {
            let line = self.view.text().get(range.start.saturating_sub(24)..range.start).unwrap_or("");
            let source =
                ["commit", "checkout", "revision", "cherry-pick"].iter().any(|word| line.contains(word));
            return (!source).then_some(found);
        }
        if word.starts_with(['1', '2']) && self.before(range.start).eq_ignore_ascii_case("cve") {
            return identifier::cve(&format!("CVE-{word}"));
        }
        if let Some(found) = identifier::cve(word).or_else(|| identifier::entry(word, self.frameworks)) {
            return Some(found);
        }
        let digits = word.bytes().all(|b| b.is_ascii_digit());
        if digits && (word.len() == 7 || word.len() == 9) {
            let from = range.start.saturating_sub(16);
            let line = self.view.text().get(from..range.start).unwrap_or("");
            if word.len() == 7 && line.contains("IMO") {
                return checked::imo(word);
            }
            if word.len() == 9 && line.contains("MMSI") {
                return checked::mmsi(word);
            }
        }
        if digits || word.starts_with("AS") {
            let before = self.before(range.start).to_owned();
            let about = self.scene.at(&self.place(range));
            return network::autonomous_system(word, &before, about);
        }
        network::mac(word)
    }

    /// Addresses, domains, and names of files.
    fn dotted(&mut self, word: &str, range: Range<usize>) {
        if !word.contains('.') {
            return;
        }
        let written = self.written(range.clone());
        let place = self.place(range.clone());
        let about = self.scene.at(&place);
        let alone = self.scene.is_alone(&place);
        if word.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            let view = self.view.text();
            let mut end = (range.end + 8).min(view.len());
            while !view.is_char_boundary(end) {
                end -= 1;
            }
            let after = view.get(range.end..end).unwrap_or("");
            let around = Around { before: self.before(range.start), after, written, about, alone };
            if let Some((found, judgement, taken)) = network::ipv4(word, &around) {
                self.add(range.start..range.end + taken, found, judgement);
            }
            return;
        }
        let found = network::domain(word, written, (about, alone)).or_else(|| network::file_name(word));
        if let Some((found, judgement)) = found {
            self.add(range, found, judgement);
        }
    }

    fn mutexes(&mut self) {
        let view = self.view.text();
        let bytes = view.as_bytes();
        let mut found = Vec::new();
        for word in ["mutex", "Mutex", "MUTEX"] {
            found.extend(memchr::memmem::find_iter(bytes, word.as_bytes()).map(|at| at + word.len()));
        }
        for behind in found {
            let mut end = (behind + 200).min(view.len());
            while !view.is_char_boundary(end) {
                end -= 1;
            }
            let Some(after) = view.get(behind..end) else { continue };
            if let Some((at, length, found, judgement)) = path::mutex(after) {
                self.add(behind + at..behind + at + length, found, judgement);
            }
        }
    }
}

/// Whether a quotation mark that was opened is closed in the same line.
fn closes(rest: &str, mark: u8) -> bool {
    let line = rest.split('\n').next().unwrap_or("");
    memchr::memchr(mark, line.as_bytes()).is_some()
}

/// What a whole text is. Whoever lists it means it, so that it needs no context.
pub(super) fn whole(text: &str) -> Option<Found> {
    let about = About::default();
    let written = Written::Defanged;
    let around = Around { before: "", after: "", written, about, alone: true };
    let length = text.len();
    let (address, after) = text.split_at(text.find('/').unwrap_or(length));
    let network = || {
        network::ipv4(address, &Around { after, ..around }).filter(|found| address.len() + found.2 == length)
    };
    let v6 = || network::ipv6(text, written).filter(|found| found.2 == length);
    let link = || network::url(text, written).filter(|(at, taken, ..)| (*at, *taken) == (0, length));
    let mailbox = || network::email(text, written).filter(|(at, taken, ..)| (*at, *taken) == (0, length));
    let path = || path::backslashed(text, Quoted::Yes).filter(|found| found.0 == length);
    let unix = || path::unix(text).filter(|found| found.0 == length);
    None.or_else(|| checked::hash(text).map(|found| found.0))
        .or_else(|| network().map(|found| found.0))
        .or_else(|| v6().map(|found| found.0))
        .or_else(|| link().map(|found| found.2))
        .or_else(|| mailbox().map(|found| found.2))
        .or_else(|| network::mac(text).map(|found| found.0))
        .or_else(|| checked::ssdeep(text).map(|found| found.0))
        .or_else(|| network::file_name(text).filter(|_| !text.contains([' ', '/'])).map(|found| found.0))
        .or_else(|| network::domain(text, written, (about, true)).map(|found| found.0))
        .or_else(|| path().map(|found| found.1))
        .or_else(|| unix().map(|found| found.1))
        .or_else(|| network::autonomous_system(text, "", about).map(|found| found.0))
}
