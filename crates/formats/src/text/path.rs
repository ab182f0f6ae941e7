//! Is it a path, a registry key, a mutex?

use super::hit::{Found, Judgement, observable};
use crate::ObservableKind;

/// A part of a path is not longer.
const PART_BYTES_MAX: usize = 255;
/// A path is not followed further.
const PATH_BYTES_MAX: usize = 1024;
/// A part with more words is prose.
const PART_WORDS_MAX: usize = 4;

const HIVES: [(&str, &str); 10] = [
    ("HKEY_LOCAL_MACHINE", "HKEY_LOCAL_MACHINE"),
    ("HKEY_CURRENT_USER", "HKEY_CURRENT_USER"),
    ("HKEY_CLASSES_ROOT", "HKEY_CLASSES_ROOT"),
    ("HKEY_CURRENT_CONFIG", "HKEY_CURRENT_CONFIG"),
    ("HKEY_USERS", "HKEY_USERS"),
    ("HKLM", "HKEY_LOCAL_MACHINE"),
    ("HKCU", "HKEY_CURRENT_USER"),
    ("HKCR", "HKEY_CLASSES_ROOT"),
    ("HKCC", "HKEY_CURRENT_CONFIG"),
    ("HKU", "HKEY_USERS"),
];

/// Where Unix keeps things.
const ROOTS: [&str; 25] = [
    "etc",
    "usr",
    "var",
    "tmp",
    "home",
    "opt",
    "bin",
    "sbin",
    "dev",
    "proc",
    "lib",
    "lib64",
    "root",
    "srv",
    "mnt",
    "media",
    "boot",
    "run",
    "data",
    "system",
    "Users",
    "Library",
    "System",
    "Applications",
    "private",
];

/// A path of Windows, or a registry key, at the start of a text; how many bytes it has. `quoted` says that it ends at a quotation
/// mark.
pub(crate) fn backslashed(text: &str, quoted: Quoted) -> Option<(usize, Found, Judgement)> {
    let line = text.split(['\n', '\r', '"', '`', '<', '>', '|', '\t']).next().unwrap_or("");
    if let Some((hive, full)) = HIVES.iter().find(|(hive, _)| starts_with(line, hive)) {
        let rest = line.get(hive.len()..)?;
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        if !rest.starts_with('\\') {
            return None;
        }
        let head = line.len() - rest.len();
        let length = head + extent(rest, quoted);
        let value = format!("{full}{}", line.get(head..length)?);
        return (length > head + 1).then(|| {
            let found = observable(ObservableKind::RegistryKey, value);
            (length, found, Judgement::new(85, "begins with a hive of the registry"))
        });
    }
    let head = root_length(line)?;
    let length = head + extent(line.get(head..)?, quoted);
    let value = line.get(..length)?.trim_end_matches('\\');
    let is_more = value.len() > head && value.get(head..)?.chars().any(char::is_alphanumeric);
    is_more.then(|| {
        let found = observable(ObservableKind::Path, value);
        (value.len(), found, Judgement::new(75, "begins like a path"))
    })
}

/// Whether a text stands in quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quoted {
    /// It does not.
    No,
    /// It does.
    Yes,
}

fn starts_with(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

/// `C:`, `%APPDATA%`, `\\host`: what stands before the first part.
fn root_length(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    match bytes {
        [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic() => Some(2),
        [b'%', ..] => {
            let close = line.get(1..)?.find('%')? + 2;
            let name = line.get(1..close - 1)?;
            let is_name =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_()".contains(&b));
            (is_name && line.get(close..)?.starts_with('\\')).then_some(close)
        }
        [b'\\', b'\\', host, ..] if host.is_ascii_alphanumeric() => {
            let rest = line.get(2..)?;
            let end = rest.find('\\')?;
            let is_host = rest.get(..end)?.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@".contains(&b));
            is_host.then_some(2 + end)
        }
        _ => None,
    }
}

/// How far the parts go that each begin with a backslash. A part may have blanks in it where another part follows.
fn extent(rest: &str, quoted: Quoted) -> usize {
    if quoted == Quoted::Yes && rest.len() <= PATH_BYTES_MAX {
        return rest.trim_end().len();
    }
    let mut length = 0;
    while let Some(part) = rest.get(length..).and_then(|rest| rest.strip_prefix('\\')) {
        let end = part.find('\\').unwrap_or(part.len());
        let whole = part.get(..end).unwrap_or("");
        let followed = end < part.len();
        let is_part = whole.len() <= PART_BYTES_MAX
            && whole.split(' ').count() <= PART_WORDS_MAX
            && !whole.contains([',', ';', '*', '?', ':'])
            && !whole.contains(" and ")
            && !whole.contains(". ")
            && !whole.ends_with(' ');
        if followed && is_part && length + 1 + end < PATH_BYTES_MAX {
            length += 1 + end;
            continue;
        }
        let word = part.split([' ', ',', ';', '\\', '\'', '*', '?']).next().unwrap_or("");
        let (opening, word) = (super::token::opening(word), super::token::trim(word));
        return length
            + if word.is_empty() || word.len() > PART_BYTES_MAX { 0 } else { 1 + opening + word.len() };
    }
    length
}

/// A path of Unix: a token that begins with a root that Unix has.
pub(crate) fn unix(token: &str) -> Option<(usize, Found, Judgement)> {
    let path = token.split([',', ';', ':', ')', ']']).next()?.trim_end_matches('.');
    let known = if let Some(rest) = path.strip_prefix("~/") {
        rest.starts_with(|c: char| c.is_alphanumeric() || c == '.')
    } else {
        let mut parts = path.strip_prefix('/')?.split('/');
        parts.next().is_some_and(|root| ROOTS.contains(&root))
            && parts.next().is_some_and(|part| !part.is_empty())
    };
    let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-~+@$%#={}".contains(c))
        && path.len() <= PATH_BYTES_MAX;
    (known && plain).then(|| {
        (path.len(), observable(ObservableKind::Path, path), Judgement::new(75, "begins like a path"))
    })
}

/// A mutex that is named behind the word: in quotation marks, behind `named`, or in a namespace of the kernel. Where its name
/// stands in what follows the word.
pub(crate) fn mutex(after: &str) -> Option<(usize, usize, Found, Judgement)> {
    let window = after.split('\n').next().unwrap_or("");
    let mut rest = window.trim_start_matches(|c: char| c.is_ascii_alphabetic() && !c.is_ascii_uppercase());
    let mut named = false;
    loop {
        let trimmed = rest.trim_start_matches([' ', ':', '=', '(', '\t']);
        let word = ["object", "named", "name", "called", "is", "with the name"]
            .iter()
            .find(|word| trimmed.strip_prefix(**word).is_some_and(|rest| rest.starts_with([' ', ':', '='])));
        let Some(word) = word else {
            named |= rest.trim_start().starts_with([':', '=']);
            rest = trimmed;
            break;
        };
        named = true;
        rest = trimmed.strip_prefix(*word)?;
    }
    let open = rest.chars().next()?;
    let close = match open {
        '"' | '`' | '\'' => Some(open),
        '“' => Some('”'),
        '‘' => Some('’'),
        _ => None,
    };
    let name = match close {
        Some(close) => rest.strip_prefix(open)?.split_once(close)?.0,
        None => super::token::trim(rest.split([' ', ',', ';', '\t', '\r']).next()?),
    };
    let kernel = name.starts_with("Global\\") || name.starts_with("Local\\");
    let is_name = (3..=128).contains(&name.len())
        && (kernel || close.is_some() || (named && !name.bytes().all(|b| b.is_ascii_lowercase())));
    let skipped = close.map_or_else(|| super::token::opening(rest), |_| open.len_utf8());
    let start = window.len() - rest.len() + skipped;
    is_name.then(|| {
        (start, name.len(), observable(ObservableKind::Mutex, name), Judgement::new(65, "named as a mutex"))
    })
}
