//! Is a text an XML document that we read, within bounds?

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesRef, BytesStart, Event, attributes::Attribute as RawAttribute},
};

use super::{
    NAMESPACE,
    document::{Attribute, Document, Element, Node, Space},
    form::{are_apart, check_declaration, is_allowed, is_bare_name, is_name},
};

/// Length of a document, in bytes of UTF-8.
pub const DOCUMENT_BYTES_MAX: usize = 64 << 10;
/// How deep elements may nest; the outermost is depth 1.
pub const DEPTH_MAX: usize = 16;
/// How many elements a document may have.
pub const ELEMENTS_MAX: usize = 1000;
/// How many attributes an element may have, declarations of namespaces included.
pub const ATTRIBUTES_MAX: usize = 32;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
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
        // The reader would pass over another.
        if text.starts_with('\u{feff}') {
            return Err(ReadError::Malformed);
        }
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
                Event::Decl(declaration) if at_start => check_declaration(&declaration)?,
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

/// Its target is a name without a colon: Namespaces in XML, section 7.
fn instruction(text: &str) -> Result<Node, ReadError> {
    let target = text.split_ascii_whitespace().next().unwrap_or_default();
    if text.starts_with(target) && is_bare_name(target) && !target.eq_ignore_ascii_case("xml") {
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
    declared: Vec<(usize, String, String)>,
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
        if self.root.is_some() || !are_apart(tag.attributes_raw()) {
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
                check_namespace(prefix, &value)?;
                self.declared.push((depth, prefix.to_owned(), value.clone()));
            }
            attributes.push(Attribute { name, space: Space::Document, value });
        }
        let mut named = Vec::new();
        for attribute in &mut attributes {
            attribute.space = match attribute.name.split_once(':') {
                _ if attribute.name == "xmlns" => Space::Document,
                None => Space::None,
                Some(("xmlns", _)) => Space::Document,
                Some((prefix, local)) => {
                    let namespace = self.namespace(prefix)?;
                    // Namespaces in XML, section 6.3: not twice, whatever the prefixes are.
                    if named.contains(&(namespace, local)) {
                        return Err(ReadError::Malformed);
                    }
                    named.push((namespace, local));
                    if matches!(namespace, XML | XSI) { Space::Document } else { space(namespace) }
                }
            };
        }
        let name = tag.name().as_ref().to_owned();
        if !is_name(&name) {
            return Err(ReadError::Malformed);
        }
        let space = match name.split_once(':') {
            Some((prefix, _)) => space(self.namespace(prefix)?),
            None => space(self.namespace("")?),
        };
        self.open.push(Element { name, space, attributes, children: Vec::new() });
        Ok(())
    }

    /// What a prefix stands for; no prefix, undeclared: no namespace.
    fn namespace(&self, prefix: &str) -> Result<&str, ReadError> {
        let found = self.declared.iter().rev().find(|(_, declared, _)| declared == prefix);
        match (found, prefix) {
            (Some((.., namespace)), _) => Ok(namespace),
            (None, "") => Ok(""),
            (None, "xml") => Ok(XML),
            (None, _) => Err(ReadError::Namespace),
        }
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

/// Whether a prefix may stand for a namespace: Namespaces in XML, section 3.
fn check_namespace(prefix: &str, namespace: &str) -> Result<(), ReadError> {
    match (prefix, namespace) {
        ("", "") | ("xml", XML) => Ok(()),
        ("xml" | "xmlns", _) | (_, "" | XML | XMLNS) => Err(ReadError::Namespace),
        _ => Ok(()),
    }
}

fn space(namespace: &str) -> Space {
    match namespace {
        "" => Space::None,
        NAMESPACE => Space::Label,
        _ => Space::Foreign,
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
