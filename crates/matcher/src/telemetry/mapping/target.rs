//! Which property of which object does a value belong to?

use stix::pattern::{ObjectPath, Step, ast::is_reference};

use super::{
    super::{limits::MappingLimits, normalise::Normaliser},
    MappingProblem,
};

/// An object path, taken apart at its references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Target {
    /// As it was written.
    pub(in super::super) path: ObjectPath,
    /// The way over objects: all but the last end in a reference.
    pub(in super::super) hops: Vec<Hop>,
}

/// The way within one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Hop {
    /// From this object on; several if the value tells the type. Only the last can have several.
    pub(in super::super) paths: Vec<ObjectPath>,
}

impl Hop {
    /// Whether it appends to a list.
    pub(in super::super) fn appends(&self) -> bool {
        self.paths.first().is_some_and(|path| path.steps.contains(&Step::Any))
    }
}

/// What a reference of this name leads to; nothing if the value has to tell.
fn referred(name: &str) -> Option<&'static str> {
    Some(match name {
        "parent_directory_ref" => "directory",
        "image_ref" | "service_dll_refs" | "contains_refs" => "file",
        "parent_ref" | "child_refs" => "process",
        "creator_user_ref" | "belongs_to_ref" => "user-account",
        "from_ref" | "sender_ref" | "to_refs" | "cc_refs" | "bcc_refs" => "email-addr",
        "belongs_to_refs" => "autonomous-system",
        "opened_connection_refs" | "encapsulates_refs" | "encapsulated_by_ref" => "network-traffic",
        "raw_email_ref" | "content_ref" | "src_payload_ref" | "dst_payload_ref" => "artifact",
        _ => return None,
    })
}

/// Words for types that the value tells: addresses; addresses and names.
const TOLD_BY_VALUE: [&str; 2] = ["ip-addr", "host"];

impl Target {
    pub(in super::super) fn parse(
        text: &str,
        last: Normaliser,
        limits: &MappingLimits,
    ) -> Result<Self, MappingProblem> {
        let path: ObjectPath = text.parse().map_err(|_| MappingProblem::Path(text.to_owned()))?;
        if path.steps.len() > limits.steps_max {
            return Err(MappingProblem::Limit(limits.steps_max));
        }
        let by_value = || MappingProblem::ByValue(text.to_owned());
        let mut hops = Vec::new();
        let mut object_type = Some(path.object_type.as_str()).filter(|own| !TOLD_BY_VALUE.contains(own));
        let mut rest = path.steps.as_slice();
        loop {
            let end = reference(rest);
            let (own, behind) = rest.split_at(end.unwrap_or(rest.len()));
            let paths = match object_type {
                Some(object_type) => vec![made(object_type, own)],
                None if end.is_none() && own == [Step::Key("value".to_owned())] => {
                    last.types().iter().map(|object_type| made(object_type, own)).collect()
                }
                None => return Err(by_value()),
            };
            if paths.is_empty() {
                return Err(by_value());
            }
            hops.push(Hop { paths });
            if end.is_none() {
                return Ok(Self { path: path.clone(), hops });
            }
            let name = own.iter().rev().find_map(|step| match step {
                Step::Key(name) => Some(name.as_str()),
                Step::Index(_) | Step::Any => None,
            });
            object_type = name.and_then(referred);
            rest = behind;
        }
    }

    /// The object paths that a value of this type gives, from each object on the way.
    pub(in super::super) fn given(&self, variant: usize) -> Vec<ObjectPath> {
        let mut given = Vec::new();
        for (at, hop) in self.hops.iter().enumerate() {
            let is_last = at + 1 == self.hops.len();
            let Some(first) = hop.paths.get(if is_last { variant } else { 0 }) else { continue };
            let behind = self.hops.iter().skip(at + 1).filter_map(|hop| hop.paths.first());
            let mut whole = first.clone();
            whole.steps.extend(behind.flat_map(|path| path.steps.iter().cloned()));
            given.push(whole);
        }
        given
    }

    /// How many types the value may have.
    pub(in super::super) fn variants(&self) -> usize {
        self.hops.last().map_or(0, |hop| hop.paths.len())
    }
}

fn made(object_type: &str, steps: &[Step]) -> ObjectPath {
    ObjectPath { object_type: object_type.to_owned(), steps: steps.to_vec() }
}

/// Where the first reference ends that something stands behind.
fn reference(steps: &[Step]) -> Option<usize> {
    let at = steps.iter().position(|step| matches!(step, Step::Key(name) if is_reference(name)))?;
    let end = match steps.get(at + 1) {
        Some(Step::Any | Step::Index(_)) => at + 2,
        Some(Step::Key(_)) | None => at + 1,
    };
    (end < steps.len()).then_some(end)
}
