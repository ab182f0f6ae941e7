//! Does every requirement of the standard name a test that is there?

use std::{collections::BTreeSet, path::Path};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirements {
    requirement: Vec<Requirement>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    id: String,
    section: String,
    level: String,
    binds: String,
    #[serde(default)]
    source: Option<String>,
    text: String,
    #[serde(default)]
    test: String,
    /// Why there is no test.
    #[serde(default)]
    why: String,
}

/// The names of all functions in the tests of this crate.
fn functions() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for path in
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file())
    {
        let text = std::fs::read_to_string(path).unwrap();
        let mut is_test = false;
        for line in text.lines() {
            let name =
                line.trim_start_matches("async ").strip_prefix("fn ").and_then(|rest| rest.split('(').next());
            if let Some(name) = name {
                if is_test {
                    names.insert(name.to_owned());
                }
                is_test = false;
            } else if line.starts_with("#[tokio::test") || line.starts_with("#[test]") {
                is_test = true;
            }
        }
    }
    names
}

#[test]
fn every_requirement_names_a_test_that_is_there() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/requirements.toml");
    let requirements: Requirements = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let functions = functions();
    assert!(functions.contains("every_requirement_names_a_test_that_is_there"));
    let (mut ids, mut missing) = (BTreeSet::new(), Vec::new());
    for requirement in &requirements.requirement {
        let Requirement { id, section, level, binds, source, text, test, why } = requirement;
        assert!(ids.insert(id), "{id} stands twice");
        assert!(id.starts_with(&format!("TAXII-{section}-")), "{id} is not of section {section}");
        assert!(matches!(level.as_str(), "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT"), "{id}: {level}");
        assert!(matches!(binds.as_str(), "server" | "client"), "{id}: {binds}");
        assert!(matches!(source.as_deref(), None | Some("table" | "prose")), "{id}: {source:?}");
        assert!(text.ends_with('.'), "{id}: {text}");
        if binds == "client" {
            assert!(test.is_empty(), "{id} binds clients and names a test");
        } else if test.is_empty() {
            assert!(!why.is_empty(), "{id} names neither a test nor a reason");
        } else if !functions.contains(test) {
            missing.push(format!("{id}: {test}"));
        }
    }
    assert!(missing.is_empty(), "no such test:\n{}", missing.join("\n"));
}
