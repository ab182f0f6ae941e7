//! Is this a name, a character or a declaration as XML 1.0 and its namespaces have it?

use super::reader::ReadError;

/// XML 1.0 section 2.2.
pub(super) fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// White space between attributes, XML 1.0 section 2.3; line ends are `\n` already.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// Whether this is a name, with at most one prefix: XML 1.0 section 2.3, Namespaces in XML section 4.
pub(super) fn is_name(name: &str) -> bool {
    name.split_once(':')
        .map_or_else(|| is_bare_name(name), |(prefix, local)| is_bare_name(prefix) && is_bare_name(local))
}

/// A name without a colon.
pub(super) fn is_bare_name(name: &str) -> bool {
    name.starts_with(begins_a_name) && name.chars().all(|c| {
        begins_a_name(c)
            || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
    })
}

fn begins_a_name(character: char) -> bool {
    matches!(character, 'A'..='Z' | '_' | 'a'..='z'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// Whether white space follows every attribute but the last: XML 1.0 section 3.1.
pub(super) fn are_apart(attributes: &str) -> bool {
    let (mut quote, mut closed) = (None, false);
    for character in attributes.chars() {
        if quote.is_some() {
            closed = quote == Some(character);
            quote = quote.filter(|_| !closed);
        } else if closed && !is_space(character) {
            return false;
        } else {
            closed = false;
            quote = Some(character).filter(|character| matches!(character, '"' | '\''));
        }
    }
    true
}

/// Whether an XML declaration, from its `xml` on, is one, and says XML 1.0 in UTF-8: XML 1.0 section 2.8.
pub(super) fn check_declaration(text: &str) -> Result<(), ReadError> {
    let rest = text.strip_prefix("xml").ok_or(ReadError::Malformed)?;
    let (version, rest) = said(rest, "version").ok_or(ReadError::Malformed)?;
    let (encoding, rest) = said(rest, "encoding").unwrap_or(("UTF-8", rest));
    let (standalone, rest) = said(rest, "standalone").unwrap_or(("no", rest));
    if !rest.chars().all(is_space) || !matches!(standalone, "yes" | "no") {
        return Err(ReadError::Malformed);
    }
    if version == "1.0" && encoding.eq_ignore_ascii_case("utf-8") { Ok(()) } else { Err(ReadError::Encoding) }
}

/// White space and `name="value"`: the value, and what follows.
fn said<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let value = text.strip_prefix(is_space)?.trim_start_matches(is_space).strip_prefix(name)?;
    let value = value.trim_start_matches(is_space).strip_prefix('=')?.trim_start_matches(is_space);
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value.strip_prefix(quote)?.split_once(quote)
}
