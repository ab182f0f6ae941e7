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
            let (of_type, text) = match indicator(value.kind, &value.value) {
                Ok(written) => written,
                Err(why) => {
                    said.lacks(why, kind_name(value.kind));
                    continue;
                }
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

/// What Zeek calls a value, and how it writes it. Of certificates it knows the SHA-1 only.
fn indicator(kind: ObservableKind, value: &str) -> Result<(&'static str, String), Why> {
    let (of_type, text) = match kind {
        ObservableKind::Ipv4 | ObservableKind::Ipv6 => match form::network(value) {
            Some((address, length)) if length < if address.is_ipv4() { 32 } else { 128 } => {
                ("Intel::SUBNET", Some(format!("{address}/{length}")))
            }
            network => ("Intel::ADDR", network.map(|(address, _)| address.to_string())),
        },
        ObservableKind::Domain => ("Intel::DOMAIN", form::domain(value)),
        // Zeek compares host and path, without the scheme.
        ObservableKind::Url => {
            ("Intel::URL", form::url(value).map(|(_, host, path)| format!("{host}{path}")))
        }
        ObservableKind::Email => ("Intel::EMAIL", Some(value.to_owned())),
        ObservableKind::Md5 => ("Intel::FILE_HASH", form::hash(value, 32)),
        ObservableKind::Sha1 => ("Intel::FILE_HASH", form::hash(value, 40)),
        ObservableKind::Sha256 => ("Intel::FILE_HASH", form::hash(value, 64)),
        ObservableKind::FileName => ("Intel::FILE_NAME", Some(value.to_owned())),
        ObservableKind::CertificateSha1 => ("Intel::CERT_HASH", form::hash(value, 40)),
        ObservableKind::UserAgent => ("Intel::SOFTWARE", Some(value.to_owned())),
        ObservableKind::Subdomains
        | ObservableKind::Mac
        | ObservableKind::Sha512
        | ObservableKind::Ssdeep
        | ObservableKind::Path
        | ObservableKind::RegistryKey
        | ObservableKind::Mutex
        | ObservableKind::AutonomousSystem
        | ObservableKind::CertificateSha256
        | ObservableKind::EmailSubject => return Err(Why::Kind),
    };
    text.map(|text| (of_type, text)).ok_or(Why::Value)
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
