//! How is everything gone through that a collection holds?

use std::{collections::BTreeMap, num::NonZeroU32};

use store::{CollectionNumber, Held, LabelSet, ObjectQuery, Sequence, Store, StoreError};

use crate::{Exchange, registry::MARKINGS};

/// How many objects are read at once at most.
const PAGE_OBJECTS: NonZeroU32 = NonZeroU32::new(1000).unwrap();
/// Of how many bytes.
const PAGE_BYTES: usize = 16 << 20;

/// A way through what a collection holds, page by page, in the order it was added.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    labels: &'a LabelSet,
    query: ObjectQuery,
    ended: bool,
}

impl<'a> Walk<'a> {
    /// Through what has one of these labels and types; all types where none is named.
    pub(crate) fn new(collection: CollectionNumber, labels: &'a LabelSet, types: &[&str]) -> Self {
        let types = types.iter().map(|name| (*name).to_owned()).collect();
        let (after, limit) = (Sequence::ZERO, PAGE_OBJECTS);
        let query = ObjectQuery { collection, after, types, limit, bytes_max: PAGE_BYTES };
        Self { labels, query, ended: false }
    }

    /// The next page; empty at the end.
    pub(crate) async fn next(&mut self, store: &dyn Store) -> Result<Vec<Held>, StoreError> {
        if self.ended {
            return Ok(Vec::new());
        }
        let page = store.objects(&self.query, self.labels).await?;
        self.ended = !page.more;
        self.query.after = page.objects.last().map_or(self.query.after, |held| held.sequence);
        Ok(page.objects)
    }
}

impl Exchange {
    /// Goes through what a collection holds, in the order it was added.
    pub(crate) async fn each_held(
        &self,
        collection: CollectionNumber,
        labels: &LabelSet,
        types: &[&str],
        mut each: impl FnMut(&Held) + Send,
    ) -> Result<(), StoreError> {
        let mut walk = Walk::new(collection, labels, types);
        loop {
            let page = walk.next(&*self.store).await?;
            if page.is_empty() {
                return Ok(());
            }
            page.iter().for_each(&mut each);
        }
    }

    /// The labels that objects have, by collection; copies of markings left out.
    pub(crate) async fn labels_held(&self) -> Result<BTreeMap<CollectionNumber, LabelSet>, StoreError> {
        let mut labels: BTreeMap<CollectionNumber, Vec<_>> = BTreeMap::new();
        for count in self.store.counts().await?.iter().filter(|count| count.count > 0) {
            labels.entry(count.collection).or_default().push(count.label);
        }
        labels.remove(&MARKINGS);
        Ok(labels
            .into_iter()
            .map(|(collection, labels)| (collection, labels.into_iter().collect()))
            .collect())
    }
}
