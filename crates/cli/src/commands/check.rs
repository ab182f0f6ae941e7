//! `cresset check`: findings as a compiler prints them.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::Serialize;
use stix::{
    Code, Finding, Limits, Severity, json,
    splitter::{Element, Splitter},
    validate,
};

use super::import;
use crate::output::{Format, Outcome};

/// How many findings are printed for one file; the others are counted.
const FINDINGS_SHOWN_MAX: usize = 1000;
const CHUNK_BYTES: usize = 1 << 20;

pub(crate) fn run(files: &[PathBuf], least: Severity, format: Format) -> anyhow::Result<Outcome> {
    let mut errors = 0;
    for file in files {
        let mut check = Check { found: Vec::new(), objects: 0, errors: 0, warnings: 0, least };
        // Standard input cannot be read twice, and single objects are small: those are held.
        check.read(file)?;
        check.print(file, format)?;
        errors += check.errors;
    }
    Ok(if errors == 0 { Outcome::Done } else { Outcome::Refused })
}

struct Found {
    offset: u64,
    id: Option<String>,
    finding: Finding,
}

struct Check {
    found: Vec<Found>,
    objects: usize,
    errors: usize,
    warnings: usize,
    least: Severity,
}

#[derive(Serialize)]
struct Printed<'a> {
    file: &'a Path,
    line: u64,
    column: u64,
    severity: String,
    code: &'a str,
    pointer: &'a str,
    section: &'a str,
    id: Option<&'a str>,
    message: &'a str,
}

impl Check {
    fn read(&mut self, file: &Path) -> anyhow::Result<()> {
        let mut input = import::open(file)?;
        let mut splitter = Splitter::new(Limits::DEFAULT.object_bytes_max);
        let mut chunk = vec![0; CHUNK_BYTES];
        // A file without `objects` is one object, kept as far as one object may go.
        let mut whole = Vec::new();
        let mut broken = None;
        loop {
            let length =
                input.read(&mut chunk).with_context(|| format!("cannot read `{}`", file.display()))?;
            let Some(piece) = chunk.get(..length).filter(|piece| !piece.is_empty()) else { break };
            if !splitter.has_objects() && whole.len() <= Limits::DEFAULT.object_bytes_max {
                whole.extend_from_slice(piece);
            }
            if broken.is_none() {
                broken = splitter.push(piece, &mut |offset, element| self.element(offset, &element)).err();
            }
        }
        if !splitter.has_objects() {
            self.object(0, &whole);
            return Ok(());
        }
        let offset = splitter.offset();
        if let Some(error) = broken.or_else(|| splitter.finish().err()) {
            self.note(offset, None, Finding::error(Code::JsonSyntax, "", "1.2", error.to_string()));
        }
        Ok(())
    }

    fn element(&mut self, offset: u64, element: &Element<'_>) {
        match element {
            Element::Text(text) => self.object(offset, text),
            Element::TooLong => {
                self.objects += 1;
                let message = "the object is longer than allowed";
                self.note(offset, None, Finding::error(Code::LimitExceeded, "", "-", message));
            }
        }
    }

    fn object(&mut self, offset: u64, text: &[u8]) {
        self.objects += 1;
        let (_, findings) = validate::check(text, &Limits::DEFAULT, server::system_clock().now());
        if findings.is_empty() {
            return;
        }
        let tree = json::Tree::parse(text, &Limits::DEFAULT);
        let root = tree.as_ref().ok().map(json::Tree::root);
        let id = root.and_then(|root| Some(root.get("id")?.as_str()?.into_owned()));
        for finding in findings {
            let inside = match (&tree, root) {
                (Ok(_), Some(root)) => root.pointer(&finding.pointer).map_or(0, |value| value.span().start),
                (Err(error), _) => error.offset,
                (Ok(_), None) => 0,
            };
            self.note(offset + inside as u64, id.clone(), finding);
        }
    }

    fn note(&mut self, offset: u64, id: Option<String>, finding: Finding) {
        match finding.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        if finding.severity >= self.least && self.found.len() < FINDINGS_SHOWN_MAX {
            self.found.push(Found { offset, id, finding });
        }
    }

    fn print(&self, file: &Path, format: Format) -> anyhow::Result<()> {
        let places = places(file, self.found.iter().map(|found| found.offset))?;
        let mut out = std::io::stdout().lock();
        for found in &self.found {
            let (line, column) = places.get(&found.offset).copied().unwrap_or((1, found.offset + 1));
            let finding = &found.finding;
            match format {
                Format::Json => {
                    let printed = Printed {
                        file,
                        line,
                        column,
                        severity: finding.severity.to_string(),
                        code: finding.code.as_str(),
                        pointer: &finding.pointer,
                        section: finding.section,
                        id: found.id.as_deref(),
                        message: &finding.message,
                    };
                    writeln!(out, "{}", serde_json::to_string(&printed)?)?;
                }
                Format::Text => {
                    writeln!(out, "{}:{line}:{column}: {finding}", file.display())?;
                    if let Some(id) = &found.id {
                        writeln!(out, "  in {id}")?;
                    }
                }
            }
        }
        if format == Format::Text {
            let more = (self.errors + if self.least == Severity::Warning { self.warnings } else { 0 })
                .saturating_sub(self.found.len());
            if more > 0 {
                writeln!(out, "{}: {more} more findings", file.display())?;
            }
            let (objects, errors, warnings) = (self.objects, self.errors, self.warnings);
            writeln!(out, "{}: {objects} objects, {errors} errors, {warnings} warnings", file.display())?;
        }
        Ok(())
    }
}

/// Line and column of some bytes of a file, by reading it once more. Standard input has none.
fn places(file: &Path, offsets: impl Iterator<Item = u64>) -> anyhow::Result<BTreeMap<u64, (u64, u64)>> {
    let mut wanted: Vec<u64> = offsets.collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut places = BTreeMap::new();
    if wanted.is_empty() || file == Path::new("-") {
        return Ok(places);
    }
    let mut input = import::open(file)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let (mut offset, mut line, mut line_start) = (0_u64, 1_u64, 0_u64);
    let mut wanted = wanted.into_iter().peekable();
    while wanted.peek().is_some() {
        let length = input.read(&mut chunk)?;
        let Some(piece) = chunk.get(..length).filter(|piece| !piece.is_empty()) else { break };
        for byte in piece {
            while wanted.next_if_eq(&offset).is_some() {
                places.insert(offset, (line, offset - line_start + 1));
            }
            offset += 1;
            if *byte == b'\n' {
                line += 1;
                line_start = offset;
            }
        }
    }
    for past in wanted {
        places.insert(past, (line, offset - line_start + 1));
    }
    Ok(places)
}
