//! What does a page say outside its array of objects, without parsing the objects?
//!
//! `more` and `next` stand before or after the array. Only the first and the last bytes of a page are kept; the rest is
//! counted and dropped, so that reading a page costs the generator no more than copying it out of the kernel.

use memchr::{memmem, memrchr_iter};
use serde::Deserialize;

/// Bytes kept at either end. A `next` is an opaque string of any length, in practice far shorter.
const KEPT: usize = 4096;

/// The two ends of a body, and its length.
#[derive(Debug, Default)]
pub(crate) struct Edges {
    head: Vec<u8>,
    tail: Vec<u8>,
    bytes: u64,
}

/// Where a page says one has to go on.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Turn {
    #[serde(default)]
    pub(crate) more: bool,
    #[serde(default)]
    pub(crate) next: Option<String>,
}

impl Edges {
    pub(crate) fn push(&mut self, data: &[u8]) {
        self.bytes += data.len() as u64;
        let missing = KEPT.saturating_sub(self.head.len()).min(data.len());
        self.head.extend_from_slice(data.get(..missing).unwrap_or_default());
        if data.len() < KEPT {
            let surplus = (self.tail.len() + data.len()).saturating_sub(KEPT);
            self.tail.drain(..surplus);
        } else {
            self.tail.clear();
        }
        let last = data.len().saturating_sub(KEPT);
        self.tail.extend_from_slice(data.get(last..).unwrap_or_default());
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The members beside `objects`.
    pub(crate) fn turn(&self) -> Result<Turn, serde_json::Error> {
        if self.bytes <= KEPT as u64 {
            return serde_json::from_slice(&self.head);
        }
        let before = before(&self.head).unwrap_or_default();
        let after = after(&self.tail).unwrap_or_default();
        Ok(Turn { more: before.more || after.more, next: before.next.or(after.next) })
    }
}

/// The members before the array: the text up to the first name `objects` that leaves an object when cut there.
fn before(head: &[u8]) -> Option<Turn> {
    memmem::find_iter(head, b"\"objects\"").find_map(|at| parsed(head.get(..at)?, b"\"objects\":0}"))
}

/// The members after the array: the text after the last `]` that is the rest of an object. A `]` inside a later string
/// leaves the end of that string, one inside the array leaves the array's own end: neither is the rest of an object.
fn after(tail: &[u8]) -> Option<Turn> {
    memrchr_iter(b']', tail).find_map(|at| parsed(b"{\"objects\":0", tail.get(at + 1..)?))
}

fn parsed(first: &[u8], second: &[u8]) -> Option<Turn> {
    serde_json::from_slice(&[first, second].concat()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(before: &str, after: &str) -> Turn {
        let object = format!(r#"{{"a":["]",[1],"]}}"],"objects":[],"b":"{}"}},"#, "x".repeat(3 * KEPT));
        let page = format!(r#"{{{before}"objects": [{}{{"c":[{{}}]}}]{after}}}"#, object.repeat(3));
        let mut edges = Edges::default();
        for piece in page.as_bytes().chunks(1000) {
            edges.push(piece);
        }
        assert_eq!(edges.bytes(), page.len() as u64);
        edges.turn().unwrap()
    }

    #[test]
    fn the_members_are_found_on_either_side_of_the_objects() {
        let found = Turn { more: true, next: Some("a]b}\"objects\"".to_owned()) };
        assert_eq!(turn("", r#", "more": true, "next": "a]b}\"objects\"" "#), found);
        assert_eq!(turn(r#""next":"a]b}\"objects\"", "more" : true, "#, ""), found);
        assert_eq!(turn(r#""more":true,"#, r#","next":"a]b}\"objects\"""#), found);
        assert_eq!(turn("", ""), Turn::default());
    }

    #[test]
    fn a_short_body_is_parsed_whole() {
        let mut edges = Edges::default();
        edges.push(br#"{"objects":[{"more":true}]}"#);
        assert_eq!(edges.turn().unwrap(), Turn::default());
    }
}
