//! May one of the node's own people know of something that waits to be released? Decided by the labels that it has or will have,
//! under the policy of now.

use std::collections::HashSet;

use releasability::{Decision, Granularity, Stamp};
use stix::Timestamp;

use crate::{Exchange, ExchangeError, IngestError, Person, registry::MARKINGS};

impl Exchange {
    /// The stamps that the good objects of an envelope would have as this node's own in a collection, each once.
    ///
    /// # Errors
    /// Where it is no envelope, or there is no such collection.
    pub fn stamps_of_draft(
        &self,
        (collection, envelope): (&str, &[u8]),
        now: Timestamp,
    ) -> Result<Vec<Stamp>, IngestError> {
        let prepared = self.prepare(envelope, now)?;
        let submission = self.own_submission(collection)?;
        let state = self.state.load_full();
        let mut met = HashSet::new();
        let stamps = prepared.good().map(|object| submission.stamp(&state.policy, object));
        Ok(stamps.filter(|stamp| met.insert(stamp.clone())).collect())
    }

    /// The stamps of what is held under an id.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn stamps_of_held(&self, id: &str) -> Result<Vec<Stamp>, ExchangeError> {
        let state = self.state.load_full();
        let claims = self.store.claims(&[id]).await?.pop().unwrap_or_default();
        let claims = claims.iter().filter(|claim| claim.collection != MARKINGS);
        Ok(claims
            .filter_map(|claim| state.stamps.get(claim.label).map(|stamp| Stamp::clone(stamp)))
            .collect())
    }

    /// Whether a person may see everything that has these stamps, in some collection.
    pub fn may_know(&self, person: &Person, stamps: &[Stamp], now: Timestamp) -> bool {
        let Some(viewpoint) = self.viewpoint(person, None, now) else { return false };
        let released = |stamp: &Stamp| {
            viewpoint.reading().iter().any(|access| {
                let terms = access.read_terms(access.number());
                terms.is_some_and(|terms| {
                    let decision = access.policy().decide(&stamp.label, &stamp.origin, &access.reader(terms));
                    decision == Decision::Release
                        && (stamp.granularity == Granularity::Whole || access.has_brought(stamp))
                })
            })
        };
        stamps.iter().all(released)
    }
}
