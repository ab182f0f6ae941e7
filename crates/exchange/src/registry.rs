//! What does this node know of everybody? The declared world, the numbers given to what is in it, and credentials.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use releasability::{
    Audience, Capacity, ClassificationPolicy, Label, Level, Organisation, Policy, Terms, Tlp, Validity,
};
use serde::{Deserialize, Serialize};
use store::{CollectionNumber, OriginNumber};
use uuid::Uuid;

use crate::{
    access::{CollectionInfo, Partner},
    viewpoint::Person,
    world::{CollectionDeclared, PartnerDeclared, Right, World, default_marking_id},
};

/// Marking-definitions are also kept under this number, which no reader's collection ever has: they decide about others.
pub(crate) const MARKINGS: CollectionNumber = CollectionNumber(0);

/// The declared world and its numbers, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Registry {
    pub(crate) world: World,
    /// Numbers of collections ever declared; never given again.
    collection_numbers: BTreeMap<Uuid, u32>,
    /// Numbers of organisations that ever brought something.
    origin_numbers: BTreeMap<Organisation, u32>,
}

impl Registry {
    /// A registry for a new world, keeping the numbers that an earlier one gave.
    pub(crate) fn new(world: World, before: Option<&Self>) -> Self {
        let mut collection_numbers =
            before.map(|before| before.collection_numbers.clone()).unwrap_or_default();
        let mut origin_numbers = before.map(|before| before.origin_numbers.clone()).unwrap_or_default();
        for collection in &world.collections {
            let next = next_number(collection_numbers.values());
            collection_numbers.entry(collection.id).or_insert(next);
        }
        let partners = world.partners.iter().map(|partner| &partner.organisation);
        for organisation in std::iter::once(&world.organisation.id).chain(partners) {
            let next = next_number(origin_numbers.values());
            origin_numbers.entry(organisation.clone()).or_insert(next);
        }
        Self { world, collection_numbers, origin_numbers }
    }

    /// The collection with this id or alias.
    pub(crate) fn collection(&self, name: &str) -> Option<(CollectionNumber, &CollectionDeclared)> {
        let id = Uuid::parse_str(name).ok();
        let declared =
            |collection: &&CollectionDeclared| collection.alias == name || id == Some(collection.id);
        let collection = self.world.collections.iter().find(declared)?;
        Some((self.number(collection)?, collection))
    }

    /// The collection with this number, where it is declared.
    pub(crate) fn declared(&self, number: CollectionNumber) -> Option<&CollectionDeclared> {
        self.world.collections.iter().find(|collection| self.number(collection) == Some(number))
    }

    pub(crate) fn number(&self, collection: &CollectionDeclared) -> Option<CollectionNumber> {
        self.collection_numbers.get(&collection.id).copied().map(CollectionNumber)
    }

    pub(crate) fn origin(&self, organisation: &Organisation) -> Option<OriginNumber> {
        self.origin_numbers.get(organisation).copied().map(OriginNumber)
    }

    /// Every declared partner, resolved.
    pub(crate) fn partners(&self, policy: &Policy) -> HashMap<String, Arc<Partner>> {
        let resolve = |partner: &PartnerDeclared| Partner {
            name: partner.name.clone(),
            audience: self.audience(policy, partner),
            agreements: self.agreements(&partner.name),
        };
        self.world.partners.iter().map(|partner| (partner.name.clone(), Arc::new(resolve(partner)))).collect()
    }

    /// The label of objects without markings in a collection.
    pub(crate) fn default_label(policy: &Policy, collection: &CollectionDeclared) -> Label {
        let own = policy.own();
        let ids = collection.default_marking.iter().filter_map(|marking| default_marking_id(marking));
        ids.map(|id| policy.resolve(&id, own)).fold(Label::clear(), |joined, label| joined.join(&label))
    }

    pub(crate) fn policy(&self) -> Policy {
        let mut policy = Policy::new(self.world.organisation.id.clone());
        for community in &self.world.communities {
            let members = community.members.iter().map(crate::world::MemberDeclared::parts).collect();
            policy = policy.with_community(community.name.clone(), members);
        }
        for classification in &self.world.classifications {
            policy = policy.with_classification(classification.policy.clone(), classification.levels.clone());
        }
        policy
    }

    /// This node's own organisation, by its sensors, as a reader of all collections: the rule decides about it as about a partner, but no
    /// ceiling does.
    pub(crate) fn own(&self, policy: &Policy) -> Partner {
        let own = &self.world.organisation;
        let clearances = self.ranks(&own.clearances);
        let on = |collection: &CollectionDeclared| {
            let terms =
                Terms { ceiling: Tlp::Red, valid: Validity::ALWAYS, community: collection.community.clone() };
            let number = self.number(collection)?;
            Some(Agreement { number, collection: collection.clone(), may: vec![Right::Read], terms })
        };
        Partner {
            name: String::new(),
            audience: policy.audience(own.id.clone(), own.nation, clearances),
            agreements: self.world.collections.iter().filter_map(on).collect(),
        }
    }

    /// One of this node's own people as a reader of every collection: cleared as far as both the person and the organisation
    /// are. The organisation is cleared to the top where nothing is declared.
    pub(crate) fn person(&self, policy: &Policy, person: &Person) -> Partner {
        let own = &self.world.organisation;
        let (mut clearances, mut capacity) = (BTreeMap::new(), Capacity::Organisation);
        for declared in &self.world.classifications {
            let top = || Some(Level(u16::try_from(declared.levels.len().checked_sub(1)?).ok()?));
            let of = |held: &BTreeMap<ClassificationPolicy, String>| {
                self.rank(held.get_key_value(&declared.policy)?)
            };
            let bound =
                if own.clearances.contains_key(&declared.policy) { of(&own.clearances) } else { top() };
            let level = bound.zip(of(&person.clearances)).map(|(bound, own)| bound.min(own));
            if level != bound {
                capacity = Capacity::Person;
            }
            clearances.extend(level.map(|level| (declared.policy.clone(), level)));
        }
        let ceiling = person.ceiling.unwrap_or(Tlp::Red);
        if ceiling < Tlp::Red {
            capacity = Capacity::Person;
        }
        let audience = policy.audience(own.id.clone(), own.nation, clearances);
        let reads = |collection: &CollectionDeclared| {
            let terms = Terms { ceiling, valid: Validity::ALWAYS, community: collection.community.clone() };
            let (number, may) = (self.number(collection)?, vec![Right::Read]);
            Some(Agreement { number, collection: collection.clone(), may, terms })
        };
        Partner {
            name: String::new(),
            audience: Audience { capacity, ..audience },
            agreements: self.world.collections.iter().filter_map(reads).collect(),
        }
    }

    fn rank(&self, (policy, level): (&ClassificationPolicy, &String)) -> Option<Level> {
        let declared = self.world.classifications.iter().find(|known| known.policy == *policy)?;
        let rank = declared.levels.iter().position(|name| name.eq_ignore_ascii_case(level))?;
        Some(Level(u16::try_from(rank).ok()?))
    }

    fn ranks(&self, held: &BTreeMap<ClassificationPolicy, String>) -> BTreeMap<ClassificationPolicy, Level> {
        held.iter().filter_map(|held| Some((held.0.clone(), self.rank(held)?))).collect()
    }

    fn audience(&self, policy: &Policy, partner: &PartnerDeclared) -> Audience {
        policy.audience(partner.organisation.clone(), partner.nation, self.ranks(&partner.clearances))
    }

    /// The agreements of a partner, in the order in which collections are declared.
    fn agreements(&self, partner: &str) -> Vec<Agreement> {
        let own = || self.world.agreements.iter().filter(|agreement| agreement.partner == partner);
        let on = |collection: &CollectionDeclared| {
            let agreement = own().find(|agreement| agreement.collection == collection.alias)?;
            Some(Agreement {
                number: self.number(collection)?,
                collection: collection.clone(),
                may: agreement.may.iter().copied().collect(),
                terms: Terms {
                    ceiling: agreement.ceiling,
                    valid: agreement.valid,
                    community: collection.community.clone(),
                },
            })
        };
        self.world.collections.iter().filter_map(on).collect()
    }
}

fn next_number<'a>(given: impl Iterator<Item = &'a u32>) -> u32 {
    given.max().copied().unwrap_or(0) + 1
}

/// What a partner may do in a collection, and on which terms.
#[derive(Debug, Clone)]
pub(crate) struct Agreement {
    pub(crate) number: CollectionNumber,
    pub(crate) collection: CollectionDeclared,
    pub(crate) may: Vec<Right>,
    pub(crate) terms: Terms,
}

impl Agreement {
    pub(crate) fn info(&self) -> CollectionInfo {
        CollectionInfo {
            id: self.collection.id,
            alias: self.collection.alias.clone(),
            title: self.collection.title.clone(),
            description: self.collection.description.clone(),
            may: self.may.clone(),
        }
    }
}

/// How a partner shows who it is. Secrets are kept as hashes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its own id, to name it when it is withdrawn.
    pub id: Uuid,
    /// Whose it is: the name of a partner, or of a sensor.
    pub partner: String,
    /// Which of the two.
    #[serde(default, skip_serializing_if = "Holder::is_partner")]
    pub holder: Holder,
    /// What is compared.
    pub secret: Secret,
    /// What it is for, in the administrator's words.
    #[serde(default)]
    pub note: String,
    /// When it was made.
    pub created: String,
    /// From when on it is refused.
    #[serde(default)]
    pub expires: Option<String>,
}

/// Who has a credential. The doors are apart: a sensor's opens no collection, a partner's no intake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holder {
    /// A partner.
    #[default]
    Partner,
    /// A sensor of this node's own organisation.
    Sensor,
}

impl Holder {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    fn is_partner(&self) -> bool {
        *self == Self::Partner
    }
}

/// What is kept of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Secret {
    /// A random token of 256 bits: its BLAKE3 hash in hexadecimal digits. A slow hash adds nothing to 256 random bits.
    Token(String),
    /// A password for HTTP Basic: an argon2id hash in PHC form.
    Password(String),
}
