//! Which indicators want what was found in a chunk? Asked of all of it together, so that memory is waited for once.

use super::{Found, Pass, Pending, Source, Spot, index, spot};
use crate::{
    network::{Family, Network},
    scan::{
        Kind, Scanner,
        networks::Extent,
        table::Table,
        tables::{Entry, Removed},
    },
};

impl Pass<'_, '_> {
    /// Answers what was asked.
    pub(super) fn answer(&mut self) {
        let Scanner { base, delta, .. } = self.scanner;
        let mut texts = std::mem::take(&mut self.texts);
        let mut words = [0; 32];
        for some in texts.chunks(words.len()) {
            // Memory is waited for here, for all of them together.
            for (word, own) in words.iter_mut().zip(some) {
                *word = base.texts.fetch(own.hash);
            }
            for (word, own) in words.iter().zip(some) {
                if Table::is_in(*word, own.hash) {
                    self.held(own, Source::Base);
                }
            }
        }
        if delta.texts.len() > 0 {
            texts
                .iter()
                .filter(|own| delta.texts.may_hold(own.hash))
                .for_each(|own| self.held(own, Source::Delta));
        }
        texts.clear();
        self.texts = texts;
        let mut quads = std::mem::take(&mut self.quads);
        for some in quads.chunks(words.len()) {
            for (word, (address, _)) in words.iter_mut().zip(some) {
                *word = base.networks.fetch(*address) | delta.networks.fetch(*address);
            }
            for (_, (address, at)) in words.iter().zip(some).filter(|(word, _)| **word != 0) {
                let network = Network { family: Family::V4, address: u128::from(*address), length: 32 };
                let start = index(*at);
                let rest = self.text.get(start..).unwrap_or(&[]);
                let length = memchr::memchr(b'"', rest).unwrap_or(rest.len());
                self.network(network, spot(Kind::Address, start..start + length));
            }
        }
        quads.clear();
        self.quads = quads;
    }

    #[inline(never)]
    fn held(&mut self, own: &Pending, source: Source) {
        let Scanner { base, delta, removed, .. } = self.scanner;
        let Pending { hash, start, end, kind, .. } = *own;
        for role in own.roles.each() {
            let slots = match source {
                Source::Base => base.texts.find(hash, *role),
                Source::Delta => delta.texts.find(hash, *role),
            };
            for slot in slots {
                let gone = || removed.contains(&Removed::new(Entry::Text(hash, *role), *slot));
                if source == Source::Delta || removed.is_empty() || !gone() {
                    self.found.push(Found::new(Spot { start, end, kind }, *slot));
                }
            }
        }
    }

    #[inline(never)]
    pub(super) fn network(&mut self, network: Network, spot: Spot) {
        let Scanner { base, delta, removed, .. } = self.scanner;
        let found = &mut self.found;
        base.networks.each(network, |around, extent: Extent, slot| {
            if removed.is_empty() || !removed.contains(&Removed::Network(around, extent, slot)) {
                found.push(Found::new(spot, slot));
            }
        });
        delta.networks.each(network, |_, _, slot| found.push(Found::new(spot, slot)));
    }
}
