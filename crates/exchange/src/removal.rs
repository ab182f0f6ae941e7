//! Who may take something away? Only who brought it (TAXII 2.1 section 5.7).

use std::num::NonZeroU32;

use stix::Id;
use store::{Batch, Claim, Operation, Outcome, Sequence};

use crate::{
    Access, Exchange, ExchangeError, Query, SpecVersions, Versions,
    ledger::{Record, places},
    release::choose,
};

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum RemovalError {
    /// For this partner there is no such object, or no such version.
    #[error("there is no such object")]
    Absent,
    /// It came from somebody else.
    #[error("the object came from another organisation")]
    NotOwn,
    /// The rest.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

impl Exchange {
    /// Removes the partner's own claims on an id in the collection, those that the filters name.
    ///
    /// # Errors
    /// [`RemovalError`]; then nothing was removed.
    pub async fn remove(
        &self,
        access: &Access,
        id: &str,
        versions: Versions,
        spec_versions: SpecVersions,
    ) -> Result<usize, RemovalError> {
        let parsed = Id::new(id).map_err(|_| RemovalError::Absent)?;
        let claims = self.store.claims(&[id]).await.map_err(ExchangeError::from)?.pop().unwrap_or_default();
        let origin = access.known().and_then(|known| known.registry.origin(access.organisation()));
        let own = |claim: &&Claim| claim.collection == access.number() && Some(claim.origin) == origin;
        let own: Vec<Claim> = claims.iter().filter(own).copied().collect();
        if own.is_empty() {
            let mut memo = self.memo();
            let served = self.served(access, id, &claims, &mut memo).await?;
            return Err(if served.is_empty() { RemovalError::Absent } else { RemovalError::NotOwn });
        }
        let query = Query {
            after: Sequence::ZERO,
            limit: NonZeroU32::MAX,
            bytes_max: usize::MAX,
            ids: None,
            types: None,
            versions,
            spec_versions,
        };
        let operations: Vec<_> = choose(&own, &query)
            .map(|claim| Operation::Remove {
                collection: claim.collection,
                id: parsed.clone(),
                sequence: claim.sequence,
            })
            .collect();
        if operations.is_empty() {
            return Err(RemovalError::Absent);
        }
        let record = Record::Removal {
            partner: access.partner().to_owned(),
            collection: access.number().0,
            objects: places(&operations),
        };
        let entry = Some(record.draft(None)?);
        let batch = Batch { now: access.now, preconditions: Vec::new(), operations, receipt: None, entry };
        let commit = self.store.commit(batch).await.map_err(ExchangeError::from)?;
        Ok(commit.outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Removed(_))).count())
    }
}
