// What changed since? One stream of server-sent events per browser; the other tabs hear it from the one that has it. Nothing moves by it.
import type { Schema } from '../client';

type Changed = Schema<'Changed'>;
type State = 'connecting' | 'live' | 'off';

const state = $state<{ is: State; added: number; hits: number | null; releases: number | null; beat: number }>({ is: 'connecting', added: 0, hits: null, releases: null, beat: 0 });
let stop: (() => void) | null = null;

export const live = {
  get is(): State { return state.is; },
  /** How many objects came since the list was last drawn. */
  get added(): number { return state.added; },
  get hits(): number | null { return state.hits; },
  get releases(): number | null { return state.releases; },
  /** Grows with every message: whoever shows counters only may ask anew. */
  get beat(): number { return state.beat; },
  drawn(): void { state.added = 0; },
};

function hear(message: { kind: 'changed'; data: Changed } | { kind: 'state'; is: State }): void {
  if (message.kind === 'state') { state.is = message.is; return; }
  state.is = 'live';
  state.added += Object.values(message.data.added).reduce((sum, count) => sum + (count ?? 0), 0);
  state.hits = message.data.hits;
  state.releases = message.data.releases;
  state.beat += 1;
}

export function follow(): void {
  stop?.();
  const channel = new BroadcastChannel('cresset-changes');
  channel.onmessage = (message: MessageEvent) => hear(message.data as Parameters<typeof hear>[0]);
  const end = new AbortController();
  const say = (message: Parameters<typeof hear>[0]): void => { hear(message); channel.postMessage(message); };
  const lead = (): Promise<void> => new Promise((done) => {
    const source = new EventSource('/api/v1/changes');
    source.onopen = () => say({ kind: 'state', is: 'live' });
    source.onerror = () => say({ kind: 'state', is: source.readyState === EventSource.CLOSED ? 'off' : 'connecting' });
    const changed = (message: MessageEvent): void => say({ kind: 'changed', data: JSON.parse(String(message.data)) as Changed });
    source.onmessage = changed;
    source.addEventListener('changed', changed);
    end.signal.addEventListener('abort', () => { source.close(); done(); });
  });
  if ('locks' in navigator) navigator.locks.request('cresset-changes', { signal: end.signal }, lead).catch(() => undefined);
  else void lead();
  // A tab that does not lead hears of the state with the next message; until then the leader is trusted to live.
  setTimeout(() => { if (state.is === 'connecting' && !end.signal.aborted) void navigator.locks?.query().then((locks) => { if (locks.held?.some((lock) => lock.name === 'cresset-changes')) state.is = 'live'; }); }, 1500);
  stop = () => { end.abort(); channel.close(); stop = null; };
}

export function unfollow(): void {
  stop?.();
  state.is = 'off';
  state.added = 0;
}
