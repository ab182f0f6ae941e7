//! What is there to know of an indicator before it is watched for? (STIX 2.1 section 4.7)

use std::{borrow::Cow, sync::Arc};

use hashbrown::HashMap;
use stix::{
    Finding, Limits, Object, SpecVersion, Timestamp,
    json::{Tree, Value},
    object::{Head, tree},
    pattern::{Grammar, Pattern},
};

use super::Pap;
use crate::{IndicatorId, MatcherLimits, Program, Standing, Validity, scan::IndicatorSlot, usual};

/// The markings of an object and of its parts. Feeds have few different ones, so those that follow each other share them.
pub type Markings = Arc<[Box<str>]>;

/// An indicator that cannot be watched for, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{id}` is not watched for: {why}")]
pub struct Refused {
    /// Its id.
    pub id: String,
    /// Why, in words.
    pub why: String,
}

/// There may be millions of these.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) name: Option<Box<str>>,
    pub(super) pattern: Arc<str>,
    /// A sighting says no less strictly what a part of the indicator says.
    pub(super) markings: Markings,
    pub(super) pap: Pap,
    pub(super) version: Timestamp,
    spec_version: SpecVersion,
    /// Where it is in the sieve, if it is looked for.
    pub(super) slot: Option<IndicatorSlot>,
}

impl Known {
    /// The pattern, parsed again.
    pub(super) fn parsed(&self, limits: &MatcherLimits) -> Option<Pattern> {
        let read = Pattern::parse_either(&self.pattern, Grammar::of(self.spec_version), &limits.pattern);
        read.ok().map(|(pattern, _)| pattern)
    }

    pub(super) fn marking_texts(&self) -> Vec<String> {
        self.markings.iter().map(ToString::to_string).collect()
    }
}

/// What is known of all: of those that a program looks for by their place there, of the others by their id.
#[derive(Debug, Default)]
pub(super) struct AllKnown {
    watched: Vec<Option<Known>>,
    apart: HashMap<IndicatorId, Known>,
}

impl AllKnown {
    /// Of one that may be watched for.
    pub(super) fn of(&self, program: &Program, id: &IndicatorId) -> Option<&Known> {
        self.watched(program, id).or_else(|| self.apart.get(id))
    }

    /// Of one that is watched for.
    pub(super) fn watched(&self, program: &Program, id: &IndicatorId) -> Option<&Known> {
        program.place(id).and_then(|place| self.watched.get(place)).and_then(Option::as_ref)
    }

    /// How many there are.
    pub(super) fn len(&self, program: &Program) -> usize {
        program.len() + self.apart.len()
    }

    pub(super) fn ids<'k>(&'k self, program: &'k Program) -> impl Iterator<Item = &'k IndicatorId> {
        program.ids().chain(self.apart.keys())
    }

    pub(super) fn reserve(&mut self, more: usize) {
        self.watched.reserve(more);
    }

    /// One that stands at a place of the program from now on; what was known of it before.
    pub(super) fn watch(&mut self, place: usize, id: &IndicatorId, known: Known) -> Option<Known> {
        if place >= self.watched.len() {
            self.watched.resize_with(place + 1, || None);
        }
        let before = self.watched.get_mut(place).and_then(|own| own.replace(known));
        let apart = if self.apart.is_empty() { None } else { self.apart.remove(id) };
        before.or(apart)
    }

    /// One that no program looks for.
    pub(super) fn keep_apart(&mut self, id: IndicatorId, known: Known) {
        self.apart.insert(id, known);
    }

    /// Forgets one; call it before the program does.
    pub(super) fn forget(&mut self, program: &Program, id: &IndicatorId) -> Option<Known> {
        let watched = program.place(id).and_then(|place| self.watched.get_mut(place)).and_then(Option::take);
        watched.or_else(|| self.apart.remove(id))
    }
}

/// An object of a feed, read as far as that needs no sensor: in any thread.
#[derive(Debug, Clone)]
pub struct Prepared(pub(super) Content);

#[derive(Debug, Clone)]
pub(super) enum Content {
    Indicator(Indicator),
    Refused(Refused),
    Other(Object),
}

/// What is needed of an indicator; its text is not kept.
#[derive(Debug, Clone)]
pub(super) struct Indicator {
    pub(super) id: IndicatorId,
    pub(super) known: Known,
    pub(super) validity: Validity,
    /// Where it is not of the usual sort.
    pub(super) pattern: Option<Box<Pattern>>,
}

impl Prepared {
    /// An object that is no indicator.
    pub fn other(&self) -> Option<&Object> {
        match &self.0 {
            Content::Other(object) => Some(object),
            Content::Indicator(_) | Content::Refused(_) => None,
        }
    }

    /// The id and the markings of an indicator that can be watched for.
    pub fn indicator(&self) -> Option<(&str, &Markings)> {
        match &self.0 {
            Content::Indicator(own) => Some((own.id.as_str(), &own.known.markings)),
            Content::Refused(_) | Content::Other(_) => None,
        }
    }
}

/// Reads objects of a feed, one after the other.
#[derive(Debug, Clone)]
pub struct FeedReader {
    limits: MatcherLimits,
    /// Those of the last indicator.
    markings: Markings,
}

impl FeedReader {
    /// Of patterns within limits.
    pub fn new(limits: MatcherLimits) -> Self {
        Self { limits, markings: Markings::default() }
    }

    /// Reads an object. That an indicator cannot be watched for is said when it is put in.
    ///
    /// # Errors
    /// Findings where it is no object, as [`Object::parse`] has them.
    pub fn read(&mut self, text: &[u8]) -> Result<Prepared, Vec<Finding>> {
        let tree = tree(text, &Limits::DEFAULT)?;
        let head = Head::read(&tree, &Limits::DEFAULT)?;
        if head.object_type() != "indicator" {
            return Object::from_tree(&tree, &Limits::DEFAULT).map(|object| Prepared(Content::Other(object)));
        }
        Ok(Prepared(self.indicator(&tree, &head)))
    }

    /// [`FeedReader::read`] of what was read before.
    pub(super) fn take(&mut self, object: &Object) -> Prepared {
        if object.object_type() != "indicator" {
            return Prepared(Content::Other(object.clone()));
        }
        self.read(object.text_bytes()).unwrap_or_else(|findings| {
            let why = findings.into_iter().next().map(|finding| finding.message);
            let why = why.unwrap_or_else(|| "it cannot be read".to_owned());
            Prepared(Content::Refused(Refused { id: object.id().to_owned(), why }))
        })
    }

    fn indicator(&mut self, tree: &Tree<'_>, head: &Head<'_>) -> Content {
        let refused = |why: String| Content::Refused(Refused { id: head.id.clone().into_owned(), why });
        let fields = Fields::of(tree.root());
        if let Some(language) = fields.language.filter(|language| language != "stix") {
            return refused(format!("its pattern is in the language `{language}`"));
        }
        let Some(pattern) = fields.pattern else { return refused("it has no pattern".to_owned()) };
        let limits = &self.limits.pattern;
        let is_usual = pattern.len() <= limits.pattern_bytes_max && usual::recognise(&pattern).is_some();
        let parsed = if is_usual {
            None
        } else {
            match Pattern::parse_either(&pattern, Grammar::of(head.spec_version), limits) {
                Ok((pattern, _)) => Some(Box::new(pattern)),
                Err(error) => return refused(error.to_string()),
            }
        };
        let moment = |text: Option<Cow<'_, str>>| text.and_then(|text| Timestamp::parse(&text).ok());
        let from = moment(fields.valid_from).or(head.created).unwrap_or(Timestamp::EPOCH);
        let standing = if head.is_revoked { Standing::Revoked } else { Standing::Active };
        Content::Indicator(Indicator {
            id: IndicatorId::new(&head.id),
            known: Known {
                name: fields.name.map(Into::into),
                pattern: Arc::from(pattern.as_ref()),
                markings: self.markings(head),
                // Who puts it in says that.
                pap: Pap::Red,
                version: head.version().unwrap_or(Timestamp::EPOCH),
                spec_version: head.spec_version,
                slot: None,
            },
            validity: Validity { from, until: moment(fields.valid_until), standing },
            pattern: parsed,
        })
    }

    /// Those of the object, then those of its parts (STIX 2.1 section 7.2.3).
    fn markings(&mut self, head: &Head<'_>) -> Markings {
        let entries = head.granular_markings.map(Value::elements).into_iter().flatten();
        let of_parts = entries.filter_map(|entry| entry.get("marking_ref")?.as_str());
        let all = || head.markings.iter().cloned().chain(of_parts.clone());
        if !all().eq(self.markings.iter().map(|own| Cow::Borrowed(own.as_ref()))) {
            self.markings = all().map(Box::from).collect();
        }
        Arc::clone(&self.markings)
    }
}

/// What an indicator has beside its head, found in one go.
#[derive(Default)]
struct Fields<'t> {
    name: Option<Cow<'t, str>>,
    pattern: Option<Cow<'t, str>>,
    language: Option<Cow<'t, str>>,
    valid_from: Option<Cow<'t, str>>,
    valid_until: Option<Cow<'t, str>>,
}

impl<'t> Fields<'t> {
    fn of(root: Value<'t>) -> Self {
        let mut own = Self::default();
        for (key, value) in root.members() {
            let field = match key.as_str().as_deref() {
                Some("name") => &mut own.name,
                Some("pattern") => &mut own.pattern,
                Some("pattern_type") => &mut own.language,
                Some("valid_from") => &mut own.valid_from,
                Some("valid_until") => &mut own.valid_until,
                Some(_) | None => continue,
            };
            *field = value.as_str();
        }
        own
    }
}

/// Whether an object says that an organisation made it.
pub(super) fn is_by(object: &Object, organisation: Option<&str>) -> bool {
    let Ok(tree) = Tree::parse(object.text_bytes(), &Limits::DEFAULT) else { return false };
    let by = tree.root().get("created_by_ref").and_then(Value::as_str);
    by.is_some() && by.as_deref() == organisation
}

/// What an opinion is about, where it disagrees (STIX 2.1 section 4.13); nothing where it does not, or was taken back.
pub(super) fn disputed(object: &Object) -> Vec<String> {
    let Ok(tree) = Tree::parse(object.text_bytes(), &Limits::DEFAULT) else { return Vec::new() };
    let root = tree.root();
    let says = root.get("opinion").and_then(Value::as_str);
    let disagrees = matches!(says.as_deref(), Some("disagree" | "strongly-disagree"));
    if !disagrees || object.is_revoked() {
        return Vec::new();
    }
    let about = root.get("object_refs").map(Value::elements).into_iter().flatten();
    about.filter_map(|element| Some(element.as_str()?.into_owned())).collect()
}
