//! Which programmes, strategies, funds and exercises does a sentence name? Names in capitals that have a word for what they are.

use std::ops::Range;

/// What such a name ends with, or is of.
const HEADS: [&str; 20] = [
    "Accelerator",
    "Agreement",
    "Centre",
    "Coalition",
    "Command",
    "Compact",
    "Facility",
    "Framework",
    "Fund",
    "Initiative",
    "Mission",
    "Operation",
    "Package",
    "Pact",
    "Partnership",
    "Program",
    "Programme",
    "Shield",
    "Strategy",
    "Treaty",
];
/// Words that are of such a name beside others, and do not end one.
const PARTS: [&str; 3] = ["Assistance", "Excellence", "Training"];
/// Small words inside of a name.
const JOINTS: [&str; 4] = ["and", "for", "of", "on"];

/// Where such names stand in a sentence.
pub(super) fn programmes(quote: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut current: Vec<(usize, &str)> = Vec::new();
    for (at, word) in words(quote) {
        let capital = word.starts_with(char::is_uppercase);
        let ended = current.last().is_some_and(|(last, text)| {
            let end = last + text.len();
            quote.get(end..at).is_some_and(|between| !between.trim().is_empty())
        });
        let complete = word == "and" && current.last().is_some_and(|(_, last)| HEADS.contains(last));
        if ended || complete || !(capital || (!current.is_empty() && JOINTS.contains(&word))) {
            found.extend(whole(&current));
            current.clear();
        }
        if capital || (!current.is_empty() && JOINTS.contains(&word)) {
            current.push((at, word));
        }
    }
    found.extend(whole(&current));
    found
}

/// A name, where it is one: two words at least in capitals, one of them a word for what it is.
fn whole(words: &[(usize, &str)]) -> Option<Range<usize>> {
    let last = words.iter().rposition(|(_, word)| !JOINTS.contains(word))?;
    let words = words.get(..=last)?;
    let is_head = |word: &str| HEADS.contains(&word) || PARTS.contains(&word);
    let says = words.iter().skip(1).any(|(_, word)| is_head(word))
        || (words.first().is_some_and(|(_, word)| is_head(word)) && words.len() > 2);
    let capitals = words.iter().filter(|(_, word)| !JOINTS.contains(word)).count();
    let (start, end) = (words.first()?.0, words.last().map(|(at, word)| at + word.len())?);
    (says && capitals > 1).then_some(start..end)
}

/// Words with their places; the mark of possession is none of a word.
fn words(quote: &str) -> impl Iterator<Item = (usize, &str)> {
    let inside = |c: char| c.is_alphanumeric() || c == '-';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + quote.get(at..)?.find(inside)?;
        let length = quote.get(start..)?.find(|c| !inside(c)).unwrap_or(quote.len() - start);
        at = start + length;
        Some((start, quote.get(start..at)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        programmes(text).into_iter().filter_map(|span| text.get(span)).collect()
    }

    #[test]
    fn programmes_are_named_in_capitals_by_what_they_are() {
        for (text, names) in [
            (
                "We spoke about your new National Security Strategy and National Defence Strategy.",
                vec!["National Security Strategy", "National Defence Strategy"],
            ),
            (
                "to participate in the NATO Security Assistance and Training for Ukraine, which helps",
                vec!["NATO Security Assistance and Training for Ukraine"],
            ),
            ("to NATO’s Trust Fund for Ukraine.", vec!["Trust Fund for Ukraine"]),
            ("the NATO Centre of Excellence on cyber security", vec!["NATO Centre of Excellence"]),
            ("Operation Sea Guardian goes on", vec!["Operation Sea Guardian"]),
            ("The strategy is ours. Strategy matters. Training, too.", vec![]),
            ("Prime Minister Kishida of Japan", vec![]),
        ] {
            assert_eq!(of(text), names, "{text}");
        }
    }
}
