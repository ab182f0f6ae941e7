//! How far has each pattern over several observations got?
//!
//! STIX asks whether there is a binding, not for all of them, so of the partial matches that have got equally far only
//! those need be kept that no other beats: the one that began last beats all, since every WITHIN still open leaves it most
//! time. Several are needed only where several WITHIN are open at once. Observations come here in the order of their time, those of
//! one moment together, because within a moment every order is one in which they may have happened.

use std::{collections::VecDeque, sync::Arc};

use stix::Timestamp;

use crate::{
    MatcherLimits, ObservationId,
    plan::{Alternative, LeafNumber, Order, Use, Window},
    reference::since_epoch,
};

/// An observation that some leaves of a pattern take.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) id: ObservationId,
    pub(crate) first: Timestamp,
    pub(crate) count: u32,
    pub(crate) leaves: Vec<LeafNumber>,
}

/// The partial matches of one alternative.
#[derive(Debug, Clone)]
pub(crate) enum Progress {
    /// There is nothing to remember.
    None,
    Count(Counted),
    Ordered(Vec<Partial>),
}

/// The observations that began last, as many as are needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    /// By beginning, those of one moment as they came.
    kept: VecDeque<Kept>,
    total: u64,
}

/// An observation, counting as so many.
#[derive(Debug, Clone, Copy)]
struct Kept {
    began: i128,
    id: ObservationId,
    count: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct Partial {
    /// For each use, how many observations it has taken.
    taken: Vec<u32>,
    /// For each window, when the earliest observation in it began; as late as can be for one that is not open.
    began: Vec<i128>,
    witness: Chain,
}

/// The observations that a partial match has taken, the newest first; shared with those it grew from.
type Chain = Option<Arc<Link>>;

#[derive(Debug)]
struct Link {
    id: ObservationId,
    before: Chain,
}

const NOT_OPEN: i128 = i128::MAX;

impl Progress {
    pub(crate) fn new(alternative: &Alternative) -> Self {
        match alternative {
            Alternative::Instant(_) => Self::None,
            Alternative::Count(..) => Self::Count(Counted::default()),
            Alternative::Ordered(_) => Self::Ordered(Vec::new()),
        }
    }

    /// Takes in what was observed at one moment; gives the observations of a match that this completes, if any, and adds
    /// to `dropped` how many partial matches a limit made it forget.
    pub(crate) fn advance(
        &mut self,
        alternative: &Alternative,
        (now, hits): (Timestamp, &[Hit]),
        limits: &MatcherLimits,
        dropped: &mut u64,
    ) -> Option<Vec<ObservationId>> {
        match (self, alternative) {
            (Self::Count(counted), Alternative::Count(own, window)) => {
                let mut found = None;
                for hit in
                    hits.iter().filter(|hit| hit.leaves.contains(&own.leaf) && own.takes(hit.first, now))
                {
                    found =
                        counted.add(hit, own.need, window.map(|window| since_epoch(now) - window)).or(found);
                }
                found
            }
            (Self::Ordered(partials), Alternative::Ordered(order)) => {
                let mut step = Step { order, now, limits, dropped, all: std::mem::take(partials) };
                let found = step.run(hits);
                *partials = step.all;
                // Very many patterns may be open, most with one partial match.
                partials.shrink_to_fit();
                found
            }
            _ => None,
        }
    }
}

impl Counted {
    /// Adds an observation. With it, the latest beginnings are the best choice of all.
    fn add(&mut self, hit: &Hit, need: u32, after: Option<i128>) -> Option<Vec<ObservationId>> {
        let count = hit.count.min(need);
        let began = since_epoch(hit.first);
        if after.is_some_and(|after| began <= after) {
            return None;
        }
        let at = self.kept.partition_point(|kept| kept.began <= began);
        self.kept.insert(at, Kept { began, id: hit.id, count });
        self.total += u64::from(count);
        let mut earliest = began;
        while let Some(first) = self.kept.front().copied() {
            let is_spare = self.total - u64::from(first.count) >= u64::from(need);
            if !is_spare && after.is_none_or(|after| first.began > after) {
                earliest = earliest.min(first.began);
                break;
            }
            self.kept.pop_front();
            self.total -= u64::from(first.count);
        }
        let complete = self.total >= u64::from(need) && after.is_none_or(|after| earliest > after);
        complete.then(|| self.witness(hit.id, need))
    }

    /// This observation and the latest others that make up the number.
    fn witness(&self, newest: ObservationId, need: u32) -> Vec<ObservationId> {
        let mut all = VecDeque::from([newest]);
        let others = self.kept.iter().rev().filter(|kept| kept.id != newest);
        let own: u32 = self.kept.iter().filter(|kept| kept.id == newest).map(|kept| kept.count).sum();
        let mut sum = own.max(1);
        for kept in others {
            if sum >= need {
                break;
            }
            sum = sum.saturating_add(kept.count);
            all.push_front(kept.id);
        }
        all.into()
    }
}

struct Step<'a> {
    order: &'a Order,
    now: Timestamp,
    limits: &'a MatcherLimits,
    dropped: &'a mut u64,
    all: Vec<Partial>,
}

impl Step<'_> {
    fn run(&mut self, hits: &[Hit]) -> Option<Vec<ObservationId>> {
        let now = since_epoch(self.now);
        let order = self.order;
        self.all.retain(|partial| {
            let open =
                |(window, began): (&Window, &i128)| *began == NOT_OPEN || now - began < window.nanoseconds;
            order.windows.iter().zip(&partial.began).all(open)
        });
        self.all.push(Partial {
            taken: vec![0; order.uses.len()],
            began: vec![NOT_OPEN; order.windows.len()],
            witness: None,
        });
        for hit in hits {
            self.take(hit);
        }
        // Within the moment a use may have run ahead of what has to come before it.
        self.all.retain(|partial| partial.is_begun() && partial.is_closed(order));
        let found = self.all.iter().find(|partial| partial.is_complete(order)).map(Partial::observations);
        self.all.retain(|partial| !partial.is_complete(order));
        found
    }

    /// Lets each partial match take an observation, as often as it counts, by any use that wants it.
    fn take(&mut self, hit: &Hit) {
        let fits = |own: &Use| hit.leaves.contains(&own.leaf) && own.takes(hit.first, self.now);
        let uses: Vec<usize> =
            self.order.uses.iter().enumerate().filter(|(_, own)| fits(own)).map(|(at, _)| at).collect();
        let mut frontier = self.all.clone();
        for _ in 0..hit.count {
            let longer: Vec<Partial> = frontier
                .iter()
                .flat_map(|partial| uses.iter().filter_map(|at| self.longer(partial, *at, hit)))
                .collect();
            frontier.clear();
            for partial in longer {
                if self.keep(&partial) {
                    frontier.push(partial);
                }
            }
            if frontier.is_empty() {
                break;
            }
        }
    }

    fn longer(&self, partial: &Partial, at: usize, hit: &Hit) -> Option<Partial> {
        let mut longer = partial.clone();
        let taken = longer.taken.get_mut(at)?;
        if *taken >= self.order.uses.get(at)?.need {
            return None;
        }
        *taken += 1;
        longer.witness = Some(Arc::new(Link { id: hit.id, before: longer.witness.take() }));
        let now = since_epoch(self.now);
        for (index, window) in self.order.windows.iter().enumerate() {
            if window.members & (1 << at) == 0 {
                continue;
            }
            let began = longer.began.get(index)?.min(&since_epoch(hit.first)).to_owned();
            if now - began >= window.nanoseconds {
                return None;
            }
            let is_done = longer.has_all(self.order, window.members);
            *longer.began.get_mut(index)? = if is_done { NOT_OPEN } else { began };
        }
        Some(longer)
    }

    /// Whether a partial match is worth keeping, and keeps it.
    fn keep(&mut self, new: &Partial) -> bool {
        let equally_far = |other: &Partial| other.taken == new.taken;
        if self.all.iter().any(|other| equally_far(other) && other.beats(new)) {
            return false;
        }
        self.all.retain(|other| !(equally_far(other) && new.beats(other)));
        let rivals = self.all.iter().filter(|other| equally_far(other)).count();
        let is_full = self.all.len() > self.limits.partials_max;
        if rivals >= self.limits.rivals_max || is_full {
            *self.dropped += 1;
            let earliest = |partial: &Partial| partial.began.iter().min().copied().unwrap_or(NOT_OPEN);
            let candidates = self
                .all
                .iter()
                .enumerate()
                .filter(|(_, other)| other.is_begun() && (is_full || equally_far(other)));
            let Some((at, other)) = candidates.min_by_key(|(_, other)| earliest(other)) else { return false };
            if earliest(other) >= earliest(new) {
                return false;
            }
            self.all.swap_remove(at);
        }
        self.all.push(new.clone());
        true
    }
}

impl Partial {
    fn is_begun(&self) -> bool {
        self.taken.iter().any(|taken| *taken > 0)
    }

    /// What it has taken, as it came.
    fn observations(&self) -> Vec<ObservationId> {
        let links = std::iter::successors(self.witness.as_deref(), |link| link.before.as_deref());
        let mut all: Vec<ObservationId> = links.map(|link| link.id).collect();
        all.reverse();
        all
    }

    /// Began no earlier in any open window.
    fn beats(&self, other: &Self) -> bool {
        self.began.iter().zip(&other.began).all(|(own, other)| own >= other)
    }

    fn has_all(&self, order: &Order, members: u32) -> bool {
        let is_done =
            |(at, (taken, own)): (usize, (&u32, &Use))| members & (1 << at) == 0 || *taken >= own.need;
        self.taken.iter().zip(&order.uses).enumerate().all(is_done)
    }

    fn is_complete(&self, order: &Order) -> bool {
        self.has_all(order, u32::MAX)
    }

    fn is_closed(&self, order: &Order) -> bool {
        self.taken
            .iter()
            .zip(&order.before)
            .all(|(taken, before)| *taken == 0 || self.has_all(order, *before))
    }
}
