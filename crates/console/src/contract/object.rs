//! What is shown of objects: rows of lists, one object with all that is around it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

/// As whom it is asked.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeenAs {
    /// The name of a partner: the answer is what that partner would see, and has the header `cresset-as`.
    #[serde(rename = "as")]
    #[expect(dead_code, reason = "the gate reads it; here it is described")]
    pub(crate) partner: Option<String>,
}

/// Which objects.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ObjectsQuery {
    /// What is searched: words, `"phrases"`, `word*`, `-not`, and `type:`, `tlp:`, `rel:`, `src:`, `label:`, `id:`, `conf>`,
    /// `seen>`, `created>`, `modified>`, `added>`. What of it is not understood is told as findings of the problem `query`.
    pub(crate) q: Option<String>,
    /// `modified`, `created`, `added`, `seen`, `confidence`, `type`; the greatest first, with `-` before it the least.
    pub(crate) sort: Option<String>,
    /// The `next` of the page before.
    pub(crate) after: Option<String>,
    /// At most so many, up to 200.
    pub(crate) limit: Option<u32>,
    /// How wide a bar of the histogram is; a day where it is not said.
    pub(crate) by: Option<super::timeline::Step>,
    /// See as this partner.
    #[serde(rename = "as")]
    #[expect(dead_code, reason = "the gate reads it; here it is described")]
    pub(crate) partner: Option<String>,
}

/// Objects that were found.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Objects {
    pub(crate) objects: Vec<Row>,
    /// How many there are, exactly, for this reader.
    pub(crate) total: u64,
    pub(crate) facets: Facets,
    /// How many were added when.
    pub(crate) histogram: Vec<Bar>,
    pub(crate) next: Option<String>,
}

/// Counts by property.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Facets {
    #[serde(rename = "type")]
    pub(crate) object_type: Vec<Facet>,
    pub(crate) tlp: Vec<Facet>,
    pub(crate) source: Vec<Facet>,
    pub(crate) label: Vec<Facet>,
    pub(crate) rel: Vec<Facet>,
}

/// A value and how many have it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facet {
    pub(crate) value: String,
    /// What people call it, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) count: u64,
}

/// One bar of a histogram.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Bar {
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) count: u64,
}

/// One object in a list.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Row {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) object_type: String,
    /// Its name, value or pattern: what people call it.
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) marking: Marking,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) modified: Option<String>,
    /// First seen, first observed or valid from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first: Option<String>,
    /// Last seen, last observed or valid until.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<String>,
    pub(crate) revoked: bool,
    pub(crate) labels: Vec<String>,
    /// The date added, TAXII's.
    pub(crate) added: String,
    /// Aliases of the collections it is in.
    pub(crate) collections: Vec<String>,
    /// How many sightings of it this reader may see.
    pub(crate) sightings: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<String>,
}

/// What markings add up to.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Marking {
    /// `clear`, `green`, `amber`, `amber+strict`, `red`.
    pub(crate) tlp: TlpLevel,
    /// Nations, organisations and communities to which it may go, where that is limited.
    pub(crate) rel: Vec<String>,
    /// The whole label in words: nothing is left out of it.
    pub(crate) text: String,
}

/// A traffic light of TLP 2.0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub(crate) enum TlpLevel {
    #[default]
    #[serde(rename = "clear")]
    Clear,
    #[serde(rename = "green")]
    Green,
    #[serde(rename = "amber")]
    Amber,
    #[serde(rename = "amber+strict")]
    AmberStrict,
    #[serde(rename = "red")]
    Red,
}

impl From<releasability::Tlp> for TlpLevel {
    fn from(tlp: releasability::Tlp) -> Self {
        match tlp {
            releasability::Tlp::Clear => Self::Clear,
            releasability::Tlp::Green => Self::Green,
            releasability::Tlp::Amber => Self::Amber,
            releasability::Tlp::AmberStrict => Self::AmberStrict,
            releasability::Tlp::Red => Self::Red,
        }
    }
}

impl From<TlpLevel> for releasability::Tlp {
    fn from(level: TlpLevel) -> Self {
        match level {
            TlpLevel::Clear => Self::Clear,
            TlpLevel::Green => Self::Green,
            TlpLevel::Amber => Self::Amber,
            TlpLevel::AmberStrict => Self::AmberStrict,
            TlpLevel::Red => Self::Red,
        }
    }
}

/// Who brought it.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Source {
    /// The organisation's identity.
    pub(crate) id: String,
    pub(crate) name: String,
}

/// What is asked to be completed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompleteQuery {
    /// The query so far.
    pub(crate) q: String,
    /// Where the cursor stands, in characters; the end where it is not said.
    pub(crate) at: Option<usize>,
    /// See as this partner.
    #[serde(rename = "as")]
    #[expect(dead_code, reason = "the gate reads it; here it is described")]
    pub(crate) partner: Option<String>,
}

/// One way to go on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Completion {
    pub(crate) text: String,
    /// `field`, `value`, `word`.
    pub(crate) kind: String,
    /// How many objects have it; of fields nothing.
    pub(crate) count: Option<u64>,
    /// The first character of the query that it stands for, and the one behind the last.
    pub(crate) from: usize,
    pub(crate) until: usize,
}

/// One object and what is around it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ObjectView {
    pub(crate) row: Row,
    /// The object as it is released to this reader, to the byte.
    #[schema(value_type = Object)]
    pub(crate) object: Box<RawValue>,
    /// JSON pointers of what is withheld from this reader, each with the line of the rule; only where it is seen as a partner.
    pub(crate) withheld: Vec<WithheldProperty>,
    pub(crate) provenance: Vec<Provenance>,
    /// Every version, the latest first.
    pub(crate) versions: Vec<ObjectVersion>,
    pub(crate) relationships: Vec<RelationshipGroup>,
    pub(crate) sightings: Vec<SightingRow>,
    pub(crate) notes: Vec<Remark>,
    pub(crate) opinions: Vec<Remark>,
    /// Markings of single properties, by selector as granular markings have it.
    pub(crate) markings: BTreeMap<String, Marking>,
}

/// A property that is withheld, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WithheldProperty {
    /// JSON pointer.
    pub(crate) property: String,
    pub(crate) reason: String,
}

/// How it came here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Provenance {
    pub(crate) collection: String,
    pub(crate) source: Source,
    pub(crate) added: String,
    pub(crate) version: String,
    pub(crate) marking: Marking,
    pub(crate) way: Way,
}

/// Who brought something here.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Way {
    /// This organisation.
    Own,
    Partner,
    /// One of this organisation's own sensors.
    Sensor,
    /// Who is no partner any more.
    Elsewhere,
}

/// A version and when it was added.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ObjectVersion {
    pub(crate) version: String,
    pub(crate) added: String,
}

/// Relationships of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RelationshipGroup {
    pub(crate) verb: String,
    pub(crate) direction: Direction,
    pub(crate) total: u64,
    /// The objects at the other end, the first of them.
    pub(crate) rows: Vec<Row>,
}

/// Which end this object is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    /// It is the source.
    Out,
    /// It is the target.
    In,
}

/// A sighting of the object.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SightingRow {
    pub(crate) id: String,
    pub(crate) source: Source,
    pub(crate) count: u64,
    pub(crate) first: Option<String>,
    pub(crate) last: Option<String>,
    pub(crate) marking: Marking,
}

/// A note or an opinion.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Remark {
    pub(crate) id: String,
    pub(crate) source: Source,
    pub(crate) text: String,
    /// `agree` and its kin, of an opinion.
    pub(crate) opinion: Option<String>,
    pub(crate) created: Option<String>,
    pub(crate) marking: Marking,
}
