//! What do indicators and telemetry look like, made from a seed? Shares as in our study of real feeds and sensors.

use std::fmt::Write;

use cresset_matcher::scan::{Kind, WantedKey};

/// What the mappings of Zeek, EVE and Sysmon want.
pub const KEYS: [WantedKey<'_>; 18] = [
    WantedKey { leaf: "id.orig_h", kind: Kind::Address },
    WantedKey { leaf: "id.resp_h", kind: Kind::Address },
    WantedKey { leaf: "src_ip", kind: Kind::Address },
    WantedKey { leaf: "dest_ip", kind: Kind::Address },
    WantedKey { leaf: "query", kind: Kind::Name },
    WantedKey { leaf: "answers", kind: Kind::Name },
    WantedKey { leaf: "rrname", kind: Kind::Name },
    WantedKey { leaf: "rdata", kind: Kind::Name },
    WantedKey { leaf: "server_name", kind: Kind::Name },
    WantedKey { leaf: "sni", kind: Kind::Name },
    WantedKey { leaf: "host", kind: Kind::Host },
    WantedKey { leaf: "hostname", kind: Kind::Host },
    WantedKey { leaf: "url", kind: Kind::Url },
    WantedKey { leaf: "sha256", kind: Kind::Text },
    WantedKey { leaf: "sha1", kind: Kind::Text },
    WantedKey { leaf: "md5", kind: Kind::Text },
    WantedKey { leaf: "Hashes", kind: Kind::Packed },
    WantedKey { leaf: "filename", kind: Kind::Path },
];

/// Numbers from a seed (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// One indicator, as far as it is told by value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    Hash(String),
    Name(String),
    Address(String),
    Network(String),
    Url(String),
}

impl Sought {
    pub fn pattern(&self) -> String {
        match self {
            Self::Hash(text) => format!("[file:hashes.'SHA-256' = '{text}']"),
            Self::Name(text) => format!("[domain-name:value = '{text}']"),
            Self::Address(text) => format!("[ipv4-addr:value = '{text}']"),
            Self::Network(text) => format!("[ipv4-addr:value ISSUBSET '{text}']"),
            Self::Url(text) => format!("[url:value = '{text}']"),
        }
    }
}

const WORDS: [&str; 16] = [
    "cloud", "update", "mail", "secure", "login", "news", "static", "img", "shop", "data", "portal", "edge",
    "vpn", "docs", "api", "media",
];
const ENDS: [&str; 8] = ["com", "net", "org", "info", "co.uk", "de", "xyz", "top"];

fn word(numbers: &mut Numbers) -> &'static str {
    WORDS[(numbers.next() % 16) as usize]
}

fn hex(numbers: &mut Numbers, digits: usize) -> String {
    let mut out = String::with_capacity(digits + 16);
    while out.len() < digits {
        let _ = write!(out, "{:016x}", numbers.next());
    }
    out.truncate(digits);
    out
}

fn bad_address(numbers: &mut Numbers) -> [u64; 4] {
    let first = numbers.below(16);
    let first = if first < 8 { 200 + first } else { 208 + first };
    [first, numbers.below(256), numbers.below(256), numbers.below(256)]
}

/// The indicator of a number: half hashes, a quarter names, the rest addresses, networks and URLs.
pub fn sought(number: u64) -> Sought {
    let mut numbers = Numbers(number.wrapping_mul(0xA24B_AED4_963E_E407) ^ 0x5EED);
    let name = |numbers: &mut Numbers| {
        format!("{}{:x}.{}", word(numbers), numbers.below(1 << 36), ENDS[(numbers.next() % 8) as usize])
    };
    match number % 20 {
        0..10 => Sought::Hash(hex(&mut numbers, 64)),
        10..15 => Sought::Name(name(&mut numbers)),
        15..18 => {
            let [a, b, c, d] = bad_address(&mut numbers);
            Sought::Address(format!("{a}.{b}.{c}.{d}"))
        }
        18 => {
            let [a, b, c, d] = bad_address(&mut numbers);
            let length = 22 + numbers.below(8);
            let address = (a << 24 | b << 16 | c << 8 | d) & !((1 << (32 - length)) - 1);
            let octet = |shift: u64| address >> shift & 255;
            Sought::Network(format!("{}.{}.{}.{}/{length}", octet(24), octet(16), octet(8), octet(0)))
        }
        _ => Sought::Url(format!(
            "http://{}/{}/{:x}.php",
            name(&mut numbers),
            word(&mut numbers),
            numbers.below(1 << 30)
        )),
    }
}

/// What a line is about where it is not made up.
#[derive(Default, Clone)]
pub struct Plant {
    pub address: Option<String>,
    pub name: Option<String>,
    pub host_and_path: Option<(String, String)>,
    pub hash: Option<String>,
}

fn good_address(numbers: &mut Numbers) -> String {
    if numbers.below(3) == 0 {
        return format!("10.{}.{}.{}", numbers.below(4), numbers.below(256), numbers.below(256));
    }
    format!("{}.{}.{}.{}", 1 + numbers.below(199), numbers.below(256), numbers.below(256), numbers.below(256))
}

fn good_name(numbers: &mut Numbers) -> String {
    let (one, two, end) = (word(numbers), word(numbers), ENDS[(numbers.next() % 8) as usize]);
    match numbers.below(3) {
        0 => format!("www.{one}{}.{end}", numbers.below(50_000)),
        1 => format!("{one}-{two}.{two}{}.{end}", numbers.below(50_000)),
        _ => format!("{one}.{two}.cdn{}.{one}{two}.{end}", numbers.below(900)),
    }
}

fn good_path(numbers: &mut Numbers) -> String {
    format!(
        "/{}/{}/{:x}?id={}&lang=en",
        word(numbers),
        word(numbers),
        numbers.below(1 << 32),
        numbers.below(10_000)
    )
}

const AGENT: &str =
    "Mozilla\\/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit\\/537.36 (KHTML, like Gecko) Chrome\\/120.0";

/// What lines are made of.
struct Parts {
    source: String,
    target: String,
    name: String,
    host: String,
    path: String,
    hash: String,
    port: u64,
    bytes: u64,
}

/// A line of each sort: 0 Zeek conn, 1 dns, 2 http, 3 files, 4 EVE flow, 5 dns, 6 http, 7 fileinfo, 8 tls, 9 Sysmon.
pub fn line(sort: u64, plant: &Plant, numbers: &mut Numbers) -> String {
    let (source, own) = (good_address(numbers), good_address(numbers));
    let name = plant.name.clone().unwrap_or_else(|| good_name(numbers));
    let (host, path) =
        plant.host_and_path.clone().unwrap_or_else(|| (good_name(numbers), good_path(numbers)));
    let parts = Parts {
        source,
        target: plant.address.clone().unwrap_or(own),
        name,
        host,
        path,
        hash: plant.hash.clone().unwrap_or_else(|| hex(numbers, 64)),
        port: 1024 + numbers.below(60_000),
        bytes: numbers.below(100_000),
    };
    match sort {
        0..4 => zeek(sort, &parts, numbers),
        4..9 => eve(sort, &parts, numbers),
        _ => sysmon(&parts, numbers),
    }
}

fn zeek(sort: u64, parts: &Parts, numbers: &mut Numbers) -> String {
    let Parts { source, target, name, host, path, hash, port, bytes } = parts;
    let id = hex(numbers, 17);
    let seconds = format!("{}.{:06}", 1_700_000_000 + numbers.below(86_400), numbers.below(1_000_000));
    let zeek = format!(
        "{{\"ts\":{seconds},\"uid\":\"C{id}\",\"id.orig_h\":\"{source}\",\"id.orig_p\":{port},\"id.resp_h\":\"{target}\","
    );
    match sort {
        0 => format!(
            "{zeek}\"id.resp_p\":443,\"proto\":\"tcp\",\"service\":\"ssl\",\"duration\":{}.{:06},\"orig_bytes\":{bytes},\"resp_bytes\":{},\"conn_state\":\"SF\",\"local_orig\":true,\"local_resp\":false,\"missed_bytes\":0,\"history\":\"ShADadFf\",\"orig_pkts\":{},\"orig_ip_bytes\":{},\"resp_pkts\":{},\"resp_ip_bytes\":{},\"tunnel_parents\":[],\"community_id\":\"1:{}=\",\"vlan\":12}}",
            numbers.below(600),
            numbers.below(1_000_000),
            numbers.below(1 << 20),
            numbers.below(900),
            numbers.below(1 << 20),
            numbers.below(900),
            numbers.below(1 << 20),
            hex(numbers, 27)
        ),
        1 => format!(
            "{zeek}\"id.resp_p\":53,\"proto\":\"udp\",\"trans_id\":{},\"rtt\":0.{:06},\"query\":\"{name}\",\"qclass\":1,\"qclass_name\":\"C_INTERNET\",\"qtype\":1,\"qtype_name\":\"A\",\"rcode\":0,\"rcode_name\":\"NOERROR\",\"AA\":false,\"TC\":false,\"RD\":true,\"RA\":true,\"Z\":0,\"answers\":[\"{}\",\"{}\"],\"TTLs\":[300.0,60.0],\"rejected\":false}}",
            numbers.below(65_536),
            numbers.below(1_000_000),
            good_name(numbers),
            good_address(numbers)
        ),
        2 => format!(
            "{zeek}\"id.resp_p\":80,\"trans_depth\":1,\"method\":\"GET\",\"host\":\"{host}\",\"uri\":\"{path}\",\"version\":\"1.1\",\"user_agent\":\"{AGENT}\",\"request_body_len\":0,\"response_body_len\":{bytes},\"status_code\":200,\"status_msg\":\"OK\",\"tags\":[],\"resp_fuids\":[\"F{}\"],\"resp_mime_types\":[\"text/html\"]}}",
            hex(numbers, 17)
        ),
        _ => format!(
            "{zeek}\"id.resp_p\":80,\"fuid\":\"F{}\",\"source\":\"HTTP\",\"depth\":0,\"analyzers\":[\"SHA256\",\"MD5\"],\"mime_type\":\"application/x-dosexec\",\"duration\":0.0,\"is_orig\":false,\"seen_bytes\":{bytes},\"missing_bytes\":0,\"md5\":\"{}\",\"sha1\":\"{}\",\"sha256\":\"{hash}\"}}",
            hex(numbers, 17),
            hex(numbers, 32),
            hex(numbers, 40)
        ),
    }
}

fn eve(sort: u64, parts: &Parts, numbers: &mut Numbers) -> String {
    let Parts { source, target, name, host, path, hash, port, bytes } = parts;
    let path = path.replace('/', "\\/");
    let eve = format!(
        "{{\"timestamp\":\"2023-11-14T22:13:20.{:06}+0000\",\"flow_id\":{},\"in_iface\":\"eth0\",\"src_ip\":\"{source}\",\"src_port\":{port},\"dest_ip\":\"{target}\",",
        numbers.below(1_000_000),
        numbers.below(1 << 50)
    );
    match sort {
        4 => format!(
            "{eve}\"dest_port\":443,\"proto\":\"TCP\",\"event_type\":\"flow\",\"app_proto\":\"tls\",\"flow\":{{\"pkts_toserver\":{},\"pkts_toclient\":{},\"bytes_toserver\":{bytes},\"bytes_toclient\":{},\"start\":\"2023-11-14T22:12:20.000001+0000\",\"end\":\"2023-11-14T22:13:19.000001+0000\",\"age\":59,\"state\":\"closed\",\"reason\":\"timeout\",\"alerted\":false}},\"tcp\":{{\"tcp_flags\":\"1b\",\"syn\":true,\"fin\":true,\"state\":\"closed\"}}}}",
            numbers.below(900),
            numbers.below(900),
            numbers.below(1 << 20)
        ),
        5 => format!(
            "{eve}\"dest_port\":53,\"proto\":\"UDP\",\"event_type\":\"dns\",\"dns\":{{\"version\":2,\"type\":\"answer\",\"id\":{},\"flags\":\"8180\",\"qr\":true,\"rd\":true,\"ra\":true,\"rrname\":\"{name}\",\"rrtype\":\"A\",\"rcode\":\"NOERROR\",\"answers\":[{{\"rrname\":\"{name}\",\"rrtype\":\"A\",\"ttl\":60,\"rdata\":\"{}\"}}]}}}}",
            numbers.below(65_536),
            good_address(numbers)
        ),
        6 => format!(
            "{eve}\"dest_port\":80,\"proto\":\"TCP\",\"event_type\":\"http\",\"tx_id\":0,\"http\":{{\"hostname\":\"{host}\",\"url\":\"{path}\",\"http_user_agent\":\"{AGENT}\",\"http_content_type\":\"text\\/html\",\"http_method\":\"GET\",\"protocol\":\"HTTP\\/1.1\",\"status\":200,\"length\":{bytes}}}}}"
        ),
        7 => format!(
            "{eve}\"dest_port\":80,\"proto\":\"TCP\",\"event_type\":\"fileinfo\",\"app_proto\":\"http\",\"fileinfo\":{{\"filename\":\"\\/{}\\/{}.exe\",\"gaps\":false,\"state\":\"CLOSED\",\"md5\":\"{}\",\"sha256\":\"{hash}\",\"stored\":false,\"size\":{bytes},\"tx_id\":0}}}}",
            word(numbers),
            word(numbers),
            hex(numbers, 32)
        ),
        _ => format!(
            "{eve}\"dest_port\":443,\"proto\":\"TCP\",\"event_type\":\"tls\",\"tls\":{{\"subject\":\"CN={name}\",\"issuerdn\":\"C=US, O=Let's Encrypt, CN=R3\",\"serial\":\"03:5D:{}\",\"fingerprint\":\"{}\",\"sni\":\"{name}\",\"version\":\"TLS 1.3\",\"notbefore\":\"2023-10-01T00:00:00\",\"notafter\":\"2024-01-01T00:00:00\"}}}}",
            hex(numbers, 12),
            hex(numbers, 59)
        ),
    }
}

fn sysmon(parts: &Parts, numbers: &mut Numbers) -> String {
    let Parts { hash, port, .. } = parts;
    format!(
        "{{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"UtcTime\":\"2023-11-14 22:13:20.123\",\"ProcessGuid\":\"{{{}}}\",\"ProcessId\":{port},\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\",\"CommandLine\":\"cmd.exe /c \\\"dir\\\" x\",\"Hashes\":\"MD5={},SHA256={hash},IMPHASH={}\"}}",
        hex(numbers, 32),
        hex(numbers, 32),
        hex(numbers, 32)
    )
}

/// The sort of a line, by its share.
pub fn sort(numbers: &mut Numbers) -> u64 {
    match numbers.below(100) {
        0..40 => 0,
        40..60 => 1,
        60..70 => 2,
        70..75 => 3,
        75..85 => 4,
        85..90 => 5,
        90..94 => 6,
        94..97 => 7,
        _ => 8,
    }
}
