//! Are worlds from a seed told apart? Each is two nodes that differ only in what P may not see; both are driven with the same
//! requests, while more that P may not see comes and goes in one of them.
//!
//! What the worlds avoid, and nothing more (docs/decisions/0003 says why):
//! - objects of others than P that refer to an id of which something is withheld from P in one world only, where that makes the
//!   id itself withheld in one only, or can come to others later;
//! - one envelope in which something withheld stands before something visible;
//! - in worlds whose policy and time change: parts that are withheld from P and are there in one world only, and objects that P
//!   itself puts under a marking (or defines as one) that means, hidden from P, something else in each.

use std::sync::{Arc, atomic::Ordering};

use serde_json::Value;
use server::{
    ServerLimits,
    admin::{Command, Reply},
};
use store::{Store, embedded, memory::Memory};
use testkit::{
    http::Request,
    objects::{id_of, restriction},
};

use super::{
    CANARY, Dates, Worlds, log,
    made::{APART, Author, First, HIDDEN, KNOWN, OF_P, OF_P_APART},
    marks::{self, BOUNDARIES, CLOSED, LATE, mark},
};
use crate::ground::{BEGIN, Ground, HID, RO, RS, RW, Setup, manifest_of, object_of, objects_of};

/// How many worlds are made where `CRESSET_WORLDS` says nothing.
const WORLDS: u64 = 4;
const STEPS: usize = 60;

/// Whether anything but objects changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    Still,
    Moving,
}

struct Story {
    worlds: Worlds,
    author: Author,
    course: Course,
    /// Ids that others than P hold in both worlds, and that may be withheld in one version more.
    held: Vec<String>,
    /// Objects that P may not see.
    hidden: Vec<Value>,
    marks_hidden: u32,
    turn: usize,
    boundary: usize,
    /// Whether each late marking was said by now.
    late: u32,
}

fn partner_of(author: &mut Author, collection: &str) -> &'static str {
    let may: &[&'static str] = match collection {
        RO => &["own", "q"],
        RS => &["own", "n"],
        _ => &["own", "q", "n"],
    };
    author.dice.pick::<&'static str>(may)
}

impl Story {
    async fn begin(seed: u64, stores: [Arc<dyn Store>; 2]) -> Self {
        let mut author = Author::new(seed);
        let course = if seed.is_multiple_of(2) { Course::Still } else { Course::Moving };
        let limits = if author.dice.once_in(2) {
            ServerLimits {
                page_bytes_max: 2000,
                page_objects_max: 9,
                page_objects_default: 5,
                ..ServerLimits::default()
            }
        } else {
            ServerLimits::default()
        };
        let turn = author.dice.below(6);
        let limits = ServerLimits { absent_millis_min: 0, ..limits };
        let [a, b] = stores;
        let world = marks::declaration(turn);
        let setup = |store| Setup { limits, store, world: world.clone(), ..Setup::default() };
        let (a, b) = (Ground::with(setup(a)).await, Ground::with(setup(b)).await);
        let mut worlds = Worlds::of(a, b);
        worlds.both("own", RW, &marks::open()).await;
        worlds.tick().await;
        // The same ids mean something else, but never anything for P.
        let turns = (author.dice.below(12), author.dice.below(12));
        worlds.a.add_own(RW, &marks::closed(CLOSED, turns.0)).await;
        worlds.b.add_own(RW, &marks::closed(CLOSED, turns.1)).await;
        let ends = [marks::closed_until(CLOSED + 40, 0), marks::closed_until(CLOSED + 41, 2)];
        worlds.both("own", RW, &ends).await;
        Self {
            worlds,
            author,
            course,
            held: Vec::new(),
            hidden: Vec::new(),
            marks_hidden: 2000,
            turn,
            boundary: 0,
            late: LATE.start,
        }
    }

    async fn step(&mut self) {
        match self.author.dice.below(16) {
            0..4 => self.tell_both().await,
            4..7 => self.hide().await,
            7 => self.hide_a_marking().await,
            8 => self.remove_hidden().await,
            9 => self.write_while_reading().await,
            10 | 11 => {
                self.worlds.tick().await;
                let request = self.author.posted(&self.hidden, self.course);
                self.worlds.ask(&request).await;
            }
            12 => {
                self.worlds.tick().await;
                let request = self.author.deleted();
                self.worlds.ask(&request).await;
            }
            13 => self.worlds.compare_within(&mut self.author).await,
            _ if self.course == Course::Moving => self.change().await,
            _ => self.hide().await,
        }
        self.worlds.keep_house().await;
        self.read(8).await;
    }

    async fn read(&mut self, times: usize) {
        for _ in 0..times {
            let request = self.author.question(self.worlds.seconds());
            // What is compared to the second has to be read.
            let compressed = self.worlds.dates == Dates::Exact;
            let request = if compressed { request } else { request.without("accept-encoding") };
            self.worlds.ask(&request).await;
        }
    }

    /// Both worlds get the same; or what is the same for P.
    async fn tell_both(&mut self) {
        let name = *self.author.dice.pick(&[RW, RW, RS, RO]);
        let who = partner_of(&mut self.author, name);
        let first = if self.course == Course::Still { First::MayLackIt } else { First::HasIt };
        let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
        for _ in 0..=self.author.dice.below(4) {
            let range = self.author.dice.pick(&[KNOWN, KNOWN, APART]).clone();
            let number = self.author.dice.number(range.clone());
            let made = self.author.object(number, &[KNOWN, OF_P]);
            let made = self.author.openly_marked(made);
            let own = id_of(&made);
            if !own.starts_with("ipv4") && (self.course == Course::Still || range == APART) {
                self.held.push(own);
            }
            let [one, other] = if self.author.dice.once_in(3) {
                self.author.in_part(&made, first)
            } else {
                [made.clone(), made]
            };
            of_a.push(one);
            of_b.push(other);
        }
        if self.author.dice.once_in(4) && name != RO {
            // Behind what P sees, in the same envelope.
            let number = self.author.dice.number(HIDDEN);
            of_b.push(self.hidden_object(who, number));
        }
        self.worlds.tick().await;
        bring(&self.worlds.a, who, name, &of_a).await;
        bring(&self.worlds.b, who, name, &of_b).await;
    }

    fn hidden_object(&mut self, who: &str, number: u32) -> Value {
        let refers = [KNOWN, APART, OF_P, OF_P_APART, HIDDEN];
        let made = self.author.object(number, &refers);
        self.hidden_as(who, made)
    }

    fn hidden_as(&mut self, who: &str, made: Value) -> Value {
        let made = self.author.with_secrets(made);
        let made = self.author.closely_marked(who, made, CLOSED);
        self.hidden.push(made.clone());
        made
    }

    /// What P may not see, for one who brings it into a collection.
    fn hidden_envelope(&mut self) -> (&'static str, &'static str, Vec<Value>) {
        let name = *self.author.dice.pick(&[RW, RW, RS, RO, HID]);
        let who = partner_of(&mut self.author, name);
        let objects = (0..=self.author.dice.below(4)).map(|_| {
            let refers = [KNOWN, APART, OF_P, HIDDEN];
            match self.author.dice.below(4) {
                // Under an id that is known in both worlds.
                0 if !self.held.is_empty() => {
                    let own = self.author.dice.pick(&self.held).clone();
                    let made = self.author.of_id(&own, &refers);
                    self.hidden_as(who, made)
                }
                1 => {
                    let number = self.author.dice.number(OF_P_APART);
                    self.hidden_object(who, number)
                }
                _ => {
                    let number = self.author.dice.number(HIDDEN);
                    self.hidden_object(who, number)
                }
            }
        });
        let objects = objects.collect();
        (who, name, objects)
    }

    /// In one world, or in each something else.
    async fn hide(&mut self) {
        if self.author.dice.once_in(2) {
            let (who, name, objects) = self.hidden_envelope();
            bring(&self.worlds.a, who, name, &objects).await;
        }
        let (who, name, objects) = self.hidden_envelope();
        bring(&self.worlds.b, who, name, &objects).await;
    }

    /// A marking that is here in one world only, and objects under it, before it and after.
    async fn hide_a_marking(&mut self) {
        self.marks_hidden += 20;
        let first = self.marks_hidden;
        let who = partner_of(&mut self.author, RW);
        let under = |story: &mut Self| {
            let number = story.author.dice.number(HIDDEN);
            let made = story.author.object(number, &[KNOWN, HIDDEN, OF_P]);
            let made = story.author.with_secrets(made);
            let closed = mark(first + story.author.dice.number(0..12));
            let made = testkit::objects::marked(made, &[&closed]);
            story.hidden.push(made.clone());
            made
        };
        let before = [under(self), under(self)];
        bring(&self.worlds.b, who, RW, &before).await;
        let turn = self.author.dice.below(12);
        bring(&self.worlds.b, who, RW, &marks::closed(first, turn)).await;
        let after = [under(self)];
        bring(&self.worlds.b, who, RW, &after).await;
        let begins = marks::closed_until(first + 15, self.author.dice.below(BOUNDARIES.len()));
        bring(&self.worlds.b, who, RW, &[begins]).await;
    }

    /// Somebody takes back what P never saw.
    async fn remove_hidden(&mut self) {
        let Some(object) = (!self.hidden.is_empty()).then(|| self.author.dice.pick(&self.hidden).clone())
        else {
            return;
        };
        let own = id_of(&object);
        // What is held in both worlds stays held in both.
        if self.held.contains(&own) {
            return;
        }
        for (partner, name) in [("q", RW), ("n", RW), ("q", HID), ("n", RS)] {
            let request = Request::new("DELETE", &object_of(name, &own));
            let request = request.set("authorization", &self.worlds.b.bearer(partner));
            self.worlds.b.send(&self.worlds.b.dressed(request)).await;
        }
    }

    /// P reads while others bring what P may not see.
    async fn write_while_reading(&mut self) {
        self.worlds.tick().await;
        let envelopes: Vec<_> = (0..8).map(|_| self.hidden_envelope()).collect();
        let queries = ["limit=2", "limit=3&match[version]=all", "limit=1&match[type]=indicator,malware"];
        let query = *self.author.dice.pick(&queries);
        let name = *self.author.dice.pick(&[RW, RS]);
        let reading = async {
            self.worlds.walk(&objects_of(name), query).await;
            self.worlds.walk(&manifest_of(name), query).await;
        };
        let writing = async {
            for (who, name, objects) in &envelopes {
                bring(&self.worlds.b, who, name, objects).await;
            }
        };
        tokio::join!(reading, writing);
    }

    /// Something else than objects changes: what a marking means, the declaration, the time.
    async fn change(&mut self) {
        self.worlds.dates = Dates::ToTheSecond;
        match self.author.dice.below(3) {
            0 if self.late < LATE.end => {
                let content = [
                    serde_json::json!({ "releasable_to": ["NATO"] }),
                    serde_json::json!({ "tlp": "GREEN" }),
                    serde_json::json!({ "releasable_to": ["IP4"], "valid_from": BOUNDARIES[1] }),
                ];
                let said = restriction(self.late, self.author.dice.pick(&content).clone());
                self.late += 1;
                self.worlds.both("own", RW, &[said]).await;
            }
            1 if self.boundary < BOUNDARIES.len() => {
                let at = stix::Timestamp::parse(BOUNDARIES[self.boundary]).unwrap().seconds();
                self.boundary += 1;
                // Just before, and at it.
                for seconds in [at - 1, at] {
                    self.worlds.set(seconds);
                    self.worlds.keep_house().await;
                    self.read(4).await;
                }
            }
            _ => {
                self.turn += 1;
                self.worlds.tick().await;
                for ground in [&self.worlds.a, &self.worlds.b] {
                    let world = toml::from_str(&marks::declaration(self.turn)).unwrap();
                    let reply = ground.admin(Command::Apply { world: Box::new(world), dry_run: false }).await;
                    assert!(matches!(reply, Reply::Applied { .. }), "{reply:?}");
                }
            }
        }
    }
}

/// Objects that are all good, from one who may bring them.
async fn bring(ground: &Ground, who: &str, name: &str, objects: &[Value]) {
    match who {
        "own" => ground.add_own(name, objects).await,
        who => drop(ground.add_as(who, name, objects).await),
    }
}

impl Worlds {
    fn seconds(&self) -> i64 {
        BEGIN + self.moment * 60
    }

    /// Sets both clocks.
    fn set(&mut self, seconds: i64) {
        self.moment = (seconds - BEGIN) / 60;
        for ground in [&self.a, &self.b] {
            ground.micros.store(seconds * 1_000_000, Ordering::SeqCst);
        }
    }
}

async fn tell(seed: u64) -> usize {
    let dir = tempfile::tempdir().unwrap();
    // Every third world also compares the backends.
    let of_b: Arc<dyn Store> = if seed.is_multiple_of(3) {
        Arc::new(embedded::Embedded::open(dir.path(), &embedded::Options::default()).unwrap())
    } else {
        Arc::new(Memory::default())
    };
    let mut story = Story::begin(seed, [Arc::new(Memory::default()), of_b]).await;
    for _ in 0..STEPS {
        story.step().await;
    }
    for name in [RW, RS, RO] {
        for query in ["", "limit=4&match[version]=all", "limit=1"] {
            story.worlds.walk(&objects_of(name), query).await;
            story.worlds.walk(&manifest_of(name), query).await;
        }
    }
    let seen_by_q = story.worlds.b.read_as("q", &format!("{}?match[version]=all", objects_of(RW))).await;
    assert!(seen_by_q.status == 200 && !story.hidden.is_empty());
    assert!(story.hidden.iter().all(|object| object.to_string().contains(CANARY)));
    story.worlds.no_canary().await;
    story.worlds.asked.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worlds_from_a_seed_are_not_told_apart() {
    log();
    let many = std::env::var("CRESSET_WORLDS").ok().and_then(|many| many.parse().ok()).unwrap_or(WORLDS);
    let first = std::env::var("CRESSET_WORLDS_FROM").ok().and_then(|first| first.parse().ok()).unwrap_or(1);
    let mut asked = 0;
    for seed in first..first + many {
        println!("world {seed}, after {asked} requests");
        asked += tell(seed).await;
    }
    assert!(asked > 300 * usize::try_from(many).unwrap(), "{asked}");
    println!("{many} worlds, {asked} requests");
}
