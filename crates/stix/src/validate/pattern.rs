//! Is the pattern of an indicator one? (STIX 2.1 sections 4.7 and 9)

use super::{
    report::{Path, Report},
    rules::Place,
};
use crate::{
    Code,
    json::Value,
    pattern::{self, AdviceKind, Grammar, Pattern, PatternError, PatternLimits},
};

/// Section 4.7: a `pattern` of `pattern_type` `stix` is written in the language of section 9. Patterns of other types are not
/// looked into.
pub(super) fn the_pattern_is_one(report: &mut Report, place: Place<'_>) {
    if !place.value.get("pattern_type").is_some_and(|kind| kind.is_str("stix")) {
        return;
    }
    let Some(text) = place.value.get("pattern").and_then(Value::as_str).filter(|text| !text.is_empty())
    else {
        return;
    };
    let path = Path::Member(&place.path, "pattern");
    let is_old = place.value.get("pattern_version").is_some_and(|version| version.is_str("2.0"));
    match read(&text) {
        Ok((pattern, grammar)) => {
            if grammar == Grammar::V20 && !is_old {
                let message =
                    format_args!("this is the grammar of STIX 2.0, which `pattern_version` should say");
                report.warning(Code::PatternSyntax, path, "9", message);
            }
            advise(report, path, &pattern);
        }
        Err(error) if error.problem.is_limit() => {
            report.error(Code::LimitExceeded, path, "-", format_args!("{error}"));
        }
        Err(error) => report.error(Code::PatternSyntax, path, "9", format_args!("{error}")),
    }
}

/// STIX 2.0 part 2 section 2.5: every pattern is of the language of part 5. Only a warning, as everything about STIX 2.0.
pub(super) fn old_pattern(report: &mut Report, root: Value<'_>) {
    let Some(text) = root.get("pattern").and_then(Value::as_str) else { return };
    if let Err(error) = read(&text) {
        let path = Path::Member(&Path::Root, "pattern");
        report.warning(Code::PatternSyntax, path, "9", format_args!("{error}"));
    }
}

/// Under the grammar of STIX 2.1, else under that of 2.0; the error is that of 2.1.
fn read(text: &str) -> Result<(Pattern, Grammar), PatternError> {
    Pattern::parse_either(text, Grammar::V21, &PatternLimits::DEFAULT)
}

fn advise(report: &mut Report, path: Path<'_>, pattern: &Pattern) {
    for advice in pattern::check(pattern, &PatternLimits::DEFAULT) {
        let code = match advice.kind {
            AdviceKind::Unrunnable => Code::PatternUnrunnable,
            AdviceKind::TypeUnknown
            | AdviceKind::PropertyUnknown
            | AdviceKind::ConstantType
            | AdviceKind::Never => Code::PatternMeaning,
        };
        report.warning(code, path, advice.section, format_args!("{}", advice.message));
    }
}
