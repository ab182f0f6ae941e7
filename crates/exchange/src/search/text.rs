//! Which documents have a word? The trait of text indexes, the one in memory, and how two of them serve as one.
//!
//! A document is an object's texts, each by itself: a phrase stands within one. Indexes hold only objects that have one label as a
//! whole; what has parts of its own is looked at as each reader gets it ([`crate::seen::Variant`]), so no word of a part that is
//! withheld is ever in an index that serves somebody else.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    path::PathBuf,
};

use stix::json::Value;
use store::Sequence;
use unicode_normalization::UnicodeNormalization;

use super::index::{IndexError, OnDisk};
use crate::catalogue::{RowNumber, texts};

/// Longer words are cut: a SHA-512 in hexadecimal digits has 128 characters.
pub(crate) const WORD_CHARS_MAX: usize = 256;

/// So many documents are kept in memory before they go to the index on disk.
pub(crate) const FRESH_MAX: usize = 5_000;

/// What is looked for in one text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Leaf {
    /// Words that follow each other.
    Phrase(Vec<String>),
    /// A word that begins so.
    Begins(String),
}

impl Leaf {
    /// Whether a text has it.
    pub(crate) fn is_in(&self, words: &[String]) -> bool {
        match self {
            Self::Phrase(phrase) => {
                !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase.as_slice())
            }
            Self::Begins(prefix) => words.iter().any(|word| word.starts_with(prefix)),
        }
    }
}

/// The words of a text: letters and digits that follow each other, in lower case; a word for each sign of writings that do not
/// part words.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = 0;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        let alone = is_sign(c);
        if (alone || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
            chars = 0;
        }
        if alone {
            words.push(c.to_string());
        } else if c.is_alphanumeric() && chars < WORD_CHARS_MAX {
            word.push(c);
            chars += 1;
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Han, Hiragana, Katakana.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Where the rows of documents are found: the catalogue's numbers of one building.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbering<'a> {
    pub(crate) building: u64,
    pub(crate) at: &'a HashMap<Sequence, RowNumber>,
}

/// Documents by their words. What is found may be gone already: who asks looks it up in the catalogue.
pub(crate) trait TextIndex: fmt::Debug + Send + Sync {
    /// Adds documents.
    ///
    /// # Errors
    /// Where what keeps the index fails.
    fn add(&mut self, documents: &BTreeMap<Sequence, Vec<Vec<String>>>) -> Result<(), IndexError>;

    /// The rows of documents with a text that has the leaf.
    ///
    /// # Errors
    /// Where what keeps the index fails.
    fn find(
        &self,
        leaf: &Leaf,
        numbering: Numbering<'_>,
        found: &mut dyn FnMut(RowNumber),
    ) -> Result<(), IndexError>;

    /// The words that begin so.
    ///
    /// # Errors
    /// Where what keeps the index fails.
    fn words(&self, prefix: &str, words: &mut BTreeSet<String>) -> Result<(), IndexError>;
}

/// Looks at every document: short, and right.
#[derive(Default)]
pub(crate) struct InMemory {
    documents: BTreeMap<Sequence, Vec<Vec<String>>>,
}

/// Says how many there are, never what is in them.
impl fmt::Debug for InMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemory").field("documents", &self.documents.len()).finish_non_exhaustive()
    }
}

impl TextIndex for InMemory {
    fn add(&mut self, documents: &BTreeMap<Sequence, Vec<Vec<String>>>) -> Result<(), IndexError> {
        self.documents.extend(documents.iter().map(|(document, texts)| (*document, texts.clone())));
        Ok(())
    }

    fn find(
        &self,
        leaf: &Leaf,
        numbering: Numbering<'_>,
        found: &mut dyn FnMut(RowNumber),
    ) -> Result<(), IndexError> {
        let having = self.documents.iter().filter(|(_, texts)| texts.iter().any(|words| leaf.is_in(words)));
        having.filter_map(|(document, _)| numbering.at.get(document)).for_each(|row| found(*row));
        Ok(())
    }

    fn words(&self, prefix: &str, words: &mut BTreeSet<String>) -> Result<(), IndexError> {
        let all = self.documents.values().flatten().flatten();
        words.extend(all.filter(|word| word.starts_with(prefix)).cloned());
        Ok(())
    }
}

/// The text indexes of a node: what came lately in memory, everything older in an index on disk.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    fresh: InMemory,
    gone: Vec<Sequence>,
    settled: Option<OnDisk>,
    /// Where the index lies; in memory where nothing is said.
    dir: Option<PathBuf>,
    /// What went wrong while something was added; told with the next question.
    failure: Option<IndexError>,
}

impl Texts {
    /// Lets the index lie in a directory of its own.
    pub(crate) fn lie_in(&mut self, dir: PathBuf) {
        self.dir = Some(dir);
    }

    /// Up to where the index on disk is.
    pub(crate) fn open(&mut self) -> Result<(), IndexError> {
        if let (None, Some(dir)) = (&self.settled, &self.dir) {
            self.settled = Some(OnDisk::open(dir)?);
        }
        Ok(())
    }

    fn settled_to(&self) -> Sequence {
        self.settled.as_ref().map_or(Sequence::ZERO, OnDisk::cursor)
    }

    /// Takes an object's texts in, unless they are in the index already.
    pub(crate) fn add(&mut self, document: Sequence, root: Value<'_>) {
        if document <= self.settled_to() {
            return;
        }
        let mut parts = Vec::new();
        texts(root, &mut |text| parts.push(words_of(text)));
        self.fresh.documents.insert(document, parts);
        if self.fresh.documents.len() >= FRESH_MAX {
            self.pour();
        }
    }

    pub(crate) fn remove(&mut self, document: Sequence) {
        if self.fresh.documents.remove(&document).is_none() {
            self.gone.push(document);
        }
    }

    /// Moves what is in memory towards the disk; what is not committed yet is not found until it is.
    fn pour(&mut self) {
        let poured = (|| {
            let settled = match self.settled.take() {
                Some(settled) => settled,
                None => OnDisk::in_memory()?,
            };
            let settled = self.settled.insert(settled);
            settled.add(&std::mem::take(&mut self.fresh.documents))?;
            settled.remove(&std::mem::take(&mut self.gone))
        })();
        self.failure = poured.err().or(self.failure.take());
    }

    /// How many documents wait in memory.
    pub(crate) fn waiting(&self) -> usize {
        self.fresh.documents.len()
    }

    /// Whether something was poured that is not committed.
    pub(crate) fn is_poured(&self) -> bool {
        self.settled.as_ref().is_some_and(OnDisk::is_poured)
    }

    /// Makes durable what was poured: everything up to a place is in the index.
    pub(crate) fn settle(&mut self, upto: Sequence) {
        if self.waiting() > 0 && self.dir.is_some() {
            self.pour();
        }
        let settled = self.settled.as_mut().map_or(Ok(()), |settled| settled.commit(upto));
        self.failure = settled.err().or(self.failure.take());
    }

    /// Throws the index away.
    pub(crate) fn clear(&mut self) -> Result<(), IndexError> {
        self.fresh = InMemory::default();
        self.gone.clear();
        self.failure = None;
        self.settled.as_mut().map_or(Ok(()), OnDisk::clear)
    }

    /// The rows of documents with a text that has the leaf.
    pub(crate) fn find(
        &self,
        leaf: &Leaf,
        numbering: Numbering<'_>,
        found: &mut dyn FnMut(RowNumber),
    ) -> Result<(), IndexError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.fresh.find(leaf, numbering, found)?;
        self.settled.as_ref().map_or(Ok(()), |settled| settled.find(leaf, numbering, found))
    }

    /// The words that begin so.
    pub(crate) fn words(&self, prefix: &str) -> Result<BTreeSet<String>, IndexError> {
        let mut words = BTreeSet::new();
        self.fresh.words(prefix, &mut words)?;
        if let Some(settled) = &self.settled {
            settled.words(prefix, &mut words)?;
        }
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_and_digits_in_lower_case() {
        assert_eq!(
            words_of("C2 at evil.example[.]COM, CVE-2024-1"),
            ["c2", "at", "evil", "example", "com", "cve", "2024", "1"]
        );
        assert_eq!(words_of("灯台 ビーコン ＡＢ"), ["灯", "台", "ビ", "ー", "コ", "ン", "ab"]);
        assert_eq!(words_of(&"x".repeat(300)), ["x".repeat(WORD_CHARS_MAX)]);
        assert!(words_of(" -- ").is_empty());
    }

    #[test]
    fn a_phrase_stands_in_order_and_a_beginning_anywhere() {
        let text = words_of("silent mantis hides");
        assert!(Leaf::Phrase(words_of("mantis hides")).is_in(&text));
        assert!(!Leaf::Phrase(words_of("silent hides")).is_in(&text));
        assert!(Leaf::Begins("man".to_owned()).is_in(&text));
        assert!(!Leaf::Phrase(Vec::new()).is_in(&text));
    }

    /// What an index finds: rows by leaf, and words by beginning.
    fn answers(index: &dyn TextIndex, at: &HashMap<Sequence, RowNumber>) -> Vec<(String, Vec<RowNumber>)> {
        let numbering = Numbering { building: 1, at };
        let phrase = |words: &[&str]| Leaf::Phrase(words.iter().map(|word| (*word).to_owned()).collect());
        let mut leaves = vec![
            phrase(&["a"]),
            phrase(&["ab"]),
            phrase(&["a", "b"]),
            phrase(&["b", "a", "b"]),
            phrase(&["灯"]),
        ];
        leaves.extend(["a", "b", "灯", "c"].map(|prefix| Leaf::Begins(prefix.to_owned())));
        let mut answers = Vec::new();
        for leaf in leaves {
            let mut rows = BTreeSet::new();
            index
                .find(&leaf, numbering, &mut |row| {
                    rows.insert(row);
                })
                .unwrap();
            answers.push((format!("{leaf:?}"), rows.into_iter().collect()));
        }
        for prefix in ["a", "b", "灯", "c"] {
            let mut words = BTreeSet::new();
            index.words(prefix, &mut words).unwrap();
            answers.push((format!("{words:?}"), Vec::new()));
        }
        answers
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 24, ..Default::default() })]

        #[test]
        fn both_indexes_find_the_same(
            texts in proptest::collection::vec(proptest::collection::vec("[ab 灯]{0,8}", 0..4), 1..12),
            gone in 0_usize..12,
            split in 0_usize..12,
        ) {
            let documents: BTreeMap<Sequence, Vec<Vec<String>>> = texts.iter().enumerate().map(|(number, texts)| {
                (Sequence::new(number as u64 + 1), texts.iter().map(|text| words_of(text)).collect())
            }).collect();
            let (mut memory, mut disk) = (InMemory::default(), OnDisk::in_memory().unwrap());
            memory.add(&documents).unwrap();
            let (first, second): (BTreeMap<_, _>, BTreeMap<_, _>) =
                documents.into_iter().partition(|(number, _)| number.get() <= split as u64);
            for part in [first, second] {
                disk.add(&part).unwrap();
                disk.commit(Sequence::new(99)).unwrap();
            }
            // What is gone has no row, though an index may hold it still.
            let mut at: HashMap<Sequence, RowNumber> = (1..=12_u32).map(|n| (Sequence::new(n.into()), n)).collect();
            at.remove(&Sequence::new(gone as u64));
            // Words of what is gone may be suggested by an index; nobody who asks has an object with them.
            proptest::prop_assert_eq!(answers(&memory, &at), answers(&disk, &at));
        }
    }

    #[test]
    fn an_index_goes_on_where_it_was_and_one_that_cannot_be_read_is_built_again() {
        let dir = tempfile::tempdir().unwrap();
        let documents = BTreeMap::from([(Sequence::new(7), vec![words_of("lantern")])]);
        let at = HashMap::from([(Sequence::new(7), 3)]);
        let found = |index: &OnDisk| {
            let mut rows = Vec::new();
            let leaf = Leaf::Phrase(vec!["lantern".to_owned()]);
            index.find(&leaf, Numbering { building: 1, at: &at }, &mut |row| rows.push(row)).unwrap();
            rows
        };
        let mut index = OnDisk::open(dir.path()).unwrap();
        index.add(&documents).unwrap();
        assert!(found(&index).is_empty(), "nothing is found before the commit");
        index.commit(Sequence::new(9)).unwrap();
        assert_eq!(found(&index), [3]);
        drop(index);
        let index = OnDisk::open(dir.path()).unwrap();
        assert_eq!((index.cursor(), found(&index)), (Sequence::new(9), vec![3]));
        drop(index);
        std::fs::write(dir.path().join("meta.json"), "{").unwrap();
        let index = OnDisk::open(dir.path()).unwrap();
        assert_eq!((index.cursor(), found(&index)), (Sequence::ZERO, vec![]));
    }
}
