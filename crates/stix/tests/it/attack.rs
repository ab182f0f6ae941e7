//! Do real objects pass? Needs the environment variable `CRESSET_DATA` to point at a folder with `attack/*.json`.

use std::path::PathBuf;

use cresset_stix::{
    Limits, Severity, Timestamp,
    splitter::{Element, Splitter},
    validate,
};

#[test]
fn attack_has_no_errors() {
    let Some(data) = std::env::var_os("CRESSET_DATA").map(PathBuf::from) else {
        println!("skipped: `CRESSET_DATA` is not set");
        return;
    };
    let now = Timestamp::parse("2030-01-01T00:00:00Z").unwrap();
    let limits = Limits::DEFAULT;
    let (mut objects, mut warnings) = (0, std::collections::BTreeMap::<String, usize>::new());
    for domain in ["enterprise", "ics", "mobile"] {
        let text = std::fs::read(data.join("attack").join(format!("{domain}-attack.json"))).unwrap();
        let mut splitter = Splitter::new(limits.object_bytes_max);
        splitter
            .push(&text, &mut |_, element: Element<'_>| {
                let Element::Text(text) = element else { panic!("an object of ATT&CK is too long") };
                let (object, findings) = validate::check(text, &limits, now);
                objects += 1;
                for finding in findings {
                    assert_eq!(finding.severity, Severity::Warning, "{finding}");
                    *warnings.entry(format!("{} {}", finding.code, finding.message)).or_default() += 1;
                }
                assert!(object.is_some());
            })
            .unwrap();
    }
    println!("{objects} objects, warnings: {warnings:#?}");
    assert!(objects > 20_000);
}
