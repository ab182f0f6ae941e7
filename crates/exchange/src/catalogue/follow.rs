//! How does the catalogue follow the log?

use std::num::NonZeroU32;

use releasability::Granularity;
use stix::json::Tree;
use store::{Change, ChangeKind, CollectionNumber, Held, Sequence, Store};

use super::{Catalogue, Facts, Row, Standing};
use crate::{
    Exchange, ExchangeError, registry::MARKINGS, search::Texts, state::State, viewpoint::Place, walk::Walk,
};

/// How many changes are read at once.
const PAGE_CHANGES: NonZeroU32 = NonZeroU32::new(1000).unwrap();

/// So many rows that are gone are kept at least before all are numbered anew.
const GONE_MAX: usize = 10_000;

impl Catalogue {
    /// Brings the catalogue up to what is committed, and tells `texts` what came and went.
    pub(crate) async fn catch_up(
        &mut self,
        exchange: &Exchange,
        texts: &mut Texts,
    ) -> Result<(), ExchangeError> {
        let store = &*exchange.store;
        // What is gone keeps its number, so now and then all are given anew.
        if self.building == 0 || self.gone > GONE_MAX.max(self.at.len()) {
            self.build_anew(exchange, texts).await?;
        }
        loop {
            let last = store.last();
            if self.cursor >= last {
                return Ok(());
            }
            let changes = store.changes(self.cursor, PAGE_CHANGES).await?;
            let Some(end) = changes.last().map(|change| change.sequence) else {
                self.cursor = last;
                return Ok(());
            };
            let state = exchange.state.load_full();
            for change in changes {
                self.take_change(store, (&state, exchange), change, texts).await?;
            }
            self.cursor = end;
        }
    }

    /// Forgets all and reads it again.
    pub(crate) async fn build_anew(
        &mut self,
        exchange: &Exchange,
        texts: &mut Texts,
    ) -> Result<(), ExchangeError> {
        *self = Self { building: self.building, ..Self::default() };
        self.build(exchange, texts).await
    }

    /// Reads everything that is held. What comes meanwhile may be met here and again in the log: a row is made once.
    async fn build(&mut self, exchange: &Exchange, texts: &mut Texts) -> Result<(), ExchangeError> {
        let upto = exchange.store.last();
        for (collection, labels) in exchange.labels_held().await? {
            let mut walk = Walk::new(collection, &labels, &[]);
            loop {
                let page = walk.next(&*exchange.store).await?;
                if page.is_empty() {
                    break;
                }
                let state = exchange.state.load_full();
                for held in &page {
                    self.add((&state, exchange), collection, held, texts);
                }
                // Others wait for the same threads.
                tokio::task::yield_now().await;
            }
        }
        texts.settle(upto);
        self.cursor = upto;
        self.building += 1;
        Ok(())
    }

    async fn take_change(
        &mut self,
        store: &dyn Store,
        context: (&State, &Exchange),
        change: Change,
        texts: &mut Texts,
    ) -> Result<(), ExchangeError> {
        match change.kind {
            ChangeKind::Added { collection, label } if collection != MARKINGS => {
                if !self.at.contains_key(&change.sequence)
                    && let Some(held) = store.object(collection, label, change.sequence).await?
                {
                    self.add(context, collection, &held, texts);
                }
            }
            ChangeKind::Removed { was, .. } => self.remove(was, texts),
            ChangeKind::Added { .. } | ChangeKind::Document(_) => {}
        }
        Ok(())
    }

    fn add(
        &mut self,
        (state, exchange): (&State, &Exchange),
        collection: CollectionNumber,
        held: &Held,
        texts: &mut Texts,
    ) {
        let object = held.object.inspect();
        let Some(stamp) = state.stamps.get(held.label) else { return };
        let origin = state.world.as_ref().and_then(|known| known.registry.origin(&stamp.origin));
        let tree = Tree::parse(object.text_bytes(), &exchange.limits().object);
        let (Some(origin), Ok(tree)) = (origin, tree) else { return };
        let Ok(number) = u32::try_from(self.rows.len()) else { return };
        if self.at.insert(held.sequence, number).is_some() {
            return;
        }
        let id = self.number_of(object.id());
        let kind = self.words.number(object.object_type());
        let facts = Facts::of(tree.root(), self);
        for (_, reference) in &facts.references {
            if let Some(referring) = self.referring.get_mut(*reference as usize)
                && referring.last() != Some(&number)
            {
                referring.push(number);
            }
        }
        let place = Place { collection, label: held.label, sequence: held.sequence };
        // What has parts of its own is searched as each reader gets it, see `seen`.
        if stamp.granularity == Granularity::Whole {
            texts.add(held.sequence, tree.root());
        }
        self.rows.push(Row {
            place,
            id,
            kind,
            origin,
            version: object.version().unwrap_or(held.sequence.date_added()),
            granularity: stamp.granularity,
            standing: Standing::Held,
            facts,
        });
        let rows = &self.rows;
        let sequence =
            |number: &u32| rows.get(*number as usize).map_or(Sequence::ZERO, |row| row.place.sequence);
        if let Some(claims) = self.claims.get_mut(id as usize) {
            let at = claims.partition_point(|other| sequence(other) < held.sequence);
            claims.insert(at, number);
        }
    }

    fn remove(&mut self, was: Sequence, texts: &mut Texts) {
        let Some(number) = self.at.remove(&was) else { return };
        let Some(row) = self.rows.get_mut(number as usize) else { return };
        row.standing = Standing::Gone;
        self.gone += 1;
        let references = std::mem::take(&mut row.facts.references);
        if let Some(claims) = self.claims.get_mut(row.id as usize) {
            claims.retain(|other| *other != number);
        }
        for (_, id) in references {
            if let Some(referring) = self.referring.get_mut(id as usize) {
                referring.retain(|other| *other != number);
            }
        }
        texts.remove(was);
    }
}
