// Which node is tried, and as whom? Told by variables; what is not told is what the demo has.
import { test as plain, type BrowserContext, type Page } from '@playwright/test';

export interface Partner { name: string; token: string; collections: { alias: string; url: string }[] }
export interface Person { user: string; password: string }
/** How the identity provider knows the other node, and whom of those that it knows the node knows too, as what. */
export interface Known { issuer: string; client: string; secret: string; user: string; role: string; subject: string }
/** Who signs in at the other node: two releasers and an analyst. */
export type Who = 'author' | 'decider' | 'analyst';
/** Another node, where one collection asks for a second person and people may come by an identity provider. */
export interface Other { url: string; people: Record<Who, Person>; collection: { alias: string; url: string }; tokens: Record<string, string>; provider: Known }
const person = (prefix: string, user: string): Person => ({ user: process.env[`${prefix}_USER`] ?? user, password: process.env[`${prefix}_PASSWORD`] ?? 'demo' });

export const NODE = {
  url: process.env.CRESSET_URL ?? 'http://127.0.0.1:6464',
  /** An administrator, and a releaser who is somebody else. */
  first: person('CRESSET_FIRST', 'ingrid'),
  second: person('CRESSET_SECOND', 'ola'),
  other: JSON.parse(process.env.CRESSET_OTHER ?? 'null') as Other | null,
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

/** Where somebody's cookies are kept from sign-in.ts on. */
export const cookies = (who: string): string => `test-results/people/${who}.json`;

interface Fixtures {
  /** Origins besides the node's own to which requests may go; none where a test does not say so. */
  elsewhere: string[];
  heard: string[];
  listened: void;
  /** Somebody at the other node, with a browser of their own. */
  enter: (who: Who) => Promise<Page>;
}

function listen(context: BrowserContext, origins: readonly string[], heard: string[]): void {
  const isOurs = (url: string): boolean => /^(?:data|blob):/.test(url) || origins.some((origin) => url.startsWith(`${origin}/`));
  const one = (page: Page): void => {
    page.on('console', (message) => { if (message.type() === 'error' && !EXPECTED.test(message.text())) heard.push(`${page.url()}: ${message.text()}`); });
    page.on('pageerror', (error) => heard.push(`${page.url()}: ${error.message}`));
    page.on('request', (request) => { if (!isOurs(request.url())) heard.push(`a request left the node: ${request.url()}`); });
  };
  for (const page of context.pages()) one(page);
  context.on('page', one);
}

/** Every page is listened to: an error on the console, a breach of the content policy or an uncaught error fails the test. */
export const test = plain.extend<Fixtures>({
  elsewhere: [[], { option: true }],
  heard: async ({}, use) => { await use([]); },
  listened: [async ({ context, elsewhere, heard }, use) => {
    listen(context, [NODE.url, ...elsewhere], heard);
    await use();
    plain.expect(heard).toEqual([]);
  }, { auto: true }],
  enter: async ({ browser, heard, elsewhere }, use) => {
    const entered: BrowserContext[] = [];
    await use(async (who) => {
      const context = await browser.newContext({ baseURL: NODE.other?.url, storageState: cookies(who), locale: 'en-GB', viewport: { width: 1440, height: 900 } });
      entered.push(context);
      listen(context, [NODE.other?.url ?? '', ...elsewhere], heard);
      return context.newPage();
    });
    for (const context of entered) await context.close();
  },
});
export { expect } from '@playwright/test';

/** Waits until a screen has its data: no skeleton is left. */
export async function settled(page: Page): Promise<void> {
  await page.locator('#place').waitFor();
  await plain.expect(page.locator('.skeleton')).toHaveCount(0);
}

export const SCREENS = ['/', '/objects', '/graph', '/matrix', '/time', '/hits', '/board', '/intake', '/releases', '/partners', '/audit', '/admin'] as const;
