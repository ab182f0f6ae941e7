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
    id.split_once("--").map_or(id, |(kind, _)| kind)
}

/// Whether `text` has the form of an identifier, and if not, why.
///
/// # Errors
/// See [`IdError`].
pub fn check(text: &str) -> Result<(), IdError> {
    let (kind, uuid) = text.split_once("--").ok_or(IdError::Form)?;
    let letters = kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !letters || kind.is_empty() || kind.len() > 250 {
        return Err(IdError::Type);
    }
    let hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let form = uuid.len() == 36
        && uuid.bytes().enumerate().all(|(at, b)| if hyphen(at) { b == b'-' } else { b.is_ascii_hexdigit() });
    if form { Ok(()) } else { Err(IdError::Uuid) }
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
