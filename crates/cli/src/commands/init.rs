//! `cresset init`: a data directory and a declaration to edit.

use std::path::Path;

use anyhow::{Context, bail};
use exchange::world::World;
use releasability::Nation;
use server::admin::{self, Command, Reply};
use store::embedded::{Embedded, Options};
use uuid::Uuid;

use crate::{
    args::DIR_DEFAULT,
    output::{Format, Outcome, json, refused},
};

pub(crate) async fn run(
    dir: &Path,
    name: &str,
    nation: Option<&str>,
    format: Format,
) -> anyhow::Result<Outcome> {
    if let Some(Err(error)) = nation.map(Nation::new) {
        return refused(format, &[format!("`--nation`: {error}")]);
    }
    if dir.join("store").exists() {
        bail!("`{}` is a data directory already", dir.display());
    }
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    restrict(dir)?;
    let declaration = declaration(name, nation);
    let world: World = toml::from_str(&declaration).context("the first declaration does not read")?;
    let file = dir.join("world.toml");
    std::fs::write(&file, &declaration).with_context(|| format!("cannot write `{}`", file.display()))?;
    make_store(dir).await?;
    let exchange = crate::node::open(dir, &Options::default(), exchange::ExchangeLimits::default()).await?;
    let command = Command::Apply { world: Box::new(world), dry_run: false };
    let reply = admin::execute(&exchange, command, server::system_clock().now()).await?;
    exchange.close().await?;
    if let Reply::Refused { reasons } = reply {
        return refused(format, &reasons);
    }
    match format {
        Format::Json => json(&serde_json::json!({ "dir": dir, "world": file }))?,
        Format::Text => {
            println!("made {}", dir.display());
            let named = dir != Path::new(DIR_DEFAULT);
            let option = if named { format!(" --dir {}", dir.display()) } else { String::new() };
            println!(
                "next: edit {0}, then `cresset{option} apply {0}` and `cresset{option} serve`",
                file.display()
            );
        }
    }
    Ok(Outcome::Done)
}

/// Makes an empty store.
pub(crate) async fn make_store(dir: &Path) -> anyhow::Result<()> {
    let store = Embedded::open(&dir.join("store"), &Options::default()).context("cannot make the store")?;
    Ok(store::Store::close(&store).await?)
}

/// Only the owner may look into the directory: it holds what partners may not see.
fn restrict(dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
        .with_context(|| format!("cannot restrict `{}`", dir.display()))
}

fn declaration(name: &str, nation: Option<&str>) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let nation = nation.map(|nation| format!("nation = {}\n", quoted(nation))).unwrap_or_default();
    format!(
        r#"# Who shares what with whom: change this file, have it reviewed, then `cresset apply` it.

[organisation]
id = "identity--{}"
name = {}
{nation}
# [[community]]
# name = "NATO"
# members = ["NOR", "NLD", {{ code = "SWE", from = "2024-03-07T00:00:00Z" }}]

[[collection]]
id = "{}"
alias = "threats"
title = "Threats"
default_marking = ["TLP:AMBER"]

# [[partner]]
# name = "jpn-cert"
# organisation = "identity--…"
# nation = "JPN"

# [[agreement]]
# partner = "jpn-cert"
# collection = "threats"
# may = ["read", "submit"]
# ceiling = "AMBER"
# until = "2027-12-31T00:00:00Z"
"#,
        Uuid::new_v4(),
        quoted(name),
        Uuid::new_v4(),
    )
}
