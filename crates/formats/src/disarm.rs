//! Does an object of DISARM say that it is one of ATT&CK? Its bundles do, and here that is put right.

use stix::{
    Limits,
    json::{Tree, Value},
};

/// What DISARM's bundles have in place of their own name.
const CLAIMED: &str = "mitre-attack";
/// Whose links say that an object is DISARM's.
const HOME: &str = "DISARMFoundation";

/// The text of an object with its kill chain and source named `disarm` and `DISARM`; nothing where it is not DISARM's, or says so
/// already. Nothing else of the text changes.
pub fn relabel(text: &[u8]) -> Option<Vec<u8>> {
    // Nearly all objects are passed over by this.
    memchr::memmem::find(text, HOME.as_bytes())?;
    let tree = Tree::parse(text, &Limits::DEFAULT).ok()?;
    let root = tree.root();
    let references: Vec<Value<'_>> = root.get("external_references")?.elements().collect();
    let is_home = |reference: &Value<'_>| {
        reference.get("url").and_then(Value::as_str).is_some_and(|url| url.contains(HOME))
    };
    if !references.iter().any(is_home) {
        return None;
    }
    let phases = root.get("kill_chain_phases").into_iter().flat_map(Value::elements);
    let chains = phases.filter_map(|phase| phase.get("kill_chain_name")).map(|name| (name, "\"disarm\""));
    let sources = references.iter().filter(|one| is_home(one)).filter_map(|one| one.get("source_name"));
    let mut changes: Vec<_> = chains
        .chain(sources.map(|name| (name, "\"DISARM\"")))
        .filter(|(name, _)| name.is_str(CLAIMED))
        .collect();
    if changes.is_empty() {
        return None;
    }
    changes.sort_by_key(|(name, _)| name.span().start);
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for (name, own) in changes {
        let span = name.span();
        out.extend_from_slice(text.get(at..span.start)?);
        out.extend_from_slice(own.as_bytes());
        at = span.end;
    }
    out.extend_from_slice(text.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_false_claim_changes() {
        let text = br#"{ "type":"attack-pattern","name":"mitre-attack", "kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"x"}],
            "external_references":[{"source_name":"mitre-attack","url":"https://github.com/DISARMFoundation/x","external_id":"T0002"},{"source_name":"mitre-attack"}]}"#;
        let own = String::from_utf8(relabel(text).unwrap()).unwrap();
        assert_eq!(own.matches("mitre-attack").count(), 2);
        assert!(
            own.contains(r#""kill_chain_name":"disarm""#) && own.contains(r#""source_name":"DISARM","url""#)
        );
        assert!(own.starts_with(r#"{ "type""#));
        assert_eq!(relabel(own.as_bytes()), None);
        assert_eq!(
            relabel(br#"{"type":"attack-pattern","external_references":[{"source_name":"mitre-attack"}]}"#),
            None
        );
    }
}
