//! How is the order of objects cut into pieces?
//!
//! Within a *volume*, objects lie label by label; volumes follow each other in order. So what is written now never
//! lies between things written long ago, and rearranging the files costs the same however much there is; while a
//! reader of one label finds a volume's worth of it in one place. Without volumes, commits at 250,000 objects were
//! three times slower than at 25,000.

use super::encoding::corrupt;
use crate::{Sequence, StoreError};

/// The number of a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Volume(pub(super) u32);

/// Where each volume begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Volumes(Vec<Sequence>);

impl Default for Volumes {
    fn default() -> Self {
        Self(vec![Sequence::ZERO])
    }
}

impl Volumes {
    /// The volume of a place.
    pub(super) fn of(&self, sequence: Sequence) -> Volume {
        number(self.0.partition_point(|start| *start <= sequence).saturating_sub(1))
    }

    /// The volume that is being written.
    pub(super) fn current(&self) -> Volume {
        number(self.0.len().saturating_sub(1))
    }

    /// Begins another volume. The places in it must be new.
    pub(super) fn begin(&mut self, start: Sequence) -> Volume {
        self.0.push(start);
        self.current()
    }

    /// [`Volumes::begin`] for one that was read from disk.
    pub(super) fn begin_again(&mut self, volume: Volume, start: Sequence) -> Result<(), StoreError> {
        let follows = self.0.last().is_some_and(|before| *before < start);
        if follows && self.begin(start) == volume { Ok(()) } else { Err(corrupt("the order of the volumes")) }
    }
}

fn number(index: usize) -> Volume {
    // With 64 MiB each, the numbers suffice for 256 PiB.
    Volume(u32::try_from(index).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_the_last_volume_that_began_before_it() {
        let mut volumes = Volumes::default();
        assert_eq!(volumes.of(Sequence::new(u64::MAX)), Volume(0));
        assert_eq!(volumes.begin(Sequence::new(10)), Volume(1));
        assert_eq!(volumes.begin(Sequence::new(20)), Volume(2));
        let of = |place| volumes.of(Sequence::new(place)).0;
        assert_eq!([of(0), of(9), of(10), of(19), of(20), of(99)], [0, 0, 1, 1, 2, 2]);
        assert!(volumes.clone().begin_again(Volume(3), Sequence::new(21)).is_ok());
        assert!(volumes.clone().begin_again(Volume(4), Sequence::new(21)).is_err());
        assert!(volumes.clone().begin_again(Volume(3), Sequence::new(20)).is_err());
    }
}
