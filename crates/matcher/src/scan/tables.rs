//! What do all indicators look for, as the scanner keeps it?

use hashbrown::HashSet;

use super::{
    IndicatorSlot, NameReach, Settings, Wanted,
    hash::folded,
    networks::{Extent, Networks},
    table::{Role, Table},
    token,
};
use crate::network::Network;

/// One thing that is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Text(u64, Role),
    Network(Network, Extent),
}

/// An entry of the base that no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Removed {
    Text(u64, IndicatorSlot),
    Network(Network, Extent, IndicatorSlot),
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    pub(super) texts: Table,
    pub(super) networks: Networks,
}

impl Removed {
    pub(super) fn new(entry: Entry, slot: IndicatorSlot) -> Self {
        match entry {
            Entry::Text(hash, role) => Self::Text(Table::name(hash, role), slot),
            Entry::Network(network, extent) => Self::Network(network, extent, slot),
        }
    }
}

impl Tables {
    pub(super) fn insert(&mut self, entry: Entry, slot: IndicatorSlot) {
        match entry {
            Entry::Text(hash, role) => self.texts.insert(hash, role, slot),
            Entry::Network(network, extent) => self.networks.insert(network, extent, slot),
        }
    }

    pub(super) fn remove(&mut self, entry: Entry, slot: IndicatorSlot) -> bool {
        match entry {
            Entry::Text(hash, role) => self.texts.remove(hash, role, slot),
            Entry::Network(network, extent) => self.networks.remove(network, extent, slot),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len() + self.networks.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.texts.bytes() + self.networks.bytes()
    }

    /// Takes in other tables but for what was removed from them.
    pub(super) fn absorb(&mut self, other: &Self, removed: &HashSet<Removed>) {
        self.texts.absorb(&other.texts, |key, slot| !removed.contains(&Removed::Text(key, slot)));
        self.networks.absorb(&other.networks, |network, extent, slot| {
            !removed.contains(&Removed::Network(network, extent, slot))
        });
    }
}

/// The entries by which something wanted is found.
pub(super) fn entries(settings: &Settings, wanted: Wanted<'_>, mut each: impl FnMut(Entry)) {
    let hash = |text: &str| folded(settings.seed, text.as_bytes());
    let whole = |text: &str| Entry::Text(hash(text), Role::Whole);
    match wanted {
        Wanted::Text(text) => each(whole(text)),
        Wanted::Name(text) => {
            if let Some(network) = Network::parse(text) {
                each(Entry::Network(network, Extent::Itself));
            }
            each(whole(text));
            match settings.names {
                NameReach::Itself => {}
                NameReach::Below => each(Entry::Text(hash(text), Role::Below)),
            }
        }
        Wanted::Below(text) => each(Entry::Text(hash(text), Role::Below)),
        Wanted::Address(text) => match Network::parse(text) {
            Some(network) => each(Entry::Network(network, Extent::Itself)),
            None => each(whole(text)),
        },
        Wanted::Inside(text) => {
            if let Some(network) = Network::parse(text) {
                each(Entry::Network(network, Extent::Inside));
            }
        }
        Wanted::Url(text) => {
            each(whole(text));
            let host = text.get(token::host(text.as_bytes())).unwrap_or(text);
            each(Entry::Text(hash(host), Role::Host));
        }
    }
}
