//! Where does a name stand, whatever its capitals and its line breaks?

use std::ops::Range;

/// A text in small letters, its blanks one each, with the way back to the text.
#[derive(Debug)]
pub(super) struct Lower {
    text: String,
    /// From which byte on the text stands further back or forth, and where it is.
    shifts: Vec<(usize, usize)>,
}

impl Lower {
    pub(super) fn of(text: &str) -> Self {
        let mut lower = Self { text: String::with_capacity(text.len()), shifts: vec![(0, 0)] };
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let plain = plain_length(rest);
            if plain > 0 {
                lower.text.push_str(text.get(at..at + plain).unwrap_or(""));
                at += plain;
            } else {
                at += lower.odd(text.get(at..).unwrap_or("")).max(1);
                lower.shift(at);
            }
        }
        lower.text.make_ascii_lowercase();
        lower
    }

    fn shift(&mut self, source: usize) {
        let here = self.text.len();
        let expected = self.shifts.last().map_or(0, |(own, source)| source + (here - own));
        if expected != source {
            self.shifts.push((here, source));
        }
    }

    /// Blanks, and what is not ASCII; gives how much of the text it is.
    fn odd(&mut self, rest: &str) -> usize {
        let length = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
        if length > 0 {
            let lines = rest.get(..length).unwrap_or("").matches('\n').count();
            self.text.push(if lines > 1 { '\n' } else { ' ' });
            return length;
        }
        let Some(character) = rest.chars().next() else { return rest.len() };
        match character {
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            '\u{2010}' | '\u{2011}' => self.text.push('-'),
            '\u{2019}' => self.text.push('\''),
            '\u{a0}' => self.text.push(' '),
            other => self.text.extend(other.to_lowercase()),
        }
        character.len_utf8()
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether a piece begins and ends where words do.
    pub(super) fn is_word(&self, range: &Range<usize>) -> bool {
        let bytes = self.text.as_bytes();
        let inside = |byte: Option<&u8>| match byte {
            Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@'),
            Some(_) => true,
            None => false,
        };
        let before = range.start.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(range.end);
        if !inside(before) && !inside(after) {
            return true;
        }
        // A byte of a longer character: a letter, or a mark such as a quotation mark?
        let letter =
            |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '@');
        let before = self.text.get(..range.start).and_then(|text| text.chars().next_back());
        let after = self.text.get(range.end..).and_then(|text| text.chars().next());
        !letter(before) && !letter(after)
    }

    /// Where a piece stands in the text.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        let of = |at: usize| {
            let index = self.shifts.partition_point(|(own, _)| *own <= at).saturating_sub(1);
            self.shifts.get(index).map_or(at, |(own, source)| source + (at - own))
        };
        let start = of(range.start);
        // What is taken out behind the last letter belongs to what follows.
        let end = range.end.checked_sub(1).map_or(0, |last| of(last) + 1);
        start..end.max(start)
    }
}

/// How much of a text is ASCII with single blanks.
fn plain_length(rest: &[u8]) -> usize {
    let mut before = 0;
    for (at, byte) in rest.iter().enumerate() {
        let stops = match byte {
            b' ' => rest.get(at + 1).is_some_and(u8::is_ascii_whitespace) || before == b' ',
            b'\n' | b'\r' | b'\t' | 0x0c | 0x80.. => true,
            _ => false,
        };
        if stops {
            return at;
        }
        before = *byte;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_found_over_a_line_break() {
        let text = "We saw  Cobalt\r\n   Strike, İzmir and Ünal";
        let lower = Lower::of(text);
        let find = |name: &str| {
            let at = lower.text().find(name).unwrap();
            &text[lower.source(&(at..at + name.len()))]
        };
        assert_eq!(find("cobalt strike"), "Cobalt\r\n   Strike");
        assert_eq!(find("saw"), "saw");
    }

    proptest! {
        #[test]
        fn the_way_back_stays_inside(text in "[a-zA-ZİßéÉ \n\t\u{ad}]{0,40}") {
            let lower = Lower::of(&text);
            for at in 0..lower.text().len() {
                let source = lower.source(&(at..lower.text().len()));
                prop_assert!(source.start <= source.end && source.end <= text.len() + 3);
            }
        }
    }
}
