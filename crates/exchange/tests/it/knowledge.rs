//! Do claims stay apart, and does nobody learn of what is withheld?

use exchange::{Knowledge, Purpose};
use serde_json::json;
use testkit::objects::{AMBER, GREEN, RED, granular, id, indicator, marked, restriction, with};

use crate::ground::{Ground, mark};

const VALUE: &str = "203.0.113.7";

async fn know(ground: &Ground, partner: &str, value: &str) -> Knowledge {
    ground.exchange.know((partner, value), Purpose::Preview, ground.now()).await.unwrap().unwrap()
}

fn ids(knowledge: &Knowledge) -> Vec<&str> {
    knowledge.claims.iter().map(|known| known.id.as_str()).collect()
}

fn says(number: u32, confidence: u32) -> serde_json::Value {
    let object = with(indicator(number), "pattern", json!(format!("[ipv4-addr:value = '{VALUE}']")));
    with(object, "confidence", json!(confidence))
}

#[tokio::test]
async fn the_same_value_asserted_by_three_is_three_claims_for_who_may_have_three() {
    let ground = Ground::new().await;
    ground.add(None, &[says(1, 80), indicator(9)]).await;
    ground.add(Some("nor"), &[marked(says(2, 30), &[GREEN])]).await;
    let without = know(&ground, "jpn", VALUE).await;
    ground.add(Some("swe"), &[marked(says(3, 99), &[AMBER])]).await;
    ground.add(None, &[marked(says(4, 50), &[RED])]).await;
    let jpn = know(&ground, "jpn", VALUE).await;
    assert_eq!(jpn, without, "what is withheld changes nothing");
    assert_eq!(ids(&jpn), [id("indicator", 1), id("indicator", 2)]);
    assert_eq!(jpn.claims[0].confidence, Some(80));
    assert_eq!(jpn.claims[1].origin, "identity--a0000001-0000-4000-8000-00000000000b");
    assert_eq!(ids(&know(&ground, "swe", VALUE).await).len(), 3);
    assert!(know(&ground, "swe", "203.0.113").await.claims.is_empty());
}

#[tokio::test]
async fn a_value_in_a_part_that_is_withheld_is_not_known() {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] }))]).await;
    let object = with(indicator(1), "labels", json!(["one", VALUE]));
    ground.add(None, &[granular(object, &mark(1), &["labels.[1]"])]).await;
    assert!(know(&ground, "jpn", VALUE).await.claims.is_empty());
    assert_eq!(ids(&know(&ground, "nor", VALUE).await), [id("indicator", 1)]);
    assert_eq!(ids(&know(&ground, "jpn", "one").await), [id("indicator", 1)]);
}

#[tokio::test]
async fn what_a_partner_gets_to_know_is_accounted_for() {
    let ground = Ground::new().await;
    ground.add(None, &[says(1, 80), indicator(2)]).await;
    know(&ground, "jpn", VALUE).await;
    assert!(ground.exchange.who(&id("indicator", 1)).await.unwrap().is_empty());
    let asked = ground.exchange.know(("jpn", VALUE), Purpose::Release, ground.now()).await;
    assert_eq!(asked.unwrap().unwrap().claims.len(), 1);
    assert_eq!(ground.exchange.who(&id("indicator", 1)).await.unwrap().len(), 1);
    assert!(ground.exchange.who(&id("indicator", 2)).await.unwrap().is_empty());
    assert!(ground.exchange.know(("nobody", VALUE), Purpose::Release, ground.now()).await.unwrap().is_none());
}
