// How does the node's answer become what the picture of the graph draws?
import type { Schema } from './client';
import { t, typeName } from './catalogue/catalogue.svelte';
import { shownName } from './defang';
import { markingText } from './marking';
import type { GraphEdge, GraphFold, GraphNode } from './pictures/graph';

type Graph = Schema<'Graph'>;
/** What joins everything to everything is hidden until it is asked for. */
export const HIDDEN_TYPES = ['report', 'grouping', 'marking-definition'];
export const HIDDEN_VERBS = ['created-by', 'created_by_ref', 'object_refs', 'object_marking_refs'];

export const nodesOf = (graph: Graph): GraphNode[] => graph.nodes.map((node) => ({ id: node.id, type: node.type, shown: shownName(node.type, node.name), degree: node.degree, marking: markingText(node.marking, t('marking.none')) }));
export const edgesOf = (graph: Graph): GraphEdge[] => graph.edges;
export const foldsOf = (graph: Graph): GraphFold[] => mergeFolds(graph.folded).map((fold) => ({ ...fold, text: t('graph.fold', { n: fold.count, type: typeName(fold.type) }) }));

/** One pill for each type around a node, whatever the verb. */
function mergeFolds(folded: Graph['folded']): Graph['folded'] {
  const merged = new Map<string, Graph['folded'][number]>();
  for (const fold of folded) {
    const key = `${fold.around} ${fold.type}`;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, count: known.count + fold.count } : { ...fold });
  }
  return [...merged.values()];
}

/** Adds what is new; what is known stays as it is, so that nothing moves. */
export function mergeGraphs(before: Graph, more: Graph): Graph {
  const nodes = new Map([...before.nodes, ...more.nodes].map((node) => [node.id, node]));
  const edges = new Map([...before.edges, ...more.edges].map((edge) => [edge.id, edge]));
  const around = new Set(more.folded.map((fold) => fold.around));
  return { nodes: [...nodes.values()], edges: [...edges.values()], folded: [...before.folded.filter((fold) => !around.has(fold.around)), ...more.folded] };
}

/** Without these nodes, and without the edges that would hang in the air. */
export function withoutNodes(graph: Graph, gone: ReadonlySet<string>): Graph {
  return {
    nodes: graph.nodes.filter((node) => !gone.has(node.id)),
    edges: graph.edges.filter((edge) => !gone.has(edge.source) && !gone.has(edge.target)),
    folded: graph.folded.filter((fold) => !gone.has(fold.around)),
  };
}

/** The neighbours that hang on one node alone: what collapsing it takes away. */
export function leavesOf(graph: Graph, id: string): Set<string> {
  const beside = new Map<string, Set<string>>();
  for (const edge of graph.edges) {
    beside.set(edge.source, (beside.get(edge.source) ?? new Set()).add(edge.target));
    beside.set(edge.target, (beside.get(edge.target) ?? new Set()).add(edge.source));
  }
  return new Set([...(beside.get(id) ?? [])].filter((other) => (beside.get(other)?.size ?? 0) === 1));
}
