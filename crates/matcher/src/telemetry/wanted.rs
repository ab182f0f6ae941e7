//! Which rules of which sources have to be looked at, for what indicators ask for?

use std::sync::Arc;

use stix::pattern::{ObjectPath, Step};

use super::{
    mapping::{Rule, Target},
    sources::{SourceId, Sources},
};

/// What is asked for, and of which sources. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Wanted {
    sources: Sources,
    /// By source: groups by number, and the rules in them.
    active: Arc<[Vec<ActiveGroup>]>,
    extent: Extent,
}

/// A group by number, and the rules in it.
type ActiveGroup = (usize, Vec<Active>);

/// A rule that somebody's path needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Active {
    /// Its place in the group.
    pub(super) rule: usize,
    /// For each type that the value may have, from which object on it is wanted.
    pub(super) starts: Vec<Option<usize>>,
}

/// How much is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Nothing,
    Something,
}

impl Wanted {
    /// What these object paths need, such as [`crate::Program::paths`] gives them. A text that is no object path wants
    /// nothing.
    pub fn new<'p>(sources: &Sources, paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut paths: Vec<ObjectPath> = paths.into_iter().filter_map(|path| path.parse().ok()).collect();
        paths.sort();
        let extent = if paths.is_empty() { Extent::Nothing } else { Extent::Something };
        Self::of(sources, extent, |path| paths.iter().any(|wanted| leads_on(wanted, path)))
    }

    /// Every field that any mapping knows.
    pub fn everything(sources: &Sources) -> Self {
        Self::of(sources, Extent::Something, |_| true)
    }

    /// Nothing.
    pub fn nothing(sources: &Sources) -> Self {
        Self::of(sources, Extent::Nothing, |_| false)
    }

    fn of(sources: &Sources, extent: Extent, is_wanted: impl Fn(&ObjectPath) -> bool) -> Self {
        let mut active = Vec::new();
        for source in sources.all() {
            let mut groups = Vec::new();
            for (at, group) in sources.mapping(source).iter().flat_map(|own| &own.groups).enumerate() {
                let rules: Vec<_> = (0..)
                    .zip(&group.rules)
                    .map(|(place, rule): (usize, &Rule)| Active {
                        rule: place,
                        starts: starts(&rule.target, &is_wanted),
                    })
                    .filter(|active| active.starts.iter().any(Option::is_some))
                    .collect();
                if !rules.is_empty() {
                    groups.push((at, rules));
                }
            }
            active.push(groups);
        }
        Self { sources: sources.clone(), active: active.into(), extent }
    }

    /// The sources.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.extent == Extent::Nothing
    }

    pub(super) fn groups(&self, source: SourceId) -> &[ActiveGroup] {
        self.active.get(source.0).map_or(&[], Vec::as_slice)
    }
}

fn starts(target: &Target, is_wanted: &impl Fn(&ObjectPath) -> bool) -> Vec<Option<usize>> {
    (0..target.variants()).map(|variant| target.given(variant).iter().position(is_wanted)).collect()
}

/// Whether what is wanted is this path or something on the way to it. Any place in a list is as good as another.
fn leads_on(wanted: &ObjectPath, path: &ObjectPath) -> bool {
    let is_same = |(wanted, own): (&Step, &Step)| match (wanted, own) {
        (Step::Key(wanted), Step::Key(own)) => wanted == own,
        (Step::Index(_) | Step::Any, Step::Index(_) | Step::Any) => true,
        _ => false,
    };
    wanted.object_type == path.object_type
        && wanted.steps.len() <= path.steps.len()
        && wanted.steps.iter().zip(&path.steps).all(is_same)
}
