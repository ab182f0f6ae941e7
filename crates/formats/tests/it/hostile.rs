//! Can a value break out of the place that it is written into?

use formats::export::Format;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    grammar,
    written::{export, indicator, quoted},
};

/// Text made of what breaks formats, and of anything.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\n",
            "\r\n",
            "\"",
            "'",
            ";",
            "#",
            "\t",
            "\0",
            "\u{202e}",
            "\u{2028}",
            "\\",
            "|",
            "*",
            "%",
            "`",
            "<b>",
            ",",
            "=1+1",
            "@",
            "-",
            "+",
            "(",
            ")",
            "$",
            ":",
            "---",
            "...",
            "sid:1;",
            "\u{7f}",
            "\u{feff}",
            "é",
            "日",
            "\\x0a",
            "#fields\t",
            "&a",
            "!!x",
            "]",
            "a.example",
            "192.0.2.1",
            "/",
            "http://",
            " ",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        "[a-z.]{1,8}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

const PATHS: [&str; 9] = [
    "domain-name:value",
    "url:value",
    "file:name",
    "email-addr:value",
    "ipv4-addr:value",
    "file:hashes.MD5",
    "windows-registry-key:key",
    "mutex:name",
    "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
];

/// Indicators of which value, name, labels and description are hostile.
fn objects() -> impl Strategy<Value = Vec<Value>> {
    let one = (prop::sample::select(PATHS.to_vec()), hostile(), hostile(), prop::bool::ANY);
    prop::collection::vec(one, 1..6).prop_map(|all| {
        let object = |(number, (path, value, text, prefixed)): (usize, (&str, String, String, bool))| {
            let value = if prefixed { format!("http://h.example/{value}") } else { value };
            let mut object =
                indicator(u32::try_from(number).unwrap(), &format!("[{path} = '{}']", quoted(&value)));
            object["name"] = json!(text);
            object["description"] = json!(text);
            object["labels"] = json!([text]);
            object
        };
        all.into_iter().enumerate().map(object).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_table_has_a_row_for_each_value_and_no_formula(objects in objects()) {
        let (parts, account) = export(Format::Csv, &objects);
        let records = grammar::csv(&parts["indicators.csv"]);
        prop_assert_eq!(records.len() as u64, 1 + account.said);
        for cell in records.iter().skip(1).flatten() {
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", cell);
        }
    }

    #[test]
    fn zeek_reads_a_row_for_each_value(objects in objects()) {
        let (parts, account) = export(Format::Zeek, &objects);
        let rows = grammar::zeek(&parts["cresset.intel"]);
        prop_assert_eq!(rows.len() as u64, account.said);
        for row in rows {
            prop_assert!(row[1].1.starts_with("Intel::"));
            let broken = row.iter().any(|(_, value)| value.contains(['\n', '\0', '\u{202e}']));
            prop_assert!(!broken);
        }
    }

    #[test]
    fn lists_have_a_line_for_each_value(objects in objects()) {
        let (parts, account) = export(Format::List, &objects);
        let lines = parts.values().flat_map(|text| text.split('\n')).filter(|line| !line.is_empty() && !line.starts_with('#'));
        prop_assert_eq!(lines.count() as u64, account.said);
    }

    #[test]
    fn suricata_reads_only_alerts_of_ours(objects in objects()) {
        for format in [Format::Suricata, Format::SuricataDatasets] {
            let (parts, _) = export(format, &objects);
            for (head, options) in grammar::suricata(&parts["cresset.rules"]) {
                prop_assert!(head.starts_with("alert "), "{}", head);
                let count = |name: &str| options.iter().filter(|(keyword, _)| keyword == name).count();
                prop_assert_eq!((count("msg"), count("sid"), count("rev")), (1, 1, 1));
                let known = ["msg", "sid", "rev", "metadata", "content", "nocase", "startswith", "endswith", "dotprefix",
                    "dns.query", "tls.sni", "http.host", "http.uri.raw", "http.user_agent", "filemd5", "dataset", "to_lowercase",
                    "ip.src", "ip.dst"];
                prop_assert!(options.iter().all(|(keyword, _)| known.contains(&keyword.as_str())), "{:?}", options);
                for (_, value) in options.iter().filter(|(keyword, _)| keyword == "content") {
                    prop_assert!(!grammar::content(value).is_empty());
                }
            }
        }
    }

    #[test]
    fn a_zone_has_names_only(objects in objects()) {
        let (parts, account) = export(Format::Rpz, &objects);
        let zone = grammar::zone(&parts["cresset.rpz"]);
        prop_assert_eq!(zone.len() as u64, 2 + account.said);
        for (owner, rest) in &zone[2..] {
            prop_assert_eq!(rest, "CNAME .");
            prop_assert!(owner.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.*".contains(&b)), "{}", owner);
        }
    }

    #[test]
    fn a_sigma_rule_is_a_document(objects in objects()) {
        let (parts, account) = export(Format::Sigma, &objects);
        let documents = grammar::sigma(&parts["cresset-sigma.yml"]);
        prop_assert_eq!(documents.len() as u64, account.said);
    }

    #[test]
    fn json_stays_json(objects in objects()) {
        for format in [Format::Stix, Format::Misp, Format::Navigator] {
            for (part, text) in export(format, &objects).0 {
                if part.ends_with(".json") {
                    prop_assert!(serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
                }
            }
        }
    }

    #[test]
    fn a_report_has_a_row_for_each_object_and_no_markup_of_others(objects in objects()) {
        let (parts, account) = export(Format::Markdown, &objects);
        let rows: Vec<_> = parts["report.md"].split('\n').filter(|line| line.starts_with("| indicator |")).collect();
        prop_assert_eq!(rows.len() as u64, account.said + 1, "the count is one");
        for row in rows.iter().skip(1) {
            prop_assert_eq!(row.matches('|').count(), 6, "{}", row);
            prop_assert!(!row.contains('<'));
        }
    }

    #[test]
    fn a_rule_of_others_that_is_passed_through_is_one(text in hostile(), language in prop::sample::select(vec!["yara", "sigma", "snort", "suricata"])) {
        let wrapped = match language {
            "yara" => format!("rule a {{ meta: m = \"{text}\" condition: true }}"),
            "sigma" => format!("title: {text}\nlogsource:\n  category: proxy\ndetection:\n  s:\n    c-uri: b\n  condition: s\n"),
            _ => format!("alert tcp any any -> any any (msg:\"{text}\"; sid:1;)"),
        };
        let mut object = indicator(1, &wrapped);
        object["pattern_type"] = json!(language);
        let format = match language {
            "yara" => Format::Yara,
            "sigma" => Format::Sigma,
            "snort" => Format::Snort,
            _ => Format::Suricata,
        };
        let (parts, account) = export(format, &[object]);
        match language {
            "yara" => {
                let rules = parts["cresset.yar"].matches("rule a {").count() as u64;
                prop_assert!(rules >= account.said && account.said <= 1);
            }
            "sigma" => {
                let documents = parts["cresset-sigma.yml"].lines().filter(|line| line.starts_with("---"));
                prop_assert_eq!(documents.count() as u64, account.said);
            }
            _ => {
                let part = if language == "snort" { "snort.rules" } else { "cresset.rules" };
                for (head, options) in grammar::suricata(&parts[part]) {
                    prop_assert!(head.starts_with("alert "));
                    prop_assert_eq!(options.iter().filter(|(keyword, _)| keyword == "sid").count(), 1);
                }
            }
        }
    }
}
