//! With whose eyes does one of this node's own people look? Their own, or those of a partner.
//!
//! A person reads every collection as a member of this node's organisation, cleared as far as both are. Who sees as a partner sees
//! what both may have: what the partner gets, to the byte, where the person may have that, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    sync::Arc,
};

use releasability::{ClassificationPolicy, Releasable, Tlp};
use serde::{Deserialize, Serialize};
use stix::{Object, Timestamp};
use store::{CollectionNumber, Held, LabelId, Sequence};

use crate::{
    Access, Channel, CollectionInfo, Exchange, ExchangeError, Query, Released, SpecVersions, Versions,
    access::Partner, references::Memo, state::State,
};

/// One of this node's own people, as far as it decides what they see.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Their user name.
    pub name: String,
    /// Up to which level they are cleared, per classification policy; absent means not at all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clearances: BTreeMap<ClassificationPolicy, String>,
    /// Nothing above this traffic light, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Tlp>,
}

/// Who looks, and with whose eyes. The ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Viewer {
    /// Who looks.
    pub person: Person,
    /// As which partner, if not as themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_as: Option<String>,
}

/// One person's view at one moment.
#[derive(Debug, Clone)]
pub struct Viewpoint {
    pub(crate) viewer: Arc<Viewer>,
    pub(crate) state: Arc<State>,
    pub(crate) now: Timestamp,
    /// The person's own ways, one for each collection.
    pub(crate) own: Vec<Access>,
    /// Those of the partner as whom they see.
    pub(crate) seen_as: Option<Vec<Access>>,
}

/// Where an object lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) collection: CollectionNumber,
    pub(crate) label: LabelId,
    pub(crate) sequence: Sequence,
}

/// An object as it leaves, with where it lies.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) place: Place,
    pub(crate) object: Releasable<Object>,
}

impl Viewpoint {
    /// Who looks.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The collections that exist for whom it is seen.
    pub fn collections(&self) -> Vec<CollectionInfo> {
        self.reading().iter().filter_map(Access::info).collect()
    }

    /// The ways of whom it is seen for.
    pub(crate) fn reading(&self) -> &[Access] {
        self.seen_as.as_deref().unwrap_or(&self.own)
    }

    /// The way into a collection.
    pub(crate) fn access(&self, collection: CollectionNumber) -> Option<&Access> {
        self.reading().iter().find(|access| access.number() == collection)
    }

    /// The person's own way into a collection, where they see as somebody else.
    fn beside(&self, collection: CollectionNumber) -> Option<&Access> {
        self.seen_as.as_ref().and(self.own.iter().find(|access| access.number() == collection))
    }
}

/// All that is latest of some ids.
fn latest(ids: &[String]) -> Query {
    Query {
        after: Sequence::ZERO,
        limit: NonZeroU32::MAX,
        bytes_max: usize::MAX,
        ids: Some(ids.to_vec()),
        types: None,
        versions: Versions::last(),
        spec_versions: SpecVersions::Latest,
    }
}

impl Exchange {
    /// The view of one of this node's own people: as themselves, or as a partner. Nothing where nothing is declared, or no such
    /// partner.
    pub fn viewpoint(&self, person: &Person, seen_as: Option<&str>, now: Timestamp) -> Option<Viewpoint> {
        let now = Timestamp::from_micros(now.micros());
        let state = self.state.load_full();
        let known = state.world.as_ref()?;
        let viewer = Arc::new(Viewer { person: person.clone(), seen_as: seen_as.map(str::to_owned) });
        let ways = |partner: &Arc<Partner>| Access::reading((&state, partner), &viewer, now);
        let own = ways(&Arc::new(known.registry.person(&state.policy, person)));
        let seen_as = match seen_as {
            Some(partner) => Some(ways(known.partners.get(partner)?)),
            None => None,
        };
        Some(Viewpoint { state: Arc::clone(&state), viewer, now, own, seen_as })
    }

    /// Of some ids, those of which this view has everything that is latest, without a part withheld. Nothing is given.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn seen_whole(
        &self,
        viewpoint: &Viewpoint,
        ids: &[String],
    ) -> Result<BTreeSet<String>, ExchangeError> {
        let mut seen: BTreeMap<String, bool> = BTreeMap::new();
        for access in viewpoint.reading() {
            for (_, object) in self.find(access, &latest(ids)).await?.objects {
                *seen.entry(object.content().id().to_owned()).or_insert(true) &= object.removed().is_empty();
            }
        }
        Ok(seen.into_iter().filter(|(_, whole)| *whole).map(|(id, _)| id).collect())
    }

    /// Accounts for objects of which a person was told that they are held, and no more than their ids.
    ///
    /// # Errors
    /// Where the store fails: then it is not to be told.
    pub async fn told(&self, viewpoint: &Viewpoint, ids: &[String]) -> Result<(), ExchangeError> {
        for access in viewpoint.reading() {
            let released = self.find(access, &latest(ids)).await?;
            self.account(access, Channel::Console, &released).await?;
        }
        Ok(())
    }

    /// Waits until something is committed after a place; returns at once where something was.
    pub async fn await_change(&self, seen: u64) {
        self.store.wait(Sequence::new(seen)).await;
    }

    /// The last place in the log.
    pub fn last_place(&self) -> u64 {
        self.store.last().get()
    }

    /// The objects at some places as they leave for this view, accounted for; those that do not exist for it are left out.
    pub(crate) async fn show(
        &self,
        viewpoint: &Viewpoint,
        places: &[Place],
    ) -> Result<Vec<Shown>, ExchangeError> {
        let mut shown: BTreeMap<Place, Releasable<Object>> = BTreeMap::new();
        for access in viewpoint.reading() {
            let mut released = Released::default();
            for (label, (sequence, object)) in self.decided_at(viewpoint, access, places).await? {
                shown.insert(Place { collection: access.number(), label, sequence }, object.clone());
                released.objects.push((sequence, object));
                released.labels.push(label);
            }
            self.account(access, Channel::Console, &released).await?;
        }
        let mut met = std::collections::BTreeSet::new();
        let take = |place: &Place| {
            let object = shown.get(place).filter(|_| met.insert(*place))?.clone();
            Some(Shown { place: *place, object })
        };
        Ok(places.iter().filter_map(take).collect())
    }

    /// [`Exchange::decide`] about what is held at those of some places that are in this collection.
    pub(crate) async fn decided_at(
        &self,
        viewpoint: &Viewpoint,
        access: &Access,
        places: &[Place],
    ) -> Result<Vec<(LabelId, (Sequence, Releasable<Object>))>, ExchangeError> {
        let mut held = Vec::new();
        for place in places.iter().filter(|place| place.collection == access.number()) {
            held.extend(self.store.object(place.collection, place.label, place.sequence).await?);
        }
        if held.is_empty() { Ok(Vec::new()) } else { self.decide(viewpoint, access, held).await }
    }

    /// Decides about what is held in one collection, for whom it is seen and for the person as well.
    pub(crate) async fn decide(
        &self,
        viewpoint: &Viewpoint,
        access: &Access,
        held: Vec<Held>,
    ) -> Result<Vec<(LabelId, (Sequence, Releasable<Object>))>, ExchangeError> {
        let held: Vec<_> =
            held.into_iter().filter(|held| access.visible(access.number(), held.label).is_some()).collect();
        let mut memo: Memo = self.memo(access).await?;
        let Some(beside) = viewpoint.beside(access.number()) else {
            let none_beside = viewpoint.seen_as.is_some();
            let released = self.release(access, held, &mut memo).await?;
            return Ok(released.into_iter().flatten().filter(|_| !none_beside).collect());
        };
        let held: Vec<_> =
            held.into_iter().filter(|held| beside.visible(beside.number(), held.label).is_some()).collect();
        let for_partner = self.release(access, held.clone(), &mut memo).await?;
        let mut memo = self.memo(beside).await?;
        let for_person = self.release(beside, held, &mut memo).await?;
        let both = for_partner.into_iter().zip(for_person).filter_map(|(partner, person)| {
            let (partner, person) = (partner?, person?);
            is_within(&partner.1.1, &person.1.1).then_some(partner)
        });
        Ok(both.collect())
    }
}

/// Whether what was taken out for one reader is taken out for the other as well.
fn is_within(shown: &Releasable<Object>, bound: &Releasable<Object>) -> bool {
    let is_removed = |pointer: &str| shown.removed().iter().any(|(other, _)| other == pointer);
    bound.removed().iter().all(|(pointer, _)| is_removed(pointer))
}
