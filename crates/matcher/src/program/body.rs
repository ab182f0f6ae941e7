//! How is what an indicator looks for kept, when there are very many?

use std::{borrow::Cow, sync::Arc};

use hashbrown::HashMap;
use stix::pattern::{Grammar, Pattern};

use super::class;
use crate::{
    MatcherLimits,
    formula::Formula,
    index::Posting,
    plan::{LeafNumber, Plan},
    usual,
    window::Progress,
    witness::{self, Witness},
};

/// What an indicator looks for.
#[derive(Debug)]
pub(super) enum Body {
    /// One comparison of the usual sort, as it is written. There may be millions of them, of which few are ever found: those are
    /// compiled then.
    Usual(Arc<str>),
    Other(Box<Other>),
}

#[derive(Debug)]
pub(super) struct Other {
    form: Form,
    /// How far each alternative has got.
    pub(super) progress: Vec<Progress>,
}

/// How a pattern is kept.
#[derive(Debug)]
pub(super) enum Form {
    /// As it is written: what is found seldom is compiled then. A fraction of the size.
    Text(Box<str>),
    Plan(Arc<Plan>),
}

impl Other {
    pub(super) fn new(pattern: &Pattern, plan: Plan, limits: &MatcherLimits) -> Self {
        let progress = plan.alternatives.iter().map(Progress::new).collect();
        Self { form: Form::new(pattern, plan, limits), progress }
    }
}

impl Form {
    fn new(pattern: &Pattern, plan: Plan, limits: &MatcherLimits) -> Self {
        let is_seldom = plan.leaves.iter().flat_map(witness::of_formula).all(|own| own.is_seldom_met());
        let text = pattern.to_string();
        if is_seldom && Pattern::parse(&text, Grammar::V21, &limits.pattern).is_ok_and(|own| own == *pattern)
        {
            return Self::Text(text.into());
        }
        Self::Plan(Arc::new(plan))
    }
}

/// So many plans of patterns that are kept as text are remembered.
const PLANS_REMEMBERED_MAX: usize = 1024;

/// Plans that were needed of late.
#[derive(Debug, Default)]
pub(super) struct Plans(HashMap<(u32, u64), Arc<Plan>>);

impl Plans {
    /// The plan of what stands at a place in a generation.
    pub(super) fn of(&mut self, key: (u32, u64), body: &Body, limits: &MatcherLimits) -> Option<Arc<Plan>> {
        let text = match body {
            Body::Usual(text) => text.as_ref(),
            Body::Other(own) => match &own.form {
                Form::Plan(plan) => return Some(Arc::clone(plan)),
                Form::Text(text) => text.as_ref(),
            },
        };
        if let Some(plan) = self.0.get(&key) {
            return Some(Arc::clone(plan));
        }
        let plan = Arc::new(planned(text, limits)?);
        if self.0.len() >= PLANS_REMEMBERED_MAX {
            self.0.clear();
        }
        self.0.insert(key, Arc::clone(&plan));
        Some(plan)
    }
}

/// The plan of a text that had one before.
fn planned(text: &str, limits: &MatcherLimits) -> Option<Plan> {
    let pattern = Pattern::parse(text, Grammar::V21, &limits.pattern).ok()?;
    Plan::new(&pattern, limits).ok()
}

impl Body {
    pub(super) fn leaves(&self, limits: &MatcherLimits) -> Cow<'_, [Formula]> {
        let text = match self {
            Self::Usual(text) => text.as_ref(),
            Self::Other(own) => match &own.form {
                Form::Plan(plan) => return Cow::Borrowed(&plan.leaves),
                Form::Text(text) => text.as_ref(),
            },
        };
        Cow::Owned(planned(text, limits).map_or(Vec::new(), |own| own.leaves))
    }

    /// By what it is found, if its indicator stands at this place.
    pub(super) fn witnesses(&self, place: u32, limits: &MatcherLimits) -> Vec<(Posting, Witness)> {
        match self {
            Self::Usual(text) => {
                let witness = usual::recognise(text).map(|own| own.witness());
                witness.map(|own| (Posting { slot: place, leaf: 0 }, own)).into_iter().collect()
            }
            Self::Other(_) => witnesses(place, &self.leaves(limits)).collect(),
        }
    }

    /// The object paths that it asks for.
    pub(super) fn classes(&self, limits: &MatcherLimits) -> Vec<Cow<'static, str>> {
        match self {
            Self::Usual(text) => {
                usual::recognise(text).map(|own| Cow::Borrowed(own.class)).into_iter().collect()
            }
            Self::Other(_) => self
                .leaves(limits)
                .iter()
                .flat_map(Formula::atoms)
                .map(|own| Cow::Owned(class(own)))
                .collect(),
        }
    }
}

/// By what leaves are found, if their indicator stands at this place.
pub(super) fn witnesses(place: u32, leaves: &[Formula]) -> impl Iterator<Item = (Posting, Witness)> {
    leaves.iter().zip(0..=LeafNumber::MAX).flat_map(move |(formula, leaf)| {
        let posting = Posting { slot: place, leaf };
        witness::of_formula(formula).into_iter().map(move |witness| (posting, witness))
    })
}
