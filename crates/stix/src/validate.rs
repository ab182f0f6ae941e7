//! Is this object what the standard says it should be? (STIX 2.1, OASIS Standard, 10 June 2021)
//!
//! The standard is written down as tables ([`table`]), one row per property; this module walks an object once along
//! them. What the standard says with MUST is an error, what it says with SHOULD a warning. What
//! [`Object::from_tree`] reports about the head is not reported again.
//!
//! A good object costs no allocation: pointers and messages are made when there is something to say. Indicators do: their
//! patterns are read as trees.

mod common_properties;
pub mod deterministic;
mod domain;
mod extension;
mod form;
mod meta;
mod observable;
mod pattern;
mod predefined;
mod relationship;
mod report;
mod rules;
mod selector;
mod shape;
pub mod table;
pub mod vocabulary;

pub use common_properties::{COMMON, Common};

use self::{
    extension::Declared,
    report::{Path, Report, shown},
    rules::Place,
    selector::Selectors,
    table::{Category, Need, Shape, Type, by_length},
};
use crate::{
    Code, Finding, Limits, Object, Severity, Timestamp,
    json::{Kind, Tree, Value},
    object::{self, is_observable},
};

/// Every type that the standard defines, in the order of [`by_length`].
pub static TYPES: [&Type; 42] = [
    &observable::URL,
    &observable::FILE,
    &domain::NOTE,
    &domain::TOOL,
    &observable::MUTEX,
    &domain::REPORT,
    &domain::MALWARE,
    &domain::OPINION,
    &observable::PROCESS,
    &observable::ARTIFACT,
    &domain::CAMPAIGN,
    &domain::GROUPING,
    &domain::IDENTITY,
    &domain::INCIDENT,
    &domain::LOCATION,
    &observable::MAC_ADDR,
    &relationship::SIGHTING,
    &observable::SOFTWARE,
    &observable::DIRECTORY,
    &domain::INDICATOR,
    &observable::IPV4_ADDR,
    &observable::IPV6_ADDR,
    &observable::EMAIL_ADDR,
    &observable::DOMAIN_NAME,
    &relationship::RELATIONSHIP,
    &domain::THREAT_ACTOR,
    &observable::USER_ACCOUNT,
    &observable::EMAIL_MESSAGE,
    &domain::INTRUSION_SET,
    &domain::OBSERVED_DATA,
    &domain::VULNERABILITY,
    &domain::ATTACK_PATTERN,
    &domain::INFRASTRUCTURE,
    &observable::NETWORK_TRAFFIC,
    &domain::COURSE_OF_ACTION,
    &meta::LANGUAGE_CONTENT,
    &domain::MALWARE_ANALYSIS,
    &observable::X509_CERTIFICATE,
    &observable::AUTONOMOUS_SYSTEM,
    &meta::MARKING_DEFINITION,
    &meta::EXTENSION_DEFINITION,
    &observable::WINDOWS_REGISTRY_KEY,
];

/// How far ahead of us a clock may be before its timestamps are called impossible.
const FUTURE_SECONDS_MAX: i64 = 24 * 60 * 60;

/// A type of the standard, by name.
pub fn find_type(name: &str) -> Option<&'static Type> {
    TYPES.binary_search_by(|kind| by_length(kind.name, name)).ok().and_then(|at| TYPES.get(at).copied())
}

/// Everything that is wrong with an object, in the order of its text where possible; never stops early.
///
/// At most `limits.findings_max` findings are listed. If there are more, a last one counts them, and is an error if one
/// of them is.
///
/// What [`Object::from_tree`] reports is left out: the form of `id`, `spec_version`, `created`, `modified` and
/// `object_marking_refs`.
pub fn object(tree: &Tree<'_>, limits: &Limits, now: Timestamp) -> Vec<Finding> {
    walk(tree, Report::new(limits.findings_max), now).finish()
}

/// Reads an object and says everything that is wrong with it; the object only where nothing of it is an error.
pub fn check(text: &[u8], limits: &Limits, now: Timestamp) -> (Option<Object>, Vec<Finding>) {
    let tree = match object::tree(text, limits) {
        Ok(tree) => tree,
        Err(findings) => return (None, findings),
    };
    let mut report = Report::new(limits.findings_max);
    let object = match Object::from_tree(&tree, limits) {
        Ok(object) => Some(object),
        Err(findings) => {
            if findings.is_empty() {
                let message = format_args!("the head of the object is larger than can be kept");
                report.error(Code::LimitExceeded, Path::Root, "-", message);
            }
            for finding in findings {
                report.add(finding);
            }
            None
        }
    };
    let findings = walk(&tree, report, now).finish();
    let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
    (object.filter(|_| !refused), findings)
}

fn walk(tree: &Tree<'_>, report: Report, now: Timestamp) -> Report {
    let root = tree.root();
    let name = root.get("type").and_then(Value::as_str).unwrap_or_default();
    let kind = find_type(&name);
    let declared = extension::declared(root);
    let mut walk = Walk { report, root, kind, declared, selectors: Selectors::new(), now };
    // The head says that this is no dictionary, or has no type.
    if root.kind() == Kind::Dictionary && !name.is_empty() {
        if is_stix_20(root, &name) { walk.stix_20() } else { walk.stix_21(&name) }
    }
    walk.report
}

/// Section 3.2: without `spec_version` it is STIX 2.0, unless it is an observable. As [`Object::spec_version`] sees it.
fn is_stix_20(root: Value<'_>, name: &str) -> bool {
    match root.get("spec_version") {
        Some(version) => version.is_str("2.0"),
        None => !is_observable(name) && root.get("created").is_some(),
    }
}

/// One walk over one object.
struct Walk<'a> {
    report: Report,
    root: Value<'a>,
    /// Nothing for types that the standard does not define.
    kind: Option<&'static Type>,
    declared: Declared,
    selectors: Selectors,
    now: Timestamp,
}

impl<'a> Walk<'a> {
    fn stix_21(&mut self, name: &str) {
        self.type_name(name);
        let (mut seen, mut seen_common) = (0_u64, 0_u64);
        for (key, value) in self.root.members() {
            let name = key.as_str().unwrap_or_default();
            let path = Path::Member(&Path::Root, &name);
            let own = self.kind.and_then(|kind| kind.table.find(&name).map(|found| (kind, found)));
            if let Some((kind, (at, row))) = own {
                seen |= 1 << at;
                self.shape(&row.shape, value, path, kind.table.section);
            } else if let Some((at, line)) = common_properties::find(&name) {
                seen_common |= 1 << at;
                self.common(line, value, path);
            } else {
                self.unknown(&name, value, path, self.kind.map_or("11.2", |kind| kind.table.section));
            }
        }
        self.common_missing(seen_common);
        if let Some(kind) = self.kind {
            self.complete(Place { value: self.root, path: Path::Root, table: kind.table, seen });
            if kind.category == Category::Observable {
                deterministic::check(&mut self.report, self.root, kind);
            }
        }
        self.versioning();
    }

    /// STIX 2.0 is accepted as it always was: what every object has, timestamps, and that nobody redefines a marking.
    fn stix_20(&mut self) {
        let is_marking = self.kind.is_some_and(|kind| kind.category == Category::Marking);
        for (name, needed) in [("created", true), ("modified", !is_marking)] {
            if needed && self.root.get(name).is_none() {
                self.missing(name, Path::Root, "3.2");
            }
        }
        for (key, value) in self.root.members() {
            let name = key.as_str().unwrap_or_default();
            let row = self.kind.and_then(|kind| kind.table.find(&name));
            if let Some((_, row)) = row.filter(|(_, row)| matches!(row.shape, Shape::Timestamp)) {
                self.shape(&row.shape, value, Path::Member(&Path::Root, row.name), "2.16");
            }
        }
        if self.kind.is_some_and(|kind| kind.name == "indicator") {
            pattern::old_pattern(&mut self.report, self.root);
        }
        if is_marking {
            rules::standard_marking(&mut self.report, self.root, Path::Root);
        }
        self.versioning();
    }

    fn type_name(&mut self, name: &str) {
        let path = Path::Member(&Path::Root, "type");
        if name == "bundle" {
            let message = format_args!("a bundle is no object");
            self.report.error(Code::TypeUnknown, path, "8", message);
        } else if !form::is_type_name(name) {
            let message =
                format_args!("a type is 3 to 250 of a to z, 0 to 9 and hyphen, and begins with a letter");
            self.report.error(Code::NameForm, path, "3.1", message);
        } else if self.kind.is_none() && !self.declared.new_object && !name.starts_with("x-") {
            let message = format_args!("this type is not of STIX 2.1 and no extension defines it");
            self.report.warning(Code::TypeUnknown, path, "3.2", message);
        }
    }

    fn common(&mut self, line: &'static Common, value: Value<'a>, path: Path<'_>) {
        let need = self.kind.map_or(Need::Optional, |kind| line.need(kind.category));
        if need == Need::NotApplicable {
            let message = format_args!("`{}` does not apply to this type", line.name);
            if line.name == "defanged" {
                self.report.error(Code::PropertyUnknown, path, "3.2", message);
            } else {
                self.report.warning(Code::PropertyUnknown, path, "3.2", message);
            }
        }
        self.shape(&line.shape, value, path, "3.2");
    }

    fn common_missing(&mut self, seen: u64) {
        let Some(kind) = self.kind else { return self.common_missing_of_a_custom_type(seen) };
        for (at, line) in COMMON.iter().enumerate() {
            if line.need(kind.category) != Need::Required || seen & (1 << at) != 0 {
                continue;
            }
            match line.name {
                // The head says so.
                "id" | "type" => {}
                "spec_version" => {
                    let path = Path::Member(&Path::Root, "spec_version");
                    self.report.error(
                        Code::SpecVersion,
                        path,
                        "3.2",
                        format_args!("`spec_version` is required"),
                    );
                }
                name => self.missing(name, Path::Root, "3.2"),
            }
        }
    }

    /// Whether it is versioned is up to whoever made the type, but half a version is none.
    fn common_missing_of_a_custom_type(&mut self, seen: u64) {
        let has = |name| common_properties::find(name).is_some_and(|(at, _)| seen & (1 << at) != 0);
        for (name, other) in [("created", "modified"), ("modified", "created")] {
            if !has(name) && has(other) {
                self.missing(name, Path::Root, "11.2");
            }
        }
    }

    /// A property that no table has.
    fn unknown(&mut self, name: &str, value: Value<'a>, path: Path<'_>, section: &'static str) {
        let top = matches!(path, Path::Member(Path::Root, _));
        if !form::is_property_name(name) {
            self.name_form(path);
        } else if top && common_properties::is_reserved(name) {
            let message = format_args!("`{name}` is reserved");
            self.report.error(Code::NameForm, path, "3.8", message);
        }
        let defined_elsewhere = top && (self.declared.top_level || self.kind.is_none());
        if !defined_elsewhere && !name.starts_with("x_") {
            let message = format_args!("`{}` is not defined for this type", shown(name));
            self.report.warning(Code::PropertyUnknown, path, section, message);
        }
        self.custom(value, path);
    }

    fn name_form(&mut self, path: Path<'_>) {
        let message = format_args!(
            "a property name is 3 to 250 of a to z, 0 to 9 and underscore, and begins with a letter"
        );
        self.report.error(Code::NameForm, path, "3.1", message);
    }

    /// What somebody else defines: only what holds for every STIX value. Emptiness is a warning here, since nobody but
    /// its author knows what it means.
    fn custom(&mut self, value: Value<'a>, path: Path<'_>) {
        match value.kind() {
            Kind::Boolean | Kind::Number | Kind::String => {}
            Kind::Null => {
                let message = format_args!("null is no value: a property without one is left out");
                self.report.error(Code::PropertyType, path, "2", message);
            }
            Kind::List => {
                if value.is_empty() {
                    let message = format_args!("an empty list is left out instead");
                    self.report.warning(Code::PropertyEmpty, path, "2.12", message);
                }
                for (index, element) in value.elements().enumerate() {
                    self.custom(element, Path::Element(&path, index));
                }
            }
            Kind::Dictionary => {
                if value.is_empty() {
                    let message = format_args!("an empty dictionary is left out instead");
                    self.report.warning(Code::PropertyEmpty, path, "2.3", message);
                }
                for (key, member) in value.members() {
                    let name = key.as_str().unwrap_or_default();
                    let path = Path::Member(&path, &name);
                    if !form::is_key(&name) {
                        let message = format_args!(
                            "a key consists of up to 250 letters, digits, hyphens and underscores of ASCII"
                        );
                        self.report.warning(Code::NameForm, path, "2.3", message);
                    }
                    self.custom(member, path);
                }
            }
        }
    }

    /// Sections 3.2 and 3.6.
    fn versioning(&mut self) {
        let moment = |name| self.root.get(name).and_then(Value::as_str).and_then(|text| rules::moment(&text));
        let (created, modified) = (moment("created"), moment("modified"));
        if let (Some(created), Some(modified)) = (created, modified)
            && modified < created
        {
            let path = Path::Member(&Path::Root, "modified");
            let message = format_args!("`modified` is before `created`");
            self.report.error(Code::TimestampOrder, path, "3.2", message);
        }
        let latest = self.now.plus_seconds(FUTURE_SECONDS_MAX);
        for (name, moment) in [("created", created), ("modified", modified)] {
            if moment.is_some_and(|moment| moment > latest) {
                let message = format_args!("`{name}` lies in the future");
                let path = Path::Member(&Path::Root, name);
                self.report.warning(Code::TimestampOrder, path, "3.6", message);
            }
        }
    }
}
