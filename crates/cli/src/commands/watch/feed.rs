//! Where do indicators come from? Bundle files, and collections of TAXII 2.1 servers, polled for what is new.

mod bundle;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, bail};
use matcher::{
    MatcherLimits,
    watch::{FeedReader, Prepared},
};
use serde::Deserialize;
use stix::{
    Limits,
    splitter::{Element, split},
};
use ureq::{
    Agent,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

const TAXII: &str = "application/taxii+json;version=2.1";
/// How often a collection is asked for what is new.
const POLL: Duration = Duration::from_secs(1);
/// So many updates wait to be taken in; sources wait for that.
const UPDATES_WAITING_MAX: usize = 16;
/// After so many polls, the manifest says what is there no more.
const POLLS_PER_INVENTORY: u32 = 60;
/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 64 << 20;
/// Where systems keep the certificates of authorities.
const AUTHORITIES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
const TIMEOUT: Duration = Duration::from_secs(30);

/// What a source says.
pub(super) enum Update {
    /// Objects to take in. About so many times as many are still to come: room is made for them.
    Objects { objects: Vec<Prepared>, live: Live, ahead: u64 },
    /// Every id that a feed, by its number, has now.
    Held(usize, BTreeSet<String>),
    /// Everything that the source had was given.
    Complete,
    /// Something did not work; it is tried again.
    Problem(String),
}

/// Whether objects come from a feed that may withdraw them, and from which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Live {
    From(usize),
    No,
}

/// What sources say, and how many of them there are.
pub(super) struct Updates {
    pub(super) receiver: Receiver<Update>,
    pub(super) sources: usize,
}

/// A client of TAXII 2.1 servers.
#[derive(Clone)]
pub(super) struct Client {
    agent: Agent,
    token: Option<String>,
}

#[derive(Deserialize)]
struct Paging {
    #[serde(default)]
    more: bool,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    objects: Vec<Record>,
    #[serde(default)]
    more: bool,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Record {
    id: String,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    successes: Vec<Record>,
    #[serde(default)]
    failures: Vec<Failed>,
}

/// What became of what was posted, by id.
#[derive(Debug, Default)]
pub(super) struct Posted {
    /// What is held now.
    pub(super) held: BTreeSet<String>,
    /// What is refused, and why.
    pub(super) refused: BTreeMap<String, String>,
}

impl Posted {
    pub(super) fn join(&mut self, other: Self) {
        self.held.extend(other.held);
        self.refused.extend(other.refused);
    }
}

#[derive(Deserialize)]
struct Failed {
    id: String,
    #[serde(default)]
    message: Option<String>,
}

pub(super) fn is_url(source: &str) -> bool {
    source.starts_with("https://") || source.starts_with("http://")
}

impl Client {
    pub(super) fn new(token_file: Option<&Path>, ca: Option<&Path>) -> anyhow::Result<Self> {
        let token = match token_file {
            Some(file) => {
                let text =
                    fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
                Some(text.trim().to_owned())
            }
            None => std::env::var("CRESSET_TOKEN").ok(),
        };
        let found = AUTHORITIES.iter().map(Path::new).find(|file| file.exists());
        let roots: Vec<Certificate<'static>> = match ca.or(found) {
            Some(file) => {
                let pem = fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
                let certificates = parse_pem(&pem).filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                });
                certificates.collect()
            }
            None => Vec::new(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = Agent::config_builder().timeout_global(Some(TIMEOUT)).tls_config(tls).build();
        Ok(Self { agent: config.into(), token })
    }

    fn authorisation(&self) -> String {
        self.token.as_ref().map(|token| format!("Bearer {token}")).unwrap_or_default()
    }

    /// A page: its bytes, and the date of the last object in it.
    fn page(&self, url: &str) -> anyhow::Result<(Vec<u8>, Option<String>)> {
        let request =
            self.agent.get(url).header("accept", TAXII).header("authorization", self.authorisation());
        let mut response = request.call().with_context(|| format!("`{url}` does not answer"))?;
        let last = response.headers().get("x-taxii-date-added-last");
        let last = last.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok((body, last))
    }

    /// Posts an envelope.
    pub(super) fn post(&self, url: &str, envelope: &str) -> anyhow::Result<Posted> {
        let request = self.agent.post(url).header("accept", TAXII).header("content-type", TAXII);
        let mut response = request.header("authorization", self.authorisation()).send(envelope)?;
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        let status: Status = serde_json::from_slice(&body).context("the answer is no TAXII status")?;
        let why =
            |failed: Failed| (failed.id, failed.message.unwrap_or_else(|| "no reason is given".to_owned()));
        Ok(Posted {
            held: status.successes.into_iter().map(|record| record.id).collect(),
            refused: status.failures.into_iter().map(why).collect(),
        })
    }

    /// Whether an error says that what was sent is wrong, however often it is sent.
    pub(super) fn refuses(error: &anyhow::Error) -> bool {
        matches!(error.downcast_ref::<ureq::Error>(), Some(ureq::Error::StatusCode(400 | 413 | 422)))
    }
}

/// Starts reading every source.
pub(super) fn start(sources: &[String], client: &Client) -> anyhow::Result<Updates> {
    let (sender, receiver) = sync_channel(UPDATES_WAITING_MAX);
    for (number, source) in sources.iter().enumerate() {
        let (source, sender, client) = (source.clone(), sender.clone(), client.clone());
        thread::Builder::new().name("cresset-feed".to_owned()).spawn(move || {
            if is_url(&source) {
                Collection::new(number, &source, client, sender).follow();
            } else {
                if let Err(error) = bundle::read(&source, &sender) {
                    let _ = sender.send(Update::Problem(format!("{error:#}")));
                }
                let _ = sender.send(Update::Complete);
            }
        })?;
    }
    Ok(Updates { receiver, sources: sources.len() })
}

fn objects(envelope: &[u8]) -> anyhow::Result<Vec<Prepared>> {
    let (elements, result) = split(envelope, Limits::DEFAULT.object_bytes_max);
    result.context("this is no bundle or envelope")?;
    let mut reader = FeedReader::new(MatcherLimits::DEFAULT);
    let mut objects = Vec::with_capacity(elements.len());
    for (number, element) in elements.iter().enumerate() {
        match read(&mut reader, element) {
            Ok(object) => objects.push(object),
            Err(why) => tracing::warn!("object {number} of a page {why}"),
        }
    }
    Ok(objects)
}

/// An object, or what is wrong with it.
pub(super) fn read(reader: &mut FeedReader, element: &Element<'_>) -> Result<Prepared, String> {
    let Element::Text(text) = element else { return Err("is longer than allowed".to_owned()) };
    reader.read(text).map_err(|findings| match findings.first() {
        Some(first) => format!("is no STIX object: {} at `{}`", first.message, first.pointer),
        None => "is no STIX object".to_owned(),
    })
}

/// A collection that is followed.
struct Collection {
    number: usize,
    url: String,
    client: Client,
    sender: SyncSender<Update>,
    after: Option<String>,
}

impl Collection {
    fn new(number: usize, url: &str, client: Client, sender: SyncSender<Update>) -> Self {
        Self { number, url: url.trim_end_matches('/').to_owned(), client, sender, after: None }
    }

    fn follow(mut self) {
        let mut complete = false;
        let mut polls = 0;
        loop {
            let polled = self.poll().and_then(|()| {
                polls += 1;
                if polls % POLLS_PER_INVENTORY == 0 { self.take_inventory() } else { Ok(()) }
            });
            let sent = match polled {
                Ok(()) if complete => Ok(()),
                Ok(()) => {
                    complete = true;
                    self.sender.send(Update::Complete)
                }
                Err(error) => self.sender.send(Update::Problem(format!("{error:#}"))),
            };
            if sent.is_err() {
                return;
            }
            thread::sleep(POLL);
        }
    }

    /// Everything that was added since the last time.
    fn poll(&mut self) -> anyhow::Result<()> {
        let types = "match[type]=indicator,opinion,marking-definition&limit=1000";
        let mut query = match &self.after {
            Some(after) => format!("{types}&added_after={after}"),
            None => types.to_owned(),
        };
        loop {
            let (body, last) = self.client.page(&format!("{}/objects/?{query}", self.url))?;
            let paging: Paging = serde_json::from_slice(&body).context("the answer is no envelope")?;
            let objects = objects(&body)?;
            if !objects.is_empty() {
                self.after = last.or(self.after.take());
                let _ =
                    self.sender.send(Update::Objects { objects, live: Live::From(self.number), ahead: 0 });
            }
            match paging.next {
                Some(next) if paging.more => query = format!("next={next}&limit=1000"),
                _ => return Ok(()),
            }
        }
    }

    /// What is there: what was there before and is no more was withdrawn, or is withheld by now.
    fn take_inventory(&self) -> anyhow::Result<()> {
        let mut held = BTreeSet::new();
        let mut query = "match[type]=indicator&limit=1000".to_owned();
        loop {
            let (body, _) = self.client.page(&format!("{}/manifest/?{query}", self.url))?;
            let manifest: Manifest = serde_json::from_slice(&body).context("the answer is no manifest")?;
            held.extend(manifest.objects.into_iter().map(|record| record.id));
            match manifest.next {
                Some(next) if manifest.more => query = format!("next={next}&limit=1000"),
                _ if manifest.more => bail!("the manifest has more and does not say where"),
                _ => break,
            }
        }
        let _ = self.sender.send(Update::Held(self.number, held));
        Ok(())
    }
}
