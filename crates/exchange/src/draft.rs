//! Who would get what of something that is not published yet, and does it say more than it should? (R12)
//!
//! A draft is published in a world of its own: a store in memory that holds the declaration, the markings and what the draft
//! refers to. There the same doors answer for each partner, so what is shown is what they would get, to the byte.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt,
    sync::Arc,
};

use releasability::Stamp;
use serde::{Deserialize, Serialize};
use stix::{Timestamp, json::Tree};
use store::{Batch, Claim, Held, LabelId, LabelSet, Operation, memory::Memory};

use crate::{
    Exchange, ExchangeError, Failure, IngestError, Person, PreviewedCopy,
    quoting::{Names, Words},
    registry::MARKINGS,
};

/// How many held objects are brought into the draft's world at most.
const SURROUNDINGS_MAX: usize = 20_000;

/// What would become of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftPreview {
    /// What would be refused.
    pub failures: Vec<Failure>,
    /// What each partner would get.
    pub recipients: Vec<Recipient>,
    /// Where it says more than it should, or less than it means to.
    pub oversharing: Vec<Oversharing>,
}

/// What one partner would get of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The partner's name.
    pub partner: String,
    /// Each object of the draft, by id.
    pub objects: Vec<(String, PreviewedCopy)>,
}

/// Something in a draft that speaks of what its readers may not have.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Oversharing {
    /// An object refers to one with a stricter label: the reference, or the object, will be missing for some.
    Reference {
        /// The object.
        object: String,
        /// Its label in words.
        label: String,
        /// What it refers to.
        refers_to: String,
        /// The label of that, in words.
        stricter: String,
    },
    /// What a partner gets has the name of something that is withheld from it.
    Name {
        /// The object whose text has the name.
        object: String,
        /// The name.
        name: String,
        /// What has this name.
        of: String,
        /// Who would read it.
        partner: String,
    },
}

/// Says which objects, never a name that one has.
impl fmt::Debug for Oversharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, object, other) = match self {
            Self::Reference { object, refers_to, .. } => ("Reference", object, refers_to),
            Self::Name { object, of, .. } => ("Name", object, of),
        };
        f.debug_struct(kind).field("object", object).field("of", other).finish_non_exhaustive()
    }
}

impl Exchange {
    /// What each partner that reads a collection, or the one named, would get of an envelope if it were published there as this
    /// node's own.
    ///
    /// # Errors
    /// Where it is no envelope, the collection is not declared, or the store fails.
    pub async fn preview_draft(
        &self,
        (collection, envelope): (&str, &[u8]),
        partner: Option<&str>,
        now: Timestamp,
    ) -> Result<DraftPreview, IngestError> {
        Ok(self.preview_in_scratch((collection, envelope), partner, now).await?.1)
    }

    /// The same for every partner, as far as one of this node's own people may see it: only objects of which that person sees all,
    /// and nothing about others that are withheld from that person.
    ///
    /// # Errors
    /// Where it is no envelope, the collection is not declared, or the store fails.
    pub async fn preview_draft_for(
        &self,
        (collection, envelope): (&str, &[u8]),
        person: &Person,
        now: Timestamp,
    ) -> Result<DraftPreview, IngestError> {
        let (scratch, mut preview) = self.preview_in_scratch((collection, envelope), None, now).await?;
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for recipient in &preview.recipients {
            ids.extend(recipient.objects.iter().map(|(id, _)| id.clone()));
        }
        for found in &preview.oversharing {
            let (Oversharing::Reference { object, refers_to: other, .. }
            | Oversharing::Name { object, of: other, .. }) = found;
            ids.extend([object.clone(), other.clone()]);
        }
        let ids: Vec<String> = ids.into_iter().collect();
        let mut seen = BTreeSet::new();
        for exchange in [&scratch, self] {
            if let Some(viewpoint) = exchange.viewpoint(person, None, now) {
                seen.extend(exchange.seen_whole(&viewpoint, &ids).await?);
            }
        }
        for recipient in &mut preview.recipients {
            recipient.objects.retain(|(id, _)| seen.contains(id));
        }
        preview.oversharing.retain(|found| match found {
            Oversharing::Reference { object, refers_to: other, .. }
            | Oversharing::Name { object, of: other, .. } => seen.contains(object) && seen.contains(other),
        });
        Ok(preview)
    }

    async fn preview_in_scratch(
        &self,
        (collection, envelope): (&str, &[u8]),
        partner: Option<&str>,
        now: Timestamp,
    ) -> Result<(Self, DraftPreview), IngestError> {
        let prepared = self.prepare(envelope, now)?;
        let scratch = self.scratch(&prepared.references(), now).await?;
        let submission = scratch.own_submission(collection)?;
        let ids = prepared.ids();
        let accepted = scratch.accept(&submission, prepared, now).await?;
        let mut recipients = Vec::new();
        for name in self.readers(collection, now).into_iter().filter(|name| partner.is_none_or(|p| p == name))
        {
            recipients.push(scratch.recipient(name, &ids, &accepted.successes, now).await?);
        }
        let mut oversharing = scratch.stricter_references(&ids).await?;
        oversharing.extend(self.quoted_names(&scratch, (&ids, &recipients), now).await?);
        let oversharing = oversharing.into_iter().collect();
        Ok((scratch, DraftPreview { failures: accepted.failures, recipients, oversharing }))
    }

    /// The partners that may read a collection now.
    pub fn readers(&self, collection: &str, now: Timestamp) -> Vec<String> {
        let state = self.state.load();
        let Some(known) = state.world.as_ref() else { return Vec::new() };
        let names: BTreeSet<_> = known.partners.keys().cloned().collect();
        let reads = |name: &String| {
            self.access(name, collection, now).is_some_and(|access| access.may(crate::world::Right::Read))
        };
        names.into_iter().filter(reads).collect()
    }

    /// A node of its own in memory, with the same declaration and markings, and with what is held under some ids and what that
    /// refers to.
    async fn scratch(&self, ids: &BTreeSet<String>, now: Timestamp) -> Result<Self, ExchangeError> {
        let store = Arc::new(Memory::default());
        let state = self.state.load_full();
        let scratch = Self::open(store, self.limits, now).await?;
        let Some(known) = state.world.as_ref() else { return Err(ExchangeError::NoWorld) };
        let mut copies = self.surroundings(ids).await?;
        copies.extend(self.held_markings().await?);
        copies.sort_unstable_by_key(|(claim, _)| claim.sequence);
        let mut labels: HashMap<LabelId, LabelId> = HashMap::new();
        let mut operations = vec![crate::state::world_operation(&known.registry)?];
        for (claim, object) in copies {
            let Some(stamp) = state.stamps.get(claim.label) else { continue };
            let label = match labels.get(&claim.label) {
                Some(label) => *label,
                None => scratch.intern_whatever(stamp).await?,
            };
            labels.insert(claim.label, label);
            let Claim { collection, origin, meaning, .. } = claim;
            operations.push(Operation::Add { collection, label, origin, meaning, object });
        }
        let batch = Batch { now, preconditions: Vec::new(), operations, receipt: None, entry: None };
        scratch.store.commit(batch).await?;
        scratch.reload().await?;
        Ok(scratch)
    }

    async fn intern_whatever(&self, stamp: &Stamp) -> Result<LabelId, ExchangeError> {
        let content = serde_json::to_vec(stamp).map_err(|error| ExchangeError::Document("label", error))?;
        Ok(self.store.intern(content.into()).await?)
    }

    /// What is held under some ids, what that refers to, and so on.
    async fn surroundings(
        &self,
        ids: &BTreeSet<String>,
    ) -> Result<Vec<(Claim, stix::Object)>, ExchangeError> {
        let mut met: HashSet<String> = HashSet::new();
        let mut frontier: BTreeSet<String> = ids.clone();
        let mut found = Vec::new();
        while !frontier.is_empty() && found.len() < SURROUNDINGS_MAX {
            let asked: Vec<&str> = frontier.iter().map(String::as_str).collect();
            let mut next = BTreeSet::new();
            for claim in self.store.claims(&asked).await?.into_iter().flatten() {
                let held = self.store.object(claim.collection, claim.label, claim.sequence).await?;
                let Some(held) = held.filter(|_| claim.collection != MARKINGS) else { continue };
                let object = held.object.inspect().clone();
                next.extend(object.references().map(str::to_owned));
                found.push((claim, object));
            }
            met.extend(std::mem::take(&mut frontier));
            frontier = next.into_iter().filter(|id| !met.contains(id)).collect();
        }
        Ok(found)
    }

    async fn held_markings(&self) -> Result<Vec<(Claim, stix::Object)>, ExchangeError> {
        let state = self.state.load_full();
        let Some(known) = state.world.as_ref() else { return Ok(Vec::new()) };
        let all: LabelSet = state.stamps.iter().map(|(id, _)| id).collect();
        let mut found = Vec::new();
        let take = |held: &Held| {
            let object = held.object.inspect().clone();
            let origin = state.stamps.get(held.label).and_then(|stamp| known.registry.origin(&stamp.origin));
            let tree = Tree::parse(object.text_bytes(), &self.limits.object);
            let (Some(origin), Ok(meaning)) = (origin, tree.map(|tree| tree.root().meaning())) else {
                return;
            };
            let (version, spec_version) = (object.version(), object.spec_version());
            let (collection, sequence, label) = (MARKINGS, held.sequence, held.label);
            let claim = Claim { collection, sequence, label, origin, version, spec_version, meaning };
            found.push((claim, object));
        };
        self.each_held(MARKINGS, &all, &[], take).await?;
        Ok(found)
    }

    /// What a partner would get of the objects of a draft; asked of the draft's own world.
    async fn recipient(
        &self,
        partner: String,
        ids: &[String],
        accepted: &[(String, Timestamp)],
        now: Timestamp,
    ) -> Result<Recipient, ExchangeError> {
        let mut objects = Vec::new();
        for id in ids {
            let Some(preview) = self.preview(id, &partner, now).await? else { continue };
            let is_new = |copy: &PreviewedCopy| {
                accepted.iter().any(|(other, version)| other == id && version.to_string() == copy.version)
            };
            objects.extend(preview.copies.into_iter().filter(is_new).map(|copy| (id.clone(), copy)));
        }
        Ok(Recipient { partner, objects })
    }

    /// Where an object of a draft refers to something with a stricter label; asked of the draft's own world.
    async fn stricter_references(&self, ids: &[String]) -> Result<BTreeSet<Oversharing>, ExchangeError> {
        let state = self.state.load_full();
        let mut found = BTreeSet::new();
        for id in ids {
            for claim in self.store.claims(&[id]).await?.pop().unwrap_or_default() {
                let held = self.store.object(claim.collection, claim.label, claim.sequence).await?;
                let Some(held) = held.filter(|_| claim.collection != MARKINGS) else { continue };
                let Some(stamp) = state.stamps.get(claim.label) else { continue };
                let references: BTreeSet<&str> = held.object.inspect().references().collect();
                for reference in references {
                    for other in self.stamps_of(reference).await? {
                        if stamp.label.join(&other.label) != stamp.label {
                            found.insert(Oversharing::Reference {
                                object: id.clone(),
                                label: stamp.label.to_string(),
                                refers_to: reference.to_owned(),
                                stricter: other.label.to_string(),
                            });
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    async fn stamps_of(&self, id: &str) -> Result<Vec<Arc<Stamp>>, ExchangeError> {
        let state = self.state.load_full();
        let claims = self.store.claims(&[id]).await?.pop().unwrap_or_default();
        let claims = claims.iter().filter(|claim| claim.collection != MARKINGS);
        Ok(claims.filter_map(|claim| state.stamps.get(claim.label).cloned()).collect())
    }

    /// Where what a partner would read has the name of something withheld from it: held here, or in the draft itself.
    async fn quoted_names(
        &self,
        scratch: &Self,
        (ids, recipients): (&[String], &[Recipient]),
        now: Timestamp,
    ) -> Result<BTreeSet<Oversharing>, ExchangeError> {
        let texts = || {
            recipients
                .iter()
                .flat_map(|recipient| &recipient.objects)
                .filter_map(|(_, copy)| copy.text.as_deref())
        };
        let words = Words::of(texts());
        let mut names = Names::default();
        self.gather_names(&words, &mut names).await?;
        scratch.gather_names(&words, &mut names).await?;
        let mut found = BTreeSet::new();
        for recipient in recipients {
            let mut known: HashMap<&str, bool> = HashMap::new();
            for (object, copy) in &recipient.objects {
                let Some(text) = &copy.text else { continue };
                for (name, of) in names.quoted_in(text) {
                    if of == object {
                        continue;
                    }
                    let seen = if let Some(seen) = known.get(of) {
                        *seen
                    } else {
                        let asked = if ids.iter().any(|id| id == of) { scratch } else { self };
                        asked.is_seen(of, &recipient.partner, now).await?
                    };
                    known.insert(of, seen);
                    if !seen {
                        found.insert(Oversharing::Name {
                            object: object.clone(),
                            name: name.to_owned(),
                            of: of.to_owned(),
                            partner: recipient.partner.clone(),
                        });
                    }
                }
            }
        }
        Ok(found)
    }

    /// Whether a partner gets anything of an id, with or without a part of it, in any collection.
    async fn is_seen(&self, id: &str, partner: &str, now: Timestamp) -> Result<bool, ExchangeError> {
        let preview = self.preview(id, partner, now).await?;
        Ok(preview.is_some_and(|preview| preview.copies.iter().any(|copy| copy.text.is_some())))
    }

    /// The names of everything held whose words all occur among some words.
    async fn gather_names(&self, words: &Words, names: &mut Names) -> Result<(), ExchangeError> {
        for (collection, visible) in self.labels_held().await? {
            let take = |held: &Held| {
                let object = held.object.inspect();
                if let Ok(tree) = Tree::parse(object.text_bytes(), &self.limits.object) {
                    names.take(object.id(), tree.root(), words);
                }
            };
            self.each_held(collection, &visible, &[], take).await?;
        }
        Ok(())
    }
}
