//! How is an export written for people? A line for each object; what could be clicked is defanged.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    ObservableKind,
    export::{
        Closing, End, Out, Subject, Writer, banner,
        entry::{Entry, Said, kind_name},
        plain::one_line,
    },
};

/// The one part.
pub const PART: &str = "report.md";

/// So many types of objects are counted each by itself; others together.
pub const TYPES_MAX: usize = 200;

/// So many values of an indicator are shown.
const VALUES_SHOWN: usize = 10;

/// The report.
#[derive(Debug, Default)]
pub(crate) struct Report {
    types: BTreeMap<String, u64>,
}

impl Writer for Report {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let of_type = entry.object.object_type();
        let of_type = if self.types.len() >= TYPES_MAX && !self.types.contains_key(of_type) {
            "other"
        } else {
            of_type
        };
        *self.types.entry(of_type.to_owned()).or_default() += 1;
        let detail = match &entry.sought {
            Some(sought) if sought.lacks.is_none() && !sought.values.is_empty() => {
                let mut shown: Vec<_> = sought
                    .values(said)
                    .into_iter()
                    .take(VALUES_SHOWN)
                    .map(|value| {
                        format!("{} {}", kind_name(value.kind), escape(&defanged(value.kind, &value.value)))
                    })
                    .collect();
                if sought.values.len() > VALUES_SHOWN {
                    shown.push(format!("and {} more", sought.values.len() - VALUES_SHOWN));
                }
                shown.join(", ")
            }
            Some(sought) => escape(&one_line(&sought.pattern)),
            None if of_type == "relationship" => {
                let text = |key: &str| escape(&entry.text(key).unwrap_or_default());
                format!("{} {} {}", text("source_ref"), text("relationship_type"), text("target_ref"))
            }
            None => escape(&one_line(&entry.text("description").unwrap_or_default())),
        };
        let name = entry.text("name").map(|name| escape(&one_line(&name))).unwrap_or_default();
        let until = entry.moment("valid_until").map(|until| until.to_string()).unwrap_or_default();
        let row = format!("| {} | {name} | {detail} | {until} | {} |\n", escape(of_type), escape(entry.id()));
        out.parts.part(PART).extend_from_slice(row.as_bytes());
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let lines = banner("", subject, closing);
        let mut lines = lines.lines().map(|line| escape(line.trim()));
        let marking = lines.next().unwrap_or_default();
        let about = lines.next().unwrap_or_default();
        let mut head = format!("# {}\n\n**{marking}**\n\n{about}\n\n", escape(&one_line(&subject.title)));
        head.push_str("| type | objects |\n|---|--:|\n");
        for (of_type, count) in &self.types {
            let _ = writeln!(head, "| {} | {count} |", escape(of_type));
        }
        head.push_str("\n| type | name | what | until | id |\n|---|---|---|---|---|\n");
        let tail = format!("\n**{marking}**\n");
        vec![End { part: PART.to_owned(), head: head.into_bytes(), tail: tail.into_bytes() }]
    }
}

/// A value that nothing makes a link of.
fn defanged(kind: ObservableKind, value: &str) -> String {
    match kind {
        ObservableKind::Url => value.replacen("http", "hxxp", 1).replace('.', "[.]"),
        ObservableKind::Domain
        | ObservableKind::Subdomains
        | ObservableKind::Ipv4
        | ObservableKind::Ipv6
        | ObservableKind::Email => value.replace('.', "[.]"),
        ObservableKind::Mac
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
        | ObservableKind::EmailSubject
        | ObservableKind::UserAgent => value.to_owned(),
    }
}

/// Text in which nothing is markup, of Markdown or HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '|' => escaped.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '~' | ':' => {
                escaped.push('\\');
                escaped.push(one);
            }
            one => escaped.push(one),
        }
    }
    escaped
}
