//! What is told of an object by the objects that refer to it? Nothing, where it is withheld.

use serde_json::{Value, json};
use testkit::objects::{
    AMBER, id, id_of, indicator, malware, marked, object, relationship, report, sighting, version, with,
    without,
};

use crate::ground::{Ground, HID, RW, Read, Setup, four, manifest_of, object_of, objects_of};

/// Q brings an indicator that P may not see, and a malware that P may.
async fn ground() -> Ground {
    let ground = Ground::new().await;
    ground.add_as("q", RW, &[marked(indicator(1), &[AMBER]), malware(2)]).await;
    ground
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withheld_object_is_taken_out_of_lists_of_references() {
    let ground = ground().await;
    let (hidden, seen, unknown) = (id("indicator", 1), id("malware", 2), id("tool", 77));
    let full = report(3, &[hidden.clone(), seen.clone(), unknown.clone()]);
    ground.add_as("q", RW, std::slice::from_ref(&full)).await;
    for target in [object_of(RW, &id("report", 3)), format!("{}?match[type]=report", objects_of(RW))] {
        let body = ground.get(&target).await.json();
        let expected = with(full.clone(), "object_refs", json!([seen, unknown]));
        assert_eq!(body["objects"], json!([expected]), "{target}");
        let body = ground.read_as("q", &target).await.json();
        assert_eq!(body["objects"], json!([full]), "{target}");
    }
    // With nothing left of what the type requires, it is withheld itself, and so is what refers to it.
    let nothing = report(4, std::slice::from_ref(&hidden));
    let about = report(5, &[id("report", 4)]);
    ground.add_as("q", RW, &[nothing, about]).await;
    for number in [4, 5] {
        for target in four(RW, &id("report", number)) {
            let text = ground.get(&target).await.text();
            assert!(!text.contains(&id("report", number)), "{target}");
        }
        assert_eq!(ground.get(&object_of(RW, &id("report", number))).await.status, 404);
        assert_eq!(ground.read_as("q", &object_of(RW, &id("report", number))).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relationship_with_a_withheld_end_is_withheld() {
    let ground = ground().await;
    let (hidden, seen, unknown) = (id("indicator", 1), id("malware", 2), id("tool", 77));
    let objects = [
        relationship(10, &hidden, &seen),
        relationship(11, &seen, &hidden),
        sighting(12, &hidden),
        relationship(13, &seen, &unknown),
        sighting(14, &seen),
        version(relationship(10, &hidden, &seen), 9),
        // Of the withheld relationship nothing is told either.
        object("note", 15, json!({ "content": "x", "object_refs": [id("relationship", 10)] })),
    ];
    ground.add_as("q", RW, &objects).await;
    let expected = [seen, id("relationship", 13), id("sighting", 14)];
    for target in [objects_of(RW), manifest_of(RW)] {
        assert_eq!(ground.get(&target).await.ids(), expected);
        for limit in 1..4 {
            let page = ground.get(&format!("{target}?limit={limit}")).await;
            assert_eq!((page.ids(), page.more()), (expected[..limit].to_vec(), limit < 3), "{limit}");
        }
    }
    let absent = ground.get(&object_of(RW, &id("tool", 1))).await.body;
    for own in [id("relationship", 10), id("relationship", 11), id("sighting", 12), id("note", 15)] {
        for target in &four(RW, &own)[1..] {
            if !target.contains("manifest") {
                let response = ground.get(target).await;
                assert_eq!((response.status, &response.body), (404, &absent), "{target}");
            }
        }
        let named = ground.get(&format!("{}?match[id]={own}&match[version]=all", manifest_of(RW))).await;
        assert!(named.ids().is_empty());
        assert_eq!(ground.read_as("q", &object_of(RW, &own)).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_optional_reference_to_a_withheld_object_is_left_out() {
    let ground = ground().await;
    let identity =
        |number| object("identity", number, json!({ "name": "somebody", "identity_class": "individual" }));
    ground.add_as("q", RW, &[marked(identity(1), &[AMBER]), identity(2)]).await;
    for (number, author) in [(30, 1), (31, 2), (32, 3)] {
        let own = with(indicator(number), "created_by_ref", json!(id("identity", author)));
        ground.add_as("q", RW, std::slice::from_ref(&own)).await;
        let got = ground.get(&object_of(RW, &id("indicator", number))).await.json()["objects"][0].clone();
        assert_eq!(got, if author == 1 { without(own, "created_by_ref") } else { own });
    }
}

/// Of each of these the references are all that the standard lets it stand on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_lost_reference_withholds_counts_as_withheld_itself() {
    let ground = ground().await;
    let observable = |kind: &str, rest: Value| {
        let mut object = json!({ "type": kind, "spec_version": "2.1", "id": id(kind, 70) });
        object.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        object
    };
    let hidden =
        |kind: &str| json!({ "type": kind, "spec_version": "2.1", "id": id(kind, 71), "name": "hidden" });
    let file = id("file", 71);
    let user = json!({ "type": "user-account", "spec_version": "2.1", "id": id("user-account", 71), "user_id": "1" });
    ground.add_as("q", RW, &[marked(hidden("file"), &[AMBER]), marked(user, &[AMBER])]).await;
    let objects = [
        observable(
            "email-message",
            json!({ "is_multipart": true, "body_multipart": [{ "body_raw_ref": file, "content_type": "a/b" }] }),
        ),
        observable(
            "file",
            json!({ "name": "a", "extensions": { "archive-ext": { "contains_refs": [file], "comment": "c" } } }),
        ),
        object("malware-analysis", 70, json!({ "product": "p", "analysis_sco_refs": [file] })),
        observable("process", json!({ "image_ref": file })),
        observable("windows-registry-key", json!({ "creator_user_ref": id("user-account", 71) })),
    ];
    for (number, object) in (72..).zip(objects) {
        let lost = id_of(&object);
        let about = report(number, &[lost.clone(), id("malware", 2)]);
        ground.add_as("q", RW, &[object, about]).await;
        assert_eq!(ground.get(&object_of(RW, &lost)).await.status, 404, "{lost}");
        let got = ground.get(&object_of(RW, &id("report", number))).await.text();
        assert!(got.contains(&id("malware", 2)) && !got.contains(&lost), "{got}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_collection_holds_is_withheld_too() {
    let ground = ground().await;
    ground.add_as("q", HID, &[indicator(50)]).await;
    ground.add_as("q", RW, &[relationship(51, &id("indicator", 50), &id("malware", 2))]).await;
    assert_eq!(ground.get(&object_of(RW, &id("relationship", 51))).await.status, 404);
    assert!(!ground.get(&objects_of(RW)).await.text().contains(&id("indicator", 50)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_partner_brought_itself_comes_back_whole() {
    let ground = ground().await;
    let own = [
        relationship(60, &id("indicator", 1), &id("malware", 2)),
        report(61, &[id("indicator", 1)]),
        sighting(62, &id("indicator", 1)),
    ];
    ground.add(RW, &own).await;
    for object in own {
        let got = ground.get(&object_of(RW, object["id"].as_str().unwrap())).await;
        assert_eq!(got.json()["objects"], json!([object]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_looked_up_within_bounds_is_withheld() {
    let exchange = exchange::ExchangeLimits { reference_reads_max: 4, ..exchange::ExchangeLimits::default() };
    let ground = Ground::with(Setup { exchange, ..Setup::default() }).await;
    ground.add_as("q", RW, &[marked(indicator(1), &[AMBER]), malware(2)]).await;
    let note =
        |number: u32, about: &str| object("note", number, json!({ "content": "x", "object_refs": [about] }));
    let mut chain = vec![note(1, &id("malware", 2))];
    chain.extend((2..=9).map(|number| note(number, &id("note", number - 1))));
    ground.add_as("q", RW, &chain).await;
    // Four reads find the end of a chain of four, and not that of a chain of five.
    for (number, status) in [(4, 200), (5, 404)] {
        assert_eq!(ground.get(&object_of(RW, &id("note", number))).await.status, status, "{number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chains_and_circles_are_released_as_far_as_nothing_in_them_is_withheld() {
    let ground = ground().await;
    let about =
        |number: u32, ids: &[String]| object("note", number, json!({ "content": "x", "object_refs": ids }));
    let note = |number| id("note", number);
    let mut objects: Vec<_> = (2..=40).map(|number| about(number, &[note(number - 1)])).collect();
    objects.push(about(1, &[id("malware", 2)]));
    // A circle; a circle of which one also refers to what is withheld; a chain that hangs on what is withheld alone.
    objects.extend([about(50, &[note(51)]), about(51, &[note(50)])]);
    objects.extend([about(60, &[note(61)]), about(61, &[note(60), id("indicator", 1)])]);
    objects.extend([
        about(70, &[id("indicator", 1)]),
        about(71, &[note(70)]),
        about(72, &[note(71), note(1)]),
    ]);
    ground.add_as("q", RW, &objects).await;
    let ids = ground.get(&format!("{}?match[type]=note", objects_of(RW))).await.ids();
    let expected: Vec<_> = (2..=40).chain([1, 50, 51, 60, 61, 72]).map(note).collect();
    assert_eq!(ids, expected);
    let of = async |number| {
        ground.get(&object_of(RW, &note(number))).await.json()["objects"][0]["object_refs"].clone()
    };
    assert_eq!((of(61).await, of(72).await), (json!([note(60)]), json!([note(1)])));
}
