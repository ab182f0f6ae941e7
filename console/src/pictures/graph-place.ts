// Where does a node go that joins a graph which lies already? Beside its neighbour, away from the crowd; nothing else moves.
export interface Placed { id: string; x: number; y: number }

const STEP = 34;

export function place(newcomers: readonly string[], neighbours: (id: string) => readonly string[], placed: Map<string, Placed>): Placed[] {
  const taken = [...placed.values()];
  const centre = mean(taken) ?? { x: 0, y: 0 };
  const result: Placed[] = [];
  for (const id of newcomers) {
    const near = neighbours(id).map((other) => placed.get(other)).filter((other) => other !== undefined);
    const anchor = near[0] ?? { x: centre.x, y: centre.y };
    const outward = Math.atan2(anchor.y - centre.y, anchor.x - centre.x);
    const spot = free(anchor, outward, taken);
    const node = { id, ...spot };
    placed.set(id, node);
    taken.push(node);
    result.push(node);
  }
  return result;
}

function mean(nodes: readonly Placed[]): { x: number; y: number } | null {
  if (nodes.length === 0) return null;
  return { x: nodes.reduce((sum, node) => sum + node.x, 0) / nodes.length, y: nodes.reduce((sum, node) => sum + node.y, 0) / nodes.length };
}

/** The first free spot on rings around the anchor, beginning on the side that looks away from the centre. */
function free(anchor: { x: number; y: number }, outward: number, taken: readonly Placed[]): { x: number; y: number } {
  for (let ring = 1; ring < 40; ring += 1) {
    const radius = 26 + ring * STEP;
    const spots = Math.max(6, Math.floor((2 * Math.PI * radius) / STEP));
    for (let spot = 0; spot < spots; spot += 1) {
      const turn = (spot % 2 === 0 ? 1 : -1) * Math.ceil(spot / 2) * ((2 * Math.PI) / spots);
      const x = anchor.x + radius * Math.cos(outward + turn);
      const y = anchor.y + radius * Math.sin(outward + turn);
      if (!taken.some((other) => (other.x - x) ** 2 + (other.y - y) ** 2 < (STEP * 0.9) ** 2)) return { x, y };
    }
  }
  return { x: anchor.x + STEP, y: anchor.y + STEP };
}
