//! Which number does a rule have? One that it keeps for ever and that no other gets (decision 0018).

use std::collections::HashMap;

/// The first number that is given: above the ranges that are kept for local rules and by publishers of rules.
pub const NUMBER_FIRST: u32 = 3_000_000_000;

/// So many numbers are given at most to one reader.
pub const NUMBERS_MAX: u32 = 1_000_000_000;

/// How many entries stand in one block of the kept table.
pub const BLOCK_ENTRIES: usize = 4096;

/// The length of an entry in a block, in bytes.
const ENTRY_BYTES: usize = 16;

/// The numbers that were given, in the order in which they were.
#[derive(Debug, Default)]
pub struct Numbers {
    known: HashMap<[u8; ENTRY_BYTES], u32>,
    /// The entries of the block that is not full yet, and of those that follow.
    open: Vec<[u8; ENTRY_BYTES]>,
    /// The place of the first open block.
    block: u32,
    fresh: bool,
}

impl Numbers {
    /// Takes up the blocks as they were kept, first to last.
    pub fn read<'a>(blocks: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut numbers = Self::default();
        for block in blocks {
            numbers.close_full();
            for entry in block.as_chunks::<ENTRY_BYTES>().0 {
                let number = numbers.next();
                numbers.known.insert(*entry, number);
                numbers.open.push(*entry);
            }
        }
        numbers.close_full();
        numbers
    }

    fn close_full(&mut self) {
        while self.open.len() >= BLOCK_ENTRIES {
            self.open.drain(..BLOCK_ENTRIES);
            self.block += 1;
        }
    }

    fn next(&self) -> u32 {
        NUMBER_FIRST.saturating_add(u32::try_from(self.known.len()).unwrap_or(u32::MAX))
    }

    /// Whether a number may still be given.
    const fn is_free(number: u32) -> bool {
        number - NUMBER_FIRST < NUMBERS_MAX
    }

    /// The number of what is named by these words; nothing where all are given away.
    pub fn number(&mut self, words: &[&str]) -> Option<u32> {
        let mut hasher = blake3::Hasher::new();
        for word in words {
            hasher.update(&(word.len() as u64).to_le_bytes()).update(word.as_bytes());
        }
        let mut key = [0; ENTRY_BYTES];
        hasher.finalize_xof().fill(&mut key);
        if let Some(number) = self.known.get(&key) {
            return Some(*number);
        }
        let number = self.next();
        if !Self::is_free(number) {
            return None;
        }
        self.known.insert(key, number);
        self.open.push(key);
        self.fresh = true;
        Some(number)
    }

    /// The blocks that have to be kept before what was written with new numbers goes anywhere: place and content.
    pub fn fresh(&self) -> Vec<(u32, Vec<u8>)> {
        if !self.fresh {
            return Vec::new();
        }
        let blocks = self.open.chunks(BLOCK_ENTRIES).zip(self.block..);
        blocks.map(|(entries, block)| (block, entries.concat())).collect()
    }

    /// Says that they are kept.
    pub fn kept(&mut self) {
        self.close_full();
        self.fresh = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_numbers_are_given() {
        let last = NUMBER_FIRST + NUMBERS_MAX - 1;
        assert!(Numbers::is_free(NUMBER_FIRST) && Numbers::is_free(last) && !Numbers::is_free(last + 1));
    }

    #[test]
    fn a_number_stays_over_a_restart_and_is_given_once() {
        let mut kept = std::collections::BTreeMap::new();
        let mut numbers = Numbers::default();
        let first: Vec<_> = (0..10_000).map(|n: u32| numbers.number(&["a", &n.to_string()])).collect();
        kept.extend(numbers.fresh());
        numbers.kept();
        assert_eq!(kept.len(), 3);
        assert_eq!(numbers.fresh(), []);
        let mut again = Numbers::read(kept.values().map(Vec::as_slice));
        let more = again.number(&["b"]).unwrap();
        assert!(!first.contains(&Some(more)));
        kept.extend(again.fresh());
        again.kept();
        let mut third = Numbers::read(kept.values().map(Vec::as_slice));
        assert_eq!(third.number(&["b"]), Some(more));
        assert_eq!((0..10_000).map(|n: u32| third.number(&["a", &n.to_string()])).collect::<Vec<_>>(), first);
        assert_eq!(first.iter().collect::<std::collections::HashSet<_>>().len(), 10_000);
        assert_ne!(third.number(&["a", "b"]), third.number(&["ab"]));
    }
}
