//! By what is a leaf looked for? By comparisons one of which is true whenever the whole leaf is.

use std::borrow::Cow;

use stix::pattern::{Comparator, Constant, ObjectPath, Step, ast::is_reference};

use crate::{
    compare::{holds_octets, near},
    formula::{Atom, Formula, Operator, key},
    literal::{self, Clue},
    network::{Family, Network},
};

/// A sign in an observation that a leaf may be satisfied. `tail` is the part of an object path behind the last reference,
/// which is the path within the object that holds the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Witness {
    /// There is a value with this key ([`text_key`], [`number_key`]).
    Exact { tail: String, key: String },
    /// A value ends so.
    Suffix { tail: String, suffix: String },
    /// A value is an address or network inside.
    Subset { tail: String, network: Network },
    /// A value is a network around.
    Superset { tail: String, network: Network },
    /// A value holds this.
    Literal { tail: String, literal: String },
    /// There is any value.
    Any { tail: String },
    /// There is an object of this type.
    Type { object_type: String },
}

impl Witness {
    /// How much a witness is avoided.
    fn cost(&self) -> u32 {
        match self {
            Self::Exact { .. } => 1,
            Self::Suffix { .. } => 2,
            Self::Subset { network, .. } if network.length >= 8 => 2,
            Self::Superset { .. } => 3,
            Self::Literal { .. } => 4,
            Self::Subset { .. } => 5,
            Self::Any { .. } => 100,
            Self::Type { .. } => 200,
        }
    }
}

impl Witness {
    /// Whether few observations have it.
    pub(crate) fn is_seldom_met(&self) -> bool {
        self.cost() <= 2
    }
}

/// How values are kept and looked up: lower case, and networks in one spelling, so that one table serves both ways of
/// being equal. What is found is evaluated exactly afterwards.
pub(crate) fn text_key(text: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'.', b':', text.as_bytes()).is_some()
        && let Some(network) = Network::parse(text)
    {
        // An address of IPv4 has one spelling.
        let is_plain = network.family == Family::V4 && memchr::memchr(b'/', text.as_bytes()).is_none();
        return if is_plain { Cow::Borrowed(text) } else { Cow::Owned(network.to_string()) };
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// Numbers that are equal have one key.
pub(crate) fn number_key(number: f64) -> String {
    let number = if number == 0.0 { 0.0 } else { number };
    format!("#{:x}", number.to_bits())
}

/// The path within the object that holds the value, indices forgotten.
pub(crate) fn tail(path: &ObjectPath) -> String {
    let mut out = String::new();
    let mut behind_reference = false;
    for step in &path.steps {
        match step {
            Step::Key(name) => {
                if behind_reference {
                    out.clear();
                }
                append_key(&mut out, name);
                behind_reference = is_reference(name);
            }
            Step::Index(_) | Step::Any => out.push_str("[*]"),
        }
    }
    out
}

/// One key further.
pub(crate) fn append_key(out: &mut String, name: &str) {
    if !out.is_empty() {
        out.push('.');
    }
    out.push_str(name);
}

/// The cheapest witnesses of a formula: none where it can never be true.
pub(crate) fn of_formula(formula: &Formula) -> Vec<Witness> {
    match formula {
        Formula::One(atom) => of_atom(atom),
        Formula::Or(all) => all.iter().flat_map(of_formula).collect(),
        Formula::And(all) => {
            let cost = |set: &Vec<Witness>| (set.iter().map(Witness::cost).max().unwrap_or(0), set.len());
            all.iter().map(of_formula).min_by_key(cost).unwrap_or_default()
        }
    }
}

fn of_atom(atom: &Atom) -> Vec<Witness> {
    let tail = tail(&atom.path);
    let any = |tail| vec![Witness::Any { tail }];
    let octets = atom.path.steps.iter().rev().find_map(key).is_some_and(holds_octets);
    match &atom.operator {
        Operator::Exists if atom.negated => {
            vec![Witness::Type { object_type: atom.path.object_type.clone() }]
        }
        _ if atom.negated => any(tail),
        Operator::Compare(Comparator::Equal, constant) if !octets => exact(constant)
            .map_or_else(|| any(tail.clone()), |key| vec![Witness::Exact { tail: tail.clone(), key }]),
        Operator::In(members) if !octets => {
            let keys: Option<Vec<_>> = members.iter().map(exact).collect();
            keys.map_or_else(
                || any(tail.clone()),
                |keys| keys.into_iter().map(|key| Witness::Exact { tail: tail.clone(), key }).collect(),
            )
        }
        Operator::Like(text, _) => clue(tail, literal::of_like(text)),
        Operator::Matches(expression, _, None) => clue(tail, literal::of_regex(expression)),
        Operator::Subset(network) => vec![Witness::Subset { tail, network: *network }],
        Operator::Superset(network) => vec![Witness::Superset { tail, network: *network }],
        Operator::Never => Vec::new(),
        Operator::Compare(..) | Operator::In(_) | Operator::Matches(..) | Operator::Exists => any(tail),
    }
}

fn clue(tail: String, clue: Option<Clue>) -> Vec<Witness> {
    match clue {
        Some(Clue::Suffix(suffix)) => vec![Witness::Suffix { tail, suffix }],
        Some(Clue::Literals(all)) => {
            all.into_iter().map(|literal| Witness::Literal { tail: tail.clone(), literal }).collect()
        }
        None => vec![Witness::Any { tail }],
    }
}

/// The key of a constant; nothing for types that compare to values of other types.
fn exact(constant: &Constant) -> Option<String> {
    match constant {
        Constant::Text(text) => Some(text_key(text).into_owned()),
        Constant::Integer(number) => Some(number_key(near(*number))),
        Constant::Float(number) => Some(number_key(*number)),
        Constant::Boolean(_) | Constant::Hex(_) | Constant::Binary(_) | Constant::Timestamp(_) => None,
    }
}
