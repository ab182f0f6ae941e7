//! What does one random world hold? A declaration, claims in the order in which they come, and questions.

use serde_json::{Value, json};
use stix::Timestamp;

use crate::{
    declared::{COLLECTIONS, Declared, PARTNERS, declare, moment},
    markings,
    markings::Around,
    objects,
    objects::Pool,
    random::Random,
    written,
};

const MARKINGS: usize = 10;

/// One object that somebody brings.
#[derive(Clone)]
pub(crate) struct Brought {
    pub(crate) collection: &'static str,
    /// 0 is the node itself.
    pub(crate) origin: usize,
    pub(crate) text: String,
}

/// Everything about one world.
pub(crate) struct World {
    pub(crate) declared: Declared,
    pub(crate) brought: Vec<Brought>,
    /// Partner (from 1) and moment.
    pub(crate) questions: Vec<(usize, Timestamp)>,
}

pub(crate) fn world(random: &mut Random) -> World {
    let mut defaults: Vec<String> =
        ["CLEAR", "CLEAR", "GREEN", "AMBER"].map(|tlp| format!("TLP:{tlp}")).to_vec();
    defaults.push(markings::id(1));
    let mut declared = declare(random, &defaults);
    // Markings mostly come before what they mark, and not always.
    let mut brought = definitions(random, &mut declared);
    let pool = Pool::new(random);
    for _ in 0..24 {
        let object = object(random, &pool);
        brought.push((100 + random.below(100), one(random, &object)));
    }
    if random.chance(30) {
        let again = random.pick(&brought).1.clone();
        brought.push((300, Brought { origin: random.below(PARTNERS + 1), ..again }));
    }
    brought.sort_by_key(|(place, _)| *place);
    let brought = brought.into_iter().map(|(_, one)| one).collect();
    let questions = questions(random, &declared);
    World { declared, brought, questions }
}

fn definitions(random: &mut Random, declared: &mut Declared) -> Vec<(usize, Brought)> {
    let mut definitions = Vec::new();
    // The last one is defined by nobody.
    for number in 0..MARKINGS - 1 {
        for _ in 0..*random.pick(&[1, 1, 2, 3]) {
            let mut around =
                Around { organisations: &declared.organisations, moments: &mut declared.moments };
            let mut marking = markings::definition(number, random, &mut around);
            if random.chance(30) {
                mark(&mut marking, random, number);
            }
            let place = if random.chance(75) { random.below(100) } else { 100 + random.below(120) };
            let mut one = one(random, &marking);
            if random.chance(40) {
                one.origin = 0;
            }
            definitions.push((place, one));
        }
    }
    if random.chance(40) {
        definitions.push((random.below(200), one(random, &markings::standard_green())));
    }
    definitions
}

fn one(random: &mut Random, object: &Value) -> Brought {
    let text = written::text(object, random);
    Brought { collection: random.pick::<&str>(&COLLECTIONS), origin: random.below(PARTNERS + 1), text }
}

/// `object_marking_refs` that do not name the marking itself.
fn mark(object: &mut Value, random: &mut Random, but: usize) {
    let mut ids = markings::some(random, MARKINGS);
    ids.retain(|id| *id != markings::id(but));
    if !ids.is_empty() {
        object["object_marking_refs"] = json!(ids);
    }
}

fn object(random: &mut Random, pool: &Pool) -> Value {
    let id = (*random.pick(&pool.somebodys())).clone();
    let mut object = objects::make(&id, pool, random);
    mark(&mut object, random, MARKINGS);
    if random.chance(50) {
        let mut places = Vec::new();
        objects::selectors(&object, "", &mut places);
        let entries: Vec<_> = (0..=random.below(3)).map(|_| granular(random, &places)).collect();
        object["granular_markings"] = json!(entries);
    }
    object
}

/// Names under which nothing required stands are marked more often, so that something is left.
fn granular(random: &mut Random, places: &[String]) -> Value {
    let deep: Vec<_> = places.iter().filter(|place| place.contains(['.', 'x'])).cloned().collect();
    let mut selectors: Vec<String> = (0..=random.below(3))
        .map(|_| if random.chance(75) && !deep.is_empty() { random.pick(&deep) } else { random.pick(places) })
        .cloned()
        .collect();
    if random.chance(4) {
        selectors.push("spec_version".to_owned());
    }
    selectors.dedup();
    if random.chance(10) {
        return json!({ "lang": "fr", "selectors": selectors });
    }
    let marking = markings::some(random, MARKINGS).pop().unwrap_or_else(|| markings::STANDARD[6].to_owned());
    json!({ "marking_ref": marking, "selectors": selectors })
}

/// Each partner at moments on, before and behind where something begins or ends.
fn questions(random: &mut Random, declared: &Declared) -> Vec<(usize, Timestamp)> {
    let mut questions = Vec::new();
    for partner in 1..=PARTNERS {
        for _ in 0..5 {
            let around = match declared.moments.as_slice() {
                [] => moment(random),
                moments => *random.pick(moments),
            };
            let offset = *random.pick(&[0, 0, -1, 1, -1_000_000, 1_000_000, 700_000_000_000]);
            questions.push((partner, Timestamp::from_micros(around.micros() + offset)));
        }
    }
    questions
}
