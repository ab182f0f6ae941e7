//! What is there to know of an indicator before it is watched for? (STIX 2.1 section 4.7)

use std::sync::Arc;

use stix::{
    Limits, Object, SpecVersion, Timestamp,
    json::{Tree, Value},
    pattern::{Grammar, Pattern},
};

use super::Pap;
use crate::{MatcherLimits, Standing, Validity, scan::IndicatorSlot, usual};

/// An indicator that cannot be watched for, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{id}` is not watched for: {why}")]
pub struct Refused {
    /// Its id.
    pub id: String,
    /// Why, in words.
    pub why: String,
}

#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) name: Option<String>,
    pub(super) pattern: Arc<str>,
    /// Those of the object and of its parts: a sighting says no less strictly what a part of the indicator says.
    pub(super) markings: Vec<String>,
    pub(super) pap: Pap,
    pub(super) version: Timestamp,
    spec_version: SpecVersion,
    pub(super) validity: Validity,
    /// Where it is in the sieve, if it is looked for.
    pub(super) slot: Option<IndicatorSlot>,
}

impl Known {
    /// The pattern, parsed again.
    pub(super) fn parsed(&self, limits: &MatcherLimits) -> Option<Pattern> {
        let read = Pattern::parse_either(&self.pattern, Grammar::of(self.spec_version), &limits.pattern);
        read.ok().map(|(pattern, _)| pattern)
    }
}

/// An object of a feed, read as far as that needs no sensor: in any thread.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) object: Object,
    /// Where it is an indicator: what there is to know, and its pattern if that is not of the usual sort.
    pub(super) indicator: Option<Result<(Known, Option<Pattern>), Refused>>,
}

impl Prepared {
    /// Reads an object.
    pub fn new(object: Object, limits: &MatcherLimits) -> Self {
        let indicator = (object.object_type() == "indicator").then(|| read(&object, limits));
        Self { object, indicator }
    }

    /// The object.
    pub fn object(&self) -> &Object {
        &self.object
    }
}

/// Reads an indicator.
///
/// # Errors
/// [`Refused`] where its pattern is of another language, or none at all.
fn read(object: &Object, limits: &MatcherLimits) -> Result<(Known, Option<Pattern>), Refused> {
    let refused = |why: String| Refused { id: object.id().to_owned(), why };
    let tree =
        Tree::parse(object.text_bytes(), &Limits::DEFAULT).map_err(|error| refused(error.to_string()))?;
    let root = tree.root();
    let moment =
        |name: &str| root.get(name).and_then(Value::as_str).and_then(|text| Timestamp::parse(&text).ok());
    let language = root.get("pattern_type").and_then(Value::as_str);
    if let Some(language) = language.filter(|language| language != "stix") {
        return Err(refused(format!("its pattern is in the language `{language}`")));
    }
    let pattern = root.get("pattern").and_then(Value::as_str);
    let pattern = pattern.ok_or_else(|| refused("it has no pattern".to_owned()))?;
    let is_usual = pattern.len() <= limits.pattern.pattern_bytes_max && usual::recognise(&pattern).is_some();
    let parsed = if is_usual {
        None
    } else {
        let read = Pattern::parse_either(&pattern, Grammar::of(object.spec_version()), &limits.pattern);
        Some(read.map_err(|error| refused(error.to_string()))?.0)
    };
    let standing = if object.is_revoked() { Standing::Revoked } else { Standing::Active };
    let from = moment("valid_from").or_else(|| object.created()).unwrap_or(Timestamp::EPOCH);
    let known = Known {
        name: root.get("name").and_then(Value::as_str).map(std::borrow::Cow::into_owned),
        pattern: Arc::from(pattern.as_ref()),
        markings: object.markings().map(str::to_owned).chain(of_parts(root)).collect(),
        // Who puts it in says that.
        pap: Pap::Red,
        version: object.version().unwrap_or(Timestamp::EPOCH),
        spec_version: object.spec_version(),
        validity: Validity { from, until: moment("valid_until"), standing },
        slot: None,
    };
    Ok((known, parsed))
}

/// The markings of parts of an object (STIX 2.1 section 7.2.3).
fn of_parts(root: Value<'_>) -> impl Iterator<Item = String> {
    let entries = root.get("granular_markings").map(Value::elements).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.get("marking_ref")?.as_str()?.into_owned()))
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
