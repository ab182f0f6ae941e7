//! A small coalition.

use std::collections::BTreeMap;

use releasability::{
    Audience, ClassificationPolicy, Community, Label, Level, Nation, Organisation, Policy, Reader, Terms,
    Tlp, Validity, marking::RELEASABILITY_EXTENSION,
};
use stix::{Limits, Timestamp, json::Tree};

pub(crate) fn organisation(number: u32) -> Organisation {
    Organisation::new(&format!("identity--0000000{number}-0000-4000-8000-000000000000")).unwrap()
}

pub(crate) fn own() -> Organisation {
    organisation(1)
}

pub(crate) fn moment(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(crate) fn now() -> Timestamp {
    moment("2026-06-01T00:00:00Z")
}

pub(crate) fn policy() -> Policy {
    let nation = |code: &str| code.parse().unwrap();
    let dated =
        Validity { from: Some(moment("2026-01-01T00:00:00Z")), until: Some(moment("2026-07-01T00:00:00Z")) };
    Policy::new(own())
        .with_community(
            Community::new("NATO").unwrap(),
            vec![(nation("NOR"), Validity::ALWAYS), (nation("NLD"), Validity::ALWAYS)],
        )
        .with_community(Community::new("IP4").unwrap(), vec![(nation("JPN"), Validity::ALWAYS)])
        .with_community(Community::new("MISSION").unwrap(), vec![(nation("JPN"), dated)])
        .with_classification(
            ClassificationPolicy("NATO".into()),
            ["UNCLASSIFIED", "RESTRICTED", "SECRET"].map(str::to_owned).to_vec(),
        )
        .with_classification(
            ClassificationPolicy("US".into()),
            ["U", "C", "S", "TS"].map(str::to_owned).to_vec(),
        )
}

/// Who asks in the tests.
#[derive(Clone)]
pub(crate) struct Who {
    pub(crate) name: &'static str,
    pub(crate) audience: Audience,
    pub(crate) terms: Terms,
}

impl Who {
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { audience: &self.audience, terms: &self.terms, now: now() }
    }
}

pub(crate) fn terms(ceiling: Tlp) -> Terms {
    Terms { ceiling, valid: Validity::ALWAYS, community: None }
}

pub(crate) fn audiences() -> Vec<Who> {
    let policy = policy();
    let nation = |code: &str| Some(Nation::new(code).unwrap());
    let cleared = BTreeMap::from([
        (ClassificationPolicy("NATO".into()), Level(1)),
        (ClassificationPolicy("US".into()), Level(0)),
    ]);
    let unclassified = BTreeMap::from([(ClassificationPolicy("NATO".into()), Level(0))]);
    let who = |name, number, nation, clearances, ceiling| Who {
        name,
        audience: policy.audience(organisation(number), nation, clearances),
        terms: terms(ceiling),
    };
    vec![
        who("NOR", 2, nation("NOR"), cleared, Tlp::AmberStrict),
        who("JPN", 3, nation("JPN"), unclassified, Tlp::Amber),
        who("vendor", 4, None, BTreeMap::new(), Tlp::Green),
        who("JPN-RED", 5, nation("JPN"), BTreeMap::new(), Tlp::Red),
    ]
}

/// Teaches a policy our own marking from the content of the extension.
pub(crate) fn teach(policy: &mut Policy, id: &str, content: &str, origin: &Organisation) {
    teach_extension(policy, (id, RELEASABILITY_EXTENSION), content, origin);
}

fn teach_extension(policy: &mut Policy, (id, extension): (&str, &str), content: &str, origin: &Organisation) {
    let text = format!(
        r#"{{"type":"marking-definition","id":"{id}","extensions":{{"{extension}":{{"extension_type":"property-extension",{content}}}}}}}"#
    );
    let tree = Tree::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    policy.define_marking(tree.root(), origin).unwrap();
}

/// A label from the content of our extension.
pub(crate) fn label(content: &str) -> Label {
    marked(RELEASABILITY_EXTENSION, content)
}

/// A label from the content of an extension.
pub(crate) fn marked(extension: &str, content: &str) -> Label {
    let mut policy = policy();
    let id = "marking-definition--99999999-0000-4000-8000-000000000000";
    teach_extension(&mut policy, (id, extension), content, &own());
    policy.resolve(id, &own())
}
