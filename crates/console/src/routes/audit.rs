//! What does the ledger say?

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use exchange::{Act, Deed, Record, Relabelled};

use crate::{
    App,
    contract::audit::{AuditQuery, Entries, LedgerEntry, Receipt, Receipts, Verification, Without},
    gate::{Asked, Caller, Named},
    problem::{Problem, ProblemBody},
};

/// How many entries a page has where it is not said, and at most.
const LIMIT: (usize, usize) = (50, 200);
/// So many entries are read at once, and so often for one page: who looks for what is rare goes on with `next`.
const STEP: u64 = 1000;
const STEPS_MAX: u64 = 20;

fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// An entry in words, without what was in objects.
fn told(entry: exchange::LedgerEntry, names: &BTreeMap<u32, String>) -> LedgerEntry {
    let alias = |number: u32| names.get(&number).cloned().unwrap_or_else(|| format!("collection {number}"));
    let mut shown = LedgerEntry {
        number: entry.number,
        time: entry.committed.to_micros_text(),
        kind: String::new(),
        partner: None,
        collection: None,
        channel: None,
        objects: 0,
        redacted: 0,
        text: String::new(),
        hash: entry.hash,
    };
    let (kind, text) = match entry.record {
        None => ("unreadable", "it cannot be read".to_owned()),
        Some(Record::Release(release)) => {
            shown.objects = release.claims().count() as u64;
            shown.redacted = release.redacted.len() as u64;
            shown.collection = Some(alias(release.collection));
            shown.channel = Some(word(&release.channel));
            shown.partner = Some(release.partner).filter(|partner| !partner.is_empty());
            let by = release.viewer.map(|viewer| match viewer.seen_as {
                Some(partner) => format!("shown to {} as {partner}", viewer.person.name),
                None => format!("shown to {}", viewer.person.name),
            });
            ("release", by.unwrap_or_default())
        }
        Some(Record::Submission(submission)) => {
            shown.objects = submission.objects as u64;
            shown.collection = Some(alias(submission.collection));
            shown.partner = Some(submission.partner).filter(|partner| !partner.is_empty());
            ("submission", format!("{} refused", submission.failures))
        }
        Some(Record::Removal { partner, collection, objects }) => {
            shown.objects = objects.len() as u64;
            shown.collection = Some(alias(collection));
            shown.partner = Some(partner).filter(|partner| !partner.is_empty());
            ("removal", String::new())
        }
        Some(Record::Relabelling { collection, why, objects }) => {
            shown.objects = objects.len() as u64;
            shown.collection = Some(alias(collection));
            ("relabelling", relabelled(why).to_owned())
        }
        Some(Record::Policy { version, differences, .. }) => {
            let lines = differences.iter().map(|one| format!("{} {}", one.sign, one.what));
            ("policy", format!("version {version}: {}", lines.collect::<Vec<_>>().join(", ")))
        }
        Some(Record::Credentials { changes }) => {
            shown.partner = changes.first().map(|(partner, _, _)| partner.clone());
            let lines =
                changes.iter().map(|(partner, id, change)| format!("{partner} {id} {}", word(change)));
            ("credentials", lines.collect::<Vec<_>>().join(", "))
        }
        Some(Record::Deed(deed)) => ("person", in_words(&deed)),
        Some(Record::Checkpoint(checkpoint)) => ("checkpoint", format!("of entry {}", checkpoint.entry)),
    };
    shown.kind = kind.to_owned();
    shown.text = text;
    shown
}

const fn relabelled(why: Relabelled) -> &'static str {
    match why {
        Relabelled::Meaning => "markings mean something else now",
        Relabelled::Gained => "somebody may have it now",
        Relabelled::Referring => "it refers to what somebody may have now",
    }
}

fn in_words(deed: &Deed) -> String {
    let by = if deed.by.is_empty() { "at the machine" } else { &deed.by };
    let detail = if deed.detail.is_empty() { String::new() } else { format!(": {}", deed.detail) };
    format!("{by}: {} {}{detail}", word(&deed.act), deed.about)
}

/// The ledger, the latest entry first.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "audit",
    params(AuditQuery),
    responses((status = 200, body = Entries), (status = "default", body = ProblemBody))
)]
pub(crate) async fn entries(
    State(app): State<App>,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Json<Entries>, Problem> {
    let total = app.exchange.ledger_length().await?;
    let before = asked.after.as_deref().map(str::parse::<u64>).transpose();
    let before = before.map_err(|_| Problem::Malformed("`after` is none of ours".to_owned()))?;
    let limit = asked.limit.map_or(LIMIT.0, |limit| limit as usize).clamp(1, LIMIT.1);
    let about = match &asked.object {
        Some(id) => {
            let receipts = app.exchange.who(id).await?;
            Some(receipts.into_iter().map(|receipt| receipt.entry).collect::<std::collections::BTreeSet<_>>())
        }
        None => None,
    };
    let names = app.exchange.collection_aliases();
    let mut found = Entries { total, ..Entries::default() };
    // The first entry that was told before; those below it are told now, from the highest down.
    let mut below = before.unwrap_or(total.saturating_add(1)).min(total.saturating_add(1));
    for _ in 0..STEPS_MAX {
        if below <= 1 {
            return Ok(Json(found));
        }
        let after = below.saturating_sub(STEP + 1);
        let mut page = Vec::new();
        let mut last = after;
        while last + 1 < below {
            let more = app.exchange.ledger_page(last).await?;
            let Some(end) = more.last() else { break };
            last = end.number;
            page.extend(more.into_iter().filter(|entry| entry.number < below));
        }
        for entry in page.into_iter().rev() {
            let number = entry.number;
            let is_named = about.as_ref().is_none_or(|about| about.contains(&number));
            let entry = told(entry, &names);
            let is_theirs = asked.partner.as_ref().is_none_or(|own| entry.partner.as_ref() == Some(own));
            if is_named && is_theirs {
                found.entries.push(entry);
            }
            below = number;
            if found.entries.len() == limit {
                found.next = (number > 1).then(|| number.to_string());
                return Ok(Json(found));
            }
        }
        below = below.min(after + 1);
    }
    found.next = (below > 1).then(|| below.to_string());
    Ok(Json(found))
}

/// Who got an object, also one that is held no more.
#[utoipa::path(
    get,
    path = "/audit/who/{id}",
    tag = "audit",
    params(("id" = String, Path)),
    responses((status = 200, body = Receipts), (status = "default", body = ProblemBody))
)]
pub(crate) async fn who(State(app): State<App>, Named(id): Named<String>) -> Result<Json<Receipts>, Problem> {
    let receipts = app.exchange.who(&id).await?;
    let told = |receipt: exchange::Receipt| Receipt {
        partner: receipt.partner,
        viewer: receipt.viewer.map(|viewer| viewer.person.name),
        version: receipt.version,
        time: receipt.time,
        channel: word(&receipt.channel),
        collection: receipt.collection,
        added: receipt.date_added,
        without: receipt.without.into_iter().map(|(property, line)| Without { property, line }).collect(),
        entry: receipt.entry,
    };
    Ok(Json(Receipts { receipts: receipts.into_iter().map(told).collect() }))
}

/// Follows the chain of the ledger.
#[utoipa::path(
    post,
    path = "/audit/verification",
    tag = "audit",
    responses((status = 200, body = Verification), (status = "default", body = ProblemBody))
)]
pub(crate) async fn verify(State(app): State<App>, caller: Caller) -> Result<Json<Verification>, Problem> {
    let found = app.exchange.verify(&[], None).await?;
    let deed = Deed {
        by: caller.user().to_owned(),
        act: Act::Verified,
        about: "ledger".to_owned(),
        detail: format!("{} entries, {} problem(s)", found.entries, found.problems.len()),
    };
    app.exchange.keep(Vec::new(), Some(deed), app.now()).await?;
    Ok(Json(Verification {
        entries: found.entries,
        hash: found.hash,
        checkpoints: found.checkpoints,
        keys: found.keys,
        problems: found.problems,
    }))
}
