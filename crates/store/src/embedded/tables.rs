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
const FORMAT: u32 = 1;

/// The database and its tables. Cheap to clone; the database closes with the last clone.
#[derive(Clone)]
pub(super) struct Tables {
    /// (volume, collection, label, sequence) → object.
    pub(super) objects: Keyspace,
    /// Id → its claims.
    pub(super) claims: Keyspace,
    /// Sequence → change.
    pub(super) log: Keyspace,
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
            .worker_threads(
                std::env::var("T_WORKERS")
                    .ok()
                    .and_then(|v| v.parse().ok())
                    .unwrap_or(options.worker_threads.get()),
            )
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
            claims: table(
                "claims",
                claims(
                    std::env::var("T_CBUF")
                        .ok()
                        .and_then(|v| v.parse::<u64>().ok())
                        .map_or(buffer, |v| v << 20),
                ),
            )?,
            log: table("log", log(buffer / 4))?,
            meta: table("meta", meta(buffer / 4))?,
            database,
        })
    }
}

/// What the database itself insists on.
const JOURNAL_BYTES_LEAST: u64 = 64 << 20;

/// Read by range, and by place only where something is.
fn objects(buffer: u64) -> KeyspaceCreateOptions {
    let env = |n: &str, d: u64| std::env::var(n).ok().and_then(|v| v.parse::<u64>().ok()).unwrap_or(d);
    let mut o = KeyspaceCreateOptions::default()
        .max_memtable_size(buffer)
        .data_block_size_policy(BlockSizePolicy::all(u32::try_from(env("T_BLOCK", 16)).unwrap_or(16) << 10))
        // Every key whole: 16 bytes next to a kilobyte, and reading one needs no allocation.
        .data_block_restart_interval_policy(RestartIntervalPolicy::all(
            u8::try_from(env("T_RESTART", 1)).unwrap_or(1),
        ))
        .data_block_compression_policy(CompressionPolicy::all(if env("T_LZ4", 1) == 1 {
            CompressionType::Lz4
        } else {
            CompressionType::None
        }))
        .index_block_pinning_policy(PinningPolicy::all(env("T_PIN", 1) == 1))
        .expect_point_read_hits(true)
        .compaction_strategy(Arc::new(Leveled::default().with_table_target_size(env("T_TARGET", 16) << 20)));
    if env("T_KV", 0) > 0 {
        o = o.with_kv_separation(Some(
            fjall::KvSeparationOptions::default()
                .separation_threshold(256)
                .compression(if env("T_KV", 0) == 2 { CompressionType::Lz4 } else { CompressionType::None }),
        ));
    }
    o
}

/// Asked for every object that arrives, mostly in vain: filters answer that, and they stay in memory.
fn claims(buffer: u64) -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(buffer)
        .data_block_size_policy(BlockSizePolicy::all(4 << 10))
        .data_block_compression_policy(CompressionPolicy::disabled())
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
