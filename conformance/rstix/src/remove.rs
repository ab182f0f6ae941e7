//! Is an object gone, one version first and then all of it, when rstix deletes it?

use anyhow::{Result, bail, ensure};
use rstix::core::{StixId, StixTimestamp};
use rstix::taxii::{ObjectVersion, TaxiiError, TaxiiFilter, VersionFilter, VersionsQueryFilter};
use serde_json::{Value, json};

use crate::checks::Checks;
use crate::objects::sdo;
use crate::publish::send;
use crate::read::versions_of;
use crate::session::Session;

/// An object of two versions that is only there to be deleted.
struct Victim {
    id: StixId,
    versions: [String; 2],
}

pub async fn all(checks: &mut Checks, session: &Session) {
    let name = "an object of two versions has two";
    let Some(victim) = checks.run(name, two_versions(session)).await else { return };
    checks.run("one version deleted leaves the other", delete_one(session, &victim)).await;
    let name = "all versions deleted, the object is 404";
    if checks.run(name, delete_all(session, &victim)).await.is_some() {
        checks.run("its versions are 404, it is in no page", nowhere(session, &victim)).await;
        checks.run("deleted again it is 404", again(session, &victim)).await;
    }
}

async fn two_versions(session: &Session) -> Result<Victim> {
    let first = sdo("campaign", json!({"name": "rstix deletes this"}));
    let versions = ["2021-01-01T00:00:00.000Z".to_owned(), StixTimestamp::now().to_rfc3339()];
    let both: Vec<Value> = versions
        .iter()
        .map(|modified| {
            let mut version = first.clone();
            if let Some(version) = version.as_object_mut() {
                version.insert("created".to_owned(), json!("2021-01-01T00:00:00.000Z"));
                version.insert("modified".to_owned(), json!(modified));
            }
            version
        })
        .collect();
    send(session, both.iter()).await?;
    let id = StixId::parse(first.get("id").and_then(Value::as_str).unwrap_or_default())?;
    let victim = Victim { id, versions };
    ensure!(listed(session, &victim).await? == victim.versions, "the versions are not those sent");
    let found = versions_of(session, victim.id.as_str()).await?;
    let objects: Vec<&Value> = found.iter().map(|(_, object)| object).collect();
    ensure!(objects == both.iter().collect::<Vec<_>>(), "the objects are not those sent: {objects:?}");
    Ok(victim)
}

async fn listed(session: &Session, victim: &Victim) -> Result<Vec<String>> {
    let filter = VersionsQueryFilter::new();
    let page = session.client.object_versions(&session.root, &session.collection, &victim.id, filter).await?;
    Ok(page.value.versions)
}

async fn delete(session: &Session, victim: &Victim, version: VersionFilter) -> Result<(), TaxiiError> {
    session.client.delete_object(&session.root, &session.collection, &victim.id, version).await
}

async fn delete_one(session: &Session, victim: &Victim) -> Result<()> {
    let [first, second] = &victim.versions;
    delete(session, victim, VersionFilter::Specific(vec![ObjectVersion::Raw(first.clone())])).await?;
    let left = listed(session, victim).await?;
    ensure!(left == [second.clone()], "{left:?} are left");
    Ok(())
}

async fn delete_all(session: &Session, victim: &Victim) -> Result<()> {
    delete(session, victim, VersionFilter::All).await?;
    match versions_of(session, victim.id.as_str()).await {
        Err(error) => not_found(error),
        Ok(left) => bail!("{} versions are left", left.len()),
    }
}

async fn nowhere(session: &Session, victim: &Victim) -> Result<()> {
    match listed(session, victim).await {
        Err(error) => not_found(error)?,
        Ok(left) => bail!("the versions {left:?} are left"),
    }
    let filter = TaxiiFilter::new().object_id(victim.id.clone());
    let page = session.client.objects(&session.root, &session.collection, filter.clone()).await?;
    ensure!(page.value.objects.is_empty(), "match[id] finds it");
    let page = session.client.manifest(&session.root, &session.collection, filter).await?;
    ensure!(page.value.objects.is_empty(), "the manifest has it");
    Ok(())
}

async fn again(session: &Session, victim: &Victim) -> Result<()> {
    match delete(session, victim, VersionFilter::All).await {
        Err(error) => not_found(error.into()),
        Ok(()) => bail!("was deleted a second time"),
    }
}

fn not_found(error: anyhow::Error) -> Result<()> {
    match error.downcast_ref::<TaxiiError>() {
        Some(TaxiiError::NotFound { .. }) => Ok(()),
        _ => Err(error),
    }
}
