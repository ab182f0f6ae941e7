//! What does the syslog header before a message say? (RFC 5424, RFC 3164 and what daemons write into files)

use stix::Timestamp;

use super::time;

/// The header, and what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message<'a> {
    pub(super) sent: Option<Timestamp>,
    pub(super) host: &'a str,
    pub(super) app: &'a str,
    /// Structured data of RFC 5424, as it is written.
    pub(super) data: &'a str,
    pub(super) text: &'a str,
}

/// The message in a line; nothing if there is no header.
pub(super) fn message(line: &str, now: Timestamp) -> Option<Message<'_>> {
    let rest = behind_priority(line);
    match rest {
        Some(rest) if rest.starts_with("1 ") => rfc5424(rest.get(2..)?),
        Some(rest) => rfc3164(rest, now),
        None => rfc3164(line, now),
    }
}

fn behind_priority(line: &str) -> Option<&str> {
    let (digits, rest) = line.strip_prefix('<')?.split_once('>')?;
    let is_priority = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_priority.then_some(rest)
}

fn rfc5424(rest: &str) -> Option<Message<'_>> {
    let mut words = rest.splitn(6, ' ');
    let sent = Timestamp::parse(words.next()?).ok();
    let (host, app) = (words.next()?, words.next()?);
    let rest = words.nth(2)?;
    let end = data_end(rest);
    let (data, text) = rest.split_at_checked(end)?;
    let text = text.trim_start().trim_start_matches('\u{feff}');
    Some(Message { sent, host: plain(host), app: plain(app), data: plain(data), text })
}

fn plain(word: &str) -> &str {
    if word == "-" { "" } else { word }
}

/// Where the structured data end: `-`, or elements in brackets with quoted values.
fn data_end(text: &str) -> usize {
    let (mut quoted, mut escaped, mut inside) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if inside => quoted = !quoted,
            b'[' if !quoted => inside = true,
            b']' if !quoted => inside = false,
            b' ' if !inside => return at,
            _ => {}
        }
    }
    text.len()
}

/// `Jan  5 10:00:00 host app[1]: text`, or with a time as in RFC 3339.
fn rfc3164(rest: &str, now: Timestamp) -> Option<Message<'_>> {
    let (sent, rest) = match rest.split_once(' ') {
        Some((word, rest)) if Timestamp::parse(word).is_ok() => (Timestamp::parse(word).ok(), rest),
        _ => {
            let (date, rest) = rest.split_at_checked(15)?;
            (Some(dated(date, now)?), rest.strip_prefix(' ')?)
        }
    };
    let (host, rest) = rest.split_once(' ')?;
    let tag = rest.split_once(':').filter(|(tag, _)| {
        !tag.is_empty() && *tag != "CEF" && tag.len() <= 64 && !tag.contains([' ', '{', '|', '"'])
    });
    let (app, text) = match tag {
        Some((tag, text)) => (tag.split('[').next().unwrap_or(tag), text.trim_start()),
        _ => ("", rest),
    };
    Some(Message { sent, host, app, data: "", text })
}

/// The year is not written: it is the one that makes the time the latest that is not past tomorrow.
fn dated(date: &str, now: Timestamp) -> Option<Timestamp> {
    let tomorrow = now.plus_seconds(86_400);
    let year = tomorrow.to_string().get(..4)?.to_owned();
    let before = format!("{:04}", year.parse::<u16>().ok()?.saturating_sub(1));
    let read = |year: &str| time::calendar(date, Some(year));
    read(&year).filter(|moment| *moment <= tomorrow).or_else(|| read(&before))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn headers_of_both_standards_are_taken_off() {
        let now = at("2026-01-02T00:00:00Z");
        let line =
            r#"<34>1 2026-01-01T10:00:00Z gate.example.com su - ID47 [a@1 b="x \"] y"][c d="e"] text here"#;
        let read = message(line, now).unwrap();
        assert_eq!((read.host, read.app, read.text), ("gate.example.com", "su", "text here"));
        assert_eq!(read.data, r#"[a@1 b="x \"] y"][c d="e"]"#);
        for (line, sent) in [
            ("<13>Dec 31 23:59:00 gate sshd[12]: text here", "2025-12-31T23:59:00Z"),
            ("Jan  2 08:00:00 gate sshd[12]: text here", "2026-01-02T08:00:00Z"),
            ("2026-01-01T10:00:00.5+01:00 gate sshd: text here", "2026-01-01T09:00:00.5Z"),
        ] {
            let read = message(line, now).unwrap();
            assert_eq!((read.host, read.app, read.text), ("gate", "sshd", "text here"), "{line}");
            assert_eq!(read.sent, Some(at(sent)), "{line}");
        }
        for line in ["", "text", "<>", "<1>", "{}", "ääääääääääääää", "<34>1 a b c"] {
            assert_eq!(message(line, now), None, "{line}");
        }
    }
}
