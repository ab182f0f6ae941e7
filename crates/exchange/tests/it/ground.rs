//! On which ground do these tests stand? One node, three partners, one clock.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use exchange::{
    Applied, ApplyMode, Channel, Exchange, ExchangeLimits, Query, Signer, SpecVersions, Versions,
    world::World,
};
use serde_json::{Value, json};
use stix::Timestamp;
use store::{Sequence, Store, memory::Memory};
use testkit::{faulty::Faulty, objects::id};

pub(crate) const ROOM: &str = "room";

/// The declaration: NOR is in NATO, JPN is cleared for nothing, VEN is nobody's and may have what is GREEN.
pub(crate) const WORLD: &str = r#"
[organisation]
id = "identity--a0000001-0000-4000-8000-00000000000a"
name = "Lantern Coast Watch"

[[community]]
name = "NATO"
members = ["NOR", { code = "SWE", from = "2026-02-01T00:00:00Z", until = "2026-03-01T00:00:00Z" }]

[[community]]
name = "MISSION"
members = [{ code = "JPN", until = "2026-02-01T00:00:00Z" }]

[[classification]]
policy = "COAST"
levels = ["OPEN", "CLOSED", "SECRET"]

[[collection]]
id = "c0000001-0000-4000-8000-000000000001"
alias = "room"
title = "Room"
default_marking = ["TLP:GREEN"]

[[partner]]
name = "nor"
organisation = "identity--a0000001-0000-4000-8000-00000000000b"
nation = "NOR"
clearances = { COAST = "CLOSED" }

[[partner]]
name = "jpn"
organisation = "identity--a0000001-0000-4000-8000-00000000000c"
nation = "JPN"

[[partner]]
name = "swe"
organisation = "identity--a0000001-0000-4000-8000-00000000000d"
nation = "SWE"

[[agreement]]
partner = "nor"
collection = "room"
may = ["read", "submit", "delete"]
ceiling = "AMBER"

[[agreement]]
partner = "jpn"
collection = "room"
may = ["read", "submit", "delete"]
ceiling = "GREEN"

[[agreement]]
partner = "swe"
collection = "room"
may = ["read", "submit"]
ceiling = "AMBER"
"#;

/// When the tests begin: 2026-01-01T00:00:00Z.
const BEGIN: i64 = 1_767_225_600;

pub(crate) struct Ground {
    pub(crate) exchange: Exchange,
    pub(crate) faulty: Arc<Faulty>,
    seconds: AtomicI64,
}

/// What a partner reads: each object, and the place of the last.
pub(crate) struct Read {
    pub(crate) objects: Vec<Value>,
    pub(crate) last: Sequence,
}

impl Read {
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.objects.iter().filter_map(|object| object["id"].as_str()).collect()
    }
}

pub(crate) fn mark(number: u32) -> String {
    id("marking-definition", number)
}

pub(crate) fn moment(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

impl Ground {
    pub(crate) async fn new() -> Self {
        Self::on(Arc::new(Memory::default())).await
    }

    pub(crate) async fn on(store: Arc<dyn Store>) -> Self {
        Self::within(ExchangeLimits::default(), store).await
    }

    pub(crate) async fn within(limits: ExchangeLimits, store: Arc<dyn Store>) -> Self {
        let faulty = Arc::new(Faulty::new(store));
        let now = Timestamp::from_parts(BEGIN, 0);
        let store: Arc<dyn Store> = Arc::clone(&faulty) as _;
        let exchange = Exchange::open(store, limits, now).await.unwrap();
        let signer = Signer::read(&Signer::generate().unwrap()).unwrap();
        let ground = Self { exchange: exchange.signing_with(signer), faulty, seconds: AtomicI64::new(BEGIN) };
        if ground.exchange.world().is_none() {
            ground.apply(WORLD).await;
        }
        ground
    }

    /// The same store, opened again.
    pub(crate) async fn reopen(self) -> Self {
        let seconds = self.seconds.load(Ordering::SeqCst);
        let store: Arc<dyn Store> = Arc::clone(&self.faulty) as _;
        let exchange =
            Exchange::open(store, ExchangeLimits::default(), Timestamp::from_parts(seconds, 0)).await;
        Self { exchange: exchange.unwrap(), faulty: self.faulty, seconds: AtomicI64::new(seconds) }
    }

    /// One second later with every call.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_parts(self.seconds.fetch_add(1, Ordering::SeqCst), 0)
    }

    pub(crate) fn set(&self, text: &str) {
        self.seconds.store(moment(text).seconds(), Ordering::SeqCst);
    }

    pub(crate) async fn apply(&self, world: &str) -> Applied {
        let world: World = toml::from_str(world).unwrap();
        self.exchange.apply(world, ApplyMode::Change, self.now()).await.unwrap()
    }

    /// Brings objects as this node's own, or as a partner's.
    pub(crate) async fn add(&self, partner: Option<&str>, objects: &[Value]) {
        let now = self.now();
        let submission = match partner {
            None => self.exchange.own_submission(ROOM).unwrap(),
            Some(partner) => self.exchange.access(partner, ROOM, now).unwrap().submission().unwrap(),
        };
        let envelope = json!({ "objects": objects }).to_string();
        let prepared = self.exchange.prepare(envelope.as_bytes(), now).unwrap();
        let accepted = self.exchange.accept(&submission, prepared, now).await.unwrap();
        assert_eq!(accepted.failures, []);
    }

    /// Brings objects as this node's own, whatever becomes of them.
    pub(crate) async fn add_quietly(&self, objects: &[Value]) {
        let now = self.now();
        let submission = self.exchange.own_submission(ROOM).unwrap();
        let envelope = json!({ "objects": objects }).to_string();
        let prepared = self.exchange.prepare(envelope.as_bytes(), now).unwrap();
        self.exchange.accept(&submission, prepared, now).await.unwrap();
    }

    pub(crate) fn query(after: Sequence) -> Query {
        Query {
            after,
            limit: NonZeroU32::new(1000).unwrap(),
            bytes_max: usize::MAX,
            ids: None,
            types: None,
            versions: Versions::last(),
            spec_versions: SpecVersions::Latest,
        }
    }

    /// What a partner finds added after a place.
    pub(crate) async fn read(&self, partner: &str, after: Sequence) -> Read {
        let access = self.exchange.access(partner, ROOM, self.now()).unwrap();
        let released = self.exchange.objects(&access, &Self::query(after), Channel::Objects).await.unwrap();
        let objects = released
            .objects
            .iter()
            .map(|(_, object)| serde_json::from_slice(object.content().text_bytes()).unwrap());
        Read {
            objects: objects.collect(),
            last: released.objects.last().map_or(after, |(sequence, _)| *sequence),
        }
    }

    /// What is new for each of some partners since they last looked.
    pub(crate) async fn keep_house(&self) {
        self.exchange.keep_house(self.now()).await.unwrap();
    }
}
