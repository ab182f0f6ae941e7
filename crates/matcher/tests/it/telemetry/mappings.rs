//! Are mapping files read as they are meant, and are mistakes in them found?

use std::fmt::Write as _;

use cresset_matcher::{
    scan::Kind,
    telemetry::{FindingCode, MappingLimits, Reader, Sources, TelemetryLimits, Wanted},
};

use super::{SAMPLES, now, printed, sources};

/// Line, column and rule of each mistake, and its message.
fn mistakes(text: &str, limits: &MappingLimits) -> Vec<String> {
    let errors = Sources::builtin().with(text, limits).err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn every_mapping_of_the_repository_is_read() {
    let sources = Sources::builtin();
    let names: Vec<_> = sources.all().map(|source| sources.name(source).to_owned()).collect();
    assert_eq!(names, ["stix", "zeek", "suricata", "sysmon", "ecs", "ocsf", "cloudtrail", "cef", "syslog"]);
}

#[test]
fn the_page_of_fields_says_what_the_mappings_say() {
    let sources = Sources::builtin();
    let mut page = "# Fields of telemetry and their object paths\n\
        Made from `crates/matcher/mappings/` by a test; how to read it and how to add to it is in [telemetry.md](telemetry.md).\n"
        .to_owned();
    for source in sources.all() {
        let rules = sources.rules(source);
        if rules.is_empty() {
            continue;
        }
        writeln!(page, "\n## {}\n| field | object path |\n|---|---|", sources.name(source)).unwrap();
        for rule in rules {
            writeln!(page, "| `{}` | `{}` |", rule.field.replace('|', "\\|"), rule.path).unwrap();
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/telemetry-fields.md");
    if std::env::var_os("CRESSET_BLESS").is_some() {
        std::fs::write(path, &page).unwrap();
        return;
    }
    assert_eq!(page, std::fs::read_to_string(path).unwrap(), "set CRESSET_BLESS=1 to write the page anew");
}

#[test]
fn the_user_page_names_every_source_finding_and_limit() {
    let page = include_str!("../../../../../docs/telemetry.md");
    let sources = Sources::builtin();
    for source in sources.all() {
        assert!(page.contains(&format!("`{}`", sources.name(source))), "{}", sources.name(source));
    }
    for code in FindingCode::ALL {
        assert!(page.contains(&format!("`{code}`")), "{code}");
    }
    for word in include_str!("../../../src/telemetry/limits.rs").split_whitespace() {
        if let Some(limit) = word.strip_suffix("_max:") {
            assert!(page.contains(&format!("`{limit}_max`")), "{limit}_max");
        }
    }
}

#[test]
fn mistakes_are_located() {
    let limits = MappingLimits::DEFAULT;
    let rule = |rule: &str| format!("name = 'x'\n[[group]]\nrules = [\n  {{ {rule} }},\n]");
    for (text, expected) in [
        ("name = ", "line 1, column 8: not TOML"),
        ("form = 'json'", "line 1, column 1: `name` is missing"),
        ("name = 'x'\nform = 'xml'", "line 2, column 8: `xml` is unknown; there are `json`"),
        ("name = 'x'\ncolour = 1", "line 2, column 1: the key `colour` is unknown here"),
        ("extends = 'nothing'", "line 1, column 11: there is no source `nothing` to extend"),
        ("name = 'x'\ntime = [{ field = 'a' }]", "line 2, column 9: `form` is missing"),
        (
            &rule("field = 'a', to = 'url:value', as = 'urls'"),
            "line 4, column 41 (rule 1): `urls` is unknown",
        ),
        (
            &rule("field = 'a..b', to = 'url:value'"),
            "line 4, column 13 (rule 1): `a..b` is no field of a log",
        ),
        (&rule("field = 'a', to = 'url'"), "line 4, column 23 (rule 1): `url` is no object path"),
        (&rule("field = 'a'"), "line 4, column 3 (rule 1): `to` is missing"),
        (&rule("to = 'url:value'"), "line 4, column 3 (rule 1): either `field` or `template`"),
        (&rule("field = 3, to = 'url:value'"), "line 4, column 13 (rule 1): `field` is of the wrong type"),
        (
            &rule("field = 'a', to = 'network-traffic:src_ref.value'"),
            "line 4, column 23 (rule 1): what `network-traffic:src_ref.value` refers to is told by the value",
        ),
        (
            &rule("field = 'a', to = 'file:name', as = 'hashes'"),
            "line 4, column 23 (rule 1): `file:name` is a list",
        ),
    ] {
        let found = mistakes(text, &limits);
        assert!(found.iter().any(|found| found.starts_with(expected)), "{text}: {found:?}");
    }
    let two = "name = 'x'\n[[group]]\nrules = [{ field = '', to = 'url:value' }, { field = 'a', to = 'b' }]";
    assert_eq!(mistakes(two, &limits).len(), 2, "all that is wrong is said");
}

#[test]
fn the_size_of_mappings_is_limited() {
    let text = "name = 'x'\n[[group]]\nrules = [{ field = 'aa.b', to = 'url:value' }, { field = 'c', to = 'url:value' }]\n[[group]]\nrules = []";
    let all = MappingLimits::DEFAULT;
    assert!(mistakes(text, &all).is_empty());
    for (name, limits) in [
        ("text_bytes_max", MappingLimits { text_bytes_max: text.len() - 1, ..all }),
        ("sources_max", MappingLimits { sources_max: 9, ..all }),
        ("rules_max", MappingLimits { rules_max: 1, ..all }),
        ("groups_max", MappingLimits { groups_max: 1, ..all }),
        ("name_bytes_max", MappingLimits { name_bytes_max: 8, ..all }),
        ("steps_max", MappingLimits { steps_max: 1, ..all }),
    ] {
        let found = mistakes(text, &limits);
        assert!(found.iter().any(|found| found.contains("that are allowed")), "{name}: {found:?}");
    }
    let edge =
        MappingLimits { text_bytes_max: text.len(), sources_max: 10, rules_max: 2, groups_max: 2, ..all };
    assert!(mistakes(text, &edge).is_empty());
    let ways = "name = 'x'\nrecognise = [{ has = ['a', 'b', 'c'] }]";
    assert_eq!(mistakes(ways, &MappingLimits { list_max: 2, ..all }).len(), 1);
    let nested = format!("name = {}", "[".repeat(100_000));
    assert_eq!(mistakes(&nested, &all).len(), 1);
}

#[test]
fn a_user_adds_rules_to_a_source_and_replaces_one() {
    let more = "extends = 'suricata'\n[[group]]\nrules = [{ field = 'metadata.drop', to = 'url:value', as = 'url' }]";
    let sources = Sources::builtin().with(more, &MappingLimits::DEFAULT).unwrap();
    let wanted = Wanted::new(&sources, ["url:value"]);
    let line = br#"{"timestamp":"2026-01-05T10:00:00+0000","event_type":"alert","src_ip":"192.0.2.1","metadata":{"drop":["http://a.example.com/"]}}"#;
    let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
    let read = reader.read(line, &wanted, now()).unwrap();
    assert!(printed(&read[0]).contains("url:value = 'http://a.example.com/'"));

    let own = "name = 'suricata'\nrecognise = [{ has = 'event_type' }]\n[[group]]\nrules = [{ field = 'src_ip', to = 'url:value' }]";
    let sources = sources.with(own, &MappingLimits::DEFAULT).unwrap();
    assert_eq!(sources.all().count(), 9);
    assert_eq!(sources.rules(sources.find("suricata").unwrap()).len(), 1);
}

#[test]
fn one_line_tells_its_source_to_whoever_asks() {
    let sources = sources();
    for (name, lines, _) in SAMPLES {
        let expected = match name {
            "zeek-json" | "zeek-table" => "zeek",
            "own" => "honeypot",
            other => other,
        };
        let first = lines.lines().next().unwrap();
        let source = sources.detect(first.as_bytes()).map(|source| sources.name(source).to_owned());
        assert_eq!(source.as_deref(), Some(expected), "{first}");
    }
    for line in ["", "some text", "{}", "[1]", "{\"a\":", "#!/bin/sh", "\u{0}"] {
        assert_eq!(sources.detect(line.as_bytes()), None, "{line}");
    }
}

#[test]
fn a_scanner_gets_the_ends_of_keys_of_what_is_wanted() {
    let sources = Sources::builtin();
    let keys = |path: &str| sources.scanner_keys(&Wanted::new(&sources, [path]), None).collect::<Vec<_>>();
    let hashes = keys("file:hashes.'SHA-256'");
    for expected in [
        ("sha256", Kind::Hash),
        ("hash.sha256", Kind::Hash),
        ("Hashes", Kind::Packed),
        ("fileHash", Kind::Hash),
        ("value", Kind::Hash),
    ] {
        assert!(hashes.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} in {hashes:?}");
    }
    assert!(!hashes.iter().any(|(key, _)| key == "md5"));
    let urls = keys("url:value");
    for key in ["host", "hostname"] {
        assert!(urls.contains(&(key.to_owned(), Kind::Host)), "{key} in {urls:?}");
    }
    for key in ["uri", "url", "original"] {
        assert!(urls.contains(&(key.to_owned(), Kind::Url)), "{key} in {urls:?}");
    }
    for key in ["id.resp_p", "dest_port"] {
        assert!(!urls.iter().any(|(own, _)| own == key), "a URL is told by its host: {urls:?}");
    }
    assert!(keys("x-nothing:x").is_empty());
}
