//! What do the rows of a Zeek table say? (`#separator`, `#fields`, `#types` and what comes below)

use std::borrow::Cow;

use super::node::Flat;

/// What the header lines said so far; a new header changes it in the middle of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    separator: String,
    set_separator: String,
    empty: String,
    unset: String,
    /// The kind of log, `#path`.
    path: String,
    /// Name of each column and whether it holds several values.
    columns: Vec<(String, Holds)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    One,
    Several,
}

/// A header is not of the form that it has to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HeaderError;

impl Table {
    /// As Zeek writes if it is not told otherwise.
    pub(super) fn new() -> Self {
        Self {
            separator: "\t".to_owned(),
            set_separator: ",".to_owned(),
            empty: "(empty)".to_owned(),
            unset: "-".to_owned(),
            path: String::new(),
            columns: Vec::new(),
        }
    }

    /// Whether the columns are known, so that rows can be read.
    pub(super) fn is_ready(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Takes in a line that begins with `#`. What is no header is a comment.
    pub(super) fn header(&mut self, line: &str, columns_max: usize) -> Result<(), HeaderError> {
        if let Some(separator) = line.strip_prefix("#separator") {
            let separator = unescaped(separator.trim_matches(' ')).into_owned();
            if separator.is_empty() || separator.len() > 8 {
                return Err(HeaderError);
            }
            // A new file begins.
            *self = Self { separator, ..Self::new() };
            return Ok(());
        }
        let (name, rest) = line.split_once(&self.separator).unwrap_or((line, ""));
        match name {
            "#set_separator" if !rest.is_empty() => self.set_separator = unescaped(rest).into_owned(),
            "#empty_field" => rest.clone_into(&mut self.empty),
            "#unset_field" => rest.clone_into(&mut self.unset),
            "#path" => rest.clone_into(&mut self.path),
            "#fields" => {
                self.columns.clear();
                let names = rest.split(&self.separator);
                if rest.is_empty() || names.clone().nth(columns_max).is_some() {
                    return Err(HeaderError);
                }
                self.columns = names.map(|name| (name.to_owned(), Holds::One)).collect();
            }
            "#types" => {
                for ((_, holds), name) in self.columns.iter_mut().zip(rest.split(&self.separator)) {
                    if name.starts_with("set[") || name.starts_with("vector[") {
                        *holds = Holds::Several;
                    }
                }
            }
            "#set_separator" => return Err(HeaderError),
            _ => {}
        }
        Ok(())
    }

    /// The columns of a row that have values, and how many columns there are too many or too few. A set gives at most
    /// `values_max` of its members.
    pub(super) fn row<'a>(&'a self, line: &'a str, values_max: usize) -> (Flat<'a>, usize) {
        let mut fields: Flat<'a> = Vec::with_capacity(self.columns.len() + 1);
        if !self.path.is_empty() {
            fields.push((Cow::Borrowed("_path"), Cow::Borrowed(self.path.as_str())));
        }
        let mut cells = line.split(&self.separator);
        let mut missing = 0;
        for (name, holds) in &self.columns {
            let Some(cell) = cells.next() else {
                missing += 1;
                continue;
            };
            if cell == self.unset || cell == self.empty {
                continue;
            }
            match holds {
                Holds::One => fields.push((Cow::Borrowed(name), unescaped(cell))),
                Holds::Several => {
                    for member in cell.split(&self.set_separator) {
                        if member != self.unset && fields.len() < values_max {
                            fields.push((Cow::Borrowed(name), unescaped(member)));
                        }
                    }
                }
            }
        }
        (fields, missing + cells.count())
    }
}

/// `\x09` and `\\` undone; bytes that are no UTF-8 become replacement characters.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after.strip_prefix('x').and_then(|rest| rest.get(..2));
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = after.get(3..).unwrap_or("");
        } else {
            bytes.push(b'\\');
            rest = after.strip_prefix('\\').unwrap_or(after);
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_by_the_header_before_them() {
        let mut table = Table::new();
        for line in [
            r"#separator \x7c",
            "#set_separator|;",
            "#unset_field|NONE",
            "#path|dns",
            "#fields|ts|query|answers|note",
            "#types|time|string|vector[string]|string",
        ] {
            table.header(line, 10).unwrap();
        }
        let (fields, off) = table.row(r"1.5|a\x7cb|192.0.2.1;www.example.com|NONE", 10);
        let fields: Vec<_> = fields.iter().map(|(key, value)| (key.as_ref(), value.as_ref())).collect();
        let answers = [("answers", "192.0.2.1"), ("answers", "www.example.com")];
        let expected = [("_path", "dns"), ("ts", "1.5"), ("query", "a|b")];
        assert_eq!(fields, [&expected[..], &answers[..]].concat());
        assert_eq!(off, 0);
        assert_eq!(table.row("1|a|b", 10).1, 1);
        assert_eq!(table.row("1|a|b|c|d|e", 10).1, 2);
        table.header(r"#separator \x09", 10).unwrap();
        assert!(!table.is_ready());
        assert_eq!(table.header("#fields\ta\tb\tc", 2), Err(HeaderError));
    }

    #[test]
    fn escapes_that_are_none_stay() {
        assert_eq!(unescaped(r"C:\temp\xzz\\\x41"), r"C:\temp\xzz\A");
    }
}
