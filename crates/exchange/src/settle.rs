//! What is left to do after the policy, a marking or the time changed what somebody may have?
//!
//! Deciding needs nothing: it is done anew for each answer. But a partner that polls by date added came past what it might not
//! have then. So what somebody may have now who might not before is dated anew, and what refers to it; and objects whose label
//! was computed from what is declared otherwise now are labelled anew, and withheld until they are. What is left is kept in the
//! store, so that a node that stops half-way goes on.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use releasability::{Community, Decision, Granularity, Label, Policy, Reader, Stamp};
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use store::{Batch, CollectionNumber, DocumentName, LabelCount, LabelId, Operation};

use crate::{
    Exchange, ExchangeError,
    access::Partner,
    ledger::{Record, Relabelled, places},
    references::REFERRING_TYPES,
    registry::{Agreement, MARKINGS, Registry},
    relabel::Anew,
    state::State,
    world::Right,
};

const PENDING: &str = "pending";
const HORIZON: &str = "horizon";

/// The time is written down so often, in seconds, even where nothing began or ended.
const HORIZON_SECONDS: i64 = 3600;

/// A label in a collection, by their numbers.
pub(crate) type Place = (u32, u32);

/// The id of something that was labelled or dated anew, and the label that it has now where it is.
pub(crate) type Moved = (String, Place);

/// What is left to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// To be labelled anew; withheld from all but their origin until then.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) relabel: BTreeSet<Place>,
    /// To be dated anew.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) gained: BTreeSet<Place>,
    /// What refers to these is to be dated anew.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) moved: BTreeSet<Moved>,
}

/// One side of a comparison: what holds, and when.
pub(crate) struct Side<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) partners: &'a HashMap<String, Arc<Partner>>,
    pub(crate) now: Timestamp,
}

impl Side<'_> {
    /// How a partner reads a collection; not at all where it does not exist for it.
    fn reader(&self, partner: &str, collection: CollectionNumber) -> Option<Reader<'_>> {
        let partner = self.partners.get(partner)?;
        let in_force = |agreement: &&Agreement| {
            agreement.number == collection
                && agreement.terms.valid.contains(self.now)
                && agreement.may.contains(&Right::Read)
        };
        let agreement = partner.agreements.iter().find(in_force)?;
        Some(Reader { audience: &partner.audience, terms: &agreement.terms, now: self.now })
    }

    fn releases(&self, stamp: &Stamp, reader: &Reader<'_>) -> bool {
        self.policy.decide(&stamp.label, &stamp.origin, reader) == Decision::Release
    }
}

/// Whether two readers differ in anything that labels ask for, but the time itself.
fn sees_otherwise(one: &Reader<'_>, other: &Reader<'_>) -> bool {
    let communities = |reader: &Reader<'_>| -> BTreeSet<Community> {
        let memberships = reader.audience.memberships.iter();
        memberships.filter(|(_, valid)| valid.contains(reader.now)).map(|(name, _)| name.clone()).collect()
    };
    one.audience.nation != other.audience.nation
        || one.audience.clearances != other.audience.clearances
        || (one.terms.ceiling, &one.terms.community) != (other.terms.ceiling, &other.terms.community)
        || communities(one) != communities(other)
}

/// What somebody may have after who might not before, though the collection was there for them.
pub(crate) fn gained(
    before: &Side<'_>,
    after: &Side<'_>,
    state: &State,
    counts: &[LabelCount],
) -> BTreeSet<Place> {
    let is_gained = |count: &&LabelCount| {
        let Some(stamp) = state.stamps.get(count.label) else { return false };
        let gains = |partner: &String| {
            // For whom the collection was not there, they cannot have come past anything in it.
            let Some(was) = before.reader(partner, count.collection) else { return false };
            let Some(is) = after.reader(partner, count.collection) else { return false };
            let otherwise = sees_otherwise(&was, &is);
            // Where only the time is another, parts are seen to by the markings that begin: what begins for something else
            // must not date anew what is seen all along.
            let more = match stamp.granularity {
                _ if !before.releases(stamp, &was) => before.now != after.now || otherwise,
                Granularity::Granular => otherwise,
                Granularity::Whole => false,
            };
            more && after.releases(stamp, &is)
        };
        after.partners.keys().any(gains)
    };
    let held = counts.iter().filter(|count| count.count > 0 && count.collection != MARKINGS);
    held.filter(is_gained).map(|count| (count.collection.0, count.label.0)).collect()
}

/// What has a label that was computed from something that is declared otherwise now.
pub(crate) fn outdated(
    before: (&Registry, &Policy),
    after: (&Registry, &Policy),
    state: &State,
    counts: &[LabelCount],
) -> BTreeSet<Place> {
    let (old, new) = (before.1.classifications(), after.1.classifications());
    let changed: HashSet<_> =
        old.keys().chain(new.keys()).filter(|policy| old.get(*policy) != new.get(*policy)).collect();
    let default_of = |(registry, policy): (&Registry, &Policy), collection| {
        registry.declared(collection).map(|declared| Registry::default_label(policy, declared))
    };
    let is_outdated = |count: &&LabelCount| {
        let Some(stamp) = state.stamps.get(count.label) else { return false };
        let speaks_of_levels = stamp.label.levels.keys().any(|policy| changed.contains(policy))
            || (!changed.is_empty() && !stamp.label.unknown.is_empty());
        let default: Option<Label> = default_of(before, count.collection);
        let is_default = default.as_ref() == Some(&stamp.label);
        speaks_of_levels || (is_default && default != default_of(after, count.collection))
    };
    let held = counts.iter().filter(|count| count.count > 0 && count.collection != MARKINGS);
    held.filter(is_outdated).map(|count| (count.collection.0, count.label.0)).collect()
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.relabel.is_empty() && self.gained.is_empty() && self.moved.is_empty()
    }

    /// What is to be written for it.
    pub(crate) fn operation(&self) -> Result<Operation, ExchangeError> {
        let content = if self.is_empty() { Ok(Vec::new()) } else { serde_json::to_vec(self) };
        let content = content.map_err(|error| ExchangeError::Document(PENDING, error))?;
        Ok(Operation::Document { name: DocumentName(PENDING.to_owned()), content: content.into() })
    }

    pub(crate) fn with(mut self, other: Self) -> Self {
        self.relabel.extend(other.relabel);
        self.gained.extend(other.gained);
        self.moved.extend(other.moved);
        self
    }
}

impl Exchange {
    /// What is left to do, as the store keeps it.
    pub(crate) async fn pending(&self) -> Result<Pending, ExchangeError> {
        let document = self.store.document(&DocumentName(PENDING.to_owned())).await?;
        if document.content.is_empty() {
            return Ok(Pending::default());
        }
        serde_json::from_slice(&document.content).map_err(|error| ExchangeError::Document(PENDING, error))
    }

    /// Adds to what is left to do.
    async fn defer(
        &self,
        more: Pending,
        horizon: Option<Operation>,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let _deferring = self.deferring.lock().await;
        let before = self.pending().await?;
        let after = before.clone().with(more);
        let mut operations: Vec<_> = horizon.into_iter().collect();
        if after != before {
            operations.push(after.operation()?);
        }
        if operations.is_empty() {
            return Ok(());
        }
        let batch = Batch { now, preconditions: Vec::new(), operations, receipt: None, entry: None };
        self.store.commit(batch).await?;
        Ok(())
    }

    /// Leaves what refers to these to be dated anew.
    pub(crate) async fn defer_referring(
        &self,
        moved: BTreeSet<Moved>,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        self.defer(Pending { moved, ..Pending::default() }, None, now).await
    }

    /// Takes away what is done, and adds what that leaves to do.
    async fn finish(&self, done: &Pending, more: Pending, now: Timestamp) -> Result<(), ExchangeError> {
        let _deferring = self.deferring.lock().await;
        let mut pending = self.pending().await?;
        pending.relabel.retain(|place| !done.relabel.contains(place));
        pending.gained.retain(|place| !done.gained.contains(place));
        pending.moved.retain(|one| !done.moved.contains(one));
        let pending = pending.with(more);
        let operations = vec![pending.operation()?];
        let batch = Batch { now, preconditions: Vec::new(), operations, receipt: None, entry: None };
        self.store.commit(batch).await?;
        let waiting = Arc::new(pending.relabel);
        self.state.rcu(|state| State { waiting: Arc::clone(&waiting), ..State::clone(state) });
        Ok(())
    }

    pub(crate) async fn commit_relabelling(
        &self,
        collection: CollectionNumber,
        operations: Vec<Operation>,
        why: Relabelled,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let objects = places(&operations);
        let record = Record::Relabelling { collection: collection.0, why, objects };
        let entry = Some(record.draft(None)?);
        self.store.commit(Batch { now, preconditions: Vec::new(), operations, receipt: None, entry }).await?;
        Ok(())
    }

    /// Does what is left to do, and returns when nothing is.
    pub(crate) async fn settle(&self, now: Timestamp) -> Result<(), ExchangeError> {
        let _settling = self.settling.lock().await;
        loop {
            let pending = self.pending().await?;
            if pending.is_empty() {
                return Ok(());
            }
            if !pending.relabel.is_empty() {
                let moved = self.move_all(&pending.relabel, Anew::OtherLabel, now).await?;
                // What came under these labels meanwhile was withheld with the others.
                let more = Pending { gained: pending.relabel.clone(), moved, ..Pending::default() };
                let done = Pending { relabel: pending.relabel, ..Pending::default() };
                self.finish(&done, more, now).await?;
                continue;
            }
            let mut moved = self.move_all(&pending.gained, Anew::All, now).await?;
            moved.extend(pending.moved.iter().cloned());
            self.date_referring(moved, now).await?;
            self.finish(&pending, Pending::default(), now).await?;
        }
    }

    async fn move_all(
        &self,
        places: &BTreeSet<Place>,
        anew: Anew<'_>,
        now: Timestamp,
    ) -> Result<BTreeSet<Moved>, ExchangeError> {
        let mut labels: BTreeMap<u32, Vec<LabelId>> = BTreeMap::new();
        for (collection, label) in places {
            labels.entry(*collection).or_default().push(LabelId(*label));
        }
        let mut moved = BTreeSet::new();
        for (collection, labels) in labels {
            moved.extend(self.relabel_in((CollectionNumber(collection), &labels), anew, now).await?);
        }
        Ok(moved)
    }

    /// Dates anew what refers to what moved, and where that can be withheld for what it refers to, what refers to it, and so on.
    async fn date_referring(&self, moved: BTreeSet<Moved>, now: Timestamp) -> Result<(), ExchangeError> {
        let mut met: HashSet<Moved> = HashSet::new();
        let mut new = moved;
        while !new.is_empty() {
            let mut frontier: HashMap<String, BTreeSet<Place>> = HashMap::new();
            for (id, place) in &new {
                frontier.entry(id.clone()).or_default().insert(*place);
            }
            met.extend(new);
            let mut moved = BTreeSet::new();
            for (collection, labels) in self.labels_held().await? {
                let labels: Vec<_> = labels.iter().collect();
                moved.extend(
                    self.relabel_in((collection, &labels), Anew::Referring(&frontier, now), now).await?,
                );
            }
            let refers = |id: &str| REFERRING_TYPES.contains(&stix::id::object_type(id));
            new = moved.into_iter().filter(|one| refers(&one.0) && !met.contains(one)).collect();
        }
        Ok(())
    }

    /// Does what the time demands: what somebody may have from now on is dated anew, what was left is done, the ledger gets
    /// its checkpoint. To be called every second or so.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn keep_house(&self, now: Timestamp) -> Result<(), ExchangeError> {
        self.catch_up(now).await?;
        self.checkpoint_when_due(now).await
    }

    /// Dates anew what somebody may have since the last time this was done, and does what was left.
    pub(crate) async fn catch_up(&self, now: Timestamp) -> Result<(), ExchangeError> {
        let now = Timestamp::from_micros(now.micros());
        let horizon = self.horizon(now).await?;
        let state = self.state.load_full();
        let beginnings = beginnings(&state, horizon, now);
        let mut more = Pending::default();
        if let Some(known) = state.world.as_ref().filter(|_| !beginnings.is_empty()) {
            let counts = self.store.counts().await?;
            for moment in &beginnings {
                let side = |now| Side { policy: &state.policy, partners: &known.partners, now };
                let before = Timestamp::from_micros(moment.micros().saturating_sub(1));
                more.gained.extend(gained(&side(before), &side(*moment), &state, &counts));
            }
        }
        let write = !beginnings.is_empty() || horizon.plus_seconds(HORIZON_SECONDS) <= now;
        for (origin, begun) in state.policy.markings_beginning(horizon, now) {
            self.relabel_marked(&begun, &origin, now).await?;
        }
        self.defer(more, write.then(|| horizon_operation(now)), now).await?;
        self.settle(now).await
    }

    /// Up to when what begins and ends was seen to.
    async fn horizon(&self, now: Timestamp) -> Result<Timestamp, ExchangeError> {
        let document = self.store.document(&DocumentName(HORIZON.to_owned())).await?;
        let text = std::str::from_utf8(&document.content).unwrap_or_default();
        Ok(text.parse().map_or(now, Timestamp::from_micros))
    }
}

pub(crate) fn horizon_operation(now: Timestamp) -> Operation {
    let content = now.micros().to_string().into_bytes().into();
    Operation::Document { name: DocumentName(HORIZON.to_owned()), content }
}

/// The moments after one and up to another at which somebody may begin to have something: a label, a membership or an
/// agreement begins, or a membership that denied ends.
fn beginnings(state: &State, after: Timestamp, until: Timestamp) -> BTreeSet<Timestamp> {
    let mut moments = BTreeSet::new();
    let mut add = |moment: Option<Timestamp>| {
        moments.extend(moment.filter(|moment| *moment > after && *moment <= until));
    };
    state.stamps.iter().for_each(|(_, stamp)| add(stamp.label.valid.from));
    let Some(known) = state.world.as_ref() else { return moments };
    for partner in known.partners.values() {
        for (_, valid) in &partner.audience.memberships {
            add(valid.from);
            add(valid.until);
        }
    }
    moments
}
