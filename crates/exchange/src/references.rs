//! Which of the ids that objects refer to are withheld from a reader?
//!
//! Objects refer to each other in chains and circles. Everything that its label releases is taken as released, then what
//! loses something that its type requires is withheld, and so on until nothing changes. So where no label withholds anything,
//! nothing is withheld, and what is withheld elsewhere changes nothing among objects that do not refer to it.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    mem,
    sync::Arc,
};

use releasability::{Granularity, Stamp};
use store::{Claim, Held, Sequence};

use crate::{Access, Exchange, ExchangeError, registry::MARKINGS};

/// Types that can be withheld for what they refer to: because a reference is required, or may be the last of several
/// properties of which one must be there.
pub(crate) const REFERRING_TYPES: [&str; 15] = [
    "email-message",
    "extension-definition",
    "file",
    "grouping",
    "language-content",
    "malware-analysis",
    "network-traffic",
    "note",
    "observed-data",
    "opinion",
    "process",
    "relationship",
    "report",
    "sighting",
    "windows-registry-key",
];

/// Whether anything at all is withheld from a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Everything {
    Seen,
    NotSeen,
}

/// What one request found out about references.
pub(crate) struct Memo {
    /// All that was committed up to here counted in what was found out.
    pub(crate) seen: Sequence,
    pub(crate) everything: Everything,
    /// Whether an id is held and withheld.
    ids: HashMap<String, bool>,
    /// Whether a claim is released.
    claims: HashMap<Sequence, bool>,
    pub(crate) reads: usize,
}

/// Ids that hang together by references, while it is being found out which of them are withheld.
#[derive(Default)]
struct Web {
    /// Of each id: whether it is held here, and how many of its claims are released so far.
    ids: HashMap<String, (bool, usize)>,
    /// The claims whose release hangs on what they refer to.
    open: Vec<Open>,
    /// Which of them refer to an id.
    referring: HashMap<String, Vec<usize>>,
    /// Ids that were met and not yet looked at.
    frontier: BTreeSet<String>,
}

struct Open {
    id: String,
    claim: Claim,
    released: bool,
}

impl Exchange {
    /// Nothing found out yet, but whether anything has to be.
    pub(crate) async fn memo(&self, access: &Access) -> Result<Memo, ExchangeError> {
        let seen = self.store.last();
        let everything = self.sees_everything(access).await?;
        Ok(Memo { seen, everything, ids: HashMap::new(), claims: HashMap::new(), reads: 0 })
    }

    /// Whether a claim is released to this reader, in whatever collection it stands.
    pub(crate) async fn is_released(
        &self,
        access: &Access,
        id: &str,
        claim: &Claim,
        memo: &mut Memo,
    ) -> Result<bool, ExchangeError> {
        if let Some(known) = is_known(access, id, claim, memo) {
            return Ok(known);
        }
        self.resolve(access, [id.to_owned()].into(), memo).await?;
        Ok(memo.claims.get(&claim.sequence).copied().unwrap_or(false))
    }

    /// Which of these ids are held here and withheld from this reader.
    pub(crate) async fn withheld(
        &self,
        access: &Access,
        ids: Vec<String>,
        memo: &mut Memo,
    ) -> Result<HashSet<String>, ExchangeError> {
        self.resolve(access, ids.iter().cloned().collect(), memo).await?;
        Ok(ids.into_iter().filter(|id| memo.ids.get(id) == Some(&true)).collect())
    }

    /// Finds out about ids and all that they lead to.
    async fn resolve(
        &self,
        access: &Access,
        ids: BTreeSet<String>,
        memo: &mut Memo,
    ) -> Result<(), ExchangeError> {
        let mut web = Web { frontier: ids, ..Web::default() };
        loop {
            let ids: Vec<String> = mem::take(&mut web.frontier)
                .into_iter()
                .filter(|id| !memo.ids.contains_key(id) && !web.ids.contains_key(id))
                .collect();
            if ids.is_empty() {
                break;
            }
            let asked: Vec<&str> = ids.iter().map(String::as_str).collect();
            let found = self.store.claims(&asked).await?;
            for (id, claims) in ids.into_iter().zip(found) {
                self.take_in(access, (id, claims), &mut web, memo).await?;
            }
        }
        self.withhold(access, &mut web, memo).await?;
        memo.claims.extend(web.open.iter().map(|open| (open.claim.sequence, open.released)));
        memo.ids.extend(web.ids.into_iter().map(|(id, (held, released))| (id, held && released == 0)));
        Ok(())
    }

    /// Takes the claims on an id into the web, and notes what they refer to.
    async fn take_in(
        &self,
        access: &Access,
        (id, claims): (String, Vec<Claim>),
        web: &mut Web,
        memo: &mut Memo,
    ) -> Result<(), ExchangeError> {
        let (mut held, mut released) = (false, 0);
        for claim in claims.into_iter().filter(|claim| claim.collection != MARKINGS) {
            held = true;
            if let Some(known) = is_known(access, &id, &claim, memo) {
                released += usize::from(known);
                continue;
            }
            let found = self.read(&claim, memo).await?;
            let Some(found) = found.filter(|held| is_whole_enough(access, held, &claim)) else {
                memo.claims.insert(claim.sequence, false);
                continue;
            };
            released += 1;
            let references: BTreeSet<&str> = found.object.inspect().references().collect();
            for reference in references {
                web.referring.entry(reference.to_owned()).or_default().push(web.open.len());
                web.frontier.insert(reference.to_owned());
            }
            web.open.push(Open { id: id.clone(), claim, released: true });
        }
        web.ids.insert(id, (held, released));
        Ok(())
    }

    /// Withholds what loses something required, until nothing changes.
    async fn withhold(&self, access: &Access, web: &mut Web, memo: &mut Memo) -> Result<(), ExchangeError> {
        let lost = web.ids.iter().filter(|(_, (held, released))| *held && *released == 0).map(|(id, _)| id);
        let known = web.referring.keys().filter(|id| memo.ids.get(*id) == Some(&true));
        let mut new: Vec<String> = lost.chain(known).cloned().collect();
        let mut withheld = HashSet::new();
        while !new.is_empty() {
            let affected: BTreeSet<usize> =
                new.iter().filter_map(|id| web.referring.get(id)).flatten().copied().collect();
            withheld.extend(new.drain(..));
            for index in affected {
                let Some(open) = web.open.get_mut(index).filter(|open| open.released) else { continue };
                let found = self.read(&open.claim, memo).await?;
                if found.is_some_and(|held| is_released_without(access, held, &open.claim, &withheld)) {
                    continue;
                }
                open.released = false;
                if let Some((_, released)) = web.ids.get_mut(&open.id) {
                    *released -= 1;
                    if *released == 0 {
                        new.push(open.id.clone());
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads the object of a claim, as long as this request may read more. What is not read is withheld.
    async fn read(&self, claim: &Claim, memo: &mut Memo) -> Result<Option<Held>, ExchangeError> {
        if memo.reads >= self.limits.reference_reads_max {
            return Ok(None);
        }
        memo.reads += 1;
        Ok(self.store.object(claim.collection, claim.label, claim.sequence).await?)
    }
}

/// Whether a claim is released, where that can be said without reading its object.
fn is_known(access: &Access, id: &str, claim: &Claim, memo: &Memo) -> Option<bool> {
    let Some(stamp) = access.visible(claim.collection, claim.label) else { return Some(false) };
    if access.has_brought(stamp) || memo.everything == Everything::Seen {
        return Some(true);
    }
    if let Some(known) = memo.claims.get(&claim.sequence) {
        return Some(*known);
    }
    let refers = REFERRING_TYPES.contains(&stix::id::object_type(id));
    (stamp.granularity == Granularity::Whole && !refers).then_some(true)
}

/// Whether an object is released where nothing that it refers to is withheld: its own parts may be.
fn is_whole_enough(access: &Access, held: &Held, claim: &Claim) -> bool {
    let Some(stamp) = stamp(access, claim) else { return false };
    stamp.granularity == Granularity::Whole
        || is_released_without(access, held.clone(), claim, &HashSet::new())
}

fn is_released_without(access: &Access, held: Held, claim: &Claim, withheld: &HashSet<String>) -> bool {
    let (Some(stamp), Some(terms)) = (stamp(access, claim), access.read_terms(claim.collection)) else {
        return false;
    };
    access.policy().release(held.object, stamp, &access.reader(terms), withheld).is_ok()
}

fn stamp<'a>(access: &'a Access, claim: &Claim) -> Option<&'a Arc<Stamp>> {
    access.state.stamps.get(claim.label)
}
