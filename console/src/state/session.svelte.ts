// Who is signed in, and what may they do? The node decides; this only keeps from offering what it would refuse.
import { ask, client, onSignedOut, problemOf, type ApiProblem, type Schema } from '../client';
import { go } from './router.svelte';

export type Role = Schema<'Role'>;
type Me = Schema<'Me'>;
const ORDER: readonly Role[] = ['reader', 'analyst', 'releaser', 'administrator'];

const state = $state<{ me: Me | null; known: boolean; problem: ApiProblem | null; lost: boolean }>({ me: null, known: false, problem: null, lost: false });

export const session = {
  get me(): Me | null { return state.me; },
  get known(): boolean { return state.known; },
  get problem(): ApiProblem | null { return state.problem; },
  /** Whether somebody was signed in on this page and is not any more. */
  get lost(): boolean { return state.lost; },
  may(role: Role): boolean {
    const highest = Math.max(-1, ...(state.me?.roles ?? []).map((one) => ORDER.indexOf(one)));
    return highest >= ORDER.indexOf(role);
  },
};

onSignedOut(() => { if (state.me) { state.me = null; state.lost = true; } });

const WANTED = 'cresset.wanted';

/** Notes where one is before one leaves for the identity provider, which leads back to the front page. */
export function leave(): void {
  try { sessionStorage.setItem(WANTED, location.pathname + location.search); } catch { /* Then one comes back to the front page. */ }
}

/** Goes where one was before, once. */
function resume(): void {
  try {
    const wanted = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
    if (wanted && location.pathname === '/') go(wanted, 'replace');
  } catch { /* Nothing was noted. */ }
}

export async function meet(): Promise<void> {
  try {
    state.me = await ask(client.GET('/session'));
    state.problem = null;
    resume();
  } catch (error) {
    const problem = problemOf(error);
    state.problem = problem.status === 401 ? null : problem;
    state.me = null;
  }
  state.known = true;
}

export async function signIn(user: string, password: string, code: string | null): Promise<void> {
  state.me = await ask(client.POST('/session', { body: { user, password, ...(code ? { code } : {}) } }));
  state.lost = false;
  resume();
}

export async function signOut(): Promise<void> {
  await ask(client.DELETE('/session'));
  state.me = null;
}
