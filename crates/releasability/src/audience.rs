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
    /// As whom it asks.
    pub capacity: Capacity,
}

/// As whom an audience asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capacity {
    /// As the organisation: it gets whole what it brought.
    Organisation,
    /// As its sensors, which act where others may notice: what is RED has to name it even where it was brought to it.
    Sensors,
    /// As one of its people, who is cleared for less than it: markings that are not understood, clearance and ceiling bind for
    /// what the organisation brought as well.
    Person,
}

impl Audience {
    /// Whether it gets whole what this origin brought.
    pub fn has_brought(&self, origin: &Organisation) -> bool {
        self.capacity != Capacity::Person && self.organisation == *origin
    }

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
