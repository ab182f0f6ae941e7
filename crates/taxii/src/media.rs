//! Which representations are understood? (TAXII 2.1 sections 1.6.9.1, 3.2, 3.6; RFC 9110 section 12.5.1)

/// The media type of everything TAXII 2.1 says.
pub const TAXII: &str = "application/taxii+json;version=2.1";

/// The media types of STIX content, as manifests and collections name them.
pub const STIX_21: &str = "application/stix+json;version=2.1";

/// STIX 2.0, for objects held in it.
pub const STIX_20: &str = "application/stix+json;version=2.0";

/// One media type of a header: type, its `version` if it has one, its weight in thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MediaRange {
    kind: String,
    version: Option<String>,
    weight: u16,
}

fn ranges(header: &str) -> impl Iterator<Item = MediaRange> {
    header.split(',').filter(|part| !part.trim().is_empty()).map(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let kind = pieces.next().unwrap_or("").to_ascii_lowercase();
        let mut range = MediaRange { kind, version: None, weight: 1000 };
        for (name, value) in pieces.filter_map(|piece| piece.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "version" => range.version = Some(value.to_owned()),
                "q" => range.weight = weight(value),
                _ => {}
            }
        }
        range
    })
}

/// A weight in thousandths; what is malformed counts as 1, as if it were not there.
fn weight(text: &str) -> u16 {
    match text.split_once('.') {
        Some(("0", digits)) if digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{digits:0<3}").parse().unwrap_or(1000)
        }
        None if text == "0" => 0,
        _ => 1000,
    }
}

/// Whether an answer in TAXII 2.1 JSON is acceptable to who sent these `Accept` headers; none means anything is.
///
/// Kinder than the standard: `*/*`, `application/*`, `application/json` and STIX types are taken as well, for clients send
/// them.
pub fn accepts_taxii<'a>(headers: impl IntoIterator<Item = &'a str>) -> bool {
    let mut any = false;
    for header in headers {
        any = true;
        for range in ranges(header) {
            let version = matches!(range.version.as_deref(), None | Some("2.1"));
            let kind = match range.kind.as_str() {
                "application/taxii+json" | "application/stix+json" | "application/vnd.oasis.taxii+json" => {
                    version
                }
                "*/*" | "application/*" | "application/json" => true,
                _ => false,
            };
            if kind && range.weight > 0 {
                return true;
            }
        }
    }
    !any
}

/// Whether a body of this content type is read as an envelope.
///
/// Kinder than the standard: the media types of STIX content and plain JSON are taken too, for connectors send them.
pub fn is_envelope(content_type: &str) -> bool {
    let Some(range) = ranges(content_type).next() else { return false };
    match range.kind.as_str() {
        "application/taxii+json" | "application/vnd.oasis.taxii+json" => {
            matches!(range.version.as_deref(), None | Some("2.1"))
        }
        "application/stix+json" | "application/vnd.oasis.stix+json" => {
            matches!(range.version.as_deref(), None | Some("2.0" | "2.1"))
        }
        "application/json" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_clients_send_to_mean_taxii_2_1_is_accepted() {
        for accept in [
            TAXII,
            "application/taxii+json",
            "application/taxii+json; version=2.1",
            "APPLICATION/TAXII+JSON;VERSION=2.1",
            "application/taxii+json;version=\"2.1\";charset=utf-8",
            "application/json, application/taxii+json;version=2.1;q=0.5",
            "application/taxii+json;version=2.1,application/stix+json;version=2.1",
            "application/json, text/plain, */*",
            "*/*",
            "application/*;q=0.1",
        ] {
            assert!(accepts_taxii([accept]), "{accept}");
        }
        assert!(accepts_taxii([]));
        assert!(accepts_taxii(["text/html", TAXII]));
    }

    #[test]
    fn what_is_not_taxii_2_1_is_not_acceptable() {
        for accept in [
            "application/taxii+json;version=2.0",
            "application/xml",
            "text/html",
            "application/taxii+json;version=2.1;q=0",
            "",
            "*/*;q=0.000",
        ] {
            assert!(!accepts_taxii([accept]), "{accept}");
        }
    }

    #[test]
    fn bodies_of_connectors_are_envelopes() {
        for content_type in [
            TAXII,
            "application/taxii+json",
            "application/taxii+json; version=2.1; charset=utf-8",
            "application/stix+json; version=2.1",
            "application/vnd.oasis.stix+json",
        ] {
            assert!(is_envelope(content_type), "{content_type}");
        }
        for content_type in ["text/plain", "application/xml", "application/taxii+json;version=2.0", ""] {
            assert!(!is_envelope(content_type), "{content_type}");
        }
    }
}
