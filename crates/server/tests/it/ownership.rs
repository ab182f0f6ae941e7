//! Whose is an id? Nobody can replace, revoke or hide what another brought.

use serde_json::json;
use testkit::objects::{AMBER, RED, id, indicator, marked, moment, restriction, version, with};

use crate::ground::{Ground, RW, Read, four, manifest_of, object_of, objects_of, versions_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_can_replace_or_revoke_the_object_of_another() {
    let ground = Ground::new().await;
    ground.add_as("q", RW, &[indicator(1)]).await;
    let own = id("indicator", 1);
    let mut before = Vec::new();
    for target in four(RW, &own) {
        before.push(ground.get(&target).await.body);
    }
    let revoked = with(version(indicator(1), 9), "revoked", json!(true));
    let older = version(with(indicator(1), "name", json!("older")), 1);
    let same = with(indicator(1), "name", json!("the same version, other content"));
    for object in [version(indicator(1), 5), revoked, older, same] {
        let status = ground.add("rw", &[object]).await;
        assert_eq!(status["failure_count"], 0, "what P is told depends on what P brought alone");
    }
    for partner in ["p", "q"] {
        for (target, before) in four(RW, &own).iter().zip(&before) {
            assert_eq!(&ground.read_as(partner, target).await.body, before, "{partner} {target}");
        }
        for filter in ["match[version]=last", "match[version]=first", "match[version]=all"] {
            let versions = ground.read_as(partner, &format!("{}?{filter}", objects_of(RW))).await.versions();
            assert_eq!(versions, [moment(0)], "{partner} {filter}");
        }
    }
    // Deleting takes away what P brought, and nothing else.
    assert_eq!(ground.delete(&object_of(RW, &own)).await.status, 200);
    for (target, before) in four(RW, &own).iter().zip(&before) {
        assert_eq!(&ground.get(target).await.body, before, "{target}");
    }
    assert_eq!(ground.delete(&object_of(RW, &own)).await.status, 403);
    assert_eq!(ground.get(&object_of(RW, &own)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_that_another_keeps_to_itself_is_still_free() {
    let ground = Ground::new().await;
    // Q was first, but P cannot know.
    ground.add_as("q", RW, &[marked(indicator(1), &[RED])]).await;
    ground.pass(1);
    let own = with(indicator(1), "name", json!("of P"));
    ground.add(RW, std::slice::from_ref(&own)).await;
    let page = ground.get(&objects_of(RW)).await;
    assert_eq!(page.json()["objects"], json!([own]));
    let page = ground.read_as("q", &objects_of(RW)).await;
    assert_eq!(page.json()["objects"], json!([marked(indicator(1), &[RED])]));
    for partner in ["p", "q"] {
        assert_eq!(
            ground.read_as(partner, &versions_of(RW, &id("indicator", 1))).await.versions(),
            [moment(0)]
        );
        assert_eq!(ground.read_as(partner, &manifest_of(RW)).await.ids().len(), 1);
    }
    assert_eq!(ground.delete(&object_of(RW, &id("indicator", 1))).await.status, 200);
    assert!(ground.get(&objects_of(RW)).await.ids().is_empty());
    assert_eq!(ground.read_as("q", &objects_of(RW)).await.ids().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_are_decided_one_by_one() {
    let ground = Ground::new().await;
    ground.add_own(RW, &[restriction(1, json!({ "releasable_to": ["NATO"] }))]).await;
    let mark = id("marking-definition", 1);
    let versions = [
        marked(version(indicator(1), 1), &[&mark]),
        version(indicator(1), 2),
        marked(version(indicator(1), 3), &[&mark]),
        marked(version(indicator(1), 4), &[AMBER]),
        marked(version(indicator(1), 5), &[RED]),
    ];
    ground.add_own(RW, &versions).await;
    for (partner, numbers) in [("p", vec![1, 2, 3, 4]), ("q", vec![2, 4])] {
        let expected: Vec<_> = numbers.iter().map(|number| moment(*number)).collect();
        let all = ground.read_as(partner, &versions_of(RW, &id("indicator", 1))).await.versions();
        assert_eq!(all, expected, "{partner}");
        let first = ground
            .read_as(partner, &format!("{}?match[version]=first&match[type]=indicator", objects_of(RW)))
            .await;
        assert_eq!(first.versions(), expected[..1], "{partner}");
        let last = ground.read_as(partner, &format!("{}?match[type]=indicator", manifest_of(RW))).await;
        assert_eq!(last.versions(), expected[expected.len() - 1..], "{partner}");
        let hidden = ground
            .read_as(partner, &format!("{}?match[version]={}", object_of(RW, &id("indicator", 1)), moment(5)))
            .await;
        assert_eq!(hidden.status, 404, "{partner}");
    }
}
