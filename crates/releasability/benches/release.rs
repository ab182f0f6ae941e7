//! What do a decision and a release cost?
//!
//! These are wall-clock times: on a machine with other work they double. Before saying that a change made something
//! quicker, compare processor time or instruction counts of the two.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    hint::black_box,
};

use cresset_releasability::{
    Audience, ClassificationPolicy, Code, Community, Granularity, Label, Level, Nation, Organisation, Pap,
    Policy, Reader, Stamp, Terms, Tlp, Unreleased, Validity, marking::RELEASABILITY_EXTENSION,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use stix::{Limits, Object, Timestamp, json::Tree};

const LABELS: usize = 1000;
const AUDIENCES: usize = 100;
const NATO: &str = "marking-definition--11111111-0000-4000-8000-000000000000";
const AUS: &str = "marking-definition--22222222-0000-4000-8000-000000000000";
const NATIONS: [&str; 8] = ["NOR", "NLD", "JPN", "AUS", "KOR", "NZL", "DEU", "GBR"];
const COMMUNITIES: [&str; 4] = ["NATO", "IP4", "MISSION", "ISAC"];

fn organisation(number: usize) -> Organisation {
    read(Organisation::new(&format!("identity--{number:08}-0000-4000-8000-000000000000")))
}

/// The benchmark's own input is good.
fn read<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => unreachable!("{error:?}"),
    }
}

fn pick<'a>(words: &[&'a str], at: usize) -> &'a str {
    words.get(at % words.len()).copied().unwrap_or("NOR")
}

fn code(word: &str) -> Code {
    read(word.parse())
}

fn now() -> Timestamp {
    Timestamp::from_parts(1_800_000_000, 0)
}

fn nato() -> ClassificationPolicy {
    ClassificationPolicy("NATO".into())
}

fn policy() -> Policy {
    let levels = ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"].map(str::to_owned).to_vec();
    let members =
        |from: usize| (from..from + 3).map(|at| (code(pick(&NATIONS, at)), Validity::ALWAYS)).collect();
    let mut policy = Policy::new(organisation(1)).with_classification(nato(), levels);
    for (at, name) in COMMUNITIES.iter().enumerate() {
        policy = policy.with_community(read(Community::new(name)), members(at * 2));
    }
    for (id, to) in [(NATO, "NATO"), (AUS, "AUS")] {
        let text = format!(
            r#"{{"type":"marking-definition","id":"{id}","extensions":{{"{RELEASABILITY_EXTENSION}":{{"extension_type":"property-extension","releasable_to":["{to}"]}}}}}}"#
        );
        let tree = read(Tree::parse(text.as_bytes(), &Limits::DEFAULT));
        read(policy.define_marking(tree.root(), &organisation(1)));
    }
    policy
}

/// A label with every part, which this reader passes at the last line: the dearest decision.
fn full_label() -> Label {
    Label {
        tlp: Tlp::Amber,
        pap: Pap::Amber,
        levels: BTreeMap::from([(nato(), Level(1))]),
        rel: BTreeSet::from([BTreeSet::from([code("NATO"), code("JPN")])]),
        not: BTreeSet::from([code("KOR")]),
        valid: Validity { from: Some(Timestamp::EPOCH), until: Some(Timestamp::MAX) },
        ..Label::clear()
    }
}

fn stamps() -> Vec<Stamp> {
    (0..LABELS)
        .map(|at| Stamp {
            origin: organisation(1 + at % 20),
            label: Label {
                tlp: Tlp::ALL.get(at % 4).copied().unwrap_or_default(),
                levels: (at % 3 == 0)
                    .then(|| (nato(), Level(u16::try_from(at % 4).unwrap_or(0))))
                    .into_iter()
                    .collect(),
                rel: (at % 2 == 0)
                    .then(|| BTreeSet::from([code(pick(&COMMUNITIES, at)), code(pick(&NATIONS, at / 3))]))
                    .into_iter()
                    .collect(),
                not: (at % 7 == 0).then(|| code(pick(&NATIONS, at / 7))).into_iter().collect(),
                ..Label::clear()
            },
            granularity: Granularity::Whole,
        })
        .collect()
}

fn audience(policy: &Policy, at: usize) -> Audience {
    let nation = Nation::new(pick(&NATIONS, at)).ok();
    policy.audience(organisation(100 + at), nation, BTreeMap::from([(nato(), Level(2))]))
}

fn terms() -> Terms {
    Terms { ceiling: Tlp::AmberStrict, valid: Validity::ALWAYS, community: None }
}

fn decisions(c: &mut Criterion) {
    let policy = policy();
    let terms = terms();
    let audiences: Vec<Audience> = (0..AUDIENCES).map(|at| audience(&policy, at)).collect();
    let first = audience(&policy, 0);
    let reader = Reader { audience: &first, terms: &terms, now: now() };
    let (own, full, clear) = (organisation(1), full_label(), Label::clear());
    assert_eq!(policy.decide(&full, &own, &reader), cresset_releasability::Decision::Release);

    let mut group = c.benchmark_group("decide");
    group.throughput(Throughput::Elements(1));
    group.bench_function("full label", |b| b.iter(|| policy.decide(black_box(&full), &own, &reader)));
    group.bench_function("clear label", |b| b.iter(|| policy.decide(black_box(&clear), &own, &reader)));
    group.finish();

    let stamps = stamps();
    let mut group = c.benchmark_group("visible");
    group.throughput(Throughput::Elements((LABELS * AUDIENCES) as u64));
    group.bench_function("1000 labels x 100 audiences", |b| {
        b.iter(|| {
            let each = |audience: &Audience| {
                let reader = Reader { audience, terms: &terms, now: now() };
                policy.visible(stamps.iter().enumerate(), &reader).sum::<usize>()
            };
            audiences.iter().map(|who| each(black_box(who))).sum::<usize>()
        });
    });
    group.finish();
}

/// About 1.4 kB, as most objects of public knowledge bases; some properties are marked.
fn object_text(granular: &str) -> String {
    format!(
        r#"{{
            "type": "attack-pattern",
            "spec_version": "2.1",
            "id": "attack-pattern--0042a9f5-f053-4769-b3ef-9ad018dfa298",
            "created": "2020-05-15T15:12:36.041Z",
            "created_by_ref": "identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5",
            "modified": "2024-04-17T22:08:13.503Z",
            "revoked": false,
            "object_marking_refs": ["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
            "name": "Scheduled Task",
            "kill_chain_phases": [{{"kill_chain_name": "mitre-attack", "phase_name": "persistence"}}],
            "description": "{}",
            "external_references": [
                {{"source_name": "mitre-attack", "url": "https://example.org/techniques/T1053", "external_id": "T1053"}},
                {{"source_name": "Someone 2024", "description": "A report of what was seen there", "url": "https://example.org/blog/2024/01/01/report"}}
            ],
            "x_mitre_platforms": ["Windows", "Linux"],
            "x_mitre_deprecated": false,
            "x_mitre_domains": ["enterprise-attack"],
            "x_mitre_attack_spec_version": "3.2.0"{granular}
        }}"#,
        "adversaries may abuse scheduled tasks to persist and do so in many ways."
    )
}

fn release(c: &mut Criterion) {
    let policy = policy();
    let terms = terms();
    let who = audience(&policy, 3);
    let reader = Reader { audience: &who, terms: &terms, now: now() };
    let none = HashSet::new();
    let creator = HashSet::from(["identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5".to_owned()]);
    let marked = format!(
        r#","granular_markings": [{{"marking_ref": "{NATO}", "selectors": ["description"]}}, {{"marking_ref": "{AUS}", "selectors": ["x_mitre_platforms.[0]"]}}]"#
    );
    let cases = [
        ("copy", object_text(""), &none, 0),
        ("nothing to redact", object_text(""), &none, 0),
        ("one property withheld", object_text(&marked[..]), &none, 1),
        ("one reference withheld", object_text(""), &creator, 1),
    ];
    let mut group = c.benchmark_group("release");
    group.throughput(Throughput::Elements(1));
    for (name, text, withheld, removed) in cases {
        let object = read(Object::parse(text.as_bytes(), &Limits::DEFAULT));
        let stamp = policy.stamp(&object, &organisation(1), &Label::clear());
        if name == "copy" {
            group.bench_function(name, |b| b.iter(|| black_box(&object).text_bytes().to_vec()));
            continue;
        }
        let go = || policy.release(Unreleased::new(object.clone()), &stamp, &reader, withheld);
        let released = read(go());
        println!("{name}: {} bytes, {} left", text.len(), released.content().text_bytes().len());
        assert!(released.removed().len() >= removed, "{:?}", released.removed());
        group.bench_function(name, |b| b.iter(|| read(go()).content().text_bytes().to_vec()));
    }
    group.finish();
}

criterion_group!(benches, decisions, release);
criterion_main!(benches);
