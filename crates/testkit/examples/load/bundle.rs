//! Which objects does a bundle file hold, and in which envelopes do they travel?
//!
//! Objects stay the text they are in the file: the server gets the bytes that somebody published.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::client::LoadError;

/// One TAXII envelope, ready to send.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) body: Bytes,
    pub(crate) objects: u64,
}

#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(borrow, default)]
    objects: Vec<&'a RawValue>,
}

pub(crate) async fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let failed = |source| LoadError::File { path: path.display().to_string(), source };
    tokio::fs::read(path).await.map_err(failed)
}

/// The text of each object of the bundle.
pub(crate) fn objects<'a>(path: &Path, text: &'a [u8]) -> Result<Vec<&'a str>, LoadError> {
    let failed = |source| LoadError::Bundle { path: path.display().to_string(), source };
    let bundle: Bundle<'a> = serde_json::from_slice(text).map_err(failed)?;
    Ok(bundle.objects.into_iter().map(RawValue::get).collect())
}

/// The objects of all files in envelopes of at most so many objects and bytes.
pub(crate) async fn envelopes(
    files: &[PathBuf],
    objects_max: usize,
    bytes_max: usize,
) -> Result<Vec<Envelope>, LoadError> {
    let mut envelopes = Vec::new();
    for path in files {
        let text = read(path).await?;
        let mut open: Vec<&str> = Vec::new();
        let mut bytes = 0;
        for object in objects(path, &text)? {
            if open.len() >= objects_max.max(1) || (bytes + object.len() > bytes_max && !open.is_empty()) {
                envelopes.push(envelope(&open));
                open.clear();
                bytes = 0;
            }
            open.push(object);
            bytes += object.len() + 1;
        }
        if !open.is_empty() {
            envelopes.push(envelope(&open));
        }
    }
    Ok(envelopes)
}

fn envelope(objects: &[&str]) -> Envelope {
    let body = format!(r#"{{"objects":[{}]}}"#, objects.join(","));
    Envelope { body: Bytes::from(body), objects: objects.len() as u64 }
}
