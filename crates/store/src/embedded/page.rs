//! How are objects under many labels read in one order?
//!
//! Each label's objects lie together, in order. A page merges the labels that the reader may see, so it never touches
//! what is withheld. A label is opened only when the page comes to the place where its first object may stand.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
};

use bytes::Bytes;
use fjall::Readable;

use super::{
    encoding::{object_key, sequence_of_object_key},
    reading::{Reading, held, pair},
};
use crate::{CollectionNumber, Held, LabelId, ObjectQuery, Page, Sequence, StoreError};

/// A label that may have something after the place asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) label: LabelId,
    /// Nothing of it stands before.
    pub(super) from: Sequence,
}

/// Reads one page.
pub(super) fn read(
    reading: Reading<'_>,
    query: &ObjectQuery,
    candidates: &[Candidate],
) -> Result<Page, StoreError> {
    let mut merge = Merge::new(reading, query.collection, candidates);
    let limit = usize::try_from(query.limit.get()).unwrap_or(usize::MAX);
    let mut page = Page::default();
    let mut bytes = 0;
    while let Some(held) = merge.next()? {
        let object = held.object.inspect();
        if !query.types.is_empty() && !query.types.iter().any(|kind| kind == object.object_type()) {
            continue;
        }
        if page.objects.len() >= limit || (bytes >= query.bytes_max && !page.objects.is_empty()) {
            page.more = true;
            break;
        }
        bytes = bytes.saturating_add(object.text_bytes().len());
        page.objects.push(held);
    }
    Ok(page)
}

struct Merge<'a> {
    reading: Reading<'a>,
    collection: CollectionNumber,
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
    fn new(reading: Reading<'a>, collection: CollectionNumber, candidates: &[Candidate]) -> Self {
        let sources: Vec<_> = candidates
            .iter()
            .map(|candidate| Source { candidate: *candidate, state: State::Unopened })
            .collect();
        let heap = sources
            .iter()
            .enumerate()
            .map(|(index, source)| Reverse((source.candidate.from, index)))
            .collect();
        Self { reading, collection, sources, heap }
    }

    fn next(&mut self) -> Result<Option<Held>, StoreError> {
        while let Some(mut top) = self.heap.peek_mut() {
            let Reverse((sequence, index)) = *top;
            let Some(source) = self.sources.get_mut(index) else { return Ok(None) };
            let label = source.candidate.label;
            let (current, next) = source.advance(self.reading, self.collection)?;
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
    ) -> Result<(Option<Bytes>, Option<Sequence>), StoreError> {
        let Candidate { label, from } = self.candidate;
        if let State::Open { rest, head } = &mut self.state {
            return Ok(match rest.next().map(pair).transpose()? {
                Some((key, value)) => {
                    (Some(std::mem::replace(head, value)), Some(sequence_of_object_key(&key)?))
                }
                None => (Some(std::mem::take(head)), None),
            });
        }
        let first = object_key(collection, label, from);
        let last = object_key(collection, label, Sequence::new(u64::MAX));
        let mut rest = reading.view.snapshot.range(&reading.tables.objects, first..=last);
        let Some((key, head)) = rest.next().map(pair).transpose()? else { return Ok((None, None)) };
        self.state = State::Open { rest, head };
        Ok((None, Some(sequence_of_object_key(&key)?)))
    }
}
