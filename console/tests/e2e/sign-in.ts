// Who is signed in when the tests begin? Everybody, once, so that the log-in's own limit is not spent.
import { request } from '@playwright/test';
import { cookies, NODE, type Who } from './node';

async function signIn(who: Who): Promise<void> {
  const person = NODE.people[who];
  const context = await request.newContext({ baseURL: NODE.url, extraHTTPHeaders: { origin: NODE.url } });
  const answer = await context.post('/api/v1/session', { data: person });
  if (!answer.ok()) throw new Error(`\`${person.user}\` cannot sign in at ${NODE.url}: ${answer.status()} ${await answer.text()}`);
  await context.storageState({ path: cookies(who) });
  await context.dispose();
}

export default async function begin(): Promise<void> {
  for (const who of Object.keys(NODE.people) as Who[]) await signIn(who);
}
