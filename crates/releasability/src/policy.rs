//! May this audience have something with this label, now?

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt,
};

use stix::{
    Limits, Object, Timestamp,
    json::{Tree, Value},
};

use crate::{
    audience::{Audience, Capacity, Reader, Terms},
    code::{Code, Community, Nation, Organisation},
    label::{ClassificationPolicy, Granularity, Label, Level, OriginatorControl, Pap, Stamp, Tlp, Validity},
    marking::{self, Classifications, Markings, TooManyMarkings},
    redact,
    sealed::{Releasable, Unreleased},
};

/// What was decided about a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The audience may have it.
    Release,
    /// It may not, and why.
    Withhold(Reason),
}

/// Why something is withheld: the first line of the rule that applies, with its number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// 0: no agreement is in force.
    NoAgreement,
    /// 2: a marking is absent here or not understood.
    Unknown,
    /// 3: the time is outside the label's.
    OutOfTime,
    /// 4: a code that must not cover the audience does (or names a community that nobody declared here).
    NotReleasableTo(Code),
    /// 5: the audience is not cleared that high.
    Clearance(ClassificationPolicy),
    /// 6: none of these codes covers the audience.
    NotNamed(BTreeSet<Code>),
    /// 7: above the agreement's ceiling.
    Ceiling(Tlp),
    /// 8: RED and the organisation is not named.
    RedUnnamed,
    /// 9: from another partner, who has to be asked.
    AskOriginator(Organisation),
    /// 10: not in the collection's community.
    Community(Community),
    /// A property that the type requires is withheld, and so the object.
    RequiredProperty(String),
    /// A property refers to an object that is withheld.
    Reference,
    /// The id belongs, for this reader, to another origin.
    OtherClaim,
}

impl Reason {
    /// The number of the rule's line; 0 for the agreement, 11 and above for what follows from other decisions.
    pub const fn rule(&self) -> u8 {
        match self {
            Self::NoAgreement => 0,
            Self::Unknown => 2,
            Self::OutOfTime => 3,
            Self::NotReleasableTo(_) => 4,
            Self::Clearance(_) => 5,
            Self::NotNamed(_) => 6,
            Self::Ceiling(_) => 7,
            Self::RedUnnamed => 8,
            Self::AskOriginator(_) => 9,
            Self::Community(_) => 10,
            Self::RequiredProperty(_) => 11,
            Self::Reference => 12,
            Self::OtherClaim => 13,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAgreement => write!(f, "no agreement is in force for the collection"),
            Self::Unknown => write!(f, "a marking is absent here or not understood"),
            Self::OutOfTime => write!(f, "the label's time has not begun or is over"),
            Self::NotReleasableTo(code) => write!(f, "the label says not releasable to {code}"),
            Self::Clearance(policy) => {
                write!(f, "the classification in policy {} is above the clearance", policy.0)
            }
            Self::NotNamed(codes) => {
                write!(f, "the label is releasable only to")?;
                codes.iter().try_for_each(|code| write!(f, " {code}"))
            }
            Self::Ceiling(tlp) => write!(f, "TLP:{tlp} is above the agreement's ceiling"),
            Self::RedUnnamed => write!(f, "TLP:RED does not name the organisation"),
            Self::AskOriginator(origin) => {
                write!(f, "it is not ours to pass on: ask {origin} for a release that names the recipient")
            }
            Self::Community(community) => write!(f, "it stays inside the community {community}"),
            Self::RequiredProperty(pointer) => {
                write!(f, "what is left without {pointer} is no object of the standard")
            }
            Self::Reference => write!(f, "it refers to an object that is withheld"),
            Self::OtherClaim => write!(f, "the id belongs to another origin's earlier object"),
        }
    }
}

/// Everything that decides, but the objects: this node's organisation, communities, classifications, markings.
#[derive(Debug, Clone)]
pub struct Policy {
    own: Organisation,
    communities: BTreeMap<Community, Vec<(Code, Validity)>>,
    classifications: Classifications,
    markings: Markings,
}

impl Policy {
    /// A policy that knows only the standard markings.
    pub fn new(own: Organisation) -> Self {
        Self {
            own,
            communities: BTreeMap::new(),
            classifications: Classifications::new(),
            markings: Markings::default(),
        }
    }

    /// Declares a community: a dated list of nations and organisations.
    #[must_use]
    pub fn with_community(mut self, name: Community, members: Vec<(Code, Validity)>) -> Self {
        self.communities.insert(name, members);
        self
    }

    /// Declares a classification policy: the names of its levels, lowest first.
    #[must_use]
    pub fn with_classification(mut self, policy: ClassificationPolicy, levels: Vec<String>) -> Self {
        self.classifications.insert(policy, levels);
        self
    }

    /// This node's organisation.
    pub fn own(&self) -> &Organisation {
        &self.own
    }

    /// The classification policies and the names of their levels.
    pub fn classifications(&self) -> &Classifications {
        &self.classifications
    }

    /// An organisation as an audience, with the communities that it is in by itself or by its nation.
    pub fn audience(
        &self,
        organisation: Organisation,
        nation: Option<Nation>,
        clearances: BTreeMap<ClassificationPolicy, Level>,
    ) -> Audience {
        let is_member = |code: &Code| match code {
            Code::Organisation(member) => *member == organisation,
            Code::Nation(member) => nation == Some(*member),
            Code::Community(_) => false,
        };
        let memberships = self
            .communities
            .iter()
            .flat_map(|(name, members)| members.iter().map(move |(code, valid)| (name, code, valid)))
            .filter(|(_, code, _)| is_member(code))
            .map(|(name, _, valid)| (name.clone(), *valid))
            .collect();
        // Looser than that is only who is said to be one of its people.
        let capacity = if organisation == self.own { Capacity::Sensors } else { Capacity::Organisation };
        Audience { organisation, nation, memberships, clearances, capacity }
    }

    /// Learns what an origin says a marking-definition means.
    ///
    /// # Errors
    /// [`TooManyMarkings`].
    pub fn define_marking(
        &mut self,
        definition: Value<'_>,
        origin: &Organisation,
    ) -> Result<(), TooManyMarkings> {
        let id = definition.get("id").and_then(Value::as_str).unwrap_or_default();
        if marking::standard(&id).is_some() {
            return Ok(());
        }
        let label = marking::label(definition, &self.classifications);
        self.markings.define(&id, origin, &label)
    }

    /// How many marking-definitions were learnt.
    pub fn markings_defined(&self) -> usize {
        self.markings.defined()
    }

    /// The marking-definitions whose time begins after one moment and by another, by who said so.
    pub fn markings_beginning(
        &self,
        after: Timestamp,
        until: Timestamp,
    ) -> BTreeMap<Organisation, HashSet<String>> {
        self.markings.beginning(after, until)
    }

    /// Goes through every span of time that a decision may hang on, but those of labels that stamps have.
    pub fn each_validity(&self, each: &mut impl FnMut(&Validity)) {
        self.communities.values().flatten().for_each(|(_, valid)| each(valid));
        self.markings.labels().for_each(|label| each(&label.valid));
    }

    /// The label of an object: the join of its markings, or the collection's default where it has none. A
    /// marking-definition is marked by itself as well.
    pub fn label(&self, object: &Object, origin: &Organisation, default: &Label) -> Label {
        let resolve = |id: &str| self.markings.resolve(id, origin, &self.own);
        let joined = object.markings().map(resolve).reduce(|a, b| Cow::Owned(a.join(&b)));
        let joined = joined.map(Cow::into_owned);
        if object.object_type() != "marking-definition" {
            return joined.unwrap_or_else(|| default.clone());
        }
        // Not those of PAP: nobody checked that they hold only what the standard has.
        if marking::standard_tlp(object.id()).is_some() {
            return Label::clear();
        }
        let own = resolve(object.id());
        joined.map_or_else(|| own.clone().into_owned(), |joined| joined.join(&own))
    }

    /// What may be done with an object of this label: the strictest that it or any part of it says. Where something is not
    /// understood, only what nobody can notice.
    pub fn permitted(&self, object: &Object, label: &Label, origin: &Organisation) -> Pap {
        let mut joined = Cow::Borrowed(label);
        if object.has_granular_markings()
            && let Ok(tree) = Tree::parse(object.text_bytes(), &Limits::DEFAULT)
        {
            for entry in tree.root().get("granular_markings").map(Value::elements).into_iter().flatten() {
                if let Some(id) = entry.get("marking_ref").and_then(Value::as_str) {
                    joined = Cow::Owned(joined.join(&self.meaning(&id, origin)));
                }
            }
        }
        if joined.unknown.is_empty() { joined.pap } else { Pap::Red }
    }

    /// What decides about an object before it is read.
    pub fn stamp(&self, object: &Object, origin: &Organisation, default: &Label) -> Stamp {
        Stamp {
            origin: origin.clone(),
            label: self.label(object, origin, default),
            granularity: if object.has_granular_markings() {
                Granularity::Granular
            } else {
                Granularity::Whole
            },
        }
    }

    /// What a marking on an object of `origin` means here.
    pub fn resolve(&self, id: &str, origin: &Organisation) -> Label {
        self.meaning(id, origin).into_owned()
    }

    pub(crate) fn meaning(&self, id: &str, origin: &Organisation) -> Cow<'_, Label> {
        self.markings.resolve(id, origin, &self.own)
    }

    /// The markings about which this node's organisation and another both say something.
    pub fn said_twice(&self) -> impl Iterator<Item = &str> {
        self.markings.said_twice(&self.own)
    }

    /// Whether a stamp may have been given when only one of the two had spoken about a marking: its label holds all that the
    /// one says, and not all that both say.
    pub fn may_lack(&self, stamp: &Stamp, marking: &str) -> bool {
        let holds = |by: &Organisation| {
            let said = self.markings.resolve(marking, by, by);
            said.unknown.is_empty() && stamp.label.join(&said) == stamp.label
        };
        let all = self.resolve(marking, &stamp.origin);
        stamp.label.join(&all) != stamp.label && (holds(&stamp.origin) || holds(&self.own))
    }

    /// The rule: what is decided about a label, for a reader. The first line that applies.
    pub fn decide(&self, label: &Label, origin: &Organisation, reader: &Reader<'_>) -> Decision {
        match self.withheld(label, origin, reader) {
            Some(reason) => Decision::Withhold(reason),
            None => Decision::Release,
        }
    }

    fn withheld(&self, label: &Label, origin: &Organisation, reader: &Reader<'_>) -> Option<Reason> {
        let Reader { audience, terms, now } = *reader;
        if !terms.valid.contains(now) {
            return Some(Reason::NoAgreement);
        }
        if audience.has_brought(origin) {
            return None;
        }
        if !label.unknown.is_empty() {
            return Some(Reason::Unknown);
        }
        if audience.organisation == *origin {
            return exceeds_clearance(label, audience).or_else(|| exceeds_ceiling(label, terms));
        }
        if !label.valid.contains(now) {
            return Some(Reason::OutOfTime);
        }
        if let Some(code) = label.not.iter().find(|code| self.denies(code, audience, now)) {
            return Some(Reason::NotReleasableTo(code.clone()));
        }
        if let Some(reason) = exceeds_clearance(label, audience) {
            return Some(reason);
        }
        let covers = |set: &BTreeSet<Code>| set.iter().any(|code| audience.is_covered_by(code, now));
        if let Some(set) = label.rel.iter().find(|set| !covers(set)) {
            return Some(Reason::NotNamed(set.clone()));
        }
        if let Some(reason) = exceeds_ceiling(label, terms) {
            return Some(reason);
        }
        // What partners bring here they bring to this node's own organisation: it does not pass it on to itself.
        let passed_on = audience.organisation != self.own;
        let names = |set: &BTreeSet<Code>| {
            let itself =
                |code: &Code| matches!(code, Code::Organisation(own) if *own == audience.organisation);
            set.iter().any(itself)
        };
        let is_used = passed_on || audience.capacity == Capacity::Sensors;
        if is_used && label.tlp == Tlp::Red && !label.rel.iter().any(names) {
            return Some(Reason::RedUnnamed);
        }
        let controlled = label.orcon == OriginatorControl::Yes || label.tlp >= Tlp::Amber;
        // Every set covers the audience by now, so one set of any kind names it.
        if passed_on && *origin != self.own && controlled && label.rel.is_empty() {
            return Some(Reason::AskOriginator(origin.clone()));
        }
        let outside = |community: &&Community| !audience.is_in(community, now);
        if label.tlp >= Tlp::Green
            && let Some(community) = terms.community.as_ref().filter(outside)
        {
            return Some(Reason::Community(community.clone()));
        }
        None
    }

    /// A community that nobody declared here may hold anyone, so naming it in `not` denies everyone.
    fn denies(&self, code: &Code, audience: &Audience, now: Timestamp) -> bool {
        match code {
            Code::Community(community) if !self.communities.contains_key(community) => true,
            Code::Community(_) | Code::Nation(_) | Code::Organisation(_) => audience.is_covered_by(code, now),
        }
    }

    /// Those of the stamps that the reader may see at all: an allow-list, so a label nobody knows yet is not in it.
    pub fn visible<'a, K>(
        &self,
        stamps: impl IntoIterator<Item = (K, &'a Stamp)>,
        reader: &Reader<'_>,
    ) -> impl Iterator<Item = K> {
        let released = |stamp: &Stamp| self.decide(&stamp.label, &stamp.origin, reader) == Decision::Release;
        stamps.into_iter().filter_map(move |(key, stamp)| released(stamp).then_some(key))
    }

    /// Decides about a stamp once, for all objects that have it.
    ///
    /// # Errors
    /// [`Reason`], where none of them exists for the reader.
    pub fn pass<'a>(&'a self, stamp: &'a Stamp, reader: &'a Reader<'a>) -> Result<Passage<'a>, Reason> {
        match self.decide(&stamp.label, &stamp.origin, reader) {
            Decision::Release => Ok(Passage { policy: self, stamp, reader }),
            Decision::Withhold(reason) => Err(reason),
        }
    }

    /// [`Policy::pass`], then [`Passage::release`].
    ///
    /// # Errors
    /// [`Reason`], where the object does not exist for the reader.
    pub fn release(
        &self,
        object: Unreleased<Object>,
        stamp: &Stamp,
        reader: &Reader<'_>,
        withheld: &HashSet<String>,
    ) -> Result<Releasable<Object>, Reason> {
        self.pass(stamp, reader)?.release(object, withheld)
    }
}

fn exceeds_clearance(label: &Label, audience: &Audience) -> Option<Reason> {
    let cleared = |policy, level| audience.clearances.get(policy).is_some_and(|own| own >= level);
    let (policy, _) = label.levels.iter().find(|(policy, level)| !cleared(*policy, *level))?;
    Some(Reason::Clearance(policy.clone()))
}

fn exceeds_ceiling(label: &Label, terms: &Terms) -> Option<Reason> {
    (label.tlp > terms.ceiling).then_some(Reason::Ceiling(label.tlp))
}

/// That a stamp releases to a reader: only [`Policy::pass`] says so.
/// ```compile_fail
/// # fn forge(policy: &cresset_releasability::Policy) {
/// let forged = cresset_releasability::Passage { policy };
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Passage<'a> {
    policy: &'a Policy,
    stamp: &'a Stamp,
    reader: &'a Reader<'a>,
}

impl Passage<'_> {
    /// The only way to make a [`Releasable`], from an object that has the stamp. `withheld` holds the ids among the object's
    /// references that are held here and withheld from the reader; where nothing has to go, the object is not even read.
    ///
    /// # Errors
    /// [`Reason`], where what must go leaves no object of the standard.
    pub fn release(
        &self,
        object: Unreleased<Object>,
        withheld: &HashSet<String>,
    ) -> Result<Releasable<Object>, Reason> {
        let Self { policy, stamp, reader } = *self;
        let object = object.into_inner();
        let refers = !withheld.is_empty() && object.references().any(|id| withheld.contains(id));
        // What it brought itself, the reader knows already; and what is taken out of it would tell what is held here.
        if reader.audience.has_brought(&stamp.origin) || (!object.has_granular_markings() && !refers) {
            return Ok(Releasable::whole(object));
        }
        let redaction = redact::Redaction { policy, stamp, reader, withheld, limits: &Limits::DEFAULT };
        redaction.apply(object)
    }
}
