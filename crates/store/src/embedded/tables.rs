//! Which tables are there, and how are they kept?

use std::{path::Path, sync::Arc};

use fjall::{
    CompressionType, Database, Keyspace, KeyspaceCreateOptions,
    compaction::Leveled,
    config::{
        BlockSizePolicy, BloomConstructionPolicy, CompressionPolicy, FilterPolicy, FilterPolicyEntry,
        PinningPolicy, RestartIntervalPolicy,
    },
};

use super::{Options, encoding::Reader, keys};
use crate::StoreError;

/// How this version writes; another number is not read.
const FORMAT: u32 = 2;

/// The format before there was a ledger; opened, it becomes this one.
const FORMAT_WITHOUT_LEDGER: u32 = 1;

/// The database and its tables. Cheap to clone; the database closes with the last clone.
#[derive(Clone)]
pub(super) struct Tables {
    /// (volume, collection, label, sequence) → object.
    pub(super) objects: Keyspace,
    /// Id → its claims.
    pub(super) claims: Keyspace,
    /// Sequence → change.
    pub(super) log: Keyspace,
    /// Number of an entry of the ledger → entry.
    pub(super) ledger: Keyspace,
    /// Everything that is few; see [`keys`].
    pub(super) meta: Keyspace,
    /// Dropped last: it waits for its threads.
    pub(super) database: Database,
}

impl Tables {
    /// Makes an empty database.
    pub(super) fn create(path: &Path, options: &Options) -> Result<(), StoreError> {
        let tables = Self::open_tables(path, options)?;
        tables.meta.insert(keys::FORMAT, FORMAT.to_le_bytes()).map_err(failure)?;
        tables.database.persist(fjall::PersistMode::SyncAll).map_err(failure)
    }

    /// Opens a database that [`Tables::create`] made.
    pub(super) fn open(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let tables = Self::open_tables(path, options)?;
        let found = tables.meta.get(keys::FORMAT).map_err(failure)?;
        let mut reader = Reader::new(found.as_deref().unwrap_or_default(), "the format of the store");
        let format = reader.u32()?;
        reader.end()?;
        if format == FORMAT_WITHOUT_LEDGER {
            tables.meta.insert(keys::FORMAT, FORMAT.to_le_bytes()).map_err(failure)?;
            tables.database.persist(fjall::PersistMode::SyncAll).map_err(failure)?;
            return Ok(tables);
        }
        if format == FORMAT {
            Ok(tables)
        } else {
            Err(StoreError::Corrupt(format!(
                "it is written in format `{format}`, this version reads `{FORMAT}`"
            )))
        }
    }

    fn open_tables(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let database = Database::builder(path)
            .cache_size(options.cache_bytes_max)
            .worker_threads(options.worker_threads.get())
            .max_journaling_size(options.journal_bytes_max.max(JOURNAL_BYTES_LEAST))
            // Most values are of the size of one object, and the records are compressed where they end up.
            .journal_compression(CompressionType::None)
            .manual_journal_persist(true)
            .open()
            .map_err(failure)?;
        let table =
            |name, options: KeyspaceCreateOptions| database.keyspace(name, || options).map_err(failure);
        let buffer = options.write_buffer_bytes_max;
        Ok(Self {
            objects: table("objects", objects(buffer))?,
            claims: table("claims", claims(buffer / 2))?,
            log: table("log", log(buffer / 4))?,
            ledger: table("ledger", log(buffer / 4))?,
            meta: table("meta", meta(buffer / 4))?,
            database,
        })
    }
}

/// What the database itself insists on.
const JOURNAL_BYTES_LEAST: u64 = 64 << 20;

/// Read by range, and by place only where something is.
fn objects(buffer: u64) -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(buffer)
        .data_block_size_policy(BlockSizePolicy::all(8 << 10))
        // Every key whole: 20 bytes next to a kilobyte, and reading one needs no allocation.
        .data_block_restart_interval_policy(RestartIntervalPolicy::all(1))
        .data_block_compression_policy(CompressionPolicy::all(CompressionType::Lz4))
        .index_block_pinning_policy(PinningPolicy::all(true))
        .expect_point_read_hits(true)
        // Files smaller than a volume: what is done with stays where it is.
        .compaction_strategy(Arc::new(Leveled::default().with_table_target_size(16 << 20)))
}

/// Asked for every object that arrives, mostly in vain: filters answer that, and they stay in memory.
fn claims(buffer: u64) -> KeyspaceCreateOptions {
    // A small buffer: its searches jump about in memory, so the less there is of it the faster they are.
    KeyspaceCreateOptions::default()
        .max_memtable_size(buffer)
        .data_block_size_policy(BlockSizePolicy::all(4 << 10))
        .data_block_compression_policy(CompressionPolicy::disabled())
        .compaction_strategy(Arc::new(Leveled::default().with_table_target_size(16 << 20)))
        .filter_policy(FilterPolicy::all(FilterPolicyEntry::Bloom(BloomConstructionPolicy::BitsPerKey(10.0))))
        .filter_block_pinning_policy(PinningPolicy::all(true))
        .index_block_pinning_policy(PinningPolicy::all(true))
}

/// Only ever appended to and read by range.
fn log(buffer: u64) -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(buffer)
        .data_block_size_policy(BlockSizePolicy::all(16 << 10))
        .data_block_compression_policy(CompressionPolicy::all(CompressionType::Lz4))
        .filter_policy(FilterPolicy::disabled())
}

fn meta(buffer: u64) -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(buffer)
        .data_block_compression_policy(CompressionPolicy::all(CompressionType::Lz4))
}

/// What a failure of the database means to who asked.
pub(super) fn failure(error: fjall::Error) -> StoreError {
    match error {
        fjall::Error::Locked => StoreError::InUse,
        fjall::Error::Poisoned => StoreError::Closed,
        fjall::Error::InvalidVersion(_)
        | fjall::Error::JournalRecovery(_)
        | fjall::Error::Decompress(_)
        | fjall::Error::InvalidTrailer
        | fjall::Error::InvalidTag(_)
        | fjall::Error::Unrecoverable => {
            StoreError::Corrupt("the database files are damaged or of another version".to_owned())
        }
        // The rest, with whatever the library adds later.
        fjall::Error::Storage(_) | fjall::Error::Io(_) | fjall::Error::KeyspaceDeleted | _ => {
            StoreError::Backend(Box::new(error))
        }
    }
}
