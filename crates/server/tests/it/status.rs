//! Status: TAXII 2.1 section 4.3.

use std::{path::Path, sync::Arc};

use serde_json::{Value, json};
use store::embedded::{Embedded, Options};
use testkit::{
    http::Response,
    objects::{address, id, indicator, malware, moment, version, with},
};

use crate::ground::{Ground, RW, Setup, TAXII};

fn status_of(status: &Value) -> String {
    format!("/api/status/{}/", status["id"].as_str().unwrap())
}

fn open(path: &Path) -> Arc<Embedded> {
    Arc::new(Embedded::open(path, &Options::default()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn adding_answers_202_with_a_status() {
    let ground = Ground::new().await;
    ground.pass(5);
    let response = ground.post(RW, &[indicator(1)]).await;
    assert_eq!((response.status, response.header("content-type")), (202, Some(TAXII)));
    let status = response.json();
    assert_eq!(status["status"], "complete");
    assert_eq!(status["request_timestamp"], "2026-01-01T00:00:05.000000Z");
    assert_eq!(status["total_count"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_can_be_asked_for_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut ground = Ground::with(Setup { store: open(dir.path()), ..Setup::default() }).await;
    let mut bad = indicator(2);
    bad["pattern"] = json!(1);
    let objects = [indicator(1), bad, address(3), json!(7), indicator(1)];
    let status = ground.post(RW, &objects).await.json();
    let other = with(indicator(1), "name", json!("other"));
    let conflict = ground.post(RW, &[other]).await.json();
    for _ in 0..2 {
        for one in [&status, &conflict] {
            let again = ground.get(&status_of(one)).await;
            assert_eq!((again.status, &again.json()), (200, one));
        }
        ground = ground.restart().await;
    }
    // After the end of the process too.
    let micros = Arc::clone(&ground.micros);
    ground.stop().await.close().await.unwrap();
    let later = Ground::with(Setup { store: open(dir.path()), ..Setup::default() }).await;
    assert_eq!(later.get(&status_of(&status)).await.json(), status);
    assert!(micros.load(std::sync::atomic::Ordering::SeqCst) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_is_kept_for_24_hours() {
    let ground = Ground::new().await;
    let status = ground.add(RW, &[indicator(1)]).await;
    ground.pass(24 * 3600);
    ground.add(RW, &[indicator(2)]).await;
    assert_eq!(ground.get(&status_of(&status)).await.json(), status);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_no_longer_kept_is_404() {
    let ground = Ground::new().await;
    let status = ground.add(RW, &[indicator(1)]).await;
    let kept = exchange::ExchangeLimits::default().receipt_seconds;
    ground.pass(kept - 1);
    assert_eq!(ground.get(&status_of(&status)).await.status, 200);
    ground.pass(1);
    let gone = ground.get(&status_of(&status)).await;
    assert_eq!(gone.status, 404);
    for other in ["00000000-0000-4000-8000-000000000000", "not-a-uuid", "%ff", "1"] {
        let response = ground.get(&format!("/api/status/{other}/")).await;
        assert_eq!((response.status, &response.body), (404, &gone.body), "{other}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_of_another_partner_is_404() {
    let ground = Ground::new().await;
    let theirs = ground.add_as("q", RW, &[indicator(1)]).await;
    let rest = |response: Response| {
        let dated = response.headers.into_iter().filter(|(name, _)| name != "date");
        (response.status, dated.collect::<Vec<_>>(), response.body)
    };
    let response = ground.get(&status_of(&theirs)).await;
    let random = ground.get("/api/status/00000000-0000-4000-8000-000000000000/").await;
    assert_eq!(response.status, 404);
    assert_eq!(rest(response), rest(random));
    assert_eq!(ground.read_as("q", &status_of(&theirs)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_is_complete_or_pending() {
    let ground = Ground::new().await;
    let status = ground.post(RW, &[indicator(1), json!(1)]).await.json();
    assert_eq!((&status["status"], &status["pending_count"]), (&json!("complete"), &json!(0)));
    // Once complete, it is unchanged for ever.
    ground.add(RW, &[version(indicator(1), 5)]).await;
    ground.delete(&crate::ground::object_of(RW, &id("indicator", 1))).await;
    assert_eq!(ground.get(&status_of(&status)).await.json(), status);
}

fn counts(status: &Value) -> [u64; 4] {
    ["total_count", "success_count", "failure_count", "pending_count"]
        .map(|name| status[name].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_counts_of_a_status_add_up() {
    let ground = Ground::new().await;
    let mut bad = indicator(2);
    bad["pattern"] = json!(1);
    let other = with(indicator(1), "name", json!("other"));
    let cases = [
        (vec![indicator(1)], [1, 1, 0, 0]),
        (vec![indicator(1), malware(1)], [2, 2, 0, 0]),
        (vec![bad.clone()], [1, 0, 1, 0]),
        (vec![bad.clone(), indicator(3), bad, json!("x"), indicator(3), indicator(3)], [6, 3, 3, 0]),
        (vec![other, indicator(4)], [2, 1, 1, 0]),
        (vec![indicator(5), with(indicator(5), "name", json!("other"))], [2, 1, 1, 0]),
    ];
    for (objects, expected) in cases {
        let status = ground.post(RW, &objects).await.json();
        assert_eq!(counts(&status), expected, "{status}");
        assert_eq!(expected[0], objects.len() as u64);
        for (list, count) in
            [("successes", expected[1]), ("failures", expected[2]), ("pendings", expected[3])]
        {
            let entries = status.get(list).and_then(Value::as_array).map_or(0, Vec::len);
            assert_eq!(entries as u64, count, "{list} of {status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_detail_names_id_and_version() {
    let ground = Ground::new().await;
    let mut bad = version(indicator(2), 8);
    bad["pattern"] = json!(1);
    let status = ground
        .post(RW, &[version(indicator(1), 7), bad, json!({"type": "indicator"}), json!(5)])
        .await
        .json();
    let success = &status["successes"][0];
    assert_eq!((&success["id"], &success["version"]), (&json!(id("indicator", 1)), &json!(moment(7))));
    let failures = status["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 3);
    assert_eq!(
        (&failures[0]["id"], &failures[0]["version"]),
        (&json!(id("indicator", 2)), &json!(moment(8)))
    );
    for failure in failures {
        assert!(
            failure["id"].as_str().unwrap().contains("--") && failure["version"].is_string(),
            "{failure}"
        );
        assert!(!failure["message"].as_str().unwrap().is_empty(), "{failure}");
    }
    // What has no usable id is told apart by where it stood.
    assert_ne!(failures[1]["id"], failures[2]["id"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_object_stops_no_other() {
    let ground = Ground::new().await;
    let mut bad = indicator(2);
    bad["valid_from"] = json!("yesterday");
    let status = ground.post(RW, &[indicator(1), bad, indicator(3)]).await.json();
    assert_eq!(counts(&status), [3, 2, 1, 0]);
    let message = status["failures"][0]["message"].as_str().unwrap();
    assert!(
        message.contains('[') && message.contains("/valid_from") && message.contains("STIX 2.1 section"),
        "{message}"
    );
    assert!(!message.contains("yesterday"), "{message}");
    let page = ground.get(&crate::ground::objects_of(RW)).await;
    assert_eq!(crate::ground::Read::ids(&page), [id("indicator", 1), id("indicator", 3)]);
}
