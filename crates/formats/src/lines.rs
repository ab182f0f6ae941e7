//! How are values written as plain lists? One file for each kind, a value a line, comments behind `#`.

use crate::{
    ObservableKind,
    export::{
        Closing, End, Out, Subject, Why, Writer, banner,
        entry::{Entry, Said, kind_name},
        form,
    },
};

/// The lists.
#[derive(Debug)]
pub(crate) struct Lists;

/// The name of the file with the values of a kind.
fn part(kind: ObservableKind) -> String {
    format!("{}.txt", kind_name(kind))
}

impl Writer for Lists {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let Some(sought) = &entry.sought else { return said.lacks(Why::ObjectType, "") };
        for value in sought.values(said) {
            let address = matches!(value.kind, ObservableKind::Ipv4 | ObservableKind::Ipv6);
            // What begins with the sign of a comment would not be read.
            if value.value.starts_with(['#', ';']) || (address && form::network(&value.value).is_none()) {
                said.lacks(Why::Value, kind_name(value.kind));
                continue;
            }
            let to = out.parts.part(&part(value.kind));
            to.extend_from_slice(value.value.as_bytes());
            to.push(b'\n');
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let head = banner("#", subject, closing).into_bytes();
        // Of every kind, so that a list that has become empty takes the place of the one before.
        let end = |kind| End { part: part(kind), head: head.clone(), tail: Vec::new() };
        ObservableKind::all().map(end).collect()
    }
}
