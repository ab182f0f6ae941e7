//! When? (STIX 2.1 section 2.16, RFC 3339)

use std::{fmt, str::FromStr};

/// A moment in UTC between the years 0000 and 9999, to the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
}

/// Why a text is not a timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Not `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`.
    #[error("a timestamp has the form `YYYY-MM-DDTHH:MM:SS.sssZ`")]
    Form,
    /// A field is out of its range, such as month 13.
    #[error("a field of the timestamp is out of range")]
    Range,
    /// The zone is an offset where only `Z` is allowed.
    #[error("the timestamp must be in UTC and end in `Z`")]
    Zone,
}

const SECONDS_MIN: i64 = -62_167_219_200;
const SECONDS_MAX: i64 = 253_402_300_799;

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self { seconds: 0, nanos: 0 };
    /// The last moment that can be written.
    pub const MAX: Self = Self { seconds: SECONDS_MAX, nanos: 999_999_999 };

    /// From microseconds since 1970; held to the years 0000–9999.
    pub fn from_micros(micros: i64) -> Self {
        let seconds = micros.div_euclid(1_000_000).clamp(SECONDS_MIN, SECONDS_MAX);
        let nanos = u32::try_from(micros.rem_euclid(1_000_000)).unwrap_or(0) * 1000;
        Self { seconds, nanos }
    }

    /// From seconds since 1970 and nanoseconds; held to the years 0000–9999.
    pub fn from_parts(seconds: i64, nanos: u32) -> Self {
        Self { seconds: seconds.clamp(SECONDS_MIN, SECONDS_MAX), nanos: nanos.min(999_999_999) }
    }

    /// Seconds since 1970, rounded down.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds within the second.
    pub fn nanos(self) -> u32 {
        self.nanos
    }

    /// Microseconds since 1970, rounded down.
    pub fn micros(self) -> i64 {
        self.seconds * 1_000_000 + i64::from(self.nanos / 1000)
    }

    /// This moment `seconds` later; the last moment that can be written where that lies beyond.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_parts(self.seconds.saturating_add(seconds), self.nanos)
    }

    /// The nanosecond after it; the last moment that can be written where that lies beyond.
    #[must_use]
    pub fn next(self) -> Self {
        if self.nanos < 999_999_999 {
            return Self { nanos: self.nanos + 1, ..self };
        }
        if self.seconds < SECONDS_MAX { Self { seconds: self.seconds + 1, nanos: 0 } } else { Self::MAX }
    }

    /// Reads a timestamp as STIX writes it: UTC, ending in `Z`, with 0 to 9 fraction digits.
    ///
    /// # Errors
    /// [`TimestampError::Zone`] for an offset, otherwise form or range.
    pub fn parse_stix(text: &str) -> Result<Self, TimestampError> {
        if text.ends_with('Z') {
            Self::parse(text)
        } else if text.get(19..).is_some_and(|rest| rest.contains(['+', '-'])) {
            Err(TimestampError::Zone)
        } else {
            Err(TimestampError::Form)
        }
    }

    /// Reads any RFC 3339 timestamp: lower or upper case letters, offset or `Z`, 0 to 9 fraction digits.
    ///
    /// # Errors
    /// Form or range. A leap second (`:60`) is read as the first moment after it.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let b = text.as_bytes();
        let (date, rest) = b.split_at_checked(19).ok_or(TimestampError::Form)?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't', h1, h2, b':', n1, n2, b':', s1, s2] =
            *date
        else {
            return Err(TimestampError::Form);
        };
        let year = number(&[y1, y2, y3, y4])?;
        let (month, day) = (number(&[m1, m2])?, number(&[d1, d2])?);
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
        let (nanos, zone) = fraction(rest)?;
        let offset = zone_seconds(zone)?;
        let days_in_month = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            _ => 0,
        };
        if day == 0 || day > days_in_month || hour > 23 || minute > 59 || second > 60 {
            return Err(TimestampError::Range);
        }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
        if !(SECONDS_MIN..=SECONDS_MAX).contains(&seconds) {
            return Err(TimestampError::Range);
        }
        Ok(Self { seconds, nanos })
    }

    fn fields(self) -> (i64, i64, i64, i64) {
        let days = self.seconds.div_euclid(86_400) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day, self.seconds.rem_euclid(86_400))
    }

    /// Written with exactly six fraction digits, as TAXII 2.1 section 2.14 has it for its own timestamps.
    pub fn to_micros_text(self) -> String {
        let (year, month, day, time) = self.fields();
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:06}Z", self.nanos / 1000)
    }
}

fn number(digits: &[u8]) -> Result<i64, TimestampError> {
    digits.iter().try_fold(0, |sum, digit| {
        if digit.is_ascii_digit() {
            Ok(sum * 10 + i64::from(digit - b'0'))
        } else {
            Err(TimestampError::Form)
        }
    })
}

fn fraction(rest: &[u8]) -> Result<(u32, &[u8]), TimestampError> {
    let [b'.', digits @ ..] = rest else { return Ok((0, rest)) };
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    if count == 0 || count > 9 {
        return Err(TimestampError::Form);
    }
    let (digits, zone) = digits.split_at_checked(count).ok_or(TimestampError::Form)?;
    let scale = 10_i64.pow(u32::try_from(9 - count).unwrap_or(0));
    let nanos = u32::try_from(number(digits)? * scale).map_err(|_| TimestampError::Range)?;
    Ok((nanos, zone))
}

fn zone_seconds(zone: &[u8]) -> Result<i64, TimestampError> {
    match *zone {
        [b'Z' | b'z'] => Ok(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            if hours > 23 || minutes > 59 {
                return Err(TimestampError::Range);
            }
            let seconds = hours * 3600 + minutes * 60;
            Ok(if sign == b'-' { -seconds } else { seconds })
        }
        _ => Err(TimestampError::Form),
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Written with as many fraction digits as there are, three at the least, as STIX writes `created` and `modified`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, time) = self.fields();
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.")?;
        let (mut digits, mut width) = (self.nanos, 9);
        while width > 3 && digits.is_multiple_of(10) {
            digits /= 10;
            width -= 1;
        }
        write!(f, "{digits:0width$}Z")
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_next_moment_is_a_nanosecond_later_and_the_last_one_stays() {
        let last_of_second = Timestamp::from_parts(5, 999_999_999);
        assert_eq!(last_of_second.next(), Timestamp::from_parts(6, 0));
        assert_eq!(Timestamp::from_parts(6, 0).next(), Timestamp::from_parts(6, 1));
        assert_eq!(Timestamp::MAX.next(), Timestamp::MAX);
    }

    #[test]
    fn fractions_and_offsets_are_read() {
        let plain = Timestamp::parse("2024-02-29T12:00:00Z").unwrap();
        assert_eq!(plain.to_string(), "2024-02-29T12:00:00.000Z");
        assert_eq!(
            Timestamp::parse("2024-02-29T13:30:00.5+01:30").unwrap(),
            Timestamp::from_parts(plain.seconds, 500_000_000)
        );
        assert_eq!(
            Timestamp::parse("2024-02-29T12:00:00.1234567Z").unwrap().to_string(),
            "2024-02-29T12:00:00.1234567Z"
        );
        assert_eq!(plain.to_micros_text(), "2024-02-29T12:00:00.000000Z");
    }

    #[test]
    fn what_is_no_timestamp_is_refused() {
        for (text, why) in [
            ("2024-02-30T12:00:00Z", TimestampError::Range),
            ("2023-02-29T12:00:00Z", TimestampError::Range),
            ("2024-13-01T12:00:00Z", TimestampError::Range),
            ("2024-01-01 12:00:00Z", TimestampError::Form),
            ("2024-01-01T12:00Z", TimestampError::Form),
            ("2024-01-01T12:00:00", TimestampError::Form),
            ("2024-01-01T12:00:00.Z", TimestampError::Form),
            ("2024-01-01T12:00:00.1234567890Z", TimestampError::Form),
            ("9999-12-31T23:59:59-01:00", TimestampError::Range),
            ("", TimestampError::Form),
            ("2024-01-01T12:00:00é", TimestampError::Form),
        ] {
            assert_eq!(Timestamp::parse(text), Err(why), "{text}");
        }
        assert_eq!(Timestamp::parse_stix("2024-01-01T12:00:00+00:00"), Err(TimestampError::Zone));
    }

    proptest! {
        #[test]
        fn writing_then_reading_gives_the_same(seconds in SECONDS_MIN..=SECONDS_MAX, nanos in 0_u32..1_000_000_000) {
            let moment = Timestamp::from_parts(seconds, nanos);
            prop_assert_eq!(Timestamp::parse(&moment.to_string()).unwrap(), moment);
            prop_assert_eq!(Timestamp::from_micros(moment.micros()), Timestamp::from_parts(seconds, nanos / 1000 * 1000));
        }
    }
}
