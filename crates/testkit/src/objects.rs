//! Which objects do tests send? The same each time for the same number.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// TLP:CLEAR.
pub const CLEAR: &str = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";
/// TLP:GREEN.
pub const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
/// TLP:AMBER.
pub const AMBER: &str = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";
/// TLP:RED.
pub const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

/// The extension by which marking-definitions say who may have what; kept here in words, so that a slip is noticed.
const RELEASABILITY: &str = "extension-definition--77c40c04-49a6-4691-ad6b-5f6962767509";

/// The identifier of an object of a type.
pub fn id(kind: &str, number: u32) -> String {
    format!("{kind}--{number:08x}-0000-4000-8000-{number:012x}")
}

/// A moment of 2024, later for a greater number.
pub fn moment(number: u32) -> String {
    let (day, hour, minute, second) =
        (1 + number / 86_400 % 28, number / 3600 % 24, number / 60 % 60, number % 60);
    format!("2024-01-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z")
}

/// An object with `created` and `modified`, and further properties.
pub fn object(kind: &str, number: u32, rest: Value) -> Value {
    let mut object = Map::from_iter([
        ("type".to_owned(), json!(kind)),
        ("spec_version".to_owned(), json!("2.1")),
        ("id".to_owned(), json!(id(kind, number))),
        ("created".to_owned(), json!(moment(0))),
        ("modified".to_owned(), json!(moment(0))),
    ]);
    if let Value::Object(rest) = rest {
        object.extend(rest);
    }
    Value::Object(object)
}

/// An indicator.
pub fn indicator(number: u32) -> Value {
    let pattern = format!("[domain-name:value = 'host-{number}.example']");
    let rest = json!({
        "name": format!("host {number}"), "indicator_types": ["malicious-activity"], "pattern": pattern,
        "pattern_type": "stix", "valid_from": moment(0)
    });
    object("indicator", number, rest)
}

/// A malware.
pub fn malware(number: u32) -> Value {
    object("malware", number, json!({ "name": format!("loader {number}"), "is_family": true }))
}

/// An IPv4 address: an observable, without dates.
pub fn address(number: u32) -> Value {
    let value = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
    json!({ "type": "ipv4-addr", "spec_version": "2.1", "id": id("ipv4-addr", number), "value": value })
}

/// A relationship.
pub fn relationship(number: u32, source: &str, target: &str) -> Value {
    let rest = json!({ "relationship_type": "related-to", "source_ref": source, "target_ref": target });
    object("relationship", number, rest)
}

/// A sighting.
pub fn sighting(number: u32, of: &str) -> Value {
    object("sighting", number, json!({ "sighting_of_ref": of }))
}

/// A report about objects.
pub fn report(number: u32, about: &[String]) -> Value {
    let rest = json!({
        "name": format!("report {number}"), "report_types": ["threat-report"], "published": moment(0), "object_refs": about
    });
    object("report", number, rest)
}

/// A marking-definition with a statement: `created`, no `modified`, no restriction.
pub fn statement(number: u32) -> Value {
    json!({
        "type": "marking-definition", "spec_version": "2.1", "id": id("marking-definition", number),
        "created": moment(number), "definition_type": "statement", "definition": { "statement": format!("terms {number}") }
    })
}

/// A marking-definition that restricts, such as `{"releasable_to": ["NATO"]}`.
pub fn restriction(number: u32, content: Value) -> Value {
    let mut extension = BTreeMap::from([("extension_type".to_owned(), json!("property-extension"))]);
    if let Value::Object(content) = content {
        extension.extend(content);
    }
    json!({
        "type": "marking-definition", "spec_version": "2.1", "id": id("marking-definition", number), "created": moment(0),
        "name": format!("restriction {number}"), "extensions": { RELEASABILITY: extension }
    })
}

/// The object with a property set.
#[must_use]
pub fn with(mut object: Value, name: &str, value: Value) -> Value {
    if let Value::Object(members) = &mut object {
        members.insert(name.to_owned(), value);
    }
    object
}

/// The object without a property.
#[must_use]
pub fn without(mut object: Value, name: &str) -> Value {
    if let Value::Object(members) = &mut object {
        members.remove(name);
    }
    object
}

/// A later version of the object.
#[must_use]
pub fn version(object: Value, number: u32) -> Value {
    with(object, "modified", json!(moment(number)))
}

/// The object under markings.
#[must_use]
pub fn marked(object: Value, markings: &[&str]) -> Value {
    with(object, "object_marking_refs", json!(markings))
}

/// The object with one granular marking.
#[must_use]
pub fn granular(object: Value, marking: &str, selectors: &[&str]) -> Value {
    with(object, "granular_markings", json!([{ "marking_ref": marking, "selectors": selectors }]))
}

/// The id of an object.
pub fn id_of(object: &Value) -> String {
    object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// An envelope around objects.
pub fn envelope(objects: &[Value]) -> Vec<u8> {
    json!({ "objects": objects }).to_string().into_bytes()
}
