//! What does an object say that other tools can use?

use std::borrow::Cow;

use stix::{
    Object, SpecVersion, Timestamp,
    json::Value,
    pattern::{Grammar, Pattern, PatternLimits},
};

use super::{Why, plain::is_plain};
use crate::{
    Observable, ObservableKind,
    observable::{Rest, alternatives},
};

/// An object as writers see it.
pub(crate) struct Entry<'t> {
    pub(crate) object: &'t Object,
    pub(crate) root: Value<'t>,
    /// What it looks for, where it is an indicator.
    pub(crate) sought: Option<Sought<'t>>,
}

/// What an indicator looks for.
pub(crate) struct Sought<'t> {
    pub(crate) language: Language,
    pub(crate) pattern: Cow<'t, str>,
    /// The single values, where the pattern is one of STIX.
    pub(crate) values: Vec<Observable>,
    /// Whether the pattern could be read, and whether the values are all of it.
    pub(crate) lacks: Option<Why>,
}

/// The language of a pattern (STIX 2.1 section 10.22).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Stix,
    Yara,
    Sigma,
    Snort,
    Suricata,
    Other,
}

impl Language {
    fn named(name: &str) -> Self {
        match name {
            "stix" => Self::Stix,
            "yara" => Self::Yara,
            "sigma" => Self::Sigma,
            "snort" => Self::Snort,
            "suricata" => Self::Suricata,
            _ => Self::Other,
        }
    }
}

impl<'t> Entry<'t> {
    pub(crate) fn read(object: &'t Object, root: Value<'t>) -> Self {
        let sought = (object.object_type() == "indicator").then(|| Sought::read(object.spec_version(), root));
        Self { object, root, sought }
    }

    pub(crate) fn id(&self) -> &'t str {
        self.object.id()
    }

    pub(crate) fn text(&self, key: &str) -> Option<Cow<'t, str>> {
        self.root.get(key)?.as_str()
    }

    pub(crate) fn moment(&self, key: &str) -> Option<Timestamp> {
        Timestamp::parse(&self.text(key)?).ok()
    }

    pub(crate) fn confidence(&self) -> Option<i64> {
        self.root.get("confidence")?.as_i64()
    }

    /// Its name, or where it has none its id.
    pub(crate) fn title(&self) -> String {
        let name = self.text("name").map(|name| super::plain::one_line(&name));
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| self.id().to_owned())
    }

    pub(crate) fn uuid(&self) -> &'t str {
        self.id().split_once("--").map_or("", |(_, uuid)| uuid)
    }
}

impl<'t> Sought<'t> {
    fn read(version: SpecVersion, root: Value<'t>) -> Self {
        let text = |key: &str| root.get(key).and_then(Value::as_str);
        let pattern = text("pattern").unwrap_or_default();
        let language = text("pattern_type").map_or(Language::Stix, |name| Language::named(&name));
        let mut sought = Self { language, pattern, values: Vec::new(), lacks: None };
        if language != Language::Stix {
            return sought;
        }
        match Pattern::parse_either(&sought.pattern, Grammar::of(version), &PatternLimits::DEFAULT) {
            Ok((pattern, _)) => {
                let found = alternatives(&pattern);
                sought.values = found.values;
                sought.lacks = (found.rest == Rest::Something).then_some(Why::Combination);
            }
            Err(_) => sought.lacks = Some(Why::Pattern),
        }
        sought
    }

    /// The values that may be written, and why others may not.
    pub(crate) fn values<'s>(&'s self, said: &mut Said) -> Vec<&'s Observable> {
        if self.language != Language::Stix {
            said.lacks(Why::PatternType, "");
            return Vec::new();
        }
        if let Some(why) = self.lacks {
            said.lacks(why, "");
        }
        let mut plain = Vec::with_capacity(self.values.len());
        for value in &self.values {
            if is_plain(&value.value) {
                plain.push(value);
            } else {
                said.lacks(Why::Value, kind_name(value.kind));
            }
        }
        plain
    }
}

/// What a writer could not say of an object.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) lacks: Vec<(Why, String)>,
}

impl Said {
    pub(crate) fn lacks(&mut self, why: Why, what: &str) {
        self.lacks.push((why, what.to_owned()));
    }
}

/// The name of a kind, in filters, columns and names of files.
pub const fn kind_name(kind: ObservableKind) -> &'static str {
    match kind {
        ObservableKind::Ipv4 => "ipv4",
        ObservableKind::Ipv6 => "ipv6",
        ObservableKind::Domain => "domain",
        ObservableKind::Subdomains => "subdomains",
        ObservableKind::Url => "url",
        ObservableKind::Email => "email",
        ObservableKind::Mac => "mac",
        ObservableKind::Md5 => "md5",
        ObservableKind::Sha1 => "sha1",
        ObservableKind::Sha256 => "sha256",
        ObservableKind::Sha512 => "sha512",
        ObservableKind::Ssdeep => "ssdeep",
        ObservableKind::FileName => "file-name",
        ObservableKind::Path => "path",
        ObservableKind::RegistryKey => "registry-key",
        ObservableKind::Mutex => "mutex",
        ObservableKind::AutonomousSystem => "autonomous-system",
        ObservableKind::CertificateSha1 => "certificate-sha1",
        ObservableKind::CertificateSha256 => "certificate-sha256",
        ObservableKind::EmailSubject => "email-subject",
        ObservableKind::UserAgent => "user-agent",
    }
}
