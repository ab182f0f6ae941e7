//! How is an export written as a MISP feed? One event, its attributes one after the other, the index and the hashes of values.

use std::collections::BTreeSet;

use md5::{Digest, Md5};
use stix::{Timestamp, json::Value};

use super::table::{CONFIDENCE_TAG, GALAXIES, MARKING_TAG, type_of};
use crate::{
    Observable, ObservableKind,
    export::{
        Closing, End, Out, Subject, Why, Writer,
        entry::{Entry, Language, Said, kind_name},
        form,
        plain::{is_plain, json_text, member, one_line},
    },
    marking,
};

/// The index of the feed.
pub const MANIFEST: &str = "manifest.json";

/// The MD5 of each value, with the event that has it.
pub const HASHES: &str = "hashes.csv";

/// So many clusters are tags of the event at most.
pub const GALAXIES_MAX: usize = 10_000;

/// The feed.
#[derive(Debug)]
pub(crate) struct Feed {
    event: String,
    attributes: u64,
    galaxies: BTreeSet<String>,
}

impl Feed {
    pub(crate) fn new(subject: &Subject) -> Self {
        Self { event: subject.id.to_string(), attributes: 0, galaxies: BTreeSet::new() }
    }

    fn part(&self) -> String {
        format!("{}.json", self.event)
    }
}

/// An attribute to be.
struct Attribute<'a> {
    uuid: String,
    of_type: &'static str,
    category: &'static str,
    value: &'a str,
    for_detection: &'static str,
}

impl Writer for Feed {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let of_type = entry.object.object_type();
        if let Some(sought) = &entry.sought {
            let passed = match sought.language {
                Language::Stix => None,
                Language::Yara => Some("yara"),
                Language::Sigma => Some("sigma"),
                Language::Snort => Some("snort"),
                Language::Suricata => Some("suricata"),
                Language::Other => return said.lacks(Why::PatternType, ""),
            };
            // MISP looks at values by their type; where one would not pass, the pattern says it all.
            let sound = sought.values.iter().all(is_sound) && !sought.values.is_empty();
            let whole = (sought.lacks.is_none() && sound).then_some(&sought.values);
            match (passed, whole) {
                // MISP has a type for rules of Snort, which takes Suricata's.
                (Some("suricata"), _) => self.pattern(entry, "snort", &sought.pattern, out),
                (Some(passed), _) => self.pattern(entry, passed, &sought.pattern, out),
                (None, Some(values)) => self.values(entry, values, out, said),
                (None, None) => self.pattern(entry, "stix2-pattern", &sought.pattern, out),
            }
            return lost(entry, said);
        }
        if let Some((galaxy, _)) = GALAXIES.iter().find(|(_, own)| *own == of_type) {
            if self.galaxies.len() >= GALAXIES_MAX {
                return said.lacks(Why::Numbers, of_type);
            }
            let name = entry.title().replace(['"', '\\'], " ");
            self.galaxies.insert(format!("misp-galaxy:{galaxy}=\"{name}\""));
            said.lacks(Why::Property, "all but the name");
            out.parts.part(&self.part());
            return;
        }
        let kind = match of_type {
            "ipv4-addr" => ObservableKind::Ipv4,
            "ipv6-addr" => ObservableKind::Ipv6,
            "domain-name" => ObservableKind::Domain,
            "url" => ObservableKind::Url,
            "email-addr" => ObservableKind::Email,
            "mac-addr" => ObservableKind::Mac,
            _ => return said.lacks(Why::ObjectType, of_type),
        };
        let (Some(value), Some((of_type, category))) = (entry.text("value"), type_of(kind)) else {
            return said.lacks(Why::Value, of_type);
        };
        let uuid = entry.uuid().to_owned();
        self.attribute(
            entry,
            &Attribute { uuid, of_type, category, value: &value, for_detection: "false" },
            out,
        );
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let mut about = Vec::new();
        member("info", &one_line(&subject.title), &mut about);
        about.push(b',');
        member("date", closing.made.to_string().get(..10).unwrap_or("1970-01-01"), &mut about);
        about.extend_from_slice(b",\"analysis\":\"2\",\"threat_level_id\":\"4\",");
        member("timestamp", &closing.made.seconds().to_string(), &mut about);
        about.extend_from_slice(b",\"Orgc\":{");
        member("name", &one_line(&subject.organisation.1), &mut about);
        about.push(b',');
        let organisation = subject.organisation.0.split_once("--").map_or("", |(_, uuid)| uuid);
        member("uuid", organisation, &mut about);
        about.extend_from_slice(b"},\"Tag\":[{");
        member("name", &format!("tlp:{}", closing.tlp.to_lowercase()), &mut about);
        about.push(b'}');
        for galaxy in &self.galaxies {
            about.extend_from_slice(b",{");
            member("name", galaxy, &mut about);
            about.push(b'}');
        }
        about.push(b']');
        let mut manifest = b"{".to_vec();
        json_text(&self.event, &mut manifest);
        manifest.extend_from_slice(b":{");
        manifest.extend_from_slice(&about);
        manifest.extend_from_slice(b"}}\n");
        let distribution = match closing.tlp.as_str() {
            "CLEAR" => "3",
            "GREEN" => "1",
            _ => "0",
        };
        let mut head = b"{\"Event\":{".to_vec();
        member("uuid", &self.event, &mut head);
        head.push(b',');
        head.extend_from_slice(&about);
        head.extend_from_slice(b",\"published\":true,");
        member("distribution", distribution, &mut head);
        head.push(b',');
        member("publish_timestamp", &closing.made.seconds().to_string(), &mut head);
        head.extend_from_slice(b",\"EventReport\":[{");
        member("uuid", &crate::stable_id(&["misp-report", &self.event]).to_string(), &mut head);
        head.push(b',');
        member("name", "Marking", &mut head);
        head.push(b',');
        member("content", &closing.marking, &mut head);
        head.extend_from_slice(b",\"distribution\":\"5\",");
        member("timestamp", &closing.made.seconds().to_string(), &mut head);
        head.extend_from_slice(b"}],\"Attribute\":[");
        vec![
            End { part: MANIFEST.to_owned(), head: manifest, tail: Vec::new() },
            End { part: HASHES.to_owned(), head: Vec::new(), tail: Vec::new() },
            End { part: self.part(), head, tail: b"\n]}}\n".to_vec() },
        ]
    }
}

impl Feed {
    /// Values of which each alone fulfils the pattern; the indicator's own id stays where there is one.
    fn values(&mut self, entry: &Entry<'_>, values: &[Observable], out: &mut Out, said: &mut Said) {
        for value in values {
            let Some((of_type, category)) = type_of(value.kind) else {
                said.lacks(Why::Kind, kind_name(value.kind));
                continue;
            };
            let uuid = if values.len() == 1 {
                entry.uuid().to_owned()
            } else {
                said.lacks(Why::Property, "one attribute for each value");
                crate::stable_id(&["misp", entry.id(), kind_name(value.kind), &value.value]).to_string()
            };
            let value = value.value.as_str();
            self.attribute(entry, &Attribute { uuid, of_type, category, value, for_detection: "true" }, out);
        }
    }

    fn pattern(&mut self, entry: &Entry<'_>, of_type: &'static str, value: &str, out: &mut Out) {
        let category = if of_type == "snort" { "Network activity" } else { "Payload delivery" };
        let uuid = entry.uuid().to_owned();
        self.attribute(entry, &Attribute { uuid, of_type, category, value, for_detection: "true" }, out);
    }

    fn attribute(&mut self, entry: &Entry<'_>, attribute: &Attribute<'_>, out: &mut Out) {
        let part = self.part();
        let to = out.parts.part(&part);
        to.extend_from_slice(if self.attributes == 0 { b"\n{" } else { b",\n{" });
        self.attributes += 1;
        member("uuid", &attribute.uuid, to);
        for (key, text) in
            [("type", attribute.of_type), ("category", attribute.category), ("value", attribute.value)]
        {
            to.push(b',');
            member(key, text, to);
        }
        to.extend_from_slice(format!(",\"to_ids\":{},", attribute.for_detection).as_bytes());
        let modified = entry.moment("modified").map_or(0, Timestamp::seconds);
        member("timestamp", &modified.to_string(), to);
        to.extend_from_slice(b",\"distribution\":\"5\",");
        member("comment", &entry.text("name").map(|name| one_line(&name)).unwrap_or_default(), to);
        for (key, from) in [("first_seen", "valid_from"), ("last_seen", "valid_until")] {
            if let Some(moment) = entry.moment(from) {
                to.push(b',');
                member(key, &moment.to_micros_text(), to);
            }
        }
        to.extend_from_slice(b",\"Tag\":[");
        for (index, tag) in tags(entry).iter().enumerate() {
            to.extend_from_slice(if index == 0 { b"{" } else { b",{" });
            member("name", tag, to);
            to.push(b'}');
        }
        to.extend_from_slice(b"]}");
        let hash = Md5::digest(attribute.value.as_bytes());
        let line = out.parts.part(HASHES);
        for byte in hash {
            line.extend_from_slice(format!("{byte:02x}").as_bytes());
        }
        line.push(b',');
        line.extend_from_slice(self.event.as_bytes());
        line.push(b'\n');
    }
}

/// Whether a value is of the form that MISP asks of its type.
fn is_sound(value: &Observable) -> bool {
    let text = value.value.as_str();
    let is_address = |text: &str| {
        let parts = text.split_once('@');
        parts.is_some_and(|(user, host)| !user.is_empty() && form::domain(host).is_some())
            && !text.contains(|one: char| one.is_whitespace() || !one.is_ascii() || "\"'()<>,;".contains(one))
    };
    is_plain(text)
        && match value.kind {
            ObservableKind::Ipv4 | ObservableKind::Ipv6 => form::network(text).is_some(),
            ObservableKind::Domain => form::domain(text).is_some(),
            ObservableKind::Url => form::url(text).is_some(),
            ObservableKind::Email => is_address(text),
            ObservableKind::Md5 => form::hash(text, 32).is_some(),
            ObservableKind::Sha1 | ObservableKind::CertificateSha1 => form::hash(text, 40).is_some(),
            ObservableKind::Sha256 | ObservableKind::CertificateSha256 => form::hash(text, 64).is_some(),
            ObservableKind::Sha512 => form::hash(text, 128).is_some(),
            ObservableKind::Subdomains => false,
            ObservableKind::Mac
            | ObservableKind::Ssdeep
            | ObservableKind::FileName
            | ObservableKind::Path
            | ObservableKind::RegistryKey
            | ObservableKind::Mutex
            | ObservableKind::AutonomousSystem
            | ObservableKind::EmailSubject
            | ObservableKind::UserAgent => true,
        }
}

/// Markings, confidence and labels as tags.
fn tags(entry: &Entry<'_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for id in entry.object.markings() {
        tags.push(match marking::STANDARD.iter().find(|(_, own)| *own == id) {
            Some((tag, _)) => (*tag).to_owned(),
            None => format!("{MARKING_TAG}{id}\""),
        });
    }
    tags.extend(entry.confidence().map(|confidence| format!("{CONFIDENCE_TAG}{confidence}\"")));
    let labels = entry.root.get("labels").into_iter().flat_map(Value::elements);
    tags.extend(labels.filter_map(Value::as_str).map(std::borrow::Cow::into_owned));
    tags
}

/// What of an indicator has no place in an attribute.
fn lost(entry: &Entry<'_>, said: &mut Said) {
    for property in [
        "description",
        "created_by_ref",
        "external_references",
        "kill_chain_phases",
        "indicator_types",
        "granular_markings",
        "extensions",
        "lang",
    ] {
        if entry.root.get(property).is_some() {
            said.lacks(Why::Property, property);
        }
    }
    if entry.text("created") != entry.text("modified") {
        said.lacks(Why::Property, "created");
    }
}
