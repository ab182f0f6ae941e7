//! How does the text of a log become the value of a property?

use std::{borrow::Cow, net::IpAddr};

use super::time::TimeForm;
use crate::observation::Value;

/// The algorithms that a hash is told apart by.
pub(super) const ALGORITHMS: [(&str, &[&str], usize); 4] = [
    ("MD5", &["MD5"], 32),
    ("SHA-1", &["SHA1", "SHA-1"], 40),
    ("SHA-256", &["SHA256", "SHA-256"], 64),
    ("SHA-512", &["SHA512", "SHA-512"], 128),
];

/// What is made of a text. The last one in a chain decides the type of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Normaliser {
    /// As it is.
    Text,
    Lower,
    Integer,
    Boolean,
    /// An address, written in its usual form; an IPv4 address mapped into IPv6 is the IPv4 address.
    Ip,
    /// An address or else a domain.
    Host,
    /// Lower case, without port and the dot at the end; nothing that is an address.
    Domain,
    Mac,
    /// An absolute URL; nothing else.
    Url,
    Email,
    /// Lower-case hexadecimal digits of the length that the algorithm in the path has, colons left out.
    Hash,
    /// One of several hashes in a text such as `SHA1=…,MD5=…`; by place in [`ALGORITHMS`].
    HashOf(usize),
    /// A hash that tells its algorithm by its length only.
    HashLike(usize),
    FileName,
    Directory,
    RegistryKey,
    RegistryParent,
    RegistryValue,
    /// The name behind `DOMAIN\`.
    Account,
    /// Without `:port`.
    StripPort,
    /// What stands behind the last space.
    LastWord,
    /// Hexadecimal digits as lower-case pairs with colons between.
    Pairs,
    Time(TimeForm),
}

/// A value, and the type of object that it says it belongs to.
pub(super) type Normal = (Value, Option<&'static str>);

impl Normaliser {
    pub(super) const NAMES: [(&str, Self); 26] = [
        ("text", Self::Text),
        ("lower", Self::Lower),
        ("integer", Self::Integer),
        ("boolean", Self::Boolean),
        ("ip", Self::Ip),
        ("host", Self::Host),
        ("domain", Self::Domain),
        ("mac", Self::Mac),
        ("url", Self::Url),
        ("email", Self::Email),
        ("hash", Self::Hash),
        ("hashes", Self::HashOf(0)),
        ("hash-like", Self::HashLike(0)),
        ("file-name", Self::FileName),
        ("directory", Self::Directory),
        ("registry-key", Self::RegistryKey),
        ("registry-parent", Self::RegistryParent),
        ("registry-value", Self::RegistryValue),
        ("account", Self::Account),
        ("strip-port", Self::StripPort),
        ("last-word", Self::LastWord),
        ("pairs", Self::Pairs),
        ("time-seconds", Self::Time(TimeForm::Epoch(1))),
        ("time-milliseconds", Self::Time(TimeForm::Epoch(1_000))),
        ("time-written", Self::Time(TimeForm::Written)),
        ("time-microseconds", Self::Time(TimeForm::Epoch(1_000_000))),
    ];

    /// The types of objects that its values may say they belong to.
    pub(super) const fn types(self) -> &'static [&'static str] {
        if matches!(self, Self::Ip) {
            &["ipv4-addr", "ipv6-addr"]
        } else if matches!(self, Self::Host) {
            &["ipv4-addr", "ipv6-addr", "domain-name"]
        } else if matches!(self, Self::Mac) {
            &["mac-addr"]
        } else {
            &[]
        }
    }

    /// The value; nothing if the text is not of the form.
    pub(super) fn value(self, text: &str) -> Option<Normal> {
        match self {
            Self::Integer => Some((Value::Integer(integer(text)?), None)),
            Self::Boolean => match text {
                "true" | "T" | "1" => Some((Value::Boolean(true), None)),
                "false" | "F" | "0" => Some((Value::Boolean(false), None)),
                _ => None,
            },
            Self::Ip => ip(text),
            Self::Host => ip(text).or_else(|| Some((Value::Text(domain(text)?), Some("domain-name")))),
            Self::Mac => Some((Value::Text(mac(text)?), Some("mac-addr"))),
            Self::Text
            | Self::Lower
            | Self::Domain
            | Self::Url
            | Self::Email
            | Self::Hash
            | Self::HashOf(_)
            | Self::HashLike(_)
            | Self::FileName
            | Self::Directory
            | Self::RegistryKey
            | Self::RegistryParent
            | Self::RegistryValue
            | Self::Account
            | Self::StripPort
            | Self::LastWord
            | Self::Pairs
            | Self::Time(_) => Some((Value::Text(self.text(text)?.into_owned()), None)),
        }
    }

    /// The text, of those that make text of text.
    pub(super) fn text(self, text: &str) -> Option<Cow<'_, str>> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        match self {
            Self::Text | Self::Integer | Self::Boolean | Self::Ip | Self::Host | Self::Mac => {
                Some(Cow::Borrowed(text))
            }
            Self::Lower => Some(Cow::Owned(text.to_lowercase())),
            Self::Domain => domain(text).map(Cow::Owned),
            Self::Url => is_url(text).then_some(Cow::Borrowed(text)),
            Self::Email => email(text).map(Cow::Borrowed),
            Self::Hash => hash(text, |length| ALGORITHMS.iter().any(|(.., own)| *own == length)),
            Self::HashOf(which) => {
                let (_, names, length) = ALGORITHMS.get(which)?;
                let mut parts = text.split([',', ';', ' ']).filter_map(|part| part.split_once('='));
                let is_named = |name: &str| names.iter().any(|own| own.eq_ignore_ascii_case(name.trim()));
                let (_, value) = parts.find(|(name, _)| is_named(name))?;
                hash(value.trim(), |own| own == *length)
            }
            Self::HashLike(which) => {
                let (.., length) = ALGORITHMS.get(which)?;
                hash(text, |own| own == *length)
            }
            Self::FileName => Some(Cow::Borrowed(divided(text).1)).filter(|name| !name.is_empty()),
            Self::Directory => divided(text).0.map(Cow::Borrowed),
            Self::RegistryKey => Some(registry_key(text)),
            Self::RegistryParent => Some(Cow::Owned(registry_key(text.rsplit_once('\\')?.0).into_owned())),
            Self::RegistryValue => text.rsplit_once('\\').map(|(_, name)| Cow::Borrowed(name)),
            Self::Account => Some(Cow::Borrowed(text.rsplit_once('\\').map_or(text, |(_, name)| name))),
            Self::StripPort => Some(Cow::Borrowed(strip_port(text))),
            Self::LastWord => text.split_ascii_whitespace().next_back().map(Cow::Borrowed),
            Self::Pairs => pairs(text).map(Cow::Owned),
            Self::Time(form) => Some(Cow::Owned(form.read(text)?.to_string())),
        }
    }
}

fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn ip(text: &str) -> Option<Normal> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    match text.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => Some((Value::Text(address.to_string()), Some("ipv4-addr"))),
        IpAddr::V6(address) => Some((Value::Text(address.to_string()), Some("ipv6-addr"))),
    }
}

/// A name of labels, in lower case; nothing that is an address. Underscores stand in names of services.
fn domain(text: &str) -> Option<String> {
    let text = strip_port(text.trim());
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_' || !c.is_ascii())
    };
    let is_name = !name.is_empty() && name.len() <= 253 && name.split('.').all(is_label);
    (is_name && name.parse::<IpAddr>().is_err()).then(|| name.to_lowercase())
}

fn strip_port(text: &str) -> &str {
    if let Some((address, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => text,
    }
}

fn mac(text: &str) -> Option<String> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    if digits.len() == 12 { pairs(&digits) } else { None }
}

fn pairs(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| *c != ':').collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut written = String::with_capacity(digits.len() * 3 / 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 2 == digits.len() % 2 {
            written.push(':');
        }
        written.push(digit.to_ascii_lowercase());
    }
    Some(written)
}

/// Whether there are a scheme, a host and, if any, a port of digits.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.rsplit_once(']').map_or(host, |(_, port)| if port.is_empty() { "6" } else { port });
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        && (!name.is_empty() || authority.contains(']'))
        && !text.contains(char::is_whitespace)
        && !port.is_empty()
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// The address in `Name <local@domain>`, or the text.
fn email(text: &str) -> Option<&str> {
    let address = text.rsplit_once('<').and_then(|(_, rest)| rest.split('>').next()).unwrap_or(text).trim();
    let (local, domain) = address.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty() && !address.contains(char::is_whitespace)).then_some(address)
}

fn hash(text: &str, fits: impl Fn(usize) -> bool) -> Option<Cow<'_, str>> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    if fits(text.len()) && text.bytes().all(is_digit) {
        return Some(Cow::Borrowed(text));
    }
    let digits: String = text.chars().filter(|c| *c != ':').map(|c| c.to_ascii_lowercase()).collect();
    (fits(digits.len()) && digits.bytes().all(is_digit)).then_some(Cow::Owned(digits))
}

/// Directory and name. What stands alone is a name; a root is kept.
fn divided(text: &str) -> (Option<&str>, &str) {
    let Some(at) = text.rfind(['/', '\\']) else { return (None, text) };
    let (before, name) = (text.get(..at).unwrap_or(""), text.get(at + 1..).unwrap_or(""));
    let is_root = before.is_empty() || before.len() == 2 && before.ends_with(':');
    (Some(if is_root { text.get(..=at).unwrap_or("") } else { before }), name)
}

const HIVES: [(&str, &str); 7] = [
    ("HKLM", "HKEY_LOCAL_MACHINE"),
    ("HKU", "HKEY_USERS"),
    ("HKCU", "HKEY_CURRENT_USER"),
    ("HKCR", "HKEY_CLASSES_ROOT"),
    ("HKCC", "HKEY_CURRENT_CONFIG"),
    (r"\REGISTRY\MACHINE", "HKEY_LOCAL_MACHINE"),
    (r"\REGISTRY\USER", "HKEY_USERS"),
];

/// With the whole name of its hive, as STIX 2.1 section 6.17 has it.
fn registry_key(text: &str) -> Cow<'_, str> {
    for (short, long) in HIVES {
        if let Some((begin, rest)) = text.split_at_checked(short.len())
            && begin.eq_ignore_ascii_case(short)
            && (rest.is_empty() || rest.starts_with('\\'))
        {
            return Cow::Owned(format!("{long}{rest}"));
        }
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_the_values_that_patterns_are_written_with() {
        for (normaliser, text, expected) in [
            (Normaliser::Domain, "WWW.Example.COM.", Some("www.example.com")),
            (Normaliser::Domain, "www.example.com:8080", Some("www.example.com")),
            (Normaliser::Domain, "192.0.2.1", None),
            (Normaliser::Domain, "a..example", None),
            (Normaliser::Ip, "::ffff:192.0.2.1", Some("192.0.2.1")),
            (Normaliser::Ip, "[2001:DB8:0::1]", Some("2001:db8::1")),
            (Normaliser::Ip, "fe80::1%eth0", Some("fe80::1")),
            (Normaliser::Mac, "00-AB-cd-00-00-01", Some("00:ab:cd:00:00:01")),
            (Normaliser::Url, "http://www.example.com:8080/a?b", Some("http://www.example.com:8080/a?b")),
            (Normaliser::Url, "http://[2001:db8::1]/", Some("http://[2001:db8::1]/")),
            (Normaliser::Url, "http://[2001:db8::1]:80/", Some("http://[2001:db8::1]:80/")),
            (Normaliser::Url, "http://www.example.comhttp://other.example/", None),
            (Normaliser::Url, "http:///a", None),
            (Normaliser::Email, "A Person <person@example.com>", Some("person@example.com")),
            (Normaliser::Email, "nobody", None),
            (
                Normaliser::HashOf(0),
                "SHA1=x,MD5=D41D8CD98F00B204E9800998ECF8427E",
                Some("d41d8cd98f00b204e9800998ecf8427e"),
            ),
            (Normaliser::HashOf(1), "MD5=D41D8CD98F00B204E9800998ECF8427E", None),
            (Normaliser::FileName, r"C:\Windows\a.exe", Some("a.exe")),
            (Normaliser::Directory, r"C:\Windows\a.exe", Some(r"C:\Windows")),
            (Normaliser::Directory, r"C:\a.exe", Some(r"C:\")),
            (Normaliser::Directory, "/etc", Some("/")),
            (Normaliser::Directory, "a.exe", None),
            (Normaliser::RegistryKey, r"HKLM\Software\X", Some(r"HKEY_LOCAL_MACHINE\Software\X")),
            (Normaliser::RegistryParent, r"HKU\S-1\Run\x", Some(r"HKEY_USERS\S-1\Run")),
            (Normaliser::RegistryValue, r"HKU\S-1\Run\x", Some("x")),
            (Normaliser::Account, r"EXAMPLE\alice", Some("alice")),
            (Normaliser::Pairs, "0AFF1", Some("0:af:f1")),
            (Normaliser::Pairs, "0a:ff", Some("0a:ff")),
            (Normaliser::LastWord, "type:  5 cdn.example.com", Some("cdn.example.com")),
        ] {
            let value = normaliser.value(text).map(|(value, _)| value);
            assert_eq!(value, expected.map(Value::from), "{normaliser:?} {text}");
        }
        assert_eq!(Normaliser::Integer.value("0x1f"), Some((Value::Integer(31), None)));
    }
}
