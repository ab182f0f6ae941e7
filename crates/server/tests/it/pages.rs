//! Pages: TAXII 2.1 section 3.5, appendix B.

use std::collections::BTreeSet;

use testkit::objects::{AMBER, address, id, indicator, malware, marked, version};

use crate::ground::{Ground, HID, RS, RW, Read, manifest_of, objects_of, versions_of};

/// A collection with several types and versions, half of what Q brings withheld from P.
async fn filled() -> Ground {
    let ground = Ground::new().await;
    for number in 0..12 {
        ground.pass(1);
        let own = [
            indicator(number),
            version(indicator(number % 4), 50 + number),
            malware(number),
            address(number),
        ];
        ground.add(RW, &own).await;
        let theirs = [marked(indicator(100 + number), &[AMBER]), malware(100 + number)];
        ground.add_as("q", RW, &theirs).await;
    }
    ground
}

/// What one request without a limit gives.
async fn whole(ground: &Ground, target: &str, query: &str) -> Vec<(String, String)> {
    let page = ground.get(&format!("{target}?{query}")).await;
    assert!(!page.more());
    page.ids().into_iter().zip(page.versions()).collect()
}

const QUERIES: [&str; 6] = [
    "",
    "match[type]=indicator",
    "match[type]=malware,ipv4-addr",
    "match[version]=all",
    "match[version]=first",
    "match[version]=all&match[type]=indicator&match[spec_version]=2.1",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_by_next_sees_every_object_once() {
    let ground = filled().await;
    for target in [objects_of(RW), manifest_of(RW)] {
        for query in QUERIES {
            let expected = whole(&ground, &target, query).await;
            assert!(expected.len() >= 12, "{query}");
            for limit in [1, 2, 3, 7, 100] {
                // With the filters repeated, and standing alone.
                for repeated in [query, ""] {
                    let (mut seen, mut asked) = (Vec::new(), format!("limit={limit}&{query}"));
                    loop {
                        let page = ground.get(&format!("{target}?{asked}")).await;
                        assert!(page.ids().len() <= limit);
                        seen.extend(page.ids().into_iter().zip(page.versions()));
                        let Some(next) = page.next() else { break };
                        asked = if repeated.is_empty() {
                            format!("next={next}")
                        } else {
                            format!("{repeated}&next={next}&limit={limit}")
                        };
                    }
                    assert_eq!(seen, expected, "{target} {query} {limit}");
                }
            }
        }
    }
    // Another limit, and `added_after` beside it: `next` rules.
    let first = ground.get(&format!("{}?limit=5", objects_of(RW))).await;
    let all = whole(&ground, &objects_of(RW), "").await;
    let next = first.next().unwrap();
    let rest =
        ground.get(&format!("{}?limit=3&next={next}&added_after=2020-01-01T00:00:00Z", objects_of(RW))).await;
    assert_eq!(rest.ids(), all[5..8].iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_by_added_after_sees_every_object_once() {
    let ground = filled().await;
    for target in [objects_of(RW), manifest_of(RW)] {
        for query in QUERIES {
            let expected = whole(&ground, &target, query).await;
            for limit in [1, 3, 100] {
                let (mut seen, mut after) = (Vec::new(), "1970-01-01T00:00:00Z".to_owned());
                loop {
                    let page =
                        ground.get(&format!("{target}?limit={limit}&added_after={after}&{query}")).await;
                    seen.extend(page.ids().into_iter().zip(page.versions()));
                    after = page.dates().1;
                    if !page.more() {
                        break;
                    }
                }
                assert_eq!(seen, expected, "{target} {query} {limit}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_with_more_has_a_next() {
    let ground = filled().await;
    for target in [manifest_of(RW), versions_of(RW, &id("indicator", 1))] {
        let page = ground.get(&format!("{target}?limit=1")).await;
        assert!(page.more() && page.next().is_some(), "{target}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_next_of_another_partner_opens_nothing() {
    let ground = filled().await;
    ground.add_as("q", HID, &[indicator(1), indicator(2)]).await;
    let hidden = ground.read_as("q", &format!("{}?limit=1", objects_of(HID))).await.next().unwrap();
    let unknown = ground.get(&objects_of(crate::ground::UNKNOWN)).await;
    let response = ground.get(&format!("{}?next={hidden}", objects_of(HID))).await;
    assert_eq!((response.status, response.body), (404, unknown.body));
    // Where both read, only what P may see: Q's page ended at an object that P does not know.
    let visible: BTreeSet<_> = ground.get(&objects_of(RW)).await.ids().into_iter().collect();
    let theirs = ground.read_as("q", &format!("{}?limit=5", objects_of(RW))).await;
    let rest = ground.get(&format!("{}?next={}&limit=5000", objects_of(RW), theirs.next().unwrap())).await;
    assert!(!rest.ids().is_empty() && rest.ids().iter().all(|id| visible.contains(id)));
    let used = ground.get(&format!("{}?next={hidden}&limit=5000", objects_of(RW))).await;
    assert!(used.ids().iter().all(|id| visible.contains(id)));
    // A forged one stands for a place and no more.
    let forged = taxii::position::Position { after: 5, query: "match[type]=indicator".to_owned() }.to_text();
    let page = ground.get(&format!("{}?next={forged}", objects_of(RW))).await;
    assert!(page.ids().iter().all(|id| visible.contains(id) && id.starts_with("indicator")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_next_of_another_query_opens_nothing() {
    // `next` stands alone: used elsewhere it continues there at that place, and shows what may be seen there.
    let ground = filled().await;
    ground.pass(60);
    ground.add(RS, &[indicator(7), malware(7)]).await;
    let next = ground.get(&format!("{}?limit=4&match[type]=malware", objects_of(RW))).await.next().unwrap();
    let elsewhere = ground.get(&format!("{}?next={next}", objects_of(RS))).await;
    assert_eq!(elsewhere.ids(), [id("malware", 7)]);
    let manifest = ground.get(&format!("{}?next={next}", manifest_of(RW))).await;
    let objects = ground.get(&format!("{}?next={next}", objects_of(RW))).await;
    assert_eq!(manifest.ids(), objects.ids());
    // Own filters rule over those it carries.
    let own = ground.get(&format!("{}?next={next}&match[type]=indicator&limit=9", objects_of(RW))).await;
    assert!(!own.ids().is_empty() && own.ids().iter().all(|id| id.starts_with("indicator")));
    let hidden = ground.get(&format!("{}?next={next}", objects_of(HID))).await;
    assert_eq!(hidden.status, 404);
}
