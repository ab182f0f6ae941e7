//! Which texts are patterns? Cases written from the text of STIX 2.1 section 9 and its grammar.

use cresset_stix::{
    Code, Severity,
    pattern::{
        AdviceKind, Comparisons, Constant, Grammar, Observations, Pattern, PatternError, PatternLimits,
        Problem, Qualifier, Test, check,
    },
};
use serde_json::json;

use crate::fixtures::{assert_error, assert_good, assert_warning, check_text, with};

fn read(text: &str) -> Result<Pattern, PatternError> {
    Pattern::parse(text, Grammar::V21, &PatternLimits::DEFAULT)
}

/// Texts that are patterns, each with its canonical text.
const GOOD: [(&str, &str); 48] = [
    ("[file:size = 25536]", "[file:size = 25536]"),
    ("[ file:size==25536 ]", "[file:size = 25536]"),
    ("[file:size <> +7]", "[file:size != 7]"),
    ("[file:size >= -7]", "[file:size >= -7]"),
    ("[file:size<=0]", "[file:size <= 0]"),
    ("[x-meter:level > .5]", "[x-meter:level > 0.5]"),
    ("[x-meter:level < -3.0]", "[x-meter:level < -3.0]"),
    ("[x-meter:level < 007.50]", "[x-meter:level < 7.5]"),
    ("[file:size NOT = 1]", "[file:size NOT = 1]"),
    ("[file:size IN (1,2 , 3)]", "[file:size IN (1, 2, 3)]"),
    ("[file:name NOT IN ('a')]", "[file:name NOT IN ('a')]"),
    ("[file:name IN ()]", "[file:name IN ()]"),
    ("[x-a:b IN (true, 1, 'x', h'0F')]", "[x-a:b IN (true, 1, 'x', h'0f')]"),
    ("[file:name LIKE 'run_.%']", "[file:name LIKE 'run_.%']"),
    ("[file:name MATCHES '^run\\\\d+$']", "[file:name MATCHES '^run\\\\d+$']"),
    ("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", "[ipv4-addr:value ISSUBSET '203.0.113.0/24']"),
    ("[ipv6-addr:value NOT ISSUPERSET '2001:db8::/64']", "[ipv6-addr:value NOT ISSUPERSET '2001:db8::/64']"),
    ("[EXISTS file:hashes.'SHA-256']", "[EXISTS file:hashes.'SHA-256']"),
    ("[NOT EXISTS process:pid]", "[NOT EXISTS process:pid]"),
    ("[process:is_hidden = true]", "[process:is_hidden = true]"),
    ("[artifact:payload_bin = b'TVqQ']", "[artifact:payload_bin = b'TVqQ']"),
    ("[x-a:b = h'']", "[x-a:b = h'']"),
    ("[file:magic_number_hex = h'FFd8']", "[file:magic_number_hex = h'ffd8']"),
    ("[file:ctime > t'2021-03-04T05:06:07Z']", "[file:ctime > t'2021-03-04T05:06:07Z']"),
    ("[file:ctime > t'2021-03-04T05:06:07.120000Z']", "[file:ctime > t'2021-03-04T05:06:07.12Z']"),
    ("[file:name = 'it\\'s C:\\\\temp']", "[file:name = 'it\\'s C:\\\\temp']"),
    ("[file:name = '']", "[file:name = '']"),
    ("[file:name = '\u{202e}txt.\u{1f525}\n']", "[file:name = '\u{202e}txt.\u{1f525}\n']"),
    ("[network-traffic:src_ref.value = '203.0.113.9']", "[network-traffic:src_ref.value = '203.0.113.9']"),
    ("[network-traffic:'src_ref'.'value' = 'a']", "[network-traffic:src_ref.value = 'a']"),
    ("[network-traffic:protocols[*] = 'ftp']", "[network-traffic:protocols[*] = 'ftp']"),
    ("[windows-registry-key:values[3].name = 'Run']", "[windows-registry-key:values[3].name = 'Run']"),
    (
        "[network-traffic:extensions.'http-request-ext'.request_method = 'put']",
        "[network-traffic:extensions.'http-request-ext'.request_method = 'put']",
    ),
    ("[x-a:'AND'.'true'.'a b'.'' = 1]", "[x-a:'AND'.'true'.'a b'.'' = 1]"),
    ("[x-a:start = 1 AND x-a:in = 2]", "[x-a:start = 1 AND x-a:in = 2]"),
    ("[a:b=1 OR a:c=2 AND a:d=3]", "[a:b = 1 OR a:c = 2 AND a:d = 3]"),
    ("[(a:b=1 OR a:c=2) AND a:d=3]", "[(a:b = 1 OR a:c = 2) AND a:d = 3]"),
    ("[((a:b=1))]", "[a:b = 1]"),
    ("(([a:b=1]))", "[a:b = 1]"),
    (
        "[a:b=1]AND[a:b=2]OR[a:b=3]FOLLOWEDBY[a:b=4]",
        "[a:b = 1] AND [a:b = 2] OR [a:b = 3] FOLLOWEDBY [a:b = 4]",
    ),
    ("[a:b=1] AND ([a:b=2] FOLLOWEDBY [a:b=3])", "[a:b = 1] AND ([a:b = 2] FOLLOWEDBY [a:b = 3])"),
    ("[a:b=1] WITHIN 0.25 SECONDS", "[a:b = 1] WITHIN 0.25 SECONDS"),
    ("[a:b=1] REPEATS 5 TIMES WITHIN 1800 SECONDS", "[a:b = 1] REPEATS 5 TIMES WITHIN 1800 SECONDS"),
    (
        "[a:b=1] START t'2020-01-01T00:00:00Z' STOP t'2020-02-01T00:00:00.5Z'",
        "[a:b = 1] START t'2020-01-01T00:00:00Z' STOP t'2020-02-01T00:00:00.5Z'",
    ),
    ("([a:b=1] WITHIN 5 SECONDS) WITHIN 6 SECONDS", "([a:b = 1] WITHIN 5 SECONDS) WITHIN 6 SECONDS"),
    ("/* why */ [a:b = 1] // and so on", "[a:b = 1]"),
    ("[a:b /* here\n too */ = // there\r\n 1]", "[a:b = 1]"),
    ("\u{a0}[a:b\u{2003}=\u{3000}1\u{2028}]\u{85}", "[a:b = 1]"),
];

#[test]
fn good_patterns_are_read_and_written_canonically() {
    for (text, canonical) in GOOD {
        let pattern = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(pattern.to_string(), canonical);
        assert_eq!(read(canonical).unwrap(), pattern, "{text}");
    }
}

/// Texts that are none: where they stop to be one (in bytes) and what is said.
const BAD: [(&str, usize, &str); 46] = [
    ("", 0, "expected `[` or `(`, found the end"),
    ("file:size = 1", 0, "expected `[` or `(`, found a name"),
    ("[]", 1, "expected an object path, found `]`"),
    ("[file:size = ]", 13, "expected a constant, found `]`"),
    ("[file:size 1]", 11, "expected a comparison operator, found a number"),
    ("[file:size AND 1]", 11, "expected a comparison operator, found AND"),
    ("[file.size = 1]", 5, "expected `:`, found `.`"),
    ("[file: = 1]", 7, "expected a property name, found ="),
    ("[file:size = 1", 14, "expected AND, OR or `]`, found the end"),
    ("[file:size = 1)", 14, "expected AND, OR or `]`, found `)`"),
    ("([file:size = 1]", 16, "expected a qualifier, AND, OR, FOLLOWEDBY or `)`, found the end"),
    (
        "[file:size = 1] [file:size = 2]",
        16,
        "expected a qualifier, AND, OR, FOLLOWEDBY or the end, found `[`",
    ),
    ("[file:size = 1] and [file:size = 2]", 16, "found a name"),
    ("[file:size = 1] AND", 19, "expected `[` or `(`, found the end"),
    ("[file:size = 1] FOLLOWEDBY file", 27, "expected `[` or `(`, found a name"),
    ("[file:hashes.SHA-256 = 'aa']", 13, "a property name with a hyphen is put in apostrophes"),
    ("[file:hashes.MD5 = cafe]", 19, "expected a constant, found a name"),
    ("[file:name MATCHES /x/]", 19, "this character has no place"),
    ("[file:name MATCHES 5]", 19, "expected a string, found a number"),
    ("[file:name LIKE]", 15, "expected a string, found `]`"),
    ("[file:name IN 'a']", 14, "expected `(`, found a string"),
    ("[file:name IN ('a',)]", 19, "expected a constant, found `)`"),
    ("[file:name IN ('a' 'b')]", 19, "expected `,` or `)`, found a string"),
    ("[file:size =? 1]", 12, "this character has no place"),
    ("[file:size = 01]", 13, "without leading zeros"),
    ("[file:size = 1.]", 14, "expected AND, OR or `]`, found `.`"),
    ("[file:size = 1e5]", 14, "found a name"),
    ("[file:size = 9223372036854775808]", 13, "out of range"),
    ("[file:size = -]", 13, "this character has no place"),
    ("[file:size < true]", 13, "expected a constant that has an order, found a boolean"),
    ("[file:name = 'a]", 13, "a string is not closed"),
    ("[file:name = 'C:\\temp']", 16, "a backslash in a string"),
    ("[file:name = \"a\"]", 13, "this character has no place"),
    ("[x-a:b = h'abc']", 9, "pairs of hexadecimal digits"),
    ("[x-a:b = b'====']", 9, "holds base64"),
    ("[x-a:b = b'']", 9, "holds base64"),
    ("[x-a:b = t'2020-13-01T00:00:00Z']", 9, "a timestamp constant has the form"),
    ("[x-a:b = t'2020-01-01T00:00:00z']", 9, "a timestamp constant has the form"),
    ("[x-a:b[-1] = 1]", 7, "out of range"),
    ("[x-a:b[1.5] = 1]", 7, "expected an index or `*`"),
    ("[a:b=1] WITHIN 0 SECONDS", 15, "expected a number of seconds above zero"),
    ("[a:b=1] WITHIN 5 HOURS", 17, "expected SECONDS, found a name"),
    ("[a:b=1] REPEATS 0 TIMES", 16, "expected a number of times above zero"),
    (
        "[a:b=1] START '2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'",
        14,
        "expected a timestamp constant, found a string",
    ),
    ("[a:b=1] WITHIN 5 SECONDS WITHIN 6 SECONDS", 25, "one qualifier of a kind"),
    ("[a:b=1] /* open", 8, "a comment is not closed"),
];

#[test]
fn bad_patterns_are_refused_where_they_go_wrong() {
    for (text, offset, said) in BAD {
        let error = read(text).err().unwrap_or_else(|| panic!("{text} is read"));
        assert_eq!(error.at.offset, offset, "{text}: {error}");
        assert!(error.to_string().contains(said), "{text}: {error}");
        assert!(!error.problem.is_limit(), "{text}: {error}");
    }
}

#[test]
fn an_error_has_a_line_and_a_column_in_characters() {
    let error = read("[a:b = 'é\nö'\n OR a:ö = 1]").unwrap_err();
    assert_eq!((error.at.line, error.at.column, error.at.offset), (3, 7, 21));
    assert_eq!(
        error.to_string(),
        "line 3, column 7: this character has no place in a pattern outside a string"
    );
}

#[test]
fn stix_20_takes_plain_strings_as_moments_and_knows_no_exists() {
    let old = |text| Pattern::parse(text, Grammar::V20, &PatternLimits::DEFAULT);
    let plain = "[a:b = 1] START '2020-01-01T00:00:00Z' STOP '2020-01-02T00:00:00Z'";
    let typed = plain.replace(" '2", " t'2");
    assert_eq!(old(plain).unwrap(), old(&typed).unwrap());
    assert_eq!(old(plain).unwrap().to_string(), typed);
    assert_eq!(old("[EXISTS a:b]").unwrap_err().problem, Problem::Exists);
    assert_eq!(old("[a:b = 1] START '2020' STOP '2021'").unwrap_err().problem, Problem::Timestamp);
}

#[test]
fn qualifiers_bind_to_the_expression_in_front_of_them() {
    let Observations::And(all) = read("[a:b=1] AND [a:b=2] REPEATS 2 TIMES WITHIN 9 SECONDS").unwrap().root
    else {
        panic!("an AND")
    };
    assert!(matches!(all[0], Observations::Simple(_)));
    let Observations::Qualified(inner, qualifiers) = &all[1] else { panic!("a qualified expression") };
    assert!(matches!(**inner, Observations::Simple(_)));
    assert_eq!(*qualifiers, [Qualifier::Repeats(2), Qualifier::Within(9.0)]);
}

#[test]
fn escapes_are_resolved_and_nothing_else_is() {
    let Observations::Simple(Comparisons::One(one)) = read(r"[a:b = '\\n\'%\\']").unwrap().root else {
        panic!("one comparison")
    };
    assert!(matches!(one.test, Test::Compare(_, Constant::Text(text)) if text == r"\n'%\"));
}

#[test]
fn every_limit_holds_at_its_edge() {
    let limits = PatternLimits {
        pattern_bytes_max: 400,
        depth_max: 4,
        nodes_max: 30,
        set_max: 3,
        repeats_max: 7,
        regex_bytes_max: 5,
        ..PatternLimits::DEFAULT
    };
    let problem =
        |text: &str| Pattern::parse(text, Grammar::V21, &limits).map_err(|error| error.problem).err();
    let padded = |bytes: usize| format!("[a:b = 1]{}", " ".repeat(bytes - 9));
    assert_eq!(problem(&padded(400)), None);
    assert_eq!(problem(&padded(401)), Some(Problem::Size));
    let nested = |depth: usize| format!("{}[a:b = 1]{}", "(".repeat(depth - 1), ")".repeat(depth - 1));
    assert_eq!(problem(&nested(4)), None);
    assert_eq!(problem(&nested(5)), Some(Problem::Depth));
    // An observation, a comparison, a step and a constant; then an OR and three for each further comparison.
    let many = |count: usize| format!("[{}]", vec!["a:b=1"; count].join(" OR "));
    assert_eq!(problem(&many(9)), None);
    assert_eq!(problem(&many(10)), Some(Problem::Count));
    assert_eq!(problem("[a:b IN (1, 2, 3)]"), None);
    assert_eq!(problem("[a:b IN (1, 2, 3, 4)]"), Some(Problem::Set));
    assert_eq!(problem("[a:b = 1] REPEATS 7 TIMES"), None);
    assert_eq!(problem("[a:b = 1] REPEATS 8 TIMES"), Some(Problem::Repeats));
    assert_eq!(problem("[a:b = 1] REPEATS 4294967297 TIMES"), Some(Problem::Repeats));
    assert_eq!(problem("[a:b MATCHES '12345']"), None);
    assert_eq!(problem("[a:b MATCHES '123456']"), Some(Problem::Regex));
}

#[test]
fn a_hundred_thousand_parentheses_are_an_error_and_nothing_worse() {
    for open in ["(", "[(", "[a:b = 1] AND ("] {
        assert!(read(&open.repeat(100_000 / open.len())).is_err());
    }
}

fn kinds(text: &str) -> Vec<AdviceKind> {
    check(&read(text).unwrap(), &PatternLimits::DEFAULT).into_iter().map(|advice| advice.kind).collect()
}

#[test]
fn what_is_usual_gets_no_advice() {
    for text in [
        "[file:hashes.'SHA-256' = 'aa' AND file:size > 5]",
        "[network-traffic:src_ref.value ISSUBSET '10.0.0.0/8' AND network-traffic:dst_port IN (80, 443)]",
        "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'x']",
        "[windows-registry-key:values[*].data LIKE '%x%']",
        "[process:extensions.'windows-process-ext'.aslr_enabled = true]",
        "[x-own:what.ever[*] = 5]",
        "[file:x_own = 5]",
        "[file:content_ref.payload_bin MATCHES '^MZ']",
        "[file:mtime > t'2020-01-01T00:00:00Z']",
        "[(file:size = 1 OR url:value = 'a') AND (url:value = 'b' OR directory:path = 'c')]",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn what_is_odd_is_told_by_kind() {
    for (text, kind) in [
        ("[win-registry-key:key = 'a']", AdviceKind::TypeUnknown),
        ("[file:file_name = 'a']", AdviceKind::PropertyUnknown),
        ("[process:extensions.'windows-process-ext'.nothing = 1]", AdviceKind::PropertyUnknown),
        ("[file:name.deeper = 'a']", AdviceKind::PropertyUnknown),
        ("[file:size = '5']", AdviceKind::ConstantType),
        ("[network-traffic:protocols = 'tcp']", AdviceKind::ConstantType),
        ("[file:name IN ('a', 5)]", AdviceKind::ConstantType),
        ("[file:name = 'a' AND url:value = 'b']", AdviceKind::Never),
        ("[ipv4-addr:value ISSUBSET '10.0.0.0/33']", AdviceKind::Never),
        ("[file:name IN ()]", AdviceKind::Never),
        ("[file:size = 1] START t'2020-01-02T00:00:00Z' STOP t'2020-01-02T00:00:00Z'", AdviceKind::Never),
        ("[file:name MATCHES '(?=a)b']", AdviceKind::Unrunnable),
        ("[file:name MATCHES '(a)\\\\1']", AdviceKind::Unrunnable),
        ("[file:name MATCHES '(((a{1000}){1000}){1000})']", AdviceKind::Unrunnable),
    ] {
        assert_eq!(kinds(text), [kind], "{text}");
    }
}

#[test]
fn advice_about_a_long_path_is_short() {
    let pattern = read(&format!("[file:'{}' = 1]", "\u{e9}".repeat(5000))).unwrap();
    let advice = check(&pattern, &PatternLimits::DEFAULT);
    assert!(advice.len() == 1 && advice[0].message.chars().count() <= 400);
}

fn indicator(pattern: &str) -> serde_json::Value {
    with("indicator", json!({"pattern": pattern}))
}

#[test]
fn an_indicator_with_a_malformed_pattern_is_refused_and_one_with_an_odd_pattern_kept() {
    assert_good(&indicator("[url:value = 'https://host.example/']"));
    assert_error(&indicator("[url:value = 'https://host.example/'"), Code::PatternSyntax, "/pattern");
    assert_error(&indicator(&"(".repeat(70)), Code::LimitExceeded, "/pattern");
    assert_warning(&indicator("[file:size = 'big']"), Code::PatternMeaning, "/pattern");
    assert_warning(&indicator("[file:name MATCHES '(?<=a)b']"), Code::PatternUnrunnable, "/pattern");
}

#[test]
fn an_old_pattern_is_kept_and_its_version_should_say_so() {
    let old = "[file:size = 1] START '2020-01-01T00:00:00Z' STOP '2020-01-02T00:00:00Z'";
    assert_warning(&indicator(old), Code::PatternSyntax, "/pattern");
    assert_good(&with("indicator", json!({"pattern": old, "pattern_version": "2.0"})));
    assert_error(
        &with("indicator", json!({"pattern": "[", "pattern_version": "2.0"})),
        Code::PatternSyntax,
        "/pattern",
    );
}

#[test]
fn patterns_of_other_languages_are_not_looked_into() {
    assert_good(&with("indicator", json!({"pattern": "rule a {", "pattern_type": "yara"})));
}

#[test]
fn a_malformed_pattern_of_stix_20_is_a_warning() {
    let text = r#"{"type":"indicator","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2016-04-06T20:03:48Z",
        "modified":"2016-04-06T20:03:48Z","labels":["a"],"pattern":"file = 1","valid_from":"2016-01-01T00:00:00Z"}"#;
    let (object, findings) = check_text(text);
    assert!(object.is_some());
    let [finding] = &*findings else { panic!("one finding: {findings:?}") };
    assert_eq!((finding.severity, finding.code), (Severity::Warning, Code::PatternSyntax));
}

#[test]
fn a_finding_about_a_pattern_never_quotes_its_constants() {
    for text in ["[file:name = 'secret' 'secret']", "[file:size = 'secret']", "[file:name MATCHES '(secret']"]
    {
        let (_, findings) = check_text(&indicator(text).to_string());
        assert!(!findings.is_empty());
        assert!(findings.iter().all(|finding| !finding.message.contains("secret")), "{findings:?}");
    }
}
