//! `cresset audit`: what the ledger says.

use std::{io::Write as _, path::Path};

use anyhow::Context;
use exchange::{Checkpoint, Receipt, Replayed, Verified};
use server::admin::{AuditCommand as Audit, Command, Reply};

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
fn is_bad(reply: &Reply) -> bool {
    match reply {
        Reply::Verified(verified) => !verified.problems.is_empty(),
        Reply::Replayed(replayed) => replayed.differences > 0,
        Reply::Who(receipts) => receipts.is_empty(),
        _ => false,
    }
}

pub(crate) fn print(reply: &Reply) {
    match reply {
        Reply::Verified(verified) => print_verified(verified),
        Reply::Replayed(replayed) => print_replayed(replayed),
        Reply::Who(receipts) => receipts.iter().for_each(print_receipt),
        // To be kept in a file as it is, whatever the format.
        Reply::Checkpoint(checkpoint) => {
            println!("{}", serde_json::to_string(checkpoint).unwrap_or_default())
        }
        Reply::Exported(entries) => {
            entries.iter().for_each(|entry| println!("{}", serde_json::to_string(entry).unwrap_or_default()));
        }
        _ => {}
    }
}

fn print_verified(verified: &Verified) {
    let Verified { entries, hash, checkpoints, keys, problems } = verified;
    println!("{entries} entries, the last with hash {hash}");
    println!(
        "{checkpoints} checkpoint(s) vouch for them{}",
        if keys.is_empty() { "" } else { ", signed by" }
    );
    keys.iter().for_each(|key| println!("  {key}"));
    problems.iter().for_each(|problem| println!("problem: {problem}"));
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
    told.iter().for_each(|what| println!("difference: {what}"));
}

fn print_receipt(receipt: &Receipt) {
    let Receipt { partner, version, time, channel, collection, entry, without, .. } = receipt;
    let channel = serde_json::to_string(channel).unwrap_or_default();
    let fields: Vec<_> = without.iter().map(|(field, rule)| format!("{field} (rule {rule})")).collect();
    let without = if fields.is_empty() { String::new() } else { format!(" without {}", fields.join(", ")) };
    let channel = channel.trim_matches('"');
    println!("{time}  {partner:<20} version {version} in {collection} by {channel}, entry {entry}{without}");
}

async fn export(dir: &Path) -> anyhow::Result<Outcome> {
    let mut node = Node::of(dir).await?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut after = 0;
    loop {
        let Reply::Exported(entries) = node.call(Command::Audit(Audit::Export { after })).await? else {
            break;
        };
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
