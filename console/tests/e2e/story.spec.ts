// Does what an analyst does all day hold together? A report is pasted, marked, looked at with others' eyes, released to two partners; a
// sensor meets it; the sighting is on the board; it is recalled, and who asks again is told.
import { createHash, randomUUID } from 'node:crypto';
import { expect, NODE, settled, test } from './node';

test('from a report to the recall', async ({ page, request }) => {
  test.setTimeout(120_000);
  test.skip(NODE.partners.length === 0 || NODE.sensorToken === null, 'the runner told of no partners and no sensor');
  // Of this run only, so that the test may be run again on a node that is kept.
  const hash = createHash('sha256').update(randomUUID()).digest('hex');
  const partner = (name: string) => NODE.partners.find((one) => one.name === name);
  const held = async (name: string): Promise<Record<string, unknown>[]> => {
    const one = partner(name);
    const place = one?.collections.find((collection) => collection.alias === NODE.collection);
    expect(place, `${name} reads ${NODE.collection}`).toBeTruthy();
    const since = new Date(Date.now() - 600_000).toISOString();
    const answer = await request.get(`${place?.url}objects/?added_after=${since}&match[type]=indicator`, { headers: { authorization: `Bearer ${one?.token}`, accept: 'application/taxii+json;version=2.1' } });
    expect(answer.status()).toBe(200);
    const envelope = (await answer.json()) as { objects?: Record<string, unknown>[] };
    return (envelope.objects ?? []).filter((object) => String(object.pattern).includes(hash));
  };

  await test.step('the report is read, and what was found is chosen', async () => {
    await page.goto('/intake');
    await page.getByLabel('Report, list, CSV, STIX or MISP').fill(`Night report\n\nThe loader of tonight was kept.\nSHA-256: ${hash}\nNothing else is known.`);
    await page.getByRole('button', { name: /^Read/ }).click();
    await expect(page.locator('.proposals')).toContainText(hash);
  });
  await test.step('it is marked, and who will have it is said before', async () => {
    const save = page.getByRole('button', { name: /^Release \d/ });
    await expect(save).toBeDisabled();
    await page.getByLabel('Collection').selectOption(NODE.collection);
    await page.locator('.release .level', { hasText: 'AMBER' }).first().getByRole('radio').check();
    await expect(page.getByText(/^Recipients:/)).toBeVisible();
    await expect(page.locator('.release')).toContainText('nor-cert');
    await expect(save).toBeEnabled();
    await save.click();
    await expect(page.locator('.whole a[href^="/objects/indicator--"]')).toContainText(hash.slice(0, 12));
  });
  let id = '';
  await test.step('two partners have it, and whose agreement ends below has not', async () => {
    const [norway, japan, vendor] = [await held('nor-cert'), await held('jpn-cert'), await held('vendor')];
    expect([norway.length, japan.length, vendor.length]).toEqual([1, 1, 0]);
    id = String(norway[0]?.id);
  });
  await test.step('a sensor meets it', async () => {
    const line = JSON.stringify({ _path: 'files', ts: Date.now() / 1000, fuid: 'FNight1', source: 'HTTP', sha256: hash, filename: 'loader.bin' });
    const answer = await request.post(`/api/v1/sensors/${NODE.sensor}/telemetry`, { headers: { authorization: `Bearer ${NODE.sensorToken}`, 'content-type': 'application/x-ndjson' }, data: `${line}\n` });
    expect(answer.status()).toBe(200);
    expect(((await answer.json()) as { hits: number }).hits).toBe(1);
  });
  await test.step('the hit is in the inbox and the sighting on the board', async () => {
    await expect(async () => {
      await page.goto('/hits'); await settled(page);
      await expect(page.locator('.hit', { hasText: hash.slice(0, 12) }).first()).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 60_000 });
    await page.goto('/board'); await settled(page);
    await expect(page.locator(`[id="board-${id}"] .mark.seen`).first()).toContainText('1');
  });
  await test.step('it is recalled, and who asks again is told', async () => {
    await page.goto(`/objects/${id}`); await settled(page);
    await page.getByRole('button', { name: 'Recall' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('nor-cert');
    await dialog.getByLabel('Reason').fill('It was a test of ours');
    await dialog.getByRole('button', { name: 'Recall', exact: true }).click();
    await expect(page.locator('.notice').last()).toContainText('Recalled');
    for (const name of ['nor-cert', 'jpn-cert']) expect((await held(name)).map((object) => object.revoked)).toEqual([true]);
  });
});
