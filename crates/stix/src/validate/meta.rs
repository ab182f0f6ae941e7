//! What do meta objects hold? (section 7)

use super::{
    common_properties::TEXTS,
    rules::{self, Rule},
    table::{Category, Shape, Table, Targets, Type, optional, required, sorted},
    vocabulary as v,
};

pub(super) static LANGUAGE_CONTENT: Type = Type::plain(
    "language-content",
    Category::Language,
    &Table {
        section: "7.1",
        rows: &sorted([
            required("object_ref", Shape::Id(Targets::Any)),
            optional("object_modified", Shape::Timestamp),
            required("contents", Shape::Translations),
        ]),
        rules: &[],
    },
);

pub(super) static MARKING_DEFINITION: Type = Type::plain(
    "marking-definition",
    Category::Marking,
    &Table {
        section: "7.2.1",
        rows: &sorted([
            optional("name", Shape::Text),
            optional("definition_type", Shape::Text),
            optional("definition", Shape::Definition),
        ]),
        rules: &[
            Rule::Needs("definition", "definition_type"),
            Rule::Needs("definition_type", "definition"),
            Rule::Check(rules::a_marking_says_something),
            Rule::Check(rules::a_marking_does_not_mark_itself),
        ],
    },
);

/// Section 7.2.1.3.
pub(super) static STATEMENT: Table =
    Table { section: "7.2.1.3", rows: &[required("statement", Shape::Text)], rules: &[] };

/// Section 7.2.1.4.
pub(super) static TLP: Table =
    Table { section: "7.2.1.4", rows: &[required("tlp", Shape::Text)], rules: &[] };

pub(super) static EXTENSION_DEFINITION: Type = Type::plain(
    "extension-definition",
    Category::Extension,
    &Table {
        section: "7.3",
        rows: &sorted([
            required("name", Shape::Text),
            optional("description", Shape::Text),
            required("schema", Shape::Text),
            required("version", Shape::Text),
            required("extension_types", Shape::List(&Shape::Vocabulary(&v::EXTENSION_TYPE))),
            optional("extension_properties", TEXTS),
        ]),
        rules: &[Rule::Check(rules::extension_properties_are_for_the_top_level)],
    },
);
