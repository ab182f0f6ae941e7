//! How do released objects become another tool's file? One after the other, in bounded memory, with an account of what could
//! not be said.
//!
//! Whoever exports gives objects ([`Export::write`]), takes away what was written ([`Export::parts`]) as often as it likes,
//! and at the end gets what stands before and behind each part ([`Export::finish`]): the head has the marking of what is
//! inside, which is known only then.

mod account;
pub(crate) mod entry;
pub(crate) mod form;
pub mod numbers;
mod parts;
pub mod plain;

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use stix::{Limits, Object, Timestamp, json::Tree};
use uuid::Uuid;

use crate::{
    ObservableKind, bundle, csv, lines, markdown, misp, navigator, rpz, sigma, suricata, yara, zeek,
};

pub use account::{Account, TOLD_MAX, Why};
pub use entry::kind_name;
pub use numbers::Numbers;
pub use parts::Parts;

use entry::{Entry, Said};

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A STIX bundle: the objects, to the byte.
    Stix,
    /// A MISP feed: manifest, hashes, one file with the one event in it.
    Misp,
    /// A table.
    Csv,
    /// One file for each kind of value, a value a line.
    List,
    /// Suricata rules, one for each value, and lists of hashes.
    Suricata,
    /// Suricata datasets with a few rules that use them.
    SuricataDatasets,
    /// The file of Zeek's intelligence framework.
    Zeek,
    /// A response policy zone of DNS servers.
    Rpz,
    /// Sigma rules.
    Sigma,
    /// YARA rules, passed through.
    Yara,
    /// Snort rules, passed through.
    Snort,
    /// Layers of the ATT&CK Navigator.
    Navigator,
    /// A report for people.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 13] = [
        Self::Stix,
        Self::Misp,
        Self::Csv,
        Self::List,
        Self::Suricata,
        Self::SuricataDatasets,
        Self::Zeek,
        Self::Rpz,
        Self::Sigma,
        Self::Yara,
        Self::Snort,
        Self::Navigator,
        Self::Markdown,
    ];

    /// The name in commands and declarations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stix => "stix",
            Self::Misp => "misp",
            Self::Csv => "csv",
            Self::List => "list",
            Self::Suricata => "suricata",
            Self::SuricataDatasets => "suricata-datasets",
            Self::Zeek => "zeek",
            Self::Rpz => "rpz",
            Self::Sigma => "sigma",
            Self::Yara => "yara",
            Self::Snort => "snort",
            Self::Navigator => "navigator",
            Self::Markdown => "markdown",
        }
    }

    /// The part that is meant where none is named; absent where every part is as good as another.
    pub const fn main_part(self) -> Option<&'static str> {
        match self {
            Self::Stix => Some(bundle::PART),
            Self::Misp => Some(misp::MANIFEST),
            Self::Csv => Some(csv::PART),
            Self::List => None,
            Self::Suricata | Self::SuricataDatasets => Some(suricata::RULES),
            Self::Zeek => Some(zeek::PART),
            Self::Rpz => Some(rpz::PART),
            Self::Sigma => Some(sigma::PART),
            Self::Yara => Some(yara::PART),
            Self::Snort => Some(suricata::SNORT_RULES),
            Self::Navigator => Some(navigator::MAIN),
            Self::Markdown => Some(markdown::PART),
        }
    }

    /// Whether its rules have numbers that stay.
    pub const fn has_numbers(self) -> bool {
        matches!(self, Self::Suricata | Self::SuricataDatasets | Self::Snort)
    }

    /// The types of objects that it has a place for; absent where it is for all.
    pub const fn types(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Stix | Self::Misp | Self::Markdown => None,
            Self::Navigator => Some(&["attack-pattern", "relationship"]),
            Self::Csv
            | Self::List
            | Self::Suricata
            | Self::SuricataDatasets
            | Self::Zeek
            | Self::Rpz
            | Self::Sigma
            | Self::Yara
            | Self::Snort => Some(&["indicator"]),
        }
    }

    fn writer(self, subject: &Subject) -> Box<dyn Writer> {
        match self {
            Self::Stix => Box::new(bundle::Bundle::default()),
            Self::Misp => Box::new(misp::Feed::new(subject)),
            Self::Csv => Box::new(csv::Table),
            Self::List => Box::new(lines::Lists),
            Self::Suricata => Box::new(suricata::Rules::default()),
            Self::SuricataDatasets => Box::new(suricata::Datasets::default()),
            Self::Zeek => Box::new(zeek::Intel),
            Self::Rpz => Box::new(rpz::Zone),
            Self::Sigma => Box::new(sigma::Rules),
            Self::Yara => Box::new(yara::Rules::default()),
            Self::Snort => Box::new(suricata::Snort),
            Self::Navigator => Box::new(navigator::Layers::default()),
            Self::Markdown => Box::new(markdown::Report::default()),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a format is one of {}", Format::ALL.map(Format::as_str).join(", "))]
pub struct FormatError;

impl std::str::FromStr for Format {
    type Err = FormatError;

    fn from_str(word: &str) -> Result<Self, FormatError> {
        Self::ALL.into_iter().find(|format| format.as_str() == word).ok_or(FormatError)
    }
}

/// The kind of this name.
pub fn kind_named(name: &str) -> Option<ObservableKind> {
    ObservableKind::all().find(|kind| kind_name(*kind) == name)
}

/// Which indicators are exported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of which the confidence is said and at least this.
    pub confidence_min: Option<i64>,
    /// Only values of these kinds; of all kinds where empty.
    pub kinds: Vec<ObservableKind>,
}

/// What an export is about; it does not change from one export to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// A name for people.
    pub title: String,
    /// Whose export it is: id of a STIX identity, and a name.
    pub organisation: (String, String),
    /// The same for every export of the same thing to the same reader.
    pub id: Uuid,
}

/// What is known at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The marking of what is inside, in words.
    pub marking: String,
    /// Its traffic light, such as `AMBER`.
    pub tlp: String,
    /// Since when the content is what it is.
    pub made: Timestamp,
}

/// What stands before and behind what was written into a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The part.
    pub part: String,
    /// Before it.
    pub head: Vec<u8>,
    /// Behind it.
    pub tail: Vec<u8>,
}

/// Whether something of an object is in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It is.
    Used,
    /// It is not.
    Unused,
}

/// Where writers write.
#[derive(Debug)]
pub(crate) struct Out {
    pub(crate) parts: Parts,
    pub(crate) numbers: Numbers,
}

/// One format.
pub(crate) trait Writer: Send {
    /// Writes what can be said of an object.
    fn write(&mut self, entry: &Entry<'_>, out: &mut Out, said: &mut Said);

    /// What stands around the parts. Every part that was written has one; others may be added.
    fn finish(&mut self, subject: &Subject, closing: &Closing) -> Vec<End>;
}

/// An export that is being written.
pub struct Export {
    writer: Box<dyn Writer>,
    out: Out,
    subject: Subject,
    filter: Filter,
    suppressed: HashSet<String>,
    account: Account,
    now: Timestamp,
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Export {
    /// Begins an export.
    pub fn new(format: Format, subject: Subject, now: Timestamp) -> Self {
        Self {
            writer: format.writer(&subject),
            out: Out { parts: Parts::default(), numbers: Numbers::default() },
            subject,
            filter: Filter::default(),
            suppressed: HashSet::new(),
            account: Account::default(),
            now,
        }
    }

    /// Only what the filter names.
    #[must_use]
    pub fn with_filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// With the numbers given before.
    #[must_use]
    pub fn with_numbers(mut self, numbers: Numbers) -> Self {
        self.out.numbers = numbers;
        self
    }

    /// Without these objects.
    #[must_use]
    pub fn without(mut self, ids: HashSet<String>) -> Self {
        self.suppressed = ids;
        self
    }

    /// Writes what can be said of an object that was released.
    pub fn write(&mut self, object: &Object) -> Use {
        self.account.given += 1;
        let Ok(tree) = Tree::parse(object.text_bytes(), &Limits::DEFAULT) else {
            self.account.leave_out(object.id(), Why::Unreadable, "");
            return Use::Unused;
        };
        let mut entry = Entry::read(object, tree.root());
        if let Some(why) = self.gone(&entry) {
            self.account.leave_out(object.id(), why, "");
            return Use::Unused;
        }
        let mut said = Said::default();
        if let Some(sought) = entry.sought.as_mut().filter(|_| !self.filter.kinds.is_empty()) {
            let before = sought.values.len();
            sought.values.retain(|value| self.filter.kinds.contains(&value.kind));
            if sought.values.len() < before {
                said.lacks(Why::Filtered, "");
            }
            if sought.values.is_empty() {
                self.account.leave_out(object.id(), Why::Filtered, "");
                return Use::Unused;
            }
        }
        self.out.parts.take_touched();
        self.writer.write(&entry, &mut self.out, &mut said);
        for (why, what) in said.lacks {
            self.account.leave_out(object.id(), why, &what);
        }
        if self.out.parts.take_touched() {
            self.account.said += 1;
            Use::Used
        } else {
            Use::Unused
        }
    }

    /// Why an object has no place in an export now.
    fn gone(&self, entry: &Entry<'_>) -> Option<Why> {
        if entry.object.is_revoked() {
            return Some(Why::Revoked);
        }
        if self.suppressed.contains(entry.id()) {
            return Some(Why::Suppressed);
        }
        entry.sought.as_ref()?;
        if entry.moment("valid_until").is_some_and(|until| until <= self.now) {
            return Some(Why::Expired);
        }
        if entry.moment("valid_from").is_some_and(|from| from > self.now) {
            return Some(Why::NotYetValid);
        }
        let least = self.filter.confidence_min?;
        entry.confidence().is_none_or(|own| own < least).then_some(Why::Filtered)
    }

    /// What was written and not yet taken away.
    pub fn parts(&mut self) -> &mut Parts {
        &mut self.out.parts
    }

    /// The numbers given, to keep the new ones before anything goes out.
    pub fn numbers(&mut self) -> &mut Numbers {
        &mut self.out.numbers
    }

    /// What became of the objects so far.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What stands around the parts, by their names. Take away what was written before.
    pub fn ends(&mut self, closing: &Closing) -> BTreeMap<String, End> {
        let ends = self.writer.finish(&self.subject, closing);
        ends.into_iter().map(|end| (end.part.clone(), end)).collect()
    }

    /// [`Export::ends`], and what became of the objects.
    pub fn finish(mut self, closing: &Closing) -> (BTreeMap<String, End>, Account) {
        (self.ends(closing), self.account)
    }
}

/// The lines that say what a file is and how it is marked, each behind a comment's sign.
pub(crate) fn banner(sign: &str, subject: &Subject, closing: &Closing) -> String {
    let (title, marking) = (plain::one_line(&subject.title), plain::one_line(&closing.marking));
    let organisation = plain::one_line(&subject.organisation.1);
    format!("{sign} {marking}\n{sign} {title}, from {organisation}, as of {}\n", closing.made)
}
