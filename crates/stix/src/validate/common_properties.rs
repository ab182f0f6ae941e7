//! Which properties do all objects share, and which types do their properties? (sections 2 and 3.2)

use super::{
    rules::Rule,
    table::{Category, Form, Need, Shape, Table, Targets, by_length, optional, required, sorted},
};

/// A property that objects of several categories have: one line of the table in section 3.2.
#[derive(Debug)]
pub struct Common {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    needs: [Need; 6],
}

impl Common {
    /// Whether a category has it.
    pub fn need(&self, category: Category) -> Need {
        let [domain, relationship, observable, extension, language, marking] = self.needs;
        match category {
            Category::Domain => domain,
            Category::Relationship => relationship,
            Category::Observable => observable,
            Category::Extension => extension,
            Category::Language => language,
            Category::Marking => marking,
        }
    }
}

const R: Need = Need::Required;
const O: Need = Need::Optional;
const N: Need = Need::NotApplicable;

const fn common(name: &'static str, shape: Shape, needs: [Need; 6]) -> Common {
    Common { name, shape, needs }
}

/// The place and the line of a common property.
pub(super) fn find(name: &str) -> Option<(usize, &'static Common)> {
    let at = COMMON.binary_search_by(|line| by_length(line.name, name)).ok()?;
    COMMON.get(at).map(|line| (at, line))
}

/// Section 3.2, in the order of [`by_length`](super::table::by_length). Columns: domain, relationship, observable,
/// extension, language, marking.
pub static COMMON: [Common; 15] = [
    common("id", Shape::Head, [R, R, R, R, R, R]),
    common("lang", Shape::Form(Form::Language), [O, O, N, N, N, N]),
    common("type", Shape::Head, [R, R, R, R, R, R]),
    common("labels", Shape::List(&Shape::Text), [O, O, N, O, O, N]),
    common("created", Shape::HeadTimestamp, [R, R, N, R, R, R]),
    common("revoked", Shape::Boolean, [O, O, N, O, O, N]),
    common("defanged", Shape::Boolean, [N, N, O, N, N, N]),
    common("modified", Shape::HeadTimestamp, [R, R, N, R, R, N]),
    common("confidence", Shape::Integer(0, 100), [O, O, N, N, O, N]),
    common("extensions", Shape::Extensions, [O, O, O, N, O, O]),
    common("spec_version", Shape::Head, [R, R, O, R, R, R]),
    common("created_by_ref", Shape::Id(Targets::Only(&["identity"])), [O, O, N, R, O, O]),
    common("granular_markings", Shape::List(&Shape::Struct(&GRANULAR_MARKING)), [O, O, O, O, O, O]),
    common("external_references", Shape::List(&Shape::Struct(&EXTERNAL_REFERENCE)), [O, O, N, O, O, O]),
    common("object_marking_refs", Shape::HeadMarkings, [O, O, O, O, O, O]),
];

/// Names that no object of this version of the standard may use (section 3.8).
pub(super) fn is_reserved(name: &str) -> bool {
    matches!(name, "action" | "phone_number" | "severity" | "username")
}

/// Strings in a list.
pub(super) const TEXTS: Shape = Shape::List(&Shape::Text);

/// Kill chain phases in a list.
pub(super) const KILL_CHAIN_PHASES: Shape = Shape::List(&Shape::Struct(&KILL_CHAIN_PHASE));

/// The largest integer that every reader of JSON can be trusted with (section 2.10).
pub(super) const INTEGER_MAX: i64 = (1 << 53) - 1;

/// Any integer.
pub(super) const INTEGER: Shape = Shape::Integer(-INTEGER_MAX, INTEGER_MAX);

/// Any integer that is not negative.
pub(super) const COUNT: Shape = Shape::Integer(0, INTEGER_MAX);

/// Section 2.5.
pub(super) static EXTERNAL_REFERENCE: Table = Table {
    section: "2.5",
    rows: &sorted([
        required("source_name", Shape::Text),
        optional("description", Shape::Text),
        optional("url", Shape::Text),
        optional("hashes", Shape::Hashes),
        optional("external_id", Shape::Text),
    ]),
    rules: &[Rule::AnyOf(&["description", "url", "external_id"])],
};

/// Section 2.11.
static KILL_CHAIN_PHASE: Table = Table {
    section: "2.11",
    rows: &sorted([
        required("kill_chain_name", Shape::Form(Form::LowerHyphenated)),
        required("phase_name", Shape::Form(Form::LowerHyphenated)),
    ]),
    rules: &[],
};

/// Section 7.2.3.
static GRANULAR_MARKING: Table = Table {
    section: "7.2.3",
    rows: &sorted([
        optional("lang", Shape::Form(Form::Language)),
        optional("marking_ref", Shape::Id(Targets::Only(&["marking-definition"]))),
        required("selectors", Shape::Selectors),
    ]),
    rules: &[Rule::OneOf(&["lang", "marking_ref"])],
};
