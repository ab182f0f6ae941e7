//! What was seen, in STIX: observed-data (section 4.14) about the values that matched, where a sensor may tell them.

use serde_json::{Value, json};
use stix::{
    Timestamp,
    pattern::{ObjectPath, Step},
};
use uuid::Uuid;

use super::{count::Count, sighting::NAMESPACE};

/// Types and properties that stand for something by themselves.
const TOLD: [(&str, &str); 10] = [
    ("domain-name", "value"),
    ("email-addr", "value"),
    ("file", "hashes"),
    ("file", "name"),
    ("ipv4-addr", "value"),
    ("ipv6-addr", "value"),
    ("mac-addr", "value"),
    ("url", "value"),
    ("user-account", "account_login"),
    ("windows-registry-key", "key"),
];

/// The id of the observed-data of a sighting, and the texts of it and of what it is about; nothing where nothing may be told.
pub(super) fn texts(sighting: &str, count: &Count, markings: &[String]) -> (Option<String>, Vec<String>) {
    let objects: Vec<(String, String)> =
        count.values.iter().filter_map(|(path, value)| observable(path, value, markings)).collect();
    if objects.is_empty() {
        return (None, Vec::new());
    }
    let id =
        format!("observed-data--{}", Uuid::new_v5(&NAMESPACE, format!("{sighting}|observed").as_bytes()));
    let moment = |micros: i64| Timestamp::from_micros(micros).to_string();
    let created = moment(count.last.max(count.began));
    let refs: Vec<&str> = objects.iter().map(|(id, _)| id.as_str()).collect();
    let mut object = json!({
        "type": "observed-data", "spec_version": "2.1", "id": id, "created": created, "modified": created,
        "first_observed": moment(count.first), "last_observed": moment(count.last),
        "number_observed": count.times.max(1), "object_refs": refs,
    });
    mark(&mut object, markings);
    let texts = [object.to_string()].into_iter().chain(objects.into_iter().map(|(_, text)| text));
    (Some(id), texts.collect())
}

/// Id and text of the object that a value is of. Its id is not the one that the contents give: the same value under other
/// markings is another object, so that neither is shown under the markings of the other.
fn observable(path: &str, value: &str, markings: &[String]) -> Option<(String, String)> {
    let path: ObjectPath = path.parse().ok()?;
    let keys: Option<Vec<&str>> = path
        .steps
        .iter()
        .map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) | Step::Any => None,
        })
        .collect();
    let keys = keys?;
    let (property, rest) = keys.split_first()?;
    TOLD.iter().find(|(kind, own)| *kind == path.object_type && own == property)?;
    let content = match rest {
        [] if *property != "hashes" => json!(value),
        [algorithm] if *property == "hashes" => json!({ *algorithm: value }),
        _ => return None,
    };
    let kind = path.object_type.as_str();
    let key = format!("{kind}|{property}|{content}|{}", markings.join("|"));
    let id = format!("{kind}--{}", Uuid::new_v5(&NAMESPACE, key.as_bytes()));
    let mut object = json!({ "type": kind, "spec_version": "2.1", "id": id, *property: content });
    mark(&mut object, markings);
    Some((id, object.to_string()))
}

fn mark(object: &mut Value, markings: &[String]) {
    if let Some(members) = object.as_object_mut().filter(|_| !markings.is_empty()) {
        members.insert("object_marking_refs".to_owned(), json!(markings));
    }
}
