//! What did the administrator declare? Organisation, communities, collections, partners, agreements: a reviewed file.

mod sensor;

use std::collections::{BTreeMap, BTreeSet};

use releasability::{ClassificationPolicy, Code, Community, Nation, Organisation, Tlp, Validity};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use crate::feed::FeedDeclared;
pub use sensor::{ObservedDataPolicy, SENSORS_MAX, SensorDeclared, permitted};

/// The whole declaration; `cresset apply` takes it as TOML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// Whose node this is.
    pub organisation: OwnOrganisation,
    /// Dated lists of nations and organisations.
    #[serde(default, rename = "community")]
    pub communities: Vec<CommunityDeclared>,
    /// Classification policies with their levels.
    #[serde(default, rename = "classification")]
    pub classifications: Vec<ClassificationDeclared>,
    /// What is shared, in bundles that agreements speak of.
    #[serde(default, rename = "collection")]
    pub collections: Vec<CollectionDeclared>,
    /// Organisations outside.
    #[serde(default, rename = "partner")]
    pub partners: Vec<PartnerDeclared>,
    /// Who may do what where, until when.
    #[serde(default, rename = "agreement")]
    pub agreements: Vec<AgreementDeclared>,
    /// This organisation's own sources of telemetry.
    #[serde(default, rename = "sensor", skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<SensorDeclared>,
    /// What other tools fetch.
    #[serde(default, rename = "feed", skip_serializing_if = "Vec::is_empty")]
    pub feeds: Vec<FeedDeclared>,
    /// How people release.
    #[serde(default, skip_serializing_if = "ReleaseDeclared::is_default")]
    pub release: ReleaseDeclared,
}

/// How people release.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseDeclared {
    /// Whether another releaser has to approve what somebody proposes.
    #[serde(default)]
    pub second_person: bool,
}

impl ReleaseDeclared {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whose node this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnOrganisation {
    /// The id of its STIX identity.
    pub id: Organisation,
    /// Its name, shown in discovery.
    pub name: String,
    /// Its nation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nation: Option<Nation>,
    /// Up to which level its people may be cleared, per classification policy, to the top where nothing is said; and what it may
    /// match in its own telemetry, nothing that is classified where nothing is said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clearances: BTreeMap<ClassificationPolicy, String>,
    /// Whom to ask, shown in discovery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// A community and its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommunityDeclared {
    /// Its name.
    pub name: Community,
    /// Its members.
    #[serde(default)]
    pub members: Vec<MemberDeclared>,
}

/// A member: a nation or an organisation, for ever or dated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MemberDeclared {
    /// For ever.
    Always(Code),
    /// From a moment, until a moment.
    Dated(DatedMember),
}

/// A member with dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedMember {
    /// Who.
    pub code: Code,
    /// When.
    #[serde(flatten)]
    pub valid: Validity,
}

impl MemberDeclared {
    /// Who and when.
    pub fn parts(&self) -> (Code, Validity) {
        match self {
            Self::Always(code) => (code.clone(), Validity::ALWAYS),
            Self::Dated(dated) => (dated.code.clone(), dated.valid),
        }
    }
}

/// A classification policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassificationDeclared {
    /// Its name.
    pub policy: ClassificationPolicy,
    /// Its levels, lowest first.
    pub levels: Vec<String>,
}

/// A collection (TAXII 2.1 section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionDeclared {
    /// Its id.
    pub id: Uuid,
    /// Its short name in URLs and commands.
    pub alias: String,
    /// Its title.
    pub title: String,
    /// What is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The markings of objects that have none: ids of marking-definitions, or `TLP:GREEN` and the like.
    pub default_marking: Vec<String>,
    /// What is GREEN or above stays inside this community.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<Community>,
    /// Whether another releaser has to approve what somebody proposes here, where `[release]` does not say it for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_person: Option<bool>,
}

/// An organisation outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerDeclared {
    /// Its short name: the user name of HTTP Basic.
    pub name: String,
    /// The id of its STIX identity.
    pub organisation: Organisation,
    /// Its nation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nation: Option<Nation>,
    /// Up to which level it is cleared, per classification policy.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clearances: BTreeMap<ClassificationPolicy, String>,
    /// SHA-256 fingerprints (64 hexadecimal digits) of the client certificates it uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// Whether these are this node's own sensors: what they see is this organisation's own hits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensors: bool,
}

/// What a partner may do in a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// See that objects are there, and get what is released.
    Read,
    /// Add objects.
    Submit,
    /// Remove its own objects.
    Delete,
}

/// Who may do what where, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementDeclared {
    /// The partner's name.
    pub partner: String,
    /// The collection's alias.
    pub collection: String,
    /// What it may do.
    pub may: BTreeSet<Right>,
    /// Nothing above this traffic light is released.
    pub ceiling: Tlp,
    /// When it is in force.
    #[serde(flatten)]
    pub valid: Validity,
}

/// What is wrong with a declaration, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct WorldProblem {
    /// Which entry.
    pub place: String,
    /// What is wrong.
    pub problem: String,
}

impl World {
    /// Whether another releaser has to approve what somebody proposes in a collection, by alias or id.
    pub fn asks_second_person(&self, collection: &str) -> bool {
        let id = Uuid::parse_str(collection).ok();
        let is_meant =
            |declared: &&CollectionDeclared| declared.alias == collection || Some(declared.id) == id;
        let declared = self.collections.iter().find(is_meant).and_then(|declared| declared.second_person);
        declared.unwrap_or(self.release.second_person)
    }

    /// Everything that is wrong with the declaration; empty where it can be applied.
    pub fn problems(&self) -> Vec<WorldProblem> {
        let mut problems = Problems(Vec::new());
        self.check_communities(&mut problems);
        self.check_collections(&mut problems);
        self.check_partners(&mut problems);
        self.check_agreements(&mut problems);
        self.check_sensors(&mut problems);
        self.check_clearances("organisation", &self.organisation.clearances, &mut problems);
        problems.0.extend(self.feed_problems());
        problems.0
    }

    fn check_communities(&self, problems: &mut Problems) {
        let mut names = BTreeSet::new();
        for community in &self.communities {
            let place = format!("community `{}`", community.name);
            if !names.insert(&community.name) {
                problems.add(&place, "is declared twice");
            }
            for member in &community.members {
                let (code, valid) = member.parts();
                if matches!(code, Code::Community(_)) {
                    problems.add(&place, &format!("member `{code}` is no nation and no organisation"));
                }
                problems.check_dates(&place, &valid);
            }
        }
        let mut policies = BTreeSet::new();
        for classification in &self.classifications {
            let place = format!("classification `{}`", classification.policy.0);
            if !policies.insert(&classification.policy) {
                problems.add(&place, "is declared twice");
            }
            let distinct: BTreeSet<_> =
                classification.levels.iter().map(|level| level.to_ascii_uppercase()).collect();
            if classification.levels.is_empty() || distinct.len() != classification.levels.len() {
                problems.add(&place, "needs levels, each named once");
            }
        }
    }

    fn check_collections(&self, problems: &mut Problems) {
        let (mut ids, mut aliases) = (BTreeSet::new(), BTreeSet::new());
        for collection in &self.collections {
            let place = format!("collection `{}`", collection.alias);
            let form = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
            if collection.alias.is_empty()
                || collection.alias.len() > 64
                || !collection.alias.bytes().all(form)
            {
                problems.add(&place, "the alias is 1 to 64 of a-z, 0-9, `-`, `_`");
            }
            if !ids.insert(collection.id) {
                problems.add(&place, "another collection has the same id");
            }
            if !aliases.insert(collection.alias.as_str()) || Uuid::parse_str(&collection.alias).is_ok() {
                problems.add(&place, "the alias is declared twice, or is an id");
            }
            if collection.default_marking.is_empty() {
                problems.add(&place, "`default_marking` names at least one marking");
            }
            for marking in
                collection.default_marking.iter().filter(|marking| default_marking_id(marking).is_none())
            {
                problems
                    .add(&place, &format!("`{marking}` is no TLP level and no id of a marking-definition"));
            }
            let declared =
                |name: &Community| self.communities.iter().any(|community| community.name == *name);
            if let Some(name) = collection.community.as_ref().filter(|name| !declared(name)) {
                problems.add(&place, &format!("community `{name}` is not declared"));
            }
        }
    }

    fn check_partners(&self, problems: &mut Problems) {
        let (mut names, mut organisations, mut certificates) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for partner in &self.partners {
            let place = format!("partner `{}`", partner.name);
            let form = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'@');
            if partner.name.is_empty() || partner.name.len() > 64 || !partner.name.bytes().all(form) {
                problems.add(&place, "the name is 1 to 64 letters, digits, `-`, `_`, `.`, `@`");
            }
            if !names.insert(partner.name.as_str()) {
                problems.add(&place, "is declared twice");
            }
            if partner.organisation == self.organisation.id || !organisations.insert(&partner.organisation) {
                problems.add(&place, "its organisation is another partner's or this node's own");
            }
            for fingerprint in &partner.certificates {
                if fingerprint.len() != 64 || !fingerprint.bytes().all(|b| b.is_ascii_hexdigit()) {
                    problems
                        .add(&place, "a certificate is named by the 64 hexadecimal digits of its SHA-256");
                } else if !certificates.insert(fingerprint.to_ascii_lowercase()) {
                    problems.add(&place, "a certificate belongs to one partner");
                }
            }
            self.check_clearances(&place, &partner.clearances, problems);
        }
    }

    fn check_clearances(
        &self,
        place: &str,
        clearances: &BTreeMap<ClassificationPolicy, String>,
        problems: &mut Problems,
    ) {
        for (policy, level) in clearances {
            let known = self.classifications.iter().find(|known| known.policy == *policy);
            let has = |known: &ClassificationDeclared| {
                known.levels.iter().any(|name| name.eq_ignore_ascii_case(level))
            };
            if !known.is_some_and(has) {
                problems.add(place, &format!("clearance `{level}` in policy `{}` is not declared", policy.0));
            }
        }
    }

    fn check_agreements(&self, problems: &mut Problems) {
        let mut pairs = BTreeSet::new();
        for agreement in &self.agreements {
            let place = format!("agreement of `{}` on `{}`", agreement.partner, agreement.collection);
            if !pairs.insert((&agreement.partner, &agreement.collection)) {
                problems.add(&place, "is declared twice");
            }
            if !self.partners.iter().any(|partner| partner.name == agreement.partner) {
                problems.add(&place, "the partner is not declared");
            }
            if !self.collections.iter().any(|collection| collection.alias == agreement.collection) {
                problems.add(&place, "the collection is not declared");
            }
            problems.check_dates(&place, &agreement.valid);
        }
    }
}

struct Problems(Vec<WorldProblem>);

impl Problems {
    fn add(&mut self, place: &str, problem: &str) {
        self.0.push(WorldProblem { place: place.to_owned(), problem: problem.to_owned() });
    }

    fn check_dates(&mut self, place: &str, valid: &Validity) {
        if matches!((valid.from, valid.until), (Some(from), Some(until)) if until <= from) {
            self.add(place, "`until` is not after `from`");
        }
    }
}

/// The id of a default marking: `TLP:…` stands for the TLP 2.0 marking-definition.
pub fn default_marking_id(marking: &str) -> Option<String> {
    if let Ok(tlp) = marking.parse::<Tlp>() {
        return Some(releasability::marking::standard_id(tlp).to_owned());
    }
    (marking.starts_with("marking-definition--") && stix::id::check(marking).is_ok())
        .then(|| marking.to_owned())
}

/// One line of what applying a declaration would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `+` added, `-` removed, `~` changed.
    pub sign: char,
    /// Which entry.
    pub what: String,
    /// From what to what, where it changed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What differs between two declarations, entry by entry.
pub fn differences(before: Option<&World>, after: &World) -> Vec<Difference> {
    let old = before.map(entries).unwrap_or_default();
    let new = entries(after);
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (sign, detail) = match (old.get(name), new.get(name)) {
                (None, Some(to)) => ('+', to.clone()),
                (Some(from), None) => ('-', from.clone()),
                (Some(from), Some(to)) if from != to => ('~', format!("{from} → {to}")),
                _ => return None,
            };
            Some(Difference { sign, what: name.clone(), detail })
        })
        .collect()
}

fn entries(world: &World) -> BTreeMap<String, String> {
    fn show<T: Serialize>(entry: &T) -> String {
        serde_json::to_string(entry).unwrap_or_default()
    }
    let mut entries = BTreeMap::from([("organisation".to_owned(), show(&world.organisation))]);
    if !world.release.is_default() {
        entries.insert("release".to_owned(), show(&world.release));
    }
    entries.extend(world.communities.iter().map(|entry| (format!("community {}", entry.name), show(entry))));
    entries.extend(
        world.classifications.iter().map(|entry| (format!("classification {}", entry.policy.0), show(entry))),
    );
    entries
        .extend(world.collections.iter().map(|entry| (format!("collection {}", entry.alias), show(entry))));
    entries.extend(world.partners.iter().map(|entry| (format!("partner {}", entry.name), show(entry))));
    entries.extend(world.feeds.iter().map(|entry| (format!("feed {}", entry.name), show(entry))));
    let name = |entry: &AgreementDeclared| format!("agreement {} on {}", entry.partner, entry.collection);
    entries.extend(world.agreements.iter().map(|entry| (name(entry), show(entry))));
    entries.extend(world.sensors.iter().map(|entry| (format!("sensor {}", entry.name), show(entry))));
    entries
}
