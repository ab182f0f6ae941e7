//! What is connected with what? Neighbours and paths among what exists for the reader, ranked, and folded where there are too many.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque, hash_map::Entry};

use serde::{Deserialize, Serialize};
use stix::Timestamp;

use crate::{
    Exchange, ExchangeError,
    catalogue::{Facts, IdNumber, Row as Claim},
    row::Marking,
    search::SearchError,
    viewpoint::Viewpoint,
    views::View,
};

/// So many nodes an answer has at most.
pub const NODES_MAX: usize = 500;
/// So many steps a path has at most.
pub const PATH_STEPS_MAX: usize = 8;
/// So many objects are looked at at most for one path.
pub const PATH_REACH_MAX: usize = 200_000;
/// So many edges of one object are looked at in a path: through what everything hangs on, everything is near.
pub const PATH_DEGREE_MAX: usize = 5_000;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphQuery {
    /// Around these ids.
    pub around: Vec<String>,
    /// Without objects of these types.
    #[serde(default)]
    pub hide_types: Vec<String>,
    /// Without edges of these verbs.
    #[serde(default)]
    pub hide_verbs: Vec<String>,
    /// Whether edges that say how knowledge is kept are wanted.
    #[serde(default)]
    pub meta: Meta,
    /// Only edges that were modified from then on.
    #[serde(default)]
    pub from: Option<String>,
    /// Only edges that were modified before.
    #[serde(default)]
    pub until: Option<String>,
    /// How many nodes, at most [`NODES_MAX`].
    pub limit: usize,
}

/// Whether edges of reports, containers and `created_by_ref` are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Meta {
    /// They are not.
    #[default]
    Hidden,
    /// They are.
    Shown,
}

/// Objects and what connects them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    /// The objects, those asked for first.
    pub nodes: Vec<Node>,
    /// What connects them.
    pub edges: Vec<Edge>,
    /// What was left out for want of room.
    pub folded: Vec<Folded>,
}

/// An object in a graph.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// Its type.
    pub r#type: String,
    /// By what it is known.
    pub name: String,
    /// Its marking.
    pub marking: Marking,
    /// How many edges it has for this reader, all told.
    pub degree: u64,
    /// How far in front it stands: 0 for those asked for, then in order.
    pub rank: u64,
    /// When it was seen first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// When last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// Says which object, never what is in it.
impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("id", &self.id).field("degree", &self.degree).finish_non_exhaustive()
    }
}

/// What connects two objects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edge {
    /// The id of the relationship; of others the ends and the property.
    pub id: String,
    /// From where.
    pub source: String,
    /// To where.
    pub target: String,
    /// The verb, or the property that refers.
    pub verb: String,
}

/// Neighbours that were left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Folded {
    /// Whose.
    pub around: String,
    /// Of which type.
    pub r#type: String,
    /// By which verb.
    pub verb: String,
    /// How many.
    pub count: u64,
}

/// An edge by numbers: source, target, verb, and the id of the relationship where it is one.
type Link = (IdNumber, IdNumber, String, Option<IdNumber>);

/// Which edges count.
struct Lens<'a, 'v> {
    view: &'a View<'v>,
    query: &'a GraphQuery,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// Roles that say how knowledge is kept rather than what is known.
fn is_meta(role: &str) -> bool {
    matches!(
        role.trim_start_matches('.'),
        "created_by_ref" | "object_refs" | "object_ref" | "observed_data_refs" | "sample_refs"
    )
}

impl Lens<'_, '_> {
    /// Every edge of an id.
    fn links(&self, id: IdNumber) -> Vec<Link> {
        let mut links = Vec::new();
        if let Some((_, claim, facts)) = self.view.head(id) {
            self.links_from(claim, facts, &mut links);
        }
        for (_, claim, facts) in self.view.referring(id) {
            self.links_from(claim, facts, &mut links);
        }
        links.retain(|(source, target, ..)| (*source == id || *target == id) && source != target);
        // By what they are called: numbers tell in which order things came, those that are withheld included.
        let ids = &self.view.catalogue().ids;
        links.sort_unstable_by(|one, other| {
            let name = |link: &'_ Link| {
                (link.2.clone(), link.3.map(|id| ids.text(id)), ids.text(link.0), ids.text(link.1))
            };
            name(one).cmp(&name(other))
        });
        links.dedup();
        links
    }

    /// The edges that an object makes: a relationship one between its ends, others one to each that they refer to.
    fn links_from(&self, claim: &Claim, facts: &Facts, links: &mut Vec<Link>) {
        let in_time = self.from.is_none_or(|from| from <= claim.version)
            && self.until.is_none_or(|until| claim.version < until);
        if !in_time {
            return;
        }
        let words = &self.view.catalogue().words;
        let mut add = |source: IdNumber, target: IdNumber, verb: &str, relationship: Option<IdNumber>| {
            let wanted = !self.query.hide_verbs.iter().any(|hidden| hidden == verb);
            if wanted && self.is_node(source) && self.is_node(target) {
                links.push((source, target, verb.to_owned(), relationship));
            }
        };
        if let Some((source, target, verb)) = self.view.ends(facts) {
            add(source, target, words.text(verb), Some(claim.id));
        }
        for (role, target) in &facts.references {
            let role = words.text(role.0);
            let is_end = facts.verb.is_some() && matches!(role, "source_ref" | "target_ref");
            if !is_end && (self.query.meta == Meta::Shown || !is_meta(role)) {
                add(claim.id, *target, role, None);
            }
        }
    }

    /// Whether an id may stand in the graph: a relationship is an edge.
    fn is_node(&self, id: IdNumber) -> bool {
        let Some((_, claim, facts)) = self.view.head(id) else { return false };
        let kind = self.view.catalogue().words.text(claim.kind);
        facts.verb.is_none() && !self.query.hide_types.iter().any(|hidden| hidden == kind)
    }
}

impl Exchange {
    /// Some objects and what is connected with them.
    ///
    /// # Errors
    /// Where a time is none, or the store or the index fails.
    pub async fn graph(&self, viewpoint: &Viewpoint, query: &GraphQuery) -> Result<Graph, SearchError> {
        let view = self.view(viewpoint).await?;
        let moment = |text: &Option<String>| {
            text.as_deref().map(Timestamp::parse).transpose().map_err(|_| SearchError::Time)
        };
        let lens = Lens { view: &view, query, from: moment(&query.from)?, until: moment(&query.until)? };
        let limit = query.limit.clamp(1, NODES_MAX);
        let known = |id: &String| view.catalogue().ids.known(id).filter(|id| view.seen.head(*id).is_some());
        let mut around: BTreeSet<IdNumber> = BTreeSet::new();
        let asked = query.around.iter().filter_map(known).filter(|id| around.insert(*id));
        let asked: Vec<IdNumber> = asked.take(limit).collect();
        around.retain(|id| asked.contains(id));
        let mut links = BTreeSet::new();
        for id in &around {
            links.extend(lens.links(*id));
        }
        let mut ranked: HashMap<IdNumber, u64> = HashMap::new();
        for (source, target, ..) in &links {
            for id in [source, target] {
                *ranked.entry(*id).or_default() += 1;
            }
        }
        // Those that connect most of what is asked for come first, then those that connect most at all.
        let neighbours = ranked.into_iter().filter(|(id, _)| !around.contains(id));
        let ids = &view.catalogue().ids;
        let mut neighbours: Vec<_> = neighbours.map(|(id, count)| (count, view.degree(id), id)).collect();
        neighbours.sort_unstable_by(|one, other| {
            (other.0, other.1, ids.text(one.2)).cmp(&(one.0, one.1, ids.text(other.2)))
        });
        let kept: Vec<IdNumber> =
            asked.iter().copied().chain(neighbours.into_iter().map(|(.., id)| id)).take(limit).collect();
        let in_graph: BTreeSet<_> = kept.iter().copied().collect();
        let (inside, outside): (Vec<Link>, Vec<Link>) = links
            .into_iter()
            .partition(|(source, target, ..)| in_graph.contains(source) && in_graph.contains(target));
        let mut graph = self.drawn(&view, (&kept, asked.len()), &inside).await?;
        graph.folded = lens.folded(&around, &outside);
        Ok(graph)
    }

    /// A shortest path between two objects; empty where none is found within the bounds.
    ///
    /// # Errors
    /// Where the store or the index fails.
    pub async fn path(&self, viewpoint: &Viewpoint, from: &str, to: &str) -> Result<Graph, ExchangeError> {
        let view = self.view(viewpoint).await?;
        let query = GraphQuery {
            around: Vec::new(),
            hide_types: Vec::new(),
            hide_verbs: Vec::new(),
            meta: Meta::Hidden,
            from: None,
            until: None,
            limit: NODES_MAX,
        };
        let lens = Lens { view: &view, query: &query, from: None, until: None };
        let known = |id: &str| view.catalogue().ids.known(id).filter(|id| lens.is_node(*id));
        let (Some(from), Some(to)) = (known(from), known(to)) else { return Ok(Graph::default()) };
        let Some((nodes, links)) = lens.shortest(from, to) else { return Ok(Graph::default()) };
        self.drawn(&view, (&nodes, nodes.len()), &links).await
    }

    /// Objects and edges as they leave.
    async fn drawn(
        &self,
        view: &View<'_>,
        (kept, first): (&[IdNumber], usize),
        links: &[Link],
    ) -> Result<Graph, ExchangeError> {
        let heads: Vec<_> = kept.iter().filter_map(|id| view.seen.head(*id)).collect();
        let shown = self.shown(view, &heads).await?;
        let ids = &view.catalogue().ids;
        let rank = |at: usize| at.saturating_sub(first - 1) as u64;
        let node = |(at, one): (usize, &crate::viewpoint::Shown)| {
            let row = view.look(one);
            let degree = ids.known(&row.id).map_or(0, |id| view.degree(id));
            Node {
                degree,
                rank: rank(at),
                id: row.id,
                r#type: row.r#type,
                name: row.name,
                marking: row.marking,
                first: row.first,
                last: row.last,
            }
        };
        let nodes: Vec<_> = shown.iter().enumerate().map(node).collect();
        let edge = |(source, target, verb, relationship): &Link| {
            let (source, target) = (ids.text(*source).to_owned(), ids.text(*target).to_owned());
            let id = relationship
                .map_or_else(|| format!("{source} {verb} {target}"), |id| ids.text(id).to_owned());
            Edge { id, source, target, verb: verb.clone() }
        };
        let mut edges: Vec<_> = links.iter().map(edge).collect();
        edges.sort_unstable();
        Ok(Graph { nodes, edges, folded: Vec::new() })
    }
}

impl Lens<'_, '_> {
    fn folded(&self, around: &BTreeSet<IdNumber>, outside: &[Link]) -> Vec<Folded> {
        let catalogue = self.view.catalogue();
        let mut folded: BTreeMap<(String, String, String), u64> = BTreeMap::new();
        for (source, target, verb, _) in outside {
            let (own, other) = if around.contains(source) { (source, target) } else { (target, source) };
            let kind = self.view.head(*other).map_or("", |(_, claim, _)| catalogue.words.text(claim.kind));
            let key = (catalogue.ids.text(*own).to_owned(), kind.to_owned(), verb.clone());
            *folded.entry(key).or_default() += 1;
        }
        let fold = |((around, kind, verb), count)| Folded { around, r#type: kind, verb, count };
        folded.into_iter().map(fold).collect()
    }

    /// Goes out from one end, ring by ring, until it meets the other.
    fn shortest(&self, from: IdNumber, to: IdNumber) -> Option<(Vec<IdNumber>, Vec<Link>)> {
        let mut before: HashMap<IdNumber, Option<Link>> = HashMap::from([(from, None)]);
        let mut frontier = VecDeque::from([(from, 0)]);
        while let Some((id, steps)) = frontier.pop_front() {
            if id == to {
                return Some(trace(&before, to));
            }
            if steps >= PATH_STEPS_MAX || before.len() >= PATH_REACH_MAX {
                continue;
            }
            let links = self.links(id);
            if links.len() > PATH_DEGREE_MAX && id != from {
                continue;
            }
            for link in links {
                let other = if link.0 == id { link.1 } else { link.0 };
                if let Entry::Vacant(new) = before.entry(other) {
                    new.insert(Some(link));
                    frontier.push_back((other, steps + 1));
                }
            }
        }
        None
    }
}

fn trace(before: &HashMap<IdNumber, Option<Link>>, to: IdNumber) -> (Vec<IdNumber>, Vec<Link>) {
    let (mut nodes, mut links, mut at) = (vec![to], Vec::new(), to);
    while let Some(Some(link)) = before.get(&at) {
        at = if link.0 == at { link.1 } else { link.0 };
        nodes.push(at);
        links.push(link.clone());
    }
    nodes.reverse();
    (nodes, links)
}

impl View<'_> {
    /// How many edges an id has, those that say how knowledge is kept left out.
    pub(crate) fn degree(&self, id: IdNumber) -> u64 {
        let words = &self.catalogue().words;
        let own = self.head(id).map_or(0, |(_, _, facts)| {
            let leads = |(role, target): &&(crate::catalogue::Role, IdNumber)| {
                !is_meta(words.text(role.0)) && self.seen.head(*target).is_some()
            };
            facts.references.iter().filter(leads).count()
        });
        let towards = self.referring(id).filter(|(_, _, facts)| match self.ends(facts) {
            Some((source, target, _)) => {
                (source == id || target == id)
                    && [source, target].iter().all(|end| self.seen.head(*end).is_some())
            }
            None => facts.references.iter().any(|(role, other)| *other == id && !is_meta(words.text(role.0))),
        });
        (own + towards.count()) as u64
    }
}
