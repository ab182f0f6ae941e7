//! Which names does this node hold, so that they can be looked for in what others wrote? As its own organisation may read them.

use std::{fmt, num::NonZeroU32};

use formats::names;
use serde::{Deserialize, Serialize};
use stix::Timestamp;
use store::Sequence;

use crate::{
    Access, Exchange, ExchangeError, Query, SpecVersions, Versions, Viewpoint, viewpoint::Place, world::Right,
};

/// How many objects are looked at at once, and how many bytes.
const PAGE_OBJECTS: NonZeroU32 = NonZeroU32::new(2000).unwrap();
const PAGE_BYTES: usize = 8 << 20;
/// Of people's own views, so many objects are looked at at once.
const PLACES_AT_ONCE: usize = 500;

/// Names of a collection, page by page.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// Who and what is held there, with names, aliases and numbers.
    pub known: Vec<names::Known>,
    /// Behind which place there are more, in microseconds since 1970.
    pub next: Option<u64>,
}

/// Says how many, never whom.
impl fmt::Debug for Holdings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { known, next } = self;
        f.debug_struct("Holdings").field("known", &known.len()).field("next", next).finish()
    }
}

impl Exchange {
    /// Names of what this node's organisation may read in a collection, for its own people; those behind a place. None where it may
    /// read nothing there. They stay on the node, so they are not accounted for, as a preview is not.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn holdings(
        &self,
        collection: &str,
        after: Sequence,
        now: Timestamp,
    ) -> Result<Holdings, ExchangeError> {
        let Some(access) = self.own_access(collection, now).filter(|access| access.may(Right::Read)) else {
            return Ok(Holdings::default());
        };
        self.names_in(&access, after).await
    }

    /// Names of what one of this node's own people may have, in all collections. What of them is told is accounted for by
    /// [`Exchange::told`].
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn holdings_of(&self, viewpoint: &Viewpoint) -> Result<Vec<names::Known>, ExchangeError> {
        let places: Vec<Place> = {
            let view = self.view(viewpoint).await?;
            let words = &view.catalogue().words;
            let kinds: Vec<u32> = names::known_types().filter_map(|kind| words.known(kind)).collect();
            let named = view.each().filter(|(_, row, _)| kinds.contains(&row.kind));
            named.map(|(_, row, _)| row.place).collect()
        };
        let mut known = Vec::new();
        for places in places.chunks(PLACES_AT_ONCE) {
            for access in viewpoint.reading() {
                let decided = self.decided_at(viewpoint, access, places).await?;
                let texts = decided.iter().map(|(_, (_, object))| object.content().text_bytes());
                known.extend(texts.filter_map(names::known));
            }
        }
        Ok(known)
    }

    async fn names_in(&self, access: &Access, after: Sequence) -> Result<Holdings, ExchangeError> {
        let query = Query {
            after,
            limit: PAGE_OBJECTS,
            bytes_max: PAGE_BYTES,
            ids: None,
            types: Some(names::known_types().map(str::to_owned).collect()),
            versions: Versions::last(),
            spec_versions: SpecVersions::Latest,
        };
        let page = self.find(access, &query).await?;
        let known = page.objects.iter().filter_map(|(_, object)| names::known(object.content().text_bytes()));
        let next = page.objects.last().filter(|_| page.more).map(|(sequence, _)| sequence.get());
        Ok(Holdings { known: known.collect(), next })
    }
}
