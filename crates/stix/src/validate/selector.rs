//! Does a granular marking's selector find something in the object? (section 7.2.3)

use super::report::{Path, Report};
use crate::{
    Code,
    json::{Kind, Value},
};

/// How many members and elements the selectors of one object may pass on their way. Without a bound, an object of a
/// few megabytes could ask for hours of walking.
const STEPS_MAX: usize = 2_000_000;

/// What is left of the work that the selectors of one object may cause.
#[derive(Debug)]
pub(super) struct Selectors {
    steps_left: usize,
}

enum Found<'a> {
    Value(Value<'a>),
    Nothing,
    Malformed,
    TooMuch,
}

impl Selectors {
    pub(super) fn new() -> Self {
        Self { steps_left: STEPS_MAX }
    }

    pub(super) fn check(&mut self, report: &mut Report, root: Value<'_>, selector: &str, path: Path<'_>) {
        let message = match self.resolve(root, selector) {
            Found::Value(_) => return,
            Found::Nothing => "the selector selects nothing in this object",
            Found::Malformed => "a selector is property names and `[index]`, with `.` between",
            Found::TooMuch => {
                let message = format_args!("the selectors of this object take more work than allowed");
                return report.error(Code::LimitExceeded, path, "-", message);
            }
        };
        report.error(Code::SelectorUnresolved, path, "7.2.3", format_args!("{message}"));
    }

    fn resolve<'a>(&mut self, root: Value<'a>, selector: &str) -> Found<'a> {
        let mut here = root;
        for component in selector.split('.') {
            if component.is_empty() {
                return Found::Malformed;
            }
            let next = match component.strip_prefix('[') {
                Some(rest) => match rest.strip_suffix(']').map(index) {
                    Some(Some(index)) => self.element(here, index),
                    _ => return Found::Malformed,
                },
                None => self.member(here, component),
            };
            here = match next {
                Found::Value(value) => value,
                Found::Nothing | Found::Malformed | Found::TooMuch => return next,
            };
        }
        Found::Value(here)
    }

    fn member<'a>(&mut self, here: Value<'a>, name: &str) -> Found<'a> {
        if here.kind() != Kind::Dictionary {
            return Found::Nothing;
        }
        for (key, value) in here.members() {
            if self.steps_left == 0 {
                return Found::TooMuch;
            }
            self.steps_left -= 1;
            if key.is_str(name) {
                return Found::Value(value);
            }
        }
        Found::Nothing
    }

    fn element<'a>(&mut self, here: Value<'a>, index: usize) -> Found<'a> {
        if here.kind() != Kind::List {
            return Found::Nothing;
        }
        for (at, value) in here.elements().enumerate() {
            if self.steps_left == 0 {
                return Found::TooMuch;
            }
            self.steps_left -= 1;
            if at == index {
                return Found::Value(value);
            }
        }
        Found::Nothing
    }
}

/// Digits only: `+1` is no index, and what is too large for one points past every list.
fn index(digits: &str) -> Option<usize> {
    let good = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    good.then(|| digits.parse().unwrap_or(usize::MAX))
}
