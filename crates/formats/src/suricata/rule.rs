//! How is one rule of Suricata made so that no value can end it early, and which rules of others are passed through?

use std::fmt::Write as _;

use crate::{
    ObservableKind,
    export::{Why, form},
};

/// The longest content that a rule looks for, in bytes.
const CONTENT_BYTES_MAX: usize = 255;

/// The longest rule of others, and how many of them in one pattern.
const RULE_BYTES_MAX: usize = 8192;
const RULES_MAX: usize = 100;

/// A rule without what is the same for all.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body {
    /// Tells rules for the same value apart.
    pub(super) looks_in: &'static str,
    /// Between the action and the options.
    pub(super) head: String,
    pub(super) options: String,
}

const ANY: &str = "any any -> any any";

/// The rules that look for a value.
pub(super) fn bodies(kind: ObservableKind, value: &str) -> Result<Vec<Body>, Why> {
    let bodies = match kind {
        ObservableKind::Ipv4 | ObservableKind::Ipv6 => {
            let (address, length) =
                form::network(value).filter(|(_, length)| *length > 0).ok_or(Why::Value)?;
            let whole = if address.is_ipv4() { 32 } else { 128 };
            let address = if length == whole { address.to_string() } else { format!("{address}/{length}") };
            let head = format!("ip any any <> [{address}] any");
            return Ok(vec![Body {
                looks_in: "ip",
                head,
                options: format!("metadata:cresset_value {address};"),
            }]);
        }
        ObservableKind::Domain => {
            let content = content(&form::domain(value).ok_or(Why::Value)?)?;
            vec![
                ("dns", "dns", format!("dns.query; {content} nocase; startswith; endswith;")),
                ("tls", "tls", format!("tls.sni; {content} nocase; startswith; endswith;")),
                ("http", "http", format!("http.host; {content} startswith; endswith;")),
            ]
        }
        ObservableKind::Subdomains => {
            let content = content(&format!(".{}", form::domain(value).ok_or(Why::Value)?))?;
            vec![
                ("dns", "dns", format!("dns.query; {content} nocase; endswith;")),
                ("tls", "tls", format!("tls.sni; {content} nocase; endswith;")),
                ("http", "http", format!("http.host; {content} endswith;")),
            ]
        }
        ObservableKind::Url => vec![("url", "http", url(value)?)],
        ObservableKind::UserAgent => {
            vec![("agent", "http", format!("http.user_agent; {} startswith; endswith;", content(value)?))]
        }
        ObservableKind::CertificateSha1 => {
            let hash = form::hash(value, 40).ok_or(Why::Value)?;
            let pairs: Vec<_> = hash.as_bytes().chunks(2).map(String::from_utf8_lossy).collect();
            vec![("certificate", "tls", format!("tls.cert_fingerprint; {}", content(&pairs.join(":"))?))]
        }
        ObservableKind::Email
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
        | ObservableKind::CertificateSha256
        | ObservableKind::EmailSubject => return Err(Why::Kind),
    };
    let body = |(looks_in, protocol, options)| Body { looks_in, head: format!("{protocol} {ANY}"), options };
    Ok(bodies.into_iter().map(body).collect())
}

/// A URL as its host and the rest, which Suricata sees where HTTP is not encrypted.
fn url(value: &str) -> Result<String, Why> {
    let (scheme, host, path) = form::url(value).ok_or(Why::Value)?;
    if !matches!(scheme.as_str(), "http" | "https") {
        return Err(Why::Kind);
    }
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    let path = if path.is_empty() { "/" } else { path };
    let host = content(&host.rsplit_once(':').map_or(host, |(host, _)| host).to_lowercase())?;
    Ok(format!(
        "http.host; {host} startswith; endswith; http.uri.raw; {} startswith; endswith;",
        content(path)?
    ))
}

/// A content in which everything but letters, digits and a few signs is written as its bytes.
fn content(text: &str) -> Result<String, Why> {
    if text.is_empty() || text.len() > CONTENT_BYTES_MAX {
        return Err(Why::Value);
    }
    let mut content = String::from("content:\"");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_/".contains(&byte) {
            content.push(char::from(byte));
        } else {
            let _ = write!(content, "|{byte:02x}|");
        }
    }
    content.push_str("\";");
    Ok(content)
}

/// Text that stands between the quotes of a message.
pub(super) fn message(text: &str) -> String {
    text.chars().map(|one| if one.is_alphanumeric() || " .-_/,".contains(one) { one } else { ' ' }).collect()
}

/// A rule of somebody else.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Passed {
    /// Action and what follows, up to the options.
    pub(super) head: String,
    /// The options without a number, each with its semicolon.
    pub(super) options: String,
}

/// Options of others that read or write files, change what is decided, or run programs.
const REFUSED: [&str; 22] = [
    "lua",
    "luajit",
    "luaxform",
    "dataset",
    "datarep",
    "filemd5",
    "filesha1",
    "filesha256",
    "filestore",
    "iprep",
    "replace",
    "bypass",
    "noalert",
    "tag",
    "xbits",
    "config",
    "detection_filter",
    "threshold",
    "react",
    "resp",
    "activates",
    "logto",
];

/// The rules in a pattern, one a line, if all of them may be passed through.
pub(super) fn read(pattern: &str) -> Option<Vec<Passed>> {
    let lines = pattern.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rules: Option<Vec<_>> = lines.take(RULES_MAX + 1).map(one).collect();
    rules.filter(|rules| (1..=RULES_MAX).contains(&rules.len()))
}

fn one(line: &str) -> Option<Passed> {
    if line.len() > RULE_BYTES_MAX || line.chars().any(crate::export::plain::steers) {
        return None;
    }
    let (head, rest) = line.split_once('(')?;
    let words: Vec<_> = head.split_whitespace().collect();
    let form = |b: u8| b.is_ascii_alphanumeric() || b"$[]!,.:/_-<>".contains(&b);
    let is_head = words.len() == 7
        && words.first() == Some(&"alert")
        && words.get(4).is_some_and(|arrow| matches!(*arrow, "->" | "<>"))
        && head.trim_end().bytes().all(|b| form(b) || b == b' ');
    if !is_head {
        return None;
    }
    let options = options(rest.strip_suffix(')')?)?;
    Some(Passed { head: words.join(" "), options })
}

/// The options, taken apart at semicolons that stand outside of quotes.
fn options(text: &str) -> Option<String> {
    let mut kept = String::new();
    let mut current = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for one in text.chars() {
        match one {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                keep(current.trim(), &mut kept)?;
                current.clear();
                continue;
            }
            _ => {}
        }
        current.push(one);
    }
    (current.trim().is_empty() && !quoted && !escaped && !kept.is_empty()).then_some(kept)
}

fn keep(option: &str, kept: &mut String) -> Option<()> {
    let keyword = option.split_once(':').map_or(option, |(keyword, _)| keyword).trim();
    let is_keyword =
        !keyword.is_empty() && keyword.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    let lower = keyword.to_ascii_lowercase();
    if !is_keyword || REFUSED.contains(&lower.as_str()) || lower.starts_with("lua") {
        return None;
    }
    // References and classes ask for files of configuration that may know them or not.
    if !matches!(lower.as_str(), "sid" | "gid" | "classtype" | "reference") {
        kept.push_str(option);
        kept.push_str("; ");
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_others_is_passed_through_without_its_number() {
        let rule = r#"alert http $HOME_NET any -> any 80 (msg:"a; \"b"; http.uri; content:"/x|3b|"; classtype:trojan; sid:5; rev:2;)"#;
        let passed = read(&format!("# comment\n{rule}\n")).unwrap();
        assert_eq!(passed.len(), 1);
        assert_eq!(passed[0].head, "alert http $HOME_NET any -> any 80");
        assert_eq!(passed[0].options, r#"msg:"a; \"b"; http.uri; content:"/x|3b|"; rev:2; "#);
    }

    #[test]
    fn what_does_more_than_alert_is_not_passed_through() {
        for bad in [
            "pass ip any any -> any any (sid:1;)",
            "alert ip any any -> any any (lua:evil.lua; sid:1;)",
            "alert ip any any -> any any (dataset:set,x,type string,save /etc/passwd; sid:1;)",
            "alert ip any any -> any any (msg:\"open; sid:1;)",
            "alert ip any any -> any any (msg:\"a\"; sid:1;) drop ip any any -> any any (sid:2;",
            "alert ip any any -> any any ()",
            "alert ip any any any any (sid:1; rev:1;)",
            "include /etc/suricata/x.rules",
            "",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_content_is_as_long_as_suricata_takes() {
        assert!(content(&"a".repeat(CONTENT_BYTES_MAX)).is_ok());
        assert_eq!(content(&"a".repeat(CONTENT_BYTES_MAX + 1)), Err(Why::Value));
        let rule = |bytes: usize| {
            let around = "alert tcp any any -> any any (msg:\"\"; sid:1;)";
            around.replace("\"\"", &format!("\"{}\"", "a".repeat(bytes - around.len())))
        };
        assert!(read(&rule(RULE_BYTES_MAX)).is_some() && read(&rule(RULE_BYTES_MAX + 1)).is_none());
        let rules = |count: usize| vec![rule(60); count].join("\n");
        assert_eq!(read(&rules(RULES_MAX)).map(|rules| rules.len()), Some(RULES_MAX));
        assert_eq!(read(&rules(RULES_MAX + 1)), None);
        assert_eq!(content("a;\"|").unwrap(), "content:\"a|3b||22||7c|\";");
    }
}
