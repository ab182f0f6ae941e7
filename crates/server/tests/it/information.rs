//! Server information: TAXII 2.1 sections 4 and 8.2; the bounds of a body.

use serde_json::json;
use server::ServerLimits;
use testkit::{
    http::{Request, chunk},
    objects::indicator,
};

use crate::ground::{Ground, RW, Read, TAXII, objects_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discovery_names_the_server_and_its_api_roots() {
    let ground = Ground::new().await;
    let response = ground.get("/taxii2/").await;
    assert_eq!(response.status, 200);
    let body = response.json();
    assert_eq!((&body["title"], &body["api_roots"]), (&json!("Lantern Coast Watch"), &json!(["/api/"])));
    assert_eq!(ground.get(body["api_roots"][0].as_str().unwrap()).await.status, 200);
    assert_eq!(ground.get("/x/taxii2/").await.status, 404);
    assert_eq!(ground.get("/api/taxii2/").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_default_api_root_is_in_the_list() {
    let ground = Ground::new().await;
    for partner in ["p", "q", "n"] {
        let body = ground.read_as(partner, "/taxii2/").await.json();
        assert!(body["api_roots"].as_array().unwrap().contains(&body["default"]), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn api_root_urls_are_https_or_relative() {
    let ground = Ground::new().await;
    let body = ground.get("/taxii2/").await.json();
    let roots = body["api_roots"].as_array().unwrap();
    for url in roots.iter().chain([&body["default"]]).map(|url| url.as_str().unwrap()) {
        let relative = url.starts_with('/') && !url.starts_with("//");
        assert!(relative || url.starts_with("https://"), "{url}");
        assert!(url.ends_with('/') && !url.contains(['?', '#']) && !url.contains(".."), "{url}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_api_root_describes_itself() {
    let ground = Ground::limited(ServerLimits { body_bytes_max: 1234, ..ServerLimits::default() }).await;
    let response = ground.get("/api/").await;
    assert_eq!(response.status, 200);
    let body = response.json();
    assert!(!body["title"].as_str().unwrap().is_empty());
    assert_eq!(body["max_content_length"], json!(1234));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_api_root_lists_taxii_2_1() {
    let ground = Ground::new().await;
    assert_eq!(ground.get("/api/").await.json()["versions"], json!([TAXII]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_api_root_is_404() {
    let ground = Ground::new().await;
    let first = ground.get("/nope/").await;
    assert_eq!(first.status, 404);
    for target in ["/nope/collections/", "/api2/", "/API/", "/nope/collections/rw/objects/", "/api/../x/"] {
        let response = ground.get(target).await;
        assert_eq!((response.status, &response.body), (404, &first.body), "{target}");
    }
}

/// An envelope with one object, of exactly so many bytes.
pub(crate) fn envelope_of(bytes: usize) -> Vec<u8> {
    let mut envelope = testkit::objects::envelope(&[indicator(1)]);
    let filler = bytes - envelope.len();
    envelope.splice(1..1, std::iter::repeat_n(b' ', filler));
    assert_eq!(envelope.len(), bytes);
    envelope
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_within_max_content_length_is_not_413() {
    let ground = Ground::limited(ServerLimits { body_bytes_max: 4096, ..ServerLimits::default() }).await;
    for bytes in [4095, 4096] {
        let post = Request::new("POST", &objects_of(RW)).body(envelope_of(bytes));
        assert_eq!(ground.ask(post).await.status, 202, "{bytes}");
        let mut chunked = chunk(&envelope_of(bytes));
        chunked.extend_from_slice(b"0\r\n\r\n");
        let post = Request::new("POST", &objects_of(RW)).set("transfer-encoding", "chunked").body(chunked);
        assert_eq!(ground.ask(post).await.status, 202, "{bytes} chunked");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_above_max_content_length_is_413() {
    let ground = Ground::limited(ServerLimits { body_bytes_max: 4096, ..ServerLimits::default() }).await;
    let post = Request::new("POST", &objects_of(RW)).body(envelope_of(4097));
    let refused = ground.ask(post).await;
    assert_eq!(refused.status, 413);
    assert_eq!(refused.header("connection"), Some("close"), "what is left of the body is not read");
    let mut chunked = chunk(&envelope_of(4097));
    chunked.extend_from_slice(b"0\r\n\r\n");
    let post = Request::new("POST", &objects_of(RW)).set("transfer-encoding", "chunked").body(chunked);
    assert_eq!(ground.ask(post).await.status, 413);
    assert!(ground.get(&objects_of(RW)).await.ids().is_empty());
    // It is refused by what it says of itself, before any of it is read.
    let lone = Request::new("POST", &objects_of(RW)).set("content-length", "1000000000000");
    assert_eq!(ground.ask(lone.set("content-type", TAXII)).await.status, 413);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_manual_shows_the_srv_record_of_the_standard() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual.md");
    let manual = std::fs::read_to_string(path).unwrap();
    assert!(manual.contains("_taxii2._tcp.") && manual.contains("SRV"));
    let services = manual.split_whitespace().filter(|word| word.starts_with('_') && word.contains("._"));
    for service in services {
        assert!(service.starts_with("_taxii2._tcp."), "{service}");
    }
}
