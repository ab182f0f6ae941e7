//! May each role do what the manual's table says, and nothing else?

use serde_json::{Value, json};
use server::Role;

use super::{Somebody, code, request, somebody};
use crate::ground::Ground;

/// The rows of the manual's table: method, route, the least role.
fn table() -> Vec<(String, String, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual.md");
    let manual = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let route = cells.get(2)?.strip_prefix("`/api/v1")?.strip_suffix('`')?;
        Some((cells[1].to_owned(), route.to_owned(), cells[3].to_owned()))
    };
    manual.lines().filter_map(row).collect()
}

fn filled(route: &str) -> String {
    let id = "indicator--00000000-0000-4000-8000-000000000001";
    route
        .replace("{id}", id)
        .replace("{version}", "2026-01-01T00:00:00Z")
        .replace("{name}", "nothing")
        .replace("{user}", "nobody")
}

#[tokio::test]
async fn each_role_may_what_the_table_says_and_nothing_else() {
    let ground = Ground::new().await;
    let mut people: Vec<(Role, Somebody)> = Vec::new();
    for role in Role::ALL {
        people.push((role, somebody(&ground, role.as_str(), role).await));
    }
    let table = table();
    assert!(table.len() > 50, "the table is found in the manual");
    for (method, route, least) in &table {
        // These end the very sessions with which the others are asked.
        if route == "/session" || route == "/changes" {
            continue;
        }
        let mut ask = request(method, &filled(route));
        if ["POST", "PUT", "PATCH"].contains(&method.as_str()) {
            ask = ask.set("content-type", "application/json").body("{\"no\":1}");
        }
        let stranger = ground.send(&ask).await;
        let is_open = least == "everybody";
        assert_eq!(code(&stranger) == "session", !is_open, "{method} {route}: {}", stranger.text());
        for (role, person) in &people {
            let answer = person.send(&ground, ask.clone()).await;
            let needed = Role::ALL.into_iter().find(|role| role.as_str() == least);
            let is_refused = code(&answer) == "role";
            assert_eq!(is_refused, needed.is_some_and(|needed| *role < needed), "{role:?} {method} {route}");
            assert_ne!(answer.status, 500, "{method} {route}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn who_only_reads_does_not_see_as_somebody_else_and_an_unknown_partner_is_absent() {
    let ground = Ground::new().await;
    let reader = somebody(&ground, "rita", Role::Reader).await;
    let analyst = somebody(&ground, "ana", Role::Analyst).await;
    for path in ["/objects?as=p", "/home?as=p", "/matrix?as=p", "/timeline?as=p", "/collections?as=p"] {
        assert_eq!(code(&reader.get(&ground, path).await), "role", "{path}");
        let seen = analyst.get(&ground, path).await;
        assert_eq!((seen.status, seen.header("cresset-as")), (200, Some("p")), "{path}: {}", seen.text());
        let unknown = path.replace("as=p", "as=nobody");
        assert_eq!(analyst.get(&ground, &unknown).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_problem_says_what_and_has_an_id_and_never_what_was_sent() {
    let ground = Ground::new().await;
    let admin = somebody(&ground, "ada", Role::Administrator).await;
    let secret = "canary-secret";
    let bad = json!({ "user": secret, "role": "king" });
    let answer = admin.post(&ground, "/users", &bad).await;
    let body: Value = answer.json();
    assert_eq!((answer.status, body["code"].as_str()), (400, Some("malformed")));
    assert!(body["id"].as_str().unwrap().len() == 36 && !answer.text().contains(secret));
    let long = json!({ "user": "x".repeat(70_000), "role": "reader" });
    assert_eq!(code(&admin.post(&ground, "/users", &long).await), "too-large");
    let query = admin.get(&ground, "/objects?q=colour:red").await;
    assert_eq!((query.status, code(&query)), (400, "query".to_owned()), "{}", query.text());
    assert_eq!(query.json()["findings"][0]["code"], "unknown-field");
}
