// Who is signed in when the tests begin? Both people, once, so that the log-in's own limit is not spent.
import { request } from '@playwright/test';
import { NODE, type Person } from './node';

async function signIn(person: Person, path: string): Promise<void> {
  const context = await request.newContext({ baseURL: NODE.url, extraHTTPHeaders: { origin: NODE.url } });
  const answer = await context.post('/api/v1/session', { data: person });
  if (!answer.ok()) throw new Error(`\`${person.user}\` cannot sign in at ${NODE.url}: ${answer.status()} ${await answer.text()}`);
  await context.storageState({ path });
  await context.dispose();
}

export default async function begin(): Promise<void> {
  await signIn(NODE.first, 'test-results/people/first.json');
  await signIn(NODE.second, 'test-results/people/second.json');
}
