// Who is signed in when the tests begin? Everybody, once, so that the log-in's own limit is not spent.
import { request } from '@playwright/test';
import { cookies, NODE, type Person } from './node';

async function signIn(url: string, person: Person, who: string): Promise<void> {
  const context = await request.newContext({ baseURL: url, extraHTTPHeaders: { origin: url } });
  const answer = await context.post('/api/v1/session', { data: person });
  if (!answer.ok()) throw new Error(`\`${person.user}\` cannot sign in at ${url}: ${answer.status()} ${await answer.text()}`);
  await context.storageState({ path: cookies(who) });
  await context.dispose();
}

export default async function begin(): Promise<void> {
  for (const who of ['first', 'second'] as const) await signIn(NODE.url, NODE[who], who);
  for (const [who, person] of Object.entries(NODE.other?.people ?? {})) await signIn(NODE.other?.url ?? '', person, who);
}
