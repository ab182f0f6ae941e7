//! How are indicators written for Suricata? As rules with numbers that stay, or as datasets that few rules ask.

mod rule;

use std::{collections::BTreeMap, fmt::Write as _};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    ObservableKind,
    export::{
        Closing, End, Out, Subject, Why, Writer, banner,
        entry::{Entry, Language, Said, kind_name},
        form,
        numbers::NUMBER_FIRST,
    },
};

/// The rules.
pub const RULES: &str = "cresset.rules";

/// The rules of Snort.
pub const SNORT_RULES: &str = "snort.rules";

/// The lists of hashes: the kind, the file, the keyword that asks it, how many digits.
const HASHES: [(ObservableKind, &str, &str, usize); 3] = [
    (ObservableKind::Md5, "cresset-md5.list", "filemd5", 32),
    (ObservableKind::Sha1, "cresset-sha1.list", "filesha1", 40),
    (ObservableKind::Sha256, "cresset-sha256.list", "filesha256", 64),
];

/// A dataset: the file, and how Suricata calls its type.
const DOMAINS: (&str, &str) = ("cresset-domains.lst", "string");
const AGENTS: (&str, &str) = ("cresset-user-agents.lst", "string");
const IPV4: (&str, &str) = ("cresset-ipv4.lst", "ipv4");
const IPV6: (&str, &str) = ("cresset-ipv6.lst", "ipv6");

/// The rules that ask lists and datasets have numbers of their own, below those that are given.
const FIXED_FIRST: u32 = NUMBER_FIRST - 100;

/// One rule for each value.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    lists: BTreeMap<&'static str, u64>,
}

/// Datasets and the rules that ask them.
#[derive(Debug, Default)]
pub(crate) struct Datasets {
    lists: BTreeMap<&'static str, u64>,
}

/// Rules of Snort, passed through.
#[derive(Debug)]
pub(crate) struct Snort;

impl Writer for Rules {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let Some(sought) = &entry.sought else { return said.lacks(Why::ObjectType, "") };
        if sought.language == Language::Suricata {
            return pass(entry, RULES, out, said);
        }
        for value in sought.values(said) {
            if !list_hash(value.kind, &value.value, &mut self.lists, out, said) {
                rules(entry, (value.kind, &value.value), out, said);
            }
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let tail = hash_rules(&self.lists);
        ends(subject, closing, tail, HASHES.map(|(_, file, ..)| file).into_iter())
    }
}

impl Writer for Datasets {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let Some(sought) = &entry.sought else { return said.lacks(Why::ObjectType, "") };
        if sought.language == Language::Suricata {
            return pass(entry, RULES, out, said);
        }
        for value in sought.values(said) {
            if list_hash(value.kind, &value.value, &mut self.lists, out, said) {
                continue;
            }
            let lines = match value.kind {
                ObservableKind::Domain => {
                    form::domain(&value.value).map(|name| (DOMAINS, STANDARD.encode(name)))
                }
                ObservableKind::UserAgent => Some((AGENTS, STANDARD.encode(&value.value))),
                ObservableKind::Ipv4 | ObservableKind::Ipv6 => match form::network(&value.value) {
                    Some((address, 32)) if address.is_ipv4() => Some((IPV4, address.to_string())),
                    Some((address, 128)) => Some((IPV6, address.to_string())),
                    // A dataset holds no networks.
                    Some(_) | None => {
                        rules(entry, (value.kind, &value.value), out, said);
                        continue;
                    }
                },
                ObservableKind::Subdomains
                | ObservableKind::Url
                | ObservableKind::Email
                | ObservableKind::Mac
                | ObservableKind::Md5
                | ObservableKind::Sha1
                | ObservableKind::Sha256
                | ObservableKind::Sha512
                | ObservableKind::Ssdeep
                | ObservableKind::FileName
                | ObservableKind::Path
                | ObservableKind::RegistryKey
                | ObservableKind::Mutex
                | ObservableKind::AutonomousSystem
                | ObservableKind::CertificateSha1
                | ObservableKind::CertificateSha256
                | ObservableKind::EmailSubject => {
                    rules(entry, (value.kind, &value.value), out, said);
                    continue;
                }
            };
            match lines {
                Some(((file, _), line)) => {
                    *self.lists.entry(file).or_default() += 1;
                    let to = out.parts.part(file);
                    to.extend_from_slice(line.as_bytes());
                    to.push(b'\n');
                }
                None => said.lacks(Why::Value, kind_name(value.kind)),
            }
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let mut tail = hash_rules(&self.lists);
        let asked: [(u32, (&str, &str), &str, &str); 8] = [
            (10, DOMAINS, "dns", "dns.query; to_lowercase"),
            (11, DOMAINS, "tls", "tls.sni; to_lowercase"),
            (12, DOMAINS, "http", "http.host"),
            (13, AGENTS, "http", "http.user_agent"),
            (14, IPV4, "ip", "ip.src"),
            (15, IPV4, "ip", "ip.dst"),
            (16, IPV6, "ip", "ip.src"),
            (17, IPV6, "ip", "ip.dst"),
        ];
        for (number, (file, of_type), protocol, buffer) in asked {
            let Some(count) = self.lists.get(file) else { continue };
            let name = file.trim_end_matches(".lst");
            let sid = FIXED_FIRST + number;
            // Room for what is inside, within what Suricata allows one dataset.
            let size = count.next_power_of_two().clamp(1024, 262_144);
            let memory = count.saturating_mul(512).max(16 << 20);
            let _ = writeln!(
                tail,
                "alert {protocol} any any -> any any (msg:\"Cresset {name}\"; {buffer}; \
                 dataset:isset,{name}, type {of_type}, load {file}, memcap {memory}, hashsize {size}; \
                 sid:{sid}; rev:1;)"
            );
        }
        let others = [DOMAINS, AGENTS, IPV4, IPV6].map(|(file, _)| file);
        ends(subject, closing, tail, HASHES.map(|(_, file, ..)| file).into_iter().chain(others))
    }
}

impl Writer for Snort {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let Some(sought) = &entry.sought else { return said.lacks(Why::ObjectType, "") };
        match sought.language {
            Language::Snort => pass(entry, SNORT_RULES, out, said),
            Language::Stix | Language::Yara | Language::Sigma | Language::Suricata | Language::Other => {
                said.lacks(Why::PatternType, "");
            }
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let head = banner("#", subject, closing).into_bytes();
        vec![End { part: SNORT_RULES.to_owned(), head, tail: Vec::new() }]
    }
}

/// The rules with the banner; every list has its place, also where it has become empty, and none a banner, for Suricata reads no comments in them.
fn ends(
    subject: &Subject,
    closing: &Closing,
    tail: String,
    lists: impl Iterator<Item = &'static str>,
) -> Vec<End> {
    let head = banner("#", subject, closing).into_bytes();
    let rules = End { part: RULES.to_owned(), head, tail: tail.into_bytes() };
    let list = |file: &str| End { part: file.to_owned(), head: Vec::new(), tail: Vec::new() };
    std::iter::once(rules).chain(lists.map(list)).collect()
}

/// Puts a hash on its list; whether it is a hash.
fn list_hash(
    kind: ObservableKind,
    value: &str,
    lists: &mut BTreeMap<&'static str, u64>,
    out: &mut Out,
    said: &mut Said,
) -> bool {
    let Some((_, file, _, digits)) = HASHES.into_iter().find(|(own, ..)| *own == kind) else { return false };
    let Some(hash) = form::hash(value, digits) else {
        said.lacks(Why::Value, kind_name(kind));
        return true;
    };
    *lists.entry(file).or_default() += 1;
    let to = out.parts.part(file);
    to.extend_from_slice(hash.as_bytes());
    to.push(b'\n');
    true
}

fn hash_rules(lists: &BTreeMap<&'static str, u64>) -> String {
    let mut text = String::new();
    for ((_, file, keyword, _), number) in HASHES.into_iter().zip(FIXED_FIRST..) {
        if lists.contains_key(file) {
            let _ = writeln!(
                text,
                "alert http any any -> any any (msg:\"Cresset {keyword}\"; {keyword}:{file}; sid:{number}; rev:1;)"
            );
        }
    }
    text
}

/// The rules that look for one value.
fn rules(entry: &Entry<'_>, (kind, value): (ObservableKind, &str), out: &mut Out, said: &mut Said) {
    let bodies = match rule::bodies(kind, value) {
        Ok(bodies) => bodies,
        Err(why) => return said.lacks(why, kind_name(kind)),
    };
    for body in bodies {
        let Some(number) = out.numbers.number(&[entry.id(), body.looks_in, &body.options]) else {
            return said.lacks(Why::Numbers, "");
        };
        let (head, options, name, id) =
            (&body.head, &body.options, rule::message(&entry.title()), entry.id());
        let line = format!(
            "alert {head} (msg:\"Cresset {name}\"; {options} metadata:cresset {id}; sid:{number}; rev:1;)\n"
        );
        out.parts.part(RULES).extend_from_slice(line.as_bytes());
    }
}

/// Passes rules through that are nothing but alerts and touch no file, with numbers of ours.
fn pass(entry: &Entry<'_>, part: &str, out: &mut Out, said: &mut Said) {
    let Some(sought) = &entry.sought else { return };
    let Some(rules) = rule::read(&sought.pattern) else { return said.lacks(Why::Pattern, "") };
    for (index, rule) in rules.iter().enumerate() {
        let Some(number) = out.numbers.number(&[entry.id(), "passed", &index.to_string()]) else {
            return said.lacks(Why::Numbers, "");
        };
        let line = format!("{} ({} sid:{number};)\n", rule.head, rule.options);
        out.parts.part(part).extend_from_slice(line.as_bytes());
    }
}
