//! What is found, how much of which kind, and what may be typed next? All of it over what exists for the reader.

pub(crate) mod complete;
pub(crate) mod index;
pub(crate) mod query;
pub(crate) mod text;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use stix::Timestamp;
use store::{CollectionNumber, LabelId, Sequence};

pub use complete::{COMPLETIONS_MAX, Completion, CompletionKind};
pub use index::IndexError;
pub use query::{FIELDS, Fault, QUERY_BYTES_MAX, QueryFinding, TERMS_MAX};
pub(crate) use text::{Leaf, Numbering, Texts};

use crate::{
    Access, Exchange, ExchangeError,
    bits::Bits,
    catalogue::{Facts, Moment, Row as Claim, RowNumber},
    row::{ROWS_MAX, Row, rel},
    search::query::{Clock, Condition, Direction, Name, Parsed, Sort, SortBy, Wanted, parse},
    viewpoint::Viewpoint,
    views::View,
};

/// So many values of a facet are told, those that occur most.
pub const FACET_VALUES_MAX: usize = 50;
/// So many bars a histogram has at most, the latest.
pub const BARS_MAX: usize = 400;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The query, see the manual.
    pub query: String,
    /// What [`Found::next`] said.
    #[serde(default)]
    pub after: Option<String>,
    /// How many rows, at most [`ROWS_MAX`].
    pub limit: usize,
    /// How wide a bar of the histogram is.
    pub histogram: Interval,
}

/// How time is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interval {
    /// Days, from midnight.
    Day,
    /// Weeks, from Monday.
    Week,
    /// Months.
    Month,
}

/// What is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// One page of it.
    pub objects: Vec<Row>,
    /// How many objects there are.
    pub total: u64,
    /// How many of which kind.
    pub facets: Facets,
    /// How many were modified when.
    pub histogram: Vec<Bar>,
    /// What to give as [`Search::after`] for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How many of which kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// By type.
    pub r#type: Vec<Facet>,
    /// By traffic light.
    pub tlp: Vec<Facet>,
    /// By who brought it.
    pub source: Vec<Facet>,
    /// By label.
    pub label: Vec<Facet>,
    /// By code to which it is releasable.
    pub rel: Vec<Facet>,
}

/// A value, and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// The value.
    pub value: String,
    /// How many objects have it.
    pub count: u64,
}

/// How many in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Where it begins.
    pub from: String,
    /// Where it ends.
    pub until: String,
    /// How many.
    pub count: u64,
}

/// Why nothing was searched.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The query cannot be understood.
    #[error("the query has {} fault(s)", .0.len())]
    Query(Vec<QueryFinding>),
    /// `after` is not what an earlier page said.
    #[error("`after` is not what an earlier page said")]
    After,
    /// A time is none of RFC 3339.
    #[error("a time is not as RFC 3339 writes it")]
    Time,
    /// The rest.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

impl From<IndexError> for SearchError {
    fn from(error: IndexError) -> Self {
        Self::Exchange(error.into())
    }
}

/// Where a row stands among what is found. The highest comes first.
type Key = (i64, Sequence);

impl Exchange {
    /// Finds objects: one page of them, and how many there are of which kind.
    ///
    /// # Errors
    /// Where the query cannot be understood, or the store or the index fails.
    pub async fn search(&self, viewpoint: &Viewpoint, search: &Search) -> Result<Found, SearchError> {
        let parsed = parse(&search.query, viewpoint.now).map_err(SearchError::Query)?;
        let after =
            search.after.as_deref().map(|after| read_key(after).ok_or(SearchError::After)).transpose()?;
        let view = self.view(viewpoint).await?;
        let chosen = view.choose(&parsed)?;
        let own;
        let counts = if parsed.terms.is_empty() {
            view.seen.counts.get_or_init(|| Counts::of(view.each()))
        } else {
            own = Counts::of(view.among(&chosen));
            &own
        };
        let limit = search.limit.clamp(1, ROWS_MAX);
        let mut first = First { room: limit + 1, keys: Vec::new(), floor: None };
        for (number, claim, facts) in view.among(&chosen) {
            let key = key(claim, facts, parsed.sort);
            if after.is_none_or(|after| key < after) {
                first.add((key, number));
            }
        }
        let mut keys = first.in_order();
        let more = keys.len() > limit;
        keys.truncate(limit);
        let next = keys.last().filter(|_| more).map(|(key, _)| write_key(*key));
        let numbers: Vec<_> = keys.iter().map(|(_, number)| *number).collect();
        let objects = self.listed(&view, &numbers).await?;
        let (facets, histogram) = (counts.facets(&view), counts.bars(search.histogram));
        Ok(Found { objects, total: counts.total, facets, histogram, next })
    }
}

fn key(claim: &Claim, facts: &Facts, sort: Sort) -> Key {
    let micros = |moment: Moment| moment.known().map_or(i64::MIN + 1, Timestamp::micros);
    let added = claim.place.sequence;
    let value = match sort.by {
        SortBy::Modified => claim.version.micros(),
        SortBy::Created => micros(facts.created),
        SortBy::Added => added.date_added().micros(),
        SortBy::Seen => micros(latest(facts)),
        SortBy::Confidence => i64::from(facts.confidence),
    };
    match sort.direction {
        Direction::HighestFirst => (value, added),
        Direction::LowestFirst => (-value, added),
    }
}

/// When something was seen last, or first where only that is said.
fn latest(facts: &Facts) -> Moment {
    facts.last.max(facts.first)
}

fn write_key((value, sequence): Key) -> String {
    format!("{value}.{}", sequence.get())
}

fn read_key(text: &str) -> Option<Key> {
    let (value, sequence) = text.split_once('.')?;
    Some((value.parse().ok()?, Sequence::new(sequence.parse().ok()?)))
}

/// The highest of many keys, no more than there is room for.
struct First {
    room: usize,
    /// Up to twice as many, in no order.
    keys: Vec<(Key, RowNumber)>,
    /// What is below it has no place any more.
    floor: Option<(Key, RowNumber)>,
}

impl First {
    fn add(&mut self, key: (Key, RowNumber)) {
        if self.floor.is_some_and(|floor| key < floor) {
            return;
        }
        self.keys.push(key);
        if self.keys.len() == 2 * self.room {
            let (_, lowest, _) =
                self.keys.select_nth_unstable_by(self.room - 1, |left, right| right.cmp(left));
            self.floor = Some(*lowest);
            self.keys.truncate(self.room);
        }
    }

    /// The highest first.
    fn in_order(mut self) -> Vec<(Key, RowNumber)> {
        self.keys.sort_unstable_by(|left, right| right.cmp(left));
        self.keys.truncate(self.room);
        self.keys
    }
}

/// How many of which kind, by numbers.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    total: u64,
    kinds: Tally,
    labels: Tally,
    stamps: Tally,
    days: Tally,
    /// Days for which the table has no room.
    far_days: BTreeMap<i64, u64>,
}

/// Counts by small numbers: a table, for there may be a million to count.
#[derive(Debug, Default)]
struct Tally(Vec<u64>);

impl Tally {
    /// Counts a number; what has none is not counted.
    fn count(&mut self, number: u32) {
        let at = number as usize;
        if number != u32::MAX && at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        if let Some(count) = self.0.get_mut(at) {
            *count += 1;
        }
    }

    /// What was counted at all.
    fn iter(&self) -> impl Iterator<Item = (u32, u64)> {
        let counted = self.0.iter().enumerate().filter(|(_, count)| **count > 0);
        counted.filter_map(|(number, count)| Some((u32::try_from(number).ok()?, *count)))
    }
}

/// Days from 1970 to 2243 are counted in a table.
const DAYS_COUNTED: u32 = 100_000;

const DAY: i64 = 86_400;

impl Counts {
    fn of<'a>(rows: impl Iterator<Item = (RowNumber, &'a Claim, &'a Facts)>) -> Self {
        let mut counts = Self::default();
        rows.for_each(|(_, claim, facts)| counts.add(claim, facts));
        counts
    }

    fn add(&mut self, claim: &Claim, facts: &Facts) {
        self.total += 1;
        self.kinds.count(claim.kind);
        self.stamps.count(claim.place.label.0);
        facts.labels.iter().for_each(|label| self.labels.count(*label));
        let day = day_of(claim.version);
        match u32::try_from(day) {
            Ok(near) if near < DAYS_COUNTED => self.days.count(near),
            Ok(_) | Err(_) => *self.far_days.entry(day).or_default() += 1,
        }
    }

    fn facets(&self, view: &View<'_>) -> Facets {
        let words = |counts: &Tally| {
            let named =
                counts.iter().map(|(word, count)| (view.catalogue().words.text(word).to_owned(), count));
            facet(named.collect())
        };
        let (mut tlp, mut source, mut codes) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (label, count) in self.stamps.iter().map(|(label, count)| (LabelId(label), count)) {
            *tlp.entry(view.marking(label).tlp).or_default() += count;
            *source.entry(view.source(label).name).or_default() += count;
            for code in
                view.viewpoint.state.stamps.get(label).map(|stamp| rel(&stamp.label)).into_iter().flatten()
            {
                *codes.entry(code).or_default() += count;
            }
        }
        Facets {
            r#type: words(&self.kinds),
            label: words(&self.labels),
            tlp: facet(tlp),
            source: facet(source),
            rel: facet(codes),
        }
    }

    fn bars(&self, interval: Interval) -> Vec<Bar> {
        let mut bars: BTreeMap<i64, u64> = BTreeMap::new();
        let near = self.days.iter().map(|(day, count)| (i64::from(day), count));
        let far = self.far_days.iter().map(|(day, count)| (*day, *count));
        for (day, count) in near.chain(far) {
            *bars.entry(interval.begin(day)).or_default() += count;
        }
        let skipped = bars.len().saturating_sub(BARS_MAX);
        let bar = |(from, count): (&i64, &u64)| Bar {
            from: date(*from),
            until: date(interval.end(*from)),
            count: *count,
        };
        bars.iter().skip(skipped).map(bar).collect()
    }
}

fn facet(counts: HashMap<String, u64>) -> Vec<Facet> {
    let mut facets: Vec<_> = counts.into_iter().map(|(value, count)| Facet { value, count }).collect();
    facets.sort_unstable_by(|one, other| (other.count, &one.value).cmp(&(one.count, &other.value)));
    facets.truncate(FACET_VALUES_MAX);
    facets
}

/// The beginning of a day, by its number since 1970.
pub(crate) fn date(day: i64) -> String {
    Timestamp::from_parts(day.saturating_mul(DAY), 0).to_string()
}

/// The day of a moment.
pub(crate) fn day_of(moment: Timestamp) -> i64 {
    moment.seconds().div_euclid(DAY)
}

impl Interval {
    /// The first day of the span that a day is in.
    pub(crate) fn begin(self, day: i64) -> i64 {
        match self {
            Self::Day => day,
            // 1970 began on a Thursday.
            Self::Week => day - (day + 3).rem_euclid(7),
            Self::Month => day - (day_of_month(day) - 1),
        }
    }

    /// The first day after the span that begins with a day.
    fn end(self, first: i64) -> i64 {
        match self {
            Self::Day => first + 1,
            Self::Week => first + 7,
            Self::Month => self.begin(first + 31),
        }
    }
}

/// Which day of its month a day is.
fn day_of_month(day: i64) -> i64 {
    date(day).get(8..10).and_then(|day| day.parse().ok()).unwrap_or(1)
}

impl View<'_> {
    /// The rows that meet every term.
    pub(crate) fn choose(&self, parsed: &Parsed) -> Result<Bits, IndexError> {
        let mut chosen = Bits::below(self.catalogue().rows.len());
        self.seen.rows.iter().for_each(|number| chosen.add(*number));
        let mut conditions = Vec::new();
        for term in &parsed.terms {
            match &term.condition {
                Condition::Text(leaf) => {
                    let found = self.find(leaf)?;
                    match term.wanted {
                        Wanted::Yes => chosen.keep(&found),
                        Wanted::No => chosen.take_all(&found),
                    }
                }
                other @ (Condition::Is(..) | Condition::Confidence(..) | Condition::Time(..)) => {
                    conditions.push((term.wanted == Wanted::Yes, Test::new(self, other)));
                }
            }
        }
        if conditions.is_empty() {
            return Ok(chosen);
        }
        let fails = |(number, claim, facts)| {
            let fails = conditions.iter().any(|(wanted, test)| test.holds(self, claim, facts) != *wanted);
            fails.then_some(number)
        };
        let failing: Vec<RowNumber> = self.among(&chosen).filter_map(fails).collect();
        for number in failing {
            chosen.take(number);
        }
        Ok(chosen)
    }
}

/// A condition with everything looked up that can be.
enum Test<'a> {
    Kind(Vec<u32>),
    Label(Vec<u32>),
    Stamp(HashMap<LabelId, bool>),
    Within(Vec<CollectionNumber>),
    Id(&'a [String]),
    Other(&'a Condition),
}

impl<'a> Test<'a> {
    fn new(view: &View<'_>, condition: &'a Condition) -> Self {
        let words = |values: &[String]| {
            let is_one = |word: &u32| values.contains(&view.catalogue().words.text(*word).to_lowercase());
            (0..u32::try_from(view.catalogue().words.len()).unwrap_or(u32::MAX)).filter(is_one).collect()
        };
        let stamps = |is_one: &dyn Fn(&releasability::Stamp) -> bool| {
            Self::Stamp(
                view.viewpoint.state.stamps.iter().map(|(label, stamp)| (label, is_one(stamp))).collect(),
            )
        };
        match condition {
            Condition::Is(Name::Type, values) => Self::Kind(words(values)),
            Condition::Is(Name::Label, values) => Self::Label(words(values)),
            Condition::Is(Name::Tlp, values) => {
                stamps(&|stamp| values.iter().any(|value| value.parse() == Ok(stamp.label.tlp)))
            }
            Condition::Is(Name::Rel, values) => {
                stamps(&|stamp| rel(&stamp.label).iter().any(|code| values.contains(&code.to_lowercase())))
            }
            Condition::Is(Name::Source, values) => stamps(&|stamp| {
                let source = view.source_of(&stamp.origin);
                values.contains(&source.name.to_lowercase()) || values.contains(&source.id)
            }),
            Condition::Is(Name::Collection, values) => {
                // One that does not exist for the reader is one that nobody has.
                let is_one = |access: &&Access| {
                    access.info().is_some_and(|own| {
                        values.contains(&own.alias.to_lowercase()) || values.contains(&own.id.to_string())
                    })
                };
                Self::Within(view.viewpoint.reading().iter().filter(is_one).map(Access::number).collect())
            }
            Condition::Is(Name::Id, values) => Self::Id(values),
            other @ (Condition::Text(_) | Condition::Confidence(..) | Condition::Time(..)) => {
                Self::Other(other)
            }
        }
    }

    fn holds(&self, view: &View<'_>, claim: &Claim, facts: &Facts) -> bool {
        match self {
            Self::Kind(kinds) => kinds.contains(&claim.kind),
            Self::Label(labels) => facts.labels.iter().any(|label| labels.contains(label)),
            Self::Stamp(stamps) => stamps.get(&claim.place.label) == Some(&true),
            Self::Within(collections) => collections.contains(&claim.place.collection),
            Self::Id(ids) => {
                let id = view.catalogue().ids.text(claim.id);
                ids.iter().any(|prefix| id.starts_with(prefix.as_str()))
            }
            Self::Other(Condition::Confidence(order, sure)) => {
                facts.confidence >= 0 && order.holds(&facts.confidence, sure)
            }
            Self::Other(Condition::Time(clock, order, moment)) => {
                let own = match clock {
                    Clock::Seen => latest(facts),
                    Clock::Created => facts.created,
                    Clock::Modified => facts.modified,
                    Clock::Added => Moment::of(claim.place.sequence.date_added()),
                };
                own.known().is_some_and(|own| order.holds(&own, &Timestamp::from_micros(moment.micros())))
            }
            Self::Other(Condition::Text(_) | Condition::Is(..)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays_and_months_with_their_first() {
        let day = |text: &str| day_of(Timestamp::parse(text).unwrap());
        let sunday = day("2026-03-01T23:59:59Z");
        assert_eq!(date(Interval::Week.begin(sunday)), "2026-02-23T00:00:00.000Z");
        assert_eq!(date(Interval::Month.begin(sunday)), "2026-03-01T00:00:00.000Z");
        assert_eq!(date(Interval::Month.end(day("2026-01-01T00:00:00Z"))), "2026-02-01T00:00:00.000Z");
        assert_eq!(Interval::Month.end(day("2026-02-01T00:00:00Z")), sunday);
        assert_eq!(Interval::Week.begin(-1), day("1969-12-29T00:00:00Z"));
    }
}
