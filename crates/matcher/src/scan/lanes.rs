//! Which of sixteen or sixty-four bytes are something? One bit for each, the first byte lowest.
//!
//! `wide` does this with the vector instructions that every processor of a kind has (SSE2 on x86-64, NEON on ARM), and by
//! arithmetic elsewhere; so nothing here is unsafe, and nothing is chosen when it runs.

use wide::u8x16;

/// How many bytes are looked at in one go when keys are looked for.
pub(super) const BLOCK: usize = 64;

/// Sixteen bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes(u8x16);

/// What there is in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    /// Quotes that a colon follows.
    pub(super) ends: u64,
    /// Ends of lines.
    pub(super) feeds: u64,
    /// Whether there is a quote that white space or a control character follows, or a `\u`.
    pub(super) odd: Oddity,
}

/// Whether a block has to be looked at more closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Oddity {
    None,
    Some,
}

#[inline]
fn all(byte: u8) -> u8x16 {
    u8x16::splat(byte)
}

impl Lanes {
    #[inline]
    pub(super) fn new(bytes: &[u8; 16]) -> Self {
        Self(u8x16::new(*bytes))
    }

    /// Those that are this byte.
    #[inline]
    pub(super) fn equal(self, byte: u8) -> u32 {
        self.0.simd_eq(all(byte)).to_bitmask()
    }

    /// Decimal digits.
    #[inline]
    pub(super) fn digits(self) -> u32 {
        let above = self.0 - all(b'0');
        above.min(all(9)).simd_eq(above).to_bitmask()
    }

    /// What stands around the host in a URL, in `Host` and in an address: `/?#\@:[]%`.
    #[inline]
    pub(super) fn around(self) -> u32 {
        let is = |byte: u8| self.0.simd_eq(all(byte));
        let in_urls = is(b'/') | is(b'?') | is(b'#') | is(b'\\') | is(b'@');
        (in_urls | is(b':') | is(b'[') | is(b']') | is(b'%')).to_bitmask()
    }

    /// Control characters, backslashes, and bytes beyond ASCII.
    #[inline]
    pub(super) fn special(self) -> u32 {
        let Self(own) = self;
        // The highest bit is the one that counts.
        (own.min(all(b' ' - 1)).simd_eq(own) | own.simd_eq(all(b'\\')) | own).to_bitmask()
    }
}

/// What there is in a block; `next` is the block one byte further.
#[inline]
pub(super) fn marks(block: &[u8; BLOCK], next: &[u8; BLOCK]) -> Marks {
    let mut ends = 0;
    let mut feeds = all(0);
    let mut odd = all(0);
    for ((own, next), shift) in block.as_chunks().0.iter().zip(next.as_chunks().0).zip([0, 16, 32, 48]) {
        let (own, next) = (u8x16::new(*own), u8x16::new(*next));
        feeds |= own.simd_eq(all(b'\n'));
        let quotes = own.simd_eq(all(b'"'));
        ends |= u64::from((quotes & next.simd_eq(all(b':'))).to_bitmask()) << shift;
        let blank = next.min(all(b' ')).simd_eq(next);
        odd |= quotes & blank | own.simd_eq(all(b'\\')) & next.simd_eq(all(b'u'));
    }
    // Most blocks have none: which bytes they are is only asked where there is one.
    let feeds = if feeds.to_bitmask() == 0 { 0 } else { equal(block, b'\n') };
    Marks { ends, feeds, odd: if odd.to_bitmask() == 0 { Oddity::None } else { Oddity::Some } }
}

#[inline(never)]
fn equal(block: &[u8; BLOCK], byte: u8) -> u64 {
    let parts = block.as_chunks().0.iter().zip([0, 16, 32, 48]);
    parts.fold(0, |mask, (own, shift)| mask | u64::from(Lanes::new(own).equal(byte)) << shift)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn byte() -> impl Strategy<Value = u8> {
        prop_oneof![any::<u8>(), prop::sample::select(&b"\"\":\\u 09/.?#@[]%\n\x1f\x7f\x80\0"[..])]
    }

    fn marks_plainly(bytes: &[u8]) -> Marks {
        let (mut ends, mut feeds, mut odd) = (0, 0, Oddity::None);
        for (at, two) in bytes.windows(2).enumerate() {
            ends |= u64::from(two == b"\":") << at;
            feeds |= u64::from(two[0] == b'\n') << at;
            if two[0] == b'"' && two[1] <= b' ' || two == b"\\u" {
                odd = Oddity::Some;
            }
        }
        Marks { ends, feeds, odd }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]
        #[test]
        fn vector_instructions_say_what_arithmetic_says(bytes in prop::collection::vec(byte(), BLOCK + 1)) {
            let (block, next) = (bytes.first_chunk().unwrap(), bytes.last_chunk().unwrap());
            prop_assert_eq!(marks(block, next), marks_plainly(&bytes));
            let window = bytes.first_chunk().unwrap();
            let each = |is: fn(u8) -> bool| (0..16).map(|bit| u32::from(is(window[bit])) << bit).sum::<u32>();
            let lanes = Lanes::new(window);
            prop_assert_eq!(lanes.digits(), each(|byte| byte.is_ascii_digit()));
            prop_assert_eq!(lanes.special(), each(|byte| !(b' '..0x80).contains(&byte) || byte == b'\\'));
            prop_assert_eq!(lanes.equal(b'"'), each(|byte| byte == b'"'));
            prop_assert_eq!(lanes.around(), each(|byte| b"/?#\\@:[]%".contains(&byte)));
            prop_assert_eq!(lanes.equal(0xff), each(|byte| byte == 0xff));
        }
    }
}
