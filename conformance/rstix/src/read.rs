//! Does everything come back through rstix, in pages of either size and in the manifest, and is it unchanged?

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use futures::TryStreamExt;
use rstix::core::{StixId, TaxiiTimestamp};
use rstix::taxii::{ManifestRecord, ObjectByIdFilter, TaxiiFilter, VersionFilter, VersionsQueryFilter};
use serde_json::Value;

use crate::checks::{Checks, figure};
use crate::objects::{Key, Published, by_key, compare, key};
use crate::plain;
use crate::session::Session;

const LARGE: usize = 1000;
const SMALL: usize = 100;
/// So many objects are also asked for one by one.
const SINGLE: usize = 20;

pub async fn all(checks: &mut Checks, session: &Session, published: &[Published]) {
    checks.run("a page holds no more than asked for and has its dates", first_page(session)).await;
    let Some(large) = checks.run("paged whole, 1000 at a time", whole(session, LARGE)).await else { return };
    checks
        .run("paged whole, 100 at a time, the same", async {
            ensure!(whole(session, SMALL).await? == large, "another sequence than with {LARGE} at a time");
            Ok(())
        })
        .await;
    checks
        .run("each object published came back as rstix reads it", async {
            compare(published, |object| &object.typed, &by_key(large.clone())?)
        })
        .await;
    checks.run("each object published came back with all its JSON", exact(session, published)).await;
    if let Some(entries) =
        checks.run("the manifest lists the same versions in the same order", manifest(session, &large)).await
    {
        checks.run("added_after leaves out what is older", added_after(session, &large, &entries)).await;
    }
    checks.run("match[type] gives all of a type and no other", by_type(session, &large)).await;
    let step = published.len().div_ceil(SINGLE).max(1);
    let some: Vec<_> = published.iter().step_by(step).collect();
    let name = format!("{} objects one by one, with their versions", some.len());
    checks.run(&name, one_by_one(session, &some)).await;
}

/// Every version of every object through rstix's own paging.
async fn whole(session: &Session, limit: usize) -> Result<Vec<Value>> {
    let start = Instant::now();
    let objects = stream(session, TaxiiFilter::new().limit(limit)).await?;
    let seconds = start.elapsed().as_secs_f64();
    by_key(objects.clone())?;
    figure(format_args!("read {} objects, {limit} at a time, in {seconds:.1} s", objects.len()));
    Ok(objects)
}

async fn stream(session: &Session, filter: TaxiiFilter) -> Result<Vec<Value>> {
    let filter = TaxiiFilter { version: VersionFilter::All, ..filter };
    let mut objects = session.client.objects_stream(&session.root, &session.collection, filter);
    let mut found = Vec::new();
    while let Some(object) = objects.try_next().await? {
        found.push(serde_json::to_value(object)?);
    }
    Ok(found)
}

async fn first_page(session: &Session) -> Result<()> {
    let limit = 10;
    let filter = TaxiiFilter::new().limit(limit);
    let page = session.client.objects(&session.root, &session.collection, filter).await?;
    ensure!(page.value.objects.len() == limit, "{} objects", page.value.objects.len());
    ensure!(page.value.more && page.value.next.is_some(), "no more, or no next");
    let (first, last) = (page.headers.date_added_first, page.headers.date_added_last);
    ensure!(first.is_some() && last >= first, "the dates are {first:?} and {last:?}");
    Ok(())
}

async fn exact(session: &Session, published: &[Published]) -> Result<()> {
    let (objects, pages) = plain::whole(session, LARGE).await?;
    figure(format_args!("read {} objects without rstix's client in {pages} pages", objects.len()));
    compare(published, |object| &object.wire, &by_key(objects)?)
}

async fn manifest(session: &Session, objects: &[Value]) -> Result<Vec<ManifestRecord>> {
    let filter = TaxiiFilter { version: VersionFilter::All, ..TaxiiFilter::new().limit(LARGE) };
    let entries: Vec<ManifestRecord> =
        session.client.manifest_stream(&session.root, &session.collection, filter).try_collect().await?;
    ensure!(entries.len() == objects.len(), "{} entries for {} objects", entries.len(), objects.len());
    for (entry, object) in entries.iter().zip(objects) {
        let (id, version) = key(object)?;
        ensure!(entry.id == id, "{} where the objects have {id}", entry.id);
        ensure!(version.is_empty() || entry.version == version, "{id} has version {}", entry.version);
    }
    ensure!(entries.is_sorted_by_key(|entry| &entry.date_added), "not in the order of date_added");
    Ok(entries)
}

/// rstix moves the date by the difference of the clocks, in whole seconds: more may come, but no less.
async fn added_after(session: &Session, objects: &[Value], entries: &[ManifestRecord]) -> Result<()> {
    let middle: &TaxiiTimestamp = &entries.get(entries.len() / 2).context("an empty manifest")?.date_added;
    let after = entries.iter().filter(|entry| entry.date_added > *middle).count();
    let found = stream(session, TaxiiFilter::new().limit(LARGE).added_after(middle.clone())).await?;
    ensure!(found.len() >= after, "{} objects, and {after} were added after", found.len());
    ensure!(objects.ends_with(&found), "not the last {} objects of all", found.len());
    Ok(())
}

async fn by_type(session: &Session, objects: &[Value]) -> Result<()> {
    let kind = |object: &Value| object.get("type").and_then(Value::as_str).map(str::to_owned);
    let asked = objects.last().and_then(kind).context("an object without a type")?;
    let found = stream(session, TaxiiFilter::new().limit(SMALL).object_type(asked.clone())).await?;
    let expected: Vec<&Value> =
        objects.iter().filter(|object| kind(object).as_deref() == Some(&asked)).collect();
    ensure!(found.iter().eq(expected.iter().copied()), "{} {asked}, not {}", found.len(), expected.len());
    Ok(())
}

async fn one_by_one(session: &Session, some: &[&Published]) -> Result<()> {
    for Published { key, typed, .. } in some {
        let (id, version) = key;
        let found = versions_of(session, id).await?;
        ensure!(
            found.iter().any(|(key, object)| *key == (id.clone(), version.clone()) && object == typed),
            "{key:?} is not as published"
        );
        let listed = session
            .client
            .object_versions(
                &session.root,
                &session.collection,
                &StixId::parse(id)?,
                VersionsQueryFilter::new(),
            )
            .await?
            .value
            .versions;
        ensure!(listed.len() == found.len(), "{id}: {} versions of {} objects", listed.len(), found.len());
        ensure!(version.is_empty() || listed.contains(version), "{id}: {version} is not in {listed:?}");
    }
    Ok(())
}

/// An object by its id, in all its versions.
pub async fn versions_of(session: &Session, id: &str) -> Result<Vec<(Key, Value)>> {
    let filter = ObjectByIdFilter::new().version(VersionFilter::All);
    let page =
        session.client.get_object(&session.root, &session.collection, &StixId::parse(id)?, filter).await?;
    let pairs = page.value.objects.into_iter().map(|object| {
        let object = serde_json::to_value(object)?;
        Ok((key(&object)?, object))
    });
    pairs.collect()
}
