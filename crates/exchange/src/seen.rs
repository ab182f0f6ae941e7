//! Which rows of the catalogue exist for a reader, and which of them stands for its id?
//!
//! The same rule as for a page (`release`, `references`), over everything at once: labels first, then what loses something that its
//! type requires is withheld, until nothing changes; then whose an id is; then the latest version. Whatever is counted, drawn or
//! suggested is counted over this, so that what is withheld changes nothing. A property test holds it to what pages give.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use releasability::{Granularity, Releasable};
use stix::{Object, Timestamp, json::Tree};
use store::CollectionNumber;

use crate::{
    Access, Exchange, ExchangeError,
    bits::Bits,
    catalogue::{Catalogue, Facts, IdNumber, Row, RowNumber, Standing, texts},
    references::REFERRING_TYPES,
    search::{Counts, text::words_of},
    viewpoint::Viewpoint,
};

/// No row.
const NONE: RowNumber = RowNumber::MAX;

/// What exists for one reader.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Rows that are served.
    pub(crate) served: Bits,
    /// Of each id, the row that stands for it.
    heads: Vec<RowNumber>,
    /// All of them.
    pub(crate) rows: Vec<RowNumber>,
    /// Rows of which parts differ, as this reader gets them.
    pub(crate) variants: HashMap<RowNumber, Arc<Variant>>,
    /// How many of which kind they are, once somebody asked.
    pub(crate) counts: OnceLock<Counts>,
}

/// What a reader gets of an object with parts of their own.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) facts: Facts,
    /// The words of each of its texts.
    pub(crate) texts: Vec<Vec<String>>,
    removed: Vec<String>,
}

/// What exists for one partner or person by the rule alone.
#[derive(Debug)]
struct Resolved {
    released: Bits,
    served: Bits,
    brought: Bits,
    /// Ids that are held and withheld.
    hidden: Bits,
    variants: HashMap<RowNumber, Arc<Variant>>,
}

impl Seen {
    /// The row that stands for an id.
    pub(crate) fn head(&self, id: IdNumber) -> Option<RowNumber> {
        self.heads.get(id as usize).copied().filter(|row| *row != NONE)
    }

    /// The facts of a row as this reader gets it. What it refers to may be withheld nevertheless: then there is no head.
    pub(crate) fn facts<'a>(&'a self, number: RowNumber, row: &'a Row) -> &'a Facts {
        self.variants.get(&number).map_or(&row.facts, |variant| &variant.facts)
    }

    fn new(catalogue: &Catalogue, served: Bits, variants: HashMap<RowNumber, Arc<Variant>>) -> Self {
        let (mut heads, mut rows) = (vec![NONE; catalogue.ids.len()], Vec::new());
        for (id, claims) in catalogue.claims.iter().enumerate() {
            let served = claims.iter().filter(|number| served.contains(**number));
            let latest = served
                .max_by_key(|number| catalogue.row(**number).map(|row| (row.version, row.place.sequence)));
            if let (Some(head), Some(latest)) = (heads.get_mut(id), latest) {
                *head = *latest;
                rows.push(*latest);
            }
        }
        Self { served, heads, rows, variants, counts: OnceLock::new() }
    }
}

impl Exchange {
    /// What exists for a viewpoint.
    pub(crate) async fn seen(
        &self,
        viewpoint: &Viewpoint,
        catalogue: &Catalogue,
    ) -> Result<Seen, ExchangeError> {
        let own = self.resolved(&viewpoint.own, catalogue).await?;
        let Some(seen_as) = &viewpoint.seen_as else {
            return Ok(Seen::new(catalogue, own.served, own.variants));
        };
        let partner = self.resolved(seen_as, catalogue).await?;
        let mut both = partner.served.clone();
        // Whose an id is for the person does not matter: it is not their list that is seen.
        both.keep(&own.released);
        let mut served = Bits::below(catalogue.rows.len());
        for (number, row) in catalogue.held().filter(|(number, _)| both.contains(*number)) {
            if is_within(number, row, &partner, &own) {
                served.add(number);
            }
        }
        let Resolved { mut variants, .. } = partner;
        variants.retain(|number, _| served.contains(*number));
        Ok(Seen::new(catalogue, served, variants))
    }

    async fn resolved(&self, reading: &[Access], catalogue: &Catalogue) -> Result<Resolved, ExchangeError> {
        let mut resolving = Resolving::new(self, reading, catalogue);
        resolving.by_label();
        resolving.by_parts().await?;
        resolving.by_references().await?;
        resolving.end().await
    }
}

/// Whether what is taken out of a row for the person is taken out for the partner as well.
fn is_within(number: RowNumber, row: &Row, partner: &Resolved, person: &Resolved) -> bool {
    let loses =
        |reader: &Resolved, id: IdNumber| reader.hidden.contains(id) && !reader.brought.contains(number);
    let references = || row.facts.references.iter().map(|(_, id)| *id);
    if references().any(|id| loses(person, id) && !loses(partner, id)) {
        return false;
    }
    let removed = |reader: &'_ Resolved| reader.variants.get(&number).map(|variant| variant.removed.clone());
    let (shown, bound) = (removed(partner).unwrap_or_default(), removed(person).unwrap_or_default());
    bound.iter().all(|pointer| shown.contains(pointer))
}

struct Resolving<'a> {
    exchange: &'a Exchange,
    reading: &'a [Access],
    catalogue: &'a Catalogue,
    released: Bits,
    brought: Bits,
    hidden: Bits,
    /// How many claims on each id are released.
    counts: Vec<u32>,
    /// Rows of which parts differ.
    parted: Vec<RowNumber>,
}

impl<'a> Resolving<'a> {
    fn new(exchange: &'a Exchange, reading: &'a [Access], catalogue: &'a Catalogue) -> Self {
        let (rows, ids) = (catalogue.rows.len(), catalogue.ids.len());
        Self {
            exchange,
            reading,
            catalogue,
            released: Bits::below(rows),
            brought: Bits::below(rows),
            hidden: Bits::below(ids),
            counts: vec![0; ids],
            parted: Vec::new(),
        }
    }

    fn access(&self, collection: CollectionNumber) -> Option<&'a Access> {
        self.reading.iter().find(|access| access.number() == collection)
    }

    /// What its label releases.
    fn by_label(&mut self) {
        let mut known: HashMap<(u32, u32), Option<bool>> = HashMap::new();
        let reading = self.reading;
        let decide = |row: &Row| {
            let access = reading.iter().find(|access| access.number() == row.place.collection)?;
            let stamp = access.visible(row.place.collection, row.place.label)?;
            Some(access.has_brought(stamp))
        };
        for (number, row) in self.catalogue.held() {
            let key = (row.place.collection.0, row.place.label.0);
            let Some(brought) = *known.entry(key).or_insert_with(|| decide(row)) else { continue };
            self.released.add(number);
            if brought {
                self.brought.add(number);
            }
            if row.granularity == Granularity::Granular {
                self.parted.push(number);
            }
            if let Some(count) = self.counts.get_mut(row.id as usize) {
                *count += 1;
            }
        }
    }

    /// What its own parts withhold whole.
    async fn by_parts(&mut self) -> Result<(), ExchangeError> {
        let parted = std::mem::take(&mut self.parted);
        for number in &parted {
            let Some(row) = self.catalogue.row(*number).filter(|_| !self.brought.contains(*number)) else {
                continue;
            };
            if self.released_text(row, &HashSet::new()).await?.is_none() {
                self.lose(*number, row);
            }
        }
        self.parted = parted.into_iter().filter(|number| self.released.contains(*number)).collect();
        Ok(())
    }

    /// What loses something required by what it refers to, until nothing changes.
    async fn by_references(&mut self) -> Result<(), ExchangeError> {
        let referring: HashSet<u32> =
            REFERRING_TYPES.iter().filter_map(|kind| self.catalogue.words.known(kind)).collect();
        let is_lost =
            |id: &u32| self.counts.get(*id as usize) == Some(&0) && !self.catalogue.claims_on(*id).is_empty();
        let ids = u32::try_from(self.catalogue.ids.len()).unwrap_or(u32::MAX);
        let mut new: Vec<IdNumber> = (0..ids).filter(is_lost).collect();
        while !new.is_empty() {
            let mut affected = Vec::new();
            for id in new.drain(..) {
                self.hidden.add(id);
                affected.extend_from_slice(self.catalogue.referring_to(id));
            }
            affected.sort_unstable();
            affected.dedup();
            for number in affected {
                let Some(row) = self.catalogue.row(number).filter(|_| self.released.contains(number)) else {
                    continue;
                };
                let may_lose = referring.contains(&row.kind) || row.granularity == Granularity::Granular;
                if self.brought.contains(number) || !may_lose || self.survives(row).await? {
                    continue;
                }
                if self.lose(number, row) == 0 {
                    new.push(row.id);
                }
            }
        }
        Ok(())
    }

    /// Withholds a row; says how many claims on its id are left.
    fn lose(&mut self, number: RowNumber, row: &Row) -> u32 {
        self.released.take(number);
        let Some(count) = self.counts.get_mut(row.id as usize) else { return 0 };
        *count = count.saturating_sub(1);
        *count
    }

    /// Whether a row is released without what it refers to and is withheld.
    async fn survives(&self, row: &Row) -> Result<bool, ExchangeError> {
        let words = &self.catalogue.words;
        let required: &[&str] = match words.text(row.kind) {
            "relationship" => &["source_ref", "target_ref"],
            "sighting" => &["sighting_of_ref"],
            _ => &[],
        };
        if !required.is_empty() && row.granularity == Granularity::Whole {
            let is_required = |role: u32| required.contains(&words.text(role));
            let mut hidden = row.facts.references.iter().filter(|(_, id)| self.hidden.contains(*id));
            return Ok(!hidden.any(|(role, _)| is_required(role.0)));
        }
        Ok(self.released_text(row, &self.withheld(row)).await?.is_some())
    }

    fn withheld(&self, row: &Row) -> HashSet<String> {
        let references = row.facts.references.iter().filter(|(_, id)| self.hidden.contains(*id));
        references.map(|(_, id)| self.catalogue.ids.text(*id).to_owned()).collect()
    }

    async fn released_text(
        &self,
        row: &Row,
        withheld: &HashSet<String>,
    ) -> Result<Option<Releasable<Object>>, ExchangeError> {
        let place = row.place;
        let Some(access) = self.access(place.collection) else { return Ok(None) };
        let held = self.exchange.store.object(place.collection, place.label, place.sequence).await?;
        let (Some(held), Some(stamp), Some(terms)) =
            (held, access.state.stamps.get(place.label), access.read_terms(place.collection))
        else {
            return Ok(None);
        };
        Ok(access.policy().release(held.object, stamp, &access.reader(terms), withheld).ok())
    }

    /// Whose each id is, and what is left of rows with parts.
    async fn end(self) -> Result<Resolved, ExchangeError> {
        let mut served = Bits::below(self.catalogue.rows.len());
        for claims in &self.catalogue.claims {
            let mut owners: Vec<(CollectionNumber, store::OriginNumber)> = Vec::new();
            for number in claims.iter().filter(|number| self.released.contains(**number)) {
                let Some(row) = self.catalogue.row(*number) else { continue };
                let owner = owners.iter().find(|(collection, _)| *collection == row.place.collection);
                let owner = owner.map(|(_, origin)| *origin);
                if owner.is_none() {
                    owners.push((row.place.collection, row.origin));
                }
                if owner.is_none_or(|owner| owner == row.origin) {
                    served.add(*number);
                }
            }
        }
        let mut variants = HashMap::new();
        for number in self.parted.iter().filter(|number| self.released.contains(**number)) {
            let Some(row) = self.catalogue.row(*number).filter(|row| row.standing == Standing::Held) else {
                continue;
            };
            let Some(released) = self.released_text(row, &self.withheld(row)).await? else { continue };
            variants.extend(
                variant(&released, self.catalogue, self.exchange).map(|one| (*number, Arc::new(one))),
            );
        }
        let Self { released, brought, hidden, .. } = self;
        Ok(Resolved { released, served, brought, hidden, variants })
    }
}

fn variant(released: &Releasable<Object>, mut catalogue: &Catalogue, exchange: &Exchange) -> Option<Variant> {
    let text = released.content().text();
    let tree = Tree::parse(&text, &exchange.limits().object).ok()?;
    let mut words = Vec::new();
    texts(tree.root(), &mut |text| words.push(words_of(text)));
    let removed = released.removed().iter().map(|(pointer, _)| pointer.clone()).collect();
    Some(Variant { facts: Facts::of(tree.root(), &mut catalogue), texts: words, removed })
}

/// The first moment after one at which anything may be decided otherwise, though nothing changes.
pub(crate) fn horizon(viewpoint: &Viewpoint) -> Option<Timestamp> {
    let mut moments = Vec::new();
    let mut add =
        |valid: &releasability::Validity| moments.extend([valid.from, valid.until].into_iter().flatten());
    viewpoint.state.stamps.iter().for_each(|(_, stamp)| add(&stamp.label.valid));
    viewpoint.state.policy.each_validity(&mut add);
    for access in viewpoint.own.iter().chain(viewpoint.seen_as.iter().flatten()) {
        access.partner.agreements.iter().for_each(|agreement| add(&agreement.terms.valid));
    }
    // An agreement that begins makes a way that is not there yet.
    if let Some(known) = viewpoint.state.world.as_ref() {
        known
            .partners
            .values()
            .flat_map(|partner| &partner.agreements)
            .for_each(|agreement| add(&agreement.terms.valid));
    }
    moments.into_iter().filter(|moment| *moment > viewpoint.now).min()
}
