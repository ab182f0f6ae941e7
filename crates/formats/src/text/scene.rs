//! What does the sentence speak of in which a value stands?

use std::ops::Range;

use super::sentence;

/// What a sentence, or a document, speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct About {
    /// Hosts, domains, sites.
    pub(crate) hosts: Mention,
    /// Addresses and servers.
    pub(crate) addresses: Mention,
    /// Versions, releases, updates.
    pub(crate) versions: Mention,
    /// Autonomous systems.
    pub(crate) systems: Mention,
}

/// Whether something is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mention {
    /// No.
    #[default]
    No,
    /// Yes.
    Yes,
}

impl Mention {
    pub(crate) fn is(self) -> bool {
        self == Self::Yes
    }
}

const HOSTS: [&str; 32] = [
    "domain",
    "domains",
    "subdomain",
    "subdomains",
    "host",
    "hosts",
    "hostname",
    "hostnames",
    "hosted",
    "c2",
    "c&c",
    "cnc",
    "site",
    "sites",
    "website",
    "websites",
    "url",
    "urls",
    "dns",
    "resolve",
    "resolves",
    "resolved",
    "sinkhole",
    "sinkholed",
    "registered",
    "registrar",
    "beacon",
    "beacons",
    "phishing",
    "server",
    "servers",
    "nameserver",
];
const ADDRESSES: [&str; 26] = [
    "ip",
    "ips",
    "ipv4",
    "address",
    "addresses",
    "server",
    "servers",
    "c2",
    "c&c",
    "host",
    "hosts",
    "hosted",
    "port",
    "beacon",
    "beacons",
    "connect",
    "connects",
    "connected",
    "resolve",
    "resolves",
    "resolved",
    "subnet",
    "range",
    "scan",
    "scans",
    "scanned",
];
const VERSIONS: [&str; 22] = [
    "version",
    "versions",
    "firmware",
    "upgrade",
    "upgraded",
    "update",
    "updated",
    "release",
    "released",
    "releases",
    "patch",
    "patched",
    "build",
    "builds",
    "revision",
    "section",
    "chapter",
    "appendix",
    "annex",
    "euros",
    "dollars",
    "paragraph",
];
const SYSTEMS: [&str; 4] = ["asn", "asns", "autonomous", "bgp"];

/// Sentences of one text, the last one kept.
#[derive(Debug)]
pub(crate) struct Scene<'t> {
    text: &'t str,
    sentence: Range<usize>,
    about: About,
}

impl<'t> Scene<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, sentence: 0..0, about: About::default() }
    }

    /// What the sentence around a place speaks of.
    pub(crate) fn at(&mut self, span: &Range<usize>) -> About {
        if span.start < self.sentence.start || span.end > self.sentence.end || self.sentence.is_empty() {
            self.sentence = sentence::around(self.text, span);
            self.about = read(self.text.get(self.sentence.clone()).unwrap_or(""));
        }
        self.about
    }

    /// Whether a place has its line to itself, but for the mark of a list.
    pub(crate) fn is_alone(&self, span: &Range<usize>) -> bool {
        let before = self.text.get(..span.start).unwrap_or("");
        let line = before.rfind('\n').map_or(before, |at| before.get(at + 1..).unwrap_or(""));
        let after = self.text.get(span.end..).unwrap_or("");
        let rest = after.split('\n').next().unwrap_or("");
        let mark =
            |c: char| c.is_whitespace() || matches!(c, '-' | '*' | '+' | '•' | '|' | ',' | '"' | '`' | ';');
        line.len() < 16 && rest.len() < 16 && line.chars().all(mark) && rest.chars().all(mark)
    }
}

fn read(sentence: &str) -> About {
    let mut about = About::default();
    let mut lower = String::new();
    for word in sentence.split(|c: char| !(c.is_alphanumeric() || c == '&')) {
        if word.is_empty() || word.len() > 12 {
            continue;
        }
        lower.clear();
        lower.push_str(word);
        lower.make_ascii_lowercase();
        let is_in =
            |words: &[&str], old: Mention| if words.contains(&lower.as_str()) { Mention::Yes } else { old };
        about.hosts = is_in(&HOSTS, about.hosts);
        about.addresses = is_in(&ADDRESSES, about.addresses);
        about.versions = is_in(&VERSIONS, about.versions);
        about.systems = is_in(&SYSTEMS, about.systems);
    }
    about
}
