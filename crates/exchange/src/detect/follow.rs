//! Which indicators do the sensors watch for? Those that this node's own organisation may have, as the change log tells.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    sync::Arc,
};

use stix::{Object, Timestamp};
use store::{ChangeKind, CollectionNumber, LabelId, Sequence};
use tokio::sync::OwnedMutexGuard;

use super::post::{Asks, Post, Work};
use crate::{
    Access, Exchange, ExchangeError, Query, SpecVersions, Versions,
    registry::MARKINGS,
    world::{SensorDeclared, World, default_marking_id, permitted},
};

/// So many changes are read at once.
const CHANGES_MAX: u32 = 1000;
/// So many changed objects are asked for at once.
const IDS_MAX: usize = 32;
const PAGE_OBJECTS: u32 = 1000;
const PAGE_BYTES: usize = 16 << 20;

/// How far the log was followed, and under what.
#[derive(Debug, Default)]
pub(super) struct Follower {
    cursor: Sequence,
    /// The version of the declaration under which the indicators were read; 0 before.
    world: u64,
    visible: Visible,
}

/// What decides for the own organisation and changes with the time alone: which labels it may see, which memberships it has.
#[derive(Debug, Default, PartialEq, Eq)]
struct Visible {
    labels: BTreeMap<(CollectionNumber, LabelId), bool>,
    memberships: Vec<bool>,
}

/// Whether time alone changed what the own organisation may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visibility {
    Same,
    Changed,
}

/// An object that the own organisation may have, where it stands.
struct Found {
    collection: String,
    sequence: Sequence,
    label: LabelId,
    object: Object,
}

type AtWork = (Arc<Post>, OwnedMutexGuard<Work>);

impl Exchange {
    /// Takes in what was committed by now; everything, where another declaration is in force.
    pub(super) async fn follow(&self, now: Timestamp) -> Result<(), ExchangeError> {
        let mut follower = self.detecting.follower.lock().await;
        if self.world_version().0 != follower.world {
            return self.load_all(&mut follower, now).await;
        }
        let last = self.store.last();
        while follower.cursor < last {
            let limit = NonZeroU32::new(CHANGES_MAX).unwrap_or(NonZeroU32::MIN);
            let changes = self.store.changes(follower.cursor, limit).await?;
            let Some(reached) = changes.last().map(|change| change.sequence) else {
                follower.cursor = last;
                break;
            };
            let mut ids = BTreeSet::new();
            for change in &changes {
                match &change.kind {
                    ChangeKind::Added { collection, label } if *collection != MARKINGS => {
                        let held = self.store.object(*collection, *label, change.sequence).await?;
                        ids.extend(held.map(|held| held.object.inspect().id().to_owned()));
                    }
                    ChangeKind::Removed { collection, id, .. } if *collection != MARKINGS => {
                        ids.insert(id.clone());
                    }
                    ChangeKind::Added { .. } | ChangeKind::Removed { .. } | ChangeKind::Document(_) => {}
                }
            }
            ids.retain(|id| matches!(stix::id::object_type(id), "indicator" | "opinion"));
            let ids: Vec<String> = ids.into_iter().collect();
            for ids in ids.chunks(IDS_MAX) {
                self.refresh(ids, (follower.cursor, reached), now).await?;
            }
            follower.cursor = reached;
        }
        Ok(())
    }

    /// Reads everything again.
    pub(super) async fn load(&self, now: Timestamp) -> Result<(), ExchangeError> {
        let mut follower = self.detecting.follower.lock().await;
        self.load_all(&mut follower, now).await
    }

    async fn load_all(&self, follower: &mut Follower, now: Timestamp) -> Result<(), ExchangeError> {
        let state = self.state.load_full();
        let Some(known) = state.world.as_ref() else { return Ok(()) };
        let world = &known.registry.world;
        let cursor = self.store.last();
        // Whoever is at work ends first; whoever waits finds that another has taken over.
        let mut before: Vec<AtWork> = Vec::new();
        for post in self.detecting.posts.load().iter().flat_map(BTreeMap::values) {
            before.push((Arc::clone(post), Arc::clone(&post.work).lock_owned().await));
        }
        let mut posts = BTreeMap::new();
        for (post, work) in &mut before {
            if !world.sensors.iter().any(|sensor| sensor.name == post.declared.name) {
                self.dismiss(post, work, now).await?;
            }
        }
        for declared in &world.sensors {
            let work = self.work_of(declared, world.organisation.id.as_str(), unmarked(declared, world));
            let mut work = work.await?;
            let values = before.iter_mut().find(|(post, _)| {
                post.declared.name == declared.name && post.declared.remember_days == declared.remember_days
            });
            if let Some(recent) = values.and_then(|(_, work)| work.recent.take()) {
                work.recent = Some(recent);
            }
            self.load_one(declared, (&mut work, cursor), now).await?;
            let post = Arc::new(Post::new(declared.clone(), work));
            let work = Arc::clone(&post.work).lock_owned().await;
            post.count(&work);
            posts.insert(declared.name.clone(), Arc::clone(&post));
        }
        self.detecting.posts.store(Arc::new(Some(posts)));
        for (_, work) in &mut before {
            work.end();
        }
        follower.cursor = cursor;
        follower.world = known.version;
        follower.visible = self.visible(now);
        Ok(())
    }

    /// Gives a sensor what is there.
    async fn load_one(
        &self,
        declared: &SensorDeclared,
        (work, cursor): (&mut Work, Sequence),
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let looked = work.looked;
        let remembers = work.recent.as_ref().is_some_and(|recent| !recent.is_empty());
        let collections = self.world().map(|world| world.collections).unwrap_or_default();
        for collection in &collections {
            let watched = declared.collections.contains(&collection.alias);
            let types: &[&str] = if watched { &["indicator", "opinion"] } else { &["opinion"] };
            let Some(access) = self.own_access(&collection.alias, now) else { continue };
            let mut after = Sequence::ZERO;
            loop {
                let query = query((after, PAGE_OBJECTS), PAGE_BYTES, None, types);
                let page = self.find(&access, &query).await?;
                let Some((last, _)) = page.objects.last() else { break };
                after = *last;
                for ((sequence, object), label) in page.objects.iter().zip(&page.labels) {
                    let object = object.content();
                    give(work, &access, *label, object);
                    let is_indicator = object.object_type() == "indicator";
                    if remembers
                        && is_indicator
                        && *sequence > looked
                        && self.is_new(object.id(), looked).await?
                    {
                        work.new.push(object.id().to_owned());
                    }
                }
                if !page.more {
                    break;
                }
            }
        }
        work.followed = cursor;
        work.asks = Asks::Changed;
        Ok(())
    }

    /// Finds out anew about some ids: what is there of them now, every sensor has.
    async fn refresh(
        &self,
        ids: &[String],
        (before, reached): (Sequence, Sequence),
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let posts = self.detecting.posts.load_full();
        let Some(posts) = posts.as_ref() else { return Ok(()) };
        let mut found: BTreeMap<String, Vec<Found>> = BTreeMap::new();
        let collections = self.world().map(|world| world.collections).unwrap_or_default();
        for collection in collections {
            let Some(access) = self.own_access(&collection.alias, now) else { continue };
            let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            let query = query((Sequence::ZERO, count), usize::MAX, Some(ids.to_vec()), &[]);
            let page = self.find(&access, &query).await?;
            for ((sequence, object), label) in page.objects.into_iter().zip(page.labels) {
                let object = object.content().clone();
                let one = Found { collection: collection.alias.clone(), sequence, label, object };
                found.entry(one.object.id().to_owned()).or_default().push(one);
            }
        }
        let mut new = BTreeSet::new();
        for id in ids.iter().filter(|id| stix::id::object_type(id) == "indicator") {
            if found.contains_key(id) && self.is_new(id, before).await? {
                new.insert(id.as_str());
            }
        }
        for post in posts.values() {
            let mut work = Arc::clone(&post.work).lock_owned().await;
            for id in ids {
                work.refused.remove(id);
                work.watch.withdraw(id);
                let is_opinion = stix::id::object_type(id) == "opinion";
                let own = |one: &&Found| is_opinion || post.declared.collections.contains(&one.collection);
                let all = found.get(id).into_iter().flatten().filter(own);
                let Some(one) = all.max_by_key(|one| (one.object.version(), one.sequence)) else { continue };
                let Some(access) = self.own_access(&one.collection, now) else { continue };
                give(&mut work, &access, one.label, &one.object);
                if work.recent.is_some() && new.contains(id.as_str()) {
                    work.new.push(id.clone());
                }
            }
            work.followed = reached;
            work.asks = Asks::Changed;
            post.count(&work);
        }
        Ok(())
    }

    /// Whether nothing of an id was here at or before a place: a new version, or one that was labelled anew, is not new.
    async fn is_new(&self, id: &str, before: Sequence) -> Result<bool, ExchangeError> {
        let claims = self.store.claims(&[id]).await?.pop().unwrap_or_default();
        let former = self.store.former(id).await?;
        Ok(claims.iter().chain(&former).all(|claim| claim.sequence > before))
    }

    /// Whether time alone changed what the own organisation may have.
    pub(super) async fn visibility(&self, now: Timestamp) -> Visibility {
        let follower = self.detecting.follower.lock().await;
        let (before, after) = (&follower.visible, self.visible(now));
        // Labels that nobody had yet come with objects, which the log tells of.
        let same = before.labels.iter().all(|(place, was)| after.labels.get(place) == Some(was));
        if follower.world == 0 || (same && before.memberships == after.memberships) {
            Visibility::Same
        } else {
            Visibility::Changed
        }
    }

    fn visible(&self, now: Timestamp) -> Visible {
        let mut visible = Visible::default();
        for collection in self.world().map(|world| world.collections).unwrap_or_default() {
            let Some(access) = self.own_access(&collection.alias, now) else { continue };
            let labels = access.visible_labels();
            let all = access.state.stamps.iter();
            let place = |label: LabelId| ((access.number(), label), labels.contains(label));
            visible.labels.extend(all.map(|(label, _)| place(label)));
            let memberships = &access.partner.audience.memberships;
            visible.memberships = memberships.iter().map(|(_, valid)| valid.contains(now)).collect();
        }
        visible
    }
}

/// Puts an object into a sensor's program. An opinion counts where this node's own organisation brought it, whoever it says
/// made it.
fn give(work: &mut Work, access: &Access, label: LabelId, object: &Object) {
    let Some(stamp) = access.state.stamps.get(label) else { return };
    if object.object_type() == "opinion" {
        if stamp.origin == *access.organisation() {
            work.watch.put_own_opinion(object);
        }
        return;
    }
    let pap = permitted(access.policy().permitted(object, &stamp.label, &stamp.origin));
    if let Err(refused) = work.watch.put(object, pap) {
        tracing::debug!(id = refused.id, "an indicator cannot be watched for");
        work.refused.insert(refused.id);
    }
}

/// What stands for the markings of an indicator that has none: what any of the collections says.
fn unmarked(sensor: &SensorDeclared, world: &World) -> Vec<String> {
    let watched = world.collections.iter().filter(|one| sensor.collections.contains(&one.alias));
    let markings = watched.flat_map(|one| &one.default_marking);
    let markings: BTreeSet<String> = markings.filter_map(|marking| default_marking_id(marking)).collect();
    markings.into_iter().collect()
}

fn query(
    (after, count): (Sequence, u32),
    bytes_max: usize,
    ids: Option<Vec<String>>,
    types: &[&str],
) -> Query {
    let types: Vec<String> = types.iter().map(|name| (*name).to_owned()).collect();
    Query {
        after,
        limit: NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN),
        bytes_max,
        ids,
        types: (!types.is_empty()).then_some(types),
        versions: Versions::last(),
        spec_versions: SpecVersions::Latest,
    }
}
