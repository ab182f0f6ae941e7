//! How is the graph asked, and how are graphs kept?

use axum::{Json, extract::State, http::StatusCode};
use exchange::{Drawer, Meta, Sheet};

use crate::{
    App,
    contract::{
        graph::{
            Edge, Folded, Graph, GraphQuery, Node, PathQuery, SavedGraph, SavedGraphSummary, SavedGraphs,
        },
        object::SeenAs,
    },
    gate::{Asked, Body, Caller, Eyes, LongBody, Named},
    problem::{Problem, ProblemBody},
    routes::objects::marking,
};

/// How many nodes there are where it is not said.
const NODES_DEFAULT: usize = 150;
/// Around so many objects is asked at once.
const AROUND_MAX: usize = 500;

fn graph_of(graph: exchange::Graph) -> Graph {
    let node = |node: exchange::Node| Node {
        id: node.id,
        object_type: node.r#type,
        name: node.name,
        marking: marking(node.marking),
        degree: node.degree,
        rank: node.rank,
        first: node.first,
        last: node.last,
    };
    let edge = |edge: exchange::Edge| Edge {
        id: edge.id,
        source: edge.source,
        target: edge.target,
        verb: edge.verb,
    };
    let folded = |one: exchange::Folded| Folded {
        around: one.around,
        object_type: one.r#type,
        verb: one.verb,
        count: one.count,
    };
    Graph {
        nodes: graph.nodes.into_iter().map(node).collect(),
        edges: graph.edges.into_iter().map(edge).collect(),
        folded: graph.folded.into_iter().map(folded).collect(),
    }
}

/// The graph around objects.
#[utoipa::path(
    post,
    path = "/graph",
    tag = "graph",
    params(SeenAs),
    request_body = GraphQuery,
    responses((status = 200, body = Graph), (status = "default", body = ProblemBody))
)]
pub(crate) async fn graph(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Body(asked): Body<GraphQuery>,
) -> Result<Json<Graph>, Problem> {
    if asked.around.is_empty() || asked.around.len() > AROUND_MAX {
        return Err(Problem::Malformed(format!("`around` names 1 to {AROUND_MAX} objects")));
    }
    let limit = asked.limit.map_or(NODES_DEFAULT, |limit| limit as usize);
    let query = exchange::GraphQuery {
        around: asked.around,
        hide_types: asked.hide_types,
        hide_verbs: asked.hide_verbs,
        meta: if asked.meta { Meta::Shown } else { Meta::Hidden },
        from: asked.from,
        until: asked.until,
        limit: limit.clamp(1, exchange::NODES_MAX),
    };
    Ok(Json(graph_of(app.exchange.graph(&viewpoint, &query).await?)))
}

/// A shortest path between two objects; empty where there is none.
#[utoipa::path(
    get,
    path = "/graph/path",
    tag = "graph",
    params(PathQuery),
    responses((status = 200, body = Graph), (status = "default", body = ProblemBody))
)]
pub(crate) async fn path(
    State(app): State<App>,
    Eyes(viewpoint): Eyes,
    Asked(asked): Asked<PathQuery>,
) -> Result<Json<Graph>, Problem> {
    Ok(Json(graph_of(app.exchange.path(&viewpoint, &asked.from, &asked.to).await?)))
}

/// A graph as it is kept.
#[derive(serde::Serialize, serde::Deserialize)]
struct Stored {
    saved: String,
    graph: SavedGraph,
}

fn drawer(caller: &Caller) -> Drawer {
    Drawer::new("graphs", caller.user())
}

/// The longest name of a graph, in characters.
const NAME_CHARS_MAX: usize = 100;

async fn stored(app: &App, caller: &Caller) -> Result<(Vec<Stored>, u64), Problem> {
    let kept = app.exchange.opened(&drawer(caller)).await?;
    if kept.content.is_empty() {
        return Ok((Vec::new(), kept.version));
    }
    Ok((serde_json::from_slice(&kept.content).map_err(Problem::internal)?, kept.version))
}

async fn store(app: &App, caller: &Caller, all: &[Stored], version: u64) -> Result<(), Problem> {
    let content = serde_json::to_vec(all).map_err(Problem::internal)?;
    let sheet = Sheet { drawer: drawer(caller), version: Some(version), content };
    Ok(app.exchange.keep(vec![sheet], None, app.now()).await?)
}

/// The graphs that the user keeps.
#[utoipa::path(
    get,
    path = "/graphs",
    tag = "graph",
    responses((status = 200, body = SavedGraphs), (status = "default", body = ProblemBody))
)]
pub(crate) async fn saved_graphs(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<SavedGraphs>, Problem> {
    let (all, _) = stored(&app, &caller).await?;
    let summary = |one: &Stored| SavedGraphSummary {
        name: one.graph.name.clone(),
        nodes: one.graph.nodes.len(),
        saved: one.saved.clone(),
    };
    Ok(Json(SavedGraphs { graphs: all.iter().map(summary).collect() }))
}

/// One of them. Of objects that the user may not see any more, only the place is kept.
#[utoipa::path(
    get,
    path = "/graphs/{name}",
    tag = "graph",
    params(("name" = String, Path)),
    responses((status = 200, body = SavedGraph), (status = "default", body = ProblemBody))
)]
pub(crate) async fn saved_graph(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named<String>,
) -> Result<Json<SavedGraph>, Problem> {
    let (all, _) = stored(&app, &caller).await?;
    let found = all.into_iter().find(|one| one.graph.name == name).ok_or(Problem::Absent)?;
    Ok(Json(found.graph))
}

/// Keeps a graph.
#[utoipa::path(
    put,
    path = "/graphs/{name}",
    tag = "graph",
    params(("name" = String, Path)),
    request_body = SavedGraph,
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn save_graph(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named<String>,
    LongBody(graph, _room): LongBody<SavedGraph>,
) -> Result<StatusCode, Problem> {
    let limits = &app.config.limits;
    let refused = |why: String| Err(Problem::Refused(why, Vec::new()));
    let chars = name.chars().count();
    if graph.name != name || chars == 0 || chars > NAME_CHARS_MAX {
        return refused(format!(
            "a graph has a name of at most {NAME_CHARS_MAX} characters, the same in both places"
        ));
    }
    if graph.nodes.len() > limits.graph_nodes_max {
        return refused(format!("a graph has at most {} nodes", limits.graph_nodes_max));
    }
    let filters = graph.filters.to_string().len();
    if filters > limits.body_bytes_max || graph.nodes.iter().any(|node| stix::Id::new(&node.id).is_err()) {
        return refused("nodes have ids, and filters are short".to_owned());
    }
    let (mut all, version) = stored(&app, &caller).await?;
    all.retain(|one| one.graph.name != name);
    if all.len() >= limits.graphs_max {
        return refused(format!("so many graphs are kept at most: {}", limits.graphs_max));
    }
    all.push(Stored { saved: app.now().to_string(), graph });
    store(&app, &caller, &all, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps it no more.
#[utoipa::path(
    delete,
    path = "/graphs/{name}",
    tag = "graph",
    params(("name" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn remove_graph(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named<String>,
) -> Result<StatusCode, Problem> {
    let (mut all, version) = stored(&app, &caller).await?;
    let before = all.len();
    all.retain(|one| one.graph.name != name);
    if all.len() == before {
        return Err(Problem::Absent);
    }
    store(&app, &caller, &all, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
