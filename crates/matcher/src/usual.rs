//! Is a pattern one comparison of the usual sort? Told without parsing it: nine of ten indicators in feeds are.

use std::borrow::Cow;

use crate::{
    network::Network,
    scan::Wanted,
    witness::{Witness, text_key},
};

/// One comparison of the usual sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usual<'p> {
    /// The object path as the canonical text has it.
    pub(crate) class: &'static str,
    /// The path within the object.
    tail: &'static str,
    /// What is compared to.
    pub(crate) wanted: Wanted<'p>,
}

/// What such a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Name,
    Address,
    Url,
}

/// As it is written, as the canonical text has it, within the object.
const PATHS: [(&str, &str, &str, Kind); 10] = [
    ("file:hashes.'SHA-256'", "file:hashes.'SHA-256'", "hashes.SHA-256", Kind::Text),
    ("domain-name:value", "domain-name:value", "value", Kind::Name),
    ("ipv4-addr:value", "ipv4-addr:value", "value", Kind::Address),
    ("url:value", "url:value", "value", Kind::Url),
    ("file:hashes.MD5", "file:hashes.MD5", "hashes.MD5", Kind::Text),
    ("file:hashes.'MD5'", "file:hashes.MD5", "hashes.MD5", Kind::Text),
    ("file:hashes.'SHA-1'", "file:hashes.'SHA-1'", "hashes.SHA-1", Kind::Text),
    ("ipv6-addr:value", "ipv6-addr:value", "value", Kind::Address),
    ("file:hashes.'SHA-512'", "file:hashes.'SHA-512'", "hashes.SHA-512", Kind::Text),
    ("file:name", "file:name", "name", Kind::Text),
];

/// What `[path = 'constant']` or `[path ISSUBSET 'network']` looks for. Nothing for every other pattern, of which some may say the
/// same.
pub(crate) fn recognise(pattern: &str) -> Option<Usual<'_>> {
    let inner = pattern.strip_prefix('[')?.strip_suffix(']')?.trim_matches(' ');
    let (path, constant) = inner.strip_suffix('\'')?.split_once([' ', '='])?;
    let (_, class, tail, kind) = PATHS.iter().find(|(own, ..)| *own == path)?;
    // The separator may have been the operator.
    let operator = inner.get(path.len()..)?.trim_start_matches(' ');
    let (operator, constant) = operator.strip_suffix('\'').unwrap_or(constant).split_once('\'')?;
    if memchr::memchr2(b'\'', b'\\', constant.as_bytes()).is_some() {
        return None;
    }
    let wanted = match (operator.trim_end_matches(' '), kind) {
        ("=", Kind::Text) => Wanted::Text(constant),
        ("=", Kind::Name) => Wanted::Name(constant),
        ("=", Kind::Address) => Wanted::Address(constant),
        ("=", Kind::Url) => Wanted::Url(constant),
        ("ISSUBSET", Kind::Address) => Network::parse(constant).map(|_| Wanted::Inside(constant))?,
        _ => return None,
    };
    Some(Usual { class, tail, wanted })
}

/// By what one is found.
#[derive(Debug)]
pub(crate) enum Sign<'p> {
    /// The path within the object, and the key of [`Witness::Exact`]: nearly all.
    Exact(&'static str, Cow<'p, str>),
    Other(Witness),
}

impl<'p> Usual<'p> {
    /// By what it is found in an observation.
    pub(crate) fn sign(&self) -> Sign<'p> {
        match self.wanted {
            Wanted::Inside(text) => {
                let tail = self.tail.to_owned();
                Sign::Other(match Network::parse(text) {
                    Some(network) => Witness::Subset { tail, network },
                    None => Witness::Any { tail },
                })
            }
            Wanted::Text(text)
            | Wanted::Name(text)
            | Wanted::Below(text)
            | Wanted::Address(text)
            | Wanted::Url(text) => Sign::Exact(self.tail, text_key(text)),
        }
    }

    /// The same as a witness.
    pub(crate) fn witness(&self) -> Witness {
        match self.sign() {
            Sign::Exact(tail, key) => Witness::Exact { tail: tail.to_owned(), key: key.into_owned() },
            Sign::Other(witness) => witness,
        }
    }
}

#[cfg(test)]
mod tests {
    use stix::pattern::Pattern;

    use super::*;
    use crate::{MatcherLimits, plan::Plan, witness};

    #[test]
    fn the_usual_patterns_are_recognised() {
        for (text, wanted) in [
            ("[file:hashes.'SHA-256' = 'ab']", Wanted::Text("ab")),
            ("[ domain-name:value='a.example' ]", Wanted::Name("a.example")),
            ("[ipv4-addr:value = '192.0.2.0/24']", Wanted::Address("192.0.2.0/24")),
            ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", Wanted::Inside("192.0.2.0/24")),
            ("[url:value = 'http://a.example/?a=b c']", Wanted::Url("http://a.example/?a=b c")),
            ("[file:hashes.MD5 = 'AB']", Wanted::Text("AB")),
            ("[file:hashes.'MD5' = 'ab']", Wanted::Text("ab")),
            ("[file:hashes.'SHA-1' = 'ab']", Wanted::Text("ab")),
            ("[file:hashes.'SHA-512' = 'ab']", Wanted::Text("ab")),
            ("[file:name = 'A.exe']", Wanted::Text("A.exe")),
            ("[ipv6-addr:value = '2001:DB8::1']", Wanted::Address("2001:DB8::1")),
        ] {
            let own = recognise(text).unwrap();
            assert_eq!(own.wanted, wanted, "{text}");
            let pattern: Pattern = text.parse().unwrap();
            let plan = Plan::new(&pattern, &MatcherLimits::DEFAULT).unwrap();
            assert_eq!(witness::of_formula(&plan.leaves[0]), [own.witness()], "{text}");
            assert_eq!(crate::program::class(plan.leaves[0].atoms()[0]), own.class, "{text}");
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
