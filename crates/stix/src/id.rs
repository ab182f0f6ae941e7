//! How are objects named? (STIX 2.1 section 2.9)

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

/// An identifier: object type, `--`, UUID; kept in the spelling it came in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Arc<str>);

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// There is no `--` between a type and a UUID.
    #[error("an identifier is an object type, `--` and a UUID")]
    Form,
    /// The part before `--` is not a type name (section 2.9, 3.1: a-z, 0-9, hyphen, 3–250 characters).
    #[error("the part before `--` is not an object type")]
    Type,
    /// The part after `--` is not a UUID of the form of RFC 4122.
    #[error("the part after `--` is not a UUID")]
    Uuid,
}

impl Id {
    /// Reads an identifier.
    ///
    /// # Errors
    /// [`IdError`] says which part is not of the standard's form. Types of one or two characters are let through here
    /// (STIX 2.0 had no least length); validation reports them.
    pub fn new(text: &str) -> Result<Self, IdError> {
        check(text)?;
        Ok(Self(Arc::from(text)))
    }

    /// The whole identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The object type in front of the UUID.
    pub fn object_type(&self) -> &str {
        object_type(&self.0)
    }

    /// The UUID behind the type.
    pub fn uuid(&self) -> Option<uuid::Uuid> {
        self.0.get(self.0.len().saturating_sub(36)..).and_then(|text| uuid::Uuid::parse_str(text).ok())
    }
}

/// The part of an identifier before `--`; the whole text where there is none.
pub fn object_type(id: &str) -> &str {
    split(id).map_or(id, |(kind, _)| kind)
}

/// What stands before and behind the first `--`.
pub(crate) fn split(id: &str) -> Option<(&str, &str)> {
    let hyphens = memchr::memchr_iter(b'-', id.as_bytes());
    let at = hyphens.into_iter().find(|at| id.as_bytes().get(at + 1) == Some(&b'-'))?;
    Some((id.get(..at)?, id.get(at + 2..)?))
}

/// Whether `text` has the form of an identifier, and if not, why.
///
/// # Errors
/// See [`IdError`].
pub fn check(text: &str) -> Result<(), IdError> {
    let (kind, uuid) = split(text).ok_or(IdError::Form)?;
    let letters = kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !letters || kind.is_empty() || kind.len() > 250 {
        return Err(IdError::Type);
    }
    if is_uuid(uuid.as_bytes()) { Ok(()) } else { Err(IdError::Uuid) }
}

/// Whether a text is 8-4-4-4-12 hexadecimal digits.
fn is_uuid(text: &[u8]) -> bool {
    let hex = |digits: &[u8]| digits.iter().fold(true, |all, b| all & b.is_ascii_hexdigit());
    let Some((first, rest)) = text.split_first_chunk::<8>() else { return false };
    let Some((middle, last)) = rest.split_first_chunk::<16>() else { return false };
    let [b'-', a1, a2, a3, a4, b'-', b1, b2, b3, b4, b'-', c1, c2, c3, c4, b'-'] = *middle else {
        return false;
    };
    last.len() == 12 && hex(first) && hex(&[a1, a2, a3, a4, b1, b2, b3, b4, c1, c2, c3, c4]) && hex(last)
}

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::new(text)
    }
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_keeps_its_spelling() {
        let id = Id::new("x-acme--8E2E2D2B-17d4-4cbf-938f-98ee46b3cd3f").unwrap();
        assert_eq!(id.as_str(), "x-acme--8E2E2D2B-17d4-4cbf-938f-98ee46b3cd3f");
        assert_eq!(id.object_type(), "x-acme");
        assert!(id.uuid().is_some());
    }

    #[test]
    fn what_is_wrong_with_an_identifier_is_said() {
        assert_eq!(Id::new("indicator"), Err(IdError::Form));
        assert_eq!(Id::new("Indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"), Err(IdError::Type));
        assert_eq!(Id::new("indicator--8e2e2d2b-17d4-4cbf-938f"), Err(IdError::Uuid));
        assert_eq!(Id::new("indicator--8e2e2d2b017d4-4cbf-938f-98ee46b3cd3f"), Err(IdError::Uuid));
        assert_eq!(Id::new(""), Err(IdError::Form));
    }
}
