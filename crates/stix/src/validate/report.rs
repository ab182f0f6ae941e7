//! Where is a finding, and how many are told? Nothing here allocates until there is something to tell.

use std::fmt;

use crate::{Code, Finding, Severity, object::escape_pointer};

/// How the walk got to a value: a chain of borrowed steps, made a JSON pointer only when a finding needs one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'p> {
    Root,
    Member(&'p Path<'p>, &'p str),
    Element(&'p Path<'p>, usize),
}

/// Names longer than the standard allows are cut in findings, so that a finding is never as big as its object.
const NAME_CHARACTERS_SHOWN: usize = 250;

impl Path<'_> {
    fn write(self, out: &mut String) {
        match self {
            Path::Root => {}
            Path::Member(parent, name) => {
                parent.write(out);
                out.push('/');
                out.push_str(&escape_pointer(shown(name)));
            }
            Path::Element(parent, index) => {
                parent.write(out);
                out.push('/');
                out.push_str(&index.to_string());
            }
        }
    }

    fn pointer(self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

/// As much of a name as a finding shows.
pub(super) fn shown(name: &str) -> &str {
    name.char_indices().nth(NAME_CHARACTERS_SHOWN).and_then(|(at, _)| name.get(..at)).unwrap_or(name)
}

/// Findings up to a bound, and a count of the others.
#[derive(Debug)]
pub(super) struct Report {
    list: Vec<Finding>,
    findings_max: usize,
    rest: usize,
    worst_of_rest: Severity,
}

impl Report {
    pub(super) fn new(findings_max: usize) -> Self {
        Self { list: Vec::new(), findings_max, rest: 0, worst_of_rest: Severity::Warning }
    }

    /// The standard says MUST.
    pub(super) fn error(
        &mut self,
        code: Code,
        path: Path<'_>,
        section: &'static str,
        message: fmt::Arguments<'_>,
    ) {
        if self.has_room(Severity::Error) {
            self.list.push(Finding::error(code, path.pointer(), section, message.to_string()));
        }
    }

    /// The standard says SHOULD.
    pub(super) fn warning(
        &mut self,
        code: Code,
        path: Path<'_>,
        section: &'static str,
        message: fmt::Arguments<'_>,
    ) {
        if self.has_room(Severity::Warning) {
            self.list.push(Finding::warning(code, path.pointer(), section, message.to_string()));
        }
    }

    /// A finding that somebody else made.
    pub(super) fn add(&mut self, finding: Finding) {
        if self.has_room(finding.severity) {
            self.list.push(finding);
        }
    }

    fn has_room(&mut self, severity: Severity) -> bool {
        if self.list.len() < self.findings_max {
            return true;
        }
        self.rest += 1;
        self.worst_of_rest = self.worst_of_rest.max(severity);
        false
    }

    /// The findings; the last one counts what found no room and weighs as much as the worst of it, so that an object
    /// is not accepted because its errors came late.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        if self.rest > 0 {
            let rest = self.rest;
            self.list.push(Finding {
                code: Code::LimitExceeded,
                severity: self.worst_of_rest,
                pointer: String::new(),
                section: "-",
                message: format!("{rest} more findings are not listed"),
            });
        }
        self.list
    }
}
