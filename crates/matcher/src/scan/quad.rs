//! Which IPv4 address does a short text spell, without looking at one byte after the other?

use super::lanes::Lanes;

/// What is needed to read an address: four bytes of anything, sixteen bytes from its first digit on.
pub(super) type Frame = [u8; 20];

/// The address that stands at the front in the usual way, four numbers without leading zeros, with `end` behind it. Nothing means that it is something else, or not sure.
#[inline]
pub(super) fn parse(frame: &Frame, end: u8) -> Option<u32> {
    let lanes = Lanes::new(frame.last_chunk()?);
    read(frame, lanes, lanes.equal(end).trailing_zeros())
}

/// [`parse`] for a text of so many bytes, behind which anything may stand.
#[inline]
pub(super) fn parse_text(text: &[u8; 16], length: usize) -> Option<u32> {
    let mut frame = [0; 20];
    frame.last_chunk_mut::<16>()?.copy_from_slice(text);
    read(&frame, Lanes::new(text), u32::try_from(length).ok()?)
}

#[inline]
fn read(frame: &Frame, lanes: Lanes, length: u32) -> Option<u32> {
    let inside = (1_u32 << (length & 31)).wrapping_sub(1);
    let dots = lanes.equal(b'.') & inside;
    let rest = dots & dots.wrapping_sub(1);
    let last = rest & rest.wrapping_sub(1);
    if length > 15 || (dots | lanes.digits()) & inside != inside || last == 0 || last & (last - 1) != 0 {
        return None;
    }
    let (first, second, third) = (dots.trailing_zeros(), rest.trailing_zeros(), last.trailing_zeros());
    let mut wrong = 0;
    let mut octet = |from: u32, to: u32| {
        let digits = to.wrapping_sub(from);
        // The four bytes of which the last is the last digit.
        let four = frame.get(index(to)..).and_then(|rest| rest.first_chunk().copied()).unwrap_or([0; 4]);
        let four = u32::from_le_bytes(four);
        let tens = if digits > 1 { four >> 16 & 0xf } else { 0 };
        let hundreds = if digits > 2 { four >> 8 & 0xf } else { 0 };
        let value = (four >> 24 & 0xf) + 10 * tens + 100 * hundreds;
        let minimum = if digits > 2 { 100 } else { 10 * u32::from(digits > 1) };
        wrong |= u32::from(digits.wrapping_sub(1) > 2) | u32::from(value < minimum) | u32::from(value > 255);
        value
    };
    let (one, two) = (octet(0, first), octet(first + 1, second));
    let (three, four) = (octet(second + 1, third), octet(third + 1, length));
    (wrong == 0).then_some(one << 24 | two << 16 | three << 8 | four)
}

#[inline]
fn index(number: u32) -> usize {
    usize::try_from(number & 15).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<Ipv4Addr> {
        let text = format!("7777{text}\"7777777777777777");
        parse(text.as_bytes().first_chunk().unwrap(), b'"').map(Ipv4Addr::from)
    }

    #[test]
    fn addresses_are_what_the_standard_library_says() {
        for text in ["0.0.0.0", "255.255.255.255", "1.22.133.4", "10.0.0.1", "192.0.2.77", "9.9.9.9"] {
            assert_eq!(parsed(text), text.parse().ok(), "{text}");
            assert!(parsed(text).is_some(), "{text}");
        }
        for text in [
            "",
            "1.2.3",
            "1.2.3.",
            ".1.2.3",
            "1..2.3",
            "1.2.3.4.5",
            "256.1.1.1",
            "01.2.3.4",
            "1.2.3.00",
            "1.2.3.a",
            "1.2.3.4/8",
            "1.2.3.4444",
            "1111.1.1.1",
            "a.b.c.d",
            "1.2.3.4:80",
            "999.999.999.999",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn it_never_differs_from_the_standard_library(text in "[0-9.]{0,16}|[0-9]{1,3}(\\.[0-9]{1,3}){3}") {
            prop_assert_eq!(parsed(&text), text.parse().ok());
            let long = format!("{text}7.7.7.77.7.7.7.7");
            let read = parse_text(long.as_bytes().first_chunk().unwrap(), text.len());
            prop_assert_eq!(read.map(Ipv4Addr::from), text.parse().ok());
        }
    }
}
