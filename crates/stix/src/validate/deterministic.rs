//! Which identifier do the contents of an observable give? (sections 2.9 and 3.4, RFC 8785)

use std::{borrow::Cow, fmt::Write as _};

use uuid::Uuid;

use super::{
    report::{Path, Report},
    rules::says_something,
    table::{Category, Type},
};
use crate::{
    Code, Id, id,
    json::{Kind, Value},
};

/// The namespace of section 2.9.
const NAMESPACE: Uuid = Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);

/// Hashes in the order in which one is chosen (section 6.7).
const PREFERRED: [&str; 4] = ["MD5", "SHA-1", "SHA-256", "SHA-512"];

/// The identifier that the contents of an observable give: nothing for other types, and where no contributing property
/// is there.
pub fn id(root: Value<'_>) -> Option<Id> {
    let name = root.get("type")?.as_str()?;
    let kind = super::find_type(&name).filter(|kind| kind.category == Category::Observable)?;
    let uuid = compute(root, kind)?;
    Id::new(&format!("{name}--{uuid}")).ok()
}

/// Compares the identifier of an observable with its contents. Everything here is a SHOULD, since a producer may have
/// a scheme of its own in a namespace of its own.
pub(super) fn check(report: &mut Report, root: Value<'_>, kind: &Type) {
    let Some(text) = root.get("id").and_then(Value::as_str) else { return };
    if id::check(&text).is_err() {
        return;
    }
    let uuid = id::split(&text).map_or("", |(_, uuid)| uuid);
    let version = uuid.as_bytes().get(14).copied().unwrap_or(0);
    let contributes = kind.contributing.iter().any(|name| root.get(name).is_some_and(says_something));
    let message = match (version, contributes) {
        (b'5', true) if compute(root, kind).is_some_and(|own| is_spelled(own, uuid)) => return,
        (b'4', false) => return,
        (b'5', true) => "the identifier is not the one that the contents give",
        (b'5', false) => "without contributing properties the identifier has to be a UUIDv4",
        (_, true) => "the identifier should be the UUIDv5 that the contents give",
        (_, false) => "without contributing properties the identifier should be a UUIDv4",
    };
    let path = Path::Member(&Path::Root, "id");
    report.warning(Code::IdDeterministic, path, "2.9", format_args!("{message}"));
}

fn is_spelled(uuid: Uuid, text: &str) -> bool {
    text.eq_ignore_ascii_case(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
}

fn compute(root: Value<'_>, kind: &Type) -> Option<Uuid> {
    let mut canonical = String::from("{");
    for name in kind.contributing {
        let Some(value) = root.get(name).filter(|value| says_something(*value)) else { continue };
        if canonical.len() > 1 {
            canonical.push(',');
        }
        write_text(name, &mut canonical);
        canonical.push(':');
        if *name == "hashes" {
            write_one_hash(value, &mut canonical);
        } else {
            write_value(value, &mut canonical);
        }
    }
    canonical.push('}');
    (canonical.len() > 2).then(|| Uuid::new_v5(&NAMESPACE, canonical.as_bytes()))
}

/// Only one hash contributes: the first preferred one, else the first by name.
fn write_one_hash(hashes: Value<'_>, out: &mut String) {
    let preferred = PREFERRED.iter().find(|name| hashes.get(name).is_some()).map(|name| (*name).to_owned());
    let first = || hashes.members().filter_map(|(key, _)| key.as_str()).min().map(Cow::into_owned);
    let Some(name) = preferred.or_else(first) else {
        return write_value(hashes, out);
    };
    out.push('{');
    write_text(&name, out);
    out.push(':');
    if let Some(hash) = hashes.get(&name) {
        write_value(hash, out);
    }
    out.push('}');
}

/// RFC 8785: no white space, keys in the order of their UTF-16 code units, numbers as ECMAScript writes them.
fn write_value(value: Value<'_>, out: &mut String) {
    match value.kind() {
        Kind::Null | Kind::Boolean => out.push_str(value.raw()),
        Kind::Number => write_number(value, out),
        Kind::String => write_text(&value.as_str().unwrap_or_default(), out),
        Kind::List => {
            out.push('[');
            for (at, element) in value.elements().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_value(element, out);
            }
            out.push(']');
        }
        Kind::Dictionary => {
            let mut members: Vec<_> =
                value.members().map(|(key, member)| (key.as_str().unwrap_or_default(), member)).collect();
            members.sort_by(|left, right| left.0.encode_utf16().cmp(right.0.encode_utf16()));
            out.push('{');
            for (at, (key, member)) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_text(&key, out);
                out.push(':');
                write_value(member, out);
            }
            out.push('}');
        }
    }
}

fn write_number(value: Value<'_>, out: &mut String) {
    let number = value.as_f64().unwrap_or(0.0);
    let size = number.abs();
    // Writing into a string does not fail.
    let _ = if number == 0.0 {
        write!(out, "0")
    } else if (1e-6..1e21).contains(&size) {
        write!(out, "{number}")
    } else {
        // Rust writes `1e21`, ECMAScript `1e+21`.
        let text = format!("{number:e}");
        match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => write!(out, "{digits}e+{exponent}"),
            _ => write!(out, "{text}"),
        }
    };
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if u32::from(control) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
