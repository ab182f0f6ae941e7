//! What is odd about a pattern that is well written? (STIX 2.1 sections 9.2, 9.5, 9.6.1)
//!
//! Types and properties of one's own are common, so that nothing here is an error: it is advice.

use std::{collections::BTreeSet, net::IpAddr};

use super::{
    Pattern, PatternLimits,
    ast::{Comparison, Comparisons, Constant, ObjectPath, Observations, Qualifier, Step, Test, is_reference},
    regex,
};
use crate::validate::{
    self,
    table::{Entries, Shape, Table, Type},
};

/// What kind of advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdviceKind {
    /// The object type is not one of the standard's.
    TypeUnknown,
    /// The standard defines no such property there.
    PropertyUnknown,
    /// The property never holds a value of the constant's type.
    ConstantType,
    /// No observation can ever match a part of the pattern.
    Never,
    /// A regular expression is one that we do not run.
    Unrunnable,
}

/// Something that the author of a pattern should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What kind.
    pub kind: AdviceKind,
    /// The section of STIX 2.1.
    pub section: &'static str,
    /// One sentence, lower case, no full stop; names paths, quotes no constants.
    pub message: String,
}

/// Everything that is odd about a pattern, each thing once.
pub fn check(pattern: &Pattern, limits: &PatternLimits) -> Vec<Advice> {
    let mut checker = Checker { advice: Vec::new(), limits };
    checker.observations(&pattern.root);
    checker.advice
}

/// The types of objects that can satisfy an expression: its operands of AND have to be about one object.
fn satisfiable(comparisons: &Comparisons) -> BTreeSet<&str> {
    match comparisons {
        Comparisons::One(comparison) => BTreeSet::from([comparison.path.object_type.as_str()]),
        Comparisons::Or(all) => all.iter().flat_map(satisfiable).collect(),
        Comparisons::And(all) => {
            let mut sets = all.iter().map(satisfiable);
            let first = sets.next().unwrap_or_default();
            sets.fold(first, |left, right| left.intersection(&right).copied().collect())
        }
    }
}

/// Whether a text is an address or a network of either version.
fn is_network(text: &str) -> bool {
    let (address, length) = text.split_once('/').map_or((text, None), |(left, right)| (left, Some(right)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most))
}

struct Checker<'l> {
    advice: Vec<Advice>,
    limits: &'l PatternLimits,
}

impl Checker<'_> {
    fn say(&mut self, kind: AdviceKind, section: &'static str, mut message: String) {
        if let Some((end, _)) = message.char_indices().nth(MESSAGE_CHARACTERS_MAX) {
            message.truncate(end);
        }
        let advice = Advice { kind, section, message };
        if !self.advice.contains(&advice) && self.advice.len() < ADVICE_MAX {
            self.advice.push(advice);
        }
    }

    fn observations(&mut self, expression: &Observations) {
        match expression {
            Observations::Simple(comparisons) => {
                if satisfiable(comparisons).is_empty() {
                    let message = "the operands of an AND are about different types of object, and one object has one type";
                    self.say(AdviceKind::Never, "9.5", message.to_owned());
                }
                self.comparisons(comparisons);
            }
            Observations::And(all) | Observations::Or(all) | Observations::FollowedBy(all) => {
                for one in all {
                    self.observations(one);
                }
            }
            Observations::Qualified(inner, qualifiers) => {
                let is_empty =
                    |own: &Qualifier| matches!(own, Qualifier::StartStop(from, until) if from >= until);
                if qualifiers.iter().any(is_empty) {
                    let message = "nothing is observed from a START to a STOP that is not after it";
                    self.say(AdviceKind::Never, "9.5", message.to_owned());
                }
                self.observations(inner);
            }
        }
    }

    fn comparisons(&mut self, expression: &Comparisons) {
        match expression {
            Comparisons::One(comparison) => self.comparison(comparison),
            Comparisons::And(all) | Comparisons::Or(all) => {
                for one in all {
                    self.comparisons(one);
                }
            }
        }
    }

    fn comparison(&mut self, comparison: &Comparison) {
        let path = &comparison.path;
        match &comparison.test {
            Test::Matches(expression) => {
                if let Err(error) = regex::compile(expression, self.limits) {
                    self.say(AdviceKind::Unrunnable, "9.6.1", format!("{path}: {error}"));
                }
            }
            Test::IsSubset(network) | Test::IsSuperset(network) if !is_network(network) => {
                let message = format!("{path}: the constant is no address or network");
                self.say(AdviceKind::Never, "9.6.1", message);
            }
            Test::In(members) if members.is_empty() => {
                self.say(AdviceKind::Never, "9.6.1", format!("{path}: nothing is in an empty set"));
            }
            Test::Compare(..)
            | Test::In(_)
            | Test::Like(_)
            | Test::IsSubset(_)
            | Test::IsSuperset(_)
            | Test::Exists => {}
        }
        let Some(kind) = validate::find_type(&path.object_type) else {
            if !path.object_type.starts_with("x-") {
                let message = format!("`{}` is no type of STIX 2.1", path.object_type);
                self.say(AdviceKind::TypeUnknown, "9.7", message);
            }
            return;
        };
        match find(kind, path) {
            Found::Shape(shape) => self.constants(path, holds(shape), &comparison.test),
            Found::Open => {}
            Found::Nothing => {
                if !path.steps.iter().any(|step| matches!(step, Step::Key(name) if name.starts_with("x_"))) {
                    let message = format!("{path}: the standard defines no such property");
                    self.say(AdviceKind::PropertyUnknown, "9.7", message);
                }
            }
        }
    }

    fn constants(&mut self, path: &ObjectPath, holds: Holds, test: &Test) {
        let fits = match test {
            Test::Compare(_, constant) => holds.takes(constant),
            Test::In(members) => members.iter().all(|member| holds.takes(member)),
            Test::Like(_) | Test::Matches(_) => {
                matches!(holds, Holds::Text | Holds::Octets | Holds::Moment | Holds::Any)
            }
            Test::IsSubset(_) | Test::IsSuperset(_) => matches!(holds, Holds::Text | Holds::Any),
            Test::Exists => true,
        };
        if !fits {
            let message = format!(
                "{path}: the property is {}, which is not compared with such a constant",
                holds.as_str()
            );
            self.say(AdviceKind::ConstantType, "9.2", message);
        }
    }
}

/// Keys can be as long as a pattern: a message never is.
const MESSAGE_CHARACTERS_MAX: usize = 400;
/// How many pieces of advice one pattern gets.
const ADVICE_MAX: usize = 20;

/// What the standard's tables say about the end of a path.
enum Found {
    Shape(&'static Shape),
    /// Whatever its author likes, or the property of another object.
    Open,
    Nothing,
}

fn find(kind: &'static Type, path: &ObjectPath) -> Found {
    let mut steps = path.steps.iter();
    let Some(Step::Key(first)) = steps.next() else { return Found::Open };
    let Some(mut shape) = property(kind.table, first) else {
        return match first.as_str() {
            "extensions" => extension(kind, &mut steps),
            "id" | "type" | "spec_version" | "defanged" | "object_marking_refs" | "granular_markings" => {
                Found::Open
            }
            _ => Found::Nothing,
        };
    };
    if is_reference(first) && path.steps.len() > 1 {
        return Found::Open;
    }
    for step in steps {
        let found = deeper(shape, step);
        let Found::Shape(inner) = found else { return found };
        shape = inner;
    }
    Found::Shape(shape)
}

fn extension<'p>(kind: &'static Type, steps: &mut impl Iterator<Item = &'p Step>) -> Found {
    let Some(Step::Key(name)) = steps.next() else { return Found::Open };
    let Some((_, table)) = kind.extensions.iter().find(|(own, _)| own == name) else { return Found::Open };
    let Some(Step::Key(name)) = steps.next() else { return Found::Open };
    let Some(mut shape) = property(table, name) else { return Found::Nothing };
    for step in steps {
        if is_reference(name) {
            return Found::Open;
        }
        let found = deeper(shape, step);
        let Found::Shape(inner) = found else { return found };
        shape = inner;
    }
    Found::Shape(shape)
}

fn property(table: &'static Table, name: &str) -> Option<&'static Shape> {
    table.find(name).map(|(_, row)| &row.shape)
}

fn deeper(shape: &'static Shape, step: &Step) -> Found {
    match (shape, step) {
        (Shape::Struct(table), Step::Key(name)) => property(table, name).map_or(Found::Nothing, Found::Shape),
        (Shape::List(inner), Step::Index(_) | Step::Any) => Found::Shape(inner),
        (Shape::Hashes | Shape::Dictionary(Entries::Text), Step::Key(_)) => Found::Shape(&Shape::Text),
        (Shape::Dictionary(Entries::Integer), Step::Key(_)) => {
            Found::Shape(&Shape::Integer(i64::MIN, i64::MAX))
        }
        (Shape::Dictionary(_) | Shape::Extensions | Shape::Container | Shape::Ids(_), _) => Found::Open,
        _ => Found::Nothing,
    }
}

/// What values a property has, as far as constants are concerned (section 9.2 has the table).
#[derive(Debug, Clone, Copy)]
enum Holds {
    Text,
    Number,
    Boolean,
    Octets,
    Moment,
    /// A list or dictionary: its members are compared, not itself.
    Members,
    Any,
}

impl Holds {
    fn takes(self, constant: &Constant) -> bool {
        match self {
            Self::Any => true,
            Self::Members => false,
            Self::Number => matches!(constant, Constant::Integer(_) | Constant::Float(_)),
            Self::Boolean => matches!(constant, Constant::Boolean(_)),
            Self::Moment => matches!(constant, Constant::Timestamp(_) | Constant::Text(_)),
            Self::Text | Self::Octets => {
                matches!(constant, Constant::Text(_) | Constant::Hex(_) | Constant::Binary(_))
            }
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Octets => "hex or binary",
            Self::Moment => "a timestamp",
            Self::Members => "a list or dictionary",
            Self::Any => "anything",
        }
    }
}

fn holds(shape: &Shape) -> Holds {
    match shape {
        Shape::Head
        | Shape::Text
        | Shape::FilledText
        | Shape::Form(_)
        | Shape::Id(_)
        | Shape::Vocabulary(_) => Holds::Text,
        Shape::Boolean => Holds::Boolean,
        Shape::Integer(..) | Shape::Float(..) => Holds::Number,
        Shape::Timestamp | Shape::HeadTimestamp => Holds::Moment,
        Shape::Hex | Shape::Binary => Holds::Octets,
        Shape::HeadMarkings
        | Shape::Ids(_)
        | Shape::List(_)
        | Shape::Dictionary(_)
        | Shape::Hashes
        | Shape::Struct(_)
        | Shape::Selectors
        | Shape::Extensions
        | Shape::Translations
        | Shape::Container => Holds::Members,
        Shape::Definition => Holds::Any,
    }
}
