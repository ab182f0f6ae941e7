//! What is promised in a sentence: who, what, how much, by when?

use super::{Commitment, Sentence, Speech};

/// What a promise begins with.
const PROMISES: [&str; 13] = [
    "plan to ",
    "plans to ",
    "willingness to ",
    "commit to ",
    "committed to ",
    "pledge to ",
    "pledged to ",
    "we will ",
    "agreed to ",
    "look forward to ",
    "intends to ",
    "promise to ",
    "undertake to ",
];

/// What a sentence promises, if it does.
pub(super) fn commitment(sentence: &Sentence<'_>, speech: &Speech<'_>) -> Option<Commitment> {
    let Sentence { quote, tidy, names } = sentence;
    let lower = quote.to_lowercase();
    // Small letters may be longer or shorter than capitals; then nothing is cut out of the wrong place.
    let (at, promise) = PROMISES.iter().filter_map(|promise| Some((lower.find(promise)?, *promise))).min()?;
    let before = lower.get(..at)?;
    let rest = quote.get(at + promise.len()..)?;
    let what = rest.split(['.', ';']).next().unwrap_or(rest);
    let what =
        [" and your ", ", which "].iter().fold(what, |what, end| what.split(end).next().unwrap_or(what));
    let own = before
        .rsplit(' ')
        .take(3)
        .any(|word| matches!(word.trim_matches(|c: char| !c.is_alphanumeric()), "your" | "you"));
    let who = match names.iter().rev().find(|mention| mention.at < at && mention.one.within.is_none()) {
        _ if own => speech.spoken_to.map(str::to_owned),
        _ if before.ends_with("our ") => Some("we".to_owned()),
        _ if before.trim_end() == "i" || before.ends_with(" i ") => speech.speaker.map(str::to_owned),
        Some(mention) => Some(mention.called.clone()),
        None if before.ends_with("we ") || promise == "we will " || promise == "look forward to " => {
            Some("we".to_owned())
        }
        None => None,
    };
    Some(Commitment {
        who,
        what: what.split_whitespace().collect::<Vec<_>>().join(" "),
        amount: amount(what),
        deadline: deadline(what),
        quote: tidy.clone(),
        line: 0,
    })
}

/// `2% of its GDP`, `1.5 billion euros`.
fn amount(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| {
        word.ends_with('%') && word.starts_with(|c: char| c.is_ascii_digit())
            || word.starts_with(['$', '€', '£', '¥'])
    });
    let scaled = || {
        words.iter().position(|word| {
            matches!(word.to_lowercase().as_str(), "million" | "billion" | "trillion" | "percent")
        })
    };
    let (from, to) = match at {
        Some(at) if words.get(at + 1) == Some(&"of") => {
            let end =
                if matches!(words.get(at + 2), Some(&"its" | &"their" | &"the")) { at + 4 } else { at + 3 };
            (at, end)
        }
        Some(at) => (at, at + 1),
        None => {
            let at = scaled()?;
            (at.saturating_sub(1), at + 2)
        }
    };
    let told = words
        .get(from..to.min(words.len()))?
        .iter()
        .filter(|word| !matches!(**word, "its" | "their" | "the"));
    Some(told.copied().collect::<Vec<_>>().join(" ").trim_end_matches([',', '.']).to_owned())
}

/// The year behind `by`, `in`, `until`.
fn deadline(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).find_map(|pair| {
        let [before, year] = pair else { return None };
        let year = year.trim_matches(|c: char| !c.is_ascii_digit());
        let is_year = year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
        (is_year && matches!(*before, "by" | "in" | "until" | "before")).then(|| year.to_owned())
    })
}
