//! Is this text a mapping file, and what is wrong with it?

use std::{collections::BTreeMap, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    At, Condition, Field, Form, Group, Mapping, MappingError, MappingProblem, Origin, Rule, Target, Test,
};
use crate::{
    scan,
    telemetry::{
        limits::MappingLimits,
        normalise::{ALGORITHMS, Normaliser},
        time::TimeForm,
    },
};

type Entry<'t> = &'t Spanned<DeValue<'t>>;

/// What a file says: a source of its own, or groups to add to one that is there.
pub(in super::super) struct Reading {
    pub(in super::super) mapping: Mapping,
    pub(in super::super) extends: Option<(String, MappingError)>,
}

/// Reads a mapping file.
///
/// # Errors
/// Everything that is wrong with it, by rules.
pub(in super::super) fn read(text: &str, limits: &MappingLimits) -> Result<Reading, Vec<MappingError>> {
    let mut reader =
        Reader { text, limits, aliases: BTreeMap::new(), rule: None, rules: 0, errors: Vec::new() };
    let problem = if text.len() > limits.text_bytes_max {
        Err((MappingProblem::Limit(limits.text_bytes_max), 0))
    } else {
        DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            (MappingProblem::Toml(error.message().to_owned()), at)
        })
    };
    let table = match problem {
        Ok(table) => table,
        Err((problem, at)) => return Err(vec![reader.error(&(at..at), problem)]),
    };
    let reading = reader.file(table.get_ref());
    match reading {
        Some(reading) if reader.errors.is_empty() => Ok(reading),
        _ => Err(reader.errors),
    }
}

struct Reader<'t> {
    text: &'t str,
    limits: &'t MappingLimits,
    aliases: BTreeMap<String, Vec<Field>>,
    /// The rule that is being read.
    rule: Option<usize>,
    rules: usize,
    errors: Vec<MappingError>,
}

fn names<T>(all: &[(&str, T)]) -> String {
    let names: Vec<_> = all.iter().map(|(name, _)| format!("`{name}`")).collect();
    names.join(", ")
}

impl Reader<'_> {
    fn error(&self, span: &Range<usize>, problem: MappingProblem) -> MappingError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        MappingError { line, column, rule: self.rule, problem }
    }

    /// Notes what is wrong; nothing in the place of the value.
    fn note<T>(&mut self, span: &Range<usize>, problem: MappingProblem) -> Option<T> {
        if self.errors.len() < self.limits.list_max {
            let error = self.error(span, problem);
            self.errors.push(error);
        }
        None
    }

    fn known(&mut self, table: &DeTable<'_>, keys: &[&str]) {
        for key in table.keys() {
            if !keys.contains(&key.get_ref().as_ref()) {
                self.note::<()>(&key.span(), MappingProblem::KeyUnknown(key.get_ref().to_string()));
            }
        }
    }

    fn required<'t>(
        &mut self,
        table: &'t DeTable<'t>,
        key: &'static str,
        span: &Range<usize>,
    ) -> Option<Entry<'t>> {
        match table.get(key) {
            Some(entry) => Some(entry),
            None => self.note(span, MappingProblem::KeyMissing(key)),
        }
    }

    fn string<'t>(&mut self, name: &str, entry: Entry<'t>) -> Option<&'t str> {
        match entry.get_ref().as_str() {
            Some(text) if text.len() > self.limits.name_bytes_max => {
                self.note(&entry.span(), MappingProblem::Limit(self.limits.name_bytes_max))
            }
            Some(text) => Some(text),
            None => self.note(&entry.span(), MappingProblem::Type(name.to_owned(), "a string")),
        }
    }

    fn list<'t>(&mut self, name: &str, entry: Entry<'t>, max: usize) -> Vec<Entry<'t>> {
        match entry.get_ref().as_array() {
            Some(list) if list.len() > max => {
                self.note::<()>(&entry.span(), MappingProblem::Limit(max));
                Vec::new()
            }
            Some(list) => list.iter().collect(),
            None => {
                self.note::<()>(&entry.span(), MappingProblem::Type(name.to_owned(), "a list"));
                Vec::new()
            }
        }
    }

    /// A string, or a list of strings.
    fn strings<'t>(&mut self, name: &str, entry: Entry<'t>) -> Vec<(&'t str, Range<usize>)> {
        let entries = if entry.get_ref().is_array() {
            self.list(name, entry, self.limits.list_max)
        } else {
            vec![entry]
        };
        let mut found = Vec::new();
        for entry in entries {
            found.extend(self.string(name, entry).map(|text| (text, entry.span())));
        }
        found
    }

    fn table<'t>(&mut self, name: &str, entry: Entry<'t>) -> Option<&'t DeTable<'t>> {
        match entry.get_ref().as_table() {
            Some(table) => Some(table),
            None => self.note(&entry.span(), MappingProblem::Type(name.to_owned(), "a table")),
        }
    }

    fn chosen<T: Copy>(&mut self, all: &[(&str, T)], name: &str, span: &Range<usize>) -> Option<T> {
        match all.iter().find(|(own, _)| *own == name) {
            Some((_, chosen)) => Some(*chosen),
            None => self.note(span, MappingProblem::NameUnknown(name.to_owned(), names(all))),
        }
    }

    fn sound<T>(&mut self, result: Result<T, MappingProblem>, span: &Range<usize>) -> Option<T> {
        result.map_err(|problem| self.note::<()>(span, problem)).ok()
    }

    fn file<'t>(&mut self, table: &'t DeTable<'t>) -> Option<Reading> {
        self.known(table, &["name", "extends", "form", "recognise", "time", "alias", "group"]);
        if let Some(entry) = table.get("alias") {
            self.alias(entry);
        }
        let mut groups = Vec::new();
        if let Some(entry) = table.get("group") {
            for entry in self.list("group", entry, self.limits.groups_max) {
                groups.extend(self.group(entry));
            }
        }
        if let Some(entry) = table.get("extends") {
            let name = self.string("extends", entry)?.to_owned();
            let unknown = self.error(&entry.span(), MappingProblem::SourceUnknown(name.clone()));
            let mapping = Mapping {
                name: name.clone(),
                form: Form::Json,
                recognise: self.recognise(table),
                times: Vec::new(),
                groups,
            };
            return Some(Reading { mapping, extends: Some((name, unknown)) });
        }
        let entry = self.required(table, "name", &(0..0));
        let name = entry.and_then(|entry| self.string("name", entry));
        let form = match table.get("form") {
            Some(entry) => {
                self.string("form", entry).and_then(|form| self.chosen(&Form::NAMES, form, &entry.span()))
            }
            None => Some(Form::Json),
        };
        let (recognise, times) = (self.recognise(table), self.times(table));
        Some(Reading {
            mapping: Mapping { name: name?.to_owned(), form: form?, recognise, times, groups },
            extends: None,
        })
    }

    fn alias(&mut self, entry: Entry<'_>) {
        let Some(table) = self.table("alias", entry) else { return };
        for (name, entry) in table {
            let mut fields = Vec::new();
            for (text, span) in self.strings("alias", entry) {
                fields.extend(self.sound(Field::parse(text, self.limits), &span));
            }
            self.aliases.insert(format!("${}", name.get_ref()), fields);
        }
    }

    fn recognise<'t>(&mut self, table: &'t DeTable<'t>) -> Vec<Vec<Condition>> {
        let Some(entry) = table.get("recognise") else { return Vec::new() };
        let mut ways = Vec::new();
        for entry in self.list("recognise", entry, self.limits.list_max) {
            let Some(table) = self.table("recognise", entry) else { continue };
            self.known(table, &["has", "lacks", "is", "not"]);
            ways.push(self.conditions(table));
        }
        ways
    }

    fn times<'t>(&mut self, table: &'t DeTable<'t>) -> Vec<(Field, TimeForm)> {
        let Some(entry) = table.get("time") else { return Vec::new() };
        let mut times = Vec::new();
        for entry in self.list("time", entry, self.limits.list_max) {
            let Some(table) = self.table("time", entry) else { continue };
            self.known(table, &["field", "form"]);
            let (field, form) =
                (self.required(table, "field", &entry.span()), self.required(table, "form", &entry.span()));
            let (Some(field), Some(form)) = (field, form) else { continue };
            let form = self.string("form", form).zip(Some(form.span()));
            let form = form.and_then(|(name, span)| self.chosen(&TimeForm::NAMES, name, &span));
            let text = self.string("field", field);
            let parsed = text.and_then(|text| self.sound(Field::parse(text, self.limits), &field.span()));
            times.extend(parsed.zip(form));
        }
        times
    }

    fn field(&mut self, text: &str, span: &Range<usize>) -> Vec<Field> {
        match self.aliases.get(text) {
            Some(fields) => fields.clone(),
            None => self.sound(Field::parse(text, self.limits), span).into_iter().collect(),
        }
    }

    fn conditions<'t>(&mut self, table: &'t DeTable<'t>) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for (key, test) in [("has", Test::Present), ("lacks", Test::Absent)] {
            let Some(entry) = table.get(key) else { continue };
            for (text, span) in self.strings(key, entry) {
                let fields = self.field(text, &span);
                conditions.push(Condition { fields, test: test.clone() });
            }
        }
        for (key, test) in [("is", Test::Is as fn(_) -> _), ("not", Test::Not)] {
            let Some(table) = table.get(key).and_then(|entry| self.table(key, entry)) else { continue };
            for (name, entry) in table {
                let fields = self.field(name.get_ref(), &name.span());
                let values = self.values(entry);
                conditions.push(Condition { fields, test: test(values) });
            }
        }
        conditions
    }

    /// Texts and numbers, as they are spelled.
    fn values(&mut self, entry: Entry<'_>) -> Vec<String> {
        let entries = if entry.get_ref().is_array() {
            self.list("is", entry, self.limits.list_max)
        } else {
            vec![entry]
        };
        let mut values = Vec::new();
        for entry in entries {
            match entry.get_ref() {
                DeValue::String(text) => values.push(text.to_string()),
                DeValue::Integer(number) => values.push(number.as_str().to_owned()),
                DeValue::Boolean(value) => values.push(value.to_string()),
                DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                    self.note::<()>(
                        &entry.span(),
                        MappingProblem::Type("is".to_owned(), "a string or integer"),
                    );
                }
            }
        }
        values
    }

    fn group(&mut self, entry: Entry<'_>) -> Option<Group> {
        let table = self.table("group", entry)?;
        self.known(table, &["at", "rules"]);
        let mut at = Vec::new();
        match table.get("at") {
            Some(entry) => {
                for (text, span) in self.strings("at", entry) {
                    at.extend(self.sound(At::parse(text, self.limits), &span));
                }
            }
            None => at.push(At::Path(String::new())),
        }
        let mut rules = Vec::new();
        let entry = self.required(table, "rules", &entry.span())?;
        for entry in self.list("rules", entry, self.limits.rules_max) {
            self.rules += 1;
            self.rule = Some(self.rules);
            if self.rules > self.limits.rules_max {
                return self.note(&entry.span(), MappingProblem::Limit(self.limits.rules_max));
            }
            if let Some(made) = self.rule(entry) {
                rules.extend(made);
            }
            self.rule = None;
        }
        Some(Group { at, rules })
    }

    fn rule(&mut self, entry: Entry<'_>) -> Option<Vec<Rule>> {
        let table = self.table("rules", entry)?;
        self.known(table, &["field", "template", "to", "as", "split", "object", "has", "lacks", "is", "not"]);
        let origin = self.origin(table, &entry.span());
        let mut chain = Vec::new();
        if let Some(entry) = table.get("as") {
            for (name, span) in self.strings("as", entry) {
                chain.extend(self.chosen(&Normaliser::NAMES, name, &span));
            }
        }
        let conditions = self.conditions(table);
        let object = table.get("object").and_then(|entry| self.string("object", entry)).map(str::to_owned);
        let split = table.get("split").and_then(|entry| self.string("split", entry)).map(str::to_owned);
        let to = self.required(table, "to", &entry.span())?;
        let path = self.string("to", to)?;
        let origin = origin?;
        let mut rules = Vec::new();
        for (path, chain) in self.spread(path, &to.span(), chain)? {
            let last = chain.last().copied().unwrap_or(Normaliser::Text);
            let target = self.sound(Target::parse(&path, last, self.limits), &to.span())?;
            let kind = scanned(&origin, split.as_deref(), &chain);
            rules.push(Rule {
                origin: origin.clone(),
                split: split.clone(),
                chain,
                conditions: conditions.clone(),
                target,
                object: object.clone(),
                kind,
            });
        }
        Some(rules)
    }

    fn origin(&mut self, table: &DeTable<'_>, span: &Range<usize>) -> Option<Origin> {
        match (table.get("field"), table.get("template")) {
            (Some(entry), None) => {
                let mut fields = Vec::new();
                for (text, span) in self.strings("field", entry) {
                    fields.extend(self.field(text, &span));
                }
                Some(Origin::Fields(fields))
            }
            (None, Some(entry)) => {
                let text = self.string("template", entry)?;
                self.sound(Origin::template(text, self.limits), &entry.span())
            }
            _ => self.note(span, MappingProblem::Origin),
        }
    }

    /// One path for each algorithm, where the field holds several hashes or one of some kind.
    fn spread(
        &mut self,
        path: &str,
        span: &Range<usize>,
        mut chain: Vec<Normaliser>,
    ) -> Option<Vec<(String, Vec<Normaliser>)>> {
        let make = match chain.last() {
            Some(Normaliser::HashOf(_)) => Normaliser::HashOf,
            Some(Normaliser::HashLike(_)) => Normaliser::HashLike,
            _ => return Some(vec![(path.to_owned(), chain)]),
        };
        if !path.ends_with("hashes") {
            return self.note(span, MappingProblem::Hashes(path.to_owned()));
        }
        chain.pop();
        let spread = ALGORITHMS.iter().enumerate().map(|(at, (name, ..))| {
            let mut chain = chain.clone();
            chain.push(make(at));
            (format!("{path}.'{name}'"), chain)
        });
        Some(spread.collect())
    }
}

/// How a scanner of raw telemetry finds the values that a rule makes: what it cannot tell, every line that has the key may hold.
fn scanned(origin: &Origin, split: Option<&str>, chain: &[Normaliser]) -> scan::Kind {
    let (last, before) = match chain.split_last() {
        Some((last, before)) => (*last, before),
        None => (Normaliser::Text, chain),
    };
    match origin {
        Origin::Template(_) if last == Normaliser::Url && before.is_empty() && split.is_none() => {
            return origin.host().map_or(scan::Kind::Present, |_| scan::Kind::Host);
        }
        Origin::Template(_) => return scan::Kind::Present,
        Origin::Fields(_) => {}
    }
    let is_packed = |signs: &str| matches!(signs, "," | ";" | "|" | "=" | " ");
    let is_mailed = |signs: &str| signs.chars().all(|sign| matches!(sign, ',' | ';' | ' '));
    if let Some(signs) = split {
        return match (last, before) {
            (Normaliser::Text | Normaliser::Lower, [] | [Normaliser::Lower]) if is_packed(signs) => {
                scan::Kind::Packed
            }
            (Normaliser::Email, []) if is_mailed(signs) => scan::Kind::Mail,
            _ => scan::Kind::Present,
        };
    }
    match (last, before) {
        (Normaliser::Host | Normaliser::Domain | Normaliser::Ip, [Normaliser::StripPort])
        | (Normaliser::Host | Normaliser::Domain, []) => scan::Kind::Host,
        (Normaliser::Ip, []) => scan::Kind::Address,
        (Normaliser::Hash | Normaliser::HashLike(_), []) => scan::Kind::Hash,
        (Normaliser::HashOf(_), []) => scan::Kind::Packed,
        (Normaliser::Mac | Normaliser::Pairs, []) => scan::Kind::Pairs,
        (Normaliser::Email, []) => scan::Kind::Mail,
        (Normaliser::Url, []) => scan::Kind::Url,
        (
            Normaliser::Text | Normaliser::Lower | Normaliser::Boolean | Normaliser::Integer,
            [] | [Normaliser::Lower],
        ) => scan::Kind::Text,
        (
            Normaliser::FileName | Normaliser::Directory | Normaliser::RegistryValue | Normaliser::Account,
            [],
        ) => scan::Kind::Path,
        _ => scan::Kind::Present,
    }
}
