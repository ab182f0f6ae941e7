// Which organisation is meant by an id? One's own and partners, by the names under which they are declared; asked when the first is shown.
import { ask, client } from '../client';
import { session } from './session.svelte';

let known = $state.raw<{ by: string | null; names: ReadonlyMap<string, string> }>({ by: null, names: new Map() });
let asking: string | null = null;

async function learn(user: string): Promise<void> {
  asking = user;
  try {
    const { partners } = await ask(client.GET('/partners'));
    known = { by: user, names: new Map(partners.map((one) => [one.organisation, one.name])) };
  } catch { /* Then ids stay ids. */ }
}

/** A code of a marking as people say it: nations and communities are called as they are written, organisations by name. */
export function codeName(code: string): string {
  const me = session.me;
  if (!me || !code.startsWith('identity--')) return code;
  if (code === me.organisation.id) return me.organisation.name;
  if (asking !== me.user && session.may('analyst')) void learn(me.user);
  return (known.by === me.user ? known.names.get(code) : undefined) ?? code;
}
