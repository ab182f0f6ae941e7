//! When does what was counted go home, and what was there before anybody knew?

use std::sync::Arc;

use matcher::watch::{Due, Sighting, envelope};
use stix::Timestamp;
use store::{Operation, Sequence};

use super::{
    follow::Visibility,
    post::{Post, Work, consumer, day_document},
};
use crate::{Exchange, ExchangeError, IngestError};

/// So many sightings go in one envelope, where it may have so many objects.
const ENVELOPE_SIGHTINGS_MAX: usize = 200;
/// A sighting, its place, its observed-data, and so many values.
const SIGHTING_OBJECTS_MAX: usize = 13;
/// How often the values of the last days are written down, in seconds.
const SAVE_SECONDS: i64 = 60;

/// What became of a look at the sensors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watched {
    /// Sightings that came home.
    pub sightings: u64,
    /// Sightings that the door in refused.
    pub refused: u64,
    /// How many indicators were looked for in the past.
    pub looked_back: u64,
}

impl Exchange {
    /// Sees to what is due: changes of indicators, windows that are over, new indicators to look for in the past. Once a second.
    ///
    /// # Errors
    /// Where the store fails; it is done the next time.
    pub async fn keep_watch(&self, now: Timestamp) -> Result<Watched, ExchangeError> {
        if self.visibility(now).await == Visibility::Changed {
            self.load(now).await?;
        }
        self.follow(now).await?;
        let posts = self.detecting.posts.load_full();
        let (mut watched, mut failed) = (Watched::default(), None);
        for post in posts.iter().flat_map(std::collections::BTreeMap::values) {
            // What fails at one post keeps nobody from the others.
            failed = self.keep_post(post, &mut watched, now).await.err().or(failed);
        }
        failed.map_or(Ok(watched), Err)
    }

    async fn keep_post(
        &self,
        post: &Arc<Post>,
        watched: &mut Watched,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let name = &post.declared.name;
        let mut work = Arc::clone(&post.work).lock_owned().await;
        if work.is_over() {
            return Ok(());
        }
        self.renew(name, &mut work).await?;
        let mut operations = Vec::new();
        let mut alerts = Vec::new();
        let (new, looked) = (work.new.clone(), work.looked);
        if !new.is_empty() {
            let looking = tokio::task::spawn_blocking(move || {
                let found = look_back(&mut work, now);
                (work, found)
            });
            let Ok((back, found)) = looking.await else { return Ok(()) };
            (work, alerts) = (back, found.alerts);
            watched.looked_back += found.looked;
        }
        // The first time too, so that what is here by then is not taken for new later.
        let due = now >= work.saved.get_or_insert(now).plus_seconds(SAVE_SECONDS);
        if due || !new.is_empty() || work.looked == Sequence::ZERO {
            work.saved = if due { Some(now) } else { work.saved };
            operations.extend(remembered(name, &mut work));
        }
        let waited = work.watch.tick(now);
        let due = work.watch.sightings(now, Due::WindowOver);
        let changed = !waited.is_empty() || !due.is_empty() || !operations.is_empty();
        alerts.extend(waited);
        work.kept.outbox.extend(due.into_iter().map(|sighting| (sighting.id.clone(), sighting)));
        if changed && let Err(error) = self.write_down(name, &mut work, operations, now).await {
            (work.new, work.looked) = (new, looked);
            return Err(error);
        }
        self.detecting.tell(name, alerts);
        self.send_home(post, &mut work, watched, now).await?;
        post.count(&work);
        Ok(())
    }

    /// Writes down what sensors remember of the last days. What was counted is written down already.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn stop_watching(&self, now: Timestamp) -> Result<(), ExchangeError> {
        let posts = self.detecting.posts.load_full();
        for post in posts.iter().flat_map(std::collections::BTreeMap::values) {
            let mut work = Arc::clone(&post.work).lock_owned().await;
            self.renew(&post.declared.name, &mut work).await?;
            let operations = remembered(&post.declared.name, &mut work);
            if !operations.is_empty() {
                self.write_down(&post.declared.name, &mut work, operations, now).await?;
            }
        }
        Ok(())
    }

    /// Everything that a sensor has goes home: it is declared no more.
    pub(super) async fn dismiss(
        &self,
        post: &Post,
        work: &mut Work,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        self.renew(&post.declared.name, work).await?;
        let rest = work.watch.sightings(now, Due::Everything);
        if !rest.is_empty() {
            work.kept.outbox.extend(rest.into_iter().map(|sighting| (sighting.id.clone(), sighting)));
            self.write_down(&post.declared.name, work, Vec::new(), now).await?;
        }
        self.send_home(post, work, &mut Watched::default(), now).await
    }

    /// Posts what has not come home through the one door in. Where the node dies in between, the same sightings are posted
    /// again, which changes nothing.
    async fn send_home(
        &self,
        post: &Post,
        work: &mut Work,
        watched: &mut Watched,
        now: Timestamp,
    ) -> Result<(), ExchangeError> {
        let most = self.limits.envelope_objects_max / SIGHTING_OBJECTS_MAX;
        let most = most.clamp(1, ENVELOPE_SIGHTINGS_MAX);
        while !work.kept.outbox.is_empty() {
            let sightings: Vec<Sighting> = work.kept.outbox.values().take(most).cloned().collect();
            // Where the collection is not declared any more, they wait.
            let Ok(submission) = self.own_submission(&post.declared.home) else { return Ok(()) };
            let prepared = match self.prepare(envelope(sightings.iter()).as_bytes(), now) {
                Ok(prepared) => prepared,
                Err(IngestError::Exchange(error)) => return Err(error),
                Err(error) => {
                    tracing::error!(sensor = post.declared.name, %error, "sightings make no envelope");
                    return Ok(());
                }
            };
            let accepted = self.accept(&submission, prepared, now).await?;
            let own = |id: &Option<String>| id.as_ref().is_some_and(|id| work.kept.outbox.contains_key(id));
            for failure in accepted.failures.iter().filter(|failure| own(&failure.id)) {
                watched.refused += 1;
                tracing::error!(
                    sensor = post.declared.name,
                    id = failure.id,
                    codes = failure.codes.join(" "),
                    "a sighting was refused"
                );
            }
            for sighting in &sightings {
                watched.sightings += u64::from(accepted.successes.iter().any(|(id, _)| *id == sighting.id));
                work.kept.outbox.remove(&sighting.id);
            }
            self.write_down(&post.declared.name, work, Vec::new(), now).await?;
        }
        Ok(())
    }
}

/// What looking back gave.
struct Found {
    alerts: Vec<matcher::watch::Alert>,
    looked: u64,
}

/// Looks for new indicators among what is remembered; that one was looked for and not seen is a sighting too.
fn look_back(work: &mut Work, now: Timestamp) -> Found {
    let new = std::mem::take(&mut work.new);
    let mut found = Found { alerts: Vec::new(), looked: 0 };
    let Some(recent) = work.recent.take() else { return found };
    for (id, answer) in work.watch.look_back_for(&new, &recent, now) {
        match answer {
            Ok(looked) => {
                found.looked += 1;
                found.alerts.extend(looked.alerts);
                if let Some(none) = looked.none {
                    work.kept.outbox.insert(none.id.clone(), none);
                }
            }
            Err(why) => tracing::info!("`{id}` cannot be looked for in the past: {why}"),
        }
    }
    work.recent = Some(recent);
    found
}

/// The days that changed, as they are to be written, and up to where new indicators were looked for.
fn remembered(sensor: &str, work: &mut Work) -> Vec<Operation> {
    let Some(recent) = &mut work.recent else { return Vec::new() };
    let mut operations = Vec::new();
    for (day, text) in recent.written() {
        if text.is_empty() {
            work.kept.days.remove(&day);
        } else {
            work.kept.days.insert(day);
        }
        operations.push(Operation::Document { name: day_document(sensor, day), content: text.into() });
    }
    if work.looked < work.followed && work.new.is_empty() {
        operations.push(Operation::Cursor { consumer: consumer(sensor), sequence: work.followed });
        work.looked = work.followed;
    }
    operations
}
