//! How do MISP's events come in: one file, or the directory of a feed, with a report of what is lost?

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use formats::misp::{LIMITS, Lost, Reading, read};
use server::system_clock;

use super::Import;
use crate::{
    node::Node,
    output::{Format, json},
};

/// So many losses are printed one by one.
const LOST_SHOWN_MAX: usize = 50;

/// The index of a feed; it holds no event.
const MANIFEST: &str = "manifest.json";

impl Import<'_> {
    /// Takes in a file with events, or every event of a feed's directory.
    pub(super) async fn misp(&mut self, node: &mut Node, path: &Path, format: Format) -> anyhow::Result<()> {
        let mut broken = 0;
        for file in files(path)? {
            let text = text(&file)?;
            let reading = read(&text, system_clock().now());
            report(&file, &reading, format)?;
            broken += reading.findings.len();
            for object in reading.objects {
                self.add(node, Some(object.into_bytes())).await?;
            }
        }
        self.send(node).await?;
        if broken > 0 {
            bail!("{broken} part(s) are no events of MISP");
        }
        Ok(())
    }
}

/// The files of a path: itself, or the events in a directory, by name.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).with_context(|| format!("cannot read `{}`", path.display()))? {
        let file = entry?.path();
        if file.extension().is_some_and(|own| own == "json") && file.file_name() != Some(MANIFEST.as_ref()) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn text(file: &Path) -> anyhow::Result<String> {
    let problem = || format!("cannot read `{}`", file.display());
    let mut bytes = Vec::new();
    let most = LIMITS.object_bytes_max as u64;
    super::open(file)?.take(most + 1).read_to_end(&mut bytes).with_context(problem)?;
    if bytes.len() as u64 > most {
        bail!("`{}` is longer than {most} bytes", file.display());
    }
    String::from_utf8(bytes).with_context(problem)
}

fn report(file: &Path, reading: &Reading, format: Format) -> anyhow::Result<()> {
    let pairs = |all: &[Lost]| -> Vec<(String, String)> {
        all.iter().map(|lost| (lost.place.clone(), lost.what.clone())).collect()
    };
    if format == Format::Json {
        return json(&serde_json::json!({
            "file": file,
            "objects": reading.objects.len(),
            "broken": pairs(&reading.findings),
            "lost": pairs(&reading.lost),
            "lost_count": reading.lost_count,
        }));
    }
    for lost in &reading.findings {
        eprintln!("{}: {}: {}", file.display(), lost.place, lost.what);
    }
    for lost in reading.lost.iter().take(LOST_SHOWN_MAX) {
        eprintln!("{}: lost: {}: {}", file.display(), lost.place, lost.what);
    }
    println!("{}: {} objects read, {} parts lost", file.display(), reading.objects.len(), reading.lost_count);
    Ok(())
}
