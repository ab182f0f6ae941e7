//! Can the scanner find what a pattern looks for, and if not, which lines have to be read?

use std::{collections::BTreeSet, sync::Arc};

use stix::pattern::{Comparator, Constant, Grammar, ObjectPath, Pattern, Step};

use super::{IndicatorSlot, Scanner, Wanted};
use crate::{
    CompileError, MatcherLimits,
    compare::holds_octets,
    formula::{Atom, Formula, Operator, key},
    literal::{self, Clue},
    network::Network,
    plan::Plan,
    usual,
};

/// Whether the scanner finds what a pattern looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Every line from which an observation comes that the pattern needs is a candidate.
    Scanned,
    /// There is a comparison in it that the tables cannot answer.
    EveryLine,
}

/// What is wanted, kept.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    Text(String),
    Name(String),
    Below(String),
    Address(String),
    Inside(String),
    Url(String),
}

/// What a pattern asks of the scanner.
#[derive(Debug)]
struct Needs {
    wanted: Vec<Kept>,
    /// Object paths of what cannot be looked up; nothing where any line may be one.
    paths: Option<Vec<String>>,
}

impl Scanner {
    /// From now on the indicator is looked for by everything that its pattern needs. A single comparison of the usual sort goes
    /// straight to the tables; reading it costs less than parsing.
    ///
    /// # Errors
    /// As [`crate::Program::insert`]; then nothing changes.
    pub fn insert_pattern(
        &mut self,
        text: &str,
        slot: IndicatorSlot,
        limits: &MatcherLimits,
    ) -> Result<Coverage, PatternFault> {
        if text.len() <= limits.pattern.pattern_bytes_max
            && let Some(wanted) = usual::recognise(text).map(|own| own.wanted)
        {
            self.insert(wanted, slot);
            return Ok(Coverage::Scanned);
        }
        let needs = Needs::of_text(text, limits)?;
        needs.wanted.iter().for_each(|kept| self.insert(kept.wanted(), slot));
        if needs.are_covered() {
            return Ok(Coverage::Scanned);
        }
        Arc::make_mut(&mut self.uncovered).insert(slot, needs.paths);
        Ok(Coverage::EveryLine)
    }

    /// Forgets what [`Scanner::insert_pattern`] did for the same text and indicator.
    ///
    /// # Errors
    /// As there; then nothing changes.
    pub fn remove_pattern(
        &mut self,
        text: &str,
        slot: IndicatorSlot,
        limits: &MatcherLimits,
    ) -> Result<(), PatternFault> {
        if text.len() <= limits.pattern.pattern_bytes_max
            && let Some(wanted) = usual::recognise(text).map(|own| own.wanted)
        {
            self.remove(wanted, slot);
            return Ok(());
        }
        let needs = Needs::of_text(text, limits)?;
        needs.wanted.iter().for_each(|kept| self.remove(kept.wanted(), slot));
        if !needs.are_covered() {
            Arc::make_mut(&mut self.uncovered).remove(&slot);
        }
        Ok(())
    }

    /// Whether candidates are all that has to be read.
    pub fn covers_all(&self) -> bool {
        self.uncovered.is_empty()
    }

    /// Object paths, indices written `[*]`, of what the tables cannot answer: every line that something at one of these paths, or
    /// any object of its type, can come from has to be read. Make the keys that they are mapped from [`super::Kind::Present`].
    /// Nothing where every line has to be read, whatever is in it: something is asked for not to be there.
    pub fn needs_every_line_with(&self) -> Option<BTreeSet<&str>> {
        let mut all = BTreeSet::new();
        for paths in self.uncovered.values() {
            all.extend(paths.as_ref()?.iter().map(String::as_str));
        }
        Some(all)
    }
}

/// Why a pattern is not looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternFault {
    /// It is not one.
    #[error("the pattern cannot be read")]
    Unreadable(#[from] stix::pattern::PatternError),
    /// It cannot be run.
    #[error("the pattern cannot be run")]
    Unrunnable(#[from] CompileError),
}

impl Needs {
    fn of_text(text: &str, limits: &MatcherLimits) -> Result<Self, PatternFault> {
        let (pattern, _) = Pattern::parse_either(text, Grammar::V21, &limits.pattern)?;
        let mut needs = Self { wanted: Vec::new(), paths: Some(Vec::new()) };
        for leaf in &Plan::new(&pattern, limits)?.leaves {
            match of_formula(leaf) {
                Some(mut wanted) => needs.wanted.append(&mut wanted),
                None => needs.every_line(leaf),
            }
        }
        Ok(needs)
    }

    fn every_line(&mut self, leaf: &Formula) {
        let atoms = leaf.atoms();
        if atoms.iter().any(|atom| atom.negated && matches!(atom.operator, Operator::Exists)) {
            self.paths = None;
        } else if let Some(paths) = &mut self.paths {
            paths.extend(atoms.into_iter().map(crate::program::class));
        }
    }

    fn are_covered(&self) -> bool {
        self.paths.as_ref().is_some_and(Vec::is_empty)
    }
}

impl Kept {
    fn wanted(&self) -> Wanted<'_> {
        match self {
            Self::Text(text) => Wanted::Text(text),
            Self::Name(text) => Wanted::Name(text),
            Self::Below(text) => Wanted::Below(text),
            Self::Address(text) => Wanted::Address(text),
            Self::Inside(text) => Wanted::Inside(text),
            Self::Url(text) => Wanted::Url(text),
        }
    }
}

/// Things one of which is in every line that satisfies the formula. Nothing if there are none that tables can answer.
fn of_formula(formula: &Formula) -> Option<Vec<Kept>> {
    match formula {
        Formula::One(atom) => of_atom(atom),
        Formula::Or(all) => {
            let sets: Option<Vec<_>> = all.iter().map(of_formula).collect();
            sets.map(|sets| sets.concat())
        }
        // Any of them would do; the one with the fewest.
        Formula::And(all) => all.iter().filter_map(of_formula).min_by_key(Vec::len),
    }
}

fn of_atom(atom: &Atom) -> Option<Vec<Kept>> {
    let octets = atom.path.steps.iter().rev().find_map(key).is_some_and(holds_octets);
    if atom.negated || octets {
        return None;
    }
    match &atom.operator {
        Operator::Compare(Comparator::Equal, constant) => of_constant(&atom.path, constant),
        Operator::In(members) => {
            let sets: Option<Vec<_>> = members.iter().map(|one| of_constant(&atom.path, one)).collect();
            sets.map(|sets| sets.concat())
        }
        Operator::Like(text, _) => match (place(&atom.path), literal::of_like(text)?) {
            (Some("domain-name"), Clue::Suffix(suffix)) => {
                Some(vec![Kept::Below(suffix.strip_prefix('.')?.to_owned())])
            }
            (_, Clue::Suffix(_) | Clue::Literals(_)) => None,
        },
        // Only where the keys are ones whose values are taken for addresses.
        Operator::Subset(network) => match place(&atom.path) {
            Some("ipv4-addr" | "ipv6-addr") => Some(vec![Kept::Inside(network.to_string())]),
            Some(_) | None => None,
        },
        Operator::Never => Some(Vec::new()),
        Operator::Compare(..) | Operator::Matches(..) | Operator::Superset(_) | Operator::Exists => None,
    }
}

/// The type of object whose `value` a path leads to, without references on the way.
fn place(path: &ObjectPath) -> Option<&str> {
    match path.steps.as_slice() {
        [Step::Key(name)] if name == "value" => Some(&path.object_type),
        _ => None,
    }
}

fn of_constant(path: &ObjectPath, constant: &Constant) -> Option<Vec<Kept>> {
    let Constant::Text(text) = constant else { return None };
    Some(match place(path) {
        Some("domain-name") => vec![Kept::Name(text.clone())],
        Some("ipv4-addr" | "ipv6-addr") => vec![Kept::Address(text.clone())],
        Some("url") => vec![Kept::Url(text.clone())],
        // Whatever it may turn out to be.
        Some(_) | None => {
            let mut all = vec![Kept::Text(text.clone())];
            if Network::parse(text).is_some() {
                all.push(Kept::Address(text.clone()));
            }
            if text.contains("://") {
                all.push(Kept::Url(text.clone()));
            }
            all
        }
    })
}
