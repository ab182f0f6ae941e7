// What does each screen look like? Pictures for the README and for whoever judges them; kept where CRESSET_PICTURES says.
import { expect, NODE, settled, test } from './node';

const folder = process.env.CRESSET_PICTURES ?? null;
const PICTURES = [
  ['home', '/?since=2020-01-01T00:00:00Z', 'light'], ['objects', '/objects', 'light'], ['objects-dark', '/objects', 'dark'], ['matrix', '/matrix', 'dark'], ['time', '/time?by=day', 'dark'], ['hits', '/hits', 'light'],
  ['board', '/board', 'dark'], ['releases', '/releases', 'light'], ['partners', '/partners', 'dark'], ['audit', '/audit', 'light'], ['admin', '/admin', 'light'],
] as const;

test.describe('pictures', () => {
  test.skip(folder === null, 'CRESSET_PICTURES names no folder');
  test.use({ viewport: { width: 1600, height: 900 }, contextOptions: { reducedMotion: 'reduce' } });
  for (const [name, path, theme] of PICTURES) {
    test(`of ${name}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(path); await settled(page); await page.waitForTimeout(800);
      await page.screenshot({ path: `${folder}/${name}.png` });
    });
  }
  test('of an object and its graph', async ({ page }) => {
    await page.goto('/objects?q=type:indicator,intrusion-set,malware&sort=seen'); await page.locator('#row-0').waitFor();
    await page.keyboard.press('Enter'); await settled(page); await page.waitForTimeout(2500);
    await page.screenshot({ path: `${folder}/object.png` });
    await page.locator('article').getByRole('link', { name: 'Graph', exact: true }).click();
    await expect(page.locator('footer [role="status"]').last()).toContainText(/laid out/);
    await page.locator('.graph-canvas').focus(); await page.keyboard.press('ArrowRight'); await page.waitForTimeout(400);
    await page.screenshot({ path: `${folder}/graph.png` });
  });
  test('of intake', async ({ page }) => {
    await page.goto('/intake');
    await page.getByLabel('Report, list, CSV, STIX or MISP').fill('Report 7 of the watch (made up)\n\nThe loader asks relay[.]night-heron-7[.]example every ten minutes\nand sends to 198.51.100.77. A copy was found at\nhxxps://gate[.]pike-99[.]example/update.\n\nSHA-256 of the loader:\n9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08');
    await page.getByRole('button', { name: /^Read/ }).click(); await page.locator('.proposals li').first().waitFor();
    await page.locator('.release').getByRole('radio').nth(2).check(); await page.getByLabel('Collection').selectOption({ index: 1 });
    await expect(page.getByText(/^Recipients:/)).toBeVisible();
    await page.screenshot({ path: `${folder}/intake.png` });
  });
  test('of the sign-in', async ({ browser }) => {
    const context = await browser.newContext({ storageState: { cookies: [], origins: [] }, colorScheme: 'dark', viewport: { width: 1600, height: 900 }, baseURL: NODE.url });
    const page = await context.newPage();
    await page.goto('/'); await page.getByLabel('Password').waitFor(); await page.waitForTimeout(500);
    await page.screenshot({ path: `${folder}/sign-in.png` });
    await context.close();
  });
});
