//! `cresset import`: bundles of any size in bounded memory, envelope by envelope; other tools' files, lists and reports as what they
//! become.

mod misp;

use std::{
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum, ValueHint};
use formats::{
    document::Document,
    list::List,
    report::{self, Source},
    statement,
};
use indicatif::{ProgressBar, ProgressStyle};
use server::{
    Imported,
    admin::{Command, Reply},
    system_clock,
};
use stix::{
    Limits,
    splitter::{Element, Splitter},
};

use super::{
    known::{self, Gathered},
    read,
};
use crate::{
    node::Node,
    output::{Format, Outcome, json},
};

const CHUNK_BYTES: usize = 1 << 20;
const ENVELOPE_OBJECTS: usize = 2000;
const ENVELOPE_BYTES: usize = 8 << 20;
const FAILURES_SHOWN_MAX: usize = 50;

/// What `cresset import` is told.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The collection's alias or id
    #[arg(long, short)]
    pub(crate) collection: String,
    /// What the files are, where it is not to be found out
    #[arg(long, value_enum, default_value_t = FileFormat::Auto)]
    pub(crate) format: FileFormat,
    /// What lists and reports are marked with: `TLP:AMBER`, or the id of a marking-definition
    #[arg(long)]
    pub(crate) marking: Vec<String>,
    /// Make values of reports indicators too, from this confidence on (0 to 100); else they are observables only
    #[arg(long, value_name = "CONFIDENCE")]
    pub(crate) indicators_from: Option<u8>,
    /// Bundles whose names are looked for in reports, besides those that everybody knows and those that this node holds
    #[arg(long, value_hint = ValueHint::FilePath)]
    pub(crate) names: Vec<PathBuf>,
    /// Files; `-` for standard input (STIX only)
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// Find it out
    Auto,
    /// STIX 2 bundle or envelope
    Stix,
    /// Events of MISP, or the directory of a feed: never found out, always said
    Misp,
    /// CSV, TSV, or one value a line
    List,
    /// Text, Markdown, HTML or PDF
    Report,
    /// An official statement, in any of these: never found out, always said
    Statement,
}

pub(crate) async fn run(dir: &Path, args: &ImportArgs, format: Format) -> anyhow::Result<Outcome> {
    let marking = |text: &String| {
        exchange::world::default_marking_id(text)
            .with_context(|| format!("`{text}` is neither a level of TLP nor the id of a marking-definition"))
    };
    let markings = args.marking.iter().map(marking).collect::<anyhow::Result<Vec<_>>>()?;
    let mut node = Node::of(dir).await?;
    let mut outcome = Outcome::Done;
    for file in &args.files {
        let mut import = Import::new(&args.collection, file, format);
        let kind = if args.format == FileFormat::Auto { detect(file)? } else { args.format };
        let result = match kind {
            FileFormat::Stix => import.file(&mut node, file).await,
            FileFormat::Misp => import.misp(&mut node, file, format).await,
            FileFormat::Auto | FileFormat::List | FileFormat::Report | FileFormat::Statement => {
                import.made(&mut node, (file, kind), (args, &markings)).await
            }
        };
        if !import.report(file, result.as_ref().err(), format)? {
            outcome = Outcome::Refused;
        }
    }
    node.close().await?;
    Ok(outcome)
}

/// STIX where it begins as JSON does; else it is found out by the whole.
fn detect(file: &Path) -> anyhow::Result<FileFormat> {
    if file == Path::new("-") {
        return Ok(FileFormat::Stix);
    }
    let mut head = Vec::new();
    open(file)?.take(1024).read_to_end(&mut head)?;
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let json = head.trim_ascii_start().starts_with(b"{") || head.trim_ascii_start().starts_with(b"[{");
    Ok(if json || head.is_empty() { FileFormat::Stix } else { FileFormat::Auto })
}

/// This node's organisation, by which what is made of a file is created.
async fn organisation(node: &mut Node) -> anyhow::Result<String> {
    let Reply::World(Some(world)) = node.call(Command::World).await? else {
        bail!("nothing is declared yet: run `cresset apply world.toml`");
    };
    Ok(world.organisation.id.to_string())
}

struct Import<'a> {
    relabelled: usize,
    notes: Vec<String>,
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
            relabelled: 0,
            notes: Vec::new(),
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

    /// A list or a report, as the objects that it becomes.
    async fn made(
        &mut self,
        node: &mut Node,
        (file, kind): (&Path, FileFormat),
        (args, markings): (&ImportArgs, &[String]),
    ) -> anyhow::Result<()> {
        if markings.is_empty() {
            bail!("a list or a report carries no marking: say one by `--marking`, such as TLP:AMBER");
        }
        let Document { text, findings, .. } = read::document(file)?;
        self.notes.extend(findings);
        let organisation = organisation(node).await?;
        let now = system_clock().now();
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let source = Source {
            name: &name,
            text: &text,
            published: now,
            created_by: Some(&organisation),
            markings,
            indicators_from: args.indicators_from,
        };
        let is_prose = matches!(kind, FileFormat::Report | FileFormat::Statement);
        let list = if is_prose { None } else { List::new(&source, now) };
        match list {
            Some(list) => self.list(node, list).await?,
            None if kind == FileFormat::List => bail!("no column holds values that can be looked for"),
            None => {
                if file.extension().is_some_and(|end| end == "csv" || end == "tsv") {
                    self.notes.push("no column holds values: read as a report".to_owned());
                }
                let Gathered { names, notes } = Gathered::of(&args.names, known::held(node).await?)?;
                self.notes.extend(notes);
                let reading = formats::text::read(&text, &names)?;
                let objects = if kind == FileFormat::Statement {
                    let statement = statement::read(&text, &names)?;
                    if statement.left_out > 0 {
                        self.notes.push(format!("{} sentences are not looked at", statement.left_out));
                    }
                    statement::objects(&source, (&statement, &reading), &names, now)
                } else {
                    report::objects(&source, &reading, &names, now)
                };
                self.objects_of(node, objects).await?;
            }
        }
        self.send(node).await
    }

    async fn list(&mut self, node: &mut Node, list: List<'_>) -> anyhow::Result<()> {
        let mut unread = 0_usize;
        for row in list {
            self.objects_of(node, row.objects).await?;
            for finding in row.findings {
                unread += 1;
                if unread <= FAILURES_SHOWN_MAX {
                    self.notes.push(finding.to_string());
                }
            }
        }
        if unread > FAILURES_SHOWN_MAX {
            self.notes.push(format!("{} more findings", unread - FAILURES_SHOWN_MAX));
        }
        Ok(())
    }

    async fn objects_of(&mut self, node: &mut Node, objects: Vec<serde_json::Value>) -> anyhow::Result<()> {
        for object in objects {
            self.add(node, Some(serde_json::to_vec(&object)?)).await?;
        }
        Ok(())
    }

    async fn add(&mut self, node: &mut Node, element: Option<Vec<u8>>) -> anyhow::Result<()> {
        let Some(mut text) = element else {
            self.failures += 1;
            self.before += 1;
            self.bar.suspend(|| eprintln!("an object is longer than allowed and was left out"));
            return Ok(());
        };
        if let Some(own) = formats::disarm::relabel(&text) {
            self.relabelled += 1;
            text = own;
        }
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
                "relabelled": self.relabelled,
                "notes": self.notes,
                "error": error.map(|error| format!("{error:#}")),
            }))?,
            Format::Text => {
                for note in &self.notes {
                    eprintln!("{}: {note}", file.display());
                }
                if self.relabelled > 0 {
                    let relabelled = self.relabelled;
                    eprintln!(
                        "{}: {relabelled} objects of DISARM no longer say that they are ATT&CK's",
                        file.display()
                    );
                }
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
