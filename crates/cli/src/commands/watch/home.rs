//! How do sightings go home? Posted to a collection, kept until they are acknowledged. What is refused is set aside, so that it
//! keeps nothing else from going.

use std::{
    collections::BTreeMap,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use matcher::watch::{Sighting, envelope};

use super::feed::{Client, Posted};

/// How many sightings go in one envelope.
const ENVELOPE_SIGHTINGS_MAX: usize = 500;
/// After a failure, the next attempt waits so long, twice as long after each further one, up to the longest.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_LONGEST: Duration = Duration::from_mins(1);

/// The way home.
pub(super) struct Home {
    sender: Sender<Vec<Sighting>>,
    arrivals: Receiver<Posted>,
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
                if arrived.send(post(&client, &url, sightings)).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { sender, arrivals, under_way: false })
    }

    /// What became of what was sent since.
    pub(super) fn arrived(&mut self) -> Posted {
        let mut all = Posted::default();
        while let Ok(posted) = self.arrivals.try_recv() {
            self.under_way = false;
            all.join(posted);
        }
        all
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

/// Posts until there is an answer. An envelope that is refused as a whole is sent in halves: it may be too long, or one sighting in it
/// is what is wrong.
fn post(client: &Client, url: &str, sightings: Vec<Sighting>) -> Posted {
    let mut all = Posted::default();
    let mut parts = vec![sightings];
    let mut pause = PAUSE_FIRST;
    while let Some(mut part) = parts.pop() {
        match client.post(url, &envelope(part.iter())) {
            Ok(posted) => {
                all.join(posted);
                pause = PAUSE_FIRST;
            }
            Err(error) if Client::refuses(&error) => {
                let rest = part.split_off(part.len().div_ceil(2));
                if rest.is_empty() {
                    all.refused.extend(part.into_iter().map(|own| (own.id, format!("{error:#}"))));
                } else {
                    parts.extend([rest, part]);
                }
            }
            Err(error) => {
                tracing::warn!("sightings could not be sent: {error:#}");
                thread::sleep(pause);
                pause = (pause * 2).min(PAUSE_LONGEST);
                parts.push(part);
            }
        }
    }
    all
}
