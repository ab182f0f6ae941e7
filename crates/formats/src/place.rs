//! On which line does a byte stand?

/// A place in a text as editors count: from 1, columns in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

/// Places of a text, asked for in order.
#[derive(Debug)]
pub(crate) struct Places<'t> {
    bytes: &'t [u8],
    at: usize,
    line: u64,
    start: usize,
}

impl<'t> Places<'t> {
    pub(crate) fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, at: 0, line: 1, start: 0 }
    }

    /// The place of a byte that does not stand before the one asked for last.
    pub(crate) fn at(&mut self, offset: usize) -> Line {
        let passed = self.bytes.get(self.at..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            self.start = self.at + last + 1;
        }
        self.at = self.at.max(offset);
        Line { line: self.line, column: offset.saturating_sub(self.start) as u64 + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let mut places = Places::new(b"ab\n\ncd\n");
        let all = [0, 1, 3, 4, 5, 7].map(|offset| places.at(offset)).map(|place| (place.line, place.column));
        assert_eq!(all, [(1, 1), (1, 2), (2, 1), (3, 1), (3, 2), (4, 1)]);
    }
}
