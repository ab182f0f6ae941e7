//! What does another tool read in a file? Small readers of each format, written from its documentation and from nothing of ours.

use serde_json::Value;

/// Records of RFC 4180 behind lines of comment; every record has as many cells as the first.
pub(crate) fn csv(text: &str) -> Vec<Vec<String>> {
    let start =
        text.split_inclusive('\n').take_while(|line| line.starts_with('#')).map(str::len).sum::<usize>();
    let mut characters = text[start..].chars().peekable();
    let (mut records, mut record) = (Vec::new(), Vec::new());
    while characters.peek().is_some() {
        let mut cell = String::new();
        if characters.next_if_eq(&'"').is_some() {
            loop {
                match characters.next().expect("a quote is closed") {
                    '"' if characters.next_if_eq(&'"').is_some() => cell.push('"'),
                    '"' => break,
                    one => cell.push(one),
                }
            }
        } else {
            while let Some(one) = characters.next_if(|one| !matches!(one, ',' | '\r' | '\n')) {
                assert_ne!(one, '"', "a quote inside of a cell without quotes");
                cell.push(one);
            }
        }
        record.push(cell);
        match characters.next() {
            Some(',') => {}
            Some('\r') => {
                assert_eq!(characters.next(), Some('\n'));
                records.push(std::mem::take(&mut record));
            }
            other => panic!("{other:?} behind a cell"),
        }
    }
    assert!(record.is_empty(), "the last record ends");
    assert!(records.iter().all(|own| own.len() == records[0].len()));
    records
}

/// The lines of a file of Zeek's intelligence framework, as its ASCII reader has them: fields by name.
pub(crate) fn zeek(text: &str) -> Vec<Vec<(String, String)>> {
    let mut header: Option<Vec<&str>> = None;
    let mut rows = Vec::new();
    for line in text.split('\n').filter(|line| !line.is_empty()) {
        assert!(!line.contains('\r'));
        if let Some(fields) = line.strip_prefix("#fields\t") {
            assert!(header.is_none(), "a second header");
            header = Some(fields.split('\t').collect());
        } else if !line.starts_with('#') {
            let names = header.as_ref().expect("the header comes first");
            let values: Vec<_> = line.split('\t').collect();
            assert_eq!(values.len(), names.len(), "{line:?}");
            rows.push(
                names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), unescape(value))).collect(),
            );
        }
    }
    rows
}

fn unescape(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, more @ ..] = rest {
        rest = more;
        if *first == b'\\' && more.first() == Some(&b'x') {
            let digits = std::str::from_utf8(&more[1..3]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &more[3..];
        } else {
            assert_ne!(*first, b'\\', "an escape that Zeek does not know");
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A rule: action and head, and each option as keyword and value. Options end at semicolons outside of quotes.
pub(crate) fn suricata(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let lines = text.split('\n').filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (head, rest) = line.split_once(" (").expect("options");
            assert_eq!(head.split(' ').count(), 7, "{head}");
            let rest = rest.strip_suffix(')').expect("the rule ends");
            let (mut options, mut current) = (Vec::new(), String::new());
            let (mut quoted, mut escaped) = (false, false);
            for one in rest.chars() {
                if one == ';' && !quoted && !escaped {
                    let option = current.trim();
                    let (keyword, value) = option.split_once(':').unwrap_or((option, ""));
                    options.push((keyword.to_owned(), value.to_owned()));
                    current.clear();
                    continue;
                }
                quoted ^= one == '"' && !escaped;
                escaped = one == '\\' && !escaped;
                current.push(one);
            }
            assert!(current.trim().is_empty() && !quoted, "{line}");
            (head.to_owned(), options)
        })
        .collect()
}

/// The bytes that a content stands for.
pub(crate) fn content(value: &str) -> Vec<u8> {
    let inside = value.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
    let mut bytes = Vec::new();
    for (index, piece) in inside.split('|').enumerate() {
        if index % 2 == 0 {
            assert!(!piece.contains(['"', ';', '\\', ':']), "{piece}");
            bytes.extend_from_slice(piece.as_bytes());
        } else {
            bytes.push(u8::from_str_radix(piece, 16).unwrap());
        }
    }
    bytes
}

/// Owner and rest of each record of a zone.
pub(crate) fn zone(text: &str) -> Vec<(String, String)> {
    let lines = text.split('\n').filter(|line| !line.is_empty() && !line.starts_with([';', '$']));
    lines
        .map(|line| {
            assert!(line.bytes().all(|b| (b' '..0x7f).contains(&b)), "{line:?}");
            let (owner, rest) = line.split_once(' ').unwrap();
            (owner.to_owned(), rest.to_owned())
        })
        .collect()
}

/// The scalars of the documents of our own Sigma rules: each stands alone in double quotes of JSON at the end of its line.
pub(crate) fn sigma(text: &str) -> Vec<Vec<(String, String)>> {
    let mut documents: Vec<Vec<(String, String)>> = Vec::new();
    for line in text.split('\n').filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line == "---" {
            documents.push(Vec::new());
            continue;
        }
        let document = documents.last_mut().expect("a document begins");
        if let Some((key, value)) = line.split_once('"') {
            let value: Value = serde_json::from_str(&format!("\"{value}")).unwrap();
            document.push((key.trim().to_owned(), value.as_str().unwrap().to_owned()));
        } else {
            let plain = |one: char| one.is_ascii_alphanumeric() || " -_|:*".contains(one);
            assert!(line.chars().all(plain), "{line}");
        }
    }
    documents
}
