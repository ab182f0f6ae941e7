//! What would a partner get of an object, and why? For the author and the administrator, never for the partner.

use std::fmt;

use serde::{Deserialize, Serialize};
use stix::Timestamp;
use store::CollectionNumber;

use crate::{Exchange, ExchangeError};

/// What a partner gets of an object in one collection.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewedCopy {
    /// The collection's alias.
    pub collection: String,
    /// When it was added there.
    pub date_added: String,
    /// The version of the object.
    pub version: String,
    /// Its label in words.
    pub label: String,
    /// Who brought it.
    pub origin: String,
    /// The exact text that the partner gets, where it gets any.
    pub text: Option<String>,
    /// JSON pointers of what is taken out, each with the reason.
    pub removed: Vec<(String, String)>,
    /// Why it is withheld, where it is, with the number of the rule's line.
    pub withheld: Option<String>,
    /// The number of that line; none where it is no line of the rule that withholds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u8>,
}

/// Says which copy, never what is in it or out of it.
impl fmt::Debug for PreviewedCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { collection, date_added, label, withheld, .. } = self;
        let mut shown = f.debug_struct("PreviewedCopy");
        shown.field("collection", collection).field("date_added", date_added).field("label", label);
        shown.field("withheld", withheld).finish_non_exhaustive()
    }
}

/// What a partner gets of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The object.
    pub id: String,
    /// The partner.
    pub partner: String,
    /// One entry for each claim on the id, over all collections, in the order they were added.
    pub copies: Vec<PreviewedCopy>,
}

impl Exchange {
    /// What a partner gets of an object, the exact bytes and the reasons (R12). Nothing where there is no such partner.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn preview(
        &self,
        id: &str,
        partner: &str,
        now: Timestamp,
    ) -> Result<Option<Preview>, ExchangeError> {
        let claims = self.store.claims(&[id]).await?.pop().unwrap_or_default();
        let state = self.state.load_full();
        let Some(known) = state.world.as_ref() else { return Err(ExchangeError::NoWorld) };
        if !known.partners.contains_key(partner) {
            return Ok(None);
        }
        let mut copies = Vec::new();
        for claim in &claims {
            let alias = known.alias(claim.collection);
            let (Some(alias), Some(stamp)) = (alias, state.stamps.get(claim.label)) else { continue };
            let mut copy = PreviewedCopy {
                collection: alias.clone(),
                date_added: claim.sequence.date_added().to_micros_text(),
                version: claim.version.unwrap_or(claim.sequence.date_added()).to_string(),
                label: stamp.label.to_string(),
                origin: stamp.origin.to_string(),
                text: None,
                removed: Vec::new(),
                withheld: None,
                line: None,
            };
            let access = self.access(partner, &alias, now);
            let Some((access, terms)) =
                access.as_ref().and_then(|a| Some((a, a.read_terms(claim.collection)?)))
            else {
                copy.withhold(self, &releasability::Reason::NoAgreement);
                copies.push(copy);
                continue;
            };
            let mut memo = self.memo(access).await?;
            let served = self.served(access, id, &claims, &mut memo).await?;
            let withheld = self.withheld_of(access, claim, &mut memo).await?;
            let Some(held) = self.store.object(claim.collection, claim.label, claim.sequence).await? else {
                continue;
            };
            match access.policy().release(held.object, stamp, &access.reader(terms), &withheld) {
                Err(reason) => copy.withhold(self, &reason),
                Ok(_) if !served.iter().any(|one| one.sequence == claim.sequence) => {
                    copy.withhold(self, &releasability::Reason::OtherClaim);
                }
                Ok(released) => {
                    copy.text = Some(String::from_utf8_lossy(released.content().text_bytes()).into_owned());
                    let removed = released.removed().iter();
                    copy.removed =
                        removed.map(|(pointer, reason)| (pointer.clone(), self.numbered(reason))).collect();
                }
            }
            copies.push(copy);
        }
        Ok(Some(Preview { id: id.to_owned(), partner: partner.to_owned(), copies }))
    }
}

impl PreviewedCopy {
    fn withhold(&mut self, exchange: &Exchange, reason: &releasability::Reason) {
        self.withheld = Some(exchange.numbered(reason));
        self.line = Some(reason.rule()).filter(|line| *line <= 10);
    }
}

impl Exchange {
    /// A reason with the line of the rule; where the originator has to be asked, with the name by which it is declared here.
    fn numbered(&self, reason: &releasability::Reason) -> String {
        let whom = if let releasability::Reason::AskOriginator(origin) = reason {
            format!(", declared as `{}`", self.name_of(origin))
        } else {
            String::new()
        };
        match reason.rule() {
            rule @ 1..=10 => format!("{reason}{whom} (rule {rule})"),
            _ => reason.to_string(),
        }
    }
}

impl crate::state::Known {
    fn alias(&self, number: CollectionNumber) -> Option<String> {
        let mut collections = self.registry.world.collections.iter();
        let found = collections.find(|collection| self.registry.number(collection) == Some(number));
        found.map(|collection| collection.alias.clone())
    }
}
