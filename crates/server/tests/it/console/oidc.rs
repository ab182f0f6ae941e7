//! Does signing in through an identity provider hold what OpenID Connect promises? Against one of our own that signs tokens.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use server::{
    OidcConfig, Role,
    admin::{Command, NewUser, PeopleCommand},
};
use testkit::http::{Request, Response};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::request;
use crate::ground::Ground;

/// What the identity provider answers with; tests change it.
#[derive(Debug, Default)]
struct Answers {
    nonce: String,
    challenge: String,
    /// What of the claims is otherwise than right.
    otherwise: Value,
    redeemed: usize,
}

struct Provider {
    issuer: String,
    answers: Arc<Mutex<Answers>>,
}

fn token(key: &EcdsaKeyPair, issuer: &str, answers: &Answers) -> String {
    let mut claims = json!({
        "iss": issuer, "sub": "subject-1", "aud": "cresset", "exp": i64::MAX / 2, "nonce": answers.nonce,
    });
    for (name, value) in answers.otherwise.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    let encode = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(json!({ "alg": "ES256", "kid": "k" })), encode(claims));
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn answer(key: &EcdsaKeyPair, issuer: &str, answers: &Mutex<Answers>, asked: &str) -> (u16, Value) {
    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    let path = asked.split(' ').nth(1).unwrap_or("");
    let point = key.public_key().as_ref();
    match path {
        "/.well-known/openid-configuration" => (
            200,
            json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorise"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
            }),
        ),
        "/keys" => (
            200,
            json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "kid": "k", "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
        }] }),
        ),
        "/token" => {
            let body = asked.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let field =
                |name: &str| body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            let verifier = field("code_verifier").unwrap_or("");
            let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
            // "cresset:secret" in base 64: the client shows its secret, and PKCE's verifier fits its challenge.
            let is_client = asked.contains("Y3Jlc3NldDpzZWNyZXQ=");
            if field("code") != Some("code-1") || challenge != answers.challenge || !is_client {
                return (400, json!({ "error": "invalid_grant" }));
            }
            answers.redeemed += 1;
            (
                200,
                json!({ "token_type": "Bearer", "access_token": "x", "id_token": token(key, issuer, &answers) }),
            )
        }
        _ => (404, json!({})),
    }
}

impl Provider {
    async fn start() -> Self {
        let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &SystemRandom::new()).unwrap();
        let key = Arc::new(EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &SystemRandom::new()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let answers: Arc<Mutex<Answers>> = Arc::default();
        let (own, shared) = (issuer.clone(), Arc::clone(&answers));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (key, issuer, answers) = (Arc::clone(&key), own.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    let (mut asked, mut buffer) = (Vec::new(), [0; 4096]);
                    loop {
                        let count = stream.read(&mut buffer).await.unwrap_or(0);
                        asked.extend_from_slice(&buffer[..count]);
                        let text = String::from_utf8_lossy(&asked).into_owned();
                        if count == 0 || is_whole(&text) {
                            let (status, body) = answer(&key, &issuer, &answers, &text);
                            let body = body.to_string();
                            let head = format!(
                                "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                                body.len()
                            );
                            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                            return;
                        }
                    }
                });
            }
        });
        Self { issuer, answers }
    }
}

fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.to_ascii_lowercase();
    let length =
        length.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// A node that knows the provider, and a user with its subject.
async fn ground(provider: &Provider) -> Ground {
    let oidc = OidcConfig {
        issuer: provider.issuer.clone(),
        name: "Harbour ID".to_owned(),
        client: "cresset".to_owned(),
        secret: "secret".to_owned(),
        authorities: Vec::new(),
    };
    let ground = Ground::knowing(oidc).await;
    let new = NewUser {
        user: "mara".to_owned(),
        name: None,
        role: Role::Reader,
        clearances: Vec::new(),
        ceiling: None,
        certificates: Vec::new(),
        oidc: Some("subject-1".to_owned()),
    };
    ground.admin(Command::People(PeopleCommand::Add(new))).await;
    ground
}

/// The way to the provider: what the browser keeps, and what stands in the address.
async fn there(ground: &Ground, provider: &Provider) -> (String, String) {
    let begun = ground.send(&request("GET", "/session/oidc")).await;
    assert_eq!(begun.status, 302, "{}", begun.text());
    let cookie = begun.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let location = begun.header("location").unwrap().to_owned();
    assert!(location.starts_with(&format!(
        "{}/authorise?response_type=code&scope=openid&client_id=cresset",
        provider.issuer
    )));
    assert!(location.contains("code_challenge_method=S256"));
    assert!(
        location.contains("redirect_uri=http%3A%2F%2Fcresset%2Fapi%2Fv1%2Fsession%2Foidc%2Freturn"),
        "{location}"
    );
    let field = |name: &str| {
        let found = location.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        found.unwrap().to_owned()
    };
    let mut answers = provider.answers.lock().unwrap_or_else(PoisonError::into_inner);
    answers.nonce = field("nonce");
    answers.challenge = field("code_challenge");
    (cookie, field("state"))
}

async fn back(ground: &Ground, cookie: &str, state: &str, code: &str) -> Response {
    let target = format!("/session/oidc/return?code={code}&state={state}");
    ground.send(&request("GET", &target).set("cookie", cookie)).await
}

fn session(response: &Response) -> Option<String> {
    let mut cookies =
        response.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value);
    let found = cookies.find(|value| value.starts_with("sid="))?;
    Some(found.split(';').next().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_with_a_good_token_is_signed_in() {
    let provider = Provider::start().await;
    let ground = ground(&provider).await;
    assert_eq!(ground.send(&request("GET", "/session/doors")).await.json()["oidc"], "Harbour ID");
    let (cookie, state) = there(&ground, &provider).await;
    let returned = back(&ground, &cookie, &state, "code-1").await;
    assert_eq!((returned.status, returned.header("location")), (302, Some("/")), "{}", returned.text());
    let own = session(&returned).unwrap();
    let me = ground.send(&request("GET", "/session").set("cookie", &own)).await.json();
    assert_eq!((me["user"].as_str(), me["method"].as_str()), (Some("mara"), Some("oidc")));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_signed_in_where_anything_does_not_fit() {
    let provider = Provider::start().await;
    let ground = ground(&provider).await;
    let failed = |response: &Response| {
        assert_eq!((response.status, response.header("location")), (302, Some("/?signin=failed")));
        assert_eq!(session(response), None);
    };
    let (cookie, state) = there(&ground, &provider).await;
    failed(&back(&ground, &cookie, "other", "code-1").await);
    failed(&back(&ground, "oidc=AAAA", &state, "code-1").await);
    failed(&back(&ground, "", &state, "code-1").await);
    failed(&back(&ground, &cookie, &state, "other").await);
    assert_eq!(provider.answers.lock().unwrap().redeemed, 0, "no code was shown to the provider in vain");
    for otherwise in [
        json!({ "nonce": "other" }),
        json!({ "aud": "other" }),
        json!({ "iss": "http://other" }),
        json!({ "exp": 1 }),
    ] {
        let (cookie, state) = there(&ground, &provider).await;
        provider.answers.lock().unwrap().otherwise = otherwise;
        failed(&back(&ground, &cookie, &state, "code-1").await);
    }
    provider.answers.lock().unwrap().otherwise = Value::Null;
    let (cookie, state) = there(&ground, &provider).await;
    ground.pass(600);
    failed(&back(&ground, &cookie, &state, "code-1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_provider_knows_and_nobody_here_is_told_so_and_not_signed_in() {
    let provider = Provider::start().await;
    let ground = ground(&provider).await;
    let (cookie, state) = there(&ground, &provider).await;
    provider.answers.lock().unwrap().otherwise = json!({ "sub": "somebody-else" });
    let returned = back(&ground, &cookie, &state, "code-1").await;
    assert_eq!((returned.status, returned.header("location")), (302, Some("/?signin=unknown")));
    assert_eq!(session(&returned), None);
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_way() {
    let ground = Ground::new().await;
    assert_eq!(ground.send(&request("GET", "/session/oidc")).await.status, 404);
    let doors: Response = ground.send(&Request::new("GET", "/api/v1/session/doors")).await;
    assert_eq!(doors.json()["oidc"], Value::Null);
}
