//! How is a bundle file read that may hold millions of indicators? One thread cuts it into objects, several read those, nobody holds
//! it whole.

use std::{
    fs::File,
    io::Read as _,
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use anyhow::{Context, bail};
use matcher::{MatcherLimits, watch::FeedReader};
use stix::{
    Limits,
    splitter::{Element, Splitter},
};

use super::{Live, Update};
use crate::commands::watch::sift;

/// How much is cut at once, and about as much is read by one thread at a time, in bytes.
const BATCH_BYTES: usize = 256 << 10;
/// So many batches wait for each thread; cutting waits for that.
const BATCHES_WAITING_MAX: usize = 2;
/// So many objects that cannot be read are told one by one; the rest is counted.
const FAULTS_TOLD_MAX: u64 = 20;

/// Objects that follow each other.
#[derive(Default)]
struct Batch {
    text: Vec<u8>,
    /// Where each begins in the file, and where it is in the text; nothing where it is longer than allowed.
    objects: Vec<(u64, Option<Range<usize>>)>,
    /// See [`Update::Objects`].
    ahead: u64,
}

/// Gives the objects of a bundle or envelope.
pub(super) fn read(file: &str, sender: &SyncSender<Update>) -> anyhow::Result<()> {
    let opened = File::open(file).with_context(|| format!("cannot read `{file}`"))?;
    let threads = sift::threads().get();
    let (batches, waiting) = sync_channel(threads * BATCHES_WAITING_MAX);
    let parsing =
        Parsing { file, waiting: Mutex::new(waiting), spare: Mutex::default(), faults: AtomicU64::new(0) };
    let cut = thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| parsing.parse(sender));
        }
        let cut = cut(opened, &parsing, &batches);
        // The others end when nothing can come any more.
        drop(batches);
        cut
    });
    let untold = parsing.faults.load(Ordering::Relaxed).saturating_sub(FAULTS_TOLD_MAX);
    if untold > 0 {
        tracing::warn!("`{file}`: {untold} further objects cannot be read");
    }
    cut.with_context(|| format!("`{file}` cannot be read to its end"))
}

/// What the threads have in common.
struct Parsing<'f> {
    file: &'f str,
    waiting: Mutex<Receiver<Batch>>,
    /// Batches to be filled again.
    spare: Mutex<Vec<Batch>>,
    faults: AtomicU64,
}

impl Parsing<'_> {
    /// Reads what was cut until nothing comes any more.
    fn parse(&self, sender: &SyncSender<Update>) {
        let mut reader = FeedReader::new(MatcherLimits::DEFAULT);
        loop {
            let next = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(batch) = next else { return };
            let mut objects = Vec::with_capacity(batch.objects.len());
            for (offset, place) in &batch.objects {
                let text = place.clone().and_then(|place| batch.text.get(place));
                match super::read(&mut reader, &text.map_or(Element::TooLong, Element::Text)) {
                    Ok(object) => objects.push(object),
                    Err(why) => self.tell(*offset, &why),
                }
            }
            let ahead = batch.ahead;
            self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
            if sender.send(Update::Objects { objects, live: Live::No, ahead }).is_err() {
                return;
            }
        }
    }

    fn tell(&self, offset: u64, why: &str) {
        if self.faults.fetch_add(1, Ordering::Relaxed) < FAULTS_TOLD_MAX {
            tracing::warn!("`{}`: the object at byte {offset} {why}", self.file);
        }
    }

    fn spare(&self) -> Batch {
        let mut batch = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        batch.text.clear();
        batch.objects.clear();
        batch.ahead = 0;
        batch
    }
}

/// Cuts a file into objects. What comes before a break in it is given all the same.
fn cut(mut file: File, parsing: &Parsing<'_>, batches: &SyncSender<Batch>) -> anyhow::Result<()> {
    let length = file.metadata()?.len();
    let mut splitter = Splitter::new(Limits::DEFAULT.object_bytes_max);
    let mut piece = vec![0; BATCH_BYTES];
    let mut batch = parsing.spare();
    let mut is_first = true;
    loop {
        let read = file.read(&mut piece)?;
        let pushed = splitter
            .push(piece.get(..read).unwrap_or(&[]), &mut |offset, element| batch.add(offset, &element));
        let is_over = read == 0 || pushed.is_err();
        if batch.text.len() >= BATCH_BYTES || is_over {
            if is_first {
                batch.ahead = length / splitter.offset().max(1);
                is_first = false;
            }
            if batches.send(std::mem::replace(&mut batch, parsing.spare())).is_err() {
                bail!("nobody reads it any more");
            }
        }
        pushed?;
        if is_over {
            return Ok(splitter.finish()?);
        }
    }
}

impl Batch {
    fn add(&mut self, offset: u64, element: &Element<'_>) {
        let place = match element {
            Element::Text(text) => {
                let start = self.text.len();
                self.text.extend_from_slice(text);
                Some(start..self.text.len())
            }
            Element::TooLong => None,
        };
        self.objects.push((offset, place));
    }
}
