//! What does a line of telemetry say? Each input has a reader of its own, for it may be of another source.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::PathBuf,
};

use anyhow::{Context, bail};
use matcher::{
    Observation, ObservationId,
    telemetry::{MappingLimits, Reader, SourceId, Sources, TelemetryLimits, Wanted},
    warninglist::{Warninglist, WarninglistLimits},
    watch::Common,
};
use stix::Timestamp;

/// How many inputs are remembered at one time; more begin anew.
const READERS_MAX: usize = 8192;

/// Reads lines of several inputs.
pub(super) struct Lines {
    sources: Sources,
    named: Option<SourceId>,
    paths: BTreeSet<String>,
    wanted: Wanted,
    readers: HashMap<String, Reader>,
    next: u64,
}

impl Lines {
    pub(super) fn new(format: Option<&str>, mappings: &[PathBuf]) -> anyhow::Result<Self> {
        let mut sources = Sources::builtin();
        for file in mappings {
            let text =
                fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
            sources = match sources.with(&text, &MappingLimits::DEFAULT) {
                Ok(sources) => sources,
                Err(errors) => {
                    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
                    bail!("`{}`: {}", file.display(), errors.join("; "));
                }
            };
        }
        let named = format.map(|name| find(&sources, name)).transpose()?;
        let wanted = Wanted::nothing(&sources);
        Ok(Self { sources, named, paths: BTreeSet::new(), wanted, readers: HashMap::new(), next: 0 })
    }

    /// Only these object paths are read from now on. What that needs; the same is wanted anew where indicators changed.
    pub(super) fn want(&mut self, paths: BTreeSet<String>) -> &Wanted {
        if paths != self.paths {
            self.wanted = Wanted::new(&self.sources, paths.iter().map(String::as_str));
            self.paths = paths;
        }
        &self.wanted
    }

    /// The source that all lines are of.
    pub(super) fn named(&self) -> Option<SourceId> {
        self.named
    }

    /// What a line of an input says of what is wanted.
    pub(super) fn observations(
        &mut self,
        input: &str,
        line: &[u8],
        now: Timestamp,
    ) -> Result<Vec<Observation>, String> {
        if !self.readers.contains_key(input) {
            if self.readers.len() >= READERS_MAX {
                self.readers.clear();
            }
            self.readers.insert(input.to_owned(), Reader::new(self.named, TelemetryLimits::DEFAULT));
        }
        let Some(reader) = self.readers.get_mut(input) else { return Ok(Vec::new()) };
        let mut read = reader.read(line, &self.wanted, now).map_err(|finding| finding.to_string())?;
        for observation in &mut read {
            observation.id = ObservationId(self.next);
            self.next += 1;
        }
        Ok(read)
    }
}

fn find(sources: &Sources, name: &str) -> anyhow::Result<SourceId> {
    sources.find(name).with_context(|| {
        let names: Vec<_> = sources.all().map(|source| sources.name(source)).collect();
        format!("there is no source `{name}`; there are {}", names.join(", "))
    })
}

/// Which values are too common to fire: by the lists that come with the program, and the user's own.
pub(super) fn common(lists: Lists, own: &[PathBuf]) -> anyhow::Result<Common> {
    let mut list = match lists {
        Lists::Used => Warninglist::builtin(),
        Lists::PassedOver => Warninglist::default(),
    };
    for file in own {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        list = list
            .with(&text, &WarninglistLimits::DEFAULT)
            .with_context(|| format!("`{}` is no list of common values", file.display()))?;
    }
    Ok(list.into_common())
}

/// Whether the lists that come with the program keep common values from firing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    Used,
    PassedOver,
}
