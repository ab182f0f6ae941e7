//! How are observations made from bundles and from fields?

use cresset_matcher::{Field, MatcherLimits, Observation, ObservationId, Value, observed_data};
use stix::{Limits, json::Tree, pattern::ObjectPath};

use crate::fixtures::{at, matches};

const BUNDLE: &str = r#"{"type":"bundle","id":"bundle--1","objects":[
    {"type":"observed-data","id":"observed-data--1","first_observed":"2020-09-13T12:26:40Z",
     "last_observed":"2020-09-13T12:26:45Z","number_observed":2,"object_refs":["network-traffic--1"]},
    {"type":"network-traffic","id":"network-traffic--1","src_ref":"ipv4-addr--1","protocols":["tcp"],
     "object_marking_refs":["marking-definition--1"]},
    {"type":"ipv4-addr","id":"ipv4-addr--1","value":"198.51.100.1"},
    {"type":"ipv4-addr","id":"ipv4-addr--2","value":"198.51.100.2"},
    {"type":"marking-definition","id":"marking-definition--1"},
    {"type":"observed-data","id":"observed-data--2","first_observed":"2020-09-13T12:26:40Z","number_observed":1}]}"#;

#[test]
fn a_bundle_gives_what_its_observed_data_list_and_what_that_refers_to() {
    let tree = Tree::parse(BUNDLE.as_bytes(), &Limits::DEFAULT).unwrap();
    let reading = observed_data::read(tree.root(), &MatcherLimits::DEFAULT);
    let [(id, observation)] = &reading.observations[..] else { panic!("{reading:?}") };
    assert_eq!((id.as_str(), reading.skipped), ("observed-data--1", 1));
    assert_eq!((observation.first, observation.last, observation.count.get()), (at(0), at(5), 2));
    let keys: Vec<_> = observation.objects().iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["ipv4-addr--1", "network-traffic--1"]);
    let text = "[network-traffic:src_ref.value ISSUBSET '198.51.100.0/24'] REPEATS 2 TIMES";
    assert!(matches(text, std::slice::from_ref(observation), cresset_matcher::Equality::Exact));
}

#[test]
fn an_observation_holds_no_more_objects_than_allowed() {
    let tree = Tree::parse(BUNDLE.as_bytes(), &Limits::DEFAULT).unwrap();
    for (objects_max, found) in [(1, 1), (2, 2), (3, 2)] {
        let limits = MatcherLimits { objects_max, ..MatcherLimits::DEFAULT };
        let reading = observed_data::read(tree.root(), &limits);
        assert_eq!(reading.observations[0].1.objects().len(), found);
    }
}

#[test]
fn fields_with_one_name_make_one_object() {
    let path = |text: &str| -> ObjectPath { text.parse().unwrap() };
    let (port, src, value) =
        (path("network-traffic:src_port"), path("network-traffic:src_ref"), path("ipv4-addr:value"));
    let (protocol, agent) = (
        path("network-traffic:protocols[*]"),
        path("network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'[0]"),
    );
    let fields = [
        Field { object: "conn", path: &port, value: Value::from(4000) },
        Field { object: "conn", path: &src, value: Value::from("src") },
        Field { object: "conn", path: &protocol, value: Value::from("tcp") },
        Field { object: "conn", path: &protocol, value: Value::from("http") },
        Field { object: "conn", path: &agent, value: Value::from("curl/8") },
        Field { object: "src", path: &value, value: Value::from("198.51.100.1") },
    ];
    let observation = Observation::from_fields(ObservationId(5), at(0), fields);
    assert_eq!(observation.objects().len(), 2);
    let text = "[network-traffic:src_port = 4000 AND network-traffic:src_ref.value = '198.51.100.1' \
        AND network-traffic:protocols[1] = 'http' \
        AND network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'[0] LIKE 'curl%']";
    assert!(matches(text, &[observation], cresset_matcher::Equality::Exact));
}
