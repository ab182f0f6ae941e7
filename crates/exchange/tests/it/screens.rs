//! Do the graph, the matrix, the board, the timeline and an object's page say what is so, to whom it may be said?

use exchange::{CellState, GraphQuery, Interval, MatrixQuery, Meta, Towards};
use serde_json::{Value, json};
use testkit::objects::{
    AMBER, GREEN, RED, id, indicator, malware, marked, object, relationship, report, sighting, version, with,
};

use crate::{
    ground::{Ground, moment},
    search::view,
};

fn around(ids: &[String], limit: usize) -> GraphQuery {
    GraphQuery {
        around: ids.to_vec(),
        hide_types: Vec::new(),
        hide_verbs: Vec::new(),
        meta: Meta::Hidden,
        from: None,
        until: None,
        limit,
    }
}

fn nodes(graph: &exchange::Graph) -> Vec<&str> {
    graph.nodes.iter().map(|node| node.id.as_str()).collect()
}

#[tokio::test]
async fn neighbours_are_drawn_counted_and_folded_after_policy() {
    let ground = Ground::new().await;
    let mut objects = vec![malware(1), report(1, &[id("malware", 1)])];
    for number in 0..6 {
        objects.push(indicator(number));
        objects.push(relationship(number, &id("indicator", number), &id("malware", 1)));
    }
    objects.push(marked(indicator(9), &[RED]));
    objects.push(relationship(9, &id("indicator", 9), &id("malware", 1)));
    ground.add(None, &objects).await;
    let me = view(&ground, None);
    let whole = ground.exchange.graph(&me, &around(&[id("malware", 1)], 500)).await.unwrap();
    assert_eq!((whole.nodes.len(), whole.edges.len(), whole.nodes[0].degree), (8, 7, 7));
    assert_eq!(whole.edges[0].id, id("relationship", 0));
    let jpn = view(&ground, Some("jpn"));
    let theirs =
        ground.exchange.graph(&jpn, &around(&[id("malware", 1), id("indicator", 9)], 4)).await.unwrap();
    assert_eq!((theirs.nodes.len(), theirs.edges.len(), theirs.nodes[0].degree), (4, 3, 6));
    assert_eq!(nodes(&theirs)[0], id("malware", 1));
    let folded: Vec<_> = theirs.folded.iter().map(|one| (one.r#type.as_str(), one.count)).collect();
    assert_eq!(folded, [("indicator", 3)]);
    let mut query = around(&[id("malware", 1)], 500);
    query.meta = Meta::Shown;
    assert_eq!(ground.exchange.graph(&jpn, &query).await.unwrap().nodes.len(), 8);
    query.hide_types = vec!["indicator".to_owned()];
    let graph = ground.exchange.graph(&jpn, &query).await.unwrap();
    assert_eq!(nodes(&graph), [id("malware", 1), id("report", 1)]);
}

#[tokio::test]
async fn a_path_goes_only_through_what_the_reader_may_know() {
    let ground = Ground::new().await;
    let through = |number: u32, middle: &str| {
        [relationship(number, &id("malware", 1), middle), relationship(number + 1, middle, &id("malware", 2))]
    };
    let mut objects = vec![malware(1), malware(2), marked(indicator(1), &[RED]), indicator(2), indicator(3)];
    objects.extend(through(1, &id("indicator", 1)));
    objects.push(relationship(5, &id("malware", 1), &id("indicator", 2)));
    objects.push(relationship(6, &id("indicator", 2), &id("indicator", 3)));
    objects.push(relationship(7, &id("indicator", 3), &id("malware", 2)));
    ground.add(None, &objects).await;
    let (from, to) = (id("malware", 1), id("malware", 2));
    let mine = ground.exchange.path(&view(&ground, None), &from, &to).await.unwrap();
    assert_eq!(nodes(&mine), [from.clone(), id("indicator", 1), to.clone()]);
    let theirs = ground.exchange.path(&view(&ground, Some("jpn")), &from, &to).await.unwrap();
    assert_eq!(nodes(&theirs), [from.clone(), id("indicator", 2), id("indicator", 3), to]);
    assert_eq!(theirs.edges.len(), 3);
    let none = ground.exchange.path(&view(&ground, None), &from, &id("malware", 7)).await.unwrap();
    assert!(none.nodes.is_empty());
}

fn technique(number: u32, external: &str, phase: &str) -> Value {
    let rest = json!({
        "name": format!("technique {number}"),
        "external_references": [{ "source_name": "mitre-attack", "external_id": external }],
        "kill_chain_phases": [{ "kill_chain_name": "mitre-attack", "phase_name": phase }],
    });
    object("attack-pattern", number, rest)
}

fn uses(number: u32, source: &str, target: u32) -> Value {
    with(relationship(number, source, &id("attack-pattern", target)), "relationship_type", json!("uses"))
}

#[tokio::test]
async fn the_matrix_counts_who_uses_what_by_whom_and_against_whom() {
    let ground = Ground::new().await;
    let (one, other) = (id("intrusion-set", 1), id("intrusion-set", 2));
    let set = |number| object("intrusion-set", number, json!({ "name": format!("set {number}") }));
    ground
        .add(
            None,
            &[
                set(1),
                set(2),
                technique(1, "T1", "impact"),
                technique(2, "T1.001", "impact"),
                technique(3, "T3", "access"),
            ],
        )
        .await;
    ground.add(None, &[uses(1, &one, 1), uses(2, &one, 2), marked(uses(3, &other, 1), &[RED])]).await;
    ground.add(Some("nor"), &[marked(uses(4, &other, 3), &[GREEN])]).await;
    let query = MatrixQuery { of: Some(one.clone()), against: Some(other.clone()), ..MatrixQuery::default() };
    let matrix = ground.exchange.matrix(&view(&ground, None), &query).await.unwrap();
    assert_eq!((matrix.framework.as_str(), matrix.frameworks.len()), ("mitre-attack", 1));
    let cells = |matrix: &exchange::Matrix| {
        let tactics = matrix
            .tactics
            .iter()
            .flat_map(|tactic| tactic.techniques.iter().map(move |cell| (tactic.id.clone(), cell.clone())));
        tactics
            .map(|(tactic, cell)| (tactic, cell.external_id, cell.count, cell.against, cell.own))
            .collect::<Vec<_>>()
    };
    let text = str::to_owned;
    assert_eq!(
        cells(&matrix),
        [(text("access"), text("T3"), 0, 1, 0), (text("impact"), text("T1"), 1, 1, 2)]
    );
    assert_eq!(matrix.tactics[1].techniques[0].children[0].count, 1);
    let theirs = ground.exchange.matrix(&view(&ground, Some("jpn")), &query).await.unwrap();
    assert_eq!(cells(&theirs)[1], (text("impact"), text("T1"), 1, 0, 1), "what is RED is not counted");
    assert_eq!(theirs.subjects.iter().map(|subject| subject.count).collect::<Vec<_>>(), [2, 1]);
    let by_nor = MatrixQuery { partner: Some(text("nor")), ..MatrixQuery::default() };
    let matrix = ground.exchange.matrix(&view(&ground, None), &by_nor).await.unwrap();
    assert_eq!(
        cells(&matrix),
        [(text("access"), text("T3"), 1, 0, 0), (text("impact"), text("T1"), 0, 0, 0)]
    );
}

#[tokio::test]
async fn the_board_tells_seen_from_looked_for_from_nothing() {
    let ground = Ground::new().await;
    ground.add(None, &[indicator(1), indicator(2)]).await;
    let seen = with(sighting(1, &id("indicator", 1)), "count", json!(3));
    let seen = with(seen, "last_seen", json!("2026-01-03T00:00:00Z"));
    let seen = with(seen, "first_seen", json!("2026-01-02T00:00:00Z"));
    ground.add(Some("nor"), &[seen, with(sighting(2, &id("indicator", 2)), "count", json!(0))]).await;
    ground.add(Some("swe"), &[marked(sighting(3, &id("indicator", 1)), &[AMBER])]).await;
    let board = ground.exchange.board(&view(&ground, None), None, 50).await.unwrap();
    assert_eq!(board.partners, ["nor", "swe"]);
    let states =
        |row: usize| board.rows[row].cells.iter().map(|cell| (cell.state, cell.count)).collect::<Vec<_>>();
    assert_eq!(board.rows[0].indicator.id, id("indicator", 1));
    assert_eq!(states(0), [(CellState::Seen, 3), (CellState::Seen, 1)]);
    assert_eq!(states(1), [(CellState::Looked, 0), (CellState::None, 0)]);
    assert_eq!(board.rows[0].indicator.sightings, 2);
    let theirs = ground.exchange.board(&view(&ground, Some("jpn")), None, 50).await.unwrap();
    assert_eq!(theirs.partners, ["nor"], "who saw what is AMBER is not told");
    assert_eq!(
        theirs.rows.iter().find(|row| row.indicator.id == id("indicator", 1)).unwrap().indicator.sightings,
        1
    );
    let first = ground.exchange.board(&view(&ground, None), None, 1).await.unwrap();
    let second = ground.exchange.board(&view(&ground, None), first.next.as_deref(), 1).await.unwrap();
    assert_eq!((second.rows[0].indicator.id.clone(), second.next), (id("indicator", 2), None));
}

#[tokio::test]
async fn an_object_has_its_versions_and_what_is_said_about_it() {
    let ground = Ground::new().await;
    let note = object("note", 1, json!({ "content": "look", "object_refs": [id("malware", 1)] }));
    ground.add(None, &[malware(1), version(malware(1), 5), indicator(1), note]).await;
    ground
        .add(None, &[relationship(1, &id("indicator", 1), &id("malware", 1)), sighting(1, &id("malware", 1))])
        .await;
    ground.add(None, &[marked(version(malware(1), 9), &[RED])]).await;
    let theirs =
        ground.exchange.object_view(&view(&ground, Some("jpn")), &id("malware", 1)).await.unwrap().unwrap();
    assert_eq!(theirs.versions().len(), 2, "the RED version is not there");
    let latest = moment(theirs.versions()[0].0);
    assert_eq!((theirs.notes.len(), theirs.sightings.len(), theirs.opinions.len()), (1, 1, 0));
    let related = &theirs.relationships[0];
    assert_eq!(
        (related.direction, related.total, related.rows[0].id.as_str()),
        (Towards::In, 1, id("indicator", 1).as_str())
    );
    let mine = ground.exchange.object_view(&view(&ground, None), &id("malware", 1)).await.unwrap().unwrap();
    assert_eq!((mine.versions().len(), mine.row.marking.tlp.as_str()), (3, "RED"));
    let red = moment(mine.versions()[0].0);
    let version = |seen_as, moment| {
        let viewpoint = view(&ground, seen_as);
        let exchange = &ground.exchange;
        async move { exchange.object_version(&viewpoint, &id("malware", 1), moment).await.unwrap().is_some() }
    };
    assert!(version(None, red).await && version(Some("jpn"), latest).await);
    assert!(!version(Some("jpn"), red).await);
    assert!(ground.exchange.object_view(&view(&ground, None), &id("malware", 8)).await.unwrap().is_none());
}

#[tokio::test]
async fn the_timeline_and_the_digest_count_what_is_new_by_whom() {
    let ground = Ground::new().await;
    let campaign = object(
        "campaign",
        1,
        json!({ "name": "tide", "first_seen": "2025-01-01T00:00:00Z", "last_seen": "2025-06-01T00:00:00Z" }),
    );
    let location = object("location", 1, json!({ "name": "there", "country": "NO" }));
    let targets =
        with(relationship(1, &id("campaign", 1), &id("location", 1)), "relationship_type", json!("targets"));
    ground.add(None, &[campaign, location, targets]).await;
    let since = ground.now();
    ground.add(Some("nor"), &[indicator(1), with(sighting(1, &id("indicator", 1)), "count", json!(4))]).await;
    ground.add(Some("swe"), &[marked(indicator(2), &[RED])]).await;
    let jpn = view(&ground, Some("jpn"));
    let timeline = ground.exchange.timeline(&jpn, "", Interval::Month).await.unwrap();
    let sources: Vec<_> = timeline.series.iter().map(|one| one.source.as_str()).collect();
    assert_eq!(sources, ["Lantern Coast Watch", "nor"]);
    assert_eq!(timeline.series[1].sightings[0].count, 4);
    assert_eq!((timeline.campaigns[0].name.as_str(), timeline.countries[0].code.as_str()), ("tide", "NO"));
    assert_eq!(timeline.countries[0].count, 1);
    let digest = ground.exchange.digest(&jpn, since).await.unwrap();
    assert_eq!(
        digest.added.iter().map(|one| (one.value.as_str(), one.count)).collect::<Vec<_>>(),
        [("indicator", 1), ("sighting", 1)]
    );
    assert_eq!((digest.partners.len(), digest.partners[0].name.as_str()), (1, "nor"));
}

#[tokio::test]
async fn an_answer_knows_what_was_committed_before_it_and_the_index_can_be_built_again() {
    let ground = Ground::new().await;
    let total = |query: &'static str| {
        let exchange = &ground.exchange;
        let search =
            exchange::Search { query: query.to_owned(), after: None, limit: 1, histogram: Interval::Day };
        let viewpoint = view(&ground, None);
        async move { exchange.search(&viewpoint, &search).await.unwrap().total }
    };
    ground.add(None, &[malware(1)]).await;
    let before = total("loader").await;
    ground.add(None, &[version(malware(1), 3), malware(2)]).await;
    assert_eq!((before, total("loader").await), (1, 2), "two versions are one object");
    assert_eq!(ground.exchange.reindex().await.unwrap().objects, 3);
    assert_eq!(total("loader").await, 2);
}
