//! Is it an address, a domain, a link, a mailbox?

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{
    hit::{Judgement, observable},
    scene::About,
};
use crate::{ObservableKind, text::hit::Found};

/// How a value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// As it is.
    Plain,
    /// So that nobody follows it by accident: its author holds it for an indicator.
    Defanged,
}

/// Ends that are in no public list because they are nobody's or not the DNS's (RFC 2606, RFC 6761, RFC 7686).
const SPECIAL_ENDS: [&str; 5] = ["example", "test", "invalid", "onion", "i2p"];
/// Generic ends that were there before there were a thousand of them.
const OLD_GENERIC: [&str; 12] =
    ["com", "net", "org", "info", "biz", "edu", "gov", "mil", "int", "name", "example", "onion"];
/// Country ends that are words of English, or that programs have in their names.
const WEAK_COUNTRIES: [&str; 21] = [
    "in", "is", "it", "to", "at", "be", "me", "no", "so", "us", "my", "am", "as", "do", "by", "io", "ai",
    "cc", "la", "ml", "id",
];
/// Ends that are those of files as well.
const FILE_ENDS: [&str; 18] = [
    "sh", "py", "pl", "rs", "md", "zip", "mov", "ps", "so", "app", "foo", "bz", "gz", "java", "cab", "sc",
    "tf", "pm",
];
/// Names of programs that look like domains.
const PROGRAMS: [&str; 6] = ["asp.net", "vb.net", "ado.net", "ml.net", "paint.net", "booking.com"];
/// Ends of files that carry attacks. Those of plain documents and sources are left out: every report is full of them.
const HARMFUL_FILES: [&str; 40] = [
    "exe", "dll", "sys", "scr", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "jse", "wsf", "wsh", "hta", "lnk",
    "msi", "msix", "iso", "img", "vhd", "vhdx", "docm", "dotm", "xlsm", "xlam", "xll", "pptm", "cpl", "ocx",
    "jar", "apk", "elf", "bin", "dmg", "chm", "pif", "reg", "sct", "inf", "url",
];
const SCHEMES: [&str; 12] =
    ["http", "https", "ftp", "ftps", "sftp", "ws", "wss", "tcp", "udp", "ssh", "ldap", "smb"];

const DEFANGED: &str = "defanged by its author";

/// What is a domain's name, and how it ends.
struct Domain {
    name: String,
    end: String,
    labels: usize,
}

fn domain_name(word: &str) -> Option<Domain> {
    let name = word.to_lowercase();
    let end = name.rsplit('.').next()?.to_owned();
    let labels = name.split('.').count();
    if labels < 2 || name.len() > 253 || end.len() < 2 || end.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let is_label = |label: &str| {
        let inner = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(inner)
    };
    if !name.split('.').all(is_label) || end.contains('_') {
        return None;
    }
    let is_special = SPECIAL_ENDS.contains(&end.as_str());
    let suffix = psl::suffix(name.as_bytes()).filter(|suffix| is_special || suffix.is_known())?;
    (suffix.as_bytes().len() < name.len()).then_some(Domain { name, end, labels })
}

/// A domain.
pub(crate) fn domain(
    word: &str,
    written: Written,
    (about, alone): (About, bool),
) -> Option<(Found, Judgement)> {
    let domain = domain_name(word)?;
    let mut judgement = Judgement::new(50, "its end is in the public suffix list");
    let end = domain.end.as_str();
    let context = about.hosts.is();
    if written == Written::Defanged {
        judgement.more(40, DEFANGED);
    } else {
        if is_glued(word) || PROGRAMS.contains(&domain.name.as_str()) {
            return None;
        }
        let unlikely = FILE_ENDS.contains(&end);
        let weak = WEAK_COUNTRIES.contains(&end) || (end.len() > 2 && !OLD_GENERIC.contains(&end));
        if unlikely && !(domain.labels > 2 && context) {
            return None;
        }
        if weak && domain.labels < 3 && !context && !alone {
            return None;
        }
    }
    if context {
        judgement.more(15, "its sentence speaks of hosts");
    }
    if alone {
        judgement.more(15, "alone in its line");
    }
    Some((observable(ObservableKind::Domain, domain.name), judgement))
}

/// `stopped.It`, `System.Net`: the end of one sentence and the start of another, or a name in a program.
fn is_glued(word: &str) -> bool {
    let end = word.rsplit('.').next().unwrap_or("");
    let capital = end.starts_with(|c: char| c.is_uppercase());
    capital && word.chars().any(char::is_lowercase)
}

/// A file's name without a path.
pub(crate) fn file_name(word: &str) -> Option<(Found, Judgement)> {
    let (stem, end) = word.rsplit_once('.')?;
    let is_name = stem.chars().any(char::is_alphanumeric) && !stem.starts_with('.') && word.len() <= 255;
    (is_name && HARMFUL_FILES.contains(&end.to_ascii_lowercase().as_str())).then(|| {
        (observable(ObservableKind::FileName, word), Judgement::new(45, "ends like a file that can be run"))
    })
}

/// What stands around an address of version 4.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'v> {
    /// The word before it.
    pub(crate) before: &'v str,
    /// What follows it.
    pub(crate) after: &'v str,
    pub(crate) written: Written,
    pub(crate) about: About,
    pub(crate) alone: bool,
}

const VERSION_WORDS: [&str; 17] = [
    "version", "versions", "v", "ver", "release", "build", "firmware", "section", "sec", "chapter",
    "revision", "rev", "update", "patch", "§", "p", "annex",
];

/// An address or network of version 4, and how many bytes of what follows belong to it.
pub(crate) fn ipv4(word: &str, around: &Around<'_>) -> Option<(Found, Judgement, usize)> {
    let address: Ipv4Addr = word.parse().ok()?;
    let prefix = prefix_length(around.after, 32);
    let mut judgement = Judgement::new(60, "four numbers of an address");
    let port =
        around.after.strip_prefix(':').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let strong =
        around.written == Written::Defanged || port || prefix.is_some() || around.about.addresses.is();
    if around.written == Written::Defanged {
        judgement.more(30, DEFANGED);
    }
    if port || prefix.is_some() {
        judgement.more(15, "with a port or a length of prefix");
    }
    if around.about.addresses.is() {
        judgement.more(15, "its sentence speaks of addresses");
    }
    if around.alone {
        judgement.more(15, "alone in its line");
    }
    let before = around.before.trim_end_matches(['.', ':']).to_ascii_lowercase();
    let named = VERSION_WORDS.contains(&before.as_str());
    if around.written == Written::Plain && (named || (around.about.versions.is() && !strong && !around.alone))
    {
        return None;
    }
    let small = address.octets().iter().all(|octet| *octet <= 30);
    if small && !strong && !around.alone {
        judgement.less(30, "small numbers, as versions have them");
    }
    if address.octets().first() == Some(&0) || address.is_broadcast() {
        return None;
    }
    if address.is_private() || address.is_loopback() || address.is_link_local() {
        judgement.less(20, "an address of a network of one's own");
    }
    let (value, taken) = match prefix {
        Some((length, taken)) => (format!("{address}/{length}"), taken),
        None => (address.to_string(), 0),
    };
    Some((observable(ObservableKind::Ipv4, value), judgement, taken))
}

/// `/24` at the start of what follows, and how many bytes it has.
fn prefix_length(after: &str, most: u8) -> Option<(u8, usize)> {
    let digits = after.strip_prefix('/')?;
    let count = digits.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let (number, rest) = digits.split_at_checked(count)?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '/' || c == '-');
    let length = number.parse().ok().filter(|length| *length <= most && *length > 0)?;
    ends.then_some((length, count + 1))
}

/// An address or network of version 6 at the start of a token, and how many bytes it has.
pub(crate) fn ipv6(token: &str, written: Written) -> Option<(Found, Judgement, usize)> {
    let run = token.bytes().take_while(|b| b.is_ascii_hexdigit() || *b == b':' || *b == b'.').count();
    let (run, after) = token.split_at_checked(run)?;
    let run = if run.ends_with(':') && !run.ends_with("::") { run.strip_suffix(':')? } else { run };
    let address: Ipv6Addr = run.parse().ok()?;
    if after.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let groups: Vec<&str> = run.split(':').filter(|group| !group.is_empty()).collect();
    let long = groups.iter().any(|group| group.len() >= 3 && group.bytes().any(|b| b.is_ascii_digit()));
    if written == Written::Plain && (groups.len() < 2 || !long) {
        return None;
    }
    let mut judgement = Judgement::new(70, "the form of an address of version 6");
    if written == Written::Defanged {
        judgement.more(20, DEFANGED);
    }
    let (value, behind) = match prefix_length(after, 128) {
        Some((length, behind)) => (format!("{address}/{length}"), behind),
        None => (address.to_string(), 0),
    };
    Some((observable(ObservableKind::Ipv6, value), judgement, run.len() + behind))
}

/// A link-layer address.
pub(crate) fn mac(token: &str) -> Option<(Found, Judgement)> {
    let separator = if token.contains(':') { ':' } else { '-' };
    let groups: Vec<&str> = token.split(separator).collect();
    let pair = |group: &&str| group.len() == 2 && group.bytes().all(|b| b.is_ascii_hexdigit());
    let zero = groups.iter().all(|group| *group == "00");
    (groups.len() == 6 && groups.iter().all(pair) && !zero).then(|| {
        let value = groups.join(":").to_ascii_lowercase();
        (observable(ObservableKind::Mac, value), Judgement::new(80, "six pairs of hexadecimal digits"))
    })
}

/// A link in a token: where it starts, how long it is, and what it is.
pub(crate) fn url(token: &str, written: Written) -> Option<(usize, usize, Found, Judgement)> {
    let colon = token.find("://")?;
    let before = token.get(..colon)?;
    let scheme = before.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
    let start = colon - scheme;
    let scheme = before.get(start..)?.to_ascii_lowercase();
    if !SCHEMES.contains(&scheme.as_str()) {
        return None;
    }
    let mut link = token.get(start..)?;
    // Two links that only a comma parts.
    if let Some(second) = link.match_indices("://").nth(1).map(|(at, _)| at) {
        let cut = link.get(..second).and_then(|first| first.rfind([',', ';']));
        link = cut.and_then(|cut| link.get(..cut)).unwrap_or(link);
    }
    let link = super::token::trim(link);
    let rest = link.get(scheme.len() + 3..)?;
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(authority_end)?;
    let host_at = authority.rfind('@').map_or(0, |at| at + 1);
    let (user, place) = authority.split_at_checked(host_at)?;
    let (host, port) = split_port(place)?;
    let host = host_of(host)?;
    let mut judgement = Judgement::new(55, "a link to a host that can be");
    if written == Written::Defanged {
        judgement.more(35, DEFANGED);
    }
    let value = format!("{scheme}://{user}{host}{port}{path}");
    Some((start, link.len(), observable(ObservableKind::Url, value), judgement))
}

fn split_port(place: &str) -> Option<(&str, &str)> {
    let bracket = place.rfind(']').unwrap_or(0);
    let colon = place.get(bracket..)?.find(':').map_or(place.len(), |at| at + bracket);
    let (host, port) = place.split_at_checked(colon)?;
    let is_port =
        port.is_empty() || port.strip_prefix(':').is_some_and(|digits| digits.parse::<u16>().is_ok());
    is_port.then_some((host, port))
}

fn host_of(host: &str) -> Option<String> {
    if let Some(inner) = host.strip_prefix('[') {
        let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{address}]"));
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Some(address.to_string());
    }
    domain_name(host).map(|domain| domain.name)
}

/// A mailbox in a token: where it starts, how long it is, and what it is.
pub(crate) fn email(token: &str, written: Written) -> Option<(usize, usize, Found, Judgement)> {
    let at = token.find('@')?;
    let (before, behind) = token.split_at_checked(at)?;
    let behind = behind.strip_prefix('@')?;
    let local_length =
        before.bytes().rev().take_while(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(b)).count();
    let start = at - local_length;
    let local = before.get(start..)?;
    let trimmed = local.trim_start_matches(['.', '-']);
    let start = start + local.len() - trimmed.len();
    let host_length =
        behind.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).unwrap_or(behind.len());
    let host = behind.get(..host_length)?.trim_end_matches(['.', '-']);
    if trimmed.is_empty() || trimmed.len() > 64 || trimmed.ends_with('.') {
        return None;
    }
    let domain = domain_name(host)?;
    let mut judgement = Judgement::new(60, "a mailbox at a domain that can be");
    if written == Written::Defanged {
        judgement.more(30, DEFANGED);
    }
    let value = format!("{trimmed}@{}", domain.name);
    Some((start, trimmed.len() + 1 + host.len(), observable(ObservableKind::Email, value), judgement))
}

/// An autonomous system's number.
pub(crate) fn autonomous_system(word: &str, before: &str, about: About) -> Option<(Found, Judgement)> {
    let upper = word.to_ascii_uppercase();
    let (digits, said) = if let Some(digits) = upper.strip_prefix("ASN").or_else(|| upper.strip_prefix("AS"))
    {
        // The AS/400 is a machine.
        (digits, word.starts_with("AS") && (digits.len() >= 4 || (about.systems.is() && word != "AS400")))
    } else {
        // A bare `AS 2024` is two words more often than a number.
        let spelt = before == "AS" && (word.len() >= 5 || about.systems.is());
        (upper.as_str(), spelt || ["asn", "asn:"].iter().any(|own| before.eq_ignore_ascii_case(own)))
    };
    let number: u32 = digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))?;
    (said && number > 0).then(|| {
        let found = observable(ObservableKind::AutonomousSystem, number.to_string());
        (found, Judgement::new(70, "written as an autonomous system's number"))
    })
}
