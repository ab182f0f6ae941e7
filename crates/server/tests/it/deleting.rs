//! Deleting: TAXII 2.1 section 5.7.

use testkit::objects::{AMBER, id, indicator, malware, marked, moment, version};

use crate::ground::{
    Ground, HID, RO, RS, RW, Read, UNKNOWN, WO, four, manifest_of, object_of, objects_of, versions_of,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_object_is_404() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1), version(indicator(1), 5), indicator(2)]).await;
    let target = object_of(RW, &id("indicator", 1));
    let deleted = ground.delete(&target).await;
    assert_eq!((deleted.status, deleted.body.len()), (200, 0));
    assert_eq!(ground.get(&target).await.status, 404);
    assert_eq!(ground.get(&format!("{target}?match[version]=all")).await.status, 404);
    assert_eq!(ground.get(&versions_of(RW, &id("indicator", 1))).await.status, 404);
    assert_eq!(ground.delete(&target).await.status, 404);
    // It can be added again, and is new then.
    ground.pass(60);
    ground.add(RW, &[indicator(1)]).await;
    let page = ground.get(&target).await;
    assert_eq!(
        (page.versions(), page.dates().0),
        (vec![moment(0)], "2026-01-01T00:01:00.000000Z".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_object_is_gone_from_every_list() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1), indicator(2), indicator(3)]).await;
    ground.add(RS, &[indicator(2)]).await;
    let next = ground.get(&format!("{}?limit=1", objects_of(RW))).await.next().unwrap();
    ground.delete(&object_of(RW, &id("indicator", 2))).await;
    let expected = [id("indicator", 1), id("indicator", 3)];
    for target in [objects_of(RW), manifest_of(RW)] {
        assert_eq!(ground.get(&target).await.ids(), expected);
        let named = format!("{target}?match[id]={}&match[version]=all", id("indicator", 2));
        assert!(ground.get(&named).await.ids().is_empty());
        assert_eq!(ground.get(&format!("{target}?next={next}")).await.ids(), expected[1..]);
    }
    // Other collections keep it.
    assert_eq!(ground.get(&object_of(RS, &id("indicator", 2))).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_one_version_keeps_the_others() {
    let ground = Ground::new().await;
    let versions: Vec<_> = (1..=5).map(|number| version(indicator(1), number)).collect();
    ground.add(RW, &versions).await;
    let target = object_of(RW, &id("indicator", 1));
    let left = async || ground.get(&versions_of(RW, &id("indicator", 1))).await.versions();
    let cases: [(&str, &[u32]); 3] =
        [("2024-01-01T00:00:03Z", &[1, 2, 4, 5]), ("first", &[2, 4, 5]), ("last", &[2, 4])];
    for (filter, numbers) in cases {
        assert_eq!(ground.delete(&format!("{target}?match[version]={filter}")).await.status, 200, "{filter}");
        let expected: Vec<_> = numbers.iter().map(|number| moment(*number)).collect();
        assert_eq!(left().await, expected, "{filter}");
        assert_eq!(ground.get(&target).await.versions(), expected[expected.len() - 1..]);
    }
    assert_eq!(ground.delete(&format!("{target}?match[spec_version]=2.0")).await.status, 404);
    assert_eq!(ground.delete(&format!("{target}?match[version]=last,last")).await.status, 400);
    assert_eq!(left().await.len(), 2);
    assert_eq!(ground.delete(&format!("{target}?match[version]=all")).await.status, 200);
    assert_eq!(ground.get(&target).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_needs_read_and_write() {
    let ground = Ground::new().await;
    ground.add_as("q", HID, &[indicator(1)]).await;
    ground.add_as("q", RO, &[indicator(1)]).await;
    ground.add(WO, &[indicator(1)]).await;
    let unknown = ground.delete(&object_of(UNKNOWN, &id("indicator", 1))).await;
    assert_eq!(unknown.status, 404);
    for number in [1, 2] {
        let own = id("indicator", number);
        let hidden = ground.delete(&object_of(HID, &own)).await;
        assert_eq!((hidden.status, &hidden.body), (404, &unknown.body));
        assert_eq!(ground.delete(&object_of(RO, &own)).await.status, 403);
        assert_eq!(ground.delete(&object_of(WO, &own)).await.status, 403);
    }
    for name in [HID, RO] {
        assert_eq!(ground.read_as("q", &object_of(name, &id("indicator", 1))).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_without_the_right_to_is_403() {
    let ground = Ground::new().await;
    ground.add(RS, &[indicator(1)]).await;
    let first = ground.delete(&object_of(RS, &id("indicator", 1))).await;
    assert_eq!(first.status, 403);
    for own in [id("indicator", 2), "nonsense".to_owned()] {
        let response = ground.delete(&object_of(RS, &own)).await;
        assert_eq!((response.status, &response.body), (403, &first.body), "{own}");
    }
    assert_eq!(ground.get(&object_of(RS, &id("indicator", 1))).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_an_unknown_object_is_404() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1)]).await;
    ground.add_as("q", RW, &[marked(indicator(2), &[AMBER]), malware(3)]).await;
    let first = ground.delete(&object_of(RW, &id("indicator", 77))).await;
    assert_eq!(first.status, 404);
    for own in [id("indicator", 2), "nonsense".to_owned(), id("indicator", 78)] {
        let response = ground.delete(&object_of(RW, &own)).await;
        assert_eq!((response.status, &response.body), (404, &first.body), "{own}");
    }
    let no_such_version =
        format!("{}?match[version]=2019-01-01T00:00:00Z", object_of(RW, &id("indicator", 1)));
    let response = ground.delete(&no_such_version).await;
    assert_eq!((response.status, &response.body), (404, &first.body));
    assert_eq!(ground.read_as("q", &object_of(RW, &id("indicator", 2))).await.status, 200);
    // What P sees but did not bring is not P's to delete.
    assert_eq!(ground.delete(&object_of(RW, &id("malware", 3))).await.status, 403);
    for target in four(RW, &id("malware", 3)) {
        assert_eq!(ground.get(&target).await.status, 200);
    }
}
