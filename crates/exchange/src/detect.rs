//! What do the node's own sensors see? Telemetry that they post is matched here, and the sightings go through the one door in.
//!
//! A view of the change log: each sensor has a program of the indicators of its collections that this node's own organisation may
//! have (`follow`), bodies of telemetry are matched one after the other (`intake`), and once a second what was counted becomes
//! sightings (`home`). What was counted, and what has not come home yet, stands in one document for each sensor (`post`), which
//! is written before a body is answered. What a program finds out about indicators stays in it, so no release is accounted for.

mod follow;
mod home;
mod intake;
mod post;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use arc_swap::ArcSwap;
use matcher::{telemetry::Sources, watch::Alert};
use serde::{Deserialize, Serialize};

pub use home::Watched;
pub use intake::{FINDINGS_TOLD_MAX, LineFinding, Repetition, Taken, Telemetry, TelemetryError};
pub use post::BODIES_REMEMBERED_MAX;

use self::{follow::Follower, post::Post};
use crate::Exchange;

/// So many alerts are kept to be asked for; the oldest go first. All that they tell is counted in sightings.
pub const ALERTS_KEPT_MAX: usize = 10_000;

/// So many bytes of them, as far as patterns and values go.
const ALERTS_BYTES_MAX: usize = 32 << 20;

/// The sensors at work.
#[derive(Debug, Default)]
pub(crate) struct Detecting {
    follower: tokio::sync::Mutex<Follower>,
    /// Nothing before the indicators were read.
    posts: ArcSwap<Option<BTreeMap<String, Arc<Post>>>>,
    alerts: Mutex<Alerts>,
    sources: OnceLock<Sources>,
}

#[derive(Debug, Default)]
struct Alerts {
    last: u64,
    bytes: usize,
    kept: VecDeque<SensorAlert>,
}

/// Something matched in the telemetry of a sensor. For the administrators of this node: it shows what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensorAlert {
    /// Its number, from 1 since the node started.
    pub number: u64,
    /// The sensor's name.
    pub sensor: String,
    /// What matched.
    #[serde(flatten)]
    pub alert: Alert,
}

/// How many there are, over all sensors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Detection {
    /// Indicators watched for.
    pub indicators: u64,
    /// Indicators left out because their PAP is above the sensor's ceiling.
    pub above_pap: u64,
    /// Indicators that cannot be watched for.
    pub refused: u64,
    /// Sightings that have not come home yet.
    pub waiting: u64,
}

impl Detecting {
    fn sources(&self) -> &Sources {
        self.sources.get_or_init(Sources::builtin)
    }

    fn tell(&self, sensor: &str, told: Vec<Alert>) {
        let mut alerts = self.alerts.lock().unwrap_or_else(PoisonError::into_inner);
        for alert in told {
            alerts.last += 1;
            let alert = SensorAlert { number: alerts.last, sensor: sensor.to_owned(), alert };
            alerts.bytes += alert.bytes();
            alerts.kept.push_back(alert);
            while alerts.kept.len() > ALERTS_KEPT_MAX || alerts.bytes > ALERTS_BYTES_MAX {
                let gone = alerts.kept.pop_front().map_or(alerts.bytes, |gone| gone.bytes());
                alerts.bytes -= gone;
            }
        }
    }
}

impl SensorAlert {
    fn bytes(&self) -> usize {
        let values = self.alert.values.iter().map(|(path, value)| path.len() + value.len());
        self.alert.pattern.len() + values.sum::<usize>()
    }
}

impl Exchange {
    /// The alerts after a number, at most so many of them.
    pub fn alerts(&self, after: u64, limit: usize) -> Vec<SensorAlert> {
        let alerts = self.detecting.alerts.lock().unwrap_or_else(PoisonError::into_inner);
        alerts.kept.iter().filter(|alert| alert.number > after).take(limit).cloned().collect()
    }

    /// How many indicators and sightings the sensors have.
    pub fn detection(&self) -> Detection {
        let posts = self.detecting.posts.load();
        let each = posts.iter().flat_map(BTreeMap::values).map(|post| post.figures());
        each.fold(Detection::default(), |sum, one| Detection {
            indicators: sum.indicators + one.indicators,
            above_pap: sum.above_pap + one.above_pap,
            refused: sum.refused + one.refused,
            waiting: sum.waiting + one.waiting,
        })
    }
}
