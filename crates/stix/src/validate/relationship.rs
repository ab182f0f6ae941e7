//! What do relationships and sightings hold? (section 5)

use super::{
    rules::Rule,
    table::{Category, Form, Shape, Table, Targets, Type, optional, required, sorted},
};

pub(super) static RELATIONSHIP: Type = Type::plain(
    "relationship",
    Category::Relationship,
    &Table {
        section: "5.1",
        rows: &sorted([
            required("relationship_type", Shape::Form(Form::RelationshipType)),
            optional("description", Shape::Text),
            required("source_ref", Shape::Id(Targets::DomainOrObservable)),
            required("target_ref", Shape::Id(Targets::DomainOrObservable)),
            optional("start_time", Shape::Timestamp),
            optional("stop_time", Shape::Timestamp),
        ]),
        rules: &[Rule::After("start_time", "stop_time")],
    },
);

pub(super) static SIGHTING: Type = Type::plain(
    "sighting",
    Category::Relationship,
    &Table {
        section: "5.2",
        rows: &sorted([
            optional("description", Shape::Text),
            optional("first_seen", Shape::Timestamp),
            optional("last_seen", Shape::Timestamp),
            optional("count", Shape::Integer(0, 999_999_999)),
            required("sighting_of_ref", Shape::Id(Targets::Domain)),
            optional("observed_data_refs", Shape::Ids(Targets::Only(&["observed-data"]))),
            optional("where_sighted_refs", Shape::Ids(Targets::Only(&["identity", "location"]))),
            optional("summary", Shape::Boolean),
        ]),
        rules: &[Rule::NotBefore("first_seen", "last_seen")],
    },
);
