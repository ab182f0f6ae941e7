//! How is the graph asked, and how are graphs kept?

use crate::{
    contract::graph::{Graph, GraphQuery, PathQuery, SavedGraph, SavedGraphs},
    problem::{Problem, ProblemBody},
};

/// The graph around objects.
#[utoipa::path(
    post,
    path = "/graph",
    tag = "graph",
    request_body = GraphQuery,
    responses((status = 200, body = Graph), (status = "default", body = ProblemBody))
)]
pub(crate) async fn graph() -> Problem {
    Problem::Absent
}

/// A shortest path between two objects.
#[utoipa::path(
    get,
    path = "/graph/path",
    tag = "graph",
    params(PathQuery),
    responses((status = 200, body = Graph), (status = "default", body = ProblemBody))
)]
pub(crate) async fn path() -> Problem {
    Problem::Absent
}

/// The graphs that the user keeps.
#[utoipa::path(
    get,
    path = "/graphs",
    tag = "graph",
    responses((status = 200, body = SavedGraphs), (status = "default", body = ProblemBody))
)]
pub(crate) async fn saved_graphs() -> Problem {
    Problem::Absent
}

/// One of them.
#[utoipa::path(
    get,
    path = "/graphs/{name}",
    tag = "graph",
    params(("name" = String, Path)),
    responses((status = 200, body = SavedGraph), (status = "default", body = ProblemBody))
)]
pub(crate) async fn saved_graph() -> Problem {
    Problem::Absent
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
pub(crate) async fn save_graph() -> Problem {
    Problem::Absent
}

/// Keeps it no more.
#[utoipa::path(
    delete,
    path = "/graphs/{name}",
    tag = "graph",
    params(("name" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody))
)]
pub(crate) async fn remove_graph() -> Problem {
    Problem::Absent
}
