//! Which values are safe to write into a rule, and how does text for people become one harmless line?

/// The longest value that is written into a rule, in bytes.
pub const VALUE_BYTES_MAX: usize = 2048;

/// The longest text for people in a rule, in characters; the rest is cut.
pub const LINE_CHARS_MAX: usize = 160;

/// Whether a character steers how text is shown or read, instead of being text: control characters, line and paragraph
/// separators, marks of direction, the byte order mark, invisible tags.
pub(crate) const fn steers(one: char) -> bool {
    matches!(one,
        '\0'..='\x1f'
        | '\x7f'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Whether a value is written at all: what steers, is empty, far too long or has white space around it is not.
pub(crate) fn is_plain(value: &str) -> bool {
    !value.is_empty()
        && value.len() <= VALUE_BYTES_MAX
        && value.trim().len() == value.len()
        && !value.chars().any(steers)
}

/// Text for people as one line of bounded length, without anything that steers.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut characters = 0;
    for one in text.chars() {
        let one = if steers(one) || one.is_whitespace() { ' ' } else { one };
        if one == ' ' && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        if characters == LINE_CHARS_MAX {
            line.push('…');
            break;
        }
        line.push(one);
        characters += 1;
    }
    line.truncate(line.trim_end().len());
    line
}

/// A text as JSON writes it, with everything that steers escaped. It is also a double-quoted scalar of YAML.
pub(crate) fn json_text(text: &str, to: &mut Vec<u8>) {
    to.push(b'"');
    for one in text.chars() {
        match one {
            '"' => to.extend_from_slice(b"\\\""),
            '\\' => to.extend_from_slice(b"\\\\"),
            one if steers(one) => {
                for unit in one.encode_utf16(&mut [0; 2]) {
                    to.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
            one => to.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    to.push(b'"');
}

/// A member of a JSON dictionary, without a comma.
pub(crate) fn member(key: &str, text: &str, to: &mut Vec<u8>) {
    json_text(key, to);
    to.push(b':');
    json_text(text, to);
}
