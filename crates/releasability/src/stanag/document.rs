//! How is an XML document held, so that it can be written again?

use std::fmt;

/// An XML document without a document type: what [`Document::read`] read, or [`Document::express`] made.
///
/// Equal documents say the same in XML: quotes, CDATA sections, line ends, white space within tags and the XML
/// declaration do not count; the order of attributes does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Comments and processing instructions before the outermost element.
    pub(super) before: Vec<Node>,
    pub(super) root: Element,
    pub(super) after: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
    Comment(String),
    /// Target and content as they stood.
    Instruction(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// With its prefix.
    pub(super) name: String,
    pub(super) space: Space,
    /// In the order of the text; declarations of namespaces among them.
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) space: Space,
    pub(super) value: String,
}

/// The namespace of an element or attribute, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// None at all.
    None,
    /// The standard's: [`super::NAMESPACE`].
    Label,
    /// Of an attribute that speaks of the document and not of its content: `xmlns`, `xml:…`, `xsi:…`.
    Document,
    /// Any other.
    Foreign,
}

impl Element {
    /// The name of an element of the standard, without its prefix; empty for every other.
    pub(super) fn standard_name(&self) -> &str {
        match self.space {
            Space::Label => self.name.rsplit(':').next().unwrap_or_default(),
            Space::None | Space::Document | Space::Foreign => "",
        }
    }

    /// Its children that are elements.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Comment(_) | Node::Instruction(_) => None,
        })
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = |attribute: &&Attribute| attribute.space == Space::None && attribute.name == name;
        self.attributes.iter().find(found).map(|attribute| attribute.value.as_str())
    }
}

/// The document as XML in UTF-8, without an XML declaration.
impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.before.iter().try_for_each(|node| write!(f, "{node}"))?;
        write!(f, "{}", self.root)?;
        self.after.iter().try_for_each(|node| write!(f, "{node}"))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(element) => write!(f, "{element}"),
            Self::Text(text) => escape(text, &[], f),
            Self::Comment(text) => write!(f, "<!--{text}-->"),
            Self::Instruction(text) => write!(f, "<?{text}?>"),
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.name)?;
        for Attribute { name, value, .. } in &self.attributes {
            write!(f, " {name}=\"")?;
            // A reader would take these for spaces.
            escape(value, &['"', '\t', '\n'], f)?;
            write!(f, "\"")?;
        }
        if self.children.is_empty() {
            return write!(f, "/>");
        }
        write!(f, ">")?;
        self.children.iter().try_for_each(|node| write!(f, "{node}"))?;
        write!(f, "</{}>", self.name)
    }
}

fn escape(text: &str, also: &[char], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    text.chars().try_for_each(|character| match character {
        '&' => f.write_str("&amp;"),
        '<' => f.write_str("&lt;"),
        '>' => f.write_str("&gt;"),
        // A reader would take it for the end of a line.
        '\r' => f.write_str("&#13;"),
        _ if also.contains(&character) => write!(f, "&#{};", u32::from(character)),
        _ => write!(f, "{character}"),
    })
}
