//! What is there to know of an indicator before it is watched for? (STIX 2.1 section 4.7)

use stix::{
    Limits, Object, SpecVersion, Timestamp,
    json::{Tree, Value},
    pattern::{Grammar, Pattern},
};

use crate::{MatcherLimits, Standing, Validity, scan::IndicatorSlot};

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
    pub(super) pattern: String,
    pub(super) markings: Vec<String>,
    pub(super) version: Timestamp,
    spec_version: SpecVersion,
    pub(super) validity: Validity,
    /// Where it is in the sieve, if it is looked for.
    pub(super) slot: Option<IndicatorSlot>,
}

impl Known {
    /// The pattern, parsed again.
    pub(super) fn parsed(&self, limits: &MatcherLimits) -> Option<Pattern> {
        parse(&self.pattern, self.spec_version, limits).ok()
    }
}

/// Reads an indicator.
///
/// # Errors
/// [`Refused`] where its pattern is of another language, or none at all.
pub(super) fn read(object: &Object, limits: &MatcherLimits) -> Result<(Known, Pattern), Refused> {
    let refused = |why: String| Refused { id: object.id().to_owned(), why };
    let tree =
        Tree::parse(object.text_bytes(), &Limits::DEFAULT).map_err(|error| refused(error.to_string()))?;
    let text = |name: &str| tree.root().get(name).and_then(Value::as_str).map(std::borrow::Cow::into_owned);
    let moment = |name: &str| text(name).and_then(|text| Timestamp::parse(&text).ok());
    if let Some(language) = text("pattern_type").filter(|language| language != "stix") {
        return Err(refused(format!("its pattern is in the language `{language}`")));
    }
    let pattern = text("pattern").ok_or_else(|| refused("it has no pattern".to_owned()))?;
    let parsed = parse(&pattern, object.spec_version(), limits).map_err(refused)?;
    let standing = if object.is_revoked() { Standing::Revoked } else { Standing::Active };
    let from = moment("valid_from").or_else(|| object.created()).unwrap_or(Timestamp::EPOCH);
    let known = Known {
        name: text("name"),
        pattern,
        markings: object.markings().map(str::to_owned).collect(),
        version: object.version().unwrap_or(Timestamp::EPOCH),
        spec_version: object.spec_version(),
        validity: Validity { from, until: moment("valid_until"), standing },
        slot: None,
    };
    Ok((known, parsed))
}

/// The grammar of the object's own version first; much that is written in one is marked as the other.
fn parse(text: &str, version: SpecVersion, limits: &MatcherLimits) -> Result<Pattern, String> {
    let (first, second) = match version {
        SpecVersion::V21 => (Grammar::V21, Grammar::V20),
        SpecVersion::V20 => (Grammar::V20, Grammar::V21),
    };
    let parsed = Pattern::parse(text, first, &limits.pattern);
    parsed.or_else(|error| Pattern::parse(text, second, &limits.pattern).map_err(|_| error.to_string()))
}

/// What an opinion is about, where it is this organisation's and disagrees (STIX 2.1 section 4.13).
pub(super) fn disputed(object: &Object, organisation: Option<&str>) -> Option<Vec<String>> {
    let tree = Tree::parse(object.text_bytes(), &Limits::DEFAULT).ok()?;
    let root = tree.root();
    let by = root.get("created_by_ref")?.as_str()?;
    let says = root.get("opinion")?.as_str()?;
    let disagrees = matches!(says.as_ref(), "disagree" | "strongly-disagree");
    if Some(by.as_ref()) != organisation || !disagrees || object.is_revoked() {
        return None;
    }
    let about = root.get("object_refs")?.elements();
    Some(about.filter_map(|element| Some(element.as_str()?.into_owned())).collect())
}
