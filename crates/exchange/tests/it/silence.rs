//! Does what holds objects show them where it is printed for debugging? A log or a panic must not.

use std::{fmt::Write, num::NonZeroU32};

use exchange::{Channel, Purpose};
use serde_json::json;
use store::{
    Batch, LabelSet, ObjectQuery, Operation, OriginNumber, Sequence, Store,
    ledger::{EntryNumber, LedgerQuery},
};
use testkit::objects::{granular, id, indicator, malware, restriction, with};

use crate::ground::{Ground, ROOM, mark};

const CANARY: &str = "canary-9f2c";

#[tokio::test]
async fn what_holds_objects_does_not_print_them() {
    let ground = Ground::new().await;
    let secret = with(with(indicator(1), "name", json!(CANARY)), "x_note", json!({ CANARY: [CANARY] }));
    let secret = granular(secret, &mark(1), &["x_note"]);
    let says = with(malware(1), "description", json!(format!("of {CANARY}")));
    ground.add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] })), secret.clone()]).await;
    let now = ground.now();
    let envelope = json!({ "objects": [secret, says] }).to_string();
    let mut shown = String::new();
    let prepared = ground.exchange.prepare(envelope.as_bytes(), now).unwrap();
    write!(shown, "{prepared:?}").unwrap();
    for partner in ["nor", "jpn"] {
        let access = ground.exchange.access(partner, ROOM, now).unwrap();
        let released =
            ground.exchange.objects(&access, &Ground::query(Sequence::ZERO), Channel::Objects).await.unwrap();
        assert!(!released.objects.is_empty());
        let known =
            ground.exchange.know((partner, "malicious-activity"), Purpose::Preview, now).await.unwrap();
        assert_eq!(known.as_ref().unwrap().claims.len(), 1);
        let preview = ground.exchange.preview(&id("indicator", 1), partner, now).await.unwrap();
        write!(shown, "{access:?}{released:?}{known:?}{preview:?}").unwrap();
    }
    let draft = ground.exchange.preview_draft((ROOM, envelope.as_bytes()), None, now).await.unwrap();
    assert_eq!(draft.failures, []);
    write!(shown, "{draft:?}{:?}", ground.exchange).unwrap();
    let store = &ground.faulty;
    let labels: LabelSet = store.counts().await.unwrap().iter().map(|count| count.label).collect();
    for count in store.counts().await.unwrap() {
        let query = ObjectQuery {
            collection: count.collection,
            after: Sequence::ZERO,
            types: Vec::new(),
            limit: NonZeroU32::MAX,
            bytes_max: usize::MAX,
        };
        let page = store.objects(&query, &labels).await.unwrap();
        write!(shown, "{page:?}").unwrap();
        for held in &page.objects {
            let text = held.object.inspect().text_bytes();
            let tree = stix::json::Tree::parse(text, &stix::Limits::DEFAULT).unwrap();
            write!(shown, "{tree:?}{:?}{held:?}{:?}", tree.root(), held.object.inspect()).unwrap();
            let add = Operation::Add {
                collection: count.collection,
                label: held.label,
                origin: OriginNumber(0),
                meaning: [0; 16],
                object: held.object.inspect().clone(),
            };
            let batch =
                Batch { now, preconditions: Vec::new(), operations: vec![add], receipt: None, entry: None };
            write!(shown, "{batch:?}").unwrap();
        }
    }
    assert!(shown.contains("indicator--"), "something was printed");
    let at = shown.find(CANARY).map(|at| shown[at.saturating_sub(300)..at + 20].to_owned());
    assert_eq!(at, None);
}

#[tokio::test]
async fn the_ledger_names_the_places_of_what_was_taken_out_and_nothing_of_what_was_in_them() {
    let ground = Ground::new().await;
    let secret = with(indicator(1), "description", json!(CANARY));
    let secret = with(secret, "labels", json!([CANARY]));
    let secret = granular(secret, &mark(1), &["description", "labels.[0]"]);
    ground.add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] })), secret]).await;
    ground.read("jpn", Sequence::ZERO).await;
    let store = &ground.faulty;
    let query =
        LedgerQuery { after: EntryNumber(0), about: None, limit: NonZeroU32::MAX, bytes_max: usize::MAX };
    let entries = store.entries(&query).await.unwrap();
    let texts: Vec<_> =
        entries.iter().map(|entry| String::from_utf8_lossy(&entry.content).into_owned()).collect();
    assert!(texts.iter().any(|text| text.contains("/description")), "what was taken out is told");
    assert!(texts.iter().all(|text| !text.contains(CANARY)));
}
