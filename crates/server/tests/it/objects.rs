//! Objects in and out: TAXII 2.1 sections 5.4 to 5.6.

use serde_json::json;
use testkit::{
    http::Request,
    objects::{AMBER, RED, address, id, indicator, malware, marked, relationship, statement, with},
};

use crate::ground::{Ground, RW, Read, four, object_of, objects_of, versions_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_objects_is_an_empty_envelope() {
    let ground = Ground::new().await;
    let empty = ground.get(&objects_of(RW)).await;
    assert_eq!((empty.status, empty.json()), (200, json!({})));
    ground.add(RW, &[indicator(1), indicator(2)]).await;
    ground.add_as("q", RW, &[marked(indicator(3), &[AMBER])]).await;
    ground.delete(&object_of(RW, &id("indicator", 2))).await;
    for number in [2, 3, 4] {
        let none = ground.get(&format!("{}?match[id]={}", objects_of(RW), id("indicator", number))).await;
        assert_eq!((none.status, none.text()), (200, "{}".to_owned()), "{number}");
        assert_eq!(none.dates(), empty.dates(), "{number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_comes_back_as_it_was_sent() {
    let ground = Ground::new().await;
    let odd = format!(
        "{{ \"id\":\"{}\" ,\n\t\"type\":\"tool\",\"spec_version\":\"2.1\",\"created\":\"2024-01-01T00:00:00.000Z\",\
         \"modified\":\"2024-01-01T00:00:00.000Z\",  \"name\":\"caf\\u00e9 \\/ \\ud83d\\ude00 é\",\"x_number\":1.0,\"x_big\":1e2,\
         \"x_exact\":9007199254740993,\"x_nested\":{{\"a\":[ ],\"b\":{{ }}, \"c\":[[ ],{{\"d\":-0.0}}]}},\"x_true\":true }}",
        id("tool", 1)
    );
    let body = format!("{{\"objects\":[ {odd} , {} ]}}", indicator(2));
    let status = ground.ask(Request::new("POST", &objects_of(RW)).body(body)).await.json();
    assert_eq!(status["failure_count"], 0, "{status}");
    let text = ground.get(&objects_of(RW)).await.text();
    assert_eq!(text, format!("{{\"objects\":[{odd},{}]}}", indicator(2)));
    assert_eq!(ground.get(&object_of(RW, &id("tool", 1))).await.text(), format!("{{\"objects\":[{odd}]}}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exact_duplicate_is_a_success() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1)]).await;
    let again = ground.add(RW, &[indicator(1)]).await;
    assert_eq!(again["failure_count"], 0);
    ground.add(RW, &[indicator(2), indicator(2)]).await;
    // In another spelling it is the same still.
    let spaced = serde_json::to_string_pretty(&json!({ "objects": [indicator(1)] })).unwrap();
    let spaced = ground.ask(Request::new("POST", &objects_of(RW)).body(spaced)).await.json();
    assert_eq!(spaced["success_count"], 1);
    let page = ground.get(&format!("{}?match[version]=all", objects_of(RW))).await;
    assert_eq!(page.ids(), [id("indicator", 1), id("indicator", 2)]);
    // The same version with other content is a failure, and changes nothing.
    let other = ground.post(RW, &[with(indicator(1), "name", json!("other"))]).await.json();
    assert_eq!(other["failure_count"], 1, "{other}");
    assert!(other["failures"][0]["message"].as_str().unwrap().contains("version-conflict"), "{other}");
    assert_eq!(
        ground.get(&object_of(RW, &id("indicator", 1))).await.json()["objects"],
        json!([indicator(1)])
    );
    // Of what is withheld nothing is told.
    ground.add_as("q", RW, &[marked(malware(5), &[RED])]).await;
    for object in [marked(malware(5), &[RED]), marked(malware(6), &[RED])] {
        let status = ground.add(RW, &[object]).await;
        assert_eq!((&status["success_count"], &status["failure_count"]), (&json!(1), &json!(0)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_no_envelope_is_422() {
    let ground = Ground::new().await;
    let deep = format!("{{\"a\":{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let trailing = format!("{} x", String::from_utf8(testkit::objects::envelope(&[indicator(1)])).unwrap());
    let bodies: [&[u8]; 15] = [
        b"",
        b"{",
        b"[]",
        b"\"x\"",
        b"null",
        b"7",
        b"{\"objects\":{}}",
        b"{\"objects\":\"x\"}",
        b"{\"objects\":null}",
        b"{\"objects\":[{}",
        b"{}",
        b"{\"objects\":[]}",
        b"\xff\xfe{\"objects\":[]}",
        deep.as_bytes(),
        trailing.as_bytes(),
    ];
    for body in bodies {
        let response = ground.ask(Request::new("POST", &objects_of(RW)).body(body)).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(response.status, 422, "{shown}: {}", response.text());
    }
    assert!(ground.get(&objects_of(RW)).await.ids().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_is_found_by_its_stix_id() {
    let ground = Ground::new().await;
    let link = relationship(4, &id("indicator", 1), &id("malware", 2));
    ground.add(RW, &[indicator(1), malware(2), address(3), link, statement(5)]).await;
    for own in [
        id("indicator", 1),
        id("malware", 2),
        id("ipv4-addr", 3),
        id("relationship", 4),
        id("marking-definition", 5),
    ] {
        for spelled in [own.clone(), own.replace('-', "%2D")] {
            let found = ground.get(&object_of(RW, &spelled)).await;
            assert_eq!((found.status, found.ids()), (200, vec![own.clone()]), "{spelled}");
            assert_eq!(ground.get(&versions_of(RW, &spelled)).await.status, 200, "{spelled}");
        }
    }
    let lettered = json!({ "type": "ipv4-addr", "spec_version": "2.1", "id": "ipv4-addr--abcdefab-cdef-4abc-8def-abcdefabcdef", "value": "10.0.0.1" });
    ground.add(RW, &[lettered]).await;
    assert_eq!(
        ground.get(&object_of(RW, "ipv4-addr--abcdefab-cdef-4abc-8def-abcdefabcdef")).await.status,
        200
    );
    assert_eq!(
        ground.get(&object_of(RW, "ipv4-addr--ABCDEFAB-CDEF-4ABC-8DEF-ABCDEFABCDEF")).await.status,
        404
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_object_is_404() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(2)]).await;
    ground.delete(&object_of(RW, &id("indicator", 2))).await;
    ground.add_as("q", RW, &[marked(indicator(3), &[AMBER])]).await;
    let first = ground.get(&object_of(RW, &id("indicator", 77))).await;
    assert_eq!(first.status, 404);
    let odd = ["not-an-id", "indicator--x", "%00", "%ff", &"x".repeat(5000)];
    let ids = [2, 3, 77].map(|number| id("indicator", number));
    for own in ids.iter().map(String::as_str).chain(odd) {
        for target in [object_of(RW, own), versions_of(RW, own)] {
            for query in ["", "?match[version]=all", "?added_after=2030-01-01T00:00:00Z", "?limit=1"] {
                let response = ground.get(&format!("{target}{query}")).await;
                assert_eq!((response.status, &response.body), (404, &first.body), "{target}{query}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_filtered_away_is_an_empty_envelope() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1), indicator(2)]).await;
    let target = object_of(RW, &id("indicator", 1));
    let next = ground.get(&format!("{}?limit=1", objects_of(RW))).await.next().unwrap();
    for query in [
        "added_after=2030-01-01T00:00:00Z",
        "match[spec_version]=9.9",
        "match[spec_version]=2.0",
        &format!("next={next}"),
    ] {
        let response = ground.get(&format!("{target}?{query}")).await;
        assert_eq!((response.status, response.json()), (200, json!({})), "{query}");
        assert!(crate::resources::is_timestamp(&response.dates().1), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_request_has_the_head_of_get() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1)]).await;
    for target in four(RW, &id("indicator", 1)) {
        let mut stream = tokio::net::TcpStream::connect(ground.address).await.unwrap();
        let request = ground.dressed(Request::new("HEAD", &target));
        tokio::io::AsyncWriteExt::write_all(&mut stream, &request.to_bytes()).await.unwrap();
        let mut text = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text).await.unwrap();
        assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("\r\n\r\n"), "{target}: {text}");
        assert!(text.contains("x-taxii-date-added-first"), "{text}");
    }
}
