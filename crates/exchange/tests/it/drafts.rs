//! What would become of something that is not published yet, and does it say too much?

use exchange::{DraftPreview, Oversharing};
use serde_json::{Value, json};
use store::Sequence;
use testkit::objects::{
    GREEN, RED, granular, id, indicator, malware, marked, relationship, restriction, with,
};

use crate::ground::{Ground, ROOM, mark};

async fn preview(ground: &Ground, objects: &[Value]) -> DraftPreview {
    let envelope = json!({ "objects": objects }).to_string();
    ground.exchange.preview_draft((ROOM, envelope.as_bytes()), None, ground.now()).await.unwrap()
}

#[tokio::test]
async fn each_recipient_and_the_exact_bytes_are_shown_before_and_come_true_after() {
    let ground = Ground::new().await;
    ground
        .add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] })), marked(malware(1), &[&mark(1)])])
        .await;
    let object = granular(with(indicator(1), "description", json!("NATO")), &mark(1), &["description"]);
    let draft =
        [object, relationship(1, &id("indicator", 1), &id("malware", 1)), marked(indicator(2), &[RED])];
    let shown = preview(&ground, &draft).await;
    let held = ground.exchange.collections().await.unwrap()[0].objects;
    assert_eq!(held, 2, "a draft is not published");
    let names: Vec<_> = shown.recipients.iter().map(|recipient| recipient.partner.as_str()).collect();
    assert_eq!(names, ["jpn", "nor", "swe"]);
    ground.add(None, &draft).await;
    for recipient in &shown.recipients {
        let read = ground.read(&recipient.partner, Sequence::ZERO).await;
        for (id, copy) in &recipient.objects {
            let got = read.objects.iter().find(|object| object["id"] == json!(id));
            let text = copy.text.as_ref().map(|text| serde_json::from_str::<Value>(text).unwrap());
            assert_eq!(text.as_ref(), got, "{id} for {}", recipient.partner);
            assert_eq!(copy.withheld.is_some(), got.is_none());
        }
    }
    let jpn = &shown.recipients[0].objects;
    assert!(jpn[0].1.removed[0].1.contains("(rule 6)"), "{:?}", jpn[0].1.removed);
    assert!(jpn[2].1.withheld.as_ref().unwrap().contains("(rule 7)"));
    ground.exchange.replay().await.unwrap();
}

#[tokio::test]
async fn a_green_relationship_to_something_red_is_flagged() {
    let ground = Ground::new().await;
    ground.add(None, &[marked(malware(9), &[RED])]).await;
    let draft = [
        marked(malware(1), &[RED]),
        indicator(1),
        marked(relationship(1, &id("indicator", 1), &id("malware", 1)), &[GREEN]),
        marked(relationship(2, &id("indicator", 1), &id("malware", 9)), &[GREEN]),
        marked(relationship(3, &id("indicator", 1), &id("malware", 9)), &[RED]),
    ];
    let shown = preview(&ground, &draft).await;
    let flagged: Vec<_> = shown
        .oversharing
        .iter()
        .filter_map(|flag| match flag {
            Oversharing::Reference { object, refers_to, stricter, .. } => {
                assert_eq!(stricter, "TLP:RED");
                Some((object.clone(), refers_to.clone()))
            }
            Oversharing::Name { .. } => None,
        })
        .collect();
    let expected = [(id("relationship", 1), id("malware", 1)), (id("relationship", 2), id("malware", 9))];
    assert_eq!(flagged, expected);
}

#[tokio::test]
async fn a_text_that_quotes_a_withheld_name_is_flagged_for_who_would_read_it() {
    let ground = Ground::new().await;
    let secret = with(malware(1), "name", json!("Night Heron"));
    ground
        .add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] })), marked(secret, &[&mark(1)])])
        .await;
    let says = |number: u32, text: &str| with(indicator(number), "description", json!(text));
    let draft = [
        says(1, "part of the NIGHT heron campaign"),
        granular(says(2, "night heron again"), &mark(1), &["description"]),
        says(3, "of no heron at night"),
    ];
    let shown = preview(&ground, &draft).await;
    let flagged: Vec<_> = shown
        .oversharing
        .iter()
        .map(|flag| match flag {
            Oversharing::Name { object, name, of, partner } => {
                assert_eq!((name.as_str(), of), ("Night Heron", &id("malware", 1)));
                (object.clone(), partner.as_str())
            }
            Oversharing::Reference { .. } => panic!("{flag:?}"),
        })
        .collect();
    assert_eq!(flagged, [(id("indicator", 1), "jpn"), (id("indicator", 1), "swe")]);
}

#[tokio::test]
async fn what_would_be_refused_is_told() {
    let ground = Ground::new().await;
    let shown = preview(&ground, &[testkit::objects::without(indicator(1), "pattern"), indicator(2)]).await;
    assert_eq!(shown.failures.len(), 1);
    assert!(shown.failures[0].codes.contains(&"property-missing".to_owned()));
    assert_eq!(shown.recipients[0].objects.len(), 1);
}

#[tokio::test]
async fn a_marking_of_the_draft_itself_counts_even_if_it_is_held_already() {
    let ground = Ground::new().await;
    let marking = restriction(1, json!({ "releasable_to": ["NATO"] }));
    for _ in 0..2 {
        let shown = preview(&ground, &[marking.clone(), marked(indicator(1), &[&mark(1)])]).await;
        assert_eq!(shown.failures, []);
        let gets = |name: &str| {
            let recipient = shown.recipients.iter().find(|recipient| recipient.partner == name).unwrap();
            recipient.objects.iter().filter(|(_, copy)| copy.text.is_some()).count()
        };
        assert_eq!((gets("nor"), gets("jpn")), (2, 0));
        ground.add(None, std::slice::from_ref(&marking)).await;
    }
}

#[tokio::test]
async fn a_refusal_for_the_sake_of_the_originator_says_whom_to_ask() {
    let ground = Ground::new().await;
    ground.add(Some("nor"), &[marked(indicator(1), &[testkit::objects::AMBER])]).await;
    let preview = ground.exchange.preview(&id("indicator", 1), "swe", ground.now()).await.unwrap().unwrap();
    let why = preview.copies[0].withheld.clone().unwrap();
    assert!(why.contains("for a release that names the recipient") && why.contains("`nor`"), "{why}");
}
