//! Data types: TAXII 2.1 sections 2, 3.6, 3.7, 7.1.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testkit::{
    http::{Request, Response},
    objects::{address, indicator, statement, version},
};

use crate::ground::{
    Ground, NONE, RW, Read, UNKNOWN, all, collection, four, manifest_of, objects_of, row, versions_of,
};

/// The properties that the standard's tables give each resource, required ones first with `!`.
const TABLES: [(&str, &[&str]); 9] = [
    ("discovery", &["!title", "description", "contact", "default", "api_roots"]),
    ("api-root", &["!title", "!versions", "!max_content_length", "description"]),
    (
        "status",
        &[
            "!id",
            "!status",
            "!total_count",
            "!success_count",
            "!failure_count",
            "!pending_count",
            "request_timestamp",
            "successes",
            "failures",
            "pendings",
        ],
    ),
    ("detail", &["!id", "!version", "message"]),
    ("collection", &["!id", "!title", "!can_read", "!can_write", "description", "alias", "media_types"]),
    ("manifest", &["more", "objects", "next"]),
    ("record", &["!id", "!date_added", "!version", "media_type"]),
    ("envelope", &["more", "next", "objects"]),
    ("error", &["!title", "description", "http_status"]),
];

/// `YYYY-MM-DDTHH:MM:SS.ssssssZ`
pub(crate) fn is_timestamp(text: &str) -> bool {
    let pattern = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    let fits =
        |(own, pattern): (char, char)| if pattern == 'd' { own.is_ascii_digit() } else { own == pattern };
    text.len() == pattern.len() && text.chars().zip(pattern.chars()).all(fits)
}

fn keys(table: &str, value: &Value) {
    let (_, properties) = TABLES.iter().find(|(name, _)| *name == table).unwrap();
    let members = value.as_object().unwrap_or_else(|| panic!("{table}: {value}"));
    let known: BTreeSet<&str> = properties.iter().map(|name| name.trim_start_matches('!')).collect();
    for required in properties.iter().filter_map(|name| name.strip_prefix('!')) {
        assert!(members.contains_key(required), "{table} without {required}: {value}");
    }
    for name in members.keys() {
        assert!(known.contains(name.as_str()) || is_custom(name), "{table} with {name}: {value}");
    }
    for (name, member) in members {
        let kind = match name.as_str() {
            "can_read" | "can_write" | "more" => member.is_boolean(),
            "max_content_length" | "total_count" | "success_count" | "failure_count" | "pending_count" => {
                member.as_u64().is_some_and(|number| number < 1 << 53)
            }
            "api_roots" | "versions" | "media_types" => strings(member),
            "successes" | "failures" | "pendings" | "objects" => objects(member),
            "date_added" | "request_timestamp" => member.as_str().is_some_and(is_timestamp),
            _ => member.is_string(),
        };
        assert!(kind, "{table}.{name}: {member}");
    }
}

fn is_custom(name: &str) -> bool {
    let form = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    name.starts_with("x_cresset_") && (3..=250).contains(&name.len()) && name.bytes().all(form)
}

fn strings(value: &Value) -> bool {
    value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string))
}

fn objects(value: &Value) -> bool {
    value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_object))
}

/// One answer of every kind there is, by the name of its table.
async fn samples(ground: &Ground) -> Vec<(&'static str, Value)> {
    let mut bad = indicator(3);
    bad["pattern"] = json!(1);
    let first = ground.post(RW, &[indicator(1), indicator(2), bad, address(1), statement(1)]).await.json();
    let status = first["id"].as_str().unwrap();
    let id = testkit::objects::id("indicator", 1);
    let mut samples = vec![("status", first.clone())];
    for entry in all(RW, &id, status) {
        let response = ground.ask(row(&entry)).await;
        let name = match (entry.0, entry.1.trim_end_matches('/').rsplit('/').next().unwrap()) {
            ("DELETE", _) => continue,
            ("POST", _) => "status",
            (_, "taxii2") => "discovery",
            (_, "api") => "api-root",
            (_, "manifest" | "versions") => "manifest",
            (_, "collections") => "collections",
            (_, last) if last == status => "status",
            (_, last) if last == RW => "collection",
            _ => "envelope",
        };
        samples.push((name, response.json()));
    }
    samples.push(("envelope", ground.get(&format!("{}?limit=1", objects_of(RW))).await.json()));
    samples.push(("manifest", ground.get(&format!("{}?limit=1", manifest_of(RW))).await.json()));
    let requests = [
        Request::new("GET", &collection(UNKNOWN)),
        Request::new("GET", "/api/").set("authorization", NONE),
        Request::new("GET", &format!("{}?limit=x", objects_of(RW))),
        Request::new("POST", &objects_of(RW)).body("["),
    ];
    for request in requests {
        samples.push(("error", ground.ask(request).await.json()));
    }
    samples
}

/// Splits samples into the resources of the tables.
fn resources(samples: Vec<(&'static str, Value)>) -> Vec<(&'static str, Value)> {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut all = Vec::new();
    for (name, value) in samples {
        match name {
            "status" => {
                for part in ["successes", "failures", "pendings"] {
                    all.extend(list(&value, part).into_iter().map(|detail| ("detail", detail)));
                }
            }
            "collections" => {
                assert_eq!(value.as_object().unwrap().keys().collect::<Vec<_>>(), ["collections"]);
                all.extend(list(&value, "collections").into_iter().map(|one| ("collection", one)));
                continue;
            }
            "manifest" if value.get("versions").is_some() => continue,
            "manifest" => all.extend(list(&value, "objects").into_iter().map(|record| ("record", record))),
            _ => {}
        }
        all.push((name, value));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_property_has_the_type_of_the_standard() {
    let ground = Ground::new().await;
    let resources = resources(samples(&ground).await);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, value) in &resources {
        keys(name, value);
        *counts.entry(name).or_default() += 1;
    }
    assert_eq!(counts.len(), TABLES.len(), "every table has a sample: {counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn required_properties_are_present_and_spelled_as_in_the_standard() {
    let ground = Ground::new().await;
    for (name, value) in resources(samples(&ground).await) {
        keys(name, &value);
        if name == "status" {
            assert!(matches!(value["status"].as_str(), Some("complete" | "pending")), "{value}");
        }
    }
    let versions = ground.get(&versions_of(RW, &testkit::objects::id("indicator", 2))).await.json();
    assert_eq!(versions.as_object().unwrap().keys().collect::<Vec<_>>(), ["versions"]);
    assert!(strings(&versions["versions"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identifiers_are_random_uuids() {
    let ground = Ground::new().await;
    let mut ids = BTreeSet::new();
    for _ in 0..20 {
        let status = ground.add(RW, &[indicator(1)]).await;
        let id = uuid::Uuid::parse_str(status["id"].as_str().unwrap()).unwrap();
        assert_eq!((id.get_version_num(), id.get_variant()), (4, uuid::Variant::RFC4122));
        assert_eq!(status["id"], json!(id.hyphenated().to_string()));
        assert!(ids.insert(id), "the same twice");
    }
    for one in ground.get("/api/collections/").await.json()["collections"].as_array().unwrap() {
        let id = uuid::Uuid::parse_str(one["id"].as_str().unwrap()).unwrap();
        assert_eq!(id.get_version_num(), 4);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_response_holds_an_empty_list() {
    // `ask` looks at every answer; here are all the ways to get nothing.
    let ground = Ground::new().await;
    let id = testkit::objects::id("indicator", 1);
    let nothing = |response: Response| assert!(response.status == 404 || response.json() == json!({}));
    for target in four(RW, &id) {
        nothing(ground.get(&target).await);
    }
    let mut bad = indicator(7);
    bad["pattern"] = json!(1);
    let refused = ground.post(RW, &[bad]).await.json();
    assert_eq!((&refused["failure_count"], refused.get("successes")), (&json!(1), None));
    let good = ground.add(RW, &[indicator(1)]).await;
    assert_eq!((good.get("failures"), good.get("pendings")), (None, None));
    for target in four(RW, &id) {
        for filter in [
            "added_after=2030-01-01T00:00:00Z",
            "match[spec_version]=9.9",
            "match[version]=2001-01-01T00:00:00Z",
            "match[type]=tool",
            "match[id]=tool--1",
        ] {
            ground.get(&format!("{target}?{filter}")).await;
        }
    }
    nothing(ground.read_as("n", "/api/collections/").await);
    // Inside objects, everything stays as it was.
    let empties = testkit::objects::with(indicator(2), "x_empty", json!([[], {"a": []}]));
    ground.post(RW, &[empties]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timestamps_have_microseconds_and_end_in_z() {
    let ground = Ground::new().await;
    // The clock stands at a whole second.
    let status = ground.add(RW, &[indicator(1)]).await;
    assert_eq!(status["request_timestamp"], "2026-01-01T00:00:00.000000Z");
    ground.pass(1);
    ground.add(RW, &[indicator(2), version(indicator(1), 3)]).await;
    let response = ground.get(&manifest_of(RW)).await;
    let dates: Vec<_> = response.json()["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["date_added"].as_str().unwrap().to_owned())
        .chain([response.dates().0, response.dates().1])
        .collect();
    assert!(dates.iter().all(|date| is_timestamp(date)), "{dates:?}");
    assert_eq!(dates[0], "2026-01-01T00:00:01.000000Z");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_properties_are_named_as_the_standard_asks() {
    let ground = Ground::new().await;
    let standard: BTreeSet<&str> =
        TABLES.iter().flat_map(|(_, names)| names.iter().map(|name| name.trim_start_matches('!'))).collect();
    let mut own = BTreeSet::new();
    for (_, value) in resources(samples(&ground).await) {
        for name in value.as_object().unwrap().keys().filter(|name| !standard.contains(name.as_str())) {
            own.insert(name.clone());
        }
    }
    assert!(own.iter().all(|name| is_custom(name)), "{own:?}");
    assert!(is_custom("x_cresset_a") && !is_custom("x_other_a") && !is_custom("x_cresset_A"));
}
