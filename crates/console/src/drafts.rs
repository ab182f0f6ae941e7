//! What is done with objects that people write here, before they are anybody's? Markings are put on, rows are shown.

use std::collections::BTreeMap;

use exchange::{DraftPreview as Previewed, Failure, Oversharing, PreviewedCopy, world::default_marking_id};
use serde_json::value::RawValue;

use crate::{
    contract::{
        desk::{ReleaseCell, ReleaseDecision, ReleaseMatrix, ReleaseRow},
        intake::{ObjectFinding, Recipient},
        object::{Marking, Row, TlpLevel, WithheldProperty},
    },
    problem::Problem,
};

/// The ids of markings that people chose: never none.
pub(crate) fn marking_ids(markings: &[String]) -> Result<Vec<String>, Problem> {
    let refused = |why: String| Problem::Refused(why, Vec::new());
    if markings.is_empty() {
        return Err(refused("a marking is required".to_owned()));
    }
    let id = |marking: &String| {
        default_marking_id(marking)
            .ok_or_else(|| refused(format!("`{marking}` is no TLP level and no id of a marking-definition")))
    };
    markings.iter().map(id).collect()
}

/// An object with these members as they were written, and one more where it has none of that name.
fn with_member(text: &str, name: &str, value: &str) -> Option<String> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    if members.contains_key(name) {
        return None;
    }
    let open = text.trim_end().strip_suffix('}')?.trim_end();
    let comma = if members.is_empty() { "" } else { "," };
    Some(format!("{open}{comma}\"{name}\":{value}}}"))
}

/// An envelope of objects, each marked; what is marked already stays as it is.
pub(crate) fn envelope(objects: &[Box<RawValue>], markings: &[String]) -> Result<String, Problem> {
    let refs = serde_json::to_string(&marking_ids(markings)?).map_err(Problem::internal)?;
    let marked = objects.iter().map(|object| {
        let text = object.get();
        with_member(text, "object_marking_refs", &refs).unwrap_or_else(|| text.to_owned())
    });
    Ok(format!("{{\"objects\":[{}]}}", marked.collect::<Vec<_>>().join(",")))
}

/// The ids that objects say they have.
pub(crate) fn ids(objects: &[Box<RawValue>]) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: Option<String>,
    }
    let id = |object: &RawValue| serde_json::from_str::<Named>(object.get()).ok()?.id;
    objects.iter().filter_map(|object| id(object)).collect()
}

#[derive(Default, serde::Deserialize)]
struct Shown {
    #[serde(default)]
    id: String,
    #[serde(default, rename = "type")]
    object_type: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    modified: Option<String>,
    #[serde(default)]
    confidence: Option<u8>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    revoked: bool,
}

/// The row of an object that nobody holds yet.
pub(crate) fn row(text: &str, label: &str) -> Row {
    let shown: Shown = serde_json::from_str(text).unwrap_or_default();
    Row {
        name: exchange::called(text).unwrap_or_default(),
        id: shown.id,
        object_type: shown.object_type,
        description: shown.description,
        marking: marking(label),
        created: shown.created,
        modified: shown.modified,
        confidence: shown.confidence,
        labels: shown.labels,
        revoked: shown.revoked,
        ..Row::default()
    }
}

/// A marking of a label in words.
fn marking(label: &str) -> Marking {
    let level = |word: &str| match word {
        "TLP:CLEAR" => Some(TlpLevel::Clear),
        "TLP:GREEN" => Some(TlpLevel::Green),
        "TLP:AMBER" => Some(TlpLevel::Amber),
        "TLP:AMBER+STRICT" => Some(TlpLevel::AmberStrict),
        "TLP:RED" => Some(TlpLevel::Red),
        _ => None,
    };
    let words = label.split([' ', ',', ';', '/']);
    let tlp = words.filter_map(level).max().unwrap_or_default();
    Marking { tlp, rel: Vec::new(), text: label.to_owned() }
}

/// What one partner gets of some copies of one object: the best of them.
pub(crate) fn cell(partner: &str, copies: &[&PreviewedCopy]) -> ReleaseCell {
    let whole = copies.iter().find(|copy| copy.text.is_some() && copy.removed.is_empty());
    let some = copies.iter().find(|copy| copy.text.is_some());
    let (decision, copy) = match (whole, some) {
        (Some(copy), _) => (ReleaseDecision::Sees, Some(copy)),
        (None, Some(copy)) => (ReleaseDecision::Redacted, Some(copy)),
        (None, None) => (ReleaseDecision::Withheld, copies.last()),
    };
    let withheld = |(property, reason): &(String, String)| WithheldProperty {
        property: property.clone(),
        reason: reason.clone(),
    };
    ReleaseCell {
        partner: partner.to_owned(),
        decision,
        line: copy.and_then(|copy| copy.line),
        reason: copy.and_then(|copy| copy.withheld.clone()),
        withheld_properties: copy.map(|copy| copy.removed.iter().map(withheld).collect()).unwrap_or_default(),
    }
}

/// Who would see what of a draft, of which the objects' texts are given by id.
pub(crate) fn matrix(preview: &Previewed, texts: &BTreeMap<String, String>) -> ReleaseMatrix {
    let mut rows = Vec::new();
    for (id, text) in texts {
        let copies_of = |recipient: &exchange::Recipient| -> Vec<PreviewedCopy> {
            recipient.objects.iter().filter(|(own, _)| own == id).map(|(_, copy)| copy.clone()).collect()
        };
        let cells: Vec<_> = preview
            .recipients
            .iter()
            .map(|recipient| {
                let copies = copies_of(recipient);
                cell(&recipient.partner, &copies.iter().collect::<Vec<_>>())
            })
            .collect();
        let label = preview.recipients.iter().flat_map(copies_of).next().map(|copy| copy.label);
        // Where no partner reads the collection, or the person may not see it, there is no copy to speak of.
        rows.push(ReleaseRow { object: row(text, label.as_deref().unwrap_or_default()), cells });
    }
    let partners = preview.recipients.iter().map(|recipient| recipient.partner.clone()).collect();
    ReleaseMatrix { partners, rows }
}

/// The texts of the objects of an envelope, by id.
pub(crate) fn texts(envelope: &str) -> BTreeMap<String, String> {
    #[derive(serde::Deserialize)]
    struct Envelope {
        #[serde(default)]
        objects: Vec<Box<RawValue>>,
    }
    let Ok(envelope) = serde_json::from_str::<Envelope>(envelope) else { return BTreeMap::new() };
    let named = |object: Box<RawValue>| {
        let id = ids(std::slice::from_ref(&object)).pop()?;
        Some((id, object.get().to_owned()))
    };
    envelope.objects.into_iter().filter_map(named).collect()
}

/// How much each partner sees.
pub(crate) fn recipients(matrix: &ReleaseMatrix) -> Vec<Recipient> {
    let count = |partner: &String| {
        let of = |decision: ReleaseDecision| {
            let cells = matrix.rows.iter().flat_map(|row| &row.cells);
            cells.filter(|cell| cell.partner == *partner && cell.decision == decision).count()
        };
        Recipient {
            partner: partner.clone(),
            sees: of(ReleaseDecision::Sees),
            redacted: of(ReleaseDecision::Redacted),
            withheld: of(ReleaseDecision::Withheld),
        }
    };
    matrix.partners.iter().map(count).collect()
}

/// What is wrong with objects, one finding for each code.
pub(crate) fn refused(failures: &[Failure]) -> Vec<ObjectFinding> {
    let finding = |failure: &Failure| ObjectFinding {
        object: failure.id.clone(),
        code: failure.codes.first().cloned().unwrap_or_else(|| "refused".to_owned()),
        message: failure.message.clone(),
    };
    failures.iter().map(finding).collect()
}

/// Where a draft says more than its readers may know.
pub(crate) fn warnings(found: &[Oversharing]) -> Vec<ObjectFinding> {
    let told = |found: &Oversharing| match found {
        Oversharing::Reference { object, label, refers_to, stricter } => ObjectFinding {
            object: Some(object.clone()),
            code: "stricter".to_owned(),
            message: format!("is {label} and refers to `{refers_to}`, which is {stricter}"),
        },
        Oversharing::Name { object, name, of, partner } => ObjectFinding {
            object: Some(object.clone()),
            code: "quoted".to_owned(),
            message: format!(
                "`{partner}` would read `{name}`, the name of `{of}`, which is withheld from it"
            ),
        },
    };
    found.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn a_marking_is_put_on_what_has_none_and_nothing_else_changes() {
        let objects = [raw("{\"id\":\"a\", \"n\": 1.10 }"), raw("{\"object_marking_refs\":[]}"), raw("{ }")];
        let envelope = envelope(&objects, &["TLP:GREEN".to_owned()]).unwrap();
        let green = "\"object_marking_refs\":[\"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb\"]";
        let expected = format!(
            "{{\"objects\":[{{\"id\":\"a\", \"n\": 1.10,{green}}},{{\"object_marking_refs\":[]}},{{{green}}}]}}"
        );
        assert_eq!(envelope, expected);
    }

    #[test]
    fn without_a_marking_nothing_is_published() {
        assert!(matches!(marking_ids(&[]), Err(Problem::Refused(..))));
        assert!(matches!(marking_ids(&["TLP:PINK".to_owned()]), Err(Problem::Refused(..))));
        assert_eq!(marking_ids(&["TLP:RED".to_owned()]).unwrap().len(), 1);
    }
}
