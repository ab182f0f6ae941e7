//! Which objects are published, and when is an object the one that was published?

use std::collections::{BTreeMap, HashSet};

use anyhow::{Context, Result, bail, ensure};
use rstix::core::StixTimestamp;
use rstix::model::{ParseOptions, StixObject, deserialize_stix_object_from_value};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::figure;

const MADE: usize = 30;

/// The id and the version of an object; one without a version has an empty one.
pub type Key = (String, String);

/// An object as it is sent, and as rstix reads it: without custom properties, which its client drops.
pub struct Published {
    pub key: Key,
    pub wire: Value,
    pub typed: Value,
}

/// How rstix is to read objects.
pub fn options() -> ParseOptions {
    ParseOptions::new().allow_custom(true)
}

/// Small objects of three types, two of them with custom properties, one with text that is easily damaged.
pub fn made() -> Result<Vec<Published>> {
    let mut values = Vec::new();
    for number in 0..MADE / 3 {
        let malware = sdo("malware", json!({"name": format!("rstix {number}"), "is_family": false}));
        let indicator = sdo(
            "indicator",
            json!({
                "name": "rstix — 二つの版 \u{1f525} \\ \" \t",
                "pattern": format!("[ipv4-addr:value = '10.0.0.{number}']"),
                "pattern_type": "stix",
                "valid_from": StixTimestamp::now().to_rfc3339(),
                "indicator_types": ["malicious-activity"],
                "x_rstix_numbers": [0, -1, 0.5, 1e-7, 9_007_199_254_740_991_i64],
            }),
        );
        let link = sdo(
            "relationship",
            json!({
                "relationship_type": "indicates",
                "source_ref": indicator.get("id"),
                "target_ref": malware.get("id"),
                "x_rstix_nested": {"empty": {}, "no": false, "nothing": []},
            }),
        );
        values.extend([malware, indicator, link]);
    }
    values.into_iter().map(published).collect()
}

/// A new object of a type, created now.
pub fn sdo(kind: &str, properties: Value) -> Value {
    let now = StixTimestamp::now().to_rfc3339();
    let mut made = json!({
        "type": kind, "spec_version": "2.1", "id": format!("{kind}--{}", Uuid::new_v4()), "created": now,
        "modified": now,
    });
    if let (Some(made), Value::Object(properties)) = (made.as_object_mut(), properties) {
        made.extend(properties);
    }
    made
}

/// All different objects of the bundles, in their order, without those that rstix cannot read.
pub fn of_bundles(files: &[String]) -> Result<Vec<Published>> {
    let mut found: Vec<Published> = Vec::new();
    let mut seen = HashSet::new();
    let mut refused = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).with_context(|| file.clone())?;
        let mut bundle: Value = serde_json::from_str(&text).with_context(|| file.clone())?;
        let Some(Value::Array(objects)) = bundle.get_mut("objects").map(Value::take) else {
            bail!("{file}: no bundle with objects");
        };
        for object in objects {
            if !seen.insert(object.to_string()) {
                continue;
            }
            match published(object) {
                Ok(object) => found.push(object),
                Err(error) => refused.push(error),
            }
        }
    }
    if let Some(first) = refused.first() {
        figure(format_args!(
            "{} objects of the files left out, rstix refuses them: {first:#}",
            refused.len()
        ));
    }
    let changed = found.iter().filter(|object| object.wire != object.typed).count();
    figure(format_args!(
        "{} objects of {} bundles; rstix reads {changed} of them without their custom properties",
        found.len(),
        files.len()
    ));
    Ok(found)
}

fn published(wire: Value) -> Result<Published> {
    let typed = read_by_rstix(&wire)?;
    Ok(Published { key: key(&wire)?, wire, typed })
}

/// The JSON that is left of an object when rstix's client has read it.
fn read_by_rstix(wire: &Value) -> Result<Value> {
    let (object, _) = deserialize_stix_object_from_value(wire.clone(), &options())
        .with_context(|| wire.get("id").map(Value::to_string).unwrap_or_default())?;
    Ok(serde_json::to_value(object)?)
}

/// An object for rstix to send as it is: one of a type that rstix does not know is not touched.
pub fn untouched(wire: &Value) -> Result<StixObject> {
    let id = wire.get("id").context("an object without id")?;
    let (object, _) =
        deserialize_stix_object_from_value(json!({"type": "x-untouched", "id": id}), &options())?;
    let StixObject::Custom(mut object) = object else { bail!("rstix knows the type x-untouched") };
    object.raw = wire.clone();
    Ok(StixObject::Custom(object))
}

/// What tells this object from all others in a collection.
pub fn key(object: &Value) -> Result<Key> {
    let text = |name| object.get(name).and_then(Value::as_str);
    let id = text("id").context("an object without id")?;
    let version = text("modified").or(text("created")).unwrap_or_default();
    Ok((id.to_owned(), version.to_owned()))
}

/// The objects by key; fails if one came twice.
pub fn by_key(objects: Vec<Value>) -> Result<BTreeMap<Key, Value>> {
    let mut found = BTreeMap::new();
    for object in objects {
        let key = key(&object)?;
        ensure!(found.insert(key.clone(), object).is_none(), "{key:?} came twice");
    }
    Ok(found)
}

/// Is everything that was published there, each as one of those sent with its key?
pub fn compare(
    published: &[Published],
    sent: impl Fn(&Published) -> &Value,
    back: &BTreeMap<Key, Value>,
) -> Result<()> {
    let mut variants: BTreeMap<&Key, Vec<&Value>> = BTreeMap::new();
    for object in published {
        variants.entry(&object.key).or_default().push(sent(object));
    }
    let missing: Vec<_> = variants.keys().filter(|key| !back.contains_key(**key)).collect();
    ensure!(
        missing.is_empty(),
        "{} of {} are missing, the first: {:?}",
        missing.len(),
        variants.len(),
        missing.first()
    );
    let changed: Vec<_> = variants
        .iter()
        .filter(|(key, sent)| back.get(**key).is_some_and(|got| !sent.contains(&got)))
        .map(|(key, _)| (key, back.get(*key).map(Value::to_string)))
        .collect();
    ensure!(
        changed.is_empty(),
        "{} of {} came back changed, the first: {:?}",
        changed.len(),
        variants.len(),
        changed.first()
    );
    Ok(())
}
