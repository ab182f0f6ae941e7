//! `cresset audit`: what the ledger says.

use std::{io::Write as _, path::Path};

use anyhow::Context;
use exchange::{Checkpoint, Receipt, Replayed, Verified};
use server::admin::{AuditCommand as Audit, AuditReply, Command, Reply};

use crate::{
    args::AuditCommand,
    node::Node,
    output::{Format, Outcome, json, refused},
};

pub(crate) async fn run(dir: &Path, command: AuditCommand, format: Format) -> anyhow::Result<Outcome> {
    let command = match command {
        AuditCommand::Verify { against, key } => {
            let kept = against.iter().map(|file| checkpoint(file)).collect::<anyhow::Result<_>>()?;
            Audit::Verify { kept, key }
        }
        AuditCommand::Replay => Audit::Replay,
        AuditCommand::Who { id } => Audit::Who { id },
        AuditCommand::Checkpoint => Audit::Checkpoint,
        AuditCommand::Export => return export(dir).await,
    };
    let mut node = Node::of(dir).await?;
    let reply = node.call(Command::Audit(command)).await;
    node.close().await?;
    let reply = reply?;
    if let Reply::Refused { reasons } = &reply {
        return refused(format, reasons);
    }
    let Reply::Audit(reply) = reply else { anyhow::bail!("an answer to another question") };
    match format {
        Format::Json => json(&reply)?,
        Format::Text => print(&reply),
    }
    Ok(if is_bad(&reply) { Outcome::Refused } else { Outcome::Done })
}

fn checkpoint(file: &Path) -> anyhow::Result<Checkpoint> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("`{}` is no checkpoint", file.display()))
}

/// Whether what was found needs somebody to look at it.
fn is_bad(reply: &AuditReply) -> bool {
    match reply {
        AuditReply::Verified(verified) => !verified.problems.is_empty(),
        AuditReply::Replayed(replayed) => replayed.differences > 0,
        AuditReply::Who(receipts) => receipts.is_empty(),
        AuditReply::Checkpoint(_) | AuditReply::Exported(_) => false,
    }
}

pub(crate) fn print(reply: &AuditReply) {
    match reply {
        AuditReply::Verified(verified) => print_verified(verified),
        AuditReply::Replayed(replayed) => print_replayed(replayed),
        AuditReply::Who(receipts) => receipts.iter().for_each(print_receipt),
        // To be kept in a file as it is, whatever the format.
        AuditReply::Checkpoint(checkpoint) => {
            println!("{}", serde_json::to_string(checkpoint).unwrap_or_default());
        }
        AuditReply::Exported(entries) => println!("{} entries", entries.len()),
    }
}

fn print_verified(verified: &Verified) {
    let Verified { entries, hash, checkpoints, keys, problems } = verified;
    println!("{entries} entries, the last with hash {hash}");
    println!(
        "{checkpoints} checkpoint(s) vouch for them{}",
        if keys.is_empty() { "" } else { ", signed by" }
    );
    for key in keys {
        println!("  {key}");
    }
    for problem in problems {
        println!("problem: {problem}");
    }
    if problems.is_empty() {
        println!("the chain is whole");
    }
}

fn print_replayed(replayed: &Replayed) {
    let Replayed { releases, decisions, gone, differences, told } = replayed;
    println!("{releases} releases with {decisions} decisions, {differences} difference(s)");
    if *gone > 0 {
        println!("{gone} object(s) are held no more: only their labels were decided again");
    }
    for what in told {
        println!("difference: {what}");
    }
}

fn print_receipt(receipt: &Receipt) {
    let Receipt { partner, viewer, version, time, channel, collection, entry, without, .. } = receipt;
    let whom = viewer.as_ref().map_or_else(|| partner.clone(), |viewer| format!("({})", viewer.person.name));
    let channel = serde_json::to_string(channel).unwrap_or_default();
    let fields: Vec<_> = without.iter().map(|(field, rule)| format!("{field} (rule {rule})")).collect();
    let without = if fields.is_empty() { String::new() } else { format!(" without {}", fields.join(", ")) };
    let channel = channel.trim_matches('"');
    println!("{time}  {whom:<20} version {version} in {collection} by {channel}, entry {entry}{without}");
}

async fn export(dir: &Path) -> anyhow::Result<Outcome> {
    let mut node = Node::of(dir).await?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut after = 0;
    loop {
        let reply = node.call(Command::Audit(Audit::Export { after })).await?;
        let Reply::Audit(AuditReply::Exported(entries)) = reply else { break };
        let Some(last) = entries.last() else { break };
        after = last.number;
        for entry in &entries {
            serde_json::to_writer(&mut out, entry)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    node.close().await?;
    Ok(Outcome::Done)
}
