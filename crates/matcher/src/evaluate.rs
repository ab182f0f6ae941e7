//! Does an observation satisfy a comparison expression? (STIX 2.1 sections 9.6 and 9.7)
//!
//! - An expression is about one object: all operands of an AND are satisfied by the same one.
//! - A path leads to any number of values; a comparison holds if one of them satisfies it.
//! - A path that leads nowhere on an object satisfies nothing, negated or not; to ask for absence there is NOT EXISTS.
//! - NOT negates the comparison as a whole: no value satisfies it.

use stix::pattern::{Step, ast::is_reference};

use crate::{
    compare::{Equality, Place, Scalar, composed, equal, satisfies},
    formula::{Atom, Formula, Operator},
    network::Network,
    observation::{Observation, ObservedObject, Value},
};

/// Whether one object of the observation satisfies the expression.
pub(crate) fn holds(formula: &Formula, observation: &Observation, equality: Equality) -> bool {
    observation.objects().iter().any(|object| on(formula, observation, object, equality))
}

/// What of an observation satisfies an expression: path and value of each comparison that holds and is not negated.
pub(crate) fn explain(
    formula: &Formula,
    observation: &Observation,
    equality: Equality,
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for object in observation.objects().iter().filter(|object| on(formula, observation, object, equality)) {
        for atom in formula
            .atoms()
            .into_iter()
            .filter(|atom| !atom.negated && atom.path.object_type == object.object_type)
        {
            let places = resolve(&atom.path.steps, observation, object);
            let holds = places.iter().filter(|place| value_satisfies(**place, &atom.operator, equality));
            found.extend(holds.map(|place| (atom.path.to_string(), place.value.to_string())));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn on(formula: &Formula, observation: &Observation, object: &ObservedObject, equality: Equality) -> bool {
    match formula {
        Formula::One(atom) => atom_on(atom, observation, object, equality),
        Formula::And(all) => all.iter().all(|one| on(one, observation, object, equality)),
        Formula::Or(all) => all.iter().any(|one| on(one, observation, object, equality)),
    }
}

fn atom_on(atom: &Atom, observation: &Observation, object: &ObservedObject, equality: Equality) -> bool {
    if atom.path.object_type != object.object_type {
        return false;
    }
    let places = resolve(&atom.path.steps, observation, object);
    if matches!(atom.operator, Operator::Exists) {
        return places.is_empty() == atom.negated;
    }
    let satisfied = |place: &Place<'_>| value_satisfies(*place, &atom.operator, equality);
    !places.is_empty() && places.iter().any(satisfied) != atom.negated
}

fn value_satisfies(place: Place<'_>, operator: &Operator, equality: Equality) -> bool {
    match operator {
        Operator::Compare(comparator, constant) => satisfies(place, *comparator, constant, equality),
        Operator::In(members) => members.iter().any(|member| equal(place, member, equality)),
        Operator::Like(_, like) => match place.scalar() {
            Scalar::Text(text) => like.is_match(text),
            Scalar::Boolean(_)
            | Scalar::Integer(_)
            | Scalar::Float(_)
            | Scalar::Octets(_)
            | Scalar::Neither => false,
        },
        Operator::Matches(_, regex, for_octets) => match place.scalar() {
            Scalar::Text(text) => regex.is_match(&composed(text)),
            Scalar::Octets(octets) => for_octets.as_ref().is_some_and(|regex| regex.is_match(&octets)),
            Scalar::Boolean(_) | Scalar::Integer(_) | Scalar::Float(_) | Scalar::Neither => false,
        },
        Operator::Subset(network) => own_network(place).is_some_and(|own| network.contains(own)),
        Operator::Superset(network) => own_network(place).is_some_and(|own| own.contains(*network)),
        Operator::Exists => true,
        Operator::Never => false,
    }
}

fn own_network(place: Place<'_>) -> Option<Network> {
    match place.value {
        Value::Text(text) => Network::parse(text),
        Value::Boolean(_) | Value::Integer(_) | Value::Float(_) | Value::List(_) | Value::Dictionary(_) => {
            None
        }
    }
}

/// The values that a path leads to. Each step looks at each value once, so that no web of references makes it long.
fn resolve<'a>(
    steps: &'a [Step],
    observation: &'a Observation,
    object: &'a ObservedObject,
) -> Vec<Place<'a>> {
    let Some((Step::Key(first), rest)) = steps.split_first() else { return Vec::new() };
    let mut places: Vec<_> = member(object, first).into_iter().collect();
    for step in rest {
        let mut next: Vec<Place<'a>> = Vec::new();
        for place in places {
            take(step, place, observation, &mut next);
        }
        if next.len() > 1 {
            next.sort_by_key(|place| std::ptr::from_ref(place.value).addr());
            next.dedup_by_key(|place| std::ptr::from_ref(place.value).addr());
        }
        places = next;
    }
    places
}

fn member<'a>(object: &'a ObservedObject, name: &str) -> Option<Place<'a>> {
    let (key, value) = object.properties.iter().find(|(key, _)| key == name)?;
    Some(Place { value, owner: &object.object_type, key, parent: "" })
}

fn take<'a>(step: &Step, place: Place<'a>, observation: &'a Observation, next: &mut Vec<Place<'a>>) {
    match (step, place.value) {
        (Step::Any, Value::List(list)) => next.extend(list.iter().map(|value| Place { value, ..place })),
        (Step::Index(index), Value::List(list)) => {
            let member = usize::try_from(*index).ok().and_then(|index| list.get(index));
            next.extend(member.map(|value| Place { value, ..place }));
        }
        (Step::Key(name), Value::Text(reference)) if is_reference(place.key) => {
            next.extend(observation.find(reference).and_then(|object| member(object, name)));
        }
        (Step::Key(name), Value::Dictionary(members)) if !is_reference(place.key) => {
            let member = members.iter().find(|(key, _)| key == name);
            next.extend(member.map(|(key, value)| Place {
                value,
                owner: place.owner,
                key,
                parent: place.key,
            }));
        }
        _ => {}
    }
}
