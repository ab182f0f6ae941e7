//! How are techniques shown in the ATT&CK Navigator? As a layer for each domain, each technique with how much speaks of it.

use std::collections::{BTreeMap, HashMap};

use stix::json::Value;

use crate::export::{
    Closing, End, Out, Subject, Why, Writer,
    entry::{Entry, Said},
    plain::{member, one_line},
};

/// The layer of the domain that is meant where none is named.
pub const MAIN: &str = "enterprise-attack.json";

const DOMAINS: [&str; 3] = ["enterprise-attack", "mobile-attack", "ics-attack"];

/// So many techniques, and things that are spoken of, are held at most.
pub const TECHNIQUES_MAX: usize = 20_000;

/// The layers.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    /// Technique, domains and name of each attack pattern, by its id.
    patterns: HashMap<String, (String, Vec<&'static str>, String)>,
    /// How many relationships lead to an attack pattern, by its id.
    spoken: HashMap<String, u64>,
}

impl Writer for Layers {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        match entry.object.object_type() {
            "relationship" => {
                let target = entry.text("target_ref").filter(|id| id.starts_with("attack-pattern--"));
                let Some(target) = target else { return said.lacks(Why::ObjectType, "relationship") };
                if self.spoken.len() < TECHNIQUES_MAX || self.spoken.contains_key(&*target) {
                    *self.spoken.entry(target.into_owned()).or_default() += 1;
                } else {
                    return said.lacks(Why::Numbers, "relationship");
                }
            }
            "attack-pattern" => {
                let Some(technique) = technique(entry) else {
                    return said.lacks(Why::Value, "no technique of ATT&CK");
                };
                if self.patterns.len() >= TECHNIQUES_MAX {
                    return said.lacks(Why::Numbers, "attack-pattern");
                }
                self.patterns.insert(entry.id().to_owned(), (technique, domains(entry), entry.title()));
            }
            _ => return said.lacks(Why::ObjectType, entry.object.object_type()),
        }
        // Written at the end, but used; each domain has its part.
        for domain in DOMAINS {
            out.parts.part(&format!("{domain}.json"));
        }
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let mut layers: BTreeMap<&str, BTreeMap<&str, (u64, &str)>> = BTreeMap::new();
        layers.entry("enterprise-attack").or_default();
        for (id, (technique, domains, name)) in &self.patterns {
            let spoken = 1 + self.spoken.get(id).copied().unwrap_or(0);
            for domain in domains {
                let shown = layers.entry(domain).or_default().entry(technique).or_insert((0, name));
                *shown = (shown.0 + spoken, shown.1.min(name));
            }
        }
        let layer = |(domain, techniques): (&&str, &BTreeMap<&str, (u64, &str)>)| End {
            part: format!("{domain}.json"),
            head: layer(domain, techniques, (subject, closing)),
            tail: Vec::new(),
        };
        layers.iter().map(layer).collect()
    }
}

/// The number of the technique: `T1234` or `T1234.001`.
fn technique(entry: &Entry<'_>) -> Option<String> {
    let mut references = entry.root.get("external_references")?.elements();
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    references.find_map(|reference| {
        let source = reference.get("source_name")?.as_str()?;
        let id = reference.get("external_id")?.as_str()?;
        let number = id.strip_prefix('T')?;
        let form = match number.split_once('.') {
            Some((main, sub)) => digits(main, 4) && digits(sub, 3),
            None => digits(number, 4),
        };
        (source.starts_with("mitre") && form).then(|| id.into_owned())
    })
}

fn domains(entry: &Entry<'_>) -> Vec<&'static str> {
    let named = entry.root.get("x_mitre_domains").into_iter().flat_map(Value::elements);
    let named: Vec<_> =
        named.filter_map(|name| DOMAINS.into_iter().find(|domain| name.is_str(domain))).collect();
    if named.is_empty() { vec!["enterprise-attack"] } else { named }
}

fn layer(
    domain: &str,
    techniques: &BTreeMap<&str, (u64, &str)>,
    (subject, closing): (&Subject, &Closing),
) -> Vec<u8> {
    let mut to = b"{".to_vec();
    member("name", &one_line(&subject.title), &mut to);
    to.extend_from_slice(b",\"versions\":{\"attack\":\"17\",\"navigator\":\"5.1.0\",\"layer\":\"4.5\"},");
    member("domain", domain, &mut to);
    to.push(b',');
    let from = one_line(&subject.organisation.1);
    member("description", &format!("{}. From {from}, as of {}", closing.marking, closing.made), &mut to);
    to.extend_from_slice(b",\"techniques\":[");
    for (index, (technique, (score, name))) in techniques.iter().enumerate() {
        to.extend_from_slice(if index == 0 { b"{" } else { b",{" });
        member("techniqueID", technique, &mut to);
        to.extend_from_slice(format!(",\"score\":{score},\"enabled\":true,").as_bytes());
        member("comment", name, &mut to);
        to.push(b'}');
    }
    let most = techniques.values().map(|(score, _)| *score).max().unwrap_or(1);
    to.extend_from_slice(
        format!(
            "],\"gradient\":{{\"colors\":[\"#ffe766\",\"#ff6666\"],\"minValue\":0,\"maxValue\":{most}}}}}\n"
        )
        .as_bytes(),
    );
    to
}
