//! How are values written as plain lists? One file for each kind, a value a line, comments behind `#`.

use std::collections::BTreeSet;

use crate::{
    ObservableKind,
    export::{
        Closing, End, Out, Subject, Why, Writer, banner,
        entry::{Entry, Said, kind_name},
        form,
    },
};

/// The lists.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    kinds: BTreeSet<ObservableKind>,
}

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
            self.kinds.insert(value.kind);
            let to = out.parts.part(&part(value.kind));
            to.extend_from_slice(value.value.as_bytes());
            to.push(b'\n');
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let head = banner("#", subject, closing).into_bytes();
        let end = |kind: &ObservableKind| End { part: part(*kind), head: head.clone(), tail: Vec::new() };
        self.kinds.iter().map(end).collect()
    }
}
