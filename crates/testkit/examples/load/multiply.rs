//! How does a data set become ten times larger without a repeated object?
//!
//! Copy number n of a bundle has other uuids in the ids of its objects, and in every reference to them. What stays:
//! types, references to objects outside the bundle, and the vocabulary (marking and extension definitions), which is
//! written once, because a copied marking would mean nothing to a server that knows the original.
//! New uuids follow from the old one and the copy number: two runs write the same file.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use memchr::memmem;
use serde::Deserialize;
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
};
use uuid::Uuid;

use crate::{bundle, client::LoadError, report::Report};

const UUID_LENGTH: usize = 36;

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
}

pub(crate) async fn run(files: &[PathBuf], times: u32, out: &Path) -> Result<Report, LoadError> {
    let mut texts = Vec::new();
    for path in files {
        texts.push((path, bundle::read(path).await?));
    }
    let mut once = Vec::new();
    let mut copied = Vec::new();
    let mut ids = HashSet::new();
    for (path, text) in &texts {
        for object in bundle::objects(path, text)? {
            let failed = |source| LoadError::Bundle { path: path.display().to_string(), source };
            let head: Head<'_> = serde_json::from_str(object).map_err(failed)?;
            if matches!(head.kind, "marking-definition" | "extension-definition") {
                once.push(object);
            } else {
                ids.insert(head.id);
                copied.push(object);
            }
        }
    }
    let failed = |source| LoadError::File { path: out.display().to_string(), source };
    let mut file = BufWriter::new(File::create(out).await.map_err(failed)?);
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &times.to_be_bytes());
    let begin = format!(r#"{{"type":"bundle","id":"bundle--{id}","objects":[{}"#, once.join(","));
    file.write_all(begin.as_bytes()).await.map_err(failed)?;
    let mut separator = if once.is_empty() { "" } else { "," };
    for copy in 1..=times {
        for object in &copied {
            file.write_all(separator.as_bytes()).await.map_err(failed)?;
            file.write_all(rewritten(object, &ids, copy).as_bytes()).await.map_err(failed)?;
            separator = ",";
        }
    }
    file.write_all(b"]}\n").await.map_err(failed)?;
    file.flush().await.map_err(failed)?;
    let mut report = Report::new("multiply");
    report.say("objects", once.len() as u64 + copied.len() as u64 * u64::from(times));
    report.say("times", times);
    Ok(report)
}

/// The object with the uuid of copy number `copy` in every id that is in `ids`.
fn rewritten(object: &str, ids: &HashSet<&str>, copy: u32) -> String {
    let mut text = String::with_capacity(object.len());
    let mut done = 0;
    for dashes in memmem::find_iter(object.as_bytes(), b"--") {
        let (begin, end) = (dashes + 2, dashes + 2 + UUID_LENGTH);
        let Some(id) = id_around(object, dashes).filter(|id| begin >= done && ids.contains(id)) else {
            continue;
        };
        let old = id.get(id.len() - UUID_LENGTH..).unwrap_or_default();
        text.push_str(object.get(done..begin).unwrap_or_default());
        text.push_str(&fresh(old, copy));
        done = end;
    }
    text.push_str(object.get(done..).unwrap_or_default());
    text
}

/// The longest `type--uuid` around these dashes.
fn id_around(object: &str, dashes: usize) -> Option<&str> {
    let end = dashes + 2 + UUID_LENGTH;
    let kind = object.get(..dashes)?;
    let begin = kind.rfind(|letter: char| !matches!(letter, 'a'..='z' | '0'..='9' | '-'))? + 1;
    object.get(begin..end)
}

fn fresh(old: &str, copy: u32) -> String {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, &copy.to_be_bytes());
    Uuid::new_v5(&namespace, old.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "x-mitre-tactic--4ca45d45-df4d-4613-8980-bac22d278fa5";
    const OUTSIDE: &str = "identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5";

    #[test]
    fn ids_of_the_bundle_change_and_all_else_stays() {
        let ids = HashSet::from([HERE]);
        let object = format!(r#"{{"id":"{HERE}","a--b":["{OUTSIDE}","{HERE}"],"c":"é--"}}"#);
        let copy = rewritten(&object, &ids, 1);
        let new = copy.get(7..7 + HERE.len()).unwrap();
        assert_ne!(new, HERE);
        assert!(new.starts_with("x-mitre-tactic--"));
        assert_eq!(copy, object.replace(HERE, new));
        assert_eq!(copy, rewritten(&object, &ids, 1));
        assert_ne!(copy, rewritten(&object, &ids, 2));
    }
}
