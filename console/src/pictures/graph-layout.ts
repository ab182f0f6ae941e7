// Where do the nodes of a graph lie? Forces, computed beside the page (d3-force is deterministic: the same graph lies the same way).
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationNodeDatum } from 'd3-force';

export interface LayoutNode extends SimulationNodeDatum { id: string; radius: number; fixed: boolean }
export interface LayoutRequest { run: number; nodes: LayoutNode[]; links: Array<{ source: string; target: string }>; wide: number }
export interface LayoutAnswer { run: number; done: boolean; positions: Float32Array }

const TICKS = 160;
const TICKS_PER_ANSWER = 20;

self.onmessage = (message: MessageEvent<LayoutRequest>): void => {
  const { run, nodes, links, wide } = message.data;
  const crowd = Math.sqrt(nodes.length);
  const anyFixed = nodes.some((node) => node.fixed);
  for (const node of nodes) if (node.fixed) { node.fx = node.x ?? 0; node.fy = node.y ?? 0; }
  const simulation = forceSimulation(nodes)
    .alphaDecay(1 - 0.001 ** (1 / TICKS))
    .force('link', forceLink<LayoutNode, { source: string; target: string }>(links).id((node) => node.id).distance(84))
    .force('charge', forceManyBody().strength(-170 - crowd * 14).theta(1.2).distanceMax(1200))
    .force('collide', forceCollide<LayoutNode>((node) => node.radius + 9).strength(0.8))
    .force('x', forceX(0).strength(0.06))
    .force('y', forceY(0).strength(0.06))
    .stop();
  // Screens are wide: what lies free is drawn out sideways, so that it fills the picture.
  const stretch = anyFixed ? 1 : Math.sqrt(Math.max(1, wide));
  for (let tick = 1; tick <= TICKS; tick += 1) {
    simulation.tick();
    if (tick % TICKS_PER_ANSWER === 0 && tick < TICKS) answer(run, nodes, stretch, false);
  }
  answer(run, nodes, stretch, true);
};

function answer(run: number, nodes: readonly LayoutNode[], stretch: number, done: boolean): void {
  const positions = new Float32Array(nodes.length * 2);
  nodes.forEach((node, at) => { positions[at * 2] = (node.x ?? 0) * stretch; positions[at * 2 + 1] = node.y ?? 0; });
  (self as unknown as Worker).postMessage({ run, done, positions } satisfies LayoutAnswer, [positions.buffer]);
}
