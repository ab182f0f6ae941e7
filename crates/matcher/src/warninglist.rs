//! Which values are so common that an indicator for them must not fire?
//!
//! An indicator for `google.com` or `192.168.1.1` is a mistake of whoever wrote it, and would fire on every line. The lists
//! are text ([`Warninglist::BUILTIN`], written for this repository), and a user's own are in the same format: sections
//! `[reason]`, one value a line, `#` for comments. What a value is, is told by its form:
//!
//! - `192.0.2.0/24`, `192.0.2.1`, `2001:db8::/32`: networks and addresses;
//! - `example.com`: this domain and, for URLs, this host alone; `*.example.com`: every name below it too;
//! - hexadecimal digits of the length of a hash: the hash of a file;
//! - `=text`: any other value, as it is, in any case.

use std::net::IpAddr;

use hashbrown::HashMap;
use stix::pattern::{ObjectPath, Step};

use crate::network::Network;

/// Bounds on lists, which people write and programs may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarninglistLimits {
    /// Length of a list, in bytes.
    pub text_bytes_max: usize,
    /// How many values a list may have.
    pub values_max: usize,
    /// Length of a value or reason, in bytes.
    pub value_bytes_max: usize,
}

impl WarninglistLimits {
    /// The limits used where nothing else is configured.
    pub const DEFAULT: Self =
        Self { text_bytes_max: 64 << 20, values_max: 2_000_000, value_bytes_max: 1_024 };
}

/// What is wrong with a list, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct WarninglistError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: WarninglistProblem,
}

/// What is wrong with a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages are the documentation")]
pub enum WarninglistProblem {
    #[error("`{0}` is no address, network, domain or hash; write `={0}` for any other value")]
    Value(String),
    #[error("a value stands before the first `[reason]`")]
    Reason,
    #[error("more than the {0} that are allowed")]
    Limit(usize),
}

/// By number of its reason.
type Reason = u32;

/// Values that must not fire, and why.
#[derive(Debug, Clone, Default)]
pub struct Warninglist {
    reasons: Vec<String>,
    networks: HashMap<Network, Reason>,
    /// The lengths that there are, so that only those are tried.
    lengths: Vec<u8>,
    names: HashMap<String, Reason>,
    /// Names whose subdomains are meant too.
    zones: HashMap<String, Reason>,
    /// Hashes and any other values, in lower case.
    values: HashMap<String, Reason>,
}

impl Warninglist {
    /// The list of this repository.
    pub const BUILTIN: &'static str = include_str!("../warninglists/common.txt");

    /// The list of this repository, read.
    pub fn builtin() -> Self {
        Self::default().with(Self::BUILTIN, &WarninglistLimits::DEFAULT).unwrap_or_default()
    }

    /// This list and what a text adds to it. A value that is in both keeps its first reason.
    ///
    /// # Errors
    /// The first thing that is wrong with the text.
    pub fn with(mut self, text: &str, limits: &WarninglistLimits) -> Result<Self, WarninglistError> {
        let error = |line, problem| WarninglistError { line, problem };
        if text.len() > limits.text_bytes_max {
            return Err(error(1, WarninglistProblem::Limit(limits.text_bytes_max)));
        }
        let mut reason = None;
        let mut count = 0;
        for (line, written) in (1..).zip(text.lines()) {
            let value = written.trim();
            if value.is_empty() || value.starts_with('#') {
                continue;
            }
            if value.len() > limits.value_bytes_max {
                return Err(error(line, WarninglistProblem::Limit(limits.value_bytes_max)));
            }
            if let Some(name) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                reason = Some(u32::try_from(self.reasons.len()).unwrap_or(u32::MAX));
                self.reasons.push(name.to_owned());
                continue;
            }
            count += 1;
            if count > limits.values_max {
                return Err(error(line, WarninglistProblem::Limit(limits.values_max)));
            }
            let reason = reason.ok_or_else(|| error(line, WarninglistProblem::Reason))?;
            self.add(value, reason).map_err(|problem| error(line, problem))?;
        }
        Ok(self)
    }

    fn add(&mut self, value: &str, reason: Reason) -> Result<(), WarninglistProblem> {
        if let Some(other) = value.strip_prefix('=') {
            self.values.entry(other.to_lowercase()).or_insert(reason);
        } else if let Some(network) = Network::parse(value) {
            if !self.lengths.contains(&network.length) {
                self.lengths.push(network.length);
            }
            self.networks.entry(network).or_insert(reason);
        } else if is_hash(value) {
            self.values.entry(value.to_ascii_lowercase()).or_insert(reason);
        } else if let Some(zone) = value.strip_prefix("*.").filter(|zone| is_name(zone)) {
            self.zones.entry(zone.to_lowercase()).or_insert(reason);
        } else if is_name(value) {
            self.names.entry(value.to_lowercase()).or_insert(reason);
        } else {
            return Err(WarninglistProblem::Value(value.to_owned()));
        }
        Ok(())
    }

    /// As what a sensor asks before it fires.
    pub fn into_common(self) -> crate::watch::Common {
        Box::new(move |path, value| {
            let path = path.parse().ok()?;
            self.covers(&path, value).map(str::to_owned)
        })
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.networks.len() + self.names.len() + self.zones.len() + self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Why a value of this path must not fire; nothing if it may. A network is covered by one around it, a URL by its host
    /// only where it names nothing else there: `https://google.com/` is covered, `https://google.com/url?q=…` is not.
    pub fn covers(&self, path: &ObjectPath, value: &str) -> Option<&str> {
        let value = value.trim();
        let last = path.steps.iter().rev().find_map(|step| match step {
            Step::Key(name) => Some(name.as_str()),
            Step::Index(_) | Step::Any => None,
        });
        let in_hashes = path.steps.iter().any(|step| *step == Step::Key("hashes".to_owned()));
        let reason = match path.object_type.as_str() {
            _ if in_hashes => self.value(value),
            "ipv4-addr" | "ipv6-addr" => self.network(value),
            "domain-name" => self.name(value),
            "url" => self.url(value),
            // What a reference leads to is told by the value.
            "network-traffic" if last == Some("value") => self.network(value).or_else(|| self.name(value)),
            _ => self.value(value),
        };
        let reason = reason.or_else(|| self.value(value))?;
        usize::try_from(reason).ok().and_then(|reason| self.reasons.get(reason)).map(String::as_str)
    }

    fn value(&self, value: &str) -> Option<Reason> {
        self.values.get(&value.to_lowercase()).copied()
    }

    fn network(&self, value: &str) -> Option<Reason> {
        let own = Network::parse(value)?;
        let within = |length: &&u8| **length <= own.length;
        self.lengths
            .iter()
            .filter(within)
            .find_map(|length| self.networks.get(&own.shortened(*length)).copied())
    }

    fn name(&self, value: &str) -> Option<Reason> {
        let name = value.strip_suffix('.').unwrap_or(value).to_lowercase();
        let exact = self.names.get(&name).copied();
        let zones = std::iter::successors(Some(name.as_str()), |name| Some(name.split_once('.')?.1));
        exact.or_else(|| zones.into_iter().find_map(|zone| self.zones.get(zone).copied()))
    }

    fn url(&self, value: &str) -> Option<Reason> {
        let (_, rest) = value.split_once("://")?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@']) {
            return None;
        }
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next()?,
            None => authority.split(':').next()?,
        };
        if host.parse::<IpAddr>().is_ok() { self.network(host) } else { self.name(host) }
    }
}

fn is_hash(value: &str) -> bool {
    matches!(value.len(), 32 | 40 | 64 | 128) && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_name(value: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    value.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers<'l>(list: &'l Warninglist, path: &str, value: &str) -> Option<&'l str> {
        list.covers(&path.parse().unwrap(), value)
    }

    #[test]
    fn common_values_are_covered_and_what_resembles_them_is_not() {
        let list = Warninglist::default().with(Warninglist::BUILTIN, &WarninglistLimits::DEFAULT).unwrap();
        assert!(list.len() > 400);
        for (path, value) in [
            ("ipv4-addr:value", "10.1.2.3"),
            ("ipv4-addr:value", "192.168.0.0/24"),
            ("ipv4-addr:value", "8.8.8.8"),
            ("ipv4-addr:value", "255.255.255.255"),
            ("ipv6-addr:value", "FE80::1"),
            ("ipv6-addr:value", "::1"),
            ("network-traffic:dst_ref.value", "127.0.0.1"),
            ("domain-name:value", "google.com"),
            ("domain-name:value", "WWW.Google.com."),
            ("domain-name:value", "localhost"),
            ("domain-name:value", "printer.local"),
            ("domain-name:value", "1.0.0.127.in-addr.arpa"),
            ("url:value", "https://google.com/"),
            ("url:value", "http://127.0.0.1:8080"),
            ("url:value", "http://[::1]/"),
            ("file:hashes.MD5", "D41D8CD98F00B204E9800998ECF8427E"),
            ("file:hashes.'SHA-256'", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("mac-addr:value", "FF:FF:FF:FF:FF:FF"),
            ("file:name", "svchost.exe"),
        ] {
            assert!(covers(&list, path, value).is_some(), "{path} {value}");
        }
        for (path, value) in [
            ("ipv4-addr:value", "10.0.0.0/7"),
            ("ipv4-addr:value", "8.8.8.9"),
            ("domain-name:value", "google.com.bad-site.net"),
            ("domain-name:value", "notgoogle.com"),
            ("domain-name:value", "drive-by.github.io"),
            ("url:value", "https://google.com/url?q=x"),
            ("url:value", "https://google.com@198.51.101.1/"),
            ("file:hashes.MD5", "0cc175b9c0f1b6a831c399e269772661"),
            ("file:name", "google.com"),
        ] {
            assert_eq!(covers(&list, path, value), None, "{path} {value}");
        }
    }

    #[test]
    fn lists_of_users_are_added_and_their_mistakes_located() {
        let list =
            Warninglist::default().with("[ours]\n*.corp.example\n=Agent.exe", &WarninglistLimits::DEFAULT);
        let list = list.unwrap();
        assert_eq!(covers(&list, "domain-name:value", "a.corp.example"), Some("ours"));
        assert_eq!(covers(&list, "process:name", "agent.EXE"), Some("ours"));
        for (text, line, problem) in [
            ("a.example", 1, WarninglistProblem::Reason),
            ("[x]\n\n# why\na b", 4, WarninglistProblem::Value("a b".to_owned())),
            ("[x]\na\nb\nc", 4, WarninglistProblem::Limit(2)),
            ("[x]\naaaaaaaaaaaaaaaaaaaaa", 2, WarninglistProblem::Limit(20)),
        ] {
            let limits =
                WarninglistLimits { values_max: 2, value_bytes_max: 20, ..WarninglistLimits::DEFAULT };
            let error = Warninglist::default().with(text, &limits).unwrap_err();
            assert_eq!(error, WarninglistError { line, problem }, "{text}");
        }
    }
}
