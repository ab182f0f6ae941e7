//! What is stored cannot be shown; what may be shown was released.

use std::fmt;

use crate::policy::Reason;

/// Something that nobody decided about yet.
///
/// It has no `Serialize`, no `Deref`, no `Display`, and its `Debug` hides. The ways out are [`crate::Policy::release`]
/// and, for the few that keep or index what is held, [`Unreleased::inspect`], which lends and never gives.
///
/// Leaking does not compile:
/// ```compile_fail
/// let held = cresset_releasability::Unreleased::new("secret");
/// serde_json::to_string(&held).unwrap();
/// ```
/// ```compile_fail
/// let held = cresset_releasability::Unreleased::new("secret");
/// println!("{held}");
/// ```
/// ```compile_fail
/// let held = cresset_releasability::Unreleased::new(String::from("secret"));
/// let length = held.len();
/// ```
/// while holding does:
/// ```
/// let held = cresset_releasability::Unreleased::new("secret");
/// assert_eq!(format!("{held:?}"), "Unreleased(…)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Unreleased<T>(T);

impl<T> Unreleased<T> {
    /// Wraps what came in through a door or out of a store.
    pub fn new(content: T) -> Self {
        Self(content)
    }

    /// Looks at the content to *hold* it: to store, index or relabel. What is lent here must not reach an output.
    pub fn inspect(&self) -> &T {
        &self.0
    }

    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Unreleased<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unreleased(…)")
    }
}

/// Something that one reader may have, as that reader may have it. Only [`crate::Policy::release`] makes one:
/// ```compile_fail
/// let forged = cresset_releasability::Releasable { content: "secret", removed: Vec::new() };
/// ```
/// ```compile_fail
/// let forged = cresset_releasability::Releasable::whole("secret");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Releasable<T> {
    content: T,
    removed: Vec<(String, Reason)>,
}

impl<T> Releasable<T> {
    pub(crate) fn whole(content: T) -> Self {
        Self { content, removed: Vec::new() }
    }

    pub(crate) fn redacted(content: T, removed: Vec<(String, Reason)>) -> Self {
        Self { content, removed }
    }

    /// What the reader gets.
    pub fn content(&self) -> &T {
        &self.content
    }

    /// What was taken out (JSON pointers into the original) and why. For the author's preview and the ledger, never for the
    /// reader: it speaks of what is withheld.
    pub fn removed(&self) -> &[(String, Reason)] {
        &self.removed
    }
}
