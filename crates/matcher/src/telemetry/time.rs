//! When, as logs write it?

use stix::Timestamp;

/// In which form a field holds a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeForm {
    /// Since 1970, with or without a fraction; the number says how many make a second.
    Epoch(u32),
    /// RFC 3339, more or less: a space for the `T`, an offset without colon, no zone for UTC. Or `Jan 05 2026 10:00:00`.
    Written,
}

impl TimeForm {
    pub(super) const NAMES: [(&str, Self); 5] = [
        ("seconds", Self::Epoch(1)),
        ("milliseconds", Self::Epoch(1_000)),
        ("microseconds", Self::Epoch(1_000_000)),
        ("nanoseconds", Self::Epoch(1_000_000_000)),
        ("written", Self::Written),
    ];

    pub(super) fn read(self, text: &str) -> Option<Timestamp> {
        match self {
            Self::Epoch(unit) => epoch(text.trim(), unit),
            Self::Written => written(text.trim()),
        }
    }
}

/// A decimal number of units, without loss.
fn epoch(text: &str, unit: u32) -> Option<Timestamp> {
    if text.bytes().any(|byte| matches!(byte, b'e' | b'E')) {
        return from_float(text.parse().ok()?, unit);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i128 = whole.parse().ok()?;
    let per_unit = i128::from(1_000_000_000 / unit);
    let mut nanos = whole.checked_mul(per_unit)?;
    let (mut scale, negative) = (per_unit, text.starts_with('-'));
    for digit in fraction.chars() {
        scale /= 10;
        let part = i128::from(digit.to_digit(10)?) * scale;
        nanos += if negative { -part } else { part };
    }
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
    Some(Timestamp::from_parts(seconds, u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "floats become the nearest integer, which is then held to a range"
)]
fn from_float(number: f64, unit: u32) -> Option<Timestamp> {
    let micros = number / f64::from(unit) * 1e6;
    micros.is_finite().then(|| Timestamp::from_micros(micros as i64))
}

fn written(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = Timestamp::parse(text) {
        return Some(moment);
    }
    if !text.is_ascii() {
        return None;
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return calendar(text, None);
    }
    let (date, rest) = text.split_at_checked(10)?;
    let (clock, rest) = rest.get(1..)?.split_at_checked(8)?;
    let digits = rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let (fraction, zone) = if digits == 0 { ("", rest) } else { rest.split_at_checked(digits + 1)? };
    let fraction = fraction.get(..10).unwrap_or(fraction);
    let zone = match zone.trim() {
        "" | "UTC" | "GMT" => "Z".to_owned(),
        zone if zone.len() == 5 && zone.starts_with(['+', '-']) => {
            format!("{}:{}", zone.get(..3)?, zone.get(3..)?)
        }
        zone => zone.to_owned(),
    };
    Timestamp::parse(&format!("{date}T{clock}{fraction}{zone}")).ok()
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Jan 05 2026 10:00:00.123 UTC`, or without a year if one is given. Taken as UTC.
pub(super) fn calendar(text: &str, year: Option<&str>) -> Option<Timestamp> {
    let mut words = text.split_ascii_whitespace();
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? + 1;
    let day: u8 = words.next()?.parse().ok()?;
    let year = match year {
        Some(year) => year,
        None => words.next()?,
    };
    let clock = words.next()?;
    Timestamp::parse(&format!("{year}-{month:02}-{day:02}T{clock}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_that_logs_have() {
        let expected = Timestamp::parse("2026-01-05T10:00:00.25Z").unwrap();
        for (form, text) in [
            (TimeForm::Epoch(1), "1767607200.25"),
            (TimeForm::Epoch(1), "1.76760720025e9"),
            (TimeForm::Epoch(1_000), "1767607200250"),
            (TimeForm::Written, "2026-01-05T10:00:00.250000+0000"),
            (TimeForm::Written, "2026-01-05T11:00:00.250+01:00"),
            (TimeForm::Written, "2026-01-05 10:00:00.250"),
            (TimeForm::Written, "Jan 05 2026 10:00:00.25"),
        ] {
            assert_eq!(form.read(text), Some(expected), "{text}");
        }
        for text in ["", "-", "yesterday", "2026-13-01 00:00:00", "2026-01-05", "Jän 05 2026 10:00:00"] {
            assert_eq!(TimeForm::Written.read(text), None, "{text}");
        }
        for text in ["", "-", "1.x", "NaN", "1e999", "99999999999999999999999999999999999999999"] {
            assert_eq!(TimeForm::Epoch(1).read(text), None, "{text}");
        }
        assert_eq!(TimeForm::Epoch(1).read("-0.5"), Some(Timestamp::from_parts(-1, 500_000_000)));
    }
}
