//! What does a reader get of one object: all versions, who says so, and what is said about it?

use std::{collections::BTreeMap, fmt};

use releasability::Releasable;
use serde::{Deserialize, Serialize};
use stix::{
    Object, Timestamp,
    json::{Tree, Value},
};

use store::Sequence;

use crate::{
    Exchange, ExchangeError,
    catalogue::RowNumber,
    row::{Marking, Row, Source},
    viewpoint::Viewpoint,
    views::View,
};

/// So many objects of one kind about an object are given.
pub const ABOUT_MAX: usize = 50;

/// One object, as its reader gets it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectView {
    /// As it looks in a list.
    pub row: Row,
    /// The latest version, to the byte.
    pub object: String,
    /// Every claim on the id that the reader may know: each version, of whom, where.
    pub provenance: Vec<Provenance>,
    /// Relationships by verb and direction.
    pub relationships: Vec<Related>,
    /// Sightings of it.
    pub sightings: Vec<Row>,
    /// Notes about it.
    pub notes: Vec<Row>,
    /// Opinions about it.
    pub opinions: Vec<Row>,
    /// How parts of it are marked.
    pub parts: Vec<PartMarking>,
}

/// Says which object, never what is in it.
impl fmt::Debug for ObjectView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectView").field("row", &self.row).finish_non_exhaustive()
    }
}

/// A claim on an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The collection's alias.
    pub collection: String,
    /// Who brought it.
    pub source: Source,
    /// When.
    pub added: String,
    /// Which version.
    pub version: String,
    /// Its marking.
    pub marking: Marking,
}

/// Relationships of one verb in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// The verb.
    pub verb: String,
    /// Away from the object, or towards it.
    pub direction: Towards,
    /// How many there are.
    pub total: u64,
    /// The other ends, at most [`ABOUT_MAX`].
    pub rows: Vec<Row>,
}

/// In which direction a relationship leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Towards {
    /// Away from the object.
    Out,
    /// Towards it.
    In,
}

/// How a part is marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartMarking {
    /// Which part, as granular markings name it.
    pub selector: String,
    /// Its marking alone.
    pub marking: Marking,
}

impl Exchange {
    /// One object with everything about it. Nothing where it does not exist for the reader.
    ///
    /// # Errors
    /// Where the store or the index fails.
    pub async fn object_view(
        &self,
        viewpoint: &Viewpoint,
        id: &str,
    ) -> Result<Option<ObjectView>, ExchangeError> {
        let view = self.view(viewpoint).await?;
        let Some(number) = view.catalogue().ids.known(id) else { return Ok(None) };
        let Some(head) = view.seen.head(number) else { return Ok(None) };
        let Some(shown) = self.shown(&view, &[head]).await?.pop() else { return Ok(None) };
        let mut relationships = Vec::new();
        for ((verb, direction), mut ends) in view.related(number) {
            let total = ends.len() as u64;
            ends.sort_unstable_by(|one, other| other.cmp(one));
            let ends: Vec<_> = ends.into_iter().take(ABOUT_MAX).map(|(_, end)| end).collect();
            let rows = self.listed(&view, &ends).await?;
            relationships.push(Related { verb, direction, total, rows });
        }
        let about = |role: &str, kind: &str| view.about(number, role, kind);
        Ok(Some(ObjectView {
            row: view.look(&shown),
            object: String::from_utf8_lossy(shown.object.content().text_bytes()).into_owned(),
            provenance: view.provenance(number),
            relationships,
            sightings: self.listed(&view, &about("sighting_of_ref", "sighting")).await?,
            notes: self.listed(&view, &about("object_refs", "note")).await?,
            opinions: self.listed(&view, &about("object_refs", "opinion")).await?,
            parts: view.parts(shown.object.content(), shown.place.label),
        }))
    }

    /// One version of an object. Nothing where it does not exist for the reader.
    ///
    /// # Errors
    /// Where the store or the index fails.
    pub async fn object_version(
        &self,
        viewpoint: &Viewpoint,
        id: &str,
        version: Timestamp,
    ) -> Result<Option<Releasable<Object>>, ExchangeError> {
        let view = self.view(viewpoint).await?;
        let Some(number) = view.catalogue().ids.known(id) else { return Ok(None) };
        let is_it = |number: &&RowNumber| {
            let row = view.catalogue().row(**number);
            view.seen.served.contains(**number) && row.is_some_and(|row| row.version == version)
        };
        let Some(found) = view.catalogue().claims_on(number).iter().rev().find(is_it) else {
            return Ok(None);
        };
        Ok(self.shown(&view, &[*found]).await?.pop().map(|shown| shown.object))
    }

    /// Objects by their ids, as they look in a list and as they leave; those that do not exist for the reader are left out.
    ///
    /// # Errors
    /// Where the store or the index fails.
    pub async fn objects_by_id(
        &self,
        viewpoint: &Viewpoint,
        ids: &[&str],
    ) -> Result<Vec<(Row, Releasable<Object>)>, ExchangeError> {
        let view = self.view(viewpoint).await?;
        let head = |id: &&str| view.seen.head(view.catalogue().ids.known(id)?);
        let heads: Vec<_> = ids.iter().filter_map(head).collect();
        let shown = self.shown(&view, &heads).await?;
        Ok(shown.into_iter().map(|one| (view.look(&one), one.object)).collect())
    }
}

impl View<'_> {
    /// The other ends of an id's relationships, by verb and direction.
    fn related(&self, id: u32) -> BTreeMap<(String, Towards), Vec<(Sequence, RowNumber)>> {
        let mut related: BTreeMap<(String, Towards), Vec<(Sequence, RowNumber)>> = BTreeMap::new();
        for (source, target, verb) in self.referring(id).filter_map(|(_, _, facts)| self.ends(facts)) {
            let (direction, other) =
                if source == id { (Towards::Out, target) } else { (Towards::In, source) };
            if let Some((end, row, _)) = self.head(other) {
                let verb = self.catalogue().words.text(verb).to_owned();
                related.entry((verb, direction)).or_default().push((row.place.sequence, end));
            }
        }
        related
    }

    /// The ends and the verb of a relationship.
    pub(crate) fn ends(&self, facts: &crate::catalogue::Facts) -> Option<(u32, u32, u32)> {
        let words = &self.catalogue().words;
        let end = |role: Option<u32>| {
            let is_it = |(own, _): &&(crate::catalogue::Role, u32)| Some(own.0) == role;
            facts.references.iter().find(is_it).map(|(_, id)| *id)
        };
        Some((end(words.known("source_ref"))?, end(words.known("target_ref"))?, facts.verb?))
    }

    /// Objects of a type that refer to an id by a property, the latest first.
    fn about(&self, id: u32, role: &str, kind: &str) -> Vec<RowNumber> {
        let words = &self.catalogue().words;
        let (Some(role), Some(kind)) = (words.known(role), words.known(kind)) else { return Vec::new() };
        let refers = |facts: &crate::catalogue::Facts| {
            facts.references.iter().any(|(own, other)| (own.0, *other) == (role, id))
        };
        let about = self.referring(id).filter(|(_, row, facts)| row.kind == kind && refers(facts));
        let mut about: Vec<_> = about.map(|(number, row, _)| (row.place.sequence, number)).collect();
        about.sort_unstable_by(|one, other| other.cmp(one));
        about.into_iter().take(ABOUT_MAX).map(|(_, number)| number).collect()
    }

    fn provenance(&self, id: u32) -> Vec<Provenance> {
        let claims =
            self.catalogue().claims_on(id).iter().filter(|number| self.seen.served.contains(**number));
        let told = claims.filter_map(|number| self.catalogue().row(*number)).map(|row| Provenance {
            collection: self.collection(row.place),
            source: self.source(row.place.label),
            added: row.place.sequence.date_added().to_micros_text(),
            version: row.version.to_string(),
            marking: self.marking(row.place.label),
        });
        told.collect()
    }

    /// How the parts of an object that leaves are marked.
    fn parts(&self, object: &Object, label: store::LabelId) -> Vec<PartMarking> {
        let text = object.text();
        let (Ok(tree), Some(stamp)) =
            (Tree::parse(&text, &stix::Limits::DEFAULT), self.viewpoint.state.stamps.get(label))
        else {
            return Vec::new();
        };
        let entries = tree.root().get("granular_markings").map(Value::elements).into_iter().flatten();
        let mut parts = Vec::new();
        for entry in entries {
            let Some(marking) = entry.get("marking_ref").and_then(Value::as_str) else { continue };
            let marking = Marking::of(&self.viewpoint.state.policy.resolve(&marking, &stamp.origin));
            let selectors = entry.get("selectors").map(Value::elements).into_iter().flatten();
            parts.extend(
                selectors.filter_map(Value::as_str).map(|selector| PartMarking {
                    selector: selector.into_owned(),
                    marking: marking.clone(),
                }),
            );
        }
        parts
    }
}

impl ObjectView {
    /// The versions that the reader may have, the latest first, each with when it was first added.
    pub fn versions(&self) -> Vec<(&str, &str)> {
        let mut versions: BTreeMap<&str, &str> = BTreeMap::new();
        for claim in &self.provenance {
            let added = versions.entry(&claim.version).or_insert(&claim.added);
            *added = (*added).min(&claim.added);
        }
        versions.into_iter().rev().collect()
    }
}
