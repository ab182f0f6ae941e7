//! Which of many numbers are meant?

/// A set of numbers, one bit each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// The empty set, with room for numbers below `room`.
    pub(crate) fn below(room: usize) -> Self {
        Self(vec![0; room.div_ceil(64)])
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Adds a number; what there is no room for is left out.
    pub(crate) fn add(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(crate) fn take(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    /// Keeps what is in the other as well.
    pub(crate) fn keep(&mut self, other: &Self) {
        for (at, word) in self.0.iter_mut().enumerate() {
            *word &= other.0.get(at).copied().unwrap_or(0);
        }
    }

    /// Takes away what is in the other.
    pub(crate) fn take_all(&mut self, other: &Self) {
        for (word, gone) in self.0.iter_mut().zip(&other.0) {
            *word &= !gone;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_until_they_are_taken_and_none_is_beyond_the_room() {
        let mut bits = Bits::below(65);
        for number in [0, 63, 64, 500] {
            bits.add(number);
        }
        assert_eq!((0..600).filter(|number| bits.contains(*number)).collect::<Vec<_>>(), [0, 63, 64]);
        bits.take(63);
        let mut other = Bits::below(65);
        other.add(64);
        let mut without = bits.clone();
        without.take_all(&other);
        bits.keep(&other);
        assert_eq!((0..70).filter(|number| bits.contains(*number)).collect::<Vec<_>>(), [64]);
        assert_eq!((0..70).filter(|number| without.contains(*number)).collect::<Vec<_>>(), [0]);
    }
}
