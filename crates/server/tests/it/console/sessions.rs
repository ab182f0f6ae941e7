//! Does signing in hold what it promises? Passwords, second factors, sessions that end, headers on every answer.

use serde_json::json;
use server::{
    Role,
    admin::{Command, PeopleCommand, Reply},
};
use testkit::http::Request;

use super::{account, code, cookie, post, request, sign_in, somebody, with_body};
use crate::ground::Ground;

#[tokio::test]
async fn who_signs_in_is_told_who_they_are_and_the_cookie_is_for_the_browser_alone() {
    let ground = Ground::new().await;
    let password = account(&ground, "mara", Role::Releaser).await;
    let response = sign_in(&ground, "mara", &password, None).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let set = response.header("set-cookie").unwrap();
    assert!(set.starts_with("sid=") && set.contains("; HttpOnly; SameSite=Lax") && set.contains("Path=/"));
    let me = response.json();
    assert_eq!(me["roles"], json!(["reader", "analyst", "releaser"]));
    assert_eq!(me["organisation"]["name"], "Lantern Coast Watch");
    let again = ground.send(&request("GET", "/session").set("cookie", &cookie(&response))).await;
    assert_eq!(again.json(), me);
    assert_eq!(code(&ground.send(&request("GET", "/session")).await), "session");
}

#[tokio::test]
async fn a_wrong_password_an_unknown_user_and_a_disabled_one_are_answered_alike() {
    let ground = Ground::new().await;
    let admin = somebody(&ground, "ada", Role::Administrator).await;
    let password = account(&ground, "mara", Role::Reader).await;
    let erik = account(&ground, "erik", Role::Reader).await;
    let off = with_body("PATCH", "/users/erik", &json!({ "enabled": false }));
    assert_eq!(admin.send(&ground, off).await.status, 200);
    for (user, password) in [("mara", "wrong"), ("nobody", &password), ("erik", &erik), ("", ""), ("é", "x")]
    {
        let response = sign_in(&ground, user, password, None).await;
        assert_eq!((response.status, code(&response)), (401, "credentials".to_owned()), "{user}");
        assert_eq!(response.json()["message"], "user, password or code is wrong");
        assert!(response.header("set-cookie").is_none());
    }
}

#[tokio::test]
async fn failures_are_counted_by_account_to_the_limit_and_forgotten_in_time() {
    let ground = Ground::new().await;
    let password = account(&ground, "mara", Role::Reader).await;
    for _ in 0..10 {
        assert_eq!(sign_in(&ground, "mara", "wrong", None).await.status, 401);
    }
    let refused = sign_in(&ground, "mara", &password, None).await;
    assert_eq!((refused.status, code(&refused)), (429, "wait".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("900"));
    ground.pass(899);
    assert_eq!(sign_in(&ground, "mara", &password, None).await.status, 429);
    ground.pass(1);
    assert_eq!(sign_in(&ground, "mara", &password, None).await.status, 200);
}

#[tokio::test]
async fn an_address_waits_whatever_names_it_tries() {
    let ground = Ground::new().await;
    let password = account(&ground, "mara", Role::Reader).await;
    for number in 0..50 {
        // Too long for a password, so that none is hashed.
        let long = "x".repeat(600);
        assert_eq!(sign_in(&ground, &format!("user{number}"), &long, None).await.status, 401);
    }
    assert_eq!(sign_in(&ground, "mara", &password, None).await.status, 429);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Reader).await;
    for _ in 0..12 {
        ground.pass(3599);
        assert_eq!(mara.get(&ground, "/session").await.status, 200);
    }
    ground.pass(3599 - 12);
    assert_eq!(mara.get(&ground, "/session").await.status, 401, "twelve hours are over");
    let again = sign_in(&ground, "mara", &mara.password, None).await;
    ground.pass(3600);
    let idle = ground.send(&request("GET", "/session").set("cookie", &cookie(&again))).await;
    assert_eq!(idle.status, 401, "an hour without a request");
}

#[tokio::test]
async fn sessions_survive_a_restart_and_are_listed_and_ended() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Reader).await;
    let admin = somebody(&ground, "ada", Role::Administrator).await;
    let ground = ground.restart().await;
    assert_eq!(mara.get(&ground, "/session").await.status, 200);
    let own = mara.read(&ground, "/sessions").await;
    assert_eq!(own["sessions"].as_array().unwrap().len(), 1, "{own}");
    let all = admin.read(&ground, "/sessions").await;
    let sessions = all["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert!(!all.to_string().contains(mara.cookie.trim_start_matches("sid=")));
    let of = |user: &str| {
        let found = sessions.iter().find(|session| session["user"] == user).unwrap();
        format!("/sessions/{}", found["id"].as_str().unwrap())
    };
    let stranger = mara.send(&ground, request("DELETE", &of("ada"))).await;
    assert_eq!(stranger.status, 404, "somebody else's does not exist");
    assert_eq!(admin.send(&ground, request("DELETE", &of("mara"))).await.status, 204);
    assert_eq!(mara.get(&ground, "/session").await.status, 401);
    let out = admin.send(&ground, request("DELETE", "/session")).await;
    assert!(out.header("set-cookie").unwrap().starts_with("sid=; Path=/; Max-Age=0"));
    assert_eq!(admin.get(&ground, "/session").await.status, 401);
}

#[tokio::test]
async fn a_new_password_signs_out_everywhere_else_and_the_role_holds_at_once() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Administrator).await;
    let admin = somebody(&ground, "ada", Role::Administrator).await;
    let elsewhere = cookie(&sign_in(&ground, "mara", &mara.password, None).await);
    let change =
        |old: &str, new: &str| with_body("PUT", "/session/password", &json!({ "old": old, "new": new }));
    assert_eq!(mara.send(&ground, change(&mara.password, "eleven char")).await.status, 422);
    assert_eq!(mara.send(&ground, change("wrong", "twelve chars")).await.status, 401);
    assert_eq!(mara.send(&ground, change(&mara.password, "twelve chars")).await.status, 204);
    assert_eq!(mara.get(&ground, "/session").await.status, 200);
    assert_eq!(ground.send(&request("GET", "/session").set("cookie", &elsewhere)).await.status, 401);
    assert_eq!(sign_in(&ground, "mara", &mara.password, None).await.status, 401);
    assert_eq!(mara.get(&ground, "/users").await.status, 200);
    let less = with_body("PATCH", "/users/mara", &json!({ "role": "reader" }));
    assert_eq!(admin.send(&ground, less).await.status, 200);
    assert_eq!(mara.get(&ground, "/users").await.status, 403);
    let last = with_body("PATCH", "/users/ada", &json!({ "role": "reader" }));
    assert_eq!(admin.send(&ground, last).await.status, 422, "the last administrator stays one");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_each_code_is_good_once_and_an_administrator_takes_it_away() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Reader).await;
    let offer = mara.does(&ground, "/session/totp", &json!({})).await;
    assert!(offer["uri"].as_str().unwrap().starts_with("otpauth://totp/Cresset%20Lantern"), "{offer}");
    let secret = offer["secret"].as_str().unwrap().to_owned();
    let kept = format!("{:?}", ground.exchange.world());
    assert!(!kept.contains(&secret));
    let code_now = |ground: &Ground| totp(&secret, ground.now().seconds());
    let confirm = |code: &str| with_body("PUT", "/session/totp", &json!({ "code": code }));
    assert_eq!(mara.send(&ground, confirm("000000")).await.status, 401);
    assert_eq!(mara.send(&ground, confirm(&code_now(&ground))).await.status, 204);
    let used = code_now(&ground);
    let needed = sign_in(&ground, "mara", &mara.password, None).await;
    assert_eq!((needed.status, code(&needed)), (401, "code-needed".to_owned()));
    assert_eq!(sign_in(&ground, "mara", &mara.password, Some(&used)).await.status, 401, "used before");
    ground.pass(30);
    let next = code_now(&ground);
    assert_eq!(sign_in(&ground, "mara", "wrong", Some(&next)).await.status, 401);
    assert_eq!(sign_in(&ground, "mara", &mara.password, Some(&next)).await.status, 200);
    assert_eq!(sign_in(&ground, "mara", &mara.password, Some(&next)).await.status, 401, "used before");
    let reply = ground.admin(Command::People(PeopleCommand::Totp { user: "mara".to_owned() })).await;
    assert!(matches!(reply, Reply::Done), "{reply:?}");
    assert_eq!(sign_in(&ground, "mara", &mara.password, None).await.status, 200);
}

/// RFC 6238 with SHA-1, thirty seconds and six digits, written apart from what is tested.
fn totp(secret: &str, seconds: i64) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = secret.bytes().flat_map(|letter| {
        let value = alphabet.bytes().position(|own| own == letter).unwrap();
        (0..5).rev().map(move |bit| value >> bit & 1)
    });
    let bits: Vec<usize> = bits.collect();
    let key: Vec<u8> = bits
        .chunks_exact(8)
        .map(|byte| u8::try_from(byte.iter().fold(0, |sum, bit| sum << 1 | bit)).unwrap())
        .collect();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = ring::hmac::sign(&key, &(seconds / 30).to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes[19] & 15);
    let number = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[tokio::test]
async fn what_another_site_sends_is_refused_and_so_is_what_is_not_json() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Administrator).await;
    let user = json!({ "user": "new", "role": "reader" });
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        let refused = mara.send(&ground, post("/users", &user).set(name, value)).await;
        assert_eq!((refused.status, code(&refused)), (403, "cross-site".to_owned()), "{name} {value}");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let refused = mara.send(&ground, post("/users", &user).set("content-type", kind)).await;
        assert_eq!((refused.status, code(&refused)), (415, "media-type".to_owned()), "{kind}");
    }
    let own = mara.send(&ground, post("/users", &user).set("sec-fetch-site", "same-origin")).await;
    assert_eq!(own.status, 201, "{}", own.text());
    let by_origin = json!({ "user": "other", "role": "reader" });
    let own = mara.send(&ground, post("/users", &by_origin).set("origin", "http://cresset")).await;
    assert_eq!(own.status, 201, "{}", own.text());
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Reader).await;
    let html = Request::new("GET", "/objects?q=x").set("accept", "text/html");
    let answers = [
        ground.send(&Request::new("GET", "/")).await,
        ground.send(&html).await,
        ground.send(&request("GET", "/session")).await,
        ground.send(&request("GET", "/nothing")).await,
        ground.send(&request("POST", "/session").set("sec-fetch-site", "cross-site")).await,
        mara.get(&ground, "/session").await,
        mara.get(&ground, "/users").await,
    ];
    for answer in answers {
        let csp = answer.header("content-security-policy").unwrap_or_default();
        assert!(
            csp.contains("default-src 'none'") && csp.contains("require-trusted-types-for 'script'"),
            "{answer:?}"
        );
        assert!(!csp.contains("unsafe") && csp.contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        assert!(answer.header("permissions-policy").is_some());
        assert!(matches!(answer.header("cache-control"), Some("no-store" | "no-cache")), "{answer:?}");
    }
}

#[tokio::test]
async fn the_page_has_the_theme_of_its_cookie_and_nothing_else_of_it() {
    let ground = Ground::new().await;
    let ask = |cookie: &str| ground_page(cookie);
    let plain = ground.send(&Request::new("GET", "/")).await.text();
    assert!(plain.contains("<html") && !plain.contains("data-theme"));
    let dark = ground.send(&ask("theme=dark")).await.text();
    assert!(dark.contains("<html data-theme=\"dark\""));
    assert_eq!(ground.send(&ask("theme=\"><script>")).await.text(), plain);
}

fn ground_page(cookie: &str) -> Request {
    Request::new("GET", "/").set("cookie", cookie)
}
