//! How is one buffer scanned? In chunks that stay in a near cache, each in four goes: where keys end, which of them are wanted,
//! what is behind those, who wants that.

mod answers;
mod values;

use super::{Candidate, IndicatorSlot, Kind, LINE_BYTES_MAX, Scanner, blocks::Ends, table::Role, walk};

/// How much is scanned in one go if lines are shorter.
const CHUNK_BYTES: usize = 64 << 10;

/// What a scan did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scanned {
    /// Lines, empty ones too.
    pub lines: u64,
    /// Lines that took the slow way: white space between a key and its colon, `\u` somewhere, control characters.
    pub lines_slow: u64,
    /// Lines that could not be scanned, and so are candidates: not JSON, or too long.
    pub lines_unclear: u64,
    /// Of these, lines longer than [`LINE_BYTES_MAX`].
    pub lines_long: u64,
    /// Candidates.
    pub candidates: u64,
}

/// Something found in a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    start: usize,
    end: usize,
    kind: Option<Kind>,
    indicator: Option<IndicatorSlot>,
}

impl Found {
    fn new(Spot { start, end, kind }: Spot, slot: IndicatorSlot) -> Self {
        Self { start: index(start), end: index(end), kind: Some(kind), indicator: Some(slot) }
    }
}

#[inline]
fn spot(kind: Kind, place: std::ops::Range<usize>) -> Spot {
    // A chunk is shorter than 4 GiB.
    let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Spot { start: short(place.start), end: short(place.end), kind }
}

/// Which tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Base,
    Delta,
}

/// What is needed while scanning.
#[derive(Debug)]
pub(super) struct Pass<'s, 't> {
    pub(super) scanner: &'s Scanner,
    /// The chunk.
    pub(super) text: &'t [u8],
    found: Vec<Found>,
    /// Looked up together, so that memory is waited for once.
    texts: Vec<Pending>,
    quads: Vec<(u32, u32)>,
    scratch: String,
}

/// A text that was hashed.
#[derive(Debug, Clone, Copy)]
struct Pending {
    hash: u64,
    start: u32,
    end: u32,
    roles: Roles,
    kind: Kind,
}

/// In which roles a text is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Roles {
    Whole,
    Below,
    WholeOrHost,
}

impl Roles {
    fn each(self) -> &'static [Role] {
        match self {
            Self::Whole => &[Role::Whole],
            Self::Below => &[Role::Below],
            Self::WholeOrHost => &[Role::Whole, Role::Host],
        }
    }
}

/// Where a value stands in the chunk, and what it is.
#[derive(Debug, Clone, Copy)]
struct Spot {
    start: u32,
    end: u32,
    kind: Kind,
}

/// A text to look up: so many bytes of `rest`, behind which the chunk may go on.
#[derive(Clone, Copy)]
struct Token<'r> {
    rest: &'r [u8],
    length: usize,
}

impl<'r> Token<'r> {
    fn whole(text: &'r [u8]) -> Self {
        Self { rest: text, length: text.len() }
    }

    #[inline]
    fn text(self) -> &'r [u8] {
        self.rest.get(..self.length).unwrap_or(self.rest)
    }

    fn part(self, range: std::ops::Range<usize>) -> Self {
        Self { rest: self.rest.get(range.start..).unwrap_or(&[]), length: range.end - range.start }
    }
}

/// Where values of wanted keys begin, by kind.
type Queues = [Vec<u32>; Kind::ALL.len()];

/// A chunk that was scanned.
pub(crate) struct ScannedChunk<'c> {
    /// Where it begins in the buffer.
    pub(crate) base: usize,
    pub(crate) text: &'c [u8],
    /// Where lines end in it. The last may have no end.
    pub(crate) feeds: &'c [u32],
    found: &'c [Found],
}

impl ScannedChunk<'_> {
    /// Where something was found, in order: somewhere in the line that has to be read.
    pub(crate) fn found(&self) -> impl Iterator<Item = usize> {
        self.found.iter().map(|found| found.start)
    }
}

impl Scanner {
    /// Gives the candidates of a buffer, line by line; one line may have several. The buffer begins and ends with a line; the
    /// end of the last may be missing.
    pub fn scan(&self, buffer: &[u8], mut on_candidate: impl FnMut(Candidate)) -> Scanned {
        let mut scanned = Scanned::default();
        let mut counts = Scanned::default();
        self.each_chunk(buffer, &mut scanned, |chunk| give(chunk, &mut counts, &mut on_candidate));
        Scanned { lines_unclear: counts.lines_unclear, candidates: counts.candidates, ..scanned }
    }

    /// Gives the chunks of a buffer with what was found in each.
    pub(crate) fn scan_chunks(&self, buffer: &[u8], on_chunk: impl FnMut(&ScannedChunk<'_>)) {
        self.each_chunk(buffer, &mut Scanned::default(), on_chunk);
    }

    fn each_chunk(&self, buffer: &[u8], scanned: &mut Scanned, mut on_chunk: impl FnMut(&ScannedChunk<'_>)) {
        let mut ends = Ends::default();
        let mut queues = Queues::default();
        let mut pass = Pass::new(self);
        let mut base = 0;
        while let Some(rest) = buffer.get(base..).filter(|rest| !rest.is_empty()) {
            let length = chunk_length(rest);
            pass.text = rest.get(..length).unwrap_or(rest);
            if length > LINE_BYTES_MAX {
                scanned.lines_long += 1;
                ends.only_last(pass.text);
                pass.unclear(0);
            } else {
                ends.find(pass.text);
                pass.wanted(&ends, &mut queues);
                pass.values(&mut queues);
                scanned.lines_slow += pass.odd(&ends.odd);
                pass.answer();
            }
            pass.found.sort_unstable();
            pass.found.dedup();
            let chunk = ScannedChunk { base, text: pass.text, feeds: &ends.feeds, found: &pass.found };
            let open = usize::from(pass.text.last() != Some(&b'\n'));
            scanned.lines += u64::try_from(ends.feeds.len() + open).unwrap_or(u64::MAX);
            on_chunk(&chunk);
            pass.found.clear();
            base += length;
        }
    }
}

/// Whole lines, as many as fit, one at least.
fn chunk_length(rest: &[u8]) -> usize {
    if rest.len() <= CHUNK_BYTES {
        return rest.len();
    }
    let (front, behind) = rest.split_at_checked(CHUNK_BYTES).unwrap_or((rest, &[]));
    memchr::memrchr(b'\n', front)
        .or_else(|| memchr::memchr(b'\n', behind).map(|at| CHUNK_BYTES + at))
        .map_or(rest.len(), |at| at + 1)
}

impl<'s> Pass<'s, '_> {
    fn new(scanner: &'s Scanner) -> Self {
        let (found, texts, quads) = (Vec::new(), Vec::new(), Vec::new());
        Self { scanner, text: &[], found, texts, quads, scratch: String::new() }
    }

    /// Sorts the wanted keys out.
    fn wanted(&mut self, ends: &Ends, queues: &mut Queues) {
        let keys = &*self.scanner.keys;
        let text = self.text;
        let mut hits = [(0_u32, 0_u16); 64];
        for places in ends.places().chunks(64) {
            // Nothing to guess here; four of five are not wanted.
            let mut count = 0;
            for place in places {
                let four = text.get(index(*place).wrapping_sub(4)..).and_then(|rest| rest.first_chunk::<4>());
                let four =
                    four.copied().unwrap_or_else(|| first_four(text.get(..index(*place)).unwrap_or(&[])));
                let start = keys.start(four);
                if let Some(hit) = hits.get_mut(count & 63) {
                    *hit = (*place, start);
                }
                count += usize::from(start != 0);
            }
            for (place, start) in hits.get(..count).unwrap_or(&[]) {
                let before = text.get(..index(*place)).unwrap_or(&[]);
                keys.kinds(*start, before, |kind| {
                    if let Some(queue) = queues.get_mut(kind as usize) {
                        queue.push(place.wrapping_add(2));
                    }
                });
            }
        }
    }

    fn values(&mut self, queues: &mut Queues) {
        for (queue, kind) in queues.iter_mut().zip(Kind::ALL) {
            for place in queue.drain(..) {
                let at = index(place);
                // Addresses are so many that they have a way of their own.
                if kind != Kind::Address || !self.quad(place) {
                    self.value(kind, at);
                }
            }
        }
    }

    /// Walks the lines in which something is odd; how many.
    fn odd(&mut self, blocks: &[u32]) -> u64 {
        let mut lines = 0;
        let mut done = 0;
        for block in blocks {
            let block = index(*block);
            // A block may hold ends of several lines.
            let last = (block + 64).min(self.text.len());
            let start = memchr::memrchr(b'\n', self.text.get(..block).unwrap_or(&[])).map_or(0, |at| at + 1);
            let mut start = start.max(done);
            while start < last {
                let behind = self.text.get(start..).unwrap_or(&[]);
                let end = memchr::memchr(b'\n', behind).map_or(self.text.len(), |at| start + at);
                if !walk::line(self, start..end) {
                    self.unclear(start);
                }
                lines += 1;
                start = end + 1;
            }
            done = start;
        }
        lines
    }

    /// The line that begins here cannot be scanned.
    pub(super) fn unclear(&mut self, start: usize) {
        self.found.push(Found { start, end: start, kind: None, indicator: None });
    }
}

/// Gives the candidates of a chunk.
fn give(chunk: &ScannedChunk<'_>, counts: &mut Scanned, on_candidate: &mut impl FnMut(Candidate)) {
    let ScannedChunk { base, text, .. } = *chunk;
    let mut unclear = None;
    for found in chunk.found {
        let start = memchr::memrchr(b'\n', text.get(..found.start).unwrap_or(&[])).map_or(0, |at| at + 1);
        let behind = text.get(found.start..).unwrap_or(&[]);
        let mut end = memchr::memchr(b'\n', behind).map_or(text.len(), |at| found.start + at);
        if end > start && text.get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        if found.kind.is_none() {
            if unclear == Some(start) {
                continue;
            }
            unclear = Some(start);
            counts.lines_unclear += 1;
        }
        counts.candidates += 1;
        on_candidate(Candidate {
            line: base + start..base + end,
            value: base + found.start..base + found.end,
            kind: found.kind,
            indicator: found.indicator,
        });
    }
}

#[inline]
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cold]
fn first_four(before: &[u8]) -> [u8; 4] {
    let mut four = [b' '; 4];
    for (own, byte) in four.iter_mut().rev().zip(before.iter().rev()) {
        *own = *byte;
    }
    four
}
