//! Which objects are there? Of many types, referring to each other in chains and circles.

use serde_json::{Value, json};
use testkit::objects::{moment, object};

use crate::random::Random;

/// The types that are made, in no order.
pub(crate) const TYPES: [&str; 17] = [
    "campaign",
    "domain-name",
    "email-message",
    "file",
    "grouping",
    "identity",
    "indicator",
    "ipv4-addr",
    "malware",
    "malware-analysis",
    "network-traffic",
    "note",
    "observed-data",
    "process",
    "relationship",
    "report",
    "sighting",
];

const OBSERVABLE: [&str; 6] =
    ["domain-name", "email-message", "file", "ipv4-addr", "network-traffic", "process"];

/// Types that stand on what they refer to without the standard requiring any one reference, and some that refer to them.
const LEANING: [&str; 8] = [
    "email-message",
    "file",
    "malware-analysis",
    "network-traffic",
    "observed-data",
    "process",
    "relationship",
    "report",
];

/// The number in ids that nobody has.
const NOBODYS: u32 = 9;

/// The ids that objects of one world have or refer to.
pub(crate) struct Pool {
    pub(crate) ids: Vec<String>,
}

impl Pool {
    /// An id of each type that nobody has, and some of a few types that somebody may have, so that they meet often.
    pub(crate) fn new(random: &mut Random) -> Self {
        let mut kinds = TYPES;
        random.shuffle(&mut kinds);
        if random.chance(40) {
            kinds.sort_by_key(|kind| !LEANING.contains(kind));
        }
        let mut ids: Vec<String> = TYPES.iter().map(|kind| testkit::objects::id(kind, NOBODYS)).collect();
        for kind in kinds.into_iter().take(9) {
            ids.extend((0..2).map(|number| testkit::objects::id(kind, number)));
        }
        ids.push(crate::markings::STANDARD[1].to_owned());
        ids.push(crate::markings::id(0));
        Self { ids }
    }

    /// The ids that objects may have.
    pub(crate) fn somebodys(&self) -> Vec<&String> {
        let nobodys = format!("--{NOBODYS:08x}-");
        self.ids.iter().filter(|id| !id.contains(&nobodys) && !id.starts_with("marking")).collect()
    }

    /// An id that the standard lets stand where these types are wanted; seldom one that nobody has.
    fn one(&self, random: &mut Random, wanted: &[&str]) -> String {
        let fits = |id: &&String| wanted.contains(&stix::id::object_type(id));
        let mut fitting: Vec<_> = self.somebodys().into_iter().filter(fits).collect();
        if fitting.is_empty() || random.chance(15) {
            fitting = self.ids.iter().filter(fits).collect();
        }
        (*random.pick(&fitting)).clone()
    }

    fn many(&self, random: &mut Random, wanted: &[&str]) -> Vec<String> {
        let many = *random.pick(&[1, 1, 2, 3]);
        let mut ids: Vec<_> = (0..many).map(|_| self.one(random, wanted)).collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

fn except(types: &[&'static str]) -> Vec<&'static str> {
    TYPES.into_iter().filter(|kind| !types.contains(kind)).collect()
}

/// An object under an id, with some of the properties that its type may have.
pub(crate) fn make(id: &str, pool: &Pool, random: &mut Random) -> Value {
    let kind = stix::id::object_type(id);
    let required = required(kind, pool, random);
    let mut made = if OBSERVABLE.contains(&kind) {
        let mut made = json!({ "type": kind, "spec_version": "2.1" });
        extend(&mut made, required);
        made
    } else {
        let mut made = object(kind, 0, required);
        made["modified"] = json!(moment(u32::try_from(random.below(3)).unwrap_or(0)));
        made
    };
    made["id"] = json!(id);
    if random.chance(75) {
        extend(&mut made, optional(kind, pool, random));
    }
    made
}

fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

fn required(kind: &str, pool: &Pool, random: &mut Random) -> Value {
    let name = json!(format!("name {}", random.below(4)));
    let any: Vec<&str> = TYPES.into_iter().chain(["marking-definition"]).collect();
    let ends = except(&["relationship", "sighting"]);
    match kind {
        "campaign" | "identity" => json!({ "name": name }),
        "domain-name" => json!({ "value": "host.example" }),
        "email-message" => {
            let raw = json!({ "body_raw_ref": pool.one(random, &["file"]), "content_type": "text/plain" });
            let mut parts = vec![json!({ "body": "hello", "content_type": "text/plain" }), raw];
            json!({ "is_multipart": true, "body_multipart": parts.split_off(random.below(2)) })
        }
        "file" if random.chance(40) => {
            let archive = json!({ "contains_refs": pool.many(random, &["file"]), "comment": "an archive" });
            json!({ "name": name, "extensions": { "archive-ext": archive } })
        }
        "file" => json!({ "hashes": { "MD5": "d41d8cd98f00b204e9800998ecf8427e" } }),
        "grouping" => json!({ "context": "unspecified", "object_refs": pool.many(random, &any) }),
        "indicator" => json!({ "pattern": "[domain-name:value = 'a.example']", "pattern_type": "stix",
            "valid_from": "2024-01-01T00:00:00.000Z" }),
        "ipv4-addr" => json!({ "value": "10.0.0.1" }),
        "malware" if random.chance(50) => json!({ "is_family": false }),
        "malware" => json!({ "is_family": true, "name": name }),
        "malware-analysis" if random.chance(40) => json!({ "product": "scan", "result": "malicious" }),
        "malware-analysis" => {
            json!({ "product": "scan", "analysis_sco_refs": pool.many(random, &OBSERVABLE) })
        }
        "network-traffic" => {
            let mut made = json!({ "protocols": ["ipv4", "tcp", "http"] });
            let end = *random.pick(&["src_ref", "dst_ref"]);
            made[end] = json!(pool.one(random, &["ipv4-addr", "domain-name"]));
            made
        }
        "note" => json!({ "content": "é \"quoted\" \\ / \u{1f525}", "object_refs": pool.many(random, &any) }),
        "observed-data" => {
            let mut refs =
                pool.many(random, &["file", "ipv4-addr", "relationship", "sighting", "domain-name"]);
            refs.push(pool.one(random, &["process", "network-traffic"]));
            json!({ "first_observed": "2024-01-01T00:00:00.000Z", "last_observed": "2024-01-02T00:00:00.000Z",
                "number_observed": 1, "object_refs": refs })
        }
        "process" => match random.below(3) {
            0 => json!({ "pid": 7 }),
            1 => json!({ "image_ref": pool.one(random, &["file"]) }),
            _ => json!({ "parent_ref": pool.one(random, &["process"]) }),
        },
        "relationship" => json!({ "relationship_type": "related-to", "source_ref": pool.one(random, &ends),
            "target_ref": pool.one(random, &ends) }),
        "report" => {
            json!({ "name": name, "published": "2024-01-01T00:00:00.000Z", "object_refs": pool.many(random, &any) })
        }
        "sighting" => {
            let of = ["campaign", "indicator", "malware", "report", "note", "observed-data", "grouping"];
            json!({ "sighting_of_ref": pool.one(random, &of) })
        }
        _ => unreachable!("a type that is not made"),
    }
}

fn optional(kind: &str, pool: &Pool, random: &mut Random) -> Value {
    let mut made = if OBSERVABLE.contains(&kind) { json!({}) } else { described(pool, random) };
    let mut may = |name: &str, value: Value, random: &mut Random| {
        if random.chance(50) {
            made[name] = value;
        }
    };
    match kind {
        "domain-name" => {
            may("resolves_to_refs", json!(pool.many(random, &["domain-name", "ipv4-addr"])), random);
        }
        "email-message" => {
            may("subject", json!("hello"), random);
        }
        "file" => {
            may("size", json!(12), random);
        }
        "malware" => {
            may("sample_refs", json!(pool.many(random, &["file"])), random);
            may("kill_chain_phases", kill_chain(), random);
        }
        "indicator" => may("kill_chain_phases", kill_chain(), random),
        "network-traffic" => {
            may("encapsulates_refs", json!(pool.many(random, &["network-traffic"])), random);
            may("dst_ref", json!(pool.one(random, &["ipv4-addr", "domain-name"])), random);
        }
        "process" => {
            may("opened_connection_refs", json!(pool.many(random, &["network-traffic"])), random);
            may("child_refs", json!(pool.many(random, &["process"])), random);
            may("environment_variables", json!({ "HOME": "/", "TERM": "dumb" }), random);
        }
        "sighting" => {
            may("where_sighted_refs", json!(pool.many(random, &["identity"])), random);
            may("observed_data_refs", json!(pool.many(random, &["observed-data"])), random);
            may("count", json!(3), random);
        }
        _ => {}
    }
    may("x_team", json!({ "lead_ref": pool.one(random, &TYPES), "rooms": [["a", "b"], ["c"]] }), random);
    made
}

fn kill_chain() -> Value {
    json!([{ "kill_chain_name": "chain", "phase_name": "first" }, { "kill_chain_name": "chain", "phase_name": "second" }])
}

/// Properties that every domain and relationship object may have.
fn described(pool: &Pool, random: &mut Random) -> Value {
    let mut made = json!({});
    let mut may = |name: &str, value: Value, percent: usize, random: &mut Random| {
        if random.chance(percent) {
            made[name] = value;
        }
    };
    may("description", json!("line\nline \u{e9}"), 40, random);
    may("created_by_ref", json!(pool.one(random, &["identity"])), 35, random);
    may("labels", json!(["x", "y", "z"]), 40, random);
    may("confidence", json!(random.below(100)), 30, random);
    may("lang", json!("en"), 20, random);
    let references = json!([
        { "source_name": "a", "url": "https://a.example" },
        { "source_name": "b", "description": "b", "external_id": "7" },
        { "source_name": "c", "external_id": "8", "hashes": { "MD5": "d41d8cd98f00b204e9800998ecf8427e" }, "url": "c" },
    ]);
    may("external_references", references, 35, random);
    let extension = json!({ "extension_type": "property-extension", "owner_ref": pool.one(random, &TYPES),
        "seen_refs": pool.many(random, &TYPES), "note": { "text": "t" } });
    may(
        "extensions",
        json!({ "extension-definition--00000000-0000-4000-8000-0000000000dd": extension }),
        25,
        random,
    );
    made
}

/// Selectors of places in an object, each with the steps that lead there.
pub(crate) fn selectors(value: &Value, above: &str, found: &mut Vec<String>) {
    let mut step = |name: String, member: &Value| {
        let here = if above.is_empty() { name } else { format!("{above}.{name}") };
        selectors(member, &here, found);
        found.push(here);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| step(name.clone(), member)),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(place, element)| step(format!("[{place}]"), element));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
