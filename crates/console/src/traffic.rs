//! What went to each partner and came from it, day by day? A view of the ledger, kept up with it whenever somebody asks.

use std::collections::{BTreeMap, HashMap};

use exchange::{Exchange, ExchangeError, Record};
use stix::Timestamp;
use tokio::sync::Mutex;

/// So many days are kept.
pub(crate) const DAYS_MAX: i64 = 90;
const DAY_SECONDS: i64 = 86_400;

/// What went both ways on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) out: u64,
    pub(crate) brought: u64,
    pub(crate) refused: u64,
}

/// What is known of one partner.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flow {
    /// By the day's number since 1970.
    pub(crate) days: BTreeMap<i64, Day>,
    pub(crate) seen: Option<Timestamp>,
    /// When something of it was last refused, and how much.
    pub(crate) refused: Option<(Timestamp, usize)>,
}

#[derive(Debug, Default)]
struct View {
    after: u64,
    flows: HashMap<String, Flow>,
}

/// The view; empty until somebody asks.
#[derive(Debug, Default)]
pub(crate) struct Traffic(Mutex<View>);

impl Traffic {
    /// What is known of a partner by now.
    pub(crate) async fn of(&self, exchange: &Exchange, partner: &str) -> Result<Flow, ExchangeError> {
        Ok(self.all(exchange).await?.remove(partner).unwrap_or_default())
    }

    /// What is known of every partner by now.
    pub(crate) async fn all(&self, exchange: &Exchange) -> Result<HashMap<String, Flow>, ExchangeError> {
        let mut view = self.0.lock().await;
        loop {
            let page = exchange.ledger_page(view.after).await?;
            let Some(last) = page.last() else { break };
            view.after = last.number;
            for entry in page {
                view.take(entry.committed, entry.record);
            }
        }
        Ok(view.flows.clone())
    }
}

/// The number of a day since 1970.
fn day_of(moment: Timestamp) -> i64 {
    moment.seconds().div_euclid(DAY_SECONDS)
}

/// The first moment of a day.
pub(crate) fn beginning(day: i64) -> Timestamp {
    Timestamp::from_parts(day.saturating_mul(DAY_SECONDS), 0)
}

impl View {
    fn take(&mut self, moment: Timestamp, record: Option<Record>) {
        match record {
            Some(Record::Release(release)) => {
                let count = release.claims().count() as u64;
                self.count(release.partner, moment, |day, _| day.out += count);
            }
            Some(Record::Submission(submission)) => {
                let (brought, refused) = (submission.objects as u64, submission.failures);
                self.count(submission.partner, moment, |day, last| {
                    day.brought += brought;
                    day.refused += refused as u64;
                    if refused > 0 {
                        *last = Some((moment, refused));
                    }
                });
            }
            Some(
                Record::Removal { .. }
                | Record::Relabelling { .. }
                | Record::Policy { .. }
                | Record::Credentials { .. }
                | Record::Deed(_)
                | Record::Checkpoint(_),
            )
            | None => {}
        }
    }

    /// Counts for a partner; what is nobody's is this node's own.
    fn count(
        &mut self,
        partner: String,
        moment: Timestamp,
        count: impl FnOnce(&mut Day, &mut Option<(Timestamp, usize)>),
    ) {
        if partner.is_empty() {
            return;
        }
        let flow = self.flows.entry(partner).or_default();
        let today = day_of(moment);
        count(flow.days.entry(today).or_default(), &mut flow.refused);
        flow.seen = flow.seen.max(Some(moment));
        flow.days.retain(|day, _| *day > today - DAYS_MAX);
    }
}
