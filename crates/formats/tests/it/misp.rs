//! What comes of MISP's events, and what of objects that go to MISP and come back?

use formats::{
    export::{Format, Why},
    misp::{Reading, read},
};
use serde_json::{Value, json};
use stix::{Limits, Severity, Timestamp};

use crate::written::{NOW, export, indicator};

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

fn objects(reading: &Reading) -> Vec<Value> {
    let objects: Vec<Value> =
        reading.objects.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    for text in &reading.objects {
        let (_, findings) = stix::validate::check(text.as_bytes(), &Limits::DEFAULT, now());
        let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{text}: {errors:?}");
    }
    objects
}

fn event() -> Value {
    json!({"Event": {
        "uuid": "5c1b2c3d-0000-4000-8000-000000000001", "info": "Campaign", "date": "2026-02-01", "timestamp": "1770000000",
        "distribution": "3", "analysis": "2",
        "Tag": [{"name": "tlp:green"}, {"name": "campaign:x"}],
        "Attribute": [
            {"uuid": "5c1b2c3d-0000-4000-8000-000000000002", "type": "domain", "value": "evil.example", "to_ids": true,
             "timestamp": "1770000001", "comment": "c2", "distribution": "5"},
            {"type": "ip-src", "value": "2001:db8::1", "to_ids": false, "distribution": "5"},
            {"type": "filename|sha256", "value": format!("a.exe|{}", "a".repeat(64)), "to_ids": true, "distribution": "5"},
            {"type": "ip-dst|port", "value": "192.0.2.1|443", "to_ids": true, "distribution": "5"},
            {"type": "domain", "value": "gone.example", "to_ids": true, "deleted": true},
            {"type": "btc", "value": "1A", "to_ids": true, "distribution": "5"},
            {"type": "domain", "value": "group.example", "to_ids": true, "distribution": "4",
             "SharingGroup": {"uuid": "5c1b2c3d-0000-4000-8000-0000000000aa"}},
            {"type": "domain", "value": "own.example", "to_ids": true, "distribution": "0", "Tag": [{"name": "TLP:AMBER"}]}
        ],
        "Object": [{"name": "file", "distribution": "5", "Attribute": [
            {"type": "md5", "value": "a".repeat(32), "to_ids": true, "distribution": "5"}]}],
        "Galaxy": [{"type": "threat-actor", "GalaxyCluster": [
            {"uuid": "5c1b2c3d-0000-4000-8000-000000000003", "value": "Night Heron", "description": "A bird"}]}],
        "EventReport": [{"uuid": "5c1b2c3d-0000-4000-8000-000000000004", "name": "R", "content": "What happened", "distribution": "5"}],
        "ShadowAttribute": [{}], "RelatedEvent": [{}]
    }})
}

#[test]
fn an_event_becomes_objects_of_the_standard() {
    let reading = read(&event().to_string(), now());
    assert_eq!(reading.findings, []);
    let objects = objects(&reading);
    let of = |of_type: &str| objects.iter().filter(|object| object["type"] == of_type).count();
    assert_eq!(
        (of("indicator"), of("ipv6-addr"), of("threat-actor"), of("report"), of("note")),
        (6, 1, 1, 1, 1)
    );
    let first = objects
        .iter()
        .find(|object| object["id"] == "indicator--5c1b2c3d-0000-4000-8000-000000000002")
        .unwrap();
    assert_eq!(first["pattern"], "[domain-name:value = 'evil.example']");
    assert_eq!((&first["name"], &first["modified"]), (&json!("c2"), &json!("2026-02-02T02:40:01.000Z")));
    assert_eq!(
        first["object_marking_refs"],
        json!(["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"])
    );
    let told: Vec<_> = reading.lost.iter().map(|lost| lost.place.as_str()).collect();
    for place in [
        "/Event/Attribute/4",
        "/Event/Attribute/5",
        "/Event/Object/0",
        "/Event/ShadowAttribute/0",
        "/Event/RelatedEvent/0",
        "/Event/analysis",
    ] {
        assert!(told.contains(&place), "{place} is not told: {told:?}");
    }
    assert_eq!(read(&event().to_string(), now()), reading, "the same each time");
}

#[test]
fn an_unknown_sharing_group_or_own_organisation_only_withholds_until_somebody_says_who_it_is() {
    let objects = objects(&read(&event().to_string(), now()));
    let standard = |id: &str| releasability_ids().contains(&id);
    for (value, tlp) in [("group.example", 1), ("own.example", 2)] {
        let found = objects
            .iter()
            .find(|object| object["pattern"].as_str().is_some_and(|text| text.contains(value)))
            .unwrap();
        let markings: Vec<_> =
            found["object_marking_refs"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        assert_eq!(markings.iter().filter(|id| standard(id)).count(), tlp, "{value}");
        assert_eq!(markings.iter().filter(|id| !standard(id)).count(), 1, "{value}");
    }
    let mut bare = event();
    bare["Event"]["distribution"].take();
    let objects = read(&bare.to_string(), now()).objects;
    let all: Vec<Value> = objects.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    assert!(all.iter().all(|object| {
        object["object_marking_refs"].as_array().unwrap().iter().any(|id| !standard(id.as_str().unwrap()))
    }));
}

fn releasability_ids() -> [&'static str; 2] {
    [
        "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    ]
}

#[test]
fn lists_and_answers_of_searches_are_read_and_what_is_no_event_is_told() {
    let one = event();
    for text in [json!([one, one]), json!({"response": [one, one]})] {
        assert_eq!(read(&text.to_string(), now()).objects.len(), 20);
    }
    assert_eq!(read("{", now()).findings.len(), 1);
    assert_eq!(read("{\"a\":1}", now()).findings.len(), 1);
    assert_eq!(read("[1,{}]", now()).findings.len(), 2);
}

#[test]
fn an_indicator_comes_back_from_misp_as_it_went() {
    let mut objects = vec![
        indicator(1, "[domain-name:value = 'evil.example']"),
        indicator(2, "[file:name = 'a' AND file:size > 5]"),
        indicator(3, "[url:value = 'https://a.example/it\\'s']"),
    ];
    objects[0]["labels"] = json!(["one", "two"]);
    objects[0]["confidence"] = json!(80);
    objects[0]["valid_until"] = json!("2026-04-01T00:00:00.000Z");
    objects[0]["object_marking_refs"] = json!([
        "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        "marking-definition--00000000-0000-4000-8000-00000000abcd"
    ]);
    objects[1]["description"] = json!("lost");
    let (parts, account) = export(Format::Misp, &objects);
    assert_eq!(account.left_out[&Why::Property], 1, "the description is told");
    let event = parts.iter().find(|(part, _)| part.ends_with(".json") && *part != "manifest.json").unwrap().1;
    let reading = read(event, now());
    for mut object in objects {
        let text = reading.objects.iter().find(|text| text.contains(object["id"].as_str().unwrap())).unwrap();
        let mut back: Value = serde_json::from_str(text).unwrap();
        // What the traffic light of the whole event adds, and its distribution, which names nobody here.
        let added = back["object_marking_refs"].take();
        for id in object["object_marking_refs"].take().as_array().into_iter().flatten() {
            assert!(added.as_array().unwrap().contains(id));
        }
        back.as_object_mut().unwrap().remove("object_marking_refs");
        let own = object.as_object_mut().unwrap();
        own.remove("object_marking_refs");
        own.remove("description");
        own["valid_from"] = json!("2026-01-01T00:00:00.000Z");
        assert_eq!(back, object);
    }
    // And once more: nothing else is lost.
    let again: Vec<Value> = reading
        .objects
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).unwrap())
        .filter(|object| object["type"] == "indicator")
        .collect();
    let (parts, account) = export(Format::Misp, &again);
    assert_eq!(account.left_out.get(&Why::Property), None);
    let event = parts.iter().find(|(part, _)| part.ends_with(".json") && *part != "manifest.json").unwrap().1;
    let second: std::collections::BTreeSet<_> = read(event, now())
        .objects
        .into_iter()
        .filter(|text| text.starts_with("{\"type\":\"indicator\""))
        .collect();
    let first: std::collections::BTreeSet<_> =
        reading.objects.into_iter().filter(|text| text.starts_with("{\"type\":\"indicator\"")).collect();
    assert_eq!(second, first);
}

#[test]
fn the_feed_has_an_index_and_the_hashes_of_its_values() {
    let (parts, _) = export(Format::Misp, &[indicator(1, "[domain-name:value = 'evil.example']")]);
    let manifest: Value = serde_json::from_str(&parts["manifest.json"]).unwrap();
    let (event, about) = manifest.as_object().unwrap().iter().next().unwrap();
    assert!(parts.contains_key(&format!("{event}.json")));
    assert_eq!(about["Tag"][0]["name"], "tlp:amber");
    assert_eq!(parts["hashes.csv"], format!("96119eb3210daa472225fbad69fa9770,{event}\n"));
}
