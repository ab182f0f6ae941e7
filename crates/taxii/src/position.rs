//! Where does the next page begin? What stands behind `next` (TAXII 2.1 section 3.5, appendix B).
//!
//! A position stands alone: it carries the query that it continues, never expires, survives restarts, and at the end of the
//! data gives what was added since. It is no secret and opens nothing: what is released is decided anew each time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The longest `next` that is read, in bytes.
pub const POSITION_BYTES_MAX: usize = 4096;

/// A place in the order, and the query that led there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The date added of the last object of the page before, in microseconds since 1970.
    pub after: u64,
    /// The other parameters of the query, as its URL had them.
    pub query: String,
}

/// A text that is no position of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`next` is no position that this server gave")]
pub struct PositionError;

const CHECK_BYTES: usize = 4;

impl Position {
    /// As `next` carries it: letters, digits, `-` and `_` only.
    pub fn to_text(&self) -> String {
        let mut bytes = self.after.to_be_bytes().to_vec();
        bytes.extend_from_slice(self.query.as_bytes());
        let check = check(&bytes);
        bytes.extend_from_slice(&check);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a position back.
    ///
    /// # Errors
    /// [`PositionError`] for anything else, also with one bit turned.
    pub fn from_text(text: &str) -> Result<Self, PositionError> {
        if text.len() > POSITION_BYTES_MAX {
            return Err(PositionError);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| PositionError)?;
        let (content, own) = bytes.split_last_chunk::<CHECK_BYTES>().ok_or(PositionError)?;
        if check(content) != *own {
            return Err(PositionError);
        }
        let (after, query) = content.split_first_chunk::<8>().ok_or(PositionError)?;
        let query = std::str::from_utf8(query).map_err(|_| PositionError)?.to_owned();
        Ok(Self { after: u64::from_be_bytes(*after), query })
    }
}

/// Against slips of the hand, not against attackers: a forged position gives nothing that `added_after` does not.
fn check(content: &[u8]) -> [u8; CHECK_BYTES] {
    let hash = blake3::hash(content);
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_position_comes_back_and_a_damaged_one_does_not(after: u64, query in "[a-z=&%\\[\\]]{0,60}", at: usize) {
            let position = Position { after, query };
            let text = position.to_text();
            prop_assert_eq!(Position::from_text(&text).unwrap(), position);
            let mut damaged = text.clone().into_bytes();
            let at = at % damaged.len();
            damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(Position::from_text(std::str::from_utf8(&damaged).unwrap()), Err(PositionError));
        }
    }

    #[test]
    fn what_is_no_position_is_refused() {
        assert_eq!(Position::from_text(""), Err(PositionError));
        assert_eq!(Position::from_text("x"), Err(PositionError));
        assert_eq!(Position::from_text("!!!!"), Err(PositionError));
        assert_eq!(Position::from_text(&"A".repeat(POSITION_BYTES_MAX + 1)), Err(PositionError));
    }
}
