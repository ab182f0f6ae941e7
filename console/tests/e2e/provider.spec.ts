// Does one come in by an identity provider, as who one is there, and is everybody kept out whom the node does not know?
import type { Server } from 'node:http';
import type { BrowserContext, Page } from '@playwright/test';
import { expect, NODE, settled, test, type Known } from './node';
import { startProvider } from './provider';

const url = NODE.other?.url ?? '';
const known: Known = NODE.other?.provider ?? { issuer: '', client: '', secret: '', user: '', role: '', subject: '' };
test.use({ baseURL: url, storageState: { cookies: [], origins: [] }, elsewhere: [url, known.issuer] });

const door = (page: Page) => page.getByRole('link', { name: 'Sign in with Harbour ID' });
async function say(page: Page, subject: string): Promise<void> {
  await door(page).click();
  await expect(page.getByRole('heading', { name: 'Harbour ID' })).toBeVisible();
  await page.getByLabel('Subject').fill(subject);
  await page.getByRole('button', { name: 'Continue' }).click();
}
const named = async (context: BrowserContext, name: string) => (await context.cookies(url)).find((cookie) => cookie.name === name);

test.describe('by an identity provider', () => {
  test.skip(NODE.other === null, 'the runner told of no node with an identity provider');
  let server: Server | null = null;
  test.beforeAll(async () => { if (NODE.other) server = await startProvider(known, url); });
  test.afterAll(() => { server?.closeAllConnections(); server?.close(); });

  test('one is signed in with the role of the account, is where one wanted to go, and signing out ends the session', async ({ page, context, request }) => {
    const asked = page.waitForRequest((one) => one.url().startsWith(`${known.issuer}/auth?`));
    await page.goto('/objects?q=type:malware');
    await door(page).click();
    const query = new URL((await asked).url()).searchParams;
    expect([query.get('response_type'), query.get('code_challenge_method'), query.get('client_id')]).toEqual(['code', 'S256', known.client]);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(query.get(name)?.length, name).toBeGreaterThanOrEqual(43);
    expect((await named(context, 'oidc'))?.httpOnly, 'what has to come back is kept from scripts').toBe(true);
    await page.getByLabel('Subject').fill(known.subject);
    await page.getByRole('button', { name: 'Continue' }).click();
    await settled(page);
    await expect(page).toHaveURL(`${url}/objects?q=type:malware`);
    expect(await named(context, 'oidc')).toBeUndefined();
    const session = await named(context, 'sid');
    expect([session?.httpOnly, session?.sameSite]).toEqual([true, 'Lax']);

    await page.goto('/admin'); await settled(page);
    const account = page.locator('#place');
    await expect(account).toContainText(known.user);
    await expect(account).toContainText('identity provider');
    await page.locator('summary.who').click();
    await expect(page.locator('details[open] .menu')).toContainText(new RegExp(known.role, 'i'));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(door(page)).toBeVisible();
    expect(await named(context, 'sid')).toBeUndefined();
    const again = await request.get(`${url}/api/v1/session`, { headers: { cookie: `sid=${session?.value}` } });
    expect(again.status(), 'the session is over on the node, not only in the browser').toBe(401);
  });

  test('whom the provider knows and the node does not is told so, and is not in', async ({ page, context }) => {
    await page.goto('/');
    await say(page, 'subject-of-nobody-here');
    await expect(page.getByRole('alert')).toContainText('you have no account on this node');
    await expect(page).toHaveURL(`${url}/`);
    expect(await named(context, 'sid')).toBeUndefined();
    await page.reload();
    await expect(door(page)).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('who refuses at the provider, or comes back from a way that was not begun here, is not in', async ({ page, context }) => {
    await page.goto('/');
    await door(page).click();
    await page.getByRole('button', { name: 'Refuse' }).click();
    await expect(page.getByRole('alert')).toContainText('did not sign you in');
    await page.goto('/api/v1/session/oidc/return?code=made-up&state=made-up');
    await expect(page.getByRole('alert')).toContainText('did not sign you in');
    expect(await named(context, 'sid')).toBeUndefined();
  });
});
