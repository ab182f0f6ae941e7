//! Is this object what the standard says it should be?

use crate::{Finding, Limits, Object, Timestamp, json::Tree, object};

/// Placeholder until the tables land from their branch.
pub fn object(_tree: &Tree<'_>, _limits: &Limits, _now: Timestamp) -> Vec<Finding> {
    Vec::new()
}

/// Reads and validates.
pub fn check(text: &[u8], limits: &Limits, now: Timestamp) -> (Option<Object>, Vec<Finding>) {
    match object::tree(text, limits) {
        Err(findings) => (None, findings),
        Ok(tree) => match Object::from_tree(&tree, limits) {
            Err(findings) => (None, findings),
            Ok(object) => (Some(object), self::object(&tree, limits, now)),
        },
    }
}
