//! Which observations do patterns match? Cases written from the text of STIX 2.1 section 9, put to both evaluators.

use cresset_matcher::Equality;

use crate::fixtures::{matches, observed, seen};

const FILE: &str = r#"{"0":{"type":"file","name":"Setup.exe","size":2048,"magic_number_hex":"4d5a",
    "ctime":"2021-03-04T05:06:07.5Z","x_ratio":0.5,"x_signed":false,"x_empty":[],
    "hashes":{"MD5":"0CC175B9C0F1B6A831C399E269772661","SHA-256":"ab"},
    "parent_directory_ref":"1","content_ref":"2","contains_refs":["3","4","9"]},
    "1":{"type":"directory","path":"C:\\Temp"},"2":{"type":"artifact","payload_bin":"TVqQAA==","mime_type":"text/plain"},
    "3":{"type":"file","name":"a.dll"},"4":{"type":"file","name":"b.dll","size":1}}"#;

const TRAFFIC: &str = r#"{"a":{"type":"network-traffic","protocols":["ipv4","tcp","http"],"src_port":40000,"dst_port":80,
    "src_ref":"b","dst_ref":"c","extensions":{"http-request-ext":{"request_method":"get",
    "request_header":{"User-Agent":["curl/8"]}}}},
    "b":{"type":"ipv4-addr","value":"198.51.100.7"},"c":{"type":"ipv4-addr","value":"203.0.113.0/25"},
    "d":{"type":"ipv6-addr","value":"2001:db8::1"},"e":{"type":"domain-name","value":"Host.Example","resolves_to_refs":["b","d"]}}"#;

#[track_caller]
fn assert_all(objects: &str, cases: &[(&str, bool)]) {
    let observation = [observed(1, (0, 0), 1, objects)];
    for (text, whether) in cases {
        assert_eq!(matches(text, &observation, Equality::Exact), *whether, "{text}");
    }
}

#[test]
fn numbers_strings_and_booleans_compare_by_value() {
    assert_all(
        FILE,
        &[
            ("[file:size = 2048]", true),
            ("[file:size = 2048.0]", true),
            ("[file:size != 2048 AND file:name = 'Setup.exe']", false),
            ("[file:size NOT = 2048 AND file:name = 'Setup.exe']", false),
            ("[file:size > 2047.5]", true),
            ("[file:size >= 2049]", false),
            ("[file:size < 2049 AND file:size <= 2048]", true),
            ("[file:size IN (1, 2048)]", true),
            ("[file:size NOT IN (1, 2048) AND file:name = 'Setup.exe']", false),
            ("[file:x_ratio = 0.5]", true),
            ("[file:x_ratio < 1]", true),
            ("[file:x_signed = false]", true),
            ("[file:x_signed != false]", false),
            ("[file:name = 'setup.exe']", false),
            ("[file:name > 'Setup']", true),
            ("[file:name < 'a']", true),
        ],
    );
}

#[test]
fn values_of_other_types_are_unequal_and_nothing_else() {
    assert_all(
        FILE,
        &[
            ("[file:size = '2048']", false),
            ("[file:size != '2048']", true),
            ("[file:size NOT = '2048']", true),
            ("[file:size < '3']", false),
            ("[file:size NOT < '3']", true),
            ("[file:x_signed = 0]", false),
            ("[file:hashes = 'ab']", false),
            ("[file:hashes != 'ab']", true),
            ("[file:size LIKE '2%']", false),
            ("[file:size MATCHES '2']", false),
        ],
    );
}

#[test]
fn hex_and_binary_compare_to_octets_and_to_narrow_text() {
    assert_all(
        FILE,
        &[
            ("[file:magic_number_hex = h'4D5A']", true),
            ("[file:magic_number_hex = b'TVo=']", true),
            ("[file:magic_number_hex = 'MZ']", true),
            ("[file:magic_number_hex = '4d5a']", false),
            ("[file:magic_number_hex > h'4d59ff']", true),
            ("[file:magic_number_hex IN (h'00', h'4d5a')]", true),
            ("[file:content_ref.payload_bin = b'TVqQAA==']", true),
            ("[artifact:payload_bin MATCHES '^MZ\\\\x90']", true),
            ("[artifact:payload_bin MATCHES '\\\\x91']", false),
            ("[artifact:payload_bin LIKE 'MZ%']", false),
            ("[file:name = h'53657475702e657865']", true),
            ("[file:magic_number_hex != '\u{100}']", true),
        ],
    );
}

#[test]
fn timestamps_compare_as_moments() {
    assert_all(
        FILE,
        &[
            ("[file:ctime = t'2021-03-04T05:06:07.500Z']", true),
            ("[file:ctime = '2021-03-04T05:06:07.500Z']", false),
            ("[file:ctime < t'2021-03-04T05:06:07.501Z']", true),
            ("[file:name < t'2021-03-04T05:06:07Z']", false),
        ],
    );
}

#[test]
fn like_is_about_the_whole_text_and_matches_about_any_part() {
    assert_all(
        FILE,
        &[
            ("[file:name LIKE 'Setup%']", true),
            ("[file:name LIKE '%.exe']", true),
            ("[file:name LIKE 'S_tup.ex_']", true),
            ("[file:name LIKE 'etup']", false),
            ("[file:name LIKE 'Setup.exe_']", false),
            ("[file:name LIKE 'setup%']", false),
            ("[file:name LIKE '%']", true),
            ("[file:name NOT LIKE '%.exe' AND file:size = 1]", true),
            ("[file:name MATCHES 'tup']", true),
            ("[file:name MATCHES '^tup']", false),
            ("[file:name MATCHES '(?i)^SETUP\\\\.EXE$']", true),
            ("[file:name MATCHES '^.{9}$']", true),
            ("[directory:path LIKE 'C:\\\\T%']", true),
            ("[directory:path MATCHES '^C:\\\\\\\\T']", true),
        ],
    );
    assert_all(
        "{\"0\":{\"type\":\"x-a\",\"t\":\"one\\ntwo\",\"u\":\"e\u{301}te\u{301}\"}}",
        &[
            ("[x-a:t MATCHES 'one.two']", true),
            ("[x-a:t LIKE 'one_two']", true),
            ("[x-a:t LIKE '%two']", true),
            // LIKE and MATCHES compose what stands apart (section 9.6.1), equality does not (section 9.6.2).
            ("[x-a:u LIKE '_t_']", true),
            ("[x-a:u LIKE '%te\u{301}']", true),
            ("[x-a:u MATCHES '^\u{e9}t\u{e9}$']", true),
            ("[x-a:u = '\u{e9}t\u{e9}']", false),
        ],
    );
}

#[test]
fn a_comparison_is_about_one_object_and_an_and_about_the_same() {
    assert_all(
        FILE,
        &[
            ("[file:name = 'Setup.exe' AND file:size = 2048]", true),
            ("[file:name = 'a.dll' AND file:size = 1]", false),
            ("[file:name = 'b.dll' AND file:size = 1]", true),
            ("[file:name = 'nothing' OR directory:path = 'C:\\\\Temp']", true),
            ("[(file:name = 'b.dll' OR directory:path = 'x') AND file:size = 1]", true),
            // Another observation is needed for the second.
            ("[file:name = 'a.dll'] AND [file:name = 'b.dll']", false),
            ("[file:name = 'a.dll'] OR [file:name = 'c.dll']", true),
        ],
    );
}

#[test]
fn paths_lead_through_dictionaries_lists_extensions_and_references() {
    assert_all(
        FILE,
        &[
            ("[file:hashes.'SHA-256' = 'ab']", true),
            ("[file:hashes.MD5 = '0cc175b9c0f1b6a831c399e269772661']", false),
            ("[file:parent_directory_ref.path = 'C:\\\\Temp']", true),
            ("[file:contains_refs[*].name = 'b.dll']", true),
            ("[file:contains_refs[0].name = 'b.dll']", false),
            ("[file:contains_refs[1].name = 'b.dll']", true),
            ("[file:contains_refs[2].name = 'b.dll']", false),
            ("[file:contains_refs[*] = '3']", true),
            ("[file:parent_directory_ref = '1']", true),
        ],
    );
    assert_all(
        TRAFFIC,
        &[
            ("[network-traffic:protocols[*] = 'http']", true),
            ("[network-traffic:protocols[1] = 'http']", false),
            ("[network-traffic:protocols = 'http']", false),
            // Some value is not `tcp`; but not: no value is.
            ("[network-traffic:protocols[*] != 'tcp']", true),
            ("[network-traffic:protocols[*] NOT = 'tcp']", false),
            ("[network-traffic:protocols[*] NOT = 'udp']", true),
            (
                "[network-traffic:src_ref.value = '198.51.100.7' AND network-traffic:dst_port IN (80, 8080)]",
                true,
            ),
            ("[network-traffic:extensions.'http-request-ext'.request_method = 'get']", true),
            (
                "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'[*] LIKE 'curl%']",
                true,
            ),
            ("[domain-name:resolves_to_refs[*].value = '2001:db8::1']", true),
            ("[domain-name:resolves_to_refs.value = '2001:db8::1']", false),
        ],
    );
}

#[test]
fn what_is_not_there_satisfies_nothing_but_not_exists() {
    assert_all(
        FILE,
        &[
            ("[file:mime_type = 'a']", false),
            ("[file:mime_type != 'a']", false),
            ("[file:mime_type NOT = 'a']", false),
            ("[EXISTS file:hashes]", true),
            ("[EXISTS file:hashes.'SHA-1']", false),
            ("[NOT EXISTS file:mime_type AND file:size = 2048]", true),
            ("[NOT EXISTS file:name]", false),
            ("[EXISTS file:contains_refs[*].size]", true),
            ("[EXISTS file:x_empty]", true),
            ("[EXISTS file:x_empty[*]]", false),
            ("[NOT EXISTS process:pid]", false),
            ("[file:name IN ()]", false),
        ],
    );
}

#[test]
fn networks_contain_networks_and_bare_addresses() {
    assert_all(
        TRAFFIC,
        &[
            ("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", true),
            ("[ipv4-addr:value ISSUBSET '198.51.100.7']", true),
            ("[ipv4-addr:value ISSUBSET '198.51.100.7/32']", true),
            ("[ipv4-addr:value ISSUBSET '198.51.100.8/32']", false),
            ("[ipv4-addr:value ISSUBSET '203.0.113.0/26']", false),
            ("[ipv4-addr:value ISSUBSET '0.0.0.0/0']", true),
            ("[ipv4-addr:value ISSUPERSET '203.0.113.64/26']", true),
            ("[ipv4-addr:value ISSUPERSET '203.0.113.0/25']", true),
            ("[ipv4-addr:value ISSUPERSET '203.0.113.9']", true),
            ("[ipv4-addr:value ISSUPERSET '203.0.113.0/24']", false),
            ("[ipv4-addr:value ISSUPERSET '203.0.113.200']", false),
            ("[ipv6-addr:value ISSUBSET '2001:db8::/32']", true),
            ("[ipv6-addr:value ISSUBSET '0.0.0.0/0']", false),
            ("[network-traffic:dst_ref.value ISSUBSET '203.0.113.0/24']", true),
            ("[ipv4-addr:value ISSUBSET 'nonsense']", false),
            ("[ipv4-addr:value NOT ISSUBSET '10.0.0.0/8']", true),
            ("[ipv4-addr:value = '198.51.100.7/32']", false),
        ],
    );
}

#[test]
fn normalised_equality_knows_hashes_domains_and_addresses() {
    let observation = [observed(1, (0, 0), 1, TRAFFIC), observed(2, (0, 0), 1, FILE)];
    for (text, whether) in [
        ("[ipv4-addr:value = '198.51.100.7/32']", true),
        ("[ipv6-addr:value IN ('2001:DB8:0:0::1')]", true),
        ("[domain-name:value = 'hOST.eXAMPLE']", true),
        ("[file:hashes.MD5 = '0cc175b9c0f1b6a831c399e269772661']", true),
        ("[file:name = 'setup.exe']", false),
        ("[ipv4-addr:value = '203.0.113.0/24']", false),
    ] {
        assert_eq!(matches(text, &observation, Equality::Normalised), whether, "{text}");
        assert!(!matches(text, &observation, Equality::Exact), "{text}");
    }
}

#[test]
fn observations_are_joined_by_different_observations() {
    let stream = [seen(1, 0, 1), seen(2, 10, 2), seen(3, 20, 1), seen(4, 20, 3)];
    for (text, whether) in [
        ("[x-a:v = 1] AND [x-a:v = 2]", true),
        ("[x-a:v = 2] AND [x-a:v = 2]", false),
        ("[x-a:v = 1] AND [x-a:v = 1]", true),
        ("[x-a:v = 1] FOLLOWEDBY [x-a:v = 2]", true),
        ("[x-a:v = 2] FOLLOWEDBY [x-a:v = 1]", true),
        ("[x-a:v = 3] FOLLOWEDBY [x-a:v = 2]", false),
        // At the same time is not before.
        ("[x-a:v = 3] FOLLOWEDBY [x-a:v = 1]", true),
        ("[x-a:v = 1] FOLLOWEDBY [x-a:v = 3]", true),
        ("[x-a:v = 1] FOLLOWEDBY [x-a:v = 2] FOLLOWEDBY [x-a:v = 3]", true),
        ("[x-a:v = 1] FOLLOWEDBY [x-a:v = 3] FOLLOWEDBY [x-a:v = 2]", false),
        ("([x-a:v = 1] AND [x-a:v = 3]) FOLLOWEDBY [x-a:v = 2]", false),
        ("[x-a:v = 9] OR ([x-a:v = 2] FOLLOWEDBY [x-a:v = 3])", true),
        // FOLLOWEDBY binds loosest.
        ("[x-a:v = 2] FOLLOWEDBY [x-a:v = 9] OR [x-a:v = 3]", true),
        ("[x-a:v = 9] AND [x-a:v = 1] OR [x-a:v = 2]", true),
    ] {
        assert_eq!(matches(text, &stream, Equality::Exact), whether, "{text}");
    }
}

#[test]
fn qualifiers_limit_time_and_count() {
    let stream = [seen(1, 0, 1), seen(2, 10, 2), seen(3, 20, 1), seen(4, 20, 3)];
    for (text, whether) in [
        ("([x-a:v = 1] AND [x-a:v = 2]) WITHIN 10 SECONDS", false),
        ("([x-a:v = 1] AND [x-a:v = 2]) WITHIN 10.5 SECONDS", true),
        ("[x-a:v = 1] AND [x-a:v = 2] WITHIN 1 SECONDS", true),
        ("([x-a:v = 1] FOLLOWEDBY [x-a:v = 2] FOLLOWEDBY [x-a:v = 3]) WITHIN 20 SECONDS", false),
        ("[x-a:v = 1] REPEATS 2 TIMES", true),
        ("[x-a:v = 1] REPEATS 3 TIMES", false),
        ("[x-a:v = 1] REPEATS 2 TIMES WITHIN 20 SECONDS", false),
        ("[x-a:v = 1] REPEATS 2 TIMES WITHIN 21 SECONDS", true),
        ("[x-a:v = 1] WITHIN 1 SECONDS REPEATS 2 TIMES", true),
        ("([x-a:v = 1] OR [x-a:v = 3]) REPEATS 3 TIMES", true),
        ("([x-a:v < 3] FOLLOWEDBY [x-a:v = 1]) REPEATS 2 TIMES", false),
        ("([x-a:v < 3] FOLLOWEDBY [x-a:v != 2]) REPEATS 2 TIMES", true),
        ("[x-a:v = 2] START t'2020-09-13T12:26:50Z' STOP t'2020-09-13T12:26:51Z'", true),
        ("[x-a:v = 2] START t'2020-09-13T12:26:50.1Z' STOP t'2020-09-13T12:26:51Z'", false),
        ("[x-a:v = 2] START t'2020-09-13T12:26:00Z' STOP t'2020-09-13T12:26:50Z'", false),
        ("([x-a:v = 1] AND [x-a:v = 2]) START t'2020-09-13T12:26:50Z' STOP t'2020-09-13T12:28:00Z'", true),
    ] {
        assert_eq!(matches(text, &stream, Equality::Exact), whether, "{text}");
    }
}

#[test]
fn an_observed_data_counts_as_often_as_it_was_observed() {
    let stream = [observed(1, (0, 60), 3, r#"{"0":{"type":"x-a","v":1}}"#), seen(2, 61, 1)];
    for (text, whether) in [
        ("[x-a:v = 1] REPEATS 3 TIMES WITHIN 61 SECONDS", true),
        ("[x-a:v = 1] REPEATS 4 TIMES WITHIN 61 SECONDS", false),
        ("[x-a:v = 1] REPEATS 4 TIMES WITHIN 62 SECONDS", true),
        ("[x-a:v = 1] REPEATS 5 TIMES", false),
        ("[x-a:v = 1] AND [x-a:v < 2] AND [EXISTS x-a:v]", true),
        // All of the span lies within the interval, or it does not.
        ("[x-a:v = 1] REPEATS 3 TIMES START t'2020-09-13T12:26:40Z' STOP t'2020-09-13T12:27:40.1Z'", true),
        ("[x-a:v = 1] REPEATS 3 TIMES START t'2020-09-13T12:26:40Z' STOP t'2020-09-13T12:27:40Z'", false),
        ("[x-a:v = 1] WITHIN 60 SECONDS START t'2020-09-13T12:26:40Z' STOP t'2020-09-13T12:27:41Z'", false),
    ] {
        assert_eq!(matches(text, &stream, Equality::Exact), whether, "{text}");
    }
}
