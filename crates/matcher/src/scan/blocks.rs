//! Where do keys end? Sixty-four bytes at a time.

use super::lanes::{BLOCK, Marks, Oddity, marks};

/// What stands behind the last byte; nothing that means anything.
const PADDING: u8 = b',';

/// Quotes that a colon follows, and whether anything needs to be looked at more closely.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// Offsets of the quotes; what is behind `count` is rubbish.
    places: Vec<u32>,
    count: usize,
    /// Where blocks begin that have something odd: a quote before white space or a control character, `\u`.
    pub(super) odd: Vec<u32>,
    /// Offsets of the ends of lines.
    pub(super) feeds: Vec<u32>,
}

impl Ends {
    /// The offsets.
    pub(super) fn places(&self) -> &[u32] {
        self.places.get(..self.count).unwrap_or(&[])
    }

    /// Finds them in a text of less than 4 GiB.
    pub(super) fn find(&mut self, text: &[u8]) {
        self.count = 0;
        self.odd.clear();
        // Two bytes for each, and rubbish behind the last.
        let room = text.len() / 2 + 2 * BLOCK;
        if self.places.len() < room {
            self.places.resize(room, 0);
        }
        self.feeds.clear();
        let behind = text.get(1..).unwrap_or(&[]);
        let mut base = 0_u32;
        for (block, next) in text.as_chunks::<BLOCK>().0.iter().zip(behind.as_chunks::<BLOCK>().0) {
            self.block(block, next, base);
            base = base.wrapping_add(64);
        }
        // What is left is a block or less.
        let done = usize::try_from(base).unwrap_or(usize::MAX);
        let own = padded_block(text.get(done..).unwrap_or(&[]));
        self.block(&own, &padded_block(behind.get(done..).unwrap_or(&[])), base);
    }

    /// Looks only for the end of a line that is the whole text.
    pub(super) fn only_last(&mut self, text: &[u8]) {
        self.feeds.clear();
        if let Some((b'\n', line)) = text.split_last()
            && let Ok(end) = u32::try_from(line.len())
        {
            self.feeds.push(end);
        }
    }

    #[expect(clippy::inline_always, reason = "called for every 64 bytes, from two places")]
    #[inline(always)]
    fn block(&mut self, block: &[u8; BLOCK], next: &[u8; BLOCK], base: u32) {
        let Marks { ends: mut mask, mut feeds, odd } = marks(block, next);
        while feeds != 0 {
            self.feeds.push(base.wrapping_add(feeds.trailing_zeros()));
            feeds &= feeds - 1;
        }
        if odd == Oddity::Some {
            self.odd.push(base);
        }
        // Eight at a time whether or not there are so many: no branch to guess.
        let count = usize::try_from(mask.count_ones()).unwrap_or(0);
        let mut end = self.count;
        loop {
            if let Some(eight) = self.places.get_mut(end..).and_then(|rest| rest.first_chunk_mut::<8>()) {
                for place in eight {
                    *place = base.wrapping_add(mask.trailing_zeros());
                    mask &= mask.wrapping_sub(1);
                }
            }
            end += 8;
            if end >= self.count + count {
                break;
            }
        }
        self.count += count;
    }
}

fn padded_block(text: &[u8]) -> [u8; BLOCK] {
    let mut block = [PADDING; BLOCK];
    for (own, byte) in block.iter_mut().zip(text) {
        *own = *byte;
    }
    block
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_at_the_edge_of_a_block_is_found() {
        for before in 0..140 {
            for after in [0, 1, 63, 64, 65] {
                let text = [" ".repeat(before), "\"k\":".to_owned(), "1".repeat(after)].concat();
                let mut ends = Ends::default();
                ends.find(text.as_bytes());
                assert_eq!(ends.places(), [u32::try_from(before + 2).unwrap()], "{before} {after}");
                assert!(ends.odd.is_empty());
            }
        }
    }

    proptest! {
        #[test]
        fn every_quote_before_a_colon_is_found(text in "[\":a\\\\u \n]{0,300}") {
            let bytes = text.as_bytes();
            let expected: Vec<u32> = text.match_indices("\":").map(|(at, _)| u32::try_from(at).unwrap()).collect();
            let mut ends = Ends::default();
            ends.find(b"\"k\": ignored, the second time counts");
            ends.find(bytes);
            prop_assert_eq!(ends.places(), expected);
            let feeds: Vec<u32> = text.match_indices('\n').map(|(at, _)| u32::try_from(at).unwrap()).collect();
            prop_assert_eq!(&ends.feeds, &feeds);
            let odd = bytes.windows(2).filter(|two| two[0] == b'"' && two[1] <= b' ' || *two == b"\\u").count();
            prop_assert_eq!(ends.odd.is_empty(), odd == 0);
        }
    }
}
