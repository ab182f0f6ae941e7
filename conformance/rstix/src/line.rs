//! Which node is it, and which partner may do everything on which collection?

use anyhow::{Context, Result};
use serde::Deserialize;

const ALIAS: &str = "scratch";
const EVERYTHING: [&str; 3] = ["read", "submit", "delete"];

/// What a demo node says of itself.
#[derive(Deserialize)]
pub struct Line {
    pub url: String,
    partners: Vec<Partner>,
}

/// One that may log in.
#[derive(Deserialize)]
pub struct Partner {
    pub name: String,
    pub token: String,
    pub user: String,
    pub password: String,
    #[serde(default)]
    pub collections: Vec<Place>,
}

/// A collection as one partner sees it.
#[derive(Deserialize)]
pub struct Place {
    pub id: String,
    pub alias: Option<String>,
    pub url: String,
    pub may: Vec<String>,
}

impl Place {
    /// Is this right among those of the partner?
    pub fn may(&self, right: &str) -> bool {
        self.may.iter().any(|may| may == right)
    }
}

impl Line {
    /// The first partner that may do everything on the collection for trying.
    pub fn place(&self) -> Result<(&Partner, &Place)> {
        let fits = |place: &&Place| {
            place.alias.as_deref() == Some(ALIAS) && EVERYTHING.iter().all(|right| place.may(right))
        };
        self.partners
            .iter()
            .find_map(|partner| Some((partner, partner.collections.iter().find(fits)?)))
            .with_context(|| format!("no partner may read, submit and delete on the collection {ALIAS}"))
    }
}

/// Reads the first line of a file.
pub fn read(file: &str) -> Result<Line> {
    let text = std::fs::read_to_string(file).with_context(|| file.to_owned())?;
    serde_json::from_str(text.lines().next().unwrap_or_default())
        .with_context(|| format!("{file}: not the line of a demo node"))
}
