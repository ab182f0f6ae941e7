//! Whom and what do names in a text mean?
//!
//! Aliases are treacherous: many mean more than one thing, and some are ordinary words. So a name is a proposal with all its
//! candidates; a word that is also an ordinary one counts only beside a word that says what it is (`Play ransomware`); a name has
//! to be written as a name; and what stands inside an identifier is no name.

mod gazetteer;
mod lower;
mod ordinary;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde::{Deserialize, Serialize};
use stix::json::{Tree, Value};

use self::lower::Lower;
use crate::text::hit::{Found, Hit, Judgement, Rank};

/// How many spellings are looked for at most; the rest is left out and counted.
pub const NAMES_MAX: usize = 200_000;
/// A longer name is none.
pub const NAME_BYTES_MAX: usize = 200;

/// Somebody or something with names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Known {
    /// The id of the object, where there is one.
    pub id: Option<String>,
    /// Its type.
    pub object_type: String,
    /// Its name.
    pub name: String,
    /// What else it is called.
    pub aliases: Vec<String>,
    /// The code of the country (ISO 3166-1 alpha-2) that it is.
    pub code: Option<String>,
    /// The code of the country that it lies in.
    pub within: Option<String>,
    /// Its numbers in frameworks, such as `G0007`.
    pub external_ids: Vec<String>,
}

/// Somebody or something that a name may mean.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The id of the object, where there is one.
    pub id: Option<String>,
    /// Its type.
    pub object_type: String,
    /// Its own name, whatever it was called.
    pub name: String,
    /// See [`Known::code`].
    pub code: Option<String>,
    /// See [`Known::within`].
    pub within: Option<String>,
}

/// How a name has to be written to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// Small letters only: `netstat`.
    Lower,
    /// One word with a capital: `Turla`.
    Plain,
    /// With digits or capitals inside: `APT28`, `PlugX`, `NATO`.
    Distinct,
    /// Several words.
    Several,
}

#[derive(Debug)]
struct Pattern {
    /// As it is written where it is known.
    name: String,
    form: Form,
    ordinary: Ordinary,
    candidates: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ordinary {
    No,
    Yes,
}

/// Names to look for.
#[derive(Debug)]
pub struct Names {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    candidates: Vec<Candidate>,
    numbers: HashMap<String, Candidate>,
    left_out: usize,
}

/// Why names cannot be looked for.
#[derive(Debug, thiserror::Error)]
#[error("the names cannot be looked for: {0}")]
pub struct NamesError(#[from] aho_corasick::BuildError);

impl Names {
    /// The names that everybody knows, and those that are given.
    ///
    /// # Errors
    /// Where there are too many to be looked for.
    pub fn new(known: impl IntoIterator<Item = Known>) -> Result<Self, NamesError> {
        let mut candidates = Vec::new();
        let mut numbers = HashMap::new();
        let mut patterns: BTreeMap<String, Pattern> = BTreeMap::new();
        let mut left_out = 0;
        for entry in known.into_iter().chain(gazetteer::entries()) {
            let candidate = Candidate {
                id: entry.id,
                object_type: entry.object_type,
                name: entry.name.clone(),
                code: entry.code,
                within: entry.within,
            };
            for number in entry.external_ids {
                numbers.entry(number).or_insert_with(|| candidate.clone());
            }
            let at = candidates.len();
            candidates.push(candidate);
            for name in std::iter::once(&entry.name).chain(&entry.aliases) {
                for spelling in spellings(name) {
                    if patterns.len() >= NAMES_MAX && !patterns.contains_key(&spelling) {
                        left_out += 1;
                        continue;
                    }
                    let pattern = patterns.entry(spelling).or_insert_with_key(|lower| Pattern {
                        name: name.clone(),
                        form: form(name),
                        ordinary: if ordinary::is_ordinary(lower) { Ordinary::Yes } else { Ordinary::No },
                        candidates: Vec::new(),
                    });
                    pattern.candidates.push(at);
                }
            }
        }
        for pattern in patterns.values_mut() {
            settle(&mut pattern.candidates, &candidates);
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(patterns.keys())?;
        Ok(Self { automaton, patterns: patterns.into_values().collect(), candidates, numbers, left_out })
    }

    /// How many spellings are looked for.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// How many spellings are not looked for because there are more than [`NAMES_MAX`].
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Who has a number in a framework.
    pub(crate) fn by_number(&self, number: &str) -> Option<&Candidate> {
        self.numbers.get(number)
    }

    /// Names in a block of a text that starts at a place; `lowered` learns which of them also stand there as ordinary words.
    pub(crate) fn read(&self, block: &str, base: usize, lowered: &mut BTreeSet<u32>, hits: &mut Vec<Hit>) {
        let lower = Lower::of(block);
        for found in self.automaton.find_overlapping_iter(lower.text()) {
            let range = found.start()..found.end();
            if !lower.is_word(&range) {
                continue;
            }
            let span = lower.source(&range);
            let (Some(pattern), Some(written)) =
                (self.patterns.get(found.pattern().as_usize()), block.get(span.clone()))
            else {
                continue;
            };
            let number = found.pattern().as_u32();
            if pattern.form != Form::Lower && !written.chars().any(char::is_uppercase) {
                lowered.insert(number);
            }
            if let Some(judgement) = self.judge(pattern, written, (block, &span)) {
                let candidates = pattern.candidates.iter().filter_map(|at| self.candidates.get(*at).cloned());
                let mut hit =
                    judgement.of(Found::Named(candidates.collect()), base + span.start..base + span.end);
                (hit.rank, hit.pattern) = (Rank::Name, Some(number));
                hits.push(hit);
            }
        }
    }

    /// How sure it is that a piece of a text is a name; nothing where it is not written as one.
    fn judge(
        &self,
        pattern: &Pattern,
        written: &str,
        (block, span): (&str, &Range<usize>),
    ) -> Option<Judgement> {
        let capital = written.starts_with(char::is_uppercase);
        let upper = !written.chars().any(char::is_lowercase);
        let mut judgement = match pattern.form {
            Form::Several if capital || written == pattern.name => {
                Judgement::new(75, "a name of several words")
            }
            Form::Distinct if written == pattern.name || upper || has_digits(written) => {
                Judgement::new(70, "a name that is no word")
            }
            Form::Plain if capital && (written == pattern.name || upper || same_but_capitals(written)) => {
                Judgement::new(60, "written as a name")
            }
            Form::Lower if written == pattern.name => Judgement::new(45, "written as its name is"),
            Form::Several | Form::Distinct | Form::Plain | Form::Lower => return None,
        };
        let said = self.is_said(pattern, (block, span));
        let capitals = pattern.form == Form::Distinct && written == pattern.name;
        if (pattern.ordinary == Ordinary::Yes && !capitals) || pattern.form == Form::Lower {
            if !said {
                return None;
            }
            judgement.less(10, "an ordinary word as well");
        }
        if said {
            judgement.more(20, "the word beside it says what it is");
        }
        let countries =
            |at: &usize| self.candidates.get(*at).is_some_and(|one| one.object_type == "location");
        if pattern.candidates.iter().any(countries) && pattern.form == Form::Plain {
            let (before, after) = (word_before(block, span.start), word_after(block, span.end));
            if ordinary::is_no_country(written, before, after) {
                return None;
            }
        }
        if pattern.candidates.len() > 1 {
            judgement.confidence = judgement.confidence.min(40);
            judgement.why.push("more than one is called so");
        }
        Some(judgement)
    }

    fn is_said(&self, pattern: &Pattern, (block, span): (&str, &Range<usize>)) -> bool {
        let before = word_before(block, span.start);
        let after = word_after(block, span.end);
        pattern
            .candidates
            .iter()
            .filter_map(|at| self.candidates.get(*at))
            .any(|one| ordinary::says(&one.object_type, after) || ordinary::says(&one.object_type, before))
    }

    /// Whether a name that stands alone as a capitalised word is doubtful because the text has it as an ordinary word too.
    pub(crate) fn is_doubtful(&self, hit: &Hit) -> bool {
        let plain = hit.pattern.and_then(|number| self.patterns.get(usize::try_from(number).ok()?));
        // A country is none of it: whether the bird is meant is told by the words beside it.
        let is_place =
            matches!(&hit.found, Found::Named(all) if all.iter().any(|one| one.object_type == "location"));
        !is_place
            && plain.is_some_and(|pattern| pattern.form == Form::Plain)
            && !hit.why.contains(&"the word beside it says what it is")
    }
}

/// Objects of types whose names are looked for in texts.
const NAMED_TYPES: [&str; 9] = [
    "campaign",
    "identity",
    "infrastructure",
    "intrusion-set",
    "location",
    "malware",
    "threat-actor",
    "tool",
    "vulnerability",
];
/// Objects of which only the numbers are looked for: names of techniques are ordinary words.
const NUMBERED_TYPES: [&str; 3] = ["attack-pattern", "course-of-action", "x-mitre-tactic"];

/// Types of objects whose names or numbers are looked for in texts.
pub fn known_types() -> impl Iterator<Item = &'static str> {
    NAMED_TYPES.into_iter().chain(NUMBERED_TYPES)
}

/// What an object is called, by its JSON; nothing where it has no name that is looked for.
pub fn known(text: &[u8]) -> Option<Known> {
    let tree = Tree::parse(text, &stix::Limits::DEFAULT).ok()?;
    let root = tree.root();
    let string = |key: &str| root.get(key).and_then(Value::as_str).map(std::borrow::Cow::into_owned);
    let object_type = string("type")?;
    let is_named = NAMED_TYPES.contains(&object_type.as_str());
    let over = |key: &str| root.get(key).and_then(Value::as_bool) == Some(true);
    if over("revoked")
        || over("x_mitre_deprecated")
        || !(is_named || NUMBERED_TYPES.contains(&object_type.as_str()))
    {
        return None;
    }
    let list = |key: &str| {
        root.get(key)
            .into_iter()
            .flat_map(Value::elements)
            .filter_map(|name| Some(name.as_str()?.into_owned()))
    };
    let name = string("name").filter(|_| is_named).unwrap_or_default();
    // A vulnerability is mostly called by its number.
    let (name, number) = match object_type.as_str() {
        "vulnerability" if name.starts_with("CVE-") => (String::new(), Some(name)),
        _ => (name, None),
    };
    let references = root.get("external_references").into_iter().flat_map(Value::elements);
    let numbers =
        references.filter_map(|reference| Some(reference.get("external_id")?.as_str()?.into_owned()));
    Some(Known {
        id: string("id"),
        name,
        aliases: if is_named { list("aliases").chain(list("x_mitre_aliases")).collect() } else { Vec::new() },
        code: string("country").filter(|_| object_type == "location"),
        within: None,
        external_ids: numbers.chain(number).collect(),
        object_type,
    })
}

/// How a name may be spelt, in small letters: `APT28` as `APT 28` and `APT-28`.
fn spellings(name: &str) -> BTreeSet<String> {
    let lower = Lower::of(name.trim()).text().trim().to_owned();
    let mut spellings = BTreeSet::new();
    if lower.is_empty() || lower.len() > NAME_BYTES_MAX {
        return spellings;
    }
    let letters = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let (stem, digits) = lower.split_at_checked(letters.len()).unwrap_or_default();
    let stem = stem.trim_end_matches([' ', '-']);
    if !digits.is_empty() && (2..=8).contains(&stem.len()) && stem.bytes().all(|b| b.is_ascii_alphabetic()) {
        spellings.extend(["", " ", "-"].map(|joint| format!("{stem}{joint}{digits}")));
    }
    spellings.insert(lower);
    spellings
}

fn form(name: &str) -> Form {
    let name = name.trim();
    if name.contains([' ', '-']) && name.chars().any(char::is_uppercase) {
        return Form::Several;
    }
    let inner = name.chars().skip(1).any(char::is_uppercase);
    if has_digits(name) || inner {
        return Form::Distinct;
    }
    if name.starts_with(char::is_uppercase) { Form::Plain } else { Form::Lower }
}

fn has_digits(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

/// `EMOTET` is known, `Emotet` is written.
fn same_but_capitals(written: &str) -> bool {
    written.chars().skip(1).all(|c| !c.is_uppercase())
}

/// One candidate for each object; what is known by id before what everybody knows, where the type is the same.
fn settle(of: &mut Vec<usize>, candidates: &[Candidate]) {
    let mut kept: Vec<usize> = Vec::new();
    for at in of.iter().copied() {
        let Some(one) = candidates.get(at) else { continue };
        let same = |other: &Candidate| {
            other == one
                || (one.id.is_some() && other.id == one.id)
                || (one.id.is_none() && other.object_type == one.object_type)
                || (one.id.is_none() && one.code.is_some() && other.code == one.code)
        };
        if !kept.iter().filter_map(|at| candidates.get(*at)).any(same) {
            kept.push(at);
        }
    }
    *of = kept;
}

/// The word before a place, where only a blank or a hyphen is between.
fn word_before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or("").trim_end_matches([' ', '-', '\n', '"', '“', '`']);
    before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("")
}

fn word_after(text: &str, at: usize) -> &str {
    let after = text.get(at..).unwrap_or("").trim_start_matches([' ', '-', '\n', '"', '”', '`']);
    after.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("")
}
