//! What is stored cannot be shown; what may be shown was released.

use std::fmt;

use crate::policy::Reason;

/// Something that nobody decided about yet.
///
/// It has no `Serialize`, no `Deref`, no `Display`, and its `Debug` hides. The ways out are [`crate::Passage::release`]
/// and, for the few that keep or index what is held, [`Unreleased::inspect`], which lends and never gives.
///
/// Leaking does not compile. Each of these differs from the one after it, which does compile, in one thing only: that
/// something is held.
/// ```compile_fail
/// let held = cresset_releasability::Unreleased::new("secret");
/// serde_json::to_string(&held).unwrap();
/// ```
/// ```
/// let held = "secret";
/// serde_json::to_string(&held).unwrap();
/// ```
/// Nor does it compile to print it, but with its `Debug`, which hides:
/// ```compile_fail
/// let held = cresset_releasability::Unreleased::new("secret");
/// println!("{held}");
/// ```
/// ```
/// let held = cresset_releasability::Unreleased::new("secret");
/// println!("{held:?}");
/// assert_eq!(format!("{held:?}"), "Unreleased(…)");
/// ```
/// nor to use it as what it holds, or to take that out:
/// ```compile_fail
/// let held = cresset_releasability::Unreleased::new(String::from("secret"));
/// let length = held.len();
/// ```
/// ```compile_fail
/// let held = cresset_releasability::Unreleased::new(String::from("secret"));
/// let content: String = held.into_inner();
/// ```
/// ```
/// let held = cresset_releasability::Unreleased::new(String::from("secret"));
/// let length = held.inspect().len();
/// let content: &String = held.inspect();
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

/// Something that one reader may have, as that reader may have it. Only [`crate::Passage::release`] makes one:
/// ```
/// use cresset_releasability::*;
/// fn release(policy: &Policy, held: Unreleased<stix::Object>, stamp: &Stamp, reader: &Reader<'_>) {
///     let made: Result<Releasable<stix::Object>, Reason> =
///         policy.release(held, stamp, reader, &Default::default());
/// }
/// ```
/// No other way compiles: its fields are private (the same letters make a structure of one's own),
/// ```compile_fail
/// use cresset_releasability::Releasable;
/// let forged = Releasable { content: "secret", removed: Vec::new() };
/// ```
/// ```
/// struct Releasable { content: &'static str, removed: Vec<()> }
/// let forged = Releasable { content: "secret", removed: Vec::new() };
/// ```
/// and so are its constructors, while what reads it is not:
/// ```compile_fail
/// let forge = cresset_releasability::Releasable::<String>::whole;
/// ```
/// ```compile_fail
/// let forge = cresset_releasability::Releasable::<String>::redacted;
/// ```
/// ```
/// let read = cresset_releasability::Releasable::<String>::content;
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
