//! What does this node know of everybody? The declared world, the numbers given to what is in it, and credentials.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use releasability::{
    Audience, ClassificationPolicy, Label, Level, Organisation, Policy, Terms, Tlp, Validity,
};
use serde::{Deserialize, Serialize};
use store::{CollectionNumber, OriginNumber};
use uuid::Uuid;

use crate::access::Partner;
use crate::world::{CollectionDeclared, PartnerDeclared, Right, World, default_marking_id};

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

    /// This node's own organisation as a reader of every collection: what is decided about it is decided by the same rule.
    pub(crate) fn own_reader(&self, policy: &Policy) -> Partner {
        let own = &self.world.organisation;
        let terms = Terms { ceiling: Tlp::Red, valid: Validity::ALWAYS, community: None };
        let agreement = |collection: &CollectionDeclared| {
            let (collection, terms) = (collection.clone(), terms.clone());
            Some(Agreement { number: self.number(&collection)?, collection, may: vec![Right::Read], terms })
        };
        Partner {
            name: String::new(),
            audience: policy.audience(own.id.clone(), own.nation, BTreeMap::new()),
            agreements: self.world.collections.iter().filter_map(agreement).collect(),
        }
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

    fn audience(&self, policy: &Policy, partner: &PartnerDeclared) -> Audience {
        let rank = |policy_name: &ClassificationPolicy, level: &String| {
            let declared = self.world.classifications.iter().find(|known| known.policy == *policy_name)?;
            let rank = declared.levels.iter().position(|name| name.eq_ignore_ascii_case(level))?;
            Some(Level(u16::try_from(rank).ok()?))
        };
        let clearances = partner
            .clearances
            .iter()
            .filter_map(|(name, level)| rank(name, level).map(|level| (name.clone(), level)))
            .collect();
        policy.audience(partner.organisation.clone(), partner.nation, clearances)
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

/// How a partner shows who it is. Secrets are kept as hashes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its own id, to name it when it is withdrawn.
    pub id: Uuid,
    /// Whose it is.
    pub partner: String,
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

/// What is kept of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Secret {
    /// A random token of 256 bits: its BLAKE3 hash in hexadecimal digits. A slow hash adds nothing to 256 random bits.
    Token(String),
    /// A password for HTTP Basic: an argon2id hash in PHC form.
    Password(String),
}
