//! Does every proposal stand where it says, whatever the bytes?

use std::sync::LazyLock;

use formats::{
    document,
    names::Names,
    report::{self, Source},
    statement,
    text::{self, CONFIDENCE_MIN, Found},
};
use proptest::prelude::*;
use stix::Timestamp;

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::new([]).unwrap());

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "hxxp://",
        "a[.]example",
        "203.0.113.9",
        "[",
        "]",
        "(dot)",
        "NATO",
        "Japan",
        " ",
        "\n",
        "\n\n",
        "\r\n",
        ". ",
        "CVE-2024-1234",
        "\u{ad}",
        "é",
        "．",
        "@",
        "C:\\dir\\x",
        "\\",
        "/etc/passwd",
        "::",
        "2001:db8:1::2",
        "%APPDATA%\\x",
        "\"",
        "mutex named ",
        "x-1",
        "MMSI ",
        "257123450",
        "HKLM\\",
        "=3D",
        "=\n",
        "d41d8cd98f00b204e9800998ecf8427e",
        "0x",
        "bc1",
        "🛥",
        "İ",
        "T1059.001",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn hold(text: &str, names: &Names) -> Result<(), TestCaseError> {
    let mut last = 0;
    for one in text::read(text, names).unwrap().proposals {
        let written = text.get(one.span.clone());
        prop_assert!(written.is_some_and(|written| !written.is_empty()), "{one:?}");
        prop_assert!(one.quote.start <= one.span.start && one.span.end <= one.quote.end, "{one:?}");
        prop_assert!(text.get(one.quote.clone()).is_some());
        prop_assert!(one.span.start >= last && one.confidence >= CONFIDENCE_MIN);
        last = one.span.end;
        let before = &text[..one.span.start];
        prop_assert_eq!(usize::try_from(one.line).unwrap(), before.matches('\n').count() + 1);
        prop_assert_eq!(
            usize::try_from(one.column).unwrap(),
            one.span.start - before.rfind('\n').map_or(0, |at| at + 1) + 1
        );
        if let Found::Observable(observable) = &one.found
            && observable.kind != formats::ObservableKind::RegistryKey
        {
            let meant: String = text::refang(written.unwrap()).to_lowercase();
            let value = observable.value.to_lowercase();
            // Case apart, what is written means the value.
            let tail: String = value.chars().rev().take(3).collect();
            let told: String = meant.trim_end_matches(['=', '\n']).chars().rev().take(3).collect();
            prop_assert!(
                value.contains(':') || tail == told || written.unwrap().contains('='),
                "{observable:?} is {meant:?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn every_quoted_position_is_where_it_says(text in pieces()) {
        hold(&text, &NAMES)?;
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(read) = document::read(&bytes) {
            hold(&read.text, &NAMES)?;
        }
        hold(&String::from_utf8_lossy(&bytes), &NAMES)?;
    }
}

#[test]
fn a_statement_becomes_objects_that_are_valid() {
    let text = "Speech\nby Minister Ada Lovelace\n3 Feb. 2021\n(As delivered)\nJapan plans to invest 2% of GDP by 2027. We condemn the war against Ukraine.";
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let source = Source {
        name: "a speech",
        text,
        published: now,
        created_by: None,
        markings: &[],
        indicators_from: None,
    };
    let (reading, said) = (text::read(text, &NAMES).unwrap(), statement::read(text, &NAMES).unwrap());
    let objects = statement::objects(&source, (&said, &reading), &NAMES, now);
    for object in &objects {
        let (_, findings) = stix::validate::check(object.to_string().as_bytes(), &stix::Limits::DEFAULT, now);
        let errors: Vec<_> = findings.iter().filter(|one| one.severity == stix::Severity::Error).collect();
        assert!(errors.is_empty(), "{object}: {errors:?}");
    }
    let of = |kind: &str| objects.iter().find(|object| object["type"] == kind).unwrap();
    assert_eq!(
        (&of("commitment")["amount"], &of("commitment")["deadline"]),
        (&"2% of GDP".into(), &"2027".into())
    );
    assert_eq!(of("stated-position")["stance"], "condemns");
    let own = &of("report")["extensions"][statement::STATEMENT];
    assert_eq!((&own["speaker"], &own["date"]), (&"Minister Ada Lovelace".into(), &"2021-02-03".into()));
    assert!(of("report")["extensions"][report::MENTIONS].is_object(), "both extensions stand");
}

#[test]
fn a_report_becomes_objects_that_are_valid_and_the_same_each_time() {
    let text = "APT28 used hxxp://a[.]example/x (203[.]0[.]113[.]9), CVE-2024-1234 and T1059.001 in MITRE ATT&CK.\n\
                Files: C:\\Temp\\x.dll, d41d8cd98f00b204e9800998ecf8427e, 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa. Japan and NATO saw IMO 9074729.";
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let names = Names::new([]).unwrap();
    let reading = text::read(text, &names).unwrap();
    let markings = ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421".to_owned()];
    let source = Source {
        name: "a report",
        text,
        published: now,
        created_by: None,
        markings: &markings,
        indicators_from: Some(80),
    };
    let objects = report::objects(&source, &reading, &names, now);
    for object in &objects {
        let (_, findings) = stix::validate::check(object.to_string().as_bytes(), &stix::Limits::DEFAULT, now);
        let errors: Vec<_> = findings.iter().filter(|one| one.severity == stix::Severity::Error).collect();
        assert!(errors.is_empty(), "{object}: {errors:?}");
        assert_eq!(object["object_marking_refs"][0], markings[0]);
    }
    let report = objects.last().unwrap();
    assert_eq!(report["type"], "report");
    let ids: Vec<_> = objects.iter().map(|object| object["id"].clone()).collect();
    assert!(
        report["object_refs"].as_array().unwrap().iter().all(|id| ids.contains(id)),
        "every reference is there"
    );
    let of = |kind: &str| objects.iter().filter(|object| object["type"] == kind).count();
    assert_eq!((of("url"), of("vulnerability"), of("location"), of("user-account")), (1, 1, 1, 1));
    assert!(of("indicator") >= 2 && of("note") >= 8);
    let note = objects.iter().find(|object| object["type"] == "note").unwrap();
    let mention = &note["extensions"][report::MENTIONS]["mentions"][0];
    let start = usize::try_from(mention["start"].as_u64().unwrap()).unwrap();
    let end = usize::try_from(mention["end"].as_u64().unwrap()).unwrap();
    assert!(mention["quote"].as_str().unwrap().contains(&text[start..end]));
    assert_eq!(report::objects(&source, &reading, &names, now), objects);
}
