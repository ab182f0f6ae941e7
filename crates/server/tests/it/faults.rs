//! What if the store fails at the first, second, n-th operation of a request?

use std::sync::Arc;

use serde_json::{Value, json};
use store::Store;
use store::memory::Memory;
use testkit::{
    faulty::Faulty,
    http::Request,
    objects::{RED, indicator, malware, marked, with},
};

use crate::ground::{Ground, RW, Setup, all, object_of, objects_of};

async fn ground() -> (Ground, Arc<Faulty>) {
    let store = Arc::new(Faulty::new(Arc::new(Memory::default())));
    // What the console's views read beside requests would meet the faults instead of them.
    let setup = Setup { store: Arc::clone(&store) as _, console: false, ..Setup::default() };
    let ground = Ground::with(setup).await;
    (ground, store)
}

fn ids(envelope: &Value) -> Vec<&str> {
    envelope["objects"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|object| object["id"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_happens_whole_or_not_at_all_wherever_the_store_fails() {
    for after in 0.. {
        let (ground, store) = ground().await;
        let objects = [indicator(1), marked(indicator(2), &[RED]), malware(3)];
        store.fail(after);
        let response = ground.post(RW, &objects).await;
        let failed = store.is_spent();
        store.mend();
        assert_eq!(response.status, if failed { 500 } else { 202 }, "fault after {after}");
        let held = ground.get(&objects_of(RW)).await.json();
        assert_eq!(ids(&held).len(), if failed { 0 } else { 3 }, "fault after {after}: {held}");
        ground.add(RW, &objects).await;
        assert_eq!(
            ids(&ground.get(&objects_of(RW)).await.json()).len(),
            3,
            "sent again after a fault after {after}"
        );
        if !failed {
            assert!(after >= 3, "the faults were met on the way");
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_cannot_be_answered_is_500_and_tells_nothing() {
    let (ground, store) = ground().await;
    let status = ground.add(RW, &[indicator(1), malware(2)]).await;
    let status = format!("/api/status/{}/", status["id"].as_str().unwrap());
    let id = indicator(1)["id"].as_str().unwrap().to_owned();
    for (method, target) in all(RW, &id, &status).into_iter().filter(|(method, _)| *method == "GET") {
        let whole = ground.get(&target).await.text();
        for after in 0.. {
            store.fail(after);
            let response = ground.send(&ground.dressed(Request::new(method, &target))).await;
            let failed = store.is_spent();
            store.mend();
            if !failed {
                assert_eq!(response.text(), whole, "{target}");
                break;
            }
            assert_eq!(response.status, 500, "{target}, fault after {after}");
            assert!(
                !response.text().contains("indicator") && !response.text().contains("fault"),
                "{}",
                response.text()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrives_during_a_request_is_withheld_with_the_references_to_it() {
    let (ground, store) = ground().await;
    let before = Store::counts(&*store).await.unwrap();
    let last = Store::last(&*store);
    let secret = marked(indicator(1), &[RED]);
    let hidden = secret["id"].as_str().unwrap().to_owned();
    let visible = with(malware(2), "x_seen_refs", json!([hidden]));
    ground.add_own(RW, &[secret, visible.clone()]).await;
    for target in [objects_of(RW), object_of(RW, visible["id"].as_str().unwrap())] {
        store.answer_late(last, before.clone());
        let answer = ground.get(&target).await.text();
        assert!(answer.contains("malware--") && !answer.contains(&hidden), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_happens_or_not_wherever_the_store_fails() {
    for after in 0.. {
        let (ground, store) = ground().await;
        ground.add(RW, &[indicator(1)]).await;
        let target = object_of(RW, indicator(1)["id"].as_str().unwrap());
        store.fail(after);
        let response = ground.send(&ground.dressed(Request::new("DELETE", &target))).await;
        let failed = store.is_spent();
        store.mend();
        assert_eq!(response.status, if failed { 500 } else { 200 });
        assert_eq!(ground.get(&target).await.status, if failed { 200 } else { 404 }, "fault after {after}");
        if !failed {
            return;
        }
    }
}
