//! What does a sensor remember of the last days, and which indicators are new to it?
//!
//! A file for each day, `recent/DAY`, written anew when the day changed. The ids of indicators that were looked for are in
//! `recent/looked`, so that one is looked for once.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context;
use matcher::{
    Observation,
    watch::{Recent, RecentLimits},
};

/// How often what is remembered is written down.
const SAVE: Duration = Duration::from_secs(30);

/// What is remembered.
pub(super) struct Memory {
    dir: PathBuf,
    values: Recent,
    /// The indicators that were looked for.
    looked: BTreeSet<String>,
    new: Vec<String>,
    saved: Instant,
}

impl Memory {
    /// Takes up what was remembered; nothing where no day is to be.
    pub(super) fn open(
        state: &Path,
        days: u16,
        looked_since: &BTreeSet<String>,
    ) -> anyhow::Result<Option<Self>> {
        if days == 0 {
            return Ok(None);
        }
        let dir = state.join("recent");
        fs::create_dir_all(&dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
        let mut values = Recent::new(RecentLimits { days_max: days, ..RecentLimits::default() });
        for entry in fs::read_dir(&dir)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let Ok(day) = name.parse::<i64>() else { continue };
            let text = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            let broken = values.read(day, &text);
            if broken > 0 {
                tracing::warn!("`{}` has {broken} line(s) that cannot be read", path.display());
            }
        }
        let looked = fs::read_to_string(dir.join("looked")).unwrap_or_default();
        let looked = looked.lines().map(str::to_owned).chain(looked_since.iter().cloned()).collect();
        #[expect(clippy::disallowed_methods, reason = "this is the rim: how long ago it was written down")]
        let saved = Instant::now();
        Ok(Some(Self { dir, values, looked, new: Vec::new(), saved }))
    }

    pub(super) fn values(&self) -> &Recent {
        &self.values
    }

    pub(super) fn note(&mut self, observation: &Observation) {
        self.values.note(observation);
    }

    /// An indicator is there; is it new?
    pub(super) fn met(&mut self, id: &str) {
        if self.looked.insert(id.to_owned()) {
            self.new.push(id.to_owned());
        }
    }

    /// The indicators that came since the last time.
    pub(super) fn new_indicators(&mut self) -> Vec<String> {
        std::mem::take(&mut self.new)
    }

    /// Writes down the days that changed, every now and then.
    pub(super) fn save(&mut self) -> anyhow::Result<()> {
        if self.saved.elapsed() >= SAVE {
            self.save_now()?;
        }
        Ok(())
    }

    /// Writes down the days that changed.
    pub(super) fn save_now(&mut self) -> anyhow::Result<()> {
        #[expect(clippy::disallowed_methods, reason = "this is the rim: how long ago it was written down")]
        let now = Instant::now();
        self.saved = now;
        for (day, text) in self.values.written() {
            let file = self.dir.join(day.to_string());
            if text.is_empty() {
                let _ = fs::remove_file(&file);
            } else {
                replace(&file, &text)?;
            }
        }
        let looked: String = self.looked.iter().flat_map(|id| [id.as_str(), "\n"]).collect();
        replace(&self.dir.join("looked"), looked.as_bytes())
    }
}

/// The whole file or what was there before.
fn replace(file: &Path, content: &[u8]) -> anyhow::Result<()> {
    let new = file.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file_of_new = fs::File::create(&new)?;
        file_of_new.write_all(content)?;
        file_of_new.sync_all()?;
        fs::rename(&new, file)
    };
    write().with_context(|| format!("cannot write `{}`", file.display()))
}
