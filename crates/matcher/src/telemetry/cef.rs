//! What does a line in the Common Event Format say?

use std::borrow::Cow;

use super::node::Flat;

const HEADERS: [&str; 6] =
    ["deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name", "severity"];

/// Where a CEF message begins in a line.
pub(super) fn begin(text: &str) -> Option<&str> {
    let at = ["CEF:0|", "CEF:1|"].iter().filter_map(|begin| text.find(begin)).min()?;
    text.get(at + 6..)
}

/// The header by the names of its parts and the extension by its keys, at most `fields_max`. `text` follows the version.
/// Nothing if a part of the header is missing.
pub(super) fn fields(text: &str, fields_max: usize) -> Option<Flat<'_>> {
    let mut fields = Flat::new();
    let mut rest = text;
    for name in HEADERS {
        let end = unescaped_at(rest, b'|')?;
        fields.push((Cow::Borrowed(name), unescape(rest.get(..end)?)));
        rest = rest.get(end + 1..)?;
    }
    let mut open: Option<&str> = None;
    let mut from = 0;
    let mut at = 0;
    while let Some(next) = rest.get(at..).and_then(|rest| unescaped_at(rest, b'=')) {
        let equals = at + next;
        let before = rest.get(from..equals).unwrap_or("");
        let start = before.rfind(' ').map_or(0, |space| space + 1);
        let key = before.get(start..).unwrap_or("");
        // Else the sign is part of a value that forgot to escape it, as URLs often do.
        if is_key(key) && (open.is_none() || start > 0) {
            if let Some(open) = open {
                push(&mut fields, open, before.get(..start).unwrap_or(""), fields_max);
            }
            open = Some(key);
            from = equals + 1;
        }
        at = equals + 1;
    }
    if let Some(open) = open {
        push(&mut fields, open, rest.get(from..).unwrap_or(""), fields_max);
    }
    Some(fields)
}

fn push<'a>(fields: &mut Flat<'a>, key: &'a str, value: &'a str, fields_max: usize) {
    let value = value.trim();
    if !value.is_empty() && fields.len() < fields_max {
        fields.push((Cow::Borrowed(key), unescape(value)));
    }
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'[' | b']'))
}

/// The first of a sign that no backslash stands before.
fn unescaped_at(text: &str, sign: u8) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let found = byte == sign && !escaped;
        escaped = byte == b'\\' && !escaped;
        found
    })
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some(sign @ ('\\' | '|' | '=')) => plain.push(sign),
                // Paths of Windows are often not escaped.
                Some(other) => plain.extend(['\\', other]),
                None => plain.push('\\'),
            },
            other => plain.push(other),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_the_next_key_begins() {
        let text = r"A\|B|Gate|1|100|A name|5|src=192.0.2.1 msg=two words\=here request=http://a.example/?q=1&r=2 dst=192.0.2.2";
        let fields = fields(text, 100).unwrap();
        let value = |key: &str| fields.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_ref());
        assert_eq!(value("deviceVendor"), Some("A|B"));
        assert_eq!(value("src"), Some("192.0.2.1"));
        assert_eq!(value("msg"), Some("two words=here"));
        assert_eq!(value("request"), Some("http://a.example/?q=1&r=2"));
        assert_eq!(value("dst"), Some("192.0.2.2"));
        assert_eq!(super::fields("a|b|c", 10), None);
    }
}
