//! Endpoints, media types and headers: TAXII 2.1 sections 1.6.9, 3.1, 3.2.

use serde_json::json;
use testkit::{
    http::{Request, Response},
    objects::{indicator, version},
};

use crate::ground::{
    Ground, NONE, RO, RW, Read, TAXII, UNKNOWN, WO, all, collection, four, manifest_of, object_of,
    objects_of, row,
};

fn get(target: &str) -> Request {
    Request::new("GET", target)
}

async fn filled() -> (Ground, Vec<(&'static str, String)>) {
    let ground = Ground::new().await;
    let status = ground.add(RW, &[indicator(1)]).await;
    let table = all(RW, &testkit::objects::id("indicator", 1), status["id"].as_str().unwrap());
    (ground, table)
}

fn root_of(response: &Response) -> &'static str {
    let body = response.json();
    let has = |name: &str| body.get(name).is_some();
    match () {
        () if response.body.is_empty() => "nothing",
        () if has("api_roots") => "discovery",
        () if has("max_content_length") => "api-root",
        () if has("total_count") => "status",
        () if has("collections") => "collections",
        () if has("can_read") => "collection",
        () if has("versions") => "versions",
        () if body["objects"][0].get("date_added").is_some() => "manifest",
        () if has("objects") => "envelope",
        () => "unknown",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_endpoint_of_the_table_exists() {
    let (ground, table) = filled().await;
    for entry in &table {
        for method in ["PUT", "PATCH", "OPTIONS"] {
            let response = ground.ask(Request::new(method, &entry.1)).await;
            assert_eq!(response.status, 405, "{method} {}", entry.1);
            let allowed = response.header("allow").unwrap();
            assert!(allowed.contains("GET"), "{allowed}");
        }
    }
    for entry in &table {
        let response = ground.ask(row(entry)).await;
        assert_eq!(response.status, if entry.0 == "POST" { 202 } else { 200 }, "{entry:?}");
        // Kinder than the standard: the slash at the end may be missing.
        let bare = (entry.0, entry.1.trim_end_matches('/').to_owned());
        let status = ground.ask(row(&bare)).await.status;
        let expected = match entry.0 {
            "POST" => 202,
            "DELETE" => 404,
            _ => 200,
        };
        assert_eq!(status, expected, "{bare:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_success_has_the_body_of_its_endpoint() {
    let (ground, table) = filled().await;
    let mut roots = Vec::new();
    for entry in &table {
        roots.push(root_of(&ground.ask(row(entry)).await));
    }
    assert_eq!(
        roots,
        [
            "discovery",
            "api-root",
            "status",
            "collections",
            "collection",
            "manifest",
            "envelope",
            "status",
            "envelope",
            "versions",
            "nothing"
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_response_says_taxii_2_1() {
    let limits = server::ServerLimits { body_bytes_max: 2000, ..server::ServerLimits::default() };
    let ground = Ground::limited(limits).await;
    ground.add(RW, &[indicator(1)]).await;
    let post = |body: &str| Request::new("POST", &objects_of(RW)).body(body);
    // `ask` checks the header of each.
    let expected = [
        (get("/api/"), 200),
        (get(&format!("{}?limit=0", objects_of(RW))), 400),
        (get("/api/").set("authorization", NONE), 401),
        (get(&objects_of(WO)), 403),
        (get(&collection(UNKNOWN)), 404),
        (get("/api/nowhere/at/all/"), 404),
        (get("/nowhere"), 404),
        (get("/elsewhere/"), 404),
        (Request::new("DELETE", "/api/"), 405),
        (get("/api/").set("accept", "text/html"), 406),
        (post(&format!("{{\"objects\":[{{\"x\":\"{}\"}}]}}", "x".repeat(2000))), 413),
        (post("{}").set("content-type", "text/plain"), 415),
        (post("{}"), 422),
        (post("{\"objects\":[1]}"), 202),
    ];
    for (request, status) in expected {
        let what = format!("{} {}", request.method, request.target);
        assert_eq!(ground.ask(request).await.status, status, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accept_without_a_version_gets_2_1() {
    let (ground, table) = filled().await;
    for entry in &table {
        let response = ground.ask(row(entry).set("accept", "application/taxii+json")).await;
        assert!(response.status < 300, "{entry:?}: {}", response.status);
        assert_eq!(response.header("content-type"), Some(TAXII));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accept_the_standard_defines_is_never_406() {
    let (ground, table) = filled().await;
    let accepts = [
        TAXII,
        "application/taxii+json",
        "application/taxii+json; version=2.1",
        "APPLICATION/TAXII+JSON;VERSION=2.1",
        "application/json, application/taxii+json;version=2.1;q=0.5",
        "application/taxii+json;version=2.1,application/stix+json;version=2.1",
        "*/*",
        "application/json, text/plain, */*",
        NONE,
    ];
    let (last, others) = table.split_last().unwrap();
    for accept in accepts {
        for entry in others {
            let status = ground.ask(row(entry).set("accept", accept)).await.status;
            assert!(status < 300, "{accept} on {entry:?}: {status}");
        }
        assert_eq!(ground.ask(row(last).set("accept", accept)).await.status, 200, "{accept}");
        ground.add(RW, &[indicator(1)]).await;
    }
    let several = get("/api/").set("accept", "text/html").and("accept", TAXII);
    assert_eq!(ground.ask(several).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accept_without_taxii_is_406() {
    let (ground, table) = filled().await;
    let accepts = [
        "application/taxii+json;version=2.0",
        "application/xml",
        "text/html",
        "application/taxii+json;version=2.1;q=0",
        "application/taxii+json;version=3",
    ];
    for accept in accepts {
        for entry in &table {
            assert_eq!(
                ground.ask(row(entry).set("accept", accept)).await.status,
                406,
                "{accept} on {entry:?}"
            );
        }
    }
    assert_eq!(ground.get(&objects_of(RW)).await.ids().len(), 1, "a refused request did something");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_content_type_the_standard_defines_is_never_415() {
    let ground = Ground::new().await;
    let types = [
        TAXII,
        "application/taxii+json",
        "application/taxii+json; version=2.1",
        "Application/TAXII+JSON;Version=2.1",
        "application/taxii+json;version=2.1;charset=utf-8",
        "application/stix+json;version=2.1",
        "application/vnd.oasis.stix+json; version=2.1",
    ];
    for (number, content_type) in (1..).zip(types) {
        let body = testkit::objects::envelope(&[indicator(number)]);
        let request = Request::new("POST", &objects_of(RW)).body(body).set("content-type", content_type);
        assert_eq!(ground.ask(request).await.status, 202, "{content_type}");
    }
    assert_eq!(ground.get(&objects_of(RW)).await.ids().len(), types.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_content_type_is_415() {
    let ground = Ground::new().await;
    let types =
        ["text/plain", "application/xml", "application/taxii+json;version=2.0", "multipart/form-data", NONE];
    for content_type in types {
        let body = testkit::objects::envelope(&[indicator(1)]);
        let request = Request::new("POST", &objects_of(RW)).body(body).set("content-type", content_type);
        assert_eq!(ground.ask(request).await.status, 415, "{content_type}");
    }
    assert!(ground.get(&objects_of(RW)).await.ids().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_401_names_the_schemes_it_takes() {
    let ground = Ground::new().await;
    let response = ground.ask(get("/taxii2/").set("authorization", NONE)).await;
    assert_eq!(response.status, 401);
    let schemes: Vec<_> = response
        .headers
        .iter()
        .filter(|(name, _)| name == "www-authenticate")
        .map(|(_, value)| value.as_str())
        .collect();
    assert!(schemes.iter().any(|scheme| scheme.starts_with("Basic realm=\"")), "{schemes:?}");
    assert!(schemes.iter().any(|scheme| scheme.starts_with("Bearer")), "{schemes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn date_added_headers_are_those_of_the_first_and_last_object() {
    let ground = Ground::new().await;
    for number in [1, 2, 3] {
        ground.pass(1);
        ground.add(RW, &[indicator(number)]).await;
    }
    let manifest = ground.get(&manifest_of(RW)).await.json();
    let date = |index: usize| manifest["objects"][index]["date_added"].as_str().unwrap().to_owned();
    let first = ground.get(&format!("{}?limit=2", objects_of(RW))).await;
    assert_eq!(first.dates(), (date(0), date(1)));
    let rest = ground.get(&format!("{}?limit=2&next={}", objects_of(RW), first.next().unwrap())).await;
    assert_eq!(rest.dates(), (date(2), date(2)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn date_added_headers_are_on_all_four_endpoints() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1)]).await;
    ground.add(RW, &[version(indicator(1), 5), indicator(2)]).await;
    for target in four(RW, &testkit::objects::id("indicator", 1)) {
        let (first, last) = ground.get(&target).await.dates();
        assert!(crate::resources::is_timestamp(&first) && crate::resources::is_timestamp(&last), "{target}");
        assert!(first <= last && first.starts_with("2026-01-01T"), "{target}: {first} {last}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_page_repeats_the_position_asked_for() {
    let ground = Ground::new().await;
    let zero = "1970-01-01T00:00:00.000000Z".to_owned();
    for target in [objects_of(RW), manifest_of(RW)] {
        let empty = ground.get(&target).await;
        assert_eq!((empty.json(), empty.dates()), (json!({}), (zero.clone(), zero.clone())), "{target}");
    }
    for number in 1..=3 {
        ground.add(RW, &[indicator(number)]).await;
    }
    // Behind the last object lies one that P may not see: its date must not show.
    ground.pass(60);
    let amber = testkit::objects::marked(indicator(9), &[testkit::objects::AMBER]);
    ground.add_as("q", RW, &[amber]).await;
    let position = "2026-01-01T00:00:30.000000Z".to_owned();
    for target in four(RW, &testkit::objects::id("indicator", 1)) {
        let empty = ground.get(&format!("{target}?added_after={position}")).await;
        assert_eq!(
            (empty.json(), empty.dates()),
            (json!({}), (position.clone(), position.clone())),
            "{target}"
        );
    }
    let page = ground.get(&format!("{}?limit=2", objects_of(RW))).await;
    let next = page.next().unwrap();
    let last = page.dates().1;
    ground.delete(&object_of(RW, &testkit::objects::id("indicator", 3))).await;
    let empty = ground.get(&format!("{}?next={next}", objects_of(RW))).await;
    assert_eq!((empty.json(), empty.dates()), (json!({}), (last.clone(), last)));
    // A `next` never expires: what is added later comes.
    ground.pass(60);
    ground.add(RW, &[indicator(4)]).await;
    let later = ground.get(&format!("{}?next={next}", objects_of(RW))).await;
    assert_eq!(later.ids(), [testkit::objects::id("indicator", 4)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_without_user_agent_is_served() {
    let ground = Ground::new().await;
    let request = get(&objects_of(RO));
    assert!(!ground.dressed(request.clone()).has("user-agent"));
    assert_eq!(ground.ask(request).await.status, 200);
}
