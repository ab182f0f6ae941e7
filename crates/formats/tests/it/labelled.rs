//! How good is the reader of texts? Precision and recall on a set labelled by hand, kind by kind.

use std::{collections::BTreeMap, fmt::Write as _};

use formats::{
    ObservableKind,
    names::{Known, Names},
    text::{self, Found, Framework},
};

const SEEN: &str = include_str!("labelled/seen.toml");
const HELD_OUT: &str = include_str!("labelled/held-out.toml");
const NAMES: &str = include_str!("labelled/names.toml");

fn names() -> Names {
    let table: toml::Table = NAMES.parse().unwrap();
    let texts = |entry: &toml::Value, key: &str| -> Vec<String> {
        let list = entry.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
        list.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    };
    let known = table["name"].as_array().unwrap().iter().enumerate().map(|(at, entry)| Known {
        id: Some(format!("{}--00000000-0000-4000-8000-{at:012}", entry["type"].as_str().unwrap())),
        object_type: entry["type"].as_str().unwrap().to_owned(),
        name: entry["name"].as_str().unwrap().to_owned(),
        aliases: texts(entry, "aliases"),
        ..Known::default()
    });
    Names::new(known).unwrap()
}

fn label(found: &Found, written: &str) -> String {
    match found {
        Found::Observable(observable) => {
            let kind = match observable.kind {
                ObservableKind::Ipv4 => "ipv4",
                ObservableKind::Ipv6 => "ipv6",
                ObservableKind::Domain => "domain",
                ObservableKind::Url => "url",
                ObservableKind::Email => "email",
                ObservableKind::Mac => "mac",
                ObservableKind::Md5 => "md5",
                ObservableKind::Sha1 => "sha1",
                ObservableKind::Sha256 => "sha256",
                ObservableKind::Sha512 => "sha512",
                ObservableKind::Ssdeep => "ssdeep",
                ObservableKind::FileName => "file-name",
                ObservableKind::Path => "path",
                ObservableKind::RegistryKey => "registry-key",
                ObservableKind::Mutex => "mutex",
                ObservableKind::AutonomousSystem => "asn",
                ObservableKind::CertificateSha1
                | ObservableKind::CertificateSha256
                | ObservableKind::Subdomains
                | ObservableKind::EmailSubject
                | ObservableKind::UserAgent => "other",
            };
            format!("{kind} {}", observable.value)
        }
        Found::Vulnerability(number) => format!("cve {number}"),
        Found::Entry { framework: Framework::Attack, external_id } => format!("attack {external_id}"),
        Found::Entry { framework: Framework::Disarm, external_id } => format!("disarm {external_id}"),
        Found::Wallet { address, .. } => format!("wallet {address}"),
        Found::Imo(number) => format!("imo {number}"),
        Found::Mmsi(number) => format!("mmsi {number}"),
        Found::Named(candidates) => match candidates.as_slice() {
            [one] => format!("named {}:{}", one.object_type, one.code.as_ref().unwrap_or(&one.name)),
            _ => format!("ambiguous {written}"),
        },
    }
}

/// Right, wrong, missed.
#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
struct Score(usize, usize, usize);

fn score(set: &str) -> (BTreeMap<String, Score>, String, usize) {
    let names = names();
    let table: toml::Table = set.parse().unwrap();
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut faults = String::new();
    let documents = table["document"].as_array().unwrap();
    for document in documents {
        let text = document["text"].as_str().unwrap();
        let mut expected: Vec<String> = document["expect"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap().to_owned())
            .collect();
        let kind = |label: &str| label.split(' ').next().unwrap().to_owned();
        for proposal in text::read(text, &names).unwrap().proposals {
            let found = label(&proposal.found, &text[proposal.span.clone()]);
            if let Some(at) = expected.iter().position(|one| *one == found) {
                expected.remove(at);
                scores.entry(kind(&found)).or_default().0 += 1;
            } else {
                scores.entry(kind(&found)).or_default().1 += 1;
                writeln!(faults, "{}: wrong: {found} ({:?})", document["name"], proposal.why).unwrap();
            }
        }
        for missed in expected {
            scores.entry(kind(&missed)).or_default().2 += 1;
            writeln!(faults, "{}: missed: {missed}", document["name"]).unwrap();
        }
    }
    (scores, faults, documents.len())
}

fn table(scores: &BTreeMap<String, Score>) -> String {
    let mut out = String::new();
    for (kind, Score(right, wrong, missed)) in scores {
        writeln!(out, "| {kind} | {right} | {wrong} | {missed} |").unwrap();
    }
    out
}

#[test]
fn precision_and_recall_are_what_the_documentation_says() {
    let documentation = include_str!("../../../../docs/text-reading.md");
    let mut documents = 0;
    let mut differs = String::new();
    for (title, set) in [("### Seen", SEEN), ("### Held out", HELD_OUT)] {
        let (scores, faults, count) = score(set);
        documents += count;
        let table = table(&scores);
        println!("{title}\n{table}{faults}");
        let written = documentation.split_once(title).unwrap().1;
        let written = written.split_once("|--:|\n").unwrap().1.split_once("\n\n").unwrap().0;
        if table.trim() != written.trim() {
            writeln!(differs, "{title}\n{table}{faults}").unwrap();
        }
    }
    assert!(documents >= 60, "{documents} documents");
    assert!(differs.is_empty(), "the documentation says otherwise:\n{differs}");
}
