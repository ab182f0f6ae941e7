//! What does bad input do? It is refused with its place and its rule, the good objects beside it are kept, and the node
//! answers the next request.

use std::io::Write;

use serde_json::{Value, json};
use server::ServerLimits;
use testkit::{
    http::{self, Request, Response, chunk},
    objects::{id, indicator, malware, with, without},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::ground::{Ground, RW, Read, object_of, objects_of};

fn post(body: impl Into<Vec<u8>>) -> Request {
    Request::new("POST", &objects_of(RW)).body(body)
}

/// Posts a text between two good objects: they are kept; gives the message about the third.
async fn refused(ground: &Ground, text: &[u8]) -> String {
    let mut body = format!("{{\"objects\":[{},", indicator(1)).into_bytes();
    body.extend_from_slice(text);
    body.extend_from_slice(format!(",{}]}}", indicator(2)).as_bytes());
    let response = ground.ask(post(body)).await;
    let shown = String::from_utf8_lossy(&text[..text.len().min(600)]).into_owned();
    assert_eq!(response.status, 202, "{shown}: {}", response.text());
    let status = response.json();
    assert_eq!(
        (&status["success_count"], &status["failure_count"]),
        (&json!(2), &json!(1)),
        "{shown}: {status}"
    );
    assert_eq!(ground.get(&objects_of(RW)).await.ids(), [id("indicator", 1), id("indicator", 2)], "{shown}");
    status["failures"][0]["message"].as_str().unwrap().to_owned()
}

fn deep(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_an_object_is_said_with_its_place_and_rule() {
    let ground = Ground::new().await;
    let set = |name: &str, value: Value| with(indicator(3), name, value);
    // Code, place, section: each has to be in the message.
    let cases = [
        (json!({}), "property-missing", "", true),
        (without(indicator(3), "pattern"), "property-missing", "/pattern", true),
        (without(indicator(3), "id"), "property-missing", "/id", true),
        (set("pattern", json!(5)), "property-type", "/pattern", true),
        (set("name", json!(null)), "property-type", "/name", true),
        (set("confidence", json!("high")), "property-type", "/confidence", true),
        (set("labels", json!("x")), "property-type", "/labels", true),
        (set("labels", json!([])), "", "/labels", true),
        (set("created", json!("2024-01-01")), "timestamp", "/created", true),
        (set("modified", json!("2024-02-31T00:00:00.000Z")), "timestamp", "/modified", true),
        (set("valid_from", json!("99999-01-01T00:00:00Z")), "timestamp", "/valid_from", true),
        (set("modified", json!("2001-01-01T00:00:00.000Z")), "", "/modified", true),
        (set("id", json!("indicator--nonsense")), "id-form", "/id", true),
        (set("id", json!(id("malware", 3))), "", "/id", true),
        (set("id", json!(format!("indicator--{}", "0".repeat(100_000)))), "", "/id", false),
        (set("created_by_ref", json!(id("malware", 3))), "reference-type", "/created_by_ref", true),
        (set("spec_version", json!("3.0")), "spec-version", "/spec_version", true),
        (set("type", json!("Indicator")), "", "/type", true),
        (set("object_marking_refs", json!(["TLP:RED"])), "", "/object_marking_refs/0", true),
        (
            set(
                "granular_markings",
                json!([{ "marking_ref": id("marking-definition", 1), "selectors": ["nowhere"] }]),
            ),
            "",
            "/granular_markings/0",
            true,
        ),
    ];
    for (object, code, place, of_the_standard) in cases {
        let message = refused(&ground, object.to_string().as_bytes()).await;
        let shown: String = object.to_string().chars().take(300).collect();
        assert!(message.contains("error[") && message.contains(code), "{shown}: {message}");
        assert!(message.contains(&format!("at {place}")) || place.is_empty(), "{shown}: {message}");
        assert!(message.contains("STIX 2.1 section") || !of_the_standard, "{shown}: {message}");
        assert!(message.len() < 4000, "{} bytes for {shown}", message.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_json_is_refused_alone() {
    let ground = Ground::new().await;
    let own = indicator(3).to_string();
    let bad: Vec<Vec<u8>> = vec![
        b"7".to_vec(),
        b"null".to_vec(),
        b"\"text\"".to_vec(),
        b"[]".to_vec(),
        b"{\"type\":}".to_vec(),
        b"{\"type\" \"x\"}".to_vec(),
        b"{'type':'x'}".to_vec(),
        b"{\"a\":01}".to_vec(),
        b"{\"a\":1e999999}".to_vec(),
        b"{\"a\":NaN}".to_vec(),
        b"{\"a\":\"\\u12\"}".to_vec(),
        b"{\"a\":\"\\ud800\"}".to_vec(),
        b"{\"a\":\"\x01\"}".to_vec(),
        b"{\"a\":\"\xff\xfe\"}".to_vec(),
        b"{\"a\":\"\xc0\xaf\"}".to_vec(),
        b"{\"a\":1,}".to_vec(),
        own.replacen('{', "{\"type\":\"tool\",", 1).into_bytes(),
        own.replacen('{', "{\"name\":\"a\",\"n\\u0061me\":\"b\",", 1).into_bytes(),
        own.replacen('{', "{\"id\":\"indicator--1\",", 1).into_bytes(),
    ];
    for text in bad {
        let message = refused(&ground, &text).await;
        assert!(message.contains("error["), "{}: {message}", String::from_utf8_lossy(&text));
    }
    // Where the envelope itself is broken, nothing of it is taken.
    for body in [
        "{\"objects\":[{]}",
        "{\"objects\":[{\"a\":1}}",
        "{\"objects\":[,]}",
        "{\"objects\":[]]}",
        "{objects:[]}",
    ] {
        assert_eq!(ground.ask(post(body)).await.status, 422, "{body}");
    }
    assert_eq!(ground.get(&objects_of(RW)).await.ids().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nesting_is_bounded() {
    let ground = Ground::new().await;
    for depth in [100, 10_000, 1_000_000] {
        let nested = format!("{{\"x_deep\":{}{},", "[".repeat(depth), "]".repeat(depth));
        let text = indicator(3).to_string().replacen('{', &nested, 1);
        let message = refused(&ground, text.as_bytes()).await;
        assert!(message.contains("limit-exceeded"), "{depth}: {message}");
    }
    // In the envelope beside `objects` too.
    for depth in [100, 1_000_000] {
        let text = format!(
            "{{\"x\":{}{},\"objects\":[{}]}}",
            "{\"a\":".repeat(depth) + "1",
            "}".repeat(depth),
            indicator(1)
        );
        let response = ground.ask(post(text)).await;
        assert!(matches!(response.status, 202 | 422), "{depth}: {}", response.status);
    }
    assert_eq!(ground.get("/api/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn depth_is_allowed_up_to_its_edge() {
    let ground = Ground::new().await;
    let max = stix::Limits::DEFAULT.depth_max;
    // The object itself is one level.
    let edge = ground
        .post(RW, &[with(indicator(3), "x_deep", deep(max - 1)), with(malware(4), "x_deep", deep(max))])
        .await
        .json();
    assert_eq!(edge["successes"][0]["id"], id("indicator", 3), "{edge}");
    assert_eq!(edge["failure_count"], 1, "{edge}");
    assert!(edge["failures"][0]["message"].as_str().unwrap().contains("limit-exceeded"), "{edge}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_future_and_nonsense_dates() {
    let ground = Ground::new().await;
    let dated =
        |number, text: &str| with(with(indicator(number), "created", json!(text)), "modified", json!(text));
    for text in [
        "0000-00-00T00:00:00Z",
        "2024-01-01T25:00:00Z",
        "2024-01-01T00:00:00+01:00",
        "2024-01-01 00:00:00Z",
        "yesterday",
        "",
        "2024-01-01T00:00:00.Z",
        "-001-01-01T00:00:00Z",
    ] {
        let message = refused(&ground, dated(3, text).to_string().as_bytes()).await;
        assert!(message.contains("timestamp") && message.contains("/created"), "{text}: {message}");
    }
    // A date ahead of the clock is some clock's fault; the object is the last version until another comes.
    let future = ground.post(RW, &[dated(5, "2099-01-01T00:00:00.000Z")]).await;
    assert_eq!(future.status, 202);
    assert_eq!(
        ground.get(&format!("{}?match[id]={}", objects_of(RW), id("indicator", 1))).await.ids().len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_string_of_a_gigabyte_is_refused_without_being_held() {
    let limits = ServerLimits { body_bytes_max: 1 << 20, ..ServerLimits::default() };
    let ground = Ground::limited(limits).await;
    let request =
        ground.dressed(Request::new("POST", &objects_of(RW)).body("")).set("transfer-encoding", "chunked");
    let mut stream = TcpStream::connect(ground.address).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let sending = async {
        let mut sent = 0_usize;
        writing.write_all(&request.to_bytes()).await?;
        writing.write_all(&chunk(b"{\"objects\":[{\"id\":\"")).await?;
        let piece = chunk(&vec![b'x'; 1 << 16]);
        while sent < 1 << 30 {
            writing.write_all(&piece).await?;
            sent += 1 << 16;
        }
        Ok::<_, std::io::Error>(sent)
    };
    let response = tokio::select! {
        biased;
        response = http::read(&mut reading) => response,
        sent = sending => panic!("the client could send {sent:?} bytes"),
    };
    assert_eq!(response.unwrap().status, 413);
    ground.add(RW, &[indicator(1)]).await;
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packed_bodies_are_read_within_bounds() {
    let ground = Ground::limited(ServerLimits { body_bytes_max: 4096, ..ServerLimits::default() }).await;
    let send =
        async |body: Vec<u8>, encoding: &str| ground.ask(post(body).set("content-encoding", encoding)).await;
    let good = crate::information::envelope_of(4096);
    assert_eq!(send(gzip(&good), "gzip").await.status, 202);
    assert_eq!(send(gzip(&good), "GZIP").await.status, 202);
    assert_eq!(send(good.clone(), "identity").await.status, 202);
    assert_eq!(send(gzip(&crate::information::envelope_of(4097)), "gzip").await.status, 413);
    // A bomb: it is small, and would be 100 MB.
    let bomb = gzip(&vec![b' '; 100_000_000]);
    assert_eq!(send(bomb.clone(), "gzip").await.status, 413);
    assert!(matches!(send(gzip(&bomb), "gzip").await.status, 413 | 422));
    let packed = gzip(&good);
    for cut in [0, 1, 9, packed.len() / 2, packed.len() - 1] {
        let status = send(packed[..cut].to_vec(), "gzip").await.status;
        assert!(matches!(status, 400 | 422), "{cut}: {status}");
    }
    let mut damaged = packed.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    assert!(matches!(send(damaged, "gzip").await.status, 400 | 422 | 413));
    assert_eq!(send(good.clone(), "gzip").await.status, 400);
    for encoding in ["br", "deflate", "gzip, gzip", "zstd"] {
        assert_eq!(send(good.clone(), encoding).await.status, 415, "{encoding}");
    }
    assert_eq!(ground.get(&objects_of(RW)).await.ids(), [id("indicator", 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packed_answer_says_the_same() {
    let ground = Ground::new().await;
    let objects: Vec<_> = (0..50).map(indicator).collect();
    ground.add(RW, &objects).await;
    let plain = ground.get(&objects_of(RW)).await;
    let packed = ground.ask_packed(&objects_of(RW)).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed.body[..]), &mut text).unwrap();
    assert_eq!(text, plain.body);
}

impl Ground {
    async fn ask_packed(&self, target: &str) -> Response {
        self.send(&self.dressed(Request::new("GET", target).set("accept-encoding", "gzip"))).await
    }

    /// Sends bytes as they are, and reads whatever comes until the connection ends.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_http_harms_nobody() {
    let ground = Ground::new().await;
    let good = String::from_utf8(
        ground.dressed(Request::new("GET", "/api/").set("connection", "keep-alive")).to_bytes(),
    )
    .unwrap();
    let lengths = good.replace("GET /api/", &format!("POST {}", objects_of(RW)));
    let both = lengths.replacen("\r\n\r\n", "\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd", 1);
    let negative = lengths.replacen("\r\n\r\n", "\r\ncontent-length: -1\r\n\r\n", 1);
    let garbage: Vec<Vec<u8>> = vec![
        vec![0; 10_000],
        vec![0xff; 10_000],
        b"GET".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"\r\n\r\n\r\n\r\n".to_vec(),
        format!("GET /api/ HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(10_000)).into_bytes(),
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(1_000_000)).into_bytes(),
        both.into_bytes(),
        negative.into_bytes(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense that is no frame at all".to_vec(),
    ];
    for bytes in &garbage {
        let answer = ground.raw(bytes).await;
        assert!(!answer.contains("HTTP/1.1 200") && !answer.contains("HTTP/1.1 202"), "{answer}");
        assert_eq!(ground.get("/api/").await.status, 200);
    }
    // Behind a good request the garbage changes nothing about its answer.
    let answer = ground.raw(&[good.as_bytes(), b"\x00\x01garbage\r\n\r\n"].concat()).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.matches("HTTP/1.1").count() <= 2, "{answer}");
    // Several good ones, one behind the other, are each answered.
    let answer = ground.raw(good.repeat(5).as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 5, "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_says_no_more_still_gets_its_answer() {
    let ground = Ground::new().await;
    let whole = ground.dressed(post(testkit::objects::envelope(&[indicator(1)]))).to_bytes();
    assert!(ground.raw(&whole).await.starts_with("HTTP/1.1 202"));
    // One that ends in the middle of its body brings nothing in.
    let other = ground.dressed(post(testkit::objects::envelope(&[indicator(2)]))).to_bytes();
    for cut in [1, 10, 200] {
        ground.raw(&other[..other.len() - cut]).await;
    }
    assert_eq!(ground.get(&object_of(RW, &id("indicator", 2))).await.status, 404);
}
