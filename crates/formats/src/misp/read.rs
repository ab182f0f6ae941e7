//! What does a MISP event say, in objects of STIX, and what of it is lost?

use std::collections::BTreeSet;

use stix::{
    Limits, Timestamp,
    json::{Kind, Tree, Value},
};

use super::table::{CONFIDENCE_TAG, GALAXIES, MARKING_TAG, kind_of};
use crate::{
    Observable,
    export::plain::{json_text, member},
    marking, stable_id,
};

/// How much one text may cost.
pub const LIMITS: Limits = Limits {
    object_bytes_max: 256 << 20,
    depth_max: 32,
    values_max: 20_000_000,
    string_bytes_max: 16 << 20,
    id_bytes_max: 320,
    references_max: 10_000,
    findings_max: 100,
};

/// So many events are read from one text.
pub const EVENTS_MAX: usize = 10_000;

/// So many losses are told one by one; all are counted.
const LOST_MAX: usize = 10_000;

/// What a text of MISP says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The objects, each as JSON.
    pub objects: Vec<String>,
    /// What could not be read at all.
    pub findings: Vec<Lost>,
    /// What was read and has no place in the objects; the first of it.
    pub lost: Vec<Lost>,
    /// How much was lost in all.
    pub lost_count: u64,
}

/// Something that is not in the objects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lost {
    /// Where: a JSON pointer.
    pub place: String,
    /// What and why, never content.
    pub what: String,
}

/// Reads an event, a list of events, or an answer of MISP's search. The time is that of objects that have none.
pub fn read(text: &str, now: Timestamp) -> Reading {
    within(&LIMITS, text, now)
}

fn within(limits: &Limits, text: &str, now: Timestamp) -> Reading {
    let mut reading = Reading::default();
    let tree = match Tree::parse(text.as_bytes(), limits) {
        Ok(tree) => tree,
        Err(error) => {
            reading.finding(&format!("/byte/{}", error.offset), "not JSON, or larger than allowed");
            return reading;
        }
    };
    let root = tree.root();
    let root = root.get("response").unwrap_or(root);
    let events: Vec<(String, Value<'_>)> = if root.kind() == Kind::List {
        root.elements().enumerate().map(|(index, event)| (format!("/{index}"), event)).collect()
    } else {
        vec![(String::new(), root)]
    };
    if events.len() > EVENTS_MAX {
        reading.finding("", "more events than allowed; the rest is left out");
    }
    for (place, event) in events.into_iter().take(EVENTS_MAX) {
        let (place, event) = match event.get("Event") {
            Some(inner) => (format!("{place}/Event"), inner),
            None => (place, event),
        };
        if event.get("info").is_none() || text_of(event, "uuid").is_none_or(|id| uuid(&id).is_none()) {
            reading.finding(&place, "no event of MISP: `uuid` or `info` is missing");
            continue;
        }
        Events::new(event, now).read(event, &place, &mut reading);
    }
    reading
}

impl Reading {
    fn finding(&mut self, place: &str, what: &str) {
        self.findings.push(Lost { place: place.to_owned(), what: what.to_owned() });
    }

    fn lose(&mut self, place: &str, what: &str) {
        self.lost_count += 1;
        if self.lost.len() < LOST_MAX {
            self.lost.push(Lost { place: place.to_owned(), what: what.to_owned() });
        }
    }
}

fn text_of(value: Value<'_>, key: &str) -> Option<String> {
    let found = value.get(key)?;
    // MISP writes numbers as texts and as numbers.
    found
        .as_str()
        .map(std::borrow::Cow::into_owned)
        .or_else(|| found.as_i64().map(|number| number.to_string()))
}

fn flag(value: Value<'_>, key: &str) -> bool {
    value
        .get(key)
        .is_some_and(|flag| flag.as_bool() == Some(true) || flag.is_str("1") || flag.as_i64() == Some(1))
}

fn uuid(text: &str) -> Option<String> {
    uuid::Uuid::parse_str(text).ok().filter(|_| text.len() == 36).map(|id| id.to_string())
}

/// The time as STIX writes it.
fn moment(value: Value<'_>, key: &str) -> Option<String> {
    let seconds = text_of(value, key)?.parse().ok().filter(|seconds| *seconds > 0)?;
    Some(Timestamp::from_parts(seconds, 0).to_string())
}

/// An event that is being read.
struct Events {
    id: String,
    time: String,
    markings: BTreeSet<String>,
    /// Ids of what the event holds.
    members: BTreeSet<String>,
}

impl Events {
    fn new(event: Value<'_>, now: Timestamp) -> Self {
        let id = text_of(event, "uuid").and_then(|id| uuid(&id)).unwrap_or_default();
        let time = moment(event, "timestamp").unwrap_or_else(|| now.to_string());
        Self { id, time, markings: BTreeSet::new(), members: BTreeSet::new() }
    }

    fn read(mut self, event: Value<'_>, place: &str, reading: &mut Reading) {
        let shared = Shared::read(event, None, place, reading);
        self.markings.clone_from(&shared.markings);
        for (index, attribute) in elements(event, "Attribute") {
            self.attribute(attribute, &self.markings.clone(), &format!("{place}/Attribute/{index}"), reading);
        }
        for (index, object) in elements(event, "Object") {
            let place = format!("{place}/Object/{index}");
            if flag(object, "deleted") {
                reading.lose(&place, "a deleted object");
                continue;
            }
            let shared = Shared::read(object, Some(&self.markings), &place, reading);
            reading.lose(&place, "which attributes make one object");
            for (index, attribute) in elements(object, "Attribute") {
                let place = format!("{place}/Attribute/{index}");
                self.attribute(attribute, &shared.markings, &place, reading);
            }
            for (index, _) in elements(object, "ObjectReference") {
                reading.lose(&format!("{place}/ObjectReference/{index}"), "a reference between objects");
            }
        }
        for (index, galaxy) in elements(event, "Galaxy") {
            self.galaxy(galaxy, &format!("{place}/Galaxy/{index}"), reading);
        }
        for (key, what) in [
            ("ShadowAttribute", "a proposal"),
            ("RelatedEvent", "a correlation"),
            ("CryptographicKey", "a signature"),
        ] {
            for (index, _) in elements(event, key) {
                reading.lose(&format!("{place}/{key}/{index}"), what);
            }
        }
        self.report(event, &shared.labels, place, reading);
        for (index, report) in elements(event, "EventReport") {
            self.note(report, &format!("{place}/EventReport/{index}"), reading);
        }
    }

    fn attribute(
        &mut self,
        attribute: Value<'_>,
        outer: &BTreeSet<String>,
        place: &str,
        reading: &mut Reading,
    ) {
        if flag(attribute, "deleted") {
            return reading.lose(place, "a deleted attribute");
        }
        let (Some(of_type), Some(value)) = (text_of(attribute, "type"), text_of(attribute, "value")) else {
            return reading.finding(place, "an attribute without `type` or `value`");
        };
        let shared = Shared::read(attribute, Some(outer), place, reading);
        for (index, _) in elements(attribute, "ShadowAttribute") {
            reading.lose(&format!("{place}/ShadowAttribute/{index}"), "a proposal");
        }
        for (index, _) in elements(attribute, "Sighting") {
            reading.lose(&format!("{place}/Sighting/{index}"), "a sighting");
        }
        let written = if flag(attribute, "to_ids") {
            self.indicator(attribute, (&of_type, &value), &shared)
        } else {
            observable(&of_type, &value, &shared)
        };
        match written {
            Some((id, text)) => {
                self.members.insert(id);
                reading.objects.push(text);
            }
            None => reading.lose(place, "a type of attribute that has no place"),
        }
        for (index, galaxy) in elements(attribute, "Galaxy") {
            self.galaxy(galaxy, &format!("{place}/Galaxy/{index}"), reading);
        }
    }

    fn indicator(
        &self,
        attribute: Value<'_>,
        (of_type, value): (&str, &str),
        shared: &Shared,
    ) -> Option<(String, String)> {
        let (language, pattern) = match of_type {
            "yara" | "sigma" | "snort" => (of_type, value.to_owned()),
            "stix2-pattern" => ("stix", value.to_owned()),
            _ => ("stix", pattern(of_type, value)?),
        };
        let own = text_of(attribute, "uuid").and_then(|id| uuid(&id));
        let id = own.unwrap_or_else(|| stable_id(&["misp", &self.id, of_type, value]).to_string());
        let id = format!("indicator--{id}");
        let time = moment(attribute, "timestamp").unwrap_or_else(|| self.time.clone());
        let seen = |key: &str| {
            let text = attribute.get(key)?.as_str()?;
            Timestamp::parse(&text).ok()
        };
        let from = seen("first_seen").map_or_else(|| time.clone(), |from| from.to_string());
        let mut to = begin("indicator", &id, &time);
        let name = text_of(attribute, "comment").filter(|comment| !comment.trim().is_empty());
        for (key, text) in [("pattern", pattern.as_str()), ("pattern_type", language), ("valid_from", &from)]
        {
            to.push(b',');
            member(key, text, &mut to);
        }
        if let Some(name) = name {
            to.push(b',');
            member("name", &name, &mut to);
        }
        // Seen last at a moment, it may be used until it; the standard wants it after the beginning.
        let until = seen("last_seen").filter(|until| Timestamp::parse(&from).is_ok_and(|from| from < *until));
        if let Some(until) = until {
            to.push(b',');
            member("valid_until", &until.to_string(), &mut to);
        }
        if let Some(confidence) = shared.confidence {
            to.extend_from_slice(format!(",\"confidence\":{confidence}").as_bytes());
        }
        list("labels", &shared.labels, &mut to);
        Some((id, end(to, &shared.markings)))
    }

    fn galaxy(&mut self, galaxy: Value<'_>, place: &str, reading: &mut Reading) {
        let of_galaxy = text_of(galaxy, "type").unwrap_or_default();
        let of_type = GALAXIES.iter().find(|(own, _)| *own == of_galaxy).map(|(_, of_type)| *of_type);
        for (index, cluster) in elements(galaxy, "GalaxyCluster") {
            let place = format!("{place}/GalaxyCluster/{index}");
            let (Some(of_type), Some(name)) = (of_type, text_of(cluster, "value")) else {
                reading.lose(&place, "a cluster of a galaxy that has no place");
                continue;
            };
            let own = text_of(cluster, "uuid").and_then(|id| uuid(&id));
            let id = own.unwrap_or_else(|| stable_id(&["misp-galaxy", &of_galaxy, &name]).to_string());
            let id = format!("{of_type}--{id}");
            if !self.members.insert(id.clone()) {
                continue;
            }
            let mut to = begin(of_type, &id, &self.time);
            to.push(b',');
            member("name", &name, &mut to);
            if let Some(description) = text_of(cluster, "description").filter(|text| !text.is_empty()) {
                to.push(b',');
                member("description", &description, &mut to);
            }
            match of_type {
                "malware" => to.extend_from_slice(b",\"is_family\":true"),
                "attack-pattern" => technique(cluster, &mut to),
                _ => {}
            }
            if cluster.get("meta").is_some() {
                reading.lose(&place, "what a cluster says besides its name and description");
            }
            reading.objects.push(end(to, &self.markings));
        }
    }

    fn report(&self, event: Value<'_>, labels: &BTreeSet<String>, place: &str, reading: &mut Reading) {
        if self.members.is_empty() {
            return reading.lose(place, "an event that holds nothing");
        }
        let mut to = begin("report", &format!("report--{}", self.id), &self.time);
        to.push(b',');
        member("name", &text_of(event, "info").unwrap_or_default(), &mut to);
        let date = text_of(event, "date").map(|date| format!("{date}T00:00:00Z"));
        let published = date.and_then(|date| Timestamp::parse(&date).ok());
        let published = published.map_or_else(|| self.time.clone(), |date| date.to_string());
        to.push(b',');
        member("published", &published, &mut to);
        list("labels", labels, &mut to);
        list("object_refs", &self.members, &mut to);
        reading.objects.push(end(to, &self.markings));
        for key in ["analysis", "threat_level_id", "Orgc"] {
            if event.get(key).is_some() {
                reading.lose(&format!("{place}/{key}"), "a property of an event that has no place");
            }
        }
    }

    fn note(&self, report: Value<'_>, place: &str, reading: &mut Reading) {
        let content = text_of(report, "content").filter(|content| !content.trim().is_empty());
        let (Some(content), false) = (content, flag(report, "deleted") || self.members.is_empty()) else {
            return reading.lose(place, "a report that is deleted, empty, or of an event that holds nothing");
        };
        let shared = Shared::read(report, Some(&self.markings), place, reading);
        let own = text_of(report, "uuid").and_then(|id| uuid(&id));
        let id = own.unwrap_or_else(|| stable_id(&["misp-report", &self.id, &content]).to_string());
        let time = moment(report, "timestamp").unwrap_or_else(|| self.time.clone());
        let mut to = begin("note", &format!("note--{id}"), &time);
        if let Some(name) = text_of(report, "name").filter(|name| !name.is_empty()) {
            to.push(b',');
            member("abstract", &name, &mut to);
        }
        to.push(b',');
        member("content", &content, &mut to);
        list("object_refs", &BTreeSet::from([format!("report--{}", self.id)]), &mut to);
        reading.objects.push(end(to, &shared.markings));
    }
}

fn elements<'a>(value: Value<'a>, key: &str) -> impl Iterator<Item = (usize, Value<'a>)> {
    value.get(key).into_iter().flat_map(Value::elements).enumerate()
}

/// What tags and the distribution say of who may have it.
#[derive(Default)]
struct Shared {
    markings: BTreeSet<String>,
    labels: BTreeSet<String>,
    confidence: Option<u8>,
}

impl Shared {
    /// `outer` has the markings of what it stands in, which count for it as well.
    fn read(part: Value<'_>, outer: Option<&BTreeSet<String>>, place: &str, reading: &mut Reading) -> Self {
        let mut shared = Self { markings: outer.cloned().unwrap_or_default(), ..Self::default() };
        for (_, tag) in elements(part, "Tag") {
            if let Some(name) = text_of(tag, "name") {
                shared.tag(&name);
            }
        }
        let distribution = text_of(part, "distribution");
        match distribution.as_deref() {
            // All communities: no limit of its own.
            Some("3") => {}
            // As what it stands in, which an event does not.
            Some("5") | None if outer.is_some() => {}
            Some("4") => {
                let group = text_of(part, "sharing_group_id");
                let group = part.get("SharingGroup").and_then(|group| text_of(group, "uuid")).or(group);
                shared.deny(&["sharing-group", &group.unwrap_or_default()], place, reading);
            }
            other => shared.deny(&["distribution", other.unwrap_or("none")], place, reading),
        }
        shared
    }

    /// Nobody but the origin may have it until a marking-definition of this id says who.
    fn deny(&mut self, words: &[&str], place: &str, reading: &mut Reading) {
        let words: Vec<&str> = std::iter::once("misp").chain(words.iter().copied()).collect();
        let id = format!("marking-definition--{}", stable_id(&words));
        reading.lose(place, &format!("who may have it: held back until there is a `{id}`"));
        self.markings.insert(id);
    }

    fn tag(&mut self, name: &str) {
        let lower = name.trim().to_ascii_lowercase();
        let standard = marking::tagged(&lower).map(str::to_owned);
        let inside = |before: &str| name.strip_prefix(before)?.strip_suffix('"').map(str::to_owned);
        let marking = inside(MARKING_TAG).filter(|id| stix::id::check(id).is_ok());
        if let Some(id) = standard.or(marking) {
            self.markings.insert(id);
        } else if lower.starts_with("tlp:") || lower.starts_with("pap:") {
            // A word of TLP or PAP that is none.
            self.markings.insert(format!("marking-definition--{}", stable_id(&["misp", "tag", &lower])));
        } else if let Some(confidence) = inside(CONFIDENCE_TAG).and_then(|text| text.parse().ok()) {
            self.confidence = Some(confidence).filter(|confidence| *confidence <= 100);
        } else {
            self.labels.insert(name.to_owned());
        }
    }
}

/// The pattern that looks for an attribute.
fn pattern(of_type: &str, value: &str) -> Option<String> {
    let single = |of_type: &str, value: &str| {
        let kind = kind_of(of_type, value)?;
        Some(Observable { kind, value: value.to_owned() }.pattern()?.to_string())
    };
    if let Some((of_type, other)) = of_type.split_once('|') {
        let (value, second) = value.split_once('|')?;
        let one = single(of_type, value)?;
        // Ports say little alone, and a hash says more than the name before it.
        return match other {
            "port" => Some(one),
            "ip" => Some(format!("{one} OR {}", single("ip-dst", second)?)),
            hash => single(hash, second),
        };
    }
    single(of_type, value)
}

/// An observable without a claim that it is bad.
fn observable(of_type: &str, value: &str, shared: &Shared) -> Option<(String, String)> {
    let (of_type, value) = match of_type.split_once('|') {
        Some((first, "port")) => (first, value.split_once('|')?.0),
        Some(_) => return None,
        None => (of_type, value),
    };
    let mut object = Observable { kind: kind_of(of_type, value)?, value: value.to_owned() }.object()?;
    let id = object.get("id")?.as_str()?.to_owned();
    if !shared.markings.is_empty() {
        object.insert("object_marking_refs".to_owned(), serde_json::json!(shared.markings));
    }
    Some((id, serde_json::Value::Object(object).to_string()))
}

fn technique(cluster: Value<'_>, to: &mut Vec<u8>) {
    let mut ids =
        cluster.get("meta").and_then(|meta| meta.get("external_id")).into_iter().flat_map(Value::elements);
    let Some(id) = ids.find_map(Value::as_str).filter(|id| id.starts_with('T')) else { return };
    to.extend_from_slice(b",\"external_references\":[{\"source_name\":\"mitre-attack\",");
    member("external_id", &id, to);
    to.extend_from_slice(b"}]");
}

fn begin(of_type: &str, id: &str, time: &str) -> Vec<u8> {
    let mut to = b"{\"type\":".to_vec();
    json_text(of_type, &mut to);
    to.extend_from_slice(b",\"spec_version\":\"2.1\",");
    member("id", id, &mut to);
    for key in ["created", "modified"] {
        to.push(b',');
        member(key, time, &mut to);
    }
    to
}

fn list(key: &str, texts: &BTreeSet<String>, to: &mut Vec<u8>) {
    if texts.is_empty() {
        return;
    }
    to.push(b',');
    json_text(key, to);
    to.extend_from_slice(b":[");
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            to.push(b',');
        }
        json_text(text, to);
    }
    to.push(b']');
}

fn end(mut to: Vec<u8>, markings: &BTreeSet<String>) -> String {
    list("object_marking_refs", markings, &mut to);
    to.push(b'}');
    String::from_utf8(to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(count: usize) -> String {
        let event = r#"{"uuid":"5c1b2c3d-0000-4000-8000-000000000001","info":"E"}"#;
        format!("[{}]", vec![event; count].join(","))
    }

    #[test]
    fn a_file_is_as_long_deep_and_full_as_allowed_and_no_more() {
        let text = events(2);
        let read = |limits: Limits| within(&limits, &text, Timestamp::EPOCH).findings.len();
        let values =
            (1..100).find(|values_max| read(Limits { values_max: *values_max, ..LIMITS }) == 0).unwrap();
        assert_eq!(values, 11, "a list, two dictionaries, two keys and two texts each");
        assert_eq!(read(Limits { object_bytes_max: text.len(), ..LIMITS }), 0);
        assert_eq!(read(Limits { object_bytes_max: text.len() - 1, ..LIMITS }), 1);
        assert_eq!(
            (read(Limits { depth_max: 2, ..LIMITS }), read(Limits { depth_max: 1, ..LIMITS })),
            (0, 1)
        );
        assert_eq!(
            (
                read(Limits { string_bytes_max: 36, ..LIMITS }),
                read(Limits { string_bytes_max: 35, ..LIMITS })
            ),
            (0, 1)
        );
    }

    #[test]
    fn so_many_events_are_read_and_the_rest_is_told_and_so_many_losses_are_told_and_all_counted() {
        let whole = read(&events(EVENTS_MAX), Timestamp::EPOCH);
        assert_eq!((whole.findings.len(), whole.lost_count), (0, 2 * EVENTS_MAX as u64));
        assert_eq!(whole.lost.len(), LOST_MAX);
        let more = read(&events(EVENTS_MAX + 1), Timestamp::EPOCH);
        assert_eq!((more.findings.len(), more.lost_count), (1, 2 * EVENTS_MAX as u64));
        let report = format!(
            r#"[{{"Event":{{"uuid":"5c1b2c3d-0000-4000-8000-000000000001","info":"E","RelatedEvent":[{}]}}}}]"#,
            vec!["{}"; LOST_MAX].join(",")
        );
        let lost = read(&report, Timestamp::EPOCH);
        assert_eq!((lost.lost.len(), lost.lost_count), (LOST_MAX, LOST_MAX as u64 + 2));
    }
}
