// What is the highest marking on the screen now? Every badge that is mounted counts; pictures report what they draw.
import { rankOf, TLP, type Tlp } from '../marking';

const levels = new Array<number>(TLP.length + 1).fill(0);
const state = $state<{ highest: Tlp | null }>({ highest: null });
let due = false;

function settle(): void {
  due = false;
  let highest: Tlp | null = null;
  for (let rank = levels.length - 1; rank > 0; rank -= 1) {
    if ((levels[rank] ?? 0) > 0) { highest = TLP[rank - 1] ?? null; break; }
  }
  if (highest !== state.highest) state.highest = highest;
}

function change(tlp: Tlp | null, by: number): void {
  const rank = rankOf(tlp);
  levels[rank] = (levels[rank] ?? 0) + by;
  if (!due) { due = true; queueMicrotask(settle); }
}

/** Counts a marking while it is on the screen; call what is returned when it is not any more. */
export function onScreen(tlps: readonly (Tlp | null)[]): () => void {
  for (const tlp of tlps) change(tlp, 1);
  return () => { for (const tlp of tlps) change(tlp, -1); };
}

export const waterline = { get highest(): Tlp | null { return state.highest; } };
