//! `cresset hunt`: one pattern over files, now.

use std::{
    collections::BTreeMap, io::Write as _, path::PathBuf, sync::mpsc::RecvTimeoutError, time::Duration,
};

use anyhow::Context;
use clap::{Args, ValueHint};
use matcher::{
    Equality, IndicatorId, Match, MatcherLimits, Observation, Program, Standing, Validity,
    scan::IndicatorSlot, sieve::Sieve, watch::Seen,
};
use serde::Serialize;
use server::system_clock;
use stix::{
    Timestamp,
    pattern::{Grammar, Pattern},
};

use super::{
    input::{Follow, Inputs, stop_flag},
    lines::Lines,
    sift::{self, Sight},
};
use crate::output::{Format, Outcome, refused};

/// How long is waited for telemetry at a time.
const PATIENCE: Duration = Duration::from_secs(1);

/// What `cresset hunt` is told.
#[derive(Debug, Args)]
pub(crate) struct HuntArgs {
    /// A STIX pattern, such as `[domain-name:value = 'bad.example']`
    pattern: String,
    /// Telemetry: files, directories, or `-`
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    input: Vec<String>,
    /// What the telemetry is; found out where not said
    #[arg(long)]
    format: Option<String>,
    /// Your own mappings from telemetry to STIX (TOML)
    #[arg(long, value_hint = ValueHint::FilePath)]
    mapping: Vec<PathBuf>,
}

/// What is printed for a match.
#[derive(Debug, Serialize)]
struct Found<'a> {
    time: String,
    values: Vec<(String, String)>,
    seen: Option<&'a Seen>,
    observations: usize,
}

/// Runs a pattern over telemetry; exit code 1 where nothing matches.
pub(crate) fn run(args: &HuntArgs, format: Format) -> anyhow::Result<Outcome> {
    let limits = MatcherLimits::DEFAULT;
    let pattern = match Pattern::parse_either(&args.pattern, Grammar::V21, &limits.pattern) {
        Ok((pattern, _)) => pattern,
        Err(error) => return refused(format, &[format!("the pattern: {error}")]),
    };
    let id = IndicatorId::new("hunt");
    let mut program = Program::new(Equality::Normalised, limits);
    let validity = Validity { from: Timestamp::EPOCH, until: None, standing: Standing::Active };
    if let Err(error) = program.insert(id.clone(), &pattern, validity) {
        return refused(format, &[error.to_string()]);
    }
    let mut lines = Lines::new(args.format.as_deref(), &args.mapping)?;
    let named = lines.named();
    let mut sieve = Sieve::default();
    let slot = IndicatorSlot::new(0).context("no slot")?;
    sieve.insert(&args.pattern, slot, &limits)?;
    sieve.want(lines.want(program.paths()), named);
    let sight = Sight::default();
    sight.change(Some(&sieve));
    let inputs = Inputs {
        names: &args.input,
        follow: Follow::No,
        positions: &BTreeMap::new(),
        threads: sift::threads(),
        sight,
        stop: stop_flag()?,
    };
    let mut chunks = inputs.start()?;
    let mut out = std::io::stdout();
    let (mut found, mut all, mut read, mut broken) = (0_u64, 0_u64, 0_usize, 0_usize);
    loop {
        let chunk = match chunks.next(PATIENCE) {
            Ok(chunk) => chunk,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let lines_before = chunk.lines_before();
        chunk.is_counted();
        all += chunk.sifted.lines;
        read += chunk.sifted.read.len();
        for place in &chunk.sifted.read {
            let line = chunk.bytes.get(place.bytes.clone()).unwrap_or(&[]);
            let now = system_clock().now();
            let Ok(observations) = lines.observations(&chunk.input, line, now) else {
                broken += 1;
                continue;
            };
            let number = lines_before + 1 + place.number;
            for observation in &observations {
                let seen = Seen { input: chunk.input.to_string(), line: number };
                let matches = program.observe(observation, now);
                found += tell(&mut out, (&program, &id), &matches, Some((observation, &seen)))?;
            }
        }
    }
    let matches = program.finish();
    found += tell(&mut out, (&program, &id), &matches, None)?;
    eprintln!("{found} match(es) in {all} line(s); {read} had to be read, {broken} of them could not be");
    Ok(if found > 0 { Outcome::Done } else { Outcome::Refused })
}

fn tell(
    out: &mut std::io::Stdout,
    (program, id): (&Program, &IndicatorId),
    matches: &[Match],
    seen: Option<(&Observation, &Seen)>,
) -> anyhow::Result<u64> {
    for one in matches {
        let own = seen.filter(|(observation, _)| one.observations.contains(&observation.id));
        let found = Found {
            time: one.at.to_micros_text(),
            values: own.map_or_else(Vec::new, |(observation, _)| program.explain(id, observation)),
            seen: own.map(|(_, seen)| seen),
            observations: one.observations.len(),
        };
        serde_json::to_writer(&mut *out, &found)?;
        out.write_all(b"\n").context("cannot write")?;
    }
    Ok(matches.len() as u64)
}
