//! Who asks for which collection, and does it exist for them?

use std::sync::Arc;

use releasability::{Audience, Decision, Organisation, Policy, Reader, Stamp, Terms};
use stix::Timestamp;
use store::{CollectionNumber, LabelId, LabelSet};
use uuid::Uuid;

use crate::{
    Exchange,
    registry::Agreement,
    state::{Known, State},
    viewpoint::Viewer,
    world::Right,
};

/// A collection as one partner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionInfo {
    /// Its id.
    pub id: Uuid,
    /// Its alias.
    pub alias: String,
    /// Its title.
    pub title: String,
    /// What is in it.
    pub description: Option<String>,
    /// What the partner may do in it.
    pub may: Vec<Right>,
}

/// One partner's way into one collection at one moment. Whoever has none, for them the collection does not exist.
#[derive(Debug, Clone)]
pub struct Access {
    pub(crate) state: Arc<State>,
    pub(crate) partner: Arc<Partner>,
    /// Which of the partner's agreements this access is under.
    index: usize,
    pub(crate) now: Timestamp,
    /// Who of this node's own people looks; nobody where a partner itself asks.
    pub(crate) viewer: Option<Arc<Viewer>>,
}

/// A declared partner, resolved.
#[derive(Debug)]
pub(crate) struct Partner {
    pub(crate) name: String,
    pub(crate) audience: Audience,
    /// In the order in which collections are declared. All of them, for references lead into other collections.
    pub(crate) agreements: Vec<Agreement>,
}

impl Partner {
    fn in_force(&self, now: Timestamp) -> impl Iterator<Item = (usize, &Agreement)> {
        let in_force =
            move |agreement: &Agreement| agreement.terms.valid.contains(now) && !agreement.may.is_empty();
        self.agreements.iter().enumerate().filter(move |(_, agreement)| in_force(agreement))
    }
}

impl Access {
    /// Every way of a partner, or of one of this node's own people, into what it may read.
    pub(crate) fn reading(
        (state, partner): (&Arc<State>, &Arc<Partner>),
        viewer: &Arc<Viewer>,
        now: Timestamp,
    ) -> Vec<Self> {
        let may_read = |(_, agreement): &(usize, &Agreement)| agreement.may.contains(&Right::Read);
        let into = |(index, _)| Self {
            state: Arc::clone(state),
            partner: Arc::clone(partner),
            index,
            now,
            viewer: Some(Arc::clone(viewer)),
        };
        partner.in_force(now).filter(may_read).map(into).collect()
    }

    fn agreement(&self) -> Option<&Agreement> {
        self.partner.agreements.get(self.index)
    }

    pub(crate) fn number(&self) -> CollectionNumber {
        self.agreement().map_or(crate::registry::MARKINGS, |agreement| agreement.number)
    }

    /// Whether the partner may do this here.
    pub fn may(&self, right: Right) -> bool {
        self.agreement().is_some_and(|agreement| agreement.may.contains(&right))
    }

    /// The partner's name.
    pub fn partner(&self) -> &str {
        &self.partner.name
    }

    /// The collection's id.
    pub fn collection(&self) -> Uuid {
        self.agreement().map_or(Uuid::nil(), |agreement| agreement.collection.id)
    }

    pub(crate) fn organisation(&self) -> &Organisation {
        &self.partner.audience.organisation
    }

    /// Whether the reader gets whole what has this stamp, because it brought it.
    pub(crate) fn has_brought(&self, stamp: &Stamp) -> bool {
        self.partner.audience.has_brought(&stamp.origin)
    }

    /// The collection as its readers see it.
    pub(crate) fn info(&self) -> Option<CollectionInfo> {
        self.agreement().map(Agreement::info)
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.state.policy
    }

    pub(crate) fn known(&self) -> Option<&Known> {
        self.state.world.as_deref()
    }

    pub(crate) fn reader<'a>(&'a self, terms: &'a Terms) -> Reader<'a> {
        Reader { audience: &self.partner.audience, terms, now: self.now }
    }

    /// The terms of the agreement under which a collection may be read, if there is one.
    pub(crate) fn read_terms(&self, collection: CollectionNumber) -> Option<&Terms> {
        let readable =
            |agreement: &Agreement| agreement.number == collection && agreement.may.contains(&Right::Read);
        let mut in_force = self.partner.in_force(self.now);
        in_force.find(|(_, agreement)| readable(agreement)).map(|(_, agreement)| &agreement.terms)
    }

    /// The stamp of a label, if this reader may see it in a collection.
    pub(crate) fn visible(&self, collection: CollectionNumber, label: LabelId) -> Option<&Arc<Stamp>> {
        let stamp = self.state.stamps.get(label)?;
        let reader = self.reader(self.read_terms(collection)?);
        let released = self.policy().decide(&stamp.label, &stamp.origin, &reader) == Decision::Release;
        (released && !self.waits(collection, label, stamp)).then_some(stamp)
    }

    /// Whether a label in a collection says what its objects' markings meant before, so that nobody but their origin may have
    /// them until they are labelled anew.
    fn waits(&self, collection: CollectionNumber, label: LabelId, stamp: &Stamp) -> bool {
        let waiting = &self.state.waiting;
        !waiting.is_empty() && !self.has_brought(stamp) && waiting.contains(&(collection.0, label.0))
    }

    /// All labels that this reader may see in the collection of this access.
    pub(crate) fn visible_labels(&self) -> LabelSet {
        match self.read_terms(self.number()) {
            Some(terms) => {
                let waits = |(label, stamp): &(LabelId, &Stamp)| self.waits(self.number(), *label, stamp);
                let stamps = self.state.stamps.iter().filter(|entry| !waits(entry));
                self.policy().visible(stamps, &self.reader(terms)).collect()
            }
            None => LabelSet::default(),
        }
    }
}

impl Exchange {
    /// A partner's way into a collection, by the collection's id or alias. Nothing where no agreement is in force, which is
    /// the same as no such collection.
    pub fn access(&self, partner: &str, collection: &str, now: Timestamp) -> Option<Access> {
        // What is accounted for and decided again is counted in microseconds.
        let now = Timestamp::from_micros(now.micros());
        let state = self.state.load_full();
        let known = state.world.as_ref()?;
        let partner = Arc::clone(known.partners.get(partner)?);
        let (number, _) = known.registry.collection(collection)?;
        let (index, _) = partner.in_force(now).find(|(_, agreement)| agreement.number == number)?;
        Some(Access { state, partner, index, now, viewer: None })
    }

    /// This node's own organisation's way into a collection, by the collection's id or alias.
    pub fn own_access(&self, collection: &str, now: Timestamp) -> Option<Access> {
        let now = Timestamp::from_micros(now.micros());
        let state = self.state.load_full();
        let known = state.world.as_ref()?;
        let own = Arc::clone(&known.own);
        let (number, _) = known.registry.collection(collection)?;
        let (index, _) = own.in_force(now).find(|(_, agreement)| agreement.number == number)?;
        Some(Access { state, partner: own, index, now, viewer: None })
    }

    /// Whether a sensor of this name is declared.
    pub fn has_sensor(&self, name: &str) -> bool {
        let state = self.state.load();
        let known = state.world.as_ref();
        known.is_some_and(|known| known.registry.world.sensors.iter().any(|sensor| sensor.name == name))
    }

    /// The partner that declared a client certificate, by its SHA-256 in lower-case hexadecimal digits.
    pub fn partner_of_certificate(&self, fingerprint: &str) -> Option<String> {
        let state = self.state.load();
        let mut partners = state.world.as_ref()?.registry.world.partners.iter();
        let has = |own: &String| own.eq_ignore_ascii_case(fingerprint);
        partners.find(|partner| partner.certificates.iter().any(has)).map(|partner| partner.name.clone())
    }

    /// Whether a partner of this name is declared.
    pub fn has_partner(&self, name: &str) -> bool {
        self.state.load().world.as_ref().is_some_and(|known| known.partners.contains_key(name))
    }

    /// The collections that exist for a partner, in the order of the declaration.
    pub fn collections_of(&self, partner: &str, now: Timestamp) -> Vec<CollectionInfo> {
        let state = self.state.load();
        let partner = state.world.as_ref().and_then(|known| known.partners.get(partner));
        let in_force = partner.into_iter().flat_map(|partner| partner.in_force(now));
        in_force.map(|(_, agreement)| agreement.info()).collect()
    }
}
