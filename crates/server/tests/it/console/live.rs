//! Is what changes told, once, to whom it may be told, and for as long as they are signed in?

use std::time::Duration;

use serde_json::{Value, json};
use server::Role;
use testkit::objects::{AMBER, GREEN, indicator, malware, marked};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Somebody, code, request, sign_in, somebody};
use crate::ground::Ground;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A stream of news, as a browser reads it.
struct News {
    stream: TcpStream,
    text: String,
}

impl News {
    async fn open(ground: &Ground, person: &Somebody, last: Option<&str>) -> Self {
        let mut ask =
            request("GET", "/changes").set("cookie", &person.cookie).set("connection", "keep-alive");
        if let Some(last) = last {
            ask = ask.set("last-event-id", last);
        }
        let mut stream = TcpStream::connect(ground.address).await.unwrap();
        stream.write_all(&ask.to_bytes()).await.unwrap();
        let mut news = Self { stream, text: String::new() };
        news.until("\r\n\r\n").await;
        assert!(news.text.starts_with("HTTP/1.1 200"), "{}", news.text);
        let head = news.text.to_ascii_lowercase();
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        assert!(head.contains("x-accel-buffering: no") && !head.contains("content-encoding"), "{head}");
        news
    }

    /// Reads on until a text is there; false where the stream is over before.
    async fn until(&mut self, wanted: &str) -> bool {
        let read = async {
            let mut buffer = [0; 4096];
            while !self.text.contains(wanted) {
                let count = self.stream.read(&mut buffer).await.unwrap_or(0);
                if count == 0 {
                    return false;
                }
                self.text.push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
            true
        };
        tokio::time::timeout(PATIENCE, read).await.unwrap()
    }

    /// The next message: its id and data. The first tells how things stand.
    async fn next(&mut self) -> (String, Value) {
        assert!(self.until("\ndata: ").await && self.until("}\n\n").await, "{}", self.text);
        let (_, rest) = self.text.split_once("id: ").unwrap();
        let (id, rest) = rest.split_once('\n').unwrap();
        let (_, rest) = rest.split_once("data: ").unwrap();
        let (data, rest) = rest.split_once("\n\n").unwrap();
        let message = (id.to_owned(), serde_json::from_str(data).unwrap());
        let rest = rest.to_owned();
        self.text = rest;
        message
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn news_are_counted_after_policy_and_go_on_where_a_browser_stood() {
    let ground = Ground::new().await;
    let admin = somebody(&ground, "ada", Role::Administrator).await;
    let new = json!({ "user": "erik", "role": "reader", "ceiling": "green" });
    let password = admin.does(&ground, "/users", &new).await["password"].as_str().unwrap().to_owned();
    let response = sign_in(&ground, "erik", &password, None).await;
    let erik = Somebody { user: "erik".to_owned(), password, cookie: super::cookie(&response) };
    let mut of_ada = News::open(&ground, &admin, None).await;
    let mut of_erik = News::open(&ground, &erik, None).await;
    let (seen_by_ada, first) = of_ada.next().await;
    let (seen_by_erik, _) = of_erik.next().await;
    assert_eq!(first["added"], json!({}), "{first}");
    ground.pass(10);
    ground.add_own("rw", &[marked(malware(1), &[AMBER])]).await;
    assert_eq!(of_ada.next().await.1["added"], json!({ "malware": 1 }));
    ground.pass(10);
    ground.add_own("rw", &[marked(indicator(1), &[GREEN])]).await;
    // Of what is withheld from them, they were told nothing in between.
    assert_eq!(of_erik.next().await.1["added"], json!({ "indicator": 1 }), "{}", erik.user);
    drop((of_ada, of_erik));
    let mut again = News::open(&ground, &admin, Some(&seen_by_ada)).await;
    assert_eq!(again.next().await.1["added"], json!({ "indicator": 1, "malware": 1 }));
    let mut again = News::open(&ground, &erik, Some(&seen_by_erik)).await;
    assert_eq!(again.next().await.1["added"], json!({ "indicator": 1 }));
    let odd = admin.send(&ground, request("GET", "/changes").set("last-event-id", "yesterday")).await;
    assert_eq!(code(&odd), "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_session_and_of_more_than_allowed_the_oldest_gives_way() {
    let ground = Ground::new().await;
    let admin = somebody(&ground, "ada", Role::Administrator).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(News::open(&ground, &admin, None).await);
    }
    let fifth = News::open(&ground, &admin, None).await;
    assert!(!streams.remove(0).until("never said").await, "the oldest gave way");
    streams.push(fifth);
    assert_eq!(admin.send(&ground, request("DELETE", "/session")).await.status, 204);
    for mut stream in streams {
        assert!(!stream.until("never said").await, "the stream is over");
    }
}
