//! What is held, in a form in which it can be counted? One row for each claim: where it lies, what it refers to, and the few facts
//! by which people sort, filter and count.
//!
//! A view of the log, in memory: built from the store when it is first asked for, and brought up to date before each answer. It
//! knows nothing of readers: [`crate::seen`] says which rows exist for one, and nothing is told of a row but through that.

mod facts;
mod follow;

use std::{collections::HashMap, fmt};

use releasability::Granularity;
use stix::Timestamp;
use store::{OriginNumber, Sequence};

pub(crate) use facts::{Facts, Moment, Numbers, Role, texts};

use crate::viewpoint::Place;

/// The number of a row.
pub(crate) type RowNumber = u32;
/// The number of an id of STIX.
pub(crate) type IdNumber = u32;
/// The number of a word: a type, a label, a verb, the name of a property.
pub(crate) type WordNumber = u32;

/// Everything that is held.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// All that was committed up to here is in it.
    pub(crate) cursor: Sequence,
    /// How often it was built; 0 where it is empty still. Numbers hold within one building.
    pub(crate) building: u64,
    gone: usize,
    pub(crate) rows: Vec<Row>,
    pub(crate) at: HashMap<Sequence, RowNumber>,
    pub(crate) ids: Names,
    pub(crate) words: Names,
    /// The rows of each id, in the order they were added.
    pub(crate) claims: Vec<Vec<RowNumber>>,
    /// The rows that refer to each id.
    pub(crate) referring: Vec<Vec<RowNumber>>,
}

/// A claim.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) place: Place,
    pub(crate) id: IdNumber,
    pub(crate) kind: WordNumber,
    pub(crate) origin: OriginNumber,
    pub(crate) version: Timestamp,
    pub(crate) granularity: Granularity,
    /// Whether it is held still.
    pub(crate) standing: Standing,
    pub(crate) facts: Facts,
}

/// Whether a row is held still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Held,
    Gone,
}

/// Texts and their numbers, given in the order in which they are met.
#[derive(Default)]
pub(crate) struct Names {
    numbers: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

/// Says how many there are, never which.
impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").field("count", &self.texts.len()).finish_non_exhaustive()
    }
}

impl Names {
    /// The number of a text, given anew where it was never met.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    pub(crate) fn known(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}

impl Catalogue {
    pub(crate) fn row(&self, number: RowNumber) -> Option<&Row> {
        self.rows.get(number as usize)
    }

    /// The rows of an id, in the order they were added.
    pub(crate) fn claims_on(&self, id: IdNumber) -> &[RowNumber] {
        self.claims.get(id as usize).map_or(&[], Vec::as_slice)
    }

    /// The rows that refer to an id.
    pub(crate) fn referring_to(&self, id: IdNumber) -> &[RowNumber] {
        self.referring.get(id as usize).map_or(&[], Vec::as_slice)
    }

    /// Rows that are held, with their numbers.
    pub(crate) fn held(&self) -> impl Iterator<Item = (RowNumber, &Row)> {
        let numbered = self.rows.iter().enumerate();
        numbered
            .filter(|(_, row)| row.standing == Standing::Held)
            .filter_map(|(number, row)| Some((u32::try_from(number).ok()?, row)))
    }

    fn number_of(&mut self, id: &str) -> IdNumber {
        let number = self.ids.number(id);
        let room = number as usize + 1;
        if self.claims.len() < room {
            self.claims.resize_with(room, Vec::new);
            self.referring.resize_with(room, Vec::new);
        }
        number
    }
}

impl Numbers for Catalogue {
    fn word(&mut self, text: &str) -> WordNumber {
        self.words.number(text)
    }

    fn id(&mut self, text: &str) -> IdNumber {
        self.number_of(text)
    }
}

/// Numbers that were given before; what has none gets the last.
impl Numbers for &Catalogue {
    fn word(&mut self, text: &str) -> WordNumber {
        self.words.known(text).unwrap_or(u32::MAX)
    }

    fn id(&mut self, text: &str) -> IdNumber {
        self.ids.known(text).unwrap_or(u32::MAX)
    }
}
