//! How are thousands of small keys and values made without thousands of allocations?

use bytes::Bytes;

/// Pieces that lie one behind the other in one allocation, which lives as long as any of them.
///
/// Only for pieces that live about as long as each other: those that one group writes into one table.
#[derive(Debug, Default)]
pub(super) struct Arena {
    buffer: Vec<u8>,
    ends: Vec<usize>,
}

impl Arena {
    pub(super) fn with_capacity(bytes: usize, pieces: usize) -> Self {
        Self { buffer: Vec::with_capacity(bytes), ends: Vec::with_capacity(pieces) }
    }

    /// Makes a piece of whatever `append` appends.
    pub(super) fn put(&mut self, append: impl FnOnce(&mut Vec<u8>)) {
        append(&mut self.buffer);
        self.ends.push(self.buffer.len());
    }

    /// The pieces, in the order in which they were put.
    pub(super) fn into_pieces(self) -> impl Iterator<Item = Bytes> {
        let mut rest = Bytes::from(self.buffer);
        let mut from = 0;
        self.ends.into_iter().map(move |end| {
            let piece = rest.split_to(end - from);
            from = end;
            piece
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_out_as_they_were_put() {
        let mut arena = Arena::with_capacity(2, 1);
        for piece in ["one", "", "three"] {
            arena.put(|buffer| buffer.extend_from_slice(piece.as_bytes()));
        }
        let pieces: Vec<_> = arena.into_pieces().collect();
        assert_eq!(pieces, [&b"one"[..], b"", b"three"]);
    }
}
