//! Versions: TAXII 2.1 sections 3.4.1, 5.8.

use serde_json::json;
use testkit::objects::{AMBER, RED, address, id, indicator, malware, marked, moment, statement, version};

use crate::ground::{Ground, RS, RW, Read, manifest_of, object_of, objects_of, versions_of};

/// Three versions, added in the order 2, 1, 3.
async fn ground_with_versions() -> Ground {
    let ground = Ground::new().await;
    for number in [2, 1, 3] {
        ground.pass(1);
        ground.add(RW, &[version(indicator(9), number)]).await;
    }
    ground
}

fn moments(numbers: &[u32]) -> Vec<String> {
    numbers.iter().map(|number| moment(*number)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_match_version_only_the_latest_is_given() {
    let ground = ground_with_versions().await;
    // One more arrives last, but is not the latest; one is later, but not for P.
    ground.add(RW, &[version(indicator(9), 0)]).await;
    ground.add_as("q", RW, &[malware(8), marked(version(malware(8), 4), &[AMBER])]).await;
    for target in [objects_of(RW), manifest_of(RW)] {
        let expected = [moment(3), moment(0)];
        assert_eq!(ground.get(&target).await.versions(), expected, "{target}");
        // A page boundary lets no older version through.
        let page = ground.get(&format!("{target}?limit=1")).await;
        assert_eq!(page.versions(), expected[..1]);
        assert_eq!(
            ground.get(&format!("{target}?limit=1&next={}", page.next().unwrap())).await.versions(),
            expected[1..]
        );
    }
    assert_eq!(ground.get(&object_of(RW, &id("indicator", 9))).await.versions(), [moment(3)]);
    let own = ground.read_as("q", &object_of(RW, &id("malware", 8))).await;
    assert_eq!(own.versions(), [moment(4)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_last_and_all_give_what_they_say() {
    let ground = ground_with_versions().await;
    ground.add(RW, &[indicator(1)]).await;
    let cases: [(&str, &[u32], usize); 5] = [
        ("first", &[1], 1),
        ("last", &[3], 1),
        ("first,last", &[1, 3], 1),
        ("last,first", &[1, 3], 1),
        ("all", &[2, 1, 3], 1),
    ];
    for (filter, numbers, others) in cases {
        for target in [objects_of(RW), manifest_of(RW)] {
            let versions = ground.get(&format!("{target}?match[version]={filter}")).await.versions();
            assert_eq!(versions[..numbers.len()], moments(numbers), "{target} {filter}");
            assert_eq!(versions[numbers.len()..], vec![moment(0); others], "{target} {filter}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn match_version_takes_exactly_the_versions_it_names() {
    let ground = ground_with_versions().await;
    let cases: [(&str, &[u32]); 8] = [
        ("2024-01-01T00:00:01.000Z", &[1]),
        ("2024-01-01T00:00:01Z", &[1]),
        ("2024-01-01T00:00:01.000000Z", &[1]),
        ("2024-01-01T00:00:01.000001Z", &[]),
        ("2024-01-01T00:00:02.000Z,2024-01-01T00:00:01.000Z", &[2, 1]),
        ("2024-01-01T00:00:02.000Z,first", &[2, 1]),
        ("last,2024-01-01T00:00:09.000Z", &[3]),
        ("2019-01-01T00:00:00.000Z", &[]),
    ];
    for (filter, numbers) in cases {
        for target in [objects_of(RW), manifest_of(RW)] {
            let versions = ground.get(&format!("{target}?match[version]={filter}")).await.versions();
            assert_eq!(versions, moments(numbers), "{target} {filter}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_named_twice_is_400() {
    let ground = ground_with_versions().await;
    for filter in [
        "last,last",
        "first,first",
        "first,last,first",
        "all,all",
        "2024-01-01T00:00:01.000Z,2024-01-01T00:00:01.000Z",
        "2024-01-01T00:00:01Z,2024-01-01T00:00:01.000Z",
    ] {
        for target in [objects_of(RW), manifest_of(RW), object_of(RW, &id("indicator", 9))] {
            let response = ground.get(&format!("{target}?match[version]={filter}")).await;
            assert_eq!(response.status, 400, "{target} {filter}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_with_another_version_is_400() {
    let ground = ground_with_versions().await;
    for filter in ["all,last", "first,all", "all,2020-01-01T00:00:00.000Z"] {
        for target in [objects_of(RW), manifest_of(RW), object_of(RW, &id("indicator", 9))] {
            let response = ground.get(&format!("{target}?match[version]={filter}")).await;
            assert_eq!(response.status, 400, "{target} {filter}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_without_modified_is_matched_by_created() {
    let ground = Ground::new().await;
    ground.add(RW, &[statement(7)]).await;
    let own = [id("marking-definition", 7)];
    for target in [objects_of(RW), manifest_of(RW), object_of(RW, &own[0])] {
        let found = ground.get(&format!("{target}?match[version]=2024-01-01T00:00:07Z")).await;
        assert_eq!(found.ids(), own, "{target}");
    }
    assert_eq!(
        ground.get(&format!("{}?match[version]=2024-01-01T00:00:08Z", objects_of(RW))).await.json(),
        json!({})
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_version_without_modified_is_created() {
    let ground = Ground::new().await;
    let status = ground.add(RW, &[statement(7)]).await;
    assert_eq!(status["successes"][0]["version"], moment(7));
    assert_eq!(ground.get(&manifest_of(RW)).await.versions(), [moment(7)]);
    assert_eq!(ground.get(&versions_of(RW, &id("marking-definition", 7))).await.versions(), [moment(7)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_observable_keeps_one_version() {
    // Its version is the date it was added.
    let mut ground = Ground::new().await;
    ground.pass(5);
    let status = ground.add(RW, &[address(1)]).await;
    let expected = "2026-01-01T00:00:05.000Z";
    assert_eq!(status["successes"][0]["version"], expected);
    ground.pass(5);
    let again = ground.add(RW, &[address(1)]).await;
    assert_eq!(again["successes"][0]["version"], expected);
    ground.add(RS, &[address(1)]).await;
    for _ in 0..2 {
        let target = versions_of(RW, &id("ipv4-addr", 1));
        assert_eq!(ground.get(&target).await.versions(), [expected]);
        assert_eq!(ground.get(&manifest_of(RW)).await.versions(), [expected]);
        let named = ground.get(&format!("{}?match[version]={expected}", objects_of(RW))).await;
        assert_eq!(named.ids(), [id("ipv4-addr", 1)]);
        ground = ground.restart().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn match_version_chooses_among_versions_of_one_object() {
    let ground = ground_with_versions().await;
    let target = object_of(RW, &id("indicator", 9));
    let cases: [(&str, &[u32]); 6] = [
        ("", &[3]),
        ("match[version]=first", &[1]),
        ("match[version]=last", &[3]),
        ("match[version]=all", &[2, 1, 3]),
        ("match[version]=2024-01-01T00:00:02Z", &[2]),
        ("match[version]=2024-01-01T00:00:02Z,2024-01-01T00:00:03Z", &[2, 3]),
    ];
    for (filter, numbers) in cases {
        let found = ground.get(&format!("{target}?{filter}")).await;
        assert_eq!(found.versions(), moments(numbers), "{filter}");
    }
    let absent = ground.get(&format!("{target}?match[version]=2019-01-01T00:00:00Z")).await;
    assert_eq!(absent.status, 404);
    assert_eq!(absent.body, ground.get(&object_of(RW, &id("indicator", 77))).await.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_lists_every_version_once() {
    let ground = ground_with_versions().await;
    ground.add(RW, &[version(indicator(9), 1)]).await;
    ground.add_as("q", RW, &[marked(version(indicator(9), 7), &[RED])]).await;
    let list = ground.get(&versions_of(RW, &id("indicator", 9))).await;
    assert_eq!(list.versions(), moments(&[2, 1, 3]));
    assert_eq!(
        list.dates(),
        ("2026-01-01T00:00:01.000000Z".to_owned(), "2026-01-01T00:00:03.000000Z".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_can_be_paged() {
    let ground = ground_with_versions().await;
    let target = versions_of(RW, &id("indicator", 9));
    let (mut seen, mut query) = (Vec::new(), String::new());
    loop {
        let page = ground.get(&format!("{target}?limit=1{query}")).await;
        seen.extend(page.versions());
        assert_eq!(page.more(), seen.len() < 3);
        let Some(next) = page.next() else { break };
        query = format!("&next={next}");
    }
    assert_eq!(seen, moments(&[2, 1, 3]));
    let after = ground.get(&format!("{target}?added_after=2026-01-01T00:00:01Z")).await;
    assert_eq!(after.versions(), moments(&[1, 3]));
    let of_spec = ground.get(&format!("{target}?match[spec_version]=2.1")).await;
    assert_eq!(of_spec.versions().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_versions_is_an_empty_object() {
    let ground = ground_with_versions().await;
    let target = versions_of(RW, &id("indicator", 9));
    let none = ground.get(&format!("{target}?added_after=2026-01-01T00:00:03Z")).await;
    assert_eq!((none.status, none.json()), (200, json!({})));
    assert_eq!(none.dates().0, "2026-01-01T00:00:03.000000Z");
}
