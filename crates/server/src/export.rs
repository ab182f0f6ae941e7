//! How does an export wait until it may leave, and how does it leave? In memory, or where it is large in a file without a name.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, Write},
};

use exchange::{Access, Channel, Exchange, ExportError, ExportOrder, Spool, Written, world::FeedDeclared};
use formats::export::{Account, Format};
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use tempfile::SpooledTempFile;

/// So many bytes of a part wait in memory; more wait in a file.
const MEMORY_BYTES_MAX: usize = 1 << 20;

/// So many bytes are read at once.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;

/// What an export became.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many objects were looked at.
    pub given: u64,
    /// How many of them are said, in whole or in part.
    pub said: u64,
    /// How often something was left out, by why.
    pub left_out: BTreeMap<String, u64>,
    /// Which object, why and what of it; the first of them.
    pub told: Vec<(String, String, String)>,
}

impl From<Account> for Summary {
    fn from(account: Account) -> Self {
        let told = account.told.into_iter().map(|(id, why, what)| (id, why.as_str().to_owned(), what));
        Self {
            given: account.given,
            said: account.said,
            left_out: account.left_out.into_iter().map(|(why, n)| (why.as_str().to_owned(), n)).collect(),
            told: told.collect(),
        }
    }
}

/// Where parts wait.
#[derive(Debug, Default)]
struct Waiting(BTreeMap<String, (SpooledTempFile, blake3::Hasher)>);

impl Spool for Waiting {
    fn take(&mut self, part: &str, bytes: &[u8]) -> io::Result<()> {
        if !self.0.contains_key(part) {
            let new = (SpooledTempFile::new(MEMORY_BYTES_MAX), blake3::Hasher::new());
            self.0.insert(part.to_owned(), new);
        }
        let (file, hasher) = self.0.get_mut(part).ok_or(io::ErrorKind::NotFound)?;
        hasher.update(bytes);
        file.write_all(bytes)
    }
}

/// An export that waits.
#[derive(Debug)]
pub(crate) struct Drawn {
    written: Written,
    waiting: Waiting,
    format: Format,
}

/// A part that leaves.
#[derive(Debug)]
pub struct Leaving {
    /// Its name.
    pub name: String,
    head: io::Cursor<Vec<u8>>,
    body: Option<SpooledTempFile>,
    tail: io::Cursor<Vec<u8>>,
}

impl Read for Leaving {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.head.read(to)?;
        if read > 0 || to.is_empty() {
            return Ok(read);
        }
        let read = self.body.as_mut().map_or(Ok(0), |body| body.read(to))?;
        if read > 0 { Ok(read) } else { self.tail.read(to) }
    }
}

/// Writes what a feed or command asks for. Nothing of it has left.
pub(crate) async fn draw(
    exchange: &Exchange,
    access: &Access,
    order: &ExportOrder,
) -> Result<Drawn, ExportError> {
    let mut waiting = Waiting::default();
    let written = exchange.export(access, order, &mut waiting).await?;
    Ok(Drawn { written, waiting, format: order.format })
}

impl Drawn {
    /// The same for the same content.
    pub(crate) fn hash(&mut self) -> String {
        let mut whole = blake3::Hasher::new();
        whole.update(&self.written.fingerprint());
        for (name, (_, hasher)) in &self.waiting.0 {
            whole.update(&[0]).update(name.as_bytes()).update(&[0]).update(hasher.finalize().as_bytes());
        }
        whole.finalize().to_hex().chars().take(32).collect()
    }

    /// Whether it has a part of this name.
    pub(crate) fn has(&mut self, part: &str) -> bool {
        self.written.has(part)
    }

    /// Accounts for it; then it may leave. Parts that nobody needs because they are empty are left out.
    pub(crate) async fn account(
        mut self,
        exchange: &Exchange,
        channel: Channel,
        (made, now): (Timestamp, Timestamp),
    ) -> Result<(Vec<Leaving>, Summary), ExportError> {
        let (ends, account) = exchange.account_export(channel, self.written, made, now).await?;
        let mut parts = Vec::new();
        for (name, end) in ends {
            let mut body = self.waiting.0.remove(&name).map(|(file, _)| file);
            if let Some(body) = &mut body {
                body.rewind().map_err(ExportError::Spool)?;
            }
            let (head, tail) = (io::Cursor::new(end.head), io::Cursor::new(end.tail));
            parts.push(Leaving { name, head, body, tail });
        }
        let main = self.format.main_part();
        if channel == Channel::Export {
            let is_needed = |part: &Leaving| {
                part.body.is_some() || main == Some(part.name.as_str()) || self.format == Format::Misp
            };
            parts.retain(is_needed);
        }
        Ok((parts, account.into()))
    }
}

/// What a command asks for: a feed without a name.
pub type Asked = FeedDeclared;

/// Writes an export for a command; nothing where there is no such way into the collection, with the reason.
///
/// # Errors
/// [`ExportError`].
pub async fn export(
    exchange: &Exchange,
    asked: &Asked,
    now: Timestamp,
) -> Result<Result<(Vec<Leaving>, Summary), String>, ExportError> {
    let Some(access) = access(exchange, asked, now) else {
        return Ok(Err("no agreement lets this reader read this collection".to_owned()));
    };
    let Some((format, filter)) = asked.order() else {
        return Ok(Err("the format or a kind of value is not known".to_owned()));
    };
    let drawn = draw(exchange, &access, &ExportOrder { format, filter }).await?;
    Ok(Ok(drawn.account(exchange, Channel::Export, (now, now)).await?))
}

/// The way into the collection by which a feed is read.
pub(crate) fn access(exchange: &Exchange, feed: &FeedDeclared, now: Timestamp) -> Option<Access> {
    let access = match &feed.reader {
        Some(partner) => exchange.access(partner, &feed.collection, now),
        None => exchange.own_access(&feed.collection, now),
    };
    access.filter(|access| access.may(exchange::world::Right::Read))
}

impl From<ExportError> for crate::problem::Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Exchange(error) => error.into(),
            error @ (ExportError::Spool(_) | ExportError::Suppressed(_)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an export could not be written");
                Self::Busy
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_waits_in_memory_as_long_as_it_is_small() {
        let mut waiting = Waiting::default();
        let is_in_file = |waiting: &Waiting| waiting.0.get("a").unwrap().0.is_rolled();
        waiting.take("a", &vec![b'a'; MEMORY_BYTES_MAX]).unwrap();
        assert!(!is_in_file(&waiting));
        waiting.take("a", b"a").unwrap();
        assert!(is_in_file(&waiting));
    }
}
