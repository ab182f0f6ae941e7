//! What does one object cost at the door, step by step?
//!
//! The objects are made here, shaped and sized like those of public knowledge bases: most are relationships of about
//! 1.4 kB with a description and references.
//!
//! These are wall-clock times: on a machine with other work they double. Before saying that a change made something
//! quicker, compare processor time or instruction counts of the two.

use std::{fmt::Write as _, hint::black_box};

use cresset_stix::{
    Limits, Object, Timestamp,
    json::Tree,
    object,
    splitter::{Element, Splitter},
    validate,
};
use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};

const OBJECTS: usize = 1000;

fn sentence(seed: usize, words: usize) -> String {
    const WORDS: [&str; 12] = [
        "adversaries",
        "may",
        "abuse",
        "scheduled",
        "tasks",
        "to",
        "persist",
        "[T1053](https://example.org/T1053)",
        "\\u201cquoted\\u201d",
        "\\n\\n",
        "(Citation: Someone 2024)",
        "données",
    ];
    (0..words).fold(String::new(), |mut text, at| {
        let word = WORDS.get((seed * 7 + at * 5 + at * at) % WORDS.len()).copied().unwrap_or_default();
        let _ = write!(text, "{word} ");
        text
    })
}

fn uuid(seed: usize) -> String {
    format!("{:08x}-17d4-4cbf-938f-{:012x}", seed * 2_654_435_761 % 0xffff_ffff, seed * 40_503)
}

fn object_text(seed: usize) -> String {
    let (kind, own) = match seed % 20 {
        0 => ("attack-pattern", r#""name":"Scheduled Task","kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"persistence"}],"x_mitre_platforms":["Windows","Linux"],"#.to_owned()),
        1 => ("malware", r#""name":"Emotet","is_family":true,"malware_types":["trojan"],"aliases":["Emotet","Geodo"],"x_mitre_version":"1.7","#.to_owned()),
        2 => ("x-mitre-analytic", r#""name":"Analytic 0001","x_mitre_log_source_references":[{"name":"linux:syslog","channel":"Cron"}],"#.to_owned()),
        _ => ("relationship", format!(
            r#""relationship_type":"uses","source_ref":"malware--{}","target_ref":"attack-pattern--{}","#,
            uuid(seed + 1), uuid(seed + 2)
        )),
    };
    let id = uuid(seed);
    let by = uuid(77);
    let description = sentence(seed, 24);
    let reference = sentence(seed + 3, 6);
    format!(
        r#"{{
            "type": "{kind}",
            "spec_version": "2.1",
            "id": "{kind}--{id}",
            "created": "2020-05-15T15:12:36.041Z",
            "created_by_ref": "identity--{by}",
            "modified": "2024-04-17T22:08:13.503Z",
            "revoked": false,
            "object_marking_refs": ["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
            {own}
            "description": "{description}",
            "external_references": [
                {{"source_name": "mitre-attack", "url": "https://example.org/techniques/T1053", "external_id": "T1053"}},
                {{"source_name": "Someone 2024", "description": "{reference}", "url": "https://example.org/blog/2024/01/01/report"}}
            ],
            "x_mitre_modified_by_ref": "identity--{by}",
            "x_mitre_deprecated": false,
            "x_mitre_domains": ["enterprise-attack"],
            "x_mitre_attack_spec_version": "3.2.0"
        }}"#
    )
}

fn observable_text(seed: usize) -> String {
    format!(
        r#"{{"type":"file","spec_version":"2.1","id":"file--{}","hashes":{{"SHA-256":"effb46bba03f6c8aea5c653f9cf984f170dcdd3bbbe2ff6843c3e5da0e69{seed:04x}"}},"name":"sample-{seed}.exe","size":{seed}}}"#,
        uuid(seed)
    )
}

fn each<T>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, items: &[T], mut step: impl FnMut(&T)) {
    group
        .bench_function(name, |bencher| bencher.iter(|| items.iter().for_each(|item| step(black_box(item)))));
}

fn steps(c: &mut Criterion) {
    let limits = Limits::DEFAULT;
    let now = Timestamp::from_parts(1_800_000_000, 0);
    let texts: Vec<String> = (0..OBJECTS).map(object_text).collect();
    let trees: Vec<Tree<'_>> =
        texts.iter().filter_map(|text| object::tree(text.as_bytes(), &limits).ok()).collect();
    assert_eq!(trees.len(), texts.len(), "every object is well formed");
    println!("{} bytes an object", texts.iter().map(String::len).sum::<usize>() / OBJECTS);
    assert!(trees.iter().all(|tree| validate::object(tree, &limits, now).is_empty()), "every object is good");

    for by in [
        Throughput::Elements(OBJECTS as u64),
        Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()),
    ] {
        let mut group =
            c.benchmark_group(if matches!(by, Throughput::Elements(_)) { "objects" } else { "bytes" });
        group.throughput(by);
        each(&mut group, "tree", &texts, |text| _ = black_box(object::tree(text.as_bytes(), &limits)));
        each(&mut group, "head", &trees, |tree| _ = black_box(Object::from_tree(tree, &limits)));
        each(&mut group, "validate", &trees, |tree| _ = black_box(validate::object(tree, &limits, now)));
        each(&mut group, "meaning", &trees, |tree| _ = black_box(tree.root().meaning()));
        each(&mut group, "all", &texts, |text| {
            if let Ok(tree) = object::tree(text.as_bytes(), &limits) {
                black_box((
                    Object::from_tree(&tree, &limits).is_ok(),
                    validate::object(&tree, &limits, now),
                    tree.root().meaning(),
                ));
            }
        });
        group.finish();
    }
}

fn observables(c: &mut Criterion) {
    let limits = Limits::DEFAULT;
    let texts: Vec<String> = (0..OBJECTS).map(observable_text).collect();
    let trees: Vec<Tree<'_>> =
        texts.iter().filter_map(|text| object::tree(text.as_bytes(), &limits).ok()).collect();
    let mut group = c.benchmark_group("observables");
    group.throughput(Throughput::Elements(OBJECTS as u64));
    each(&mut group, "validate", &trees, |tree| {
        _ = black_box(validate::object(tree, &limits, Timestamp::from_parts(1_800_000_000, 0)));
    });
    group.finish();
}

fn splitter(c: &mut Criterion) {
    let objects: Vec<String> = (0..OBJECTS).map(object_text).collect();
    let bundle =
        format!(r#"{{"type":"bundle","id":"bundle--{}","objects":[{}]}}"#, uuid(1), objects.join(","));
    let mut group = c.benchmark_group("splitter");
    group.throughput(Throughput::Bytes(bundle.len() as u64));
    group.bench_function("64 kB pieces", |bencher| {
        bencher.iter(|| {
            let mut splitter = Splitter::new(Limits::DEFAULT.object_bytes_max);
            let mut count = 0;
            for piece in bundle.as_bytes().chunks(64 << 10) {
                let _ = splitter.push(piece, &mut |_, element: Element<'_>| {
                    black_box(&element);
                    count += 1;
                });
            }
            count
        });
    });
    group.finish();
}

criterion_group!(benches, steps, observables, splitter);
criterion_main!(benches);
