//! Does a pattern that was written by the canonical printer read as the same, and does nothing break the parser?
#![no_main]

use libfuzzer_sys::fuzz_target;
use stix::pattern::{Grammar, Pattern, PatternLimits, check};

fuzz_target!(|text: &str| {
    for grammar in [Grammar::V21, Grammar::V20] {
        let Ok(pattern) = Pattern::parse(text, grammar, &PatternLimits::DEFAULT) else { continue };
        check(&pattern, &PatternLimits::DEFAULT);
        let written = pattern.to_string();
        // What is written may be longer than what was read, and so beyond a limit.
        if written.len() <= PatternLimits::DEFAULT.pattern_bytes_max {
            let again = Pattern::parse(&written, Grammar::V21, &PatternLimits::DEFAULT);
            assert_eq!(again.as_ref(), Ok(&pattern), "{written}");
        }
    }
});
