//! What is the value behind a key, and which parts of it are looked up?

/// A string, as far as it can be told without resolving anything: how many bytes before its closing quote. Nothing if there is
/// an escape, a control character, a byte beyond ASCII, or no end.
#[inline]
pub(super) fn plain_length(rest: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // The lowest mark is right; those above it may not be.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let (words, tail) = rest.as_chunks::<8>();
    let mut length = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let quotes = zeros(word ^ ONES * 0x22);
        let others = zeros(word ^ ONES * 0x5c) | (word.wrapping_sub(ONES * 0x20) & !word | word) & HIGHS;
        let all = quotes | others;
        if all != 0 {
            let lowest = all & all.wrapping_neg();
            let at = usize::try_from(lowest.trailing_zeros() / 8).unwrap_or(0);
            return (quotes & lowest != 0 && others & lowest == 0).then_some(length + at);
        }
        length += 8;
    }
    let at = tail.iter().position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))?;
    (tail.get(at) == Some(&b'"')).then_some(length + at)
}

/// A string with its escapes resolved into `out`; how many bytes before its closing quote. Nothing if it is not well written.
pub(super) fn decoded(rest: &[u8], out: &mut String) -> Option<usize> {
    out.clear();
    let mut bytes = Vec::new();
    let mut at = 0;
    loop {
        let byte = *rest.get(at)?;
        at += 1;
        match byte {
            b'"' => break,
            b'\\' => {
                let letter = *rest.get(at)?;
                at += 1;
                let plain = match letter {
                    b'"' | b'\\' | b'/' => letter,
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'u' => {
                        let (unit, length) = code_point(rest.get(at..)?)?;
                        at += length;
                        bytes.extend_from_slice(unit.encode_utf8(&mut [0; 4]).as_bytes());
                        continue;
                    }
                    _ => return None,
                };
                bytes.push(plain);
            }
            0..b' ' => return None,
            _ => bytes.push(byte),
        }
    }
    out.push_str(&String::from_utf8_lossy(&bytes));
    Some(at - 1)
}

/// What `\u` begins, from the digits on, and how many bytes that takes.
fn code_point(rest: &[u8]) -> Option<(char, usize)> {
    let unit = |from: usize| {
        let digits = std::str::from_utf8(rest.get(from..from + 4)?).ok()?;
        let well = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if well { u32::from_str_radix(digits, 16).ok() } else { None }
    };
    let high = unit(0)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high)?, 4));
    }
    let low = (rest.get(4..6)? == b"\\u").then(|| unit(6)).flatten()?;
    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low)?, 10))
}

/// The host of a URL, or of what stands in the header `Host`: without scheme, user, port and brackets.
pub(super) fn host(text: &[u8]) -> &[u8] {
    let scheme = text.windows(3).position(|three| three == b"://").map_or(0, |at| at + 3);
    let rest = text.get(scheme..).unwrap_or(&[]);
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\')).unwrap_or(rest.len());
    let rest = rest.get(..end).unwrap_or(&[]);
    let user = memchr::memrchr(b'@', rest).map_or(0, |at| at + 1);
    let rest = rest.get(user..).unwrap_or(&[]);
    if let Some(rest) = rest.strip_prefix(b"[") {
        let end = memchr::memchr(b']', rest).unwrap_or(rest.len());
        return rest.get(..end).unwrap_or(&[]);
    }
    match memchr::memrchr(b':', rest) {
        Some(at) if rest.get(at + 1..).is_some_and(|port| port.iter().all(u8::is_ascii_digit)) => {
            // More than one colon: an address of IPv6 without brackets.
            let front = rest.get(..at).unwrap_or(&[]);
            if front.contains(&b':') { rest } else { front }
        }
        _ => rest,
    }
}

/// What comes behind each dot, to the end.
pub(super) fn below(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let dots = text.iter().enumerate().filter(|(_, byte)| **byte == b'.');
    dots.filter_map(|(at, _)| text.get(at + 1..))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_host_of_a_url_is_found_whatever_is_around_it() {
        for (text, expected) in [
            ("http://a.example/x", "a.example"),
            ("https://a.example", "a.example"),
            ("https://u:p@a.example:8443/?q=http://b.example", "a.example"),
            ("http://[2001:db8::1]:80/", "2001:db8::1"),
            ("a.example:80", "a.example"),
            ("a.example/x", "a.example"),
            ("2001:db8::1", "2001:db8::1"),
            ("192.0.2.1", "192.0.2.1"),
            ("", ""),
        ] {
            assert_eq!(host(text.as_bytes()), expected.as_bytes(), "{text}");
        }
    }

    #[test]
    fn strings_that_are_not_plain_are_decoded_as_json_has_it() {
        for text in [r#""a\/b""#, r#""\u0041\ud83d\ude00é""#, r#""\"\\\b\f\n\r\t""#, r#""""#] {
            let mut out = String::new();
            assert_eq!(decoded(&text.as_bytes()[1..], &mut out), Some(text.len() - 2));
            assert_eq!(out, serde_json::from_str::<String>(text).unwrap());
        }
        for text in [r"\x", r"\u12", r"\ud800x", r"\udc00", "no end", "\u{1}\"", r"\u+123"] {
            assert_eq!(decoded(text.as_bytes(), &mut String::new()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn plain_strings_end_at_the_first_quote(text in "[a-c\"\\\\é\n~ ]{0,40}\"?") {
            let bytes = text.as_bytes();
            let special = |byte: &u8| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\');
            let first = bytes.iter().position(special);
            let expected = first.filter(|at| bytes[*at] == b'"');
            prop_assert_eq!(plain_length(bytes), expected);
        }
    }
}
