//! What does a sensor keep, so that nothing is lost or counted twice where it stops?
//!
//! How far each file was read, what was counted by then, and the sightings that have not come home, in one file that is replaced
//! as a whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context;
use matcher::watch::{Counted, Sighting};
use serde::{Deserialize, Serialize};

use super::input::{Chunk, FileId, Place};

/// How far a file was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// The name under which it was met.
    name: String,
    /// How it begins: inodes are used again.
    pub(super) head: Vec<u8>,
    /// In bytes.
    pub(super) offset: u64,
    /// In lines.
    pub(super) lines: u64,
}

/// Positions of so many files are kept; those with the lowest numbers go first.
const POSITIONS_MAX: usize = 8192;

/// So many refused sightings are kept; further ones are told and counted only.
const REFUSED_MAX: usize = 1000;

/// What is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    #[serde(default, with = "pairs")]
    pub(super) positions: BTreeMap<FileId, Position>,
    #[serde(default)]
    pub(super) counted: Counted,
    #[serde(default)]
    pub(super) outbox: BTreeMap<String, Sighting>,
    /// Those that the node refused, up to [`REFUSED_MAX`].
    #[serde(default)]
    pub(super) refused: BTreeMap<String, Sighting>,
    /// Indicators that were looked for in the past and may not be in the list of all of them yet: written together with what that
    /// counted, so that none is counted twice or not at all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) looked: BTreeSet<String>,
    #[serde(skip)]
    file: PathBuf,
    #[serde(skip)]
    kept: Vec<u8>,
}

impl State {
    /// Reads what was kept, or begins anew in an empty directory.
    pub(super) fn open(dir: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
        let file = dir.join("state.json");
        let kept = match fs::read(&file) {
            Ok(kept) => kept,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", file.display())),
        };
        let state = if kept.is_empty() { Ok(Self::default()) } else { serde_json::from_slice(&kept) };
        let mut state: Self = state.with_context(|| format!("`{}` is damaged", file.display()))?;
        for (id, sighting) in &mut state.outbox {
            // Once the id stood in front only.
            sighting.id.clone_from(id);
        }
        // What was refused may be taken by now.
        let refused = std::mem::take(&mut state.refused);
        state.outbox.extend(refused);
        Ok(Self { file, kept, ..state })
    }

    /// A sighting does not go home: it waits no more, and keeps no other from going. Whether it waited.
    pub(super) fn set_aside(&mut self, id: &str) -> bool {
        let Some(sighting) = self.outbox.remove(id) else { return false };
        if self.refused.len() < REFUSED_MAX {
            self.refused.insert(id.to_owned(), sighting);
        }
        true
    }

    /// Notes how far a file was read, once its piece was looked at.
    pub(super) fn advance(&mut self, chunk: &Chunk) {
        let Some(Place { file, end, head }) = &chunk.place else { return };
        let position = Position {
            name: chunk.input.to_string(),
            head: head.clone(),
            offset: *end,
            lines: chunk.lines_before(),
        };
        self.positions.insert(*file, position);
        while self.positions.len() > POSITIONS_MAX {
            self.positions.pop_first();
        }
    }

    /// Writes it down, as a whole or not at all, where anything changed.
    pub(super) fn save(&mut self) -> anyhow::Result<()> {
        let content = serde_json::to_vec(self)?;
        if content == self.kept {
            return Ok(());
        }
        let new = self.file.with_extension("new");
        let write = || -> std::io::Result<()> {
            let mut file = fs::File::create(&new)?;
            file.write_all(&content)?;
            file.sync_all()?;
            fs::rename(&new, &self.file)
        };
        write().with_context(|| format!("cannot write `{}`", self.file.display()))?;
        self.kept = content;
        Ok(())
    }
}

/// Keys of JSON are text, so the positions are written as a list.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{FileId, Position};

    pub(super) fn serialize<S: Serializer>(
        map: &BTreeMap<FileId, Position>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        map.iter().map(|(id, position)| (id.0, id.1, position)).collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<FileId, Position>, D::Error> {
        let list = Vec::<(u64, u64, Position)>::deserialize(from)?;
        Ok(list.into_iter().map(|(device, inode, position)| (FileId(device, inode), position)).collect())
    }
}

fn silences(dir: &Path) -> PathBuf {
    dir.join("silenced")
}

/// The indicators that are silenced here.
pub(super) fn silenced(dir: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(silences(dir)).unwrap_or_default();
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or("").trim());
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Silences an indicator here, or lets it fire again.
pub(crate) fn silence(dir: &Path, id: &str, lift: Lift) -> anyhow::Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    let mut ids = silenced(dir);
    match lift {
        Lift::No => ids.insert(id.to_owned()),
        Lift::Yes => ids.remove(id),
    };
    let text: String = ids.iter().flat_map(|id| [id.as_str(), "\n"]).collect();
    let file = silences(dir);
    fs::write(&file, text).with_context(|| format!("cannot write `{}`", file.display()))
}

/// Whether a silence is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lift {
    Yes,
    No,
}
