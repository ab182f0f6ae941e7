//! What does each tool get for what an indicator looks for?

use formats::export::{Export, Filter, Format, Numbers, Why, kind_named, numbers::NUMBER_FIRST};
use serde_json::{Value, json};

use crate::{
    grammar,
    written::{export, export_with, indicator},
};

const SHA256: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn some() -> Vec<Value> {
    vec![
        indicator(1, "[domain-name:value = 'Evil.example']"),
        indicator(2, "[domain-name:value LIKE '%.bad.example']"),
        indicator(3, "[ipv4-addr:value IN ('192.0.2.1', '192.0.2.0/24')]"),
        indicator(4, "[ipv6-addr:value = '2001:db8::1']"),
        indicator(5, "[url:value = 'https://evil.example/a?b=c']"),
        indicator(6, &format!("[file:hashes.'SHA-256' = '{}']", SHA256.to_uppercase())),
        indicator(7, "[file:name = 'dropper.exe']"),
        indicator(8, "[x509-certificate:hashes.'SHA-1' = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']"),
        indicator(9, "[email-addr:value = 'a@evil.example']"),
    ]
}

#[test]
fn zeek_gets_its_types() {
    let (parts, account) = export(Format::Zeek, &some());
    let rows = grammar::zeek(&parts["cresset.intel"]);
    let of = |row: &[(String, String)]| (row[0].1.clone(), row[1].1.clone());
    let rows: Vec<_> = rows.iter().map(|row| of(row)).collect();
    let expected = [
        ("evil.example", "Intel::DOMAIN"),
        ("192.0.2.1", "Intel::ADDR"),
        ("192.0.2.0/24", "Intel::SUBNET"),
        ("2001:db8::1", "Intel::ADDR"),
        ("evil.example/a?b=c", "Intel::URL"),
        (SHA256, "Intel::FILE_HASH"),
        ("dropper.exe", "Intel::FILE_NAME"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Intel::CERT_HASH"),
        ("a@evil.example", "Intel::EMAIL"),
    ];
    assert_eq!(rows, expected.map(|(value, of_type)| (value.to_owned(), of_type.to_owned())));
    assert_eq!(account.left_out[&Why::Kind], 1, "names below a domain are nothing to Zeek");
    assert_eq!((account.given, account.said), (9, 8));
}

#[test]
fn a_zone_has_a_trigger_for_each_name_and_address() {
    let (parts, account) = export(Format::Rpz, &some());
    let zone = grammar::zone(&parts["cresset.rpz"]);
    let serial = stix::Timestamp::parse(crate::written::NOW).unwrap().seconds();
    assert!(zone[0].1.contains(&format!(" {serial} ")));
    let owners: Vec<_> = zone[2..]
        .iter()
        .map(|(owner, rest)| {
            assert_eq!(rest, "CNAME .");
            owner.as_str()
        })
        .collect();
    let expected = [
        "evil.example",
        "*.bad.example",
        "32.1.2.0.192.rpz-ip",
        "24.0.2.0.192.rpz-ip",
        "128.1.zz.db8.2001.rpz-ip",
    ];
    assert_eq!(owners, expected);
    assert_eq!(account.left_out[&Why::Kind], 5);
}

#[test]
fn a_name_in_a_zone_is_as_long_as_dns_takes() {
    let name = |octets: usize| {
        let label = "a".repeat(62);
        let mut name = format!("{label}.{label}.{label}.");
        name.push_str(&"b".repeat(octets - name.len() - 2));
        name
    };
    let longest = 255 - formats::rpz::ZONE_OCTETS_MAX;
    let of = |octets| {
        export(Format::Rpz, &[indicator(1, &format!("[domain-name:value = '{}']", name(octets)))]).1.said
    };
    assert_eq!((of(longest), of(longest + 1)), (1, 0));
}

#[test]
fn suricata_gets_rules_with_numbers_that_stay() {
    let (parts, _) = export(Format::Suricata, &some());
    let rules = grammar::suricata(&parts["cresset.rules"]);
    let number = |rule: &(String, Vec<(String, String)>)| -> u32 {
        rule.1.iter().find(|(keyword, _)| keyword == "sid").unwrap().1.parse().unwrap()
    };
    let numbers: std::collections::BTreeSet<_> = rules.iter().map(number).collect();
    assert_eq!(numbers.len(), rules.len(), "no number twice");
    assert_eq!(number(&rules[0]), NUMBER_FIRST);
    assert_eq!(rules.len(), 3 + 3 + 2 + 1 + 1 + 1 + 1, "with one that asks the list of hashes");
    assert_eq!(parts["cresset-sha256.list"], format!("{SHA256}\n"));

    // The first is gone, another came: the numbers of the others stay.
    let mut kept = Numbers::default();
    let all = some();
    let remember = |objects: &[Value], numbers: Numbers| {
        let mut export = Export::new(
            Format::Suricata,
            crate::written::subject(),
            stix::Timestamp::EPOCH.plus_seconds(1_772_000_000),
        )
        .with_numbers(numbers);
        let mut text = Vec::new();
        for object in objects {
            export
                .write(&stix::Object::parse(object.to_string().as_bytes(), &stix::Limits::DEFAULT).unwrap());
        }
        export
            .parts()
            .drain(|part, bytes| -> Result<(), ()> {
                if part == "cresset.rules" {
                    text.extend_from_slice(bytes);
                }
                Ok(())
            })
            .unwrap();
        (String::from_utf8(text).unwrap(), std::mem::take(export.numbers()))
    };
    let (first, numbers) = remember(&all[..4], std::mem::take(&mut kept));
    let blocks: Vec<_> = numbers.fresh().into_iter().map(|(_, block)| block).collect();
    let read = Numbers::read(blocks.iter().map(Vec::as_slice));
    let mut later = all[1..4].to_vec();
    later.insert(0, indicator(77, "[domain-name:value = 'new.example']"));
    let (second, _) = remember(&later, read);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(lines(&first).intersection(&lines(&second)).count(), 6, "the six of the three that stayed");
    let before: std::collections::BTreeSet<_> = grammar::suricata(&first).iter().map(number).collect();
    for rule in grammar::suricata(&second)
        .iter()
        .filter(|rule| rule.1.iter().any(|(_, value)| value.contains("new.example")))
    {
        assert!(!before.contains(&number(rule)), "a number is given once");
    }
}

#[test]
fn datasets_hold_values_as_suricata_wants_them() {
    let (parts, _) = export(Format::SuricataDatasets, &some());
    assert_eq!(parts["cresset-domains.lst"], "ZXZpbC5leGFtcGxl\n");
    assert_eq!(parts["cresset-ipv4.lst"], "192.0.2.1\n");
    assert_eq!(parts["cresset-ipv6.lst"], "2001:db8::1\n");
    let rules = grammar::suricata(&parts["cresset.rules"]);
    assert!(rules.iter().any(|(_, options)| {
        options
            .iter()
            .any(|(keyword, value)| keyword == "dataset" && value.contains("load cresset-domains.lst"))
    }));
}

#[test]
fn what_is_expired_revoked_suppressed_or_filtered_is_gone() {
    let with = |key: &str, value: Value| {
        let mut object = indicator(1, "[domain-name:value = 'a.example']");
        object[key] = value;
        object
    };
    let said = |object: &Value, set: fn(Export) -> Export| {
        Format::ALL.map(|format| {
            let (_, account) = export_with(format, std::slice::from_ref(object), set);
            (account.said, account.left_out.keys().copied().next())
        })
    };
    for (object, why) in [
        (with("valid_until", json!("2026-03-01T00:00:00Z")), Why::Expired),
        (with("valid_from", json!("2026-03-01T00:00:00.001Z")), Why::NotYetValid),
        (with("revoked", json!(true)), Why::Revoked),
    ] {
        assert!(said(&object, |export| export).iter().all(|found| *found == (0, Some(why))), "{why:?}");
    }
    let just = with("valid_until", json!("2026-03-01T00:00:00.001Z"));
    assert_eq!(export(Format::Zeek, &[just]).1.said, 1);
    let object = indicator(1, "[domain-name:value = 'a.example']");
    let suppressed = |export: Export| export.without([object_id()].into());
    assert!(said(&object, suppressed).iter().all(|found| *found == (0, Some(Why::Suppressed))));
    let sure = |export: Export| export.with_filter(Filter { confidence_min: Some(50), kinds: Vec::new() });
    assert!(
        said(&with("confidence", json!(49)), sure).iter().all(|found| *found == (0, Some(Why::Filtered)))
    );
    assert!(said(&object, sure).iter().all(|found| *found == (0, Some(Why::Filtered))), "none is said");
    assert_eq!(export_with(Format::Zeek, &[with("confidence", json!(50))], sure).1.said, 1);
    let hashes = |export: Export| {
        export.with_filter(Filter { confidence_min: None, kinds: vec![kind_named("sha256").unwrap()] })
    };
    assert!(said(&object, hashes).iter().all(|found| *found == (0, Some(Why::Filtered))));
}

fn object_id() -> String {
    "indicator--00000001-0000-4000-8000-000000000000".to_owned()
}

fn passed(number: u32, language: &str, pattern: &str) -> Value {
    let mut object = indicator(number, pattern);
    object["pattern_type"] = json!(language);
    object
}

#[test]
fn rules_of_others_pass_through_under_names_of_their_own() {
    let rule = "rule a { strings: $x = \"x\" condition: $x }";
    let (parts, account) = export(
        Format::Yara,
        &[
            passed(1, "yara", rule),
            passed(2, "yara", rule),
            passed(3, "yara", "rule b { condition: "),
            passed(4, "sigma", "title: a"),
        ],
    );
    let text = &parts["cresset.yar"];
    assert!(
        text.contains("rule a {") && text.contains("rule a_00000002000040008000000000000000 {"),
        "{text}"
    );
    assert_eq!(
        (account.said, account.left_out[&Why::Pattern], account.left_out[&Why::PatternType]),
        (2, 1, 1)
    );

    let (parts, account) = export(
        Format::Snort,
        &[
            passed(1, "snort", "alert tcp any any -> any 80 (msg:\"a\"; content:\"x\"; sid:1; rev:1;)"),
            passed(2, "snort", "drop tcp any any -> any 80 (sid:1;)"),
        ],
    );
    assert_eq!(grammar::suricata(&parts["snort.rules"]).len(), 1);
    assert_eq!(account.said, 1);
}

#[test]
fn a_layer_counts_what_speaks_of_a_technique() {
    let pattern = json!({
        "type": "attack-pattern", "spec_version": "2.1", "id": "attack-pattern--00000001-0000-4000-8000-000000000000",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "name": "Phishing",
        "external_references": [{"source_name": "mitre-attack", "external_id": "T1566.001"}]
    });
    let uses = json!({
        "type": "relationship", "spec_version": "2.1", "id": "relationship--00000001-0000-4000-8000-000000000000",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "relationship_type": "uses",
        "source_ref": "malware--00000001-0000-4000-8000-000000000000",
        "target_ref": "attack-pattern--00000001-0000-4000-8000-000000000000"
    });
    let (parts, _) = export(Format::Navigator, &[pattern, uses]);
    let layer: Value = serde_json::from_str(&parts["enterprise-attack.json"]).unwrap();
    assert_eq!(layer["versions"]["layer"], "4.5");
    assert_eq!(
        layer["techniques"],
        json!([{"techniqueID": "T1566.001", "score": 2, "enabled": true, "comment": "Phishing"}])
    );
    assert!(layer["description"].as_str().unwrap().starts_with("TLP:AMBER, REL JPN NATO"));
}

#[test]
fn every_format_says_how_it_is_marked() {
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Stix) {
        let (parts, _) = export(format, &some());
        let marked = parts.values().any(|text| {
            text.contains("TLP:AMBER, REL JPN NATO")
                || text.replace('\\', "").contains("TLP:AMBER, REL JPN NATO")
        });
        assert!(marked, "{format}");
    }
}

#[test]
fn a_bundle_has_the_objects_to_the_byte() {
    let objects = some();
    let (parts, _) = export(Format::Stix, &objects);
    for object in &objects {
        assert!(parts["bundle.json"].contains(&object.to_string()));
    }
    let bundle: Value = serde_json::from_str(&parts["bundle.json"]).unwrap();
    assert_eq!(bundle["objects"].as_array().unwrap().len(), objects.len());
    let (parts, _) = export(Format::Stix, &[]);
    let empty: Value = serde_json::from_str(&parts["bundle.json"]).unwrap();
    assert!(empty.get("objects").is_none());
}

#[test]
fn a_sigma_rule_holds_so_many_values_and_tells_of_the_rest() {
    let of = |count: usize| {
        let values: Vec<_> = (0..count).map(|n| format!("'h{n}.example'")).collect();
        let (parts, account) = export(
            Format::Sigma,
            &[indicator(1, &format!("[domain-name:value IN ({})]", values.join(", ")))],
        );
        let rules = grammar::sigma(&parts["cresset-sigma.yml"]);
        let told = account.left_out.get(&Why::Numbers).copied();
        (rules[0].iter().filter(|(key, _)| key == "-").count(), told)
    };
    let most = formats::sigma::VALUES_MAX;
    assert_eq!((of(most), of(most + 1)), ((most, None), (most, Some(1))));
}

#[test]
fn a_value_is_as_long_as_a_rule_takes() {
    let most = formats::export::plain::VALUE_BYTES_MAX;
    let said = |bytes: usize| {
        let pattern = format!("[file:name = '{}']", "a".repeat(bytes));
        export(Format::List, &[indicator(1, &pattern)]).1.said
    };
    assert_eq!((said(most), said(most + 1)), (1, 0));
}

#[test]
fn what_was_left_out_is_counted_in_full_and_told_in_part() {
    let most = formats::export::TOLD_MAX;
    let objects: Vec<_> =
        (0..=u32::try_from(most).unwrap()).map(|n| indicator(n, "[mutex:name = 'm']")).collect();
    let (_, account) = export(Format::Zeek, &objects);
    assert_eq!((account.told.len(), account.left_out[&Why::Kind]), (most, most as u64 + 1));
}

#[test]
fn a_pattern_in_the_grammar_of_stix_2_0_is_read_as_the_door_in_reads_it() {
    let text = "[domain-name:value = 'old.example'] OR [domain-name:value = 'a.example'] START '2016-01-01T00:00:00Z' STOP '2036-01-01T00:00:00Z'";
    let (parts, account) = export(Format::List, &[indicator(1, text)]);
    assert!(parts["domain.txt"].contains("old.example"), "{parts:?}");
    assert!(account.left_out.keys().all(|why| why.as_str() != "pattern"), "{account:?}");
}
