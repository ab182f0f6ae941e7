//! Which lines of a piece of telemetry are read? Large pieces are shared out to several threads.

use std::{num::NonZeroUsize, thread};

use matcher::{
    scan,
    sieve::{Sieve, Sifted},
};

/// What one thread looks at at least, in bytes: less is done before another has begun.
const PART_BYTES_MIN: usize = 256 << 10;

/// How many threads look at telemetry where nothing is said.
pub(super) fn threads() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// What has to be read of a piece.
pub(super) fn sift(sieve: &Sieve, piece: &[u8], threads: NonZeroUsize) -> Sifted {
    let parts = scan::split(piece, threads.get().min(piece.len() / PART_BYTES_MIN));
    let [first, rest @ ..] = parts.as_slice() else { return Sifted::default() };
    let sifted = thread::scope(|scope| {
        let others: Vec<_> = rest.iter().map(|part| (part, scope.spawn(|| sieve.sift(part)))).collect();
        let mut sifted = vec![(*first, sieve.sift(first))];
        // A thread that died says nothing of its part: all of it is read.
        let joined = others
            .into_iter()
            .map(|(part, other)| (*part, other.join().unwrap_or_else(|_| Sifted::everything(part))));
        sifted.extend(joined);
        sifted
    });
    let mut offset = 0;
    Sifted::join(sifted.into_iter().map(|(part, own)| {
        let at = offset;
        offset += part.len();
        (at, own)
    }))
}
