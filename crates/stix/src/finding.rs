//! What is wrong with somebody's data, and where?

use std::fmt;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The object is accepted; its author should know.
    Warning,
    /// The object is refused.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// What kind of finding: stable words that tools may match on. The manual lists them all.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code, in the order of the manual.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable word for this code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What the code means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    /// The text is not well-formed JSON (RFC 8259) or not UTF-8.
    JsonSyntax = "json-syntax",
    /// A dictionary holds the same key twice.
    JsonDuplicateKey = "json-duplicate-key",
    /// The object is longer, deeper or larger than a named limit allows.
    LimitExceeded = "limit-exceeded",
    /// A property that the type requires is absent.
    PropertyMissing = "property-missing",
    /// A property has the wrong JSON type.
    PropertyType = "property-type",
    /// A property has a value outside its allowed range or form.
    PropertyValue = "property-value",
    /// The property is not defined for this type and is not custom by name.
    PropertyUnknown = "property-unknown",
    /// A list or dictionary is empty, which the standard forbids.
    PropertyEmpty = "property-empty",
    /// Two properties contradict each other, or one needs another.
    PropertyCombination = "property-combination",
    /// The identifier is not of the form type--UUID or names another type.
    IdForm = "id-form",
    /// The identifier of a cyber-observable object is not the deterministic one of its contents.
    IdDeterministic = "id-deterministic",
    /// The timestamp is not of the standard's form.
    TimestampForm = "timestamp-form",
    /// Timestamps are in the wrong order, or lie in an impossible future.
    TimestampOrder = "timestamp-order",
    /// A reference points at a type that the property does not allow.
    ReferenceType = "reference-type",
    /// A value is not in the closed vocabulary or enumeration of the property.
    VocabularyClosed = "vocabulary-closed",
    /// A value is not in the open vocabulary suggested for the property.
    VocabularyOpen = "vocabulary-open",
    /// A hash is not of the length or form of its algorithm.
    HashForm = "hash-form",
    /// A granular marking's selector does not resolve to a part of the object.
    SelectorUnresolved = "selector-unresolved",
    /// The type is not one of STIX 2.1's and has no extension that defines it.
    TypeUnknown = "type-unknown",
    /// The name of a type, property or dictionary key has a form that the standard forbids.
    NameForm = "name-form",
    /// The `spec_version` is absent or none that is known.
    SpecVersion = "spec-version",
    /// A marking-definition of the standard (TLP) has other content than the standard gives it.
    MarkingStandard = "marking-standard",
    /// The same id and version came from the same origin with other content before.
    VersionConflict = "version-conflict",
    /// There are more versions or claims of one id than a named limit allows.
    TooManyVersions = "too-many-versions",
    /// An element of a bundle or envelope is not an object.
    BundleElement = "bundle-element",
    /// The pattern of an indicator is not written in the grammar of STIX patterning.
    PatternSyntax = "pattern-syntax",
    /// The pattern of an indicator asks for what the standard does not define, or for what can never match.
    PatternMeaning = "pattern-meaning",
    /// The pattern of an indicator is well written but cannot be run here.
    PatternUnrunnable = "pattern-unrunnable",
    /// A value breaks a rule of the standard that has no code of its own.
    RuleBroken = "rule-broken",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong with an object, where, and by which section of the standard.
///
/// The message never quotes content of the object beyond property names: findings travel further than objects do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// Whether the object can be kept.
    pub severity: Severity,
    /// JSON pointer (RFC 6901) into the object; empty for the object as a whole.
    pub pointer: String,
    /// Section of STIX 2.1 (OASIS Standard, 10 June 2021), such as `3.2`; `-` where a limit of ours is met.
    pub section: &'static str,
    /// One sentence, lower case, no full stop.
    pub message: String,
}

impl Finding {
    /// A finding that refuses the object.
    pub fn error(
        code: Code,
        pointer: impl Into<String>,
        section: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { code, severity: Severity::Error, pointer: pointer.into(), section, message: message.into() }
    }

    /// A finding that its author should know of; the object is kept.
    pub fn warning(
        code: Code,
        pointer: impl Into<String>,
        section: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { code, severity: Severity::Warning, pointer: pointer.into(), section, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.severity, self.code)?;
        if !self.pointer.is_empty() {
            write!(f, " at {}", self.pointer)?;
        }
        write!(f, ": {}", self.message)?;
        if self.section != "-" {
            write!(f, " (STIX 2.1 section {})", self.section)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_words() {
        let mut words: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|code| code.meaning().ends_with('.')));
    }

    #[test]
    fn a_finding_reads_like_a_compiler_message() {
        let finding = Finding::error(Code::PropertyMissing, "/name", "4.7", "`name` is required");
        assert_eq!(
            finding.to_string(),
            "error[property-missing] at /name: `name` is required (STIX 2.1 section 4.7)"
        );
    }
}
