// Which node is tried, and as whom? Told by variables; what is not told is what the demo has.
import { test as plain, type Page } from '@playwright/test';

export interface Partner { name: string; token: string; collections: { alias: string; url: string }[] }
export interface Person { user: string; password: string }
const person = (prefix: string, user: string): Person => ({ user: process.env[`${prefix}_USER`] ?? user, password: process.env[`${prefix}_PASSWORD`] ?? 'demo' });

export const NODE = {
  url: process.env.CRESSET_URL ?? 'http://127.0.0.1:6464',
  /** An administrator, and a releaser who is somebody else. */
  first: person('CRESSET_FIRST', 'ingrid'),
  second: person('CRESSET_SECOND', 'ola'),
  /** The made-up node answers for the tests of parts only: what needs a real one says that it was left out. */
  mocked: process.env.CRESSET_MOCKED === '1',
  collection: process.env.CRESSET_COLLECTION ?? 'coalition',
  /** Who else reads there, with their tokens. */
  partners: JSON.parse(process.env.CRESSET_PARTNERS ?? '[]') as Partner[],
  sensor: process.env.CRESSET_SENSOR ?? 'harbour-zeek',
  sensorToken: process.env.CRESSET_SENSOR_TOKEN ?? null,
};

/** What a browser says by itself about a question that was answered "no" belongs to the answer, not to the page. */
const EXPECTED = /Failed to load resource: the server responded with a status of (?:401|403|404|409|422|429)/;

/** Every page is listened to: an error on the console, a breach of the content policy or an uncaught error fails the test. */
export const test = plain.extend<{ listened: void }>({
  listened: [async ({ context }, use) => {
    const heard: string[] = [];
    const listen = (page: Page): void => {
      page.on('console', (message) => { if (message.type() === 'error' && !EXPECTED.test(message.text())) heard.push(`${page.url()}: ${message.text()}`); });
      page.on('pageerror', (error) => heard.push(`${page.url()}: ${error.message}`));
      page.on('request', (request) => { if (!request.url().startsWith(NODE.url) && !/^(?:data|blob):/.test(request.url())) heard.push(`a request left the node: ${request.url()}`); });
    };
    for (const page of context.pages()) listen(page);
    context.on('page', listen);
    await use();
    plain.expect(heard).toEqual([]);
  }, { auto: true }],
});
export { expect } from '@playwright/test';

/** Waits until a screen has its data: no skeleton is left. */
export async function settled(page: Page): Promise<void> {
  await page.locator('#place').waitFor();
  await plain.expect(page.locator('.skeleton')).toHaveCount(0);
}

export const SCREENS = ['/', '/objects', '/graph', '/matrix', '/time', '/hits', '/board', '/intake', '/releases', '/partners', '/audit', '/admin'] as const;
