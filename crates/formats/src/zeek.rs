//! How are indicators written for Zeek's intelligence framework? Fields between tabs, as its ASCII reader takes them.

use crate::{
    ObservableKind,
    export::{
        Closing, End, Out, Subject, Why, Writer, banner,
        entry::{Entry, Said, kind_name},
        form,
    },
};

/// The one part.
pub const PART: &str = "cresset.intel";

/// The file.
#[derive(Debug)]
pub(crate) struct Intel;

impl Writer for Intel {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let Some(sought) = &entry.sought else { return said.lacks(Why::ObjectType, "") };
        for value in sought.values(said) {
            let Some(of_type) = intel_type(value.kind) else {
                said.lacks(Why::Kind, kind_name(value.kind));
                continue;
            };
            let Some((of_type, text)) = indicator(value.kind, of_type, &value.value) else {
                said.lacks(Why::Value, kind_name(value.kind));
                continue;
            };
            let to = out.parts.part(PART);
            field(&text, to);
            to.push(b'\t');
            to.extend_from_slice(of_type.as_bytes());
            to.extend_from_slice(b"\tcresset\t");
            field(&entry.title(), to);
            to.push(b'\t');
            field(entry.id(), to);
            to.push(b'\n');
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let head = banner("#", subject, closing)
            + "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\n";
        vec![End { part: PART.to_owned(), head: head.into_bytes(), tail: Vec::new() }]
    }
}

/// What Zeek calls a kind. Of certificates it knows the SHA-1 only.
const fn intel_type(kind: ObservableKind) -> Option<&'static str> {
    match kind {
        ObservableKind::Ipv4 | ObservableKind::Ipv6 => Some("Intel::ADDR"),
        ObservableKind::Domain => Some("Intel::DOMAIN"),
        ObservableKind::Url => Some("Intel::URL"),
        ObservableKind::Email => Some("Intel::EMAIL"),
        ObservableKind::Md5 | ObservableKind::Sha1 | ObservableKind::Sha256 => Some("Intel::FILE_HASH"),
        ObservableKind::FileName => Some("Intel::FILE_NAME"),
        ObservableKind::CertificateSha1 => Some("Intel::CERT_HASH"),
        ObservableKind::UserAgent => Some("Intel::SOFTWARE"),
        ObservableKind::Subdomains
        | ObservableKind::Mac
        | ObservableKind::Sha512
        | ObservableKind::Ssdeep
        | ObservableKind::Path
        | ObservableKind::RegistryKey
        | ObservableKind::Mutex
        | ObservableKind::AutonomousSystem
        | ObservableKind::CertificateSha256
        | ObservableKind::EmailSubject => None,
    }
}

fn indicator(kind: ObservableKind, of_type: &'static str, value: &str) -> Option<(&'static str, String)> {
    let text = match kind {
        ObservableKind::Ipv4 | ObservableKind::Ipv6 => {
            let (address, length) = form::network(value)?;
            if length < if address.is_ipv4() { 32 } else { 128 } {
                return Some(("Intel::SUBNET", format!("{address}/{length}")));
            }
            address.to_string()
        }
        ObservableKind::Domain => form::domain(value)?,
        // Zeek compares host and path, without the scheme.
        ObservableKind::Url => {
            let (_, host, path) = form::url(value)?;
            format!("{host}{path}")
        }
        ObservableKind::Md5 => form::hash(value, 32)?,
        ObservableKind::Sha1 | ObservableKind::CertificateSha1 => form::hash(value, 40)?,
        ObservableKind::Sha256 => form::hash(value, 64)?,
        ObservableKind::Email
        | ObservableKind::FileName
        | ObservableKind::UserAgent
        | ObservableKind::Subdomains
        | ObservableKind::Mac
        | ObservableKind::Sha512
        | ObservableKind::Ssdeep
        | ObservableKind::Path
        | ObservableKind::RegistryKey
        | ObservableKind::Mutex
        | ObservableKind::AutonomousSystem
        | ObservableKind::CertificateSha256
        | ObservableKind::EmailSubject => value.to_owned(),
    };
    Some((of_type, text))
}

/// A field. The reader resolves `\xNN`; `#` begins a comment, `-` alone is an absent value, `(empty)` an empty one.
fn field(text: &str, to: &mut Vec<u8>) {
    let special = matches!(text, "-" | "(empty)");
    for (index, byte) in text.bytes().enumerate() {
        if byte < b' ' || byte == b'\\' || byte == 0x7f || (index == 0 && (special || byte == b'#')) {
            to.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
        } else {
            to.push(byte);
        }
    }
}
