//! How are indicators written as a table? One row for each value, each cell in quotes (RFC 4180), formulas made harmless.

use std::borrow::Cow;

use stix::json::Value;

use crate::export::{
    Closing, End, Out, Subject, Why, Writer, banner,
    entry::{Entry, Said, kind_name},
    plain::{VALUE_BYTES_MAX, steers},
};

/// The one part.
pub const PART: &str = "indicators.csv";

/// The columns.
pub const COLUMNS: [&str; 15] = [
    "type",
    "value",
    "id",
    "name",
    "description",
    "confidence",
    "labels",
    "indicator_types",
    "pattern_type",
    "pattern",
    "valid_from",
    "valid_until",
    "created",
    "modified",
    "markings",
];

/// The table.
#[derive(Debug)]
pub(crate) struct Table;

impl Writer for Table {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let Some(sought) = &entry.sought else { return said.lacks(Why::ObjectType, "") };
        if sought.pattern.chars().any(steers) {
            return said.lacks(Why::Value, "pattern");
        }
        // The whole pattern is in the table, so nothing is left out where its values are not all of it.
        let values = sought
            .values
            .iter()
            .filter(|value| value.value.len() <= VALUE_BYTES_MAX && !value.value.chars().any(steers));
        let rows: Vec<(&str, &str)> = if sought.lacks.is_none() && !sought.values.is_empty() {
            values.map(|value| (kind_name(value.kind), value.value.as_str())).collect()
        } else {
            vec![("", "")]
        };
        if rows.is_empty() {
            return said.lacks(Why::Value, "");
        }
        let text = |key: &str| entry.text(key).unwrap_or_default();
        let common: [Cow<'_, str>; 13] = [
            Cow::Borrowed(entry.id()),
            text("name"),
            text("description"),
            entry.confidence().map(|confidence| confidence.to_string()).unwrap_or_default().into(),
            list(entry, "labels"),
            list(entry, "indicator_types"),
            entry.text("pattern_type").unwrap_or(Cow::Borrowed("stix")),
            Cow::Borrowed(&sought.pattern),
            text("valid_from"),
            text("valid_until"),
            text("created"),
            text("modified"),
            list(entry, "object_marking_refs"),
        ];
        let to = out.parts.part(PART);
        for (kind, value) in rows {
            cell(kind, to);
            to.push(b',');
            cell(value, to);
            for text in &common {
                to.push(b',');
                cell(text, to);
            }
            to.extend_from_slice(b"\r\n");
        }
        for property in ["external_references", "kill_chain_phases", "granular_markings", "extensions"] {
            if entry.root.get(property).is_some() {
                said.lacks(Why::Property, property);
            }
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let mut head = banner("#", subject, closing).replace('\n', "\r\n").into_bytes();
        head.extend_from_slice(COLUMNS.join(",").as_bytes());
        head.extend_from_slice(b"\r\n");
        vec![End { part: PART.to_owned(), head, tail: Vec::new() }]
    }
}

fn list<'t>(entry: &Entry<'t>, key: &str) -> Cow<'t, str> {
    let members = entry.root.get(key).into_iter().flat_map(Value::elements).filter_map(Value::as_str);
    members.collect::<Vec<_>>().join(";").into()
}

/// What a spreadsheet would take for the beginning of a formula; an apostrophe before it makes it text.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell in quotes. What steers becomes a space, but for line feeds.
fn cell(text: &str, to: &mut Vec<u8>) {
    to.push(b'"');
    if text.starts_with(FORMULA) || text.starts_with('\'') {
        to.push(b'\'');
    }
    for one in text.chars() {
        match one {
            '"' => to.extend_from_slice(b"\"\""),
            '\n' => to.push(b'\n'),
            one if steers(one) => to.push(b' '),
            one => to.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    to.push(b'"');
}
