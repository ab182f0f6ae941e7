//! What does a PDF say, page by page, within what may be spent on it?
//!
//! The library that reads it is given a bound for each stream that it unpacks. A panic in it is caught and told as a finding; what no
//! Rust code can catch (the stack's end, memory's end) is the caller's to bound: `cresset` reads a PDF in a process of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{Document, LoadOptions};

use super::DocumentError;

/// A longer PDF is not read.
pub const PDF_BYTES_MAX: usize = 64 << 20;
/// A stream that unpacks to more is not read.
pub const PDF_STREAM_BYTES_MAX: usize = 32 << 20;
/// Further pages are not read.
pub const PDF_PAGES_MAX: usize = 5_000;
/// Further text is not read.
pub const PDF_TEXT_BYTES_MAX: usize = 64 << 20;

pub(super) fn text(bytes: &[u8]) -> Result<(String, Vec<String>), DocumentError> {
    if bytes.len() > PDF_BYTES_MAX {
        return Err(DocumentError::TooLong { bytes: bytes.len(), most: PDF_BYTES_MAX });
    }
    guarded(|| read(bytes)).unwrap_or_else(|| Err(DocumentError::Pdf("the library gave up on it".to_owned())))
}

/// What a step gives; nothing where it panicked.
fn guarded<T>(step: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(step)).ok()
}

fn read(bytes: &[u8]) -> Result<(String, Vec<String>), DocumentError> {
    let options = LoadOptions { max_decompressed_size: Some(PDF_STREAM_BYTES_MAX), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options)
        .map_err(|error| DocumentError::Pdf(error.to_string()))?;
    if document.is_encrypted() {
        return Err(DocumentError::Pdf("it is encrypted".to_owned()));
    }
    let mut text = String::new();
    let mut findings = Vec::new();
    for (count, number) in document.get_pages().into_keys().enumerate() {
        if count >= PDF_PAGES_MAX || text.len() >= PDF_TEXT_BYTES_MAX {
            findings.push(format!("page {number} and those behind it are not read: a limit is met"));
            break;
        }
        match guarded(|| document.extract_text_with_limit(&[number], PDF_STREAM_BYTES_MAX)) {
            Some(Ok(page)) => {
                text.push_str(page.trim_end());
                text.push_str("\n\n");
            }
            Some(Err(error)) => findings.push(format!("page {number} cannot be read: {error}")),
            None => findings.push(format!("page {number} cannot be read: the library gave up on it")),
        }
    }
    if text.trim().is_empty() {
        findings.push("no page has text: pictures are not read".to_owned());
    }
    Ok((text, findings))
}
