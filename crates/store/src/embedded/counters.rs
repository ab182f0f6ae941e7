//! How much lies where, without looking?

use std::collections::BTreeMap;

use super::{encoding::Counter, page::Candidate, reading::View, volumes::Volume};
use crate::{CollectionNumber, LabelCount, LabelId, LabelSet, Sequence};

/// What a counter is about.
pub(super) type CounterKey = (CollectionNumber, Volume, LabelId);

/// A counter for every label that ever was in a volume of a collection.
///
/// Counters are written before the view that they belong to is shown, so a reader's counters are those of its view or
/// newer ones. What is concluded from them holds for both.
#[derive(Debug, Default)]
pub(super) struct Counters {
    counters: BTreeMap<CounterKey, Counter>,
    totals: BTreeMap<(CollectionNumber, LabelId), u64>,
}

impl Counters {
    pub(super) fn get(&self, key: CounterKey) -> Counter {
        self.counters.get(&key).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, key: CounterKey, counter: Counter) {
        let before = self.counters.insert(key, counter).unwrap_or_default().count;
        let (collection, _, label) = key;
        let total = self.totals.entry((collection, label)).or_default();
        *total = total.saturating_add(counter.count).saturating_sub(before);
    }

    pub(super) fn counts(&self) -> Vec<LabelCount> {
        let present = self.totals.iter().filter(|(_, total)| **total > 0);
        present.map(|(&(collection, label), &count)| LabelCount { collection, label, count }).collect()
    }

    /// How many objects a volume holds.
    pub(super) fn in_volume(&self, volume: Volume) -> u64 {
        self.counters.iter().filter(|((_, of, _), _)| *of == volume).map(|(_, counter)| counter.count).sum()
    }

    /// The first volume, from one on, where a visible label may have something behind a place, as far as a view
    /// shows; and those labels.
    pub(super) fn candidates(
        &self,
        (collection, from): (CollectionNumber, Volume),
        after: Sequence,
        visible: &LabelSet,
        view: &View,
    ) -> Option<(Volume, Vec<Candidate>)> {
        let next = after.get().checked_add(1).map(Sequence::new)?;
        let labels = (collection, from, LabelId(0))..=(collection, Volume(u32::MAX), LabelId(u32::MAX));
        let mut found: Option<(Volume, Vec<Candidate>)> = None;
        for (&(_, volume, label), counter) in self.counters.range(labels) {
            if found.as_ref().is_some_and(|(of, _)| *of != volume) {
                break;
            }
            // What a newer counter says of removals is not true of the view yet.
            let is_of_view = counter.changed <= view.last;
            if counter.last < next || (counter.count == 0 && is_of_view) || !visible.contains(label) {
                continue;
            }
            let from = if is_of_view { next.max(counter.first) } else { next };
            found.get_or_insert_with(|| (volume, Vec::new())).1.push(Candidate { label, from });
        }
        found
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
