//! Which type of MISP is which kind of value, and which of MISP's words about sharing is which marking?

use crate::ObservableKind;

/// Types of attributes: type, category, kind. The first of a kind is the one that is written.
const TYPES: [(&str, &str, ObservableKind); 32] = [
    ("ip-dst", "Network activity", ObservableKind::Ipv4),
    ("ip-dst", "Network activity", ObservableKind::Ipv6),
    ("ip-src", "Network activity", ObservableKind::Ipv4),
    ("domain", "Network activity", ObservableKind::Domain),
    ("hostname", "Network activity", ObservableKind::Domain),
    ("url", "Network activity", ObservableKind::Url),
    ("uri", "Network activity", ObservableKind::Url),
    ("link", "External analysis", ObservableKind::Url),
    ("email", "Payload delivery", ObservableKind::Email),
    ("email-src", "Payload delivery", ObservableKind::Email),
    ("email-dst", "Payload delivery", ObservableKind::Email),
    ("mac-address", "Network activity", ObservableKind::Mac),
    ("md5", "Payload delivery", ObservableKind::Md5),
    ("sha1", "Payload delivery", ObservableKind::Sha1),
    ("sha256", "Payload delivery", ObservableKind::Sha256),
    ("sha512", "Payload delivery", ObservableKind::Sha512),
    ("ssdeep", "Payload delivery", ObservableKind::Ssdeep),
    ("filename", "Payload delivery", ObservableKind::FileName),
    ("filepath", "Payload delivery", ObservableKind::Path),
    ("regkey", "Persistence mechanism", ObservableKind::RegistryKey),
    ("mutex", "Artifacts dropped", ObservableKind::Mutex),
    ("AS", "Network activity", ObservableKind::AutonomousSystem),
    ("x509-fingerprint-sha1", "Network activity", ObservableKind::CertificateSha1),
    ("x509-fingerprint-sha256", "Network activity", ObservableKind::CertificateSha256),
    ("email-subject", "Payload delivery", ObservableKind::EmailSubject),
    ("user-agent", "Network activity", ObservableKind::UserAgent),
    ("malware-sample", "Payload delivery", ObservableKind::Md5),
    ("attachment", "Payload delivery", ObservableKind::FileName),
    ("email-attachment", "Payload delivery", ObservableKind::FileName),
    ("ja3-fingerprint-md5", "Network activity", ObservableKind::Md5),
    ("pehash", "Payload delivery", ObservableKind::Sha1),
    ("imphash", "Payload delivery", ObservableKind::Md5),
];

/// Types that look like a kind and are not: fingerprints of something else than a file, and samples that are packed.
const NOT_READ: [&str; 6] =
    ["malware-sample", "attachment", "email-attachment", "ja3-fingerprint-md5", "pehash", "imphash"];

/// Type and category of a kind.
pub(super) fn type_of(kind: ObservableKind) -> Option<(&'static str, &'static str)> {
    let found = TYPES.iter().find(|(of_type, _, own)| *own == kind && !NOT_READ.contains(of_type));
    found.map(|(of_type, category, _)| (*of_type, *category))
}

/// The kind of a value of a simple type.
pub(super) fn kind_of(of_type: &str, value: &str) -> Option<ObservableKind> {
    if NOT_READ.contains(&of_type) {
        return None;
    }
    let (_, _, kind) = TYPES.iter().find(|(own, ..)| *own == of_type)?;
    Some(if *kind == ObservableKind::Ipv4 && value.contains(':') { ObservableKind::Ipv6 } else { *kind })
}

/// The galaxies that are objects of STIX: type of the galaxy, type of the object. The first of a type is the one that is written.
pub(super) const GALAXIES: [(&str, &str); 10] = [
    ("threat-actor", "threat-actor"),
    ("mitre-intrusion-set", "intrusion-set"),
    ("mitre-malware", "malware"),
    ("malpedia", "malware"),
    ("ransomware", "malware"),
    ("mitre-tool", "tool"),
    ("tool", "tool"),
    ("mitre-attack-pattern", "attack-pattern"),
    ("mitre-course-of-action", "course-of-action"),
    ("mitre-campaign", "campaign"),
];

/// The tag of a marking that has none of its own: `cresset:marking="ID"`.
pub(super) const MARKING_TAG: &str = "cresset:marking=\"";

/// The tag of a confidence: `cresset:confidence="80"`.
pub(super) const CONFIDENCE_TAG: &str = "cresset:confidence=\"";
