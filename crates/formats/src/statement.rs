//! What does an official statement say: who speaks, when, on what occasion, about whom, and what is promised?
//!
//! What is not said stays absent: a statement without a date has none. Positions and commitments are sentences that have one of a few
//! verbs; each is quoted with its line, so that a reader can check.

use std::collections::{BTreeMap, BTreeSet};

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
/// Lines before the speech itself.
const HEAD_LINES: usize = 12;
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

/// Verbs of a position, in the order in which they are asked for.
const STANCES: [(&str, &[&str]); 6] = [
    (
        "condemns",
        &["condemn", "war of aggression", "coercive", "destabilising", "authoritarian pushback", "illegal"],
    ),
    (
        "is concerned about",
        &["concern", "provocati", "military build-up", "building up its military", "threatening"],
    ),
    ("calls on", &["call on", "call upon", "urge"]),
    ("welcomes", &["welcome", "appreciate", "deeply values"]),
    ("supports", &["we support", "stand with", "support for", "stand strong"]),
    ("agrees", &["we agree", "agreed"]),
];
/// What a promise begins with.
const PROMISES: [&str; 13] = [
    "plan to ",
    "plans to ",
    "willingness to ",
    "commit to ",
    "committed to ",
    "pledge to ",
    "pledged to ",
    "we will ",
    "agreed to ",
    "look forward to ",
    "intends to ",
    "promise to ",
    "undertake to ",
];

/// Reads a statement.
///
/// # Errors
/// Where it is longer than texts may be.
pub fn read(text: &str, names: &Names) -> Result<Statement, TextError> {
    let reading = text::read(text, names)?;
    let mut statement = head(text);
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
    let mut seen = BTreeSet::new();
    statement.mentioned.extend(
        reading
            .proposals
            .iter()
            .filter_map(|one| Some(called(text, one, named(one)?)))
            .filter(|name| seen.insert(name.clone())),
    );
    let mut places = Places::new(text.as_bytes());
    let mut all_sentences = sentences(text);
    for span in all_sentences.by_ref().take(SENTENCES_MAX) {
        let quote = text.get(span.clone()).unwrap_or("");
        let line = places.at(span.start).line;
        // They are in the order of the text.
        let first = reading.proposals.partition_point(|one| one.span.start < span.start);
        let behind = reading.proposals.get(first..).unwrap_or_default();
        let inside = behind.iter().take_while(|one| one.span.start < span.end);
        let all: Vec<Mention<'_>> = inside
            .filter_map(|proposal| {
                let one = named(proposal)?;
                Some(Mention {
                    at: proposal.span.start - span.start,
                    one,
                    called: called(text, proposal, one),
                })
            })
            .collect();
        let tidy = quote.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(commitment) = commitment((quote, &tidy), &all, spoken_to.as_deref()) {
            statement.commitments.push(Commitment { line, ..commitment });
        }
        let lower = quote.to_lowercase();
        let stance = STANCES.iter().find(|(_, words)| words.iter().any(|word| lower.contains(word)));
        if let Some((stance, _)) = stance.filter(|_| !all.is_empty()) {
            let mut about: Vec<String> = all.iter().map(|mention| mention.called.clone()).collect();
            about.dedup();
            statement.positions.push(Position { stance, about, quote: tidy, line });
        }
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

/// Somebody who is named in a sentence.
struct Mention<'a> {
    at: usize,
    one: &'a Candidate,
    called: String,
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

/// What the lines before the speech say.
fn head(text: &str) -> Statement {
    let mut statement = Statement::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(HEAD_LINES) {
        if line.eq_ignore_ascii_case("(as delivered)") || line.len() > 200 {
            break;
        }
        let by = line.strip_prefix("by ").or_else(|| line.strip_prefix("By "));
        if let Some(speaker) = by {
            let speaker = speaker.split(" with ").next().unwrap_or(speaker);
            statement.speaker.get_or_insert_with(|| speaker.trim_end_matches(',').to_owned());
        } else if statement.occasion.is_none() && statement.speaker.is_none() && day(line).is_none() {
            statement.occasion = Some(line.to_owned());
        }
        if statement.date.is_none() {
            statement.date = day(line);
        }
    }
    statement
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The first day in a line: `31 Jan. 2023`, `January 31, 2023`, `2023-01-31`.
fn day(line: &str) -> Option<String> {
    let words: Vec<&str> =
        line.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty()).collect();
    let month = |word: &str| {
        let short = word.get(..3)?.to_lowercase();
        MONTHS.iter().position(|month| *month == short).map(|at| at + 1)
    };
    let number =
        |word: &str, most: u32| word.parse::<u32>().ok().filter(|number| (1..=most).contains(number));
    let year = |word: &str| number(word, 2999).filter(|year| *year >= 1900);
    for window in words.windows(3) {
        let [first, second, third] = window else { continue };
        let (parts, year) = match (number(first, 31), month(second), month(first), number(second, 31)) {
            (Some(day), Some(month), _, _) | (_, _, Some(month), Some(day)) => ((month, day), year(third)),
            _ => continue,
        };
        if let Some(year) = year {
            return Some(format!("{year}-{:02}-{:02}", parts.0, parts.1));
        }
    }
    words
        .iter()
        .find(|word| Timestamp::parse(&format!("{word}T00:00:00Z")).is_ok())
        .map(|word| (*word).to_owned())
}

fn commitment(
    (quote, tidy): (&str, &str),
    all: &[Mention<'_>],
    spoken_to: Option<&str>,
) -> Option<Commitment> {
    let lower = quote.to_lowercase();
    // Small letters may be longer or shorter than capitals; then nothing is cut out of the wrong place.
    let (at, promise) = PROMISES.iter().filter_map(|promise| Some((lower.find(promise)?, *promise))).min()?;
    let before = lower.get(..at)?;
    let rest = quote.get(at + promise.len()..)?;
    let what = rest.split(['.', ';']).next().unwrap_or(rest).split(" and your ").next().unwrap_or(rest);
    let own = before
        .rsplit(' ')
        .take(3)
        .any(|word| matches!(word.trim_matches(|c: char| !c.is_alphanumeric()), "your" | "you"));
    let who = match all.iter().rev().find(|mention| mention.at < at && mention.one.within.is_none()) {
        _ if own => spoken_to.map(str::to_owned),
        Some(mention) => Some(mention.called.clone()),
        None if before.ends_with("we ") || promise == "we will " || promise == "look forward to " => {
            Some("we".to_owned())
        }
        None => None,
    };
    Some(Commitment {
        who,
        what: what.split_whitespace().collect::<Vec<_>>().join(" "),
        amount: amount(what),
        deadline: deadline(what),
        quote: tidy.to_owned(),
        line: 0,
    })
}

/// `2% of its GDP`, `1.5 billion euros`.
fn amount(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| {
        word.ends_with('%') && word.starts_with(|c: char| c.is_ascii_digit())
            || word.starts_with(['$', '€', '£', '¥'])
    });
    let scaled = || {
        words.iter().position(|word| {
            matches!(word.to_lowercase().as_str(), "million" | "billion" | "trillion" | "percent")
        })
    };
    let (from, to) = match at {
        Some(at) if words.get(at + 1) == Some(&"of") => {
            let end =
                if matches!(words.get(at + 2), Some(&"its" | &"their" | &"the")) { at + 4 } else { at + 3 };
            (at, end)
        }
        Some(at) => (at, at + 1),
        None => {
            let at = scaled()?;
            (at.saturating_sub(1), at + 2)
        }
    };
    let told = words
        .get(from..to.min(words.len()))?
        .iter()
        .filter(|word| !matches!(**word, "its" | "their" | "the"));
    Some(told.copied().collect::<Vec<_>>().join(" ").trim_end_matches([',', '.']).to_owned())
}

/// The year behind `by`, `in`, `until`.
fn deadline(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).find_map(|pair| {
        let [before, year] = pair else { return None };
        let year = year.trim_matches(|c: char| !c.is_ascii_digit());
        let is_year = year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
        (is_year && matches!(*before, "by" | "in" | "until" | "before")).then(|| year.to_owned())
    })
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
