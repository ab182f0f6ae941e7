//! Who may use the data directory, and is what lies there whole?
//!
//! ```text
//! <directory>/lock   held as long as the store is open
//! <directory>/data   the database
//! <directory>/new    a database that is being created; renamed to `data` when it is complete
//! ```

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::StoreError;

/// A lock that was given back is held on for an instant where its process is just starting another, which inherits it.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// A data directory that nobody else has.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    // The lock ends when this is dropped, or with the process.
    _lock: File,
}

impl Directory {
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(path).map_err(backend)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(backend)?;
        let mut tries = LOCK_TRIES;
        loop {
            tries -= 1;
            match lock.try_lock() {
                Ok(()) => return Ok(Self { path: path.to_owned(), _lock: lock }),
                Err(TryLockError::WouldBlock) if tries > 0 => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::WouldBlock) => return Err(StoreError::InUse),
                Err(TryLockError::Error(error)) => return Err(backend(error)),
            }
        }
    }

    /// The database; where there is none yet, `create` makes one.
    ///
    /// A database whose creation was cut off could not be opened again, so it is made aside and put in place whole.
    pub(super) fn data(
        &self,
        create: impl FnOnce(&Path) -> Result<(), StoreError>,
    ) -> Result<PathBuf, StoreError> {
        let data = self.path.join("data");
        if !data.try_exists().map_err(backend)? {
            let new = self.path.join("new");
            if new.try_exists().map_err(backend)? {
                fs::remove_dir_all(&new).map_err(backend)?;
            }
            create(&new)?;
            fs::rename(&new, &data).map_err(backend)?;
            sync(&self.path).map_err(backend)?;
        }
        Ok(data)
    }
}

#[cfg(unix)]
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_directory: &Path) -> io::Result<()> {
    Ok(())
}

fn backend(error: io::Error) -> StoreError {
    StoreError::Backend(Box::new(error))
}
