//! What was wrong with a line of telemetry, and how often?

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// What kind of finding: stable words. `docs/telemetry.md` lists them all.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode { $($(#[doc = $doc])+ $name,)+ }

        impl FindingCode {
            /// Every code.
            pub const ALL: [Self; FindingCode::COUNT] = [$(Self::$name,)+];
            const COUNT: usize = [$($text,)+].len();

            /// The stable word for this code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

codes! {
    /// The line is longer than a named limit allows; it was not read.
    LineLong = "line-long",
    /// The line is not UTF-8: what is not was replaced and the rest read; UTF-16 was not read.
    LineEncoding = "line-encoding",
    /// The line is not of the form that it seems to have; it was not read.
    LineBroken = "line-broken",
    /// No mapping recognises the line; it was not read.
    SourceUnknown = "source-unknown",
    /// A header of a table is not of the form that it has to have.
    HeaderBroken = "header-broken",
    /// A row has more or fewer columns than its header; the columns that are there were read.
    ColumnsDiffer = "columns-differ",
    /// A value is not of the form that its field is to have; it was left out.
    ValueForm = "value-form",
    /// There are more values in one line than a named limit allows; the rest was left out.
    FieldsMany = "fields-many",
    /// The time of the line is not of its form; the clock was used.
    TimeForm = "time-form",
    /// The time of the line lies before 1990 or too far in the future; the clock was used.
    TimeAbsurd = "time-absurd",
    /// The time of the line lies far before that of the line before.
    TimeBackwards = "time-backwards",
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a line gave nothing. It quotes nothing of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{code} at byte {offset}")]
pub struct Finding {
    /// What kind.
    pub code: FindingCode,
    /// Where in the line, in bytes, as far as is known.
    pub offset: usize,
}

impl Finding {
    pub(super) const fn new(code: FindingCode, offset: usize) -> Self {
        Self { code, offset }
    }
}

/// How often there was each finding, those that cost the whole line included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([u64; FindingCode::COUNT]);

impl Counts {
    /// How often there was a finding of this kind.
    pub fn of(&self, code: FindingCode) -> u64 {
        self.0.get(code as usize).copied().unwrap_or(0)
    }

    /// Those that there were, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (FindingCode, u64)> {
        FindingCode::ALL.into_iter().map(|code| (code, self.of(code))).filter(|(_, count)| *count > 0)
    }

    pub(super) fn add(&mut self, code: FindingCode) {
        if let Some(count) = self.0.get_mut(code as usize) {
            *count += 1;
        }
    }
}
