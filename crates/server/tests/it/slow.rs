//! What do slow and silent clients cost? A connection for a while, and nobody else anything.

use std::time::Duration;

use server::ServerLimits;
use testkit::{http, http::Request, objects::indicator};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::ground::{Ground, RW, Read, objects_of};

const PATIENCE: Duration = Duration::from_secs(8);

fn impatient() -> ServerLimits {
    ServerLimits { head_seconds_max: 1, body_seconds_max: 1, idle_seconds_max: 1, ..ServerLimits::default() }
}

/// Reads until the node ends the connection, which it has to do in good time.
async fn ended(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_connection_is_ended() {
    let ground = Ground::limited(impatient()).await;
    let mut stream = TcpStream::connect(ground.address).await.unwrap();
    assert_eq!(ended(&mut stream).await, "");
    assert_eq!(ground.get("/api/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_dribbles_is_ended() {
    let ground = Ground::limited(impatient()).await;
    let bytes = ground.dressed(Request::new("GET", "/api/")).to_bytes();
    let (mut reading, mut writing) = TcpStream::connect(ground.address).await.unwrap().into_split();
    let dribble = tokio::spawn(async move {
        for byte in bytes {
            if writing.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, reading.read_to_end(&mut answer)).await.unwrap();
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
    dribble.abort();
    assert_eq!(ground.get("/api/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_dribbles_is_refused_with_408() {
    let limits = ServerLimits { idle_seconds_max: 30, ..impatient() };
    let ground = Ground::limited(limits).await;
    let body = testkit::objects::envelope(&[indicator(1)]);
    let whole = ground.dressed(Request::new("POST", &objects_of(RW)).body(body.clone())).to_bytes();
    let (mut reading, mut writing) = TcpStream::connect(ground.address).await.unwrap().into_split();
    let dribble = tokio::spawn(async move {
        let head = whole.len() - body.len();
        writing.write_all(&whole[..head]).await.unwrap();
        for byte in &whole[head..] {
            if writing.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let response = timeout(PATIENCE, http::read(&mut reading)).await.unwrap().unwrap();
    assert_eq!((response.status, response.header("connection")), (408, Some("close")));
    dribble.abort();
    assert!(ground.get(&objects_of(RW)).await.ids().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_never_comes_gives_its_room_back() {
    let limits = ServerLimits { body_bytes_max: 64 << 10, bodies_bytes_max: 64 << 10, ..impatient() };
    let ground = Ground::limited(limits).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let request = ground.dressed(Request::new("POST", &objects_of(RW)).set("content-length", "65536"));
        let request = request.set("content-type", crate::ground::TAXII);
        let mut stream = TcpStream::connect(ground.address).await.unwrap();
        stream.write_all(&request.to_bytes()).await.unwrap();
        held.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    // While all the room is taken, others wait, or are told to come again; then there is room.
    let post = || Request::new("POST", &objects_of(RW)).body(testkit::objects::envelope(&[indicator(1)]));
    let mut status = ground.ask(post()).await.status;
    for _ in 0..20 {
        if status == 202 {
            break;
        }
        assert_eq!(status, 503);
        tokio::time::sleep(Duration::from_millis(300)).await;
        status = ground.ask(post()).await.status;
    }
    assert_eq!(status, 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_ended() {
    let ground = Ground::limited(impatient()).await;
    let big = testkit::objects::with(indicator(1), "x_big", serde_json::json!("b".repeat(4_000_000)));
    let others: Vec<_> = (2..5)
        .map(|number| {
            testkit::objects::with(indicator(number), "x_big", serde_json::json!("b".repeat(3_900_000)))
        })
        .collect();
    ground.post(RW, &[testkit::objects::with(big, "name", serde_json::json!("x"))]).await;
    ground.post(RW, &others).await;
    let request = ground.dressed(Request::new("GET", &objects_of(RW))).to_bytes();
    let mut stalled = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(ground.address).await.unwrap();
        stream.write_all(&request).await.unwrap();
        stalled.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(2500)).await;
    // The answer was given up: its rest never comes.
    for stream in &mut stalled {
        let mut answer = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
        assert!(answer.len() < 15_000_000, "{}", answer.len());
    }
    assert_eq!(ground.get("/api/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_connections_than_are_allowed_wait() {
    let limits = ServerLimits { connections_max: 4, ..impatient() };
    let ground = Ground::limited(limits).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(TcpStream::connect(ground.address).await.unwrap());
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    // The fifth is not lost: it is served once one of the four is ended for its silence.
    let request = ground.dressed(Request::new("GET", "/api/"));
    let early = timeout(Duration::from_millis(300), ground.send(&request)).await;
    assert!(early.is_err(), "a connection above the limit was served");
    let response = timeout(PATIENCE, ground.send(&request)).await.unwrap();
    assert_eq!(response.status, 200);
    // All that are asked at once are served, one after another.
    let all: Vec<_> = (0..20).map(|_| ground.ask(Request::new("GET", "/api/"))).collect();
    for one in all {
        assert_eq!(one.await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stops_lets_requests_end() {
    let ground = Ground::new().await;
    let address = ground.address;
    let body = testkit::objects::envelope(&[indicator(1)]);
    let whole = ground.dressed(Request::new("POST", &objects_of(RW)).body(body)).to_bytes();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (head, rest) = whole.split_at(whole.len() - 20);
    stream.write_all(head).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopping = tokio::spawn(ground.stop());
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream.write_all(rest).await.unwrap();
    let response = timeout(PATIENCE, http::read(&mut stream)).await.unwrap().unwrap();
    assert_eq!(response.status, 202);
    drop(stream);
    timeout(PATIENCE, stopping).await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "a stopped node takes connections");
}
