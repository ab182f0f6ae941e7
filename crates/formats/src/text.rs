//! What does a report say: which values, numbers and names, in which sentence, where?
//!
//! **What it gives.** Proposals: what was found, the sentence it stands in, its place, how sure the reader is, and why. They are
//! proposals until a person or a rule confirms them.
//!
//! **How.** The text is read in blocks. Of each block there are two views that remember where each byte stood: one as its author
//! meant it (`refang`), in which identifiers are looked for token by token, and one in small letters with single blanks, in which
//! names are looked for all at once. Identifiers beat names, longer finds beat shorter ones.

mod checked;
pub(crate) mod hit;
mod identifier;
mod network;
mod path;
mod recognise;
mod refang;
mod scene;
mod sentence;
mod token;

use std::{collections::BTreeSet, ops::Range};

use self::{
    hit::Hit,
    identifier::Frameworks,
    recognise::Block,
    refang::{Transport, View},
    scene::Scene,
};
pub use self::{
    hit::{Found, Framework},
    recognise::TOKEN_BYTES_MAX,
    refang::refang,
    sentence::{QUOTE_SIDE_BYTES_MAX, sentences},
};
use crate::{
    names::Names,
    place::{Line, Places},
};

/// A longer text is not read: what is above is said, nothing is cut silently.
pub const TEXT_BYTES_MAX: usize = 256 << 20;
/// So many proposals of one text are made; the others are counted.
pub const PROPOSALS_MAX: usize = 100_000;
/// What is less sure is not proposed.
pub const CONFIDENCE_MIN: u8 = 35;
/// A text is read in pieces of about this many bytes, so that what is made of them stays in the processor's cache.
const BLOCK_BYTES: usize = 64 << 10;
/// Where a block may end is looked for so far back.
const BLOCK_SLACK_BYTES: usize = 8 << 10;

/// Something found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What.
    pub found: Found,
    /// The bytes it takes in the text as it was written.
    pub span: Range<usize>,
    /// Where it begins, as editors count: from 1, columns in bytes.
    pub line: u64,
    /// See `line`.
    pub column: u64,
    /// The sentence it stands in.
    pub quote: Range<usize>,
    /// How sure the reader is, from 0 to 100.
    pub confidence: u8,
    /// Why it thinks so.
    pub why: Vec<&'static str>,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// In the order of the text.
    pub proposals: Vec<Proposal>,
    /// How many more there are than [`PROPOSALS_MAX`].
    pub left_out: usize,
}

/// Why a text is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// See [`TEXT_BYTES_MAX`].
    #[error("the text has {0} bytes, more than the {TEXT_BYTES_MAX} that are read")]
    TooLong(usize),
}

/// Reads a text.
///
/// # Errors
/// Where it is longer than [`TEXT_BYTES_MAX`].
pub fn read(text: &str, names: &Names) -> Result<Reading, TextError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(TextError::TooLong(text.len()));
    }
    let frameworks = Frameworks::of(text);
    let transport = transport(text);
    let mut hits = Vec::new();
    let mut lowered = BTreeSet::new();
    let mut scene = Scene::new(text);
    let mut left_out = 0;
    let mut at = 0;
    while at < text.len() {
        let end = block_end(text, at);
        let block = text.get(at..end).unwrap_or("");
        if hits.len() < 2 * PROPOSALS_MAX {
            let view = View::of(block, transport);
            Block { text, base: at, view: &view, scene: &mut scene, frameworks, hits: &mut hits }.read();
            names.read(block, at, &mut lowered, &mut hits);
        } else {
            left_out += 1;
        }
        at = end;
    }
    hits.retain(|hit| hit.confidence >= CONFIDENCE_MIN);
    hits.retain(|hit| {
        !(names.is_doubtful(hit) && hit.pattern.is_some_and(|pattern| lowered.contains(&pattern)))
    });
    let hits = apart(hits);
    left_out += hits.len().saturating_sub(PROPOSALS_MAX);
    let mut places = Places::new(text.as_bytes());
    let proposals = hits.into_iter().take(PROPOSALS_MAX).map(|hit| propose(text, hit, &mut places)).collect();
    Ok(Reading { proposals, left_out })
}

/// What a whole text is, where it is one value, as a cell of a list is.
pub(crate) fn whole(text: &str) -> Option<Found> {
    if text.len() > TOKEN_BYTES_MAX {
        return None;
    }
    recognise::whole(text)
}

fn propose(text: &str, hit: Hit, places: &mut Places<'_>) -> Proposal {
    let Line { line, column } = places.at(hit.span.start);
    let quote = sentence::around(text, &hit.span);
    Proposal {
        found: hit.found,
        span: hit.span,
        line,
        column,
        quote,
        confidence: hit.confidence,
        why: hit.why,
    }
}

/// Of finds that overlap, the identifier, else the longer one, else the first.
fn apart(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|left, right| {
        (right.rank, right.span.len(), left.span.start).cmp(&(left.rank, left.span.len(), right.span.start))
    });
    let mut taken: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let before = taken.range(..hit.span.end).next_back();
        if hit.span.is_empty() || before.is_some_and(|(_, end)| *end > hit.span.start) {
            continue;
        }
        taken.insert(hit.span.start, hit.span.end);
        kept.push(hit);
    }
    kept.sort_by_key(|hit| hit.span.start);
    kept
}

/// Whether a text says, or shows, that it is quoted-printable.
fn transport(text: &str) -> Transport {
    let bytes = text.as_bytes();
    let has = |mark: &[u8]| memchr::memmem::find(bytes, mark).is_some();
    let said = has(b"quoted-printable") || has(b"Quoted-Printable");
    let shown = has(b"=3D") && (has(b"=\n") || has(b"=\r\n"));
    if said || shown { Transport::QuotedPrintable } else { Transport::Plain }
}

/// Where a block that starts at a place ends: at a blank line, else a line, else a blank, else anywhere.
fn block_end(text: &str, start: usize) -> usize {
    let Some(most) = start.checked_add(BLOCK_BYTES).filter(|most| *most < text.len()) else {
        return text.len();
    };
    let from = most - BLOCK_SLACK_BYTES;
    let slack = text.as_bytes().get(from..most).unwrap_or_default();
    let blank = slack.iter().rposition(u8::is_ascii_whitespace);
    let found = memchr::memmem::rfind(slack, b"\n\n").or_else(|| memchr::memrchr(b'\n', slack)).or(blank);
    match found {
        Some(at) => from + at + 1,
        None => (most..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::{hit::Rank, *};

    #[test]
    fn of_what_overlaps_the_identifier_stays() {
        let hit = |rank, span| Hit {
            found: Found::Imo(String::new()),
            span,
            confidence: 50,
            why: vec![],
            rank,
            pattern: None,
        };
        let kept = apart(vec![
            hit(Rank::Name, 0..9),
            hit(Rank::Identifier, 4..6),
            hit(Rank::Name, 7..8),
            hit(Rank::Name, 7..9),
        ]);
        let spans: Vec<_> = kept.iter().map(|hit| (hit.rank, hit.span.clone())).collect();
        assert_eq!(spans, [(Rank::Identifier, 4..6), (Rank::Name, 7..9)]);
    }
}
