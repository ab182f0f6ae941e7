//! What a sensor does, without one.

use stix::pattern::ObjectPath;

use super::*;
use crate::{Field, ObservationId, Value};

const ORGANISATION: &str = "identity--a0000001-0000-4000-8000-00000000000b";
const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const AMBER: &str = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";

fn sensor() -> Sensor {
    Sensor {
        name: "harbour".to_owned(),
        organisation: Some(ORGANISATION.to_owned()),
        country: Some("NO".to_owned()),
        naming: Naming::NationOnly,
        markings: vec![GREEN.to_owned()],
        unmarked: vec![AMBER.to_owned()],
        pap: Pap::Red,
        observed_data: ObservedData::Keep,
    }
}

fn watch(limits: WatchLimits) -> Watch {
    let common = |_: &str, value: &str| (value == "example.com").then(|| "well known".to_owned());
    Watch::new(sensor(), limits, Counted::default(), Box::new(common))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_parts(1_790_000_000 + seconds, 0)
}

fn id(number: u32) -> String {
    format!("indicator--00000000-0000-4000-8000-{number:012}")
}

fn indicator(number: u32, pattern: &str, rest: &str) -> Object {
    let (id, pattern) = (id(number), serde_json::Value::from(pattern));
    let text = format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"{id}","created":"2026-01-01T00:00:00Z","modified":"2026-01-01T00:00:00Z","valid_from":"2026-01-01T00:00:00Z","pattern_type":"stix","pattern":{pattern}{rest}}}"#
    );
    Object::parse(text.as_bytes(), &stix::Limits::DEFAULT).unwrap()
}

fn name(value: &str) -> Object {
    indicator(1, &format!("[domain-name:value = '{value}']"), "")
}

fn asks(number: u64, value: &str, moment: Timestamp) -> Observation {
    let path: ObjectPath = "domain-name:value".parse().unwrap();
    let field = Field { object: "d", path: &path, value: Value::Text(value.to_owned()) };
    Observation::from_fields(ObservationId(number), moment, [field])
}

fn line(number: u64) -> Seen {
    Seen { input: "dns.log".to_owned(), line: number }
}

#[test]
fn an_alert_says_which_indicator_which_value_which_line_and_why() {
    let mut watch = watch(WatchLimits::default());
    assert_eq!(watch.put(&name("bad.example.net"), Pap::Clear), Ok(Put::Watched));
    assert!(watch.observe(&asks(1, "good.example.net", at(0)), &line(1), at(0)).is_empty());
    let alerts = watch.observe(&asks(2, "BAD.example.net", at(1)), &line(2), at(1));
    let [alert] = &alerts[..] else { panic!("{alerts:?}") };
    assert_eq!(alert.indicator, id(1));
    assert_eq!(alert.values, [("domain-name:value".to_owned(), "BAD.example.net".to_owned())]);
    assert_eq!(
        (alert.seen.as_ref().unwrap(), alert.pattern.as_str()),
        (&line(2), "[domain-name:value = 'bad.example.net']")
    );
}

#[test]
fn matches_of_one_window_become_one_sighting_under_both_labels() {
    let mut watch = watch(WatchLimits::default());
    let marked = indicator(
        1,
        "[domain-name:value = 'a.example.net']",
        &format!(r#","object_marking_refs":["{AMBER}"]"#),
    );
    watch.put(&marked, Pap::Clear).unwrap();
    watch.put(&indicator(2, "[domain-name:value = 'b.example.net']", ""), Pap::Clear).unwrap();
    for second in 0..5 {
        watch.observe(
            &asks(second, "a.example.net", at(100 - i64::try_from(second).unwrap())),
            &line(second),
            at(200),
        );
    }
    watch.observe(&asks(9, "b.example.net", at(7)), &line(9), at(260));
    assert!(watch.sightings(at(499), Due::WindowOver).is_empty());
    let sightings = watch.sightings(at(500), Due::WindowOver);
    let [sighting] = &sightings[..] else { panic!("{sightings:?}") };
    let object: serde_json::Value = serde_json::from_str(&sighting.text).unwrap();
    assert_eq!((&object["count"], &object["sighting_of_ref"]), (&5.into(), &id(1).into()));
    assert_eq!(object["first_seen"], at(96).to_string());
    assert_eq!(object["last_seen"], at(100).to_string());
    assert_eq!(object["object_marking_refs"], serde_json::json!([AMBER, GREEN]));
    assert!(object.get("created_by_ref").is_none(), "only the nation is told");
    let place: serde_json::Value = serde_json::from_str(sighting.place.as_ref().unwrap()).unwrap();
    assert_eq!(object["where_sighted_refs"], serde_json::json!([place["id"]]));
    for text in [&sighting.text, sighting.place.as_ref().unwrap()] {
        let (_, findings) = stix::validate::check(text.as_bytes(), &stix::Limits::DEFAULT, at(1000));
        assert!(findings.is_empty(), "{findings:?}");
    }
    let rest = watch.sightings(at(500), Due::Everything);
    let object: serde_json::Value = serde_json::from_str(&rest[0].text).unwrap();
    assert_eq!(
        object["object_marking_refs"],
        serde_json::json!([AMBER, GREEN]),
        "unmarked is not taken for free"
    );
    assert!(watch.counted().is_empty());
}

#[test]
fn what_was_counted_goes_on_after_a_restart_and_the_same_window_is_the_same_sighting() {
    let sighted = |restart: bool| {
        let mut watch = watch(WatchLimits::default());
        watch.put(&name("bad.example.net"), Pap::Clear).unwrap();
        watch.observe(&asks(1, "bad.example.net", at(0)), &line(1), at(0));
        if restart {
            let kept = serde_json::to_string(watch.counted()).unwrap();
            let counted = serde_json::from_str(&kept).unwrap();
            watch = Watch::new(sensor(), WatchLimits::default(), counted, Box::new(|_, _| None));
            watch.put(&name("bad.example.net"), Pap::Clear).unwrap();
        }
        watch.observe(&asks(2, "bad.example.net", at(1)), &line(2), at(1));
        watch.sightings(at(300), Due::WindowOver)
    };
    assert_eq!(sighted(false), sighted(true));
    assert!(sighted(true)[0].text.contains(r#""count":2"#));
}

#[test]
fn a_flood_is_told_up_to_a_bound_and_counted_whole() {
    let mut watch = watch(WatchLimits { alerts_per_window_max: 3, ..WatchLimits::default() });
    watch.put(&name("bad.example.net"), Pap::Clear).unwrap();
    let told: Vec<_> = (0..50)
        .flat_map(|number| watch.observe(&asks(number, "bad.example.net", at(0)), &line(number), at(0)))
        .collect();
    assert_eq!(told.iter().map(|alert| alert.last_told).collect::<Vec<_>>(), [false, false, true]);
    assert!(watch.sightings(at(0), Due::Everything)[0].text.contains(r#""count":50"#));
}

#[test]
fn nothing_fires_that_is_silenced_revoked_expired_not_yet_valid_withdrawn_or_common() {
    let fires = |watch: &mut Watch, value: &str, now: Timestamp| {
        !watch.observe(&asks(1, value, now), &line(1), now).is_empty()
    };
    let mut watch = watch(WatchLimits::default());
    watch.put(&name("bad.example.net"), Pap::Clear).unwrap();
    assert!(fires(&mut watch, "bad.example.net", at(0)));
    watch.silence(&id(1));
    assert!(!fires(&mut watch, "bad.example.net", at(0)));
    watch.put(&name("bad.example.net"), Pap::Clear).unwrap();
    assert!(!fires(&mut watch, "bad.example.net", at(0)), "a new copy stays silenced");
    watch.unsilence(&id(1));
    assert!(fires(&mut watch, "bad.example.net", at(0)));
    let opinion = |by: &str, says: &str| {
        let text = format!(
            r#"{{"type":"opinion","spec_version":"2.1","id":"opinion--00000000-0000-4000-8000-000000000001","created":"2026-01-01T00:00:00Z","modified":"2026-01-01T00:00:00Z","created_by_ref":"{by}","opinion":"{says}","object_refs":["{}"]}}"#,
            id(1)
        );
        Object::parse(text.as_bytes(), &stix::Limits::DEFAULT).unwrap()
    };
    assert_eq!(watch.put(&opinion(ORGANISATION, "agree"), Pap::Clear), Ok(Put::Other));
    let others = ORGANISATION.replace("00b", "00c");
    assert_eq!(watch.put(&opinion(&others, "strongly-disagree"), Pap::Clear), Ok(Put::Other));
    assert!(fires(&mut watch, "bad.example.net", at(0)));
    assert_eq!(watch.put(&opinion(ORGANISATION, "strongly-disagree"), Pap::Clear), Ok(Put::Silenced));
    assert!(!fires(&mut watch, "bad.example.net", at(0)));
    watch.unsilence(&id(1));
    let until = at(10).to_string();
    let dated =
        indicator(2, "[domain-name:value = 'c.example.net']", &format!(r#","valid_until":"{until}""#));
    watch.put(&dated, Pap::Clear).unwrap();
    assert!(fires(&mut watch, "c.example.net", at(9)) && !fires(&mut watch, "c.example.net", at(10)));
    watch.put(&indicator(3, "[domain-name:value = 'example.com']", ""), Pap::Clear).unwrap();
    assert!(!fires(&mut watch, "example.com", at(0)));
    assert_eq!(watch.common_matches(), 1);
    let revoked = name("bad.example.net").text();
    let revoked = String::from_utf8(revoked.to_vec())
        .unwrap()
        .replace(r#""modified":"2026-01"#, r#""revoked":true,"modified":"2026-02"#);
    assert_eq!(
        watch.put(&Object::parse(revoked.as_bytes(), &stix::Limits::DEFAULT).unwrap(), Pap::Clear),
        Ok(Put::Revoked)
    );
    assert!(!fires(&mut watch, "bad.example.net", at(0)));
    assert_eq!(watch.put(&name("bad.example.net"), Pap::Clear), Ok(Put::Older));
    assert!(watch.withdraw(&id(2)) && !watch.withdraw(&id(2)));
    assert!(!fires(&mut watch, "c.example.net", at(0)));
}

#[test]
fn what_cannot_be_watched_for_is_told() {
    let mut watch = watch(WatchLimits { indicators_max: 1, ..WatchLimits::default() });
    let why = |watch: &mut Watch, object: &Object| watch.put(object, Pap::Clear).unwrap_err().why;
    let other = indicator(1, "rule x", "").text();
    let other = String::from_utf8(other.to_vec()).unwrap().replace(r#""stix""#, r#""yara""#);
    let other = Object::parse(other.as_bytes(), &stix::Limits::DEFAULT).unwrap();
    assert!(why(&mut watch, &other).contains("`yara`"));
    assert!(!why(&mut watch, &indicator(1, "[domain-name:value = ]", "")).is_empty());
    assert!(!why(&mut watch, &indicator(1, "[file:name MATCHES '(?=a)']", "")).is_empty());
    watch.put(&name("a.example.net"), Pap::Clear).unwrap();
    assert!(why(&mut watch, &indicator(2, "[domain-name:value = 'b.example.net']", "")).contains("too many"));
    assert_eq!(
        watch.put(&name("b.example.net"), Pap::Clear),
        Ok(Put::Watched),
        "the same id takes the same place"
    );
}

#[test]
fn patterns_over_several_observations_fire_when_their_turn_has_come() {
    let mut watch = watch(WatchLimits::default());
    watch
        .put(
            &indicator(
                1,
                "[domain-name:value = 'a.example.net'] FOLLOWEDBY [domain-name:value = 'b.example.net']",
                "",
            ),
            Pap::Clear,
        )
        .unwrap();
    assert!(watch.observe(&asks(1, "a.example.net", at(0)), &line(1), at(0)).is_empty());
    assert!(watch.observe(&asks(2, "b.example.net", at(1)), &line(2), at(1)).is_empty());
    let alerts = watch.finish(at(2));
    assert_eq!((alerts.len(), alerts[0].observations), (1, 2));
}

#[test]
fn a_new_indicator_is_looked_for_in_the_last_days_and_none_is_an_answer() {
    let mut watch = watch(WatchLimits::default());
    let mut recent = Recent::new(RecentLimits::default());
    for day in 0..3 {
        recent.note(&asks(1, "bad.example.net", at(day * 86_400)));
    }
    watch.put(&name("bad.example.net"), Pap::Clear).unwrap();
    let now = at(4 * 86_400);
    let look_back = |watch: &mut Watch, number: u32| {
        let mut answers = watch.look_back_for(&[id(number)], &recent, now);
        answers.pop().map(|(own, looked)| (own == id(number)).then_some(looked).unwrap())
    };
    let looked = look_back(&mut watch, 1).unwrap().unwrap();
    assert_eq!((looked.alerts.len(), looked.days), (1, 3));
    assert!(looked.none.is_none());
    assert_eq!(looked.alerts[0].observations, 3);
    let sighting = watch.sightings(now, Due::Everything).remove(0).text;
    assert!(sighting.contains(r#""count":3"#) && sighting.contains(&at(0).to_string()), "{sighting}");
    watch.put(&indicator(2, "[domain-name:value = 'other.example.net']", ""), Pap::Clear).unwrap();
    let none = look_back(&mut watch, 2).unwrap().unwrap().none.unwrap();
    assert!(none.text.contains(r#""count":0"#) && none.text.contains(&id(2)));
    let (_, findings) = stix::validate::check(none.text.as_bytes(), &stix::Limits::DEFAULT, now);
    assert!(findings.is_empty(), "{findings:?}");
    assert!(watch.counted().is_empty(), "none is not counted");
    watch
        .put(&indicator(3, "[domain-name:value = 'a'] FOLLOWEDBY [domain-name:value = 'b']", ""), Pap::Clear)
        .unwrap();
    assert_eq!(look_back(&mut watch, 3).unwrap().unwrap_err(), Unsearchable::Compound);
    watch.silence(&id(1));
    assert!(look_back(&mut watch, 1).is_none());
    let nothing = Recent::new(RecentLimits::default());
    assert!(watch.look_back_for(&[id(2)], &nothing, now).is_empty(), "of nothing kept nothing is said");
}

#[test]
fn an_alert_says_the_pap_and_what_is_above_the_ceiling_is_left_out_and_counted() {
    let pattern = "[domain-name:value = 'bad.example.net']";
    let fired = |ceiling: Pap, pap: Pap| {
        let own = Sensor { pap: ceiling, ..sensor() };
        let mut watch = Watch::new(own, WatchLimits::default(), Counted::default(), Box::new(|_, _| None));
        let put = watch.put(&indicator(1, pattern, ""), pap).unwrap();
        let alerts = watch.observe(&asks(1, "bad.example.net", at(0)), &line(1), at(0));
        (put, watch.above_ceiling(), alerts.iter().map(|alert| alert.pap).collect::<Vec<_>>())
    };
    assert_eq!(fired(Pap::Red, Pap::Red), (Put::Watched, 0, vec![Pap::Red]));
    assert_eq!(fired(Pap::Green, Pap::Green), (Put::Watched, 0, vec![Pap::Green]));
    assert_eq!(fired(Pap::Green, Pap::Amber), (Put::AboveCeiling, 1, vec![]));
    assert_eq!(serde_json::to_string(&Pap::Amber).unwrap(), r#""AMBER""#);
}

#[test]
fn a_later_version_with_another_pap_is_left_out_or_comes_back() {
    let own = Sensor { pap: Pap::Amber, ..sensor() };
    let mut watch = Watch::new(own, WatchLimits::default(), Counted::default(), Box::new(|_, _| None));
    let object = indicator(1, "[domain-name:value = 'bad.example.net']", "");
    let mut fires = |pap: Pap| {
        watch.put(&object, pap).unwrap();
        (watch.observe(&asks(1, "bad.example.net", at(0)), &line(1), at(0)).len(), watch.above_ceiling())
    };
    assert_eq!(fires(Pap::Clear), (1, 0));
    assert_eq!(fires(Pap::Red), (0, 1));
    assert_eq!(fires(Pap::Amber), (1, 0));
}

fn opinion(number: u32, modified: &str, says: &str, rest: &str) -> Object {
    let text = format!(
        r#"{{"type":"opinion","spec_version":"2.1","id":"opinion--00000000-0000-4000-8000-{number:012}","created":"2026-01-01T00:00:00Z","modified":"{modified}","created_by_ref":"{ORGANISATION}","opinion":"{says}","object_refs":["{}"]{rest}}}"#,
        id(1)
    );
    Object::parse(text.as_bytes(), &stix::Limits::DEFAULT).unwrap()
}

#[test]
fn an_opinion_silences_until_it_is_changed_revoked_or_gone() {
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    let mut watch = watch(WatchLimits::default());
    watch.put(&name("bad.example.net"), Pap::Clear).unwrap();
    let fires =
        |watch: &mut Watch| watch.observe(&asks(1, "bad.example.net", at(0)), &line(1), at(0)).len() == 1;
    let put = |watch: &mut Watch, object: &Object| watch.put(object, Pap::Clear).unwrap();
    assert_eq!(put(&mut watch, &opinion(1, early, "disagree", "")), Put::Silenced);
    assert!(!fires(&mut watch));
    assert_eq!(put(&mut watch, &opinion(1, late, "agree", "")), Put::Lifted);
    assert!(fires(&mut watch));
    assert_eq!(put(&mut watch, &opinion(1, early, "disagree", "")), Put::Older);
    assert!(fires(&mut watch), "the later version holds");
    put(&mut watch, &opinion(2, early, "strongly-disagree", ""));
    put(&mut watch, &opinion(3, early, "disagree", ""));
    put(&mut watch, &opinion(2, late, "strongly-disagree", r#","revoked":true"#));
    assert!(!fires(&mut watch), "another opinion still says so");
    assert!(watch.withdraw("opinion--00000000-0000-4000-8000-000000000003"));
    assert!(fires(&mut watch));
}

#[test]
fn what_was_seen_goes_with_the_sighting_only_where_the_sensor_releases_it() {
    let sighted = |observed_data: ObservedData| {
        let own = Sensor { observed_data, ..sensor() };
        let mut watch = Watch::new(own, WatchLimits::default(), Counted::default(), Box::new(|_, _| None));
        let any = indicator(1, "[domain-name:value LIKE '%.example.net']", "");
        watch.put(&any, Pap::Clear).unwrap();
        for number in 0..12 {
            let host = format!("h{number}.example.net");
            watch.observe(&asks(number, &host, at(0)), &line(number), at(0));
        }
        watch.sightings(at(300), Due::WindowOver).remove(0)
    };
    let kept = sighted(ObservedData::Keep);
    assert!(kept.observed.is_empty() && !kept.text.contains("h1."));
    let told = sighted(ObservedData::Release);
    assert_eq!(told.observed.len(), 1 + count::VALUES_TOLD_MAX, "so many values are told, and no more");
    let sighting: serde_json::Value = serde_json::from_str(&told.text).unwrap();
    let data: serde_json::Value = serde_json::from_str(&told.observed[0]).unwrap();
    assert_eq!(sighting["observed_data_refs"], serde_json::json!([data["id"]]));
    assert_eq!((&data["number_observed"], &data["object_refs"][9]), (&12.into(), &told_id(&told, 10)));
    for text in told.observed.iter().chain([&told.text]) {
        let object: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(object["object_marking_refs"], serde_json::json!([AMBER, GREEN]), "{text}");
        let (_, findings) = stix::validate::check(text.as_bytes(), &stix::Limits::DEFAULT, at(1000));
        let errors = findings.iter().filter(|finding| finding.severity == stix::Severity::Error);
        assert_eq!(errors.count(), 0, "{findings:?}");
    }
}

fn told_id(told: &Sighting, place: usize) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(&told.observed[place]).unwrap()["id"].clone()
}

#[test]
fn a_sighting_carries_the_markings_of_parts_of_its_indicator_too() {
    let mut watch = watch(WatchLimits::default());
    let parts = format!(r#","granular_markings":[{{"marking_ref":"{AMBER}","selectors":["pattern"]}}]"#);
    watch.put(&indicator(1, "[domain-name:value = 'a.example.net']", &parts), Pap::Clear).unwrap();
    watch.observe(&asks(1, "a.example.net", at(0)), &line(1), at(0));
    let sighting = watch.sightings(at(300), Due::WindowOver).remove(0);
    assert!(sighting.text.contains(AMBER), "{}", sighting.text);
}

#[test]
fn a_long_value_is_cut_where_it_is_told_and_not_told_to_others() {
    let own = Sensor { observed_data: ObservedData::Release, ..sensor() };
    let mut watch = Watch::new(own, WatchLimits::default(), Counted::default(), Box::new(|_, _| None));
    watch.put(&indicator(1, "[domain-name:value LIKE '%.example.net']", ""), Pap::Clear).unwrap();
    let mut told = |bytes: usize| {
        let host = format!("{}é.example.net", "x".repeat(bytes - "é.example.net".len()));
        let alert = watch.observe(&asks(1, &host, at(0)), &line(1), at(0)).remove(0);
        let sighting = watch.sightings(at(300), Due::WindowOver).remove(0);
        (alert.values[0].1.clone(), sighting.observed.len())
    };
    let (whole, observed) = told(VALUE_TOLD_BYTES_MAX);
    assert_eq!((whole.len(), observed), (VALUE_TOLD_BYTES_MAX, 2));
    let (cut, observed) = told(VALUE_TOLD_BYTES_MAX + 1);
    assert_eq!((cut.ends_with('…'), observed), (true, 0));
    assert!(cut.len() <= VALUE_TOLD_BYTES_MAX + '…'.len_utf8());
}
