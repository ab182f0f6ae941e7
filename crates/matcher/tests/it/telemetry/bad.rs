//! Does bad input become counted findings, and the rest go on?

use FindingCode::{ColumnsDiffer, HeaderBroken, LineBroken, LineEncoding, SourceUnknown};
use cresset_matcher::telemetry::{Finding, FindingCode, Reader, TelemetryLimits, Wanted};
use stix::Timestamp;

use super::{now, printed, sources};

const FLOW: &str = r#"{"timestamp":"2026-01-05T10:00:00+0000","event_type":"flow","src_ip":"192.0.2.1"}"#;

fn reader() -> (Reader, Wanted) {
    (Reader::new(None, TelemetryLimits::DEFAULT), Wanted::everything(&sources()))
}

/// What each line gives, in order.
fn outcomes(reader: &mut Reader, wanted: &Wanted, lines: &[&[u8]]) -> Vec<Result<usize, FindingCode>> {
    let outcome = |line: &&[u8]| {
        let read = reader.read(line, wanted, now());
        read.map(|read| read.len()).map_err(|finding: Finding| finding.code)
    };
    lines.iter().map(outcome).collect()
}

#[test]
fn broken_lines_are_counted_and_the_next_are_read() {
    let (mut reader, wanted) = reader();
    let deep = format!("{{\"a\":{}", "[".repeat(1_000_000));
    let found = outcomes(
        &mut reader,
        &wanted,
        &[
            b"{\"a\":",
            b"no source at all",
            b"{\"unknown\":1}",
            b"[1,2]",
            deep.as_bytes(),
            b"CEF:0|only|three|parts",
            b"\xff\xfe{\0\"\0a\0",
            b"",
            b"\r\n",
            b"\0\0\0\0",
            FLOW.as_bytes(),
        ],
    );
    let expected = [
        Err(LineBroken),
        Err(SourceUnknown),
        Err(SourceUnknown),
        Err(SourceUnknown),
        Err(LineBroken),
        Err(LineBroken),
        Err(LineEncoding),
        Ok(0),
        Ok(0),
        Ok(0),
        Ok(1),
    ];
    assert_eq!(found, expected);
    assert_eq!(reader.counts().of(LineBroken), 3);
    assert_eq!(reader.counts().of(SourceUnknown), 3);
}

#[test]
fn a_line_of_other_encoding_is_read_as_far_as_it_can_be() {
    let (mut reader, wanted) = reader();
    let mut line = FLOW.replace("flow", "fl\u{1}w").into_bytes();
    line.iter_mut().filter(|byte| **byte == 1).for_each(|byte| *byte = 0xf6);
    assert_eq!(outcomes(&mut reader, &wanted, &[&line]), [Ok(1)]);
    assert_eq!(reader.counts().of(FindingCode::LineEncoding), 1);
    let marked = [b"\xef\xbb\xbf", FLOW.as_bytes(), b"\r\n"].concat();
    assert_eq!(outcomes(&mut reader, &wanted, &[&marked]), [Ok(1)]);
    assert_eq!(reader.counts().of(FindingCode::LineEncoding), 1);
}

#[test]
fn a_line_is_read_up_to_its_limit_and_not_beyond() {
    let wanted = Wanted::everything(&sources());
    let limits = TelemetryLimits { line_bytes_max: FLOW.len(), ..TelemetryLimits::DEFAULT };
    let mut reader = Reader::new(None, limits);
    let longer = format!("{FLOW} ");
    let found = outcomes(&mut reader, &wanted, &[FLOW.as_bytes(), longer.as_bytes()]);
    assert_eq!(found, [Ok(1), Err(FindingCode::LineLong)]);
    let huge = vec![b'a'; 100 << 20];
    let mut reader = Reader::new(None, TelemetryLimits::DEFAULT);
    assert_eq!(outcomes(&mut reader, &wanted, &[&huge]), [Err(FindingCode::LineLong)]);
}

#[test]
fn what_one_line_holds_is_limited() {
    let wanted = Wanted::everything(&sources());
    let limits =
        TelemetryLimits { fields_max: 10, values_max: 100, depth_max: 4, ..TelemetryLimits::DEFAULT };
    let mut reader = Reader::new(None, limits);
    let answers: Vec<_> = (0..40).map(|number| format!("\"192.0.2.{number}\"")).collect();
    let line = format!(
        r#"{{"ts":1767607200.0,"uid":"C","id.orig_h":"192.0.2.1","query":"a.example.com","answers":[{}]}}"#,
        answers.join(",")
    );
    let read = reader.read(line.as_bytes(), &wanted, now()).unwrap();
    assert!(read[0].objects().len() <= 10);
    assert!(reader.counts().of(FindingCode::FieldsMany) > 0);
    let more = line.replace("\"192.0.2.0\"", &vec!["1"; 100].join(","));
    let deep = r#"{"ts":1,"a":[[[[1]]]]}"#;
    let found = outcomes(&mut reader, &wanted, &[more.as_bytes(), deep.as_bytes()]);
    assert_eq!(found, [Err(FindingCode::LineBroken), Err(FindingCode::LineBroken)]);
}

#[test]
fn many_answers_of_one_property_take_no_time() {
    let (mut reader, wanted) = reader();
    let hosts: Vec<_> = (0..20_000).map(|number| format!("\"2001:db8::{number:x}\"")).collect();
    let line = format!(r#"{{"ts":1767607200.0,"fuid":"F","tx_hosts":[{}]}}"#, hosts.join(","));
    let read = reader.read(line.as_bytes(), &wanted, now()).unwrap();
    assert_eq!(read[0].objects().len(), TelemetryLimits::DEFAULT.fields_max);
}

#[test]
fn absurd_times_give_way_to_the_clock_and_backward_ones_are_counted() {
    let (mut reader, wanted) = reader();
    let mut at = |text: &str| {
        let line = FLOW.replace("2026-01-05T10:00:00+0000", text);
        reader.read(line.as_bytes(), &wanted, now()).unwrap()[0].last
    };
    let moment = |text: &str| Timestamp::parse(text).unwrap();
    assert_eq!(at("2026-01-05T10:00:00+0000"), moment("2026-01-05T10:00:00Z"));
    assert_eq!(at("2026-01-05T09:59:30+0000"), moment("2026-01-05T09:59:30Z"));
    assert_eq!(at("2026-01-05T09:00:00+0000"), moment("2026-01-05T09:00:00Z"));
    assert_eq!(at("1970-01-01T00:00:00+0000"), now());
    assert_eq!(at("2026-01-06T12:00:00+0000"), moment("2026-01-06T12:00:00Z"));
    assert_eq!(at("2026-01-06T12:00:01+0000"), now());
    assert_eq!(at("soon"), now());
    for (code, count) in
        [(FindingCode::TimeBackwards, 1), (FindingCode::TimeAbsurd, 2), (FindingCode::TimeForm, 1)]
    {
        assert_eq!(reader.counts().of(code), count, "{code}");
    }
}

#[test]
fn values_that_are_not_of_their_form_are_left_out_and_counted() {
    let (mut reader, wanted) = reader();
    let line = FLOW.replace('}', r#","dest_ip":"not an address","src_port":"many","proto":"TCP"}"#);
    let read = reader.read(line.as_bytes(), &wanted, now()).unwrap();
    assert!(printed(&read[0]).contains("protocols[0] = 'tcp'"));
    assert_eq!(reader.counts().of(FindingCode::ValueForm), 2);
}

#[test]
fn tables_with_broken_headers_and_rows_are_read_as_far_as_they_go() {
    let wanted = Wanted::everything(&sources());
    let mut reader = Reader::new(None, TelemetryLimits { columns_max: 4, ..TelemetryLimits::DEFAULT });
    let found = outcomes(
        &mut reader,
        &wanted,
        &[
            b"#separator ",
            b"#fields\ta\tb\tc\td\te",
            b"1\t2\t3",
            b"#fields\tts\tuid\tid.orig_h\tid.resp_h",
            b"1767607200\tC1\t192.0.2.1",
            b"1767607200\tC1\t192.0.2.1\t192.0.2.2\t192.0.2.3",
        ],
    );
    let expected = [Err(HeaderBroken), Err(HeaderBroken), Err(SourceUnknown), Ok(0), Ok(1), Ok(1)];
    assert_eq!(found, expected);
    assert_eq!(reader.counts().of(ColumnsDiffer), 2);
}

#[test]
fn a_named_source_is_not_guessed() {
    let sources = sources();
    let wanted = Wanted::everything(&sources);
    let mut reader = Reader::new(sources.find("syslog"), TelemetryLimits::DEFAULT);
    let found = outcomes(&mut reader, &wanted, &[b"lookup of bad.example.com", FLOW.as_bytes()]);
    assert_eq!(found, [Ok(1), Err(FindingCode::LineBroken)]);
    assert_eq!(reader.source(), sources.find("syslog"));
}
