//! What is in a text that is not STIX: events of MISP, lists, reports? What is found is proposed, each with where it says so.

use std::sync::OnceLock;

use formats::{
    document,
    list::List,
    misp,
    names::{Known, Names},
    report::{self, MENTIONS, Source},
    text::{self, Found},
};
use matcher::warninglist::Warninglist;
use serde_json::{Value, value::RawValue};
use stix::Timestamp;

use crate::{
    contract::intake::{IntakeFormat, LineFinding, Proposal, Quote, Reading},
    problem::Problem,
};

/// So many objects are proposed at once.
pub(crate) const PROPOSALS_MAX: usize = 2000;
/// So many findings are told at once.
pub(crate) const FINDINGS_MAX: usize = 1000;
/// So many places where an object is spoken of are shown.
const QUOTES_MAX: usize = 5;
/// A quote is cut after so many characters.
const QUOTE_CHARS_MAX: usize = 300;
/// Values from this confidence on are proposed as indicators as well.
const INDICATORS_FROM: u8 = 50;

/// What is to be read, and for whom.
#[derive(Debug)]
pub(crate) struct Given<'a> {
    /// The text as it was pasted or dropped.
    pub(crate) text: &'a str,
    /// The file's name, or what a report without one is called.
    pub(crate) name: &'a str,
    /// The identity for whom objects are made.
    pub(crate) organisation: &'a str,
    pub(crate) now: Timestamp,
}

impl Given<'_> {
    fn source<'s>(&'s self, text: &'s str) -> Source<'s> {
        Source {
            name: self.name,
            text,
            published: self.now,
            created_by: Some(self.organisation),
            // What is proposed gets the marking that people choose.
            markings: &[],
            indicators_from: Some(INDICATORS_FROM),
        }
    }
}

/// What a text is that does not say it: a table, one value a line, or words.
pub(crate) fn list_or_text(text: &str, now: Timestamp) -> IntakeFormat {
    let given = Given { text, name: "", organisation: "", now };
    match List::new(&given.source(text), now).map(|list| list.delimiter()) {
        Some(Some(_)) => IntakeFormat::Csv,
        Some(None) => IntakeFormat::List,
        None => IntakeFormat::Text,
    }
}

/// Whether a text in JSON is an event of MISP, a list of them, or an answer of MISP's search.
pub(crate) fn is_misp(text: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(rename = "Event")]
        event: Option<serde::de::IgnoredAny>,
        response: Option<serde::de::IgnoredAny>,
        info: Option<serde::de::IgnoredAny>,
    }
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Some {
        Many(Vec<Head>),
        One(Head),
    }
    let is = |head: &Head| head.event.is_some() || head.response.is_some() || head.info.is_some();
    match serde_json::from_str(text) {
        Ok(Some::One(head)) => is(&head),
        Ok(Some::Many(heads)) => heads.first().is_some_and(is),
        Err(_) => false,
    }
}

/// Reads events of MISP.
pub(crate) fn misp(given: &Given<'_>) -> Reading {
    let mut reading = empty(IntakeFormat::Misp);
    let read = misp::read(given.text, given.now);
    let told = read.findings.iter().map(|finding| ("misp", finding));
    for (code, lost) in told.chain(read.lost.iter().map(|lost| ("misp-lost", lost))) {
        note(&mut reading, 0, code, &format!("{}: {}", lost.place, lost.what));
    }
    for object in read.objects {
        if let Ok(object) = RawValue::from_string(object) {
            add(&mut reading, object, Vec::new());
        }
    }
    reading
}

/// Reads a table, or one value a line.
pub(crate) fn list(given: &Given<'_>, format: IntakeFormat) -> Result<Reading, Problem> {
    let mut reading = empty(format);
    let source = given.source(given.text);
    let Some(rows) = List::new(&source, given.now) else {
        let why = "no column holds values that can be looked for";
        return Err(Problem::Refused(why.to_owned(), Vec::new()));
    };
    let lines: Vec<&str> = given.text.lines().collect();
    for row in rows {
        let line = usize::try_from(row.line).unwrap_or(usize::MAX);
        for finding in &row.findings {
            note(&mut reading, line, finding.code, finding.message);
        }
        let said = line.checked_sub(1).and_then(|index| lines.get(index)).copied().unwrap_or_default();
        for object in &row.objects {
            let quote = Quote { text: cut(said), line, from: 0, until: said.encode_utf16().count() };
            add_value(&mut reading, object, vec![quote]);
        }
        if reading.more {
            break;
        }
    }
    Ok(reading)
}

/// Reads a report in words: plain, Markdown, HTML. Tells which of the known objects are in what is proposed.
pub(crate) fn report(given: &Given<'_>, known: Vec<Known>) -> Result<(Reading, Vec<String>), Problem> {
    let refused = |why: String| Problem::Refused(why, Vec::new());
    let document = document::read(given.text.as_bytes()).map_err(|error| refused(error.to_string()))?;
    let names = Names::new(known).map_err(Problem::internal)?;
    let read = text::read(&document.text, &names).map_err(|error| refused(error.to_string()))?;
    let mut reading = empty(IntakeFormat::Text);
    for finding in &document.findings {
        note(&mut reading, 0, "document", finding);
    }
    if read.left_out > 0 {
        reading.more = true;
    }
    let source = given.source(&document.text);
    let objects = report::objects(&source, &read, &names, given.now);
    let quotes: Vec<_> =
        objects.iter().filter_map(|note| mentions(note, (given.text, &document.text))).collect();
    for object in &objects {
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
        let of = |(refers, quotes): &(Vec<&str>, Vec<Quote>)| refers.contains(&id).then(|| quotes.clone());
        add_value(&mut reading, object, quotes.iter().find_map(of).unwrap_or_default());
    }
    Ok((reading, read.proposals.iter().flat_map(|one| held(&one.found)).collect()))
}

/// The ids of those that a name may mean.
fn held(found: &Found) -> Vec<String> {
    match found {
        Found::Named(all) => all.iter().filter_map(|one| one.id.clone()).collect(),
        Found::Observable(_)
        | Found::Vulnerability(_)
        | Found::Entry { .. }
        | Found::Wallet { .. }
        | Found::Imo(_)
        | Found::Mmsi(_) => Vec::new(),
    }
}

/// Of which objects a note speaks, and where in the text that was given.
fn mentions<'n>(note: &'n Value, (given, read): (&str, &str)) -> Option<(Vec<&'n str>, Vec<Quote>)> {
    let told = note.get("extensions")?.get(MENTIONS)?.get("mentions")?.as_array()?;
    let refers = note.get("object_refs")?.as_array()?.iter().filter_map(Value::as_str).collect();
    let quote = |told: &Value| {
        let place = |name: &str| told.get(name)?.as_u64().and_then(|place| usize::try_from(place).ok());
        let (start, end) = (place("start")?, place("end")?);
        let written = read.get(start..end)?;
        // Where the text is not what was given, as of HTML, it is looked for in what was.
        let start = if given.get(start..end) == Some(written) { start } else { given.find(written)? };
        let begin = given.get(..start)?.rfind('\n').map_or(0, |before| before + 1);
        let from = given.get(begin..start)?.encode_utf16().count();
        let first = written.lines().next().unwrap_or_default();
        let line = given.get(..start)?.matches('\n').count() + 1;
        let until = from + first.encode_utf16().count();
        Some(Quote { text: cut(told.get("quote")?.as_str()?), line, from, until })
    };
    Some((refers, told.iter().take(QUOTES_MAX).filter_map(quote).collect()))
}

fn empty(format: IntakeFormat) -> Reading {
    Reading { format, proposals: Vec::new(), findings: Vec::new(), more: false }
}

fn cut(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(QUOTE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn note(reading: &mut Reading, line: usize, code: &str, message: &str) {
    if reading.findings.len() >= FINDINGS_MAX {
        reading.more = true;
        return;
    }
    reading.findings.push(LineFinding { line, code: code.to_owned(), message: message.to_owned() });
}

fn add_value(reading: &mut Reading, object: &Value, quotes: Vec<Quote>) {
    if let Ok(object) = serde_json::value::to_raw_value(object) {
        add(reading, object, quotes);
    }
}

fn add(reading: &mut Reading, object: Box<RawValue>, quotes: Vec<Quote>) {
    if reading.proposals.len() >= PROPOSALS_MAX {
        reading.more = true;
        return;
    }
    let warninglist = common(object.get());
    reading.proposals.push(Proposal { object, quotes, held: None, warninglist, findings: Vec::new() });
}

/// The warninglist that an object's value is on: of an observable, or of an indicator of one value.
pub(crate) fn common(object: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Valued {
        r#type: String,
        value: Option<String>,
        pattern: Option<String>,
    }
    static LISTS: OnceLock<Warninglist> = OnceLock::new();
    let valued: Valued = serde_json::from_str(object).ok()?;
    let (path, value) = match (&valued.value, &valued.pattern) {
        (Some(value), _) => (format!("{}:value", valued.r#type), value.as_str()),
        (None, Some(pattern)) => {
            let inner = pattern.trim().strip_prefix('[')?.strip_suffix(']')?;
            let (path, value) = inner.split_once(" = '")?;
            (path.trim().to_owned(), value.strip_suffix('\'').filter(|value| !value.contains('\''))?)
        }
        (None, None) => return None,
    };
    let lists = LISTS.get_or_init(Warninglist::builtin);
    lists.covers(&path.parse().ok()?, value).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "Report 7\nDas Gerät asks relay[.]night-heron-7[.]net every hour.\nIt asks google.com too.";

    fn given(text: &str) -> Given<'_> {
        let organisation = "identity--a0000001-0000-4000-8000-000000000001";
        Given { text, name: "report", organisation, now: Timestamp::EPOCH }
    }

    fn found<'r>(reading: &'r Reading, value: &str) -> &'r Proposal {
        let holds = |one: &&Proposal| one.object.get().contains(value);
        reading.proposals.iter().find(holds).unwrap()
    }

    #[test]
    fn what_a_report_says_is_proposed_with_its_line_and_place_as_browsers_count() {
        let reading = report(&given(TEXT), Vec::new()).unwrap().0;
        let [quote] = found(&reading, "relay.night-heron-7.net").quotes.as_slice() else { panic!() };
        assert_eq!(quote.line, 2);
        let line: Vec<u16> = TEXT.lines().nth(1).unwrap().encode_utf16().collect();
        assert_eq!(
            String::from_utf16(&line[quote.from..quote.until]).unwrap(),
            "relay[.]night-heron-7[.]net"
        );
        assert!(quote.text.starts_with("Das Gerät asks"));
        let kinds = |kind: &str| reading.proposals.iter().any(|one| one.object.get().contains(kind));
        assert!(
            kinds("\"type\":\"indicator\"") && kinds("\"type\":\"report\"") && kinds("\"type\":\"note\"")
        );
        assert!(found(&reading, "google.com").warninglist.is_some());
        assert!(found(&reading, "relay.night-heron-7.net").warninglist.is_none());
    }

    #[test]
    fn of_html_the_words_are_read_and_shown_where_they_stand_in_what_was_given() {
        let html = "<html><body>\n<script>var x = 'evil-one.net'</script>\n<p>It asks heron-9.net.</p></body></html>";
        let reading = report(&given(html), Vec::new()).unwrap().0;
        let quote = &found(&reading, "heron-9.net").quotes[0];
        assert_eq!((quote.line, quote.from), (3, 11));
        assert!(!reading.proposals.iter().any(|one| one.object.get().contains("evil-one")));
    }

    #[test]
    fn lists_and_tables_are_told_apart_from_words_and_rows_keep_their_line() {
        let (table, values) = ("name,ip\na,203.0.114.7\nb,no address\n", "heron-9.net\nheron-8.net\n");
        assert_eq!(list_or_text(table, Timestamp::EPOCH), IntakeFormat::Csv);
        assert_eq!(list_or_text(values, Timestamp::EPOCH), IntakeFormat::List);
        assert_eq!(list_or_text(TEXT, Timestamp::EPOCH), IntakeFormat::Text);
        let reading = list(&given(table), IntakeFormat::Csv).unwrap();
        assert_eq!(found(&reading, "203.0.114.7").quotes[0].line, 2);
        assert_eq!(reading.findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [3]);
        assert!(list(&given("no values at all here"), IntakeFormat::List).is_err());
    }

    #[test]
    fn events_of_misp_are_known_and_what_is_lost_is_told() {
        let event = r#"{"Event":{"uuid":"5a0bd3f1-7b0c-4d0e-9a50-1c5a1f3cf3a4","info":"made up","Attribute":[
            {"uuid":"5a0bd3f1-7b0c-4d0e-9a50-1c5a1f3cf3a5","type":"domain","value":"heron-9.net","to_ids":true},
            {"uuid":"5a0bd3f1-7b0c-4d0e-9a50-1c5a1f3cf3a6","type":"no-such-type","value":"x","to_ids":true}]}}"#;
        assert!(is_misp(event) && !is_misp(r#"{"type":"bundle","objects":[]}"#));
        let reading = misp(&given(event));
        assert!(found(&reading, "heron-9.net").object.get().contains("indicator"));
        assert!(!reading.findings.is_empty());
    }

    #[test]
    fn at_the_limit_all_is_proposed_and_past_it_more_is_told() {
        let values =
            |count: usize| (0..count).map(|index| format!("heron-{index}.net\n")).collect::<String>();
        let at = list(&given(&values(PROPOSALS_MAX)), IntakeFormat::List).unwrap();
        assert_eq!((at.proposals.len(), at.more), (PROPOSALS_MAX, false));
        let past = list(&given(&values(PROPOSALS_MAX + 1)), IntakeFormat::List).unwrap();
        assert_eq!((past.proposals.len(), past.more), (PROPOSALS_MAX, true));
    }
}
