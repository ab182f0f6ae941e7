//! How much may one pattern cost?

/// Bounds on what is read as one pattern. Everything that a pattern's text controls is counted against one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatternLimits {
    /// Length of the text, in bytes.
    pub pattern_bytes_max: usize,
    /// How deep parentheses and brackets may nest.
    pub depth_max: usize,
    /// How many observation expressions, comparisons, path steps and constants together.
    pub nodes_max: usize,
    /// How many constants one set of IN may hold.
    pub set_max: usize,
    /// The largest count of REPEATS.
    pub repeats_max: u32,
    /// Length of one regular expression of MATCHES, in bytes.
    pub regex_bytes_max: usize,
    /// How large one regular expression may become when it is compiled, in bytes.
    pub regex_compiled_bytes_max: usize,
}

impl PatternLimits {
    /// The limits used where nothing else is configured.
    pub const DEFAULT: Self = Self {
        pattern_bytes_max: 256 << 10,
        depth_max: 64,
        nodes_max: 50_000,
        set_max: 10_000,
        repeats_max: 10_000,
        regex_bytes_max: 16 << 10,
        regex_compiled_bytes_max: 1 << 20,
    };
}

impl Default for PatternLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
