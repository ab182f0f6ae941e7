//! What does a node have to know of an object before it decides about it?

use std::borrow::Cow;

use super::{SpecVersion, is_observable, pointer_to};
use crate::{
    Code, Finding, Limits, Timestamp, id,
    json::{Kind, Tree, Value},
};

/// The head of an object, still in the tree that it was read from: all that [`super::Object`] keeps beside the text.
#[derive(Clone)]
pub struct Head<'t> {
    /// The identifier.
    pub id: Cow<'t, str>,
    /// Which STIX it is written in.
    pub spec_version: SpecVersion,
    /// `created`, where the object has it.
    pub created: Option<Timestamp>,
    /// `modified`, where the object has it.
    pub modified: Option<Timestamp>,
    /// Its `object_marking_refs`.
    pub markings: Vec<Cow<'t, str>>,
    /// See [`super::Object::references`].
    pub references: Vec<Cow<'t, str>>,
    /// Whether it says `revoked: true`.
    pub is_revoked: bool,
    /// Its `granular_markings`, unread.
    pub granular_markings: Option<Value<'t>>,
}

/// Says which object, never what is in it.
impl std::fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'t> Head<'t> {
    /// Reads and checks the head of an object.
    ///
    /// # Errors
    /// As [`super::Object::parse`].
    pub fn read(tree: &'t Tree<'_>, limits: &Limits) -> Result<Self, Vec<Finding>> {
        let mut reader = HeadReader { findings: Vec::new(), limits };
        reader.read(tree).ok_or(reader.findings)
    }

    /// The object type.
    pub fn object_type(&self) -> &str {
        id::object_type(&self.id)
    }

    /// What tells versions of one id apart: `modified`, else `created`, else nothing.
    pub fn version(&self) -> Option<Timestamp> {
        self.modified.or(self.created)
    }
}

/// The properties that a head is made of, found in one go.
#[derive(Default)]
struct Fields<'t> {
    kind: Option<Value<'t>>,
    id: Option<Value<'t>>,
    spec_version: Option<Value<'t>>,
    created: Option<Value<'t>>,
    modified: Option<Value<'t>>,
    markings: Option<Value<'t>>,
    granular: Option<Value<'t>>,
    revoked: Option<Value<'t>>,
}

impl<'t> Fields<'t> {
    fn of(root: Value<'t>) -> Self {
        let mut own = Self::default();
        for (key, value) in root.members() {
            let field = match key.as_str().as_deref() {
                Some("type") => &mut own.kind,
                Some("id") => &mut own.id,
                Some("spec_version") => &mut own.spec_version,
                Some("created") => &mut own.created,
                Some("modified") => &mut own.modified,
                Some("object_marking_refs") => &mut own.markings,
                Some("granular_markings") => &mut own.granular,
                Some("revoked") => &mut own.revoked,
                Some(_) | None => continue,
            };
            // The first where a key stands twice, as `Value::get` has it.
            field.get_or_insert(value);
        }
        own
    }
}

struct HeadReader<'l> {
    findings: Vec<Finding>,
    limits: &'l Limits,
}

impl HeadReader<'_> {
    fn refuse<T>(&mut self, code: Code, pointer: &str, section: &'static str, message: &str) -> Option<T> {
        if self.findings.len() < self.limits.findings_max {
            self.findings.push(Finding::error(code, pointer, section, message));
        }
        None
    }

    fn read<'t>(&mut self, tree: &'t Tree<'_>) -> Option<Head<'t>> {
        let root = tree.root();
        if root.kind() != Kind::Dictionary {
            return self.refuse(Code::BundleElement, "", "3.1", "an object is a JSON dictionary");
        }
        let fields = Fields::of(root);
        let id = self.id(&fields);
        let spec_version = self.spec_version(&fields);
        let created = self.timestamp(fields.created, "created");
        let modified = self.timestamp(fields.modified, "modified");
        let mut references = Vec::new();
        self.references(tree, root, &mut references);
        let mut markings = Vec::new();
        if let Some(list) = fields.markings {
            self.markings(list, &mut markings);
        }
        if !self.findings.is_empty() {
            return None;
        }
        if references.len() > REFERENCES_SEARCHED_MAX {
            references.sort_unstable();
            references.dedup();
        }
        Some(Head {
            id: id?,
            spec_version,
            created,
            modified,
            markings,
            references,
            is_revoked: fields.revoked.and_then(Value::as_bool) == Some(true),
            granular_markings: fields.granular,
        })
    }

    fn id<'t>(&mut self, fields: &Fields<'t>) -> Option<Cow<'t, str>> {
        let kind = fields.kind.and_then(Value::as_str);
        if kind.is_none() {
            self.refuse::<()>(Code::PropertyMissing, "/type", "3.2", "`type` is required and is a string");
        }
        let Some(text) = fields.id.and_then(Value::as_str) else {
            return self.refuse(Code::PropertyMissing, "/id", "3.2", "`id` is required and is a string");
        };
        if text.len() > self.limits.id_bytes_max {
            return self.refuse(Code::LimitExceeded, "/id", "-", "the identifier is longer than allowed");
        }
        if let Err(error) = id::check(&text) {
            return self.refuse(Code::IdForm, "/id", "2.9", &error.to_string());
        }
        if kind.is_some_and(|kind| kind != id::object_type(&text)) {
            return self.refuse(
                Code::IdForm,
                "/id",
                "2.9",
                "the identifier does not start with the object's own type",
            );
        }
        Some(text)
    }

    fn spec_version(&mut self, fields: &Fields<'_>) -> SpecVersion {
        let Some(value) = fields.spec_version else {
            // STIX 2.1 section 3.2: absent means 2.0 for SDOs, SROs and markings, and 2.1 for SCOs.
            let observable = fields.kind.and_then(Value::as_str).is_some_and(|kind| is_observable(&kind));
            let dated = fields.created.is_some();
            return if observable || !dated { SpecVersion::V21 } else { SpecVersion::V20 };
        };
        match value.as_str().as_deref() {
            Some("2.1") => SpecVersion::V21,
            Some("2.0") => SpecVersion::V20,
            _ => {
                self.refuse::<()>(
                    Code::SpecVersion,
                    "/spec_version",
                    "3.2",
                    "`spec_version` is `2.1` (or `2.0`)",
                );
                SpecVersion::V21
            }
        }
    }

    fn timestamp(&mut self, value: Option<Value<'_>>, name: &str) -> Option<Timestamp> {
        let value = value?;
        match value.as_str().as_deref().map(Timestamp::parse_stix) {
            Some(Ok(timestamp)) => Some(timestamp),
            Some(Err(error)) => {
                self.refuse(Code::TimestampForm, &format!("/{name}"), "2.16", &error.to_string())
            }
            None => self.refuse(Code::PropertyType, &format!("/{name}"), "2.16", "a timestamp is a string"),
        }
    }

    /// Collects references. What is no identifier names nothing that could be held here, so it is left to validation.
    fn references<'t>(&mut self, tree: &Tree<'_>, value: Value<'t>, into: &mut Vec<Cow<'t, str>>) {
        match value.kind() {
            Kind::Dictionary => {
                for (key, member) in value.members() {
                    let kind = member.kind();
                    if matches!(kind, Kind::Null | Kind::Boolean | Kind::Number) {
                        continue;
                    }
                    let name = key.as_str().unwrap_or_default();
                    if kind == Kind::String {
                        if name.ends_with("_ref") && name != "marking_ref" {
                            self.reference(tree, member, into);
                        }
                    } else if name == "object_marking_refs" || name == "marking_ref" {
                        // Markings are kept apart.
                    } else if kind == Kind::List && name.ends_with("_refs") {
                        for element in member.elements().filter(|element| element.kind() == Kind::String) {
                            self.reference(tree, element, into);
                        }
                    } else {
                        self.references(tree, member, into);
                    }
                }
            }
            Kind::List => {
                for element in value.elements() {
                    if matches!(element.kind(), Kind::Dictionary | Kind::List) {
                        self.references(tree, element, into);
                    }
                }
            }
            Kind::Null | Kind::Boolean | Kind::Number | Kind::String => {}
        }
    }

    fn markings<'t>(&mut self, list: Value<'t>, into: &mut Vec<Cow<'t, str>>) {
        if list.kind() != Kind::List {
            self.refuse::<()>(
                Code::PropertyType,
                "/object_marking_refs",
                "7.2.2",
                "this is a list of identifiers",
            );
        }
        for (index, element) in list.elements().enumerate() {
            let id = element.as_str();
            let (code, section, message) = match id.as_deref().map(|id| (id::check(id), id::object_type(id)))
            {
                Some((Ok(()), _)) if into.len() >= self.limits.references_max => {
                    (Code::LimitExceeded, "-", "more markings than allowed".to_owned())
                }
                Some((Ok(()), "marking-definition")) => {
                    into.extend(id);
                    continue;
                }
                Some((Ok(()), _)) => {
                    (Code::ReferenceType, "7.2.2", "a marking is a `marking-definition`".to_owned())
                }
                Some((Err(error), _)) => (Code::IdForm, "2.9", error.to_string()),
                None => (Code::PropertyType, "2.9", "an identifier is a string".to_owned()),
            };
            self.refuse::<()>(code, &format!("/object_marking_refs/{index}"), section, &message);
        }
    }

    fn reference<'t>(&mut self, tree: &Tree<'_>, value: Value<'t>, into: &mut Vec<Cow<'t, str>>) {
        let Some(id) = value.as_str().filter(|text| id::check(text).is_ok()) else { return };
        if id.len() > self.limits.id_bytes_max || into.len() >= self.limits.references_max {
            if self.findings.len() < self.limits.findings_max {
                let message = "more or longer references than allowed";
                self.refuse::<()>(Code::LimitExceeded, &pointer_to(tree, value), "-", message);
            }
        } else if into.len() >= REFERENCES_SEARCHED_MAX || !into.contains(&id) {
            into.push(id);
        }
    }
}

/// Up to so many references are kept distinct by looking through them; more are sorted at the end.
const REFERENCES_SEARCHED_MAX: usize = 64;
