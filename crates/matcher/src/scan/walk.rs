//! What are the wanted keys of one line, whatever its white space and escapes? The slow way, one string after the other.

use std::ops::Range;

use super::{pass::Pass, token};

/// Looks at the values of the wanted keys of a line; whether it could be told what they are.
pub(super) fn line(pass: &mut Pass<'_, '_>, line: Range<usize>) -> bool {
    let text = pass.text.get(..line.end).unwrap_or(&[]);
    let mut at = line.start;
    let mut key = String::new();
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let rest = text.get(at..).unwrap_or(&[]);
                let Some(length) = token::decoded(rest, &mut key) else { return false };
                at += length + 1;
                let behind = text.get(at..).unwrap_or(&[]);
                let blank = behind.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
                if behind.get(blank) == Some(&b':') {
                    at += blank + 1;
                    for kind in pass.scanner.keys.of_text(&key) {
                        pass.value(kind, at);
                    }
                }
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'+' | b'-' | b'.' => {}
            byte if byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
    }
    true
}
