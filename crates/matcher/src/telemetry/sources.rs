//! Which sources are known, and which is this line of?

use std::{collections::BTreeSet, sync::Arc};

use super::{
    limits::{MappingLimits, TelemetryLimits},
    mapping::{self, At, Form, Mapping, MappingError, MappingProblem, RuleLine},
    node::Node,
    reader::Reader,
    wanted::Wanted,
};
use crate::scan;

/// The mapping files of this crate, in the order in which lines are tried.
const BUILTIN: [&str; 9] = [
    include_str!("../../mappings/stix.toml"),
    include_str!("../../mappings/zeek.toml"),
    include_str!("../../mappings/suricata.toml"),
    include_str!("../../mappings/sysmon.toml"),
    include_str!("../../mappings/ecs.toml"),
    include_str!("../../mappings/ocsf.toml"),
    include_str!("../../mappings/cloudtrail.toml"),
    include_str!("../../mappings/cef.toml"),
    include_str!("../../mappings/syslog.toml"),
];

/// Which source; of the [`Sources`] that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(super) usize);

/// The sources that lines may come from. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Sources {
    mappings: Arc<[Mapping]>,
}

impl Sources {
    /// Those whose mapping files are in this repository.
    pub fn builtin() -> Self {
        let read = |text: &&str| mapping::read(text, &MappingLimits::DEFAULT).ok();
        Self { mappings: BUILTIN.iter().filter_map(read).map(|reading| reading.mapping).collect() }
    }

    /// These and what a user's mapping file says: a source more, which lines are tried for first (and which takes the place
    /// of one of the same name), or more rules for one that is there (`extends`).
    ///
    /// # Errors
    /// Everything that is wrong with the file, each with line, column and rule.
    pub fn with(&self, text: &str, limits: &MappingLimits) -> Result<Self, Vec<MappingError>> {
        let reading = mapping::read(text, limits)?;
        let mut mappings = self.mappings.to_vec();
        let mut added = reading.mapping;
        if let Some((name, unknown)) = reading.extends {
            let Some(own) = mappings.iter_mut().find(|own| own.name == name) else {
                return Err(vec![unknown]);
            };
            own.groups.append(&mut added.groups);
            own.recognise.append(&mut added.recognise);
            let rules: usize = own.groups.iter().map(|group| group.rules.len()).sum();
            // A rule may stand for one path of each algorithm of hashes.
            if rules > 4 * limits.rules_max || own.groups.len() > limits.groups_max {
                let problem = MappingProblem::Limit(limits.rules_max);
                return Err(vec![MappingError { problem, ..unknown }]);
            }
        } else {
            mappings.retain(|own| own.name != added.name);
            mappings.insert(0, added);
        }
        if mappings.len() > limits.sources_max {
            let problem = MappingProblem::Limit(limits.sources_max);
            return Err(vec![MappingError { line: 1, column: 1, rule: None, problem }]);
        }
        Ok(Self { mappings: mappings.into() })
    }

    /// The source of this name.
    pub fn find(&self, name: &str) -> Option<SourceId> {
        self.mappings.iter().position(|mapping| mapping.name == name).map(SourceId)
    }

    /// What a source is called.
    pub fn name(&self, source: SourceId) -> &str {
        self.mappings.get(source.0).map_or("", |mapping| &mapping.name)
    }

    /// Every source, in the order in which lines are tried.
    pub fn all(&self) -> impl Iterator<Item = SourceId> + use<> {
        (0..self.mappings.len()).map(SourceId)
    }

    /// Which source a line looks like it comes from. Whoever has a stream asks for a few lines and remembers the answer,
    /// or has a [`Reader`] do that.
    pub fn detect(&self, line: &[u8]) -> Option<SourceId> {
        let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
        reader.source_of(line, &Wanted::nothing(self))
    }

    /// The keys by which a scanner of raw bytes finds the fields that are wanted, each with how its values are looked up.
    /// Where a path has several keys, those are its ends: `source.ip` may be a key, or `ip` in `source`.
    /// Of one source, or of all.
    pub fn scanner_keys(
        &self,
        wanted: &Wanted,
        named: Option<SourceId>,
    ) -> impl Iterator<Item = (String, scan::Kind)> + use<> {
        let mut keys = BTreeSet::new();
        for source in self.all().filter(|source| named.is_none_or(|named| named == *source)) {
            for (group, rules) in wanted.groups(source) {
                let Some(group) = self.mapping(source).and_then(|mapping| mapping.groups.get(*group)) else {
                    continue;
                };
                for active in rules {
                    let Some(rule) = group.rules.get(active.rule) else { continue };
                    for field in rule.origin.telling() {
                        let below_group = field.path.is_empty();
                        keys.extend(field.leaf_keys().map(|key| (key.to_owned(), rule.kind)));
                        for at in group.at.iter().filter(|_| below_group) {
                            let (At::Path(path) | At::Anywhere(path)) = at;
                            keys.extend(path.rsplit('.').next().map(|key| (key.to_owned(), rule.kind)));
                        }
                    }
                }
            }
        }
        keys.into_iter()
    }

    /// The rules of a source, as people read them.
    pub fn rules(&self, source: SourceId) -> Vec<RuleLine> {
        let groups = self.mapping(source).into_iter().flat_map(|mapping| &mapping.groups);
        let line = |group, rule: &mapping::Rule| RuleLine {
            field: described(group, rule),
            path: rule.target.path.to_string(),
        };
        groups.flat_map(|group| group.rules.iter().map(move |rule| line(group, rule))).collect()
    }

    pub(super) fn mapping(&self, source: SourceId) -> Option<&Mapping> {
        self.mappings.get(source.0)
    }

    /// The first source of this form that recognises a line; `guess` is tried first.
    pub(super) fn recognise(&self, form: Form, line: Node<'_>, guess: Option<SourceId>) -> Option<SourceId> {
        let is_of = |source: &SourceId| {
            self.mapping(*source).is_some_and(|mapping| {
                let all = |way: &Vec<mapping::Condition>| way.iter().all(|own| own.holds(line, line));
                mapping.form == form && mapping.recognise.iter().any(all)
            })
        };
        guess.filter(|guess| is_of(guess)).or_else(|| self.all().find(is_of))
    }
}

/// Where a rule takes its value from, in one line.
fn described(group: &mapping::Group, rule: &mapping::Rule) -> String {
    let places: Vec<_> = group
        .at
        .iter()
        .map(|at| match at {
            At::Path(path) if path.is_empty() => String::new(),
            At::Path(path) => format!("{path}."),
            At::Anywhere(path) if path.is_empty() => "**.".to_owned(),
            At::Anywhere(path) => format!("**.{path}."),
        })
        .collect();
    let prefix = if places.len() > 1 { format!("({})", places.join("|")) } else { places.concat() };
    match &rule.origin {
        mapping::Origin::Fields(fields) => {
            let fields: Vec<_> = fields.iter().map(|field| format!("{prefix}{}", field.path)).collect();
            fields.join(", ")
        }
        mapping::Origin::Template(parts) => parts
            .iter()
            .map(|part| match part {
                mapping::Part::Text(text) => text.clone(),
                mapping::Part::Field(field) => format!("{{{prefix}{}}}", field.path),
            })
            .collect(),
    }
}
