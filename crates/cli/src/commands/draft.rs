//! `cresset preview --file`: who would get what of a bundle before it is published, and where it says too much.

use std::{io::Read as _, path::Path};

use anyhow::Context;
use exchange::{DraftPreview, Oversharing, PreviewedCopy};
use server::admin::{Command, Draft, Reply};

use crate::{
    node::Node,
    output::{Format, Outcome, json, refused},
};

pub(crate) async fn run(
    dir: &Path,
    (file, collection): (&Path, String),
    partner: Option<String>,
    format: Format,
) -> anyhow::Result<Outcome> {
    let envelope = read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let mut node = Node::of(dir).await?;
    let reply = node.call(Command::PreviewDraft { collection, envelope: Draft(envelope), partner }).await;
    node.close().await?;
    let reply = reply?;
    if let Reply::Refused { reasons } = &reply {
        return refused(format, reasons);
    }
    let Reply::DraftPreview(draft) = &reply else { anyhow::bail!("an answer to another question") };
    match format {
        Format::Json => json(&reply)?,
        Format::Text => print(draft),
    }
    let flagged = !draft.failures.is_empty() || !draft.oversharing.is_empty();
    Ok(if flagged { Outcome::Refused } else { Outcome::Done })
}

fn read(file: &Path) -> std::io::Result<String> {
    if file != Path::new("-") {
        return std::fs::read_to_string(file);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// For people.
pub(crate) fn print(draft: &DraftPreview) {
    for failure in &draft.failures {
        println!("refused: {}: {}", failure.id.as_deref().unwrap_or("an object"), failure.message);
    }
    if draft.recipients.is_empty() {
        println!("no partner reads this collection");
    }
    for recipient in &draft.recipients {
        let gets = recipient.objects.iter().filter(|(_, copy)| copy.text.is_some()).count();
        println!("{} gets {gets} of {} objects", recipient.partner, recipient.objects.len());
        recipient.objects.iter().for_each(|(id, copy)| print_copy(id, copy));
    }
    for flag in &draft.oversharing {
        match flag {
            Oversharing::Reference { object, label, refers_to, stricter } => {
                println!("stricter: {object} ({label}) refers to {refers_to} ({stricter})");
            }
            Oversharing::Name { object, name, of, partner } => {
                println!(
                    "quoted: {partner} would read `{name}` in {object}, the name of {of}, which it may not have"
                );
            }
        }
    }
}

fn print_copy(id: &str, copy: &PreviewedCopy) {
    println!("  {id}, {}", copy.label);
    for (pointer, reason) in &copy.removed {
        println!("    without {pointer}: {reason}");
    }
    match (&copy.text, &copy.withheld) {
        (Some(text), _) => println!("    {text}"),
        (None, reason) => println!("    withheld: {}", reason.as_deref().unwrap_or("")),
    }
}
