//! What may be typed next? Only what the reader would find.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Counts, FIELDS, Facet, Leaf, SearchError,
    query::{field, pieces},
    text::words_of,
};
use crate::{Exchange, viewpoint::Viewpoint};

/// So many completions are given.
pub const COMPLETIONS_MAX: usize = 20;

/// Something that may be typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// The text that replaces what stands from `from` to `until`.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
    /// How many objects have it; of fields nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Where what it replaces begins, in bytes.
    pub from: usize,
    /// Where it ends.
    pub until: usize,
}

/// What a completion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CompletionKind {
    /// The name of a field.
    Field,
    /// A value of a field.
    Value,
    /// A word of a text.
    Word,
}

impl Exchange {
    /// What may stand where the cursor is, a place in the query in bytes.
    ///
    /// # Errors
    /// Where the store or the index fails.
    pub async fn complete(
        &self,
        viewpoint: &Viewpoint,
        query: &str,
        at: usize,
    ) -> Result<Vec<Completion>, SearchError> {
        let view = self.view(viewpoint).await?;
        let all = pieces(query);
        let piece = all.iter().find(|piece| piece.from <= at && at <= piece.from + piece.text.len());
        let (from, text) = piece.map_or((at, ""), |piece| (piece.from, piece.text));
        let until = from + text.len();
        let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
        let from = from + sign.len();
        if let Some((name, ":", typed)) = field(text) {
            let mut counts = Counts::default();
            view.each().for_each(|(_, claim, facts)| counts.add(claim, facts));
            let facets = counts.facets(&view);
            let values = match name {
                "type" => facets.r#type,
                "tlp" => facets.tlp,
                "rel" => facets.rel,
                "src" => facets.source,
                "label" => facets.label,
                "sort" => ["modified", "created", "added", "seen", "confidence"].map(order).to_vec(),
                _ => Vec::new(),
            };
            let typed = typed.trim_matches('"').to_lowercase();
            let fits = |facet: &Facet| facet.value.to_lowercase().starts_with(&typed);
            let value = |facet: Facet| Completion {
                text: format!("{name}:{}", quoted(&facet.value)),
                kind: CompletionKind::Value,
                count: (name != "sort").then_some(facet.count),
                from,
                until,
            };
            return Ok(values.into_iter().filter(fits).take(COMPLETIONS_MAX).map(value).collect());
        }
        let is_begun = |(name, _): &&(&str, &str)| name.starts_with(&text.to_lowercase());
        let named = |(name, _): &(&str, &str)| Completion {
            text: format!("{name}:"),
            kind: CompletionKind::Field,
            count: None,
            from,
            until,
        };
        let mut completions: Vec<_> = FIELDS.iter().filter(is_begun).map(named).collect();
        if let [prefix] = words_of(text).as_slice()
            && prefix.chars().count() >= 2
        {
            for (word, count) in words(&view, prefix)? {
                let kind = CompletionKind::Word;
                completions.push(Completion { text: word, kind, count: Some(count), from, until });
            }
        }
        completions.truncate(COMPLETIONS_MAX);
        Ok(completions)
    }
}

/// The first words in the order of the alphabet that begin so and that the reader would find, with how many objects have each.
fn words(view: &crate::views::View<'_>, prefix: &str) -> Result<BTreeMap<String, u64>, SearchError> {
    let mut found = BTreeMap::new();
    // Every candidate is asked for: what is withheld takes nobody's place.
    for word in view.candidates(prefix)? {
        let having = view.find(&Leaf::Phrase(vec![word.clone()]))?;
        let count = view.seen.rows.iter().filter(|number| having.contains(**number)).count() as u64;
        if count > 0 {
            found.insert(word, count);
        }
        if found.len() >= COMPLETIONS_MAX {
            break;
        }
    }
    Ok(found)
}

fn order(name: &str) -> Facet {
    Facet { value: name.to_owned(), count: 0 }
}

fn quoted(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
}
