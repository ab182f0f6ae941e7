//! Is what is found, counted and suggested what the reader may have, and nothing else?

use std::collections::BTreeMap;

use exchange::{Found, Interval, Person, Search, SearchError, Viewpoint};
use releasability::{ClassificationPolicy, Tlp};
use serde_json::json;
use testkit::objects::{
    AMBER, GREEN, RED, granular, id, indicator, malware, marked, relationship, restriction, with,
};

use crate::ground::{Ground, WORLD, mark};

pub(crate) fn person() -> Person {
    let clearances = BTreeMap::from([(ClassificationPolicy("COAST".to_owned()), "SECRET".to_owned())]);
    Person { name: "ada".to_owned(), clearances, ceiling: None }
}

pub(crate) fn view(ground: &Ground, seen_as: Option<&str>) -> Viewpoint {
    ground.exchange.viewpoint(&person(), seen_as, ground.now()).unwrap()
}

async fn found(ground: &Ground, viewpoint: &Viewpoint, query: &str) -> Found {
    let search = Search { query: query.to_owned(), after: None, limit: 100, histogram: Interval::Day };
    ground.exchange.search(viewpoint, &search).await.unwrap()
}

async fn ids(ground: &Ground, viewpoint: &Viewpoint, query: &str) -> Vec<String> {
    let mut ids: Vec<_> =
        found(ground, viewpoint, query).await.objects.into_iter().map(|row| row.id).collect();
    ids.sort();
    ids
}

fn named(number: u32, name: &str) -> serde_json::Value {
    with(malware(number), "name", json!(name))
}

#[tokio::test]
async fn words_phrases_and_fields_find_what_has_them() {
    let ground = Ground::new().await;
    let sure = with(named(2, "Quiet Mantis"), "confidence", json!(80));
    ground
        .add(None, &[named(1, "Silent Mantis of 203.0.113.7"), with(sure, "labels", json!(["sea lane"]))])
        .await;
    let me = view(&ground, None);
    assert_eq!(ids(&ground, &me, "mantis").await.len(), 2);
    assert_eq!(ids(&ground, &me, "\"silent mantis\"").await, [id("malware", 1)]);
    assert_eq!(ids(&ground, &me, "203.0.113.7").await, [id("malware", 1)]);
    assert!(ids(&ground, &me, "203.0.7").await.is_empty());
    assert_eq!(ids(&ground, &me, "mant* -silent").await, [id("malware", 2)]);
    assert_eq!(ids(&ground, &me, "conf>=80 label:\"sea lane\" type:malware").await, [id("malware", 2)]);
    assert!(ids(&ground, &me, "conf>80").await.is_empty());
    let all = found(&ground, &me, "").await;
    assert_eq!((all.total, all.facets.r#type[0].count, all.histogram[0].count), (2, 2, 2));
}

#[tokio::test]
async fn collections_are_told_apart_and_one_that_is_not_for_the_reader_is_none() {
    let ground = Ground::new().await;
    let cellar = "c0000001-0000-4000-8000-000000000009";
    let more = format!(
        "[[collection]]\nid = \"{cellar}\"\nalias = \"cellar\"\ntitle = \"Cellar\"\ndefault_marking = [\"TLP:GREEN\"]\n"
    );
    ground.apply(&format!("{WORLD}\n{more}")).await;
    ground.add(None, &[named(1, "Silent Mantis")]).await;
    let submission = ground.exchange.own_submission("cellar").unwrap();
    let envelope = json!({ "objects": [named(2, "Quiet Mantis")] }).to_string();
    let prepared = ground.exchange.prepare(envelope.as_bytes(), ground.now()).unwrap();
    ground.exchange.accept(&submission, prepared, ground.now()).await.unwrap();
    let (me, theirs) = (view(&ground, None), view(&ground, Some("nor")));
    let both = [id("malware", 1), id("malware", 2)];
    assert_eq!(ids(&ground, &me, "in:room").await, both[..1]);
    assert_eq!(ids(&ground, &me, "in:Cellar").await, both[1..]);
    assert_eq!(ids(&ground, &me, &format!("in:{cellar}")).await, both[1..]);
    assert_eq!(ids(&ground, &me, "-in:room").await, both[1..]);
    assert_eq!(ids(&ground, &me, "in:room,cellar").await, both);
    assert_eq!(ids(&ground, &theirs, "in:room").await, both[..1]);
    for nowhere in ["in:cellar", "in:nowhere"] {
        assert!(ids(&ground, &theirs, nowhere).await.is_empty());
        assert_eq!(found(&ground, &theirs, &format!("-{nowhere}")).await.total, 1);
    }
}

#[tokio::test]
async fn a_word_in_a_part_that_is_withheld_finds_counts_and_completes_nothing() {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] }))]).await;
    let object = with(named(1, "plain"), "labels", json!(["open", "hushed"]));
    ground.add(None, &[granular(object, &mark(1), &["labels.[1]"])]).await;
    let (nor, jpn) = (view(&ground, Some("nor")), view(&ground, Some("jpn")));
    assert_eq!(ids(&ground, &nor, "hushed").await, [id("malware", 1)]);
    assert_eq!(ids(&ground, &nor, "label:hushed").await, [id("malware", 1)]);
    assert!(ids(&ground, &jpn, "hushed").await.is_empty());
    assert!(ids(&ground, &jpn, "label:hushed").await.is_empty());
    assert_eq!(ids(&ground, &jpn, "-hushed type:malware").await, [id("malware", 1)]);
    let labels = |found: Found| found.facets.label.into_iter().map(|one| one.value).collect::<Vec<_>>();
    assert_eq!(labels(found(&ground, &jpn, "").await), ["open"]);
    assert_eq!(labels(found(&ground, &nor, "").await), ["hushed", "open"]);
    let completed = |viewpoint: Viewpoint| {
        let exchange = &ground.exchange;
        async move { exchange.complete(&viewpoint, "hus", 3).await.unwrap() }
    };
    assert!(completed(jpn).await.is_empty());
    assert_eq!(completed(nor).await[0].text, "hushed");
}

#[tokio::test]
async fn what_hangs_on_what_is_withheld_is_not_counted() {
    let ground = Ground::new().await;
    let hidden = marked(named(2, "hidden"), &[RED]);
    let rel = relationship(1, &id("malware", 1), &id("malware", 2));
    ground.add(None, &[named(1, "seen"), hidden, rel]).await;
    assert_eq!(found(&ground, &view(&ground, None), "").await.total, 3);
    assert_eq!(ids(&ground, &view(&ground, Some("nor")), "").await, [id("malware", 1)]);
}

#[tokio::test]
async fn a_person_is_bound_by_their_own_clearance_and_ceiling() {
    let ground = Ground::new().await;
    ground
        .add(None, &[restriction(1, json!({ "classification": [{ "policy": "COAST", "level": "SECRET" }] }))])
        .await;
    ground.add(None, &[marked(named(1, "secret"), &[&mark(1)]), marked(named(2, "amber"), &[AMBER])]).await;
    ground.add(Some("nor"), &[marked(indicator(3), &[AMBER])]).await;
    let open = Person { name: "bob".to_owned(), clearances: BTreeMap::new(), ceiling: None };
    let green = Person { ceiling: Some(Tlp::Green), ..person() };
    let look = |person: &Person| ground.exchange.viewpoint(person, None, ground.now()).unwrap();
    assert_eq!(ids(&ground, &look(&person()), "type:malware,indicator").await.len(), 3);
    assert_eq!(
        ids(&ground, &look(&open), "type:malware,indicator").await,
        [id("indicator", 3), id("malware", 2)]
    );
    assert!(ids(&ground, &look(&green), "amber").await.is_empty());
    // Nor is cleared for less than SECRET and sees the others; green sees as nor only what green may see.
    let as_nor = ground.exchange.viewpoint(&green, Some("nor"), ground.now()).unwrap();
    assert!(ids(&ground, &as_nor, "amber").await.is_empty());
    assert_eq!(ids(&ground, &view(&ground, Some("nor")), "amber").await, [id("malware", 2)]);
}

#[tokio::test]
async fn what_is_found_is_in_the_ledger_with_the_persons_name_and_replays() {
    let ground = Ground::new().await;
    ground.add(None, &[marked(named(1, "one"), &[GREEN])]).await;
    found(&ground, &view(&ground, Some("jpn")), "one").await;
    let receipts = ground.exchange.who(&id("malware", 1)).await.unwrap();
    let viewer = receipts[0].viewer.clone().unwrap();
    assert_eq!((receipts[0].partner.as_str(), viewer.person.name.as_str()), ("", "ada"));
    assert_eq!(viewer.seen_as.as_deref(), Some("jpn"));
    let replayed = ground.exchange.replay().await.unwrap();
    assert_eq!((replayed.releases, replayed.differences), (1, 0));
}

#[tokio::test]
async fn pages_give_each_object_once_and_a_wrong_query_says_where() {
    let ground = Ground::new().await;
    let many: Vec<_> = (0..25).map(|number| named(number, "many")).collect();
    ground.add(None, &many).await;
    let me = view(&ground, None);
    let (mut after, mut met) = (None, Vec::new());
    loop {
        let search =
            Search { query: "many sort:-added".to_owned(), after, limit: 10, histogram: Interval::Week };
        let page = ground.exchange.search(&me, &search).await.unwrap();
        assert_eq!(page.total, 25);
        met.extend(page.objects.into_iter().map(|row| row.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(met, (0..25).map(|number| id("malware", number)).collect::<Vec<_>>());
    let search = Search { query: "colour:red".to_owned(), after: None, limit: 1, histogram: Interval::Day };
    let Err(SearchError::Query(findings)) = ground.exchange.search(&me, &search).await else {
        panic!("understood")
    };
    assert_eq!((findings[0].from, findings[0].until), (0, 10));
    let search =
        Search { query: String::new(), after: Some("x".to_owned()), limit: 1, histogram: Interval::Day };
    assert!(matches!(ground.exchange.search(&me, &search).await, Err(SearchError::After)));
}

#[tokio::test]
async fn seen_as_a_partner_an_id_belongs_to_whom_it_belongs_for_the_partner() {
    let ground = Ground::new().await;
    ground.add(Some("nor"), &[marked(named(1, "theirs"), &[AMBER])]).await;
    ground.add(None, &[named(1, "ours")]).await;
    let name = |found: Found| found.objects.into_iter().map(|row| row.name).collect::<Vec<_>>();
    assert_eq!(name(found(&ground, &view(&ground, None), "").await), ["theirs"]);
    assert_eq!(name(found(&ground, &view(&ground, Some("jpn")), "").await), ["ours"]);
}
