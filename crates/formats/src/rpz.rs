//! How are names and addresses written as a response policy zone? A trigger for each, answered with NXDOMAIN.

use std::net::IpAddr;

use crate::{
    ObservableKind,
    export::{
        Closing, End, Out, Subject, Why, Writer, banner,
        entry::{Entry, Said, kind_name},
        form,
    },
};

/// The one part.
pub const PART: &str = "cresset.rpz";

/// A whole name has at most so many octets on the wire (RFC 1035 section 2.3.4).
const NAME_OCTETS_MAX: usize = 255;

/// So many octets are left for the name of the zone itself, which whoever loads it gives it.
pub const ZONE_OCTETS_MAX: usize = 64;

/// How long answers made by the zone may be kept, in seconds.
const TTL_SECONDS: u32 = 300;

/// The zone.
#[derive(Debug)]
pub(crate) struct Zone;

impl Writer for Zone {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let Some(sought) = &entry.sought else { return said.lacks(Why::ObjectType, "") };
        for value in sought.values(said) {
            let trigger = match value.kind {
                ObservableKind::Domain => form::domain(&value.value),
                ObservableKind::Subdomains => form::domain(&value.value).map(|name| format!("*.{name}")),
                ObservableKind::Ipv4 | ObservableKind::Ipv6 => form::network(&value.value).and_then(address),
                ObservableKind::Url
                | ObservableKind::Email
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
                | ObservableKind::CertificateSha1
                | ObservableKind::CertificateSha256
                | ObservableKind::EmailSubject
                | ObservableKind::UserAgent => {
                    said.lacks(Why::Kind, kind_name(value.kind));
                    continue;
                }
            };
            // The octets of each label and its length, and of the root.
            let Some(name) = trigger.filter(|name| name.len() + 2 + ZONE_OCTETS_MAX <= NAME_OCTETS_MAX)
            else {
                said.lacks(Why::Value, kind_name(value.kind));
                continue;
            };
            let to = out.parts.part(PART);
            to.extend_from_slice(name.as_bytes());
            to.extend_from_slice(b" CNAME .\n");
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        // RFC 1982 compares serials in a circle, so that the lower 32 bits of the seconds do.
        let serial = closing.made.seconds().rem_euclid(1 << 32);
        let head = format!(
            "{}$TTL {TTL_SECONDS}\n@ SOA localhost. hostmaster.localhost. {serial} {TTL_SECONDS} 60 604800 {TTL_SECONDS}\n@ NS localhost.\n",
            banner(";", subject, closing)
        );
        vec![End { part: PART.to_owned(), head: head.into_bytes(), tail: Vec::new() }]
    }
}

/// The trigger of an address in an answer: its length, then its parts backwards; `zz` for the longest run of zeros.
fn address((address, length): (IpAddr, u8)) -> Option<String> {
    // A zone that answers for every address there is, is a mistake.
    if length == 0 {
        return None;
    }
    Some(match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            format!("{length}.{d}.{c}.{b}.{a}.rpz-ip")
        }
        IpAddr::V6(v6) => {
            let segments = v6.segments();
            let (start, end) = zeros(&segments);
            let mut parts = Vec::new();
            for (index, segment) in segments.iter().enumerate() {
                if index == start && end > start {
                    parts.push("zz".to_owned());
                } else if index < start || index >= end {
                    parts.push(format!("{segment:x}"));
                }
            }
            parts.reverse();
            format!("{length}.{}.rpz-ip", parts.join("."))
        }
    })
}

/// The first longest run of two zeros or more; empty where there is none.
fn zeros(segments: &[u16; 8]) -> (usize, usize) {
    let mut best = (0, 0);
    let mut start = 0;
    for (index, segment) in segments.iter().enumerate() {
        if *segment != 0 {
            start = index + 1;
        } else if index + 1 - start > best.1 - best.0 && index + 1 - start > 1 {
            best = (start, index + 1);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_backwards() {
        let of = |text: &str| form::network(text).and_then(address);
        assert_eq!(of("192.0.2.1").as_deref(), Some("32.1.2.0.192.rpz-ip"));
        assert_eq!(of("192.0.2.0/24").as_deref(), Some("24.0.2.0.192.rpz-ip"));
        assert_eq!(of("2001:db8::3").as_deref(), Some("128.3.zz.db8.2001.rpz-ip"));
        assert_eq!(of("2001:db8:0:1:2:3:4:5").as_deref(), Some("128.5.4.3.2.1.0.db8.2001.rpz-ip"));
        assert_eq!(of("2001:db8::/32").as_deref(), Some("32.zz.db8.2001.rpz-ip"));
        assert_eq!(of("::/0"), None);
    }
}
