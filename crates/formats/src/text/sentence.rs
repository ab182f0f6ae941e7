//! Which sentence does something stand in?

use std::ops::Range;

/// How far a sentence is followed to either side of what stands in it, in bytes.
pub const QUOTE_SIDE_BYTES_MAX: usize = 400;
/// A line shorter than this is not a line of a paragraph that goes on in the next.
const WRAPPED_LINE_BYTES_MIN: usize = 60;

/// Words behind whose full stop a sentence goes on.
const ABBREVIATIONS: [&str; 34] = [
    "mr", "mrs", "ms", "dr", "prof", "sen", "gen", "col", "lt", "st", "vs", "e.g", "i.e", "fig", "sec",
    "vol", "approx", "cf", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec", "inc", "ltd", "no", "art",
];

/// The sentence around a piece of a text, without blanks around it; always whole characters, always around the piece.
pub(crate) fn around(text: &str, span: &Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let low = span.start.saturating_sub(QUOTE_SIDE_BYTES_MAX);
    let high = span.end.saturating_add(QUOTE_SIDE_BYTES_MAX).min(bytes.len());
    let start = (low.max(1)..=span.start).rev().find(|at| starts(bytes, *at));
    let start = start.unwrap_or_else(|| if low == 0 { 0 } else { blank_from(bytes, low, span.start) });
    let end = (span.end.max(1)..=high).find(|at| *at == bytes.len() || starts(bytes, *at));
    let end = end.unwrap_or_else(|| blank_before(bytes, high, span.end));
    let blank = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_whitespace);
    let start = (start..span.start).find(|at| !blank(*at)).unwrap_or(span.start);
    let end = (span.end..end).rev().find(|at| !blank(*at)).map_or(span.end, |at| at + 1);
    start..end
}

/// The sentences of a text, one after the other.
pub fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes.get(at..)?.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let next = (start + 1..bytes.len()).find(|at| starts(bytes, *at)).unwrap_or(bytes.len());
        at = next;
        let end =
            (start..next).rev().find(|at| bytes.get(*at).is_some_and(|byte| !byte.is_ascii_whitespace()));
        Some(start..end.map_or(next, |end| end + 1))
    })
}

/// Behind the first blank, where the limit cuts a sentence.
fn blank_from(bytes: &[u8], low: usize, at_most: usize) -> usize {
    (low..at_most).find(|at| bytes.get(*at).is_some_and(u8::is_ascii_whitespace)).unwrap_or(at_most)
}

fn blank_before(bytes: &[u8], high: usize, at_least: usize) -> usize {
    (at_least..high).rev().find(|at| bytes.get(*at).is_some_and(u8::is_ascii_whitespace)).unwrap_or(at_least)
}

/// Whether a sentence starts at a byte.
fn starts(bytes: &[u8], at: usize) -> bool {
    let (Some(before), Some(here)) = (bytes.get(at.wrapping_sub(1)), bytes.get(at)) else { return false };
    if !before.is_ascii_whitespace() || here.is_ascii_whitespace() {
        return false;
    }
    let said = bytes.get(..at).unwrap_or_default();
    let kept = said.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
    let (said, blank) = said.split_at_checked(kept).unwrap_or_default();
    let lines = memchr::memchr_iter(b'\n', blank).count();
    if lines > 1 || said.is_empty() {
        return true;
    }
    let closed = said
        .iter()
        .rposition(|byte| !matches!(byte, b'"' | b'\'' | b')' | b']' | b'*' | b'_'))
        .map_or(0, |at| at + 1);
    let closed = said.get(..closed).unwrap_or_default();
    let ends =
        closed.ends_with(b".") && !abbreviates(closed) || closed.ends_with(b"!") || closed.ends_with(b"?");
    if lines == 0 {
        return ends && !here.is_ascii_lowercase();
    }
    let line = memchr::memrchr(b'\n', said).map_or(said.len(), |line| said.len() - line - 1);
    let opens = matches!(here, b'-' | b'*' | b'|' | b'#' | b'>' | b'+')
        || said.ends_with(b":")
        || said.ends_with(b"|");
    ends || opens || (line < WRAPPED_LINE_BYTES_MIN && !said.ends_with(b","))
}

fn abbreviates(said: &[u8]) -> bool {
    let said = said.get(..said.len().saturating_sub(1)).unwrap_or_default();
    let from = said.len().saturating_sub(8);
    let near = said.get(from..).unwrap_or_default();
    let word = near.rsplit(|byte| byte.is_ascii_whitespace() || *byte == b'(').next().unwrap_or_default();
    let letters = word.split(|byte| *byte == b'.').all(|part| part.len() == 1);
    let word = String::from_utf8_lossy(word).to_ascii_lowercase();
    (letters && !word.is_empty()) || ABBREVIATIONS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of<'t>(text: &'t str, what: &str) -> &'t str {
        let at = text.find(what).unwrap();
        &text[around(text, &(at..at + what.len()))]
    }

    #[test]
    fn a_sentence_ends_where_it_ends() {
        let text = "One came. Mr. Two of the U.S. army, no. 5,\nwent on, and on, and on, for that is what a long line does here\nin the text. (Three.) Four!\n\n- five\n- six\nA title\nSeven";
        assert!(of(text, "army").starts_with("Mr. Two"));
        assert!(of(text, "army").ends_with("in the text."));
        assert_eq!(of(text, "five"), "- five");
        assert_eq!(of(text, "Seven"), "Seven");
        assert_eq!(of(text, "Four"), "Four!");
    }

    #[test]
    fn a_sentence_is_cut_where_it_is_too_long() {
        let text = format!("{} here {}", "word ".repeat(500), "word ".repeat(500));
        let found = of(&text, "here");
        assert!(found.len() <= 2 * QUOTE_SIDE_BYTES_MAX + 4);
        assert!(found.len() > QUOTE_SIDE_BYTES_MAX);
        let solid = "x".repeat(5000);
        assert_eq!(around(&solid, &(2000..2010)), 2000..2010);
    }

    proptest! {
        #[test]
        fn a_sentence_is_around_what_stands_in_it(text in "[a-zé. \n|\"-]{0,80}", from in 0_usize..80, length in 0_usize..9) {
            let from = (0..=from.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let to = (from..=text.len()).find(|at| text.is_char_boundary(*at) && *at >= (from + length).min(text.len())).unwrap();
            let found = around(&text, &(from..to));
            prop_assert!(found.start <= from && to <= found.end);
            prop_assert!(text.get(found).is_some());
        }
    }
}
