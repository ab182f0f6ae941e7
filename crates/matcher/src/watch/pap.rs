//! What may be done with an indicator? (Permissible Actions Protocol)

use std::fmt;

use serde::{Deserialize, Serialize};

/// A level of PAP, loosest first. What markings say of it is known above this crate; whoever puts an indicator in says it.
///
/// Every level permits to look for an indicator in one's own logs, RED too: nobody outside can notice it. What is done about
/// an alert is another matter, so each alert says the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Pap {
    /// Anything.
    Clear,
    /// Active measures too, such as blocking.
    Green,
    /// Passive measures only, at third parties too.
    Amber,
    /// Only what nobody outside can notice.
    Red,
}

impl fmt::Display for Pap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::Red => "RED",
        })
    }
}
