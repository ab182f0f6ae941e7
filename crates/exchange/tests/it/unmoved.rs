//! Is anything dated anew because of what its readers may not see? Then they could tell that it is there.

use serde_json::json;
use store::Sequence;
use testkit::objects::{
    granular, id, indicator, malware, marked, relationship, report, restriction, version, with,
};

use crate::ground::{Ground, mark};

const BEGINS: &str = "2026-01-20T00:00:00Z";

#[tokio::test]
async fn what_begins_for_others_dates_no_part_of_anything_else_anew() {
    let ground = Ground::new().await;
    let later = restriction(2, json!({ "releasable_to": ["NATO"], "valid_from": BEGINS }));
    ground.add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] })), later]).await;
    let parted = with(indicator(1), "description", json!("for NATO"));
    ground.add(None, &[granular(parted, &mark(1), &["description"])]).await;
    ground.add(None, &[marked(indicator(2), &[&mark(2)])]).await;
    let (jpn, nor) = (ground.read("jpn", Sequence::ZERO).await, ground.read("nor", Sequence::ZERO).await);
    assert_eq!(jpn.ids(), [id("indicator", 1)]);
    ground.set(BEGINS);
    ground.keep_house().await;
    assert_eq!(ground.read("nor", nor.last).await.ids(), [mark(2), id("indicator", 2)]);
    assert!(ground.read("jpn", jpn.last).await.ids().is_empty());
}

#[tokio::test]
async fn a_part_does_not_begin_because_somebody_else_says_so_of_its_marking() {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] }))]).await;
    let parted = with(indicator(1), "description", json!("for NATO"));
    ground.add(None, &[granular(parted, &mark(1), &["description"])]).await;
    let other = restriction(1, json!({ "releasable_to": ["NATO"], "valid_from": BEGINS }));
    ground.add(Some("nor"), &[other]).await;
    let jpn = ground.read("jpn", Sequence::ZERO).await;
    assert_eq!(jpn.ids(), [id("indicator", 1)]);
    ground.set(BEGINS);
    ground.keep_house().await;
    assert!(ground.read("jpn", jpn.last).await.ids().is_empty());
}

#[tokio::test]
async fn an_author_does_not_learn_that_others_got_what_it_refers_to() {
    let ground = Ground::new().await;
    ground.add(None, &[indicator(1), marked(malware(9), &[&mark(1)])]).await;
    let own = [
        relationship(1, &id("indicator", 1), &id("malware", 9)),
        report(1, &[id("indicator", 1), id("malware", 9)]),
    ];
    ground.add(Some("jpn"), &own).await;
    ground.add(None, &[report(2, &[id("indicator", 1), id("malware", 9)])]).await;
    let (jpn, nor) = (ground.read("jpn", Sequence::ZERO).await, ground.read("nor", Sequence::ZERO).await);
    ground.add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] }))]).await;
    ground.keep_house().await;
    let news = ground.read("nor", nor.last).await;
    assert_eq!(news.ids(), [mark(1), id("malware", 9), id("report", 2)]);
    // Of another's report it could tell before that a reference is missing; of its own it could not.
    assert_eq!(ground.read("jpn", jpn.last).await.ids(), [id("report", 2)]);
    // Who did not come past them meets them; who asks for them gets them.
    assert!(ground.read("nor", Sequence::ZERO).await.ids().contains(&id("relationship", 1).as_str()));
}

#[tokio::test]
async fn an_author_learns_of_the_version_that_it_sees_and_of_no_other() {
    let mut dated = Vec::new();
    for hidden in [false, true] {
        let ground = Ground::new().await;
        ground.add(None, &[marked(malware(9), &[&mark(2)])]).await;
        if hidden {
            ground.add(Some("nor"), &[marked(version(malware(9), 5), &[&mark(1)])]).await;
        }
        ground.add(Some("jpn"), &[report(1, &[id("malware", 9)])]).await;
        let jpn = ground.read("jpn", Sequence::ZERO).await;
        if hidden {
            ground.add(Some("nor"), &[restriction(1, json!({ "releasable_to": ["NATO"] }))]).await;
            ground.keep_house().await;
        }
        assert!(ground.read("jpn", jpn.last).await.ids().is_empty());
        ground.add(None, &[restriction(2, json!({ "releasable_to": ["JPN"] }))]).await;
        ground.keep_house().await;
        let news = ground.read("jpn", jpn.last).await;
        dated.push(news.ids().into_iter().map(str::to_owned).collect::<Vec<_>>());
    }
    assert_eq!(dated[0], [mark(2), id("malware", 9), id("report", 1)]);
    assert_eq!(dated[0], dated[1]);
}

#[tokio::test]
async fn what_is_dated_anew_keeps_its_order_whatever_else_is_there() {
    let mut orders = Vec::new();
    for hidden in [false, true] {
        let ground = Ground::new().await;
        ground.add(None, &[restriction(1, json!({ "not_releasable_to": ["MISSION"] }))]).await;
        if hidden {
            // The label of what comes last below is the first to be there.
            let secret = restriction(2, json!({ "releasable_to": ["NATO"] }));
            let part = granular(malware(7), &mark(2), &["is_family"]);
            ground.add(None, &[secret, marked(part, &[&mark(1)])]).await;
        }
        let parted = granular(with(indicator(2), "description", json!("x")), &mark(1), &["description"]);
        ground.add(None, &[marked(indicator(1), &[&mark(1)])]).await;
        ground.add(None, &[marked(parted, &[&mark(1)])]).await;
        let last = ground.read("jpn", Sequence::ZERO).await.last;
        ground.set("2026-02-01T00:00:00Z");
        ground.keep_house().await;
        let news = ground.read("jpn", last).await;
        orders.push(news.ids().into_iter().map(str::to_owned).collect::<Vec<_>>());
    }
    assert_eq!(orders[0], [mark(1), id("indicator", 1), id("indicator", 2)]);
    assert_eq!(orders[0], orders[1]);
}
