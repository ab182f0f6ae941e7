//! Is a text an XML document that we read, within bounds?

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesDecl, BytesRef, BytesStart, Event, attributes::Attribute as RawAttribute},
};

use super::{
    NAMESPACE,
    document::{Attribute, Document, Element, Node, Space},
};

/// Length of a document, in bytes of UTF-8.
pub const DOCUMENT_BYTES_MAX: usize = 64 << 10;
/// How deep elements may nest; the outermost is depth 1.
pub const DEPTH_MAX: usize = 16;
/// How many elements a document may have.
pub const ELEMENTS_MAX: usize = 1000;
/// How many attributes an element may have, declarations of namespaces included.
pub const ATTRIBUTES_MAX: usize = 32;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Why a text is no document that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages are the documentation")]
pub enum ReadError {
    #[error("the document is longer than {DOCUMENT_BYTES_MAX} bytes")]
    Size,
    #[error("elements nest deeper than {DEPTH_MAX}")]
    Depth,
    #[error("there are more than {ELEMENTS_MAX} elements")]
    Elements,
    #[error("an element has more than {ATTRIBUTES_MAX} attributes")]
    Attributes,
    #[error("the document has a document type, which could define entities")]
    DocumentType,
    #[error("an entity is named that XML itself does not define")]
    Entity,
    #[error("the document says that it is not XML 1.0 in UTF-8")]
    Encoding,
    #[error("a prefix stands for no namespace")]
    Namespace,
    #[error("the text is not well-formed XML")]
    Malformed,
}

impl Document {
    /// Reads an XML document. Entities other than XML's own five, and document types, are refused, so nothing expands.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(text: &str) -> Result<Self, ReadError> {
        if text.len() > DOCUMENT_BYTES_MAX {
            return Err(ReadError::Size);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = line_ends(text);
        if !text.chars().all(is_allowed) {
            return Err(ReadError::Malformed);
        }
        let mut reader = Reader::from_str(&text);
        reader.config_mut().check_comments = true;
        let mut build = Build::default();
        loop {
            let at_start = reader.buffer_position() == 0;
            match reader.read_event().map_err(|_| ReadError::Malformed)? {
                Event::Start(tag) => build.open(&tag)?,
                Event::Empty(tag) => {
                    build.open(&tag)?;
                    build.close()?;
                }
                Event::End(_) => build.close()?,
                Event::Text(text) if text.contains("]]>") => return Err(ReadError::Malformed),
                Event::Text(text) => build.text(&text)?,
                Event::CData(text) => build.character_data(&text)?,
                Event::GeneralRef(reference) => {
                    build.character_data(character(&reference)?.encode_utf8(&mut [0; 4]))?;
                }
                Event::Comment(text) => build.add(Node::Comment(text.to_string())),
                Event::PI(text) => build.add(instruction(&text)?),
                Event::Decl(declaration) if at_start => check(&declaration)?,
                Event::Decl(_) => return Err(ReadError::Malformed),
                Event::DocType(_) => return Err(ReadError::DocumentType),
                Event::Eof => return build.finish(),
            }
        }
    }
}

/// XML 1.0 section 2.11.
fn line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// XML 1.0 section 2.2.
fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether this is a name, with at most one prefix. Characters beyond ASCII are not looked at closely.
fn is_name(name: &str) -> bool {
    let start = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    let part = |part: &str| {
        part.starts_with(start)
            && part.chars().all(|c| start(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
    };
    name.split_once(':').map_or_else(|| part(name), |(prefix, local)| part(prefix) && part(local))
}

fn check(declaration: &BytesDecl<'_>) -> Result<(), ReadError> {
    let version = declaration.version().map_err(|_| ReadError::Malformed)?;
    let encoding = declaration.encoding().transpose().map_err(|_| ReadError::Malformed)?;
    let is_utf_8 = encoding.is_none_or(|encoding| encoding.eq_ignore_ascii_case("utf-8"));
    if version == "1.0" && is_utf_8 { Ok(()) } else { Err(ReadError::Encoding) }
}

fn instruction(text: &str) -> Result<Node, ReadError> {
    let target = text.split_ascii_whitespace().next().unwrap_or_default();
    if text.starts_with(target) && is_name(target) && !target.eq_ignore_ascii_case("xml") {
        Ok(Node::Instruction(text.to_owned()))
    } else {
        Err(ReadError::Malformed)
    }
}

fn character(reference: &BytesRef<'_>) -> Result<char, ReadError> {
    if reference.is_char_ref() {
        let character = reference.resolve_char_ref().map_err(|_| ReadError::Malformed)?;
        return character.filter(|c| is_allowed(*c)).ok_or(ReadError::Malformed);
    }
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(ReadError::Entity),
    }
}

/// A document while it is read.
#[derive(Default)]
struct Build {
    before: Vec<Node>,
    root: Option<Element>,
    after: Vec<Node>,
    /// The elements that are open, outermost first.
    open: Vec<Element>,
    /// Prefixes with their namespaces, innermost last, and at which depth each was declared.
    declared: Vec<(usize, String, Space)>,
    elements: usize,
}

impl Build {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(ReadError::Elements);
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(ReadError::Depth);
        }
        if self.root.is_some() {
            return Err(ReadError::Malformed);
        }
        let depth = self.open.len();
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            if attributes.len() >= ATTRIBUTES_MAX {
                return Err(ReadError::Attributes);
            }
            let (name, value) = read_attribute(&attribute.map_err(|_| ReadError::Malformed)?)?;
            let prefix = if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") };
            if let Some(prefix) = prefix {
                self.declared.push((depth, prefix.to_owned(), declared(prefix, &value)?));
            }
            attributes.push(Attribute { name, space: Space::Document, value });
        }
        for attribute in &mut attributes {
            attribute.space = match attribute.name.split_once(':') {
                _ if attribute.name == "xmlns" => Space::Document,
                None => Space::None,
                Some(("xml" | "xmlns", _)) => Space::Document,
                Some((prefix, _)) => self.space(prefix)?,
            };
        }
        let name = tag.name().as_ref().to_owned();
        if !is_name(&name) {
            return Err(ReadError::Malformed);
        }
        let space = match name.split_once(':') {
            Some((prefix, _)) => self.space(prefix)?,
            None => self.space("").unwrap_or(Space::None),
        };
        self.open.push(Element { name, space, attributes, children: Vec::new() });
        Ok(())
    }

    fn space(&self, prefix: &str) -> Result<Space, ReadError> {
        let found = self.declared.iter().rev().find(|(_, declared, _)| declared == prefix);
        found.map(|(_, _, space)| *space).ok_or(ReadError::Namespace)
    }

    fn close(&mut self) -> Result<(), ReadError> {
        let element = self.open.pop().ok_or(ReadError::Malformed)?;
        let depth = self.open.len();
        self.declared.retain(|(declared, ..)| *declared < depth);
        if self.open.is_empty() {
            self.root = Some(element);
        } else {
            self.add(Node::Element(element));
        }
        Ok(())
    }

    fn add(&mut self, node: Node) {
        match (self.open.last_mut(), &self.root) {
            (Some(parent), _) => parent.children.push(node),
            (None, None) => self.before.push(node),
            (None, Some(_)) => self.after.push(node),
        }
    }

    /// Outside the outermost element there is white space only, which says nothing.
    fn text(&mut self, text: &str) -> Result<(), ReadError> {
        if self.open.is_empty() && text.chars().all(|c| matches!(c, ' ' | '\t' | '\n')) {
            return Ok(());
        }
        self.character_data(text)
    }

    fn character_data(&mut self, text: &str) -> Result<(), ReadError> {
        let parent = self.open.last_mut().ok_or(ReadError::Malformed)?;
        match parent.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => parent.children.push(Node::Text(text.to_owned())),
        }
        Ok(())
    }

    fn finish(self) -> Result<Document, ReadError> {
        if !self.open.is_empty() {
            return Err(ReadError::Malformed);
        }
        let root = self.root.ok_or(ReadError::Malformed)?;
        Ok(Document { before: self.before, root, after: self.after })
    }
}

fn declared(prefix: &str, namespace: &str) -> Result<Space, ReadError> {
    match (prefix, namespace) {
        ("", "") => Ok(Space::None),
        ("xml" | "xmlns", _) | (_, "") => Err(ReadError::Namespace),
        (_, NAMESPACE) => Ok(Space::Label),
        (_, XSI) => Ok(Space::Document),
        _ => Ok(Space::Foreign),
    }
}

fn read_attribute(attribute: &RawAttribute<'_>) -> Result<(String, String), ReadError> {
    let name = attribute.key.as_ref().to_owned();
    if !is_name(&name) || attribute.value.contains('<') {
        return Err(ReadError::Malformed);
    }
    let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| ReadError::Entity)?;
    if value.chars().all(is_allowed) { Ok((name, value.into_owned())) } else { Err(ReadError::Malformed) }
}
