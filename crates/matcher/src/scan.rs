//! Which lines of raw JSON telemetry are worth reading, when millions of indicators are looked for?
//!
//! The scanner does not parse. It finds where keys end (`"` before `:`), tells wanted keys by their last four bytes, and looks the
//! value behind them up in tables. What passes is a [`Candidate`]: the line has to be read and evaluated exactly. There are few of
//! them, some for nothing.
//!
//! **Promise**: an indicator that is covered ([`Coverage`]) has a candidate in each line from whose wanted values
//! [`crate::Program`] would find it, if each value that observations take from telemetry comes from a wanted key of a [`Kind`] that
//! finds it. For what is not covered, see [`Scanner::needs_every_line_with`]. Lines that are not JSON in UTF-8 on one line are
//! either candidates without an indicator or not JSON to anybody.

mod blocks;
mod coverage;
mod hash;
mod keys;
mod lanes;
mod networks;
mod pass;
mod quad;
mod table;
mod tables;
mod token;
mod walk;

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use hashbrown::HashSet;

use self::{
    keys::Keys,
    tables::{Entry, Removed, Tables, entries},
};

pub use self::{
    coverage::{Coverage, PatternFault},
    keys::WantedKey,
    pass::Scanned,
};

/// Longer lines are not scanned: they are candidates, and counted.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// How many entries may wait to be merged before [`Scanner::is_due`] says so, beside a sixteenth of all.
const WAITING_MIN: usize = 4_096;

/// Which indicator, as whoever fills the scanner numbers them; below 2^31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorSlot(u32);

impl IndicatorSlot {
    /// Nothing for numbers from 2^31 on.
    pub fn new(number: u32) -> Option<Self> {
        (number < table::LISTED).then_some(Self(number))
    }

    /// The number.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// What the values of a wanted key are, so how they are looked up. All but `Present` also take lists of such values, and values
/// that are no strings by their text. White space around a value does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Any text, whole: names of files, accounts.
    Text,
    /// A hash in hexadecimal digits, perhaps with colons between them.
    Hash,
    /// Texts in a text, between `=`, `,`, `;`, `|` and white space: `SHA256=…,MD5=…`.
    Packed,
    /// A path: whole, its last part, and what is before that, at `/` and at `\`.
    Path,
    /// Hexadecimal digits, looked up in pairs with colons between them, whatever they are written with: link-layer addresses.
    Pairs,
    /// An address of electronic mail, perhaps with a name in front, or several.
    Mail,
    /// An address or network.
    Address,
    /// A name of a host or an address.
    Name,
    /// The same, perhaps with a port, and perhaps the host of a URL of which the rest stands elsewhere.
    Host,
    /// A whole URL.
    Url,
    /// Every line that has the key is a candidate.
    Present,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::Text,
        Self::Hash,
        Self::Packed,
        Self::Path,
        Self::Pairs,
        Self::Mail,
        Self::Address,
        Self::Name,
        Self::Host,
        Self::Url,
        Self::Present,
    ];
}

/// What an indicator looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'w> {
    /// This text, whatever its case.
    Text(&'w str),
    /// This name of a host; those below it too if the settings say so.
    Name(&'w str),
    /// Every name below this one.
    Below(&'w str),
    /// This address or network, in any spelling.
    Address(&'w str),
    /// Every address and network in this network.
    Inside(&'w str),
    /// This URL, in one field or in two.
    Url(&'w str),
}

/// Whether a name stands for those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameReach {
    /// As `=` has it.
    #[default]
    Itself,
    /// `example` finds `www.example` too; what reads the candidates decides whether that is a match.
    Below,
}

/// What holds for all indicators of a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Any number that outsiders do not know, so that they cannot write telemetry that costs much.
    pub seed: u64,
    /// Whether a name stands for those below it.
    pub names: NameReach,
}

/// A line that has to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The line in the buffer, without its end.
    pub line: Range<usize>,
    /// The value in the buffer, as it is written, without quotes; empty where there is none.
    pub value: Range<usize>,
    /// What the key says the value is; nothing where the line could not be scanned.
    pub kind: Option<Kind>,
    /// The indicator that looks for such a value. Nothing if any may match: the line could not be scanned, or has a key of
    /// [`Kind::Present`].
    pub indicator: Option<IndicatorSlot>,
}

/// Finds candidates. Cloning one is cheap as long as few changes wait ([`Scanner::is_due`]), so a new version can be published
/// while others scan with the old.
#[derive(Debug, Clone)]
pub struct Scanner {
    settings: Settings,
    keys: Arc<Keys>,
    base: Arc<Tables>,
    /// What came since.
    delta: Tables,
    /// What of the base went since.
    removed: HashSet<Removed>,
    /// Object paths of what the scanner cannot find.
    uncovered: Arc<BTreeMap<IndicatorSlot, Option<Vec<String>>>>,
}

impl Scanner {
    /// Without indicators.
    pub fn new(keys: &[WantedKey<'_>], settings: Settings) -> Self {
        Self {
            settings,
            keys: Arc::new(Keys::new(keys)),
            base: Arc::default(),
            delta: Tables::default(),
            removed: HashSet::new(),
            uncovered: Arc::default(),
        }
    }

    /// Takes other keys; indicators stay.
    pub fn set_keys(&mut self, keys: &[WantedKey<'_>]) {
        self.keys = Arc::new(Keys::new(keys));
    }

    /// Makes room for so many texts (names and URLs may need two each) and networks of IPv4 to come.
    pub fn reserve(&mut self, texts: usize, networks: usize) {
        self.delta.texts.reserve(texts);
        self.delta.networks.reserve(networks);
    }

    /// From now on the indicator is looked for by this too.
    pub fn insert(&mut self, wanted: Wanted<'_>, slot: IndicatorSlot) {
        let settings = self.settings;
        entries(&settings, wanted, |entry| {
            if self.removed.is_empty() || !self.removed.remove(&Removed::new(entry, slot)) {
                self.delta.insert(entry, slot);
            }
        });
    }

    /// The indicator is not looked for by this any more. It has to have been.
    pub fn remove(&mut self, wanted: Wanted<'_>, slot: IndicatorSlot) {
        let settings = self.settings;
        entries(&settings, wanted, |entry: Entry| {
            if !self.delta.remove(entry, slot) {
                self.removed.insert(Removed::new(entry, slot));
            }
        });
    }

    /// Whether so many changes wait that they should be merged: scanning looks twice, and cloning copies them.
    pub fn is_due(&self) -> bool {
        self.delta.len() + self.removed.len() > WAITING_MIN + self.base.len() / 16
    }

    /// Merges what waits. Takes a fraction of a second for a million indicators: for a clone, beside the scanning.
    pub fn merge(&mut self) {
        if self.delta.len() == 0 && self.removed.is_empty() {
            return;
        }
        if self.base.len() == 0 {
            self.base = Arc::new(std::mem::take(&mut self.delta));
        } else {
            let mut merged = Tables::default();
            merged.texts.reserve(self.base.texts.len() + self.delta.texts.len());
            merged.networks.reserve(self.base.networks.len() + self.delta.networks.len());
            merged.absorb(&self.base, &self.removed);
            merged.absorb(&std::mem::take(&mut self.delta), &HashSet::new());
            self.base = Arc::new(merged);
        }
        self.removed = HashSet::new();
    }

    /// How many entries the tables have: one for each text and network, two for a name that reaches below and for a URL.
    pub fn len(&self) -> usize {
        self.base.len() + self.delta.len() - self.removed.len().min(self.base.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The size of the tables in memory.
    pub fn table_bytes(&self) -> usize {
        self.base.bytes() + self.delta.bytes() + self.removed.allocation_size()
    }
}

/// Cuts a buffer into at most so many parts of about the same size, each of whole lines: for as many threads.
pub fn split(buffer: &[u8], parts: usize) -> Vec<&[u8]> {
    let mut rest = buffer;
    let mut all = Vec::new();
    for left in (1..=parts.max(1)).rev() {
        let about = rest.len() / left;
        let end = rest.get(about..).and_then(|behind| memchr::memchr(b'\n', behind));
        let cut = if left == 1 { rest.len() } else { end.map_or(rest.len(), |end| about + end + 1) };
        let Some((own, behind)) = rest.split_at_checked(cut) else { break };
        if !own.is_empty() {
            all.push(own);
        }
        rest = behind;
    }
    all
}
