//! Order and filters: TAXII 2.1 sections 3.3, 3.4.

use serde_json::json;
use server::ServerLimits;
use testkit::{
    http::Request,
    objects::{
        AMBER, address, id, indicator, malware, marked, object, relationship, statement, version, without,
    },
};

use crate::ground::{Ground, RW, Read, four, manifest_of, object_of, objects_of, versions_of};

/// Three indicators, one after another.
async fn three(ground: &Ground) -> Vec<String> {
    for number in 1..=3 {
        ground.pass(1);
        ground.add(RW, &[indicator(number)]).await;
    }
    let manifest = ground.get(&manifest_of(RW)).await.json();
    let records = manifest["objects"].as_array().unwrap().clone();
    records.iter().map(|record| record["date_added"].as_str().unwrap().to_owned()).collect()
}

fn ids(numbers: &[u32]) -> Vec<String> {
    numbers.iter().map(|number| id("indicator", *number)).collect()
}

async fn ids_of(ground: &Ground, query: &str) -> Vec<String> {
    let objects = ground.get(&format!("{}?{query}", objects_of(RW))).await.ids();
    let manifest = ground.get(&format!("{}?{query}", manifest_of(RW))).await.ids();
    assert_eq!(objects, manifest, "{query}");
    objects
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_come_in_the_order_they_were_added() {
    let ground = Ground::new().await;
    for number in [2, 1, 3] {
        ground.add(RW, &[version(indicator(9), number)]).await;
    }
    ground.add(RW, &[indicator(5), indicator(4), indicator(6)]).await;
    let page = ground.get(&format!("{}?match[version]=all", objects_of(RW))).await;
    assert_eq!(page.ids(), ids(&[9, 9, 9, 5, 4, 6]));
    let moments: Vec<_> = [2, 1, 3].map(testkit::objects::moment).into();
    assert_eq!(page.versions()[..3], moments[..]);
    // Sent again, newer or older, they stay where they were.
    ground.add(RW, &[indicator(4)]).await;
    assert_eq!(ids_of(&ground, "match[version]=all").await, ids(&[9, 9, 9, 5, 4, 6]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_manifest_lists_what_the_objects_endpoint_gives() {
    let ground = Ground::new().await;
    for number in [2, 1, 3] {
        ground.add(RW, &[version(indicator(9), number), indicator(number), malware(number)]).await;
    }
    ground.add(RW, &[address(1), statement(1)]).await;
    let queries = [
        "",
        "limit=3",
        "match[type]=indicator",
        "match[type]=malware,ipv4-addr&limit=2",
        "match[version]=all",
        "match[version]=first",
        "match[version]=first,last",
        "match[spec_version]=2.1",
        "match[spec_version]=2.0",
        "added_after=2026-01-01T00:00:00.000003Z",
        "match[id]=marking-definition--00000001-0000-4000-8000-000000000001",
        "match[version]=2024-01-01T00:00:01Z",
    ];
    for query in queries {
        let objects = ground.get(&format!("{}?{query}", objects_of(RW))).await;
        let manifest = ground.get(&format!("{}?{query}", manifest_of(RW))).await;
        assert_eq!(objects.ids(), manifest.ids(), "{query}");
        assert_eq!((objects.dates(), objects.more()), (manifest.dates(), manifest.more()), "{query}");
        let dated: Vec<_> = objects.versions().into_iter().zip(manifest.versions()).collect();
        assert!(dated.iter().all(|(object, record)| object.is_empty() || object == record), "{dated:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_filter_is_400() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1), indicator(2)]).await;
    let next = ground.get(&format!("{}?limit=1", objects_of(RW))).await.next().unwrap();
    let mut turned = next.clone().into_bytes();
    turned[4] ^= 1;
    let turned = format!("next={}", String::from_utf8(turned).unwrap());
    let everywhere = [
        "added_after=yesterday",
        "added_after=",
        "added_after=2024-01-01T00:00:00Z,2025-01-01T00:00:00Z",
        "added_after=2024-13-01T00:00:00Z",
        "added_after=20240101",
        "limit=x",
        "limit=1.5",
        "limit=",
        "limit=99999999999999999999999",
        "next=x",
        "next=",
        "next=AAAAAAAAAAAAAAAA",
        "match[spec_version]=",
        "added_after=%ff",
        "%zz=1",
        &turned,
    ];
    for target in four(RW, &id("indicator", 1)) {
        for filter in everywhere {
            let response = ground.get(&format!("{target}?{filter}")).await;
            assert_eq!(response.status, 400, "{target}?{filter}");
            assert!(!response.text().contains("yesterday"), "a value is repeated");
        }
    }
    for target in [objects_of(RW), manifest_of(RW), object_of(RW, &id("indicator", 1))] {
        for filter in
            ["match[version]=2020", "match[version]=", "match[version]=latest", "match[version]=,last"]
        {
            assert_eq!(ground.get(&format!("{target}?{filter}")).await.status, 400, "{target}?{filter}");
        }
    }
    for filter in ["match[id]=", "match[type]=", "match[type]=a,,b"] {
        assert_eq!(ground.get(&format!("{}?{filter}", objects_of(RW))).await.status, 400, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parameter_given_twice_is_400() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1), indicator(2)]).await;
    let next = ground.get(&format!("{}?limit=1", objects_of(RW))).await.next().unwrap();
    let twice = [
        "added_after=2024-01-01T00:00:00Z&added_after=2024-01-01T00:00:00Z".to_owned(),
        "limit=1&limit=1".to_owned(),
        format!("next={next}&next={next}"),
        "match[spec_version]=2.1&match[spec_version]=2.1".to_owned(),
    ];
    for target in four(RW, &id("indicator", 1)) {
        for filter in &twice {
            assert_eq!(ground.get(&format!("{target}?{filter}")).await.status, 400, "{target}?{filter}");
        }
    }
    for filter in [
        "match[id]=a--1&match[id]=a--2",
        "match[id]=a--1&match%5Bid%5D=a--2",
        "match[type]=tool&match[type]=tool",
        "match[version]=last&match[version]=first",
    ] {
        for target in [objects_of(RW), manifest_of(RW)] {
            assert_eq!(ground.get(&format!("{target}?{filter}")).await.status, 400, "{target}?{filter}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_of_zero_is_400() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1)]).await;
    for target in four(RW, &id("indicator", 1)) {
        for limit in ["0", "-1", "00", "+1", "1e3", "0x10"] {
            assert_eq!(ground.get(&format!("{target}?limit={limit}")).await.status, 400, "{target} {limit}");
        }
        assert_eq!(ground.get(&format!("{target}?limit=4294967296")).await.status, 200, "{target}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn added_after_is_exclusive() {
    let ground = Ground::new().await;
    let dates = three(&ground).await;
    assert_eq!(ids_of(&ground, &format!("added_after={}", dates[0])).await, ids(&[2, 3]));
    assert_eq!(dates[0], "2026-01-01T00:00:01.000000Z");
    assert_eq!(ids_of(&ground, "added_after=2026-01-01T00:00:00.999999Z").await, ids(&[1, 2, 3]));
    assert_eq!(ids_of(&ground, "added_after=2026-01-01T00:00:01Z").await, ids(&[2, 3]));
    assert_eq!(ids_of(&ground, "added_after=2026-01-01T00:00:01.000Z").await, ids(&[2, 3]));
    assert_eq!(ids_of(&ground, "added_after=2026-01-01T00:00:01.000000001Z").await, ids(&[2, 3]));
    assert!(ids_of(&ground, &format!("added_after={}", dates[2])).await.is_empty());
    assert_eq!(ids_of(&ground, "added_after=1901-01-01T00:00:00Z").await, ids(&[1, 2, 3]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_never_holds_more_than_the_limit() {
    let limits = ServerLimits { page_objects_max: 4, page_objects_default: 3, ..ServerLimits::default() };
    let ground = Ground::limited(limits).await;
    let versions: Vec<_> = (0..6).map(|number| version(indicator(1), number)).collect();
    ground.add(RW, &versions).await;
    for target in four(RW, &id("indicator", 1)) {
        let all = if target.ends_with("versions/") { "" } else { "match[version]=all&" };
        for (asked, expected) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 4), (4_000_000_000_u64, 4)] {
            let page = ground.get(&format!("{target}?{all}limit={asked}")).await;
            assert_eq!((page.versions().len(), page.more()), (expected, true), "{target} {asked}");
        }
        assert_eq!(ground.get(&format!("{target}?{all}")).await.versions().len(), 3, "{target}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fits_in_a_page_is_all_there() {
    let ground = Ground::new().await;
    three(&ground).await;
    for query in ["limit=3", "limit=4", ""] {
        for target in [objects_of(RW), manifest_of(RW)] {
            let page = ground.get(&format!("{target}?{query}")).await;
            assert_eq!((page.ids(), page.more(), page.next()), (ids(&[1, 2, 3]), false, None), "{query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_is_true_exactly_while_objects_are_left() {
    let ground = Ground::new().await;
    three(&ground).await;
    // A rest that P may not see is no rest.
    for number in 10..14 {
        ground.add_as("q", RW, &[marked(indicator(number), &[AMBER])]).await;
    }
    for target in [objects_of(RW), manifest_of(RW)] {
        for limit in 1..=4_usize {
            let (mut seen, mut query) = (0, format!("limit={limit}"));
            loop {
                let page = ground.get(&format!("{target}?{query}")).await;
                seen += page.ids().len();
                assert_eq!(page.more(), seen < 3, "{target} {limit} {seen}");
                assert_eq!(page.next().is_some(), page.more());
                assert!(page.json().get("more") != Some(&json!(false)) || !page.more());
                let Some(next) = page.next() else { break };
                query = format!("limit={limit}&next={next}");
            }
            assert_eq!(seen, 3);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn different_filters_are_anded() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1), malware(2), version(malware(2), 5)]).await;
    let (own, other) = (id("indicator", 1), id("malware", 2));
    assert!(ids_of(&ground, &format!("match[type]=indicator&match[id]={other}")).await.is_empty());
    let all = "match[version]=2024-01-01T00:00:05Z&match[spec_version]=2.1&added_after=2025-01-01T00:00:00Z";
    let query = format!("match[type]=malware&match[id]={own},{other}&{all}");
    assert_eq!(ids_of(&ground, &query).await, [id("malware", 2)]);
    let late = query.replace("2025-01-01", "2027-01-01");
    assert!(ids_of(&ground, &late).await.is_empty());
    let old = query.replace("spec_version]=2.1", "spec_version]=2.0");
    assert!(ids_of(&ground, &old).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_one_filter_are_ored() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1), malware(2), address(3)]).await;
    let both = [id("indicator", 1), id("malware", 2)];
    assert_eq!(ids_of(&ground, "match[type]=indicator,malware").await, both);
    assert_eq!(ids_of(&ground, "match[type]=malware,%20indicator").await, both);
    assert_eq!(ids_of(&ground, &format!("match[id]={},{}", both[1], both[0])).await, both);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_match_field_of_the_table_is_known() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1), version(indicator(1), 5), malware(2)]).await;
    for field in [
        "match[id]=tool--1",
        "match[type]=tool",
        "match[version]=2001-01-01T00:00:00Z",
        "match[spec_version]=2.0",
    ] {
        assert!(ids_of(&ground, field).await.is_empty(), "{field}");
        let encoded = field.replace('[', "%5B").replace(']', "%5D");
        assert!(ids_of(&ground, &encoded).await.is_empty(), "{encoded}");
    }
    let object = object_of(RW, &id("indicator", 1));
    assert_eq!(ground.get(&format!("{object}?match[version]=all")).await.ids().len(), 2);
    assert!(ground.get(&format!("{object}?match[spec_version]=2.0")).await.ids().is_empty());
    // What an endpoint does not list is ignored there.
    for field in ["match[type]=tool", "match[id]=tool--1", "match[x_foo]=1", "foo=bar"] {
        assert_eq!(ground.get(&format!("{object}?{field}")).await.ids().len(), 1, "{field}");
    }
    let versions = versions_of(RW, &id("indicator", 1));
    assert!(ground.get(&format!("{versions}?match[spec_version]=2.0")).await.versions().is_empty());
    assert_eq!(ground.get(&format!("{versions}?match[version]=last")).await.versions().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn match_id_gives_only_these_ids() {
    let ground = Ground::new().await;
    three(&ground).await;
    let of = |numbers: &[u32]| format!("match[id]={}", ids(numbers).join(","));
    assert_eq!(ids_of(&ground, &of(&[2])).await, ids(&[2]));
    assert_eq!(ids_of(&ground, &of(&[3, 1])).await, ids(&[1, 3]));
    assert_eq!(ids_of(&ground, &of(&[3, 3])).await, ids(&[3]));
    assert!(ids_of(&ground, &of(&[77])).await.is_empty());
    assert_eq!(ids_of(&ground, &of(&[77, 2])).await, ids(&[2]));
    assert!(ids_of(&ground, "match[id]=nonsense").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn match_type_gives_only_these_types() {
    let ground = Ground::new().await;
    let link = relationship(5, &id("indicator", 1), &id("malware", 2));
    ground.add(RW, &[indicator(1), malware(2), address(3), link]).await;
    let expected = [
        ("indicator", vec![id("indicator", 1)]),
        ("relationship", vec![id("relationship", 5)]),
        ("ipv4-addr", vec![id("ipv4-addr", 3)]),
        ("malware,ipv4-addr", vec![id("malware", 2), id("ipv4-addr", 3)]),
        ("x-unheard-of", Vec::new()),
        ("indicato", Vec::new()),
    ];
    for (types, ids) in expected {
        assert_eq!(ids_of(&ground, &format!("match[type]={types}")).await, ids, "{types}");
    }
}

/// Every type that STIX 2.1 defines.
const TYPES: &str = "attack-pattern campaign course-of-action grouping identity incident indicator infrastructure \
    intrusion-set location malware malware-analysis note observed-data opinion report threat-actor tool vulnerability \
    relationship sighting artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr \
    ipv6-addr mac-addr mutex network-traffic process software url user-account windows-registry-key x509-certificate \
    marking-definition extension-definition language-content bundle";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_type_of_stix_2_1_is_an_error() {
    let ground = Ground::new().await;
    for name in TYPES.split_whitespace() {
        assert_eq!(ground.get(&format!("{}?match[type]={name}", objects_of(RW))).await.status, 200, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn match_spec_version_gives_only_these() {
    let ground = Ground::new().await;
    let old =
        without(object("tool", 4, json!({ "name": "old" , "labels": ["remote-access"] })), "spec_version");
    ground.add(RW, &[indicator(1), address(2), without(address(3), "spec_version"), old]).await;
    let [new, seen, bare, old] = [id("indicator", 1), id("ipv4-addr", 2), id("ipv4-addr", 3), id("tool", 4)];
    let new = vec![new, seen, bare];
    assert_eq!(ids_of(&ground, "match[spec_version]=2.1").await, new);
    assert_eq!(ids_of(&ground, "match[spec_version]=2.0").await, [id("tool", 4)]);
    let both = [new, vec![old]].concat();
    assert_eq!(ids_of(&ground, "match[spec_version]=2.0,2.1").await, both);
    assert_eq!(ids_of(&ground, "").await, both);
    assert!(ids_of(&ground, "match[spec_version]=9.9").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_match_spec_version_only_the_latest_is_given() {
    let ground = Ground::new().await;
    let new = object("tool", 4, json!({ "name": "new" }));
    let old = without(
        version(object("tool", 4, json!({ "name": "old", "labels": ["remote-access"] })), 9),
        "spec_version",
    );
    ground.add(RW, &[new, old]).await;
    for target in [objects_of(RW), object_of(RW, &id("tool", 4))] {
        let page = ground.get(&target).await.json();
        assert_eq!(page["objects"].as_array().unwrap().len(), 1, "{target}");
        assert_eq!(page["objects"][0]["name"], "new", "{target}");
        let page = ground.get(&format!("{target}?match[spec_version]=2.0")).await.json();
        assert_eq!(page["objects"][0]["name"], "old", "{target}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_string_ends_at_its_bounds() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1)]).await;
    let of = |count: usize| format!("match[id]={}", vec![id("indicator", 1); count].join(","));
    let ask = async |query: String| {
        ground.ask(Request::new("GET", &format!("{}?{query}", objects_of(RW)))).await.status
    };
    assert_eq!(ask(of(taxii::filter::MATCH_VALUES_MAX)).await, 200);
    assert_eq!(ask(of(taxii::filter::MATCH_VALUES_MAX + 1)).await, 400);
    let filler = |bytes: usize| format!("x={}", "y".repeat(bytes - 2));
    assert_eq!(ask(filler(taxii::filter::QUERY_BYTES_MAX)).await, 200);
    assert_eq!(ask(filler(taxii::filter::QUERY_BYTES_MAX + 1)).await, 400);
}
