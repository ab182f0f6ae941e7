//! Does a string have the form that its property asks for?

use std::net::{Ipv4Addr, Ipv6Addr};

use super::table::Form;
use crate::Severity;

/// What is wrong with a string: how much it weighs, the section, and a message.
pub(super) type Fault = (Severity, &'static str, &'static str);

/// # Errors
/// What is wrong. Forms that the standard only recommends, or describes without MUST, weigh as warnings.
pub(super) fn check(form: Form, text: &str) -> Result<(), Fault> {
    let (good, fault) = match form {
        Form::Language => (is_language(text), (Severity::Error, "3.2", "a language is a code of RFC 5646")),
        Form::RelationshipType => (
            !text.is_empty() && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')),
            (Severity::Error, "5.1", "a relationship type consists of a to z, 0 to 9 and hyphens"),
        ),
        Form::LowerHyphenated => (
            !text.bytes().any(|b| b.is_ascii_uppercase() || b == b' ' || b == b'_'),
            (Severity::Warning, "2.11", "this should be lower case, with hyphens between words"),
        ),
        Form::Country => (
            text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()),
            (Severity::Warning, "4.10", "a country should be a two-letter code of ISO 3166-1"),
        ),
        Form::Mac => (
            is_mac(text),
            (
                Severity::Error,
                "6.10",
                "a MAC address is six lower-case hexadecimal octets with colons between",
            ),
        ),
        Form::Ipv4 => (
            is_block(text, 32, |address| address.parse::<Ipv4Addr>().is_ok()),
            (Severity::Warning, "6.8", "this is no IPv4 address or CIDR block"),
        ),
        Form::Ipv6 => (
            is_block(text, 128, |address| address.parse::<Ipv6Addr>().is_ok()),
            (Severity::Warning, "6.9", "this is no IPv6 address or CIDR block"),
        ),
        Form::Domain => (is_domain(text), (Severity::Warning, "6.4", "this is no domain name")),
        Form::Url => (is_url(text), (Severity::Warning, "6.15", "this is no URL")),
        Form::Email => (is_email(text), (Severity::Warning, "6.5", "this is no e-mail address")),
    };
    if good { Ok(()) } else { Err(fault) }
}

/// Well-formed by RFC 5646, without asking the registry whether it exists.
pub(super) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().is_some_and(|first| {
        (1..=8).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic())
    });
    first
        && (text.len() > 1)
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Characters of RFC 4648 in groups of four, padded at the end.
pub(super) fn is_base64(text: &str) -> bool {
    let unpadded = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    text.len().is_multiple_of(4)
        && unpadded.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

/// Whether the text is whole octets in hexadecimal digits.
pub(super) fn is_hex(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A key of a dictionary (section 2.3).
pub(super) fn is_key(name: &str) -> bool {
    name.len() <= 250 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The name of a property (sections 3.1, 11.1.1).
pub(super) fn is_property_name(name: &str) -> bool {
    (3..=250).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// The name of a type (sections 3.1, 11.2.1).
pub(super) fn is_type_name(name: &str) -> bool {
    (3..=250).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !name.contains("--")
}

/// Whether a hash has the form of its algorithm; nothing for algorithms that are not of the vocabulary.
pub(super) fn is_hash(algorithm: &str, hash: &str) -> Option<bool> {
    let hex = |length: usize| hash.len() == length && hash.bytes().all(|b| b.is_ascii_hexdigit());
    Some(match algorithm {
        "MD5" => hex(32),
        "SHA-1" => hex(40),
        "SHA-256" | "SHA3-256" => hex(64),
        "SHA-512" | "SHA3-512" => hex(128),
        "SSDEEP" => is_ssdeep(hash),
        "TLSH" => {
            let digits = hash.strip_prefix("T1").unwrap_or(hash);
            digits.len() == 70 && digits.bytes().all(|b| b.is_ascii_hexdigit())
        }
        _ => return None,
    })
}

fn is_ssdeep(hash: &str) -> bool {
    let mut parts = hash.splitn(3, ':');
    let (Some(size), Some(first), Some(second)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
    !size.is_empty() && size.bytes().all(|b| b.is_ascii_digit()) && letters(first) && letters(second)
}

fn is_mac(text: &str) -> bool {
    text.len() == 17
        && text
            .bytes()
            .enumerate()
            .all(|(at, b)| if at % 3 == 2 { b == b':' } else { matches!(b, b'0'..=b'9' | b'a'..=b'f') })
}

fn is_block(text: &str, bits: u8, is_address: impl Fn(&str) -> bool) -> bool {
    match text.split_once('/') {
        None => is_address(text),
        Some((address, length)) => {
            is_address(address) && length.parse::<u8>().is_ok_and(|length| length <= bits)
        }
    }
}

/// Labels of 63 octets at most, 253 in all; letters beyond ASCII are allowed for internationalised names, and
/// underscores because the DNS is full of them.
fn is_domain(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let character = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || c == '-' || c == '_';
    name.len() <= 253
        && name.split('.').all(|label| !label.is_empty() && label.len() <= 63 && label.chars().all(character))
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(letter)
        && !rest.is_empty()
        && !rest.bytes().any(|b| b.is_ascii_whitespace() || b.is_ascii_control())
}

fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !text.contains(['<', '>']) && !domain.contains(' ')
    })
}
