//! What does TAXII 2.1 answer with? (Sections 3.6, 3.7, 4, 5)
//!
//! Empty lists are left out, as the standard prohibits them (section 2).

use serde::{Deserialize, Serialize};

/// Discovery (section 4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// The server's name.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The API root to use where nothing else is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// All API roots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api_roots: Vec<String>,
}

/// API root (section 4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiRoot {
    /// Its name.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Media types spoken.
    pub versions: Vec<String>,
    /// The longest body taken, in bytes.
    pub max_content_length: u64,
}

/// Status (section 4.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Its id.
    pub id: String,
    /// `complete` or `pending`.
    pub status: String,
    /// When it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_timestamp: Option<String>,
    /// How many objects there were.
    pub total_count: u64,
    /// How many are held now.
    pub success_count: u64,
    /// Which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successes: Vec<StatusDetail>,
    /// How many were refused.
    pub failure_count: u64,
    /// Which, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<StatusDetail>,
    /// How many wait.
    pub pending_count: u64,
    /// Which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pendings: Vec<StatusDetail>,
}

/// One object of a status (section 4.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDetail {
    /// The object.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Collections (section 5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collections {
    /// Those that exist for who asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collections: Vec<Collection>,
}

/// Collection (section 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its short name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Whether who asks may read.
    pub can_read: bool,
    /// Whether who asks may add.
    pub can_write: bool,
    /// What is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media_types: Vec<String>,
}

/// Manifest (section 5.3). `next` is not in the standard's table, but clients do not end without it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Whether there is more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Where it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// One entry for each version of each object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ManifestRecord>,
}

/// Manifest record (section 5.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestRecord {
    /// The object.
    pub id: String,
    /// When it was added.
    pub date_added: String,
    /// Its version.
    pub version: String,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// Versions (section 5.8). For `next` see [`Manifest`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Whether there is more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Where it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
}

/// Error (section 3.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// What went wrong.
    pub title: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The status code again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<String>,
}

/// Writes an envelope (section 3.7) around the texts of objects, which are copied as they are.
pub fn envelope<'a>(objects: impl Iterator<Item = &'a [u8]> + Clone, next: Option<&str>) -> Vec<u8> {
    let length: usize = objects.clone().map(|text| text.len() + 1).sum();
    let mut out = Vec::with_capacity(length + 64 + next.map_or(0, str::len));
    out.push(b'{');
    if let Some(next) = next {
        out.extend_from_slice(b"\"more\":true,\"next\":\"");
        out.extend_from_slice(next.as_bytes());
        out.push(b'"');
    }
    for (index, text) in objects.enumerate() {
        if index > 0 {
            out.push(b',');
        } else {
            out.extend_from_slice(if next.is_some() { b",\"objects\":[" } else { b"\"objects\":[" });
        }
        out.extend_from_slice(text);
    }
    if out.len() > 1 && length > 0 {
        out.push(b']');
    }
    out.push(b'}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_copies_its_objects() {
        let objects: [&[u8]; 2] = [b"{\"a\":1}", b"{ }"];
        assert_eq!(envelope(objects.iter().copied(), None), b"{\"objects\":[{\"a\":1},{ }]}");
        assert_eq!(
            envelope(objects.iter().copied(), Some("xyz")),
            b"{\"more\":true,\"next\":\"xyz\",\"objects\":[{\"a\":1},{ }]}"
        );
        assert_eq!(envelope(std::iter::empty(), None), b"{}");
    }

    #[test]
    fn no_resource_has_an_empty_list() {
        assert_eq!(serde_json::to_string(&Collections::default()).unwrap(), "{}");
        assert_eq!(serde_json::to_string(&Manifest::default()).unwrap(), "{}");
        assert_eq!(serde_json::to_string(&Versions::default()).unwrap(), "{}");
    }
}
