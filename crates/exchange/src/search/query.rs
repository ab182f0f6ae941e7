//! What does somebody who searches mean?

use std::fmt;

use serde::{Deserialize, Serialize};
use stix::Timestamp;

use super::text::{Leaf, words_of};

/// So long a query may be, in bytes.
pub const QUERY_BYTES_MAX: usize = 2000;
/// So many terms a query may have.
pub const TERMS_MAX: usize = 50;

/// What is wrong with a part of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryFinding {
    /// What kind of fault.
    pub code: Fault,
    /// Where it begins in the query, in bytes.
    pub from: usize,
    /// Where it ends.
    pub until: usize,
    /// What is wrong, in words.
    pub message: String,
}

/// The faults of queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The query is longer than [`QUERY_BYTES_MAX`], or has more than [`TERMS_MAX`] terms.
    QueryTooLong,
    /// There is no such field.
    UnknownField,
    /// The value is not of the field's kind.
    BadValue,
    /// The field is compared in a way that it does not have.
    BadComparison,
    /// A quotation mark is opened and not closed.
    OpenQuote,
}

impl fmt::Display for QueryFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)
    }
}

/// Fields by which objects are chosen, with what each is for. The manual's table.
pub const FIELDS: [(&str, &str); 13] = [
    ("type", "the type"),
    ("tlp", "the traffic light"),
    ("rel", "a code to which it is releasable"),
    ("src", "who brought it"),
    ("label", "one of its labels"),
    ("in", "the collection that it is in"),
    ("id", "its id, or the beginning of it"),
    ("conf", "how sure its author is"),
    ("seen", "when it was seen, or was valid, last"),
    ("created", "when it was created"),
    ("modified", "when it was modified"),
    ("added", "when it was added here"),
    ("sort", "in which order"),
];

/// What is asked for: all of the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed {
    pub(crate) terms: Vec<Term>,
    pub(crate) sort: Sort,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) wanted: Wanted,
    pub(crate) condition: Condition,
}

/// Whether what meets a condition is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Yes,
    No,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Text(Leaf),
    /// One of these values.
    Is(Name, Vec<String>),
    Confidence(Order, i16),
    Time(Clock, Order, Timestamp),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Type,
    Tlp,
    Rel,
    Source,
    Label,
    Collection,
    Id,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    Seen,
    Created,
    Modified,
    Added,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

impl Order {
    pub(crate) fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::AtLeast => left >= right,
            Self::More => left > right,
        }
    }
}

/// In which order; the highest first, unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) by: SortBy,
    pub(crate) direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortBy {
    Modified,
    Created,
    Added,
    Seen,
    Confidence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    HighestFirst,
    LowestFirst,
}

/// A part of a query as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    pub(crate) from: usize,
}

/// Splits a query where white space stands outside quotation marks.
pub(crate) fn pieces(query: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut start, mut quoted) = (Vec::new(), None, false);
    for (at, c) in query.char_indices().chain([(query.len(), ' ')]) {
        let ends = (c.is_whitespace() && !quoted) || at == query.len();
        if let (true, Some(from)) = (ends, start) {
            pieces.push(Piece { text: query.get(from..at).unwrap_or_default(), from });
            start = None;
        } else if !ends {
            start.get_or_insert(at);
        }
        quoted ^= c == '"';
    }
    pieces
}

/// Reads a query. Times such as `7d` are counted back from `now`.
pub(crate) fn parse(query: &str, now: Timestamp) -> Result<Parsed, Vec<QueryFinding>> {
    let pieces = pieces(query);
    if query.len() > QUERY_BYTES_MAX || pieces.len() > TERMS_MAX {
        let message = format!("a query has at most {QUERY_BYTES_MAX} bytes and {TERMS_MAX} terms");
        return Err(vec![QueryFinding { code: Fault::QueryTooLong, from: 0, until: query.len(), message }]);
    }
    let sort = Sort { by: SortBy::Modified, direction: Direction::HighestFirst };
    let mut parsed = Parsed { terms: Vec::new(), sort };
    let mut findings = Vec::new();
    for piece in pieces {
        if let Err((code, message)) = parsed.read(piece.text, now) {
            let until = piece.from + piece.text.len();
            findings.push(QueryFinding { code, from: piece.from, until, message });
        }
    }
    if findings.is_empty() { Ok(parsed) } else { Err(findings) }
}

type Problem = (Fault, String);

impl Parsed {
    fn read(&mut self, piece: &str, now: Timestamp) -> Result<(), Problem> {
        let (wanted, piece) = match piece.strip_prefix('-') {
            Some(rest) if !rest.is_empty() => (Wanted::No, rest),
            Some(_) | None => (Wanted::Yes, piece),
        };
        if piece.matches('"').count() % 2 == 1 {
            return Err((Fault::OpenQuote, "a quotation mark is not closed".to_owned()));
        }
        let condition = match field(piece) {
            Some(("sort", _, value)) => {
                self.sort = sort(value)?;
                return Ok(());
            }
            Some((name, comparison, value)) => condition(name, comparison, value, now)?,
            None => match leaf(piece) {
                Some(leaf) => Condition::Text(leaf),
                None => return Ok(()),
            },
        };
        self.terms.push(Term { wanted, condition });
        Ok(())
    }
}

/// A word or phrase; what has punctuation inside, such as an address, is a phrase.
fn leaf(piece: &str) -> Option<Leaf> {
    let mut words = words_of(piece);
    if piece.ends_with('*') && words.len() == 1 {
        return words.pop().map(Leaf::Begins);
    }
    (!words.is_empty()).then_some(Leaf::Phrase(words))
}

/// Name, comparison and value, where a piece begins with a name of letters and a comparison.
pub(crate) fn field(piece: &str) -> Option<(&str, &str, &str)> {
    let end = piece.find(|c: char| !c.is_ascii_alphabetic()).filter(|end| *end > 0)?;
    let (name, rest) = piece.split_at(end);
    // A value such as `https://…` is no field.
    let is_known = FIELDS.iter().any(|(field, _)| *field == name);
    let comparison = [">=", "<=", ":", "=", "<", ">"].into_iter().find(|sign| rest.starts_with(sign))?;
    let value = rest.get(comparison.len()..)?;
    (is_known || (comparison == ":" && !value.starts_with("//"))).then_some((name, comparison, value))
}

fn condition(name: &str, comparison: &str, value: &str, now: Timestamp) -> Result<Condition, Problem> {
    let known = match name {
        "type" => Name::Type,
        "tlp" => Name::Tlp,
        "rel" => Name::Rel,
        "src" => Name::Source,
        "label" => Name::Label,
        "in" => Name::Collection,
        "id" => Name::Id,
        "conf" => {
            let wrong = || (Fault::BadValue, format!("`{value}` is no number from 0 to 100"));
            let sure = value.parse::<i16>().ok().filter(|sure| (0..=100).contains(sure)).ok_or_else(wrong)?;
            return Ok(Condition::Confidence(order(comparison), sure));
        }
        "seen" | "created" | "modified" | "added" => {
            let clock = match name {
                "seen" => Clock::Seen,
                "created" => Clock::Created,
                "modified" => Clock::Modified,
                _ => Clock::Added,
            };
            let wrong = || (Fault::BadValue, format!("`{value}` is no date, time or span such as `7d`"));
            return Ok(Condition::Time(clock, order(comparison), moment(value, now).ok_or_else(wrong)?));
        }
        _ => return Err((Fault::UnknownField, format!("there is no field `{name}`"))),
    };
    if comparison != ":" && comparison != "=" {
        return Err((Fault::BadComparison, format!("`{name}` is compared with `:` only")));
    }
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let values: Vec<_> = match quoted {
        Some(whole) => vec![whole.to_lowercase()],
        None => value.split(',').filter(|one| !one.is_empty()).map(str::to_lowercase).collect(),
    };
    if values.is_empty() {
        return Err((Fault::BadValue, format!("`{name}` wants a value")));
    }
    let is_light = |word: &String| word.parse::<releasability::Tlp>().is_ok();
    if known == Name::Tlp && !values.iter().all(is_light) {
        return Err((Fault::BadValue, format!("`{value}` is no traffic light")));
    }
    Ok(Condition::Is(known, values))
}

fn order(comparison: &str) -> Order {
    match comparison {
        "<" => Order::Less,
        "<=" => Order::AtMost,
        ">" => Order::More,
        ">=" => Order::AtLeast,
        _ => Order::Equal,
    }
}

fn sort(value: &str) -> Result<Sort, Problem> {
    let (direction, name) = match value.strip_prefix('-') {
        Some(name) => (Direction::LowestFirst, name),
        None => (Direction::HighestFirst, value),
    };
    let by = match name {
        "modified" => SortBy::Modified,
        "created" => SortBy::Created,
        "added" => SortBy::Added,
        "seen" => SortBy::Seen,
        "confidence" | "conf" => SortBy::Confidence,
        _ => return Err((Fault::BadValue, format!("`{value}` is no order"))),
    };
    Ok(Sort { by, direction })
}

/// A date, a time, or a span counted back from now: `30m`, `24h`, `7d`, `2w`.
fn moment(value: &str, now: Timestamp) -> Option<Timestamp> {
    if let Ok(moment) = Timestamp::parse(&value.to_uppercase()) {
        return Some(moment);
    }
    if let Ok(moment) = Timestamp::parse(&format!("{value}T00:00:00Z")) {
        return Some(moment);
    }
    let unit = match value.chars().last()? {
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    let number: u32 = value.get(..value.len() - 1)?.parse().ok()?;
    Some(now.plus_seconds(-i64::from(number).checked_mul(unit)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse("2026-03-01T00:00:00Z").unwrap()
    }

    fn read(query: &str) -> Parsed {
        parse(query, now()).unwrap()
    }

    fn conditions(query: &str) -> Vec<Condition> {
        read(query).terms.into_iter().map(|term| term.condition).collect()
    }

    #[test]
    fn words_phrases_and_addresses_are_texts() {
        let phrase = |words: &[&str]| {
            Condition::Text(Leaf::Phrase(words.iter().map(|word| (*word).to_owned()).collect()))
        };
        assert_eq!(conditions("Silent mantis"), [phrase(&["silent"]), phrase(&["mantis"])]);
        assert_eq!(conditions("\"Silent mantis\""), [phrase(&["silent", "mantis"])]);
        assert_eq!(
            conditions("203.0.113.7 https://evil.example"),
            [phrase(&["203", "0", "113", "7"]), phrase(&["https", "evil", "example"])]
        );
        assert_eq!(conditions("man* --"), [Condition::Text(Leaf::Begins("man".to_owned()))]);
    }

    #[test]
    fn fields_are_read_with_their_comparisons() {
        assert_eq!(
            conditions("type:malware,Tool conf>=50 seen>7d created<2026-01-02"),
            [
                Condition::Is(Name::Type, vec!["malware".to_owned(), "tool".to_owned()]),
                Condition::Confidence(Order::AtLeast, 50),
                Condition::Time(Clock::Seen, Order::More, Timestamp::parse("2026-02-22T00:00:00Z").unwrap()),
                Condition::Time(
                    Clock::Created,
                    Order::Less,
                    Timestamp::parse("2026-01-02T00:00:00Z").unwrap()
                ),
            ]
        );
        assert_eq!(read("-type:tool").terms[0].wanted, Wanted::No);
        assert_eq!(read("sort:-added").sort, Sort { by: SortBy::Added, direction: Direction::LowestFirst });
    }

    #[test]
    fn every_fault_is_told_and_located() {
        let findings = parse("ok colour:red conf>=x type>b tlp:pink \"open", now()).unwrap_err();
        let told: Vec<_> =
            findings.iter().map(|finding| (finding.code, finding.from, finding.until)).collect();
        assert_eq!(
            told,
            [
                (Fault::UnknownField, 3, 13),
                (Fault::BadValue, 14, 21),
                (Fault::BadComparison, 22, 28),
                (Fault::BadValue, 29, 37),
                (Fault::OpenQuote, 38, 43),
            ]
        );
    }

    #[test]
    fn a_query_is_as_long_as_it_may_be_and_no_longer() {
        assert!(parse(&"x".repeat(QUERY_BYTES_MAX), now()).is_ok());
        assert_eq!(parse(&"x".repeat(QUERY_BYTES_MAX + 1), now()).unwrap_err()[0].code, Fault::QueryTooLong);
        assert!(parse(&"x ".repeat(TERMS_MAX), now()).is_ok());
        assert_eq!(parse(&"x ".repeat(TERMS_MAX + 1), now()).unwrap_err()[0].code, Fault::QueryTooLong);
    }
}
