//! Is a pattern one comparison of the usual sort? Told without parsing it: nine of ten indicators in feeds are.

use super::Wanted;
use crate::network::Network;

/// What such a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Text,
    Name,
    Address,
    Url,
}

const PATHS: [(&str, Class); 10] = [
    ("file:hashes.'SHA-256'", Class::Text),
    ("domain-name:value", Class::Name),
    ("ipv4-addr:value", Class::Address),
    ("url:value", Class::Url),
    ("file:hashes.MD5", Class::Text),
    ("file:hashes.'MD5'", Class::Text),
    ("file:hashes.'SHA-1'", Class::Text),
    ("ipv6-addr:value", Class::Address),
    ("file:hashes.'SHA-512'", Class::Text),
    ("file:name", Class::Text),
];

/// What `[path = 'constant']` or `[path ISSUBSET 'network']` looks for. Nothing for every other pattern, of which some may say the
/// same.
pub(super) fn recognise(pattern: &str) -> Option<Wanted<'_>> {
    let inner = pattern.strip_prefix('[')?.strip_suffix(']')?.trim_matches(' ');
    let (path, constant) = inner.strip_suffix('\'')?.split_once([' ', '='])?;
    let class = PATHS.iter().find(|(own, _)| *own == path).map(|(_, class)| *class)?;
    // The separator may have been the operator.
    let operator = inner.get(path.len()..)?.trim_start_matches(' ');
    let (operator, constant) = operator.strip_suffix('\'').unwrap_or(constant).split_once('\'')?;
    if memchr::memchr2(b'\'', b'\\', constant.as_bytes()).is_some() {
        return None;
    }
    match (operator.trim_end_matches(' '), class) {
        ("=", Class::Text) => Some(Wanted::Text(constant)),
        ("=", Class::Name) => Some(Wanted::Name(constant)),
        ("=", Class::Address) => Some(Wanted::Address(constant)),
        ("=", Class::Url) => Some(Wanted::Url(constant)),
        ("ISSUBSET", Class::Address) => Network::parse(constant).map(|_| Wanted::Inside(constant)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_patterns_are_recognised() {
        for (text, wanted) in [
            ("[file:hashes.'SHA-256' = 'ab']", Wanted::Text("ab")),
            ("[ domain-name:value='a.example' ]", Wanted::Name("a.example")),
            ("[ipv4-addr:value = '192.0.2.0/24']", Wanted::Address("192.0.2.0/24")),
            ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", Wanted::Inside("192.0.2.0/24")),
            ("[url:value = 'http://a.example/?a=b c']", Wanted::Url("http://a.example/?a=b c")),
        ] {
            assert_eq!(recognise(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn everything_else_is_left_to_the_parser() {
        for text in [
            "[url:value = 'a'] AND [url:value = 'b']",
            "[url:value = 'a' OR url:value = 'b']",
            "[url:value = 'a\\'b']",
            "[url:value != 'a']",
            "[url:value NOT = 'a']",
            "[url:value LIKE 'a']",
            "[ipv4-addr:value ISSUBSET 'a']",
            "[x:value = 'a']",
            "[url:value = a]",
            "[url:value = 'a' ]'",
            "[url:value ISSUBSET '10.0.0.0/8']",
            "[url:value = h'aa']",
            "[]",
            "",
        ] {
            assert_eq!(recognise(text), None, "{text}");
        }
    }
}
