//! Which objects are in this bundle or envelope, without holding it whole?
//!
//! Feed it text in any pieces; it hands out each element of the top-level `objects` list as it completes. It looks at
//! brackets and quotes only: what is wrong inside one element is that element's matter, so the others are kept.

/// An element of the `objects` list.
#[derive(Debug, PartialEq, Eq)]
pub enum Element<'a> {
    /// The text of one element, from its first to its last byte.
    Text(&'a [u8]),
    /// An element longer than allowed; it was skipped.
    TooLong,
}

/// Why a text cannot be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// The text does not start with `{`.
    #[error("a bundle or envelope starts with `{{`, at byte {offset}")]
    NotADictionary {
        /// Position in the text, in bytes.
        offset: u64,
    },
    /// `objects` is there but is no list.
    #[error("`objects` is not a list, at byte {offset}")]
    ObjectsNotAList {
        /// Position in the text, in bytes.
        offset: u64,
    },
    /// Something other than a key, colon, comma or end was met between members.
    #[error("malformed JSON between the members of the bundle or envelope, at byte {offset}")]
    Malformed {
        /// Position in the text, in bytes.
        offset: u64,
    },
    /// The text ended inside the bundle or envelope.
    #[error("the text ends in the middle of the bundle or envelope, at byte {offset}")]
    Truncated {
        /// Position in the text, in bytes.
        offset: u64,
    },
    /// Text follows the end of the bundle or envelope.
    #[error("text follows the end of the bundle or envelope, at byte {offset}")]
    Trailing {
        /// Position in the text, in bytes.
        offset: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    /// Before a key, or the end of the dictionary.
    Key {
        first: First,
    },
    InKey,
    Colon,
    /// Before the value of a key; `objects` or another.
    Value {
        of: Member,
    },
    /// Inside a value that is skipped.
    Skipped,
    AfterMember,
    /// Before an element of `objects`, or its end.
    Element {
        first: First,
    },
    InElement,
    AfterElement,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Yes,
    No,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Objects,
    Other,
}

/// How far inside a value the scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Structure,
    String,
    Escape,
}

/// See the module.
#[derive(Debug)]
pub struct Splitter {
    state: State,
    inside: Inside,
    depth: u32,
    key: Vec<u8>,
    held: Vec<u8>,
    too_long: bool,
    element_bytes_max: usize,
    offset: u64,
    objects_seen: bool,
    element_offset: u64,
}

/// Only `objects` matters among the keys; longer ones are not kept.
const KEY_BYTES_KEPT: usize = 64;

impl Splitter {
    /// A splitter that skips elements longer than `element_bytes_max` bytes.
    pub fn new(element_bytes_max: usize) -> Self {
        Self {
            state: State::Start,
            inside: Inside::Structure,
            depth: 0,
            key: Vec::new(),
            held: Vec::new(),
            too_long: false,
            element_bytes_max,
            offset: 0,
            objects_seen: false,
            element_offset: 0,
        }
    }

    /// Whether a list `objects` was met.
    pub fn has_objects(&self) -> bool {
        self.objects_seen
    }

    /// How many bytes were read.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads the next piece of the text and hands each completed element to `element`, with its first byte's position in
    /// the whole text.
    ///
    /// # Errors
    /// [`SplitError`]; elements handed out before stay valid, nothing can be read after.
    pub fn push(
        &mut self,
        piece: &[u8],
        element: &mut dyn FnMut(u64, Element<'_>),
    ) -> Result<(), SplitError> {
        let mut rest = piece;
        while !rest.is_empty() {
            let used = match self.state {
                State::InElement => self.element_piece(rest, element),
                State::Skipped => self.skip_piece(rest),
                State::InKey => self.key_piece(rest),
                State::Start
                | State::Key { .. }
                | State::Colon
                | State::Value { .. }
                | State::AfterMember
                | State::Element { .. }
                | State::AfterElement
                | State::End => self.between(rest)?,
            };
            self.offset += used as u64;
            rest = rest.get(used..).unwrap_or(&[]);
        }
        Ok(())
    }

    /// Says that the text is over.
    ///
    /// # Errors
    /// [`SplitError::Truncated`] where the bundle or envelope is not.
    pub fn finish(self) -> Result<(), SplitError> {
        if self.state == State::End { Ok(()) } else { Err(SplitError::Truncated { offset: self.offset }) }
    }

    /// One byte between values: white space, brackets, commas, the start of a value. Gives how many bytes were used.
    fn between(&mut self, rest: &[u8]) -> Result<usize, SplitError> {
        let Some(&byte) = rest.first() else { return Ok(0) };
        if matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
            return Ok(rest.iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count());
        }
        let offset = self.offset;
        // A byte order mark is not JSON, but common in files.
        if self.state == State::Start && offset == 0 && rest.starts_with(b"\xef\xbb\xbf") {
            return Ok(3);
        }
        self.state = match (self.state, byte) {
            (State::Start, b'{') => State::Key { first: First::Yes },
            (State::Start, _) => return Err(SplitError::NotADictionary { offset }),
            (State::Key { .. }, b'"') => {
                self.key.clear();
                self.inside = Inside::String;
                State::InKey
            }
            (State::Key { first: First::Yes } | State::AfterMember, b'}') => State::End,
            (State::AfterMember, b',') => State::Key { first: First::No },
            (State::Colon, b':') => {
                State::Value { of: if self.key == b"objects" { Member::Objects } else { Member::Other } }
            }
            (State::Value { of: Member::Objects }, b'[') if !self.objects_seen => {
                self.objects_seen = true;
                State::Element { first: First::Yes }
            }
            (State::Value { of: Member::Objects }, _) => return Err(SplitError::ObjectsNotAList { offset }),
            (State::Value { of: Member::Other }, b']' | b'}' | b',' | b':') => {
                return Err(SplitError::Malformed { offset });
            }
            (State::Value { of: Member::Other }, _) => return Ok(self.enter(State::Skipped)),
            (State::Element { first: First::Yes } | State::AfterElement, b']') => State::AfterMember,
            (State::AfterElement, b',') => State::Element { first: First::No },
            (State::Element { .. }, b']' | b'}' | b',' | b':') => {
                return Err(SplitError::Malformed { offset });
            }
            (State::Element { .. }, _) => return Ok(self.enter(State::InElement)),
            (State::End, _) => return Err(SplitError::Trailing { offset }),
            (
                State::Key { .. }
                | State::Colon
                | State::AfterMember
                | State::AfterElement
                | State::InKey
                | State::Skipped
                | State::InElement,
                _,
            ) => return Err(SplitError::Malformed { offset }),
        };
        Ok(1)
    }

    /// Starts a value at the present byte, which the next step reads.
    fn enter(&mut self, state: State) -> usize {
        self.state = state;
        self.element_offset = self.offset;
        self.inside = Inside::Structure;
        self.depth = 0;
        self.held.clear();
        self.too_long = false;
        0
    }

    fn key_piece(&mut self, rest: &[u8]) -> usize {
        for (at, &byte) in rest.iter().enumerate() {
            match (self.inside, byte) {
                (Inside::Escape, _) => self.inside = Inside::String,
                (_, b'\\') => self.inside = Inside::Escape,
                (_, b'"') => {
                    self.state = State::Colon;
                    return at + 1;
                }
                _ => {}
            }
            if self.key.len() < KEY_BYTES_KEPT {
                self.key.push(byte);
            }
        }
        rest.len()
    }

    fn skip_piece(&mut self, rest: &[u8]) -> usize {
        match self.value_end(rest) {
            Some(end) => {
                self.state = State::AfterMember;
                end
            }
            None => rest.len(),
        }
    }

    fn element_piece(&mut self, rest: &[u8], element: &mut dyn FnMut(u64, Element<'_>)) -> usize {
        let end = self.value_end(rest);
        let used = end.unwrap_or(rest.len());
        let text = rest.get(..used).unwrap_or(rest);
        if self.held.len() + text.len() > self.element_bytes_max {
            self.too_long = true;
            self.held = Vec::new();
        }
        if end.is_none() {
            if !self.too_long {
                self.held.extend_from_slice(text);
            }
            return used;
        }
        self.state = State::AfterElement;
        if self.too_long {
            element(self.element_offset, Element::TooLong);
        } else if self.held.is_empty() {
            element(self.element_offset, Element::Text(text.trim_ascii_end()));
        } else {
            self.held.extend_from_slice(text);
            element(self.element_offset, Element::Text(self.held.trim_ascii_end()));
            self.held.clear();
        }
        used
    }

    /// Where the present value ends in `rest`, if it does.
    fn value_end(&mut self, rest: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            if self.inside == Inside::String {
                let inner = rest.get(at..)?;
                at += memchr::memchr2(b'"', b'\\', inner)?;
                let escape = rest.get(at) == Some(&b'\\');
                self.inside = if escape { Inside::Escape } else { Inside::Structure };
                at += 1;
                if !escape && self.depth == 0 {
                    return Some(at);
                }
                continue;
            }
            let byte = *rest.get(at)?;
            at += 1;
            if self.inside == Inside::Escape {
                self.inside = Inside::String;
                continue;
            }
            match byte {
                b'"' => self.inside = Inside::String,
                b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                b'}' | b']' | b',' if self.depth == 0 => return Some(at - 1),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Splits a text that is held whole; gives the elements and, where the text breaks, the error behind them.
pub fn split(text: &[u8], element_bytes_max: usize) -> (Vec<Element<'_>>, Result<(), SplitError>) {
    // One piece is never held back, so each element is a part of `text` and can be found again by its place.
    let mut spans = Vec::new();
    let base = text.as_ptr().addr();
    let mut splitter = Splitter::new(element_bytes_max);
    let pushed = splitter.push(text, &mut |_, element| {
        spans.push(match element {
            Element::Text(part) => {
                Some(part.as_ptr().addr() - base..part.as_ptr().addr() - base + part.len())
            }
            Element::TooLong => None,
        });
    });
    let result = pushed.and_then(|()| splitter.finish());
    let elements = spans
        .into_iter()
        .map(|span| span.map_or(Element::TooLong, |span| Element::Text(text.get(span).unwrap_or(&[]))))
        .collect();
    (elements, result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> (Vec<String>, Result<(), SplitError>) {
        let (elements, result) = split(text.as_bytes(), 100);
        let texts = elements
            .iter()
            .map(|element| match element {
                Element::Text(text) => String::from_utf8_lossy(text).into_owned(),
                Element::TooLong => "TOO LONG".to_owned(),
            })
            .collect();
        (texts, result)
    }

    #[test]
    fn elements_come_out_whatever_stands_around_them() {
        let (found, result) = texts(
            r#" {"type":"bundle","x":{"objects":[0]},"y":[1,"]"],"n": 5 ,"objects": [ {"a":"}]\""} ,{"b":[{}]},7 , "s" ], "more":false} "#,
        );
        assert_eq!(result, Ok(()));
        assert_eq!(found, [r#"{"a":"}]\""}"#, r#"{"b":[{}]}"#, "7", r#""s""#]);
        assert_eq!(texts("{}"), (vec![], Ok(())));
        assert_eq!(texts(r#"{"objects":[]}"#), (vec![], Ok(())));
    }

    #[test]
    fn what_came_before_a_break_is_kept() {
        let (found, result) = texts(r#"{"objects":[{"a":1},{"b":2"#);
        assert_eq!(found, [r#"{"a":1}"#]);
        assert_eq!(result, Err(SplitError::Truncated { offset: 26 }));
        assert_eq!(texts("[1]").1, Err(SplitError::NotADictionary { offset: 0 }));
        assert_eq!(texts(r#"{"objects":{}}"#).1, Err(SplitError::ObjectsNotAList { offset: 11 }));
        assert_eq!(texts(r#"{"objects":[]}x"#).1, Err(SplitError::Trailing { offset: 14 }));
        assert_eq!(texts(r#"{"objects":[1 2]}"#).0.len(), 1, "one malformed scalar is one element");
        assert_eq!(texts(r#"{"objects":[,]}"#).1, Err(SplitError::Malformed { offset: 12 }));
        assert_eq!(texts(r#"{"objects":[{},]}"#).1, Err(SplitError::Malformed { offset: 15 }));
        assert_eq!(texts("").1, Err(SplitError::Truncated { offset: 0 }));
    }

    #[test]
    fn an_element_past_the_limit_is_skipped_and_the_next_one_kept() {
        let long = "x".repeat(101);
        let (found, result) = texts(&format!(r#"{{"objects":[{{"a":"{long}"}},{{"b":1}}]}}"#));
        assert_eq!((found, result), (vec!["TOO LONG".to_owned(), r#"{"b":1}"#.to_owned()], Ok(())));
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_give_the_same_elements(cuts in proptest::collection::vec(1_usize..9, 1..40)) {
            let text = r#"{"id":"b--\"1","objects":[{"a":"\\"},{"b":[1,{"c":"]}"}]} , 12,"z"],"k":{"q":"}"}}"#.as_bytes();
            let whole = split(text, 100);
            let mut splitter = Splitter::new(100);
            let mut found = Vec::new();
            let mut rest = text;
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (piece, tail) = rest.split_at((*cut).min(rest.len()));
                splitter.push(piece, &mut |_, element| if let Element::Text(text) = element { found.push(text.to_vec()); }).unwrap();
                rest = tail;
            }
            splitter.finish().unwrap();
            let whole: Vec<_> = whole.0.iter().filter_map(|e| match e { Element::Text(t) => Some(t.to_vec()), Element::TooLong => None }).collect();
            prop_assert_eq!(found, whole);
        }
    }
}
