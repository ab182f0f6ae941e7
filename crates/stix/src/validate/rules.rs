//! Which properties need, exclude or follow each other?

use std::fmt;

use super::{
    meta,
    report::{Path, Report},
    table::{Category, Table, Targets},
};
use crate::{
    Code, Timestamp,
    id::object_type,
    json::{Kind, Value},
};

/// A rule over several properties of one dictionary.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// At least one of these is there.
    AnyOf(&'static [&'static str]),
    /// Exactly one of these is there.
    OneOf(&'static [&'static str]),
    /// At least one property of the table is there.
    AnyOwn,
    /// At least one property of the table is there, not counting this one.
    AnyOwnBut(&'static str),
    /// At least one property of the table is there, or this common one.
    AnyOwnOr(&'static str),
    /// The first only together with the second.
    Needs(&'static str, &'static str),
    /// The second timestamp is not before the first.
    NotBefore(&'static str, &'static str),
    /// The second timestamp is after the first.
    After(&'static str, &'static str),
    /// Should no longer be used.
    Deprecated(&'static str),
    /// Everything else.
    Check(fn(&mut Report, Place<'_>)),
}

/// A dictionary whose properties have all been looked at.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) value: Value<'p>,
    pub(super) path: Path<'p>,
    pub(super) table: &'static Table,
    /// One bit for each row of the table that is there.
    pub(super) seen: u64,
}

impl<'p> Place<'p> {
    fn has(self, name: &str) -> bool {
        self.table.find(name).is_some_and(|(at, _)| self.seen & (1 << at) != 0)
    }

    /// The value of a property of the table; looked for only when it is known to be there.
    fn get(self, name: &str) -> Option<Value<'p>> {
        if self.has(name) { self.value.get(name) } else { None }
    }

    fn bit(self, name: &str) -> u64 {
        self.table.find(name).map_or(0, |(at, _)| 1 << at)
    }
}

pub(super) fn apply(report: &mut Report, place: Place<'_>) {
    for rule in place.table.rules {
        match *rule {
            Rule::AnyOf(names) => any_of(report, place, names),
            Rule::OneOf(names) => one_of(report, place, names),
            Rule::AnyOwn => any_own(report, place, place.seen),
            Rule::AnyOwnBut(name) => any_own(report, place, place.seen & !place.bit(name)),
            Rule::AnyOwnOr(name) => {
                if place.seen == 0 && place.value.get(name).is_none() {
                    any_own(report, place, 0);
                }
            }
            Rule::Needs(name, needed) => needs(report, place, name, needed),
            Rule::NotBefore(first, second) => order(report, place, first, second, Equal::Allowed),
            Rule::After(first, second) => order(report, place, first, second, Equal::Forbidden),
            Rule::Deprecated(name) => {
                if place.has(name) {
                    let path = Path::Member(&place.path, name);
                    let message = format_args!("`{name}` is deprecated");
                    report.warning(Code::RuleBroken, path, place.table.section, message);
                }
            }
            Rule::Check(check) => check(report, place),
        }
    }
}

fn any_of(report: &mut Report, place: Place<'_>, names: &[&str]) {
    if !names.iter().any(|name| place.has(name)) {
        let message = format_args!("at least one of {} is required", Names(names));
        report.error(Code::PropertyCombination, place.path, place.table.section, message);
    }
}

fn one_of(report: &mut Report, place: Place<'_>, names: &[&str]) {
    let count = names.iter().filter(|name| place.has(name)).count();
    if count != 1 {
        let message = format_args!("exactly one of {} is required", Names(names));
        report.error(Code::PropertyCombination, place.path, place.table.section, message);
    }
}

fn any_own(report: &mut Report, place: Place<'_>, seen: u64) {
    if seen == 0 {
        let message = format_args!("at least one property of this type is required");
        report.error(Code::PropertyCombination, place.path, place.table.section, message);
    }
}

fn needs(report: &mut Report, place: Place<'_>, name: &'static str, needed: &str) {
    if place.has(name) && !place.has(needed) {
        let path = Path::Member(&place.path, name);
        let message = format_args!("`{name}` needs `{needed}`");
        report.error(Code::PropertyCombination, path, place.table.section, message);
    }
}

/// Whether two timestamps may be the same.
#[derive(Clone, Copy)]
enum Equal {
    Allowed,
    Forbidden,
}

fn order(report: &mut Report, place: Place<'_>, first: &str, second: &'static str, equal: Equal) {
    let moment = |name| place.get(name).and_then(Value::as_str).and_then(|text| moment(&text));
    // A malformed timestamp has its own finding.
    let (Some(earlier), Some(later)) = (moment(first), moment(second)) else { return };
    let (broken, word) = match equal {
        Equal::Allowed => (later < earlier, "not before"),
        Equal::Forbidden => (later <= earlier, "after"),
    };
    if broken {
        let path = Path::Member(&place.path, second);
        let message = format_args!("`{second}` has to be {word} `{first}`");
        report.error(Code::TimestampOrder, path, place.table.section, message);
    }
}

pub(super) fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::parse_stix(text).ok()
}

struct Names<'n>(&'n [&'n str]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// Section 4.11: a family has to be named.
pub(super) fn family_has_a_name(report: &mut Report, place: Place<'_>) {
    let is_family = place.get("is_family").and_then(Value::as_bool) == Some(true);
    if is_family && !place.has("name") {
        let message = format_args!("a malware family needs `name`");
        report.error(Code::PropertyCombination, place.path, "4.11", message);
    }
}

/// Section 4.14: at least one of the references is to an observable. A type of somebody's own may be one.
pub(super) fn an_observable_is_referenced(report: &mut Report, place: Place<'_>) {
    let Some(list) = place.get("object_refs") else { return };
    let observable =
        |id: &str| super::find_type(object_type(id)).is_none_or(|kind| kind.category == Category::Observable);
    let mut ids = list.elements().filter_map(Value::as_str).peekable();
    if ids.peek().is_some() && !ids.any(|id| observable(&id)) {
        let path = Path::Member(&place.path, "object_refs");
        let message = format_args!("at least one reference has to be to a cyber-observable object");
        report.error(Code::ReferenceType, path, "4.14", message);
    }
}

/// Section 6.6: `body` for a single part, `body_multipart` for several.
pub(super) fn the_body_fits_is_multipart(report: &mut Report, place: Place<'_>) {
    let excluded = match place.get("is_multipart").and_then(Value::as_bool) {
        Some(true) => "body",
        Some(false) => "body_multipart",
        None => return,
    };
    if place.has(excluded) {
        let path = Path::Member(&place.path, excluded);
        let message = format_args!("`{excluded}` contradicts `is_multipart`");
        report.error(Code::PropertyCombination, path, "6.6", message);
    }
}

/// Section 6.12: traffic with an `end` is over.
pub(super) fn traffic_that_ended_is_not_active(report: &mut Report, place: Place<'_>) {
    if place.has("end") && place.get("is_active").and_then(Value::as_bool) == Some(true) {
        let path = Path::Member(&place.path, "is_active");
        let message = format_args!("`is_active` contradicts `end`");
        report.error(Code::PropertyCombination, path, "6.12", message);
    }
}

/// Section 4.1.
pub(super) fn capec_reference(report: &mut Report, place: Place<'_>) {
    let form = |id: &str| {
        let number = id.strip_prefix("CAPEC-")?;
        (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(())
    };
    external_ids(report, place, ("capec", "CAPEC-[id]"), form);
}

/// Section 4.19.
pub(super) fn cve_reference(report: &mut Report, place: Place<'_>) {
    let form = |id: &str| {
        let (year, number) = id.strip_prefix("CVE-")?.split_once('-')?;
        let digits = |text: &str| text.len() >= 4 && text.bytes().all(|b| b.is_ascii_digit());
        (year.len() == 4 && digits(year) && digits(number)).then_some(())
    };
    external_ids(report, place, ("cve", "CVE-[year]-[number]"), form);
}

fn external_ids(
    report: &mut Report,
    place: Place<'_>,
    (source, wanted): (&str, &str),
    form: impl Fn(&str) -> Option<()>,
) {
    let references = place.value.get("external_references");
    for (index, reference) in references.into_iter().flat_map(Value::elements).enumerate() {
        if !reference.get("source_name").is_some_and(|name| name.is_str(source)) {
            continue;
        }
        let Some(id) = reference.get("external_id").and_then(Value::as_str) else { continue };
        if form(&id).is_none() {
            let list = Path::Member(&place.path, "external_references");
            let element = Path::Element(&list, index);
            let message = format_args!("an `external_id` of the source `{source}` has the form `{wanted}`");
            let path = Path::Member(&element, "external_id");
            report.error(Code::PropertyValue, path, place.table.section, message);
        }
    }
}

/// Section 7.2.1: without an extension there has to be a definition.
pub(super) fn a_marking_says_something(report: &mut Report, place: Place<'_>) {
    if !place.has("definition") && !place.has("definition_type") && place.value.get("extensions").is_none() {
        let message = format_args!("`definition_type` and `definition` are required without `extensions`");
        report.error(Code::PropertyCombination, place.path, "7.2.1", message);
    }
    standard_marking(report, place.value, place.path);
}

/// Section 3.2: a marking is not marked with itself.
pub(super) fn a_marking_does_not_mark_itself(report: &mut Report, place: Place<'_>) {
    let Some(own) = place.value.get("id").and_then(Value::as_str) else { return };
    let whole = place.value.get("object_marking_refs").into_iter().flat_map(Value::elements);
    let granular = place.value.get("granular_markings").into_iter().flat_map(Value::elements);
    let mut all = whole.chain(granular.filter_map(|marking| marking.get("marking_ref")));
    if all.any(|marking| marking.is_str(&own)) {
        let message = format_args!("a marking definition cannot be marked with itself");
        report.error(Code::RuleBroken, place.path, "3.2", message);
    }
}

/// Section 7.3.1.
pub(super) fn extension_properties_are_for_the_top_level(report: &mut Report, place: Place<'_>) {
    let types = place.get("extension_types");
    let mut types = types.into_iter().flat_map(Value::elements);
    if place.has("extension_properties") && !types.any(|kind| kind.is_str("toplevel-property-extension")) {
        let path = Path::Member(&place.path, "extension_properties");
        let message =
            format_args!("`extension_properties` needs the extension type `toplevel-property-extension`");
        report.error(Code::PropertyCombination, path, "7.3", message);
    }
}

/// The four TLP markings of section 7.2.1.4: id and level.
const TLP: [(&str, &str); 4] = [
    ("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "green"),
    ("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "red"),
    ("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", "white"),
    ("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "amber"),
];

/// A standard marking says exactly what the standard has it say, and nobody else says `tlp`: whoever could redefine
/// TLP:RED under its well-known identifier could open everything marked with it.
pub(super) fn standard_marking(report: &mut Report, root: Value<'_>, path: Path<'_>) {
    let Some(id) = root.get("id").and_then(Value::as_str) else { return };
    let is_tlp = root.get("definition_type").is_some_and(|kind| kind.is_str("tlp"));
    let Some((_, level)) = TLP.iter().find(|(standard, _)| id.eq_ignore_ascii_case(standard)) else {
        if is_tlp {
            let message = format_args!("there are no TLP markings but the four of the standard");
            report.error(Code::MarkingStandard, path, "7.2.1.4", message);
        }
        return;
    };
    let definition = root.get("definition");
    let level_is_right = definition
        .is_some_and(|own| own.members().count() == 1 && own.get("tlp").is_some_and(|tlp| tlp.is_str(level)));
    let created = root.get("created").and_then(Value::as_str).and_then(|text| moment(&text));
    // 2017-01-20T00:00:00Z
    let created_is_right = created == Some(Timestamp::from_parts(1_484_870_400, 0));
    let others = |name: &str| {
        !matches!(
            name,
            "type" | "spec_version" | "id" | "created" | "definition_type" | "definition" | "name"
        )
    };
    let has_others = root.members().any(|(key, _)| key.as_str().is_none_or(|name| others(&name)));
    let name = root.get("name");
    let name_is_other = name.is_some_and(|own| {
        own.as_str()
            .is_none_or(|own| own.strip_prefix("TLP:").is_none_or(|own| !own.eq_ignore_ascii_case(level)))
    });
    if !is_tlp || !level_is_right || !created_is_right || has_others || name_is_other {
        let message =
            format_args!("this marking of the standard has other content than the standard gives it");
        report.error(Code::MarkingStandard, path, "7.2.1.4", message);
    } else if name.is_none() && root.get("spec_version").is_some() {
        let message =
            format_args!("this marking of the standard lacks the `name` that the standard gives it");
        report.warning(Code::MarkingStandard, path, "7.2.1.4", message);
    }
}

/// The table for `definition`, by `definition_type`.
pub(super) fn definition_table(root: Value<'_>) -> Option<&'static Table> {
    let kind = root.get("definition_type")?;
    if kind.is_str("statement") {
        Some(&meta::STATEMENT)
    } else if kind.is_str("tlp") {
        Some(&meta::TLP)
    } else {
        None
    }
}

impl Targets {
    /// Whether a reference may point at a type.
    pub fn allow(self, target: &str) -> bool {
        if let Self::Only(names) = self {
            return names.contains(&target);
        }
        if target == "bundle" {
            return false;
        }
        let Some(kind) = super::find_type(target) else { return true };
        let (domain, observable, relationship) = (
            kind.category == Category::Domain,
            kind.category == Category::Observable,
            kind.category == Category::Relationship,
        );
        match self {
            Self::Any | Self::Only(_) => true,
            Self::Domain => domain,
            Self::Observable => observable,
            Self::DomainOrObservable => domain || observable,
            Self::ObservableOrRelationship => observable || relationship,
        }
    }
}

/// In words, for a finding.
impl fmt::Display for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("a STIX object"),
            Self::Only(names) => write!(f, "{}", Names(names)),
            Self::Domain => f.write_str("a domain object"),
            Self::Observable => f.write_str("a cyber-observable object"),
            Self::DomainOrObservable => f.write_str("a domain or cyber-observable object"),
            Self::ObservableOrRelationship => f.write_str("a cyber-observable or relationship object"),
        }
    }
}

/// Whether a value is there and is no list or dictionary without members.
pub(super) fn says_something(value: Value<'_>) -> bool {
    !matches!(value.kind(), Kind::List | Kind::Dictionary) || !value.is_empty()
}
