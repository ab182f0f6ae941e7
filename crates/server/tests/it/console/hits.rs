//! Do hits come to whom they concern, change their state, and go home as sightings? Are graphs kept for their owner?

use serde_json::{Value, json};
use server::Role;
use testkit::objects::{AMBER, GREEN, id, indicator, marked, sighting, with};

use super::{code, request, somebody, with_body};
use crate::ground::{Ground, Setup, WORLD};

/// A node whose partner Q is its own sensors.
async fn ground() -> Ground {
    let world = WORLD.replacen("name = \"q\"", "name = \"q\"\nsensors = true", 1);
    Ground::with(Setup { world, ..Setup::default() }).await
}

fn seen(number: u32, count: u32) -> Value {
    marked(with(sighting(number, &id("indicator", 1)), "count", json!(count)), &[GREEN])
}

#[tokio::test]
async fn a_hit_of_our_own_sensors_is_open_until_somebody_says_what_becomes_of_it() {
    let ground = ground().await;
    let ana = somebody(&ground, "ana", Role::Analyst).await;
    ground.add_own("rw", &[marked(indicator(1), &[GREEN]), marked(indicator(2), &[GREEN])]).await;
    ground.add_as("p", "rw", &[marked(sighting(9, &id("indicator", 2)), &[GREEN])]).await;
    assert_eq!(ana.read(&ground, "/hits").await["hits"], json!([]), "what a partner saw is no hit of ours");
    ground.add_as("q", "rw", &[seen(1, 3)]).await;
    let hits = ana.read(&ground, "/hits").await;
    let hit = &hits["hits"][0];
    assert_eq!((hit["count"].as_u64(), hit["state"].as_str()), (Some(3), Some("open")), "{hits}");
    assert_eq!(hit["why"], "[domain-name:value = 'host-1.example']");
    assert_eq!(ana.read(&ground, "/home").await["hits_open"], 1);
    let path = format!("/hits/{}", hit["id"].as_str().unwrap());
    let state = |state: &str| json!({ "state": state });
    assert_eq!(ana.post(&ground, &path, &state("snoozed")).await.status, 422, "until when?");
    let until = (ground.now().plus_seconds(60)).to_string();
    ana.does(&ground, &path, &json!({ "state": "snoozed", "until": until })).await;
    assert_eq!(ana.read(&ground, "/hits").await["hits"], json!([]));
    assert_eq!(ana.read(&ground, "/hits?state=snoozed").await["hits"][0]["until"], until);
    ground.pass(60);
    assert_eq!(ana.read(&ground, "/hits").await["hits"].as_array().unwrap().len(), 1, "it comes back");
    ana.does(&ground, &path, &state("done")).await;
    assert_eq!(ana.read(&ground, "/hits").await["hits"], json!([]));
    ground.add_as("q", "rw", &[seen(2, 1)]).await;
    assert_eq!(ana.read(&ground, "/hits").await["hits"][0]["count"], 4, "it was seen again");
    ana.does(&ground, &path, &state("false-positive")).await;
    let view = ana.read(&ground, &format!("/objects/{}", id("indicator", 1))).await;
    assert_eq!(view["opinions"][0]["opinion"], "strongly-disagree", "{view}");
    ground.add_as("q", "rw", &[seen(3, 1)]).await;
    assert_eq!(ana.read(&ground, "/hits").await["hits"], json!([]), "a false positive stays one");
    assert_eq!(ana.post(&ground, "/hits/nothing~q", &state("done")).await.status, 404);
}

#[tokio::test]
async fn we_saw_it_too_is_a_sighting_with_the_markings_of_the_indicator_and_more() {
    let ground = Ground::new().await;
    let ana = somebody(&ground, "ana", Role::Analyst).await;
    ground.add_own("rw", &[marked(indicator(1), &[GREEN])]).await;
    let body = json!({ "indicator": id("indicator", 1), "count": 0, "marking": ["TLP:AMBER"] });
    let made = ana.does(&ground, "/sightings", &body).await;
    let view = ana.read(&ground, &format!("/objects/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(view["object"]["object_marking_refs"], json!([GREEN, AMBER]), "{view}");
    assert_eq!(view["row"]["marking"]["tlp"], "amber");
    let board = ana.read(&ground, "/sightings").await;
    assert_eq!(board["rows"][0]["cells"][0]["state"], "looked", "{board}");
    let none = json!({ "indicator": id("indicator", 1), "marking": [] });
    assert_eq!(code(&ana.post(&ground, "/sightings", &none).await), "refused");
    let unknown = json!({ "indicator": id("indicator", 9), "marking": ["TLP:AMBER"] });
    assert_eq!(ana.post(&ground, "/sightings", &unknown).await.status, 404);
}

#[tokio::test]
async fn graphs_are_kept_for_their_owner_alone_up_to_the_limits() {
    let ground = Ground::new().await;
    let ana = somebody(&ground, "ana", Role::Reader).await;
    let eve = somebody(&ground, "eve", Role::Reader).await;
    let graph = |name: &str, nodes: usize| {
        let node = json!({ "id": id("indicator", 1), "x": 1.5, "y": -2.0, "pinned": true });
        json!({ "name": name, "nodes": vec![node; nodes], "filters": { "hide": ["report"] } })
    };
    let put = |name: &str, body: &Value| with_body("PUT", &format!("/graphs/{name}"), body);
    assert_eq!(ana.send(&ground, put("one", &graph("one", 2000))).await.status, 204);
    assert_eq!(ana.send(&ground, put("two", &graph("two", 2001))).await.status, 422);
    assert_eq!(ana.send(&ground, put("two", &graph("other", 1))).await.status, 422);
    assert_eq!(ana.read(&ground, "/graphs/one").await, graph("one", 2000));
    assert_eq!(eve.get(&ground, "/graphs/one").await.status, 404);
    for number in 1..50 {
        let name = format!("g{number}");
        assert_eq!(ana.send(&ground, put(&name, &graph(&name, 1))).await.status, 204);
    }
    assert_eq!(ana.send(&ground, put("last", &graph("last", 1))).await.status, 422);
    assert_eq!(
        ana.send(&ground, put("one", &graph("one", 1))).await.status,
        204,
        "in place of the one before"
    );
    let ground = ground.restart().await;
    assert_eq!(ana.read(&ground, "/graphs").await["graphs"].as_array().unwrap().len(), 50);
    assert_eq!(ana.send(&ground, request("DELETE", "/graphs/one")).await.status, 204);
    assert_eq!(ana.get(&ground, "/graphs/one").await.status, 404);
}
