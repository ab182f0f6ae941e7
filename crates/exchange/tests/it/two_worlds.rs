//! Does anything on a screen hang on what is withheld? Worlds that differ only in that answer every question alike; and what is
//! counted is what a walk over pages gives.

use std::{collections::BTreeMap, num::NonZeroU32};

use exchange::{GraphQuery, Interval, MatrixQuery, Meta, Query, Search, SpecVersions, Versions, Viewpoint};
use proptest::prelude::*;
use serde_json::{Value, json};
use stix::Timestamp;
use store::Sequence;
use testkit::objects::{
    AMBER, GREEN, RED, granular, id, indicator, malware, marked, object, relationship, report, restriction,
    sighting, version, with,
};

use crate::{
    ground::{Ground, mark},
    search::view,
};

const WORDS: [&str; 6] = ["mantis", "mantle", "harbour", "buoy", "beacon", "lantern"];

/// One object of a world: what, how marked, and by whom.
#[derive(Debug, Clone)]
struct Made {
    kind: u8,
    number: u32,
    ends: (u32, u32),
    words: (usize, usize),
    marking: u8,
    part: u8,
    by: u8,
    again: bool,
}

fn made() -> impl Strategy<Value = Made> {
    let ends = (0..6_u32, 0..6_u32);
    let words = (0..WORDS.len(), 0..WORDS.len());
    let made = (0..6_u8, 0..6_u32, ends, words, 0..5_u8, 0..5_u8, 0..3_u8, any::<bool>());
    made.prop_map(|(kind, number, ends, words, marking, part, by, again)| Made {
        kind,
        number,
        ends,
        words,
        marking,
        part,
        by,
        again,
    })
}

fn end(number: u32) -> String {
    if number < 3 { id("malware", number) } else { id("indicator", number) }
}

fn build(made: &Made) -> Value {
    let word = |at: usize| *WORDS.get(at).unwrap();
    let (first, second) = (word(made.words.0), word(made.words.1));
    let number = made.number;
    let phases = json!([{ "kill_chain_name": "sea", "phase_name": first }]);
    let object = match made.kind {
        0 => with(malware(number % 3), "name", json!(first)),
        1 => with(indicator(3 + number % 3), "name", json!(first)),
        2 => relationship(number, &end(made.ends.0), &end(made.ends.1)),
        3 => sighting(number, &end(made.ends.0)),
        4 => report(number, &[end(made.ends.0), end(made.ends.1)]),
        _ => object("attack-pattern", number, json!({ "name": first, "kill_chain_phases": phases })),
    };
    let object = with(object, "labels", json!([first, format!("{second} lane")]));
    let object = with(object, "confidence", json!(number * 10 + u32::from(made.by)));
    let object = if made.again { version(object, 1 + number) } else { object };
    let object = match made.marking {
        0 => object,
        1 => marked(object, &[GREEN]),
        2 => marked(object, &[AMBER]),
        3 => marked(object, &[RED]),
        _ => marked(object, &[&mark(1)]),
    };
    match made.part {
        0 => granular(object, &mark(1), &["labels.[1]"]),
        1 => granular(object, RED, &["confidence", "labels"]),
        2 => granular(object, RED, &["name"]),
        _ => object,
    }
}

/// Whether this node's own objects have a part that no partner gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Secret {
    Yes,
    No,
}

async fn ground(objects: &[Made]) -> Ground {
    ground_with(objects, Secret::No).await
}

fn with_secret(object: Value) -> Value {
    let mut object = with(object, "x_secret", json!({ "note": "mantissa harbour", "country": "NOR" }));
    let part = json!({ "marking_ref": RED, "selectors": ["x_secret"] });
    match object.get_mut("granular_markings").and_then(Value::as_array_mut) {
        Some(parts) => {
            parts.push(part);
            object
        }
        None => with(object, "granular_markings", json!([part])),
    }
}

async fn ground_with(objects: &[Made], secret: Secret) -> Ground {
    let ground = Ground::new().await;
    ground.add(None, &[restriction(1, json!({ "releasable_to": ["NATO"] }))]).await;
    let mut owners: BTreeMap<String, u8> = BTreeMap::new();
    for made in objects {
        // Of ids that several bring, what the person may have of whose claim is not told by pages.
        let own = testkit::objects::id_of(&build(made));
        if *owners.entry(own).or_insert(made.by) != made.by {
            continue;
        }
        let by = *[None, Some("nor"), Some("swe")].get(usize::from(made.by)).unwrap();
        let now = ground.now();
        let submission = match by {
            None => ground.exchange.own_submission(crate::ground::ROOM).unwrap(),
            Some(partner) => {
                ground.exchange.access(partner, crate::ground::ROOM, now).unwrap().submission().unwrap()
            }
        };
        let is_secret = secret == Secret::Yes && by.is_none();
        let object = if is_secret { with_secret(build(made)) } else { build(made) };
        let envelope = json!({ "objects": [object] }).to_string();
        let prepared = ground.exchange.prepare(envelope.as_bytes(), now).unwrap();
        ground.exchange.accept(&submission, prepared, now).await.unwrap();
    }
    ground
}

/// What pages give to a partner, and the person may have as well: of each object the latest such version.
async fn paged(ground: &Ground, partner: &str, now: Timestamp) -> BTreeMap<String, Value> {
    let access = ground.exchange.access(partner, crate::ground::ROOM, now).unwrap();
    let query = Query {
        after: Sequence::ZERO,
        limit: NonZeroU32::new(1000).unwrap(),
        bytes_max: usize::MAX,
        ids: None,
        types: None,
        versions: Versions::All,
        spec_versions: SpecVersions::Latest,
    };
    let page = ground.exchange.objects(&access, &query, exchange::Channel::Objects).await.unwrap();
    let mut latest: BTreeMap<String, (Timestamp, Value)> = BTreeMap::new();
    for (added, one) in &page.objects {
        let (object, id) = (one.content(), one.content().id().to_owned());
        let version = exchange::Released::version(*added, object);
        let person = ground.exchange.object_version(&view(ground, None), &id, version).await.unwrap();
        let Some(person) = person else { continue };
        let read = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap();
        let (own, bound) = (read(object.text_bytes()), read(person.content().text_bytes()));
        let newer = latest.get(&id).is_none_or(|(other, _)| *other < version);
        if newer && leaves(&own).iter().all(|leaf| leaves(&bound).contains(leaf)) {
            latest.insert(id, (version, own));
        }
    }
    latest.into_iter().map(|(id, (_, object))| (id, object)).collect()
}

/// Every value of an object that is no list and no dictionary, but how parts are marked.
fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let told = members.iter().filter(|(key, _)| *key != "granular_markings");
            told.flat_map(|(key, member)| leaves(member).into_iter().map(move |leaf| format!("{key} {leaf}")))
                .collect()
        }
        Value::Array(list) => list.iter().flat_map(leaves).collect(),
        other => vec![other.to_string()],
    }
}

/// Whether an object has a word in any text that can be searched, the slow and obvious way.
fn has_word(value: &Value, key: &str, word: &str) -> bool {
    let skipped =
        ["id", "type", "spec_version", "pattern_version", "granular_markings", "object_marking_refs"];
    if skipped.contains(&key) || key.ends_with("_ref") || key.ends_with("_refs") {
        return false;
    }
    match value {
        Value::String(text) => {
            let lower = text.to_lowercase();
            lower.split(|c: char| !c.is_alphanumeric()).any(|own| own == word)
        }
        Value::Array(list) => list.iter().any(|one| has_word(one, key, word)),
        Value::Object(members) => members.iter().any(|(key, member)| has_word(member, key, word)),
        _ => false,
    }
}

/// Everything that screens ask, as text; the dates added differ where more was added, so they are left out.
async fn answers(ground: &Ground, viewpoint: &Viewpoint) -> Vec<String> {
    let exchange = &ground.exchange;
    let mut answers = Vec::new();
    let mut keep = |answer: Value| answers.push(without_dates(answer).to_string());
    let queries = [
        "",
        "mantis",
        "man*",
        "\"buoy lane\"",
        "label:harbour",
        "conf>=20",
        "-lantern",
        "type:report,sighting",
        "tlp:amber",
        "rel:nato",
        "src:nor",
    ];
    for query in queries {
        let search =
            Search { query: format!("{query} sort:conf"), after: None, limit: 200, histogram: Interval::Day };
        let mut found = exchange.search(viewpoint, &search).await.unwrap();
        found.objects.sort_by(|one, other| one.id.cmp(&other.id));
        keep(serde_json::to_value(found).unwrap());
        keep(
            serde_json::to_value(exchange.timeline(viewpoint, query, Interval::Week).await.unwrap()).unwrap(),
        );
    }
    for typed in ["ma", "bu", "l", "label:", "type:", "rel:", "src:"] {
        let completions = exchange.complete(viewpoint, typed, typed.len()).await.unwrap();
        keep(serde_json::to_value(completions).unwrap());
    }
    for number in 0..6 {
        let graph = GraphQuery {
            around: vec![end(number), id("report", number)],
            hide_types: Vec::new(),
            hide_verbs: Vec::new(),
            meta: Meta::Shown,
            from: None,
            until: None,
            limit: 3,
        };
        keep(serde_json::to_value(exchange.graph(viewpoint, &graph).await.unwrap()).unwrap());
        keep(
            serde_json::to_value(exchange.path(viewpoint, &end(number), &end(5 - number)).await.unwrap())
                .unwrap(),
        );
        let view = exchange.object_view(viewpoint, &end(number)).await.unwrap();
        keep(serde_json::to_value(view).unwrap());
    }
    keep(serde_json::to_value(exchange.matrix(viewpoint, &MatrixQuery::default()).await.unwrap()).unwrap());
    let mut board = exchange.board(viewpoint, None, 200).await.unwrap();
    board.rows.sort_by(|one, other| one.indicator.id.cmp(&other.indicator.id));
    keep(serde_json::to_value(board).unwrap());
    answers
}

fn without_dates(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.remove("added");
            members.values_mut().for_each(|member| *member = without_dates(member.take()));
        }
        Value::Array(list) => list.iter_mut().for_each(|one| *one = without_dates(one.take())),
        _ => {}
    }
    value
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// What pages give is what is found: as a partner, by a person who may have all.
    #[test]
    fn what_is_found_and_counted_is_what_pages_give(objects in proptest::collection::vec(made(), 1..30)) {
        runtime().block_on(async {
            let ground = ground(&objects).await;
            for partner in ["nor", "jpn", "swe"] {
                let viewpoint = view(&ground, Some(partner));
                let paged = paged(&ground, partner, ground.now()).await;
                let ids: Vec<String> = paged.keys().cloned().collect();
                prop_assert_eq!(everything(&ground, &viewpoint).await, ids, "{}", partner);
                for word in WORDS.into_iter().chain(["lane", "x"]) {
                    let having = paged.iter().filter(|(_, object)| has_word(object, "", word));
                    let having: Vec<String> = having.map(|(id, _)| id.clone()).collect();
                    let search = Search { query: word.to_owned(), after: None, limit: 200, histogram: Interval::Day };
                    let found = ground.exchange.search(&viewpoint, &search).await.unwrap();
                    let mut ids: Vec<String> = found.objects.into_iter().map(|row| row.id).collect();
                    ids.sort();
                    prop_assert_eq!(usize::try_from(found.total).unwrap(), ids.len());
                    prop_assert_eq!(ids, having, "{} {}", partner, word);
                }
            }
            Ok(())
        })?;
    }

    /// What is withheld changes no answer.
    #[test]
    fn worlds_that_differ_in_what_is_withheld_answer_alike(
        objects in proptest::collection::vec(made(), 1..20),
        hidden in proptest::collection::vec(made(), 1..10),
    ) {
        runtime().block_on(async {
            let (one, other) = (ground(&objects).await, {
                // RED that names nobody, under ids that nothing visible refers to, and more in parts that nobody gets.
                let ground = ground_with(&objects, Secret::Yes).await;
                for made in &hidden {
                    let ends = (made.ends.0, made.ends.1);
                    let object = match made.kind {
                        2 => relationship(100 + made.number, &end(ends.0), &end(ends.1)),
                        3 => sighting(100 + made.number, &end(ends.0)),
                        4 => report(100 + made.number, &[end(ends.0), end(ends.1)]),
                        _ => with(malware(100 + made.number), "name", json!(WORDS[made.words.0])),
                    };
                    let object = with(object, "labels", json!(["hidden", WORDS[made.words.1]]));
                    ground.add_quietly(&[marked(object, &[RED])]).await;
                }
                ground
            });
            for partner in ["nor", "jpn", "swe"] {
                one.set("2026-01-02T00:00:00Z");
                other.set("2026-01-02T00:00:00Z");
                let (left, right) = (view(&one, Some(partner)), view(&other, Some(partner)));
                prop_assert_eq!(answers(&one, &left).await, answers(&other, &right).await, "{}", partner);
            }
            Ok(())
        })?;
    }
}

async fn everything(ground: &Ground, viewpoint: &Viewpoint) -> Vec<String> {
    let search = Search { query: String::new(), after: None, limit: 200, histogram: Interval::Day };
    let found = ground.exchange.search(viewpoint, &search).await.unwrap();
    assert_eq!(usize::try_from(found.total).unwrap(), found.objects.len());
    let mut ids: Vec<String> = found.objects.into_iter().map(|row| row.id).collect();
    ids.sort();
    ids
}
