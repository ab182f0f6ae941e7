//! What does one cell say?

use stix::Timestamp;

use crate::{
    Observable, ObservableKind,
    text::{self, Found},
};

/// The value as it is looked for; nothing where the whole cell is not one.
pub(super) fn observable(cell: &str) -> Option<Observable> {
    let meant = text::refang(cell.trim_matches(['"', '\'', '`', ' ']));
    match text::whole(&meant)? {
        Found::Observable(observable) => Some(observable),
        Found::Wallet { .. }
        | Found::Vulnerability(_)
        | Found::Entry { .. }
        | Found::Imo(_)
        | Found::Mmsi(_)
        | Found::Named(_) => None,
    }
}

/// `value # what it is`; and the name of a line of a hosts file that leads it nowhere.
pub(super) fn value_and_comment(cell: &str) -> (&str, Option<&str>) {
    let (value, comment) =
        match cell.split_once(" #").or_else(|| cell.split_once("\t#")).or_else(|| cell.split_once(" ;")) {
            Some((value, comment)) => {
                (value.trim(), Some(comment.trim()).filter(|comment| !comment.is_empty()))
            }
            None => (cell, None),
        };
    let mut words = value.split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("0.0.0.0" | "127.0.0.1" | "::" | "::1"), Some(host), None) => (host, comment),
        _ => (value, comment),
    }
}

/// A date or moment. What a country writes month first and another day first is none.
pub(super) fn moment(cell: &str) -> Option<Timestamp> {
    if cell.len() == 10 && cell.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Timestamp::from_parts(cell.parse().ok()?, 0));
    }
    let day_first = |parts: [&str; 3]| {
        let [day, month, year] = parts;
        (year.len() == 4).then(|| format!("{year}-{month:0>2}-{day:0>2}"))
    };
    let (date, time) = cell.split_once([' ', 'T']).unwrap_or((cell, "00:00:00"));
    let mut dotted = date.split('.');
    let date = match (dotted.next(), dotted.next(), dotted.next(), dotted.next()) {
        (Some(day), Some(month), Some(year), None) => day_first([day, month, year])?,
        _ => date.replace('/', "-"),
    };
    let time = time.trim_end_matches("UTC").trim();
    let time = if time.len() == 5 { format!("{time}:00") } else { time.to_owned() };
    let zoned = time.ends_with(['Z', 'z']) || time.get(8..).is_some_and(|rest| rest.contains(['+', '-']));
    Timestamp::parse(&format!("{date}T{time}{}", if zoned { "" } else { "Z" })).ok()
}

/// The marking-definition of a level of TLP.
pub(super) fn tlp(cell: &str) -> Option<&'static str> {
    let cell = cell.trim();
    let level = cell.split_at_checked(4).filter(|(mark, _)| mark.eq_ignore_ascii_case("tlp:"));
    crate::marking::tlp(level.map_or(cell, |(_, level)| level.trim()))
}

/// Whether a kind is one that a column is called by.
pub(super) fn kind(cell: &str) -> Option<ObservableKind> {
    observable(cell).map(|observable| observable.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_where_they_can_be_read_one_way() {
        for text in [
            "2024-05-06",
            "2024-05-06T00:00:00Z",
            "2024/05/06",
            "06.05.2024",
            "6.5.2024 00:00",
            "1714953600",
            "2024-05-06 00:00:00 UTC",
        ] {
            assert_eq!(
                moment(text).map(|moment| moment.to_string()).as_deref(),
                Some("2024-05-06T00:00:00.000Z"),
                "{text}"
            );
        }
        assert_eq!(moment("05/06/2024"), None);
        assert_eq!(moment("soon"), None);
    }
}
