//! How does an object look in a list?

use std::{collections::BTreeSet, fmt};

use releasability::{Label, Organisation};
use serde::{Deserialize, Serialize};
use stix::json::{Tree, Value};
use store::LabelId;

use crate::{
    Exchange, ExchangeError, Released,
    catalogue::RowNumber,
    viewpoint::{Place, Shown},
    views::View,
};

/// At most so many rows are given at once.
pub const ROWS_MAX: usize = 200;

/// A description in a list is cut here.
pub const DESCRIPTION_CHARS_MAX: usize = 400;

/// Who brought something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// The organisation's id.
    pub id: String,
    /// Its declared name; its id where none is declared.
    pub name: String,
}

/// How something is marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marking {
    /// The traffic light, without `TLP:`.
    pub tlp: String,
    /// Every code to which it is releasable.
    pub rel: Vec<String>,
    /// The whole label in words.
    pub text: String,
}

/// An object in a list, as its reader gets it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its type.
    pub r#type: String,
    /// By what it is known: its name, value, or whatever says most.
    pub name: String,
    /// What it is, cut after [`DESCRIPTION_CHARS_MAX`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its marking.
    pub marking: Marking,
    /// Who brought it.
    pub source: Source,
    /// How sure they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<i64>,
    /// `created`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// `modified`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// When it was seen, or was valid, first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// When last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Whether it is revoked.
    pub revoked: bool,
    /// `labels`.
    pub labels: Vec<String>,
    /// When it was added here.
    pub added: String,
    /// Its version.
    pub version: String,
    /// The aliases of the collections in which this reader finds it.
    pub collections: Vec<String>,
    /// How many sightings of it this reader may see.
    pub sightings: u64,
    /// The first external id, such as `T1566`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// Says which object, never what is in it.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("id", &self.id).field("version", &self.version).finish_non_exhaustive()
    }
}

impl Marking {
    pub(crate) fn of(label: &Label) -> Self {
        Self { tlp: label.tlp.to_string(), rel: rel(label).into_iter().collect(), text: label.to_string() }
    }
}

/// Every code that a label names.
pub(crate) fn rel(label: &Label) -> BTreeSet<String> {
    label.rel.iter().flatten().map(ToString::to_string).collect()
}

/// By what the object of a text is known, as in every list; nothing where the text is no object.
pub fn called(text: &str) -> Option<String> {
    Some(name_of(Tree::parse(text.as_bytes(), &stix::Limits::DEFAULT).ok()?.root()))
}

/// By what an object is known.
pub(crate) fn name_of(root: Value<'_>) -> String {
    let text = |name: &str| root.get(name)?.as_str().map(std::borrow::Cow::into_owned);
    let named = [
        "name",
        "value",
        "attribute_abstract",
        "abstract",
        "subject",
        "path",
        "key",
        "user_id",
        "pattern",
        "content",
        "opinion",
        "relationship_type",
        "definition",
    ];
    let hash = || root.get("hashes")?.members().next()?.1.as_str().map(std::borrow::Cow::into_owned);
    let named = named.iter().find_map(|name| text(name)).or_else(hash).or_else(|| said(root));
    named.or_else(|| text("id")).unwrap_or_default()
}

/// What a marking-definition without a name says: its statement, or of which kind it is and its first words.
fn said(root: Value<'_>) -> Option<String> {
    let text = root.get("definition")?.members().find_map(|(_, value)| value.as_str())?;
    let kind = root.get("definition_type").and_then(Value::as_str)?;
    Some(if kind == "statement" { text.into_owned() } else { format!("{kind}: {text}") })
}

impl View<'_> {
    pub(crate) fn source(&self, label: LabelId) -> Source {
        let stamp = self.viewpoint.state.stamps.get(label);
        stamp.map_or_else(
            || Source { id: String::new(), name: String::new() },
            |stamp| self.source_of(&stamp.origin),
        )
    }

    /// An organisation with the name under which it is declared.
    pub(crate) fn source_of(&self, organisation: &Organisation) -> Source {
        let id = organisation.to_string();
        let name = self.viewpoint.state.world.as_ref().and_then(|known| {
            let world = &known.registry.world;
            if world.organisation.id == *organisation {
                return Some(world.organisation.name.clone());
            }
            let partner = world.partners.iter().find(|partner| partner.organisation == *organisation)?;
            Some(partner.name.clone())
        });
        Source { name: name.unwrap_or_else(|| id.clone()), id }
    }

    pub(crate) fn marking(&self, label: LabelId) -> Marking {
        let stamp = self.viewpoint.state.stamps.get(label);
        stamp.map_or_else(
            || Marking::of(&Label::of(releasability::Tlp::Red)),
            |stamp| Marking::of(&stamp.label),
        )
    }

    /// The alias of the collection in which something lies.
    pub(crate) fn collection(&self, place: Place) -> String {
        let info = self.viewpoint.access(place.collection).and_then(crate::Access::info);
        info.map_or_else(String::new, |info| info.alias)
    }

    pub(crate) fn place(&self, number: RowNumber) -> Option<Place> {
        Some(self.catalogue().row(number)?.place)
    }

    /// How an object that leaves looks in a list.
    pub(crate) fn look(&self, shown: &Shown) -> Row {
        let object = shown.object.content();
        let text = object.text();
        let tree = Tree::parse(&text, &stix::Limits::DEFAULT).ok();
        let root = tree.as_ref().map(Tree::root);
        let field = |name: &str| root?.get(name)?.as_str().map(std::borrow::Cow::into_owned);
        let of = |names: &[&str]| names.iter().find_map(|name| field(name));
        let elements =
            |name: &str| root.and_then(|root| root.get(name)).map(Value::elements).into_iter().flatten();
        let description = of(&["description", "content", "explanation"]);
        let external = elements("external_references").find_map(|one| one.get("external_id")?.as_str());
        let id = self.catalogue().ids.known(object.id());
        let claims = id.map_or(&[][..], |id| self.catalogue().claims_on(id));
        let served = claims.iter().filter(|number| self.seen.served.contains(**number));
        let collections: BTreeSet<_> =
            served.filter_map(|number| self.place(*number)).map(|place| self.collection(place)).collect();
        Row {
            id: object.id().to_owned(),
            r#type: object.object_type().to_owned(),
            name: root.map(name_of).unwrap_or_default(),
            description: description.map(|text| text.chars().take(DESCRIPTION_CHARS_MAX).collect()),
            marking: self.marking(shown.place.label),
            source: self.source(shown.place.label),
            confidence: root.and_then(|root| root.get("confidence")?.as_i64()),
            created: object.created().map(|moment| moment.to_string()),
            modified: object.modified().map(|moment| moment.to_string()),
            first: of(&["first_seen", "first_observed", "valid_from", "start_time"]),
            last: of(&["last_seen", "last_observed", "valid_until", "stop_time"]),
            revoked: object.is_revoked(),
            labels: elements("labels").filter_map(Value::as_str).map(std::borrow::Cow::into_owned).collect(),
            added: shown.place.sequence.date_added().to_micros_text(),
            version: Released::version(shown.place.sequence, object).to_string(),
            collections: collections.into_iter().collect(),
            sightings: id.map_or(0, |id| self.sightings_of(id)),
            external_id: external.map(std::borrow::Cow::into_owned),
        }
    }

    /// How many sightings of an id the reader may see.
    pub(crate) fn sightings_of(&self, id: u32) -> u64 {
        let words = &self.catalogue().words;
        let Some(of) = words.known("sighting_of_ref") else { return 0 };
        let sights = |(_, _, facts): &(_, _, &crate::catalogue::Facts)| {
            facts.references.iter().any(|(role, other)| (role.0, *other) == (of, id))
        };
        self.referring(id).filter(sights).count() as u64
    }
}

impl Exchange {
    /// What stands at some rows, as it leaves, in their order.
    pub(crate) async fn shown(
        &self,
        view: &View<'_>,
        numbers: &[RowNumber],
    ) -> Result<Vec<Shown>, ExchangeError> {
        let places: Vec<_> = numbers.iter().filter_map(|number| view.place(*number)).collect();
        self.show(view.viewpoint, &places).await
    }

    /// What stands at some rows, as it looks in a list, in their order.
    pub(crate) async fn listed(
        &self,
        view: &View<'_>,
        numbers: &[RowNumber],
    ) -> Result<Vec<Row>, ExchangeError> {
        let shown = self.shown(view, numbers).await?;
        Ok(shown.iter().map(|one| view.look(one)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marking_definition_is_called_by_its_name_or_else_by_what_it_says() {
        let marking = |rest: &str| {
            called(&format!(r#"{{"type":"marking-definition","id":"marking-1",{rest}}}"#)).unwrap()
        };
        let says = r#""definition_type":"statement","definition":{"statement":"Copyright of the watch"}"#;
        assert_eq!(marking(&format!(r#""name":"Ours",{says}"#)), "Ours");
        assert_eq!(marking(says), "Copyright of the watch");
        assert_eq!(marking(r#""definition_type":"tlp","definition":{"tlp":"amber"}"#), "tlp: amber");
        assert_eq!(marking(r#""definition_type":"iep","definition":{}"#), "marking-1");
        assert_eq!(marking(r#""extensions":{}"#), "marking-1");
    }
}
