//! What is told when something matches?

use serde::{Deserialize, Serialize};

use super::Pap;

/// Longer values are cut where they are told, in bytes; none of them is told to others.
pub const VALUE_TOLD_BYTES_MAX: usize = 1024;

/// Values as they are told.
pub(super) fn told(values: Vec<(String, String)>) -> Vec<(String, String)> {
    let cut = |(path, mut value): (String, String)| {
        if value.len() > VALUE_TOLD_BYTES_MAX {
            value.truncate(value.floor_char_boundary(VALUE_TOLD_BYTES_MAX));
            value.push('…');
        }
        (path, value)
    };
    values.into_iter().map(cut).collect()
}

/// Where an observation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The file, connection or stream.
    pub input: String,
    /// The number of the line in it, from 1.
    pub line: u64,
}

/// Something matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// When it was seen.
    pub time: String,
    /// The indicator's id.
    pub indicator: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its pattern: why it matched.
    pub pattern: String,
    /// What may be done about it: its markings' Permissible Actions Protocol.
    pub pap: Pap,
    /// What matched: object path and value, cut at [`VALUE_TOLD_BYTES_MAX`].
    pub values: Vec<(String, String)>,
    /// Where; not known of patterns over several observations that came late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// How many observations made the match.
    pub observations: usize,
    /// Whether further matches in this window of time are only counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last_told: bool,
}
