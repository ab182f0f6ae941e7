//! Credentials: TAXII 2.1 sections 1.6.9, 5, 8.3.

use base64::{Engine, engine::general_purpose::STANDARD};
use server::admin::{Command, Reply};
use testkit::{
    http::Request,
    objects::{id, indicator},
};

use crate::ground::{Ground, HID, NONE, RW, UNKNOWN, all, row};

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

async fn password(ground: &Ground) -> String {
    let reply = ground.admin(Command::IssuePassword { partner: "p".to_owned() }).await;
    let Reply::Secret { secret, .. } = reply else { panic!("no password: {reply:?}") };
    secret
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_credentials_is_401_on_every_endpoint() {
    let ground = Ground::new().await;
    let status = ground.add(RW, &[indicator(1)]).await;
    let first = ground.ask(Request::new("GET", "/api/").set("authorization", NONE)).await;
    let status = status["id"].as_str().unwrap();
    let unknown = "00000000-0000-4000-8000-000000000000";
    let tables = [all(RW, &id("indicator", 1), status), all(UNKNOWN, "x", unknown), all(HID, "x", "x")];
    for entry in tables.iter().flatten() {
        let response = ground.ask(row(entry).set("authorization", NONE)).await;
        assert_eq!((response.status, &response.body), (401, &first.body), "{entry:?}");
    }
    let elsewhere = ground.ask(Request::new("GET", "/nowhere/").set("authorization", NONE)).await;
    assert_eq!((elsewhere.status, &elsewhere.body), (401, &first.body));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_credentials_are_401_on_every_endpoint() {
    let ground = Ground::new().await;
    ground.add(RW, &[indicator(1)]).await;
    let password = password(&ground).await;
    let token = ground.bearer("p").replace("Bearer ", "");
    let expired = ground.token("p", Some("2026-01-01T00:00:10Z".to_owned())).await;
    assert_eq!(ground.ask(get().set("authorization", &format!("Bearer {expired}"))).await.status, 200);
    ground.pass(10);
    let revoked = ground.token("p", None).await;
    assert_eq!(ground.ask(get().set("authorization", &format!("Bearer {revoked}"))).await.status, 200);
    let Reply::Credentials(all_of_them) = ground.admin(Command::Credentials).await else { panic!() };
    ground.admin(Command::Withdraw { id: all_of_them.last().unwrap().id }).await;
    let wrong = [
        basic("p", "wrong"),
        basic("q", &password),
        basic("nobody", &password),
        basic("q", &token),
        "Basic".to_owned(),
        format!("Basic {}", STANDARD.encode("no colon")),
        "Basic !!!".to_owned(),
        format!("Digest {token}"),
        format!("Bearer {token}x"),
        format!("Bearer {}", token.to_uppercase()),
        "Bearer".to_owned(),
        token.clone(),
        format!("Bearer {expired}"),
        format!("Bearer {revoked}"),
        String::new(),
    ];
    let first = ground.ask(get().set("authorization", NONE)).await;
    let table = all(RW, &id("indicator", 1), "x");
    for credential in &wrong {
        // Each on one endpoint, and the first on all, for passwords take long on purpose.
        let response = ground.ask(get().set("authorization", credential)).await;
        assert_eq!((response.status, &response.body), (401, &first.body), "{credential}");
    }
    for entry in &table {
        for credential in [&wrong[0], &wrong[8], &wrong[12], &wrong[13]] {
            let response = ground.ask(row(entry).set("authorization", credential)).await;
            assert_eq!((response.status, &response.body), (401, &first.body), "{credential} on {entry:?}");
        }
    }
    let twice = get().set("authorization", &ground.bearer("p")).and("authorization", &ground.bearer("q"));
    assert_eq!(ground.ask(twice).await.status, 401);
}

fn get() -> Request {
    Request::new("GET", "/api/collections/")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_basic_is_accepted() {
    let ground = Ground::new().await;
    let token = ground.bearer("p").replace("Bearer ", "");
    let password = password(&ground).await;
    let expected = ground.ask(get()).await.body;
    for secret in [&token, &password] {
        for scheme in ["Basic", "basic", "BASIC"] {
            let credential = basic("p", secret).replace("Basic", scheme);
            let response = ground.ask(get().set("authorization", &credential)).await;
            assert_eq!((response.status, &response.body), (200, &expected), "{scheme}");
        }
    }
    for scheme in ["Bearer", "bearer", "Token"] {
        let response = ground.ask(get().set("authorization", &format!("{scheme} {token}"))).await;
        assert_eq!((response.status, &response.body), (200, &expected), "{scheme}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_credential_and_a_new_world_hold_at_once() {
    let ground = Ground::new().await;
    let token = ground.token("p", None).await;
    let request = get().set("authorization", &format!("Bearer {token}"));
    assert_eq!(ground.ask(request.clone()).await.status, 200);
    let Reply::Credentials(credentials) = ground.admin(Command::Credentials).await else { panic!() };
    ground.admin(Command::Withdraw { id: credentials.last().unwrap().id }).await;
    assert_eq!(ground.ask(request).await.status, 401);
    assert_eq!(ground.ask(get()).await.status, 200);
    let mut world = ground.exchange.world().unwrap();
    world.partners.retain(|partner| partner.name != "p");
    world.agreements.retain(|agreement| agreement.partner != "p");
    ground.admin(Command::Apply { world: Box::new(world), dry_run: false }).await;
    let gone = ground.ask(get()).await;
    assert!(gone.status == 401 || gone.json() == serde_json::json!({}), "{}", gone.status);
}
