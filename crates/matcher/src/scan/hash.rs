//! How are texts hashed so that the case of ASCII letters does not matter?

const FIRST: u64 = 0x9E37_79B9_7F4A_7C15;
const SECOND: u64 = 0xD1B5_4A32_D192_ED03;
const THIRD: u64 = 0x8CB9_2BA7_2F3D_8DD7;
/// Joins capital and small letters, and a few signs that texts we look for hardly differ in: the hash only chooses candidates.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// Both halves of a product in one.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn multiplied(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A hash of the bytes, `A` like `a`. The seed keeps outsiders from choosing texts that collide.
#[inline]
pub(super) fn folded(seed: u64, bytes: &[u8]) -> u64 {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let mut state = seed ^ length.wrapping_mul(FIRST);
    let (left, right) = if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>())
    {
        if bytes.len() > 16 {
            for pair in bytes.as_chunks::<16>().0 {
                let [left, right] = halves(pair);
                state = multiplied(left ^ SECOND ^ state, right ^ THIRD);
            }
            let end = bytes.last_chunk::<16>().map_or([0, 0], halves);
            (end[0], end[1])
        } else {
            (u64::from_le_bytes(*first) | FOLD, u64::from_le_bytes(*last) | FOLD)
        }
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (u64::from(u32::from_le_bytes(*first)) | FOLD, u64::from(u32::from_le_bytes(*last)) | FOLD)
    } else {
        let byte = |at: usize| u64::from(bytes.get(at).copied().unwrap_or(0));
        (byte(0) | byte(1) << 8 | byte(2) << 16 | FOLD, FOLD)
    };
    multiplied(multiplied(left ^ SECOND ^ state, right ^ THIRD), FIRST ^ seed)
}

#[inline]
fn halves(pair: &[u8; 16]) -> [u64; 2] {
    let number = u128::from_le_bytes(*pair);
    #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
    let low = number as u64;
    let high = (number >> 64) as u64;
    [low | FOLD, high | FOLD]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_both_cases_are_one_and_everything_else_differs() {
        let text = "abcdefghijklmnopqrstuvwxyz0123456789.abcdefghijklmnopqrstuvwxyz";
        let mut seen = std::collections::BTreeSet::new();
        for length in 0..=text.len() {
            let own = &text[..length];
            assert_eq!(folded(7, own.as_bytes()), folded(7, own.to_uppercase().as_bytes()));
            assert_ne!(folded(7, own.as_bytes()), folded(8, own.as_bytes()));
            assert!(seen.insert(folded(7, own.as_bytes())), "{own}");
            for at in 0..length {
                let mut other = own.as_bytes().to_vec();
                other[at] = b'!';
                assert!(seen.insert(folded(7, &other)), "{own} {at}");
            }
        }
    }
}
