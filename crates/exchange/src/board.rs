//! Who saw which indicator? One line for each indicator, one cell for each partner.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stix::Timestamp;
use store::Sequence;

use crate::{
    Exchange,
    catalogue::{Facts, IdNumber, Row as Claim},
    row::{ROWS_MAX, Row},
    search::SearchError,
    viewpoint::Viewpoint,
    views::View,
};

/// Indicators, and who saw them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Who sent any sighting that the reader may see.
    pub partners: Vec<String>,
    /// Indicators of which there are sightings, the one seen last first.
    pub rows: Vec<BoardRow>,
    /// What to ask for next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardRow {
    /// The indicator, or whatever else was sighted.
    pub indicator: Row,
    /// One cell for each of [`Board::partners`].
    pub cells: Vec<Cell>,
}

/// What one partner says of one indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The partner.
    pub partner: String,
    /// What it says.
    pub state: CellState,
    /// How often it saw it.
    pub count: u64,
    /// When first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// When last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// What somebody says of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellState {
    /// It was seen.
    Seen,
    /// It was looked for, and not seen: a sighting with a count of 0.
    Looked,
    /// Nothing is known.
    #[default]
    None,
}

/// What is known of one cell.
#[derive(Debug, Default, Clone, Copy)]
struct Known {
    state: CellState,
    count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Known {
    fn add(&mut self, row: &Claim, facts: &Facts) {
        if facts.count == 0 {
            if self.state == CellState::None {
                self.state = CellState::Looked;
            }
            return;
        }
        self.state = CellState::Seen;
        self.count = self.count.saturating_add(u64::from(facts.count));
        let first = facts.first.known().or(facts.last.known()).unwrap_or(row.version);
        let last = facts.last.known().unwrap_or(first);
        self.first = Some(self.first.map_or(first, |own| own.min(first)));
        self.last = Some(self.last.map_or(last, |own| own.max(last)));
    }
}

impl Exchange {
    /// A page of what was sighted, by whom.
    ///
    /// # Errors
    /// Where `after` is not what an earlier page said, or the store or the index fails.
    pub async fn board(
        &self,
        viewpoint: &Viewpoint,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Board, SearchError> {
        let after = after
            .map(|after| after.parse().map(Sequence::new).map_err(|_| SearchError::After))
            .transpose()?;
        let view = self.view(viewpoint).await?;
        let (partners, sighted) = view.sighted();
        // In the order in which they were sighted last.
        let mut lines: Vec<_> = sighted.iter().map(|(id, (latest, _))| (*latest, *id)).collect();
        lines.retain(|(latest, _)| after.is_none_or(|after| *latest < after));
        lines.sort_unstable_by(|one, other| other.cmp(one));
        let limit = limit.clamp(1, ROWS_MAX);
        let more = lines.len() > limit;
        lines.truncate(limit);
        let next = lines.last().filter(|_| more).map(|(latest, _)| latest.get().to_string());
        let heads: Vec<_> = lines.iter().filter_map(|(_, id)| view.seen.head(*id)).collect();
        let rows = self.listed(&view, &heads).await?;
        let line = |indicator: Row| {
            let known = view.catalogue().ids.known(&indicator.id).and_then(|id| sighted.get(&id));
            let cell = |partner: &String| {
                let known = known.and_then(|(_, cells)| cells.get(partner)).copied().unwrap_or_default();
                let text = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
                Cell {
                    partner: partner.clone(),
                    state: known.state,
                    count: known.count,
                    first: text(known.first),
                    last: text(known.last),
                }
            };
            BoardRow { cells: partners.iter().map(cell).collect(), indicator }
        };
        Ok(Board {
            rows: rows.into_iter().map(line).collect(),
            partners: partners.iter().cloned().collect(),
            next,
        })
    }
}

/// What was sighted: when the latest sighting was added, and by whom.
type Sighted = BTreeMap<IdNumber, (Sequence, BTreeMap<String, Known>)>;

impl View<'_> {
    fn sighted(&self) -> (BTreeSet<String>, Sighted) {
        let words = &self.catalogue().words;
        let (mut partners, mut sighted) = (BTreeSet::new(), Sighted::new());
        let (Some(kind), Some(role)) = (words.known("sighting"), words.known("sighting_of_ref")) else {
            return (partners, sighted);
        };
        for (_, row, facts) in self.each().filter(|(_, row, _)| row.kind == kind) {
            let of = facts.references.iter().find(|(own, id)| own.0 == role && self.seen.head(*id).is_some());
            let Some((_, of)) = of else { continue };
            let by = self.source(row.place.label).name;
            let (latest, cells) = sighted.entry(*of).or_default();
            *latest = (*latest).max(row.place.sequence);
            cells.entry(by.clone()).or_default().add(row, facts);
            partners.insert(by);
        }
        (partners, sighted)
    }
}
