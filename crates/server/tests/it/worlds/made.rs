//! What lies in a generated world? Objects from a seed: for both worlds, or as each world has them where P may not see them.

use std::ops::Range;

use serde_json::{Value, json};
use testkit::objects::{
    self, AMBER, GREEN, RED, address, id, indicator, malware, marked, object, relationship, report, sighting,
    version, with,
};

use super::{
    CANARY,
    marks::{CLOSED, CLOSED_COUNT, LATE, NEVER, OPEN, mark},
};

/// Numbers from a seed (splitmix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end as u64).unwrap()
    }

    pub(super) fn number(&mut self, range: Range<u32>) -> u32 {
        range.start + u32::try_from(self.below((range.end - range.start) as usize)).unwrap()
    }

    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Objects that both worlds have, brought by others than P, have these numbers.
pub(super) const KNOWN: Range<u32> = 1..13;
/// So do these, but nobody else's object refers to them.
pub(super) const APART: Range<u32> = 13..21;
/// P's own, to which others refer too.
pub(super) const OF_P: Range<u32> = 200..215;
/// P's own, to which nobody else refers.
pub(super) const OF_P_APART: Range<u32> = 230..240;
/// Objects that are not the same in both worlds, and that nobody else's visible object refers to.
pub(super) const HIDDEN: Range<u32> = 500..540;

const KINDS: [&str; 10] = [
    "indicator",
    "malware",
    "identity",
    "report",
    "note",
    "relationship",
    "sighting",
    "grouping",
    "opinion",
    "ipv4-addr",
];
const ENDS: [&str; 3] = ["indicator", "malware", "identity"];

/// Makes objects; each has a version of its own, so that no origin says two things of one.
#[derive(Debug)]
pub(super) struct Author {
    pub(super) dice: Dice,
    versions: u32,
    addresses: u32,
    texts: usize,
}

impl Author {
    pub(super) fn new(seed: u64) -> Self {
        Self { dice: Dice(seed), versions: 0, addresses: 0, texts: 0 }
    }

    /// The id of some object with a number in a range.
    pub(super) fn some_id(&mut self, range: Range<u32>) -> String {
        id(KINDS[self.dice.below(KINDS.len() - 1)], self.dice.number(range))
    }

    fn end(&mut self, ranges: &[Range<u32>]) -> String {
        let range = self.dice.pick(ranges).clone();
        id(ENDS[self.dice.below(ENDS.len())], self.dice.number(range))
    }

    fn about(&mut self, ranges: &[Range<u32>]) -> Vec<String> {
        let count = 1 + self.dice.below(4);
        (0..count)
            .map(|_| {
                let range = self.dice.pick(ranges).clone();
                self.some_id(range)
            })
            .collect()
    }

    /// An object without markings, of some kind, that refers to others with numbers in some ranges.
    pub(super) fn object(&mut self, number: u32, refers: &[Range<u32>]) -> Value {
        let kind = KINDS[self.dice.below(KINDS.len())];
        if kind == "ipv4-addr" {
            // Without a version, an origin can say one thing only of an id.
            self.addresses += 1;
            return address(number * 1000 + self.addresses);
        }
        self.of_id(&id(kind, number), refers)
    }

    /// Another version of an id.
    pub(super) fn of_id(&mut self, own: &str, refers: &[Range<u32>]) -> Value {
        let (kind, _) = own.split_once("--").unwrap();
        let number = u32::from_str_radix(&own[kind.len() + 2..kind.len() + 10], 16).unwrap();
        let made = match kind {
            "malware" => malware(number),
            "identity" => {
                object(kind, number, json!({ "name": format!("who {number}"), "identity_class": "group" }))
            }
            "report" => report(number, &self.about(refers)),
            "note" => object(kind, number, json!({ "content": "x", "object_refs": self.about(refers) })),
            "relationship" => relationship(number, &self.end(refers), &self.end(refers)),
            "sighting" => sighting(number, &self.end(refers)),
            "grouping" => {
                let about = self.about(refers);
                object(
                    kind,
                    number,
                    json!({ "context": "suspicious-activity", "object_refs": about, "name": "g" }),
                )
            }
            "opinion" => {
                object(kind, number, json!({ "opinion": "agree", "object_refs": self.about(refers) }))
            }
            _ => indicator(number),
        };
        self.versions += 1;
        let made = version(made, self.versions);
        if self.dice.once_in(5) {
            let range = self.dice.pick(refers).clone();
            return with(made, "created_by_ref", json!(id("identity", self.dice.number(range))));
        }
        made
    }

    /// The object under markings that P may be cleared for, or not; the same in both worlds.
    pub(super) fn openly_marked(&mut self, object: Value) -> Value {
        let mut marks: Vec<String> = Vec::new();
        for _ in 0..self.dice.below(3) {
            marks.push(match self.dice.below(6) {
                0 => GREEN.to_owned(),
                1 => AMBER.to_owned(),
                2 => mark(self.dice.number(LATE)),
                _ => mark(self.dice.number(OPEN..OPEN + 17)),
            });
        }
        marks.sort();
        marks.dedup();
        let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
        let object = if marks.is_empty() { object } else { marked(object, &marks) };
        if self.dice.once_in(4) && object.get("name").is_some() && object.get("opinion").is_none() {
            let (selector, on) =
                (["labels.[0]", "labels"][self.dice.below(2)], self.dice.number(OPEN..OPEN + 17));
            return entry(with(object, "labels", json!(["first", "second"])), &mark(on), selector);
        }
        object
    }

    /// The object under a marking that P is never cleared for, when it comes from others than P.
    pub(super) fn closely_marked(&mut self, who: &str, object: Value, first: u32) -> Value {
        let closed = first + self.dice.number(0..u32::try_from(CLOSED_COUNT).unwrap());
        let also = mark(self.dice.number(OPEN..OPEN + 17));
        match self.dice.below(8) {
            0 => marked(object, &[RED]),
            1 if who != "own" => marked(object, &[AMBER]),
            2 => marked(object, &[&mark(NEVER)]),
            3 | 4 => marked(object, &[&mark(closed), &also]),
            5 if object["type"] == "identity" || object["type"] == "malware" => {
                // What is left is no object of the standard.
                let part = if object["type"] == "identity" { "name" } else { "is_family" };
                entry(object, &mark(closed), part)
            }
            _ => marked(object, &[&mark(closed)]),
        }
    }

    /// Words that P never sees.
    pub(super) fn secret(&mut self) -> String {
        self.texts += 1;
        format!("{CANARY} {} {}", self.texts, "x".repeat(self.dice.below(40)))
    }

    /// The object with canaries in its fields, keys and values.
    pub(super) fn with_secrets(&mut self, object: Value) -> Value {
        let key = format!("x_{}", CANARY.replace('-', "_"));
        let object = with(object, &key, json!(self.secret()));
        if object["type"] == "ipv4-addr" {
            return object;
        }
        let references =
            json!([{ "source_name": self.secret(), "url": format!("https://{CANARY}.example/") }]);
        with(with(object, "external_references", references), "labels", json!([self.secret()]))
    }

    /// The object with a part that P may not see, as each world has it; in the first it may not be there at all.
    pub(super) fn in_part(&mut self, object: &Value, first: First) -> [Value; 2] {
        if object["type"] == "ipv4-addr" {
            return [object.clone(), object.clone()];
        }
        let closed = mark(CLOSED + self.dice.number(0..u32::try_from(CLOSED_COUNT).unwrap()));
        let shape = self.dice.below(6);
        let mut part = |shape: usize| match shape {
            0 => ("description", "description", json!(self.secret())),
            1 => ("labels", "labels.[1]", json!(["a", self.secret(), "c"])),
            2 => {
                let references = json!([{ "source_name": "s", "url": "https://s.example/", "description": self.secret() }]);
                ("external_references", "external_references.[0].description", references)
            }
            3 => ("x_details", "x_details.secret", json!({ "kept": [1, 2], "secret": self.secret() })),
            4 => ("x_list", "x_list.[0]", json!([self.secret()])),
            _ => ("x_deep", "x_deep.a.b", json!({ "a": { "b": [self.secret()], "c": 1 } })),
        };
        let (name, selector, value) = part(shape);
        let secret = entry(with(object.clone(), name, value), &closed, selector);
        let (name, _, value) = part(shape);
        let other = entry(with(object.clone(), name, value), &closed, selector);
        let left = match shape {
            1 => Some(json!(["a", "c"])),
            2 => Some(json!([{ "source_name": "s", "url": "https://s.example/" }])),
            3 => Some(json!({ "kept": [1, 2] })),
            5 => Some(json!({ "a": { "c": 1 } })),
            _ => None,
        };
        let without = left.map_or_else(|| object.clone(), |left| with(object.clone(), name, left));
        if name == "labels" && object.get("labels").is_some() {
            return [object.clone(), object.clone()];
        }
        // A marking of the last label, wherever it stands.
        let (secret, other, without) = if shape == 1 {
            let also = mark(OPEN);
            let last = |object, at: usize| entry(object, &also, &format!("labels.[{at}]"));
            (last(secret, 2), last(other, 2), last(without, 1))
        } else {
            (secret, other, without)
        };
        match first {
            First::MayLackIt if self.dice.once_in(2) => [without, secret],
            First::MayLackIt | First::HasIt => [other, secret],
        }
    }
}

/// Whether the first world always has a part that the second has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    HasIt,
    MayLackIt,
}

/// Adds a granular marking.
fn entry(mut object: Value, marking: &str, selector: &str) -> Value {
    let entry = json!({ "marking_ref": marking, "selectors": [selector] });
    match object.get_mut("granular_markings").and_then(Value::as_array_mut) {
        Some(entries) => entries.push(entry),
        None => object = objects::granular(object, marking, &[selector]),
    }
    object
}
