//! How are objects under many labels read in one order?
//!
//! In each volume, a label's objects lie together, in order. A page merges the labels that the reader may see, volume
//! after volume, so it never touches what is withheld. A label is opened only when the page comes to the place where its
//! first object may stand, a volume only if something visible is in it.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
    sync::RwLockReadGuard,
};

use bytes::Bytes;
use fjall::Readable;

use super::{
    counters::Counters,
    encoding::{ObjectKey, object_key, read_object_key},
    reading::{Reading, held, pair},
    volumes::Volume,
};
use crate::{CollectionNumber, Held, LabelId, LabelSet, ObjectQuery, Page, Sequence, StoreError};

/// A label that may have something after the place asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) label: LabelId,
    /// Nothing of it stands before.
    pub(super) from: Sequence,
}

/// Reads one page.
pub(super) fn read<'c>(
    reading: Reading<'_>,
    query: &ObjectQuery,
    visible: &LabelSet,
    counters: impl Fn() -> RwLockReadGuard<'c, Counters>,
) -> Result<Page, StoreError> {
    let mut page = Unfinished { query, page: Page::default(), bytes: 0 };
    let mut volume = Some(reading.view.volumes.of(query.after));
    while let Some(from) = volume {
        let place = (query.collection, from);
        let found = counters().candidates(place, query.after, visible, reading.view);
        let Some((found, candidates)) = found else { break };
        let mut merge = Merge::new(reading, place.0, found, candidates);
        while let Some(held) = merge.next()? {
            if let Some(page) = page.add(held) {
                return Ok(page);
            }
        }
        volume = found.0.checked_add(1).map(Volume);
    }
    Ok(page.page)
}

struct Unfinished<'a> {
    query: &'a ObjectQuery,
    page: Page,
    bytes: usize,
}

impl Unfinished<'_> {
    /// Adds an object if it matches; gives the page once it is known that this one is behind it.
    fn add(&mut self, held: Held) -> Option<Page> {
        let Self { query, page, bytes } = self;
        let object = held.object.inspect();
        if !query.types.is_empty() && !query.types.iter().any(|kind| kind == object.object_type()) {
            return None;
        }
        let limit = usize::try_from(query.limit.get()).unwrap_or(usize::MAX);
        if page.objects.len() >= limit || (*bytes >= query.bytes_max && !page.objects.is_empty()) {
            page.more = true;
            return Some(std::mem::take(page));
        }
        *bytes = bytes.saturating_add(object.text_bytes().len());
        page.objects.push(held);
        None
    }
}

/// The objects of a volume under some labels, in order.
struct Merge<'a> {
    reading: Reading<'a>,
    collection: CollectionNumber,
    volume: Volume,
    sources: Vec<Source>,
    /// The next place of each source, and which source it is.
    heap: BinaryHeap<Reverse<(Sequence, usize)>>,
}

struct Source {
    candidate: Candidate,
    state: State,
}

enum State {
    Unopened,
    Open { rest: fjall::Iter, head: Bytes },
}

impl<'a> Merge<'a> {
    fn new(
        reading: Reading<'a>,
        collection: CollectionNumber,
        volume: Volume,
        candidates: Vec<Candidate>,
    ) -> Self {
        let heap =
            candidates.iter().zip(0..).map(|(candidate, index)| Reverse((candidate.from, index))).collect();
        let sources =
            candidates.into_iter().map(|candidate| Source { candidate, state: State::Unopened }).collect();
        Self { reading, collection, volume, sources, heap }
    }

    fn next(&mut self) -> Result<Option<Held>, StoreError> {
        while let Some(mut top) = self.heap.peek_mut() {
            let Reverse((sequence, index)) = *top;
            let Some(source) = self.sources.get_mut(index) else { return Ok(None) };
            let label = source.candidate.label;
            let (current, next) = source.advance(self.reading, self.collection, self.volume)?;
            // The place of the top is replaced, so that the heap is mended once and not twice.
            match next {
                Some(next) => *top = Reverse((next, index)),
                None => drop(PeekMut::pop(top)),
            }
            if let Some(value) = current {
                return held(label, sequence, &value).map(Some);
            }
        }
        Ok(None)
    }
}

impl Source {
    /// Takes what the source stands at, if it is open, and says where it stands next.
    fn advance(
        &mut self,
        reading: Reading<'_>,
        collection: CollectionNumber,
        volume: Volume,
    ) -> Result<(Option<Bytes>, Option<Sequence>), StoreError> {
        let Candidate { label, from } = self.candidate;
        let first = object_key(volume, collection, label, from);
        if let State::Open { rest, head } = &mut self.state {
            return Ok(match next_of_label(rest, &first)? {
                Some((place, value)) => (Some(std::mem::replace(head, value)), Some(place)),
                None => (Some(std::mem::take(head)), None),
            });
        }
        // Without an end: each file would have to look for it, and the keys tell as well.
        let mut rest = reading.view.snapshot.range(&reading.tables.objects, first..);
        let Some((place, head)) = next_of_label(&mut rest, &first)? else { return Ok((None, None)) };
        self.state = State::Open { rest, head };
        Ok((None, Some(place)))
    }
}

/// The next object of a range, if it is still of the label in which the range began.
fn next_of_label(
    range: &mut fjall::Iter,
    first: &ObjectKey,
) -> Result<Option<(Sequence, Bytes)>, StoreError> {
    let Some((key, value)) = range.next().map(pair).transpose()? else { return Ok(None) };
    let (label, place) = read_object_key(&key)?;
    Ok(first.starts_with(label).then_some((place, value)))
}
