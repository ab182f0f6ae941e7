//! What does a list say: CSV, TSV, or one value a line?
//!
//! The delimiter, the header and what each column holds are found out from the first lines. Each row becomes an indicator for each
//! value in it, one for all hashes of a row. Rows come one by one, so that a long list is never held as objects.

mod cell;
mod column;

use serde_json::{Value, json};
use stix::{
    Timestamp,
    pattern::{Comparisons, Observations, Pattern},
};

pub use self::column::{Column, Role};
use crate::{
    Observable, ObservableKind,
    report::{Maker, Source},
};

/// So many rows are read.
pub const ROWS_MAX: u64 = 5_000_000;
/// A cell with more bytes is not read.
pub const CELL_BYTES_MAX: usize = 16 << 10;
/// A row with more cells is not read.
pub const CELLS_MAX: usize = 256;
/// From so many rows it is found out what columns hold.
const SAMPLE_ROWS: usize = 200;

/// What is wrong with a list, where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{cell}: {code}: {message}")]
pub struct ListFinding {
    /// The line, from 1.
    pub line: u64,
    /// Which cell of the line, from 1.
    pub cell: usize,
    /// What kind: `list-value`, `list-date`, `list-number`, `list-marking` or `list-limit`.
    pub code: &'static str,
    /// In words, without the content of the cell.
    pub message: &'static str,
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The line, from 1.
    pub line: u64,
    /// The indicators it became.
    pub objects: Vec<Value>,
    /// What could not be read of it.
    pub findings: Vec<ListFinding>,
}

/// A list being read.
pub struct List<'a> {
    source: &'a Source<'a>,
    now: Timestamp,
    records: csv::ByteRecordsIntoIter<&'a [u8]>,
    columns: Vec<Column>,
    delimiter: Option<u8>,
    header: bool,
    rows: u64,
    rows_max: u64,
}

/// Says what it holds, never what is in it.
impl std::fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("List")
            .field("columns", &self.columns)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl<'a> List<'a> {
    /// Finds out what a list is. Nothing where no column of it holds values: then it is no list.
    pub fn new(source: &'a Source<'a>, now: Timestamp) -> Option<Self> {
        let delimiter = column::delimiter(source.text);
        let sample: Vec<_> =
            records(source.text, delimiter).filter_map(Result::ok).take(SAMPLE_ROWS).collect();
        let (columns, header) = column::columns(&sample, delimiter)?;
        let records = records(source.text, delimiter);
        Some(Self { source, now, records, columns, delimiter, header, rows: 0, rows_max: ROWS_MAX })
    }

    /// What each column holds.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What parts its cells; nothing for one value a line.
    pub fn delimiter(&self) -> Option<char> {
        self.delimiter.map(char::from)
    }

    fn row(&self, record: &csv::ByteRecord) -> Row {
        let line = record.position().map_or(0, csv::Position::line);
        let mut row = Row { line, ..Row::default() };
        if record.len() > CELLS_MAX || record.iter().any(|cell| cell.len() > CELL_BYTES_MAX) {
            row.note(0, "list-limit", "the row has more or longer cells than are read");
            return row;
        }
        let mut said = Said::default();
        for (index, column) in self.columns.iter().enumerate() {
            let Some(cell) = record.get(index).and_then(|cell| std::str::from_utf8(cell).ok()) else {
                continue;
            };
            let cell = cell.trim();
            if !cell.is_empty() {
                said.cell((index, cell), column, &mut row);
            }
        }
        row.objects = self.indicators(&said, &mut row.findings, line);
        row
    }

    fn indicators(&self, said: &Said, findings: &mut Vec<ListFinding>, line: u64) -> Vec<Value> {
        let (hashes, others): (Vec<_>, Vec<_>) = said.values.iter().partition(|value| is_hash(value.kind));
        let mut patterns: Vec<(String, Pattern)> = Vec::new();
        if let Some(first) = hashes.first() {
            patterns.extend(any_of(&hashes).map(|pattern| (first.value.clone(), pattern)));
        }
        patterns.extend(others.iter().filter_map(|value| Some((value.value.clone(), value.pattern()?))));
        let from = said.valid_from.unwrap_or(self.source.published);
        let until = said.valid_until.filter(|until| *until > from);
        if said.valid_until.is_some() && until.is_none() {
            let message = "the end of validity is not after its start: left out";
            findings.push(ListFinding { line, cell: 0, code: "list-date", message });
        }
        let mut maker = Maker::new_for(self.source, self.now);
        for (name, pattern) in patterns {
            let pattern = pattern.to_string();
            let mut rest = json!({
                "name": said.name.as_ref().unwrap_or(&name),
                "pattern": pattern,
                "pattern_type": "stix",
                "valid_from": from.to_string(),
            });
            if let Value::Object(rest) = &mut rest {
                rest.extend(until.map(|until| ("valid_until".to_owned(), json!(until.to_string()))));
                rest.extend(said.confidence.map(|number| ("confidence".to_owned(), json!(number))));
                rest.extend(said.description.as_ref().map(|text| ("description".to_owned(), json!(text))));
                if let Some(marking) = said.marking {
                    let all: Vec<_> =
                        self.source.markings.iter().map(String::as_str).chain([marking]).collect();
                    rest.insert("object_marking_refs".to_owned(), json!(all));
                }
            }
            let id = maker.id("indicator", &pattern);
            maker.domain("indicator", id, rest);
        }
        maker.objects
    }
}

impl Iterator for List<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            let record = self.records.next()?;
            self.rows += 1;
            if self.header && self.rows == 1 {
                continue;
            }
            if self.rows > self.rows_max + 1 {
                return None;
            }
            if self.rows == self.rows_max + 1 {
                let mut row = Row::default();
                row.note(0, "list-limit", "the rows behind this one are not read: there are too many");
                return Some(row);
            }
            // Reading from memory, of any bytes, in rows of any length: what could fail does not.
            let Ok(record) = record else { continue };
            let row = self.row(&record);
            if !row.objects.is_empty() || !row.findings.is_empty() {
                return Some(row);
            }
        }
    }
}

impl Row {
    fn note(&mut self, cell: usize, code: &'static str, message: &'static str) {
        self.findings.push(ListFinding { line: self.line, cell, code, message });
    }
}

/// What a row says.
#[derive(Debug, Default)]
struct Said {
    values: Vec<Observable>,
    name: Option<String>,
    description: Option<String>,
    confidence: Option<u8>,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    marking: Option<&'static str>,
}

impl Said {
    fn cell(&mut self, (index, text): (usize, &str), column: &Column, row: &mut Row) {
        match column.role {
            Role::Value => {
                let (value, comment) = cell::value_and_comment(text);
                match cell::observable(value) {
                    Some(observable) => self.values.push(observable),
                    None => row.note(index + 1, "list-value", "no value that can be looked for"),
                }
                self.description = self.description.take().or_else(|| comment.map(str::to_owned));
            }
            Role::ValidFrom | Role::ValidUntil => match cell::moment(text) {
                Some(moment) if column.role == Role::ValidFrom => self.valid_from = Some(moment),
                Some(moment) => self.valid_until = Some(moment),
                None => row.note(index + 1, "list-date", "no date, or one that can be read two ways"),
            },
            Role::Confidence => match text.trim_end_matches('%').parse() {
                Ok(number) if number <= 100 => self.confidence = Some(number),
                Ok(_) | Err(_) => row.note(index + 1, "list-number", "no confidence of 0 to 100"),
            },
            Role::Marking => match cell::tlp(text) {
                Some(marking) => self.marking = Some(marking),
                None => {
                    row.note(index + 1, "list-marking", "no marking of TLP: only those of the import hold");
                }
            },
            Role::Name => self.name = Some(text.to_owned()),
            Role::Description => self.description = Some(text.to_owned()),
            Role::Other => {}
        }
    }
}

fn records(text: &str, delimiter: Option<u8>) -> csv::ByteRecordsIntoIter<&[u8]> {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).comment(Some(b'#'));
    match delimiter {
        Some(delimiter) => reader.delimiter(delimiter),
        // One value a line: nothing parts cells, and quotation marks mean nothing.
        None => reader.delimiter(0x1f).quoting(false),
    };
    reader.from_reader(text.as_bytes()).into_byte_records()
}

fn is_hash(kind: ObservableKind) -> bool {
    use ObservableKind as Kind;
    matches!(kind, Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 | Kind::Ssdeep)
}

/// The pattern that looks for any of some values.
fn any_of(values: &[&Observable]) -> Option<Pattern> {
    if let [one] = values {
        return one.pattern();
    }
    let all = values.iter().filter_map(|value| match value.pattern()?.root {
        Observations::Simple(comparison) => Some(comparison),
        Observations::And(_)
        | Observations::Or(_)
        | Observations::FollowedBy(_)
        | Observations::Qualified(..) => None,
    });
    Some(Pattern { root: Observations::Simple(Comparisons::Or(all.collect())) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list<'a>(source: &'a Source<'a>, rows_max: u64) -> (usize, Vec<ListFinding>) {
        let rows: Vec<_> = List { rows_max, ..List::new(source, Timestamp::EPOCH).unwrap() }.collect();
        let objects = rows.iter().map(|row| row.objects.len()).sum();
        (objects, rows.into_iter().flat_map(|row| row.findings).collect())
    }

    fn source(text: &str) -> Source<'_> {
        Source {
            name: "list",
            text,
            published: Timestamp::EPOCH,
            created_by: None,
            markings: &[],
            indicators_from: None,
        }
    }

    #[test]
    fn so_many_rows_are_read_and_the_rest_is_told_once() {
        let text = "a.example\nb.example\nc.example\nd.example\n";
        assert_eq!(list(&source(text), 4), (4, Vec::new()));
        let (objects, findings) = list(&source(text), 2);
        assert_eq!((objects, findings.len()), (2, 1));
        assert_eq!(findings.first().map(|finding| finding.code), Some("list-limit"));
    }

    #[test]
    fn a_row_has_so_many_cells_and_a_cell_so_many_bytes() {
        let row = |name: &str, cell: &str, cells: usize| {
            format!("{name}.example,{cell}{}\n", ",x".repeat(cells - 2))
        };
        let of = |cells: usize, bytes: usize| {
            let first: String = ["a", "b", "d", "e"].map(|name| row(name, "x", CELLS_MAX)).concat();
            let text = format!("{first}{}", row("c", &"x".repeat(bytes), cells));
            let (objects, findings) = list(&source(&text), ROWS_MAX);
            (objects, findings.iter().map(|finding| finding.code).collect::<Vec<_>>())
        };
        assert_eq!(of(CELLS_MAX, CELL_BYTES_MAX), (5, vec![]));
        assert_eq!(of(CELLS_MAX + 1, CELL_BYTES_MAX), (4, vec!["list-limit"]));
        assert_eq!(of(CELLS_MAX, CELL_BYTES_MAX + 1), (4, vec!["list-limit"]));
    }
}
