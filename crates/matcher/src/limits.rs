//! How much may one pattern or one stream cost?

use stix::pattern::PatternLimits;

/// Bounds on what patterns and telemetry control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatcherLimits {
    /// What a pattern's text and its regular expressions may cost.
    pub pattern: PatternLimits,
    /// How many objects one observation may hold; the rest is left out.
    pub objects_max: usize,
    /// How many alternatives a pattern may have when every OR between observations is multiplied out.
    pub alternatives_max: usize,
    /// How many observation expressions one alternative may join, copies that REPEATS makes of compound ones included.
    pub joined_max: usize,
    /// How many partial matches one alternative keeps; the one that began first is dropped. A pattern that has more stages to go
    /// through is refused, since it would never match.
    pub partials_max: usize,
    /// How many partial matches that have got equally far one alternative keeps; more than one is only needed where
    /// several WITHIN are open at once.
    pub rivals_max: usize,
    /// How many seconds out of order observations may come; later ones do not take part in patterns over several
    /// observations.
    pub lateness_seconds: u32,
    /// How many observations wait for their turn; the newest is dropped.
    pub waiting_max: usize,
    /// How many bindings the reference evaluator looks at before it gives up.
    pub bindings_max: usize,
}

impl MatcherLimits {
    /// The limits used where nothing else is configured.
    pub const DEFAULT: Self = Self {
        pattern: PatternLimits::DEFAULT,
        objects_max: 1_000,
        alternatives_max: 256,
        joined_max: 16,
        partials_max: 1_024,
        rivals_max: 16,
        lateness_seconds: 60,
        waiting_max: 100_000,
        bindings_max: 100_000,
    };
}

impl Default for MatcherLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
