//! How much may a line of telemetry, or a mapping file, cost?

/// Bounds on what a stream of telemetry controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TelemetryLimits {
    /// Length of a line, in bytes; a longer one is a finding and not read.
    pub line_bytes_max: usize,
    /// How deep a line of JSON may nest.
    pub depth_max: usize,
    /// How many values (and keys) a line of JSON may hold, and how many fields a line of another form.
    pub values_max: usize,
    /// How many properties are read from one line; the rest is left out and counted.
    pub fields_max: usize,
    /// How many columns a table may have.
    pub columns_max: usize,
    /// How far before the clock a line's time may be, in seconds; else it is taken as absurd.
    pub ahead_seconds_max: u32,
    /// How far before its predecessor a line's time may be, in seconds, without being counted.
    pub backward_seconds_max: u32,
}

impl TelemetryLimits {
    /// The limits used where nothing else is configured.
    pub const DEFAULT: Self = Self {
        line_bytes_max: 8 << 20,
        depth_max: 32,
        values_max: 50_000,
        fields_max: 1_000,
        columns_max: 1_000,
        ahead_seconds_max: 86_400,
        backward_seconds_max: 60,
    };
}

impl Default for TelemetryLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Bounds on mapping files, which people write and programs may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MappingLimits {
    /// Length of a mapping file, in bytes.
    pub text_bytes_max: usize,
    /// How many sources there may be together.
    pub sources_max: usize,
    /// How many rules a source may have.
    pub rules_max: usize,
    /// How many groups a source may have.
    pub groups_max: usize,
    /// How many members any list in a mapping file may have.
    pub list_max: usize,
    /// Length of a name, field, template or path, in bytes.
    pub name_bytes_max: usize,
    /// How many keys a field may go through, and steps a path.
    pub steps_max: usize,
}

impl MappingLimits {
    /// The limits used where nothing else is configured.
    pub const DEFAULT: Self = Self {
        text_bytes_max: 1 << 20,
        sources_max: 100,
        rules_max: 1_000,
        groups_max: 100,
        list_max: 100,
        name_bytes_max: 256,
        steps_max: 16,
    };
}

impl Default for MappingLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
