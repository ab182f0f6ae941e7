//! `cresset import`: bundles of any size in bounded memory, envelope by envelope; other tools' files file by file.

mod misp;

use std::{
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use server::Imported;
use stix::{
    Limits,
    splitter::{Element, Splitter},
};

use crate::{
    args::ImportFormat,
    node::Node,
    output::{Format, Outcome, json},
};

const CHUNK_BYTES: usize = 1 << 20;
const ENVELOPE_OBJECTS: usize = 2000;
const ENVELOPE_BYTES: usize = 8 << 20;
const FAILURES_SHOWN_MAX: usize = 50;

pub(crate) async fn run(
    dir: &Path,
    (collection, of_format): (&str, ImportFormat),
    files: &[PathBuf],
    format: Format,
) -> anyhow::Result<Outcome> {
    let mut node = Node::of(dir).await?;
    let mut outcome = Outcome::Done;
    for file in files {
        let mut import = Import::new(collection, file, format);
        let result = match of_format {
            ImportFormat::Stix => import.file(&mut node, file).await,
            ImportFormat::Misp => import.misp(&mut node, file, format).await,
        };
        if !import.report(file, result.as_ref().err(), format)? {
            outcome = Outcome::Refused;
        }
    }
    node.close().await?;
    Ok(outcome)
}

struct Import<'a> {
    collection: &'a str,
    envelope: Vec<u8>,
    objects: usize,
    /// Objects of the file in envelopes before the present one.
    before: usize,
    total: Imported,
    failures: usize,
    bar: ProgressBar,
}

impl<'a> Import<'a> {
    fn new(collection: &'a str, file: &Path, format: Format) -> Self {
        let length = std::fs::metadata(file).map(|meta| meta.len()).ok();
        let bar = match length {
            _ if format == Format::Json || !std::io::stderr().is_terminal() => ProgressBar::hidden(),
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::new_spinner(),
        };
        if let Ok(style) =
            ProgressStyle::with_template("{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        {
            bar.set_style(style);
        }
        bar.set_message(file.display().to_string());
        Self {
            collection,
            envelope: Vec::new(),
            objects: 0,
            before: 0,
            total: Imported::default(),
            failures: 0,
            bar,
        }
    }

    async fn file(&mut self, node: &mut Node, file: &Path) -> anyhow::Result<()> {
        let mut input = open(file)?;
        let mut splitter = Splitter::new(Limits::DEFAULT.object_bytes_max);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length =
                input.read(&mut chunk).with_context(|| format!("cannot read `{}`", file.display()))?;
            let Some(piece) = chunk.get(..length).filter(|piece| !piece.is_empty()) else { break };
            let mut elements = Vec::new();
            let pushed = splitter.push(piece, &mut |_, element| {
                elements.push(match element {
                    Element::Text(text) => Some(text.to_vec()),
                    Element::TooLong => None,
                });
            });
            for element in elements {
                self.add(node, element).await?;
            }
            self.bar.set_position(splitter.offset());
            if let Err(error) = pushed {
                self.send(node).await?;
                return Err(error.into());
            }
        }
        self.send(node).await?;
        splitter.finish()?;
        Ok(())
    }

    async fn add(&mut self, node: &mut Node, element: Option<Vec<u8>>) -> anyhow::Result<()> {
        let Some(text) = element else {
            self.failures += 1;
            self.before += 1;
            self.bar.suspend(|| eprintln!("an object is longer than allowed and was left out"));
            return Ok(());
        };
        if self.objects >= ENVELOPE_OBJECTS || self.envelope.len() + text.len() > ENVELOPE_BYTES {
            self.send(node).await?;
        }
        self.envelope.extend_from_slice(if self.objects == 0 { b"{\"objects\":[" } else { b"," });
        self.envelope.extend_from_slice(&text);
        self.objects += 1;
        Ok(())
    }

    async fn send(&mut self, node: &mut Node) -> anyhow::Result<()> {
        if self.objects == 0 {
            return Ok(());
        }
        self.envelope.extend_from_slice(b"]}");
        let imported = node.import(self.collection, &self.envelope).await?;
        for mut failure in imported.failures {
            failure.index = failure.index.map(|index| index.saturating_add(self.before));
            self.failures += 1;
            if self.total.failures.len() < FAILURES_SHOWN_MAX {
                self.total.failures.push(failure);
            }
        }
        self.total.added += imported.added;
        self.total.unchanged += imported.unchanged;
        self.total.warnings += imported.warnings;
        self.before += self.objects;
        self.objects = 0;
        self.envelope.clear();
        Ok(())
    }

    /// Says what became of a file; whether all of it was taken.
    fn report(&self, file: &Path, error: Option<&anyhow::Error>, format: Format) -> anyhow::Result<bool> {
        self.bar.finish_and_clear();
        match format {
            Format::Json => json(&serde_json::json!({
                "file": file,
                "added": self.total.added,
                "unchanged": self.total.unchanged,
                "refused": self.failures,
                "warnings": self.total.warnings,
                "failures": self.total.failures,
                "error": error.map(|error| format!("{error:#}")),
            }))?,
            Format::Text => {
                for failure in &self.total.failures {
                    let id = failure.id.as_deref().unwrap_or("object without a readable id");
                    let place = failure.index.map(|index| format!("object {index}: ")).unwrap_or_default();
                    eprintln!("{}: {place}{id}: {}", file.display(), failure.message);
                }
                if self.failures > self.total.failures.len() {
                    eprintln!("{}: {} more", file.display(), self.failures - self.total.failures.len());
                }
                if let Some(error) = error {
                    eprintln!("{}: {error:#}", file.display());
                }
                println!(
                    "{}: {} added, {} unchanged, {} refused, {} warnings",
                    file.display(),
                    self.total.added,
                    self.total.unchanged,
                    self.failures,
                    self.total.warnings
                );
            }
        }
        Ok(error.is_none() && self.failures == 0)
    }
}

/// Opens a file, or standard input for `-`.
pub(crate) fn open(file: &Path) -> anyhow::Result<Box<dyn Read + Send>> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    Ok(Box::new(std::fs::File::open(file).with_context(|| format!("cannot read `{}`", file.display()))?))
}
