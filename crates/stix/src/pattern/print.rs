//! How is a pattern written? One text for each tree: reading it gives the same tree again.

use std::fmt::{self, Display, Formatter, Write as _};

use base64::Engine as _;

use super::{
    Pattern,
    ast::{Comparison, Comparisons, Constant, ObjectPath, Observations, Qualifier, Step, Test},
    lexer::KEYWORDS,
};
use crate::Timestamp;

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

/// How tight an expression binds; what binds no tighter than what it stands in is put in parentheses.
fn tightness(expression: &Observations) -> u8 {
    match expression {
        Observations::FollowedBy(_) => 0,
        Observations::Or(_) => 1,
        Observations::And(_) => 2,
        Observations::Qualified(..) => 3,
        Observations::Simple(_) => 4,
    }
}

fn inside(f: &mut Formatter<'_>, outer: u8, inner: &Observations) -> fmt::Result {
    if tightness(inner) > outer { inner.fmt(f) } else { write!(f, "({inner})") }
}

fn listed<T>(
    f: &mut Formatter<'_>,
    all: &[T],
    between: &str,
    mut one: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, member) in all.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        one(f, member)?;
    }
    Ok(())
}

impl Display for Observations {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let own = tightness(self);
        match self {
            Self::Simple(comparisons) => write!(f, "[{comparisons}]"),
            Self::And(all) => listed(f, all, " AND ", |f, one| inside(f, own, one)),
            Self::Or(all) => listed(f, all, " OR ", |f, one| inside(f, own, one)),
            Self::FollowedBy(all) => listed(f, all, " FOLLOWEDBY ", |f, one| inside(f, own, one)),
            Self::Qualified(inner, qualifiers) => {
                inside(f, own, inner)?;
                qualifiers.iter().try_for_each(|qualifier| write!(f, " {qualifier}"))
            }
        }
    }
}

impl Display for Qualifier {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            // What no integer holds is read as a float, which says so by its fraction.
            Self::Within(seconds) if *seconds >= 1e15 => write!(f, "WITHIN {seconds:.1} SECONDS"),
            Self::Within(seconds) => write!(f, "WITHIN {seconds} SECONDS"),
            Self::Repeats(times) => write!(f, "REPEATS {times} TIMES"),
            Self::StartStop(from, until) => {
                f.write_str("START ")?;
                moment(f, *from)?;
                f.write_str(" STOP ")?;
                moment(f, *until)
            }
        }
    }
}

impl Display for Comparisons {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(comparison) => comparison.fmt(f),
            Self::And(all) => listed(f, all, " AND ", |f, one| match one {
                Self::One(comparison) => comparison.fmt(f),
                Self::And(_) | Self::Or(_) => write!(f, "({one})"),
            }),
            Self::Or(all) => listed(f, all, " OR ", |f, one| match one {
                Self::One(_) | Self::And(_) => one.fmt(f),
                Self::Or(_) => write!(f, "({one})"),
            }),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let not = if self.negated { "NOT " } else { "" };
        if self.test == Test::Exists {
            return write!(f, "{not}EXISTS {}", self.path);
        }
        write!(f, "{} {not}", self.path)?;
        match &self.test {
            Test::Compare(comparator, constant) => write!(f, "{} {constant}", comparator.as_str()),
            Test::In(members) => {
                f.write_str("IN (")?;
                listed(f, members, ", ", |f, member| member.fmt(f))?;
                f.write_char(')')
            }
            Test::Like(text) => operator(f, "LIKE", text),
            Test::Matches(text) => operator(f, "MATCHES", text),
            Test::IsSubset(text) => operator(f, "ISSUBSET", text),
            Test::IsSuperset(text) => operator(f, "ISSUPERSET", text),
            Test::Exists => Ok(()),
        }
    }
}

fn operator(f: &mut Formatter<'_>, operator: &str, text: &str) -> fmt::Result {
    write!(f, "{operator} ")?;
    quoted(f, text)
}

impl Display for ObjectPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.object_type)?;
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Key(name) => {
                    if at > 0 {
                        f.write_char('.')?;
                    }
                    if is_bare(name) { f.write_str(name)? } else { quoted(f, name)? }
                }
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Any => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

/// Whether a property name needs no apostrophes.
fn is_bare(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !matches!(name, "true" | "false")
        && KEYWORDS.iter().all(|(keyword, _)| *keyword != name)
}

impl Display for Constant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(f, "{number}"),
            // A float says so by its fraction.
            Self::Float(number) if number.fract() == 0.0 => write!(f, "{number}.0"),
            Self::Float(number) => write!(f, "{number}"),
            Self::Text(text) => quoted(f, text),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Hex(bytes) => {
                f.write_str("h'")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_char('\'')
            }
            Self::Binary(bytes) => {
                write!(f, "b'{}'", base64::engine::general_purpose::STANDARD.encode(bytes))
            }
            Self::Timestamp(at) => moment(f, *at),
        }
    }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('\'')?;
    for part in text.split_inclusive(['\'', '\\']) {
        match part.char_indices().next_back() {
            Some((at, last @ ('\'' | '\\'))) => write!(f, "{}\\{last}", part.get(..at).unwrap_or(""))?,
            _ => f.write_str(part)?,
        }
    }
    f.write_char('\'')
}

/// To the nanosecond, without zeros at the end.
fn moment(f: &mut Formatter<'_>, at: Timestamp) -> fmt::Result {
    let text = at.to_micros_text();
    let whole = text.get(..19).unwrap_or(&text);
    write!(f, "t'{whole}")?;
    if at.nanos() > 0 {
        let fraction = format!("{:09}", at.nanos());
        write!(f, ".{}", fraction.trim_end_matches('0'))?;
    }
    f.write_str("Z'")
}
