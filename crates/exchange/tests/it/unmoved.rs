//! Is anything dated anew because of what its readers may not see? Then they could tell that it is there.

use serde_json::json;
use store::Sequence;
use testkit::objects::{granular, id, indicator, marked, restriction, with};

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
