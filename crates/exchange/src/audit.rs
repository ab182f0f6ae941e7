//! Is the ledger whole, was it right, and who got what? For administrators, never for partners.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    num::NonZeroU32,
    sync::Arc,
};

use releasability::{Decision, Granularity, Policy, Reader, Stamp, Terms};
use serde::{Deserialize, Serialize};
use stix::{Timestamp, json::Tree, object};
use store::{
    Claim, CollectionNumber, LabelId, Sequence,
    ledger::{Entry, EntryHash, EntryNumber, LedgerQuery, seal},
};

use crate::{
    Exchange, ExchangeError,
    access::Partner,
    checkpoint::{Checkpoint, hex},
    ledger::{Channel, CollectionNames, Record, Release, Standing},
    registry::{MARKINGS, Registry},
    viewpoint::Viewer,
    world::Right,
};

/// How many entries are read at once.
const PAGE_ENTRIES: NonZeroU32 = NonZeroU32::new(2000).unwrap();
const PAGE_BYTES: usize = 8 << 20;

/// How many problems or differences are told one by one.
pub const TOLD_MAX: usize = 100;

/// What verifying the ledger found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// How many entries there are.
    pub entries: u64,
    /// The hash of the last, in hexadecimal digits.
    pub hash: String,
    /// How many checkpoints are in the ledger, or were given to compare with, and vouch for what is there.
    pub checkpoints: u64,
    /// The public keys that signed them.
    pub keys: Vec<String>,
    /// What is wrong; empty where nothing is. At most [`TOLD_MAX`].
    pub problems: Vec<String>,
}

/// What re-evaluating the ledger found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// How many entries about releases there are.
    pub releases: u64,
    /// How many decisions they hold.
    pub decisions: u64,
    /// How many objects were redacted or could be, and are not held any more, so that only their label was decided again.
    pub gone: u64,
    /// How many decisions would be others today under the policy of their day.
    pub differences: u64,
    /// The first of them. At most [`TOLD_MAX`].
    pub told: Vec<String>,
}

/// Somebody got a version of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The partner's name; empty for one of this node's own people.
    pub partner: String,
    /// Which of this node's own people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer: Option<Viewer>,
    /// The version.
    pub version: String,
    /// When.
    pub time: String,
    /// On which way.
    pub channel: Channel,
    /// From which collection.
    pub collection: String,
    /// The date under which it was added.
    pub date_added: String,
    /// What was taken out of it, with the line of the rule.
    pub without: Vec<(String, u8)>,
    /// The number of the entry that says so.
    pub entry: u64,
}

/// An entry of the ledger as it is exported: enough to check the chain without this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// Its number.
    pub number: u64,
    /// Seconds and nanoseconds since 1970 of the commit.
    pub committed: (i64, u32),
    /// The first and last place that it speaks of; zeros for none.
    pub about: (u64, u64),
    /// Its hash, in hexadecimal digits.
    pub hash: String,
    /// What it says: JSON, to the byte as it was hashed.
    pub content: String,
}

impl From<&Entry> for Exported {
    fn from(entry: &Entry) -> Self {
        Self {
            number: entry.number.0,
            committed: (entry.committed.seconds(), entry.committed.nanos()),
            about: entry.about.map_or((0, 0), |span| (span.first.get(), span.last.get())),
            hash: hex(&entry.hash.0),
            content: String::from_utf8_lossy(&entry.content).into_owned(),
        }
    }
}

/// An entry of the ledger, as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerEntry {
    /// Its number.
    pub number: u64,
    /// When it was committed.
    pub committed: Timestamp,
    /// Its hash, in hexadecimal digits.
    pub hash: String,
    /// What it says; nothing where it cannot be read.
    pub record: Option<Record>,
}

fn read(entry: &Entry) -> Option<Record> {
    serde_json::from_slice(&entry.content).ok()
}

impl Exchange {
    /// Entries of the ledger after a number.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn entries(&self, after: EntryNumber) -> Result<Vec<Entry>, ExchangeError> {
        let query = LedgerQuery { after, limit: PAGE_ENTRIES, bytes_max: PAGE_BYTES, about: None };
        Ok(self.store.entries(&query).await?)
    }

    /// How many entries the ledger has.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn ledger_length(&self) -> Result<u64, ExchangeError> {
        Ok(self.store.head().await?.number.0)
    }

    /// Entries of the ledger after a number, in order; a bounded number of them, none behind the last.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn ledger_page(&self, after: u64) -> Result<Vec<LedgerEntry>, ExchangeError> {
        let entries = self.entries(EntryNumber(after)).await?;
        let told = |entry: &Entry| LedgerEntry {
            number: entry.number.0,
            committed: entry.committed,
            hash: hex(&entry.hash.0),
            record: read(entry),
        };
        Ok(entries.iter().map(told).collect())
    }

    /// The aliases of the collections, by the numbers that entries name.
    pub fn collection_aliases(&self) -> BTreeMap<u32, String> {
        self.collection_names()
    }

    /// Follows the chain from its first entry to its last, and compares it with every checkpoint in it and with those that
    /// were kept elsewhere. `key`, where given, is the only public key that may have signed.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn verify(&self, kept: &[Checkpoint], key: Option<&str>) -> Result<Verified, ExchangeError> {
        let mut chain = Chain { key, ..Chain::default() };
        let head = self.store.head().await?;
        for checkpoint in kept {
            chain.await_checkpoint(checkpoint.clone());
        }
        loop {
            let page = self.entries(EntryNumber(chain.found.entries)).await?;
            if page.is_empty() {
                break;
            }
            for entry in &page {
                chain.follow(entry);
            }
        }
        let found = chain.end();
        // Entries may have come meanwhile; none may have gone.
        Ok(if found.entries < head.number.0 {
            let mut found = found;
            found.problems.push(format!("the last entries are missing: there were {}", head.number.0));
            found
        } else {
            found
        })
    }

    /// Decides again about everything that was released, under the policy of its day.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn replay(&self) -> Result<Replayed, ExchangeError> {
        let mut past = Past::new(self.markings_held().await?);
        let mut found = Replayed::default();
        let mut after = EntryNumber(0);
        loop {
            let page = self.entries(after).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = last.number;
            for entry in &page {
                match read(entry) {
                    Some(Record::Policy { version, registry, .. }) => past.declare(version, *registry),
                    Some(Record::Release(release)) => {
                        self.replay_release(entry, &release, &mut past, &mut found).await?;
                    }
                    Some(
                        Record::Submission(_)
                        | Record::Removal { .. }
                        | Record::Relabelling { .. }
                        | Record::Credentials { .. }
                        | Record::Deed(_)
                        | Record::Checkpoint(_),
                    ) => {}
                    None => found.differ(entry, "it cannot be read"),
                }
            }
        }
    }

    async fn replay_release(
        &self,
        entry: &Entry,
        release: &Release,
        past: &mut Past,
        found: &mut Replayed,
    ) -> Result<(), ExchangeError> {
        found.releases += 1;
        let state = self.state.load_full();
        let Some(day) = past.day(release.policy) else {
            found.differ(entry, "the policy of its day is not in the ledger");
            return Ok(());
        };
        let collection = CollectionNumber(release.collection);
        let now = Timestamp::from_micros(release.time);
        let Some(partner) = day.partner(release) else {
            found.differ(entry, "there was no such partner");
            return Ok(());
        };
        let Some(terms) = terms(&partner, collection, now) else {
            found.differ(entry, "no agreement was in force");
            return Ok(());
        };
        let reader = Reader { audience: &partner.audience, terms, now };
        for (label, place) in release.claims() {
            found.decisions += 1;
            let Some(stamp) = state.stamps.get(label) else {
                found.differ(entry, "it names a label that is not there");
                continue;
            };
            if let Decision::Withhold(reason) = day.policy.decide(&stamp.label, &stamp.origin, &reader) {
                found.differ(entry, &format!("the object at {} would be withheld: {reason}", place.get()));
                continue;
            }
            let fields = release.fields(place);
            if stamp.granularity == Granularity::Whole && fields.is_empty() {
                continue;
            }
            let again = self.redact_again(day, stamp, &reader, (collection, label, place, fields)).await?;
            match again {
                None => found.gone += 1,
                Some(again) if again == fields => {}
                Some(_) => found.differ(entry, &format!("other fields of {} would go", place.get())),
            }
        }
        Ok(())
    }

    /// What would be taken out of an object, with the references withheld that were withheld then; nothing where the object
    /// is not held any more.
    async fn redact_again(
        &self,
        day: &Day,
        stamp: &Arc<Stamp>,
        reader: &Reader<'_>,
        (collection, label, place, fields): (CollectionNumber, LabelId, Sequence, &[(String, u8)]),
    ) -> Result<Option<Vec<(String, u8)>>, ExchangeError> {
        let Some(held) = self.store.object(collection, label, place).await? else { return Ok(None) };
        let mut withheld = HashSet::new();
        if let Ok(tree) = Tree::parse(held.object.inspect().text_bytes(), &self.limits.object) {
            let references =
                fields.iter().filter(|(_, rule)| *rule == releasability::Reason::Reference.rule());
            let named = references.filter_map(|(pointer, _)| tree.root().pointer(pointer)?.as_str());
            withheld.extend(named.map(std::borrow::Cow::into_owned));
        }
        let released = day.policy.release(held.object, stamp, reader, &withheld);
        let removed = |object: releasability::Releasable<stix::Object>| {
            object.removed().iter().map(|(pointer, reason)| (pointer.clone(), reason.rule())).collect()
        };
        Ok(Some(released.map_or_else(|reason| vec![(String::new(), reason.rule())], removed)))
    }

    /// Every marking-definition held, with who brought it, in the order in which they came.
    async fn markings_held(&self) -> Result<Vec<(String, releasability::Organisation)>, ExchangeError> {
        let state = self.state.load_full();
        let mut markings = Vec::new();
        self.each_marking(&state.stamps, |text, origin| {
            markings.push((String::from_utf8_lossy(text).into_owned(), origin.clone()));
        })
        .await?;
        Ok(markings)
    }

    /// Who got which version of an object, when, on which way (R17), earliest first. Objects that are held no more count too.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn who(&self, id: &str) -> Result<Vec<Receipt>, ExchangeError> {
        let mut claims = self.store.former(id).await?;
        claims.extend(self.store.claims(&[id]).await?.pop().unwrap_or_default());
        claims.retain(|claim| claim.collection != MARKINGS);
        let names = self.collection_names();
        let mut receipts = Vec::new();
        for claim in &claims {
            let mut after = EntryNumber(0);
            loop {
                let about = Some(claim.sequence);
                let query = LedgerQuery { after, limit: PAGE_ENTRIES, bytes_max: PAGE_BYTES, about };
                let page = self.store.entries(&query).await?;
                let Some(last) = page.last() else { break };
                after = last.number;
                receipts.extend(page.iter().filter_map(|entry| receipt(entry, claim, &names)));
            }
        }
        receipts.sort_by_key(|receipt| receipt.entry);
        Ok(receipts)
    }

    pub(crate) fn collection_names(&self) -> CollectionNames {
        let state = self.state.load();
        let Some(known) = state.world.as_ref() else { return CollectionNames::new() };
        let collections = known.registry.world.collections.iter();
        collections
            .filter_map(|declared| Some((known.registry.number(declared)?.0, declared.alias.clone())))
            .collect()
    }
}

fn receipt(entry: &Entry, claim: &Claim, names: &CollectionNames) -> Option<Receipt> {
    let Some(Record::Release(release)) = read(entry) else { return None };
    if release.collection != claim.collection.0 || !release.claims().any(|(_, place)| place == claim.sequence)
    {
        return None;
    }
    let number = claim.collection.0;
    Some(Receipt {
        version: claim.version.unwrap_or(claim.sequence.date_added()).to_string(),
        time: Timestamp::from_micros(release.time).to_micros_text(),
        channel: release.channel,
        collection: names.get(&number).cloned().unwrap_or_else(|| format!("collection {number}")),
        date_added: claim.sequence.date_added().to_micros_text(),
        without: release.fields(claim.sequence).to_vec(),
        viewer: release.viewer.clone(),
        partner: release.partner,
        entry: entry.number.0,
    })
}

impl Replayed {
    fn differ(&mut self, entry: &Entry, what: &str) {
        self.differences += 1;
        if self.told.len() < TOLD_MAX {
            self.told.push(format!("entry {}: {what}", entry.number.0));
        }
    }
}

/// The chain as far as it was followed.
#[derive(Default)]
struct Chain<'a> {
    found: Verified,
    before: EntryHash,
    key: Option<&'a str>,
    /// Checkpoints that name entries not yet met.
    awaited: BTreeMap<u64, Vec<Checkpoint>>,
    /// The hashes of the entries since the last checkpoint; those before were compared.
    recent: BTreeMap<u64, EntryHash>,
}

impl Chain<'_> {
    fn problem(&mut self, what: String) {
        if self.found.problems.len() < TOLD_MAX {
            self.found.problems.push(what);
        }
    }

    fn await_checkpoint(&mut self, checkpoint: Checkpoint) {
        self.awaited.entry(checkpoint.entry).or_default().push(checkpoint);
    }

    fn follow(&mut self, entry: &Entry) {
        let number = self.found.entries + 1;
        if entry.number.0 != number {
            self.problem(format!("entry {number} is missing"));
        }
        if seal(self.before, entry) != entry.hash {
            self.problem(format!("entry {} or the one before it was changed", entry.number.0));
        }
        self.before = entry.hash;
        self.found.entries = entry.number.0;
        self.recent.insert(entry.number.0, entry.hash);
        for checkpoint in self.awaited.remove(&entry.number.0).unwrap_or_default() {
            self.compare(&checkpoint, Some(entry.hash));
        }
        match read(entry) {
            Some(Record::Checkpoint(checkpoint)) => {
                let named = self.recent.get(&checkpoint.entry).copied();
                self.compare(&checkpoint, named);
                self.recent = self.recent.split_off(&checkpoint.entry);
            }
            Some(
                Record::Release(_)
                | Record::Submission(_)
                | Record::Removal { .. }
                | Record::Relabelling { .. }
                | Record::Policy { .. }
                | Record::Credentials { .. }
                | Record::Deed(_),
            ) => {}
            None => self.problem(format!("entry {} cannot be read", entry.number.0)),
        }
    }

    fn compare(&mut self, checkpoint: &Checkpoint, hash: Option<EntryHash>) {
        let entry = checkpoint.entry;
        if !checkpoint.is_signed() {
            self.problem(format!("the checkpoint of entry {entry} is not signed by its key"));
        } else if self.key.is_some_and(|key| key != checkpoint.key) {
            self.problem(format!("the checkpoint of entry {entry} is signed by another key"));
        } else if !hash.is_some_and(|hash| checkpoint.vouches_for(EntryNumber(entry), &hash)) {
            self.problem(format!("entry {entry} is not the one that its checkpoint vouches for"));
        } else {
            self.found.checkpoints += 1;
            if !self.found.keys.contains(&checkpoint.key) {
                self.found.keys.push(checkpoint.key.clone());
            }
        }
    }

    fn end(mut self) -> Verified {
        for number in self.awaited.keys().copied().collect::<Vec<_>>() {
            self.problem(format!("entry {number}, which a checkpoint vouches for, is missing"));
        }
        self.found.hash = hex(&self.before.0);
        self.found
    }
}

/// The policies of other days, built as they are needed.
struct Past {
    markings: Vec<(String, releasability::Organisation)>,
    worlds: HashMap<u64, Registry>,
    days: HashMap<Standing, Day>,
}

/// The policy of a day.
struct Day {
    policy: Policy,
    partners: HashMap<String, Arc<Partner>>,
    registry: Registry,
}

impl Past {
    fn new(markings: Vec<(String, releasability::Organisation)>) -> Self {
        Self { markings, worlds: HashMap::new(), days: HashMap::new() }
    }

    fn declare(&mut self, version: u64, registry: serde_json::Value) {
        if let Ok(registry) = serde_json::from_value(registry) {
            self.worlds.insert(version, registry);
        }
    }

    fn day(&mut self, standing: Standing) -> Option<&Day> {
        if !self.days.contains_key(&standing) {
            let registry = self.worlds.get(&standing.world)?.clone();
            let mut policy = registry.policy();
            for (text, origin) in self.markings.iter().take(standing.markings as usize) {
                let tree = object::tree(text.as_bytes(), &stix::Limits::DEFAULT).ok()?;
                policy.define_marking(tree.root(), origin).ok()?;
            }
            // Entries of one day stand together; what is kept of other days is made again if it must be.
            if self.days.len() >= DAYS_KEPT_MAX {
                self.days.clear();
            }
            let mut partners = registry.partners(&policy);
            // What this node's own organisation got is accounted for under no name.
            partners.insert(String::new(), Arc::new(registry.own(&policy)));
            self.days.insert(standing, Day { policy, partners, registry });
        }
        self.days.get(&standing)
    }
}

/// So many policies of other days are kept at once.
const DAYS_KEPT_MAX: usize = 16;

impl Day {
    /// For whom it was decided: the partner, or one of this node's own people, or as which partner that one saw.
    fn partner(&self, release: &Release) -> Option<Arc<Partner>> {
        match &release.viewer {
            Some(Viewer { person, seen_as: None }) => {
                Some(Arc::new(self.registry.person(&self.policy, person)))
            }
            Some(Viewer { seen_as: Some(partner), .. }) => self.partners.get(partner).cloned(),
            None => self.partners.get(&release.partner).cloned(),
        }
    }
}

fn terms(partner: &Partner, collection: CollectionNumber, now: Timestamp) -> Option<&Terms> {
    let mut agreements = partner.agreements.iter();
    let agreement = agreements.find(|agreement| {
        agreement.number == collection
            && agreement.terms.valid.contains(now)
            && agreement.may.contains(&Right::Read)
    })?;
    Some(&agreement.terms)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use store::{Batch, Store, ledger::EntryDraft, memory::Memory};

    use super::*;

    async fn ledger(entries: usize) -> Vec<Entry> {
        let store = Memory::default();
        for number in 0..entries {
            let record = Record::Removal { partner: number.to_string(), collection: 1, objects: Vec::new() };
            let content = Bytes::from(serde_json::to_vec(&record).unwrap());
            let entry = Some(EntryDraft { content, about: None });
            let now = Timestamp::EPOCH;
            let batch =
                Batch { now, preconditions: Vec::new(), operations: Vec::new(), receipt: None, entry };
            store.commit(batch).await.unwrap();
        }
        let query =
            LedgerQuery { after: EntryNumber(0), limit: PAGE_ENTRIES, bytes_max: PAGE_BYTES, about: None };
        store.entries(&query).await.unwrap()
    }

    fn problems(entries: &[Entry]) -> usize {
        let mut chain = Chain::default();
        for entry in entries {
            chain.follow(entry);
        }
        chain.end().problems.len()
    }

    #[tokio::test]
    async fn changing_dropping_or_swapping_one_entry_is_found() {
        let whole = ledger(20).await;
        assert_eq!(problems(&whole), 0);
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            let text = String::from_utf8(changed[at].content.to_vec()).unwrap();
            changed[at].content = Bytes::from(text.replace("\"collection\":1", "\"collection\":2"));
            assert!(problems(&changed) > 0, "{at} changed");
            let mut later = whole.clone();
            later[at].committed = Timestamp::from_micros(1);
            assert!(problems(&later) > 0, "{at} dated otherwise");
            let mut sealed = changed;
            let before = at.checked_sub(1).map_or(EntryHash::default(), |before| sealed[before].hash);
            sealed[at].hash = seal(before, &sealed[at]);
            // Sealed anew, the last entry is only found by a checkpoint that was kept elsewhere.
            assert_eq!(problems(&sealed) > 0, at + 1 < whole.len(), "{at} changed and sealed");
            let mut dropped = whole.clone();
            dropped.remove(at);
            assert_eq!(problems(&dropped) > 0, at + 1 < whole.len(), "{at} dropped");
            if at > 0 {
                let mut swapped = whole.clone();
                swapped.swap(at, at - 1);
                assert!(problems(&swapped) > 0, "{at} swapped");
            }
        }
        let mut unreadable = whole;
        unreadable[3].content = Bytes::from_static(b"{}");
        assert!(problems(&unreadable) > 0);
    }
}
