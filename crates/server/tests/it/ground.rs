//! On which ground do all tests stand? One node, partners P and Q, a few collections, a clock that is set by hand.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use exchange::{Exchange, ExchangeLimits, world::World};
use serde_json::{Value, json};
use server::{
    Clock, Running, ServerConfig, ServerLimits, TlsFiles,
    admin::{self, Command, Reply},
};
use stix::Timestamp;
use store::{Store, memory::Memory};
use testkit::http::{self, Request, Response};

/// The media type of everything.
pub(crate) const TAXII: &str = "application/taxii+json;version=2.1";

/// P may read, add and delete; Q too.
pub(crate) const RW: &str = "c0000001-0000-4000-8000-000000000001";
/// P may read and add.
pub(crate) const RS: &str = "c0000001-0000-4000-8000-000000000002";
/// P may read; Q may add.
pub(crate) const RO: &str = "c0000001-0000-4000-8000-000000000003";
/// P may add.
pub(crate) const WO: &str = "c0000001-0000-4000-8000-000000000004";
/// Q's alone.
pub(crate) const HID: &str = "c0000001-0000-4000-8000-000000000005";
/// Nobody's.
pub(crate) const UNKNOWN: &str = "c0000001-0000-4000-8000-000000000009";

/// The organisations of P, Q and R.
pub(crate) const ORGANISATION_P: &str = "identity--a0000001-0000-4000-8000-00000000000b";
pub(crate) const ORGANISATION_Q: &str = "identity--a0000001-0000-4000-8000-00000000000c";

/// When the tests begin: 2026-01-01T00:00:00Z.
pub(crate) const BEGIN: i64 = 1_767_225_600;

/// The declared world: P is Norwegian and in NATO, Q Japanese and in IP4, N has no agreement at all.
pub(crate) const WORLD: &str = r#"
[organisation]
id = "identity--a0000001-0000-4000-8000-00000000000a"
name = "Lantern Coast Watch"
contact = "watch@lantern.example"

[[community]]
name = "NATO"
members = ["NOR"]

[[community]]
name = "IP4"
members = ["JPN", { code = "NOR", from = "2026-02-01T00:00:00Z", until = "2026-03-01T00:00:00Z" }]

[[collection]]
id = "c0000001-0000-4000-8000-000000000001"
alias = "rw"
title = "Read, add, delete"
description = "Both P and Q"
default_marking = ["TLP:CLEAR"]

[[collection]]
id = "c0000001-0000-4000-8000-000000000002"
alias = "rs"
title = "Read and add"
default_marking = ["TLP:CLEAR"]

[[collection]]
id = "c0000001-0000-4000-8000-000000000003"
alias = "ro"
title = "Read"
default_marking = ["TLP:CLEAR"]

[[collection]]
id = "c0000001-0000-4000-8000-000000000004"
alias = "wo"
title = "Add"
default_marking = ["TLP:CLEAR"]

[[collection]]
id = "c0000001-0000-4000-8000-000000000005"
alias = "hid"
title = "Hidden harbour"
default_marking = ["TLP:CLEAR"]

[[partner]]
name = "p"
organisation = "identity--a0000001-0000-4000-8000-00000000000b"
nation = "NOR"

[[partner]]
name = "q"
organisation = "identity--a0000001-0000-4000-8000-00000000000c"
nation = "JPN"

[[partner]]
name = "n"
organisation = "identity--a0000001-0000-4000-8000-00000000000d"

[[agreement]]
partner = "p"
collection = "rw"
may = ["read", "submit", "delete"]
ceiling = "RED"

[[agreement]]
partner = "p"
collection = "rs"
may = ["read", "submit"]
ceiling = "AMBER"

[[agreement]]
partner = "p"
collection = "ro"
may = ["read"]
ceiling = "AMBER"

[[agreement]]
partner = "p"
collection = "wo"
may = ["submit"]
ceiling = "AMBER"

[[agreement]]
partner = "q"
collection = "rw"
may = ["read", "submit", "delete"]
ceiling = "RED"

[[agreement]]
partner = "q"
collection = "ro"
may = ["read", "submit", "delete"]
ceiling = "AMBER"

[[agreement]]
partner = "q"
collection = "hid"
may = ["read", "submit", "delete"]
ceiling = "AMBER"
"#;

/// How a ground is laid.
pub(crate) struct Setup {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) limits: ServerLimits,
    pub(crate) exchange: ExchangeLimits,
    pub(crate) world: String,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) oidc: Option<server::OidcConfig>,
    pub(crate) console: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            store: Arc::new(Memory::default()),
            limits: ServerLimits::default(),
            exchange: ExchangeLimits::default(),
            world: WORLD.to_owned(),
            tls: None,
            oidc: None,
            console: true,
        }
    }
}

/// A running node.
pub(crate) struct Ground {
    pub(crate) address: SocketAddr,
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) micros: Arc<AtomicI64>,
    store: Arc<dyn Store>,
    running: Running,
    limits: (ServerLimits, ExchangeLimits),
    p: String,
    q: String,
    n: String,
}

impl Ground {
    /// The standard ground, in memory.
    pub(crate) async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    /// One whose people may sign in through an identity provider.
    pub(crate) async fn knowing(oidc: server::OidcConfig) -> Self {
        Self::with(Setup { oidc: Some(oidc), ..Setup::default() }).await
    }

    pub(crate) async fn limited(limits: ServerLimits) -> Self {
        Self::with(Setup { limits, ..Setup::default() }).await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        let micros = Arc::new(AtomicI64::new(BEGIN * 1_000_000));
        let now = Timestamp::from_micros(micros.load(Ordering::SeqCst));
        let exchange = Arc::new(Exchange::open(Arc::clone(&setup.store), setup.exchange, now).await.unwrap());
        let world: World = toml::from_str(&setup.world).unwrap();
        let apply = Command::Apply { world: Box::new(world), dry_run: false };
        let reply = admin::execute(&exchange, apply, now).await.unwrap();
        assert!(matches!(reply, Reply::Applied { .. }), "{reply:?}");
        let mut tokens = Vec::new();
        for partner in ["p", "q", "n"] {
            tokens.push(issue(&exchange, partner, None, now).await);
        }
        let people = if setup.console { People::Own(setup.oidc) } else { People::Nobody };
        let running = start(&exchange, &micros, setup.limits, (setup.tls, people)).await;
        let [p, q, n] = tokens.try_into().unwrap();
        let (address, limits) = (running.address, (setup.limits, setup.exchange));
        Self { address, exchange, micros, store: setup.store, running, limits, p, q, n }
    }

    /// Stops the node and starts another on the same store.
    pub(crate) async fn restart(self) -> Self {
        self.running.stop().await;
        drop(self.exchange);
        self.micros.fetch_add(1_000_000, Ordering::SeqCst);
        let now = Timestamp::from_micros(self.micros.load(Ordering::SeqCst));
        let exchange = Arc::new(Exchange::open(Arc::clone(&self.store), self.limits.1, now).await.unwrap());
        let running = start(&exchange, &self.micros, self.limits.0, (None, People::Own(None))).await;
        Self { address: running.address, exchange, running, ..self }
    }

    pub(crate) async fn stop(self) -> Arc<dyn Store> {
        self.running.stop().await;
        self.store
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.micros.load(Ordering::SeqCst))
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Another token for a partner.
    pub(crate) async fn token(&self, partner: &str, expires: Option<String>) -> String {
        issue(&self.exchange, partner, expires, self.now()).await
    }

    pub(crate) async fn admin(&self, command: Command) -> Reply {
        admin::execute(&self.exchange, command, self.now()).await.unwrap()
    }

    pub(crate) fn bearer(&self, partner: &str) -> String {
        let token = match partner {
            "p" => &self.p,
            "q" => &self.q,
            _ => &self.n,
        };
        format!("Bearer {token}")
    }

    /// The request with what P sends where nothing else is said.
    pub(crate) fn dressed(&self, request: Request) -> Request {
        let request = request.or("authorization", &self.bearer("p")).or("accept", TAXII);
        let request = if request.body.is_some() { request.or("content-type", TAXII) } else { request };
        request.plain()
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: &Request) -> Response {
        http::send(self.address, request).await.unwrap()
    }

    /// Sends a request as P, and checks what holds for every answer.
    pub(crate) async fn ask(&self, request: Request) -> Response {
        let request = self.dressed(request);
        let response = self.send(&request).await;
        check(&request, &response);
        response
    }

    pub(crate) async fn get(&self, target: &str) -> Response {
        self.ask(Request::new("GET", target)).await
    }

    pub(crate) async fn read_as(&self, partner: &str, target: &str) -> Response {
        self.ask(Request::new("GET", target).set("authorization", &self.bearer(partner))).await
    }

    pub(crate) async fn delete(&self, target: &str) -> Response {
        self.ask(Request::new("DELETE", target)).await
    }

    /// Posts an envelope.
    pub(crate) async fn post(&self, collection: &str, objects: &[Value]) -> Response {
        self.post_as("p", collection, objects).await
    }

    pub(crate) async fn post_as(&self, partner: &str, collection: &str, objects: &[Value]) -> Response {
        let request = Request::new("POST", &objects_of(collection)).body(testkit::objects::envelope(objects));
        self.ask(request.set("authorization", &self.bearer(partner))).await
    }

    /// Adds objects that are all good, and gives the status.
    pub(crate) async fn add(&self, collection: &str, objects: &[Value]) -> Value {
        self.add_as("p", collection, objects).await
    }

    pub(crate) async fn add_as(&self, partner: &str, collection: &str, objects: &[Value]) -> Value {
        let response = self.post_as(partner, collection, objects).await;
        assert_eq!(response.status, 202, "{}", response.text());
        let status = response.json();
        assert_eq!(status["success_count"], json!(objects.len()), "{status}");
        status
    }

    /// Adds objects from this node's own organisation.
    pub(crate) async fn add_own(&self, collection: &str, objects: &[Value]) {
        let submission = self.exchange.own_submission(collection).unwrap();
        let prepared = self.exchange.prepare(&testkit::objects::envelope(objects), self.now()).unwrap();
        let accepted = self.exchange.accept(&submission, prepared, self.now()).await.unwrap();
        assert!(accepted.failures.is_empty(), "{:?}", accepted.failures);
    }
}

async fn issue(exchange: &Exchange, partner: &str, expires: Option<String>, now: Timestamp) -> String {
    let command = Command::IssueToken { partner: partner.to_owned(), note: "test".to_owned(), expires };
    let reply = admin::execute(exchange, command, now).await.unwrap();
    let Reply::Secret { secret, .. } = reply else { panic!("no token: {reply:?}") };
    secret
}

/// Who signs in: nobody, or people, by an identity provider where there is one.
enum People {
    Nobody,
    Own(Option<server::OidcConfig>),
}

async fn start(
    exchange: &Arc<Exchange>,
    micros: &Arc<AtomicI64>,
    limits: ServerLimits,
    (tls, people): (Option<TlsFiles>, People),
) -> Running {
    let micros = Arc::clone(micros);
    let clock = Clock(Arc::new(move || Timestamp::from_micros(micros.load(Ordering::SeqCst))));
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let transport = if tls.is_some() { server::Transport::Tls } else { server::Transport::Loopback };
    let set_up = |oidc: Option<server::OidcConfig>| server::ConsoleSetup {
        key: [7; 32],
        transport,
        public_url: oidc.is_some().then(|| "http://cresset".to_owned()),
        oidc,
        limits: server::ConsoleLimits::default(),
    };
    let console = match people {
        People::Nobody => None,
        People::Own(oidc) => Some(set_up(oidc)),
    };
    let config = ServerConfig { listen, tls, socket: None, limits, clock, console };
    server::serve(Arc::clone(exchange), config).await.unwrap()
}

/// What holds for every answer of every endpoint of TAXII.
fn check(request: &Request, response: &Response) {
    let what = format!("{} {} {}: {}", request.method, request.target, response.status, response.text());
    assert_eq!(response.header("content-type"), Some(TAXII), "{what}");
    let body = response.json();
    let path = request.target.split('?').next().unwrap();
    let envelope = request.method == "GET" && path.contains("/objects/") && !path.contains("/versions");
    let holds = if envelope && response.status == 200 { Holds::Objects } else { Holds::Resources };
    assert!(!has_empty_list(&body, holds), "{what}");
    if response.status >= 400 {
        assert!(body["title"].as_str().is_some_and(|title| !title.is_empty()), "{what}");
        assert_eq!(body["http_status"], json!(response.status.to_string()), "{what}");
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Objects,
    Resources,
}

/// Whether a list of TAXII is empty; inside STIX objects everything stays as it was sent.
fn has_empty_list(value: &Value, holds: Holds) -> bool {
    match value {
        Value::Array(list) => {
            let inside = || list.iter().any(|one| has_empty_list(one, Holds::Resources));
            list.is_empty() || (holds == Holds::Resources && inside())
        }
        Value::Object(members) => members.values().any(|one| has_empty_list(one, holds)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

pub(crate) fn collection(name: &str) -> String {
    format!("/api/collections/{name}/")
}

pub(crate) fn objects_of(name: &str) -> String {
    format!("/api/collections/{name}/objects/")
}

pub(crate) fn manifest_of(name: &str) -> String {
    format!("/api/collections/{name}/manifest/")
}

pub(crate) fn object_of(name: &str, id: &str) -> String {
    format!("/api/collections/{name}/objects/{id}/")
}

pub(crate) fn versions_of(name: &str, id: &str) -> String {
    format!("/api/collections/{name}/objects/{id}/versions/")
}

/// The four endpoints that give pages, for an object of a collection.
pub(crate) fn four(name: &str, id: &str) -> [String; 4] {
    [objects_of(name), object_of(name, id), manifest_of(name), versions_of(name, id)]
}

/// Every endpoint of the standard's table: method and target. Deleting comes last.
pub(crate) fn all(name: &str, id: &str, status: &str) -> Vec<(&'static str, String)> {
    vec![
        ("GET", "/taxii2/".to_owned()),
        ("GET", "/api/".to_owned()),
        ("GET", format!("/api/status/{status}/")),
        ("GET", "/api/collections/".to_owned()),
        ("GET", collection(name)),
        ("GET", manifest_of(name)),
        ("GET", objects_of(name)),
        ("POST", objects_of(name)),
        ("GET", object_of(name, id)),
        ("GET", versions_of(name, id)),
        ("DELETE", object_of(name, id)),
    ]
}

/// The request of one row of [`all`], with something to post.
pub(crate) fn row((method, target): &(&'static str, String)) -> Request {
    let request = Request::new(method, target);
    if *method == "POST" {
        request.body(testkit::objects::envelope(&[testkit::objects::indicator(900)]))
    } else {
        request
    }
}

/// What tests ask of answers.
pub(crate) trait Read {
    fn ids(&self) -> Vec<String>;
    fn versions(&self) -> Vec<String>;
    fn dates(&self) -> (String, String);
    fn next(&self) -> Option<String>;
    fn more(&self) -> bool;
}

impl Read for Response {
    /// Of an envelope or manifest.
    fn ids(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{}", self.text());
        let body = self.json();
        let objects = body["objects"].as_array().cloned().unwrap_or_default();
        objects.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Of an envelope (`modified`, `created`), a manifest (`version`) or a list of versions.
    fn versions(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{}", self.text());
        let body = self.json();
        let list = body.get("versions").or(body.get("objects")).and_then(Value::as_array).cloned();
        let version = |entry: &Value| {
            let names = ["version", "modified", "created"];
            entry.as_str().or(names.iter().find_map(|name| entry[name].as_str())).unwrap_or("").to_owned()
        };
        list.unwrap_or_default().iter().map(version).collect()
    }

    /// Both headers.
    fn dates(&self) -> (String, String) {
        let date = |name| self.header(name).unwrap_or("absent").to_owned();
        (date("x-taxii-date-added-first"), date("x-taxii-date-added-last"))
    }

    fn next(&self) -> Option<String> {
        self.json()["next"].as_str().map(str::to_owned)
    }

    fn more(&self) -> bool {
        self.json()["more"] == json!(true)
    }
}

/// Leaves out headers that a test set to nothing.
trait Plain {
    fn plain(self) -> Self;
}

impl Plain for Request {
    fn plain(mut self) -> Self {
        self.headers.retain(|(_, value)| value != NONE);
        self
    }
}

/// The value of a header that is not sent at all.
pub(crate) const NONE: &str = "(none)";
