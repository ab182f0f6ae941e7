//! How much may one object cost?

/// Bounds on what is read as one STIX object. Everything that input controls is counted against one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of one object's text, in bytes.
    pub object_bytes_max: usize,
    /// How deep lists and dictionaries may nest; the object itself is depth 1.
    pub depth_max: usize,
    /// How many JSON values (and keys) one object may hold.
    pub values_max: usize,
    /// Length of one JSON string between its quotes, in bytes.
    pub string_bytes_max: usize,
    /// Length of an identifier, in bytes.
    pub id_bytes_max: usize,
    /// How many references (`*_ref`, members of `*_refs`) and markings one object may hold.
    pub references_max: usize,
    /// How many findings are reported for one object; the rest are counted in a last finding.
    pub findings_max: usize,
}

impl Limits {
    /// The limits used where nothing else is configured.
    pub const DEFAULT: Self = Self {
        object_bytes_max: 8 << 20,
        depth_max: 32,
        values_max: 200_000,
        string_bytes_max: 4 << 20,
        id_bytes_max: 320,
        references_max: 10_000,
        findings_max: 100,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
