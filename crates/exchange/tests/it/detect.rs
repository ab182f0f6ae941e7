//! What do the node's own sensors see, and what is made of it?

use std::collections::BTreeSet;

use exchange::{
    ALERTS_KEPT_MAX, BODIES_REMEMBERED_MAX, FINDINGS_TOLD_MAX, Repetition, Taken, Telemetry, TelemetryError,
};
use serde_json::{Value, json};
use store::Sequence;
use testkit::objects::{
    AMBER, GREEN, RED, granular, id, indicator, marked, object, restriction, version, with,
};

use crate::ground::{Ground, WORLD};

const SENSOR: &str = r#"
[[sensor]]
name = "harbour"
collections = ["room"]
home = "room"
country = "NO"
marking = ["TLP:GREEN"]
warninglists = false
"#;

/// The world with a sensor, and further keys of it.
fn world(more: &str) -> String {
    format!("{WORLD}{SENSOR}{more}")
}

async fn ground(more: &str) -> Ground {
    let ground = Ground::new().await;
    ground.apply(&world(more)).await;
    ground
}

fn asks(host: &str) -> String {
    json!({ "_path": "dns", "ts": 1_767_225_600.0, "uid": "C1", "query": host }).to_string() + "\n"
}

fn telemetry(lines: &str) -> Telemetry {
    Telemetry {
        sensor: "harbour".to_owned(),
        format: Some("zeek".to_owned()),
        key: Some(uuid::Uuid::new_v4().to_string()),
        bytes: lines.to_owned().into(),
    }
}

impl Ground {
    async fn post(&self, lines: &str) -> Taken {
        self.exchange.take_telemetry(telemetry(lines), self.now()).await.unwrap()
    }

    async fn hits(&self, host: &str) -> u64 {
        self.post(&asks(host)).await.hits
    }

    /// The windows are over.
    async fn window_over(&self) {
        let later = self.now().plus_seconds(400);
        self.set(&later.to_string());
        self.exchange.keep_watch(self.now()).await.unwrap();
    }

    async fn sightings(&self, partner: &str) -> Vec<Value> {
        let read = self.read(partner, Sequence::ZERO).await;
        read.objects.into_iter().filter(|object| object["type"] == "sighting").collect()
    }
}

#[tokio::test]
async fn what_matches_in_a_window_becomes_one_sighting_of_the_nation() {
    let ground = ground("").await;
    ground.add(None, &[marked(indicator(1), &[AMBER])]).await;
    let taken = ground.post(&(asks("host-1.example").repeat(3) + &asks("fine.example"))).await;
    assert_eq!((taken.lines, taken.observations, taken.hits, taken.broken_lines), (4, 4, 3, 0));
    assert_eq!(ground.hits("HOST-1.example").await, 1);
    let alerts = ground.exchange.alerts(0, 10);
    assert_eq!((alerts.len(), alerts[0].sensor.as_str(), alerts[3].number), (4, "harbour", 4));
    assert_eq!(alerts[0].alert.seen.as_ref().unwrap().line, 1);
    assert!(ground.sightings("nor").await.is_empty(), "the window is not over");
    ground.window_over().await;
    let [sighting] = &ground.sightings("nor").await[..] else { panic!("one sighting") };
    assert_eq!((&sighting["count"], &sighting["sighting_of_ref"]), (&json!(4), &json!(id("indicator", 1))));
    assert_eq!(sighting["object_marking_refs"], json!([AMBER, GREEN]), "indicator and sensor");
    assert!(sighting.get("created_by_ref").is_none() && sighting.get("observed_data_refs").is_none());
    assert!(ground.sightings("jpn").await.is_empty(), "who may not have the indicator has no sighting");
    let coverage = ground.exchange.coverage(&id("indicator", 1), ground.now()).await.unwrap();
    assert_eq!((coverage.sensors.len(), coverage.seen[""].count), (1, 4));
}

#[tokio::test]
async fn nothing_is_matched_that_the_own_organisation_is_not_cleared_for() {
    let marking = restriction(1, json!({ "classification": [{ "policy": "COAST", "level": "SECRET" }] }));
    let ground = ground("").await;
    let secret = marked(indicator(1), &[&id("marking-definition", 1)]);
    ground
        .add(Some("nor"), &[marking, secret, marked(indicator(2), &[AMBER]), marked(indicator(3), &[RED])])
        .await;
    assert_eq!(ground.hits("host-1.example").await, 0, "not cleared");
    assert_eq!(ground.hits("host-2.example").await, 1, "what was brought to us is ours to use");
    assert_eq!(ground.hits("host-3.example").await, 0, "RED names whom it is for");
    let cleared = WORLD.replacen(
        "name = \"Lantern Coast Watch\"",
        "name = \"Lantern Coast Watch\"\nclearances = { COAST = \"SECRET\" }",
        1,
    );
    ground.apply(&format!("{cleared}{SENSOR}")).await;
    assert_eq!(ground.hits("host-1.example").await, 1, "cleared, from that moment");
    ground.apply(&world("")).await;
    assert_eq!(ground.hits("host-1.example").await, 0, "cleared no more");
}

#[tokio::test]
async fn a_pattern_under_a_stricter_marking_than_its_indicator_is_not_matched() {
    let ground = ground("").await;
    ground.add(Some("nor"), &[granular(indicator(1), RED, &["pattern"])]).await;
    assert_eq!(ground.hits("host-1.example").await, 0);
}

#[tokio::test]
async fn new_later_revoked_and_removed_indicators_are_followed_at_once() {
    let ground = ground("").await;
    assert_eq!(ground.hits("host-1.example").await, 0);
    ground.add(Some("nor"), &[indicator(1)]).await;
    assert_eq!(ground.hits("host-1.example").await, 1);
    let moved = with(version(indicator(1), 5), "pattern", json!("[domain-name:value = 'moved.example']"));
    ground.add(Some("nor"), &[moved]).await;
    assert_eq!((ground.hits("host-1.example").await, ground.hits("moved.example").await), (0, 1));
    let access = ground.exchange.access("nor", "room", ground.now()).unwrap();
    let last = exchange::Versions::last();
    let any = exchange::SpecVersions::Latest;
    ground.exchange.remove(&access, &id("indicator", 1), last, any).await.unwrap();
    assert_eq!(ground.hits("moved.example").await, 0, "the version is gone");
    assert_eq!(ground.hits("host-1.example").await, 1, "the one before stands again");
    ground.add(Some("nor"), &[with(version(indicator(1), 9), "revoked", json!(true))]).await;
    assert_eq!(ground.hits("host-1.example").await, 0);
}

#[tokio::test]
async fn an_indicator_expires_to_the_microsecond() {
    let ground = ground("").await;
    let until = "2026-06-01T00:00:00.000Z";
    ground.add(None, &[with(indicator(1), "valid_until", json!(until))]).await;
    let hits = async |moment: &str| {
        let taken =
            ground.exchange.take_telemetry(telemetry(&asks("host-1.example")), crate::ground::moment(moment));
        taken.await.unwrap().hits
    };
    assert_eq!(hits("2026-05-31T23:59:59.999999Z").await, 1);
    assert_eq!(hits(until).await, 0);
}

#[tokio::test]
async fn an_opinion_silences_where_the_own_organisation_brought_it_and_not_where_another_says_so() {
    let ground = ground("").await;
    ground.add(Some("nor"), &[indicator(1)]).await;
    let own = "identity--a0000001-0000-4000-8000-00000000000a";
    let says = |word: &str| {
        let rest = json!({ "opinion": word, "object_refs": [id("indicator", 1)], "created_by_ref": own });
        object("opinion", 1, rest)
    };
    ground.add(Some("nor"), &[says("strongly-disagree")]).await;
    assert_eq!(ground.hits("host-1.example").await, 1, "nor says that we say so");
    ground
        .add(
            None,
            &[object("opinion", 2, json!({ "opinion": "disagree", "object_refs": [id("indicator", 1)] }))],
        )
        .await;
    assert_eq!(ground.hits("host-1.example").await, 0);
    let agrees = object("opinion", 2, json!({ "opinion": "agree", "object_refs": [id("indicator", 1)] }));
    ground.add(None, &[version(agrees, 7)]).await;
    assert_eq!(ground.hits("host-1.example").await, 1, "we changed our mind");
}

#[tokio::test]
async fn a_ceiling_of_pap_leaves_out_and_counts_and_an_alert_says_the_pap() {
    let ground = ground("pap = \"GREEN\"\n").await;
    let green = "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9";
    let amber = "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab";
    ground.add(None, &[marked(indicator(1), &[green]), marked(indicator(2), &[amber])]).await;
    let hits = (ground.hits("host-1.example").await, ground.hits("host-2.example").await);
    let detection = ground.exchange.detection();
    assert_eq!((detection.indicators, detection.above_pap), (1, 1));
    assert_eq!(hits, (1, 0));
    assert_eq!(ground.exchange.alerts(0, 9)[0].alert.pap.to_string(), "GREEN");
}

#[tokio::test]
async fn observed_data_goes_only_where_the_sensor_releases_it() {
    for (more, expected) in [("", 0), ("observed_data = \"release\"\n", 1)] {
        let ground = ground(more).await;
        ground.add(None, &[indicator(1)]).await;
        ground.hits("host-1.example").await;
        ground.window_over().await;
        let read = ground.read("nor", Sequence::ZERO).await;
        let count = |kind: &str| read.objects.iter().filter(|object| object["type"] == kind).count();
        assert_eq!(
            (count("sighting"), count("observed-data"), count("domain-name")),
            (1, expected, expected)
        );
    }
}

#[tokio::test]
async fn a_body_sent_again_is_counted_once_also_after_a_restart_and_so_many_are_remembered() {
    let ground = ground("").await;
    ground.add(None, &[indicator(1)]).await;
    let body =
        |key: Option<&str>| Telemetry { key: key.map(str::to_owned), ..telemetry(&asks("host-1.example")) };
    let take = async |ground: &Ground, key: Option<&str>| {
        ground.exchange.take_telemetry(body(key), ground.now()).await.unwrap().body
    };
    assert_eq!(take(&ground, None).await, Repetition::New);
    assert_eq!(take(&ground, None).await, Repetition::Repeated, "the same bytes");
    assert_eq!(take(&ground, Some("1")).await, Repetition::New, "the sender says that it is another");
    let ground = ground.reopen().await;
    assert_eq!(take(&ground, Some("1")).await, Repetition::Repeated);
    for number in 2..=BODIES_REMEMBERED_MAX {
        assert_eq!(take(&ground, Some(&number.to_string())).await, Repetition::New);
    }
    assert_eq!(take(&ground, Some("1")).await, Repetition::Repeated, "the oldest that is remembered");
    assert_eq!(take(&ground, Some("one more")).await, Repetition::New);
    assert_eq!(take(&ground, Some("1")).await, Repetition::New, "forgotten");
    ground.window_over().await;
    let count = u64::try_from(BODIES_REMEMBERED_MAX + 3).unwrap();
    assert_eq!(ground.sightings("nor").await[0]["count"], json!(count));
}

#[tokio::test]
async fn broken_lines_are_counted_and_located_and_the_rest_goes_on() {
    let ground = ground("").await;
    ground.add(None, &[indicator(1)]).await;
    let latin =
        b"{\"_path\":\"dns\",\"ts\":1767225600.0,\"query\":\"host-1.example\",\"answers\":[\"caf\xe9\"]}\n";
    let back = asks("host-1.example").replace("1767225600", "1767000000");
    let mut lines = format!("{}{{broken\n\n", asks("host-1.example")).into_bytes();
    lines.extend_from_slice(latin);
    lines.extend_from_slice(back.as_bytes());
    lines.extend_from_slice(b"\xff\xfe{\x00\n");
    lines.extend_from_slice(asks("host-1.example").trim_end().as_bytes());
    let body = Telemetry { bytes: lines.into(), ..telemetry("") };
    let taken = ground.exchange.take_telemetry(body, ground.now()).await.unwrap();
    assert_eq!((taken.lines, taken.broken_lines, taken.hits), (6, 2, 4), "{taken:?}");
    let places: Vec<_> = taken.findings.iter().map(|one| (one.line, one.code.as_str())).collect();
    let expected = [(2, "line-broken"), (4, "line-encoding"), (5, "time-backwards"), (6, "line-encoding")];
    assert_eq!(places, expected);
    assert_eq!(taken.counts["line-encoding"], 2);
}

#[tokio::test]
async fn so_many_findings_are_told_and_all_are_counted() {
    let ground = ground("").await;
    ground.add(None, &[indicator(1)]).await;
    for (broken, told) in [(FINDINGS_TOLD_MAX, FINDINGS_TOLD_MAX), (FINDINGS_TOLD_MAX + 1, FINDINGS_TOLD_MAX)]
    {
        let taken = ground.post(&"{broken\n".repeat(broken)).await;
        assert_eq!((taken.findings.len(), taken.counts["line-broken"]), (told, broken as u64));
    }
}

#[tokio::test]
async fn a_flood_is_counted_whole_and_told_up_to_a_bound() {
    let ground = ground("").await;
    ground.add(None, &[indicator(1)]).await;
    assert_eq!(ground.post(&asks("host-1.example").repeat(20_000)).await.hits, 20_000);
    assert_eq!(ground.exchange.alerts(0, ALERTS_KEPT_MAX).len(), 100);
    ground.window_over().await;
    assert_eq!(ground.sightings("nor").await[0]["count"], 20_000);
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_counted_twice_wherever_the_store_fails() {
    type Fault = fn(&testkit::faulty::Faulty, i64);
    let faults: [Fault; 2] = [testkit::faulty::Faulty::fail, testkit::faulty::Faulty::lose_answer];
    for (fault, fails) in faults.into_iter().flat_map(|fault| (0..24).map(move |fails| (fault, fails))) {
        let mut ground = ground("").await;
        ground.add(None, &[indicator(1)]).await;
        ground.hits("fine.example").await;
        fault(&ground.faulty, fails);
        let mut acknowledged = 0;
        for number in 0..6 {
            let key = Some(number.to_string());
            let body = Telemetry { key, ..telemetry(&asks("host-1.example")) };
            // Sent again until it is acknowledged, as a sender does.
            while ground.exchange.take_telemetry(body.clone(), ground.now()).await.is_err() {}
            acknowledged += 1;
            // What was acknowledged is on the disk by then.
            if ground.faulty.is_spent() {
                ground = ground.reopen().await;
            }
            ground.set(&ground.now().plus_seconds(150).to_string());
            let _ = ground.exchange.keep_watch(ground.now()).await;
        }
        assert!(ground.faulty.is_spent(), "it failed at operation {fails}");
        let ground = ground.reopen().await;
        for _ in 0..3 {
            ground.window_over().await;
        }
        let sightings = ground.sightings("nor").await;
        let count: u64 = sightings.iter().filter_map(|one| one["count"].as_u64()).sum();
        assert_eq!(count, acknowledged, "failing at operation {fails}");
    }
}

#[tokio::test]
async fn a_sighting_posted_twice_is_one() {
    let ground = ground("").await;
    ground.add(None, &[indicator(1)]).await;
    ground.hits("host-1.example").await;
    let later = ground.now().plus_seconds(400);
    ground.set(&later.to_string());
    // The window is written down, the sighting accepted, and what it was is not taken off the list.
    for fails in 1..40 {
        ground.faulty.fail(fails);
        if ground.exchange.keep_watch(ground.now()).await.is_ok() {
            break;
        }
    }
    ground.faulty.mend();
    let ground = ground.reopen().await;
    ground.window_over().await;
    assert_eq!(ground.sightings("nor").await.len(), 1);
}

#[tokio::test]
async fn a_new_indicator_is_looked_for_in_what_is_remembered_once() {
    let ground = ground("remember_days = 30\n").await;
    ground.add(None, &[indicator(9)]).await;
    ground.post(&asks("host-1.example").repeat(2)).await;
    ground.exchange.stop_watching(ground.now()).await.unwrap();
    let ground = ground.reopen().await;
    ground.exchange.keep_watch(ground.now()).await.unwrap();
    ground.add(None, &[indicator(1), indicator(2)]).await;
    let watched = ground.exchange.keep_watch(ground.now()).await.unwrap();
    assert_eq!(watched.looked_back, 2, "and not number 9, which is not new");
    ground.window_over().await;
    let ground = ground.reopen().await;
    ground.add(None, &[version(indicator(1), 3)]).await;
    ground.window_over().await;
    let of = |sightings: &[Value], number: u32| {
        let own = sightings.iter().filter(|one| one["sighting_of_ref"] == id("indicator", number));
        own.filter_map(|one| one["count"].as_u64()).collect::<Vec<_>>()
    };
    let sightings = ground.sightings("nor").await;
    assert_eq!((of(&sightings, 1), of(&sightings, 2), of(&sightings, 9)), (vec![2], vec![0], vec![]));
    let coverage = ground.exchange.coverage(&id("indicator", 2), ground.now()).await.unwrap();
    assert_eq!(coverage.seen[""].searched_none, 1);
}

#[tokio::test]
async fn common_values_do_not_fire_unless_the_sensor_says_so() {
    for (lists, expected) in [("true", 0), ("false", 1)] {
        let ground = Ground::new().await;
        ground.apply(&world("").replace("warninglists = false", &format!("warninglists = {lists}"))).await;
        let google = with(indicator(1), "pattern", json!("[domain-name:value = 'google.com']"));
        ground.add(None, &[google]).await;
        assert_eq!(ground.hits("google.com").await, expected);
    }
}

#[tokio::test]
async fn a_sensor_that_is_declared_no_more_sends_home_what_it_counted() {
    let ground = ground("").await;
    ground.add(None, &[indicator(1)]).await;
    ground.hits("host-1.example").await;
    ground.apply(WORLD).await;
    ground.exchange.keep_watch(ground.now()).await.unwrap();
    assert_eq!(ground.sightings("nor").await.len(), 1);
    let refused = ground.exchange.take_telemetry(telemetry("x"), ground.now()).await;
    assert!(matches!(refused, Err(TelemetryError::NoSensor)));
}

#[tokio::test]
async fn a_membership_that_ends_takes_its_indicators_out_without_any_change() {
    let member = WORLD.replacen(
        "name = \"Lantern Coast Watch\"",
        "name = \"Lantern Coast Watch\"\nnation = \"SWE\"",
        1,
    );
    let ground = Ground::new().await;
    ground.apply(&format!("{member}{SENSOR}")).await;
    let marking = restriction(2, json!({ "releasable_to": ["NATO"] }));
    ground.add(Some("nor"), &[marking, marked(indicator(1), &[&id("marking-definition", 2)])]).await;
    let mut hits = Vec::new();
    for day in
        ["2026-01-31T23:00:00Z", "2026-02-01T00:00:00Z", "2026-02-28T23:00:00Z", "2026-03-01T00:00:00Z"]
    {
        ground.set(day);
        ground.exchange.keep_watch(ground.now()).await.unwrap();
        hits.push(ground.hits("host-1.example").await);
    }
    assert_eq!(hits, [0, 1, 1, 0]);
}

#[test]
fn what_is_wrong_with_a_sensor_is_told_all_of_it() {
    let sensor =
        |number| format!("[[sensor]]\nname = \"s{number}\"\ncollections = [\"room\"]\nhome = \"room\"\n");
    let sensors = (0..=exchange::world::SENSORS_MAX).map(sensor).collect::<Vec<_>>().concat();
    let problems = |text: &str| {
        let world: exchange::world::World = toml::from_str(text).unwrap();
        world.problems().iter().map(ToString::to_string).collect::<BTreeSet<_>>()
    };
    assert_eq!(problems(&format!("{WORLD}{sensors}")).len(), 1, "one too many");
    let all = sensors.rfind("[[sensor]]").map(|at| sensors[..at].to_owned()).unwrap();
    assert!(problems(&format!("{WORLD}{all}")).is_empty());
    let bad = "[[sensor]]\nname = \"a b\"\ncollections = []\nhome = \"none\"\ncountry = \"NOR\"\nmarking = [\"TLP:BLUE\"]\nwindow_seconds = 0\nremember_days = 400\n";
    assert_eq!(problems(&format!("{WORLD}{bad}")).len(), 7);
    assert!(toml::from_str::<exchange::world::World>(&format!("{WORLD}{SENSOR}ceiling = 3\n")).is_err());
}
