//! Who protects themselves with an indicator, and what did they see? (W7)
//!
//! Who has it, the ledger knows; what was seen, their sightings tell, and a sighting with a count of 0 that it was looked for and
//! not seen (STIX 2.1 section 5.2.1). Nothing of their networks is in either.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stix::{
    Object, Timestamp,
    json::{Tree, Value},
};
use store::{CollectionNumber, Held, LabelSet};

use crate::{Channel, Exchange, ExchangeError, Existence, world::SensorDeclared};

/// Who has an indicator, and what they saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The indicator.
    pub id: String,
    /// The partners that got it.
    pub holders: BTreeSet<String>,
    /// This node's own sensors that watch for it.
    #[serde(default)]
    pub sensors: BTreeSet<String>,
    /// What was seen, by the partner that says so; under an empty name, by this node itself.
    pub seen: BTreeMap<String, SeenBy>,
}

/// What one partner saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenBy {
    /// How many sightings it sent; of one that it revised, the newest version counts.
    pub sightings: u64,
    /// How often it was seen, all sightings together.
    pub count: u64,
    /// How many of them say that it was looked for and not seen.
    pub searched_none: u64,
    /// When it was seen first.
    pub first_seen: Option<String>,
    /// When it was seen last.
    pub last_seen: Option<String>,
}

impl Exchange {
    /// Who has an object, and what they saw of it. For administrators: it tells of partners.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn coverage(&self, id: &str, now: Timestamp) -> Result<Coverage, ExchangeError> {
        let receipts = self.who(id).await?;
        let holders = receipts
            .into_iter()
            .filter(|receipt| {
                matches!(
                    receipt.channel,
                    Channel::Objects | Channel::Object | Channel::Knowledge | Channel::Export | Channel::Feed
                ) && !receipt.partner.is_empty()
            })
            .map(|receipt| receipt.partner)
            .collect();
        let sensors = self.sensors_with(id, now).await?;
        let mut coverage = Coverage { id: id.to_owned(), holders, sensors, seen: BTreeMap::new() };
        let mut told = BTreeMap::new();
        for (collection, visible) in &self.labels_held().await? {
            self.sightings_of(id, *collection, visible, &mut told).await?;
        }
        for ((by, _), sighting) in told {
            coverage.add(by, sighting);
        }
        Ok(coverage)
    }

    /// The sensors of this node in whose collections something is that its own organisation may have.
    async fn sensors_with(&self, id: &str, now: Timestamp) -> Result<BTreeSet<String>, ExchangeError> {
        let mut with = BTreeSet::new();
        for collection in self.world().map(|world| world.collections).unwrap_or_default() {
            let Some(access) = self.own_access(&collection.alias, now) else { continue };
            if self.exists(&access, id).await? == Existence::Present {
                with.insert(collection.alias);
            }
        }
        let sensors = self.world().map(|world| world.sensors).unwrap_or_default();
        let watches = |sensor: &SensorDeclared| sensor.collections.iter().any(|alias| with.contains(alias));
        Ok(sensors.into_iter().filter(watches).map(|sensor| sensor.name).collect())
    }

    async fn sightings_of(
        &self,
        id: &str,
        collection: CollectionNumber,
        visible: &LabelSet,
        told: &mut Told,
    ) -> Result<(), ExchangeError> {
        let state = self.state.load_full();
        let add = |held: &Held| {
            let Some(stamp) = state.stamps.get(held.label) else { return };
            let tree = Tree::parse(held.object.inspect().text_bytes(), &self.limits.object);
            if let Ok(tree) = tree
                && tree.root().get("sighting_of_ref").is_some_and(|of| of.is_str(id))
            {
                let own = Sighted::read(held.object.inspect(), tree.root());
                let key = (self.name_of(&stamp.origin), held.object.inspect().id().to_owned());
                // Of a sighting that was revised, what it says now.
                let known = told.entry(key).or_insert_with(|| own.clone());
                if own.version >= known.version {
                    *known = own;
                }
            }
        };
        Ok(self.each_held(collection, visible, &["sighting"], add).await?)
    }

    /// The name of the partner that is an organisation; empty for this node's own.
    pub(crate) fn name_of(&self, organisation: &releasability::Organisation) -> String {
        let state = self.state.load();
        let Some(known) = state.world.as_ref() else { return String::new() };
        let world = &known.registry.world;
        if world.organisation.id == *organisation {
            return String::new();
        }
        let partner = world.partners.iter().find(|partner| partner.organisation == *organisation);
        partner.map_or_else(|| organisation.to_string(), |partner| partner.name.clone())
    }
}

/// The newest version of each sighting, by who says it and its id.
type Told = BTreeMap<(String, String), Sighted>;

/// What a sighting says.
#[derive(Debug, Clone)]
struct Sighted {
    version: Option<Timestamp>,
    /// Nothing where it was taken back.
    count: Option<u64>,
    first: Option<String>,
    last: Option<String>,
}

impl Sighted {
    fn read(object: &Object, sighting: Value<'_>) -> Self {
        // A sighting without a count says that it was seen.
        let count = sighting.get("count").and_then(Value::as_i64);
        let count = count.map_or(1, |count| u64::try_from(count).unwrap_or(0));
        let moment = |name: &str| {
            let text = sighting.get(name).and_then(Value::as_str)?;
            Some(Timestamp::parse(&text).ok()?.to_string())
        };
        Self {
            version: object.version(),
            count: (!object.is_revoked()).then_some(count),
            first: moment("first_seen"),
            last: moment("last_seen"),
        }
    }
}

impl Coverage {
    fn add(&mut self, by: String, sighting: Sighted) {
        let Some(count) = sighting.count else { return };
        let seen = self.seen.entry(by).or_default();
        seen.sightings += 1;
        seen.count = seen.count.saturating_add(count);
        seen.searched_none += u64::from(count == 0);
        if count > 0 {
            seen.first_seen = [seen.first_seen.take(), sighting.first].into_iter().flatten().min();
            seen.last_seen = [seen.last_seen.take(), sighting.last].into_iter().flatten().max();
        }
    }
}
