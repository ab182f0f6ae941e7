//! Which label does a confidentiality label stand for?

use std::collections::{BTreeMap, BTreeSet};

use super::{
    document::{Document, Element},
    information::{Category, CategoryType, Information, children},
};
use crate::{
    code::Code,
    label::{ClassificationPolicy, Label, Level},
    marking::{self, Classifications},
};

/// How many documents one marking may hold: the originator's label, and the same in other policies.
pub const DOCUMENTS_MAX: usize = 8;

/// The label that these documents stand for: one by the originator and any number of alternatives, which count where
/// the originator's policy is not declared here. Nothing where they are not understood.
pub fn label(documents: &[String], classifications: &Classifications) -> Option<Label> {
    if documents.len() > DOCUMENTS_MAX {
        return None;
    }
    let mut originator = None;
    let mut alternatives = Vec::new();
    for document in documents {
        let Document { root, .. } = Document::read(document).ok()?;
        match root.standard_name() {
            // The second is the older name.
            "originatorConfidentialityLabel" | "ConfidentialityLabel" if originator.is_none() => {
                originator = Some(root);
            }
            "alternativeConfidentialityLabel" => alternatives.push(root),
            _ => return None,
        }
    }
    let is_declared = |root: &Element| {
        let policy = policy_identifier(root)?;
        Some(declared(&policy, classifications).is_some())
    };
    let originator = originator?;
    if is_declared(&originator)? {
        return of_root(&originator, classifications);
    }
    let mut joined: Option<Label> = None;
    for alternative in &alternatives {
        if is_declared(alternative)? {
            let label = of_root(alternative, classifications)?;
            joined = Some(joined.map_or_else(|| label.clone(), |joined| joined.join(&label)));
        }
    }
    joined
}

/// The policy alone, of a label that is otherwise not read.
fn policy_identifier(root: &Element) -> Option<String> {
    let information = root.elements().find(|child| child.standard_name() == "ConfidentialityInformation")?;
    let policy = information.elements().find(|child| child.standard_name() == "PolicyIdentifier")?;
    super::information::token(policy, &["URI"])
}

/// The policy of that name and its levels; nothing where several differ in case only.
fn declared<'c>(
    name: &str,
    classifications: &'c Classifications,
) -> Option<(&'c ClassificationPolicy, &'c Vec<String>)> {
    let mut found = classifications.iter().filter(|(policy, _)| policy.0.eq_ignore_ascii_case(name));
    found.next().filter(|_| found.next().is_none())
}

fn of_root(root: &Element, classifications: &Classifications) -> Option<Label> {
    let mut information = None;
    let mut label = Label::clear();
    for child in children(root, &["Id", "ReviewDateTime"])? {
        match child.standard_name() {
            "ConfidentialityInformation" if information.is_none() => {
                information = Some(of_information(child, classifications)?);
            }
            "SuccessionHandling" => label = label.join(&succession(child, classifications)?),
            "OriginatorID" | "CreationDateTime" => {}
            _ => return None,
        }
    }
    Some(label.join(&information?))
}

/// After a date another label is to stand instead. Here both stand, before and after: neither is ever looser.
fn succession(handling: &Element, classifications: &Classifications) -> Option<Label> {
    let mut label = None;
    for child in children(handling, &[])? {
        match child.standard_name() {
            "SuccessorConfidentialityLabel" if label.is_none() => {
                for part in children(child, &["Id"])? {
                    match part.standard_name() {
                        "ConfidentialityInformation" if label.is_none() => {
                            label = Some(of_information(part, classifications)?);
                        }
                        "OriginatorID" | "CreationDateTime" => {}
                        _ => return None,
                    }
                }
            }
            "SuccessionDateTime" => {}
            _ => return None,
        }
    }
    label
}

fn of_information(element: &Element, classifications: &Classifications) -> Option<Label> {
    let information = Information::of(element)?;
    let (policy, names) = declared(&information.policy, classifications)?;
    let level = level(policy, names, &information.classification)?;
    let label = Label { levels: BTreeMap::from([(policy.clone(), level)]), ..Label::clear() };
    information.categories.iter().try_fold(label, |label, part| Some(label.join(&category(part)?)))
}

/// By its name, or by the policy's name and its own: `NATO SECRET`.
fn level(policy: &ClassificationPolicy, names: &[String], word: &str) -> Option<Level> {
    let short = || {
        let (own, rest) = word.split_at_checked(policy.0.len())?;
        let rest = rest.strip_prefix(' ')?;
        if own.eq_ignore_ascii_case(&policy.0) { marking::level(names, rest) } else { None }
    };
    marking::level(names, word).or_else(short)
}

fn category(category: &Category) -> Option<Label> {
    let tag = category.tag.to_ascii_lowercase();
    match (category.kind, tag.as_str()) {
        (CategoryType::Informative, _) => Some(Label::clear()),
        (CategoryType::Permissive, "releasable to" | "only" | "context") => {
            Some(Label { rel: BTreeSet::from([codes(&category.values)?]), ..Label::clear() })
        }
        (CategoryType::Restrictive, "not releasable to") => {
            Some(Label { not: codes(&category.values)?, ..Label::clear() })
        }
        (CategoryType::Permissive | CategoryType::Restrictive, _) => None,
    }
}

fn codes(values: &[String]) -> Option<BTreeSet<Code>> {
    let codes = values.iter().map(|value| value.parse().ok()).collect::<Option<BTreeSet<Code>>>()?;
    Some(codes).filter(|codes| !codes.is_empty())
}
