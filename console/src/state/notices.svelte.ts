// What was just done, and can it be taken back? Undo instead of asking first.
export interface Notice { id: number; text: string; undo: (() => void | Promise<void>) | null; kind: 'done' | 'problem' }

const state = $state<{ list: Notice[] }>({ list: [] });
let next = 1;
const undone: Array<() => void | Promise<void>> = [];

export const notices = { get list(): Notice[] { return state.list; } };

export function tell(text: string, undo: Notice['undo'] = null, kind: Notice['kind'] = 'done'): void {
  const notice: Notice = { id: next, text, undo, kind };
  next += 1;
  if (undo) undone.push(undo);
  state.list = [...state.list.slice(-2), notice];
  setTimeout(() => dismiss(notice.id), kind === 'problem' ? 12_000 : 8000);
}

export function dismiss(id: number): void {
  state.list = state.list.filter((notice) => notice.id !== id);
}

/** Takes back what was done last; false where there is nothing to take back. */
export async function undoLast(): Promise<boolean> {
  const undo = undone.pop();
  if (!undo) return false;
  state.list = state.list.filter((notice) => notice.undo !== undo);
  await undo();
  return true;
}

export async function undoThis(notice: Notice): Promise<void> {
  const at = notice.undo ? undone.indexOf(notice.undo) : -1;
  if (at >= 0) undone.splice(at, 1);
  dismiss(notice.id);
  await notice.undo?.();
}
