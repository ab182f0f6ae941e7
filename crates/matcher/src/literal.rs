//! Which text has to be in a value for LIKE or MATCHES to be true of it? All of it in lower case (ASCII), as values are
//! scanned.

use regex_syntax::{
    ParserBuilder,
    hir::{Class, Hir, HirKind, Look},
};

/// Shorter text is in too many values to be looked for.
pub(crate) const LITERAL_BYTES_MIN: usize = 3;
/// How many literals one expression may be looked for by.
const LITERALS_MAX: usize = 64;

/// What tells values apart that may satisfy an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clue {
    /// They end in a dot and two labels or more.
    Suffix(String),
    /// They hold one of these.
    Literals(Vec<String>),
}

/// The clue of a LIKE.
pub(crate) fn of_like(text: &str) -> Option<Clue> {
    let text = text.to_ascii_lowercase();
    if let Some(rest) = text.strip_prefix('%')
        && !rest.contains(['%', '_'])
        && let Some(suffix) = labels(rest)
    {
        return Some(Clue::Suffix(suffix));
    }
    let longest = text.split(['%', '_']).max_by_key(|run| run.len())?;
    (longest.len() >= LITERAL_BYTES_MIN).then(|| Clue::Literals(vec![longest.to_owned()]))
}

/// The clue of a MATCHES.
pub(crate) fn of_regex(expression: &str) -> Option<Clue> {
    let hir =
        ParserBuilder::new().dot_matches_new_line(true).nest_limit(64).build().parse(expression).ok()?;
    if let HirKind::Concat(parts) = hir.kind()
        && let [.., before, last] = parts.as_slice()
        && *last.kind() == HirKind::Look(Look::End)
        && let HirKind::Literal(literal) = before.kind()
        && let Some(suffix) = labels(&std::str::from_utf8(&literal.0).ok()?.to_ascii_lowercase())
    {
        return Some(Clue::Suffix(suffix));
    }
    required(&hir).map(Clue::Literals)
}

/// From the first dot on, if two labels or more follow.
fn labels(text: &str) -> Option<String> {
    let suffix = text.get(text.find('.')?..)?;
    let dots = suffix.bytes().filter(|byte| *byte == b'.').count();
    (dots >= 2 && suffix.len() > 4).then(|| suffix.to_owned())
}

/// Literals one of which is in whatever the expression matches.
fn required(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => None,
        HirKind::Literal(_) => long(spelled(hir)?),
        HirKind::Repetition(repetition) => {
            if repetition.min > 0 {
                required(&repetition.sub)
            } else {
                None
            }
        }
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Concat(parts) => in_sequence(parts),
        HirKind::Alternation(parts) => {
            let sets = parts.iter().map(required).collect::<Option<Vec<_>>>()?.concat();
            (sets.len() <= LITERALS_MAX).then_some(sets)
        }
    }
}

fn long(text: String) -> Option<Vec<String>> {
    (text.len() >= LITERAL_BYTES_MIN).then(|| vec![text])
}

/// The best of what each part requires, and of the text that parts beside each other spell.
fn in_sequence(parts: &[Hir]) -> Option<Vec<String>> {
    let mut sets = Vec::new();
    let mut run = String::new();
    for part in parts {
        if let Some(text) = spelled(part) {
            run.push_str(&text);
        } else {
            sets.extend(long(std::mem::take(&mut run)));
            sets.extend(required(part));
        }
    }
    sets.extend(long(run));
    let shortest = |set: &Vec<String>| set.iter().map(String::len).min().unwrap_or(0);
    sets.into_iter().max_by_key(|set| (shortest(set), usize::MAX - set.len()))
}

/// The text of a literal, and of a letter in both cases.
fn spelled(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(std::str::from_utf8(&literal.0).ok()?.to_ascii_lowercase()),
        HirKind::Class(Class::Unicode(class)) => match class.ranges() {
            [upper, lower]
                if upper.start() == upper.end()
                    && lower.start() == lower.end()
                    && upper.start().is_ascii_uppercase()
                    && upper.start().to_ascii_lowercase() == lower.start() =>
            {
                Some(lower.start().to_string())
            }
            _ => None,
        },
        HirKind::Empty
        | HirKind::Class(Class::Bytes(_))
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(all: &[&str]) -> Clue {
        Clue::Literals(all.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn like_is_looked_for_by_its_suffix_or_longest_text() {
        assert_eq!(of_like("%.Example.com"), Some(Clue::Suffix(".example.com".to_owned())));
        assert_eq!(of_like("%bad.host.example"), Some(Clue::Suffix(".host.example".to_owned())));
        assert_eq!(of_like("%.com"), Some(literals(&[".com"])));
        assert_eq!(of_like("a_Temp%b"), Some(literals(&["temp"])));
        assert_eq!(of_like("a%b_c"), None);
    }

    #[test]
    fn a_regular_expression_is_looked_for_by_what_it_cannot_do_without() {
        assert_eq!(of_regex(r"\.example\.com$"), Some(Clue::Suffix(".example.com".to_owned())));
        assert_eq!(of_regex(r"^x{2}[0-9]+Temp\\run"), Some(literals(&[r"temp\run"])));
        assert_eq!(of_regex("(abc|abd|xyz)+"), Some(literals(&["abc", "abd", "xyz"])));
        assert_eq!(of_regex("(?i)Run[0-9]"), Some(literals(&["run"])));
        assert_eq!(of_regex("(abc)?d"), None);
        assert_eq!(of_regex("(abc|d)"), None);
        assert_eq!(of_regex(".*"), None);
    }
}
