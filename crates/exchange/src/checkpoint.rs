//! Who vouches for the ledger? The node, with a signature that others can keep.
//!
//! Somebody who can write the data directory could shorten the ledger and seal it anew. A checkpoint that was kept elsewhere
//! shows it: the entry it names must still be there with the hash it names.

use std::fmt::Write as _;

use ring::{
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use store::{
    Batch, DocumentName, Operation,
    ledger::{EntryHash, EntryNumber, Head},
};

use crate::{Exchange, ExchangeError, ledger::Record};

/// A checkpoint is made after so many entries.
const ENTRIES_MAX: u64 = 4096;
/// A checkpoint is made so many seconds after the last, where there are new entries.
const SECONDS_MAX: i64 = 3600;

pub(crate) const DOCUMENT: &str = "checkpoint";

/// The node's signature under the ledger up to an entry (Ed25519, RFC 8032).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The number of the last entry that it vouches for.
    pub entry: u64,
    /// The hash of that entry, in hexadecimal digits.
    pub hash: String,
    /// When it was made.
    pub time: String,
    /// The node's public key, in hexadecimal digits.
    pub key: String,
    /// The signature over [`Checkpoint::statement`], in hexadecimal digits.
    pub signature: String,
}

/// The key with which this node signs. It has no way to an output.
pub struct Signer(Ed25519KeyPair);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.key())
    }
}

/// A key that cannot be read or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ledger's key cannot be read or made")]
pub struct KeyError;

impl Signer {
    /// Makes a key, in PKCS#8 (RFC 5958), for the node to keep to itself.
    ///
    /// # Errors
    /// [`KeyError`] where the machine has no randomness.
    pub fn generate() -> Result<Vec<u8>, KeyError> {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError)?;
        Ok(key.as_ref().to_vec())
    }

    /// Reads a key that [`Signer::generate`] made.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(pkcs8: &[u8]) -> Result<Self, KeyError> {
        Ed25519KeyPair::from_pkcs8(pkcs8).map(Self).map_err(|_| KeyError)
    }

    /// The public key, in hexadecimal digits.
    pub fn key(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    fn sign(&self, head: Head, now: Timestamp) -> Checkpoint {
        let mut checkpoint = Checkpoint {
            entry: head.number.0,
            hash: hex(&head.hash.0),
            time: now.to_micros_text(),
            key: self.key(),
            signature: String::new(),
        };
        checkpoint.signature = hex(self.0.sign(checkpoint.statement().as_bytes()).as_ref());
        checkpoint
    }
}

impl Checkpoint {
    /// What is signed: five lines of text.
    pub fn statement(&self) -> String {
        let Self { entry, hash, time, key, .. } = self;
        format!("cresset ledger checkpoint\nentry {entry}\nhash {hash}\ntime {time}\nkey {key}\n")
    }

    /// Whether the signature is the key's.
    pub fn is_signed(&self) -> bool {
        let (Some(key), Some(signature)) = (unhex(&self.key), unhex(&self.signature)) else { return false };
        UnparsedPublicKey::new(&ED25519, key).verify(self.statement().as_bytes(), &signature).is_ok()
    }

    /// Whether it vouches for an entry with this hash.
    pub(crate) fn vouches_for(&self, number: EntryNumber, hash: &EntryHash) -> bool {
        self.entry == number.0 && self.hash == hex(&hash.0)
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

impl Exchange {
    /// The last checkpoint that was made.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn last_checkpoint(&self) -> Result<Option<Checkpoint>, ExchangeError> {
        let document = self.store.document(&DocumentName(DOCUMENT.to_owned())).await?;
        if document.version == 0 {
            return Ok(None);
        }
        let read = serde_json::from_slice(&document.content);
        read.map(Some).map_err(|error| ExchangeError::Document(DOCUMENT, error))
    }

    /// Makes a checkpoint of the ledger as it is, where there are entries and a key.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn checkpoint(&self, now: Timestamp) -> Result<Option<Checkpoint>, ExchangeError> {
        let head = self.store.head().await?;
        let Some(signer) = self.signer.as_ref().filter(|_| head.number.0 > 0) else { return Ok(None) };
        let checkpoint = signer.sign(head, now);
        let content =
            serde_json::to_vec(&checkpoint).map_err(|error| ExchangeError::Document(DOCUMENT, error))?;
        let batch = Batch {
            now,
            preconditions: Vec::new(),
            operations: vec![Operation::Document {
                name: DocumentName(DOCUMENT.to_owned()),
                content: content.into(),
            }],
            receipt: None,
            entry: Some(Record::Checkpoint(checkpoint.clone()).draft(None)?),
        };
        self.store.commit(batch).await?;
        Ok(Some(checkpoint))
    }

    /// Makes a checkpoint if it is time for one.
    pub(crate) async fn checkpoint_when_due(&self, now: Timestamp) -> Result<(), ExchangeError> {
        let head = self.store.head().await?.number.0;
        let last = self.last_checkpoint().await?;
        let since = last.as_ref().map_or(head, |last| head.saturating_sub(last.entry));
        let due = match last.as_ref().and_then(|last| Timestamp::parse(&last.time).ok()) {
            Some(time) => time.plus_seconds(SECONDS_MAX) <= now,
            None => true,
        };
        // The checkpoint's own entry is no news.
        if since >= ENTRIES_MAX || (due && since > 1) {
            self.checkpoint(now).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_verified_and_no_part_of_it_can_be_changed() {
        let signer = Signer::read(&Signer::generate().unwrap()).unwrap();
        let head = Head { number: EntryNumber(7), hash: EntryHash([3; 32]) };
        let good = signer.sign(head, Timestamp::from_micros(1));
        assert!(good.is_signed() && good.vouches_for(head.number, &head.hash));
        let other = Signer::read(&Signer::generate().unwrap()).unwrap();
        for bad in [
            Checkpoint { entry: 8, ..good.clone() },
            Checkpoint { hash: hex(&[4; 32]), ..good.clone() },
            Checkpoint { time: Timestamp::from_micros(2).to_micros_text(), ..good.clone() },
            Checkpoint { key: other.key(), ..good.clone() },
            Checkpoint { signature: "00".repeat(64), ..good.clone() },
            Checkpoint { signature: "é".to_owned(), ..good.clone() },
        ] {
            assert!(!bad.is_signed(), "{bad:?}");
        }
        assert_eq!(format!("{signer:?}"), format!("Signer({})", good.key));
        assert!(Signer::read(b"no key").is_err());
    }
}
