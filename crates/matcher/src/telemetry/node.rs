//! Where in a line is the field that a mapping names?

use std::borrow::Cow;

use stix::json::{self, Kind};

/// A line without nesting: keys and values, a key again for each member of a list.
pub(super) type Flat<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Something in a line, of whatever form the line is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node<'a> {
    Json(json::Value<'a>),
    Flat(&'a [(Cow<'a, str>, Cow<'a, str>)]),
    Text(&'a str),
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
        let Self::Json(value) = self else { return visitor(self) };
        match value.kind() {
            Kind::Dictionary => {
                visitor(self);
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
            Self::Flat(_) => None,
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
            found |= !matches!(node, Self::Json(value) if value.kind() == Kind::Null)
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
