//! Is a text like another? (STIX 2.1 section 9.6.1: LIKE)
//!
//! Without `_`, which few use, it is a matter of finding one piece after the other, which needs nothing compiled and little
//! memory. With `_` it is a regular expression, which takes linear time whatever stands in it.

use regex::Regex;
use stix::pattern::{
    PatternLimits,
    regex::{Unrunnable, compile},
};

use crate::compare::composed;

#[derive(Debug, Clone)]
pub(crate) enum Like {
    /// What stands between the `%`, composed; nothing for a `%` at an end.
    Pieces(Vec<Box<str>>),
    Compiled(Regex),
}

impl Like {
    /// `%` is any text, `_` any one character, everything else itself, from the first character to the last.
    pub(crate) fn new(text: &str, limits: &PatternLimits) -> Result<Self, Unrunnable> {
        let text = composed(text);
        if text.contains('_') {
            compile(&expression(&text), limits).map(Self::Compiled)
        } else {
            Ok(Self::Pieces(text.split('%').map(Box::from).collect()))
        }
    }

    /// Whether a text is like this one once it is composed.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        let text = composed(text);
        match self {
            Self::Pieces(pieces) => in_order(pieces, &text).is_some(),
            Self::Compiled(regex) => regex.is_match(&text),
        }
    }
}

/// Each piece is taken as early as can be, which leaves most for the others.
fn in_order(pieces: &[Box<str>], text: &str) -> Option<()> {
    let (first, others) = pieces.split_first()?;
    let mut rest = text.strip_prefix(&**first)?;
    let Some((last, middle)) = others.split_last() else {
        return rest.is_empty().then_some(());
    };
    rest = rest.strip_suffix(&**last)?;
    for piece in middle {
        rest = rest.split_once(&**piece)?.1;
    }
    Some(())
}

fn expression(text: &str) -> String {
    let mut expression = String::from(r"\A");
    for part in text.split_inclusive(['%', '_']) {
        let plain = part.trim_end_matches(['%', '_']);
        expression.push_str(&regex::escape(plain));
        expression.push_str(match part.strip_prefix(plain) {
            Some("%") => ".*",
            Some("_") => ".",
            _ => "",
        });
    }
    expression.push_str(r"\z");
    expression
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pieces_and_expression_agree(like in "[ab%]{0,6}", text in "[ab]{0,7}") {
            let limits = PatternLimits::DEFAULT;
            let compiled = Like::Compiled(compile(&expression(&like), &limits).unwrap());
            let pieces = Like::new(&like, &limits).unwrap();
            prop_assert!(matches!(pieces, Like::Pieces(_)));
            prop_assert_eq!(pieces.is_match(&text), compiled.is_match(&text), "{} {}", like, text);
        }
    }

    #[test]
    fn what_is_special_in_expressions_is_plain_here() {
        let like = |like: &str, text: &str| Like::new(like, &PatternLimits::DEFAULT).unwrap().is_match(text);
        assert!(like("a.b_(%", "a.bx(") && !like("a.b_(%", "aybx("));
        assert!(like("a.b(%", "a.b(") && !like("a.b(%", "ayb("));
    }
}
