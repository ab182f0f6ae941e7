//! What happens to objects whose marking arrives after them? They get their label, and a new place in the order, so that a
//! partner that polls by date added meets them. So do objects about whose marking a second one speaks: the object's origin
//! and this node's organisation both say what it means.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use releasability::{Granularity, Label, Organisation, Policy, Stamp};
use stix::{Id, Object, Timestamp, json::Value, object};
use store::{CollectionNumber, Held, LabelId, LabelSet, Multiplicity, Operation};

use crate::{
    Access, Exchange, ExchangeError,
    access::Partner,
    ledger::Relabelled,
    registry::{MARKINGS, Registry},
    settle::{Moved, Place},
    state::State,
    walk::Walk,
    world::Right,
};

/// Which objects of a label get a new place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anew<'a> {
    /// Those that have another label by now.
    OtherLabel,
    /// And those with a granular marking among these: other parts of them may be had now.
    MarkedBy(&'a HashSet<String>),
    /// All of them.
    All,
    /// Those that refer to one of these ids, of which that moved which had some labels; as far as their authors see it.
    Referring(&'a HashMap<String, BTreeSet<Place>>, Timestamp),
}

impl Anew<'_> {
    const fn why(self) -> Relabelled {
        match self {
            Self::OtherLabel | Self::MarkedBy(_) => Relabelled::Meaning,
            Self::All => Relabelled::Gained,
            Self::Referring(..) => Relabelled::Referring,
        }
    }
}

impl Exchange {
    /// Relabels what waited for these markings of this origin, and what was labelled by what another said of them.
    pub(crate) async fn relabel_markings(
        &self,
        markings: &HashSet<String>,
        origin: &Organisation,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let state = self.state.load_full();
        let decides = |stamp: &Stamp| stamp.origin == *origin || *origin == *state.policy.own();
        let waited = |stamp: &Stamp| {
            stamp.granularity == Granularity::Granular
                || stamp.label.unknown.iter().any(|id| markings.contains(id))
                || markings.iter().any(|id| state.policy.may_lack(stamp, id))
        };
        let labels: Vec<_> = state
            .stamps
            .iter()
            .filter(|(_, stamp)| decides(stamp) && waited(stamp))
            .map(|(id, _)| id)
            .collect();
        self.relabel(&labels, Anew::MarkedBy(markings), now).await
    }

    /// Dates anew what has one of these markings of this origin on a part of it.
    pub(crate) async fn relabel_marked(
        &self,
        markings: &HashSet<String>,
        origin: &Organisation,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let state = self.state.load_full();
        let decides = |stamp: &Stamp| stamp.origin == *origin || *origin == *state.policy.own();
        let granular = state
            .stamps
            .iter()
            .filter(|(_, stamp)| stamp.granularity == Granularity::Granular && decides(stamp));
        let labels: Vec<_> = granular.map(|(id, _)| id).collect();
        self.relabel(&labels, Anew::MarkedBy(markings), now).await
    }

    /// Relabels, among what has these stamps, what waits for a marking that is here: one may have arrived since the policy
    /// gave them.
    pub(crate) async fn relabel_resolved(
        &self,
        stamps: &HashMap<Stamp, LabelId>,
        policy: &Arc<Policy>,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let state = self.state.load_full();
        if Arc::ptr_eq(policy, &state.policy) && stamps.keys().all(|stamp| stamp.label.unknown.is_empty()) {
            return Ok(());
        }
        let waits_in_vain = waits_in_vain(&state.policy);
        let waiting = stamps.iter().filter(|(stamp, _)| waits_in_vain(stamp));
        let labels: Vec<_> = waiting.map(|(_, id)| *id).collect();
        self.relabel(&labels, Anew::OtherLabel, now).await
    }

    /// Relabels all that waits for a marking that is here: a node may have stopped between learning and relabelling.
    pub(crate) async fn relabel_all_resolved(&self, now: Timestamp) -> Result<(), ExchangeError> {
        let state = self.state.load_full();
        let waits_in_vain = waits_in_vain(&state.policy);
        let waiting = state.stamps.iter().filter(|(_, stamp)| waits_in_vain(stamp));
        let labels: Vec<_> = waiting.map(|(id, _)| id).collect();
        self.relabel(&labels, Anew::OtherLabel, now).await
    }

    async fn relabel(&self, labels: &[LabelId], anew: Anew<'_>, now: Timestamp) -> Result<(), ExchangeError> {
        if labels.is_empty() {
            return Ok(());
        }
        let mut held: BTreeMap<CollectionNumber, Vec<LabelId>> = BTreeMap::new();
        for count in self.store.counts().await? {
            if count.count > 0 && labels.contains(&count.label) {
                held.entry(count.collection).or_default().push(count.label);
            }
        }
        for (collection, labels) in held {
            let moved = self.relabel_in((collection, &labels), anew, now).await?;
            self.defer_referring(moved, now).await?;
        }
        Ok(())
    }

    /// Gives the objects of a collection that have one of some labels, and a reason, a new place, and those that need it
    /// another label. Says which they are. They keep their order: that of the numbers of labels would hang on which labels
    /// were there first, those that a reader does not see included.
    pub(crate) async fn relabel_in(
        &self,
        (collection, labels): (CollectionNumber, &[LabelId]),
        anew: Anew<'_>,
        now: Timestamp,
    ) -> Result<BTreeSet<Moved>, ExchangeError> {
        let mut moved = BTreeSet::new();
        // Copies of markings stand in the order in which they were learnt, and nobody reads them.
        if collection == MARKINGS {
            return Ok(moved);
        }
        let visible: LabelSet = labels.iter().copied().collect();
        let end = self.store.last();
        let mut walk = Walk::new(collection, &visible, &[]);
        loop {
            let page = walk.next(&*self.store).await?;
            if page.first().is_none_or(|held| held.sequence > end) {
                return Ok(moved);
            }
            let state = self.state.load_full();
            let mut operations = Vec::new();
            // What is behind the end was moved by us, or came under the policy of now.
            for held in page.iter().filter(|held| held.sequence <= end) {
                let Some(operation) = self.relabelling(&state, collection, held, anew).await? else {
                    continue;
                };
                let keeps_label =
                    matches!(&operation, Operation::Relabel { label, .. } if *label == held.label);
                operations.push(operation);
                if keeps_label && held.multiplicity == Multiplicity::Plural {
                    operations.extend(self.later_claims(&state, collection, held, anew).await?);
                }
            }
            if !operations.is_empty() {
                moved.extend(operations.iter().filter_map(moved_by));
                self.commit_relabelling(collection, operations, anew.why(), now).await?;
            }
        }
    }

    /// Moves the later claims on an id behind one that moves, so that whose it is stays whose it was: an id belongs to the origin
    /// of the earliest claim. Those that were moved already are not there any more.
    async fn later_claims(
        &self,
        state: &State,
        collection: CollectionNumber,
        first: &Held,
        anew: Anew<'_>,
    ) -> Result<Vec<Operation>, ExchangeError> {
        let Ok(id) = Id::new(first.object.inspect().id()) else { return Ok(Vec::new()) };
        let claims = self.store.claims(&[id.as_str()]).await?.pop().unwrap_or_default();
        let mut operations = Vec::new();
        for claim in claims {
            if claim.collection != collection || claim.sequence <= first.sequence {
                continue;
            }
            let Some(held) = self.store.object(collection, claim.label, claim.sequence).await? else {
                continue;
            };
            let own = self.relabelling(state, collection, &held, anew).await?;
            let (id, sequence, label) = (id.clone(), claim.sequence, claim.label);
            operations.push(own.unwrap_or(Operation::Relabel { collection, id, sequence, label }));
        }
        Ok(operations)
    }

    async fn relabelling(
        &self,
        state: &State,
        collection: CollectionNumber,
        held: &Held,
        anew: Anew<'_>,
    ) -> Result<Option<Operation>, ExchangeError> {
        let Some(before) = state.stamps.get(held.label) else { return Ok(None) };
        let object = held.object.inspect();
        let mut label = held.label;
        if matches!(anew, Anew::OtherLabel | Anew::MarkedBy(_)) {
            // An object without markings has the default's label, which cannot wait for a marking of its own.
            let stamp = state.policy.stamp(object, &before.origin, &default_of(state, collection));
            if stamp != **before {
                let Some(other) = self.intern(&stamp).await? else { return Ok(None) };
                label = other;
            }
        }
        let again = match anew {
            Anew::OtherLabel => false,
            Anew::MarkedBy(markings) => is_marked_by(object, markings, &self.limits.object),
            Anew::All => true,
            Anew::Referring(ids, now) => {
                let references: BTreeSet<&str> = object.references().collect();
                let moved: Vec<_> =
                    references.into_iter().filter_map(|id| Some((id, ids.get(id)?))).collect();
                !moved.is_empty() && self.may_be_told(&before.origin, collection, &moved, now).await?
            }
        };
        if label == held.label && !again {
            return Ok(None);
        }
        let Ok(id) = Id::new(object.id()) else { return Ok(None) };
        Ok(Some(Operation::Relabel { collection, id, sequence: held.sequence, label }))
    }
}

impl Exchange {
    /// Whether an object may be dated anew because of what it refers to. Whoever brought it meets it again then, so that they
    /// must see what moved: of another's object a missing reference tells as much, of their own nothing does.
    async fn may_be_told(
        &self,
        author: &Organisation,
        collection: CollectionNumber,
        moved: &[(&str, &BTreeSet<Place>)],
        now: Timestamp,
    ) -> Result<bool, ExchangeError> {
        let Some(access) = self.access_of(author, collection, now) else { return Ok(true) };
        let mut memo = self.memo(&access).await?;
        let ids: Vec<&str> = moved.iter().map(|(id, _)| *id).collect();
        for ((id, places), claims) in moved.iter().zip(self.store.claims(&ids).await?) {
            for claim in claims.iter().filter(|claim| places.contains(&(claim.collection.0, claim.label.0))) {
                if self.is_released(&access, id, claim, &mut memo).await? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// How the partner of an organisation reads a collection; nothing where it does not, or is no partner.
    fn access_of(
        &self,
        organisation: &Organisation,
        collection: CollectionNumber,
        now: Timestamp,
    ) -> Option<Access> {
        let state = self.state.load_full();
        let known = state.world.as_ref()?;
        let is_it = |(_, partner): &(&String, &Arc<Partner>)| partner.audience.organisation == *organisation;
        let (name, _) = known.partners.iter().find(is_it)?;
        let alias = &known.registry.declared(collection)?.alias;
        self.access(name, alias, now).filter(|access| access.may(Right::Read))
    }
}

fn moved_by(operation: &Operation) -> Option<Moved> {
    let Operation::Relabel { collection, id, label, .. } = operation else { return None };
    Some((id.as_str().to_owned(), (collection.0, label.0)))
}

/// Whether a granular marking of the object is among these.
fn is_marked_by(object: &Object, markings: &HashSet<String>, limits: &stix::Limits) -> bool {
    if !object.has_granular_markings() {
        return false;
    }
    let text = object.text();
    let Ok(tree) = object::tree(&text, limits) else { return false };
    let entries = tree.root().get("granular_markings").map(Value::elements).into_iter().flatten();
    let named = entries.filter_map(|entry| entry.get("marking_ref")?.as_str());
    named.into_iter().any(|id| markings.contains(id.as_ref()))
}

fn default_of(state: &State, collection: CollectionNumber) -> Label {
    let known = state.world.as_ref();
    let declared = known.and_then(|known| known.registry.declared(collection));
    declared.map_or_else(
        || Label::of(releasability::Tlp::Red),
        |declared| Registry::default_label(&state.policy, declared),
    )
}

/// Whether a marking that a stamp counts as unknown is understood by now, or a second one spoke about one of its markings.
fn waits_in_vain(policy: &Policy) -> impl Fn(&Stamp) -> bool + '_ {
    let said_twice: Vec<_> = policy.said_twice().collect();
    move |stamp| {
        let is_here = |id: &String| policy.resolve(id, &stamp.origin).unknown.is_empty();
        stamp.label.unknown.iter().any(is_here) || said_twice.iter().any(|id| policy.may_lack(stamp, id))
    }
}
