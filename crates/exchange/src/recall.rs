//! How does the node take back what it said itself? A new version of its own object, or none any more; nobody else's object is
//! touched, and whatever is new comes in by the one door.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use stix::{Id, Timestamp};
use store::{Batch, Claim, Operation, Outcome};

use crate::{
    Exchange, ExchangeError, IngestError,
    ledger::{Record, places},
    registry::MARKINGS,
};

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
pub enum RecallError {
    /// The node's own organisation says nothing under this id.
    #[error("there is no such object of this organisation")]
    Absent,
    /// The object has no versions, so it cannot be revoked.
    #[error("an object without versions can only be withdrawn")]
    NoVersions,
    /// The new version was refused.
    #[error("the new version was refused: {0}")]
    Refused(String),
    /// The new version did not come in.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The rest.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// What becomes of an object of the node's own organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recall {
    /// A new version says that it is revoked.
    Revoke,
    /// No version of it is served any more.
    Withdraw,
    /// A new version has these markings, and the versions before it are served no more.
    Mark(Vec<String>),
}

/// What the originals of a new version are kept as: every value as it was written.
type Members = BTreeMap<String, Box<RawValue>>;

fn raw<T: serde::Serialize>(value: &T) -> Result<Box<RawValue>, ExchangeError> {
    serde_json::value::to_raw_value(value).map_err(|error| ExchangeError::Document("object", error))
}

impl Exchange {
    /// Takes back what the node's own organisation says under an id, in every collection. Gives how many collections it was in.
    ///
    /// # Errors
    /// [`RecallError`].
    pub async fn recall(&self, id: &str, recall: &Recall, now: Timestamp) -> Result<usize, RecallError> {
        let claims = self.own_claims(id).await?;
        let collections: BTreeSet<_> = claims.iter().map(|claim| claim.collection).collect();
        for collection in &collections {
            let own: Vec<Claim> =
                claims.iter().filter(|claim| claim.collection == *collection).copied().collect();
            match recall {
                Recall::Revoke => self.say_anew(&own, now, revoke).await?,
                Recall::Mark(markings) => {
                    let markings = markings.clone();
                    self.say_anew(&own, now, move |members| mark(members, &markings)).await?;
                    self.withdraw_claims(id, &own, now).await?;
                }
                Recall::Withdraw => self.withdraw_claims(id, &own, now).await?,
            }
        }
        Ok(collections.len())
    }

    /// Whether the node's own organisation says anything under an id.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn is_own(&self, id: &str) -> Result<bool, ExchangeError> {
        match self.own_claims(id).await {
            Ok(_) => Ok(true),
            Err(RecallError::Exchange(error)) => Err(error),
            Err(
                RecallError::Absent
                | RecallError::NoVersions
                | RecallError::Refused(_)
                | RecallError::Ingest(_),
            ) => Ok(false),
        }
    }

    async fn own_claims(&self, id: &str) -> Result<Vec<Claim>, RecallError> {
        let state = self.state.load_full();
        let known = state.world.as_ref().ok_or(ExchangeError::NoWorld)?;
        let own = known.registry.origin(&known.registry.world.organisation.id);
        let mut claims =
            self.store.claims(&[id]).await.map_err(ExchangeError::from)?.pop().unwrap_or_default();
        claims.retain(|claim| claim.collection != MARKINGS && Some(claim.origin) == own);
        if claims.is_empty() { Err(RecallError::Absent) } else { Ok(claims) }
    }

    /// Says the latest of some versions anew, changed.
    async fn say_anew(
        &self,
        claims: &[Claim],
        now: Timestamp,
        change: impl FnOnce(&mut Members) -> Result<(), ExchangeError> + Send,
    ) -> Result<(), RecallError> {
        let Some(latest) = claims.iter().max_by_key(|claim| (claim.version, claim.sequence)) else {
            return Ok(());
        };
        let version = latest.version.ok_or(RecallError::NoVersions)?;
        let held = self.store.object(latest.collection, latest.label, latest.sequence).await;
        let Some(held) = held.map_err(ExchangeError::from)? else { return Err(RecallError::Absent) };
        let members = serde_json::from_slice(held.object.inspect().text_bytes());
        let mut members: Members = members.map_err(|error| ExchangeError::Document("object", error))?;
        change(&mut members)?;
        // Versions are told apart by milliseconds.
        let modified = now.max(version.plus_seconds(1));
        let modified = Timestamp::from_micros(modified.micros() / 1000 * 1000);
        members.insert("modified".to_owned(), raw(&modified.to_string())?);
        let object = raw(&members)?;
        let envelope = format!("{{\"objects\":[{object}]}}");
        let collection = self.collection_id(latest)?;
        let submission = self.own_submission(&collection)?;
        let prepared = self.prepare(envelope.as_bytes(), now.max(modified))?;
        let accepted = self.accept(&submission, prepared, now).await?;
        match accepted.failures.into_iter().next() {
            Some(failure) => Err(RecallError::Refused(failure.message)),
            None => Ok(()),
        }
    }

    fn collection_id(&self, claim: &Claim) -> Result<String, RecallError> {
        let state = self.state.load_full();
        let known = state.world.as_ref().ok_or(ExchangeError::NoWorld)?;
        let declared = known.registry.declared(claim.collection).ok_or(IngestError::NoCollection)?;
        Ok(declared.id.to_string())
    }

    async fn withdraw_claims(&self, id: &str, claims: &[Claim], now: Timestamp) -> Result<(), RecallError> {
        let id = Id::new(id).map_err(|_| RecallError::Absent)?;
        let remove = |claim: &Claim| Operation::Remove {
            collection: claim.collection,
            id: id.clone(),
            sequence: claim.sequence,
        };
        let operations: Vec<_> = claims.iter().map(remove).collect();
        let Some(collection) = claims.first().map(|claim| claim.collection.0) else { return Ok(()) };
        let record = Record::Removal { partner: String::new(), collection, objects: places(&operations) };
        let entry = Some(record.draft(None)?);
        let batch = Batch { now, preconditions: Vec::new(), operations, receipt: None, entry };
        let commit = self.store.commit(batch).await.map_err(ExchangeError::from)?;
        let removed = commit.outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Removed(_)));
        tracing::info!(%id, versions = removed.count(), "own versions withdrawn");
        Ok(())
    }
}

fn revoke(members: &mut Members) -> Result<(), ExchangeError> {
    members.insert("revoked".to_owned(), raw(&true)?);
    Ok(())
}

fn mark(members: &mut Members, markings: &[String]) -> Result<(), ExchangeError> {
    members.insert("object_marking_refs".to_owned(), raw(&markings)?);
    Ok(())
}
