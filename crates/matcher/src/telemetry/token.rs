//! What in a plain text is unmistakably an address, a name, a hash or a URL?

use std::borrow::Cow;

use super::{node::Flat, normalise::Normaliser};

/// Endings of files that are ends of domain names too; words that end so are not taken for names.
const FILE_ENDINGS: [&str; 24] = [
    "app", "bin", "cab", "conf", "data", "exe", "host", "java", "local", "log", "md", "mount", "mov", "pl",
    "ps", "py", "rs", "service", "sh", "slice", "so", "socket", "target", "zip",
];

/// Adds what a text says to `fields`, under the keys `url`, `address`, `hash`, `email` and `domain`.
pub(super) fn fields<'a>(text: &'a str, fields: &mut Flat<'a>, fields_max: usize) {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`');
    for word in text.split(is_end).filter(|word| word.len() > 2) {
        if fields.len() >= fields_max {
            return;
        }
        if let Some(url) = url(word) {
            push(fields, "url", url);
            let host = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
            let host = host.and_then(|host| host.rsplit('@').next()).unwrap_or("");
            named(host, fields);
        } else if !word.starts_with('/') && !word.contains('\\') {
            let is_part = |c: char| matches!(c, ',' | ';' | '(' | ')' | '{' | '}' | '=' | '|' | '/' | '#');
            word.split(is_part).filter(|part| part.len() > 2).for_each(|part| piece(part, fields));
        }
    }
}

fn push<'a>(fields: &mut Flat<'a>, key: &'static str, value: &'a str) {
    fields.push((Cow::Borrowed(key), Cow::Borrowed(value)));
}

/// The URL in `url=http://…,`.
fn url(word: &str) -> Option<&str> {
    let at = word.find("://")?;
    let before = word.get(..at)?;
    let scheme = before.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |last| last + 1);
    let url = word.get(scheme..)?.trim_end_matches(['.', ',', ';', ':', ')', ']', '}']);
    let is_known = ["http", "https", "ftp", "ws", "wss", "tcp", "ldap", "ldaps", "smb"]
        .iter()
        .any(|known| before.get(scheme..).is_some_and(|scheme| scheme.eq_ignore_ascii_case(known)));
    (is_known && Normaliser::Url.text(url).is_some()).then_some(url)
}

fn piece<'a>(part: &'a str, fields: &mut Flat<'a>) {
    let part = part.trim_matches(['.', ':', '[', ']', '!', '?', '*']);
    if named(part, fields) {
        return;
    }
    if part.contains('@') {
        if Normaliser::Email.text(part).is_some() {
            push(fields, "email", part);
        }
        part.rsplit('@').next().map(|host| named(host, fields));
        return;
    }
    for part in part.split([':', '[', ']', '%']).filter(|part| part.len() > 2) {
        named(part, fields);
    }
}

/// Takes the whole of a text as an address, a hash or a name; whether it is one.
fn named<'a>(text: &'a str, fields: &mut Flat<'a>) -> bool {
    // What has neither is a word or a number.
    if !text.contains(['.', ':']) && text.len() < 32 {
        return false;
    }
    if Normaliser::Ip.value(text).is_some() {
        push(fields, "address", text);
    } else if text.len() >= 32 && !text.contains(':') && Normaliser::Hash.text(text).is_some() {
        push(fields, "hash", text);
    } else if is_name(text) {
        push(fields, "domain", text);
    } else {
        return false;
    }
    true
}

/// Two labels or more, the last of letters, and not what a file may be called.
fn is_name(text: &str) -> bool {
    let Some(name) = Normaliser::Domain.text(text) else { return false };
    let Some((_, last)) = name.rsplit_once('.') else { return false };
    (last.starts_with("xn--") || last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_lowercase()))
        && !FILE_ENDINGS.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_unmistakable_is_taken() {
        for (text, expected) in [
            ("Failed password from 192.0.2.1 port 22", "address 192.0.2.1"),
            ("query[A] www.example.com. from 2001:db8::1", "domain www.example.com, address 2001:db8::1"),
            ("Built outside:192.0.2.1/443 (198.51.100.2/80)", "address 192.0.2.1, address 198.51.100.2"),
            (
                "GET url=\"http://a.example.com:80/x?y=1\", done",
                "url http://a.example.com:80/x?y=1, domain a.example.com:80",
            ),
            ("from=<person@example.com>,", "email person@example.com, domain example.com"),
            ("md5=d41d8cd98f00b204e9800998ecf8427e", "hash d41d8cd98f00b204e9800998ecf8427e"),
            ("ran /usr/bin/example.com run.sh C:\\example.com v1.2 10:00:00 e.g. a.b 1.5", ""),
        ] {
            let mut found = Flat::new();
            fields(text, &mut found, 100);
            let found: Vec<_> = found.iter().map(|(key, value)| format!("{key} {value}")).collect();
            assert_eq!(found.join(", "), expected, "{text}");
        }
    }
}
