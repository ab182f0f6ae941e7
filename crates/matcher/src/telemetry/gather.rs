//! Which objects do the values of one line make?

use stix::{
    Timestamp,
    pattern::{ObjectPath, Step},
};

use super::{mapping::Rule, normalise::Normal, wanted::Active};
use crate::observation::{Field, Observation, ObservationId, Value};

/// The properties found so far.
#[derive(Debug)]
pub(super) struct Gathering<'s> {
    fields: Vec<Gathered<'s>>,
    fields_max: usize,
    /// How many objects were made for members of lists.
    made: usize,
}

#[derive(Debug)]
struct Gathered<'s> {
    object: String,
    path: &'s ObjectPath,
    value: Value,
}

/// There are too many properties in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// A rule at work at one place of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) rule: &'s Rule,
    pub(super) active: &'s Active,
    /// Objects of different places are different objects; 0 is the line itself.
    pub(super) number: usize,
}

impl<'s> Gathering<'s> {
    pub(super) fn new(fields_max: usize) -> Self {
        Self { fields: Vec::new(), fields_max, made: 0 }
    }

    /// Puts a value where its rule says. `attempt` is where the last value of the same rule found room; an object whose
    /// property is taken by another value gets a twin. Gives the attempt that found room.
    pub(super) fn put(
        &mut self,
        place: Place<'s>,
        (value, told): Normal,
        mut attempt: usize,
    ) -> Result<usize, Full> {
        let target = &place.rule.target;
        let Some((leaf, way)) = target.hops.split_last() else { return Ok(attempt) };
        let Some(variant) = variant(place.rule, &leaf.paths, told) else { return Ok(attempt) };
        let Some(start) = place.active.starts.get(variant).copied().flatten() else { return Ok(attempt) };
        let Some(leaf_path) = leaf.paths.get(variant) else { return Ok(attempt) };
        if self.fields.len() + target.hops.len() > self.fields_max {
            return Err(Full);
        }
        loop {
            let mut key = owner(place, attempt);
            let mut references = Vec::new();
            for hop in way {
                let Some(path) = hop.paths.first() else { continue };
                let mut next = format!("{key}.{}", last_key(path));
                if hop.appends() {
                    next = format!("{next}.{}", self.made);
                    self.made += 1;
                }
                references.push((std::mem::replace(&mut key, next.clone()), path, Value::Text(next)));
            }
            let mut own =
                self.fields.iter().filter(|field| field.object == key && field.path.steps == leaf_path.steps);
            if own.clone().any(|field| field.value == value) {
                return Ok(attempt);
            }
            if !leaf.appends() && own.next().is_some() {
                attempt += 1;
                continue;
            }
            for (object, path, value) in references.into_iter().skip(start) {
                let is_there = |field: &Gathered<'_>| {
                    field.object == object && field.path == path && field.value == value
                };
                if !self.fields.iter().any(is_there) {
                    self.fields.push(Gathered { object, path, value });
                }
            }
            self.fields.push(Gathered { object: key, path: leaf_path, value });
            return Ok(attempt);
        }
    }

    /// The observation; nothing if nothing was found.
    pub(super) fn observation(self, id: ObservationId, moment: Timestamp) -> Option<Observation> {
        if self.fields.is_empty() {
            return None;
        }
        let mut keys = Vec::with_capacity(self.fields.len());
        let mut values = Vec::with_capacity(self.fields.len());
        for field in self.fields {
            keys.push(field.object);
            values.push((field.path, field.value));
        }
        let fields = keys.iter().zip(values).map(|(object, (path, value))| Field { object, path, value });
        Some(Observation::from_fields(id, moment, fields))
    }
}

/// Which of the types the value is of; nothing if it is of another than the rule is about.
fn variant(rule: &Rule, paths: &[ObjectPath], told: Option<&str>) -> Option<usize> {
    let Some(told) = told else { return Some(0) };
    if let Some(variant) = paths.iter().position(|path| path.object_type == told) {
        return Some(variant);
    }
    // A rule about `domain-name` has no use for an address, but the address may be a property of something else.
    let fixed = paths.first()?.object_type.as_str();
    (!rule.last().types().contains(&fixed)).then_some(0)
}

fn owner(place: Place<'_>, attempt: usize) -> String {
    let name = place.rule.object.as_deref().unwrap_or(&place.rule.target.path.object_type);
    let (name, number) = match name.strip_prefix('/') {
        Some(name) => (name, 0),
        None => (name, place.number),
    };
    match (number, attempt) {
        (0, 0) => name.to_owned(),
        (number, 0) => format!("{name}@{number}"),
        (0, attempt) => format!("{name}~{attempt}"),
        (number, attempt) => format!("{name}@{number}~{attempt}"),
    }
}

fn last_key(path: &ObjectPath) -> &str {
    path.steps
        .iter()
        .rev()
        .find_map(|step| match step {
            Step::Key(name) => Some(name.as_str()),
            Step::Index(_) | Step::Any => None,
        })
        .unwrap_or("")
}
