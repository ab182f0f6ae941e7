//! Is this the end of a key that is wanted? Told by the four bytes in front of its quote, and only then by all of it.

use std::collections::BTreeMap;

use super::Kind;

/// A leaf key of telemetry and what its values are: what mappings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedKey<'k> {
    /// The key that stands directly before the value, such as `id.orig_h`, as it reads when escapes are resolved.
    pub leaf: &'k str,
    /// How its values are looked up.
    pub kind: Kind,
}

const BUCKETS_BITS: u32 = 12;

/// The wanted keys.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    /// By the hash of four bytes: 0 for nothing, else where the keys that end so begin, plus one.
    starts: Box<[u16; 1 << BUCKETS_BITS]>,
    /// Those that end alike beside each other.
    keys: Vec<Key>,
}

#[derive(Debug, Clone)]
struct Key {
    /// With its quote in front.
    quoted: Box<[u8]>,
    /// The end of it, as far as sixteen bytes hold it, and which bits of them do.
    end: u128,
    mask: u128,
    kind: Kind,
    place: Place,
}

/// Whether another key with the same hash follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Within,
    Last,
}

#[inline]
fn place(four: [u8; 4]) -> usize {
    let mixed = u32::from_le_bytes(four).wrapping_mul(0x9E37_79B1) >> (32 - BUCKETS_BITS);
    usize::try_from(mixed).unwrap_or(0)
}

impl Keys {
    pub(super) fn new(wanted: &[WantedKey<'_>]) -> Self {
        let key = |wanted: &WantedKey<'_>| {
            let quoted: Box<[u8]> = [b"\"", wanted.leaf.as_bytes()].concat().into();
            let (end, mask) = sixteen(&quoted);
            Key { quoted, end, mask, kind: wanted.kind, place: Place::Within }
        };
        let mut own = Self { starts: Box::new([0; 1 << BUCKETS_BITS]), keys: Vec::new() };
        // First all of them, for places that get no list of their own.
        own.append(wanted.iter().map(key).collect());
        let mut by_place: BTreeMap<usize, Vec<Key>> = BTreeMap::new();
        for key in wanted.iter().map(key) {
            for four in endings(&key.quoted) {
                let bucket = by_place.entry(place(four)).or_default();
                if !bucket.iter().any(|own| own.quoted == key.quoted && own.kind == key.kind) {
                    bucket.push(key.clone());
                }
            }
        }
        for (place, bucket) in by_place {
            if let Some(start) = own.starts.get_mut(place) {
                *start = u16::try_from(own.keys.len() + 1).unwrap_or(1);
                if *start != 1 {
                    own.append(bucket);
                }
            }
        }
        own
    }

    fn append(&mut self, mut keys: Vec<Key>) {
        if let Some(last) = keys.last_mut() {
            last.place = Place::Last;
        }
        self.keys.append(&mut keys);
    }

    /// Where keys begin of which one may end so, plus one; 0 if none does.
    #[inline]
    pub(super) fn start(&self, four: [u8; 4]) -> u16 {
        self.starts.get(place(four)).copied().unwrap_or(0)
    }

    /// Calls for the kind of each wanted key that `before`, which ends in front of a closing quote, ends in.
    #[inline]
    pub(super) fn kinds(&self, start: u16, before: &[u8], mut each: impl FnMut(Kind)) {
        let last = before.last_chunk::<16>().map(|last| u128::from_le_bytes(*last));
        let Some(keys) = usize::from(start).checked_sub(1).and_then(|start| self.keys.get(start..)) else {
            return;
        };
        for key in keys {
            if key.ends(before, last) {
                each(key.kind);
            }
            if key.place == Place::Last {
                return;
            }
        }
    }

    /// The kinds of a key whose escapes are resolved.
    pub(super) fn of_text(&self, text: &str) -> Vec<Kind> {
        let quoted = [b" {\"", text.as_bytes()].concat();
        let Some(four) = quoted.last_chunk().filter(|_| !text.is_empty()) else { return Vec::new() };
        let mut kinds = Vec::new();
        self.kinds(self.start(*four), &quoted, |kind| kinds.push(kind));
        kinds
    }
}

impl Key {
    #[inline]
    fn ends(&self, before: &[u8], last: Option<u128>) -> bool {
        match last {
            // Longer ones are compared whole only where their end is the same.
            Some(last) => {
                (last ^ self.end) & self.mask == 0
                    && (self.quoted.len() <= 16 || before.ends_with(&self.quoted))
            }
            None => before.ends_with(&self.quoted),
        }
    }
}

fn sixteen(quoted: &[u8]) -> (u128, u128) {
    let (mut end, mut mask) = ([0; 16], [0; 16]);
    for ((end, mask), byte) in end.iter_mut().zip(&mut mask).rev().zip(quoted.iter().rev()) {
        (*end, *mask) = (*byte, 0xff);
    }
    (u128::from_le_bytes(end), u128::from_le_bytes(mask))
}

/// The last four bytes in front of the closing quote of a key. Short keys may have various things in front: what JSON allows
/// there.
fn endings(quoted: &[u8]) -> Vec<[u8; 4]> {
    const FRONT: [u8; 6] = *b"{, \t\r\n";
    match quoted {
        [.., a, b, c, d] => vec![[*a, *b, *c, *d]],
        [a, b, c] => FRONT.iter().map(|front| [*front, *a, *b, *c]).collect(),
        [a, b] => {
            let pairs = FRONT.iter().flat_map(|front| (0..=u8::MAX).map(move |any| (any, *front)));
            pairs.map(|(any, front)| [any, front, *a, *b]).collect()
        }
        // Nothing is mapped from a key without a name.
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(keys: &Keys, before: &str) -> Vec<Kind> {
        let mut found = Vec::new();
        let four = before.as_bytes().last_chunk().unwrap();
        keys.kinds(keys.start(*four), before.as_bytes(), |kind| found.push(kind));
        found
    }

    #[test]
    fn keys_of_every_length_are_told_from_those_that_end_alike() {
        let leaves = ["k", "ip", "md5", "addr", "id.orig_h", "a_key_of_20_letters_", "src"];
        let wanted: Vec<_> = leaves.iter().map(|leaf| WantedKey { leaf, kind: Kind::Text }).collect();
        let keys = Keys::new(&wanted);
        for leaf in leaves {
            for front in [" {", ",\t", "x,", "  "] {
                assert_eq!(kinds(&keys, &format!("{front}\"{leaf}")), [Kind::Text], "{leaf}");
                assert_eq!(kinds(&keys, &format!("{front}\"x{leaf}")), [], "{leaf}");
            }
            assert_eq!(keys.of_text(leaf), [Kind::Text]);
            assert_eq!(keys.of_text(&format!("x{leaf}")), []);
        }
        assert_eq!(keys.of_text(""), []);
    }

    #[test]
    fn one_key_may_have_several_kinds() {
        let kinds = [Kind::Text, Kind::Name, Kind::Text].map(|kind| WantedKey { leaf: "value", kind });
        assert_eq!(Keys::new(&kinds).of_text("value"), [Kind::Text, Kind::Name]);
    }

    #[test]
    fn more_keys_than_can_be_numbered_are_all_found() {
        let leaves: Vec<String> = (0..70_000).map(|number| format!("key{number}")).collect();
        let wanted: Vec<_> = leaves.iter().map(|leaf| WantedKey { leaf, kind: Kind::Text }).collect();
        let keys = Keys::new(&wanted);
        for leaf in leaves.iter().step_by(9_999) {
            assert_eq!(keys.of_text(leaf), [Kind::Text], "{leaf}");
        }
    }
}
