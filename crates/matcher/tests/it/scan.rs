//! Does the scanner miss nothing that exact matching finds, and what does it do with what is not as usual?

use cresset_matcher::{
    Equality, Field, IndicatorId, MatcherLimits, Observation, ObservationId, Program,
    scan::{
        self, Candidate, Coverage, IndicatorSlot, Kind, LINE_BYTES_MAX, NameReach, PatternFault, Scanned,
        Scanner, Settings, Wanted, WantedKey,
    },
};
use proptest::prelude::*;
use stix::pattern::{ObjectPath, Pattern};

use crate::fixtures::{always, at};

const KEYS: [WantedKey<'_>; 8] = [
    WantedKey { leaf: "sha256", kind: Kind::Text },
    WantedKey { leaf: "Hashes", kind: Kind::Packed },
    WantedKey { leaf: "path", kind: Kind::Path },
    WantedKey { leaf: "src_ip", kind: Kind::Address },
    WantedKey { leaf: "q", kind: Kind::Name },
    WantedKey { leaf: "host", kind: Kind::Host },
    WantedKey { leaf: "ur", kind: Kind::Url },
    WantedKey { leaf: "cmd", kind: Kind::Present },
];

fn slot(number: u32) -> IndicatorSlot {
    IndicatorSlot::new(number).unwrap()
}

fn scanner(names: NameReach) -> Scanner {
    Scanner::new(&KEYS, Settings { seed: 7, names })
}

/// Everything that is looked for in these tests, numbered.
fn filled() -> Scanner {
    let mut own = scanner(NameReach::Below);
    let all = [
        Wanted::Text("abcdef0123456789abcdef0123456789"),
        Wanted::Name("bad.example"),
        Wanted::Address("203.0.113.9"),
        Wanted::Inside("198.51.100.0/22"),
        Wanted::Inside("2001:db8::/32"),
        Wanted::Url("http://url.example:8080/a/b?c=d"),
        Wanted::Below("deep.example"),
        Wanted::Text("évil"),
    ];
    for (wanted, number) in all.into_iter().zip(0..) {
        own.insert(wanted, slot(number));
    }
    own
}

fn found(scanner: &Scanner, text: &[u8]) -> (Vec<Candidate>, Scanned) {
    let mut all = Vec::new();
    let counts = scanner.scan(text, |candidate| all.push(candidate));
    (all, counts)
}

/// The numbers of the indicators that are candidates in a text; 999 for any.
fn numbers(text: &str) -> Vec<u32> {
    let numbers = |scanner: &Scanner| -> Vec<u32> {
        let all = found(scanner, text.as_bytes()).0;
        all.into_iter().map(|own| own.indicator.map_or(999, IndicatorSlot::number)).collect()
    };
    let mut scanner = filled();
    let fresh = numbers(&scanner);
    scanner.merge();
    assert_eq!(numbers(&scanner), fresh, "merging changes nothing: {text}");
    fresh
}

#[test]
fn values_of_every_kind_are_found() {
    for (text, expected) in [
        (r#"{"sha256":"ABCDEF0123456789abcdef0123456789"}"#, 0),
        (r#"{"a":1,"Hashes":"MD5=00,SHA256=abcdef0123456789ABCDEF0123456789,X=1"}"#, 0),
        (r#"{"path":"C:\\x\\ABCDEF0123456789abcdef0123456789"}"#, 0),
        (r#"{"q":"bad.example"}"#, 1),
        (r#"{"q":"WWW.Bad.Example."}"#, 1),
        (r#"{"q":["a.example",["x","bad.example"]]}"#, 1),
        (r#"{"x":{"host":"bad.example:80"}}"#, 1),
        (r#"{"src_ip":"203.0.113.9","src_port":1}"#, 2),
        (r#"{"q":["203.0.113.9"]}"#, 2),
        (r#"{"src_ip":"198.51.103.255"}"#, 3),
        (r#"{"src_ip":"198.51.101.0/24"}"#, 3),
        (r#"{"host":"198.51.101.7:8080"}"#, 3),
        (r#"{"src_ip":"2001:DB8:1::9"}"#, 4),
        (r#"{"host":"[2001:db8::1]:443"}"#, 4),
        (r#"{"ur":"http://url.example:8080/a/b?c=d"}"#, 5),
        (r#"{"ur":"http:\/\/url.example:8080\/a\/b?c=d"}"#, 5),
        (r#"{"host":"url.example:8080","uri":"/a/b?c=d"}"#, 5),
        (r#"{"host":"URL.example","uri":"/a/b?c=d"}"#, 5),
        (r#"{"q":"x.deep.example"}"#, 6),
        (r#"{"sha256":"évil"}"#, 7),
        (r#"{"sha256":"\u00e9vil"}"#, 7),
    ] {
        assert_eq!(numbers(text), [expected], "{text}");
    }
}

#[test]
fn what_only_looks_wanted_is_no_candidate() {
    for text in [
        r#"{"sha257":"abcdef0123456789abcdef0123456789"}"#,
        r#"{"sha256":"abcdef0123456789abcdef012345678"}"#,
        r#"{"xsha256":"abcdef0123456789abcdef0123456789"}"#,
        r#"{"q":"notbad.example"}"#,
        r#"{"q":"bad.example.org"}"#,
        r#"{"q":"deep.example"}"#,
        r#"{"src_ip":"203.0.113.90"}"#,
        r#"{"src_ip":"198.51.104.0"}"#,
        r#"{"note":"\"src_ip\":\"203.0.113.9\""}"#,
        r#"{"src_ip":null,"q":[],"host":{},"ur":17}"#,
        "",
        "\n\n",
    ] {
        assert!(numbers(text).is_empty(), "{text}");
    }
}

#[test]
fn white_space_and_escapes_around_keys_are_no_way_past() {
    for text in [
        "{ \"src_ip\" : \"203.0.113.9\" }",
        "{\"src_ip\"\t:\r \"203.0.113.9\"}",
        "{\"src_ip\":   \"203.0.113.9\"}",
        "{\"src\\u005fip\":\"203.0.113.9\"}",
        "{\"\\u0073rc_ip\":\"203.0.113.9\"}",
        "{\"src_i\\u0070\":\"203.0.113.9\"}",
        "{\"src_ip\":\"203\\u002e0.113.9\"}",
        "{\"a\":\"\\u00e9\",\"src_ip\":[ \"203.0.113.9\" ]}",
    ] {
        assert_eq!(numbers(text), [2], "{text}");
    }
}

#[test]
fn what_is_no_json_on_one_line_is_a_candidate_for_anything() {
    let utf16: Vec<u8> = "{\"src_ip\":\"203.0.113.9\"}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for text in [
        utf16.as_slice(),
        b"{\"src_ip\" \0:\"203.0.113.9\"}",
        b"{\"src_ip\":\"203.0.113.9\0\"}",
        b"{\"src_ip\":\"203.0.113.9",
        b"{\"src_ip\":\"203.0.113.9\n\"}",
        b"{\"src_ip\":\"\\x\"}",
    ] {
        let (all, scanned) = found(&filled(), text);
        assert_eq!(all.first().map(|own| own.indicator), Some(None), "{text:?}");
        assert!(scanned.lines_unclear >= 1, "{text:?}");
    }
    // Bytes that are no UTF-8 elsewhere in the line do no harm.
    assert_eq!(found(&filled(), b"{\"a\":\"\xff\xfe\",\"src_ip\":\"203.0.113.9\"}").0.len(), 1);
}

#[test]
fn a_key_may_make_every_line_a_candidate() {
    assert_eq!(numbers(r#"{"cmd":{"x":1}}"#), [999]);
    assert_eq!(numbers(r#"{"cmd" :null}"#), [999]);
}

#[test]
fn candidates_say_where_they_are_whatever_ends_the_lines() {
    let good = "{\"a\":1,\"q\":\"good.example\"}";
    let bad = "{\"a\":1,\"q\":\"bad.example\"}";
    for end in ["\n", "\r\n"] {
        for before in [0, 1, 700, 2000] {
            for last in ["", end] {
                let text = [&[good, end].concat().repeat(before), bad, last].concat();
                let (all, scanned) = found(&filled(), text.as_bytes());
                let [candidate] = all.as_slice() else { panic!("{before} {all:?}") };
                assert_eq!(&text[candidate.line.clone()], bad);
                assert_eq!(&text[candidate.value.clone()], "bad.example");
                assert_eq!(candidate.kind, Some(Kind::Name));
                let lines = u64::try_from(before + 1).unwrap();
                assert_eq!((scanned.lines, scanned.candidates, scanned.lines_unclear), (lines, 1, 0));
            }
        }
    }
}

#[test]
fn a_line_is_scanned_up_to_its_limit_and_a_candidate_beyond() {
    let line = |length: usize| {
        let front = "{\"q\":\"good.example\",\"a\":\"";
        [front, &"x".repeat(length - front.len() - 2), "\"}"].concat()
    };
    let text = line(LINE_BYTES_MAX - 1) + "\n{\"q\":\"bad.example\"}\n";
    let (all, scanned) = found(&filled(), text.as_bytes());
    assert_eq!((all.len(), scanned.lines, scanned.lines_long), (1, 2, 0));
    let text = line(LINE_BYTES_MAX) + "\n{\"q\":\"bad.example\"}\n";
    let (all, scanned) = found(&filled(), text.as_bytes());
    assert_eq!((all.len(), scanned.lines, scanned.lines_long, scanned.lines_unclear), (2, 2, 1, 1));
    assert_eq!(all[0].line, 0..LINE_BYTES_MAX);
    assert_eq!((all[0].indicator, all[1].indicator), (None, Some(slot(1))));
}

#[test]
fn a_buffer_is_split_at_the_ends_of_lines() {
    let text = "one\ntwo\nthree\nfour\nfive";
    for parts in 0..9 {
        let all = scan::split(text.as_bytes(), parts);
        assert_eq!(all.concat(), text.as_bytes());
        assert!(all.len() <= parts.max(1));
        assert!(all.iter().rev().skip(1).all(|part| part.ends_with(b"\n")), "{parts}");
    }
    assert!(scan::split(b"", 4).is_empty());
}

#[test]
fn networks_of_every_length_are_found_among_few_and_among_many() {
    for others in [0, 5_000_u32] {
        for length in 0..=32_u32 {
            let mut scanner = scanner(NameReach::Itself);
            for number in 0..others {
                let text = format!("192.{}.{}.0/24", number >> 8, number & 0xff);
                scanner.insert(Wanted::Inside(&text), slot(number + 1));
            }
            scanner.insert(Wanted::Inside(&format!("10.20.30.40/{length}")), slot(0));
            let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
            let first = u32::from_be_bytes([10, 20, 30, 40]) & !hosts;
            let is_found = |address: u32| {
                let text = format!("{{\"src_ip\":\"{}\"}}", std::net::Ipv4Addr::from(address));
                found(&scanner, text.as_bytes()).0.iter().any(|own| own.indicator == Some(slot(0)))
            };
            for inside in [first, first | hosts, first | (hosts / 2)] {
                assert!(is_found(inside), "/{length} {inside:x}");
            }
            let outside = [first.checked_sub(1), (first | hosts).checked_add(1)];
            assert!(!outside.into_iter().flatten().any(is_found), "/{length}");
        }
    }
}

#[test]
fn what_is_removed_is_not_found_and_what_comes_back_is() {
    let text = b"{\"src_ip\":\"198.51.100.1\",\"q\":\"x.bad.example\"}";
    let mut scanner = filled();
    scanner.insert(Wanted::Name("bad.example"), slot(20));
    let count = |scanner: &Scanner| found(scanner, text).0.len();
    assert_eq!(count(&scanner), 3);
    for merged in [false, true] {
        if merged {
            scanner.merge();
        }
        scanner.remove(Wanted::Name("bad.example"), slot(20));
        assert_eq!(count(&scanner), 2);
        scanner.remove(Wanted::Inside("198.51.100.0/22"), slot(3));
        assert_eq!(count(&scanner), 1);
        let mut other = scanner.clone();
        other.merge();
        assert_eq!(count(&other), 1);
        scanner.insert(Wanted::Name("bad.example"), slot(20));
        scanner.insert(Wanted::Inside("198.51.100.0/22"), slot(3));
        assert_eq!(count(&scanner), 3);
    }
    assert_eq!(IndicatorSlot::new(1 << 31), None);
}

#[test]
fn merging_is_due_when_many_changes_wait() {
    let mut scanner = scanner(NameReach::Itself);
    for number in 0..4_096 {
        scanner.insert(Wanted::Text(&number.to_string()), slot(number));
    }
    assert!(!scanner.is_due());
    scanner.insert(Wanted::Text("one more"), slot(5_000));
    assert!(scanner.is_due());
    scanner.merge();
    assert!(!scanner.is_due());
    assert_eq!(scanner.len(), 4_097);
    assert!(scanner.table_bytes() > 4_097 * 12);
    assert_eq!(found(&scanner, b"{\"sha256\":\"4095\"}").0.len(), 1);
}

#[test]
fn patterns_say_whether_they_are_covered() {
    let limits = MatcherLimits::DEFAULT;
    for (text, coverage, paths) in [
        ("[file:hashes.'SHA-256' = 'ab']", Coverage::Scanned, &[][..]),
        ("[file:hashes.'SHA-256' = 'ab' AND file:size > 3]", Coverage::Scanned, &[]),
        ("[domain-name:value LIKE '%.b.example']", Coverage::Scanned, &[]),
        (
            "[domain-name:value IN ('a.example', 'b.example')] FOLLOWEDBY [url:value = 'http://a/']",
            Coverage::Scanned,
            &[],
        ),
        ("[ipv4-addr:value ISSUBSET 'rubbish']", Coverage::Scanned, &[]),
        ("[file:size > 3]", Coverage::EveryLine, &["file:size"]),
        ("[domain-name:value NOT = 'a.example']", Coverage::EveryLine, &["domain-name:value"]),
        ("[url:value LIKE 'http%' OR url:value = 'a']", Coverage::EveryLine, &["url:value"]),
        (
            "[url:value MATCHES 'a'] AND [domain-name:value = 'a.example']",
            Coverage::EveryLine,
            &["url:value"],
        ),
        (
            "[network-traffic:dst_ref.value ISSUBSET '10.0.0.0/8']",
            Coverage::EveryLine,
            &["network-traffic:dst_ref.value"],
        ),
    ] {
        let mut scanner = scanner(NameReach::Itself);
        assert_eq!(scanner.insert_pattern(text, slot(1), &limits).unwrap(), coverage, "{text}");
        assert_eq!(
            scanner.needs_every_line_with().into_iter().flatten().collect::<Vec<_>>(),
            paths,
            "{text}"
        );
        assert_eq!(scanner.covers_all(), paths.is_empty());
        scanner.remove_pattern(text, slot(1), &limits).unwrap();
        assert!(scanner.covers_all() && scanner.is_empty(), "{text}");
    }
    let mut scanner = scanner(NameReach::Itself);
    let insert = |scanner: &mut Scanner, text| scanner.insert_pattern(text, slot(1), &limits);
    assert!(matches!(insert(&mut scanner, "[a"), Err(PatternFault::Unreadable(_))));
    assert!(matches!(insert(&mut scanner, "[a:b = 1 AND c:d = 1]"), Err(PatternFault::Unrunnable(_))));
    let long = format!("[url:value = '{}']", "x".repeat(limits.pattern.pattern_bytes_max));
    assert!(insert(&mut scanner, &long).is_err());
    assert!(scanner.is_empty() && scanner.covers_all());
}

/// Values that are alike.
fn value() -> impl Strategy<Value = String> {
    let label = prop::sample::select(vec!["a", "B", "b", "evil", "com", "ex-1", "é"]);
    prop_oneof![
        prop::collection::vec(label, 1..4).prop_map(|labels| labels.join(".")),
        (0..4_u8, 250..=255_u8).prop_map(|(one, two)| format!("10.0.{one}.{two}")),
        (0..4_u8).prop_map(|one| format!("2001:db8::{one}")),
        "[a-f0-9]{3}",
        Just("http://evil.com/a".to_owned()),
        Just("a \"b\"\\ \u{1}c".to_owned()),
    ]
}

/// A pattern that one observation satisfies.
fn pattern() -> impl Strategy<Value = String> {
    let path = prop::sample::select(vec![
        "domain-name:value",
        "ipv4-addr:value",
        "file:hashes.MD5",
        "file:name",
        "url:value",
    ]);
    let quoted = || value().prop_map(|value| value.replace('\\', "\\\\").replace('\'', "\\'"));
    let one = prop_oneof![
        6 => (path, quoted()).prop_map(|(path, value)| format!("{path} = '{value}'")),
        1 => (quoted(), quoted()).prop_map(|(one, two)| format!("domain-name:value IN ('{one}', '{two}')")),
        1 => Just("domain-name:value LIKE '%.evil.com'".to_owned()),
        2 => (0..4_u8, 22..=32_u8).prop_map(|(one, length)| format!("ipv4-addr:value ISSUBSET '10.0.{one}.252/{length}'")),
    ];
    prop::collection::vec(one, 1..3).prop_map(|all| format!("[{}]", all.join(" OR ")))
}

/// One string of a line, in one of the ways JSON has.
fn spelled(text: &str, way: u8) -> String {
    match way {
        0 => {
            text.chars()
                .flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec())
                .fold("\"".to_owned(), |out, unit| format!("{out}\\u{unit:04x}"))
                + "\""
        }
        1 => serde_json::to_string(text).unwrap().replace('/', "\\/"),
        _ => serde_json::to_string(text).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_that_the_program_finds_is_missed(
        patterns in prop::collection::vec(pattern(), 1..12),
        values in prop::collection::vec((0..4_usize, value(), 0..12_u8, prop::sample::select(vec!["", " ", "\t"])), 0..6),
        normalised in any::<bool>(),
    ) {
        let sources = [
            ("q", "domain-name:value"), ("src_ip", "ipv4-addr:value"), ("sha256", "file:hashes.MD5"), ("ur", "url:value"),
        ];
        let paths: Vec<ObjectPath> = sources.iter().map(|(_, path)| path.parse().unwrap()).collect();
        let mut line = "{\"note\":\"\\\"q\\\":1\"".to_owned();
        let mut fields = Vec::new();
        let names: Vec<String> = (0..values.len()).map(|number| number.to_string()).collect();
        for ((source, value, way, blank), name) in values.iter().zip(&names) {
            let key = spelled(sources[*source].0, way % 3);
            line = format!("{line},{key}{blank}:{blank}{}", spelled(value, way / 3));
            fields.push(Field { object: name, path: &paths[*source], value: value.as_str().into() });
        }
        line.push('}');
        let observation = Observation::from_fields(ObservationId(1), at(0), fields);
        let equality = if normalised { Equality::Normalised } else { Equality::Exact };
        let mut program = Program::new(equality, MatcherLimits::DEFAULT);
        let mut scanner = scanner(NameReach::Itself);
        for (text, number) in patterns.iter().zip(0..) {
            program.insert(IndicatorId::new(&number.to_string()), &text.parse::<Pattern>().unwrap(), always()).unwrap();
            let coverage = scanner.insert_pattern(text, slot(number), &MatcherLimits::DEFAULT).unwrap();
            prop_assert_eq!(coverage, Coverage::Scanned);
            if number == 5 {
                scanner.merge();
            }
        }
        let candidates = found(&scanner, line.as_bytes()).0;
        for found in program.observe(&observation, at(1)) {
            let of = |own: &Candidate| own.indicator.is_none_or(|slot| slot.number().to_string() == found.indicator.as_str());
            prop_assert!(candidates.iter().any(of), "{} in {line}", found.indicator);
        }
    }

    #[test]
    fn whatever_the_bytes_are_scanning_them_ends(bytes in prop::collection::vec(
        prop_oneof![any::<u8>(), prop::sample::select(&b"\"\":{}[],\\u \n\r\0q"[..])], 0..600)
    ) {
        let (all, scanned) = found(&filled(), &bytes);
        for candidate in &all {
            prop_assert!(bytes.get(candidate.line.clone()).is_some());
            prop_assert!(bytes.get(candidate.value.clone()).is_some());
        }
        prop_assert_eq!(scanned.candidates, u64::try_from(all.len()).unwrap());
    }

    #[test]
    fn a_usual_pattern_says_the_same_to_the_recogniser_and_to_the_parser(
        text in "\\[ ?(domain-name:value|url:value|file:hashes\\.MD5|ipv4-addr:value) ?(=|==|ISSUBSET|LIKE) ?'[a-z0-9./'\\\\%]{0,12}' ?\\]( |x)?"
    ) {
        // In parentheses it is the same pattern, but not of the usual sort.
        let limits = MatcherLimits::DEFAULT;
        let (mut quick, mut slow) = (scanner(NameReach::Below), scanner(NameReach::Below));
        let one = quick.insert_pattern(&text, slot(1), &limits);
        let two = slow.insert_pattern(&format!("({text})"), slot(1), &limits);
        prop_assert_eq!(one.is_ok(), two.is_ok(), "{}", text);
        prop_assert_eq!(one.ok(), two.ok());
        prop_assert_eq!(quick.len(), slow.len());
        slow.remove_pattern(&text, slot(1), &limits).ok();
        prop_assert!(slow.is_empty(), "{}", text);
    }
}
