//! What is prepared once about a comparison expression, so that evaluating it compiles nothing? (STIX 2.1 section 9.6)

use regex::{Regex, bytes};
use stix::pattern::{
    Comparator, Comparison, Comparisons, Constant, ObjectPath, Step, Test,
    regex::{Unrunnable, compile, compile_octets},
};

use crate::{
    MatcherLimits,
    compare::{composed, holds_octets},
    like::Like,
    network::Network,
};

/// Why a pattern cannot be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// A LIKE or MATCHES is one that we do not run.
    #[error("the pattern holds an expression that cannot be run")]
    Unrunnable(#[from] Unrunnable),
    /// The operands of an AND are about objects of different types (section 9.5).
    #[error("a part of the pattern can never match: one object has one type")]
    Never,
    /// Its alternatives are more than allowed.
    #[error("the pattern has more alternatives than allowed")]
    Alternatives,
    /// It joins more observation expressions than allowed.
    #[error("the pattern joins more observation expressions than allowed")]
    Joined,
    /// Partial matches of it can be in more different stages than are kept.
    #[error("partial matches of the pattern can be in more stages than are kept")]
    Stages,
    /// Its repetitions multiply to more than allowed.
    #[error("the repetitions in the pattern multiply to more than allowed")]
    Repeats,
}

/// A comparison expression, ready to run.
#[derive(Debug, Clone)]
pub(crate) enum Formula {
    One(Box<Atom>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

/// One comparison.
#[derive(Debug, Clone)]
pub(crate) struct Atom {
    pub(crate) path: ObjectPath,
    pub(crate) negated: bool,
    pub(crate) operator: Operator,
}

#[derive(Debug, Clone)]
pub(crate) enum Operator {
    Compare(Comparator, Constant),
    In(Vec<Constant>),
    /// The text and what it compiles to.
    Like(String, Like),
    /// The expression, what it compiles to, and for hex and binary properties what it compiles to for octets.
    Matches(String, Regex, Option<bytes::Regex>),
    Subset(Network),
    Superset(Network),
    Exists,
    /// A constant that is no network.
    Never,
}

impl Formula {
    pub(crate) fn new(comparisons: &Comparisons, limits: &MatcherLimits) -> Result<Self, CompileError> {
        let formula = Self::compile(comparisons, limits)?;
        if formula.satisfiable_types().is_empty() { Err(CompileError::Never) } else { Ok(formula) }
    }

    fn compile(comparisons: &Comparisons, limits: &MatcherLimits) -> Result<Self, CompileError> {
        let list = |all: &[Comparisons]| -> Result<Vec<Self>, CompileError> {
            all.iter().map(|one| Self::compile(one, limits)).collect()
        };
        Ok(match comparisons {
            Comparisons::One(comparison) => Self::One(Box::new(Atom::new(comparison, limits)?)),
            Comparisons::And(all) => Self::And(list(all)?),
            Comparisons::Or(all) => Self::Or(list(all)?),
        })
    }

    fn satisfiable_types(&self) -> Vec<&str> {
        match self {
            Self::One(atom) => vec![&atom.path.object_type],
            Self::Or(all) => {
                let mut types: Vec<_> = all.iter().flat_map(Self::satisfiable_types).collect();
                types.sort_unstable();
                types.dedup();
                types
            }
            Self::And(all) => {
                let mut sets = all.iter().map(Self::satisfiable_types);
                let mut types = sets.next().unwrap_or_default();
                sets.for_each(|other| types.retain(|one| other.contains(one)));
                types
            }
        }
    }

    /// Every comparison in it.
    pub(crate) fn atoms(&self) -> Vec<&Atom> {
        match self {
            Self::One(atom) => vec![atom],
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::atoms).collect(),
        }
    }
}

impl Atom {
    fn new(comparison: &Comparison, limits: &MatcherLimits) -> Result<Self, CompileError> {
        let path = comparison.path.clone();
        let network =
            |text: &str, made: fn(Network) -> Operator| Network::parse(text).map_or(Operator::Never, made);
        let operator = match &comparison.test {
            Test::Compare(comparator, constant) => Operator::Compare(*comparator, constant.clone()),
            Test::In(members) => Operator::In(members.clone()),
            Test::Like(text) => {
                Operator::Like(composed(text).into_owned(), Like::new(text, &limits.pattern)?)
            }
            Test::Matches(expression) => {
                let expression = composed(expression).into_owned();
                let regex = compile(&expression, &limits.pattern)?;
                let octets = match path.steps.iter().rev().find_map(key) {
                    Some(name) if holds_octets(name) => Some(compile_octets(&expression, &limits.pattern)?),
                    _ => None,
                };
                Operator::Matches(expression, regex, octets)
            }
            Test::IsSubset(text) => network(text, Operator::Subset),
            Test::IsSuperset(text) => network(text, Operator::Superset),
            Test::Exists => Operator::Exists,
        };
        Ok(Self { path, negated: comparison.negated, operator })
    }
}

pub(crate) fn key(step: &Step) -> Option<&str> {
    match step {
        Step::Key(name) => Some(name),
        Step::Index(_) | Step::Any => None,
    }
}
