//! Is every limit that a client can meet met exactly at its edge?

use exchange::ExchangeLimits;
use serde_json::{Value, json};
use server::ServerLimits;
use std::sync::Arc;
use store::{StoreLimits, memory::Memory};
use testkit::{
    http::Request,
    objects::{AMBER, id, indicator, malware, marked, report, version, with},
};

use crate::ground::{Ground, RW, Read, Setup, object_of, objects_of};

/// An indicator whose text has exactly so many bytes.
fn sized(number: u32, bytes: usize) -> Value {
    let bare = with(indicator(number), "x_filler", json!("")).to_string().len();
    let sized = with(indicator(number), "x_filler", json!("f".repeat(bytes - bare)));
    assert_eq!(sized.to_string().len(), bytes);
    sized
}

async fn with_limits(object: stix::Limits, envelope_objects_max: usize) -> Ground {
    let exchange = ExchangeLimits { object, envelope_objects_max, ..ExchangeLimits::default() };
    Ground::with(Setup { exchange, ..Setup::default() }).await
}

/// The first is taken, the second refused with its limit.
async fn edge(ground: &Ground, taken: Value, refused: Value) {
    let status = ground.post(RW, &[taken, refused, malware(1)]).await.json();
    assert_eq!((&status["success_count"], &status["failure_count"]), (&json!(2), &json!(1)), "{status}");
    let message = status["failures"][0]["message"].as_str().unwrap();
    assert!(message.contains("limit-exceeded"), "{message}");
    let page = ground.get(&format!("{}?match[type]=indicator,report", objects_of(RW))).await;
    assert_eq!(page.ids().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_length_of_an_object_is_bounded() {
    let limits = stix::Limits { object_bytes_max: 2000, ..stix::Limits::DEFAULT };
    edge(&with_limits(limits, 10).await, sized(1, 2000), sized(2, 2001)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_length_of_a_string_is_bounded() {
    let limits = stix::Limits { string_bytes_max: 500, ..stix::Limits::DEFAULT };
    let long = |number, bytes: usize| with(indicator(number), "x_text", json!("t".repeat(bytes)));
    edge(&with_limits(limits, 10).await, long(1, 500), long(2, 501)).await;
    // A key is a string too.
    let key =
        |number, bytes: usize| with(indicator(number), &format!("x{}", "k".repeat(bytes - 1)), json!(1));
    let ground = with_limits(limits, 10).await;
    let status = ground.post(RW, &[key(2, 501)]).await.json();
    assert_eq!(status["failure_count"], 1, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_deep_values_nest_is_bounded() {
    let limits = stix::Limits { depth_max: 5, ..stix::Limits::DEFAULT };
    let deep = |number, depth: usize| {
        with(indicator(number), "x_deep", (0..depth).fold(json!(1), |inner, _| json!({ "a": inner })))
    };
    edge(&with_limits(limits, 10).await, deep(1, 4), deep(2, 5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_many_values_an_object_holds_is_bounded() {
    // Asked of the node itself: so many are taken, one more is not.
    let limits = stix::Limits { values_max: 300, ..stix::Limits::DEFAULT };
    let many = |number, count: usize| with(indicator(number), "x_many", json!(vec![1; count]));
    let ground = with_limits(limits, 10).await;
    let mut taken = 0;
    for count in (200..=300).rev() {
        let status = ground.post(RW, &[many(1, count)]).await.json();
        if status["success_count"] == 1 {
            taken = count;
            break;
        }
    }
    // The other values and keys of the object count too.
    assert!((260..300).contains(&taken), "{taken}");
    let ground = with_limits(limits, 10).await;
    edge(&ground, many(1, taken), many(2, taken + 1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_many_references_an_object_holds_is_bounded() {
    let limits = stix::Limits { references_max: 20, ..stix::Limits::DEFAULT };
    let ids = |count: u32| (0..count).map(|number| id("tool", number)).collect::<Vec<_>>();
    edge(&with_limits(limits, 10).await, report(1, &ids(20)), report(2, &ids(21))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_long_an_id_is_is_bounded() {
    let uuid = "00000001-0000-4000-8000-000000000001";
    let longest = stix::Limits::DEFAULT.id_bytes_max;
    let named = |bytes: usize| {
        let kind = format!("x-{}", "k".repeat(bytes - uuid.len() - 4));
        json!({ "type": kind, "spec_version": "2.1", "id": format!("{kind}--{uuid}"), "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z" })
    };
    let ground = Ground::new().await;
    let status = ground.post(RW, &[named(longest + 1), named(100_000)]).await.json();
    assert_eq!(status["failure_count"], 2, "{status}");
    assert!(status.to_string().len() < 20_000, "an id that is too long is repeated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_many_findings_are_told_is_bounded() {
    let limits = stix::Limits { findings_max: 5, ..stix::Limits::DEFAULT };
    let ground = with_limits(limits, 10).await;
    let bad = with(indicator(1), "labels", json!(vec![1; 1000]));
    let status = ground.post(RW, &[bad]).await.json();
    let message = status["failures"][0]["message"].as_str().unwrap();
    assert!(message.matches("error[").count() <= 6, "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_many_objects_an_envelope_has_is_bounded() {
    let ground = with_limits(stix::Limits::DEFAULT, 3).await;
    let objects: Vec<_> = (1..=4).map(indicator).collect();
    assert_eq!(ground.post(RW, &objects[..3]).await.status, 202);
    assert_eq!(ground.post(RW, &objects).await.status, 422);
    assert_eq!(ground.get(&objects_of(RW)).await.ids().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_many_versions_of_an_id_are_kept_is_bounded_for_each_origin() {
    let store = Arc::new(Memory::new(StoreLimits { claims_per_id_max: 3, ..StoreLimits::default() }));
    let ground = Ground::with(Setup { store, ..Setup::default() }).await;
    // What Q keeps to itself takes no room from P, nor does P learn of it.
    for number in 0..3 {
        ground.add_as("q", RW, &[marked(version(indicator(1), number), &[AMBER])]).await;
    }
    for number in 0..3 {
        ground.add(RW, &[version(indicator(1), 10 + number)]).await;
    }
    let full = ground.post(RW, &[version(indicator(1), 20), indicator(2)]).await.json();
    assert_eq!((&full["success_count"], &full["failure_count"]), (&json!(1), &json!(1)), "{full}");
    assert!(full["failures"][0]["message"].as_str().unwrap().contains("too-many-versions"), "{full}");
    assert_eq!(
        ground.delete(&format!("{}?match[version]=first", object_of(RW, &id("indicator", 1)))).await.status,
        200
    );
    ground.add(RW, &[version(indicator(1), 20)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_long_a_page_is_is_bounded() {
    // The object that crosses the bound is still given, so that every page has one.
    let limits = ServerLimits { page_bytes_max: 3000, ..ServerLimits::default() };
    let ground = Ground::limited(limits).await;
    let objects: Vec<_> =
        (1..=4).map(|number| sized(number, 1500)).chain([sized(5, 10_000), sized(6, 1501)]).collect();
    ground.add(RW, &objects).await;
    let (mut pages, mut query) = (Vec::new(), String::new());
    loop {
        let page = ground.get(&format!("{}?{query}", objects_of(RW))).await;
        pages.push(page.ids().len());
        assert_eq!(page.more(), page.next().is_some());
        let Some(next) = page.next() else { break };
        query = format!("next={next}");
    }
    assert_eq!(pages, [2, 2, 1, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_takes_no_more_room_than_there_is() {
    // Two bodies that fill all the room there is wait for each other, and are both taken.
    let limits = ServerLimits {
        body_bytes_max: 64 << 10,
        bodies_bytes_max: 64 << 10,
        body_seconds_max: 5,
        ..ServerLimits::default()
    };
    let ground = Arc::new(Ground::limited(limits).await);
    let post = |ground: Arc<Ground>| async move {
        ground
            .ask(Request::new("POST", &objects_of(RW)).body(crate::information::envelope_of(64 << 10)))
            .await
            .status
    };
    let all = [0; 6].map(|_| tokio::spawn(post(Arc::clone(&ground))));
    for one in all {
        assert_eq!(one.await.unwrap(), 202);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_as_many_objects_as_the_node_gives() {
    let limits = ServerLimits { page_objects_max: 3, page_objects_default: 2, ..ServerLimits::default() };
    let ground = Ground::limited(limits).await;
    ground.add(RW, &(1..=4).map(indicator).collect::<Vec<_>>()).await;
    for (limit, expected) in [("", 2), ("limit=2", 2), ("limit=3", 3), ("limit=4", 3)] {
        assert_eq!(ground.get(&format!("{}?{limit}", objects_of(RW))).await.ids().len(), expected, "{limit}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verified_credentials_are_remembered_within_bounds() {
    // More callers than are remembered are served all the same.
    let limits = ServerLimits { credentials_max: 2, password_checks_max: 1, ..ServerLimits::default() };
    let ground = Ground::limited(limits).await;
    for _ in 0..3 {
        for partner in ["p", "q", "n"] {
            assert_eq!(ground.read_as(partner, "/api/").await.status, 200);
        }
    }
}
