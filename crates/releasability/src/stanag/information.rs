//! What does a `ConfidentialityInformation` hold?

use super::document::{Element, Node, Space};

/// The content of a `ConfidentialityInformation`, as far as it decides who may have something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Information {
    /// `PolicyIdentifier`: under whose rules, such as `NATO`.
    pub policy: String,
    /// `Classification`: how high in that policy.
    pub classification: String,
    /// Each `Category`, in order.
    pub categories: Vec<Category>,
}

/// A `Category`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// How its values restrict.
    pub kind: CategoryType,
    /// `TagName`, such as `Releasable To`.
    pub tag: String,
    /// Each `GenericValue`, in order.
    pub values: Vec<String>,
}

/// The `Type` of a `Category`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CategoryType {
    /// One of the values must be held.
    Permissive,
    /// All of the values must be held.
    Restrictive,
    /// For people.
    Informative,
}

impl CategoryType {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Permissive => "PERMISSIVE",
            Self::Restrictive => "RESTRICTIVE",
            Self::Informative => "INFORMATIVE",
        }
    }
}

impl Information {
    /// Reads the element; nothing where it holds anything that the standard does not name.
    pub(super) fn of(element: &Element) -> Option<Self> {
        let mut policy = None;
        let mut classification = None;
        let mut categories = Vec::new();
        for child in children(element, &[])? {
            let twice = match child.standard_name() {
                "PolicyIdentifier" => policy.replace(token(child, &["URI"])?).is_some(),
                "Classification" => classification.replace(token(child, &["URI"])?).is_some(),
                // RFC 2634, from which the standard has it: it is not used for access control.
                "PrivacyMark" => false,
                "Category" => {
                    categories.push(Category::of(child)?);
                    false
                }
                _ => return None,
            };
            if twice {
                return None;
            }
        }
        Some(Self { policy: policy?, classification: classification?, categories })
    }
}

impl Category {
    fn of(element: &Element) -> Option<Self> {
        let kind = match element.attribute("Type")? {
            "PERMISSIVE" => CategoryType::Permissive,
            "RESTRICTIVE" => CategoryType::Restrictive,
            "INFORMATIVE" => CategoryType::Informative,
            _ => return None,
        };
        let tag = Some(collapse(element.attribute("TagName")?)).filter(|tag| !tag.is_empty())?;
        if kind == CategoryType::Informative {
            return Some(Self { kind, tag, values: Vec::new() });
        }
        let values = children(element, &["Type", "TagName", "URI"])?
            .into_iter()
            .map(|child| if child.standard_name() == "GenericValue" { token(child, &[]) } else { None })
            .collect::<Option<Vec<_>>>()?;
        Some(Self { kind, tag, values })
    }
}

/// The elements in an element that holds nothing else, and has no attributes but these.
pub(super) fn children<'e>(element: &'e Element, attributes: &[&str]) -> Option<Vec<&'e Element>> {
    has_only(element, attributes)?;
    let mut children = Vec::new();
    for node in &element.children {
        match node {
            Node::Element(child) => children.push(child),
            Node::Text(text) if collapse(text).is_empty() => {}
            Node::Text(_) => return None,
            Node::Comment(_) | Node::Instruction(_) => {}
        }
    }
    Some(children)
}

/// The text of an element that holds nothing else, has no attributes but these, and is not empty; white space collapsed.
pub(super) fn token(element: &Element, attributes: &[&str]) -> Option<String> {
    has_only(element, attributes)?;
    let mut text = String::new();
    for node in &element.children {
        match node {
            Node::Text(part) => text.push_str(part),
            Node::Element(_) => return None,
            Node::Comment(_) | Node::Instruction(_) => {}
        }
    }
    Some(collapse(&text)).filter(|text| !text.is_empty())
}

fn has_only(element: &Element, attributes: &[&str]) -> Option<()> {
    let known = element.attributes.iter().all(|attribute| match attribute.space {
        Space::None => attributes.contains(&attribute.name.as_str()),
        Space::Document => true,
        Space::Label | Space::Foreign => false,
    });
    known.then_some(())
}

/// As `xs:token`: one space between words, none around them.
pub(super) fn collapse(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
