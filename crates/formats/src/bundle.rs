//! How are objects written as a STIX bundle? To the byte as they are released.

use crate::export::{
    Closing, End, Out, Subject, Writer,
    entry::{Entry, Said},
    plain::json_text,
};

/// The one part.
pub const PART: &str = "bundle.json";

/// A bundle that is being written.
#[derive(Debug, Default)]
pub(crate) struct Bundle {
    objects: u64,
}

impl Writer for Bundle {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, _: &mut Said) {
        let to = out.parts.part(PART);
        to.extend_from_slice(if self.objects == 0 { b"\n" } else { b",\n" });
        to.extend_from_slice(entry.object.text_bytes());
        self.objects += 1;
    }

    fn finish(&mut self, subject: &Subject, _: &Closing) -> Vec<End> {
        let mut head = b"{\"type\":\"bundle\",\"id\":".to_vec();
        json_text(&format!("bundle--{}", subject.id), &mut head);
        // The standard forbids an empty list.
        let tail: &[u8] = if self.objects == 0 {
            b"}\n"
        } else {
            head.extend_from_slice(b",\"objects\":[");
            b"\n]}\n"
        };
        vec![End { part: PART.to_owned(), head, tail: tail.to_vec() }]
    }
}
