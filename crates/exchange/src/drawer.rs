//! What does the node keep for its own people, beside objects? Accounts, sessions, the queue of the release desk, saved graphs:
//! texts by name, which nothing here understands, and what people did, in the ledger.
//!
//! What is kept here is never given to a partner, and no object of the store is in it.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use store::{Batch, Document, DocumentName, Operation, Precondition, StoreError};

use crate::{Exchange, ExchangeError, ledger::Record};

/// The longest text in one drawer, in bytes.
pub const DRAWER_BYTES_MAX: usize = 16 << 20;

/// The name of one text that is kept: what it is, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Drawer {
    kind: &'static str,
    key: String,
}

impl Drawer {
    /// Names a drawer: `accounts` or the like, and under it a key, which may be empty.
    pub fn new(kind: &'static str, key: impl Into<String>) -> Self {
        Self { kind, key: key.into() }
    }

    fn document(&self) -> DocumentName {
        DocumentName(format!("people/{}/{}", self.kind, self.key))
    }
}

/// What is in a drawer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// How often it was written; 0 for never.
    pub version: u64,
    /// The text; empty where there is none.
    pub content: Bytes,
}

/// A text to be kept in place of what is there; an empty one takes it away.
#[derive(Debug)]
pub struct Sheet {
    /// Where.
    pub drawer: Drawer,
    /// Only if it has this version.
    pub version: Option<u64>,
    /// The text.
    pub content: Vec<u8>,
}

/// What somebody did, for the ledger. Never a secret, never content of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Which user; empty for an administrator at the machine itself.
    pub by: String,
    /// What was done.
    pub act: Act,
    /// To whom or what: a user, a release, an object.
    pub about: String,
    /// More, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// An account was made.
    AccountAdded,
    /// An account was changed.
    AccountChanged,
    /// An account was removed.
    AccountRemoved,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// A session was ended by somebody else.
    SessionEnded,
    /// A release, recall or marking was proposed.
    Proposed,
    /// It was approved.
    Approved,
    /// It was rejected.
    Rejected,
    /// It was carried out.
    CarriedOut,
    /// Credentials of a partner were made or withdrawn.
    Credentials,
    /// The ledger was verified.
    Verified,
}

/// Why something is not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// Somebody else wrote it meanwhile.
    #[error("somebody else changed it meanwhile")]
    Conflict,
    /// It is longer than [`DRAWER_BYTES_MAX`].
    #[error("it is longer than {DRAWER_BYTES_MAX} bytes")]
    TooLong,
    /// The rest.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

impl Exchange {
    /// What is kept in a drawer.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn opened(&self, drawer: &Drawer) -> Result<Kept, ExchangeError> {
        let Document { version, content } = self.store.document(&drawer.document()).await?;
        Ok(Kept { version, content })
    }

    /// Keeps texts, all of them or none, and says in the ledger what somebody did, in the same commit.
    ///
    /// # Errors
    /// [`KeepError`]; then nothing is kept.
    pub async fn keep(
        &self,
        sheets: Vec<Sheet>,
        deed: Option<Deed>,
        now: Timestamp,
    ) -> Result<(), KeepError> {
        if sheets.iter().any(|sheet| sheet.content.len() > DRAWER_BYTES_MAX) {
            return Err(KeepError::TooLong);
        }
        let mut batch =
            Batch { now, preconditions: Vec::new(), operations: Vec::new(), receipt: None, entry: None };
        for sheet in sheets {
            let name = sheet.drawer.document();
            if let Some(version) = sheet.version {
                batch.preconditions.push(Precondition::DocumentVersion { name: name.clone(), version });
            }
            batch.operations.push(Operation::Document { name, content: sheet.content.into() });
        }
        batch.entry = deed.map(|deed| Record::Deed(deed).draft(None)).transpose()?;
        match self.store.commit(batch).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(_)) => Err(KeepError::Conflict),
            Err(error) => Err(KeepError::Exchange(error.into())),
        }
    }
}
