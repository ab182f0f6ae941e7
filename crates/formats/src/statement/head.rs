//! Who speaks, when, on what occasion, by the lines before the speech?

use stix::Timestamp;

use super::Statement;

/// Lines before the speech itself.
const HEAD_LINES: usize = 12;

/// What the lines before the speech say.
pub(super) fn head(text: &str) -> Statement {
    let mut statement = Statement::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(HEAD_LINES) {
        if line.eq_ignore_ascii_case("(as delivered)") || line.len() > 200 {
            break;
        }
        let by = line.strip_prefix("by ").or_else(|| line.strip_prefix("By "));
        if let Some(speaker) = by {
            let speaker = speaker.split(" with ").next().unwrap_or(speaker);
            statement.speaker.get_or_insert_with(|| speaker.trim_end_matches(',').to_owned());
        } else if statement.occasion.is_none() && statement.speaker.is_none() && day(line).is_none() {
            statement.occasion = Some(line.to_owned());
        }
        if statement.date.is_none() {
            statement.date = day(line);
        }
    }
    statement
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The first day in a line: `31 Jan. 2023`, `January 31, 2023`, `2023-01-31`.
fn day(line: &str) -> Option<String> {
    let words: Vec<&str> =
        line.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty()).collect();
    let month = |word: &str| {
        let short = word.get(..3)?.to_lowercase();
        MONTHS.iter().position(|month| *month == short).map(|at| at + 1)
    };
    let number =
        |word: &str, most: u32| word.parse::<u32>().ok().filter(|number| (1..=most).contains(number));
    let year = |word: &str| number(word, 2999).filter(|year| *year >= 1900);
    for window in words.windows(3) {
        let [first, second, third] = window else { continue };
        let (parts, year) = match (number(first, 31), month(second), month(first), number(second, 31)) {
            (Some(day), Some(month), _, _) | (_, _, Some(month), Some(day)) => ((month, day), year(third)),
            _ => continue,
        };
        if let Some(year) = year {
            return Some(format!("{year}-{:02}-{:02}", parts.0, parts.1));
        }
    }
    words
        .iter()
        .find(|word| Timestamp::parse(&format!("{word}T00:00:00Z")).is_ok())
        .map(|word| (*word).to_owned())
}
