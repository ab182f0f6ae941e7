//! What happens to objects whose marking arrives after them? They get their label, and a new place in the order, so that a
//! partner that polls by date added meets them. So do objects about whose marking a second one speaks: the object's origin
//! and this node's organisation both say what it means.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    num::NonZeroU32,
    sync::Arc,
};

use releasability::{Label, Organisation, Policy, Stamp};
use stix::{Id, Timestamp};
use store::{Batch, CollectionNumber, Held, LabelId, LabelSet, ObjectQuery, Operation, Sequence};

use crate::{Exchange, ExchangeError, registry::Registry, state::State};

const PAGE_OBJECTS: NonZeroU32 = NonZeroU32::new(1000).unwrap();
const PAGE_BYTES: usize = 16 << 20;

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
            stamp.label.unknown.iter().any(|id| markings.contains(id))
                || markings.iter().any(|id| state.policy.may_lack(stamp, id))
        };
        let labels: Vec<_> = state
            .stamps
            .iter()
            .filter(|(_, stamp)| decides(stamp) && waited(stamp))
            .map(|(id, _)| id)
            .collect();
        self.relabel(&labels, now).await
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
        self.relabel(&labels, now).await
    }

    /// Relabels all that waits for a marking that is here: a node may have stopped between learning and relabelling.
    pub(crate) async fn relabel_all_resolved(&self, now: Timestamp) -> Result<(), ExchangeError> {
        let state = self.state.load_full();
        let waits_in_vain = waits_in_vain(&state.policy);
        let waiting = state.stamps.iter().filter(|(_, stamp)| waits_in_vain(stamp));
        let labels: Vec<_> = waiting.map(|(id, _)| id).collect();
        self.relabel(&labels, now).await
    }

    async fn relabel(&self, labels: &[LabelId], now: Timestamp) -> Result<(), ExchangeError> {
        if labels.is_empty() {
            return Ok(());
        }
        let counts = self.store.counts().await?;
        let with_labels = counts.iter().filter(|count| count.count > 0 && labels.contains(&count.label));
        let collections: BTreeSet<_> = with_labels.map(|count| count.collection).collect();
        for collection in collections {
            self.relabel_in(collection, labels, now).await?;
        }
        Ok(())
    }

    /// In the order in which they stand, whatever their labels: who came first stays first.
    async fn relabel_in(
        &self,
        collection: CollectionNumber,
        labels: &[LabelId],
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let visible: LabelSet = labels.iter().copied().collect();
        let mut after = Sequence::ZERO;
        loop {
            let query = ObjectQuery {
                collection,
                after,
                types: Vec::new(),
                limit: PAGE_OBJECTS,
                bytes_max: PAGE_BYTES,
            };
            let page = self.store.objects(&query, &visible).await?;
            let Some(last) = page.objects.last() else { return Ok(()) };
            after = last.sequence;
            let state = self.state.load_full();
            let mut operations = Vec::new();
            for held in &page.objects {
                operations.extend(self.relabelling(&state, collection, held).await?);
            }
            if !operations.is_empty() {
                self.store
                    .commit(Batch { now, preconditions: Vec::new(), operations, receipt: None })
                    .await?;
            }
            if !page.more {
                return Ok(());
            }
        }
    }

    async fn relabelling(
        &self,
        state: &State,
        collection: CollectionNumber,
        held: &Held,
    ) -> Result<Option<Operation>, ExchangeError> {
        let Some(before) = state.stamps.get(held.label) else { return Ok(None) };
        let object = held.object.inspect();
        // An object without markings has the default's label, which cannot wait for a marking of its own.
        let stamp = state.policy.stamp(object, &before.origin, &default_of(state, collection));
        if stamp == **before {
            return Ok(None);
        }
        let Some(label) = self.intern(&stamp).await? else { return Ok(None) };
        let Ok(id) = Id::new(object.id()) else { return Ok(None) };
        Ok(Some(Operation::Relabel { collection, id, sequence: held.sequence, label }))
    }
}

fn default_of(state: &State, collection: CollectionNumber) -> Label {
    let known = state.world.as_ref();
    let declared = known.and_then(|known| {
        let mut collections = known.registry.world.collections.iter();
        collections.find(|declared| known.registry.number(declared) == Some(collection))
    });
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
