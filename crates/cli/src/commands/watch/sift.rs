//! Which lines of a piece of telemetry are read? Threads that read telemetry ask, while indicators come and go.

use std::{
    num::NonZeroUsize,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
    thread,
};

use matcher::sieve::{Sieve, Sifted};

/// How many threads look at telemetry where nothing is said.
pub(super) fn threads() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// What telemetry is looked at with at the moment. Without a sieve everything is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Sight(Arc<RwLock<Option<Arc<Sieve>>>>);

impl Sight {
    /// From the next piece on it is looked at with this.
    pub(super) fn change(&self, sieve: Option<&Sieve>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = sieve.cloned().map(Arc::new);
    }

    /// What has to be read of a piece.
    pub(super) fn sift(&self, piece: &[u8]) -> Sifted {
        let sieve = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(sieve) = sieve else { return Sifted::everything(piece) };
        // What failed says nothing of the piece: all of it is read.
        catch_unwind(AssertUnwindSafe(|| sieve.sift(piece))).unwrap_or_else(|_| Sifted::everything(piece))
    }
}
