//! What was observed? The model that patterns are evaluated over (STIX 2.1 sections 4.14 and 9.5).

use std::num::NonZeroU32;

use stix::{
    Timestamp,
    pattern::{ObjectPath, Step},
};

/// Which observation, as whoever made it numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObservationId(pub u64);

/// A value of a property. Hex, binary and timestamps are text, as in JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`
    Boolean(bool),
    /// A number without fraction.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A dictionary.
    Dictionary(Vec<(String, Value)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// As people read it: text as it is, octets and lists by their parts.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::List(values) => {
                for (number, value) in values.iter().enumerate() {
                    let comma = if number == 0 { "" } else { ", " };
                    write!(f, "{comma}{value}")?;
                }
                Ok(())
            }
            Self::Dictionary(members) => write!(f, "{} members", members.len()),
        }
    }
}

/// A cyber-observable object within an observation.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedObject {
    /// What references within the observation call it: its `id`, or its key in a container.
    pub key: String,
    /// Its type.
    pub object_type: String,
    /// Its properties.
    pub properties: Vec<(String, Value)>,
}

/// One value of one object, as mappings from telemetry give it.
#[derive(Debug, Clone, PartialEq)]
pub struct Field<'f> {
    /// A name for the object within the observation: fields with the same name and type belong together, and references
    /// (`src_ref`) hold such names.
    pub object: &'f str,
    /// Where the value belongs. `[*]`, and an index beyond the end, append to a list.
    pub path: &'f ObjectPath,
    /// The value.
    pub value: Value,
}

/// Something seen, once or several times, within a span of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Which.
    pub id: ObservationId,
    /// `first_observed`.
    pub first: Timestamp,
    /// `last_observed`: the time of the observation, since then all of it had been seen.
    pub last: Timestamp,
    /// `number_observed`: as how many observations it counts.
    pub count: NonZeroU32,
    /// Sorted by key.
    objects: Vec<ObservedObject>,
}

impl Observation {
    /// An observation of some objects. Where two have the same key, references find one of them. A span that ends before it
    /// starts is its end.
    pub fn new(
        id: ObservationId,
        (first, last): (Timestamp, Timestamp),
        count: NonZeroU32,
        mut objects: Vec<ObservedObject>,
    ) -> Self {
        objects.sort_by(|left, right| left.key.cmp(&right.key));
        Self { id, first: first.min(last), last, count, objects }
    }

    /// An observation of one moment from plain fields.
    pub fn from_fields<'f>(
        id: ObservationId,
        moment: Timestamp,
        fields: impl IntoIterator<Item = Field<'f>>,
    ) -> Self {
        let mut objects: Vec<ObservedObject> = Vec::new();
        for field in fields {
            let own = |object: &ObservedObject| {
                object.key == field.object && object.object_type == field.path.object_type
            };
            let at = objects.iter().position(own).unwrap_or_else(|| {
                let (key, object_type) = (field.object.to_owned(), field.path.object_type.clone());
                objects.push(ObservedObject { key, object_type, properties: Vec::new() });
                objects.len() - 1
            });
            if let Some(object) = objects.get_mut(at) {
                put_member(&mut object.properties, &field.path.steps, field.value);
            }
        }
        Self::new(id, (moment, moment), NonZeroU32::MIN, objects)
    }

    /// Its objects.
    pub fn objects(&self) -> &[ObservedObject] {
        &self.objects
    }

    /// The object that a reference names.
    pub fn find(&self, key: &str) -> Option<&ObservedObject> {
        let at = self.objects.binary_search_by(|object| object.key.as_str().cmp(key)).ok()?;
        self.objects.get(at)
    }
}

fn put_member(members: &mut Vec<(String, Value)>, steps: &[Step], value: Value) {
    let Some((Step::Key(name), rest)) = steps.split_first() else { return };
    if let Some((_, own)) = members.iter_mut().find(|(key, _)| key == name) {
        put(own, rest, value);
    } else {
        members.push((name.clone(), made(rest, value)));
    }
}

/// Puts a value below another; what is no list or dictionary where one is needed gives way.
fn put(own: &mut Value, steps: &[Step], value: Value) {
    match (steps.split_first(), own) {
        (Some((Step::Key(_), _)), Value::Dictionary(members)) => put_member(members, steps, value),
        (Some((Step::Any, rest)), Value::List(list)) => list.push(made(rest, value)),
        (Some((Step::Index(index), rest)), Value::List(list)) => {
            let at = usize::try_from(*index).unwrap_or(usize::MAX);
            match list.get_mut(at) {
                Some(member) => put(member, rest, value),
                None => list.push(made(rest, value)),
            }
        }
        (_, own) => *own = made(steps, value),
    }
}

/// A value with the lists and dictionaries around it that a path asks for.
fn made(steps: &[Step], value: Value) -> Value {
    steps.iter().rev().fold(value, |inner, step| match step {
        Step::Key(name) => Value::Dictionary(vec![(name.clone(), inner)]),
        Step::Index(_) | Step::Any => Value::List(vec![inner]),
    })
}
