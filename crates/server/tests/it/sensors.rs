//! Does the door for telemetry take what sensors send, and open to nobody else?

use std::{collections::BTreeSet, io::Write};

use serde_json::{Value, json};
use server::{
    ServerLimits,
    admin::{Command, Reply},
};
use testkit::{
    http::{self, Request, Response},
    objects::{id, indicator, with},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::ground::{BEGIN, Ground, RW, Read, Setup, WORLD, collection, objects_of};

const SENSORS: &str = r#"
[[sensor]]
name = "harbour"
collections = ["rw"]
home = "rw"
country = "NO"
warninglists = false

[[sensor]]
name = "island"
collections = ["rw"]
home = "rw"
"#;

fn target(sensor: &str) -> String {
    format!("/api/v1/sensors/{sensor}/telemetry")
}

async fn ground(limits: ServerLimits) -> (Ground, String) {
    let ground = Ground::with(Setup { limits, world: format!("{WORLD}{SENSORS}"), ..Setup::default() }).await;
    let token = token(&ground, "harbour").await;
    (ground, token)
}

async fn token(ground: &Ground, sensor: &str) -> String {
    let command = Command::IssueSensorToken { sensor: sensor.to_owned(), note: String::new(), expires: None };
    let Reply::Secret { secret, .. } = ground.admin(command).await else { panic!("a token") };
    secret
}

fn post(token: &str, body: impl Into<Vec<u8>>) -> Request {
    Request::new("POST", &target("harbour")).set("authorization", &format!("Bearer {token}")).body(body)
}

fn asks(host: &str) -> String {
    json!({ "_path": "dns", "ts": BEGIN, "uid": "C1", "query": host }).to_string() + "\n"
}

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn hits(response: &Response) -> u64 {
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["hits"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_publishes_the_sensor_posts_and_the_partner_reads_the_sighting() {
    let (ground, token) = ground(ServerLimits::default()).await;
    ground.add(RW, &[indicator(1)]).await;
    let response = ground.send(&post(&token, asks("host-1.example") + &asks("other.example"))).await;
    assert_eq!(response.header("content-type"), Some("application/json"));
    let expected = json!({
        "body": "new", "lines": 2, "broken_lines": 0, "observations": 2, "hits": 1, "findings": [], "counts": {}
    });
    assert_eq!(response.json(), expected);
    let gzip =
        post(&token, packed(asks("host-1.example").repeat(2).as_bytes())).set("content-encoding", "gzip");
    assert_eq!(hits(&ground.send(&gzip).await), 2);
    ground.pass(400);
    ground.exchange.keep_watch(ground.now()).await.unwrap();
    let read = ground.get(&format!("{}?match[type]=sighting", objects_of(RW))).await;
    let sighting = &read.json()["objects"][0];
    assert_eq!((&sighting["count"], &sighting["sighting_of_ref"]), (&json!(3), &json!(id("indicator", 1))));
    assert_eq!(read.ids().len(), 1);
    let text = read.text();
    assert!(!text.contains("harbour") && !text.contains("host-1") && !text.contains("created_by_ref"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sensors_token_opens_its_own_door_and_no_other_and_a_partners_token_not_this_one() {
    let (ground, token) = ground(ServerLimits::default()).await;
    let nobody = Request::new("GET", &collection(RW)).set("authorization", "Bearer none");
    let nobody = ground.ask(nobody).await;
    for target in ["/taxii2/".to_owned(), "/api/".to_owned(), collection(RW), objects_of(RW)] {
        let request = Request::new("GET", &target).set("authorization", &format!("Bearer {token}"));
        let response = ground.ask(request).await;
        assert_eq!((response.status, &response.body), (401, &nobody.body), "{target}");
    }
    let unknown = ground.send(&post("none", asks("a.example"))).await;
    let partner =
        ground.send(&post(ground.bearer("p").trim_start_matches("Bearer "), asks("a.example"))).await;
    let without = ground.send(&Request::new("POST", &target("harbour")).body(asks("a.example"))).await;
    for response in [&partner, &without] {
        assert_eq!((response.status, &response.body), (401, &unknown.body));
    }
    // Whether a sensor is another's or nobody's: the same answer.
    let mut answers = BTreeSet::new();
    for name in ["island", "nowhere", "%FF"] {
        let request = Request { target: target(name), ..post(&token, asks("a.example")) };
        let response = ground.send(&request).await;
        assert_eq!(response.status, 404);
        let headers: Vec<_> = response.headers.iter().filter(|(name, _)| name != "date").cloned().collect();
        answers.insert((headers, response.body));
    }
    assert_eq!(answers.len(), 1);
    // By name and token too, as shippers send it.
    let basic = |name: &str| {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let pair = STANDARD.encode(format!("{name}:{token}"));
        post(&token, asks("a.example")).set("authorization", &format!("Basic {pair}"))
    };
    assert_eq!(ground.send(&basic("harbour")).await.status, 200);
    assert_eq!(ground.send(&basic("island")).await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_withdrawn_or_whose_sensor_is_declared_no_more_opens_nothing() {
    let (ground, first) = ground(ServerLimits::default()).await;
    let second = token(&ground, "harbour").await;
    let Reply::Credentials(all) = ground.admin(Command::Credentials).await else { panic!("credentials") };
    let own: Vec<_> = all.iter().filter(|one| one.kind == "sensor").collect();
    assert_eq!((own.len(), own[0].partner.as_str()), (2, "harbour"));
    assert!(!format!("{all:?}").contains(&second), "the secret is kept as a hash only");
    ground.admin(Command::Withdraw { id: own[0].id }).await;
    assert_eq!(ground.send(&post(&first, asks("a.example"))).await.status, 401);
    assert_eq!(ground.send(&post(&second, asks("a.example"))).await.status, 200);
    let world = toml::from_str(WORLD).unwrap();
    ground.admin(Command::Apply { world: Box::new(world), dry_run: false }).await;
    assert_eq!(ground.send(&post(&second, asks("a.example"))).await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_queue_is_full_nothing_is_taken_and_the_sender_is_told_when_to_come_again() {
    let limits = ServerLimits {
        sensor_queue_bytes_max: 4096,
        sensors_queue_bytes_max: 8192,
        ..ServerLimits::default()
    };
    let (ground, token) = ground(limits).await;
    ground.add(RW, &[indicator(1)]).await;
    let body = asks("host-1.example").repeat(4096 / asks("host-1.example").len());
    let slow = post(&token, body.clone()).set("idempotency-key", "slow").set("expect", "100-continue");
    let whole = slow.to_bytes();
    let mut slow = TcpStream::connect(ground.address).await.unwrap();
    let split = whole.len() - 10;
    slow.write_all(&whole[..split]).await.unwrap();
    // Said when its body begins to be read: it has its place then.
    let mut goes_on = [0; 25];
    slow.read_exact(&mut goes_on).await.unwrap();
    assert_eq!(&goes_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    let refused = ground.send(&post(&token, asks("host-1.example"))).await;
    assert_eq!(refused.status, 429);
    assert_eq!((refused.header("retry-after"), refused.header("connection")), (Some("1"), Some("close")));
    let other = token_of_other(&ground).await;
    let request = Request { target: target("island"), ..post(&other, asks("host-1.example")) };
    assert_eq!(ground.send(&request).await.status, 200, "another sensor has room of its own");
    let rest = http::exchange(&mut slow, &whole[split..]).await.unwrap();
    let lines = u64::try_from(body.lines().count()).unwrap();
    assert_eq!(hits(&rest), lines, "what was taken was taken whole");
    let again = ground.send(&post(&token, asks("host-1.example")).set("idempotency-key", "again")).await;
    assert_eq!(hits(&again), 1);
    let too_long = ground.send(&post(&token, " ".repeat(4097))).await;
    assert_eq!(too_long.status, 413, "what never fits is not refused for ever");
    let metrics = http::send(ground.address, &Request::new("GET", "/metrics")).await.unwrap().text();
    assert!(
        metrics.contains("cresset_sensor_bodies_refused_total")
            && metrics.contains("cresset_sensor_lines_total")
    );
    for host in ["host-1", "harbour", "island"] {
        assert!(!metrics.contains(host), "metrics count, and say not who or what");
    }
}

async fn token_of_other(ground: &Ground) -> String {
    token(ground, "island").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_of_a_hundred_megabytes_is_counted_and_located_and_the_rest_goes_on() {
    let limits = ServerLimits {
        body_bytes_max: 128 << 20,
        sensor_queue_bytes_max: 128 << 20,
        ..ServerLimits::default()
    };
    let (ground, token) = ground(limits).await;
    ground.add(RW, &[indicator(1)]).await;
    let mut lines = asks("host-1.example").into_bytes();
    lines.resize(lines.len() + (100 << 20), b'{');
    lines.push(b'\n');
    lines.extend_from_slice(asks("host-1.example").as_bytes());
    let response = ground.send(&post(&token, packed(&lines)).set("content-encoding", "gzip")).await;
    assert_eq!(hits(&response), 2);
    let body = response.json();
    assert_eq!((&body["lines"], &body["broken_lines"]), (&json!(3), &json!(1)));
    assert_eq!(
        (&body["findings"][0]["line"], &body["findings"][0]["code"]),
        (&json!(2), &json!("line-long"))
    );
    assert!(response.body.len() < 1000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_telemetry_is_found_out_or_named() {
    let (ground, token) = ground(ServerLimits::default()).await;
    let path = "[domain-name:value = 'host-1.example' OR ipv4-addr:value = '203.0.113.9']";
    ground.add(RW, &[with(indicator(1), "pattern", json!(path))]).await;
    let moment = "2026-01-01T00:00:00Z";
    let tsv = format!(
        "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tquery\n#types\ttime\tstring\tstring\n{BEGIN}.0\tC1\thost-1.example\n"
    );
    let data = json!({
        "type": "bundle", "id": id("bundle", 1), "objects": [
            { "type": "domain-name", "spec_version": "2.1", "id": id("domain-name", 1), "value": "host-1.example" },
            { "type": "observed-data", "spec_version": "2.1", "id": id("observed-data", 1), "created": moment,
              "modified": moment, "first_observed": moment, "last_observed": moment, "number_observed": 1,
              "object_refs": [id("domain-name", 1)] }
        ]
    });
    let all: [(&str, String); 7] = [
        ("zeek", asks("host-1.example")),
        ("zeek", tsv),
        ("suricata", json!({ "timestamp": "2026-01-01T00:00:00.000000+0000", "event_type": "dns", "flow_id": 1,
            "src_ip": "192.0.2.1", "dest_ip": "203.0.113.9", "proto": "UDP", "dns": { "type": "query", "rrname": "host-1.example" } }).to_string()),
        ("ecs", json!({ "@timestamp": moment, "ecs": { "version": "8.11.0" }, "dns": { "question": { "name": "host-1.example" } } }).to_string()),
        ("sysmon", json!({ "Event": { "System": { "EventID": 22, "Channel": "Microsoft-Windows-Sysmon/Operational",
            "TimeCreated": { "SystemTime": moment } }, "EventData": { "QueryName": "host-1.example", "UtcTime": "2026-01-01 00:00:00.000" } } }).to_string()),
        ("cef", format!("<134>Jan  1 00:00:00 gate CEF:0|Coast|Gate|1|100|blocked|5|dst=203.0.113.9 rt={BEGIN}000")),
        ("stix", data.to_string()),
    ];
    for (name, lines) in all {
        for format in [String::new(), format!("?format={name}")] {
            let request =
                post(&token, lines.clone()).set("idempotency-key", &format!("{name}{format}{}", lines.len()));
            let response = ground.send(&Request { target: target("harbour") + &format, ..request }).await;
            assert_eq!(hits(&response), 1, "{name}{format}: {}", response.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_request_is_said_and_nothing_is_taken() {
    let (ground, token) = ground(ServerLimits { body_bytes_max: 1000, ..ServerLimits::default() }).await;
    ground.add(RW, &[indicator(1)]).await;
    let lines = || post(&token, asks("host-1.example"));
    let asked = |query: &str| Request { target: target("harbour") + query, ..lines() };
    let chunked = Request {
        body: Some([http::chunk(&[b'x'; 600]), http::chunk(&[b'x'; 600]), http::chunk(b"")].concat()),
        ..lines().set("transfer-encoding", "chunked")
    };
    let bad = [
        (asked("?format=telepathy"), 400),
        (asked("?format=zeek&format=zeek"), 400),
        (asked("?format="), 400),
        (asked("?sensor=island"), 400),
        (lines().set("idempotency-key", &"k".repeat(129)), 400),
        (lines().set("idempotency-key", ""), 400),
        (lines().set("content-encoding", "br"), 415),
        (lines().set("content-encoding", "gzip"), 400),
        (post(&token, packed(&[b' '; 1001])).set("content-encoding", "gzip"), 413),
        (post(&token, vec![b' '; 1001]), 413),
        (chunked, 413),
        (Request { method: "GET".to_owned(), ..lines() }, 405),
        (Request { target: "/sensors/harbour/".to_owned(), ..lines() }, 401),
    ];
    for (request, status) in bad {
        let response = ground.send(&request).await;
        assert_eq!(response.status, status, "{} {}", request.target, response.text());
        assert!(response.json()["title"].is_string(), "{}", response.text());
    }
    assert_eq!(hits(&ground.send(&lines().set("idempotency-key", &"k".repeat(128))).await), 1);
    assert_eq!(hits(&ground.send(&post(&token, vec![b' '; 1000])).await), 0);
    let empty: Value = ground.send(&post(&token, "")).await.json();
    assert_eq!(empty["lines"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stopped_node_counted_goes_on_when_it_starts_again() {
    let (ground, token) = ground(ServerLimits::default()).await;
    ground.add(RW, &[indicator(1)]).await;
    assert_eq!(hits(&ground.send(&post(&token, asks("host-1.example"))).await), 1);
    let ground = ground.restart().await;
    let again = ground.send(&post(&token, asks("host-1.example"))).await;
    assert_eq!(again.json()["body"], "repeated");
    assert_eq!(hits(&ground.send(&post(&token, asks("host-1.example").repeat(2))).await), 2);
    ground.pass(400);
    ground.exchange.keep_watch(ground.now()).await.unwrap();
    let read = ground.get(&format!("{}?match[type]=sighting", objects_of(RW))).await;
    assert_eq!(read.json()["objects"][0]["count"], 3);
}
