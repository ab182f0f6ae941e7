//! `cresset watch`: a sensor. Indicators from a node or a file, telemetry from files and the network, alerts to standard output,
//! sightings home.

mod feed;
mod gauges;
mod home;
pub(crate) mod hunt;
mod input;
mod lines;
mod memory;
mod permissions;
mod sift;
pub(crate) mod state;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write as _},
    num::NonZeroUsize,
    path::PathBuf,
    sync::mpsc::RecvTimeoutError,
    time::{Duration, Instant},
};

use anyhow::Context;
use clap::{Args, ValueHint};
use matcher::watch::{
    Alert, Due, Naming, ObservedData, Pap, Prepared, Put, Seen, Sensor, Watch, WatchLimits,
};
use server::system_clock;

use self::{
    feed::Update,
    gauges::Gauges,
    home::Home,
    input::{Chunk, Chunks, Follow, Inputs},
    lines::{Lines, Lists},
    memory::Memory,
    permissions::{Permission, Permissions},
    sift::Sight,
    state::State,
};
use crate::output::Outcome;

/// How often what was counted is written down, sightings are looked for, and silences are read.
const TICK: Duration = Duration::from_secs(1);
/// How long a sensor that stops tries to send its sightings home.
const FAREWELL: Duration = Duration::from_secs(10);

/// What `cresset watch` is told.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct WatchArgs {
    /// Where indicators come from: bundle files, or URLs of collections (http…/collections/ID/)
    #[arg(long, required = true, value_name = "FILE|URL")]
    indicators: Vec<String>,
    /// Telemetry: files, directories to follow, `-`, `udp://ADDRESS`, `tcp://ADDRESS`
    #[arg(long, required = true, value_name = "INPUT")]
    input: Vec<String>,
    /// Go on reading files as they grow and are rotated (directories always are)
    #[arg(long)]
    follow: bool,
    /// What the telemetry is, such as `zeek` or `suricata`; found out where not said
    #[arg(long)]
    format: Option<String>,
    /// Your own mappings from telemetry to STIX (TOML)
    #[arg(long, value_hint = ValueHint::FilePath)]
    mapping: Vec<PathBuf>,
    /// A file with the token for the node
    #[arg(long, env = "CRESSET_TOKEN_FILE", value_hint = ValueHint::FilePath)]
    token_file: Option<PathBuf>,
    /// The authority that signed the node's certificate (PEM)
    #[arg(long, value_hint = ValueHint::FilePath)]
    ca: Option<PathBuf>,
    /// The collection to which sightings go; the first with indicators where not said
    #[arg(long, value_name = "URL")]
    home: Option<String>,
    /// Send no sightings
    #[arg(long, conflicts_with = "home")]
    no_home: bool,
    /// Where the sensor keeps what it needs to go on
    #[arg(long, env = "CRESSET_WATCH_STATE", default_value = "cresset-watch", value_hint = ValueHint::DirPath)]
    state: PathBuf,
    /// The sensor's name; it keeps sensors of one organisation apart and is not sent
    #[arg(long, default_value = "sensor")]
    sensor: String,
    /// The identity of your organisation: its opinions silence indicators here
    #[arg(long)]
    organisation: Option<String>,
    /// Say in sightings that it was your organisation; else only the nation is said
    #[arg(long, requires = "organisation")]
    name_organisation: bool,
    /// Your nation for sightings (ISO 3166-1 alpha-2, such as NO)
    #[arg(long)]
    country: Option<String>,
    /// Markings of the sensor, added to those of the indicator: `TLP:AMBER` or the id of a marking-definition
    #[arg(long, default_value = "TLP:AMBER")]
    marking: Vec<String>,
    /// Indicators with a stricter PAP are not watched for: CLEAR, GREEN, AMBER or RED, which permits to look for all
    #[arg(long, default_value = "RED")]
    pap: releasability::Pap,
    /// Seconds that one sighting gathers
    #[arg(long, default_value_t = 300)]
    window: i64,
    /// Alerts of one indicator told in one window; the rest is counted
    #[arg(long, default_value_t = 100)]
    alerts_per_window_max: u64,
    /// Answer `/metrics` (OpenMetrics) here
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<std::net::SocketAddr>,
    /// Remember values seen in so many days, to look for new indicators among them; 0 remembers none. Every line is then read
    #[arg(long, default_value_t = 0)]
    remember_days: u16,
    /// Threads that look at telemetry; as many as the machine has processors where not said
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// Let an indicator fire although its value is on the lists of common values that come with the program
    #[arg(long)]
    no_warninglists: bool,
    /// Your own lists of common values
    #[arg(long, value_hint = ValueHint::FilePath)]
    warninglist: Vec<PathBuf>,
}

/// Runs the sensor until its inputs end or it is told to stop.
pub(crate) fn run(args: &WatchArgs) -> anyhow::Result<Outcome> {
    let stop = input::stop_flag()?;
    let mut state = State::open(&args.state)?;
    let limits = WatchLimits {
        window_seconds: args.window.max(1),
        alerts_per_window_max: args.alerts_per_window_max,
        ..WatchLimits::default()
    };
    let lists = if args.no_warninglists { Lists::PassedOver } else { Lists::Used };
    let common = lines::common(lists, &args.warninglist)?;
    let watch = Watch::new(sensor(args)?, limits, state.counted.clone(), common);
    // What is remembered is in every line.
    let watch = if args.remember_days == 0 { watch.sifting() } else { watch };
    let client = feed::Client::new(args.token_file.as_deref(), args.ca.as_deref())?;
    let updates = feed::start(&args.indicators, &client)?;
    let home = match &args.home {
        Some(home) => Some(home.clone()),
        None => args.indicators.iter().find(|source| feed::is_url(source)).cloned(),
    };
    let home = home.filter(|_| !args.no_home).map(|url| Home::start(&url, client)).transpose()?;
    let gauges = Gauges::start(args.metrics)?;
    let lines = Lines::new(args.format.as_deref(), &args.mapping)?;
    let memory = Memory::open(&args.state, args.remember_days, &state.looked)?;
    let mut sensor = Running {
        watch,
        lines,
        gauges,
        home,
        feeds: BTreeMap::new(),
        permissions: Permissions::default(),
        held_back: Vec::new(),
        begun: Begun::No,
        silenced: BTreeSet::new(),
        memory,
        sight: Sight::default(),
        out: io::stdout(),
    };
    sensor.read_silences(&args.state);
    sensor.take_first(&updates)?;
    sensor.look_back(&mut state)?;
    let inputs = Inputs {
        names: &args.input,
        follow: if args.follow { Follow::Yes } else { Follow::No },
        positions: &state.positions,
        threads: args.threads.unwrap_or_else(sift::threads),
        sight: sensor.sight.clone(),
        stop,
    };
    let mut chunks = inputs.start()?;
    let told = sensor.work(&mut chunks, &updates, (&mut state, &args.state))?;
    sensor.end(&mut state)?;
    eprintln!("{told} alert(s), {} line(s)", sensor.gauges.lines());
    // The process ends: what a million indicators take is not given back piece by piece.
    std::mem::forget(sensor);
    Ok(Outcome::Done)
}

fn sensor(args: &WatchArgs) -> anyhow::Result<Sensor> {
    let marking = |word: &String| {
        exchange::world::default_marking_id(word)
            .with_context(|| format!("`{word}` is no TLP level and no id of a marking-definition"))
    };
    let markings: Vec<String> = args.marking.iter().map(marking).collect::<anyhow::Result<_>>()?;
    let amber = exchange::world::default_marking_id("TLP:AMBER").into_iter().collect();
    Ok(Sensor {
        name: args.sensor.clone(),
        organisation: args.organisation.clone(),
        country: args.country.clone(),
        naming: if args.name_organisation { Naming::Organisation } else { Naming::NationOnly },
        markings,
        unmarked: amber,
        pap: exchange::world::permitted(args.pap),
        observed_data: ObservedData::Keep,
    })
}

/// Whether every source has given what it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    Yes,
    No,
}

/// A sensor at work, with its hands.
struct Running {
    watch: Watch,
    lines: Lines,
    gauges: Gauges,
    home: Option<Home>,
    /// The ids that came from feeds, so that those which are there no more are withdrawn.
    feeds: BTreeMap<usize, BTreeSet<String>>,
    permissions: Permissions,
    /// Indicators whose markings never came so far: they may be defined behind them, or by another source.
    held_back: Vec<(Prepared, feed::Live)>,
    begun: Begun,
    silenced: BTreeSet<String>,
    memory: Option<Memory>,
    /// With what telemetry is looked at by those who read it.
    sight: Sight,
    out: io::Stdout,
}

impl Running {
    /// Waits until every source of indicators has given what it has.
    fn take_first(&mut self, updates: &feed::Updates) -> anyhow::Result<()> {
        let mut left = updates.sources;
        while left > 0 {
            match updates.receiver.recv_timeout(Duration::from_mins(1)) {
                Ok(Update::Complete) => left -= 1,
                Ok(update) => self.take(update),
                Err(RecvTimeoutError::Timeout) => anyhow::bail!("the indicators do not arrive"),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.begun = Begun::Yes;
        for (prepared, live) in std::mem::take(&mut self.held_back) {
            self.put(prepared, live);
        }
        self.gauges.indicators(self.watch.indicators());
        self.want();
        tracing::info!(indicators = self.watch.indicators(), "watching");
        Ok(())
    }

    /// What is read of telemetry: what indicators ask for, and what is remembered.
    fn want(&mut self) {
        let mut paths = self.watch.program().paths();
        if self.memory.is_some() {
            paths.extend(matcher::watch::kept_paths());
        }
        let named = self.lines.named();
        self.watch.want(self.lines.want(paths), named);
        self.sight.change(self.watch.sieve());
    }

    /// Looks for new indicators among what is remembered.
    fn look_back(&mut self, state: &mut State) -> anyhow::Result<u64> {
        let Some(memory) = &mut self.memory else { return Ok(0) };
        let now = system_clock().now();
        let mut alerts = Vec::new();
        let new = memory.new_indicators();
        for (id, looked) in self.watch.look_back_for(&new, memory.values(), now) {
            match looked {
                Ok(looked) => {
                    alerts.extend(looked.alerts);
                    if let Some(none) = looked.none {
                        tracing::info!(days = looked.days, "`{id}` was looked for in the past and not seen");
                        self.gauges.sighting();
                        if self.home.is_some() {
                            state.outbox.insert(none.id.clone(), none);
                        }
                    }
                }
                Err(why) => tracing::warn!("`{id}` cannot be looked for in the past: {why}"),
            }
        }
        if !new.is_empty() {
            // First in one file what was counted and for what; then the list of all, after which the state need not say it.
            state.looked.extend(new);
            state.counted = self.watch.counted().clone();
            state.save()?;
            memory.save_now()?;
            state.looked.clear();
        }
        self.tell(&alerts)
    }

    fn take(&mut self, update: Update) {
        match update {
            Update::Objects { objects, live, ahead } => {
                objects.iter().filter_map(Prepared::other).for_each(|other| self.permissions.learn(other));
                if ahead > 0 {
                    let indicators = objects.iter().filter(|own| own.indicator().is_some()).count();
                    self.watch
                        .reserve(indicators.saturating_mul(usize::try_from(ahead).unwrap_or(usize::MAX)));
                }
                for prepared in objects {
                    self.put(prepared, live);
                }
                self.gauges.indicators(self.watch.indicators());
            }
            Update::Held(number, ids) => {
                let before = self.feeds.insert(number, ids).unwrap_or_default();
                for id in before {
                    if !self.feeds.values().any(|held| held.contains(&id)) {
                        self.watch.withdraw(&id);
                    }
                }
            }
            Update::Complete => {}
            Update::Problem(what) => tracing::warn!("{what}"),
        }
    }

    fn put(&mut self, prepared: Prepared, live: feed::Live) {
        let mut pap = Pap::Red;
        let mut id = String::new();
        if let Some((own, markings)) = prepared.indicator() {
            let permission = self.permissions.of(markings);
            if permission == Permission::Unknown && self.begun == Begun::No {
                self.held_back.push((prepared, live));
                return;
            }
            pap = permission.pap();
            if self.memory.is_some() || live != feed::Live::No {
                own.clone_into(&mut id);
            }
        }
        match self.watch.put_prepared(prepared, pap) {
            Ok(put @ (Put::Watched | Put::AboveCeiling)) => {
                if put == Put::AboveCeiling {
                    self.gauges.above_ceiling(self.watch.above_ceiling());
                } else if let Some(memory) = &mut self.memory {
                    memory.met(&id);
                }
                if let feed::Live::From(number) = live {
                    self.feeds.entry(number).or_default().insert(id);
                }
            }
            Ok(Put::Revoked | Put::Older | Put::Silenced | Put::Lifted | Put::Other) => {}
            Err(refused) => {
                self.gauges.refused();
                tracing::warn!("{refused}");
            }
        }
    }

    /// Looks at telemetry until there is no more, and says how many alerts were told.
    fn work(
        &mut self,
        chunks: &mut Chunks,
        updates: &feed::Updates,
        (state, dir): (&mut State, &std::path::Path),
    ) -> anyhow::Result<u64> {
        let mut told = 0;
        #[expect(clippy::disallowed_methods, reason = "this is the rim: how long ago the last look was")]
        let now = Instant::now;
        let mut last = now();
        loop {
            let chunk = chunks.next(TICK / 5);
            let mut taken = false;
            while let Ok(update) = updates.receiver.try_recv() {
                self.take(update);
                taken = true;
            }
            if taken {
                self.want();
                told += self.look_back(state)?;
            }
            match chunk {
                Ok(chunk) => {
                    told += self.look_at(&chunk)?;
                    state.advance(&chunk);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(told),
            }
            if last.elapsed() >= TICK {
                last = now();
                self.read_silences(dir);
                let waited = self.watch.tick(system_clock().now());
                told += self.tell(&waited)?;
                self.tick(state, Due::WindowOver)?;
            }
        }
    }

    fn look_at(&mut self, chunk: &Chunk) -> anyhow::Result<u64> {
        self.gauges.lines_seen(chunk.sifted.lines);
        let first_line = chunk.lines_before() + 1;
        chunk.is_counted();
        let mut alerts = Vec::new();
        for place in &chunk.sifted.read {
            let line = chunk.bytes.get(place.bytes.clone()).unwrap_or(&[]);
            let now = system_clock().now();
            match self.lines.observations(&chunk.input, line, now) {
                Ok(observations) => {
                    for observation in &observations {
                        if let Some(memory) = &mut self.memory {
                            memory.note(observation);
                        }
                        let line = first_line + place.number;
                        let seen = Seen { input: chunk.input.to_string(), line };
                        alerts.extend(self.watch.observe(observation, &seen, now));
                    }
                }
                Err(what) => self.gauges.broken(&chunk.input, &what),
            }
        }
        self.tell(&alerts)
    }

    fn tell(&mut self, alerts: &[Alert]) -> anyhow::Result<u64> {
        for alert in alerts {
            serde_json::to_writer(&mut self.out, alert)?;
            self.out.write_all(b"\n")?;
            self.gauges.alert();
        }
        self.out.flush()?;
        Ok(alerts.len() as u64)
    }

    /// Writes down what was counted, together with how far the inputs were read; takes what came home off the list.
    fn tick(&mut self, state: &mut State, due: Due) -> anyhow::Result<()> {
        if let Some(home) = &mut self.home {
            let posted = home.arrived();
            for id in posted.held {
                state.outbox.remove(&id);
            }
            for (id, why) in posted.refused {
                tracing::warn!("`{id}` was refused: {why}");
                if state.set_aside(&id) {
                    self.gauges.sighting_refused();
                }
            }
        }
        for sighting in self.watch.sightings(system_clock().now(), due) {
            self.gauges.sighting();
            if self.home.is_some() {
                state.outbox.insert(sighting.id.clone(), sighting);
            }
        }
        state.counted = self.watch.counted().clone();
        if let Some(memory) = &mut self.memory {
            memory.save()?;
        }
        state.save()?;
        if let Some(home) = &mut self.home {
            home.send(&state.outbox);
        }
        self.gauges.waiting(state.outbox.len());
        self.gauges.show();
        Ok(())
    }

    /// `silenced` in the state directory: an id a line. `cresset silence` writes it.
    fn read_silences(&mut self, dir: &std::path::Path) {
        let silenced = state::silenced(dir);
        for id in silenced.difference(&self.silenced) {
            self.watch.silence(id);
        }
        for id in self.silenced.difference(&silenced) {
            self.watch.unsilence(id);
        }
        self.silenced = silenced;
    }

    /// The inputs are over: what waits is matched, counted and sent.
    fn end(&mut self, state: &mut State) -> anyhow::Result<()> {
        let alerts = self.watch.finish(system_clock().now());
        self.tell(&alerts)?;
        if let Some(memory) = &mut self.memory {
            memory.save_now()?;
        }
        self.tick(state, Due::Everything)?;
        let mut waited = Duration::ZERO;
        while self.home.is_some() && !state.outbox.is_empty() && waited < FAREWELL {
            std::thread::sleep(TICK / 10);
            waited += TICK / 10;
            self.tick(state, Due::Everything)?;
        }
        if !state.refused.is_empty() {
            tracing::warn!(
                refused = state.refused.len(),
                "sightings were refused; they are sent again at the next start"
            );
        }
        if !state.outbox.is_empty() {
            tracing::warn!(
                waiting = state.outbox.len(),
                "sightings wait to be sent when the sensor runs again"
            );
        }
        Ok(())
    }
}
