//! Is the house in order? What lints cannot see: directions, sizes, names, and that the manual speaks of everything.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

const LINES_MAX: usize = 800;

/// A crate may know crates of lower levels only.
const LEVELS: [(&str, u8); 11] = [
    ("stix", 0),
    ("formats", 1),
    ("matcher", 1),
    ("releasability", 1),
    ("store", 2),
    ("taxii", 2),
    ("exchange", 3),
    ("testkit", 3),
    ("console", 4),
    ("server", 5),
    ("cli", 6),
];

/// What some crates must not know, whatever the level.
const STRANGERS: [(&str, &[&str]); 7] = [
    ("stix", &["tokio", "serde", "tracing"]),
    ("matcher", &["tokio", "tracing", "store"]),
    ("formats", &["tokio", "tracing", "store"]),
    ("releasability", &["tokio", "tracing", "store"]),
    ("taxii", &["tokio", "hyper", "axum", "tracing"]),
    ("exchange", &["hyper", "axum", "toml", "clap", "fjall"]),
    ("console", &["store", "clap", "fjall"]),
];

const NAMES_REFUSED: [&str; 7] = ["common", "core", "utils", "helpers", "types", "manager", "misc"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| format!("{}: {error}", path.display()))
}

fn files(dir: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("target") {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&root().join("crates"), "rs", &mut found);
    found
}

fn manifest(name: &str) -> toml::Table {
    read(&root().join("crates").join(name).join("Cargo.toml")).parse().unwrap()
}

#[test]
fn dependencies_point_down_only() {
    let levels = BTreeMap::from(LEVELS);
    for (name, level) in LEVELS {
        let manifest = manifest(name);
        let keys = |table: &str| -> Vec<String> {
            manifest
                .get(table)
                .and_then(toml::Value::as_table)
                .map(|t| t.keys().cloned().collect())
                .unwrap_or_default()
        };
        for dependency in keys("dependencies").iter().chain(&keys("dev-dependencies")) {
            if dependency == "testkit" {
                assert!(level >= 3, "{name} knows testkit");
            } else if let Some(other) = levels.get(dependency.as_str()) {
                assert!(*other < level, "{name} (level {level}) knows {dependency} (level {other})");
            }
        }
        let strangers =
            STRANGERS.iter().filter(|(own, _)| *own == name).flat_map(|(_, strangers)| *strangers);
        for stranger in strangers {
            assert!(!keys("dependencies").iter().any(|own| own == stranger), "{name} knows {stranger}");
        }
    }
    let mut crates: Vec<_> =
        std::fs::read_dir(root().join("crates")).unwrap().map(|e| e.unwrap().file_name()).collect();
    crates.sort();
    assert_eq!(crates.len(), LEVELS.len(), "a crate without a level: {crates:?}");
}

#[test]
fn no_file_is_longer_than_can_be_read() {
    for path in sources() {
        let lines = read(&path).lines().count();
        assert!(lines <= LINES_MAX, "{}: {lines} lines", path.display());
    }
}

#[test]
fn every_file_opens_with_the_question_it_answers() {
    for path in sources() {
        assert!(read(&path).starts_with("//! "), "{}", path.display());
    }
}

#[test]
fn names_say_what_things_are() {
    for path in sources() {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        assert!(!NAMES_REFUSED.contains(&stem), "{}", path.display());
        assert!(stem != "mod", "{}: `name.rs` beside `name/`", path.display());
        let text = read(&path);
        assert!(
            !text.contains(concat!("fn get", "_")),
            "{}: a getter is named by what it gets",
            path.display()
        );
    }
}

#[test]
fn nothing_is_left_for_later() {
    for path in sources().iter().filter(|path| !path.ends_with("tidy.rs")) {
        let text = read(path);
        for word in ["todo!(", "unimplemented!(", "FIXME", "XXX", "dbg!(", "#[allow("] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

/// The words in quotes behind `before` in a source.
fn words(text: &str, before: &str) -> Vec<String> {
    text.split(before).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

#[test]
fn the_manual_speaks_of_every_finding_option_and_metric() {
    let manual = read(&root().join("docs/manual.md"));
    let source = |path: &str| read(&root().join("crates").join(path));
    let findings = words(&source("stix/src/finding.rs"), " = \"");
    assert!(findings.len() > 20, "the codes are found in the source");
    let metrics = words(&source("server/src/metrics.rs"), "(\"cresset_");
    let metrics: Vec<_> = metrics.iter().map(|name| format!("cresset_{name}")).collect();
    assert!(metrics.len() > 8, "the metrics are found in the source");
    for word in findings.iter().filter(|word| word.contains('-')).chain(&metrics) {
        assert!(manual.contains(&format!("`{word}`")), "the manual says nothing of `{word}`");
    }
    let args = source("cli/src/args.rs");
    let serve = args.split_once("struct Serve").unwrap().1.split_once("\n}").unwrap().0;
    let options: Vec<_> = serve
        .split("pub(crate) ")
        .skip(1)
        .map(|rest| rest.split(':').next().unwrap().replace('_', "-"))
        .collect();
    assert!(options.len() > 10, "the options are found in the source");
    for option in options.iter().filter(|option| *option != "listen") {
        assert!(manual.contains(&format!("--{option}")), "the manual says nothing of --{option}");
    }
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let mut pages = Vec::new();
    files(&root().join("docs/decisions"), "md", &mut pages);
    pages.sort();
    for (index, page) in pages.iter().enumerate() {
        let name = page.file_name().unwrap().to_str().unwrap();
        assert_eq!(name[..4].parse::<usize>().unwrap(), index + 1, "{name}");
    }
}

#[test]
fn the_release_rule_is_printed_with_its_lines() {
    let rule = read(&root().join("docs/release-rule.md"));
    for line in 0..=10 {
        assert!(rule.contains(&format!("{line}. ")), "line {line}");
    }
}
