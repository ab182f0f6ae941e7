//! Where does the web app in the binary come from? From `console/` at the root, built by npm where that is asked for and there is
//! one; without it, a page that says how to get it.
//!
//! `CRESSET_CONSOLE` decides: `build` builds it, `require` too and fails where it cannot, `skip` does not. Where nothing is said,
//! a release builds it, and any other build takes what lies in `console/dist`, so that a `cargo check` never runs npm.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

type Failure = Box<dyn std::error::Error>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Build,
    Require,
    Skip,
}

/// What a change of the web app is seen by.
const SOURCES: [&str; 6] =
    ["src", "public", "index.html", "package-lock.json", "vite.config.ts", "svelte.config.js"];

fn main() -> Result<(), Failure> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=absent.html");
    println!("cargo::rerun-if-env-changed=CRESSET_CONSOLE");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let web = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../console");
    let is_release = env::var("PROFILE")? == "release";
    let wish = match env::var("CRESSET_CONSOLE").as_deref() {
        Ok("build") => Wish::Build,
        Ok("require") => Wish::Require,
        Ok("skip") => Wish::Skip,
        _ if is_release => Wish::Build,
        _ => Wish::Skip,
    };
    // A file that is not there would be taken for changed each time.
    let sources = SOURCES.iter().map(|name| web.join(name)).filter(|path| path.exists());
    sources.for_each(|path| println!("cargo::rerun-if-changed={}", path.display()));
    let dist = web.join("dist");
    if wish == Wish::Skip {
        let index = dist.join("index.html");
        if index.exists() {
            println!("cargo::rerun-if-changed={}", index.display());
        }
    } else if let Err(error) = build(&web) {
        if wish == Wish::Require {
            return Err(error);
        }
        println!("cargo::warning=the console is not built in: {error}");
    }
    lay_out(&dist, &out)?;
    let (assets, label) = (out.join("web"), "the console");
    // Always embedded: a binary answers the same wherever it stands.
    let code = memory_serve::assets_to_code(label, &assets, &out, true, |_| {});
    fs::write(out.join("memory_serve_assets.rs"), format!("&[(\"default\", {code}),]"))?;
    Ok(())
}

fn build(web: &Path) -> Result<(), Failure> {
    if !web.join("package-lock.json").exists() {
        return Err("there is no `console/package-lock.json`".into());
    }
    let npm = |arguments: &[&str]| -> Result<(), Failure> {
        let output = Command::new("npm").args(arguments).current_dir(web).output();
        let output = output.map_err(|error| format!("npm cannot be run: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().filter(|line| !line.trim().is_empty()).take(3).collect::<Vec<_>>().join("; ");
        Err(format!("`npm {}` failed: {last}", arguments.join(" ")).into())
    };
    npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    npm(&["run", "build"])
}

/// The page itself apart, because its theme is written into it; everything else beside it.
fn lay_out(dist: &Path, out: &Path) -> Result<(), Failure> {
    let assets = out.join("web");
    if assets.exists() {
        fs::remove_dir_all(&assets)?;
    }
    fs::create_dir_all(&assets)?;
    let index = dist.join("index.html");
    if !index.exists() {
        fs::copy("absent.html", out.join("index.html"))?;
        return Ok(());
    }
    fs::copy(index, out.join("index.html"))?;
    copy(dist, &assets)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else if entry.file_name() != "index.html" {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
