//! What does a pattern mean? The slow and obvious answer, by the text of STIX 2.1 section 9.5.
//!
//! A *binding* is a set of observations that satisfies an expression, a different observation for each part of it:
//! - `[…]` is bound to one observation; an observed-data whose `number_observed` is n counts as n observations.
//! - AND and FOLLOWEDBY bind all their operands to different observations, OR one of them.
//! - FOLLOWEDBY: every observation on the right is at or after every one on the left. The time of an observation is its
//!   `last_observed`.
//! - REPEATS n binds its operand n times, to different observations.
//! - WITHIN x: from the earliest `first_observed` to the latest `last_observed` less than x seconds pass.
//! - START a STOP b: every observation lies in the span from a to b, b excluded, as a whole.
//!
//! A pattern matches if there is a binding. All bindings are tried, so this is for tests, for explaining, and for few
//! observations.

use std::collections::BTreeSet;

use stix::{
    Timestamp,
    pattern::{Observations, Pattern, Qualifier},
};

use crate::{CompileError, Equality, MatcherLimits, Observation, evaluate::holds, formula::Formula};

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// The pattern cannot be run.
    #[error("the pattern cannot be run")]
    Compile(#[from] CompileError),
    /// There are more bindings than are looked at.
    #[error("there are more ways to bind the pattern than are looked at")]
    Bindings,
}

/// Whether a pattern matches a list of observations, and by which of them: their places in the list, in order, one for each
/// part of the pattern; nothing if it does not match.
///
/// # Errors
/// [`ReferenceError`] for a pattern that cannot be run, and where there are too many bindings to try.
pub fn evaluate(
    pattern: &Pattern,
    observations: &[Observation],
    equality: Equality,
    limits: &MatcherLimits,
) -> Result<Option<Vec<usize>>, ReferenceError> {
    let most = occurrences(&pattern.root);
    let mut instances = Vec::new();
    for (place, observation) in observations.iter().enumerate() {
        let copies = usize::try_from(observation.count.get()).unwrap_or(usize::MAX).min(most);
        if copies > limits.bindings_max.saturating_sub(instances.len()) {
            return Err(ReferenceError::Bindings);
        }
        instances.extend(std::iter::repeat_n(place, copies));
    }
    let reference = Reference { observations, instances, equality, limits };
    let bindings = reference.bindings(&pattern.root)?;
    let places =
        |binding: &Binding| binding.iter().filter_map(|at| reference.instances.get(*at)).copied().collect();
    Ok(bindings.first().map(places))
}

/// How many observations the pattern can be bound to at most: nobody needs more copies of one than that.
fn occurrences(expression: &Observations) -> usize {
    match expression {
        Observations::Simple(_) => 1,
        Observations::And(all) | Observations::Or(all) | Observations::FollowedBy(all) => {
            all.iter().map(occurrences).fold(0, usize::saturating_add)
        }
        Observations::Qualified(inner, qualifiers) => {
            qualifiers.iter().fold(occurrences(inner), |sum, qualifier| match qualifier {
                Qualifier::Repeats(times) => {
                    sum.saturating_mul(usize::try_from(*times).unwrap_or(usize::MAX))
                }
                Qualifier::Within(_) | Qualifier::StartStop(..) => sum,
            })
        }
    }
}

/// Instances, sorted.
type Binding = Vec<usize>;

struct Reference<'a> {
    observations: &'a [Observation],
    /// For each instance its observation.
    instances: Vec<usize>,
    equality: Equality,
    limits: &'a MatcherLimits,
}

impl Reference<'_> {
    fn observation(&self, instance: usize) -> Option<&Observation> {
        self.instances.get(instance).and_then(|at| self.observations.get(*at))
    }

    fn bindings(&self, expression: &Observations) -> Result<BTreeSet<Binding>, ReferenceError> {
        match expression {
            Observations::Simple(comparisons) => {
                let formula = Formula::new(comparisons, self.limits)?;
                let own =
                    |at: &usize| self.observation(*at).is_some_and(|one| holds(&formula, one, self.equality));
                Ok((0..self.instances.len()).filter(own).map(|at| vec![at]).collect())
            }
            Observations::Or(all) => {
                let mut sum = BTreeSet::new();
                for one in all {
                    sum.append(&mut self.bindings(one)?);
                }
                Ok(sum)
            }
            Observations::And(all) => self.joined(all, |_, _| true),
            Observations::FollowedBy(all) => self.joined(all, |left, right| self.is_followed(left, right)),
            Observations::Qualified(inner, qualifiers) => {
                let bindings = self.bindings(inner)?;
                qualifiers
                    .iter()
                    .try_fold(bindings, |bindings, qualifier| self.qualified(bindings, *qualifier))
            }
        }
    }

    fn joined(
        &self,
        all: &[Observations],
        fits: impl Fn(&Binding, &Binding) -> bool,
    ) -> Result<BTreeSet<Binding>, ReferenceError> {
        let mut sum = BTreeSet::from([Vec::new()]);
        for one in all {
            sum = self.product(&sum, &self.bindings(one)?, &fits)?;
        }
        Ok(sum)
    }

    /// Every pair without a common observation.
    fn product(
        &self,
        left: &BTreeSet<Binding>,
        right: &BTreeSet<Binding>,
        fits: &impl Fn(&Binding, &Binding) -> bool,
    ) -> Result<BTreeSet<Binding>, ReferenceError> {
        let mut all = BTreeSet::new();
        for (left, right) in left.iter().flat_map(|left| right.iter().map(move |right| (left, right))) {
            if left.iter().any(|at| right.contains(at)) || !fits(left, right) {
                continue;
            }
            let mut both = [left.as_slice(), right.as_slice()].concat();
            both.sort_unstable();
            all.insert(both);
            if all.len() > self.limits.bindings_max {
                return Err(ReferenceError::Bindings);
            }
        }
        Ok(all)
    }

    fn is_followed(&self, left: &Binding, right: &Binding) -> bool {
        let times = |binding: &Binding| -> Vec<Timestamp> {
            binding.iter().filter_map(|at| self.observation(*at)).map(|one| one.last).collect()
        };
        let (left, right) = (times(left), times(right));
        left.iter().all(|before| right.iter().all(|after| before <= after))
    }

    fn qualified(
        &self,
        mut bindings: BTreeSet<Binding>,
        qualifier: Qualifier,
    ) -> Result<BTreeSet<Binding>, ReferenceError> {
        match qualifier {
            Qualifier::Within(seconds) => {
                bindings.retain(|binding| self.span(binding) < nanoseconds(seconds));
                Ok(bindings)
            }
            Qualifier::StartStop(from, until) => {
                let inside = |one: &Observation| one.first >= from && one.last < until;
                bindings.retain(|binding| binding.iter().filter_map(|at| self.observation(*at)).all(inside));
                Ok(bindings)
            }
            Qualifier::Repeats(times) => {
                let mut sum = BTreeSet::from([Vec::new()]);
                for _ in 0..times {
                    sum = self.product(&sum, &bindings, &|_, _| true)?;
                }
                Ok(sum)
            }
        }
    }

    /// Nanoseconds from the earliest beginning to the latest end.
    fn span(&self, binding: &Binding) -> i128 {
        let observed = || binding.iter().filter_map(|at| self.observation(*at));
        let first = observed().map(|one| since_epoch(one.first)).min().unwrap_or(0);
        let last = observed().map(|one| since_epoch(one.last)).max().unwrap_or(0);
        last - first
    }
}

/// A moment in nanoseconds since 1970.
pub(crate) fn since_epoch(moment: Timestamp) -> i128 {
    i128::from(moment.seconds()) * 1_000_000_000 + i128::from(moment.nanos())
}

/// Seconds of WITHIN in nanoseconds, to the nearest, and at least one: a window that nothing fits into was not meant.
#[expect(clippy::cast_possible_truncation, reason = "what is too long for ever is as long as there is")]
pub(crate) fn nanoseconds(seconds: f64) -> i128 {
    ((seconds * 1e9).round() as i128).max(1)
}
