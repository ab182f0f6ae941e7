//! What is stored cannot be shown; what may be shown was released.

use std::fmt;

/// Something that nobody decided about yet.
///
/// It has no `Serialize`, no `Deref`, no `Display`, and its `Debug` hides. The ways out are [`crate::Policy::release`]
/// and, for the few that keep or index what is held, [`Unreleased::inspect`], which lends and never gives.
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
}

impl<T> fmt::Debug for Unreleased<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unreleased(…)")
    }
}
