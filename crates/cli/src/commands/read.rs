//! `cresset read`: what do reports say, in which sentence, where?

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};
use clap::{Args, ValueHint};
use formats::{
    document::{self, Document, DocumentKind, PDF_TEXT_BYTES_MAX},
    text::{self, Found, Proposal, TEXT_BYTES_MAX},
};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use super::{import, known::Gathered};
use crate::output::{Format, Outcome, json};

/// What the process that reads a PDF may have of memory.
const PDF_MEMORY_BYTES_MAX: u64 = 2 << 30;
/// How long it may run, in seconds of a processor.
const PDF_SECONDS_MAX: u64 = 60;

/// What `cresset read` is told.
#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    /// Bundles whose names are looked for, besides those that everybody knows and those that this node holds
    #[arg(long, value_hint = ValueHint::FilePath)]
    names: Vec<PathBuf>,
    /// Print the text that is read, to which positions point, and nothing else
    #[arg(long)]
    text: bool,
    /// Reports: text, Markdown, HTML, PDF; `-` for standard input
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Printed<'a> {
    file: &'a Path,
    line: u64,
    column: u64,
    start: usize,
    end: usize,
    kind: String,
    value: String,
    candidates: Vec<String>,
    confidence: u8,
    why: &'a [&'static str],
    quote: &'a str,
}

pub(crate) async fn run(dir: &Path, args: &ReadArgs, format: Format) -> anyhow::Result<Outcome> {
    let Gathered { names, notes } = Gathered::with_node(dir, &args.names).await?;
    for note in notes {
        eprintln!("{note}");
    }
    let mut outcome = Outcome::Done;
    for file in &args.files {
        let document = match document(file) {
            Ok(document) => document,
            Err(error) => {
                eprintln!("{}: {error:#}", file.display());
                outcome = Outcome::Refused;
                continue;
            }
        };
        for finding in &document.findings {
            eprintln!("{}: {finding}", file.display());
        }
        if args.text {
            print!("{}", document.text);
            continue;
        }
        let reading = text::read(&document.text, &names)?;
        for proposal in &reading.proposals {
            print(&printed(file, &document.text, proposal), format)?;
        }
        if reading.left_out > 0 {
            eprintln!("{}: {} more", file.display(), reading.left_out);
            outcome = Outcome::Refused;
        }
    }
    Ok(outcome)
}

fn printed<'a>(file: &'a Path, text: &'a str, proposal: &'a Proposal) -> Printed<'a> {
    let (kind, value, candidates) = told(&proposal.found);
    let written = text.get(proposal.span.clone()).unwrap_or("");
    Printed {
        file,
        line: proposal.line,
        column: proposal.column,
        start: proposal.span.start,
        end: proposal.span.end,
        kind,
        value: if value.is_empty() { written.to_owned() } else { value },
        candidates,
        confidence: proposal.confidence,
        why: &proposal.why,
        quote: text.get(proposal.quote.clone()).unwrap_or(""),
    }
}

/// What kind, which value, and whom a name may mean.
fn told(found: &Found) -> (String, String, Vec<String>) {
    let plain = |kind: &str, value: &str| (kind.to_owned(), value.to_owned(), Vec::new());
    match found {
        Found::Observable(observable) => {
            plain(&format!("{:?}", observable.kind).to_ascii_lowercase(), &observable.value)
        }
        Found::Vulnerability(number) => plain("vulnerability", number),
        Found::Entry { framework, external_id } => plain(framework.as_str(), external_id),
        Found::Wallet { currency, address } => plain(currency, address),
        Found::Imo(number) => plain("imo", number),
        Found::Mmsi(number) => plain("mmsi", number),
        Found::Named(all) => {
            let told = all.iter().map(|one| match &one.id {
                Some(id) => format!("{} ({id})", one.name),
                None => format!("{} ({})", one.name, one.object_type),
            });
            match all.as_slice() {
                [one] => (one.object_type.clone(), one.name.clone(), told.collect()),
                _ => ("ambiguous".to_owned(), String::new(), told.collect()),
            }
        }
    }
}

fn print(found: &Printed<'_>, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        return json(found);
    }
    let Printed { line, column, kind, value, confidence, .. } = found;
    println!(
        "{}:{line}:{column}: {kind} {value} ({confidence}: {})",
        found.file.display(),
        found.why.join(", ")
    );
    if found.candidates.len() > 1 {
        println!("    may be {}", found.candidates.join(", "));
    }
    println!("    “{}”", found.quote.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(())
}

/// A file as text; a PDF is read in a process of its own.
pub(crate) fn document(file: &Path) -> anyhow::Result<Document> {
    let mut bytes = Vec::new();
    let most = TEXT_BYTES_MAX as u64;
    import::open(file)?.take(most + 1).read_to_end(&mut bytes).context("cannot read")?;
    if bytes.len() > TEXT_BYTES_MAX {
        bail!("the file has more than the {TEXT_BYTES_MAX} bytes that are read");
    }
    if document::is_pdf(&bytes) {
        return apart(bytes);
    }
    Ok(document::read(&bytes)?)
}

/// What the process says, a line each.
#[derive(Serialize, Deserialize)]
enum Told {
    Page { text: String, finding: Option<String> },
    End { error: Option<String> },
}

/// Has a PDF read by a process that may die of it; what it read before stays.
fn apart(bytes: Vec<u8>) -> anyhow::Result<Document> {
    let mut process = Command::new(std::env::current_exe()?)
        .arg("document-text")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start a process to read the PDF in")?;
    let (input, output) = (process.stdin.take(), process.stdout.take());
    let writer = std::thread::spawn(move || {
        // Where the process is gone, its end says so.
        input.map(|mut input| input.write_all(&bytes))
    });
    let (mut text, mut findings, mut end) = (String::new(), Vec::new(), None);
    let most = 2 * PDF_TEXT_BYTES_MAX as u64;
    for line in output.into_iter().flat_map(|output| BufReader::new(output.take(most)).lines()) {
        match line.ok().and_then(|line| serde_json::from_str(&line).ok()) {
            Some(Told::Page { text: page, finding }) => {
                text.push_str(&page);
                findings.extend(finding);
            }
            Some(Told::End { error }) => end = Some(error),
            None => break,
        }
    }
    let status = process.wait()?;
    drop(writer.join());
    match end {
        Some(Some(error)) => bail!(error),
        Some(None) => {}
        None => {
            let what = "the PDF asks for more time or memory than it is given, or breaks its reader";
            if text.is_empty() {
                bail!("{what} ({status})");
            }
            findings.push(format!("the pages behind these are not read: {what} ({status})"));
        }
    }
    Ok(Document { kind: DocumentKind::Pdf, text, encoding: "UTF-8", findings })
}

/// What the process does in which a PDF is read: it bounds itself, reads, and prints.
pub(crate) fn document_text() -> anyhow::Result<Outcome> {
    let limit = |most| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::As, limit(PDF_MEMORY_BYTES_MAX))?;
    setrlimit(Resource::Cpu, limit(PDF_SECONDS_MAX))?;
    let mut bytes = Vec::new();
    std::io::stdin().take(TEXT_BYTES_MAX as u64).read_to_end(&mut bytes)?;
    let mut written = Ok(());
    let read = document::pdf_pages(&bytes, &mut |page| {
        if written.is_ok() {
            written = json(&Told::Page { text: page.text, finding: page.finding });
        }
    });
    written?;
    json(&Told::End { error: read.err().map(|error| error.to_string()) })?;
    Ok(Outcome::Done)
}
