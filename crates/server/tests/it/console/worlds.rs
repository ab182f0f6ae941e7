//! Does what somebody is told depend on what is withheld from them? Two nodes that differ in nothing but that are asked the same
//! questions, and answer the same.

use serde_json::{Value, json};
use server::Role;
use testkit::objects::{
    AMBER, GREEN, RED, granular, id, indicator, malware, marked, relationship, report, sighting, with,
};

use super::{Somebody, account, cookie, post, request, sign_in};
use crate::ground::Ground;

/// Stands in what is withheld and nowhere else.
const CANARY: &str = "canary-9f2c";

struct World {
    ground: Ground,
    /// The password of somebody who may see everything.
    ada: String,
    eve: Somebody,
}

/// A node with a user who may see nothing above TLP:GREEN, and what that user may see.
async fn world(role: Role) -> World {
    let ground = Ground::new().await;
    let ada = account(&ground, "ada", Role::Administrator).await;
    let password = ground_user(&ground, role).await;
    let response = sign_in(&ground, "eve", &password, None).await;
    let eve = Somebody { user: "eve".to_owned(), password, cookie: cookie(&response) };
    let seen = [
        marked(indicator(1), &[GREEN]),
        marked(malware(1), &[GREEN]),
        marked(relationship(1, &id("indicator", 1), &id("malware", 1)), &[GREEN]),
        marked(sighting(1, &id("indicator", 1)), &[GREEN]),
        marked(with(indicator(2), "description", json!("for all")), &[GREEN]),
    ];
    at(&ground, 60);
    ground.add_own("rw", &seen).await;
    World { ground, ada, eve }
}

async fn ground_user(ground: &Ground, role: Role) -> String {
    use server::admin::{Command, NewUser, PeopleCommand, Reply};
    let new = NewUser {
        user: "eve".to_owned(),
        name: None,
        role,
        clearances: Vec::new(),
        ceiling: Some("GREEN".parse().unwrap()),
        certificates: Vec::new(),
        oidc: None,
    };
    let reply = ground.admin(Command::People(PeopleCommand::Add(new))).await;
    let Reply::Password { password: Some(password), .. } = reply else { panic!("{reply:?}") };
    password
}

/// Both clocks stand at the same moment, far above whatever was committed before.
fn at(ground: &Ground, seconds: i64) {
    ground.micros.store((crate::ground::BEGIN + seconds) * 1_000_000, std::sync::atomic::Ordering::SeqCst);
}

/// What the one node holds more: objects above the user's ceiling, and what points at them.
async fn hide(ground: &Ground) {
    let canary = |object: Value| with(object, "description", json!(CANARY));
    let hidden = [
        with(marked(canary(indicator(11)), &[AMBER]), "labels", json!([CANARY])),
        with(marked(canary(malware(11)), &[RED]), "name", json!(CANARY)),
        marked(relationship(11, &id("indicator", 1), &id("malware", 11)), &[GREEN]),
        marked(relationship(12, &id("indicator", 1), &id("malware", 1)), &[AMBER]),
        marked(sighting(11, &id("indicator", 1)), &[AMBER]),
        marked(sighting(12, &id("indicator", 11)), &[GREEN]),
        marked(report(11, &[id("indicator", 1), id("malware", 11)]), &[AMBER]),
    ];
    ground.add_own("rw", &hidden).await;
    let elsewhere = [marked(canary(malware(12)), &[RED])];
    ground.add_as("q", "rw", &elsewhere).await;
}

/// Takes out what differs from one moment to the next, whoever asks: ids of problems.
fn plain(mut answer: Value) -> Value {
    if let Some(problem) = answer.as_object_mut().filter(|one| one.contains_key("code")) {
        problem.insert("id".to_owned(), Value::Null);
    }
    answer
}

fn questions() -> Vec<String> {
    let seen = [id("indicator", 1), id("malware", 1), id("relationship", 1), id("sighting", 1)];
    let hidden = [id("indicator", 11), id("malware", 11), id("relationship", 11), id("sighting", 12)];
    let mut all: Vec<String> = [
        "/home?since=2020-01-01T00:00:00Z",
        "/markings",
        "/collections",
        "/partners",
        "/partners/q",
        "/objects",
        "/objects?limit=1",
        "/objects?q=canary-9f2c",
        "/objects?q=can*",
        "/objects?q=host&sort=added",
        "/objects?q=tlp:red",
        "/objects?q=label:canary-9f2c",
        "/objects?q=type:malware%20src:q",
        "/complete?q=canary",
        "/complete?q=label:",
        "/complete?q=tlp:",
        "/complete?q=src:",
        "/complete?q=ho",
        "/matrix",
        "/matrix/layer",
        "/timeline",
        "/timeline?q=type:sighting&by=month",
        "/hits",
        "/sightings",
        "/sightings?limit=1",
        "/releases",
    ]
    .map(str::to_owned)
    .to_vec();
    for one in seen.iter().chain(&hidden) {
        all.push(format!("/objects/{one}"));
        all.push(format!("/objects/{one}/versions/2024-01-01T00:00:01.000Z"));
        all.push(format!("/objects/{one}/audience"));
        all.push(format!("/graph/path?from={}&to={one}", seen[0]));
    }
    all
}

/// Asks both nodes the same, for a role and seen as somebody.
async fn compare(role: Role, suffix: &str) -> usize {
    let (one, other) = (world(role).await, world(role).await);
    hide(&other.ground).await;
    for world in [&one, &other] {
        at(&world.ground, 120);
    }
    // Whoever may see it finds it, so that the answers below could differ.
    let response = sign_in(&other.ground, "ada", &other.ada, None).await;
    let search = request("GET", "/objects?q=canary-9f2c").set("cookie", &cookie(&response));
    assert_eq!(other.ground.send(&search).await.json()["total"], 3);
    one.ground.send(&post("/session", &json!({ "user": "ada", "password": one.ada }))).await;
    let mut count = 0;
    let mut ask = Vec::new();
    for path in questions() {
        let joint = if path.contains('?') { '&' } else { '?' };
        let path = if suffix.is_empty() { path } else { format!("{path}{joint}{suffix}") };
        ask.push((path.clone(), request("GET", &path)));
    }
    for around in [id("indicator", 1), id("malware", 11)] {
        for meta in [false, true] {
            let body = json!({ "around": [around], "meta": meta });
            let path = if suffix.is_empty() { "/graph".to_owned() } else { format!("/graph?{suffix}") };
            ask.push((format!("{path} {body}"), post(&path, &body)));
        }
    }
    for (what, question) in ask {
        let first = one.eve.send(&one.ground, question.clone()).await;
        let second = other.eve.send(&other.ground, question).await;
        assert_eq!(first.status, second.status, "{role:?} {what}: {} {}", first.text(), second.text());
        assert_eq!(plain(first.json()), plain(second.json()), "{role:?} {what}");
        assert!(!second.text().contains(CANARY), "{role:?} {what}: a canary in {}", second.text());
        let names = |response: &testkit::http::Response| -> Vec<String> {
            response.headers.iter().map(|(name, _)| name.clone()).collect()
        };
        assert_eq!(names(&first), names(&second), "{role:?} {what}");
        count += 1;
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_to_a_reader_depends_on_what_is_withheld() {
    assert!(compare(Role::Reader, "").await > 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_to_a_releaser_depends_on_what_is_withheld() {
    assert!(compare(Role::Releaser, "").await > 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_as_a_partner_sees_no_more_than_they_may_themselves() {
    assert!(compare(Role::Analyst, "as=p").await > 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withheld_property_shows_in_no_answer() {
    let (one, other) = (world(Role::Analyst).await, world(Role::Analyst).await);
    let whole = |text: &str| {
        let object =
            with(with(marked(indicator(21), &[GREEN]), "description", json!(text)), "confidence", json!(50));
        granular(object, RED, &["description"])
    };
    one.ground.add_own("rw", &[whole("one thing")]).await;
    other.ground.add_own("rw", &[whole(CANARY)]).await;
    for world in [&one, &other] {
        at(&world.ground, 120);
    }
    let mut paths = questions();
    paths.push(format!("/objects/{}", id("indicator", 21)));
    paths.push(format!("/objects/{}?as=p", id("indicator", 21)));
    paths.push("/complete?q=thing".to_owned());
    for path in paths {
        let first = one.eve.get(&one.ground, &path).await;
        let second = other.eve.get(&other.ground, &path).await;
        assert_eq!(plain(first.json()), plain(second.json()), "{path}");
        assert!(!second.text().contains(CANARY), "{path}");
    }
}
