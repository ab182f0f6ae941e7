// Does nothing go out before a second person said so? Two people in two browsers: one proposes, the other looks and decides; what a partner
// gets is asked of TAXII.
import { createHash, randomUUID } from 'node:crypto';
import type { APIRequestContext, Page } from '@playwright/test';
import { expect, NODE, settled, test } from './node';

const other = NODE.other;
const [author, decider] = [other?.people.author.user ?? '', other?.people.decider.user ?? ''];

/** Only of this run, so that it may run again on a node that is kept. */
const fresh = (): string => createHash('sha256').update(randomUUID()).digest('hex');
const shown = (hash: string): string => hash.slice(0, 16);

/** Pastes a hash, marks it AMBER and proposes it where a second person decides; gives the release's id. */
async function propose(page: Page, hash: string): Promise<string> {
  await page.goto('/intake');
  await page.getByLabel('Report, list, CSV, STIX or MISP').fill(`SHA-256: ${hash}`);
  await page.getByRole('button', { name: /^Read/ }).click();
  await expect(page.locator('.proposals')).toContainText(shown(hash));
  await page.getByLabel('Collection').selectOption(other?.collection.alias ?? '');
  await page.locator('.release .level', { hasText: 'AMBER' }).first().getByRole('radio').check();
  await page.getByLabel('Reason').fill('Seen at three harbours');
  await expect(page.locator('.release')).toContainText('A second person has to approve.');
  await expect(page.getByRole('button', { name: /^Release \d/ })).toHaveCount(0);
  await page.getByRole('button', { name: /^Propose \d/ }).click();
  await expect(page.locator('.whole')).toContainText('waits for a second person');
  await page.getByRole('link', { name: 'To the release' }).click({ timeout: 3000 });
  await expect(page).toHaveURL(/\/releases\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('region', { name: 'The release' })).toContainText('proposed by');
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** What a partner gets who asks for one object by its id. */
async function got(request: APIRequestContext, name: string, id: string): Promise<{ status: number; patterns: string[] }> {
  const answer = await request.get(`${other?.collection.url}objects/${id}/`, { headers: { authorization: `Bearer ${other?.tokens[name]}`, accept: 'application/taxii+json;version=2.1' } });
  const objects = answer.ok() ? (((await answer.json()) as { objects?: { pattern?: string }[] }).objects ?? []) : [];
  return { status: answer.status(), patterns: objects.map((one) => String(one.pattern)) };
}

/** The id of the indicator that is released, as the matrix links it. */
async function released(page: Page): Promise<string> {
  const link = page.getByRole('region', { name: 'The release' }).locator('a[href^="/objects/indicator--"]').first();
  return decodeURIComponent((await link.getAttribute('href'))?.replace('/objects/', '') ?? '');
}

const detail = (page: Page) => page.getByRole('region', { name: 'The release' });
const queued = (page: Page, hash: string) => page.getByRole('region', { name: 'Queue' }).getByRole('link', { name: shown(hash) });
const choices = (page: Page) => detail(page).getByRole('button', { name: /^(Approve|Reject)/ });
const NOT_YET = { status: 404, patterns: [] };

test.beforeEach(() => { test.setTimeout(120_000); test.skip(other === null, 'the runner told of no node where a second person decides'); });

test('what one releaser proposes another lets out, after looking at who would have it', async ({ enter, request }) => {
  const [mara, ola] = [await enter('author'), await enter('decider')];
  const hash = fresh();
  await ola.goto('/releases'); await settled(ola);

  const release = await test.step('the first proposes and cannot approve her own, by mouse, key or otherwise', async () => {
    const id = await propose(mara, hash);
    await expect(detail(mara)).toContainText('nobody approves what they proposed');
    await expect(choices(mara)).toHaveCount(0);
    for (const key of ['a', 'x']) { await mara.keyboard.press(key); await expect(mara.getByRole('dialog')).toHaveCount(0); }
    const forced = await mara.request.post(`/api/v1/releases/${id}/approval`, { data: { decision: 'approve' }, headers: { origin: other?.url ?? '' } });
    expect(forced.status()).toBe(403);
    return id;
  });
  const object = await released(mara);
  expect([await got(request, 'nor-cert', object), await got(request, 'vendor', object)]).toEqual([NOT_YET, NOT_YET]);

  await test.step('the second is told, without asking again, and sees who would have it and by which line of the rule not', async () => {
    await queued(ola, hash).click();
    await expect(ola).toHaveURL(new RegExp(release));
    await expect(detail(ola)).toContainText(`proposed by ${author}`);
    await expect(detail(ola)).toContainText('Reason: Seen at three harbours');
    await expect(detail(ola)).toContainText('Recipients: 1 partner');
    const row = detail(ola).getByRole('row').filter({ has: ola.locator('a[href^="/objects/indicator--"]') });
    await expect(row).toContainText(shown(hash));
    await expect(row.locator('.decision.sees')).toHaveCount(1);
    await row.getByRole('button', { name: /^withheld/ }).click();
    await expect(row.locator('.why')).toContainText(/AMBER/);
    await detail(ola).getByRole('button', { name: 'nor-cert' }).click();
    await expect(detail(ola).locator('pre')).toContainText(hash);
  });
  await test.step('the second approves, and it is out for whom it was said', async () => {
    await ola.getByRole('button', { name: /^Approve/ }).click();
    const dialog = ola.getByRole('dialog');
    await expect(dialog).toContainText('Recipients: 1 partner');
    await expect(dialog).toContainText(shown(hash));
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await expect(ola.locator('.notice').last()).toContainText('Approved');
    await expect(detail(ola)).toContainText(`Approved by ${decider}`);
    await expect(choices(ola)).toHaveCount(0);
    const nor = await got(request, 'nor-cert', object);
    expect([nor.status, nor.patterns.length, nor.patterns[0]?.includes(hash)]).toEqual([200, 1, true]);
    expect(await got(request, 'vendor', object)).toEqual(NOT_YET);
  });
  await test.step('the first is told who let it out', async () => {
    await expect(detail(mara)).toContainText(`Approved by ${decider}`);
    await expect(queued(mara, hash)).toContainText('Released');
  });
});

test('what an analyst proposes is refused with a reason, and stays inside', async ({ enter, request }) => {
  const [edda, ola] = [await enter('analyst'), await enter('decider')];
  const hash = fresh();
  const release = await propose(edda, hash);
  await expect(choices(edda)).toHaveCount(0);
  const object = await released(edda);
  await test.step('by keyboard, and not without a reason', async () => {
    await ola.goto(`/releases/${release}`); await settled(ola);
    await expect(choices(ola)).toHaveCount(2);
    await ola.keyboard.press('x');
    const dialog = ola.getByRole('dialog');
    await expect(dialog.getByRole('button', { name: 'Reject', exact: true })).toBeDisabled();
    await dialog.getByLabel('Reason').fill('One source is not enough');
    await ola.keyboard.press('Enter');
    await expect(ola.locator('.notice').last()).toContainText('Rejected');
  });
  await expect(detail(edda)).toContainText(`Rejected by ${decider}`);
  await expect(detail(edda)).toContainText('One source is not enough');
  expect([await got(request, 'nor-cert', object), await got(request, 'vendor', object)]).toEqual([NOT_YET, NOT_YET]);
  await ola.goto('/releases?state=rejected'); await settled(ola);
  await expect(queued(ola, hash)).toBeVisible();
  await ola.goto('/releases?state=pending'); await settled(ola);
  await expect(queued(ola, hash)).toHaveCount(0);
});

test('what one looks at and decides about stays, whatever is proposed meanwhile', async ({ enter, request }) => {
  const [mara, ola] = [await enter('author'), await enter('decider')];
  const [earlier, later] = [fresh(), fresh()];
  const first = await propose(mara, earlier);
  const object = await released(mara);
  await ola.goto('/releases?state=pending'); await settled(ola);
  await expect(detail(ola)).toContainText(shown(earlier));
  await ola.keyboard.press('a');
  await expect(ola.getByRole('dialog')).toContainText(shown(earlier));
  const second = await propose(mara, later);
  const other = await released(mara);
  await expect(queued(ola, later)).toBeAttached();
  await expect(ola.getByRole('dialog')).toContainText(shown(earlier));
  await ola.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(detail(ola)).toContainText(`Approved by ${decider}`);
  await expect(detail(ola)).toContainText(shown(earlier));
  await expect(ola).toHaveURL(new RegExp(first));
  expect([(await got(request, 'nor-cert', object)).status, (await got(request, 'nor-cert', other)).status]).toEqual([200, 404]);
  expect(second).not.toBe(first);
});

test('what waits behind the first page is a button away', async ({ enter }) => {
  const edda = await enter('analyst');
  const oldest = fresh();
  for (const hash of [oldest, ...Array.from({ length: 50 }, fresh)]) {
    const now = '2026-01-01T00:00:00.000Z';
    const indicator = { type: 'indicator', spec_version: '2.1', id: `indicator--${randomUUID()}`, created: now, modified: now, name: shown(hash), indicator_types: ['malicious-activity'], pattern: `[file:hashes.'SHA-256' = '${hash}']`, pattern_type: 'stix', valid_from: now };
    const draft = { objects: [indicator], collection: other?.collection.alias, marking: ['TLP:AMBER'], reason: 'one of many' };
    expect((await edda.request.post('/api/v1/intake', { data: draft, headers: { origin: other?.url ?? '' } })).ok()).toBe(true);
  }
  await edda.goto('/releases?state=pending'); await settled(edda);
  await expect(queued(edda, oldest)).toHaveCount(0);
  await edda.getByRole('region', { name: 'Queue' }).getByRole('button', { name: 'Load more' }).click();
  await expect(queued(edda, oldest)).toBeVisible();
});
