//! Who is there? A small coalition, with memberships and agreements that begin and end.

use serde_json::{Map, Value, json};
use stix::Timestamp;

use crate::random::Random;

pub(crate) const COLLECTIONS: [&str; 2] = ["one", "two"];
pub(crate) const PARTNERS: usize = 4;
/// What codes may name: nations, communities declared and not, a word that looks like a nation and is none.
pub(crate) const CODES: [&str; 11] =
    ["NOR", "JPN", "NLD", "USA", "NATO", "IP4", "MISSION", "LE", "SEVEN-SEAS", "XYZ", "jpn"];
pub(crate) const TLP: [&str; 5] = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"];

/// A declared coalition.
pub(crate) struct Declared {
    /// The node's own organisation first, then the partners'.
    pub(crate) organisations: Vec<String>,
    /// The declaration while objects are brought: every partner may bring what it likes.
    pub(crate) open: Value,
    /// The declaration under which questions are asked.
    pub(crate) dated: Value,
    /// Moments at which something begins or ends.
    pub(crate) moments: Vec<Timestamp>,
}

/// Moments of which few are used, so that many coincide.
pub(crate) fn moment(random: &mut Random) -> Timestamp {
    let month = 1_767_225_600 + 2_592_000 * i64::try_from(random.below(5)).unwrap_or(0);
    let nanos = *random.pick(&[0, 0, 500_000_000, 123_456_000]);
    Timestamp::from_parts(month, nanos)
}

/// `from` and `until`, each there or not, and in order.
pub(crate) fn dates(random: &mut Random, percent: usize, moments: &mut Vec<Timestamp>) -> Value {
    let (one, other) = (moment(random), moment(random));
    let mut dates = json!({});
    if random.chance(percent) {
        dates["from"] = json!(one.min(other).to_string());
        moments.push(one.min(other));
    }
    if random.chance(percent) && one != other {
        dates["until"] = json!(one.max(other).to_string());
        moments.push(one.max(other));
    }
    dates
}

fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

pub(crate) fn declare(random: &mut Random, default_markings: &[String]) -> Declared {
    let organisations: Vec<String> = (0..=PARTNERS)
        .map(|number| format!("identity--0000000{number}-0000-4000-8000-000000000000"))
        .collect();
    let mut moments = Vec::new();
    let communities = communities(random, &organisations, &mut moments);
    let collections: Vec<_> = COLLECTIONS
        .iter()
        .enumerate()
        .map(|(number, alias)| collection(random, number, alias, default_markings))
        .collect();
    let policies = policies(random);
    let classification: Vec<_> =
        policies.iter().map(|(policy, levels)| json!({ "policy": policy, "levels": levels })).collect();
    let nations = [json!("NOR"), json!("JPN"), json!("NLD"), json!("USA"), Value::Null];
    let partners: Vec<_> = (1..=PARTNERS)
        .map(|number| {
            let mut clearances = json!({});
            if random.chance(60) {
                clearances["NATO"] = json!(random.pick(&["UNCLASSIFIED", "RESTRICTED", "SECRET"]));
            }
            if random.chance(40) {
                clearances["EU"] = json!(random.pick(&["LOW", "HIGH"]));
            }
            if let (Some(levels), true) = (policies.get("US").and_then(Value::as_array), random.chance(60)) {
                clearances["US"] = random.pick(levels).clone();
            }
            let nation = random.pick(&nations);
            json!({ "name": format!("p{number}"), "organisation": organisations.get(number), "nation": nation,
                "clearances": clearances })
        })
        .collect();
    let (mut open, mut dated) = (Vec::new(), Vec::new());
    for number in 1..=PARTNERS {
        for alias in COLLECTIONS {
            let agreement = json!({ "partner": format!("p{number}"), "collection": alias });
            open.push(with(agreement.clone(), json!({ "may": ["submit"], "ceiling": "RED" })));
            let ceiling =
                random.pick(&["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", "RED", "RED", "AMBER"]);
            let mut rights = vec![json!(["read"]); 8];
            rights.extend([json!(["read", "submit"]), json!(["read", "submit", "delete"])]);
            rights.extend([json!(["submit"]), json!([])]);
            let may = random.pick(&rights);
            let more = with(json!({ "may": may, "ceiling": ceiling }), dates(random, 20, &mut moments));
            if random.chance(97) {
                dated.push(with(agreement, more));
            }
        }
    }
    let world = |agreements: Vec<Value>| {
        json!({
            "organisation": { "id": organisations.first(), "name": "own" }, "community": communities,
            "classification": classification,
            "collection": collections, "partner": partners, "agreement": agreements,
        })
    };
    let (open, dated) = (world(open), world(dated));
    Declared { organisations, open, dated, moments }
}

/// Policies and their levels. Seldom two of them are one in any case, so that no label in another language means either.
fn policies(random: &mut Random) -> Map<String, Value> {
    let mut policies = Map::new();
    policies.insert("NATO".to_owned(), json!(["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"]));
    policies.insert("EU".to_owned(), json!(["LOW", "EU LOW", "HIGH"]));
    let us = [
        json!(["U", "C", "S", "TS"]),
        json!(["Unclassified", "Confidential", "Secret", "Top Secret"]),
        json!(["UNCLASSIFIED", "C", "u", "CONFIDENTIAL", "SECRET"]),
        json!(["S", "UNCLASSIFIED"]),
    ];
    if random.chance(85) {
        policies.insert("US".to_owned(), random.pick(&us).clone());
    }
    if random.chance(15) {
        let other = *random.pick(&["Nato", "eu", "us"]);
        policies.insert(other.to_owned(), json!(["RESTRICTED", "LOW", "U"]));
    }
    policies
}

fn collection(random: &mut Random, number: usize, alias: &str, default_markings: &[String]) -> Value {
    let mut default = vec![random.pick(default_markings).clone()];
    if random.chance(10) {
        default.push(random.pick(default_markings).clone());
    }
    let communities = [Value::Null, Value::Null, json!("NATO"), json!("MISSION")];
    let community = random.pick(&communities);
    json!({ "id": format!("0000000{number}-0000-4000-8000-0000000000c0"), "alias": alias, "title": alias,
        "default_marking": default, "community": community })
}

fn communities(random: &mut Random, organisations: &[String], moments: &mut Vec<Timestamp>) -> Vec<Value> {
    let mut communities = vec![
        json!({ "name": "NATO", "members": ["NOR", "NLD"] }),
        json!({ "name": "IP4", "members": ["JPN"] }),
        json!({ "name": "LE", "members": ["NOR", "USA"] }),
        json!({ "name": "GOV", "members": ["JPN", "NLD", "USA"] }),
        json!({ "name": "USA.DHS", "members": ["NOR", organisations.get(1)] }),
    ];
    let mut members = Vec::new();
    for code in ["NOR", "JPN", "NLD"].iter().copied().chain(organisations.iter().map(String::as_str)) {
        // Some are members twice, with a gap between.
        for _ in 0..random.below(3) {
            members.push(with(json!({ "code": code }), dates(random, 60, moments)));
        }
    }
    communities.push(json!({ "name": "MISSION", "members": members }));
    communities
}
