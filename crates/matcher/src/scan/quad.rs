//! Which IPv4 address does a short text spell, without looking at one byte after the other?

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes that are zero, exactly.
#[inline]
fn zeros(word: u64) -> u64 {
    !(((word & !HIGHS).wrapping_add(!HIGHS)) | word | !HIGHS)
}

/// A bit for each marked byte.
#[inline]
fn gathered(marks: u64) -> u64 {
    ((marks >> 7) & ONES).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The address that `length` bytes at the front of `window` spell in the usual way: four numbers without leading zeros. Nothing
/// means that it is something else, or not sure.
#[inline]
pub(super) fn parse(window: &[u8; 16], length: usize) -> Option<u32> {
    if !(7..=15).contains(&length) {
        return None;
    }
    let number = u128::from_le_bytes(*window);
    let [low, high] = [number, number >> 64].map(low_half);
    let dot = ONES * u64::from(b'.');
    let inside = (1_u64 << length) - 1;
    let dots = (gathered(zeros(low ^ dot)) | gathered(zeros(high ^ dot)) << 8) & inside;
    let digit = |word: u64| {
        // High nibble 3, low nibble up to 9.
        let nibble = zeros((word & ONES * 0xf0) ^ ONES * 0x30);
        let above = (word & ONES * 0x0f).wrapping_add(ONES * 0x76);
        nibble & !above & HIGHS
    };
    let digits = (gathered(digit(low)) | gathered(digit(high)) << 8) & inside;
    let first = dots.trailing_zeros();
    let rest = dots & dots.wrapping_sub(1);
    let second = rest.trailing_zeros();
    let rest = rest & rest.wrapping_sub(1);
    let third = rest.trailing_zeros();
    if dots | digits != inside || rest == 0 || rest & rest.wrapping_sub(1) != 0 {
        return None;
    }
    let end = u32::try_from(length).unwrap_or(0);
    let mut bad = 0;
    let mut octet = |from: u32, to: u32| {
        let digits = to.wrapping_sub(from);
        // The four bytes of which the last is the last digit.
        let four = low_half(number.rotate_right((to.wrapping_sub(4) & 15) * 8));
        let (units, tens, hundreds) = (four >> 24 & 0xf, four >> 16 & 0xf, four >> 8 & 0xf);
        let tens = if digits > 1 { tens } else { 0 };
        let hundreds = if digits > 2 { hundreds } else { 0 };
        let value = units + 10 * tens + 100 * hundreds;
        let least = if digits > 2 { 100 } else { 10 * u64::from(digits > 1) };
        bad |= u32::from(digits.wrapping_sub(1) > 2 || value < least || value > 255);
        u32::try_from(value & 0xff).unwrap_or(0)
    };
    let (one, two) = (octet(0, first), octet(first + 1, second));
    let (three, four) = (octet(second + 1, third), octet(third + 1, end));
    (bad == 0).then_some(one << 24 | two << 16 | three << 8 | four)
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn low_half(number: u128) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<Ipv4Addr> {
        let mut window = [b'7'; 16];
        let length = text.len().min(16);
        window[..length].copy_from_slice(&text.as_bytes()[..length]);
        parse(&window, text.len()).map(Ipv4Addr::from)
    }

    #[test]
    fn addresses_are_what_the_standard_library_says() {
        for text in ["0.0.0.0", "255.255.255.255", "1.22.133.4", "10.0.0.1", "192.0.2.77", "9.9.9.9"] {
            assert_eq!(parsed(text), text.parse().ok(), "{text}");
            assert!(parsed(text).is_some(), "{text}");
        }
        for text in ["", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.00",
            "1.2.3.a", "1.2.3.4/8", "1.2.3.4444", "1111.1.1.1", "a.b.c.d", "1.2.3.4:80", "999.999.999.999"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn it_never_differs_from_the_standard_library(text in "[0-9.]{0,16}|[0-9]{1,3}(\\.[0-9]{1,3}){3}") {
            prop_assert_eq!(parsed(&text), text.parse().ok());
        }
    }
}
