//! How is a label written as a confidentiality label?

use stix::Timestamp;

use super::{
    NAMESPACE,
    document::{Attribute, Document, Element, Node, Space},
    information::{Category, CategoryType, Information, collapse},
};
use crate::{
    label::{Label, OriginatorControl, Pap, Tlp, Validity},
    marking::Classifications,
};

/// The dates that the standard asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// `CreationDateTime`: when it was labelled.
    pub created: Timestamp,
    /// `ReviewDateTime`: when the label is to be looked at again.
    pub review: Timestamp,
}

/// What of a label has no form in the standard that every reader understands. Nothing is left out silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Inexpressible {
    /// Markings that were not understood.
    #[error("some of the markings are not understood")]
    Unknown,
    /// A traffic light above CLEAR, or a PAP.
    #[error("a confidentiality label has no traffic light")]
    TrafficLight,
    /// Originator control.
    #[error("a confidentiality label has no originator control")]
    OriginatorControl,
    /// A time.
    #[error("a confidentiality label has no time in which it holds")]
    Validity,
    /// None, or several, or one that is not declared here.
    #[error("a confidentiality label has one classification, of a policy that is declared here")]
    Classification,
    /// Several sets, each of which has to cover the recipient: readers would take them for one.
    #[error("a confidentiality label has one set of whom it is releasable to")]
    Releasability,
    /// A name of the policy or level that would be read as another, or a document past the limits.
    #[error("what would be written would not be read as the same label")]
    Ambiguous,
}

impl Document {
    /// Writes a label as the originator's confidentiality label, which [`super::label`] reads as the same label.
    ///
    /// # Errors
    /// [`Inexpressible`], for what has no form in the standard.
    pub fn express(
        label: &Label,
        classifications: &Classifications,
        dates: Dates,
    ) -> Result<Self, Inexpressible> {
        let information = Information::express(label, classifications)?;
        let attributes = vec![
            attribute("xmlns:slab", Space::Document, NAMESPACE),
            attribute("ReviewDateTime", Space::None, &dates.review.to_string()),
        ];
        let children =
            vec![information.element(), text_element("CreationDateTime", &dates.created.to_string())];
        let root = Element { attributes, ..element("originatorConfidentialityLabel", children) };
        let document = Self { before: Vec::new(), root, after: Vec::new() };
        let read = super::label(&[document.to_string()], classifications);
        if read.as_ref() == Some(label) { Ok(document) } else { Err(Inexpressible::Ambiguous) }
    }
}

impl Information {
    /// What stands for a label in a `ConfidentialityInformation`.
    ///
    /// # Errors
    /// [`Inexpressible`].
    pub fn express(label: &Label, classifications: &Classifications) -> Result<Self, Inexpressible> {
        // Every part of a label is named here, so that a new one cannot be forgotten.
        let Label { tlp, pap, levels, rel, not, valid, orcon, unknown } = label;
        if !unknown.is_empty() {
            return Err(Inexpressible::Unknown);
        }
        if *tlp != Tlp::Clear || *pap != Pap::Clear {
            return Err(Inexpressible::TrafficLight);
        }
        if *orcon != OriginatorControl::No {
            return Err(Inexpressible::OriginatorControl);
        }
        if *valid != Validity::ALWAYS {
            return Err(Inexpressible::Validity);
        }
        let mut levels = levels.iter();
        let (Some((policy, level)), None) = (levels.next(), levels.next()) else {
            return Err(Inexpressible::Classification);
        };
        let name = classifications.get(policy).and_then(|names| names.get(usize::from(level.0)));
        let is_token = |text: &&str| !text.is_empty() && collapse(text) == **text;
        let name = name.map(String::as_str).filter(is_token).ok_or(Inexpressible::Classification)?;
        let policy = Some(policy.0.as_str()).filter(is_token).ok_or(Inexpressible::Classification)?;
        let mut categories = Vec::new();
        let mut sets = rel.iter();
        match (sets.next(), sets.next()) {
            (None, _) => {}
            (Some(set), None) if !set.is_empty() => {
                categories.push(Category::of_codes(CategoryType::Permissive, "Releasable To", set));
            }
            (Some(_), _) => return Err(Inexpressible::Releasability),
        }
        if !not.is_empty() {
            categories.push(Category::of_codes(CategoryType::Restrictive, "Not Releasable To", not));
        }
        Ok(Self { policy: policy.to_owned(), classification: name.to_owned(), categories })
    }

    fn element(&self) -> Element {
        let mut children = vec![
            text_element("PolicyIdentifier", &self.policy),
            text_element("Classification", &self.classification),
        ];
        children.extend(self.categories.iter().map(Category::element));
        element("ConfidentialityInformation", children)
    }
}

impl Category {
    fn of_codes<'c, C: ToString + 'c>(
        kind: CategoryType,
        tag: &str,
        codes: impl IntoIterator<Item = &'c C>,
    ) -> Self {
        Self { kind, tag: tag.to_owned(), values: codes.into_iter().map(ToString::to_string).collect() }
    }

    fn element(&self) -> Element {
        let values = self.values.iter().map(|value| text_element("GenericValue", value)).collect();
        let attributes = vec![
            attribute("Type", Space::None, self.kind.as_str()),
            attribute("TagName", Space::None, &self.tag),
        ];
        Element { attributes, ..element("Category", values) }
    }
}

fn attribute(name: &str, space: Space, value: &str) -> Attribute {
    Attribute { name: name.to_owned(), space, value: value.to_owned() }
}

fn element(name: &str, children: Vec<Element>) -> Element {
    Element {
        name: format!("slab:{name}"),
        space: Space::Label,
        attributes: Vec::new(),
        children: children.into_iter().map(Node::Element).collect(),
    }
}

fn text_element(name: &str, text: &str) -> Element {
    Element { children: vec![Node::Text(text.to_owned())], ..element(name, Vec::new()) }
}
