//! Which single values does an indicator look for, and which pattern looks for a value?

use serde_json::{Map, Value as Json, json};
use stix::pattern::{
    Comparator, Comparison, Comparisons, Constant, ObjectPath, Observations, Pattern, Qualifier, Test,
};
use stix::{Limits, json::Tree, validate::deterministic};

/// A value that can be looked for alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observable {
    /// What it is.
    pub kind: ObservableKind,
    /// As STIX writes it; what is normalised and how is the kind's matter.
    pub value: String,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObservableKind {
    /// An IPv4 address, or a network in CIDR notation.
    Ipv4,
    /// An IPv6 address, or a network in CIDR notation.
    Ipv6,
    /// A domain name.
    Domain,
    /// All names below a domain, which is written without a leading point; not the domain itself.
    Subdomains,
    /// A URL.
    Url,
    /// An address of electronic mail.
    Email,
    /// A link-layer address.
    Mac,
    /// The MD5 of a file, in hexadecimal digits, as are the following.
    Md5,
    /// The SHA-1 of a file.
    Sha1,
    /// The SHA-256 of a file.
    Sha256,
    /// The SHA-512 of a file.
    Sha512,
    /// The context-triggered hash of a file.
    Ssdeep,
    /// The name of a file, without a path.
    FileName,
    /// The path of a directory or file.
    Path,
    /// A key of the Windows registry.
    RegistryKey,
    /// The name of a mutex.
    Mutex,
    /// An autonomous system's number, in decimal digits.
    AutonomousSystem,
    /// The SHA-1 of an X.509 certificate.
    CertificateSha1,
    /// The SHA-256 of an X.509 certificate.
    CertificateSha256,
    /// The subject of a message.
    EmailSubject,
    /// The user agent of an HTTP request.
    UserAgent,
}

/// Each kind by the object paths at which it is looked for, the first the one that is written.
const PATHS: &[(ObservableKind, &[&str])] = &[
    (ObservableKind::Ipv4, &["ipv4-addr:value"]),
    (ObservableKind::Ipv6, &["ipv6-addr:value"]),
    (ObservableKind::Domain, &["domain-name:value"]),
    (ObservableKind::Subdomains, &["domain-name:value"]),
    (ObservableKind::Url, &["url:value"]),
    (
        ObservableKind::Email,
        &["email-addr:value", "email-message:from_ref.value", "email-message:sender_ref.value"],
    ),
    (ObservableKind::Mac, &["mac-addr:value"]),
    (ObservableKind::Md5, &["file:hashes.MD5"]),
    (ObservableKind::Sha1, &["file:hashes.'SHA-1'", "file:hashes.SHA1"]),
    (ObservableKind::Sha256, &["file:hashes.'SHA-256'", "file:hashes.SHA256"]),
    (ObservableKind::Sha512, &["file:hashes.'SHA-512'", "file:hashes.SHA512"]),
    (ObservableKind::Ssdeep, &["file:hashes.SSDEEP", "file:hashes.ssdeep"]),
    (ObservableKind::FileName, &["file:name"]),
    (ObservableKind::Path, &["directory:path"]),
    (ObservableKind::RegistryKey, &["windows-registry-key:key"]),
    (ObservableKind::Mutex, &["mutex:name"]),
    (ObservableKind::AutonomousSystem, &["autonomous-system:number"]),
    (ObservableKind::CertificateSha1, &["x509-certificate:hashes.'SHA-1'", "x509-certificate:hashes.SHA1"]),
    (
        ObservableKind::CertificateSha256,
        &["x509-certificate:hashes.'SHA-256'", "x509-certificate:hashes.SHA256"],
    ),
    (ObservableKind::EmailSubject, &["email-message:subject"]),
    (
        ObservableKind::UserAgent,
        &["network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"],
    ),
];

impl ObservableKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        PATHS.iter().map(|(kind, _)| *kind)
    }

    /// The object path at which it is looked for.
    fn path(self) -> Option<ObjectPath> {
        PATHS.iter().find(|(kind, _)| *kind == self).and_then(|(_, paths)| paths.first()?.parse().ok())
    }

    fn at(path: &ObjectPath) -> Option<Self> {
        let written = path.to_string();
        PATHS.iter().find(|(_, paths)| paths.contains(&written.as_str())).map(|(kind, _)| *kind)
    }
}

impl Observable {
    /// The pattern that looks for the value. Nothing where the value is not of the kind's form (an AS number that is none).
    pub fn pattern(&self) -> Option<Pattern> {
        let is_network =
            matches!(self.kind, ObservableKind::Ipv4 | ObservableKind::Ipv6) && self.value.contains('/');
        let test = if is_network {
            Test::IsSubset(self.value.clone())
        } else if self.kind == ObservableKind::AutonomousSystem {
            Test::Compare(Comparator::Equal, Constant::Integer(self.value.parse().ok()?))
        } else if self.kind == ObservableKind::Subdomains {
            if self.value.contains(['%', '_']) {
                return None;
            }
            Test::Like(format!("%.{}", self.value))
        } else {
            Test::Compare(Comparator::Equal, Constant::Text(self.value.clone()))
        };
        let comparison = Comparison { path: self.kind.path()?, negated: false, test };
        Some(Pattern { root: Observations::Simple(Comparisons::One(comparison)) })
    }
}

impl Observable {
    /// The cyber-observable object that the value is, with the id that its contents give (STIX 2.1 section 2.9): nothing where the
    /// standard has no object for it.
    pub fn object(&self) -> Option<Map<String, Json>> {
        use ObservableKind as Kind;
        let value = self.value.as_str();
        // Hexadecimal digits mean the same in either case, and ids are made of what is written.
        let hash = |name: &str| json!({ "hashes": { name: value.to_ascii_lowercase() } });
        let (object_type, rest) = match self.kind {
            Kind::Ipv4 => ("ipv4-addr", json!({ "value": value })),
            Kind::Ipv6 => ("ipv6-addr", json!({ "value": value })),
            Kind::Domain => ("domain-name", json!({ "value": value })),
            Kind::Url => ("url", json!({ "value": value })),
            Kind::Email => ("email-addr", json!({ "value": value })),
            Kind::Mac => ("mac-addr", json!({ "value": value })),
            Kind::Md5 => ("file", hash("MD5")),
            Kind::Sha1 => ("file", hash("SHA-1")),
            Kind::Sha256 => ("file", hash("SHA-256")),
            Kind::Sha512 => ("file", hash("SHA-512")),
            Kind::Ssdeep => ("file", json!({ "hashes": { "SSDEEP": value } })),
            Kind::FileName => ("file", json!({ "name": value })),
            Kind::Path => ("directory", json!({ "path": value })),
            Kind::RegistryKey => ("windows-registry-key", json!({ "key": value })),
            Kind::Mutex => ("mutex", json!({ "name": value })),
            Kind::AutonomousSystem => ("autonomous-system", json!({ "number": value.parse::<u32>().ok()? })),
            Kind::CertificateSha1 => ("x509-certificate", hash("SHA-1")),
            Kind::CertificateSha256 => ("x509-certificate", hash("SHA-256")),
            Kind::EmailSubject | Kind::UserAgent | Kind::Subdomains => return None,
        };
        cyber_observable(object_type, rest)
    }
}

/// A cyber-observable object of a type with these properties and the id that they give.
pub(crate) fn cyber_observable(object_type: &str, rest: Json) -> Option<Map<String, Json>> {
    let Json::Object(rest) = rest else { return None };
    let mut object =
        Map::from_iter([("type".to_owned(), json!(object_type)), ("spec_version".to_owned(), json!("2.1"))]);
    object.extend(rest);
    let text = Json::Object(object.clone()).to_string();
    let id = deterministic::id(Tree::parse(text.as_bytes(), &Limits::DEFAULT).ok()?.root())?;
    object.insert("id".to_owned(), json!(id.as_str()));
    Some(object)
}

/// What a pattern looks for, as far as it can be said value by value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alternatives {
    /// Each of them alone fulfils the pattern.
    pub values: Vec<Observable>,
    /// Whether the pattern is also fulfilled by what is not among the values, or the values are less than it asks.
    pub rest: Rest,
}

/// What of a pattern is not said by its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rest {
    /// Nothing: any one of the values fulfils it, and nothing else does.
    #[default]
    Nothing,
    /// Something: other alternatives are left out.
    Something,
}

/// The single values of which each alone fulfils the pattern. What needs several at once, a qualifier, or an operator other than
/// `=`, `IN`, ISSUBSET of a network and LIKE `%.name` of a domain is told as [`Rest::Something`].
pub fn alternatives(pattern: &Pattern) -> Alternatives {
    let mut found = Alternatives::default();
    observations(&pattern.root, &mut found);
    found
}

fn observations(expression: &Observations, found: &mut Alternatives) {
    match expression {
        Observations::Simple(inner) => comparisons(inner, found),
        Observations::Or(all) => all.iter().for_each(|one| observations(one, found)),
        Observations::Qualified(inner, qualifiers)
            if qualifiers.iter().all(|one| matches!(one, Qualifier::Within(_) | Qualifier::Repeats(1))) =>
        {
            observations(inner, found);
        }
        Observations::And(_) | Observations::FollowedBy(_) | Observations::Qualified(..) => {
            found.rest = Rest::Something;
        }
    }
}

fn comparisons(expression: &Comparisons, found: &mut Alternatives) {
    match expression {
        Comparisons::One(one) => match values(one) {
            Some(values) => found.values.extend(values),
            None => found.rest = Rest::Something,
        },
        Comparisons::Or(all) => all.iter().for_each(|one| comparisons(one, found)),
        Comparisons::And(_) => found.rest = Rest::Something,
    }
}

fn values(comparison: &Comparison) -> Option<Vec<Observable>> {
    if comparison.negated {
        return None;
    }
    let kind = ObservableKind::at(&comparison.path)?;
    let one = |constant: &Constant| match constant {
        Constant::Text(value) => Some(Observable { kind, value: value.clone() }),
        Constant::Integer(number) => Some(Observable { kind, value: number.to_string() }),
        Constant::Float(_)
        | Constant::Boolean(_)
        | Constant::Hex(_)
        | Constant::Binary(_)
        | Constant::Timestamp(_) => None,
    };
    match &comparison.test {
        Test::Compare(Comparator::Equal, constant) => Some(vec![one(constant)?]),
        Test::In(members) => members.iter().map(one).collect(),
        Test::IsSubset(network) => Some(vec![Observable { kind, value: network.clone() }]),
        Test::Like(like) if kind == ObservableKind::Domain => {
            let name = like.strip_prefix("%.").filter(|name| !name.contains(['%', '_']))?;
            Some(vec![Observable { kind: ObservableKind::Subdomains, value: name.to_owned() }])
        }
        Test::Compare(..) | Test::Like(_) | Test::Matches(_) | Test::IsSuperset(_) | Test::Exists => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_again_in_the_pattern_that_looks_for_it() {
        for kind in ObservableKind::all() {
            let value = if kind == ObservableKind::AutonomousSystem { "64496" } else { "it's \\ a value" };
            let observable = Observable { kind, value: value.to_owned() };
            let text = observable.pattern().unwrap().to_string();
            let read = alternatives(&text.parse().unwrap());
            assert_eq!(read, Alternatives { values: vec![observable], rest: Rest::Nothing }, "{text}");
        }
    }

    #[test]
    fn what_needs_more_than_one_value_is_told_as_rest() {
        let of = |text: &str| alternatives(&text.parse().unwrap());
        assert_eq!(of("[domain-name:value = 'a.example' AND domain-name:value = 'b.example']").values, []);
        assert_eq!(of("[file:name LIKE 'a%']").rest, Rest::Something);
        let either = of(
            "[domain-name:value IN ('a.example', 'b.example')] OR [ipv4-addr:value ISSUBSET '192.0.2.0/24']",
        );
        assert_eq!((either.values.len(), either.rest), (3, Rest::Nothing));
        let some = of("[url:value = 'https://a.example/'] OR [file:name MATCHES 'x']");
        assert_eq!((some.values.len(), some.rest), (1, Rest::Something));
    }
}
