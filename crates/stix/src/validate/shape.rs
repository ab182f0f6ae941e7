//! Does a value have the shape that its row says?

use super::{
    Walk,
    common_properties::{INTEGER, TEXTS},
    form,
    report::Path,
    rules::{self, Place},
    table::{Entries, Form, Need, Shape, Table, Targets},
    vocabulary::{HASH_ALGORITHM, Openness, Vocabulary},
};
use crate::{
    Code, Severity, Timestamp,
    id::{self, object_type},
    json::{Kind, Value},
};

impl<'a> Walk<'a> {
    /// `section` is the one of the table that the row stands in.
    pub(super) fn shape(&mut self, shape: &Shape, value: Value<'a>, path: Path<'_>, section: &'static str) {
        match shape {
            Shape::Head => {}
            Shape::HeadTimestamp => self.milliseconds(value, path),
            Shape::HeadMarkings => self.not_empty(value, path),
            Shape::Text => _ = self.of_kind(value, Kind::String, path, section),
            Shape::FilledText => self.filled_text(value, path, section),
            Shape::Form(form) => self.form(*form, value, path, section),
            Shape::Boolean => _ = self.of_kind(value, Kind::Boolean, path, section),
            Shape::Integer(least, most) => self.integer((*least, *most), value, path, section),
            Shape::Float(least, most) => self.float((*least, *most), value, path, section),
            Shape::Timestamp => self.timestamp(value, path, section),
            Shape::Hex => self.hex(value, path, section),
            Shape::Binary => self.binary(value, path, section),
            Shape::Id(targets) => self.id(*targets, value, path, section),
            Shape::Ids(targets) => {
                self.each(value, path, section, |walk, element, path| {
                    walk.id(*targets, element, path, section);
                });
            }
            Shape::Vocabulary(words) => self.vocabulary(words, value, path, section),
            Shape::List(inner) => {
                self.each(value, path, section, |walk, element, path| {
                    walk.shape(inner, element, path, section);
                });
            }
            Shape::Dictionary(entries) => self.dictionary(*entries, value, path, section),
            Shape::Hashes => self.hashes(value, path, section),
            Shape::Struct(table) => self.structure(table, value, path),
            Shape::Selectors => {
                self.each(value, path, section, |walk, element, path| walk.selector(element, path));
            }
            Shape::Extensions => self.extensions(value, path),
            Shape::Translations => self.translations(value, path),
            Shape::Container => self.container(value, path),
            Shape::Definition => self.definition(value, path),
        }
    }

    /// A dictionary with a table: its rows, then its rules.
    pub(super) fn structure(&mut self, table: &'static Table, value: Value<'a>, path: Path<'_>) {
        if !self.filled(value, Kind::Dictionary, path, table.section) {
            return;
        }
        let mut seen = 0;
        for (key, member) in value.members() {
            let name = key.as_str().unwrap_or_default();
            let path = Path::Member(&path, &name);
            if let Some((at, row)) = table.find(&name) {
                seen |= 1 << at;
                self.shape(&row.shape, member, path, table.section);
            } else {
                self.unknown(&name, member, path, table.section);
            }
        }
        self.complete(Place { value, path, table, seen });
    }

    /// What is missing, and what does not go together.
    pub(super) fn complete(&mut self, place: Place<'_>) {
        for (at, row) in place.table.rows.iter().enumerate() {
            if row.need == Need::Required && place.seen & (1 << at) == 0 {
                self.missing(row.name, place.path, place.table.section);
            }
        }
        rules::apply(&mut self.report, place);
    }

    pub(super) fn missing(&mut self, name: &'static str, path: Path<'_>, section: &'static str) {
        let message = format_args!("`{name}` is required");
        self.report.error(Code::PropertyMissing, Path::Member(&path, name), section, message);
    }

    /// Whether a value is of the kind; says so if not.
    pub(super) fn of_kind(
        &mut self,
        value: Value<'_>,
        wanted: Kind,
        path: Path<'_>,
        section: &'static str,
    ) -> bool {
        let kind = value.kind();
        if kind == wanted {
            return true;
        }
        if kind == Kind::Null {
            let message = format_args!("null is no value: a property without one is left out");
            self.report.error(Code::PropertyType, path, section, message);
        } else {
            let message = format_args!("this has to be a {}, not a {}", wanted.as_str(), kind.as_str());
            self.report.error(Code::PropertyType, path, section, message);
        }
        false
    }

    /// Whether a value is a list or dictionary (as wanted) with something in it; says so if not.
    pub(super) fn filled(
        &mut self,
        value: Value<'_>,
        wanted: Kind,
        path: Path<'_>,
        section: &'static str,
    ) -> bool {
        if !self.of_kind(value, wanted, path, section) {
            return false;
        }
        self.not_empty(value, path);
        !value.is_empty()
    }

    fn not_empty(&mut self, value: Value<'_>, path: Path<'_>) {
        let kind = value.kind();
        let section = match kind {
            Kind::List => "2.12",
            Kind::Dictionary => "2.3",
            Kind::Null | Kind::Boolean | Kind::Number | Kind::String => return,
        };
        if value.is_empty() {
            let message = format_args!("an empty {} is left out instead", kind.as_str());
            self.report.error(Code::PropertyEmpty, path, section, message);
        }
    }

    fn each(
        &mut self,
        list: Value<'a>,
        path: Path<'_>,
        section: &'static str,
        mut visit: impl FnMut(&mut Self, Value<'a>, Path<'_>),
    ) {
        if self.filled(list, Kind::List, path, section) {
            for (index, element) in list.elements().enumerate() {
                visit(self, element, Path::Element(&path, index));
            }
        }
    }

    fn filled_text(&mut self, value: Value<'_>, path: Path<'_>, section: &'static str) {
        if self.of_kind(value, Kind::String, path, section) && value.is_str("") {
            self.report.error(Code::PropertyValue, path, section, format_args!("this has to say something"));
        }
    }

    fn form(&mut self, form: Form, value: Value<'_>, path: Path<'_>, section: &'static str) {
        if !self.of_kind(value, Kind::String, path, section) {
            return;
        }
        let Err((severity, section, message)) = form::check(form, &value.as_str().unwrap_or_default()) else {
            return;
        };
        match severity {
            Severity::Error => {
                self.report.error(Code::PropertyValue, path, section, format_args!("{message}"));
            }
            // Defanged values are malformed on purpose (section 3.2). Asked only for forms of which an object has one,
            // since it is looked for among all properties.
            Severity::Warning
                if form.is_defangable()
                    && self.root.get("defanged").and_then(Value::as_bool) == Some(true) => {}
            Severity::Warning => {
                self.report.warning(Code::PropertyValue, path, section, format_args!("{message}"));
            }
        }
    }

    fn integer(
        &mut self,
        (least, most): (i64, i64),
        value: Value<'_>,
        path: Path<'_>,
        section: &'static str,
    ) {
        if !self.of_kind(value, Kind::Number, path, section) {
            return;
        }
        if let Some(number) = value.as_i64() {
            if !(least..=most).contains(&number) {
                let message = format_args!("this has to be between {least} and {most}");
                self.report.error(Code::PropertyValue, path, section, message);
            }
        } else if value.as_f64().is_none_or(|number| number.fract() != 0.0) {
            self.report.error(Code::PropertyType, path, "2.10", format_args!("this has to be an integer"));
        } else {
            // A whole number in the spelling of another, such as `1e3` or `1.0`, or one past 64 bits.
            let number = value.as_f64().unwrap_or(0.0);
            #[expect(clippy::cast_precision_loss, reason = "bounds of integers lie within 53 bits")]
            let within = (least as f64..=most as f64).contains(&number);
            if !within {
                let message = format_args!("this has to be between {least} and {most}");
                self.report.error(Code::PropertyValue, path, section, message);
            }
        }
    }

    fn float(&mut self, (least, most): (f64, f64), value: Value<'_>, path: Path<'_>, section: &'static str) {
        if !self.of_kind(value, Kind::Number, path, section) {
            return;
        }
        if !value.as_f64().is_some_and(|number| (least..=most).contains(&number)) {
            let message = format_args!("this number is outside the range of the property");
            self.report.error(Code::PropertyValue, path, section, message);
        }
    }

    fn timestamp(&mut self, value: Value<'_>, path: Path<'_>, section: &'static str) {
        if self.of_kind(value, Kind::String, path, section)
            && let Err(error) = Timestamp::parse_stix(&value.as_str().unwrap_or_default())
        {
            self.report.error(Code::TimestampForm, path, "2.16", format_args!("{error}"));
        }
    }

    /// Three fraction digits at the least; whether it is a timestamp at all was said by the head. A warning although the
    /// standard says MUST: many feeds leave `.000` out, and nothing is ambiguous about them.
    fn milliseconds(&mut self, value: Value<'_>, path: Path<'_>) {
        let Some(text) = value.as_str() else { return };
        let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len().saturating_sub(1));
        if digits < 3 && Timestamp::parse_stix(&text).is_ok() {
            let message = format_args!("this timestamp has to be given to the millisecond");
            self.report.warning(Code::TimestampForm, path, "3.2", message);
        }
    }

    fn hex(&mut self, value: Value<'_>, path: Path<'_>, section: &'static str) {
        if !self.of_kind(value, Kind::String, path, section) {
            return;
        }
        let text = value.as_str().unwrap_or_default();
        if !form::is_hex(&text) {
            let message = format_args!("this has to be whole octets in hexadecimal digits");
            self.report.error(Code::PropertyValue, path, "2.8", message);
        } else if text.bytes().any(|b| b.is_ascii_uppercase()) {
            // Section 2.8 says lower case, its own examples in section 6.6 do otherwise.
            let message = format_args!("hexadecimal digits should be in lower case");
            self.report.warning(Code::PropertyValue, path, "2.8", message);
        }
    }

    fn binary(&mut self, value: Value<'_>, path: Path<'_>, section: &'static str) {
        if self.of_kind(value, Kind::String, path, section)
            && !form::is_base64(&value.as_str().unwrap_or_default())
        {
            self.report.error(Code::PropertyValue, path, "2.1", format_args!("this has to be base64"));
        }
    }

    fn id(&mut self, targets: Targets, value: Value<'_>, path: Path<'_>, section: &'static str) {
        if !self.of_kind(value, Kind::String, path, section) {
            return;
        }
        let text = value.as_str().unwrap_or_default();
        if let Err(error) = id::check(&text) {
            self.report.error(Code::IdForm, path, "2.9", format_args!("{error}"));
        } else if !targets.allow(object_type(&text)) {
            let message = format_args!("this has to refer to {targets}");
            self.report.error(Code::ReferenceType, path, section, message);
        }
    }

    pub(super) fn vocabulary(
        &mut self,
        words: &Vocabulary,
        value: Value<'_>,
        path: Path<'_>,
        section: &'static str,
    ) {
        if !self.of_kind(value, Kind::String, path, section)
            || words.contains(&value.as_str().unwrap_or_default())
        {
            return;
        }
        match words.openness {
            Openness::Closed => {
                let message = format_args!("this is not one of `{}`", words.name);
                self.report.error(Code::VocabularyClosed, path, words.section, message);
            }
            Openness::Open => {
                let message = format_args!("this is not one of the suggestions of `{}`", words.name);
                self.report.warning(Code::VocabularyOpen, path, words.section, message);
            }
        }
    }

    fn key_form(&mut self, name: &str, path: Path<'_>) {
        if !form::is_key(name) {
            let message =
                format_args!("a key consists of up to 250 letters, digits, hyphens and underscores of ASCII");
            self.report.error(Code::NameForm, path, "2.3", message);
        }
    }

    fn dictionary(&mut self, entries: Entries, value: Value<'a>, path: Path<'_>, section: &'static str) {
        if !self.filled(value, Kind::Dictionary, path, section) {
            return;
        }
        for (key, member) in value.members() {
            let name = key.as_str().unwrap_or_default();
            let path = Path::Member(&path, &name);
            self.key_form(&name, path);
            self.entry(entries, member, path, section);
        }
    }

    fn entry(&mut self, entries: Entries, value: Value<'a>, path: Path<'_>, section: &'static str) {
        match entries {
            Entries::Any => self.custom(value, path),
            Entries::Text => _ = self.of_kind(value, Kind::String, path, section),
            Entries::IntegerOrText if value.kind() == Kind::String => {}
            Entries::Integer | Entries::IntegerOrText => self.shape(&INTEGER, value, path, section),
            // Section 6.6 asks for lists, its own examples have plain strings.
            Entries::Texts if value.kind() == Kind::String => {
                let message = format_args!("this has to be a list of strings, even for one");
                self.report.warning(Code::PropertyType, path, section, message);
            }
            Entries::Texts => self.shape(&TEXTS, value, path, section),
        }
    }

    fn hashes(&mut self, value: Value<'_>, path: Path<'_>, section: &'static str) {
        if !self.filled(value, Kind::Dictionary, path, section) {
            return;
        }
        for (key, hash) in value.members() {
            let algorithm = key.as_str().unwrap_or_default();
            let path = Path::Member(&path, &algorithm);
            if !form::is_key(&algorithm) || algorithm.len() < 3 {
                let message =
                    format_args!("the name of an algorithm is 3 to 250 letters, digits, `-` and `_`");
                self.report.error(Code::NameForm, path, "2.7", message);
            }
            if !self.of_kind(hash, Kind::String, path, "2.7") {
                continue;
            }
            match form::is_hash(&algorithm, &hash.as_str().unwrap_or_default()) {
                Some(true) => {}
                Some(false) => {
                    let message = format_args!("this is no hash of its algorithm");
                    self.report.error(Code::HashForm, path, "2.7", message);
                }
                None => {
                    let message = format_args!("this algorithm is not one of `{}`", HASH_ALGORITHM.name);
                    self.report.warning(Code::VocabularyOpen, path, HASH_ALGORITHM.section, message);
                }
            }
        }
    }

    fn selector(&mut self, value: Value<'_>, path: Path<'_>) {
        if self.of_kind(value, Kind::String, path, "7.2.3") {
            let selector = value.as_str().unwrap_or_default();
            self.selectors.check(&mut self.report, self.root, &selector, path);
        }
    }

    fn translations(&mut self, value: Value<'a>, path: Path<'_>) {
        if !self.filled(value, Kind::Dictionary, path, "7.1") {
            return;
        }
        for (key, translation) in value.members() {
            let language = key.as_str().unwrap_or_default();
            let path = Path::Member(&path, &language);
            if !form::is_language(&language) {
                let message = format_args!("the keys here are language codes of RFC 5646");
                self.report.error(Code::PropertyValue, path, "7.1", message);
            }
            if self.filled(translation, Kind::Dictionary, path, "7.1") {
                self.custom(translation, path);
            }
        }
    }

    fn container(&mut self, value: Value<'a>, path: Path<'_>) {
        if !self.filled(value, Kind::Dictionary, path, "2.13") {
            return;
        }
        for (key, observable) in value.members() {
            let name = key.as_str().unwrap_or_default();
            let path = Path::Member(&path, &name);
            if !self.filled(observable, Kind::Dictionary, path, "2.13") {
                continue;
            }
            if observable.get("type").is_none_or(|kind| kind.kind() != Kind::String) {
                self.missing("type", path, "2.13");
            }
            self.custom(observable, path);
        }
    }

    fn definition(&mut self, value: Value<'a>, path: Path<'_>) {
        if let Some(table) = rules::definition_table(self.root) {
            self.structure(table, value, path);
            return;
        }
        if self.root.get("definition_type").is_some_and(|kind| kind.kind() == Kind::String) {
            let message = format_args!("`definition_type` should be `statement` or `tlp`");
            let kind = Path::Member(&Path::Root, "definition_type");
            self.report.warning(Code::VocabularyOpen, kind, "7.2.1", message);
        }
        if self.filled(value, Kind::Dictionary, path, "7.2.1") {
            self.custom(value, path);
        }
    }
}
