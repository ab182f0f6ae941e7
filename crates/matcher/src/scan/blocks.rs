//! Where do keys end? Sixty-four bytes at a time, in a way that compilers turn into vector instructions.

/// What stands behind the last byte; nothing that means anything.
const PADDING: u8 = b',';
const BLOCK: usize = 64;

/// Quotes that a colon follows, and whether anything needs to be looked at more closely.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// Offsets of the quotes; what is behind `count` is rubbish.
    places: Vec<u32>,
    count: usize,
    /// Where blocks begin that have something odd: a quote before white space or a control character, `\u`.
    pub(super) odd: Vec<u32>,
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
        let (blocks, tail) = text.as_chunks::<BLOCK>();
        let mut base = 0_u32;
        let mut following = text.get(1..).unwrap_or(&[]);
        for block in blocks {
            let padded;
            let next = if let Some(next) = following.first_chunk::<BLOCK>() {
                next
            } else {
                padded = padded_block(following);
                &padded
            };
            self.block(block, next, base);
            following = following.get(BLOCK..).unwrap_or(&[]);
            base = base.wrapping_add(64);
        }
        if !tail.is_empty() {
            let own = padded_block(tail);
            let next = padded_block(tail.get(1..).unwrap_or(&[]));
            self.block(&own, &next, base);
        }
    }

    #[inline]
    fn block(&mut self, block: &[u8; BLOCK], next: &[u8; BLOCK], base: u32) {
        let (mut mask, odd) = marks(block, next);
        if odd {
            self.odd.push(base);
        }
        // Eight at a time whether or not there are so many: a branch less to guess.
        let found = usize::try_from(mask.count_ones()).unwrap_or(0);
        let mut end = self.count;
        while mask != 0 {
            if self.places.len() < end + 8 {
                self.places.resize(end + 1024, 0);
            }
            if let Some(eight) = self.places.get_mut(end..).and_then(|rest| rest.first_chunk_mut::<8>()) {
                for place in eight {
                    *place = base.wrapping_add(mask.trailing_zeros());
                    mask &= mask.wrapping_sub(1);
                }
            }
            end += 8;
        }
        self.count += found;
    }
}

fn padded_block(text: &[u8]) -> [u8; BLOCK] {
    let mut block = [PADDING; BLOCK];
    for (own, byte) in block.iter_mut().zip(text) {
        *own = *byte;
    }
    block
}

/// A bit for each quote before a colon, and whether there is anything odd.
#[inline]
fn marks(block: &[u8; BLOCK], next: &[u8; BLOCK]) -> (u64, bool) {
    let mut ends = [0_u8; BLOCK];
    let mut odd = [0_u8; BLOCK];
    for (((end, odd), byte), next) in ends.iter_mut().zip(&mut odd).zip(block).zip(next) {
        let quote = *byte == b'"';
        *end = u8::from(quote & (*next == b':'));
        *odd = u8::from(quote & (*next <= b' ')) | u8::from((*byte == b'\\') & (*next == b'u'));
    }
    let mut mask = 0;
    for (eight, shift) in ends.as_chunks::<8>().0.iter().zip((0..64).step_by(8)) {
        mask |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << shift;
    }
    let odd = odd.as_chunks::<8>().0.iter().fold(0, |all, eight| all | u64::from_le_bytes(*eight));
    (mask, odd != 0)
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
            let odd = bytes.windows(2).filter(|two| two[0] == b'"' && two[1] <= b' ' || *two == b"\\u").count();
            prop_assert_eq!(ends.odd.is_empty(), odd == 0);
        }
    }
}
