//! What does the next line of this stream hold of what is wanted?

use std::borrow::Cow;

use stix::{Limits, Timestamp, json};

use super::{
    cef,
    finding::{Counts, Finding, FindingCode},
    gather::{Full, Gathering, Place},
    limits::TelemetryLimits,
    mapping::{At, Form, Mapping, Rule},
    node::{Flat, Indexed, Node},
    normalise::Normaliser,
    sources::SourceId,
    syslog, token,
    wanted::Wanted,
    zeek::Table,
};
use crate::{MatcherLimits, Observation, ObservationId, observed_data};

/// One stream of lines: remembers its source, the header of its table and the time of its last line.
#[derive(Debug, Clone)]
pub struct Reader {
    named: Option<SourceId>,
    guess: Option<SourceId>,
    limits: TelemetryLimits,
    table: Table,
    last: Option<Timestamp>,
    next: u64,
    counts: Counts,
}

/// A line, taken apart.
enum Record<'a> {
    Json(json::Tree<'a>),
    Flat(Form, Flat<'a>),
    /// Blank, or a header.
    Nothing,
}

/// What a line says besides its record: when a relay passed it on.
type Sent = Option<Timestamp>;

impl Record<'_> {
    fn node(&self) -> Option<(Form, Node<'_>)> {
        match self {
            Self::Json(tree) => Some((Form::Json, Node::Json(tree.root()))),
            Self::Flat(form, fields) => Some((*form, Node::Flat(fields))),
            Self::Nothing => None,
        }
    }
}

impl Reader {
    /// A stream of a source, or of whatever source its lines turn out to be of.
    pub fn new(named: Option<SourceId>, limits: TelemetryLimits) -> Self {
        Self {
            named,
            guess: None,
            limits,
            table: Table::new(),
            last: None,
            next: 0,
            counts: Counts::default(),
        }
    }

    /// What was wrong with the lines so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The source that was named, or that the last line was recognised as.
    pub fn source(&self) -> Option<SourceId> {
        self.named.or(self.guess)
    }

    /// Reads one line, with or without its end: at most one observation, but for lines that hold STIX, which may be
    /// bundles. They are numbered as they come, from 0; a line without a time is taken to be of `now`.
    ///
    /// # Errors
    /// [`Finding`] for a line that could not be read. What is wrong with a part of a line is counted only
    /// ([`Reader::counts`]). Either way the next line can be read.
    pub fn read(
        &mut self,
        line: &[u8],
        wanted: &Wanted,
        now: Timestamp,
    ) -> Result<Vec<Observation>, Finding> {
        let read = self.observations(line, wanted, now);
        if let Err(finding) = read {
            self.counts.add(finding.code);
        }
        read
    }

    fn observations(
        &mut self,
        line: &[u8],
        wanted: &Wanted,
        now: Timestamp,
    ) -> Result<Vec<Observation>, Finding> {
        if wanted.is_empty() && !line.starts_with(b"#") {
            return Ok(Vec::new());
        }
        let text = self.decoded(line)?;
        let mut table = std::mem::replace(&mut self.table, Table::new());
        let read = self.of_text(&text, &mut table, wanted, now);
        self.table = table;
        read
    }

    fn of_text(
        &mut self,
        text: &str,
        table: &mut Table,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Result<Vec<Observation>, Finding> {
        if text.starts_with('#') {
            let header = table.header(text, self.limits.columns_max);
            return header.map(|()| Vec::new()).map_err(|_| Finding::new(FindingCode::HeaderBroken, 0));
        }
        let (record, sent) = self.record(text, table, wanted, now)?;
        let Some((form, node)) = record.node() else { return Ok(Vec::new()) };
        let indexed = Indexed::new(node);
        let node = indexed.as_ref().map_or(node, Node::Indexed);
        let source = self.recognised(form, node, wanted)?;
        let Some(mapping) = wanted.sources().mapping(source) else { return Ok(Vec::new()) };
        if mapping.form == Form::Stix {
            return Ok(self.stix(&record));
        }
        if wanted.groups(source).is_empty() {
            return Ok(Vec::new());
        }
        let moment = self.moment(mapping, node, sent, now);
        let gathering = self.gather(source, mapping, node, wanted);
        let observation = gathering.observation(ObservationId(self.next), moment);
        self.next += u64::from(observation.is_some());
        Ok(observation.into_iter().collect())
    }

    /// For [`super::Sources::detect`].
    pub(super) fn source_of(&mut self, line: &[u8], wanted: &Wanted) -> Option<SourceId> {
        let text = self.decoded(line).ok()?;
        if ["#separator", "#fields", "#path"].iter().any(|begin| text.starts_with(begin)) {
            return wanted.sources().find("zeek");
        }
        let table = Table::new();
        let (record, _) = self.record(&text, &table, wanted, Timestamp::MAX).ok()?;
        let (form, node) = record.node()?;
        self.recognised(form, node, wanted).ok()
    }

    /// The line as text, without its end, marks of byte order and NULs around it.
    fn decoded<'a>(&mut self, line: &'a [u8]) -> Result<Cow<'a, str>, Finding> {
        if line.len() > self.limits.line_bytes_max {
            return Err(Finding::new(FindingCode::LineLong, self.limits.line_bytes_max));
        }
        if line.starts_with(&[0xff, 0xfe]) || line.starts_with(&[0xfe, 0xff]) {
            return Err(Finding::new(FindingCode::LineEncoding, 0));
        }
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r' | 0);
        let start = line.iter().take_while(|byte| is_end(byte)).count();
        let line = line.get(start..).unwrap_or(&[]);
        let end = line.len() - line.iter().rev().take_while(|byte| is_end(byte)).count();
        let text = String::from_utf8_lossy(line.get(..end).unwrap_or(line));
        if matches!(text, Cow::Owned(_)) {
            self.counts.add(FindingCode::LineEncoding);
        }
        Ok(text)
    }

    fn record<'a>(
        &mut self,
        text: &'a str,
        table: &'a Table,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Result<(Record<'a>, Sent), Finding> {
        let trimmed = text.trim_start();
        if trimmed.is_empty() {
            return Ok((Record::Nothing, None));
        }
        if trimmed.starts_with('{') {
            return Ok((self.json(trimmed)?, None));
        }
        if table.is_ready() {
            let (fields, off) = table.row(text, self.limits.values_max);
            if off > 0 {
                self.counts.add(FindingCode::ColumnsDiffer);
            }
            return Ok((Record::Flat(Form::Json, fields), None));
        }
        let message = syslog::message(trimmed, now);
        let (payload, sent) = message.map_or((trimmed, None), |message| (message.text, message.sent));
        if let Some(begin) = cef::begin(payload) {
            let fields = cef::fields(begin, self.limits.values_max);
            let fields = fields.ok_or(Finding::new(FindingCode::LineBroken, 0))?;
            return Ok((Record::Flat(Form::Cef, fields), sent));
        }
        let payload = payload.strip_prefix("@cee:").unwrap_or(payload).trim_start();
        if payload.starts_with('{') {
            return Ok((self.json(payload)?, sent));
        }
        let is_named_text = self
            .named
            .and_then(|named| wanted.sources().mapping(named))
            .is_some_and(|mapping| mapping.form == Form::Text);
        let mut fields = Flat::new();
        if let Some(message) = message {
            let words = [("host", message.host), ("app", message.app)];
            fields.extend(words.map(|(key, word)| (Cow::Borrowed(key), Cow::Borrowed(word))));
            token::fields(message.data, &mut fields, self.limits.fields_max);
        } else if !is_named_text {
            return Err(Finding::new(FindingCode::SourceUnknown, 0));
        }
        token::fields(payload, &mut fields, self.limits.fields_max);
        Ok((Record::Flat(Form::Text, fields), sent))
    }

    fn json<'a>(&self, text: &'a str) -> Result<Record<'a>, Finding> {
        let limits = Limits {
            object_bytes_max: self.limits.line_bytes_max.saturating_mul(3),
            depth_max: self.limits.depth_max,
            values_max: self.limits.values_max,
            string_bytes_max: self.limits.line_bytes_max.saturating_mul(3),
            ..Limits::DEFAULT
        };
        match json::Tree::parse(text.as_bytes(), &limits) {
            Ok(tree) => Ok(Record::Json(tree)),
            Err(error) => Err(Finding::new(FindingCode::LineBroken, error.offset)),
        }
    }

    fn recognised(&mut self, form: Form, node: Node<'_>, wanted: &Wanted) -> Result<SourceId, Finding> {
        let sources = wanted.sources();
        if let Some(named) = self.named {
            let own = sources.mapping(named).map(|mapping| mapping.form);
            let fits = own == Some(form) || own == Some(Form::Stix) && form == Form::Json;
            return if fits { Ok(named) } else { Err(Finding::new(FindingCode::LineBroken, 0)) };
        }
        let mut found = sources.recognise(form, node, self.guess);
        if form == Form::Json && found.is_none() {
            found = sources.recognise(Form::Stix, node, None);
        }
        self.guess = found.or(self.guess);
        found.ok_or(Finding::new(FindingCode::SourceUnknown, 0))
    }

    fn stix(&mut self, record: &Record<'_>) -> Vec<Observation> {
        let Record::Json(tree) = record else { return Vec::new() };
        let reading = observed_data::read(tree.root(), &MatcherLimits::DEFAULT);
        for _ in 0..reading.skipped {
            self.counts.add(FindingCode::ValueForm);
        }
        let numbered = reading.observations.into_iter().map(|(_, mut observation)| {
            observation.id = ObservationId(self.next);
            self.next += 1;
            observation
        });
        numbered.collect()
    }

    /// When the line says it was; else when it was passed on; else now.
    fn moment(&mut self, mapping: &Mapping, node: Node<'_>, sent: Sent, now: Timestamp) -> Timestamp {
        let mut written = None;
        for (field, form) in &mapping.times {
            let Some(text) = node.first(&field.path) else { continue };
            written = form.read(&text);
            if written.is_some() {
                break;
            }
            self.counts.add(FindingCode::TimeForm);
        }
        let Some(moment) = written.or(sent) else { return now };
        // 1990: before there was any of what is read here.
        let (earliest, latest) = (631_152_000, now.plus_seconds(i64::from(self.limits.ahead_seconds_max)));
        if moment.seconds() < earliest || moment > latest {
            self.counts.add(FindingCode::TimeAbsurd);
            return now;
        }
        let bound = moment.plus_seconds(i64::from(self.limits.backward_seconds_max));
        if self.last.is_some_and(|last| bound < last) {
            self.counts.add(FindingCode::TimeBackwards);
        }
        self.last = Some(moment);
        moment
    }

    fn gather<'s>(
        &mut self,
        source: SourceId,
        mapping: &'s Mapping,
        line: Node<'_>,
        wanted: &'s Wanted,
    ) -> Gathering<'s> {
        let mut gathering = Gathering::new(self.limits.fields_max);
        let mut places = 0;
        for (group, actives) in wanted.groups(source) {
            let Some(group) = mapping.groups.get(*group) else { continue };
            for at in &group.at {
                at.visit(line, &mut |here| {
                    places += 1;
                    let is_line = matches!(at, At::Path(path) if path.is_empty());
                    let number = if is_line { 0 } else { places };
                    let indexed = Indexed::new(here);
                    let here = indexed.as_ref().map_or(here, Node::Indexed);
                    for active in actives {
                        let Some(rule) = group.rules.get(active.rule) else { continue };
                        self.apply(Place { rule, active, number }, (line, here), &mut gathering);
                    }
                });
            }
        }
        gathering
    }

    fn apply<'s>(
        &mut self,
        place: Place<'s>,
        (line, here): (Node<'_>, Node<'_>),
        gathering: &mut Gathering<'s>,
    ) {
        let rule = place.rule;
        // Asked for only where there is a value: most fields are not in most lines.
        let mut holds = None;
        let all = || rule.conditions.iter().all(|condition| condition.holds(line, here));
        let mut attempt = 0;
        let counts = &mut self.counts;
        rule.origin.visit(line, here, &mut |text| {
            if !*holds.get_or_insert_with(all) {
                return;
            }
            let mut one = |text: &str| {
                let Some(normal) = value(rule, text) else {
                    let is_absent = matches!(text.trim(), "" | "-" | "N/A");
                    if !is_absent && is_strict(rule.last()) {
                        counts.add(FindingCode::ValueForm);
                    }
                    return;
                };
                match gathering.put(place, normal, attempt) {
                    Ok(room) => attempt = room,
                    Err(Full) => counts.add(FindingCode::FieldsMany),
                }
            };
            match &rule.split {
                Some(signs) => text.split(|c| signs.contains(c)).for_each(&mut one),
                None => one(&text),
            }
        });
    }
}

/// The text through the normalisers of a rule.
fn value(rule: &Rule, text: &str) -> Option<super::normalise::Normal> {
    let (last, before) = match rule.chain.split_last() {
        Some((last, before)) => (*last, before),
        None => (Normaliser::Text, rule.chain.as_slice()),
    };
    let mut text = Cow::Borrowed(text);
    for normaliser in before {
        text = Cow::Owned(normaliser.text(&text)?.into_owned());
    }
    if matches!(text.as_ref(), "" | "-") { None } else { last.value(&text) }
}

/// Whether a text that is not of this form is worth telling; others are made to pick and choose.
fn is_strict(normaliser: Normaliser) -> bool {
    matches!(
        normaliser,
        Normaliser::Integer
            | Normaliser::Boolean
            | Normaliser::Ip
            | Normaliser::Mac
            | Normaliser::Hash
            | Normaliser::Time(_)
    )
}
