//! What do the columns of a list hold?

use csv::ByteRecord;

use super::cell;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What its header says; empty where there is none.
    pub title: String,
    /// What it holds.
    pub role: Role,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Values that can be looked for.
    Value,
    /// From when on they count.
    ValidFrom,
    /// Until when they count.
    ValidUntil,
    /// How sure, 0 to 100.
    Confidence,
    /// A level of TLP.
    Marking,
    /// What the indicator is called.
    Name,
    /// What is to be said of it.
    Description,
    /// Something else: passed over.
    Other,
}

const VALID_FROM: [&str; 11] = [
    "valid_from",
    "first_seen",
    "firstseen",
    "first_seen_utc",
    "date",
    "created",
    "timestamp",
    "added",
    "dateadded",
    "seen",
    "from",
];
const VALID_UNTIL: [&str; 7] =
    ["valid_until", "expires", "expiry", "expiration", "expire", "until", "valid_to"];
const CONFIDENCE: [&str; 3] = ["confidence", "confidence_level", "certainty"];
const MARKING: [&str; 3] = ["tlp", "marking", "traffic_light_protocol"];
const NAME: [&str; 4] = ["name", "title", "threat", "malware"];
const DESCRIPTION: [&str; 6] = ["description", "comment", "comments", "note", "notes", "details"];
const VALUE: [&str; 19] = [
    "value",
    "indicator",
    "ioc",
    "ip",
    "address",
    "domain",
    "url",
    "hash",
    "md5",
    "sha1",
    "sha256",
    "sha512",
    "email",
    "host",
    "hostname",
    "file",
    "observable",
    "dst_ip",
    "src_ip",
];

/// Lines that are looked at for what parts cells.
const LINES: usize = 20;

/// What parts cells: what stands equally often in each line. Nothing for one value a line.
pub(super) fn delimiter(text: &str) -> Option<u8> {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).take(LINES).collect();
    let count = |line: &str, mark: u8| {
        let mut quoted = false;
        line.bytes()
            .filter(|byte| {
                quoted ^= *byte == b'"';
                *byte == mark && !quoted
            })
            .count()
    };
    let marks = [b'\t', b',', b';', b'|'].into_iter().filter_map(|mark| {
        let counts: Vec<_> = lines.iter().map(|line| count(line, mark)).collect();
        let first = counts.first().copied().filter(|first| *first > 0)?;
        let equal = counts.iter().filter(|own| **own == first).count();
        (equal * 10 >= counts.len() * 8).then_some((equal, first, mark))
    });
    marks.max().map(|(_, _, mark)| mark)
}

/// The columns, and whether the first row is their header. Nothing where none of them holds values.
pub(super) fn columns(sample: &[ByteRecord], delimiter: Option<u8>) -> Option<(Vec<Column>, bool)> {
    let width = sample.iter().map(ByteRecord::len).max()?.min(super::CELLS_MAX);
    let first = sample.first()?;
    let text = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_owned();
    let titles: Vec<String> = first.iter().map(text).collect();
    let called: Vec<Option<Role>> = titles.iter().map(|title| called(title)).collect();
    let has_value = titles.iter().any(|title| cell::kind(cell::value_and_comment(title).0).is_some());
    // One value a line has a header only where it is one word.
    let is_title = delimiter.is_some() || titles.iter().all(|title| !title.contains(' '));
    let header = !has_value && called.iter().any(Option::is_some) && is_title;
    let rows: Vec<&ByteRecord> = sample.iter().skip(usize::from(header)).collect();
    let columns: Vec<Column> = (0..width)
        .map(|index| {
            let cells: Vec<String> = rows
                .iter()
                .filter_map(|row| row.get(index))
                .map(text)
                .filter(|cell| !cell.is_empty())
                .collect();
            let said = if header { called.get(index).copied().flatten() } else { None };
            let title = if header { titles.get(index).cloned().unwrap_or_default() } else { String::new() };
            Column { role: role(&cells, said), title }
        })
        .collect();
    let holds = columns.iter().any(|column| column.role == Role::Value);
    holds.then(|| (only_once(columns), header))
}

fn called(title: &str) -> Option<Role> {
    let title = title.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let is = |words: &[&str]| words.contains(&title.as_str());
    if is(&VALUE) {
        Some(Role::Value)
    } else if is(&VALID_FROM) {
        Some(Role::ValidFrom)
    } else if is(&VALID_UNTIL) {
        Some(Role::ValidUntil)
    } else if is(&CONFIDENCE) {
        Some(Role::Confidence)
    } else if is(&MARKING) {
        Some(Role::Marking)
    } else if is(&NAME) {
        Some(Role::Name)
    } else if is(&DESCRIPTION) {
        Some(Role::Description)
    } else {
        None
    }
}

/// What cells hold: what they look like, else what the header says.
fn role(cells: &[String], said: Option<Role>) -> Role {
    let most = |holds: &dyn Fn(&String) -> bool| {
        !cells.is_empty() && cells.iter().filter(|cell| holds(cell)).count() * 10 >= cells.len() * 6
    };
    match said {
        Some(
            role @ (Role::ValidFrom
            | Role::ValidUntil
            | Role::Confidence
            | Role::Marking
            | Role::Name
            | Role::Description
            | Role::Other),
        ) => role,
        // A column that is called so needs no more than one.
        Some(Role::Value)
            if cells.iter().any(|cell| cell::kind(cell::value_and_comment(cell).0).is_some()) =>
        {
            Role::Value
        }
        Some(Role::Value) | None if most(&|cell| cell::kind(cell::value_and_comment(cell).0).is_some()) => {
            Role::Value
        }
        Some(Role::Value) | None if most(&|cell| cell.len() >= 8 && cell::moment(cell).is_some()) => {
            Role::ValidFrom
        }
        Some(Role::Value) | None if most(&|cell| cell::tlp(cell).is_some()) => Role::Marking,
        Some(Role::Value) | None => Role::Other,
    }
}

/// Two columns of dates without a header: it is not known which is the end, so only the first counts.
fn only_once(mut columns: Vec<Column>) -> Vec<Column> {
    let mut had = Vec::new();
    for column in &mut columns {
        if column.role != Role::Value && column.role != Role::Other {
            if had.contains(&column.role) {
                column.role = Role::Other;
            } else {
                had.push(column.role);
            }
        }
    }
    columns
}
