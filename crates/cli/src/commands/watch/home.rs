//! How do sightings go home? Posted to a collection, kept until they are acknowledged.

use std::{
    collections::BTreeMap,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use matcher::watch::{Sighting, envelope};

use super::feed::Client;

/// How many sightings go in one envelope.
const ENVELOPE_SIGHTINGS_MAX: usize = 500;
/// After a failure, the next attempt waits so long, twice as long after each further one, up to the longest.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_LONGEST: Duration = Duration::from_mins(1);

/// The way home.
pub(super) struct Home {
    sender: Sender<Vec<Sighting>>,
    arrivals: Receiver<Vec<String>>,
    /// Whether an envelope is on its way.
    under_way: bool,
}

impl Home {
    pub(super) fn start(url: &str, client: Client) -> anyhow::Result<Self> {
        let (sender, envelopes) = channel::<Vec<Sighting>>();
        let (arrived, arrivals) = channel();
        let url = format!("{}/objects/", url.trim_end_matches('/'));
        thread::Builder::new().name("cresset-home".to_owned()).spawn(move || {
            for sightings in envelopes {
                let mut pause = PAUSE_FIRST;
                loop {
                    match client.post(&url, &envelope(sightings.iter())) {
                        Ok(accepted) => {
                            let own = sightings.iter().map(|own| &own.id).filter(|id| accepted.contains(*id));
                            if arrived.send(own.cloned().collect()).is_err() {
                                return;
                            }
                            break;
                        }
                        Err(error) => {
                            tracing::warn!("sightings could not be sent: {error:#}");
                            thread::sleep(pause);
                            pause = (pause * 2).min(PAUSE_LONGEST);
                        }
                    }
                }
            }
        })?;
        Ok(Self { sender, arrivals, under_way: false })
    }

    /// What came home since.
    pub(super) fn arrived(&mut self) -> Vec<String> {
        let mut ids = Vec::new();
        while let Ok(arrived) = self.arrivals.try_recv() {
            self.under_way = false;
            ids.extend(arrived);
        }
        ids
    }

    /// Sends what waits, where nothing is on its way.
    pub(super) fn send(&mut self, outbox: &BTreeMap<String, Sighting>) {
        if self.under_way || outbox.is_empty() {
            return;
        }
        let sightings = outbox.values().take(ENVELOPE_SIGHTINGS_MAX).cloned().collect();
        self.under_way = self.sender.send(sightings).is_ok();
    }
}
