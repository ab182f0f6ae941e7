//! What does somebody know of a value? Each claim by itself, from whom it came, as this reader may have it (R19).

use std::{fmt, num::NonZeroU32};

use serde::{Deserialize, Serialize};
use stix::{
    Object, Timestamp,
    json::{Kind, Tree, Value},
};

use crate::{Channel, Exchange, ExchangeError, Query, Released, SpecVersions, Versions, access::Access};

/// How many claims are told at most.
pub const CLAIMS_MAX: usize = 1000;

/// How many objects are looked at at once.
const PAGE_OBJECTS: NonZeroU32 = NonZeroU32::new(1000).unwrap();

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knowledge {
    /// The value.
    pub value: String,
    /// Each object that speaks of it, in the order they were added, collection by collection.
    pub claims: Vec<Known>,
    /// Whether there are more than [`CLAIMS_MAX`].
    pub more: bool,
}

/// One object that speaks of a value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// The collection's alias.
    pub collection: String,
    /// When it was added there.
    pub date_added: String,
    /// Who asserts it: the organisation that brought it.
    pub origin: String,
    /// How sure they are, 0 to 100, where they say.
    pub confidence: Option<i64>,
    /// The text that this reader gets.
    pub text: String,
}

/// Says which object, never what is in it.
impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, collection, date_added, origin, .. } = self;
        let mut shown = f.debug_struct("Known");
        shown.field("id", id).field("collection", collection).field("date_added", date_added);
        shown.field("origin", origin).finish_non_exhaustive()
    }
}

/// For whom it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The partner gets the answer: it is accounted for.
    Release,
    /// This node's own people look at what the partner would get.
    Preview,
}

impl Exchange {
    /// What a partner knows of a value by what is released to it: objects that have it as a value, or in quotes in a pattern.
    /// Nothing where there is no such partner.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn know(
        &self,
        (partner, value): (&str, &str),
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Option<Knowledge>, ExchangeError> {
        if !self.has_partner(partner) {
            return Ok(None);
        }
        let mut knowledge = Knowledge { value: value.to_owned(), claims: Vec::new(), more: false };
        for collection in self.collections_of(partner, now) {
            let access = self.access(partner, &collection.alias, now);
            let Some(access) = access.filter(|access| access.may(crate::world::Right::Read)) else {
                continue;
            };
            self.know_in(&access, (&collection.alias, value), purpose, &mut knowledge).await?;
        }
        Ok(Some(knowledge))
    }

    async fn know_in(
        &self,
        access: &Access,
        (collection, value): (&str, &str),
        purpose: Purpose,
        knowledge: &mut Knowledge,
    ) -> Result<(), ExchangeError> {
        let mut query = Query {
            after: store::Sequence::ZERO,
            limit: PAGE_OBJECTS,
            bytes_max: 16 << 20,
            ids: None,
            types: None,
            versions: Versions::last(),
            spec_versions: SpecVersions::Latest,
        };
        loop {
            let mut page = self.find(access, &query).await?;
            let (more, last) = (page.more, page.objects.last().map(|(sequence, _)| *sequence));
            let speaks: Vec<_> =
                page.objects.iter().map(|(_, object)| self.speaks_of(object.content(), value)).collect();
            page.keep(&speaks);
            let room = CLAIMS_MAX - knowledge.claims.len();
            knowledge.more |= page.objects.len() > room;
            page.truncate(room);
            if purpose == Purpose::Release {
                self.account(access, Channel::Knowledge, &page).await?;
            }
            knowledge.claims.extend(page.objects.iter().zip(&page.labels).map(
                |((sequence, object), label)| {
                    let object = object.content();
                    Known {
                        id: object.id().to_owned(),
                        collection: collection.to_owned(),
                        date_added: sequence.date_added().to_micros_text(),
                        origin: access
                            .state
                            .stamps
                            .get(*label)
                            .map_or_else(String::new, |stamp| stamp.origin.to_string()),
                        confidence: self.confidence(object),
                        text: String::from_utf8_lossy(object.text_bytes()).into_owned(),
                    }
                },
            ));
            match last {
                Some(last) if more && !knowledge.more => query.after = last,
                _ => return Ok(()),
            }
        }
    }

    fn speaks_of(&self, object: &Object, value: &str) -> bool {
        let text = object.text_bytes();
        // Most objects do not even have its letters; where they are escaped, only the whole look tells.
        let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b" .-_@:".contains(&b));
        if plain && !text.contains(&b'\\') && memchr::memmem::find(text, value.as_bytes()).is_none() {
            return false;
        }
        Tree::parse(text, &self.limits.object).is_ok_and(|tree| is_in(tree.root(), value, ""))
    }

    fn confidence(&self, object: &Object) -> Option<i64> {
        let tree = Tree::parse(object.text_bytes(), &self.limits.object).ok()?;
        tree.root().get("confidence")?.as_i64()
    }
}

/// Whether a value stands somewhere in an object as a whole text, or in quotes in its pattern.
fn is_in(part: Value<'_>, value: &str, key: &str) -> bool {
    match part.kind() {
        Kind::String if key == "pattern" => {
            let escaped = value.replace('\\', "\\\\").replace('\'', "\\'");
            part.as_str().is_some_and(|text| text.contains(&format!("'{escaped}'")))
        }
        Kind::String => part.is_str(value),
        Kind::List => part.elements().any(|element| is_in(element, value, key)),
        Kind::Dictionary => {
            part.members().any(|(key, member)| is_in(member, value, &key.as_str().unwrap_or_default()))
        }
        Kind::Null | Kind::Boolean | Kind::Number => false,
    }
}

impl Released {
    /// Keeps those of which it is said that they stay.
    pub(crate) fn keep(&mut self, stays: &[bool]) {
        let mut flags = stays.iter();
        self.objects.retain(|_| flags.next().copied().unwrap_or(false));
        let mut flags = stays.iter();
        self.labels.retain(|_| flags.next().copied().unwrap_or(false));
    }

    fn truncate(&mut self, most: usize) {
        self.objects.truncate(most);
        self.labels.truncate(most);
    }
}
