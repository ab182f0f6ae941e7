//! Which techniques are used by whom? Tactics and techniques of a framework, with how many objects use each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use stix::{
    Timestamp,
    json::{Tree, Value},
};

use crate::{
    Exchange,
    catalogue::{IdNumber, Moment, RowNumber},
    row::name_of,
    search::SearchError,
    viewpoint::{Shown, Viewpoint},
    views::View,
};

/// So many techniques are told at most, those that are used most.
pub const TECHNIQUES_MAX: usize = 2000;
/// So many subjects are named at most.
pub const SUBJECTS_MAX: usize = 200;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixQuery {
    /// The kill chain's name; where none is named, the one with most techniques.
    #[serde(default)]
    pub framework: Option<String>,
    /// Only what this object uses.
    #[serde(default)]
    pub of: Option<String>,
    /// Compared with what this one uses.
    #[serde(default)]
    pub against: Option<String>,
    /// Only what this partner, by name, says.
    #[serde(default)]
    pub partner: Option<String>,
    /// Only what was seen, or said, from then on.
    #[serde(default)]
    pub from: Option<String>,
    /// Only what was seen, or said, before.
    #[serde(default)]
    pub until: Option<String>,
}

/// Tactics with their techniques.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// The kill chains that techniques name.
    pub frameworks: Vec<String>,
    /// The one that is told.
    pub framework: String,
    /// Its tactics: in the order of an `x-mitre-matrix` that is held, else by name.
    pub tactics: Vec<Tactic>,
    /// Who uses techniques, most first.
    pub subjects: Vec<Subject>,
}

/// A column of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tactic {
    /// The phase's name in the kill chain.
    pub id: String,
    /// The tactic's name.
    pub name: String,
    /// Its techniques, by external id.
    pub techniques: Vec<Technique>,
}

/// A cell of the matrix.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technique {
    /// The attack-pattern's id.
    pub id: String,
    /// Its external id, such as `T1566`.
    pub external_id: String,
    /// Its name.
    pub name: String,
    /// How many use it: of all, or of the one that is asked for.
    pub count: u64,
    /// How many relationships of the one that is compared with use it.
    pub against: u64,
    /// How many of those that this node's own organisation says.
    pub own: u64,
    /// Its sub-techniques.
    pub children: Vec<Technique>,
}

/// Says which technique.
impl std::fmt::Debug for Technique {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Technique").field("id", &self.id).field("count", &self.count).finish_non_exhaustive()
    }
}

/// Who uses techniques.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub r#type: String,
    /// How many techniques it uses.
    pub count: u64,
}

/// How often a technique is used.
#[derive(Debug, Default, Clone, Copy)]
struct Uses {
    count: u64,
    against: u64,
    own: u64,
}

impl Exchange {
    /// The techniques of a framework with how many use each.
    ///
    /// # Errors
    /// Where a time is none, or the store or the index fails.
    pub async fn matrix(&self, viewpoint: &Viewpoint, query: &MatrixQuery) -> Result<Matrix, SearchError> {
        let span = Span::of(query)?;
        let view = self.view(viewpoint).await?;
        let frameworks = view.frameworks();
        let most =
            frameworks.iter().max_by_key(|(name, techniques)| (techniques.len(), std::cmp::Reverse(*name)));
        let framework =
            query.framework.clone().or_else(|| most.map(|(name, _)| name.clone())).unwrap_or_default();
        let techniques = frameworks.get(&framework).cloned().unwrap_or_default();
        let (uses, subjects) = view.uses(query, &span, &techniques);
        let count_of = |number: &RowNumber| {
            let id = view.catalogue().row(*number).map_or(IdNumber::MAX, |row| row.id);
            uses.get(&id).map_or(0, |uses| uses.count)
        };
        let mut ranked: Vec<RowNumber> = techniques.into_iter().collect();
        let added = |number: &RowNumber| view.place(*number).map(|place| place.sequence);
        ranked.sort_by_key(|number| (std::cmp::Reverse(count_of(number)), added(number)));
        ranked.truncate(TECHNIQUES_MAX);
        let shown = self.shown(&view, &ranked).await?;
        let order = self.tactics(&view).await?;
        Ok(Matrix {
            tactics: view.columns(&framework, &shown, &uses, &order),
            subjects: self.subjects(&view, subjects).await?,
            frameworks: frameworks.into_keys().collect(),
            framework,
        })
    }

    /// Names of tactics by their short names, in the order of a matrix that is held.
    async fn tactics(&self, view: &View<'_>) -> Result<Vec<(String, String)>, SearchError> {
        let heads = |kind: &str| {
            let kind = view.catalogue().words.known(kind);
            let is_one = |(_, row, _): &(RowNumber, &crate::catalogue::Row, &crate::catalogue::Facts)| {
                Some(row.kind) == kind
            };
            view.each()
                .filter(is_one)
                .map(|(number, ..)| number)
                .take(crate::row::ROWS_MAX)
                .collect::<Vec<_>>()
        };
        let mut named: HashMap<String, (String, String)> = HashMap::new();
        for shown in self.shown(view, &heads("x-mitre-tactic")).await? {
            let text = shown.object.content().text();
            let Ok(tree) = Tree::parse(&text, &self.limits().object) else { continue };
            let field = |name: &str| tree.root().get(name)?.as_str().map(std::borrow::Cow::into_owned);
            if let (Some(short), Some(name)) = (field("x_mitre_shortname"), field("name")) {
                named.insert(shown.object.content().id().to_owned(), (short, name));
            }
        }
        let mut order = Vec::new();
        for shown in self.shown(view, &heads("x-mitre-matrix")).await? {
            let text = shown.object.content().text();
            let Ok(tree) = Tree::parse(&text, &self.limits().object) else { continue };
            let references = tree.root().get("tactic_refs").map(Value::elements).into_iter().flatten();
            order.extend(references.filter_map(Value::as_str).filter_map(|id| named.remove(id.as_ref())));
        }
        let mut rest: Vec<_> = named.into_values().collect();
        rest.sort_unstable();
        order.extend(rest);
        Ok(order)
    }

    async fn subjects(
        &self,
        view: &View<'_>,
        counts: HashMap<IdNumber, u64>,
    ) -> Result<Vec<Subject>, SearchError> {
        let ids = &view.catalogue().ids;
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable_by(|one, other| (other.1, ids.text(one.0)).cmp(&(one.1, ids.text(other.0))));
        counts.truncate(SUBJECTS_MAX);
        let heads: Vec<_> = counts.iter().filter_map(|(id, _)| view.seen.head(*id)).collect();
        let rows = self.listed(view, &heads).await?;
        let count =
            |id: &str| counts.iter().find(|(other, _)| ids.text(*other) == id).map_or(0, |(_, count)| *count);
        let subject = |row: crate::Row| Subject {
            count: count(&row.id),
            id: row.id,
            name: row.name,
            r#type: row.r#type,
        };
        Ok(rows.into_iter().map(subject).collect())
    }
}

/// A span of time.
pub(crate) struct Span {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Span {
    fn of(query: &MatrixQuery) -> Result<Self, SearchError> {
        let moment = |text: &Option<String>| text.as_deref().map(Timestamp::parse).transpose();
        let (from, until) = (moment(&query.from), moment(&query.until));
        Ok(Self { from: from.map_err(|_| SearchError::Time)?, until: until.map_err(|_| SearchError::Time)? })
    }

    fn contains(&self, moment: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.until.is_none_or(|until| moment < until)
    }
}

impl View<'_> {
    /// The techniques of each kill chain.
    fn frameworks(&self) -> BTreeMap<String, BTreeSet<RowNumber>> {
        let words = &self.catalogue().words;
        let kind = words.known("attack-pattern");
        let mut frameworks: BTreeMap<String, BTreeSet<RowNumber>> = BTreeMap::new();
        for (number, _, facts) in self.each().filter(|(_, row, _)| Some(row.kind) == kind) {
            for (chain, _) in &facts.phases {
                frameworks.entry(words.text(*chain).to_owned()).or_default().insert(number);
            }
        }
        frameworks
    }

    /// How often each technique is used, and how many techniques each subject uses.
    fn uses(
        &self,
        query: &MatrixQuery,
        span: &Span,
        techniques: &BTreeSet<RowNumber>,
    ) -> (HashMap<IdNumber, Uses>, HashMap<IdNumber, u64>) {
        let catalogue = self.catalogue();
        let id = |text: &Option<String>| {
            text.as_deref().map(|text| catalogue.ids.known(text).unwrap_or(IdNumber::MAX))
        };
        let (of, against) = (id(&query.of), id(&query.against));
        let uses_word = catalogue.words.known("uses");
        let own = self.viewpoint.state.policy.own().to_string();
        let (mut uses, mut subjects) = (HashMap::<IdNumber, Uses>::new(), HashMap::new());
        for (_, row, facts) in self.each() {
            let Some((source, target, verb)) = self.ends(facts).filter(|(.., verb)| Some(*verb) == uses_word)
            else {
                continue;
            };
            let moment = [facts.last, facts.first].into_iter().find_map(Moment::known).unwrap_or(row.version);
            let is_technique = self.seen.head(target).is_some_and(|head| techniques.contains(&head));
            let by = self.source(row.place.label);
            let is_said =
                query.partner.as_ref().is_none_or(|partner| *partner == by.name || *partner == by.id);
            if verb == u32::MAX
                || !is_technique
                || self.seen.head(source).is_none()
                || !is_said
                || !span.contains(moment)
            {
                continue;
            }
            let cell = uses.entry(target).or_default();
            cell.count += u64::from(of.is_none_or(|of| of == source));
            cell.against += u64::from(against == Some(source));
            cell.own += u64::from(by.id == own);
            *subjects.entry(source).or_default() += 1;
        }
        (uses, subjects)
    }

    fn columns(
        &self,
        framework: &str,
        shown: &[Shown],
        uses: &HashMap<IdNumber, Uses>,
        order: &[(String, String)],
    ) -> Vec<Tactic> {
        let mut columns: BTreeMap<String, Vec<Technique>> = BTreeMap::new();
        for one in shown {
            let Some((technique, phases)) = self.technique(framework, one, uses) else { continue };
            for phase in phases {
                columns.entry(phase).or_default().push(technique.clone());
            }
        }
        let mut tactics = Vec::new();
        for (short, name) in order {
            if let Some(techniques) = columns.remove(short) {
                tactics.push(Tactic {
                    id: short.clone(),
                    name: name.clone(),
                    techniques: nested(techniques),
                });
            }
        }
        let rest = columns.into_iter();
        tactics.extend(rest.map(|(id, techniques)| Tactic {
            name: id.clone(),
            id,
            techniques: nested(techniques),
        }));
        tactics
    }

    /// A technique, and its phases in a kill chain.
    fn technique(
        &self,
        framework: &str,
        one: &Shown,
        uses: &HashMap<IdNumber, Uses>,
    ) -> Option<(Technique, Vec<String>)> {
        let object = one.object.content();
        let text = object.text();
        let tree = Tree::parse(&text, &stix::Limits::DEFAULT).ok()?;
        let elements = |name: &str| tree.root().get(name).map(Value::elements).into_iter().flatten();
        let external = elements("external_references").find_map(|one| one.get("external_id")?.as_str());
        let phases = elements("kill_chain_phases")
            .filter(|phase| phase.get("kill_chain_name").is_some_and(|name| name.is_str(framework)));
        let phases: BTreeSet<_> = phases
            .filter_map(|phase| phase.get("phase_name")?.as_str().map(std::borrow::Cow::into_owned))
            .collect();
        let id = self.catalogue().ids.known(object.id());
        let cell = id.and_then(|id| uses.get(&id)).copied().unwrap_or_default();
        let technique = Technique {
            id: object.id().to_owned(),
            external_id: external.map(std::borrow::Cow::into_owned).unwrap_or_default(),
            name: name_of(tree.root()),
            count: cell.count,
            against: cell.against,
            own: cell.own,
            children: Vec::new(),
        };
        Some((technique, phases.into_iter().collect()))
    }
}

/// Techniques in order, with sub-techniques (`T1566.001`) below the technique they are of.
fn nested(mut techniques: Vec<Technique>) -> Vec<Technique> {
    techniques.sort_unstable_by(|one, other| {
        (&one.external_id, &one.name, &one.id).cmp(&(&other.external_id, &other.name, &other.id))
    });
    let mut nested: Vec<Technique> = Vec::new();
    for technique in techniques {
        let above = technique.external_id.split_once('.').map(|(above, _)| above);
        let parent = above.and_then(|above| nested.iter_mut().rfind(|parent| parent.external_id == above));
        match parent {
            Some(parent) => parent.children.push(technique),
            None => nested.push(technique),
        }
    }
    nested
}
