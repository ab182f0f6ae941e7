//! Which of very many indicators match what is observed now?
//!
//! Each pattern is multiplied out (`plan`), its leaves are found by witnesses (`index`), what they find is evaluated
//! exactly, and patterns over several observations remember how far they have got (`window`). Patterns that one
//! observation satisfies match at once. The others wait until observations that come out of order have had their chance
//! ([`MatcherLimits::lateness_seconds`]), since the order of times matters to them.

mod body;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hashbrown::HashMap;
use stix::{Timestamp, pattern::Pattern};

use self::body::{Body, Other, Plans, witnesses};
use crate::{
    CompileError, Dropped, Equality, IndicatorId, Match, MatcherLimits, Observation, ObservationId, Standing,
    Validity,
    evaluate::{explain, holds},
    formula::{Atom, Formula},
    index::{Index, Posting},
    plan::{Alternative, LeafNumber, Plan},
    usual::{self, Sign},
    window::Hit,
};

#[derive(Debug)]
struct Entry {
    id: IndicatorId,
    /// Tells it from what stood in the same place before.
    generation: u64,
    validity: Validity,
    body: Body,
}

/// Leaves that an observation satisfies, by place and generation of the indicator.
type Satisfied = Vec<(u32, u64, Vec<LeafNumber>)>;

/// Whether a pattern is of the usual sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what is not of the usual sort was not inserted"]
pub enum Usual {
    /// It is, and is looked for.
    Yes,
    /// It is not, and nothing changed.
    No,
}

#[derive(Debug)]
struct Waiting {
    id: ObservationId,
    /// When it came, by the clock.
    came: Timestamp,
    first: Timestamp,
    count: u32,
    satisfied: Satisfied,
}

/// Many indicators over one stream of observations.
#[derive(Debug)]
pub struct Program {
    equality: Equality,
    limits: MatcherLimits,
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    places: HashMap<IndicatorId, u32>,
    /// How often each object path is asked for.
    classes: BTreeMap<Cow<'static, str>, usize>,
    generations: u64,
    index: Index,
    plans: Plans,
    /// By time and arrival.
    waiting: BTreeMap<(Timestamp, u64), Waiting>,
    arrivals: u64,
    /// What lies before this moment is over.
    watermark: Option<Timestamp>,
    dropped: Dropped,
}

impl Program {
    /// Without indicators.
    pub fn new(equality: Equality, limits: MatcherLimits) -> Self {
        Self {
            equality,
            limits,
            entries: Vec::new(),
            free: Vec::new(),
            places: HashMap::new(),
            classes: BTreeMap::new(),
            generations: 0,
            index: Index::default(),
            plans: Plans::default(),
            waiting: BTreeMap::new(),
            arrivals: 0,
            watermark: None,
            dropped: Dropped::default(),
        }
    }

    /// How many indicators there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What was forgotten because of a limit.
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// Adds an indicator. One with the same id is replaced, and what it had got to is forgotten.
    ///
    /// # Errors
    /// [`CompileError`] for a pattern that cannot be run; then nothing changes.
    pub fn insert(
        &mut self,
        id: IndicatorId,
        pattern: &Pattern,
        validity: Validity,
    ) -> Result<(), CompileError> {
        let plan = Plan::new(pattern, &self.limits)?;
        let place = self.free_place(&id);
        for (posting, witness) in witnesses(place, &plan.leaves) {
            self.index.add(&witness, posting);
        }
        for atom in plan.leaves.iter().flat_map(Formula::atoms) {
            self.count_class(Cow::Owned(class(atom)));
        }
        let other = Other::new(pattern, plan, &self.limits);
        self.fill(place, (id, Body::Other(Box::new(other))), validity);
        Ok(())
    }

    /// As [`Program::insert`] for the text of a pattern that is one comparison of the usual sort, such as
    /// `[domain-name:value = 'www.example.com']`. These are kept as they are written, in a fraction of the time and space.
    pub fn insert_usual(&mut self, id: IndicatorId, text: &Arc<str>, validity: Validity) -> Usual {
        let is_short = text.len() <= self.limits.pattern.pattern_bytes_max;
        let Some(own) = usual::recognise(text).filter(|_| is_short) else { return Usual::No };
        self.put_usual(id, (text, &own), validity);
        Usual::Yes
    }

    /// [`Program::insert_usual`] of what was recognised.
    pub(crate) fn put_usual(
        &mut self,
        id: IndicatorId,
        (text, own): (&Arc<str>, &usual::Usual<'_>),
        validity: Validity,
    ) -> usize {
        let place = self.free_place(&id);
        let posting = Posting { slot: place, leaf: 0 };
        match own.sign() {
            Sign::Exact(tail, key) => self.index.add_exact(tail, &key, posting),
            Sign::Other(witness) => self.index.add(&witness, posting),
        }
        self.count_class(Cow::Borrowed(own.class));
        self.fill(place, (id, Body::Usual(Arc::clone(text))), validity);
        slot(place)
    }

    fn free_place(&mut self, id: &IndicatorId) -> u32 {
        self.remove(id);
        self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn count_class(&mut self, class: Cow<'static, str>) {
        *self.classes.entry(class).or_default() += 1;
    }

    fn fill(&mut self, place: u32, (id, body): (IndicatorId, Body), validity: Validity) {
        self.generations += 1;
        let entry = Entry { id: id.clone(), generation: self.generations, validity, body };
        if let Some(free) = self.entries.get_mut(slot(place)) {
            *free = Some(entry);
        }
        self.places.insert(id, place);
    }

    /// Makes room for so many indicators to come.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
        self.places.reserve(more);
    }

    /// Where an indicator stands, as long as it is there and not replaced; places are used again.
    pub(crate) fn place(&self, id: &IndicatorId) -> Option<usize> {
        self.places.get(id).map(|place| slot(*place))
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &IndicatorId> {
        self.places.keys()
    }

    /// Whether it is to match at all, from now on.
    pub(crate) fn set_standing(&mut self, id: &IndicatorId, standing: Standing) {
        let place = self.place(id);
        if let Some(entry) = place.and_then(|place| self.entries.get_mut(place)).and_then(Option::as_mut) {
            entry.validity.standing = standing;
        }
    }

    /// Removes an indicator; whether it was there.
    pub fn remove(&mut self, id: &IndicatorId) -> bool {
        let Some(place) = self.places.remove(id) else { return false };
        if let Some(entry) = self.entries.get_mut(slot(place)).and_then(Option::take) {
            for (posting, witness) in entry.body.witnesses(place, &self.limits) {
                self.index.remove(&witness, posting);
            }
            for class in entry.body.classes(&self.limits) {
                if let Some(count) = self.classes.get_mut(&class) {
                    *count -= 1;
                    if *count == 0 {
                        self.classes.remove(&class);
                    }
                }
            }
        }
        self.free.push(place);
        true
    }

    /// Changes when an indicator matches; whether it is there.
    pub fn set_validity(&mut self, id: &IndicatorId, validity: Validity) -> bool {
        let place = self.places.get(id).copied();
        let entry = place.and_then(|place| self.entries.get_mut(slot(place))).and_then(Option::as_mut);
        entry.map(|entry| entry.validity = validity).is_some()
    }

    /// Takes in an observation at a moment by the clock, by which the validity of indicators is judged. Gives the indicators that
    /// it satisfies alone, and those that observations whose turn has come satisfy together.
    pub fn observe(&mut self, observation: &Observation, now: Timestamp) -> Vec<Match> {
        let mut matches = Vec::new();
        let satisfied = self.satisfied(observation, now, &mut matches);
        let behind = observation.last.min(now).plus_seconds(-i64::from(self.limits.lateness_seconds));
        if !satisfied.is_empty() {
            if self.watermark.is_some_and(|watermark| observation.last < watermark) {
                self.dropped.late += 1;
            } else if self.waiting.len() >= self.limits.waiting_max {
                self.dropped.waiting += 1;
            } else {
                let waiting = Waiting {
                    id: observation.id,
                    came: now,
                    first: observation.first,
                    count: observation.count.get(),
                    satisfied,
                };
                self.waiting.insert((observation.last, self.arrivals), waiting);
                self.arrivals += 1;
            }
        }
        matches.append(&mut self.advance(behind));
        matches
    }

    /// Nothing before this moment will come any more: what has waited for that is matched.
    pub fn advance(&mut self, moment: Timestamp) -> Vec<Match> {
        if self.watermark.is_none_or(|watermark| watermark < moment) {
            self.watermark = Some(moment);
        }
        let mut matches = Vec::new();
        while let Some((&(time, _), _)) = self.waiting.first_key_value() {
            if self.watermark.is_none_or(|watermark| time >= watermark) {
                break;
            }
            self.release(time, &mut matches);
        }
        matches
    }

    /// What came longer ago than stragglers take, by the clock, waits no more: else the last observation of a stream that falls silent
    /// would be matched when the next one comes. To be called every now and then.
    pub fn advance_by_clock(&mut self, now: Timestamp) -> Vec<Match> {
        let due = now.plus_seconds(-i64::from(self.limits.lateness_seconds));
        // The clock may be far ahead of telemetry that is read again, which must not be late because of that.
        let times = self.waiting.iter().rev().map(|(&(time, _), waiting)| (time, waiting.came));
        let last = times.filter(|(time, _)| *time <= due).find(|(_, came)| *came <= due);
        last.map_or(Vec::new(), |(last, _)| self.advance(last.next()))
    }

    /// Nothing will come any more: everything that waits is matched.
    pub fn finish(&mut self) -> Vec<Match> {
        let mut matches = Vec::new();
        while let Some((&(time, _), _)) = self.waiting.first_key_value() {
            self.release(time, &mut matches);
        }
        matches
    }

    /// What of an observation satisfies an indicator, alone or with others: object path and value.
    pub fn explain(&self, id: &IndicatorId, observation: &Observation) -> Vec<(String, String)> {
        let entry = self.places.get(id).and_then(|place| self.entry(*place));
        let leaves = entry.map_or(Cow::Borrowed(&[][..]), |entry| entry.body.leaves(&self.limits));
        let mut found: Vec<_> =
            leaves.iter().flat_map(|leaf| explain(leaf, observation, self.equality)).collect();
        found.sort();
        found.dedup();
        found
    }

    /// The object paths that any indicator asks for, indices written `[*]`, each once: what telemetry has to be mapped to.
    pub fn paths(&self) -> BTreeSet<String> {
        self.classes.keys().map(|class| class.clone().into_owned()).collect()
    }

    /// What the observation satisfies: alone, as matches; of patterns over several, as leaves.
    fn satisfied(
        &mut self,
        observation: &Observation,
        now: Timestamp,
        matches: &mut Vec<Match>,
    ) -> Satisfied {
        let mut found = Vec::new();
        self.index.candidates(observation, &mut found);
        found.sort_unstable();
        found.dedup();
        let mut satisfied = Satisfied::new();
        for group in found.chunk_by(|left, right| left.slot == right.slot) {
            let Some(place) = group.first().map(|posting| posting.slot) else { continue };
            let entry = self.entries.get(slot(place)).and_then(Option::as_ref);
            let Some(entry) = entry.filter(|entry| entry.validity.includes(now)) else { continue };
            let Some(plan) = self.plans.of((place, entry.generation), &entry.body, &self.limits) else {
                continue;
            };
            let own = |leaf: &LeafNumber| {
                let formula = plan.leaves.get(usize::from(*leaf));
                formula.is_some_and(|formula| holds(formula, observation, self.equality))
            };
            let leaves: Vec<LeafNumber> = group.iter().map(|posting| posting.leaf).filter(own).collect();
            if leaves.is_empty() {
                continue;
            }
            let is_instant = |alternative: &Alternative| match alternative {
                Alternative::Instant(own) => leaves.contains(&own.leaf) && own.takes_observation(observation),
                Alternative::Count(..) | Alternative::Ordered(_) => false,
            };
            if plan.alternatives.iter().any(is_instant) {
                let (indicator, observations) = (entry.id.clone(), vec![observation.id]);
                matches.push(Match { indicator, observations, at: observation.last });
            }
            if plan.alternatives.iter().any(|own| !matches!(own, Alternative::Instant(_))) {
                satisfied.push((place, entry.generation, leaves));
            }
        }
        satisfied
    }

    fn entry(&self, place: u32) -> Option<&Entry> {
        self.entries.get(slot(place)).and_then(Option::as_ref)
    }

    /// Matches what waits with this time.
    fn release(&mut self, time: Timestamp, matches: &mut Vec<Match>) {
        let mut by_place: BTreeMap<(u32, u64), Vec<Hit>> = BTreeMap::new();
        while let Some(first) = self.waiting.first_entry() {
            if first.key().0 != time {
                break;
            }
            let Waiting { id, first, count, satisfied, .. } = first.remove();
            for (place, generation, leaves) in satisfied {
                by_place.entry((place, generation)).or_default().push(Hit { id, first, count, leaves });
            }
        }
        for ((place, generation), hits) in by_place {
            let Some(entry) = self.entries.get_mut(slot(place)).and_then(Option::as_mut) else { continue };
            if entry.generation != generation || entry.validity.standing != Standing::Active {
                continue;
            }
            let Some(plan) = self.plans.of((place, generation), &entry.body, &self.limits) else { continue };
            let Body::Other(own) = &mut entry.body else { continue };
            let mut found = None;
            for (alternative, progress) in plan.alternatives.iter().zip(&mut own.progress) {
                let dropped = &mut self.dropped.partials;
                found = progress.advance(alternative, (time, &hits), &self.limits, dropped).or(found);
            }
            if let Some(mut observations) = found {
                let mut seen = hashbrown::HashSet::new();
                observations.retain(|id| seen.insert(*id));
                matches.push(Match { indicator: entry.id.clone(), observations, at: time });
            }
        }
    }
}

fn slot(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// The whole object path of a comparison, indices written `[*]`.
pub(crate) fn class(atom: &Atom) -> String {
    let mut path = atom.path.clone();
    for step in &mut path.steps {
        if matches!(step, stix::pattern::Step::Index(_)) {
            *step = stix::pattern::Step::Any;
        }
    }
    path.to_string()
}
