//! Who asks, and under which agreement?

use std::collections::BTreeMap;

use stix::Timestamp;

use crate::{
    code::{Code, Community, Nation, Organisation},
    label::{ClassificationPolicy, Level, Tlp, Validity},
};

/// Who asks. Equal audiences get equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// The organisation.
    pub organisation: Organisation,
    /// Its nation, if it has one.
    pub nation: Option<Nation>,
    /// The communities it is in, and when.
    pub memberships: Vec<(Community, Validity)>,
    /// Up to which level it is cleared, per classification policy; absent means not at all.
    pub clearances: BTreeMap<ClassificationPolicy, Level>,
}

impl Audience {
    /// Whether a code covers this audience at a moment.
    pub fn is_covered_by(&self, code: &Code, now: Timestamp) -> bool {
        match code {
            Code::Organisation(organisation) => *organisation == self.organisation,
            Code::Nation(nation) => self.nation == Some(*nation),
            Code::Community(community) => self.is_in(community, now),
        }
    }

    /// Whether it is in a community at a moment.
    pub fn is_in(&self, community: &Community, now: Timestamp) -> bool {
        self.memberships.iter().any(|(name, valid)| name == community && valid.contains(now))
    }
}

/// The agreement under which an audience asks for a collection, as far as it decides what is released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Nothing above this traffic light.
    pub ceiling: Tlp,
    /// When the agreement is in force.
    pub valid: Validity,
    /// The community that the collection belongs to; what is GREEN or above stays inside it.
    pub community: Option<Community>,
}

/// Who asks, under which agreement, and when.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Who.
    pub audience: &'a Audience,
    /// Under which agreement.
    pub terms: &'a Terms,
    /// When.
    pub now: Timestamp,
}
