//! Which indicators want a text with this hash, out of millions? A filter of one byte an entry in front of a table of twelve.

use super::IndicatorSlot;

/// Of the hash itself the two lowest bits are left free for the role.
const ROLE: u64 = 0b11;
const EMPTY: u64 = 0;
/// Stood for something before; a search goes on behind it.
const GONE: u64 = 1;
/// The value is the number of a list, not an indicator.
pub(super) const LISTED: u32 = 1 << 31;

/// What a text has to be for an indicator to be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The whole value.
    Whole,
    /// What follows a dot in the value, to its end.
    Below,
    /// The host of a URL.
    Host,
}

impl Role {
    fn bits(self) -> u64 {
        match self {
            Self::Whole => 0,
            Self::Below => 1,
            Self::Host => 2,
        }
    }
}

/// From hashes to indicators.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// Words, in each of which an entry has four bits.
    filter: Vec<u64>,
    keys: Vec<u64>,
    values: Vec<IndicatorSlot>,
    lists: Vec<Vec<IndicatorSlot>>,
    /// Places that are not empty.
    used: usize,
    entries: usize,
}

fn key(hash: u64, role: Role) -> u64 {
    // Never `EMPTY` or `GONE`.
    (hash & !ROLE | role.bits()) | 1 << 63
}

/// A number below `count`, by the high bits of the hash.
#[inline]
fn scaled(hash: u64, count: usize) -> usize {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    usize::try_from((u128::from(hash) * u128::from(count)) >> 64).unwrap_or(0)
}

#[inline]
fn filter_bits(hash: u64) -> u64 {
    1 << (hash >> 2 & 63) | 1 << (hash >> 8 & 63) | 1 << (hash >> 14 & 63) | 1 << (hash >> 20 & 63)
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.entries
    }

    pub(super) fn bytes(&self) -> usize {
        let lists = self
            .lists
            .iter()
            .map(|list| list.capacity() * 4 + size_of::<Vec<IndicatorSlot>>())
            .sum::<usize>();
        self.filter.capacity() * 8 + self.keys.capacity() * 8 + self.values.capacity() * 4 + lists
    }

    /// Whether there may be anything; no is certain.
    #[inline]
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        Self::is_in(self.fetch(hash), hash)
    }

    /// What [`Table::may_hold`] asks for, fetched; nothing else is done here, so that many are fetched at once.
    #[inline]
    pub(super) fn fetch(&self, hash: u64) -> u64 {
        self.filter.get(scaled(hash << 1, self.filter.len())).copied().unwrap_or(0)
    }

    /// What [`Table::may_hold`] says, by what was fetched.
    #[inline]
    pub(super) fn is_in(word: u64, hash: u64) -> bool {
        let bits = filter_bits(hash);
        word & bits == bits
    }

    /// The indicators that want it in this role.
    pub(super) fn find(&self, hash: u64, role: Role) -> &[IndicatorSlot] {
        let Some(place) = self.place(key(hash, role)) else { return &[] };
        let Some(value) = self.values.get(place) else { return &[] };
        self.slots(value)
    }

    fn slots<'t>(&'t self, value: &'t IndicatorSlot) -> &'t [IndicatorSlot] {
        match listed(*value) {
            Some(number) => self.lists.get(number).map_or(&[], Vec::as_slice),
            None => std::slice::from_ref(value),
        }
    }

    fn place(&self, key: u64) -> Option<usize> {
        let start = scaled(key << 1, self.keys.len());
        let (before, from) = self.keys.split_at_checked(start)?;
        for (at, own) in (start..).zip(from).chain((0..).zip(before)) {
            if *own == key {
                return Some(at);
            }
            if *own == EMPTY {
                return None;
            }
        }
        None
    }

    pub(super) fn insert(&mut self, hash: u64, role: Role, slot: IndicatorSlot) {
        self.put(key(hash, role), slot);
    }

    fn put(&mut self, key: u64, slot: IndicatorSlot) {
        if let Some(place) = self.place(key) {
            self.list(place, slot);
            return;
        }
        if (self.used + 1) * 10 > self.keys.len() * 7 {
            self.rebuild((self.entries + 1).max(32).saturating_mul(2));
        }
        self.place_new(key, slot);
        self.entries += 1;
    }

    fn place_new(&mut self, key: u64, value: IndicatorSlot) {
        let at = scaled(key << 1, self.filter.len());
        if let Some(word) = self.filter.get_mut(at) {
            *word |= filter_bits(key);
        }
        let start = scaled(key << 1, self.keys.len());
        let free = |own: &u64| *own <= GONE;
        let found = self.keys.get(start..).and_then(|from| from.iter().position(free)).map(|at| start + at);
        let Some(place) = found.or_else(|| self.keys.iter().position(free)) else { return };
        if let (Some(own), Some(at)) = (self.keys.get_mut(place), self.values.get_mut(place)) {
            self.used += usize::from(*own == EMPTY);
            (*own, *at) = (key, value);
        }
    }

    /// One indicator more wants the same.
    fn list(&mut self, place: usize, slot: IndicatorSlot) {
        let Some(value) = self.values.get_mut(place) else { return };
        if let Some(number) = listed(*value) {
            if let Some(list) = self.lists.get_mut(number) {
                list.push(slot);
            }
        } else if let Ok(number) = u32::try_from(self.lists.len()) {
            self.lists.push(vec![*value, slot]);
            *value = IndicatorSlot(LISTED | number);
        }
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, hash: u64, role: Role, slot: IndicatorSlot) -> bool {
        let Some(place) = self.place(key(hash, role)) else { return false };
        let Some(value) = self.values.get(place).copied() else { return false };
        if let Some(number) = listed(value) {
            let Some(list) = self.lists.get_mut(number) else { return false };
            let Some(at) = list.iter().position(|own| *own == slot) else { return false };
            list.swap_remove(at);
            if !list.is_empty() {
                return true;
            }
        } else if value != slot {
            return false;
        }
        if let Some(own) = self.keys.get_mut(place) {
            *own = GONE;
            self.entries -= 1;
        }
        true
    }

    /// Makes room for so many entries at once.
    pub(super) fn reserve(&mut self, entries: usize) {
        if entries > self.entries {
            self.rebuild(entries);
        }
    }

    /// Lays everything out anew, with room for so many entries.
    fn rebuild(&mut self, room: usize) {
        let room = room.max(self.entries);
        let keys = std::mem::take(&mut self.keys);
        let values = std::mem::take(&mut self.values);
        self.keys = vec![EMPTY; room * 10 / 7 + 8];
        self.values = vec![IndicatorSlot(0); self.keys.len()];
        self.filter = vec![0; room / 8 + 1];
        self.used = 0;
        for (key, value) in keys.into_iter().zip(values).filter(|(key, _)| *key > GONE) {
            self.place_new(key, value);
        }
    }

    /// Takes in another table but for what `keep` refuses.
    pub(super) fn absorb(&mut self, other: &Self, keep: impl Fn(u64, IndicatorSlot) -> bool) {
        for (key, value) in other.keys.iter().zip(&other.values).filter(|(key, _)| **key > GONE) {
            for slot in other.slots(value).iter().filter(|slot| keep(*key, **slot)) {
                self.put(*key, *slot);
            }
        }
    }

    /// By what an entry is told apart, for `absorb`.
    pub(super) fn name(hash: u64, role: Role) -> u64 {
        key(hash, role)
    }
}

/// The number of the list that a value stands for.
fn listed(value: IndicatorSlot) -> Option<usize> {
    if value.0 & LISTED == 0 { None } else { usize::try_from(value.0 & !LISTED).ok() }
}
