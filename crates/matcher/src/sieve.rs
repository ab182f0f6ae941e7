//! Which lines of a piece of telemetry have to be read, for a set of indicators that changes?
//!
//! The [`Scanner`] tells candidates by raw bytes; this knows what it must not be asked: lines that are not one JSON object each,
//! sources whose values it cannot find, patterns that tables cannot answer. **Promise**: [`crate::Program`] finds the same
//! whether it is shown the observations of all lines or of those that are left here. What is left out is not read at all, so
//! what is wrong with it is not found, but for lines that do not end as an object does.

use std::{collections::BTreeSet, hash::BuildHasher as _, ops::Range};

use crate::{
    MatcherLimits,
    scan::{IndicatorSlot, Kind, NameReach, PatternFault, Scanner, Settings, WantedKey},
    telemetry::{SourceId, Wanted},
    usual::Usual,
};

/// The property that observed-data has to have: such lines are read whole (STIX 2.1 section 4.14).
const OBSERVED: WantedKey<'_> = WantedKey { leaf: "number_observed", kind: Kind::Present };

/// Tells the lines that have to be read.
#[derive(Debug, Clone)]
pub struct Sieve {
    scanner: Scanner,
    reach: Reach,
}

/// Which lines may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Candidates,
    EveryLine,
}

/// A line that has to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place among the lines of the piece, from 0.
    pub number: u64,
    /// Its bytes in the piece, without its end.
    pub bytes: Range<usize>,
}

/// What was told of a piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sifted {
    /// How many lines it has, empty ones too.
    pub lines: u64,
    /// Those that have to be read, in order.
    pub read: Vec<Line>,
}

impl Sifted {
    /// All lines but empty ones: what a sieve leaves that lets everything through.
    pub fn everything(piece: &[u8]) -> Self {
        let mut sifted = Self::default();
        let mut start = 0;
        let ends = memchr::memchr_iter(b'\n', piece).chain((!piece.ends_with(b"\n")).then_some(piece.len()));
        for end in ends {
            let line = piece.get(start..end).unwrap_or(&[]);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.is_empty() {
                sifted.read.push(Line::at((sifted.lines, start, line.len())));
            }
            // What is behind the last line feed is a line only if there is something.
            sifted.lines += u64::from(end < piece.len() || end > start);
            start = end + 1;
        }
        sifted
    }

    /// The same for pieces that follow each other.
    pub fn join(parts: impl IntoIterator<Item = (usize, Self)>) -> Self {
        let mut all = Self::default();
        for (offset, part) in parts {
            let moved = part.read.into_iter().map(|line| Line {
                number: all.lines + line.number,
                bytes: offset + line.bytes.start..offset + line.bytes.end,
            });
            all.read.extend(moved);
            all.lines += part.lines;
        }
        all
    }
}

impl Default for Sieve {
    /// Without indicators, and with a seed that outsiders do not know.
    fn default() -> Self {
        Self::new(hashbrown::DefaultHashBuilder::default().hash_one(0))
    }
}

impl Sieve {
    /// Without indicators. Of the seed outsiders must not know.
    pub fn new(seed: u64) -> Self {
        let settings = Settings { seed, names: NameReach::Itself };
        Self { scanner: Scanner::new(&[OBSERVED], settings), reach: Reach::Candidates }
    }

    /// Lines with what this indicator looks for are left from now on.
    ///
    /// # Errors
    /// As [`crate::Program::insert`]; then nothing changes.
    pub fn insert(
        &mut self,
        pattern: &str,
        slot: IndicatorSlot,
        limits: &MatcherLimits,
    ) -> Result<(), PatternFault> {
        self.scanner.insert_pattern(pattern, slot, limits).map(drop)
    }

    /// [`Sieve::insert`] of what was recognised.
    pub(crate) fn insert_usual(&mut self, usual: &Usual<'_>, slot: IndicatorSlot) {
        self.scanner.insert(usual.wanted, slot);
    }

    /// Makes room for so many indicators to come.
    pub(crate) fn reserve(&mut self, indicators: usize) {
        // Most are one text each; few are networks.
        self.scanner.reserve(indicators, indicators / 8);
    }

    /// Takes [`Sieve::insert`] of the same back.
    ///
    /// # Errors
    /// As there; then nothing changes.
    pub fn remove(
        &mut self,
        pattern: &str,
        slot: IndicatorSlot,
        limits: &MatcherLimits,
    ) -> Result<(), PatternFault> {
        self.scanner.remove_pattern(pattern, slot, limits)
    }

    /// Looks for values in the fields that are wanted, of the source that is named or of all.
    pub fn want(&mut self, wanted: &Wanted, named: Option<SourceId>) {
        let sources = wanted.sources();
        let Some(every) = self.scanner.needs_every_line_with() else {
            self.reach = Reach::EveryLine;
            return;
        };
        self.reach = Reach::Candidates;
        let every = Wanted::new(sources, every);
        let present: BTreeSet<String> = sources.scanner_keys(&every, named).map(|(key, _)| key).collect();
        let kinds = sources
            .scanner_keys(wanted, named)
            .filter(|(key, kind)| *kind == Kind::Present || !present.contains(key));
        let mut all: BTreeSet<(String, Kind)> = kinds.collect();
        all.extend(present.iter().map(|key| (key.clone(), Kind::Present)));
        let keys = all.iter().map(|(leaf, kind)| WantedKey { leaf, kind: *kind });
        self.scanner.set_keys(&keys.chain([OBSERVED]).collect::<Vec<_>>());
    }

    /// Merges what came since the last time, if that is much or nothing was merged yet: a fraction of a second for a million.
    pub fn settle(&mut self) {
        if self.scanner.is_due() {
            self.scanner.merge();
        }
    }

    /// The size of its tables in memory.
    pub fn table_bytes(&self) -> usize {
        self.scanner.table_bytes()
    }

    /// The lines of a piece, which begins and ends with a line, that have to be read. Among them are the first and the last, so that
    /// whoever reads them learns what telemetry it is and how late it is.
    pub fn sift(&self, piece: &[u8]) -> Sifted {
        if self.reach == Reach::EveryLine {
            return Sifted::everything(piece);
        }
        let mut sifted = Sifted::default();
        let mut last = None;
        self.scanner.scan_chunks(piece, |chunk| {
            let mut found = chunk.found().peekable();
            let mut start = 0;
            let ends = chunk.feeds.iter().map(|end| usize::try_from(*end).unwrap_or(usize::MAX));
            let open = (!chunk.text.ends_with(b"\n")).then_some(chunk.text.len());
            for end in ends.chain(open) {
                let line = chunk.text.get(start..end).unwrap_or(&[]);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let mut is_read = last.is_none() || line.first() != Some(&b'{') || line.last() != Some(&b'}');
                while found.next_if(|at| *at <= end).is_some() {
                    is_read = true;
                }
                if !line.is_empty() {
                    let place = (sifted.lines, chunk.base + start, line.len());
                    last = Some(place);
                    if is_read {
                        sifted.read.push(Line::at(place));
                    }
                }
                sifted.lines += 1;
                start = end + 1;
            }
        });
        if let Some(last) = last.map(Line::at)
            && sifted.read.last() != Some(&last)
        {
            sifted.read.push(last);
        }
        sifted
    }
}

impl Line {
    /// By its number, where it begins, and its length.
    fn at((number, start, length): (u64, usize, usize)) -> Self {
        Self { number, bytes: start..start + length }
    }
}
