//! Where in a line is the field that a mapping names?

use std::borrow::Cow;

use stix::json::{self, Kind};

/// A line without nesting: keys and values, a key again for each member of a list.
pub(super) type Flat<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Something in a line, of whatever form the line is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node<'a> {
    Json(json::Value<'a>),
    /// A dictionary that many fields are looked for in.
    Indexed(&'a Indexed<'a>),
    Flat(&'a [(Cow<'a, str>, Cow<'a, str>)]),
    Text(&'a str),
}

/// A dictionary, and how its keys begin, so that a field that is not there costs next to nothing.
#[derive(Debug)]
pub(super) struct Indexed<'a> {
    value: json::Value<'a>,
    begins: [u64; 4],
}

/// The place of the first two bytes of a key or path; `a` and `a.b` begin alike.
fn begin(text: &[u8]) -> (usize, u64) {
    let first = text.first().copied().unwrap_or(b'.');
    let second = text.get(1).copied().unwrap_or(b'.');
    let place = first.wrapping_mul(31).wrapping_add(second);
    (usize::from(place >> 6), 1 << (place & 63))
}

impl<'a> Indexed<'a> {
    pub(super) fn new(node: Node<'a>) -> Option<Self> {
        let Node::Json(value) = node else { return None };
        let mut begins = [0; 4];
        for (key, _) in value.members() {
            let raw = key.raw().as_bytes();
            let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or(&[]);
            if inner.iter().take(2).any(|byte| *byte == b'\\') {
                begins = [u64::MAX; 4];
            }
            let (word, bit) = begin(inner);
            if let Some(word) = begins.get_mut(word) {
                *word |= bit;
            }
        }
        Some(Self { value, begins })
    }

    fn may_have(&self, path: &str) -> bool {
        let (word, bit) = begin(path.as_bytes());
        self.begins.get(word).is_some_and(|word| word & bit != 0)
    }
}

impl<'a> Node<'a> {
    /// Shows the visitor everything that `path` leads to: keys joined by dots, where each dot may be a step into a
    /// dictionary or a part of a key. Lists are entered wherever they stand, at the end too.
    pub(super) fn visit(self, path: &str, visitor: &mut dyn FnMut(Self)) {
        match self {
            Self::Json(value) if value.kind() == Kind::List => {
                value.elements().for_each(|element| Self::Json(element).visit(path, visitor));
            }
            node if path.is_empty() => visitor(node),
            Self::Indexed(indexed) => {
                if indexed.may_have(path) {
                    Self::Json(indexed.value).visit(path, visitor);
                }
            }
            Self::Json(value) => {
                for (key, value) in value.members() {
                    if let Some(rest) = behind(path, key) {
                        Self::Json(value).visit(rest, visitor);
                    }
                }
            }
            Self::Flat(fields) => {
                for (_, value) in fields.iter().filter(|(key, _)| key == path) {
                    visitor(Self::Text(value));
                }
            }
            Self::Text(_) => {}
        }
    }

    /// Shows the visitor this dictionary and every one in it.
    pub(super) fn visit_all(self, visitor: &mut dyn FnMut(Self)) {
        let value = match self {
            Self::Json(value) => value,
            Self::Indexed(indexed) => indexed.value,
            Self::Flat(_) | Self::Text(_) => return visitor(self),
        };
        match value.kind() {
            Kind::Dictionary => {
                visitor(Self::Json(value));
                value.members().for_each(|(_, value)| Self::Json(value).visit_all(visitor));
            }
            Kind::List => value.elements().for_each(|element| Self::Json(element).visit_all(visitor)),
            Kind::Null | Kind::Boolean | Kind::Number | Kind::String => {}
        }
    }

    /// Its text; numbers and booleans as they are spelled. Nothing for null, lists and dictionaries.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Json(value) => match value.kind() {
                Kind::String => value.as_str(),
                Kind::Number | Kind::Boolean => Some(Cow::Borrowed(value.raw())),
                Kind::Null | Kind::List | Kind::Dictionary => None,
            },
            Self::Flat(_) | Self::Indexed(_) => None,
        }
    }

    /// The first text that a path leads to.
    pub(super) fn first(self, path: &str) -> Option<Cow<'a, str>> {
        let mut found = None;
        self.visit(path, &mut |node| {
            if found.is_none() {
                found = node.text();
            }
        });
        found
    }

    /// Whether a path leads to anything but null.
    pub(super) fn has(self, path: &str) -> bool {
        let mut found = false;
        self.visit(path, &mut |node| {
            found |= !matches!(node, Self::Json(value) if value.kind() == Kind::Null);
        });
        found
    }
}

/// What of the path is left behind this key; nothing if the path does not begin with it.
fn behind<'p>(path: &'p str, key: json::Value<'_>) -> Option<&'p str> {
    let raw = key.raw().as_bytes();
    let inner = raw.get(1..raw.len().saturating_sub(1))?;
    // By the first byte: most keys are not on the way, and there are many.
    let first = inner.first()?;
    if *first != b'\\' && path.as_bytes().first() != Some(first) {
        return None;
    }
    if path.as_bytes().starts_with(inner) {
        return match path.as_bytes().get(inner.len()) {
            None => Some(""),
            Some(b'.') => path.get(inner.len() + 1..),
            Some(_) => None,
        };
    }
    if !inner.contains(&b'\\') {
        return None;
    }
    let key = key.as_str()?;
    let rest = path.strip_prefix(key.as_ref())?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}
