//! `cresset export`: what a reader may have, as another tool's file.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use formats::export::{Format as FileFormat, kind_named};
use server::{Asked, SocketError, Summary, system_clock};

use crate::{
    args::Export,
    node::Node,
    output::{Format, Outcome, json, refused},
};

/// So many reasons are printed one by one.
const TOLD_MAX: usize = 20;

pub(crate) async fn run(dir: &Path, args: Export, format: Format) -> anyhow::Result<Outcome> {
    if let Some(kind) = args.kinds.iter().find(|kind| kind_named(kind).is_none()) {
        return refused(format, &[format!("`{kind}` is no kind of value")]);
    }
    let asked = Asked {
        name: String::new(),
        collection: args.collection,
        reader: args.partner,
        format: args.format.to_string(),
        confidence_min: args.confidence_min,
        kinds: args.kinds,
    };
    let mut target = Target::new(args.out, args.format);
    let mut node = Node::of(dir).await?;
    let summary = draw(&mut node, asked, &mut target).await;
    node.close().await?;
    let summary = match summary? {
        Ok(summary) => summary,
        Err(reason) => return refused(format, &[reason]),
    };
    let files = target.done()?;
    report(&summary, &files, format)?;
    Ok(Outcome::Done)
}

async fn draw(node: &mut Node, asked: Asked, target: &mut Target) -> anyhow::Result<Result<Summary, String>> {
    match node {
        Node::Here(exchange) => {
            let (parts, summary) = match server::export(exchange, &asked, system_clock().now()).await? {
                Ok(exported) => exported,
                Err(reason) => return Ok(Err(reason)),
            };
            for mut part in parts {
                let name = part.name.clone();
                let mut chunk = vec![0; 1 << 16];
                loop {
                    let length = part.read(&mut chunk)?;
                    target.take(&name, chunk.get(..length).unwrap_or_default())?;
                    if length == 0 {
                        break;
                    }
                }
            }
            Ok(Ok(summary))
        }
        Node::There(client) => match client.export(asked, |part, piece| target.take(part, piece)).await {
            Ok(summary) => Ok(Ok(summary)),
            Err(SocketError::Refused(reason)) => Ok(Err(reason)),
            Err(error) => Err(error.into()),
        },
    }
}

/// Where the parts go: into a file, a directory, or to standard output. A file takes the place of the one before when it is whole.
struct Target {
    out: PathBuf,
    into: Into,
    open: Option<(PathBuf, tempfile::NamedTempFile)>,
    waiting: Vec<(PathBuf, tempfile::NamedTempFile)>,
}

enum Into {
    StandardOutput,
    File,
    Directory,
}

impl Target {
    fn new(out: PathBuf, format: FileFormat) -> Self {
        let into = if out == Path::new("-") {
            Into::StandardOutput
        } else if has_parts(format) || out.is_dir() {
            Into::Directory
        } else {
            Into::File
        };
        Self { out, into, open: None, waiting: Vec::new() }
    }

    fn take(&mut self, part: &str, piece: &[u8]) -> std::io::Result<()> {
        let path = match self.into {
            Into::StandardOutput => return std::io::stdout().write_all(piece),
            Into::File => self.out.clone(),
            Into::Directory => self.out.join(part),
        };
        let (_, file) = match &mut self.open {
            Some(open) => open,
            none => {
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                let parent = parent.unwrap_or(Path::new("."));
                std::fs::create_dir_all(parent)?;
                let file = tempfile::NamedTempFile::new_in(parent)?;
                none.insert((path, file))
            }
        };
        file.write_all(piece)?;
        if piece.is_empty() {
            self.waiting.extend(self.open.take());
        }
        Ok(())
    }

    /// Puts everything in its place; what was written.
    fn done(self) -> anyhow::Result<Vec<PathBuf>> {
        if self.open.is_some() {
            bail!("the export ended early");
        }
        let mut files = Vec::new();
        for (path, file) in self.waiting {
            file.as_file().sync_all()?;
            file.persist(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
            files.push(path);
        }
        Ok(files)
    }
}

/// Whether the format has several files, which a directory holds.
fn has_parts(format: FileFormat) -> bool {
    match format {
        FileFormat::Misp
        | FileFormat::List
        | FileFormat::Suricata
        | FileFormat::SuricataDatasets
        | FileFormat::Navigator => true,
        FileFormat::Stix
        | FileFormat::Csv
        | FileFormat::Zeek
        | FileFormat::Rpz
        | FileFormat::Sigma
        | FileFormat::Yara
        | FileFormat::Snort
        | FileFormat::Markdown => false,
    }
}

fn report(summary: &Summary, files: &[PathBuf], format: Format) -> anyhow::Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    match format {
        Format::Json => json(&serde_json::json!({ "files": files, "account": summary })),
        Format::Text => {
            for file in files {
                println!("{}", file.display());
            }
            println!("{} objects looked at, {} said", summary.given, summary.said);
            for (why, count) in &summary.left_out {
                println!("left out: {why}: {count}");
            }
            for (id, why, what) in summary.told.iter().take(TOLD_MAX) {
                eprintln!("{id}: {why} {what}");
            }
            if summary.told.len() > TOLD_MAX {
                eprintln!("and more; --json tells the first thousand");
            }
            Ok(())
        }
    }
}
