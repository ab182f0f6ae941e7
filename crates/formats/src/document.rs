//! What is the text of a file: which encoding, HTML, PDF?

mod html;
mod pdf;

use encoding_rs::{Encoding, UTF_8};

pub use self::pdf::{
    PDF_BYTES_MAX, PDF_PAGES_MAX, PDF_STREAM_BYTES_MAX, PDF_TEXT_BYTES_MAX, PdfPage, pdf_pages,
};
use crate::text::TEXT_BYTES_MAX;

/// What a file is, by its first bytes and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// Text, or Markdown.
    Text,
    /// HTML.
    Html,
    /// PDF.
    Pdf,
}

/// A file as text. Places in it are places in `text`: the bytes of the file themselves, where it is UTF-8 and no HTML or PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it was.
    pub kind: DocumentKind,
    /// Its text.
    pub text: String,
    /// The encoding it was in, by its name of the WHATWG.
    pub encoding: &'static str,
    /// What could not be read of it, in words; the rest is in `text`.
    pub findings: Vec<String>,
}

/// Why a file has no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is longer than is read.
    #[error("the file has {bytes} bytes, more than the {most} that are read")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// What is read at most.
        most: usize,
    },
    /// It packs other files.
    #[error("the file is an archive (`{0}`): unpack it, nothing in it is read")]
    Archive(&'static str),
    /// It is bytes for machines.
    #[error("the file is no text")]
    Binary,
    /// It is a PDF that cannot be read at all.
    #[error("the PDF cannot be read: {0}")]
    Pdf(String),
}

/// Archives and packed files by their first bytes.
const ARCHIVES: [(&[u8], &str); 9] = [
    (b"PK\x03\x04", "zip, or a document of an office program"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"MSCF", "cab"),
    (b"\xd0\xcf\x11\xe0", "a compound file of an old office program"),
];

/// Reads a file.
///
/// # Errors
/// Where it has no text, or too much.
pub fn read(bytes: &[u8]) -> Result<Document, DocumentError> {
    if let Some((_, what)) = ARCHIVES.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(DocumentError::Archive(what));
    }
    if is_pdf(bytes) {
        let (text, findings) = pdf::text(bytes)?;
        return Ok(Document { kind: DocumentKind::Pdf, text, encoding: UTF_8.name(), findings });
    }
    if bytes.len() > TEXT_BYTES_MAX {
        return Err(DocumentError::TooLong { bytes: bytes.len(), most: TEXT_BYTES_MAX });
    }
    let (text, encoding, mut findings) = decode(bytes)?;
    if is_html(&text) {
        let (text, more) = html::text(&text);
        findings.extend(more);
        return Ok(Document { kind: DocumentKind::Html, text, encoding: encoding.name(), findings });
    }
    Ok(Document { kind: DocumentKind::Text, text, encoding: encoding.name(), findings })
}

/// Whether a file is a PDF, by its first bytes.
pub fn is_pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..1024.min(bytes.len())).unwrap_or_default();
    memchr::memmem::find(head, b"%PDF-").is_some()
}

fn is_html(text: &str) -> bool {
    let head: String = text.chars().take(2048).collect::<String>().to_ascii_lowercase();
    let head = head.trim_start();
    head.starts_with("<!doctype html")
        || head.starts_with("<html")
        || (head.starts_with('<') && head.contains("<body"))
}

/// The text of bytes: by their mark, as UTF-8, or by what the letters look like.
pub(crate) fn decode(bytes: &[u8]) -> Result<(String, &'static Encoding, Vec<String>), DocumentError> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let (text, damaged) = encoding.decode_with_bom_removal(bytes);
        let told = damaged.then(|| damage(encoding)).into_iter().collect();
        return Ok((text.into_owned(), encoding, told));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let zeros = memchr::memchr(0, bytes).is_some();
        return if zeros { Err(DocumentError::Binary) } else { Ok((text.to_owned(), UTF_8, Vec::new())) };
    }
    let head = bytes.get(..8192.min(bytes.len())).unwrap_or_default();
    let zeros = memchr::memchr_iter(0, head).count();
    if zeros > 0 {
        return Err(DocumentError::Binary);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Allow);
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    let mut told =
        vec![format!("not UTF-8: read as {}, places are those of the text made of it", encoding.name())];
    told.extend(damaged.then(|| damage(encoding)));
    Ok((text.into_owned(), encoding, told))
}

fn damage(encoding: &'static Encoding) -> String {
    format!("some bytes are no {}: `\u{fffd}` stands for them", encoding.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_and_machine_code_are_refused() {
        assert!(matches!(read(b"PK\x03\x04rest"), Err(DocumentError::Archive(_))));
        assert_eq!(read(b"\x7fELF\0\0\0\0\xff").unwrap_err(), DocumentError::Binary);
        assert!(matches!(read(b"%PDF-1.7 nonsense"), Err(DocumentError::Pdf(_))));
    }

    #[test]
    fn encodings_are_found_out() {
        let utf_16: Vec<u8> =
            [0xfeff_u16].into_iter().chain("größer".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&utf_16).unwrap().text, "größer");
        let latin = read(b"Die Gr\xf6\xdfe der Stra\xdfe ist f\xfcr uns wichtig.").unwrap();
        assert!(latin.text.contains("Größe der Straße"), "{latin:?}");
        assert_eq!(latin.findings.len(), 1);
    }

    #[test]
    fn of_html_the_words_are_read_and_nothing_is_run() {
        let page = "<!DOCTYPE html><html><head><title>T</title><style>a.b{}</style></head><body><p>one &amp; <b>two</b></p>\
                    <script>evil('script.example')</script><p>three<br>four</p><textarea>five</textarea></body></html>";
        let read = read(page.as_bytes()).unwrap();
        assert_eq!(read.kind, DocumentKind::Html);
        assert_eq!(
            read.text.split_whitespace().collect::<Vec<_>>(),
            ["T", "one", "&", "two", "three", "four", "five"]
        );
        assert!(read.text.contains("three\nfour"));
    }
}
