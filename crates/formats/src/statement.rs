//! What does an official statement say: who speaks, when, on what occasion, about whom, and what is promised?
//!
//! What is not said stays absent: a statement without a date has none. Positions and commitments are sentences that have one of a few
//! verbs; each is quoted with its line, so that a reader can check.

mod head;
mod programme;
mod promise;
mod stance;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use serde::Serialize;
use serde_json::{Value, json};
use stix::Timestamp;

use crate::{
    names::{Candidate, Names},
    place::Places,
    report::{self, Maker, Source},
    text::{self, Found, Reading, TextError, sentences},
};

/// The extension that defines statements, positions and commitments; its schema is in `docs/schemas`.
pub const STATEMENT: &str = "extension-definition--0d5f0e0c-2f0b-4c6e-8a0a-7d5e55b1a6c2";
/// So many sentences at the most are looked at; the others are counted.
pub const SENTENCES_MAX: usize = 20_000;
/// Two that share at least this part of their words, in hundredths, are taken for the same.
const SAME_PER_CENT: usize = 45;

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Statement {
    /// Who speaks, with the office.
    pub speaker: Option<String>,
    /// The day it was given, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// On what occasion.
    pub occasion: Option<String>,
    /// Whom and what it names: organisations, countries, places.
    pub mentioned: Vec<String>,
    /// Programmes, strategies, funds and exercises that it names.
    pub programmes: Vec<String>,
    /// What it says of them.
    pub positions: Vec<Position>,
    /// What is promised.
    pub commitments: Vec<Commitment>,
    /// How many more sentences there are than [`SENTENCES_MAX`].
    pub left_out: usize,
}

/// What somebody says of somebody or something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    /// `welcomes`, `condemns`, `supports`, `calls on`, `agrees`, or `is concerned about`.
    pub stance: &'static str,
    /// Whom it is about.
    pub about: Vec<String>,
    /// The sentence.
    pub quote: String,
    /// Where it begins.
    pub line: u64,
}

/// What somebody will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Commitment {
    /// Who, where it is said.
    pub who: Option<String>,
    /// What.
    pub what: String,
    /// How much.
    pub amount: Option<String>,
    /// By when.
    pub deadline: Option<String>,
    /// The sentence.
    pub quote: String,
    /// Where it begins.
    pub line: u64,
}

impl Commitment {
    /// In one line.
    pub fn told(&self) -> String {
        let who = self.who.as_deref().unwrap_or("somebody");
        let amount = self.amount.as_ref().map(|amount| format!(", {amount}")).unwrap_or_default();
        let deadline = self.deadline.as_ref().map(|year| format!(", by {year}")).unwrap_or_default();
        format!("{who}: {}{amount}{deadline}", self.what)
    }
}

/// What changed between two statements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `new`, `kept` or `dropped`.
    pub change: &'static str,
    /// In one line.
    pub what: String,
    /// The sentence in the earlier statement.
    pub earlier: Option<String>,
    /// The sentence in the later one.
    pub later: Option<String>,
}

/// Reads a statement.
///
/// # Errors
/// Where it is longer than texts may be.
pub fn read(text: &str, names: &Names) -> Result<Statement, TextError> {
    let reading = text::read(text, names)?;
    let mut statement = head::head(text);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let country = |one: &text::Proposal| country(text, one);
    for name in reading.proposals.iter().filter_map(country) {
        *counts.entry(name).or_default() += 1;
    }
    // Who is spoken to is whose country the head names, else the one that is named most.
    let head_end = text.find("(As delivered)").unwrap_or(0);
    let in_head = reading.proposals.iter().filter(|one| one.span.start < head_end).find_map(country);
    let most = counts.iter().max_by_key(|(_, count)| **count).map(|(name, _)| name.clone());
    let spoken_to = in_head.or(most);
    let (mut seen, mut known) = (BTreeSet::new(), BTreeSet::new());
    statement.mentioned.extend(
        reading
            .proposals
            .iter()
            .filter_map(|one| Some(called(text, one, named(one)?)))
            .filter(|name| seen.insert(name.clone())),
    );
    let speaker = statement.speaker.clone();
    let speech = Speech { speaker: speaker.as_deref(), spoken_to: spoken_to.as_deref() };
    let mut places = Places::new(text.as_bytes());
    let mut all_sentences = sentences(text);
    let mut subject = None;
    for span in all_sentences.by_ref().take(SENTENCES_MAX) {
        let line = places.at(span.start).line;
        let (sentence, programmes) = Sentence::of(text, span, &reading);
        statement.programmes.extend(programmes.into_iter().filter(|name| known.insert(name.clone())));
        if let Some(commitment) = promise::commitment(&sentence, &speech) {
            statement.commitments.push(Commitment { line, ..commitment });
        }
        if let Some((stance, about)) = stance::position(&sentence, &speech, subject.as_ref()) {
            statement.positions.push(Position { stance, about, quote: sentence.tidy.clone(), line });
        }
        subject = stance::subject(&sentence).or(subject);
    }
    statement.left_out = all_sentences.count();
    Ok(statement)
}

fn named(proposal: &text::Proposal) -> Option<&Candidate> {
    match &proposal.found {
        Found::Named(all) => all.first().filter(|_| all.len() == 1),
        Found::Observable(_)
        | Found::Vulnerability(_)
        | Found::Entry { .. }
        | Found::Wallet { .. }
        | Found::Imo(_)
        | Found::Mmsi(_) => None,
    }
}

/// Who speaks, and to whom.
struct Speech<'a> {
    speaker: Option<&'a str>,
    spoken_to: Option<&'a str>,
}

/// A sentence.
struct Sentence<'a> {
    quote: &'a str,
    /// With single blanks.
    tidy: String,
    names: Vec<Mention<'a>>,
}

impl<'a> Sentence<'a> {
    /// A sentence with the names in it, and the programmes.
    fn of(text: &'a str, span: Range<usize>, reading: &'a Reading) -> (Self, Vec<String>) {
        let quote = text.get(span.clone()).unwrap_or("");
        let programmes = programme::programmes(quote);
        // They are in the order of the text.
        let first = reading.proposals.partition_point(|one| one.span.start < span.start);
        let behind = reading.proposals.get(first..).unwrap_or_default();
        let inside = behind.iter().take_while(|one| one.span.start < span.end);
        let mention = |proposal: &'a text::Proposal| {
            let one = named(proposal)?;
            let at = proposal.span.start - span.start;
            let in_programme = programmes.iter().any(|programme| programme.contains(&at));
            let called = called(text, proposal, one);
            Some(Mention { at, length: proposal.span.len(), one, called, in_programme })
        };
        let names = inside.filter_map(mention).collect();
        let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = programmes.iter().filter_map(|span| quote.get(span.clone())).map(tidy).collect();
        (Self { quote, tidy: tidy(quote), names }, told)
    }
}

/// Somebody who is named in a sentence.
struct Mention<'a> {
    at: usize,
    length: usize,
    one: &'a Candidate,
    called: String,
    in_programme: bool,
}

/// How a statement calls somebody: what everybody knows by its own name, an object as it is written, for its own name may be withheld
/// from those who read the statement.
fn called(text: &str, proposal: &text::Proposal, one: &Candidate) -> String {
    match one.id {
        Some(_) => {
            let written = text.get(proposal.span.clone()).unwrap_or("");
            written.split_whitespace().collect::<Vec<_>>().join(" ")
        }
        None => one.name.clone(),
    }
}

fn country(text: &str, proposal: &text::Proposal) -> Option<String> {
    named(proposal).filter(|one| one.code.is_some()).map(|one| called(text, proposal, one))
}

/// What is new, kept and dropped, commitments before positions.
pub fn compare(earlier: &Statement, later: &Statement) -> Vec<Difference> {
    let mut differences = Vec::new();
    let same = |left: &Commitment, right: &Commitment| {
        left.who == right.who
            && (left.amount.is_some() && left.amount == right.amount || is_alike(&left.what, &right.what))
    };
    pair(
        (&earlier.commitments, &later.commitments),
        same,
        |one| (one.told(), one.quote.clone()),
        &mut differences,
    );
    let same = |left: &Position, right: &Position| {
        left.stance == right.stance && left.about.first() == right.about.first()
    };
    let told = |one: &Position| (format!("{} {}", one.stance, one.about.join(", ")), one.quote.clone());
    pair((&earlier.positions, &later.positions), same, told, &mut differences);
    differences
}

fn pair<T>(
    (earlier, later): (&[T], &[T]),
    same: impl Fn(&T, &T) -> bool,
    told: impl Fn(&T) -> (String, String),
    out: &mut Vec<Difference>,
) {
    let mut used = BTreeSet::new();
    for old in earlier {
        let found = later.iter().enumerate().find(|(at, new)| !used.contains(at) && same(old, new));
        let (what, quote) = told(old);
        match found {
            Some((at, new)) => {
                used.insert(at);
                let later = Some(told(new).1);
                out.push(Difference { change: "kept", what, earlier: Some(quote), later });
            }
            None => out.push(Difference { change: "dropped", what, earlier: Some(quote), later: None }),
        }
    }
    for (_, new) in later.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
        let (what, quote) = told(new);
        out.push(Difference { change: "new", what, earlier: None, later: Some(quote) });
    }
}

fn is_alike(left: &str, right: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() > 3)
            .map(str::to_owned)
            .collect()
    };
    let (left, right) = (words(left), words(right));
    let shared = left.intersection(&right).count();
    shared > 0 && shared * 100 >= SAME_PER_CENT * left.union(&right).count()
}

/// The objects of a statement: what a report has, an object for each position and commitment, and a `report` that names speaker,
/// date and occasion.
pub fn objects(
    source: &Source<'_>,
    (statement, reading): (&Statement, &Reading),
    names: &Names,
    now: Timestamp,
) -> Vec<Value> {
    let mut maker = Maker::new(source, now);
    let mut refers = report::gather(&mut maker, reading, names);
    let new = json!({ "extension_type": "new-sdo" });
    for (at, said) in statement.commitments.iter().enumerate() {
        let id = maker.own_id("commitment", &at.to_string());
        let rest = members(json!({
            "who": said.who, "what": said.what, "amount": said.amount, "deadline": said.deadline, "quote": said.quote,
            "line": said.line, "extensions": { STATEMENT: new },
        }));
        refers.push(maker.domain("commitment", id, rest));
    }
    for (at, said) in statement.positions.iter().enumerate() {
        let id = maker.own_id("stated-position", &at.to_string());
        let rest = json!({
            "stance": said.stance, "about": said.about, "quote": said.quote, "line": said.line,
            "extensions": { STATEMENT: new },
        });
        refers.push(maker.domain("stated-position", id, rest));
    }
    let own = members(json!({
        "extension_type": "property-extension", "speaker": statement.speaker, "date": statement.date,
        "occasion": statement.occasion,
        "programmes": (!statement.programmes.is_empty()).then_some(&statement.programmes),
    }));
    report::finish(maker, refers, reading, json!({ "extensions": { STATEMENT: own } }))
}

/// Without what is not said.
fn members(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "Press point\nby Minister Ada Lovelace with the Prime Minister\n3 Feb. 2021\n(As delivered)\nJapan is near. Japan helps. I welcome your plan to invest 2% of GDP in defence in 2027.\nWe condemn the war against Ukraine.";
    const B: &str = "Speech\nby Minister Charles Babbage\n(As delivered)\nI welcome Japan's plan to invest 2% of its GDP in defence by 2027.\nJapan will help. NATO and Japan agreed to build a joint school.";

    #[test]
    fn what_is_said_is_found_and_what_is_not_said_stays_absent() {
        let names = Names::new([]).unwrap();
        let (earlier, later) = (read(A, &names).unwrap(), read(B, &names).unwrap());
        assert_eq!(earlier.speaker.as_deref(), Some("Minister Ada Lovelace"));
        assert_eq!((earlier.date.as_deref(), later.date), (Some("2021-02-03"), None));
        assert_eq!(earlier.occasion.as_deref(), Some("Press point"));
        let promised = &earlier.commitments[0];
        assert_eq!(promised.who.as_deref(), Some("Japan"));
        assert_eq!(
            (promised.amount.as_deref(), promised.deadline.as_deref()),
            (Some("2% of GDP"), Some("2027"))
        );
        let later = read(B, &names).unwrap();
        let changes: Vec<_> =
            compare(&earlier, &later).into_iter().map(|one| (one.change, one.what)).collect();
        assert!(changes.iter().any(|(change, what)| *change == "kept" && what.contains("2%")), "{changes:?}");
        assert!(
            changes.iter().any(|(change, what)| *change == "new" && what.contains("joint school")),
            "{changes:?}"
        );
        assert!(
            changes.iter().any(|(change, what)| *change == "dropped" && what.contains("Ukraine")),
            "{changes:?}"
        );
    }
}
