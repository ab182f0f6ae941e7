//! How are a million objects' words kept on disk? By tantivy, as a view that can be thrown away and built again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::{Arc, Mutex},
};

use store::Sequence;
use tantivy::{
    DocId, Index, IndexReader, IndexWriter, ReloadPolicy, Score, SegmentOrdinal, SegmentReader,
    TantivyDocument, Term,
    collector::{Collector, SegmentCollector},
    columnar::Column,
    directory::MmapDirectory,
    index::SegmentId,
    query::{PhraseQuery, Query, TermQuery},
    schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
};

use super::text::{Leaf, Numbering, TextIndex};
use crate::catalogue::RowNumber;

/// What an index of another form is thrown away for.
const FORM: u32 = 1;

/// How much memory is used while documents are added.
const WRITER_BYTES: usize = 32 << 20;

/// Why the index could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum IndexError {
    /// What keeps it failed.
    #[error("the search index failed")]
    Tantivy(#[from] tantivy::TantivyError),
    /// Its directory cannot be had.
    #[error("the directory of the search index cannot be opened")]
    Directory(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// Rows by document of each segment, for one building of the catalogue.
type Numbered = (u64, HashMap<SegmentId, Arc<Vec<RowNumber>>>);

/// An index by tantivy.
pub(crate) struct OnDisk {
    index: Index,
    reader: IndexReader,
    writer: Option<IndexWriter>,
    text: Field,
    place: Field,
    cursor: Sequence,
    numbered: Mutex<Numbered>,
}

impl std::fmt::Debug for OnDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnDisk").field("cursor", &self.cursor).finish_non_exhaustive()
    }
}

fn schema() -> (Schema, Field, Field) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let place = schema.add_u64_field("place", FAST | INDEXED);
    (schema.build(), text, place)
}

impl OnDisk {
    /// Opens the index in a directory, or makes one; one that cannot be read is thrown away.
    pub(crate) fn open(dir: &Path) -> Result<Self, IndexError> {
        let failed = |error: std::io::Error| IndexError::Directory(Arc::new(error));
        std::fs::create_dir_all(dir).map_err(failed)?;
        let open = || -> Result<Self, IndexError> {
            let directory =
                MmapDirectory::open(dir).map_err(|error| IndexError::Directory(Arc::new(error)))?;
            Self::new(Index::open_or_create(directory, schema().0)?)
        };
        open().or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "the search index is built again");
            std::fs::remove_dir_all(dir).and_then(|()| std::fs::create_dir_all(dir)).map_err(failed)?;
            open()
        })
    }

    /// An index that is gone with the process.
    pub(crate) fn in_memory() -> Result<Self, IndexError> {
        Self::new(Index::create_in_ram(schema().0))
    }

    fn new(index: Index) -> Result<Self, IndexError> {
        let (_, text, place) = schema();
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let payload = index.load_metas()?.payload.unwrap_or_default();
        let (form, cursor) = payload.split_once(' ').unwrap_or_default();
        let cursor = cursor.parse().ok().filter(|_| form == FORM.to_string());
        let mut opened = Self {
            index,
            reader,
            writer: None,
            text,
            place,
            cursor: Sequence::new(cursor.unwrap_or(0)),
            numbered: Mutex::default(),
        };
        if cursor.is_none() {
            opened.clear()?;
        }
        Ok(opened)
    }

    /// Up to where everything is in it.
    pub(crate) fn cursor(&self) -> Sequence {
        self.cursor
    }

    /// Whether something waits for a commit.
    pub(crate) fn is_poured(&self) -> bool {
        self.writer.is_some()
    }

    fn writer(&mut self) -> Result<&mut IndexWriter, IndexError> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.index.writer_with_num_threads(1, WRITER_BYTES)?,
        };
        Ok(self.writer.insert(writer))
    }

    pub(crate) fn remove(&mut self, documents: &[Sequence]) -> Result<(), IndexError> {
        let place = self.place;
        let writer = self.writer()?;
        for document in documents {
            writer.delete_term(Term::from_field_u64(place, document.get()));
        }
        Ok(())
    }

    /// Makes durable what was added: everything up to a place is in the index.
    pub(crate) fn commit(&mut self, upto: Sequence) -> Result<(), IndexError> {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&format!("{FORM} {}", upto.get()));
        prepared.commit()?;
        writer.wait_merging_threads()?;
        self.reader.reload()?;
        self.cursor = upto;
        Ok(())
    }

    pub(crate) fn clear(&mut self) -> Result<(), IndexError> {
        self.writer()?.delete_all_documents()?;
        self.commit(Sequence::ZERO)
    }

    fn query(&self, leaf: &[String]) -> Option<Box<dyn Query>> {
        let term = |word: &String| Term::from_field_text(self.text, word);
        match leaf {
            [] => None,
            [word] => Some(Box::new(TermQuery::new(term(word), IndexRecordOption::Basic))),
            words => Some(Box::new(PhraseQuery::new(words.iter().map(term).collect()))),
        }
    }

    /// The rows of the documents of each segment.
    fn rows(
        &self,
        segment: &SegmentReader,
        numbering: Numbering<'_>,
    ) -> Result<Arc<Vec<RowNumber>>, IndexError> {
        let mut numbered = self.numbered.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if numbered.0 != numbering.building {
            *numbered = (numbering.building, HashMap::new());
        }
        if let Some(rows) = numbered.1.get(&segment.segment_id()) {
            return Ok(Arc::clone(rows));
        }
        let column: Column<u64> = segment.fast_fields().u64("place")?;
        let row = |document: DocId| {
            let place = column.first(document).map(Sequence::new);
            place.and_then(|place| numbering.at.get(&place)).copied().unwrap_or(RowNumber::MAX)
        };
        let rows: Arc<Vec<_>> = Arc::new((0..segment.max_doc()).map(row).collect());
        numbered.1.insert(segment.segment_id(), Arc::clone(&rows));
        Ok(rows)
    }

    fn find_by(
        &self,
        query: &dyn Query,
        numbering: Numbering<'_>,
        found: &mut dyn FnMut(RowNumber),
    ) -> Result<(), IndexError> {
        let searcher = self.reader.searcher();
        for (segment, documents) in searcher.search(query, &Documents)? {
            let Some(reader) = searcher.segment_readers().get(segment as usize) else { continue };
            let rows = self.rows(reader, numbering)?;
            for document in documents {
                rows.get(document as usize)
                    .filter(|row| **row != RowNumber::MAX)
                    .into_iter()
                    .for_each(|row| found(*row));
            }
        }
        Ok(())
    }

    /// Every word that begins so, once for each segment.
    fn each_word(&self, prefix: &str, each: &mut dyn FnMut(&str)) -> Result<(), IndexError> {
        for segment in self.reader.searcher().segment_readers() {
            let inverted = segment.inverted_index(self.text)?;
            let mut stream = inverted
                .terms()
                .range()
                .ge(prefix.as_bytes())
                .into_stream()
                .map_err(tantivy::TantivyError::from)?;
            while stream.advance() {
                match std::str::from_utf8(stream.key()) {
                    Ok(word) if word.starts_with(prefix) => each(word),
                    _ => break,
                }
            }
        }
        Ok(())
    }
}

impl TextIndex for OnDisk {
    fn add(&mut self, documents: &BTreeMap<Sequence, Vec<Vec<String>>>) -> Result<(), IndexError> {
        let (text, place) = (self.text, self.place);
        let writer = self.writer()?;
        for (document, texts) in documents {
            let mut added = TantivyDocument::default();
            added.add_u64(place, document.get());
            for words in texts {
                added.add_pre_tokenized_text(text, tokens(words));
            }
            writer.add_document(added)?;
        }
        Ok(())
    }

    fn find(
        &self,
        leaf: &Leaf,
        numbering: Numbering<'_>,
        found: &mut dyn FnMut(RowNumber),
    ) -> Result<(), IndexError> {
        match leaf {
            Leaf::Phrase(words) => match self.query(words) {
                Some(query) => self.find_by(&*query, numbering, found),
                None => Ok(()),
            },
            Leaf::Begins(prefix) => {
                let mut words = BTreeSet::new();
                self.words(prefix, &mut words)?;
                let terms = words.iter().map(|word| Term::from_field_text(self.text, word));
                let query = tantivy::query::TermSetQuery::new(terms);
                self.find_by(&query, numbering, found)
            }
        }
    }

    fn words(&self, prefix: &str, words: &mut BTreeSet<String>) -> Result<(), IndexError> {
        self.each_word(prefix, &mut |word| {
            if !words.contains(word) {
                words.insert(word.to_owned());
            }
        })
    }
}

fn tokens(words: &[String]) -> PreTokenizedString {
    let token = |(position, text): (usize, &String)| Token {
        offset_from: 0,
        offset_to: text.len(),
        position,
        text: text.clone(),
        position_length: 1,
    };
    PreTokenizedString { text: String::new(), tokens: words.iter().enumerate().map(token).collect() }
}

/// Collects which documents were found, segment by segment.
struct Documents;

struct DocumentsOfSegment(SegmentOrdinal, Vec<DocId>);

impl Collector for Documents {
    type Fruit = Vec<(SegmentOrdinal, Vec<DocId>)>;
    type Child = DocumentsOfSegment;

    fn for_segment(&self, ordinal: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<Self::Child> {
        Ok(DocumentsOfSegment(ordinal, Vec::new()))
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<(SegmentOrdinal, Vec<DocId>)>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits)
    }
}

impl SegmentCollector for DocumentsOfSegment {
    type Fruit = (SegmentOrdinal, Vec<DocId>);

    fn collect(&mut self, document: DocId, _: Score) {
        self.1.push(document);
    }

    fn harvest(self) -> Self::Fruit {
        (self.0, self.1)
    }
}
