//! Which names are looked for in a report? Those that everybody knows, those of bundles, and those that this node holds.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use formats::names::{self, Known, NAMES_MAX, Names};
use server::admin::{Command, Reply};
use stix::{
    Limits,
    splitter::{Element, Splitter},
};

use super::import;
use crate::node::{self, Node};

/// The names, and what is to be said about them.
pub(crate) struct Gathered {
    pub(crate) names: Names,
    pub(crate) notes: Vec<String>,
}

impl Gathered {
    /// Those of bundles, and those that everybody knows.
    pub(crate) fn of(bundles: &[PathBuf], held: Vec<Known>) -> anyhow::Result<Self> {
        let mut known = Vec::new();
        for file in bundles {
            from_bundle(file, &mut known)?;
        }
        known.extend(held);
        let names = Names::new(known)?;
        let mut notes = Vec::new();
        if names.left_out() > 0 {
            notes
                .push(format!("{} spellings of names are not looked for: {NAMES_MAX} are", names.left_out()));
        }
        Ok(Self { names, notes })
    }

    /// Those of bundles, and of the node of a data directory, where there is one. A node that does not answer is told, not needed.
    pub(crate) async fn with_node(dir: &Path, bundles: &[PathBuf]) -> anyhow::Result<Self> {
        if !dir.join("store").is_dir() && !node::socket(dir).exists() {
            return Self::of(bundles, Vec::new());
        }
        match of_node(dir).await {
            Ok(held) => Self::of(bundles, held),
            Err(error) => {
                let mut gathered = Self::of(bundles, Vec::new())?;
                gathered.notes.push(format!("names that the node holds are not looked for: {error:#}"));
                Ok(gathered)
            }
        }
    }
}

async fn of_node(dir: &Path) -> anyhow::Result<Vec<Known>> {
    let mut node = Node::of(dir).await?;
    let held = held(&mut node).await;
    node.close().await?;
    held
}

/// What a node holds that has a name, as its own organisation may read it; no more than can be looked for.
pub(crate) async fn held(node: &mut Node) -> anyhow::Result<Vec<Known>> {
    let Reply::World(Some(world)) = node.call(Command::World).await? else { return Ok(Vec::new()) };
    let mut held = Vec::new();
    for collection in world.collections {
        let mut next = Some(0);
        while let Some(after) = next.filter(|_| held.len() <= NAMES_MAX) {
            let asked = Command::Names { collection: collection.alias.clone(), after };
            let Reply::Names(page) = node.call(asked).await? else {
                bail!("the node answered another question");
            };
            held.extend(page.known);
            next = page.next;
        }
    }
    Ok(held)
}

fn from_bundle(file: &Path, known: &mut Vec<Known>) -> anyhow::Result<()> {
    let mut input = import::open(file)?;
    let mut splitter = Splitter::new(Limits::DEFAULT.object_bytes_max);
    let mut chunk = vec![0; 1 << 20];
    loop {
        let length = input.read(&mut chunk).with_context(|| format!("cannot read `{}`", file.display()))?;
        let Some(piece) = chunk.get(..length).filter(|piece| !piece.is_empty()) else { break };
        splitter.push(piece, &mut |_, element| {
            if let Element::Text(text) = element {
                known.extend(names::known(text));
            }
        })?;
    }
    Ok(splitter.finish()?)
}
