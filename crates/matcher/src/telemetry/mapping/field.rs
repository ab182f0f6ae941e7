//! Which field of a line is meant, and under which conditions?

use std::borrow::Cow;

use super::{
    super::{limits::MappingLimits, node::Node},
    MappingProblem,
};

/// A field, from where the group stands or from the whole line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Field {
    pub(in super::super) base: Base,
    /// Keys joined by dots; nothing for the place itself.
    pub(in super::super) path: String,
}

/// What a field starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Base {
    Here,
    Line,
}

impl Field {
    /// Reads `a.b[].c`, `/a` (from the whole line), `.` (the place itself). `[]` says that a list stands there, for
    /// people: lists are entered anyway.
    pub(in super::super) fn parse(text: &str, limits: &MappingLimits) -> Result<Self, MappingProblem> {
        let problem = || MappingProblem::Field(text.to_owned());
        let (base, path) = match text.strip_prefix('/') {
            Some(path) => (Base::Line, path),
            None => (Base::Here, text),
        };
        if path == "." && base == Base::Here {
            return Ok(Self { base, path: String::new() });
        }
        let path = path.replace("[]", "");
        if path.split('.').any(str::is_empty) || path.contains("**") {
            return Err(problem());
        }
        if path.split('.').count() > limits.steps_max {
            return Err(MappingProblem::Limit(limits.steps_max));
        }
        Ok(Self { base, path })
    }

    pub(in super::super) fn start<'a>(&self, line: Node<'a>, here: Node<'a>) -> Node<'a> {
        match self.base {
            Base::Here => here,
            Base::Line => line,
        }
    }

    /// The keys by which a scanner finds it, since each dot may be part of a key.
    pub(in super::super) fn leaf_keys(&self) -> impl Iterator<Item = &str> {
        let path = self.path.as_str();
        let behind = move |(at, _): (usize, &str)| path.get(at + 1..);
        std::iter::once(path)
            .filter(|path| !path.is_empty())
            .chain(path.match_indices('.').filter_map(behind))
    }
}

/// Signs behind which a URL goes on when its host is over.
const ENDS_HOST: [char; 4] = ['/', '?', '#', ':'];

/// Whether nothing but a port stands between a host and the path, so that the host stays what it is: `:80@other.example/` would
/// make a name and a password of it.
fn is_at_most_port(behind_host: &str) -> bool {
    let authority = behind_host.split(['/', '?', '#', '\\']).next().unwrap_or("");
    authority.strip_prefix(':').unwrap_or(authority).bytes().all(|byte| byte.is_ascii_digit())
}

/// What the value of a rule is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Origin {
    /// Each of these, by itself.
    Fields(Vec<Field>),
    /// Text and fields; all have to be there, and of two fields side by side the second has to begin with `/`, `?`, `#` or `:`,
    /// or the value would be of something else than the first says.
    Template(Vec<Part>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Part {
    Text(String),
    Field(Field),
}

impl Origin {
    /// Reads `http://{host}{uri}`.
    pub(in super::super) fn template(text: &str, limits: &MappingLimits) -> Result<Self, MappingProblem> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((field, behind)) = after.split_once('}') else {
                return Err(MappingProblem::Field(text.to_owned()));
            };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Field(Field::parse(field, limits)?));
            rest = behind;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if parts.len() > limits.list_max {
            return Err(MappingProblem::Limit(limits.list_max));
        }
        Ok(Self::Template(parts))
    }

    pub(in super::super) fn fields(&self) -> Vec<&Field> {
        match self {
            Self::Fields(fields) => fields.iter().collect(),
            Self::Template(parts) => parts
                .iter()
                .filter_map(|part| match part {
                    Part::Field(field) => Some(field),
                    Part::Text(_) => None,
                })
                .collect(),
        }
    }

    /// The field that is the whole host of the URLs which a template makes: it stands behind `://`, and before a sign that ends a
    /// host, or before a field, which [`Origin::visit`] holds to begin with one.
    pub(in super::super) fn host(&self) -> Option<&Field> {
        let Self::Template(parts) = self else { return None };
        let behind =
            parts.iter().position(|part| matches!(part, Part::Text(text) if text.ends_with("://")))?;
        match parts.get(behind + 1..)? {
            [Part::Field(_), Part::Text(text), ..] if !text.starts_with(ENDS_HOST) => None,
            [Part::Field(host), ..] => Some(host),
            _ => None,
        }
    }

    /// The fields of which one at least has to be told by a scanner where there is a value. A template has none without its host,
    /// and indicators of URLs are looked for by their hosts.
    pub(in super::super) fn telling(&self) -> Vec<&Field> {
        self.host().map_or_else(|| self.fields(), |host| vec![host])
    }

    /// Shows the visitor the texts that are there.
    pub(in super::super) fn visit<'a>(
        &self,
        line: Node<'a>,
        here: Node<'a>,
        visitor: &mut dyn FnMut(Cow<'a, str>),
    ) {
        match self {
            Self::Fields(fields) => {
                for field in fields {
                    field.start(line, here).visit(&field.path, &mut |node| {
                        if let Some(text) = node.text() {
                            visitor(text);
                        }
                    });
                }
            }
            Self::Template(parts) => {
                let host = self.host();
                let mut whole = String::new();
                let mut host_end = None;
                let mut is_behind_field = false;
                for part in parts {
                    match part {
                        Part::Text(text) => whole.push_str(text),
                        Part::Field(field) => {
                            match field.start(line, here).first(&field.path) {
                                Some(text) if is_behind_field && !text.starts_with(ENDS_HOST) => return,
                                Some(text) if !text.is_empty() => whole.push_str(&text),
                                _ => return,
                            }
                            if host.is_some_and(|host| std::ptr::eq(host, field)) {
                                host_end = Some(whole.len());
                            }
                        }
                    }
                    is_behind_field = matches!(part, Part::Field(_));
                }
                let behind = host_end.and_then(|end| whole.get(end..)).unwrap_or("");
                if !is_at_most_port(behind) {
                    return;
                }
                visitor(Cow::Owned(whole));
            }
        }
    }
}

/// Where the rules of a group apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum At {
    /// What this leads to from the whole line; the line itself if it is empty.
    Path(String),
    /// Every dictionary in the line that has this below it; what is there.
    Anywhere(String),
}

impl At {
    /// Reads `""`, `a.b[]`, `**`, `**.a`.
    pub(in super::super) fn parse(text: &str, limits: &MappingLimits) -> Result<Self, MappingProblem> {
        match text.strip_prefix("**") {
            _ if text.is_empty() => Ok(Self::Path(String::new())),
            Some("") => Ok(Self::Anywhere(String::new())),
            Some(rest) => {
                let rest = rest.strip_prefix('.').ok_or_else(|| MappingProblem::Field(text.to_owned()))?;
                Ok(Self::Anywhere(Field::parse(rest, limits)?.path))
            }
            None => Ok(Self::Path(Field::parse(text, limits)?.path)),
        }
    }

    /// Shows the visitor every place of a line that it means.
    pub(in super::super) fn visit<'a>(&self, line: Node<'a>, visitor: &mut dyn FnMut(Node<'a>)) {
        match self {
            Self::Path(path) => line.visit(path, visitor),
            Self::Anywhere(path) => line.visit_all(&mut |node| node.visit(path, visitor)),
        }
    }
}

/// Something that has to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Condition {
    /// One of them is enough, and none may be there for [`Test::Absent`] and [`Test::Not`].
    pub(in super::super) fields: Vec<Field>,
    pub(in super::super) test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Test {
    Is(Vec<String>),
    Not(Vec<String>),
    Present,
    Absent,
}

impl Condition {
    pub(in super::super) fn holds(&self, line: Node<'_>, here: Node<'_>) -> bool {
        let is = |values: &[String]| {
            self.fields.iter().any(|field| {
                let mut found = false;
                field.start(line, here).visit(&field.path, &mut |node| {
                    found |= node.text().is_some_and(|text| values.iter().any(|value| *value == text));
                });
                found
            })
        };
        let present = || self.fields.iter().any(|field| field.start(line, here).has(&field.path));
        match &self.test {
            Test::Is(values) => is(values),
            Test::Not(values) => !is(values),
            Test::Present => present(),
            Test::Absent => !present(),
        }
    }
}
