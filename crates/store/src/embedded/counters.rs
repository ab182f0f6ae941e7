//! How much lies where, without looking?

use std::collections::BTreeMap;

use super::{encoding::Counter, page::Candidate, reading::View};
use crate::{CollectionNumber, LabelCount, LabelId, LabelSet, Sequence};

/// A counter for every label that ever was in a collection.
///
/// Counters are written before the view that they belong to is shown, so a reader's counters are those of its view or
/// newer ones. What is concluded from them holds for both.
#[derive(Debug, Default)]
pub(super) struct Counters(BTreeMap<(CollectionNumber, LabelId), Counter>);

impl Counters {
    pub(super) fn get(&self, collection: CollectionNumber, label: LabelId) -> Counter {
        self.0.get(&(collection, label)).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, collection: CollectionNumber, label: LabelId, counter: Counter) {
        self.0.insert((collection, label), counter);
    }

    pub(super) fn counts(&self) -> Vec<LabelCount> {
        let present = self.0.iter().filter(|(_, counter)| counter.count > 0);
        present
            .map(|(&(collection, label), counter)| LabelCount { collection, label, count: counter.count })
            .collect()
    }

    /// The visible labels of a collection that may have something after a place, as far as a view shows.
    pub(super) fn candidates(
        &self,
        collection: CollectionNumber,
        after: Sequence,
        visible: &LabelSet,
        view: &View,
    ) -> Vec<Candidate> {
        let Some(next) = after.get().checked_add(1).map(Sequence::new) else { return Vec::new() };
        let labels = (collection, LabelId(0))..=(collection, LabelId(u32::MAX));
        let mut candidates = Vec::new();
        for (&(_, label), counter) in self.0.range(labels) {
            // What a newer counter says of removals is not true of the view yet.
            let is_of_view = counter.changed <= view.last;
            if counter.last < next || (counter.count == 0 && is_of_view) || !visible.contains(label) {
                continue;
            }
            let from = if is_of_view { next.max(counter.first) } else { next };
            candidates.push(Candidate { label, from });
        }
        candidates
    }
}

impl Counter {
    pub(super) fn added(&mut self, sequence: Sequence) {
        if self.count == 0 {
            self.first = sequence;
        }
        self.count = self.count.saturating_add(1);
        self.last = self.last.max(sequence);
        self.changed = sequence;
    }

    pub(super) fn removed(&mut self, was: Sequence, at: Sequence) {
        self.count = self.count.saturating_sub(1);
        if was == self.first {
            self.first = Sequence::new(was.get().saturating_add(1));
        }
        self.changed = at;
    }
}
