//! How is an object written down? With white space, an order of properties and escapes that nobody would choose.

use std::fmt::Write as _;

use serde_json::Value;

use crate::random::Random;

/// The object as a text whose bytes matter.
pub(crate) fn text(object: &Value, random: &mut Random) -> String {
    let style = *random.pick(&[Style::Tight, Style::Tight, Style::Spaced, Style::Broken, Style::Wild]);
    let mut out = String::new();
    write(object, style, random, &mut out);
    out
}

#[derive(Clone, Copy)]
enum Style {
    Tight,
    Spaced,
    Broken,
    Wild,
}

impl Style {
    /// White space at a place where there may be some.
    fn gap(self, random: &mut Random, separator: &str) -> &'static str {
        match self {
            Self::Tight => "",
            Self::Spaced if separator.is_empty() => "",
            Self::Spaced => " ",
            Self::Broken if separator == ":" => " ",
            Self::Broken => "\n  ",
            Self::Wild => random.pick::<&str>(&["", " ", "\t", "\r\n", "  ", "\n"]),
        }
    }
}

fn write(value: &Value, style: Style, random: &mut Random, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            random.shuffle(&mut members);
            let many = members.len();
            out.push('{');
            for (place, (name, member)) in members.into_iter().enumerate() {
                out.push_str(style.gap(random, if place == 0 { "" } else { "," }));
                write_string(name, 1, random, out);
                out.push_str(style.gap(random, ""));
                out.push(':');
                out.push_str(style.gap(random, ":"));
                write(member, style, random, out);
                if place + 1 < many {
                    out.push_str(style.gap(random, ""));
                    out.push(',');
                }
            }
            out.push_str(style.gap(random, ""));
            out.push('}');
        }
        Value::Array(elements) => {
            out.push('[');
            for (place, element) in elements.iter().enumerate() {
                out.push_str(style.gap(random, if place == 0 { "" } else { "," }));
                write(element, style, random, out);
                if place + 1 < elements.len() {
                    out.push_str(style.gap(random, ""));
                    out.push(',');
                }
            }
            out.push_str(style.gap(random, ""));
            out.push(']');
        }
        Value::String(string) => write_string(string, 3, random, out),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

/// A string, seldom with its first letter as an escape.
fn write_string(string: &str, escaped: usize, random: &mut Random, out: &mut String) {
    match string.chars().next().filter(char::is_ascii_alphabetic) {
        Some(first) if random.chance(escaped) => {
            let rest = Value::from(string.get(1..).unwrap_or_default()).to_string();
            let _ = write!(out, "\"\\u{:04x}", u32::from(first));
            out.push_str(rest.get(1..).unwrap_or_default());
        }
        _ => out.push_str(&Value::from(string).to_string()),
    }
}
