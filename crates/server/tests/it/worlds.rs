//! Does what a partner is told depend on what is withheld from it? Two nodes that differ in nothing but that are asked the
//! same, and answer the same, byte for byte.

mod asked;
mod generated;
mod made;
mod marks;

use std::{
    io::Write,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use server::ServerLimits;
use store::{
    Store,
    embedded::{Embedded, Options},
    memory::Memory,
};
use testkit::{
    http::{self, Request, Response},
    objects::{
        AMBER, GREEN, RED, address, granular, id, indicator, malware, marked, moment, object, relationship,
        report, restriction, sighting, statement, version, with,
    },
};

use crate::ground::{
    BEGIN, Ground, HID, NONE, RO, RS, RW, Read, Setup, UNKNOWN, WO, all, collection, four, manifest_of,
    object_of, objects_of, row,
};

/// Stands in every withheld field and nowhere else.
const CANARY: &str = "canary-9f2c";

/// What all nodes of this process log.
fn log() -> Arc<Mutex<Vec<u8>>> {
    #[derive(Clone)]
    struct Sink(Arc<Mutex<Vec<u8>>>);
    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    let log = LOG.get_or_init(|| {
        let sink = Sink(Arc::default());
        let held = Arc::clone(&sink.0);
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || sink.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        held
    });
    Arc::clone(log)
}

/// Two nodes on one clock; B holds more that P may not see.
struct Worlds {
    a: Ground,
    b: Ground,
    /// How many moments have passed.
    moment: i64,
    asked: AtomicUsize,
    dates: Dates,
    /// Where the log stood when they began.
    logged: usize,
}

/// How exactly dates added are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dates {
    /// To the microsecond.
    Exact,
    /// To the second: what was dated anew in one go, some of it withheld, lies microseconds apart (docs/decisions/0003).
    ToTheSecond,
}

impl Worlds {
    async fn new(limits: ServerLimits, store_of_b: Arc<dyn Store>) -> Self {
        // How long it takes is not looked at here; bench/timing.py does.
        let limits = ServerLimits { absent_millis_min: 0, ..limits };
        let a = Ground::with(Setup { limits, ..Setup::default() }).await;
        let b = Ground::with(Setup { limits, store: store_of_b, ..Setup::default() }).await;
        Self::of(a, b)
    }

    fn of(a: Ground, b: Ground) -> Self {
        let logged = log().lock().unwrap_or_else(PoisonError::into_inner).len();
        Self { a, b, moment: 0, asked: AtomicUsize::new(0), dates: Dates::Exact, logged }
    }

    /// Sets both clocks to the next moment, far above whatever was committed since the last. What the nodes do by themselves is
    /// done before it and at its beginning, or one would do it before what comes next, the other after it.
    async fn tick(&mut self) {
        self.keep_house().await;
        self.moment += 1;
        for seconds in [0, 1] {
            for ground in [&self.a, &self.b] {
                let now = (BEGIN + self.moment * 60 + seconds) * 1_000_000;
                ground.micros.store(now, Ordering::SeqCst);
            }
            self.keep_house().await;
        }
    }

    async fn keep_house(&self) {
        for ground in [&self.a, &self.b] {
            ground.exchange.keep_house(ground.now()).await.unwrap();
        }
    }

    /// Adds the same to both.
    async fn both(&mut self, partner: &str, name: &str, objects: &[Value]) {
        self.tick().await;
        for ground in [&self.a, &self.b] {
            match partner {
                "own" => ground.add_own(name, objects).await,
                partner => drop(ground.add_as(partner, name, objects).await),
            }
        }
    }

    /// Adds to B alone what P may not see.
    async fn hidden(&mut self, partner: &str, name: &str, objects: &[Value]) {
        match partner {
            "own" => self.b.add_own(name, objects).await,
            partner => drop(self.b.add_as(partner, name, objects).await),
        }
    }

    /// Asks both the same, as P, and compares. Gives the answer.
    async fn ask(&self, request: &Request) -> Response {
        self.ask_each(request, request).await.0
    }

    /// Asks each its own, as P, and compares. Gives the answers.
    async fn ask_each(&self, of_a: &Request, of_b: &Request) -> (Response, Response) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let one = http::send(self.a.address, &self.a.dressed(of_a.clone())).await.unwrap();
        let other = http::send(self.b.address, &self.b.dressed(of_b.clone())).await.unwrap();
        let what = format!("{} {}", of_b.method, of_b.target);
        for (name, value) in one.headers.iter().chain(&other.headers) {
            assert!(!value.contains(CANARY) && !name.contains(CANARY), "{what}: a canary in a header");
        }
        assert!(!one.text().contains(CANARY) && !other.text().contains(CANARY), "{what}: a canary");
        let ids = status_id(&one).zip(status_id(&other));
        self.same(&what, &one, &other);
        if let Some((in_a, in_b)) = ids {
            // A receipt says the same again.
            let again = |id: String| Request::new("GET", &format!("/api/status/{id}/"));
            let one = http::send(self.a.address, &self.a.dressed(again(in_a))).await.unwrap();
            let other = http::send(self.b.address, &self.b.dressed(again(in_b))).await.unwrap();
            self.same(&format!("the receipt of {what}"), &one, &other);
        }
        (one, other)
    }

    async fn get(&self, target: &str) -> Response {
        self.ask(&Request::new("GET", target)).await
    }

    /// Follows a listing to its end, by `next` and by `added_after`.
    async fn walk(&self, target: &str, query: &str) {
        let asked = |query: &str| Request::new("GET", &format!("{target}?{query}"));
        let mut queries = (query.to_owned(), query.to_owned());
        loop {
            let (a, b) = self.ask_each(&asked(&queries.0), &asked(&queries.1)).await;
            let (Some(a), Some(b)) = (a.next(), b.next()) else { break };
            queries = (format!("next={a}"), format!("next={b}"));
        }
        let mut queries = (query.to_owned(), query.to_owned());
        loop {
            let (a, b) = self.ask_each(&asked(&queries.0), &asked(&queries.1)).await;
            if !a.more() {
                break;
            }
            let after = |page: &Response| format!("{query}&added_after={}", page.dates().1);
            queries = (after(&a), after(&b));
        }
    }

    /// Both answers are the same; else it shows where they begin to differ.
    fn same(&self, what: &str, one: &Response, other: &Response) {
        let (one, other) = (shown(one, self.dates), shown(other, self.dates));
        let at = one.2.bytes().zip(other.2.bytes()).position(|(a, b)| a != b).unwrap_or(0);
        let near = |text: &str| text.chars().skip(at.saturating_sub(200)).take(400).collect::<String>();
        assert!(
            one == other,
            "{what}: the worlds are told apart\n{} {:?}\n{}\n{} {:?}\n{}",
            one.0,
            one.1,
            near(&one.2),
            other.0,
            other.1,
            near(&other.2)
        );
    }

    /// No canary in what both count and in what all nodes log.
    async fn no_canary(&self) {
        for ground in [&self.a, &self.b] {
            let metrics = http::send(ground.address, &Request::new("GET", "/metrics")).await.unwrap();
            assert!(metrics.status == 200 && !metrics.text().contains(CANARY));
            assert!(metrics.text().contains("cresset_release_alarms 0"), "{}", metrics.text());
        }
        let log = log();
        let log = log.lock().unwrap_or_else(PoisonError::into_inner);
        let log = String::from_utf8_lossy(log.get(self.logged..).unwrap_or_default()).into_owned();
        assert!(log.contains("objects submitted"), "nothing was logged");
        assert!(!log.contains(CANARY), "a canary in the log");
    }
}

fn status_id(response: &Response) -> Option<String> {
    let body = response.json();
    body.get("total_count").and_then(|_| body["id"].as_str().map(str::to_owned))
}

/// All of an answer but its date and the random id of a receipt.
fn shown(response: &Response, dates: Dates) -> (u16, Vec<(String, String)>, String) {
    let headers = response.headers.iter().filter(|(name, _)| name != "date").cloned();
    let text = response.text();
    let text = status_id(response).map_or(text.clone(), |id| text.replace(&id, "(id)"));
    if dates == Dates::Exact {
        return (response.status, headers.collect(), text);
    }
    // `next` holds a date too.
    let text = response.next().map_or(text.clone(), |next| text.replace(&next, "(next)"));
    let headers = headers.filter(|(name, _)| name != "content-length");
    let headers = headers.map(|(name, value)| (name, to_the_second(&value)));
    (response.status, headers.collect(), to_the_second(&text))
}

/// The text with the fractions of its timestamps cut off.
fn to_the_second(text: &str) -> String {
    let mut parts = text.split('.');
    let mut cut = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let is_fraction = digits >= 3 && part.as_bytes().get(digits) == Some(&b'Z');
        cut.push('.');
        cut.push_str(if is_fraction { &part[digits..] } else { part });
    }
    cut
}

fn named(object: Value) -> Value {
    let name = format!("{CANARY} name");
    let description = format!("{CANARY} description");
    with(with(object, "name", json!(name)), "description", json!(description))
}

/// Objects in both worlds, those that P may see; between them, others in B.
async fn fill(worlds: &mut Worlds) {
    let amber = |object: Value| marked(named(object), &[AMBER]);
    let nato = restriction(1, json!({ "releasable_to": ["NATO"] }));
    worlds.both("own", RW, &[nato]).await;
    let secret = restriction(2, json!({ "releasable_to": ["IP4"], "tlp": "RED" }));
    worlds.hidden("own", RW, &[marked(with(secret, "name", json!(CANARY)), &[RED])]).await;
    for number in 1..=8 {
        worlds.both("p", RW, &[indicator(number), version(indicator(1), 20 + number)]).await;
        worlds
            .hidden("q", RW, &[amber(indicator(100 + number)), amber(version(indicator(100), number))])
            .await;
        worlds.both("q", RW, &[malware(number), marked(indicator(50 + number), &[GREEN])]).await;
        let more: Vec<_> = (0..number).map(|n| amber(malware(1000 + number * 20 + n))).collect();
        worlds.hidden("q", RW, &more).await;
    }
    // Versions of what P sees that P does not see, older and newer; and claims of others on ids of P.
    worlds
        .hidden("q", RW, &[amber(version(malware(1), 90)), marked(named(version(malware(2), 80)), &[RED])])
        .await;
    worlds.hidden("q", RW, &[amber(version(indicator(1), 95)), amber(indicator(2))]).await;
    worlds.hidden("own", RW, &[marked(named(indicator(3)), &[RED])]).await;
    // Ids that somebody held before P did.
    worlds.hidden("q", RW, &[amber(indicator(40)), marked(named(malware(41)), &[RED])]).await;
    worlds.both("p", RW, &[indicator(40), malware(41)]).await;
    // What P says of objects that it knows from elsewhere, and that lie here withheld.
    let own = [
        relationship(1, &id("indicator", 101), &id("indicator", 1)),
        report(1, &[id("indicator", 102), id("malware", 1)]),
        sighting(1, &id("indicator", 103)),
        with(indicator(9), "created_by_ref", json!(id("identity", 300))),
    ];
    worlds.both("p", RW, &own).await;
    let hidden_mark = restriction(60, json!({ "releasable_to": ["JPN"] }));
    let hidden_mark = marked(with(hidden_mark, "name", json!(CANARY)), &[AMBER]);
    worlds
        .hidden("q", RW, &[hidden_mark, marked(named(indicator(161)), &[&id("marking-definition", 60)])])
        .await;
    let person = object("identity", 300, json!({ "name": CANARY, "identity_class": "individual" }));
    worlds.hidden("q", RW, &[marked(person, &[AMBER])]).await;
    // Links among what is withheld, and from it to what is not.
    let links = [
        relationship(101, &id("indicator", 101), &id("malware", 1)),
        report(101, &[id("malware", 1), id("indicator", 1), id("report", 102)]),
        report(102, &[id("report", 101)]),
    ];
    worlds
        .hidden("q", RW, &links.map(|link| marked(with(link, "description", json!(CANARY)), &[AMBER])))
        .await;
    chains(worlds).await;
    worlds.hidden("q", HID, &[named(indicator(170)), named(indicator(1))]).await;
    worlds.both("q", RO, &[indicator(70), malware(71)]).await;
    worlds.hidden("q", RO, &[amber(indicator(172))]).await;
    worlds.hidden("own", RS, &[marked(named(indicator(173)), &[RED])]).await;
    worlds.both("p", RS, &[indicator(74)]).await;
    worlds.both("p", RW, &[address(1), statement(9)]).await;
    worlds.hidden("q", RW, &[marked(with(address(101), "x_note", json!(CANARY)), &[AMBER])]).await;
}

/// Long chains and circles of references among what P sees; and one object of which P sees a part.
async fn chains(worlds: &mut Worlds) {
    let note =
        |number: u32, about: &str| object("note", number, json!({ "content": "x", "object_refs": [about] }));
    let mut chain = vec![note(1, &id("malware", 1))];
    chain.extend((2..=14).map(|number| note(number, &id("note", number - 1))));
    worlds.both("q", RW, &chain).await;
    let circle = [note(30, &id("note", 31)), note(31, &id("note", 32)), note(32, &id("note", 30))];
    worlds.both("q", RW, &circle).await;
    let about = report(20, &[id("note", 40), id("malware", 3)]);
    worlds.both("q", RW, &[about, note(40, &id("report", 20))]).await;
}

/// Objects of which a part is withheld, whose withheld parts are not the same in both worlds.
async fn parts(worlds: &mut Worlds) {
    // What lies in a collection that P may not read is withheld from P, although P brought it.
    worlds.both("p", WO, &[indicator(75)]).await;
    worlds.tick().await;
    let mark = id("marking-definition", 5);
    for (ground, text) in
        [(&worlds.a, format!("{CANARY} in one")), (&worlds.b, format!("{CANARY} in the other world"))]
    {
        let ip4 = restriction(5, json!({ "releasable_to": ["IP4"] }));
        let part = granular(with(indicator(80), "description", json!(text)), &mark, &["description"]);
        let whole = with(indicator(81), "description", json!(text));
        ground.add_own(RW, &[ip4, part, marked(whole, &[&mark])]).await;
    }
}

const FILTERS: [&str; 14] = [
    "",
    "limit=1",
    "limit=3",
    "match[type]=indicator",
    "match[type]=malware,report,relationship&limit=2",
    "match[version]=all",
    "match[version]=first",
    "match[version]=last,first&limit=5",
    "match[version]=2024-01-01T00:01:30.000Z",
    "match[spec_version]=2.0",
    "match[spec_version]=2.1&match[version]=all&limit=4",
    "added_after=2026-01-01T00:05:00Z",
    "added_after=2026-01-01T00:05:00.000003Z&match[type]=indicator&limit=2",
    "added_after=2030-01-01T00:00:00Z",
];

fn ids() -> Vec<String> {
    let indicators = [1, 2, 3, 9, 40, 51, 80, 81, 100, 101, 161, 170, 172, 173, 999];
    let mut ids: Vec<_> = indicators.iter().map(|number| id("indicator", *number)).collect();
    ids.extend([1, 2, 41, 1021, 998].map(|number| id("malware", number)));
    ids.extend([
        id("relationship", 1),
        id("relationship", 101),
        id("report", 1),
        id("report", 101),
        id("sighting", 1),
    ]);
    ids.extend([1, 2, 5, 9, 60, 997].map(|number| id("marking-definition", number)));
    ids.extend([
        id("identity", 300),
        id("ipv4-addr", 1),
        id("ipv4-addr", 101),
        id("note", 14),
        id("note", 31),
    ]);
    ids.push("nonsense".to_owned());
    ids
}

async fn read_everything(worlds: &mut Worlds) {
    for name in [RW, RS, RO, WO, HID, UNKNOWN, "rw", "hid", "nope"] {
        worlds.get(&collection(name)).await;
        for query in if name == RW { &FILTERS[..] } else { &FILTERS[..3] } {
            for target in [objects_of(name), manifest_of(name)] {
                if matches!(name, RW | RS | RO) {
                    worlds.walk(&target, query).await;
                } else {
                    worlds.get(&format!("{target}?{query}")).await;
                }
            }
        }
    }
    for own in ids() {
        for target in [&four(RW, &own)[1], &four(RW, &own)[3]] {
            for query in [
                "",
                "match[version]=all",
                "match[version]=first",
                "added_after=2026-01-01T00:20:00Z",
                "limit=1",
            ] {
                worlds.get(&format!("{target}?{query}")).await;
            }
        }
        worlds.get(&format!("{}?match[id]={own}", objects_of(RW))).await;
        worlds
            .get(&format!("{}?match[id]={own},{}&match[version]=all", manifest_of(RW), id("malware", 1)))
            .await;
        worlds.get(&object_of(HID, &own)).await;
    }
}

async fn do_wrong(worlds: &mut Worlds) {
    for name in [RW, RO, WO, HID, UNKNOWN] {
        for entry in all(name, &id("indicator", 101), "00000000-0000-4000-8000-000000000000") {
            if entry.0 == "GET" {
                worlds.ask(&row(&entry).set("accept", "text/html")).await;
                worlds.ask(&row(&entry).set("authorization", NONE)).await;
                worlds.ask(&Request::new("PUT", &entry.1)).await;
                worlds.get(&format!("{}?limit=0&added_after=x", entry.1)).await;
            }
        }
        for body in ["{", "{}", "[1]", "{\"objects\":[1,{\"id\":\"x\"}]}"] {
            worlds.ask(&Request::new("POST", &objects_of(name)).body(body)).await;
        }
        worlds
            .ask(&Request::new("POST", &objects_of(name)).body("{}").set("content-type", "text/plain"))
            .await;
    }
}

/// P adds and deletes: ids that are withheld, known and unknown.
async fn write(worlds: &mut Worlds) {
    let post = |name: &str, objects: &[Value]| {
        Request::new("POST", &objects_of(name)).body(testkit::objects::envelope(objects))
    };
    let same = |number| marked(indicator(number), &[AMBER]);
    let envelopes = [
        vec![indicator(101)],
        vec![same(102), with(same(102), "name", json!("other"))],
        vec![version(indicator(100), 3), indicator(999)],
        vec![version(malware(1), 90)],
        vec![version(indicator(1), 95), with(indicator(2), "name", json!("changed"))],
        vec![
            restriction(60, json!({ "tlp": "CLEAR" })),
            restriction(2, json!({ "tlp": "CLEAR" })),
            statement(997),
        ],
        vec![restriction(60, json!({ "tlp": "RED" }))],
        vec![marked(indicator(120), &[&id("marking-definition", 60)])],
        vec![relationship(101, &id("indicator", 101), &id("malware", 1)), report(102, &[id("report", 101)])],
        vec![object("identity", 300, json!({ "name": "x", "identity_class": "individual" }))],
        vec![address(101), json!(1), json!({ "type": "indicator", "id": id("indicator", 103) })],
    ];
    for objects in &envelopes {
        for name in [RW, RS, RO, HID, UNKNOWN] {
            worlds.tick().await;
            worlds.ask(&post(name, objects)).await;
        }
    }
    read_everything(worlds).await;
    for (index, own) in ids().into_iter().enumerate() {
        for name in [RW, RO, HID] {
            worlds.tick().await;
            let query =
                ["", "?match[version]=first", "?match[version]=all", "?match[spec_version]=2.0"][index % 4];
            worlds.ask(&Request::new("DELETE", &format!("{}{query}", object_of(name, &own)))).await;
        }
    }
    // And once more what was deleted.
    worlds.tick().await;
    worlds.ask(&post(RW, &[indicator(101), indicator(1), version(indicator(1), 95)])).await;
}

async fn are_the_same(limits: ServerLimits, store_of_b: Arc<dyn Store>, own_parts: Parts) {
    log();
    let mut worlds = Worlds::new(limits, store_of_b).await;
    fill(&mut worlds).await;
    if own_parts == Parts::Differ {
        parts(&mut worlds).await;
    }
    worlds.tick().await;
    assert!(
        worlds.b.read_as("q", &objects_of(RW)).await.text().contains(CANARY),
        "B holds what P may not see"
    );
    for target in ["/taxii2/", "/api/", "/api/collections/", "/nowhere/"] {
        worlds.get(target).await;
    }
    read_everything(&mut worlds).await;
    do_wrong(&mut worlds).await;
    write(&mut worlds).await;
    read_everything(&mut worlds).await;
    let walked = worlds.get(&format!("{}?match[version]=all&limit=5000", objects_of(RW))).await;
    assert!(!walked.ids().is_empty() && worlds.asked.load(Ordering::Relaxed) > 1000);
    assert_eq!(moment(90), "2024-01-01T00:01:30.000Z");
    worlds.no_canary().await;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    Same,
    Differ,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_withheld_cannot_be_told_from_what_is_not_there() {
    are_the_same(ServerLimits::default(), Arc::new(Memory::default()), Parts::Same).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_can_it_in_part_or_by_small_pages() {
    let limits = ServerLimits {
        page_bytes_max: 2000,
        page_objects_max: 6,
        page_objects_default: 4,
        ..ServerLimits::default()
    };
    // Nor do the backends differ.
    let dir = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(dir.path(), &Options::default()).unwrap();
    are_the_same(limits, Arc::new(embedded), Parts::Differ).await;
}
