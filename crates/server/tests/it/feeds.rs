//! Do feeds give what their reader may have now, to whom has their token, and nothing that is over?

use serde_json::json;
use server::admin::{Command, Reply};
use testkit::{
    http::{Request, Response},
    objects::{AMBER, CLEAR, id, indicator, marked, object, version, with},
};

use crate::ground::{Ground, RW, Setup, WORLD};

const FEEDS: &str = r#"
[[feed]]
name = "own-zeek"
collection = "rw"
format = "zeek"

[[feed]]
name = "p-misp"
collection = "ro"
as = "p"
format = "misp"

[[feed]]
name = "names"
collection = "rw"
format = "list"
kinds = ["domain"]
confidence_min = 50
"#;

async fn ground() -> Ground {
    Ground::with(Setup { world: format!("{WORLD}{FEEDS}"), ..Setup::default() }).await
}

async fn get(ground: &Ground, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::new("GET", path);
    for (name, value) in headers {
        request = request.set(name, value);
    }
    ground.send(&request).await
}

async fn bearer(ground: &Ground, feed: &str) -> String {
    format!("Bearer {}", ground.token(&format!("feed/{feed}"), None).await)
}

#[tokio::test]
async fn a_feed_opens_to_its_own_token_only_and_is_else_as_if_it_were_not_there() {
    let ground = ground().await;
    let own = bearer(&ground, "own-zeek").await;
    let other = bearer(&ground, "names").await;
    assert_eq!(get(&ground, "/feeds/own-zeek", &[("authorization", &own)]).await.status, 200);
    let p = ground.bearer("p");
    let unknown = get(&ground, "/feeds/unknown", &[("authorization", &other)]).await;
    assert_eq!(unknown.status, 401);
    for wrong in [Some(&other), Some(&p), None] {
        let headers: Vec<_> = wrong.iter().map(|token| ("authorization", token.as_str())).collect();
        let refused = get(&ground, "/feeds/own-zeek", &headers).await;
        assert_eq!((refused.status, refused.text()), (401, unknown.text()));
    }
    // It opens nothing else.
    let elsewhere = ground.ask(Request::new("GET", "/taxii2/").set("authorization", &own)).await;
    assert_eq!(elsewhere.status, 401);
    // Withdrawn, it is over.
    let Reply::Credentials(all) = ground.admin(Command::Credentials).await else { panic!() };
    let credential = all.iter().find(|one| one.partner == "feed/own-zeek").unwrap();
    ground.admin(Command::Withdraw { id: credential.id }).await;
    assert_eq!(get(&ground, "/feeds/own-zeek", &[("authorization", &own)]).await.status, 401);
}

#[tokio::test]
async fn a_feed_tells_whether_it_changed_and_what_is_over_is_gone_at_the_next_fetch() {
    let ground = ground().await;
    let token = bearer(&ground, "own-zeek").await;
    let ends = ground.now().plus_seconds(1000).to_string();
    let expiring = with(marked(indicator(1), &[CLEAR]), "valid_until", json!(ends));
    ground.add_own(RW, &[expiring, indicator(2), indicator(3), indicator(4)]).await;
    ground.pass(10);
    let fetch = async |tag: Option<String>| {
        let mut headers = vec![("authorization", token.clone())];
        headers.extend(tag.map(|tag| ("if-none-match", tag)));
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        get(&ground, "/feeds/own-zeek", &headers).await
    };
    let tag = |response: &Response| response.header("etag").unwrap().to_owned();
    let has =
        |response: &Response| [1, 2, 3, 4].map(|n| response.text().contains(&format!("host-{n}.example")));
    let first = fetch(None).await;
    assert_eq!(has(&first), [true; 4]);
    assert!(first.text().starts_with("# TLP:CLEAR\n"));
    ground.pass(500);
    let same = fetch(Some(tag(&first))).await;
    assert_eq!((same.status, same.text().as_str()), (304, ""));
    assert_eq!(same.header("last-modified"), first.header("last-modified"));
    assert_eq!(fetch(None).await.text(), first.text(), "to the byte");
    // Expired; revoked; disagreed with.
    ground.pass(500);
    let expired = fetch(Some(tag(&first))).await;
    assert_eq!((expired.status, has(&expired)), (200, [false, true, true, true]));
    assert_ne!(expired.header("last-modified"), first.header("last-modified"));
    ground.add_own(RW, &[version(with(indicator(2), "revoked", json!(true)), 2)]).await;
    let revoked = fetch(Some(tag(&expired))).await;
    assert_eq!((revoked.status, has(&revoked)), (200, [false, false, true, true]));
    let opinion = object("opinion", 9, json!({ "opinion": "disagree", "object_refs": [id("indicator", 3)] }));
    ground.add_own(RW, &[opinion]).await;
    let suppressed = fetch(Some(tag(&revoked))).await;
    assert_eq!((suppressed.status, has(&suppressed)), (200, [false, false, false, true]));
    // Known already, it left not again.
    let receipts = ground.exchange.who(&id("indicator", 4)).await.unwrap();
    assert_eq!(receipts.len(), 5);
    assert!(receipts.iter().all(|receipt| receipt.channel == exchange::Channel::Feed));
}

#[tokio::test]
async fn a_feed_is_read_as_its_partner_and_has_the_parts_of_its_format() {
    let ground = ground().await;
    let token = bearer(&ground, "p-misp").await;
    let red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
    ground.add_own("ro", &[marked(indicator(1), &[AMBER]), marked(indicator(2), &[red])]).await;
    ground.pass(10);
    let index = get(&ground, "/feeds/p-misp/manifest.json", &[("authorization", &token)]).await;
    assert_eq!((index.status, index.header("content-type")), (200, Some("application/json")));
    let event = index.json().as_object().unwrap().keys().next().unwrap().clone();
    let event = get(&ground, &format!("/feeds/p-misp/{event}.json"), &[("authorization", &token)]).await;
    assert!(event.text().contains("host-1.example") && !event.text().contains("host-2.example"));
    assert_eq!(event.json()["Event"]["Tag"][0]["name"], "tlp:amber");
    assert_eq!(
        event.json()["Event"]["timestamp"],
        index.json().as_object().unwrap().values().next().unwrap()["timestamp"]
    );
    let accounted = async || ground.exchange.who(&id("indicator", 1)).await.unwrap().len();
    let before = accounted().await;
    assert_eq!(get(&ground, "/feeds/p-misp/other.json", &[("authorization", &token)]).await.status, 404);
    assert_eq!(accounted().await, before, "nothing left");
    let packed = get(
        &ground,
        "/feeds/p-misp/manifest.json",
        &[("authorization", &token), ("accept-encoding", "gzip")],
    )
    .await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
}

#[tokio::test]
async fn an_empty_feed_is_there_and_filters_hold() {
    let ground = ground().await;
    let token = bearer(&ground, "names").await;
    let empty = get(&ground, "/feeds/names", &[("authorization", &token)]).await;
    assert_eq!(empty.status, 200);
    assert!(empty.text().lines().all(|line| line.starts_with('#')));
    let sure = |number, confidence: u8| with(indicator(number), "confidence", json!(confidence));
    ground.add_own(RW, &[sure(1, 49), sure(2, 50), indicator(3)]).await;
    ground.pass(10);
    let some = get(&ground, "/feeds/names", &[("authorization", &token)]).await;
    let lines: Vec<_> =
        some.text().lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    assert_eq!(lines, ["host-2.example"]);
}

#[tokio::test]
async fn a_feed_that_contradicts_the_declaration_is_not_applied() {
    let ground = ground().await;
    let feed = |rest: &str| format!("{WORLD}\n[[feed]]\nname = \"x\"\n{rest}");
    for wrong in [
        "collection = \"unknown\"\nformat = \"zeek\"",
        "collection = \"rw\"\nformat = \"unknown\"",
        "collection = \"rw\"\nformat = \"zeek\"\nas = \"unknown\"",
        "collection = \"rw\"\nformat = \"zeek\"\nkinds = [\"unknown\"]",
        "collection = \"rw\"\nformat = \"zeek\"\nconfidence_min = 101",
    ] {
        let world = Box::new(toml::from_str(&feed(wrong)).unwrap());
        let reply = ground.admin(Command::Apply { world, dry_run: true }).await;
        assert!(matches!(reply, Reply::Refused { .. }), "{wrong}: {reply:?}");
    }
}
