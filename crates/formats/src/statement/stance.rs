//! What does a sentence say of somebody, and of whom?

use super::{Mention, Sentence, Speech};

/// Verbs of a position, in the order in which they are asked for.
const STANCES: [(&str, &[&str]); 6] = [
    (
        "condemns",
        &["condemn", "war of aggression", "coercive", "destabilising", "authoritarian pushback", "illegal"],
    ),
    (
        "is concerned about",
        &["concern", "provocati", "military build-up", "building up its military", "threatening"],
    ),
    ("calls on", &["call on", "call upon", "urge"]),
    ("welcomes", &["welcome", "appreciate", "deeply values"]),
    ("supports", &["we support", "stand with", "support for"]),
    ("agrees", &["we agree", "agreed"]),
];

/// Words before a name that say that something is done to it, or there: of who does it the sentence speaks.
const DONE_TO: [&str; 8] = ["against", "bullying", "for", "in", "into", "on", "threatening", "to"];

/// The stance of a sentence, and whom it is about. `subject` is whom the sentence before was about.
pub(super) fn position(
    sentence: &Sentence<'_>,
    speech: &Speech<'_>,
    subject: Option<&String>,
) -> Option<(&'static str, Vec<String>)> {
    let lower = sentence.quote.to_lowercase();
    let verb = |words: &[&str]| words.iter().find_map(|word| lower.find(word));
    let (stance, at) = STANCES.iter().find_map(|(stance, words)| Some((*stance, verb(words)?)))?;
    let end = lower.find(", which ").unwrap_or(usize::MAX);
    let (mut about, behind_matters) = match stance {
        "condemns" | "is concerned about" => (actors(sentence), false),
        "welcomes" => (actors(sentence), true),
        _ => (sentence.names.iter().filter(|one| !one.in_programme).collect(), stance != "agrees"),
    };
    about.retain(|one| one.at < end);
    if behind_matters && about.iter().any(|one| one.at > at) {
        about.retain(|one| one.at > at);
    }
    let yours = lower.get(at..).and_then(|rest| rest.find(" your ")).map(|place| at + place);
    let first = about.first().map(|one| one.at);
    let addressed = speech.spoken_to.filter(|_| {
        stance == "welcomes" && yours.is_some_and(|yours| first.is_none_or(|first| yours < first))
    });
    let mut told: Vec<String> = addressed.map(str::to_owned).into_iter().collect();
    told.extend(about.into_iter().map(|one| one.called.clone()));
    if told.is_empty() && goes_on(&lower) {
        told.extend(subject.cloned());
    }
    if told.is_empty() {
        told.extend(sentence.names.iter().map(|one| one.called.clone()));
    }
    told.dedup();
    (!told.is_empty()).then_some((stance, told))
}

/// Whom a sentence is about first, where it is about somebody.
pub(super) fn subject(sentence: &Sentence<'_>) -> Option<String> {
    actors(sentence).first().map(|one| one.called.clone())
}

/// Whether a sentence has no subject but that of the one before.
fn goes_on(lower: &str) -> bool {
    let first = lower.split_whitespace().next().unwrap_or("");
    matches!(first, "it" | "its" | "they" | "their") || first.ends_with("ing")
}

/// Who does something in a sentence: not to whom it is done, not where; a region only where nobody else is named.
fn actors<'s, 'n>(sentence: &'s Sentence<'n>) -> Vec<&'s Mention<'n>> {
    let does = |one: &&Mention<'_>| {
        let before = sentence.quote.get(..one.at).unwrap_or("").to_lowercase();
        let mut words = before.split_whitespace().rev().filter(|word| *word != "the");
        let word = words.next().unwrap_or("");
        let behind = sentence.quote.get(one.at + one.length..).unwrap_or("");
        let owns = behind.starts_with("'s") || behind.starts_with("’s");
        !one.in_programme && word != "against" && (owns || !DONE_TO.contains(&word))
    };
    let mut all: Vec<_> = sentence.names.iter().filter(does).collect();
    let region = |one: &&Mention<'_>| {
        one.one.object_type == "location" && one.one.code.is_none() && one.one.within.is_none()
    };
    if all.iter().any(|one| !region(one)) {
        all.retain(|one| !region(one));
    }
    all
}
