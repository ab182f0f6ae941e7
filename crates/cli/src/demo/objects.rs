//! What do the demo's organisations share? Some hundreds of linked objects under every kind of marking, the same each time.

use std::fmt::Write;

use serde_json::{Map, Value, json};

/// The object that the demo shows through the eyes of each partner.
pub(crate) const SHOWN: &str = "indicator--c0000001-0000-4000-8000-000000000001";

/// The STIX identities of the six organisations: name, nation.
const ORGANISATIONS: [(&str, &str); 6] = [
    ("Lantern Coast Watch", "Netherlands"),
    ("Fjord CERT", "Norway"),
    ("Hinode CERT", "Japan"),
    ("Harbour Systems (vendor)", "no nation"),
    ("Bursztyn Naval Intelligence", "Poland"),
    ("Southern Cross ISAC", "Australia"),
];

const CLEAR: &str = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";
const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const AMBER: &str = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";
const STRICT: &str = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";
const OLD_WHITE: &str = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9";
const OLD_GREEN: &str = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";

/// One envelope: who brings it (none for the node's own organisation), into which collection, which objects.
pub(crate) struct Parcel {
    pub(crate) from: Option<&'static str>,
    pub(crate) collection: &'static str,
    pub(crate) objects: Vec<Value>,
}

impl Parcel {
    /// The envelope as text.
    pub(crate) fn envelope(&self) -> String {
        json!({ "objects": self.objects }).to_string()
    }
}

/// Everything that the demo world holds, in the order in which it arrives.
pub(crate) fn parcels() -> Vec<Parcel> {
    let own = |collection, objects| Parcel { from: None, collection, objects };
    let mut coalition = markings();
    coalition.extend((1..=6).map(identity));
    coalition.push(shown());
    coalition.extend(story());
    coalition.extend(marked_indicators());
    vec![
        own("coalition", coalition),
        own("maritime", maritime()),
        own("eastern-flank", notes("eastern-flank", 12)),
        Parcel { from: Some("jpn-cert"), collection: "coalition", objects: from_japan() },
        Parcel { from: Some("nor-cert"), collection: "coalition", objects: from_norway() },
        Parcel { from: Some("vendor"), collection: "dropbox", objects: notes("dropbox", 5) },
        Parcel { from: Some("nor-cert"), collection: "scratch", objects: notes("scratch", 20) },
    ]
}

fn organisation(number: usize) -> String {
    format!("identity--a0000001-0000-4000-8000-{number:012}")
}

fn id(kind: &str, family: u8, number: usize) -> String {
    format!("{kind}--c{family:07}-0000-4000-8000-{number:012}")
}

fn marking(number: usize) -> String {
    format!("marking-definition--b0000001-0000-4000-8000-{number:012}")
}

fn moment(number: usize) -> String {
    format!(
        "2026-0{}-{:02}T{:02}:{:02}:00.000Z",
        1 + number % 6,
        1 + number % 28,
        number % 24,
        number * 7 % 60
    )
}

/// An object with the common properties, and others.
fn object(kind: &str, id: &str, number: usize, rest: Value) -> Value {
    let date = moment(number);
    let mut object = Map::from_iter([
        ("type".to_owned(), json!(kind)),
        ("spec_version".to_owned(), json!("2.1")),
        ("id".to_owned(), json!(id)),
        ("created_by_ref".to_owned(), json!(organisation(1))),
        ("created".to_owned(), json!(date)),
        ("modified".to_owned(), json!(date)),
    ]);
    if let Value::Object(rest) = rest {
        object.extend(rest);
    }
    Value::Object(object)
}

fn marked(mut object: Value, markings: &[&str]) -> Value {
    if let Value::Object(map) = &mut object {
        map.insert("object_marking_refs".to_owned(), json!(markings));
    }
    object
}

fn identity(number: usize) -> Value {
    let (name, nation) = ORGANISATIONS.get(number - 1).copied().unwrap_or(("", ""));
    let description = format!("A made-up organisation of the demo; nation: {nation}");
    let rest = json!({ "name": name, "identity_class": "organization", "description": description });
    marked(object("identity", &organisation(number), number, rest), &[CLEAR])
}

/// One marking-definition for each thing that our extension can say, and a statement.
fn markings() -> Vec<Value> {
    let extension = releasability::marking::RELEASABILITY_EXTENSION;
    let ours = |number: usize, name: &str, mut content: Value| {
        if let Value::Object(map) = &mut content {
            map.insert("extension_type".to_owned(), json!("property-extension"));
        }
        json!({
            "type": "marking-definition", "spec_version": "2.1", "id": marking(number), "name": name,
            "created": "2026-01-01T00:00:00.000Z", "created_by_ref": organisation(1),
            "extensions": { extension: content }
        })
    };
    vec![
        ours(1, "REL NATO", json!({ "releasable_to": ["NATO"] })),
        ours(2, "REL NATO JPN", json!({ "releasable_to": ["NATO", "JPN"] })),
        ours(3, "REL IP4", json!({ "releasable_to": ["IP4"] })),
        ours(
            4,
            "REL NATO IP4 ORCON",
            json!({ "releasable_to": ["NATO", "IP4"], "originator_control": true }),
        ),
        ours(
            5,
            "NATO SECRET",
            json!({ "classification": [{ "policy": "NATO", "level": "SECRET" }], "releasable_to": ["NATO"] }),
        ),
        ours(
            6,
            "REL NATO JPN, NOT NOR",
            json!({ "releasable_to": ["NATO", "JPN"], "not_releasable_to": ["NOR"] }),
        ),
        ours(7, "RED, Hinode CERT only", json!({ "tlp": "RED", "releasable_to": [organisation(3)] })),
        ours(8, "until 2030", json!({ "valid_until": "2030-01-01T00:00:00Z" })),
        ours(9, "until 2025", json!({ "valid_until": "2025-01-01T00:00:00Z" })),
        json!({
            "type": "marking-definition", "spec_version": "2.1", "id": marking(10),
            "created": "2026-01-01T00:00:00.000Z", "created_by_ref": organisation(1),
            "definition_type": "statement", "definition": { "statement": "Made up for the demo of Cresset" }
        }),
    ]
}

/// REL NATO and JPN as a whole, but for two properties that stay inside NATO.
fn shown() -> Value {
    let rest = json!({
        "name": "Loader of the Night Heron campaign",
        "description": "Seen by a NATO sensor in the port of Harlingen; the sensor's place is why this stays inside.",
        "indicator_types": ["malicious-activity"],
        "pattern": "[domain-name:value = 'pilot-schedule.example' OR ipv4-addr:value = '203.0.113.7']",
        "pattern_type": "stix",
        "valid_from": "2026-03-01T00:00:00Z",
        "labels": ["night-heron", "harlingen", "loader"],
        "granular_markings": [
            { "marking_ref": marking(1), "selectors": ["description", "labels.[1]"] }
        ]
    });
    marked(object("indicator", SHOWN, 1, rest), &[AMBER, &marking(2)])
}

/// Every kind of marking there is, over and over.
fn nth_marking(number: usize) -> Vec<String> {
    let set: &[&str] = match number % 14 {
        0 | 1 => &[GREEN],
        2 => &[CLEAR],
        3 => &[AMBER],
        4 => &[OLD_GREEN],
        5 => &[OLD_WHITE],
        6 => &[STRICT],
        _ => &[],
    };
    let own: &[usize] = match number % 14 {
        3 | 8 => &[2],
        6 => &[4],
        7 => &[1],
        9 => &[3, 8],
        10 => &[5],
        11 => &[6],
        12 => &[7],
        13 => &[2, 9],
        1 => &[10],
        // Nobody ever sends this marking, so what carries it stays with its originator.
        5 if number.is_multiple_of(3) => &[99],
        _ => &[],
    };
    set.iter().map(|id| (*id).to_owned()).chain(own.iter().map(|number| marking(*number))).collect()
}

fn cycled(object: Value, number: usize) -> Value {
    let markings = nth_marking(number);
    marked(object, &markings.iter().map(String::as_str).collect::<Vec<_>>())
}

fn relationship(number: usize, kind: &str, source: &str, target: &str) -> Value {
    let rest = json!({ "relationship_type": kind, "source_ref": source, "target_ref": target });
    object("relationship", &id("relationship", 9, number), number, rest)
}

/// Actors, their campaigns and malware, whom they target and what was written about them: linked, under many markings.
fn story() -> Vec<Value> {
    let names = ["Night Heron", "Salt Fox", "Iron Tern", "Pale Gannet", "Reed Warden", "Slack Tide"];
    let places = [
        ("NO", "Bergen"),
        ("JP", "Yokohama"),
        ("NL", "Harlingen"),
        ("PL", "Gdynia"),
        ("AU", "Darwin"),
        ("KR", "Busan"),
    ];
    let mut objects = Vec::new();
    for (index, (name, (country, city))) in names.iter().zip(places).enumerate() {
        let n = index + 1;
        let [actor, campaign, malware, tool, place, hole] =
            ["intrusion-set", "campaign", "malware", "tool", "location", "vulnerability"]
                .map(|kind| id(kind, 2, n));
        let aliases = json!([format!("{name} Group"), format!("TA-{n:03}")]);
        let seen = moment(index);
        objects.extend([
            cycled(object("intrusion-set", &actor, n, json!({ "name": name, "aliases": aliases, "resource_level": "government" })), n),
            cycled(object("campaign", &campaign, n, json!({ "name": format!("{name}, spring 2026"), "first_seen": seen })), n + 1),
            cycled(object("malware", &malware, n, json!({ "name": format!("{name} loader"), "is_family": true, "malware_types": ["trojan"] })), n + 2),
            cycled(object("tool", &tool, n, json!({ "name": format!("tunnel-{n}"), "tool_types": ["remote-access"] })), n + 3),
            marked(object("location", &place, n, json!({ "country": country, "city": city })), &[CLEAR]),
            cycled(object("vulnerability", &hole, n, json!({ "name": format!("port-gateway flaw {n}") })), n + 5),
        ]);
        let links = [
            ("attributed-to", &campaign, &actor),
            ("uses", &campaign, &malware),
            ("uses", &actor, &tool),
            ("targets", &campaign, &place),
            ("exploits", &malware, &hole),
        ];
        for (offset, (kind, source, target)) in links.into_iter().enumerate() {
            objects.push(cycled(relationship(n * 10 + offset, kind, source, target), n * 3 + offset));
        }
        let refs = json!([actor, campaign, malware, SHOWN]);
        let report = json!({ "name": format!("{name}: what we know"), "report_types": ["threat-actor"], "published": seen, "object_refs": refs });
        objects.push(marked(object("report", &id("report", 2, n), n, report), &[AMBER, &marking(2)]));
        let opinion =
            json!({ "opinion": "agree", "explanation": "Matches our own cases", "object_refs": [campaign] });
        objects.push(cycled(object("opinion", &id("opinion", 2, n), n, opinion), n + 4));
    }
    objects
}

/// Indicators under every marking in turn, each pointing at a malware, a third of them with a part marked apart.
fn marked_indicators() -> Vec<Value> {
    let mut objects = Vec::new();
    for n in 1..=120 {
        let own = id("indicator", 3, n);
        let mut rest = json!({
            "name": format!("Night watch {n}"),
            "description": format!("Address and host {n} of the demo, in documentation ranges"),
            "indicator_types": ["malicious-activity"],
            "pattern": format!("[ipv4-addr:value = '198.51.100.{n}' OR domain-name:value = 'host-{n}.example']"),
            "pattern_type": "stix",
            "valid_from": moment(n),
            "confidence": n % 100
        });
        if n % 3 == 0 {
            let apart = json!([{ "marking_ref": marking(1 + n % 4), "selectors": ["description"] }]);
            if let Value::Object(map) = &mut rest {
                map.insert("granular_markings".to_owned(), apart);
            }
        }
        objects.push(cycled(object("indicator", &own, n, rest), n));
        objects.push(cycled(relationship(100 + n, "indicates", &own, &id("malware", 2, 1 + n % 6)), n / 2));
    }
    objects
}

/// Vessels, a port and a cable, with sightings of the shown indicator.
fn maritime() -> Vec<Value> {
    let mut objects = Vec::new();
    for n in 1..=30 {
        let rest = json!({ "name": format!("MV Example {n}"), "identity_class": "system", "description": format!("MMSI 2440{n:05}") });
        objects.push(cycled(object("identity", &id("identity", 4, n), n, rest), n));
    }
    for n in 1..=10 {
        let rest = json!({
            "sighting_of_ref": SHOWN, "count": n, "first_seen": moment(n), "last_seen": moment(n),
            "where_sighted_refs": [id("location", 2, 1 + n % 6)]
        });
        objects.push(cycled(object("sighting", &id("sighting", 4, n), n, rest), n));
    }
    objects
}

/// What a partner brings: AMBER without naming anyone goes no further, AMBER that names NATO and IP4 does.
fn from_japan() -> Vec<Value> {
    let mut objects = Vec::new();
    for n in 1..=24 {
        let rest = json!({
            "name": format!("Hinode finding {n}"), "pattern_type": "stix", "valid_from": moment(n),
            "pattern": format!("[url:value = 'https://hinode-{n}.example/a']"), "indicator_types": ["anomalous-activity"]
        });
        let object = with_creator(object("indicator", &id("indicator", 5, n), n, rest), 3);
        objects.push(match n % 3 {
            0 => marked(object, &[AMBER]),
            1 => marked(object, &[GREEN]),
            _ => marked(object, &[AMBER, &marking(4)]),
        });
    }
    objects
}

fn with_creator(mut object: Value, number: usize) -> Value {
    if let Value::Object(map) = &mut object {
        map.insert("created_by_ref".to_owned(), json!(organisation(number)));
    }
    object
}

/// Observed data with the addresses and hosts in it, two versions of one object, and an observable without dates.
fn from_norway() -> Vec<Value> {
    let mut objects = Vec::new();
    for n in 1..=12 {
        let address = json!({ "type": "ipv4-addr", "spec_version": "2.1", "id": id("ipv4-addr", 6, n), "value": format!("192.0.2.{n}") });
        let rest = json!({
            "first_observed": moment(n), "last_observed": moment(n), "number_observed": n,
            "object_refs": [id("ipv4-addr", 6, n)]
        });
        objects.push(marked(address, &[GREEN]));
        objects.push(marked(
            with_creator(object("observed-data", &id("observed-data", 6, n), n, rest), 2),
            &[GREEN],
        ));
    }
    for (n, name) in [(1, "Fjord tool"), (2, "Fjord tool, renamed")] {
        let mut tool = with_creator(object("tool", &id("tool", 6, 1), 1, json!({ "name": name })), 2);
        if let Value::Object(map) = &mut tool {
            map.insert("modified".to_owned(), json!(format!("2026-07-0{n}T00:00:00.000Z")));
        }
        objects.push(marked(tool, &[GREEN]));
    }
    objects
}

fn notes(about: &str, count: usize) -> Vec<Value> {
    let family = match about {
        "eastern-flank" => 7,
        "dropbox" => 8,
        _ => 1,
    };
    let note = |n| {
        let mut content = String::new();
        let _ = write!(content, "Note {n} in {about}");
        object("note", &id("note", family, n), n, json!({ "content": content, "object_refs": [SHOWN] }))
    };
    (1..=count).map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_of_the_demo_is_without_fault() {
        let now = stix::Timestamp::parse("2026-12-01T00:00:00Z").unwrap();
        let mut count = 0;
        for object in parcels().iter().flat_map(|parcel| &parcel.objects) {
            let (_, findings) =
                stix::validate::check(object.to_string().as_bytes(), &stix::Limits::DEFAULT, now);
            let errors: Vec<_> = findings.iter().filter(|f| f.severity == stix::Severity::Error).collect();
            assert!(errors.is_empty(), "{} {errors:?}", object["id"]);
            count += 1;
        }
        assert!(count > 300, "{count}");
    }
}
