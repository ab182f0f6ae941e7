//! What is the value behind a key, and which parts of it are looked up?

use std::ops::Range;

use super::lanes::Lanes;

/// A string, as far as it can be told without resolving anything: how many bytes before its closing quote. Nothing if there is
/// an escape, a control character, a byte beyond ASCII, or no end.
#[inline]
pub(super) fn plain_length(rest: &[u8]) -> Option<usize> {
    let mut length = 0;
    let (windows, tail) = rest.as_chunks::<16>();
    for window in windows {
        let lanes = Lanes::new(window);
        let (quotes, special) = (lanes.equal(b'"'), lanes.special());
        if quotes | special != 0 {
            let at = usize::try_from((quotes | special).trailing_zeros()).unwrap_or(0);
            return (quotes.trailing_zeros() < special.trailing_zeros()).then_some(length + at);
        }
        length += 16;
    }
    let at = tail.iter().position(|byte| !matches!(byte, b' '..=0x7f) || matches!(byte, b'"' | b'\\'))?;
    (tail.get(at) == Some(&b'"')).then_some(length + at)
}

/// Whether nothing in the first bytes, behind which the text may go on, stands around hosts or is between the parts of an address of IPv6.
#[inline]
pub(super) fn is_bare(rest: &[u8], length: usize) -> bool {
    let mut left = length;
    let (windows, tail) = rest.as_chunks::<16>();
    for window in windows {
        let inside = if left < 16 { (1 << left) - 1 } else { 0xffff };
        if Lanes::new(window).around() & inside != 0 {
            return false;
        }
        if left <= 16 {
            return true;
        }
        left -= 16;
    }
    !tail
        .iter()
        .take(left)
        .any(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\' | b'@' | b':' | b'[' | b']' | b'%'))
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

/// Where the host is in a URL, or in what stands in the header `Host`: without scheme, user, port and brackets.
#[inline]
pub(super) fn host(text: &[u8]) -> Range<usize> {
    let is_around = |byte: &u8| matches!(byte, b'/' | b'?' | b'#' | b'\\' | b'@' | b':' | b'[');
    if text.iter().any(is_around) { host_within(text) } else { 0..text.len() }
}

fn host_within(text: &[u8]) -> Range<usize> {
    let scheme = text.windows(3).position(|three| three == b"://").map_or(0, |at| at + 3);
    let rest = text.get(scheme..).unwrap_or(&[]);
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\')).unwrap_or(rest.len());
    let rest = rest.get(..end).unwrap_or(&[]);
    let user = memchr::memrchr(b'@', rest).map_or(0, |at| at + 1);
    let (start, rest) = (scheme + user, rest.get(user..).unwrap_or(&[]));
    if let Some(rest) = rest.strip_prefix(b"[") {
        return start + 1..start + 1 + memchr::memchr(b']', rest).unwrap_or(rest.len());
    }
    let colon = memchr::memrchr(b':', rest).filter(|at| {
        let (front, port) = rest.split_at_checked(*at).unwrap_or((rest, &[]));
        // More than one colon: an address of IPv6 without brackets.
        !front.contains(&b':') && port.iter().skip(1).all(u8::is_ascii_digit)
    });
    start..start + colon.unwrap_or(rest.len())
}

/// Calls for what comes behind each dot, to the end. `rest` begins with the text and may go on behind it.
#[inline]
pub(super) fn below<'t>(rest: &'t [u8], length: usize, mut each: impl FnMut(&'t [u8])) {
    let text = rest.get(..length).unwrap_or(rest);
    let mut base = 0;
    while base < length {
        let Some(window) = rest.get(base..).and_then(|rest| rest.first_chunk::<16>()) else {
            let tail = text.get(base..).unwrap_or(&[]);
            for (at, _) in tail.iter().enumerate().filter(|(_, byte)| **byte == b'.') {
                each(tail.get(at + 1..).unwrap_or(&[]));
            }
            return;
        };
        let mut dots = Lanes::new(window).equal(b'.');
        while dots != 0 {
            let at = base + usize::try_from(dots.trailing_zeros()).unwrap_or(0);
            if at >= length {
                return;
            }
            each(text.get(at + 1..).unwrap_or(&[]));
            dots &= dots - 1;
        }
        base += 16;
    }
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
            assert_eq!(&text[host(text.as_bytes())], expected, "{text}");
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
        fn every_name_above_is_found(text in "[a-c.]{0,60}", behind in "[a-c.]{0,20}") {
            let expected: Vec<&[u8]> = text.match_indices('.').map(|(at, _)| &text.as_bytes()[at + 1..]).collect();
            let both = format!("{text}{behind}");
            let mut found = Vec::new();
            below(both.as_bytes(), text.len(), |above| found.push(above.to_vec()));
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn bare_texts_have_no_sign_around_hosts(text in "[a-z.]{0,40}[/?#\\\\@:\\[\\]%]?[a-z.]{0,40}", behind in "[a:%]{0,20}") {
            let both = format!("{text}{behind}");
            let expected = !text.contains(['/', '?', '#', '\\', '@', ':', '[', ']', '%']);
            prop_assert_eq!(is_bare(both.as_bytes(), text.len()), expected);
        }

        #[test]
        fn plain_strings_end_at_the_first_quote(text in "[a-c\"\\\\é\n~ ]{0,40}\"?") {
            let bytes = text.as_bytes();
            let special = |byte: &u8| !matches!(byte, b' '..=0x7f) || matches!(byte, b'"' | b'\\');
            let first = bytes.iter().position(special);
            let expected = first.filter(|at| bytes[*at] == b'"');
            prop_assert_eq!(plain_length(bytes), expected);
        }
    }
}
