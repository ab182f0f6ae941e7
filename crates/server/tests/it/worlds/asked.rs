//! What does P ask of a generated world? Every endpoint with every filter, right and wrong.

use serde_json::{Value, json};
use testkit::{
    http::Request,
    objects::{id, id_of, marked, moment, restriction, with, without},
};

use super::{
    Worlds,
    generated::Course,
    made::{APART, Author, HIDDEN, KNOWN, OF_P, OF_P_APART},
    marks::{BOUNDARIES, CLOSED, LATE, OPEN, mark},
};
use crate::ground::{
    HID, NONE, RO, RS, RW, UNKNOWN, all, collection, manifest_of, object_of, objects_of, row, versions_of,
};

const COLLECTIONS: [&str; 12] = [RW, RW, RW, RS, RS, RO, HID, UNKNOWN, "rw", "hid", "nope", "%FF"];

impl Author {
    /// The id of an object that may be known, withheld or unknown.
    pub(super) fn any_id(&mut self) -> String {
        match self.dice.below(12) {
            0 => "nonsense".to_owned(),
            1 => mark(OPEN + self.dice.number(0..20)),
            2 => mark(CLOSED + self.dice.number(0..20)),
            3 => mark(self.dice.number(LATE)),
            4 => id("ipv4-addr", self.dice.number(0..60) * 1000 + 1),
            _ => {
                let ranges = [KNOWN, KNOWN, APART, OF_P, OF_P_APART, HIDDEN];
                let range = self.dice.pick(&ranges).clone();
                self.some_id(range)
            }
        }
    }

    fn filter(&mut self, now: i64) -> String {
        let versions = ["all", "first", "last", "first,last", "last,first,all", "nonsense"];
        match self.dice.below(12) {
            0 => format!("match[id]={}", self.any_id()),
            1 => format!("match[id]={},{},{}", self.any_id(), self.any_id(), self.any_id()),
            2 => format!(
                "match[type]={}",
                self.dice.pick(&[
                    "indicator",
                    "report,relationship",
                    "x-nothing",
                    "marking-definition,malware"
                ])
            ),
            3 | 4 => format!("match[version]={}", self.dice.pick(&versions)),
            5 => format!("match[version]={},first", moment(self.dice.number(1..300))),
            6 => format!("match[spec_version]={}", self.dice.pick(&["2.0", "2.1", "2.0,2.1", "3"])),
            7 => {
                let back = i64::from(self.dice.number(0..90)) * 60;
                let at = stix::Timestamp::from_parts(now - back, 0);
                format!(
                    "added_after={}{}",
                    &at.to_string()[..19],
                    self.dice.pick(&["Z", ".000000Z", ".000002Z", "x"])
                )
            }
            8 => format!("added_after={}", self.dice.pick(&BOUNDARIES)),
            9 => format!("next={}", self.dice.pick(&["x", "", "AAAA"])),
            10 => "match[revoked]=true".to_owned(),
            _ => format!("limit={}", self.dice.pick(&["0", "1", "2", "3", "7", "99999", "-1", "x"])),
        }
    }

    fn query(&mut self, now: i64) -> String {
        let parts: Vec<_> = (0..self.dice.below(4)).map(|_| self.filter(now)).collect();
        parts.join("&")
    }

    /// A request that changes nothing.
    pub(super) fn question(&mut self, now: i64) -> Request {
        let name = *self.dice.pick(&COLLECTIONS);
        let (own, query) = (self.any_id(), self.query(now));
        let target = match self.dice.below(12) {
            0 => "/taxii2/".to_owned(),
            1 => "/api/".to_owned(),
            2 => "/api/collections/".to_owned(),
            3 => collection(name),
            4 | 5 => format!("{}?{query}", manifest_of(name)),
            6 | 7 => format!("{}?{query}", objects_of(name)),
            8 | 9 => format!("{}?{query}", object_of(name, &own)),
            10 => format!("{}?{query}", versions_of(name, &own)),
            _ => {
                let entries = all(name, &own, "00000000-0000-4000-8000-000000000000");
                let entry = self.dice.pick(&entries).clone();
                let request = Request::new("GET", &entry.1);
                return match self.dice.below(5) {
                    0 => request.set("accept", "text/html"),
                    1 => request.set("authorization", NONE),
                    2 => request.set("authorization", "Bearer nonsense"),
                    3 => Request {
                        method: self.dice.pick(&["PUT", "OPTIONS", "PATCH"]).to_string(),
                        ..row(&entry)
                    },
                    _ => request.set("accept-encoding", "gzip"),
                };
            }
        };
        Request::new("GET", &target)
    }

    /// An envelope that P posts: of its own, of ids that others have, the same and other markings, good and bad.
    pub(super) fn posted(&mut self, hidden: &[Value], course: Course) -> Request {
        let name = *self.dice.pick(&COLLECTIONS);
        let refers = [KNOWN, APART, OF_P, OF_P_APART, HIDDEN, HIDDEN];
        let count = 1 + self.dice.below(4);
        let mut objects = Vec::new();
        for _ in 0..count {
            let made = match self.dice.below(10) {
                0 if course == Course::Still => {
                    restriction(CLOSED + self.dice.number(0..24), json!({ "tlp": "CLEAR" }))
                }
                1 => restriction(self.dice.number(LATE), json!({ "releasable_to": ["NATO"] })),
                2 => {
                    let own = self.any_id();
                    let known = own.contains("--") && !own.starts_with("marking") && !own.starts_with("ipv4");
                    let own = if known { own } else { id("indicator", 501) };
                    self.of_id(&own, &refers)
                }
                3 | 4 if !hidden.is_empty() => bare(self.dice.pick(hidden)),
                5 => without(self.of_id(&id("indicator", 510), &refers), "pattern"),
                6 => self.dice.pick(&[json!(1), json!({}), json!({ "type": "indicator" })]).clone(),
                _ => {
                    let ranges = [OF_P, OF_P_APART];
                    let range = self.dice.pick(&ranges).clone();
                    let number = self.dice.number(range);
                    self.object(number, &refers)
                }
            };
            let made = if self.dice.once_in(3) && made.get("id").is_some() {
                self.openly_marked(made)
            } else {
                made
            };
            objects.push(if self.dice.once_in(8) && made.get("id").is_some() {
                marked(made, &[&mark(CLOSED + self.dice.number(0..12))])
            } else {
                made
            });
            if self.dice.once_in(6) {
                objects.extend(objects.last().cloned());
            }
        }
        if course == Course::Moving {
            objects = objects.into_iter().map(openly).collect();
        }
        let request = Request::new("POST", &objects_of(name)).body(testkit::objects::envelope(&objects));
        match self.dice.below(20) {
            0 => request.body("{\"objects\":"),
            1 => request.body("{}"),
            2 => request.set("content-type", "text/plain"),
            _ => request,
        }
    }

    /// P deletes: what is its own, what is another's, what is withheld, what is not there.
    pub(super) fn deleted(&mut self) -> Request {
        let name = *self.dice.pick(&COLLECTIONS);
        let query =
            self.dice.pick(&["", "?match[version]=first", "?match[version]=all", "?match[spec_version]=2.0"]);
        let target = format!("{}{query}", object_of(name, &self.any_id()));
        Request::new("DELETE", &target)
    }
}

/// Without markings of which P does not see what they mean.
fn openly(object: Value) -> Value {
    let is_open =
        |id: &Value| !id.as_str().is_some_and(|id| (CLOSED..CLOSED + 2000).any(|closed| id == mark(closed)));
    let Some(marks) = object.get("object_marking_refs").and_then(Value::as_array) else { return object };
    let left: Vec<_> = marks.iter().filter(|id| is_open(id)).cloned().collect();
    if left.is_empty() {
        without(object, "object_marking_refs")
    } else {
        with(object, "object_marking_refs", json!(left))
    }
}

/// The same id and version, without what P does not know.
fn bare(hidden: &Value) -> Value {
    let mut object = hidden.clone();
    let members = object.as_object_mut().unwrap();
    members.retain(|key, value| !key.starts_with("x_") && !value.to_string().contains(super::CANARY));
    members.remove("granular_markings");
    if id_of(hidden).starts_with("identity") && object.get("name").is_none() {
        return with(object, "name", json!("somebody"));
    }
    object
}

impl Worlds {
    /// What P knows of values, and what a draft would become for P: the same in both.
    pub(super) async fn compare_within(&self, author: &mut Author) {
        let number = author.dice.number(1..25);
        let values = [
            format!("host-{number}.example"),
            format!("loader {number}"),
            "a".to_owned(),
            super::CANARY.to_owned(),
        ];
        let draft = {
            let number = author.dice.number(APART);
            let made = author.object(number, &[OF_P]);
            let made = author.openly_marked(made);
            let own = id("indicator", author.dice.number(600..620));
            let other = author.of_id(&own, &[OF_P]);
            let pair = author.in_part(&other, super::made::First::HasIt);
            testkit::objects::envelope(&[made, pair[1].clone()])
        };
        for (index, value) in values.iter().enumerate() {
            let mut both = Vec::new();
            for ground in [&self.a, &self.b] {
                let asked = ground.exchange.know(("p", value), exchange::Purpose::Preview, ground.now());
                let mut known = asked.await.unwrap().unwrap();
                for claim in &mut known.claims {
                    if self.dates == super::Dates::ToTheSecond {
                        claim.date_added.truncate(19);
                    }
                }
                both.push(known);
            }
            assert_eq!(both[0], both[1], "what P knows of value {index} differs");
        }
        let mut both = Vec::new();
        for ground in [&self.a, &self.b] {
            let asked = ground.exchange.preview_draft(("rw", &draft), Some("p"), ground.now());
            let shown = asked.await.unwrap();
            let texts = shown.recipients.into_iter().flat_map(|recipient| recipient.objects);
            both.push(texts.map(|(id, copy)| (id, copy.text)).collect::<Vec<_>>());
        }
        assert_eq!(both[0], both[1], "a draft is not the same for P");
        let leaks = both.iter().flatten().filter_map(|(_, text)| text.as_ref());
        assert!(leaks.into_iter().all(|text| !text.contains(super::CANARY)), "a canary in a draft for P");
    }
}
