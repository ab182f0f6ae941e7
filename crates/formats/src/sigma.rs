//! How are values written as Sigma rules, and which rules of others are passed through?

use saphyr_parser::{Event, Parser};

use crate::{
    ObservableKind,
    export::{
        Closing, End, Out, Subject, Why, Writer, banner,
        entry::{Entry, Language, Said, kind_name},
        form,
        plain::{json_text, steers},
    },
};

/// The one part: a document for each rule.
pub const PART: &str = "cresset-sigma.yml";

/// How deep a rule of others may nest, and how many events of YAML it may have.
const DEPTH_MAX: usize = 32;
const EVENTS_MAX: usize = 20_000;

/// So many values stand in one rule.
pub const VALUES_MAX: usize = 1000;

/// The rules.
#[derive(Debug)]
pub(crate) struct Rules;

impl Writer for Rules {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let Some(sought) = &entry.sought else { return said.lacks(Why::ObjectType, "") };
        if sought.language == Language::Sigma {
            let Some(text) = passed(&sought.pattern) else { return said.lacks(Why::Pattern, "") };
            let to = out.parts.part(PART);
            to.extend_from_slice(b"---\n");
            to.extend_from_slice(text.as_bytes());
            to.push(b'\n');
            return;
        }
        let values = sought.values(said);
        for (source, kinds) in SOURCES {
            let mut fields: Vec<(&str, Vec<String>)> = Vec::new();
            let of_source = values.iter().filter(|value| kinds.contains(&value.kind));
            for (count, value) in of_source.enumerate() {
                if count >= VALUES_MAX {
                    said.lacks(Why::Numbers, kind_name(value.kind));
                    continue;
                }
                let Some((field, text)) = field(value.kind, &value.value) else {
                    said.lacks(Why::Value, kind_name(value.kind));
                    continue;
                };
                match fields.iter_mut().find(|(own, _)| *own == field) {
                    Some((_, texts)) => texts.push(text),
                    None => fields.push((field, vec![text])),
                }
            }
            if !fields.is_empty() {
                rule(entry, source, &fields, out.parts.part(PART));
            }
        }
        let has_place = |kind| SOURCES.iter().any(|(_, kinds)| kinds.contains(&kind));
        for value in values.iter().filter(|value| !has_place(value.kind)) {
            said.lacks(Why::Kind, kind_name(value.kind));
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let head = banner("#", subject, closing).into_bytes();
        vec![End { part: PART.to_owned(), head, tail: Vec::new() }]
    }
}

/// Sources of logs (Sigma's taxonomy), and the kinds that are looked for in them.
const SOURCES: [(&str, &[ObservableKind]); 6] = [
    ("dns_query", &[ObservableKind::Domain, ObservableKind::Subdomains]),
    ("network_connection", &[ObservableKind::Ipv4, ObservableKind::Ipv6]),
    ("proxy", &[ObservableKind::Url, ObservableKind::UserAgent]),
    ("process_creation", &[ObservableKind::Md5, ObservableKind::Sha1, ObservableKind::Sha256]),
    ("file_event", &[ObservableKind::FileName, ObservableKind::Path]),
    ("registry_event", &[ObservableKind::RegistryKey]),
];

/// The field in which a kind is looked for, with how it is compared, and the value with Sigma's own signs escaped.
fn field(kind: ObservableKind, value: &str) -> Option<(&'static str, String)> {
    let escaped = || value.replace('\\', "\\\\").replace('*', "\\*").replace('?', "\\?");
    Some(match kind {
        ObservableKind::Domain => ("QueryName", form::domain(value)?),
        ObservableKind::Subdomains => ("QueryName|endswith", format!(".{}", form::domain(value)?)),
        ObservableKind::Ipv4 | ObservableKind::Ipv6 => {
            let (address, length) = form::network(value)?;
            if length == if address.is_ipv4() { 32 } else { 128 } {
                ("DestinationIp", address.to_string())
            } else {
                ("DestinationIp|cidr", format!("{address}/{length}"))
            }
        }
        ObservableKind::Url => ("c-uri", escaped()),
        ObservableKind::UserAgent => ("c-useragent", escaped()),
        ObservableKind::Md5 => ("Hashes|contains", format!("MD5={}", form::hash(value, 32)?.to_uppercase())),
        ObservableKind::Sha1 => {
            ("Hashes|contains", format!("SHA1={}", form::hash(value, 40)?.to_uppercase()))
        }
        ObservableKind::Sha256 => {
            ("Hashes|contains", format!("SHA256={}", form::hash(value, 64)?.to_uppercase()))
        }
        ObservableKind::FileName => ("TargetFilename|endswith", format!("\\\\{}", escaped())),
        ObservableKind::Path => ("TargetFilename|startswith", escaped()),
        ObservableKind::RegistryKey => ("TargetObject|startswith", escaped()),
        ObservableKind::Email
        | ObservableKind::Mac
        | ObservableKind::Sha512
        | ObservableKind::Ssdeep
        | ObservableKind::Mutex
        | ObservableKind::AutonomousSystem
        | ObservableKind::CertificateSha1
        | ObservableKind::CertificateSha256
        | ObservableKind::EmailSubject => return None,
    })
}

/// A rule; every text in it stands in double quotes, escaped.
fn rule(entry: &Entry<'_>, source: &str, fields: &[(&str, Vec<String>)], to: &mut Vec<u8>) {
    let id = crate::stable_id(&["sigma", entry.id(), source]);
    let mut line = |before: &str, text: &str| {
        to.extend_from_slice(before.as_bytes());
        json_text(text, to);
        to.push(b'\n');
    };
    let title = format!("Cresset {}", entry.title());
    line("---\ntitle: ", &title);
    line("id: ", &id.to_string());
    line("status: experimental\ndescription: ", entry.id());
    // A source of Windows where Sigma knows it for Windows only.
    let of_windows = source != "proxy";
    line("logsource:\n  category: ", source);
    if of_windows {
        line("  product: ", "windows");
    }
    to.extend_from_slice(b"detection:\n");
    for (index, (field, texts)) in fields.iter().enumerate() {
        to.extend_from_slice(format!("  selection_{index}:\n    {field}:\n").as_bytes());
        for text in texts {
            to.extend_from_slice(b"      - ");
            json_text(text, to);
            to.push(b'\n');
        }
    }
    to.extend_from_slice(b"  condition: 1 of selection_*\nlevel: medium\n");
}

/// A rule of others: one document, a dictionary with what a rule needs, without anchors, aliases and tags.
fn passed(text: &str) -> Option<&str> {
    if text.chars().any(|one| steers(one) && !matches!(one, '\n' | '\r')) {
        return None;
    }
    let body = text.strip_prefix("---").map_or(text, |rest| rest.trim_start_matches(['\r', '\n']));
    // A line that begins a document, ends one, or gives a directive would be one of the file.
    if body.lines().any(|line| line.starts_with("---") || line.starts_with("...") || line.starts_with('%')) {
        return None;
    }
    let mut keys = Vec::new();
    let (mut depth, mut is_key) = (0_usize, true);
    for (count, event) in Parser::new_from_str(body).enumerate() {
        let (event, _) = event.ok().filter(|_| count < EVENTS_MAX)?;
        match event {
            Event::Scalar(value, _, 0, None) => {
                if depth == 1 && is_key {
                    keys.push(value.into_owned());
                }
                is_key = depth != 1 || !is_key;
            }
            Event::MappingStart(0, None) | Event::SequenceStart(0, None) if depth < DEPTH_MAX => {
                // A key that is itself a dictionary or list, or a document that is no dictionary.
                if (depth == 1 && is_key) || (depth == 0 && !matches!(event, Event::MappingStart(..))) {
                    return None;
                }
                depth += 1;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.checked_sub(1)?;
                is_key = true;
            }
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::Nothing => {}
            Event::Scalar(..) | Event::MappingStart(..) | Event::SequenceStart(..) | Event::Alias(_) => {
                return None;
            }
        }
    }
    let has = |key: &str| keys.iter().filter(|own| *own == key).count() == 1;
    (has("title") && has("logsource") && has("detection")).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str =
        "title: a\nlogsource:\n  category: proxy\ndetection:\n  s:\n    c-uri: b\n  condition: s\n";

    #[test]
    fn a_rule_of_others_is_passed_through_if_it_is_one() {
        assert_eq!(passed(RULE), Some(RULE));
        assert_eq!(passed(&format!("---\n{RULE}")), Some(RULE));
        for bad in [
            &format!("{RULE}---\ntitle: b\n"),
            &RULE.replace("c-uri: b", "c-uri: &x b"),
            &RULE.replace("c-uri: b", "c-uri: !!python/object b"),
            &RULE.replace("title: a", "title: [a"),
            &RULE.replace("title: a\n", ""),
            "- a\n- b\n",
            "",
        ] {
            assert_eq!(passed(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_rule_of_others_is_no_deeper_and_no_longer_than_allowed() {
        let deep = |depth: usize| format!("{RULE}x: {}{}\n", "[".repeat(depth), "]".repeat(depth));
        assert!(passed(&deep(DEPTH_MAX - 1)).is_some() && passed(&deep(DEPTH_MAX)).is_none());
        // Of one that has a list, so many events are not entries of it.
        let long = |entries: usize| format!("{RULE}x:\n{}", "- a\n".repeat(entries));
        let others = Parser::new_from_str(&long(1)).count() - 1;
        assert!(
            passed(&long(EVENTS_MAX - others)).is_some() && passed(&long(EVENTS_MAX - others + 1)).is_none()
        );
    }

    #[test]
    fn signs_of_sigma_in_values_are_escaped() {
        let value = field(ObservableKind::Url, "http://a.example/?q=*\\");
        assert_eq!(value, Some(("c-uri", "http://a.example/\\?q=\\*\\\\".to_owned())));
    }
}
