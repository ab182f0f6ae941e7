//! Which YARA rules are passed through, and how does each keep a name of its own?

use std::collections::HashSet;

use yara_x_parser::{
    ast::{AST, Item, RuleFlags},
    cst::{CST, Event, SyntaxKind},
};

use crate::export::{
    Closing, End, Out, Subject, Why, Writer, banner,
    entry::{Entry, Language, Said},
};

/// The one part.
pub const PART: &str = "cresset.yar";

/// Modules that every YARA has.
const MODULES: [&str; 8] = ["pe", "elf", "math", "hash", "dotnet", "time", "macho", "dex"];

/// The rules.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    names: HashSet<String>,
}

impl Writer for Rules {
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said) {
        let Some(sought) = &entry.sought else { return said.lacks(Why::ObjectType, "") };
        if sought.language != Language::Yara {
            return said.lacks(Why::PatternType, "");
        }
        let Some(names) = names(&sought.pattern) else { return said.lacks(Why::Pattern, "") };
        let suffix = entry.uuid().replace('-', "");
        let taken: Vec<_> = names.iter().filter(|name| self.names.contains(**name)).copied().collect();
        let text = renamed(&sought.pattern, &taken, &suffix);
        // Renamed, it must be what it was; a rule that already has such a name is not.
        let Some(names) =
            self::names(&text).filter(|names| names.iter().all(|name| !self.names.contains(*name)))
        else {
            return said.lacks(Why::Pattern, "");
        };
        self.names.extend(names.into_iter().map(str::to_owned));
        let to = out.parts.part(PART);
        to.extend_from_slice(format!("// {}\n", entry.id()).as_bytes());
        to.extend_from_slice(text.as_bytes());
        to.push(b'\n');
    }

    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End> {
        let head = banner("//", subject, closing).into_bytes();
        vec![End { part: PART.to_owned(), head, tail: Vec::new() }]
    }
}

/// The names of the rules in a text that is whole, includes no files, imports only known modules, and decides about no rule but
/// its own.
fn names(text: &str) -> Option<Vec<&str>> {
    // A null byte, and marks that steer how text is shown, have no place in a rule.
    if text.chars().any(|one| crate::export::plain::steers(one) && !matches!(one, '\n' | '\r' | '\t')) {
        return None;
    }
    let ast = AST::from(text.as_bytes());
    if !ast.errors().is_empty() {
        return None;
    }
    let mut names = Vec::new();
    for item in ast.items() {
        match item {
            Item::Import(import) if MODULES.contains(&import.module_name) => {}
            Item::Rule(rule) if !rule.flags.contains(RuleFlags::Global) => names.push(rule.identifier.name),
            Item::Import(_) | Item::Include(_) | Item::Rule(_) => return None,
        }
    }
    let distinct: HashSet<_> = names.iter().collect();
    (!names.is_empty() && distinct.len() == names.len()).then_some(names)
}

/// The text with other names for some of its rules, where they are declared and where they are used.
fn renamed(text: &str, taken: &[&str], suffix: &str) -> String {
    if taken.is_empty() {
        return text.to_owned();
    }
    let mut new = String::with_capacity(text.len() + 64);
    let mut before = SyntaxKind::NEWLINE;
    for event in CST::from(text).iter() {
        let Event::Token { kind, span } = event else { continue };
        let word = text.get(span.range()).unwrap_or_default();
        new.push_str(word);
        if kind == SyntaxKind::IDENT && before != SyntaxKind::DOT && taken.contains(&word) {
            new.push('_');
            new.push_str(suffix);
        }
        before = kind;
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_rules_that_keep_to_themselves_are_passed_through() {
        assert_eq!(
            names("import \"pe\"\nrule a { condition: true } private rule b { condition: a }"),
            Some(vec!["a", "b"])
        );
        for bad in [
            "include \"/etc/passwd\" rule a { condition: true }",
            "import \"cuckoo\" rule a { condition: true }",
            "global rule a { condition: false }",
            "rule a { condition: true } rule a { condition: true }",
            "rule a { condition: true",
            "rule a { condition: true } }",
            "rule a\u{0} { condition: true }",
            "",
        ] {
            assert_eq!(names(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_rule_is_renamed_where_it_is_declared_and_used_and_nowhere_else() {
        let text = "rule a { strings: $a = \"a\" condition: $a and pe.a }\nrule b { condition: a }";
        assert_eq!(
            renamed(text, &["a"], "1"),
            "rule a_1 { strings: $a = \"a\" condition: $a and pe.a }\nrule b { condition: a_1 }"
        );
    }
}
