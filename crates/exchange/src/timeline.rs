//! What came and was seen when, who was active, and where? And what is new since somebody looked last?

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use stix::Timestamp;

use crate::{
    Exchange, ExchangeError,
    catalogue::{Facts, Moment, Row as Claim, RowNumber},
    row::ROWS_MAX,
    search::{Facet, Interval, SearchError, date, day_of, query::parse},
    viewpoint::Viewpoint,
    views::View,
};

/// So many points a series has at most, the latest.
pub const POINTS_MAX: usize = 400;
/// So many countries are told, those that are named most.
pub const COUNTRIES_MAX: usize = 300;

/// What came and was seen when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// By who brought it.
    pub series: Vec<Series>,
    /// Campaigns and intrusion sets with when they were active, the latest first; at most [`ROWS_MAX`].
    pub campaigns: Vec<Campaign>,
    /// Countries of locations, with how many objects name each.
    pub countries: Vec<Country>,
}

/// What one source brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Who.
    pub source: String,
    /// Objects by when they were modified, sightings left out.
    pub points: Vec<Point>,
    /// Sightings by when they were seen last; each counts as often as it says.
    pub sightings: Vec<Point>,
}

/// How many in a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Where the span begins.
    pub from: String,
    /// How many.
    pub count: u64,
}

/// When something was active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// From when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// A country, and how many objects point at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Country {
    /// As locations write it.
    pub code: String,
    /// How many relationships and sightings lead to locations in it.
    pub count: u64,
}

/// What is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Since when.
    pub since: String,
    /// When the latest of what the reader may have was added, in microseconds since 1970.
    pub sequence: u64,
    /// Objects by type.
    pub added: Vec<Facet>,
    /// Who brought them.
    pub partners: Vec<Newcomer>,
    /// Sightings by the day they were added.
    pub sightings: Vec<Point>,
}

/// What somebody brought lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newcomer {
    /// Who.
    pub name: String,
    /// How many objects.
    pub count: u64,
    /// When the latest came.
    pub latest: String,
}

/// Counts by day.
type Days = BTreeMap<i64, u64>;

impl Exchange {
    /// What came and was seen when, among what a query chooses.
    ///
    /// # Errors
    /// Where the query cannot be understood, or the store or the index fails.
    pub async fn timeline(
        &self,
        viewpoint: &Viewpoint,
        query: &str,
        by: Interval,
    ) -> Result<Timeline, SearchError> {
        let parsed = parse(query, viewpoint.now).map_err(SearchError::Query)?;
        let view = self.view(viewpoint).await?;
        let chosen = view.choose(&parsed)?;
        let words = &view.catalogue().words;
        let sighting = words.known("sighting");
        let mut series: BTreeMap<String, (Days, Days)> = BTreeMap::new();
        let mut active = Vec::new();
        for (number, row, facts) in view.each().filter(|(number, ..)| chosen.contains(*number)) {
            let (objects, sightings) = series.entry(view.source(row.place.label).name).or_default();
            if Some(row.kind) == sighting {
                *sightings.entry(by.begin(day_of(seen_last(row, facts)))).or_default() +=
                    u64::from(facts.count);
            } else {
                *objects.entry(by.begin(day_of(row.version))).or_default() += 1;
            }
            if matches!(words.text(row.kind), "campaign" | "intrusion-set") {
                active.push((seen_last(row, facts), row.place.sequence, number));
            }
        }
        active.sort_unstable_by(|one, other| other.cmp(one));
        let active: Vec<RowNumber> = active.into_iter().take(ROWS_MAX).map(|(.., number)| number).collect();
        let campaigns = self.listed(&view, &active).await?;
        let campaign =
            |row: crate::Row| Campaign { id: row.id, name: row.name, first: row.first, last: row.last };
        let one = |(source, (objects, sightings)): (String, (Days, Days))| Series {
            source,
            points: points(&objects),
            sightings: points(&sightings),
        };
        Ok(Timeline {
            series: series.into_iter().map(one).collect(),
            campaigns: campaigns.into_iter().map(campaign).collect(),
            countries: view.countries(&chosen),
        })
    }

    /// What is new since a moment.
    ///
    /// # Errors
    /// Where the store or the index fails.
    pub async fn digest(&self, viewpoint: &Viewpoint, since: Timestamp) -> Result<Digest, ExchangeError> {
        let view = self.view(viewpoint).await?;
        let words = &view.catalogue().words;
        let (mut kinds, mut sources, mut days) =
            (HashMap::<&str, u64>::new(), HashMap::<String, (u64, Timestamp)>::new(), Days::new());
        let mut sequence = 0;
        for (_, row, _) in view.each() {
            let added = row.place.sequence.date_added();
            sequence = sequence.max(row.place.sequence.get());
            if added <= since {
                continue;
            }
            *kinds.entry(words.text(row.kind)).or_default() += 1;
            let source = sources.entry(view.source(row.place.label).name).or_insert((0, added));
            *source = (source.0 + 1, source.1.max(added));
            if words.text(row.kind) == "sighting" {
                *days.entry(day_of(added)).or_default() += 1;
            }
        }
        let mut added: Vec<_> =
            kinds.into_iter().map(|(value, count)| Facet { value: value.to_owned(), count }).collect();
        added.sort_unstable_by(|one, other| (other.count, &one.value).cmp(&(one.count, &other.value)));
        let newcomer = |(name, (count, latest)): (String, (u64, Timestamp))| Newcomer {
            name,
            count,
            latest: latest.to_micros_text(),
        };
        let mut partners: Vec<_> = sources.into_iter().map(newcomer).collect();
        partners.sort_unstable_by(|one, other| (&other.latest, &one.name).cmp(&(&one.latest, &other.name)));
        Ok(Digest { since: since.to_string(), sequence, added, partners, sightings: points(&days) })
    }
}

fn seen_last(row: &Claim, facts: &Facts) -> Timestamp {
    [facts.last, facts.first].into_iter().find_map(Moment::known).unwrap_or(row.version)
}

fn points(days: &Days) -> Vec<Point> {
    let skipped = days.len().saturating_sub(POINTS_MAX);
    days.iter().skip(skipped).map(|(day, count)| Point { from: date(*day), count: *count }).collect()
}

impl View<'_> {
    /// How many objects lead to locations in each country.
    fn countries(&self, chosen: &crate::bits::Bits) -> Vec<Country> {
        let words = &self.catalogue().words;
        let mut counts: HashMap<u32, u64> = HashMap::new();
        for (number, _, facts) in self.each() {
            for (role, target) in &facts.references {
                let leads = matches!(words.text(role.0), "target_ref" | "where_sighted_refs");
                let ends = self.ends(facts).map(|(source, ..)| source);
                // A relationship is chosen with what it says something of.
                let is_chosen = chosen.contains(number)
                    || ends
                        .and_then(|source| self.seen.head(source))
                        .is_some_and(|head| chosen.contains(head));
                let country = self.head(*target).and_then(|(_, _, facts)| facts.country);
                if let Some(country) = country.filter(|_| leads && is_chosen) {
                    *counts.entry(country).or_default() += 1;
                }
            }
        }
        let mut countries: Vec<_> = counts
            .into_iter()
            .map(|(code, count)| Country { code: words.text(code).to_owned(), count })
            .collect();
        countries.sort_unstable_by(|one, other| (other.count, &one.code).cmp(&(one.count, &other.code)));
        countries.truncate(COUNTRIES_MAX);
        countries
    }
}
