//! Collections and who they are for: TAXII 2.1 sections 5.1 to 5.3.

use serde_json::json;
use server::admin::{Command, Reply};
use testkit::{
    http::Request,
    objects::{id, indicator, malware, version},
};

use crate::ground::{
    Ground, HID, RO, RS, RW, Read, UNKNOWN, WO, all, collection, four, manifest_of, object_of, objects_of,
    row, versions_of,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn collections_are_those_of_the_partner() {
    let ground = Ground::new().await;
    for (partner, expected) in [("p", vec![RW, RS, RO, WO]), ("q", vec![RW, RO, HID]), ("n", vec![])] {
        let body = ground.read_as(partner, "/api/collections/").await.json();
        let list = body["collections"].as_array().cloned().unwrap_or_default();
        let ids: Vec<_> = list.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{partner}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_collections_is_an_empty_object() {
    let ground = Ground::new().await;
    let response = ground.read_as("n", "/api/collections/").await;
    assert_eq!((response.status, response.json()), (200, json!({})));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_alone_is_as_in_the_list() {
    let ground = Ground::new().await;
    let list = ground.get("/api/collections/").await.json()["collections"].as_array().unwrap().clone();
    assert_eq!(list.len(), 4);
    for one in list {
        let alone = ground.get(&collection(one["id"].as_str().unwrap())).await;
        assert_eq!((alone.status, alone.json()), (200, one));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn can_read_and_can_write_are_those_of_the_partner() {
    let ground = Ground::new().await;
    for (id, read, write) in [(RW, true, true), (RS, true, true), (RO, true, false), (WO, false, true)] {
        let body = ground.get(&collection(id)).await.json();
        assert_eq!((&body["can_read"], &body["can_write"]), (&json!(read), &json!(write)), "{id}");
    }
    let theirs = ground.read_as("q", &collection(RO)).await.json();
    assert_eq!(theirs["can_write"], json!(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn collections_keep_their_order() {
    let mut ground = Ground::new().await;
    let first = ground.get("/api/collections/").await.body;
    for _ in 0..10 {
        assert_eq!(ground.get("/api/collections/").await.body, first);
    }
    ground = ground.restart().await;
    assert_eq!(ground.get("/api/collections/").await.body, first);
    let mut world = ground.exchange.world().unwrap();
    let mut another = world.collections[0].clone();
    another.id = uuid::Uuid::new_v4();
    another.alias = "another".to_owned();
    world.collections.push(another);
    ground.admin(Command::Apply { world: Box::new(world), dry_run: false }).await;
    assert_eq!(ground.get("/api/collections/").await.body, first);
}

/// All requests there are about a collection of this name.
fn requests(name: &str) -> Vec<Request> {
    let mut requests = vec![Request::new("GET", &collection(name))];
    let object = id("indicator", 1);
    requests.extend(four(name, &object).iter().map(|target| Request::new("GET", target)));
    requests
        .extend(four(name, &object).iter().map(|target| Request::new("GET", &format!("{target}?limit=0"))));
    let post = Request::new("POST", &objects_of(name));
    requests.push(post.clone().body(testkit::objects::envelope(&[indicator(5)])));
    requests.push(post.clone().body("no envelope"));
    requests.push(post.clone().body("{}").set("content-type", "text/plain"));
    requests.push(post.set("content-length", "999999999999"));
    requests.push(Request::new("DELETE", &object_of(name, &object)));
    requests.push(Request::new("DELETE", &format!("{}?match[version]=x", object_of(name, &object))));
    requests
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_collection_is_404() {
    let ground = Ground::new().await;
    let first = ground.get(&collection(UNKNOWN)).await;
    for name in [UNKNOWN, "not-a-uuid", "%00", "rw%2F", "RW", "..%2Frw"] {
        for request in requests(name) {
            let what = format!("{} {}", request.method, request.target);
            let response = ground.ask(request).await;
            assert_eq!((response.status, &response.body), (404, &first.body), "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_collection_looks_unknown() {
    let ground = Ground::new().await;
    ground.add_as("q", HID, &[indicator(1)]).await;
    for (hidden, unknown) in [(HID, UNKNOWN), ("hid", "xyz")] {
        for (one, other) in requests(hidden).into_iter().zip(requests(unknown)) {
            let what = format!("{} {}", one.method, one.target);
            let (one, other) = (ground.ask(one).await, ground.ask(other).await);
            let rest = |response: testkit::http::Response| {
                let dated = response.headers.into_iter().filter(|(name, _)| name != "date");
                (response.status, dated.collect::<Vec<_>>(), response.body)
            };
            assert_eq!(rest(one), rest(other), "{what}");
        }
    }
    // An agreement that allows nothing is none, and so is one that is over.
    for change in ["may", "until"] {
        let mut world = ground.exchange.world().unwrap();
        let agreement =
            world.agreements.iter_mut().find(|a| a.partner == "p" && a.collection == "rs").unwrap();
        match change {
            "may" => agreement.may.clear(),
            _ => agreement.valid.until = Some(ground.now()),
        }
        ground.admin(Command::Apply { world: Box::new(world), dry_run: false }).await;
        assert_eq!(ground.get(&collection(RS)).await.body, ground.get(&collection(UNKNOWN)).await.body);
        assert!(!ground.get("/api/collections/").await.text().contains(RS));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_occurs_once_in_an_api_root() {
    let ground = Ground::new().await;
    for alias in ["rw", "hid", RW] {
        let mut world = ground.exchange.world().unwrap();
        let mut another = world.collections[0].clone();
        another.id = uuid::Uuid::new_v4();
        another.alias = alias.to_owned();
        world.collections.push(another);
        let reply = ground.admin(Command::Apply { world: Box::new(world), dry_run: false }).await;
        assert!(matches!(reply, Reply::Refused { .. }), "{alias}: {reply:?}");
    }
    assert_eq!(ground.exchange.world().unwrap().collections.len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_answers_at_its_alias() {
    let ground = Ground::new().await;
    let object = id("indicator", 1);
    ground.add(RW, &[indicator(1), version(indicator(1), 3)]).await;
    let body = ground.get(&collection("rw")).await.json();
    assert_eq!((&body["id"], &body["alias"]), (&json!(RW), &json!("rw")));
    for (one, other) in four("rw", &object).iter().zip(&four(RW, &object)) {
        assert_eq!(ground.get(one).await.body, ground.get(other).await.body);
    }
    ground.add("rw", &[malware(1)]).await;
    assert_eq!(ground.get(&object_of(RW, &id("malware", 1))).await.status, 200);
    assert_eq!(ground.delete(&object_of("rw", &id("malware", 1))).await.status, 200);
    assert_eq!(ground.get(&object_of(RW, &id("malware", 1))).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_holds_stix_2_1_and_says_so() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1), testkit::objects::address(1)]).await;
    let types = ground.get(&collection(RW)).await.json()["media_types"].as_array().unwrap().clone();
    assert!(types.contains(&json!("application/stix+json;version=2.1")), "{types:?}");
    // Everything it can store is named: objects of STIX 2.0 are taken too.
    let old = json!({
        "type": "tool", "id": id("tool", 1), "created": "2017-01-01T00:00:00.000Z",
        "modified": "2017-01-01T00:00:00.000Z", "name": "old", "labels": ["remote-access"]
    });
    ground.add(RW, &[old]).await;
    for record in ground.get(&manifest_of(RW)).await.json()["objects"].as_array().unwrap() {
        assert!(types.contains(&record["media_type"]), "{record} is none of {types:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_manifest_is_an_empty_object() {
    let ground = Ground::new().await;
    let empty = ground.get(&manifest_of(RW)).await;
    assert_eq!((empty.status, empty.json()), (200, json!({})));
    ground.add(RW, &[indicator(1)]).await;
    let empty = ground.get(&format!("{}?match[type]=tool", manifest_of(RW))).await;
    assert_eq!((empty.status, empty.json()), (200, json!({})));
    assert!(crate::resources::is_timestamp(&empty.dates().0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_date_added_never_changes() {
    let mut ground = Ground::new().await;
    ground.add(RW, &[indicator(1), indicator(2), malware(3)]).await;
    let record = async |ground: &Ground| {
        ground.get(&format!("{}?match[version]=first", manifest_of(RW))).await.json()["objects"][0].clone()
    };
    let before = record(&ground).await;
    ground.pass(10);
    ground.add(RW, &[indicator(1)]).await;
    assert_eq!(record(&ground).await, before);
    ground.add(RW, &[version(indicator(1), 5)]).await;
    assert_eq!(record(&ground).await, before);
    ground.delete(&object_of(RW, &id("indicator", 2))).await;
    assert_eq!(record(&ground).await, before);
    ground = ground.restart().await;
    assert_eq!(record(&ground).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_a_write_only_collection_is_403() {
    let ground = Ground::new().await;
    ground.add(WO, &[indicator(1)]).await;
    let first = ground.get(&objects_of(WO)).await;
    for object in [id("indicator", 1), id("indicator", 2), "nonsense".to_owned()] {
        for target in four(WO, &object) {
            for query in ["", "?limit=0"] {
                let response = ground.get(&format!("{target}{query}")).await;
                assert_eq!((response.status, &response.body), (403, &first.body), "{target}{query}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writing_to_a_read_only_collection_is_403() {
    let ground = Ground::new().await;
    let post = || Request::new("POST", &objects_of(RO));
    for request in [
        post().body(testkit::objects::envelope(&[indicator(1)])),
        post().body("no envelope"),
        post().body("{}").set("content-type", "text/plain"),
        post().set("content-length", "999999999999"),
    ] {
        assert_eq!(ground.ask(request).await.status, 403);
    }
    assert!(ground.read_as("q", &objects_of(RO)).await.ids().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_through_the_table_as_another_partner_shows_nothing() {
    let ground = Ground::new().await;
    let status = ground.add_as("q", HID, &[indicator(1)]).await;
    for entry in all(HID, &id("indicator", 1), status["id"].as_str().unwrap()) {
        let response = ground.ask(row(&entry)).await;
        assert!(!response.text().contains(HID) && !response.text().contains("Hidden harbour"), "{entry:?}");
    }
    assert_eq!(ground.read_as("q", &versions_of(HID, &id("indicator", 1))).await.versions().len(), 1);
}
