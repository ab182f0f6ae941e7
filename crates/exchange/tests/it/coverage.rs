//! Does the originator learn who protects themselves with an indicator, and what they saw?

use serde_json::json;
use store::Sequence;
use testkit::objects::{AMBER, id, indicator, marked, sighting, with};

use crate::ground::Ground;

#[tokio::test]
async fn who_has_an_indicator_and_what_they_saw_of_it_is_told() {
    let ground = Ground::new().await;
    let own = id("indicator", 1);
    ground.add(None, &[marked(indicator(1), &[AMBER]), indicator(2)]).await;
    let empty = ground.exchange.coverage(&own, ground.now()).await.unwrap();
    assert!(empty.holders.is_empty() && empty.seen.is_empty());
    ground.read("nor", Sequence::ZERO).await;
    ground.read("swe", Sequence::ZERO).await;
    ground.read("jpn", Sequence::ZERO).await;
    let seen = |number: u32, count: u32, day: &str| {
        let sighting = with(sighting(number, &own), "count", json!(count));
        let sighting = with(sighting, "first_seen", json!(format!("2025-12-{day}T00:00:00.000Z")));
        with(sighting, "last_seen", json!(format!("2025-12-{day}T01:00:00.000Z")))
    };
    let later = |sighting| with(sighting, "modified", json!("2026-06-01T00:00:00.000Z"));
    ground.add(Some("nor"), &[seen(1, 3, "05"), seen(2, 4, "01"), sighting(9, &id("indicator", 2))]).await;
    // Seen once more: the first sighting says so itself. One that was never made is taken back.
    ground.add(Some("nor"), &[later(seen(1, 5, "06")), seen(8, 100, "09")]).await;
    ground.add(Some("nor"), &[with(later(seen(8, 100, "09")), "revoked", json!(true))]).await;
    ground.add(Some("swe"), &[seen(3, 0, "07")]).await;
    let coverage = ground.exchange.coverage(&own, ground.now()).await.unwrap();
    assert_eq!(coverage.holders, ["nor".to_owned(), "swe".to_owned()].into());
    let nor = &coverage.seen["nor"];
    assert_eq!((nor.sightings, nor.count, nor.searched_none), (2, 9, 0));
    assert_eq!(nor.first_seen.as_deref(), Some("2025-12-01T00:00:00.000Z"));
    assert_eq!(nor.last_seen.as_deref(), Some("2025-12-06T01:00:00.000Z"));
    let swe = &coverage.seen["swe"];
    assert_eq!((swe.sightings, swe.count, swe.searched_none, &swe.first_seen), (1, 0, 1, &None));
    assert!(!format!("{coverage:?}").contains("jpn"));
}
