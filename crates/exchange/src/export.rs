//! How does what a reader may have become another tool's file? Through the one door out, page by page.
//!
//! What is written goes to a [`Spool`] first: it has not left. It leaves when [`Exchange::account_export`] gave what stands
//! around it, and that is after it is in the ledger. What turns out to be known to its reader already is thrown away unaccounted.

use std::{
    collections::{BTreeMap, HashSet},
    hash::{BuildHasher, RandomState},
    io,
    num::NonZeroU32,
};

use bytes::Bytes;
use formats::export::{Account, Closing, End, Export, Filter, Format, Numbers, Subject, Use};
use releasability::Label;
use stix::{
    Timestamp,
    json::{Tree, Value},
};
use store::{Batch, DocumentName, Operation, Sequence, ledger::Span};

use crate::{
    Access, Channel, Exchange, ExchangeError, Query, Released, SpecVersions, Versions,
    ledger::{Record, Release},
};

/// How many objects are read at once.
const PAGE_OBJECTS: NonZeroU32 = NonZeroU32::new(2000).unwrap();
const PAGE_BYTES: usize = 8 << 20;

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOrder {
    /// As what.
    pub format: Format,
    /// What of it.
    pub filter: Filter,
}

/// Where parts wait until they may leave.
pub trait Spool: Send {
    /// Takes a piece of a part.
    ///
    /// # Errors
    /// Where there is no room.
    fn take(&mut self, part: &str, bytes: &[u8]) -> io::Result<()>;
}

/// An export that was written and has not left.
#[derive(Debug)]
pub struct Written {
    export: Export,
    label: Label,
    releases: Vec<(Release, Span)>,
}

impl Written {
    /// Whether it has a part of this name.
    pub fn has(&mut self, part: &str) -> bool {
        self.export.ends(&closing(&self.label, Timestamp::EPOCH)).contains_key(part)
    }

    /// SHA-256 over what stands around the parts: the same as long as it says the same, whenever it was made.
    pub fn fingerprint(&mut self) -> [u8; 32] {
        let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
        for (part, end) in self.export.ends(&closing(&self.label, Timestamp::EPOCH)) {
            for piece in [part.as_bytes(), &end.head, &end.tail] {
                hash.update(&(piece.len() as u64).to_le_bytes());
                hash.update(piece);
            }
        }
        hash.finish().as_ref().try_into().unwrap_or_default()
    }
}

/// Why an export was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The journeys failed.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// There is no room for it.
    #[error("the export cannot be written")]
    Spool(#[source] io::Error),
    /// Some that should be left out would not be.
    #[error("the organisation disagrees with more than {0} objects: what should be left out is not known")]
    Suppressed(usize),
}

impl Exchange {
    /// Writes what a reader may have. Nothing of it may leave before [`Exchange::account_export`].
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn export(
        &self,
        access: &Access,
        order: &ExportOrder,
        spool: &mut dyn Spool,
    ) -> Result<Written, ExportError> {
        let numbering = if order.format.has_numbers() { Some(self.numbering.lock().await) } else { None };
        let numbers = if numbering.is_some() { self.numbers(access).await? } else { Numbers::default() };
        let subject = subject(access, order.format);
        let mut written = Written {
            export: Export::new(order.format, subject, access.now)
                .with_filter(order.filter.clone())
                .with_numbers(numbers)
                .without(self.suppressed(access).await?),
            label: Label::clear(),
            releases: Vec::new(),
        };
        // An object that gets a new place meanwhile would be met again.
        let (hasher, mut met) = (RandomState::new(), HashSet::new());
        let types = order.format.types().map(|types| types.iter().map(|t| (*t).to_owned()).collect());
        let mut query = query(types);
        loop {
            let mut page = self.find(access, &query).await?;
            let last = page.objects.last().filter(|_| page.more).map(|(sequence, _)| *sequence);
            let is_new: Vec<_> =
                page.objects.iter().map(|(_, o)| met.insert(hasher.hash_one(o.content().id()))).collect();
            page.keep(&is_new);
            written.write(access, page, spool)?;
            match last {
                Some(last) => query.after = last,
                None => break,
            }
        }
        self.keep_numbers(access, written.export.numbers()).await?;
        drop(numbering);
        Ok(written)
    }

    /// Accounts for an export that is about to leave, and gives what stands around its parts. `made` is since when it is what
    /// it is.
    ///
    /// # Errors
    /// Where the store fails; then it may not leave.
    pub async fn account_export(
        &self,
        channel: Channel,
        written: Written,
        made: Timestamp,
        now: Timestamp,
    ) -> Result<(BTreeMap<String, End>, Account), ExchangeError> {
        let closing = closing(&written.label, made);
        for (release, about) in written.releases {
            self.note(&Record::Release(Release { channel, ..release }), Some(about), now).await?;
        }
        Ok(written.export.finish(&closing))
    }

    /// What this node's organisation says, as far as the reader may know it, should not be acted upon.
    async fn suppressed(&self, access: &Access) -> Result<HashSet<String>, ExportError> {
        let mut suppressed = HashSet::new();
        let mut query = query(Some(vec!["opinion".to_owned()]));
        loop {
            let page = self.find(access, &query).await?;
            for ((_, object), label) in page.objects.iter().zip(&page.labels) {
                let stamp = access.state.stamps.get(*label);
                let object = object.content();
                let own = stamp.is_some_and(|stamp| stamp.origin == *access.policy().own());
                if !own || object.is_revoked() {
                    continue;
                }
                let Ok(tree) = Tree::parse(object.text_bytes(), &self.limits.object) else { continue };
                let disagrees = tree
                    .root()
                    .get("opinion")
                    .is_some_and(|opinion| opinion.is_str("disagree") || opinion.is_str("strongly-disagree"));
                if disagrees {
                    let about = tree.root().get("object_refs").into_iter().flat_map(Value::elements);
                    suppressed.extend(about.filter_map(Value::as_str).map(std::borrow::Cow::into_owned));
                }
                if suppressed.len() > self.limits.suppressed_max {
                    return Err(ExportError::Suppressed(self.limits.suppressed_max));
                }
            }
            match page.objects.last() {
                Some((last, _)) if page.more => query.after = *last,
                _ => return Ok(suppressed),
            }
        }
    }

    /// The numbers that rules have for a reader. Each reader has its own, so that they tell of nothing but what it got.
    async fn numbers(&self, access: &Access) -> Result<Numbers, ExchangeError> {
        let mut blocks = Vec::new();
        loop {
            let block = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
            let document = self.store.document(&block_name(access, block)).await?;
            if document.version == 0 {
                return Ok(Numbers::read(blocks.iter().map(|block: &Bytes| block.as_ref())));
            }
            blocks.push(document.content);
        }
    }

    async fn keep_numbers(&self, access: &Access, numbers: &mut Numbers) -> Result<(), ExchangeError> {
        let fresh = numbers.fresh();
        if fresh.is_empty() {
            return Ok(());
        }
        let write = |(block, content): (u32, Vec<u8>)| Operation::Document {
            name: block_name(access, block),
            content: content.into(),
        };
        let operations = fresh.into_iter().map(write).collect();
        let batch =
            Batch { now: access.now, preconditions: Vec::new(), operations, receipt: None, entry: None };
        self.store.commit(batch).await?;
        numbers.kept();
        Ok(())
    }
}

impl Written {
    fn write(
        &mut self,
        access: &Access,
        mut page: Released,
        spool: &mut dyn Spool,
    ) -> Result<(), ExportError> {
        let mut used = Vec::with_capacity(page.objects.len());
        let mut joined = None;
        for ((_, object), label) in page.objects.iter().zip(&page.labels) {
            let is_used = self.export.write(object.content()) == Use::Used;
            used.push(is_used);
            if is_used && joined != Some(*label) {
                joined = Some(*label);
                if let Some(stamp) = access.state.stamps.get(*label) {
                    self.label = self.label.join(&stamp.label);
                }
            }
        }
        self.export.parts().drain(|part, bytes| spool.take(part, bytes)).map_err(ExportError::Spool)?;
        page.keep(&used);
        self.releases.extend(access.account_of(Channel::Export, &page));
        Ok(())
    }
}

fn closing(label: &Label, made: Timestamp) -> Closing {
    Closing { marking: label.to_string(), tlp: label.tlp.to_string(), made }
}

fn block_name(access: &Access, block: u32) -> DocumentName {
    DocumentName(format!("numbers/{}/{block}", access.organisation()))
}

fn query(types: Option<Vec<String>>) -> Query {
    Query {
        after: Sequence::ZERO,
        limit: PAGE_OBJECTS,
        bytes_max: PAGE_BYTES,
        ids: None,
        types,
        versions: Versions::last(),
        spec_versions: SpecVersions::Latest,
    }
}

/// What an export is about: the collection, whose node it is on. It names the reader by an id only.
fn subject(access: &Access, format: Format) -> Subject {
    let world = access.known().map(|known| &known.registry.world);
    let own = world.map(|world| (world.organisation.id.to_string(), world.organisation.name.clone()));
    let collection = access.collection();
    let declared =
        world.and_then(|world| world.collections.iter().find(|declared| declared.id == collection));
    let words = [&collection.to_string(), &access.organisation().to_string(), format.as_str()];
    Subject {
        title: declared.map_or_else(String::new, |declared| declared.title.clone()),
        organisation: own.unwrap_or_default(),
        id: formats::stable_id(&["export", words[0], words[1], words[2]]),
    }
}
