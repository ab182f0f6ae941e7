//! What does a PDF say, page by page, within what may be spent on it?
//!
//! The library that reads it is given a bound for each stream that it unpacks. A panic in it is caught and told as a finding; what no
//! Rust code can catch (the stack's end, memory's end) is the caller's to bound: `cresset` reads a PDF in a process of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{Document, LoadOptions};

use super::DocumentError;

/// A longer PDF is not read.
pub const PDF_BYTES_MAX: usize = 64 << 20;
/// A stream that unpacks to more is not read: what the library makes of its operators takes a hundred times as much.
pub const PDF_STREAM_BYTES_MAX: usize = 8 << 20;
/// Further pages are not read.
pub const PDF_PAGES_MAX: usize = 5_000;
/// Further text is not read.
pub const PDF_TEXT_BYTES_MAX: usize = 64 << 20;

/// A page, or what is to be said of the pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PdfPage {
    /// Its text; empty where it cannot be read.
    pub text: String,
    /// What could not be read, in words.
    pub finding: Option<String>,
}

/// Reads a PDF page by page: what was given stays, whatever becomes of the reader on a later page.
///
/// # Errors
/// Where it has no pages that can be read.
pub fn pdf_pages(bytes: &[u8], each: &mut dyn FnMut(PdfPage)) -> Result<(), DocumentError> {
    if bytes.len() > PDF_BYTES_MAX {
        return Err(DocumentError::TooLong { bytes: bytes.len(), most: PDF_BYTES_MAX });
    }
    guarded(|| read(bytes, each))
        .unwrap_or_else(|| Err(DocumentError::Pdf("the library gave up on it".to_owned())))
}

pub(super) fn text(bytes: &[u8]) -> Result<(String, Vec<String>), DocumentError> {
    let (mut text, mut findings) = (String::new(), Vec::new());
    pdf_pages(bytes, &mut |page| {
        text.push_str(&page.text);
        findings.extend(page.finding);
    })?;
    Ok((text, findings))
}

/// What a step gives; nothing where it panicked.
fn guarded<T>(step: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(step)).ok()
}

fn read(bytes: &[u8], each: &mut dyn FnMut(PdfPage)) -> Result<(), DocumentError> {
    let options = LoadOptions { max_decompressed_size: Some(PDF_STREAM_BYTES_MAX), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options)
        .map_err(|error| DocumentError::Pdf(error.to_string()))?;
    if document.is_encrypted() {
        return Err(DocumentError::Pdf("it is encrypted".to_owned()));
    }
    let tell = |finding: String| PdfPage { text: String::new(), finding: Some(finding) };
    let (mut length, mut has_text) = (0, false);
    for (count, number) in document.get_pages().into_keys().enumerate() {
        if count >= PDF_PAGES_MAX || length >= PDF_TEXT_BYTES_MAX {
            each(tell(format!("page {number} and those behind it are not read: a limit is met")));
            break;
        }
        match guarded(|| document.extract_text_with_limit(&[number], PDF_STREAM_BYTES_MAX)) {
            Some(Ok(page)) => {
                let text = format!("{}\n\n", page.trim_end());
                length += text.len();
                has_text |= !page.trim().is_empty();
                each(PdfPage { text, finding: None });
            }
            Some(Err(error)) => each(tell(format!("page {number} cannot be read: {error}"))),
            None => each(tell(format!("page {number} cannot be read: the library gave up on it"))),
        }
    }
    if !has_text {
        each(tell("no page has text: pictures are not read".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use lopdf::{Object, Stream, dictionary};

    use super::*;

    /// A PDF with a page for each content.
    fn of(contents: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
        let mut document = Document::with_version("1.5");
        let (pages, font) = (document.new_object_id(), document.new_object_id());
        let encoding = dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding"
        };
        document.objects.insert(font, encoding.into());
        let mut kids: Vec<Object> = Vec::new();
        for content in contents {
            let content = document.add_object(Stream::new(dictionary! {}, content));
            let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
            let page = dictionary! {
                "Type" => "Page", "Parent" => pages, "Contents" => content, "Resources" => resources
            };
            kids.push(document.add_object(page).into());
        }
        let count = i64::try_from(kids.len()).unwrap();
        let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
        document.objects.insert(pages, tree.into());
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    fn page(text: &str, bytes: usize) -> Vec<u8> {
        let mut content = format!("BT /F1 12 Tf ({text}) Tj ET").into_bytes();
        content.resize(bytes.max(content.len()), b' ');
        content
    }

    #[test]
    fn so_many_pages_are_read_and_the_rest_is_told() {
        let read = |pages: usize| text(&of(vec![page("a", 0); pages])).unwrap();
        assert_eq!(read(PDF_PAGES_MAX).1, Vec::<String>::new());
        let (text, findings) = read(PDF_PAGES_MAX + 1);
        assert_eq!((text.matches('a').count(), findings.len()), (PDF_PAGES_MAX, 1));
        assert!(findings.concat().contains("page 5001 and those behind it"), "{findings:?}");
    }

    #[test]
    fn a_page_unpacks_to_so_much_and_the_others_are_read() {
        let read = |bytes: usize| text(&of([page("one", 0), page("two", bytes), page("three", 0)])).unwrap();
        let (whole, findings) = read(PDF_STREAM_BYTES_MAX);
        assert_eq!(
            (whole.split_whitespace().collect::<Vec<_>>(), findings.len()),
            (vec!["one", "two", "three"], 0)
        );
        let (rest, findings) = read(PDF_STREAM_BYTES_MAX + 1);
        assert_eq!(rest.split_whitespace().collect::<Vec<_>>(), ["one", "three"]);
        assert!(findings.concat().starts_with("page 2 cannot be read"), "{findings:?}");
    }

    #[test]
    fn a_longer_file_is_not_read() {
        let mut file = of([page("one", 0)]);
        file.resize(PDF_BYTES_MAX, b'\n');
        assert_eq!(text(&file).unwrap().0.trim(), "one");
        file.push(b'\n');
        assert_eq!(
            text(&file),
            Err(DocumentError::TooLong { bytes: PDF_BYTES_MAX + 1, most: PDF_BYTES_MAX })
        );
    }
}
