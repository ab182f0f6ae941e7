//! Commands that ask a node something and print its answer.

use std::path::Path;

use anyhow::Context;
use exchange::{ApplyMode, Coverage, Knowledge, Preview, world::World};
use server::admin::{Command, Reply, UserSummary};

use crate::{
    node::Node,
    output::{Format, Outcome, json, refused},
};

/// Has a command carried out and prints the answer.
pub(crate) async fn run(dir: &Path, command: Command, format: Format) -> anyhow::Result<Outcome> {
    let mut node = Node::of(dir).await?;
    let reply = node.call(command).await;
    node.close().await?;
    let reply = reply?;
    if let Reply::Refused { reasons } = &reply {
        return refused(format, reasons);
    }
    match format {
        Format::Json => json(&reply)?,
        Format::Text => print(&reply),
    }
    Ok(Outcome::Done)
}

/// Reads a declaration and applies it.
pub(crate) async fn apply(
    dir: &Path,
    file: &Path,
    mode: ApplyMode,
    format: Format,
) -> anyhow::Result<Outcome> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let world: World = match toml::from_str(&text) {
        Ok(world) => world,
        Err(error) => return refused(format, &[format!("{}: {error}", file.display())]),
    };
    run(dir, Command::Apply { world: Box::new(world), dry_run: mode == ApplyMode::DryRun }, format).await
}

fn print(reply: &Reply) {
    match reply {
        Reply::Applied { differences, version } => {
            for difference in differences {
                println!("{} {}: {}", difference.sign, difference.what, difference.detail);
            }
            match differences.len() {
                0 => println!("nothing to change; version {version} is in force"),
                count => println!("{count} change(s); version {version} is in force"),
            }
        }
        Reply::World(None) => println!("nothing is declared yet"),
        Reply::World(Some(world)) => print_partners(world),
        Reply::Collections(collections) => {
            for collection in collections {
                let (alias, id, title) = (&collection.alias, collection.id, &collection.title);
                println!(
                    "{alias:<20} {id}  {:>9} objects  {:>4} labels  {title}",
                    collection.objects, collection.labels
                );
            }
        }
        Reply::Secret { id, secret } => {
            println!("{secret}");
            eprintln!("credential {id}: shown this once, kept only as a hash");
        }
        Reply::Credentials(credentials) => {
            for credential in credentials {
                let expires = credential.expires.as_deref().unwrap_or("never");
                let (id, partner, kind) = (credential.id, &credential.partner, &credential.kind);
                println!("{id}  {partner:<20} {kind:<8} expires {expires}  {}", credential.note);
            }
        }
        Reply::Withdrawn => println!("withdrawn"),
        Reply::Done => println!("done"),
        Reply::Users(users) => users.iter().for_each(print_user),
        Reply::Password { user, password: Some(password) } => {
            println!("{password}");
            eprintln!("password of {user}: shown this once, kept only as a hash");
        }
        Reply::Password { user, password: None } => println!("{user} signs in without a password"),
        Reply::Preview(preview) => print_preview(preview),
        Reply::Reindexed(reindexed) => {
            println!("the search index is built again: {} objects", reindexed.objects);
        }
        Reply::Names(page) => page.known.iter().for_each(|one| println!("{} {}", one.object_type, one.name)),
        Reply::Doctor(report) => {
            println!(
                "store {}, {} objects, last change {}",
                report.backend, report.objects, report.last_change
            );
            report.remarks.iter().for_each(|remark| println!("- {remark}"));
            if report.remarks.is_empty() {
                println!("nothing to look at");
            }
        }
        Reply::DraftPreview(draft) => super::draft::print(draft),
        Reply::Knowledge(knowledge) => print_knowledge(knowledge),
        Reply::Coverage(coverage) => print_coverage(coverage),
        Reply::Alerts(alerts) => {
            for line in alerts.iter().filter_map(|alert| serde_json::to_string(alert).ok()) {
                println!("{line}");
            }
        }
        Reply::Audit(reply) => super::audit::print(reply),
        Reply::Refused { reasons } => reasons.iter().for_each(|reason| eprintln!("refused: {reason}")),
    }
}

fn print_user(user: &UserSummary) {
    let clearances: Vec<_> =
        user.clearances.iter().map(|(policy, level)| format!("{}={level}", policy.0)).collect();
    let ceiling = user.ceiling.map(|ceiling| format!("  up to TLP:{ceiling}")).unwrap_or_default();
    let factor = if user.totp { "  second factor" } else { "" };
    let enabled = if user.enabled { "" } else { "  disabled" };
    println!(
        "{:<20} {:<14} {}{ceiling}{factor}{enabled}  signed in {}",
        user.user,
        user.role.as_str(),
        clearances.join(" "),
        user.signed_in.as_deref().unwrap_or("never"),
    );
}

fn print_knowledge(knowledge: &Knowledge) {
    for known in &knowledge.claims {
        println!("{} in {}, from {}, added {}", known.id, known.collection, known.origin, known.date_added);
        println!("{}", known.text);
    }
    if knowledge.claims.is_empty() {
        println!("nothing");
    }
    if knowledge.more {
        println!("there is more");
    }
}

fn print_coverage(coverage: &Coverage) {
    let holders: Vec<_> = coverage.holders.iter().map(String::as_str).collect();
    println!("{} partner(s) have it: {}", holders.len(), holders.join(", "));
    if !coverage.sensors.is_empty() {
        let sensors: Vec<_> = coverage.sensors.iter().map(String::as_str).collect();
        println!("{} own sensor(s) watch for it: {}", sensors.len(), sensors.join(", "));
    }
    for (by, seen) in &coverage.seen {
        let by = if by.is_empty() { "this node" } else { by };
        let between = match (&seen.first_seen, &seen.last_seen) {
            (Some(first), Some(last)) => format!(", from {first} to {last}"),
            _ => String::new(),
        };
        println!(
            "{by}: seen {} time(s) in {} sighting(s){between}; looked for and not seen: {}",
            seen.count, seen.sightings, seen.searched_none
        );
    }
}

fn print_partners(world: &World) {
    for partner in &world.partners {
        let nation = partner.nation.map(|nation| format!(" ({nation})")).unwrap_or_default();
        println!("{}{nation}  {}", partner.name, partner.organisation);
        for agreement in world.agreements.iter().filter(|agreement| agreement.partner == partner.name) {
            let may: Vec<_> = agreement.may.iter().map(|right| format!("{right:?}").to_lowercase()).collect();
            let until = agreement.valid.until.map(|until| format!(", until {until}")).unwrap_or_default();
            println!(
                "  {:<20} {}, up to TLP:{}{until}",
                agreement.collection,
                may.join(" "),
                agreement.ceiling
            );
        }
    }
}

/// What a partner gets of an object, for people.
pub(crate) fn print_preview(preview: &Preview) {
    for copy in &preview.copies {
        println!("{} in {}, version {}, for {}", preview.id, copy.collection, copy.version, preview.partner);
        println!("  label {} from {}", copy.label, copy.origin);
        for (pointer, reason) in &copy.removed {
            println!("  without {pointer}: {reason}");
        }
        match (&copy.text, &copy.withheld) {
            (Some(text), _) => println!("{text}"),
            (None, reason) => println!("  withheld: {}", reason.as_deref().unwrap_or("")),
        }
    }
}
