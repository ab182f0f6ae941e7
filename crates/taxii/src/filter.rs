//! What does a URL ask for? (TAXII 2.1 sections 3.4, 3.5)

use std::num::NonZeroU32;

use stix::Timestamp;

use crate::position::Position;

/// How many values one `match` field may name.
pub const MATCH_VALUES_MAX: usize = 1000;

/// The longest query string that is read, in bytes: a little less than the longest URL that HTTP libraries take, so that it
/// is refused with an answer of ours.
pub const QUERY_BYTES_MAX: usize = 60_000;

/// A parsed query string.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// `added_after`.
    pub added_after: Option<Timestamp>,
    /// `limit`.
    pub limit: Option<NonZeroU32>,
    /// The place behind `next`, in microseconds since 1970.
    pub next: Option<u64>,
    /// `match[id]`.
    pub ids: Option<Vec<String>>,
    /// `match[type]`.
    pub types: Option<Vec<String>>,
    /// `match[version]`.
    pub versions: Option<Vec<Version>>,
    /// `match[spec_version]`.
    pub spec_versions: Option<Vec<String>>,
}

/// One value of `match[version]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `first`
    First,
    /// `last`
    Last,
    /// `all`
    All,
    /// A version.
    At(Timestamp),
}

/// Which `match` fields an endpoint knows (sections 5.3 to 5.8); others are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// Objects and manifest: all of them.
    All,
    /// One object: `version` and `spec_version`.
    Object,
    /// Versions of an object: `spec_version`.
    Versions,
}

impl Fields {
    fn knows(self, field: &str) -> bool {
        match field {
            "match[id]" | "match[type]" => self == Self::All,
            "match[version]" => self != Self::Versions,
            "match[spec_version]" => true,
            _ => false,
        }
    }
}

/// Why a query string is not understood. Values are not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The query string is not percent-encoded UTF-8.
    #[error("the query string is not percent-encoded UTF-8")]
    Encoding,
    /// It is longer than allowed.
    #[error("the query string is longer than {QUERY_BYTES_MAX} bytes")]
    Length,
    /// A parameter stands twice.
    #[error("`{0}` is given twice")]
    Twice(&'static str),
    /// `added_after` is no timestamp.
    #[error("`added_after` is one timestamp in UTC")]
    AddedAfter,
    /// `limit` is no positive whole number.
    #[error("`limit` is a whole number above 0")]
    Limit,
    /// `next` is none of ours.
    #[error("`next` is no position that this server gave")]
    Next,
    /// `match[version]` names something else.
    #[error("`match[version]` is `all`, or a list of `first`, `last` and versions, each once")]
    Version,
    /// A `match` field has no value, or too many.
    #[error("`{0}` names 1 to {MATCH_VALUES_MAX} values, separated by commas")]
    Values(&'static str),
}

const PARAMETERS: [&str; 7] =
    ["added_after", "limit", "next", "match[id]", "match[type]", "match[version]", "match[spec_version]"];

impl Filter {
    /// Reads a query string. With `next`, parameters that it does not repeat are taken from the query it continues.
    ///
    /// # Errors
    /// [`FilterError`]; a filter is never left out silently, but for `match` fields that the endpoint does not know.
    pub fn parse(query: &str, fields: Fields) -> Result<Self, FilterError> {
        if query.len() > QUERY_BYTES_MAX {
            return Err(FilterError::Length);
        }
        let own = pairs(query)?;
        let Some((_, next)) = own.iter().find(|(name, _)| *name == "next") else {
            return Self::read(&own, fields);
        };
        let position = Position::from_text(next).map_err(|_| FilterError::Next)?;
        let continued = pairs(&position.query).map_err(|_| FilterError::Next)?;
        let mut all: Vec<_> = own.iter().filter(|(name, _)| *name != "next").cloned().collect();
        let repeated = |name: &&str| own.iter().any(|(own, _)| own == name);
        // A client that repeats any filter means its own filters; one that repeats none means those of the page before.
        if !PARAMETERS.iter().any(|name| name.starts_with("match") && repeated(name)) {
            all.extend(continued.iter().filter(|(name, _)| name.starts_with("match")).cloned());
        }
        if !repeated(&"limit") {
            all.extend(continued.into_iter().filter(|(name, _)| *name == "limit"));
        }
        let mut filter = Self::read(&all, fields)?;
        filter.next = Some(position.after);
        Ok(filter)
    }

    fn read(pairs: &[(&'static str, String)], fields: Fields) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        for (name, value) in pairs {
            match *name {
                "added_after" => {
                    filter.added_after = Some(moment(value).ok_or(FilterError::AddedAfter)?);
                }
                "limit" => filter.limit = Some(limit(value)?),
                field if !fields.knows(field) => {}
                "match[id]" => filter.ids = Some(values("match[id]", value)?),
                "match[type]" => filter.types = Some(values("match[type]", value)?),
                "match[spec_version]" => filter.spec_versions = Some(values("match[spec_version]", value)?),
                "match[version]" => filter.versions = Some(versions(value)?),
                _ => {}
            }
        }
        Ok(filter)
    }

    /// After which place in the order, in microseconds since 1970: where `next` leads, else `added_after`, else the start.
    pub fn after(&self) -> u64 {
        let added_after = || self.added_after.map_or(0, |moment| u64::try_from(moment.micros()).unwrap_or(0));
        self.next.unwrap_or_else(added_after)
    }

    /// The `next` that continues a query after a place.
    pub fn next_text(query: &str, fields: Fields, after: u64) -> String {
        let kept = Self::parse(query, fields).map(|filter| filter.to_query()).unwrap_or_default();
        Position { after, query: kept }.to_text()
    }

    /// The parameters that a next page needs, as a query string.
    fn to_query(&self) -> String {
        let mut parts = Vec::new();
        if let Some(limit) = self.limit {
            parts.push(format!("limit={limit}"));
        }
        let list = |name: &str, values: &[String]| {
            format!("{name}={}", values.iter().map(|v| encode(v)).collect::<Vec<_>>().join(","))
        };
        parts.extend(self.ids.as_ref().map(|ids| list("match[id]", ids)));
        parts.extend(self.types.as_ref().map(|types| list("match[type]", types)));
        parts.extend(self.spec_versions.as_ref().map(|versions| list("match[spec_version]", versions)));
        parts.extend(self.versions.as_ref().map(|versions| {
            let words: Vec<_> = versions.iter().copied().map(Version::to_text).collect();
            format!("match[version]={}", words.join(","))
        }));
        parts.join("&")
    }
}

impl Version {
    fn to_text(self) -> String {
        match self {
            Self::First => "first".to_owned(),
            Self::Last => "last".to_owned(),
            Self::All => "all".to_owned(),
            Self::At(moment) => moment.to_string(),
        }
    }
}

/// The parameters that TAXII knows, decoded; each at most once.
fn pairs(query: &str) -> Result<Vec<(&'static str, String)>, FilterError> {
    let mut pairs: Vec<(&'static str, String)> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = decode(name)?;
        let value = decode(value)?;
        let Some(name) = PARAMETERS.iter().find(|known| **known == name) else { continue };
        if pairs.iter().any(|(before, _)| before == name) {
            return Err(FilterError::Twice(name));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn decode(text: &str) -> Result<String, FilterError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err(FilterError::Encoding);
        };
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| FilterError::Encoding)?);
    }
    String::from_utf8(bytes).map_err(|_| FilterError::Encoding)
}

fn encode(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// A timestamp with 0 to 9 fraction digits, in UTC or with an offset. In a URL, the `+` of an offset may arrive as a space.
fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&text.replace(' ', "+")).ok()
}

fn limit(text: &str) -> Result<NonZeroU32, FilterError> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(FilterError::Limit);
    }
    // More than anybody can have means as much as there is.
    let number: u64 = text.parse().map_err(|_| FilterError::Limit)?;
    NonZeroU32::new(u32::try_from(number).unwrap_or(u32::MAX)).ok_or(FilterError::Limit)
}

fn values(name: &'static str, text: &str) -> Result<Vec<String>, FilterError> {
    let values: Vec<String> = text.split(',').map(|value| value.trim().to_owned()).collect();
    if values.len() > MATCH_VALUES_MAX || values.iter().any(String::is_empty) {
        return Err(FilterError::Values(name));
    }
    Ok(values)
}

fn versions(text: &str) -> Result<Vec<Version>, FilterError> {
    let mut versions: Vec<Version> = Vec::new();
    for word in values("match[version]", text)? {
        let version = match word.as_str() {
            "first" => Version::First,
            "last" => Version::Last,
            "all" => Version::All,
            _ => Version::At(moment(&word).ok_or(FilterError::Version)?),
        };
        if versions.contains(&version) {
            return Err(FilterError::Version);
        }
        versions.push(version);
    }
    if versions.len() > 1 && versions.contains(&Version::All) {
        return Err(FilterError::Version);
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Filter, FilterError> {
        Filter::parse(query, Fields::All)
    }

    #[test]
    fn every_filter_of_the_table_is_read() {
        let filter = read(
            "added_after=2024-01-01T00:00:00Z&limit=5&match[id]=a--1,b--2&match%5Btype%5D=tool&match[version]=first,2024-01-01T00:00:00.000Z&match[spec_version]=2.0,2.1&match[x_foo]=1&other=%20",
        )
        .unwrap();
        assert_eq!(filter.after(), 1_704_067_200_000_000);
        assert_eq!(filter.limit.unwrap().get(), 5);
        assert_eq!(filter.ids.unwrap(), ["a--1", "b--2"]);
        assert_eq!(filter.types.unwrap(), ["tool"]);
        assert_eq!(
            filter.versions.unwrap(),
            [Version::First, Version::At(Timestamp::from_parts(1_704_067_200, 0))]
        );
        assert_eq!(filter.spec_versions.unwrap(), ["2.0", "2.1"]);
    }

    #[test]
    fn dates_come_in_many_spellings() {
        let zero = read("added_after=2024-01-01T00:00:00Z").unwrap();
        for spelling in ["00:00:00.0Z", "00:00:00.000000Z", "01:00:00%2B01:00", "01:00:00+01:00"] {
            assert_eq!(read(&format!("added_after=2024-01-01T{spelling}")).unwrap(), zero, "{spelling}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (query, why) in [
            ("added_after=yesterday", FilterError::AddedAfter),
            ("added_after=", FilterError::AddedAfter),
            ("added_after=2024-01-01T00:00:00Z,2024-01-01T00:00:00Z", FilterError::AddedAfter),
            ("limit=x", FilterError::Limit),
            ("limit=0", FilterError::Limit),
            ("limit=00", FilterError::Limit),
            ("limit=-1", FilterError::Limit),
            ("limit=1.5", FilterError::Limit),
            ("limit=18446744073709551616", FilterError::Limit),
            ("next=x", FilterError::Next),
            ("next=", FilterError::Next),
            ("match[version]=2020", FilterError::Version),
            ("match[version]=last,last", FilterError::Version),
            ("match[version]=all,last", FilterError::Version),
            ("match[version]=2020-01-01T00:00:00Z,2020-01-01T00:00:00.000Z", FilterError::Version),
            ("match[id]=", FilterError::Values("match[id]")),
            ("match[type]=a,,b", FilterError::Values("match[type]")),
            ("limit=1&limit=1", FilterError::Twice("limit")),
            ("match[id]=a&match%5Bid%5D=b", FilterError::Twice("match[id]")),
            ("limit=%f", FilterError::Encoding),
            ("match[id]=%ff", FilterError::Encoding),
        ] {
            assert_eq!(read(query), Err(why), "{query}");
        }
        let many = |count| format!("match[id]={}", vec!["a"; count].join(","));
        assert!(read(&many(MATCH_VALUES_MAX)).is_ok());
        assert_eq!(read(&many(MATCH_VALUES_MAX + 1)), Err(FilterError::Values("match[id]")));
        assert!(read(&"x".repeat(QUERY_BYTES_MAX)).is_ok());
        assert_eq!(read(&"x".repeat(QUERY_BYTES_MAX + 1)), Err(FilterError::Length));
    }

    #[test]
    fn match_fields_of_other_endpoints_are_ignored() {
        let filter =
            Filter::parse("match[type]=tool&match[id]=x&match[version]=all", Fields::Object).unwrap();
        assert_eq!((filter.ids, filter.types, filter.versions), (None, None, Some(vec![Version::All])));
        assert_eq!(Filter::parse("match[version]=all", Fields::Versions).unwrap(), Filter::default());
    }

    #[test]
    fn next_stands_alone_and_gives_way_to_what_is_repeated() {
        let query = "limit=3&match[type]=tool,malware&match[version]=all";
        let next = Filter::next_text(query, Fields::All, 7);
        let alone = read(&format!("next={next}")).unwrap();
        assert_eq!(Filter { next: None, ..alone.clone() }, read(query).unwrap());
        assert_eq!(alone.after(), 7);
        let repeated =
            read(&format!("next={next}&limit=5&match[type]=tool&added_after=2024-01-01T00:00:00Z")).unwrap();
        assert_eq!(
            (repeated.limit.unwrap().get(), repeated.types.unwrap().len(), repeated.versions),
            (5, 1, None)
        );
        assert_eq!(repeated.next, Some(7));
        let again = Filter::next_text(&format!("next={next}"), Fields::All, 9);
        assert_eq!(read(&format!("next={again}")).unwrap().types.unwrap().len(), 2);
    }
}
