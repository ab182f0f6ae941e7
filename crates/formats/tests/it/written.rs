//! How do tests export objects and look at the parts?

use std::collections::BTreeMap;

use formats::export::{Account, Closing, Export, Filter, Format, Subject};
use serde_json::{Value, json};
use stix::{Limits, Object, Timestamp};

pub(crate) const NOW: &str = "2026-03-01T00:00:00Z";

pub(crate) fn subject() -> Subject {
    Subject {
        title: "Threats".to_owned(),
        organisation: (
            "identity--a0000001-0000-4000-8000-000000000001".to_owned(),
            "Lantern Coast Watch".to_owned(),
        ),
        id: uuid::Uuid::from_u128(7),
    }
}

pub(crate) fn closing() -> Closing {
    Closing {
        marking: "TLP:AMBER, REL JPN NATO".to_owned(),
        tlp: "AMBER".to_owned(),
        made: Timestamp::parse(NOW).unwrap(),
    }
}

pub(crate) fn indicator(number: u32, pattern: &str) -> Value {
    json!({
        "type": "indicator", "spec_version": "2.1", "id": format!("indicator--{number:08x}-0000-4000-8000-000000000000"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "name": format!("I{number}"),
        "pattern": pattern, "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z"
    })
}

pub(crate) fn quoted(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\'', "\\'")
}

/// Writes objects; the parts with what stands around them, and the account.
pub(crate) fn export(format: Format, objects: &[Value]) -> (BTreeMap<String, String>, Account) {
    export_with(format, objects, |export| export)
}

pub(crate) fn export_with(
    format: Format,
    objects: &[Value],
    set: impl FnOnce(Export) -> Export,
) -> (BTreeMap<String, String>, Account) {
    let now = Timestamp::parse(NOW).unwrap();
    let mut export = set(Export::new(format, subject(), now).with_filter(Filter::default()));
    let mut bodies: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for object in objects {
        let object = Object::parse(object.to_string().as_bytes(), &Limits::DEFAULT).unwrap();
        export.write(&object);
        let taken: Result<(), ()> = export.parts().drain(|part, bytes| {
            bodies.entry(part.to_owned()).or_default().extend_from_slice(bytes);
            Ok(())
        });
        taken.unwrap();
    }
    let (ends, account) = export.finish(&closing());
    for part in bodies.keys() {
        assert!(ends.contains_key(part), "{part} has no end");
    }
    let whole = |(part, end): (String, formats::export::End)| {
        let body = bodies.get(&part).cloned().unwrap_or_default();
        (part, String::from_utf8([end.head, body, end.tail].concat()).unwrap())
    };
    (ends.into_iter().map(whole).collect(), account)
}
