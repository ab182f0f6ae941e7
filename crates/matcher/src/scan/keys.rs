//! Is this the end of a key that is wanted? Told by the four bytes in front of its quote, and only then by all of it.

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
    /// By the hash of four bytes: 0 for nothing, else the number of a bucket plus one.
    numbers: Box<[u16; 1 << BUCKETS_BITS]>,
    buckets: Vec<Vec<Key>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    /// With its quote in front.
    quoted: Box<[u8]>,
    /// The end of it, as far as sixteen bytes hold it, and which bits of them do.
    end: u128,
    mask: u128,
    kind: Kind,
}

#[inline]
fn place(four: [u8; 4]) -> usize {
    let mixed = u32::from_le_bytes(four).wrapping_mul(0x9E37_79B1) >> (32 - BUCKETS_BITS);
    usize::try_from(mixed).unwrap_or(0)
}

impl Keys {
    pub(super) fn new(wanted: &[WantedKey<'_>]) -> Self {
        let mut keys = Self { numbers: Box::new([0; 1 << BUCKETS_BITS]), buckets: Vec::new() };
        for WantedKey { leaf, kind } in wanted {
            let quoted: Box<[u8]> = [b"\"", leaf.as_bytes()].concat().into();
            let (end, mask) = sixteen(&quoted);
            let key = Key { quoted, end, mask, kind: *kind };
            for four in endings(&key.quoted) {
                keys.add(place(four), &key);
            }
        }
        keys
    }

    fn add(&mut self, place: usize, key: &Key) {
        let Some(number) = self.numbers.get_mut(place) else { return };
        if *number == 0 {
            self.buckets.push(Vec::new());
            // There are fewer buckets than 2^12.
            *number = u16::try_from(self.buckets.len()).unwrap_or(0);
        }
        if let Some(bucket) = self.buckets.get_mut(usize::from(*number).wrapping_sub(1))
            && !bucket.contains(key)
        {
            bucket.push(key.clone());
        }
    }

    /// The bucket of four bytes, plus one; 0 if no wanted key ends so.
    #[inline]
    pub(super) fn bucket(&self, four: [u8; 4]) -> u16 {
        self.numbers.get(place(four)).copied().unwrap_or(0)
    }

    /// The kinds of the wanted keys that `before`, which ends in front of a closing quote, ends in.
    #[inline]
    pub(super) fn kinds<'k>(&'k self, bucket: u16, before: &'k [u8]) -> impl Iterator<Item = Kind> + 'k {
        let bucket = self.buckets.get(usize::from(bucket).wrapping_sub(1)).map_or(&[][..], Vec::as_slice);
        let last = before.last_chunk::<16>().map(|last| u128::from_le_bytes(*last));
        bucket.iter().filter(move |key| key.ends(before, last)).map(|key| key.kind)
    }

    /// The kinds of a key whose escapes are resolved.
    pub(super) fn of_text(&self, text: &str) -> Vec<Kind> {
        let quoted = [b" {\"", text.as_bytes()].concat();
        let Some(four) = quoted.last_chunk().filter(|_| !text.is_empty()) else { return Vec::new() };
        self.kinds(self.bucket(*four), &quoted).collect()
    }
}

impl Key {
    #[inline]
    fn ends(&self, before: &[u8], last: Option<u128>) -> bool {
        match last {
            Some(last) if self.quoted.len() <= 16 => (last ^ self.end) & self.mask == 0,
            Some(_) | None => before.ends_with(&self.quoted),
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
