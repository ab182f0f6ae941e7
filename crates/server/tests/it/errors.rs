//! Errors and envelopes: TAXII 2.1 sections 3.6, 3.7.

use serde_json::json;
use server::ServerLimits;
use testkit::{
    http::Request,
    objects::{id, indicator, malware},
};

use crate::ground::{Ground, NONE, RW, Read, UNKNOWN, WO, collection, object_of, objects_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_has_a_title_and_repeats_its_status() {
    let ground = Ground::limited(ServerLimits { body_bytes_max: 1000, ..ServerLimits::default() }).await;
    let get = |target: &str| Request::new("GET", target);
    let post = |body: String| Request::new("POST", &objects_of(RW)).body(body);
    let canary = "canary-in-the-request";
    let expected = [
        (get(&format!("{}?added_after={canary}", objects_of(RW))), 400),
        (get("/api/").set("authorization", &format!("Bearer {canary}")), 401),
        (get(&objects_of(WO)), 403),
        (get(&format!("/api/collections/{canary}/")), 404),
        (get(&object_of(RW, canary)), 404),
        (get(&format!("/{canary}")), 404),
        (Request::new("PUT", &format!("{}?{canary}", objects_of(RW))), 405),
        (get("/api/").set("accept", canary), 406),
        (post(canary.repeat(100)), 413),
        (post(canary.to_owned()).set("content-type", canary), 415),
        (post(canary.to_owned()).set("content-encoding", canary), 415),
        (post(canary.to_owned()), 422),
        (get(&collection(UNKNOWN)).set("authorization", NONE), 401),
    ];
    for (request, status) in expected {
        let what = format!("{} {}", request.method, request.target);
        let response = ground.ask(request).await;
        assert_eq!(response.status, status, "{what}");
        let body = response.json();
        assert!(!body["title"].as_str().unwrap().is_empty());
        assert_eq!(body["http_status"], json!(status.to_string()));
        assert!(!response.text().contains("canary"), "{what}: {}", response.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_envelope_holds_nothing_but_stix_objects() {
    let ground = Ground::new().await;
    let bundle = json!({ "type": "bundle", "id": id("bundle", 1), "objects": [indicator(2)] });
    let status = ground
        .post(RW, &[indicator(1), bundle, json!("text"), json!(1), json!(null), json!([]), malware(3)])
        .await;
    assert_eq!(status.status, 202);
    let status = status.json();
    assert_eq!((&status["success_count"], &status["failure_count"]), (&json!(2), &json!(5)), "{status}");
    for target in [objects_of(RW), object_of(RW, &id("indicator", 1)), format!("{}?limit=1", objects_of(RW))]
    {
        let body = ground.get(&target).await.json();
        assert!(
            body.as_object().unwrap().keys().all(|key| matches!(key.as_str(), "more" | "next" | "objects"))
        );
        for object in body["objects"].as_array().unwrap() {
            assert!(object["type"].is_string() && object["id"].is_string() && object["type"] != "bundle");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn custom_properties_of_an_envelope_are_ignored() {
    let ground = Ground::new().await;
    let body = json!({
        "type": "bundle", "id": id("bundle", 1), "spec_version": "2.1", "x_foo": { "objects": [malware(9)] },
        "more": false, "next": "1", "objects": [indicator(1)]
    });
    let response = ground.ask(Request::new("POST", &objects_of(RW)).body(body.to_string())).await;
    assert_eq!(response.status, 202);
    let page = ground.get(&objects_of(RW)).await;
    assert_eq!(page.json()["objects"], json!([indicator(1)]));
    assert_eq!(page.ids().len(), 1);
}
