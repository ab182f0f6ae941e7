//! The one door out: pages, single objects, versions, as one reader may have them.

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroU32,
};

use releasability::{Granularity, Passage, Releasable};
use stix::{Object, SpecVersion, Timestamp};
use store::{Claim, CollectionNumber, Held, LabelId, Multiplicity, ObjectQuery, OriginNumber, Sequence};

use crate::{
    Access, Channel, Exchange, ExchangeError,
    references::{Everything, Memo},
};

/// Which versions of an object (TAXII 2.1 section 3.4.1, `match[version]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VersionFilter {
    /// The earliest.
    First,
    /// The latest.
    Last,
    /// Exactly this one.
    At(Timestamp),
}

/// All versions, or those named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versions {
    /// All of them.
    All,
    /// Those that any of the filters names.
    Any(Vec<VersionFilter>),
}

impl Versions {
    /// The latest only, which is what is meant where nothing is said.
    pub fn last() -> Self {
        Self::Any(vec![VersionFilter::Last])
    }
}

/// Which versions of the standard (TAXII 2.1 section 3.4.1, `match[spec_version]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpecVersions {
    /// The latest that there is of each object.
    Latest,
    /// Only these.
    Only(Vec<SpecVersion>),
}

/// What a reader asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Only what was added after this.
    pub after: Sequence,
    /// At most so many objects.
    pub limit: NonZeroU32,
    /// Stop once the texts come to so many bytes; the object that crosses it is still given.
    pub bytes_max: usize,
    /// Only these ids; all where none are named.
    pub ids: Option<Vec<String>>,
    /// Only these types; all where none are named.
    pub types: Option<Vec<String>>,
    /// Which versions.
    pub versions: Versions,
    /// Which versions of the standard.
    pub spec_versions: SpecVersions,
}

/// An object with its date added.
pub type ReleasedObject = (Sequence, Releasable<Object>);

/// What a reader gets.
#[derive(Debug, Clone, Default)]
pub struct Released {
    /// The objects with their dates added, in the order they were added.
    pub objects: Vec<ReleasedObject>,
    /// The number of the label of each.
    pub(crate) labels: Vec<LabelId>,
    /// Whether there is more behind the last.
    pub more: bool,
}

impl Released {
    /// The version of an object: its own, or where it has none, its date added.
    pub fn version(sequence: Sequence, object: &Object) -> Timestamp {
        object.version().unwrap_or(sequence.date_added())
    }
}

/// How many objects are read at once at most where a filter leaves few of them.
const READ_AHEAD_OBJECTS: u32 = 1000;

impl Exchange {
    /// A page of objects in the order they were added, accounted for before it is given.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn objects(
        &self,
        access: &Access,
        query: &Query,
        channel: Channel,
    ) -> Result<Released, ExchangeError> {
        let released = self.find(access, query).await?;
        self.account(access, channel, &released).await?;
        Ok(released)
    }

    /// Whether a query finds anything for this reader; nothing is given.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn finds(&self, access: &Access, query: &Query) -> Result<Existence, ExchangeError> {
        let found = self.find(access, query).await?;
        Ok(if found.objects.is_empty() { Existence::Absent } else { Existence::Present })
    }

    pub(crate) async fn find(&self, access: &Access, query: &Query) -> Result<Released, ExchangeError> {
        let mut page = PageBuilder {
            limit: query.limit.get() as usize,
            bytes_left: query.bytes_max,
            released: Released::default(),
        };
        let mut memo = self.memo(access).await?;
        if let Some(ids) = &query.ids {
            let claims = self.claims_of(access, ids, query, &mut memo).await?;
            for claim in claims {
                let Some(held) = self.store.object(claim.collection, claim.label, claim.sequence).await?
                else {
                    continue;
                };
                let released = self.release(access, vec![held], &mut memo).await?;
                if released.into_iter().flatten().any(|one| page.push(one) == Full::Yes) {
                    break;
                }
            }
            return Ok(page.released);
        }
        let visible = access.visible_labels();
        let mut after = query.after;
        let mut asked = 0;
        loop {
            let store_query = store_query(access, query, after, &page, asked);
            asked = store_query.limit.get();
            let found = self.store.objects(&store_query, &visible).await?;
            let Some(last) = found.objects.last() else { return Ok(page.released) };
            after = last.sequence;
            let mut chosen = Vec::with_capacity(found.objects.len());
            for held in found.objects {
                if held.multiplicity == Multiplicity::Single {
                    if is_named(query, &held) {
                        chosen.push(held);
                    }
                } else if self.is_chosen(access, query, &held, &mut memo).await? {
                    chosen.push(held);
                }
            }
            let released = self.release(access, chosen, &mut memo).await?;
            if released.into_iter().flatten().any(|one| page.push(one) == Full::Yes) || !found.more {
                return Ok(page.released);
            }
        }
    }

    /// Whether a reader gets anything of an id at all, whatever the filters say.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn exists(&self, access: &Access, id: &str) -> Result<Existence, ExchangeError> {
        let mut memo = self.memo(access).await?;
        let claims = self.store.claims(&[id]).await?.pop().unwrap_or_default();
        let served = self.served(access, id, &claims, &mut memo).await?;
        Ok(if served.is_empty() { Existence::Absent } else { Existence::Present })
    }

    /// The claims on some ids that a query asks for, in the order they were added.
    async fn claims_of(
        &self,
        access: &Access,
        ids: &[String],
        query: &Query,
        memo: &mut Memo,
    ) -> Result<Vec<Claim>, ExchangeError> {
        let wanted = |id: &str| {
            query.types.as_ref().is_none_or(|types| types.iter().any(|t| t == stix::id::object_type(id)))
        };
        let ids: HashSet<&str> = ids.iter().map(String::as_str).filter(|id| wanted(id)).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let mut chosen = Vec::new();
        for (id, claims) in ids.iter().zip(self.store.claims(&ids).await?) {
            let served = self.served(access, id, &claims, memo).await?;
            chosen.extend(choose(&served, query));
        }
        chosen.retain(|claim| claim.sequence > query.after);
        chosen.sort_unstable_by_key(|claim| claim.sequence);
        Ok(chosen)
    }

    /// Whether an object that the store gave, one of several under its id, is one of the versions asked for.
    async fn is_chosen(
        &self,
        access: &Access,
        query: &Query,
        held: &Held,
        memo: &mut Memo,
    ) -> Result<bool, ExchangeError> {
        let object = held.object.inspect();
        let claims = self.store.claims(&[object.id()]).await?.pop().unwrap_or_default();
        let served = self.served(access, object.id(), &claims, memo).await?;
        Ok(choose(&served, query).any(|claim| claim.sequence == held.sequence))
    }

    /// Of all claims on an id, those that this reader is served in the collection of the access: released ones, of the origin
    /// of the earliest of them.
    pub(crate) async fn served(
        &self,
        access: &Access,
        id: &str,
        claims: &[Claim],
        memo: &mut Memo,
    ) -> Result<Vec<Claim>, ExchangeError> {
        let mut owner: Option<OriginNumber> = None;
        let mut served = Vec::new();
        for claim in claims.iter().filter(|claim| claim.collection == access.number()) {
            if owner.is_none_or(|owner| owner == claim.origin)
                && self.is_released(access, id, claim, memo).await?
            {
                owner = Some(claim.origin);
                served.push(*claim);
            }
        }
        Ok(served)
    }

    /// Which of the references of a claim are held here and withheld from this reader.
    pub(crate) async fn withheld_of(
        &self,
        access: &Access,
        claim: &Claim,
        memo: &mut Memo,
    ) -> Result<HashSet<String>, ExchangeError> {
        let held = self.store.object(claim.collection, claim.label, claim.sequence).await?;
        let references = held.map(|held| held.object.inspect().references().map(str::to_owned).collect());
        self.withheld(access, references.unwrap_or_default(), memo).await
    }

    /// Releases objects in order; nothing stands for what does not exist for this reader.
    pub(crate) async fn release(
        &self,
        access: &Access,
        objects: Vec<Held>,
        memo: &mut Memo,
    ) -> Result<Vec<Option<(LabelId, ReleasedObject)>>, ExchangeError> {
        let Some(terms) = access.read_terms(access.number()) else { return Ok(Vec::new()) };
        // Something withheld may have arrived together with these very objects, after what was looked up before.
        if objects.iter().any(|held| held.sequence > memo.seen) {
            let reads = memo.reads;
            *memo = self.memo(access).await?;
            memo.reads = reads;
        }
        let withheld = if memo.everything == Everything::Seen {
            HashSet::new()
        } else {
            let own = |held: &&Held| {
                let stamp = access.state.stamps.get(held.label);
                stamp.is_some_and(|stamp| access.has_brought(stamp))
            };
            let references: HashSet<&str> = objects
                .iter()
                .filter(|held| !own(held))
                .flat_map(|held| held.object.inspect().references())
                .collect();
            let references = references.into_iter().map(str::to_owned).collect();
            self.withheld(access, references, memo).await?
        };
        let reader = access.reader(terms);
        // Few labels stand on many objects, and mostly the same as on the one before.
        let mut passages: Vec<(LabelId, Option<Passage<'_>>)> = Vec::new();
        let release = |held: Held| {
            let known = passages.iter().rposition(|(label, _)| *label == held.label);
            let passage = if let Some((_, passage)) = known.and_then(|known| passages.get(known)) {
                *passage
            } else {
                let stamp = access.state.stamps.get(held.label);
                let passage = stamp.and_then(|stamp| access.policy().pass(stamp, &reader).ok());
                passages.push((held.label, passage));
                passage
            };
            let Some(passage) = passage else {
                self.raise_alarm();
                return None;
            };
            let released = passage.release(held.object, &withheld).ok()?;
            Some((held.label, (held.sequence, released)))
        };
        Ok(objects.into_iter().map(release).collect())
    }

    /// Whether nothing at all that is held here is withheld from this reader, so that no reference needs looking up.
    pub(crate) async fn sees_everything(&self, access: &Access) -> Result<Everything, ExchangeError> {
        let mut known: HashMap<(CollectionNumber, LabelId), bool> = HashMap::new();
        let mut sees = |collection, label: LabelId| {
            *known.entry((collection, label)).or_insert_with(|| {
                access.visible(collection, label).is_some_and(|stamp| stamp.granularity == Granularity::Whole)
            })
        };
        let counts = self.store.counts().await?;
        let held =
            counts.iter().filter(|count| count.count > 0 && count.collection != crate::registry::MARKINGS);
        for count in held {
            if !sees(count.collection, count.label) {
                return Ok(Everything::NotSeen);
            }
        }
        Ok(Everything::Seen)
    }
}

/// Whether a reader gets anything of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// Something.
    Present,
    /// Nothing: withheld and unknown are the same.
    Absent,
}

#[derive(Debug, PartialEq, Eq)]
enum Full {
    Yes,
    No,
}

struct PageBuilder {
    limit: usize,
    bytes_left: usize,
    released: Released,
}

impl PageBuilder {
    fn push(&mut self, one: (LabelId, ReleasedObject)) -> Full {
        if self.released.objects.len() >= self.limit || self.bytes_left == 0 {
            self.released.more = true;
            return Full::Yes;
        }
        let (label, one) = one;
        self.bytes_left = self.bytes_left.saturating_sub(one.1.content().text_bytes().len());
        self.released.objects.push(one);
        self.released.labels.push(label);
        Full::No
    }
}

/// Asks for one more than is left, so that `more` is known to be true or false; and for ever more at once where filters
/// leave little of what is read.
fn store_query(
    access: &Access,
    query: &Query,
    after: Sequence,
    page: &PageBuilder,
    asked: u32,
) -> ObjectQuery {
    let left = page.limit.saturating_sub(page.released.objects.len()).saturating_add(1);
    let left = u32::try_from(left).unwrap_or(u32::MAX);
    ObjectQuery {
        collection: access.number(),
        after,
        types: query.types.clone().unwrap_or_default(),
        limit: NonZeroU32::new(left.max(asked.saturating_mul(2).min(READ_AHEAD_OBJECTS)))
            .unwrap_or(NonZeroU32::MIN),
        bytes_max: page.bytes_left.max(1),
    }
}

/// Of the claims served to a reader, those that the filters name.
pub(crate) fn choose<'a>(served: &'a [Claim], query: &'a Query) -> impl Iterator<Item = Claim> + 'a {
    let latest_spec = served.iter().map(|claim| claim.spec_version).max();
    let of_spec = move |claim: &&Claim| match &query.spec_versions {
        SpecVersions::Latest => Some(claim.spec_version) == latest_spec,
        SpecVersions::Only(versions) => versions.contains(&claim.spec_version),
    };
    let version = |claim: &Claim| claim.version.unwrap_or(claim.sequence.date_added());
    let of_spec_versions = || served.iter().filter(of_spec).map(version);
    let bounds = of_spec_versions().min().zip(of_spec_versions().max());
    let named =
        move |claim: &&Claim| bounds.is_some_and(|bounds| names(&query.versions, version(claim), bounds));
    served.iter().filter(of_spec).filter(named).copied()
}

/// Whether an object that stands alone under its id is the version asked for.
fn is_named(query: &Query, held: &Held) -> bool {
    let object = held.object.inspect();
    let spec = match &query.spec_versions {
        SpecVersions::Latest => true,
        SpecVersions::Only(versions) => versions.contains(&object.spec_version()),
    };
    let version = || Released::version(held.sequence, object);
    // Alone, it is the first and the last.
    spec && match &query.versions {
        Versions::All => true,
        Versions::Any(filters) => filters.iter().any(|filter| match filter {
            VersionFilter::First | VersionFilter::Last => true,
            VersionFilter::At(moment) => version() == *moment,
        }),
    }
}

/// Whether a version filter names a version among those from `first` to `last`.
fn names(versions: &Versions, version: Timestamp, (first, last): (Timestamp, Timestamp)) -> bool {
    match versions {
        Versions::All => true,
        Versions::Any(filters) => filters.iter().any(|filter| match filter {
            VersionFilter::First => version == first,
            VersionFilter::Last => version == last,
            VersionFilter::At(moment) => version == *moment,
        }),
    }
}
