//! Which observations does a bundle hold? (STIX 2.1 section 4.14, STIX 2.0 part 2 section 2.8)

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
};

use stix::{
    Timestamp,
    json::{self, Kind},
    pattern::ast::is_reference,
};

use crate::{
    MatcherLimits,
    observation::{Observation, ObservationId, ObservedObject, Value},
};

/// What was read from a bundle.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Identifier of each observed-data and its observation, numbered in the order of the bundle from 0.
    pub observations: Vec<(String, Observation)>,
    /// How many observed-data were left out, because they have no time, no number or no objects.
    pub skipped: usize,
}

/// The observations in a bundle, or in one observed-data with its objects inside.
///
/// With `object_refs` (STIX 2.1), the objects are those of the bundle that are listed and those that they refer to; with
/// `objects` (STIX 2.0), those inside.
pub fn read(root: json::Value<'_>, limits: &MatcherLimits) -> Reading {
    let mut by_id = BTreeMap::new();
    let mut all = Vec::new();
    match root.get("objects") {
        Some(list) if list.kind() == Kind::List => all.extend(list.elements()),
        _ => all.push(root),
    }
    for object in &all {
        if let Some(id) = object.get("id").and_then(json::Value::as_str) {
            by_id.insert(id.into_owned(), *object);
        }
    }
    let mut reading = Reading::default();
    for object in all {
        if !object.get("type").is_some_and(|kind| kind.is_str("observed-data")) {
            continue;
        }
        let id = ObservationId(u64::try_from(reading.observations.len()).unwrap_or(u64::MAX));
        match observation(object, id, &by_id, limits) {
            Some(observation) => {
                let name = object.get("id").and_then(json::Value::as_str).unwrap_or_default();
                reading.observations.push((name.into_owned(), observation));
            }
            None => reading.skipped += 1,
        }
    }
    reading
}

fn observation(
    data: json::Value<'_>,
    id: ObservationId,
    by_id: &BTreeMap<String, json::Value<'_>>,
    limits: &MatcherLimits,
) -> Option<Observation> {
    let moment = |name| Timestamp::parse(&data.get(name)?.as_str()?).ok();
    let span = (moment("first_observed")?, moment("last_observed")?);
    let count = u32::try_from(data.get("number_observed")?.as_i64()?).ok().and_then(NonZeroU32::new)?;
    let objects = match data.get("objects") {
        Some(container) => container
            .members()
            .take(limits.objects_max)
            .filter_map(|(key, object)| observed(key.as_str()?.into_owned(), object))
            .collect(),
        None => referred(data, by_id, limits.objects_max),
    };
    if objects.is_empty() { None } else { Some(Observation::new(id, span, count, objects)) }
}

/// What `object_refs` lists, and what that refers to in turn.
fn referred(
    data: json::Value<'_>,
    by_id: &BTreeMap<String, json::Value<'_>>,
    objects_max: usize,
) -> Vec<ObservedObject> {
    let (mut waiting, mut seen, mut found) = (Vec::new(), BTreeSet::new(), Vec::new());
    if let Some(list) = data.get("object_refs") {
        waiting.extend(list.elements().filter_map(|id| Some(id.as_str()?.into_owned())));
    }
    while let Some(id) = waiting.pop() {
        if found.len() >= objects_max || !seen.insert(id.clone()) {
            continue;
        }
        let Some(object) = by_id.get(&id).and_then(|object| observed(id, *object)) else { continue };
        for (name, value) in &object.properties {
            if !is_reference(name) || name.starts_with("object_marking") || name == "created_by_ref" {
                continue;
            }
            match value {
                Value::Text(id) => waiting.push(id.clone()),
                Value::List(list) => waiting.extend(list.iter().filter_map(|id| match id {
                    Value::Text(id) => Some(id.clone()),
                    Value::Boolean(_)
                    | Value::Integer(_)
                    | Value::Float(_)
                    | Value::List(_)
                    | Value::Dictionary(_) => None,
                })),
                Value::Boolean(_) | Value::Integer(_) | Value::Float(_) | Value::Dictionary(_) => {}
            }
        }
        found.push(object);
    }
    found
}

fn observed(key: String, object: json::Value<'_>) -> Option<ObservedObject> {
    let object_type = object.get("type")?.as_str()?.into_owned();
    Some(ObservedObject { key, object_type, properties: members(object) })
}

fn members(dictionary: json::Value<'_>) -> Vec<(String, Value)> {
    let member = |(key, value): (json::Value<'_>, json::Value<'_>)| {
        Some((key.as_str()?.into_owned(), converted(value)?))
    };
    dictionary.members().filter_map(member).collect()
}

/// Nothing for null, which is no value (section 2).
fn converted(value: json::Value<'_>) -> Option<Value> {
    Some(match value.kind() {
        Kind::Null => return None,
        Kind::Boolean => Value::Boolean(value.as_bool()?),
        Kind::Number => match value.as_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Float(value.as_f64()?),
        },
        Kind::String => Value::Text(value.as_str()?.into_owned()),
        Kind::List => Value::List(value.elements().filter_map(converted).collect()),
        Kind::Dictionary => Value::Dictionary(members(value)),
    })
}
