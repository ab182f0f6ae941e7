//! Which indicators want this address or a network around it? A bitmap of blocks in front of one hash table; each prefix length in
//! use is one look-up.

use hashbrown::HashMap;

use super::IndicatorSlot;
use crate::network::{Family, Network};

/// Up to so many networks of IPv4, blocks are coarse, so that a small table is small.
const COARSE_MAX: usize = 2_048;
const COARSE_BITS: u32 = 16;
const FINE_BITS: u32 = 24;

/// Which values an indicator means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Extent {
    /// This address or network itself.
    Itself,
    /// Whatever lies in it.
    Inside,
}

/// A block of IPv4, in eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Block {
    address: u32,
    length: u8,
    extent: Extent,
}

/// From networks to indicators.
#[derive(Debug, Clone, Default)]
pub(super) struct Networks {
    blocks: HashMap<Block, Slots>,
    /// A bit for each prefix length in use.
    lengths: u64,
    /// A bit for each block of addresses of which some indicator wants one.
    bitmap: Vec<u64>,
    /// How many bits of an address tell the block.
    bits: u32,
    others: HashMap<(Network, Extent), Slots>,
    other_lengths: Vec<u8>,
}

#[derive(Debug, Clone)]
enum Slots {
    One(IndicatorSlot),
    #[expect(clippy::box_collection, reason = "rare, and the others are small because of it")]
    Several(Box<Vec<IndicatorSlot>>),
}

impl Slots {
    fn all(&self) -> &[IndicatorSlot] {
        match self {
            Self::One(slot) => std::slice::from_ref(slot),
            Self::Several(slots) => slots,
        }
    }

    fn push(&mut self, slot: IndicatorSlot) {
        match self {
            Self::One(own) => *self = Self::Several(Box::new(vec![*own, slot])),
            Self::Several(slots) => slots.push(slot),
        }
    }

    /// Whether it was there.
    fn remove(&mut self, slot: IndicatorSlot) -> bool {
        let mut slots = self.all().to_vec();
        let Some(at) = slots.iter().position(|own| *own == slot) else { return false };
        slots.swap_remove(at);
        *self = Self::Several(Box::new(slots));
        true
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Networks {
    pub(super) fn len(&self) -> usize {
        self.blocks.len() + self.others.len()
    }

    pub(super) fn bytes(&self) -> usize {
        let lists = self.blocks.values().chain(self.others.values()).map(|slots| match slots {
            Slots::One(_) => 0,
            Slots::Several(slots) => slots.capacity() * 4 + size_of::<Vec<IndicatorSlot>>(),
        });
        self.bitmap.capacity() * 8
            + self.blocks.allocation_size()
            + self.others.allocation_size()
            + lists.sum::<usize>()
    }

    pub(super) fn reserve(&mut self, blocks: usize) {
        self.blocks.reserve(blocks);
    }

    pub(super) fn insert(&mut self, network: Network, extent: Extent, slot: IndicatorSlot) {
        let Some(block) = Block::of(network, extent) else {
            if !self.other_lengths.contains(&network.length) {
                self.other_lengths.push(network.length);
            }
            let slots = self.others.entry((network, extent));
            slots.and_modify(|slots| slots.push(slot)).or_insert(Slots::One(slot));
            return;
        };
        self.blocks.entry(block).and_modify(|slots| slots.push(slot)).or_insert(Slots::One(slot));
        self.lengths |= 1 << block.length;
        let wanted = if self.blocks.len() > COARSE_MAX { FINE_BITS } else { COARSE_BITS };
        if self.bits < wanted {
            self.bits = wanted;
            self.bitmap = vec![0; (1 << wanted) / 64];
            let blocks: Vec<Block> = self.blocks.keys().copied().collect();
            for block in blocks {
                self.mark(block);
            }
        } else {
            self.mark(block);
        }
    }

    fn mark(&mut self, block: Block) {
        let shift = 32 - self.bits;
        let first = block.address >> shift;
        let hosts = u32::MAX.checked_shr(u32::from(block.length)).unwrap_or(0);
        let last = (block.address | hosts) >> shift;
        for word in first / 64..=last / 64 {
            let low = if word == first / 64 { first % 64 } else { 0 };
            let high = if word == last / 64 { last % 64 } else { 63 };
            if let Some(own) = self.bitmap.get_mut(index(word)) {
                *own |= u64::MAX << low & u64::MAX >> (63 - high);
            }
        }
    }

    /// Whether it was there. What the bitmap says of it stays until the tables are merged.
    pub(super) fn remove(&mut self, network: Network, extent: Extent, slot: IndicatorSlot) -> bool {
        if let Some(block) = Block::of(network, extent) {
            let Some(slots) = self.blocks.get_mut(&block) else { return false };
            let removed = slots.remove(slot);
            if slots.all().is_empty() {
                self.blocks.remove(&block);
            }
            return removed;
        }
        let Some(slots) = self.others.get_mut(&(network, extent)) else { return false };
        let removed = slots.remove(slot);
        if slots.all().is_empty() {
            self.others.remove(&(network, extent));
        }
        removed
    }

    /// Whether there may be anything around this address; no is certain.
    #[inline]
    pub(super) fn may_hold(&self, address: u32) -> bool {
        self.fetch(address) != 0
    }

    /// What [`Networks::may_hold`] asks for; nothing else is done here, so that many are fetched at once.
    #[inline]
    pub(super) fn fetch(&self, address: u32) -> u64 {
        let block = address.checked_shr(32 - self.bits).unwrap_or(0);
        self.bitmap.get(index(block / 64)).map_or(0, |word| word >> (block % 64) & 1)
    }

    /// The indicators that want a network or address, each with by what.
    pub(super) fn each(&self, network: Network, mut found: impl FnMut(Network, Extent, IndicatorSlot)) {
        let extents = |length: u8| {
            let itself = (length == network.length).then_some(Extent::Itself);
            itself.into_iter().chain([Extent::Inside])
        };
        match network.family {
            Family::V4 => {
                if !u32::try_from(network.address).is_ok_and(|address| self.may_hold(address)) {
                    return;
                }
                for length in (0..=network.length).filter(|length| self.lengths >> length & 1 != 0) {
                    let around = network.shortened(length);
                    for extent in extents(length) {
                        let slots = Block::of(around, extent).and_then(|block| self.blocks.get(&block));
                        slots.map_or(&[][..], Slots::all).iter().for_each(|own| found(around, extent, *own));
                    }
                }
            }
            Family::V6 => {
                for length in self.other_lengths.iter().copied().filter(|own| *own <= network.length) {
                    let around = network.shortened(length);
                    for extent in extents(length) {
                        let slots = self.others.get(&(around, extent));
                        slots.map_or(&[][..], Slots::all).iter().for_each(|own| found(around, extent, *own));
                    }
                }
            }
        }
    }

    /// Takes in other tables but for what `keep` refuses.
    pub(super) fn absorb(&mut self, other: &Self, keep: impl Fn(Network, Extent, IndicatorSlot) -> bool) {
        let blocks = other.blocks.iter().map(|(block, slots)| ((block.network(), block.extent), slots));
        for ((network, extent), slots) in blocks.chain(other.others.iter().map(|(own, slots)| (*own, slots)))
        {
            for slot in slots.all().iter().filter(|slot| keep(network, extent, **slot)) {
                self.insert(network, extent, *slot);
            }
        }
    }
}

impl Block {
    fn of(network: Network, extent: Extent) -> Option<Self> {
        match network.family {
            Family::V4 => {
                let address = u32::try_from(network.address).ok()?;
                Some(Self { address, length: network.length, extent })
            }
            Family::V6 => None,
        }
    }

    fn network(self) -> Network {
        Network { family: Family::V4, address: u128::from(self.address), length: self.length }
    }
}
