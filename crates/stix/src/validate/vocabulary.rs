//! Which words does the standard suggest, and which does it insist on? (section 10)
//!
//! Words that Errata 01 added (2 April 2025) are listed too: they are good STIX 2.1 and deserve no warning.

mod windows;

pub(super) use windows::{
    WINDOWS_INTEGRITY_LEVEL, WINDOWS_PEBINARY_TYPE, WINDOWS_REGISTRY_DATATYPE, WINDOWS_SERVICE_START_TYPE,
    WINDOWS_SERVICE_STATUS, WINDOWS_SERVICE_TYPE,
};

/// Whether other words are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// An enumeration: no other word (section 2.4).
    Closed,
    /// An open vocabulary: other words may be used, these should be (section 2.14).
    Open,
}

/// A list of words.
#[derive(Debug)]
pub struct Vocabulary {
    /// Its name in the standard.
    pub name: &'static str,
    /// Its section of the standard.
    pub section: &'static str,
    /// Whether other words are allowed.
    pub openness: Openness,
    /// The words, sorted.
    pub words: &'static [&'static str],
}

impl Vocabulary {
    /// Whether a word is listed.
    pub fn contains(&self, word: &str) -> bool {
        self.words.binary_search(&word).is_ok()
    }
}

const fn open(name: &'static str, section: &'static str, words: &'static [&'static str]) -> Vocabulary {
    Vocabulary { name, section, openness: Openness::Open, words }
}

const fn closed(name: &'static str, section: &'static str, words: &'static [&'static str]) -> Vocabulary {
    Vocabulary { name, section, openness: Openness::Closed, words }
}

/// Every vocabulary and enumeration, in the order of section 10.
pub static ALL: [&Vocabulary; 32] = [
    &ACCOUNT_TYPE,
    &ATTACK_MOTIVATION,
    &ATTACK_RESOURCE_LEVEL,
    &ENCRYPTION_ALGORITHM,
    &EXTENSION_TYPE,
    &GROUPING_CONTEXT,
    &HASH_ALGORITHM,
    &IDENTITY_CLASS,
    &IMPLEMENTATION_LANGUAGE,
    &INDICATOR_TYPE,
    &INDUSTRY_SECTOR,
    &INFRASTRUCTURE_TYPE,
    &MALWARE_CAPABILITIES,
    &MALWARE_RESULT,
    &MALWARE_TYPE,
    &NETWORK_SOCKET_ADDRESS_FAMILY,
    &NETWORK_SOCKET_TYPE,
    &OPINION,
    &PATTERN_TYPE,
    &PROCESSOR_ARCHITECTURE,
    &REGION,
    &REPORT_TYPE,
    &THREAT_ACTOR_TYPE,
    &THREAT_ACTOR_ROLE,
    &THREAT_ACTOR_SOPHISTICATION,
    &TOOL_TYPE,
    &WINDOWS_INTEGRITY_LEVEL,
    &WINDOWS_PEBINARY_TYPE,
    &WINDOWS_REGISTRY_DATATYPE,
    &WINDOWS_SERVICE_START_TYPE,
    &WINDOWS_SERVICE_TYPE,
    &WINDOWS_SERVICE_STATUS,
];

pub(super) static ACCOUNT_TYPE: Vocabulary = open(
    "account-type-ov",
    "10.1",
    &[
        "facebook",
        "ldap",
        "nis",
        "openid",
        "radius",
        "skype",
        "tacacs",
        "twitter",
        "unix",
        "windows-domain",
        "windows-local",
    ],
);

pub(super) static ATTACK_MOTIVATION: Vocabulary = open(
    "attack-motivation-ov",
    "10.2",
    &[
        "accidental",
        "coercion",
        "dominance",
        "ideology",
        "notoriety",
        "organizational-gain",
        "personal-gain",
        "personal-satisfaction",
        "revenge",
        "unpredictable",
    ],
);

pub(super) static ATTACK_RESOURCE_LEVEL: Vocabulary = open(
    "attack-resource-level-ov",
    "10.3",
    &["club", "contest", "government", "individual", "organization", "team"],
);

pub(super) static ENCRYPTION_ALGORITHM: Vocabulary =
    closed("encryption-algorithm-enum", "10.4", &["AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"]);

pub(super) static EXTENSION_TYPE: Vocabulary = closed(
    "extension-type-enum",
    "10.5",
    &["new-sco", "new-sdo", "new-sro", "property-extension", "toplevel-property-extension"],
);

pub(super) static GROUPING_CONTEXT: Vocabulary =
    open("grouping-context-ov", "10.6", &["malware-analysis", "suspicious-activity", "unspecified"]);

pub(super) static HASH_ALGORITHM: Vocabulary = open(
    "hash-algorithm-ov",
    "10.7",
    &["MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512", "SSDEEP", "TLSH"],
);

pub(super) static IDENTITY_CLASS: Vocabulary =
    open("identity-class-ov", "10.8", &["class", "group", "individual", "organization", "system", "unknown"]);

pub(super) static IMPLEMENTATION_LANGUAGE: Vocabulary = open(
    "implementation-language-ov",
    "10.9",
    &[
        "applescript",
        "bash",
        "c",
        "c#",
        "c++",
        "go",
        "java",
        "javascript",
        "lua",
        "objective-c",
        "perl",
        "php",
        "powershell",
        "python",
        "ruby",
        "rust",
        "scala",
        "swift",
        "typescript",
        "visual-basic",
        "x86-32",
        "x86-64",
    ],
);

pub(super) static INDICATOR_TYPE: Vocabulary = open(
    "indicator-type-ov",
    "10.10",
    &[
        "anomalous-activity",
        "anonymization",
        "attribution",
        "benign",
        "compromised",
        "malicious-activity",
        "unknown",
    ],
);

pub(super) static INDUSTRY_SECTOR: Vocabulary = open(
    "industry-sector-ov",
    "10.11",
    &[
        "aerospace",
        "agriculture",
        "automotive",
        "chemical",
        "commercial",
        "communications",
        "construction",
        "dams",
        "defense",
        "education",
        "emergency-services",
        "energy",
        "entertainment",
        "financial-services",
        "government",
        "government-local",
        "government-national",
        "government-public-services",
        "government-regional",
        "healthcare",
        "hospitality-leisure",
        "infrastructure",
        "insurance",
        "legal",
        "manufacturing",
        "mining",
        "non-profit",
        "nuclear",
        "pharmaceuticals",
        "retail",
        "technology",
        "telecommunications",
        "transportation",
        "utilities",
        "water",
    ],
);

pub(super) static INFRASTRUCTURE_TYPE: Vocabulary = open(
    "infrastructure-type-ov",
    "10.12",
    &[
        "amplification",
        "anonymization",
        "botnet",
        "command-and-control",
        "control-system",
        "exfiltration",
        "firewall",
        "hosting-malware",
        "hosting-target-lists",
        "phishing",
        "reconnaissance",
        "routers-switches",
        "staging",
        "unknown",
        "workstation",
    ],
);

pub(super) static MALWARE_CAPABILITIES: Vocabulary = open(
    "malware-capabilities-ov",
    "10.13",
    &[
        "accesses-remote-machines",
        "anti-debugging",
        "anti-disassembly",
        "anti-emulation",
        "anti-memory-forensics",
        "anti-sandbox",
        "anti-vm",
        "captures-input-peripherals",
        "captures-output-peripherals",
        "captures-system-state-data",
        "cleans-traces-of-infection",
        "commits-fraud",
        "communicates-with-c2",
        "compromises-data-availability",
        "compromises-data-integrity",
        "compromises-system-availability",
        "controls-local-machine",
        "degrades-security-software",
        "degrades-system-updates",
        "determines-c2-server",
        "emails-spam",
        "escalates-privileges",
        "evades-av",
        "exfiltrates-data",
        "fingerprints-host",
        "hides-artifacts",
        "hides-executing-code",
        "infects-files",
        "infects-remote-machines",
        "installs-other-components",
        "persists-after-system-reboot",
        "prevents-artifact-access",
        "prevents-artifact-deletion",
        "probes-network-environment",
        "self-modifies",
        "steals-authentication-credentials",
        "violates-system-operational-integrity",
    ],
);

pub(super) static MALWARE_RESULT: Vocabulary =
    open("malware-result-ov", "10.14", &["benign", "malicious", "suspicious", "unknown"]);

pub(super) static MALWARE_TYPE: Vocabulary = open(
    "malware-type-ov",
    "10.15",
    &[
        "adware",
        "backdoor",
        "bootkit",
        "bot",
        "ddos",
        "downloader",
        "dropper",
        "exploit-kit",
        "keylogger",
        "ransomware",
        "remote-access-trojan",
        "resource-exploitation",
        "rogue-security-software",
        "rootkit",
        "screen-capture",
        "spyware",
        "trojan",
        "unknown",
        "virus",
        "webshell",
        "wiper",
        "worm",
    ],
);

pub(super) static NETWORK_SOCKET_ADDRESS_FAMILY: Vocabulary = closed(
    "network-socket-address-family-enum",
    "10.16",
    &["AF_APPLETALK", "AF_BTH", "AF_INET", "AF_INET6", "AF_IPX", "AF_IRDA", "AF_NETBIOS", "AF_UNSPEC"],
);

pub(super) static NETWORK_SOCKET_TYPE: Vocabulary = closed(
    "network-socket-type-enum",
    "10.17",
    &["SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET", "SOCK_STREAM"],
);

pub(super) static OPINION: Vocabulary =
    closed("opinion-enum", "10.18", &["agree", "disagree", "neutral", "strongly-agree", "strongly-disagree"]);

pub(super) static PATTERN_TYPE: Vocabulary =
    open("pattern-type-ov", "10.19", &["pcre", "sigma", "snort", "stix", "suricata", "yara"]);

pub(super) static PROCESSOR_ARCHITECTURE: Vocabulary = open(
    "processor-architecture-ov",
    "10.20",
    &["alpha", "arm", "ia-64", "mips", "powerpc", "sparc", "x86", "x86-64"],
);

pub(super) static REGION: Vocabulary = open(
    "region-ov",
    "10.21",
    &[
        "africa",
        "americas",
        "antarctica",
        "asia",
        "australia-new-zealand",
        "caribbean",
        "central-america",
        "central-asia",
        "eastern-africa",
        "eastern-asia",
        "eastern-europe",
        "europe",
        "latin-america-caribbean",
        "melanesia",
        "micronesia",
        "middle-africa",
        "northern-africa",
        "northern-america",
        "northern-europe",
        "oceania",
        "polynesia",
        "south-america",
        "south-eastern-asia",
        "southern-africa",
        "southern-asia",
        "southern-europe",
        "western-africa",
        "western-asia",
        "western-europe",
    ],
);

pub(super) static REPORT_TYPE: Vocabulary = open(
    "report-type-ov",
    "10.22",
    &[
        "attack-pattern",
        "campaign",
        "identity",
        "incident",
        "indicator",
        "intrusion-set",
        "malware",
        "observed-data",
        "threat-actor",
        "threat-report",
        "tool",
        "vulnerability",
    ],
);

pub(super) static THREAT_ACTOR_TYPE: Vocabulary = open(
    "threat-actor-type-ov",
    "10.23",
    &[
        "activist",
        "competitor",
        "crime-syndicate",
        "criminal",
        "hacker",
        "insider-accidental",
        "insider-disgruntled",
        "nation-state",
        "private-sector",
        "sensationalist",
        "spy",
        "terrorist",
        "unknown",
    ],
);

pub(super) static THREAT_ACTOR_ROLE: Vocabulary = open(
    "threat-actor-role-ov",
    "10.24",
    &[
        "agent",
        "director",
        "independent",
        "infrastructure-architect",
        "infrastructure-operator",
        "malware-author",
        "sponsor",
    ],
);

pub(super) static THREAT_ACTOR_SOPHISTICATION: Vocabulary = open(
    "threat-actor-sophistication-ov",
    "10.25",
    &["advanced", "expert", "innovator", "intermediate", "minimal", "none", "strategic"],
);

pub(super) static TOOL_TYPE: Vocabulary = open(
    "tool-type-ov",
    "10.26",
    &[
        "credential-exploitation",
        "denial-of-service",
        "exploitation",
        "information-gathering",
        "network-capture",
        "remote-access",
        "unknown",
        "vulnerability-scanning",
    ],
);
