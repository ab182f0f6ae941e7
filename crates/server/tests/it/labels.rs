//! Who gets what? The release rule, seen through HTTP.

use serde_json::{Value, json};
use testkit::objects::{
    AMBER, CLEAR, GREEN, RED, granular, id, indicator, marked, restriction, statement, with,
};

use crate::ground::{
    Ground, ORGANISATION_P, ORGANISATION_Q, RO, RW, Read, four, manifest_of, object_of, objects_of,
};

const NATO: u32 = 1;
const IP4: u32 = 2;

fn mark(number: u32) -> String {
    id("marking-definition", number)
}

fn to(codes: &[&str]) -> Value {
    json!({ "releasable_to": codes })
}

/// Markings of the node's own organisation that both partners may see.
async fn ground() -> Ground {
    let ground = Ground::new().await;
    ground.add_own(RW, &[restriction(NATO, to(&["NATO"])), restriction(IP4, to(&["IP4"]))]).await;
    ground
}

async fn sees(ground: &Ground, partner: &str, collection: &str, own: &str) -> bool {
    let mut answers = Vec::new();
    for target in four(collection, own) {
        let response = ground.read_as(partner, &target).await;
        let shown = target.ends_with("versions/") || response.text().contains(own);
        answers.push(response.status == 200 && shown);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{own}: {answers:?}");
    answers[0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_partner_gets_its_own_version_of_an_object() {
    let ground = ground().await;
    let object = with(indicator(1), "labels", json!(["one", "two", "three"]));
    let object = with(object, "description", json!("for NATO"));
    let marks = json!([
        { "marking_ref": mark(NATO), "selectors": ["description", "labels.[0]"] },
        { "marking_ref": mark(IP4), "selectors": ["labels.[1]"] }
    ]);
    let object = with(object, "granular_markings", marks);
    ground.add_own(RW, std::slice::from_ref(&object)).await;
    let get = async |partner: &str| {
        let body = ground.read_as(partner, &object_of(RW, &id("indicator", 1))).await.json();
        body["objects"][0].clone()
    };
    let kept = json!([{ "marking_ref": mark(NATO), "selectors": ["description", "labels.[0]"] }]);
    let expected = with(with(object.clone(), "labels", json!(["one", "three"])), "granular_markings", kept);
    assert_eq!(get("p").await, expected);
    let kept = json!([{ "marking_ref": mark(IP4), "selectors": ["labels.[0]"] }]);
    let expected = with(with(object, "labels", json!(["two", "three"])), "granular_markings", kept);
    assert_eq!(get("q").await, testkit::objects::without(expected, "description"));
    // A property that the type requires cannot be withheld alone.
    ground.add_own(RW, &[granular(indicator(2), &mark(NATO), &["pattern"])]).await;
    assert!(sees(&ground, "p", RW, &id("indicator", 2)).await);
    assert!(!sees(&ground, "q", RW, &id("indicator", 2)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_objects_go_to_whom_their_markings_name() {
    let ground = ground().await;
    let red = |code: &str| json!({ "tlp": "RED", "releasable_to": [code] });
    let until = json!({ "valid_until": "2026-01-01T00:00:00Z" });
    let cases = [
        (json!({ "tlp": "CLEAR" }), true, true),
        (json!({ "tlp": "AMBER" }), true, true),
        (json!({ "originator_control": true }), true, true),
        (to(&["NATO"]), true, false),
        (to(&["JPN"]), false, true),
        (to(&["NATO", "JPN"]), true, true),
        (to(&["IP4"]), false, true),
        (to(&["USA"]), false, false),
        (to(&[ORGANISATION_P]), true, false),
        (json!({ "releasable_to": ["NATO", "JPN"], "not_releasable_to": ["NOR"] }), false, true),
        (json!({ "not_releasable_to": ["NATO"] }), false, true),
        (json!({ "not_releasable_to": [ORGANISATION_Q] }), true, false),
        (json!({ "tlp": "RED" }), false, false),
        (red("NATO"), false, false),
        (red(ORGANISATION_P), true, false),
        (red(ORGANISATION_Q), false, true),
        (until, false, false),
        (json!({ "valid_from": "2026-01-01T00:00:01Z" }), false, false),
        (json!({ "x_new_rule": true }), false, false),
    ];
    for (number, (content, p, q)) in (10..).zip(cases) {
        let objects = [restriction(number, content.clone()), marked(indicator(number), &[&mark(number)])];
        ground.add_own(RW, &objects).await;
        let own = id("indicator", number);
        assert_eq!(
            (sees(&ground, "p", RW, &own).await, sees(&ground, "q", RW, &own).await),
            (p, q),
            "{content}"
        );
    }
    // Each of two lists must cover; a marking that nobody defined opens nothing; a statement restricts nobody.
    ground.add_own(RW, &[statement(99)]).await;
    let cases: [(&[&str], bool, bool); 6] = [
        (&[&mark(NATO), &mark(IP4)], false, false),
        (&[&mark(77)], false, false),
        (&[CLEAR, &mark(77)], false, false),
        (&[&mark(99)], true, true),
        (&[GREEN], true, true),
        (&[RED], false, false),
    ];
    for (number, (marks, p, q)) in (60..).zip(cases) {
        ground.add_own(RW, &[marked(indicator(number), marks)]).await;
        let own = id("indicator", number);
        assert_eq!(
            (sees(&ground, "p", RW, &own).await, sees(&ground, "q", RW, &own).await),
            (p, q),
            "{marks:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_partner_brought_is_not_passed_on_unless_it_says_so() {
    let ground = ground().await;
    ground.add_own(RW, &[restriction(5, json!({ "originator_control": true }))]).await;
    let cases: [(&[&str], bool); 8] = [
        (&[], true),
        (&[CLEAR], true),
        (&[GREEN], true),
        (&[AMBER], false),
        (&[AMBER, &mark(NATO)], true),
        (&[&mark(5)], false),
        (&[&mark(5), &mark(NATO)], true),
        (&[&mark(IP4)], false),
    ];
    for (number, (marks, p)) in (10..).zip(cases) {
        let object = if marks.is_empty() { indicator(number) } else { marked(indicator(number), marks) };
        ground.add_as("q", RW, &[object]).await;
        let own = id("indicator", number);
        assert!(sees(&ground, "q", RW, &own).await, "its origin has it");
        assert_eq!(sees(&ground, "p", RW, &own).await, p, "{marks:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agreement_sets_a_ceiling() {
    let ground = ground().await;
    let strict = restriction(5, json!({ "tlp": "AMBER+STRICT" }));
    ground.add_own(RW, std::slice::from_ref(&strict)).await;
    for collection in [RO, RW] {
        ground
            .add_own(collection, &[marked(indicator(1), &[AMBER]), marked(indicator(2), &[&mark(5)])])
            .await;
        assert!(sees(&ground, "p", collection, &id("indicator", 1)).await);
        assert_eq!(sees(&ground, "p", collection, &id("indicator", 2)).await, collection == RW);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dates_open_and_close_by_themselves() {
    let ground = ground().await;
    let validity = json!({ "valid_from": "2026-01-10T00:00:00Z", "valid_until": "2026-01-20T00:00:00Z" });
    ground
        .add_own(
            RW,
            &[
                restriction(5, validity),
                marked(indicator(1), &[&mark(5)]),
                marked(indicator(2), &[&mark(IP4)]),
            ],
        )
        .await;
    let day = 86_400;
    let mut seen = Vec::new();
    // P is in IP4 during February.
    for _ in 0..7 {
        seen.push((
            sees(&ground, "p", RW, &id("indicator", 1)).await,
            sees(&ground, "p", RW, &id("indicator", 2)).await,
        ));
        ground.pass(10 * day);
    }
    let (no, yes) = (false, true);
    // On 1 January, 11, 21, 31, 10 February, 20, 2 March.
    assert_eq!(seen, [(no, no), (yes, no), (no, no), (no, no), (no, yes), (no, yes), (no, no)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_appears_when_its_marking_arrives() {
    let ground = ground().await;
    ground.add_as("q", RW, &[marked(indicator(1), &[&mark(50)])]).await;
    ground.add_as("q", RW, &[indicator(2)]).await;
    assert!(!sees(&ground, "p", RW, &id("indicator", 1)).await);
    let before = ground.get(&format!("{}?match[type]=indicator", manifest_of(RW))).await;
    assert_eq!(before.ids(), [id("indicator", 2)]);
    // A third party that knows the id cannot say what it means.
    ground.pass(10);
    ground.post_as("p", RW, &[restriction(50, json!({ "tlp": "CLEAR" }))]).await;
    assert!(!sees(&ground, "p", RW, &id("indicator", 1)).await);
    ground.pass(10);
    ground.add_as("q", RW, &[restriction(50, to(&["NOR"]))]).await;
    assert!(sees(&ground, "p", RW, &id("indicator", 1)).await);
    // It is found behind where P had come to.
    let query = format!("{}?match[type]=indicator&added_after={}", objects_of(RW), before.dates().1);
    let after = ground.get(&query).await;
    assert_eq!(after.ids(), [id("indicator", 1)]);
    assert!(after.dates().0.as_str() >= "2026-01-01T00:00:20", "{:?}", after.dates());
    // Who said it cannot make it looser later, nor can anybody else.
    ground.pass(10);
    ground.add_as("q", RW, &[marked(indicator(3), &[&mark(51)]), restriction(51, to(&["JPN"]))]).await;
    assert!(!sees(&ground, "p", RW, &id("indicator", 3)).await);
    for partner in ["q", "p"] {
        ground.post_as(partner, RW, &[restriction(51, to(&["NOR", "JPN"]))]).await;
        assert!(!sees(&ground, "p", RW, &id("indicator", 3)).await, "{partner}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_marking_means_what_both_who_may_say_it_say_whoever_comes_last() {
    let ground = ground().await;
    let sees = |number| {
        let ground = &ground;
        async move { sees(ground, "p", RW, &id("indicator", number)).await }
    };
    // P is of NOR. The origin says that NOR may have it, then this node's organisation says that JPN may; and the reverse.
    ground.add_as("q", RW, &[restriction(70, to(&["NOR"])), marked(indicator(70), &[&mark(70)])]).await;
    ground.add_own(RW, &[restriction(71, to(&["NOR"]))]).await;
    ground.add_as("q", RW, &[marked(indicator(71), &[&mark(71)]), marked(indicator(72), &[&mark(72)])]).await;
    assert_eq!((sees(70).await, sees(71).await, sees(72).await), (true, true, false));
    ground.add_own(RW, &[restriction(70, to(&["JPN"])), restriction(72, to(&["NOR"]))]).await;
    ground.add_as("q", RW, &[restriction(71, to(&["JPN"]))]).await;
    assert_eq!((sees(70).await, sees(71).await, sees(72).await), (false, false, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_marking_definition_is_for_whom_it_releases_to() {
    let ground = ground().await;
    assert!(sees(&ground, "p", RW, &mark(NATO)).await && !sees(&ground, "q", RW, &mark(NATO)).await);
    assert!(sees(&ground, "q", RW, &mark(IP4)).await && !sees(&ground, "p", RW, &mark(IP4)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn markings_hold_after_a_restart() {
    let mut ground = ground().await;
    ground
        .add_as("q", RW, &[marked(indicator(1), &[AMBER, &mark(NATO)]), marked(indicator(2), &[&mark(IP4)])])
        .await;
    ground.add_as("q", RW, &[marked(indicator(3), &[&mark(60)])]).await;
    ground = ground.restart().await;
    assert!(sees(&ground, "p", RW, &id("indicator", 1)).await);
    assert!(!sees(&ground, "p", RW, &id("indicator", 2)).await);
    ground.add_as("q", RW, &[restriction(60, to(&["NATO"]))]).await;
    assert!(sees(&ground, "p", RW, &id("indicator", 3)).await);
}
