//! Which objects does a report become? One `report`, what was found in it, and a `note` for each with the sentences and their places.
//!
//! What was found is proposed, not asserted: values become cyber-observables, and indicators only from the confidence that the caller
//! names. A name with several candidates refers to none of them; they are all told in the report's extension.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use stix::Timestamp;

use crate::{
    Observable,
    names::{Candidate, Names},
    observable::cyber_observable,
    stable_id,
    text::{Found, Framework, Proposal, Reading},
};

/// The extension that says where in a text something was found; its schema is in `docs/schemas`.
pub const MENTIONS: &str = "extension-definition--5a0bd3f1-7b0c-4d0e-9a50-1c5a1f3cf3a4";
/// So many mentions of one thing are kept in its note; the others are counted.
pub const MENTIONS_MAX: usize = 20;
/// A report refers to no more objects: more would not pass the door.
pub const OBJECTS_MAX: usize = 3_000;

/// What the caller knows of a report.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// What it is called: a title, or the name of the file.
    pub name: &'a str,
    /// The text that was read.
    pub text: &'a str,
    /// When it was published; when it was read, where that is not known.
    pub published: Timestamp,
    /// The id of the identity for whom the objects are made.
    pub created_by: Option<&'a str>,
    /// Ids of marking-definitions that everything is marked with.
    pub markings: &'a [String],
    /// Values from this confidence on become indicators as well.
    pub indicators_from: Option<u8>,
}

/// Makes objects of one source.
#[derive(Debug)]
pub(crate) struct Maker<'a> {
    pub(crate) source: &'a Source<'a>,
    now: Timestamp,
    digest: String,
    pub(crate) objects: Vec<Value>,
    seen: BTreeSet<String>,
    /// How many finds are not told.
    left_out: usize,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(source: &'a Source<'a>, now: Timestamp) -> Self {
        let mut digest = String::with_capacity(64);
        for byte in Sha256::digest(source.text.as_bytes()) {
            // Writing into a string does not fail.
            let _ = write!(digest, "{byte:02x}");
        }
        Self { source, now, digest, objects: Vec::new(), seen: BTreeSet::new(), left_out: 0 }
    }

    /// Without the digest of the text: for objects that do not depend on the text around them.
    pub(crate) fn new_for(source: &'a Source<'a>, now: Timestamp) -> Self {
        Self { source, now, digest: String::new(), objects: Vec::new(), seen: BTreeSet::new(), left_out: 0 }
    }

    /// An id made of what the object is about, so that reading twice gives the same.
    pub(crate) fn id(&self, object_type: &str, about: &str) -> String {
        let creator = self.source.created_by.unwrap_or("");
        format!("{object_type}--{}", stable_id(&["read", creator, object_type, about]))
    }

    /// An id made of the text and what the object says of it.
    pub(crate) fn own_id(&self, object_type: &str, about: &str) -> String {
        self.id(object_type, &format!("{}\n{about}", self.digest))
    }

    /// Adds a domain object with what all of them have; gives its id.
    pub(crate) fn domain(&mut self, object_type: &str, id: String, rest: Value) -> String {
        let now = self.now.to_string();
        let mut object = Map::from_iter([
            ("type".to_owned(), json!(object_type)),
            ("spec_version".to_owned(), json!("2.1")),
            ("id".to_owned(), json!(id)),
            ("created".to_owned(), json!(now)),
            ("modified".to_owned(), json!(now)),
        ]);
        if let Some(identity) = self.source.created_by {
            object.insert("created_by_ref".to_owned(), json!(identity));
        }
        self.add(id, object, rest)
    }

    /// Adds a cyber-observable; gives its id.
    fn observable(&mut self, object: Map<String, Value>) -> String {
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.add(id, object, Value::Null)
    }

    fn add(&mut self, id: String, mut object: Map<String, Value>, rest: Value) -> String {
        if let Value::Object(rest) = rest {
            object.extend(rest);
        }
        if !self.source.markings.is_empty() && !object.contains_key("object_marking_refs") {
            object.insert("object_marking_refs".to_owned(), json!(self.source.markings));
        }
        if self.seen.insert(id.clone()) {
            self.objects.push(Value::Object(object));
        }
        id
    }

    /// The object that something found is, or refers to; nothing where it is not known which of several is meant.
    fn found(&mut self, found: &Found, names: &Names) -> Option<String> {
        match found {
            Found::Observable(observable) => observable.object().map(|object| self.observable(object)),
            Found::Vulnerability(number) => {
                if let Some(id) = names.by_number(number).and_then(|known| known.id.clone()) {
                    return Some(id);
                }
                let references = json!([{ "source_name": "cve", "external_id": number }]);
                let id = self.id("vulnerability", number);
                Some(self.domain(
                    "vulnerability",
                    id,
                    json!({ "name": number, "external_references": references }),
                ))
            }
            Found::Entry { framework, external_id } => Some(self.entry(*framework, external_id, names)),
            Found::Wallet { currency, address } => {
                let account = json!({ "user_id": address, "account_type": currency });
                cyber_observable("user-account", account).map(|object| self.observable(object))
            }
            Found::Imo(number) => Some(self.vessel("imo", &format!("IMO {number}"), number)),
            Found::Mmsi(number) => Some(self.vessel("mmsi", &format!("MMSI {number}"), number)),
            Found::Named(candidates) => match candidates.as_slice() {
                [one] => Some(self.candidate(one)),
                _ => None,
            },
        }
    }

    fn entry(&mut self, framework: Framework, external_id: &str, names: &Names) -> String {
        if let Some(id) = names.by_number(external_id).and_then(|known| known.id.clone()) {
            return id;
        }
        let object_type = match (external_id.as_bytes(), framework) {
            ([b'T', b'A', ..], _) => "x-mitre-tactic",
            ([b'G', ..], Framework::Attack) => "intrusion-set",
            ([b'S', ..], Framework::Attack) => "malware",
            ([b'C', ..], Framework::Attack) => "campaign",
            ([b'M', ..], Framework::Attack) => "course-of-action",
            _ => "attack-pattern",
        };
        let references = json!([{ "source_name": framework.as_str(), "external_id": external_id }]);
        let mut rest = json!({ "name": external_id, "external_references": references });
        if object_type == "malware" {
            // What kind of software it is, its number does not say.
            rest = json!({ "name": external_id, "external_references": references, "is_family": true });
        }
        let id = self.id(object_type, external_id);
        self.domain(object_type, id, rest)
    }

    fn vessel(&mut self, scheme: &str, name: &str, number: &str) -> String {
        let id = self.id("identity", name);
        let references = json!([{ "source_name": scheme, "external_id": number }]);
        let rest = json!({ "name": name, "identity_class": "system", "external_references": references });
        self.domain("identity", id, rest)
    }

    /// The object of somebody who is known, or of what everybody knows.
    pub(crate) fn candidate(&mut self, one: &Candidate) -> String {
        if let Some(id) = &one.id {
            return id.clone();
        }
        let id = self.id(&one.object_type, &one.name);
        let rest = match (one.object_type.as_str(), &one.code, &one.within) {
            ("location", Some(code), _) => json!({ "name": one.name, "country": code }),
            ("location", None, Some(code)) => json!({ "name": one.name, "country": code, "city": one.name }),
            ("location", None, None) => {
                json!({ "name": one.name, "region": one.name.to_lowercase().replace(' ', "-") })
            }
            _ => json!({ "name": one.name, "identity_class": "organization" }),
        };
        self.domain(&one.object_type, id, rest)
    }

    /// The sentence and place of something found.
    pub(crate) fn mention(&self, proposal: &Proposal) -> Value {
        json!({
            "quote": self.source.text.get(proposal.quote.clone()).unwrap_or(""),
            "quote_start": proposal.quote.start,
            "start": proposal.span.start,
            "end": proposal.span.end,
            "line": proposal.line,
            "column": proposal.column,
            "confidence": proposal.confidence,
            "reasons": proposal.why,
        })
    }

    fn indicator(&mut self, observable: &Observable, proposals: &[&Proposal]) -> Option<String> {
        let from = self.source.indicators_from?;
        let confidence = proposals.iter().map(|proposal| proposal.confidence).max()?;
        let pattern = observable.pattern().filter(|_| confidence >= from)?.to_string();
        let id = self.id("indicator", &pattern);
        let rest = json!({
            "name": observable.value,
            "pattern": pattern,
            "pattern_type": "stix",
            "valid_from": self.source.published.to_string(),
            "confidence": confidence,
        });
        Some(self.domain("indicator", id, rest))
    }

    /// What was found with its note; gives what the report refers to.
    fn noted(&mut self, found: &Found, proposals: &[&Proposal], names: &Names) -> Vec<String> {
        let Some(id) = self.found(found, names) else { return Vec::new() };
        let mut refers = vec![id.clone()];
        if let Found::Observable(observable) = found {
            refers.extend(self.indicator(observable, proposals));
        }
        let mentions: Vec<_> = proposals.iter().take(MENTIONS_MAX).map(|one| self.mention(one)).collect();
        let quoted = mentions.iter().filter_map(|mention| mention.get("quote")?.as_str());
        let content = quoted.collect::<Vec<_>>().join("\n\n");
        let rest = json!({
            "abstract": format!("mentioned in {}", self.source.name),
            "content": content,
            "object_refs": refers,
            "extensions": { MENTIONS: {
                "extension_type": "property-extension",
                "mentions": mentions,
                "left_out": proposals.len().saturating_sub(MENTIONS_MAX),
            } },
        });
        let note = self.own_id("note", &id);
        refers.push(self.domain("note", note, rest));
        refers
    }
}

/// The objects of a report, the `report` last. Nothing where nothing was found that it could refer to.
pub fn objects(source: &Source<'_>, reading: &Reading, names: &Names, now: Timestamp) -> Vec<Value> {
    let mut maker = Maker::new(source, now);
    let refers = gather(&mut maker, reading, names);
    finish(maker, refers, reading, json!({ "report_types": ["threat-report"] }))
}

/// What the report refers to.
pub(crate) fn gather(maker: &mut Maker<'_>, reading: &Reading, names: &Names) -> Vec<String> {
    maker.left_out = reading.left_out;
    let mut order: Vec<(&Found, Vec<&Proposal>)> = Vec::new();
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for proposal in &reading.proposals {
        let key = format!("{:?}", proposal.found);
        let index = *at.entry(key).or_insert(order.len());
        match order.get_mut(index) {
            Some((_, proposals)) => proposals.push(proposal),
            None => order.push((&proposal.found, vec![proposal])),
        }
    }
    let mut refers = Vec::new();
    for (found, proposals) in order.iter().take(OBJECTS_MAX) {
        refers.extend(maker.noted(found, proposals, names));
    }
    maker.left_out += order.iter().skip(OBJECTS_MAX).map(|(_, proposals)| proposals.len()).sum::<usize>();
    refers
}

/// Adds the report itself.
pub(crate) fn finish(
    mut maker: Maker<'_>,
    mut refers: Vec<String>,
    reading: &Reading,
    rest: Value,
) -> Vec<Value> {
    if refers.is_empty() {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    refers.retain(|id| seen.insert(id.clone()));
    let ambiguous: Vec<_> =
        reading.proposals.iter().filter_map(|one| ambiguity(&maker, one)).take(MENTIONS_MAX).collect();
    let mut extension = json!({
        "extension_type": "property-extension",
        "text_sha256": maker.digest,
        "left_out": maker.left_out,
    });
    if let (Value::Object(extension), false) = (&mut extension, ambiguous.is_empty()) {
        extension.insert("ambiguous".to_owned(), json!(ambiguous));
    }
    let mut whole = json!({
        "name": maker.source.name,
        "published": maker.source.published.to_string(),
        "object_refs": refers,
        "extensions": { MENTIONS: extension },
    });
    if let (Value::Object(whole), Value::Object(rest)) = (&mut whole, rest) {
        for (key, value) in rest {
            match (whole.get_mut(&key), value) {
                (Some(Value::Object(own)), Value::Object(more)) => own.extend(more),
                (_, value) => {
                    whole.insert(key, value);
                }
            }
        }
    }
    let id = maker.own_id("report", "");
    maker.domain("report", id, whole);
    maker.objects
}

fn ambiguity(maker: &Maker<'_>, proposal: &Proposal) -> Option<Value> {
    let Found::Named(candidates) = &proposal.found else { return None };
    if candidates.len() < 2 {
        return None;
    }
    let mut mention = maker.mention(proposal);
    // Of an object nothing is told but its id, and that as a reference: whoever may not have the object does not learn of it.
    let known: Vec<_> = candidates.iter().filter_map(|one| one.id.as_deref()).collect();
    let others = candidates.iter().filter(|one| one.id.is_none());
    let others: Vec<_> = others.map(|one| json!({ "type": one.object_type, "name": one.name })).collect();
    if let Value::Object(members) = &mut mention {
        // STIX has no empty lists.
        if !known.is_empty() {
            members.insert("candidate_refs".to_owned(), json!(known));
        }
        if !others.is_empty() {
            members.insert("candidates".to_owned(), json!(others));
        }
    }
    Some(mention)
}
