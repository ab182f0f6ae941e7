//! What do the screens of this node's own people stand on? The catalogue, the text index, and what exists for whom.
//!
//! All of it is a view of the log: built when it is first asked for, brought up to date before each answer, thrown away at will.

use std::{collections::VecDeque, path::PathBuf, sync::Arc, time::Duration};

use stix::Timestamp;
use store::Sequence;
use tokio::sync::{Mutex, RwLock, RwLockReadGuard};

use crate::{
    Exchange, ExchangeError,
    bits::Bits,
    catalogue::{Catalogue, Facts, IdNumber, Row, RowNumber},
    search::{IndexError, Leaf, Numbering, Texts},
    seen::{Seen, horizon},
    state::State,
    viewpoint::{Person, Viewpoint},
};

/// For so many viewpoints what exists is kept.
const SEEN_KEPT_MAX: usize = 8;

/// So long the follower gathers what is committed, before it writes the index.
const SETTLE_PAUSE: Duration = Duration::from_secs(5);

/// The catalogue and its texts.
#[derive(Debug, Default)]
pub(crate) struct Stock {
    pub(crate) catalogue: Catalogue,
    pub(crate) texts: Texts,
}

/// The views of a node.
#[derive(Debug, Default)]
pub(crate) struct Views {
    stock: RwLock<Stock>,
    seen: Mutex<VecDeque<Kept>>,
}

/// What exists for a viewpoint, and as long as what it hangs on is the same.
#[derive(Debug)]
struct Kept {
    person: Person,
    seen_as: Option<String>,
    state: Arc<State>,
    building: u64,
    cursor: Sequence,
    from: Timestamp,
    until: Option<Timestamp>,
    seen: Arc<Seen>,
}

impl Kept {
    fn holds_for(&self, viewpoint: &Viewpoint, catalogue: &Catalogue) -> bool {
        let (one, other) = (&self.state, &viewpoint.state);
        let same_world = match (&one.world, &other.world) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let person = &viewpoint.viewer.person;
        same_world
            && Arc::ptr_eq(&one.policy, &other.policy)
            && Arc::ptr_eq(&one.stamps, &other.stamps)
            && Arc::ptr_eq(&one.waiting, &other.waiting)
            && (self.building, self.cursor) == (catalogue.building, catalogue.cursor)
            && (&self.person.clearances, self.person.ceiling) == (&person.clearances, person.ceiling)
            && self.seen_as == viewpoint.viewer.seen_as
            && self.from <= viewpoint.now
            && self.until.is_none_or(|until| viewpoint.now < until)
    }
}

/// Everything, as one viewpoint has it at one moment.
#[derive(Debug)]
pub(crate) struct View<'a> {
    stock: RwLockReadGuard<'a, Stock>,
    pub(crate) seen: Arc<Seen>,
    pub(crate) viewpoint: &'a Viewpoint,
}

impl View<'_> {
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.stock.catalogue
    }

    /// Every row that stands for its id, with its facts as the reader gets them.
    pub(crate) fn each(&self) -> impl Iterator<Item = (RowNumber, &Row, &Facts)> {
        self.seen.rows.iter().filter_map(|number| self.one(*number))
    }

    /// Those of them that are chosen.
    pub(crate) fn among(&self, chosen: &Bits) -> impl Iterator<Item = (RowNumber, &Row, &Facts)> {
        let chosen = self.seen.rows.iter().filter(|number| chosen.contains(**number));
        chosen.filter_map(|number| self.one(*number))
    }

    pub(crate) fn one(&self, number: RowNumber) -> Option<(RowNumber, &Row, &Facts)> {
        let row = self.catalogue().row(number)?;
        Some((number, row, self.seen.facts(number, row)))
    }

    /// The row that stands for an id.
    pub(crate) fn head(&self, id: IdNumber) -> Option<(RowNumber, &Row, &Facts)> {
        self.one(self.seen.head(id)?)
    }

    /// Rows standing for their ids that refer to an id, as the reader gets them.
    pub(crate) fn referring(&self, id: IdNumber) -> impl Iterator<Item = (RowNumber, &Row, &Facts)> {
        let rows = self.catalogue().referring_to(id).iter();
        let refers = move |facts: &Facts| facts.references.iter().any(|(_, other)| *other == id);
        rows.filter_map(|number| self.one(*number))
            .filter(|(number, row, _)| self.seen.head(row.id) == Some(*number))
            .filter(move |(_, _, facts)| refers(facts))
    }

    /// The rows standing for their ids that have a leaf in a text that the reader gets.
    pub(crate) fn find(&self, leaf: &Leaf) -> Result<Bits, IndexError> {
        let catalogue = self.catalogue();
        let mut found = Bits::below(catalogue.rows.len());
        let numbering = Numbering { building: catalogue.building, at: &catalogue.at };
        self.stock.texts.find(leaf, numbering, &mut |row| {
            // What has parts is told by its variant alone.
            if !self.seen.variants.contains_key(&row) {
                found.add(row);
            }
        })?;
        let parted = self.seen.variants.iter();
        let having = parted.filter(|(_, variant)| variant.texts.iter().any(|words| leaf.is_in(words)));
        having.for_each(|(row, _)| found.add(*row));
        Ok(found)
    }

    /// The words that begin so, in any text that is held; most may be withheld from the reader.
    pub(crate) fn candidates(&self, prefix: &str) -> Result<std::collections::BTreeSet<String>, IndexError> {
        let mut words = self.stock.texts.words(prefix)?;
        let parted = self.seen.variants.values().flat_map(|variant| variant.texts.iter().flatten());
        words.extend(parted.filter(|word| word.starts_with(prefix)).cloned());
        Ok(words)
    }
}

impl Exchange {
    /// Lets the search index lie in a directory of its own; without one it is kept in memory.
    #[must_use]
    pub fn indexing_in(mut self, dir: PathBuf) -> Self {
        self.views.stock.get_mut().texts.lie_in(dir);
        self
    }

    /// Everything that is committed by now, as a viewpoint has it.
    pub(crate) async fn view<'a>(&'a self, viewpoint: &'a Viewpoint) -> Result<View<'a>, ExchangeError> {
        let stock = self.stock().await?;
        let seen = self.kept(viewpoint, &stock.catalogue).await?;
        Ok(View { stock, seen, viewpoint })
    }

    async fn stock(&self) -> Result<RwLockReadGuard<'_, Stock>, ExchangeError> {
        let stock = self.views.stock.read().await;
        if stock.catalogue.building > 0 && stock.catalogue.cursor >= self.store.last() {
            return Ok(stock);
        }
        drop(stock);
        let mut stock = self.views.stock.write().await;
        let Stock { catalogue, texts } = &mut *stock;
        texts.open()?;
        catalogue.catch_up(self, texts).await?;
        if texts.is_poured() {
            texts.settle(catalogue.cursor);
        }
        Ok(stock.downgrade())
    }

    async fn kept(&self, viewpoint: &Viewpoint, catalogue: &Catalogue) -> Result<Arc<Seen>, ExchangeError> {
        let mut kept = self.views.seen.lock().await;
        if let Some(known) = kept.iter().find(|kept| kept.holds_for(viewpoint, catalogue)) {
            return Ok(Arc::clone(&known.seen));
        }
        let seen = Arc::new(self.seen(viewpoint, catalogue).await?);
        let person = viewpoint.viewer.person.clone();
        let is_same = |other: &Kept| {
            other.person.clearances == person.clearances
                && other.person.ceiling == person.ceiling
                && other.seen_as == viewpoint.viewer.seen_as
        };
        kept.retain(|other| !is_same(other));
        kept.truncate(SEEN_KEPT_MAX - 1);
        kept.push_front(Kept {
            seen_as: viewpoint.viewer.seen_as.clone(),
            person,
            state: Arc::clone(&viewpoint.state),
            building: catalogue.building,
            cursor: catalogue.cursor,
            from: viewpoint.now,
            until: horizon(viewpoint),
            seen: Arc::clone(&seen),
        });
        Ok(seen)
    }

    /// Keeps the views up with the log until the store closes. Answers do not wait for it, but find less left to do.
    ///
    /// # Errors
    /// Where the store or the index fails.
    pub async fn follow_views(&self) -> Result<(), ExchangeError> {
        loop {
            let cursor = {
                drop(self.stock().await?);
                let mut stock = self.views.stock.write().await;
                let Stock { catalogue, texts } = &mut *stock;
                if texts.waiting() > 0 {
                    texts.settle(catalogue.cursor);
                }
                catalogue.cursor
            };
            self.store.wait(cursor).await;
            tokio::time::sleep(SETTLE_PAUSE).await;
        }
    }

    /// Throws the search index away and builds it again. Answers wait until it is built.
    ///
    /// # Errors
    /// Where the store or the index fails.
    pub async fn reindex(&self) -> Result<Reindexed, ExchangeError> {
        {
            let mut stock = self.views.stock.write().await;
            let Stock { catalogue, texts } = &mut *stock;
            texts.open()?;
            texts.clear()?;
            catalogue.build_anew(self, texts).await?;
        }
        let stock = self.stock().await?;
        Ok(Reindexed { objects: stock.catalogue.at.len() })
    }
}

/// What building the index again did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reindexed {
    /// How many objects are in it.
    pub objects: usize,
}
