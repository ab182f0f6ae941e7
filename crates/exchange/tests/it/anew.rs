//! What somebody may have now who might not before: does who polls by date added meet it?

use serde_json::json;
use testkit::objects::{
    AMBER, RED, granular, id, indicator, malware, marked, relationship, report, restriction, with,
};

use crate::ground::{Ground, WORLD, mark};

fn to(codes: &[&str]) -> serde_json::Value {
    json!({ "releasable_to": codes })
}

fn level(level: &str) -> serde_json::Value {
    json!({ "classification": [{ "policy": "COAST", "level": level }] })
}

#[tokio::test]
async fn what_waited_for_a_marking_comes_with_what_refers_to_it() {
    let ground = Ground::new().await;
    let (hidden, other) = (id("malware", 1), id("indicator", 1));
    ground.add(None, &[marked(malware(1), &[&mark(1)]), indicator(1)]).await;
    ground
        .add(None, &[relationship(1, &other, &hidden), report(1, &[id("relationship", 1), other.clone()])])
        .await;
    let before = ground.read("nor", store::Sequence::ZERO).await;
    assert_eq!(before.ids(), [other.as_str(), &id("report", 1)]);
    assert_eq!(before.objects[1]["object_refs"], json!([other]));
    ground.add(None, &[restriction(1, to(&["NATO"]))]).await;
    ground.keep_house().await;
    let news = ground.read("nor", before.last).await;
    let expected = [mark(1), hidden, id("relationship", 1), id("report", 1)];
    for id in &expected {
        assert_eq!(news.ids().iter().filter(|new| *new == id).count(), 1, "{id} in {:?}", news.ids());
    }
    assert_eq!(news.objects.len(), expected.len());
    assert_eq!(news.objects.last().unwrap()["object_refs"].as_array().unwrap().len(), 2);
    ground.keep_house().await;
    assert!(ground.read("nor", news.last).await.objects.is_empty());
}

#[tokio::test]
async fn a_part_that_waited_for_its_marking_comes_with_a_new_date() {
    let ground = Ground::new().await;
    let object = with(indicator(1), "description", json!("for NATO"));
    ground.add(None, &[granular(object, &mark(1), &["description"]), indicator(2)]).await;
    let before = ground.read("nor", store::Sequence::ZERO).await;
    assert!(before.objects[0].get("description").is_none());
    ground.add(None, &[restriction(1, to(&["NATO"]))]).await;
    let news = ground.read("nor", before.last).await;
    assert_eq!(news.ids(), [mark(1), id("indicator", 1)]);
    assert_eq!(news.objects[1]["description"], "for NATO");
}

#[tokio::test]
async fn who_is_cleared_for_more_meets_it_and_others_meet_nothing() {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, level("SECRET")), restriction(2, level("CLOSED"))]).await;
    ground
        .add(None, &[marked(indicator(1), &[&mark(1)]), marked(indicator(2), &[&mark(2)]), indicator(3)])
        .await;
    let nor = ground.read("nor", store::Sequence::ZERO).await;
    let jpn = ground.read("jpn", store::Sequence::ZERO).await;
    assert_eq!(nor.ids(), [mark(2), id("indicator", 2), id("indicator", 3)]);
    ground.apply(&WORLD.replace(r#"{ COAST = "CLOSED" }"#, r#"{ COAST = "SECRET" }"#)).await;
    let news = ground.read("nor", nor.last).await;
    assert_eq!(
        news.ids().into_iter().collect::<std::collections::BTreeSet<_>>(),
        [mark(1).as_str(), &id("indicator", 1)].into()
    );
    assert!(ground.read("jpn", jpn.last).await.objects.is_empty());
    ground.apply(WORLD).await;
    assert_eq!(ground.read("nor", store::Sequence::ZERO).await.ids(), nor.ids());
    assert!(ground.read("nor", news.last).await.objects.is_empty());
}

#[tokio::test]
async fn a_new_partner_makes_nobody_read_again() {
    let ground = Ground::new().await;
    ground.add(None, &[marked(indicator(1), &[AMBER])]).await;
    let nor = ground.read("nor", store::Sequence::ZERO).await;
    let world = format!(
        "{WORLD}\n[[partner]]\nname = \"new\"\norganisation = \"identity--a0000001-0000-4000-8000-00000000000e\"\n\
         [[agreement]]\npartner = \"new\"\ncollection = \"room\"\nmay = [\"read\"]\nceiling = \"AMBER\"\n"
    );
    ground.apply(&world).await;
    assert!(ground.read("nor", nor.last).await.objects.is_empty());
    assert_eq!(ground.read("new", store::Sequence::ZERO).await.ids(), [id("indicator", 1)]);
}

#[tokio::test]
async fn a_membership_begins_and_ends_to_the_second() {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, to(&["NATO"])), marked(indicator(1), &[&mark(1)])]).await;
    ground
        .add(None, &[granular(with(indicator(2), "description", json!("NATO")), &mark(1), &["description"])])
        .await;
    ground.set("2026-01-31T23:59:50Z");
    ground.keep_house().await;
    ground.set("2026-01-31T23:59:59Z");
    let before = ground.read("swe", store::Sequence::ZERO).await;
    assert_eq!(before.ids(), [id("indicator", 2)]);
    ground.set("2026-02-01T00:00:00Z");
    assert_eq!(ground.read("swe", store::Sequence::ZERO).await.objects.len(), 3);
    ground.keep_house().await;
    let news = ground.read("swe", before.last).await;
    assert_eq!(news.objects.len(), 3, "{:?}", news.ids());
    assert!(news.objects.iter().any(|object| object["description"] == "NATO"));
    ground.set("2026-02-28T23:59:59Z");
    assert_eq!(ground.read("swe", store::Sequence::ZERO).await.objects.len(), 3);
    ground.set("2026-03-01T00:00:00Z");
    assert_eq!(ground.read("swe", store::Sequence::ZERO).await.ids(), [id("indicator", 2)]);
    ground.keep_house().await;
    assert!(ground.read("swe", news.last).await.ids().iter().all(|new| *new == id("indicator", 2)));
}

#[tokio::test]
async fn what_was_denied_to_a_community_comes_to_who_leaves_it() {
    let ground = Ground::new().await;
    ground
        .add(
            None,
            &[restriction(1, json!({ "not_releasable_to": ["MISSION"] })), marked(indicator(1), &[&mark(1)])],
        )
        .await;
    let before = ground.read("jpn", store::Sequence::ZERO).await;
    assert!(before.objects.is_empty());
    ground.set("2026-02-01T00:00:00Z");
    ground.keep_house().await;
    assert_eq!(ground.read("jpn", before.last).await.objects.len(), 2);
}

#[tokio::test]
async fn what_begins_later_comes_when_it_begins() {
    let ground = Ground::new().await;
    let from = json!({ "valid_from": "2026-01-05T00:00:00Z" });
    ground.add(None, &[restriction(1, from), marked(indicator(1), &[&mark(1)])]).await;
    ground
        .add(None, &[granular(with(indicator(2), "description", json!("later")), &mark(1), &["description"])])
        .await;
    let before = ground.read("nor", store::Sequence::ZERO).await;
    assert_eq!(before.ids(), [id("indicator", 2)]);
    ground.set("2026-01-05T00:00:00Z");
    let ground = ground.reopen().await;
    let news = ground.read("nor", before.last).await;
    assert_eq!(news.objects.len(), 3, "{:?}", news.ids());
    assert!(news.objects.iter().any(|object| object["description"] == "later"));
}

#[tokio::test]
async fn a_stricter_default_withholds_at_once_and_a_looser_one_gives_anew() {
    let ground = Ground::new().await;
    ground.add(None, &[indicator(1), marked(indicator(2), &[testkit::objects::GREEN])]).await;
    let before = ground.read("jpn", store::Sequence::ZERO).await;
    assert_eq!(before.objects.len(), 2);
    ground.apply(&WORLD.replace("TLP:GREEN", "TLP:AMBER")).await;
    assert_eq!(ground.read("jpn", store::Sequence::ZERO).await.ids(), [id("indicator", 2)]);
    let nor = ground.read("nor", store::Sequence::ZERO).await;
    assert_eq!(nor.objects.len(), 2);
    ground.apply(WORLD).await;
    assert!(ground.read("jpn", before.last).await.ids().contains(&id("indicator", 1).as_str()));
}

#[tokio::test]
async fn levels_put_between_others_open_nothing() {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, level("SECRET")), restriction(2, level("CLOSED"))]).await;
    ground.add(None, &[marked(indicator(1), &[&mark(1)]), marked(indicator(2), &[&mark(2)])]).await;
    let levels = r#"["OPEN", "CLOSED", "SECRET"]"#;
    for new in [
        r#"["OPEN", "INNER", "CLOSED", "SECRET"]"#,
        r#"["CLOSED", "SECRET"]"#,
        r#"["CLOSED", "OPEN", "SECRET"]"#,
    ] {
        ground.apply(&WORLD.replace(levels, new)).await;
        let read = ground.read("nor", store::Sequence::ZERO).await;
        assert!(read.ids().contains(&id("indicator", 2).as_str()), "{new}");
        assert!(!read.ids().contains(&id("indicator", 1).as_str()), "{new}");
        assert!(ground.read("jpn", store::Sequence::ZERO).await.objects.is_empty());
        assert_eq!(ground.exchange.replay().await.unwrap().told, Vec::<String>::new());
    }
    ground.apply(&WORLD.replace(levels, r#"["OPEN", "CLOSED"]"#)).await;
    assert!(!ground.read("nor", store::Sequence::ZERO).await.ids().contains(&id("indicator", 1).as_str()));
}

/// Stops at the first, second, n-th operation of the store, opens again, and looks.
#[tokio::test]
async fn a_node_that_stops_half_way_goes_on() {
    for after in 0.. {
        let ground = Ground::new().await;
        ground.add(None, &[indicator(1), marked(indicator(3), &[RED])]).await;
        ground.add(None, &[relationship(1, &id("indicator", 1), &id("indicator", 2))]).await;
        ground.add(None, &[restriction(2, level("CLOSED")), marked(indicator(2), &[&mark(2)])]).await;
        let swe = ground.read("swe", store::Sequence::ZERO).await;
        let world = WORLD
            .replace("TLP:GREEN", "TLP:AMBER")
            .replace("nation = \"SWE\"", "nation = \"SWE\"\nclearances = { COAST = \"CLOSED\" }");
        ground.faulty.fail(after);
        let world = toml::from_str(&world).unwrap();
        let result = ground.exchange.apply(world, exchange::ApplyMode::Change, ground.now()).await;
        let failed = !ground.faulty.is_spent() || result.is_err();
        ground.faulty.mend();
        let version = ground.exchange.world_version();
        let ground = ground.reopen().await;
        let is_applied = ground.exchange.world_version() > (1, 0);
        assert!(version <= ground.exchange.world_version());
        let jpn = ground.read("jpn", store::Sequence::ZERO).await;
        assert_eq!(jpn.ids().contains(&id("indicator", 1).as_str()), !is_applied, "after {after}");
        if is_applied {
            let news = ground.read("swe", swe.last).await;
            for new in [id("indicator", 2), id("relationship", 1)] {
                assert!(
                    news.ids().contains(&new.as_str()),
                    "after {after}: {new} is not in {:?}",
                    news.ids()
                );
            }
        }
        assert!(ground.exchange.verify(&[], None).await.unwrap().problems.is_empty());
        assert_eq!(ground.exchange.replay().await.unwrap().told, Vec::<String>::new());
        if result.is_ok() && failed {
            assert!(after > 10, "the store was asked {after} times");
            return;
        }
    }
}
